/* Where people turn to, per country: official registers, regulators, help after buying.
 *
 *   file    policy/contacts/XX.yaml, one a country; format and sources: doc/format/contacts.md
 *   owns    all its texts; immutable after loading, any number of threads may read it */
#ifndef MODEL_CONTACTS_H
#define MODEL_CONTACTS_H

#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>

enum contact_kind {
	CONTACT_REGISTER, /* where a licence can be looked up, or licensed sellers are listed */
	CONTACT_REGULATOR, /* where a suspect shop or product is reported */
	CONTACT_POISON,   /* urgent medical advice after taking something */
	CONTACT_POLICE,   /* fraud and identity theft */
	CONTACT_EMERGENCY, /* the emergency number */
};

struct contact {
	enum contact_kind kind;
	struct slice name_en, name_local; /* local may be empty */
	struct slice url;                 /* https; empty where there is but a number */
	struct slice telephone;           /* as dialled there; empty */
	struct slice says_en, says_ja;    /* what it is good for, one sentence each */
	struct slice checked;             /* date of the last check, 2026-11-22 */
	struct slice source;              /* where the fact was taken from */
};

struct contacts_country {
	struct slice country; /* "JP" */
	const struct contact *contact;
	size_t n;
};

struct contacts;

/* Empty; add files with contacts_add; freed with contacts_free. */
int contacts_new(struct contacts **out, struct err *err);
void contacts_free(struct contacts *c);

/* Read one file's bytes. ERR_SYNTAX "policy/contacts/jp.yaml:12: ..."; also for a country that is
 * there already; ERR_NOMEM. On failure the set is as it was. */
int contacts_add(struct contacts *c, struct slice text, const char *file, struct err *err);

/* Of a country, or NULL. */
const struct contacts_country *contacts_find(const struct contacts *c, struct slice country);

/* All, sorted by country. */
const struct contacts_country *contacts_all(const struct contacts *c, size_t *n);

#endif

/* A mandate: an authority's signed delegation to write on its behalf.
 *
 *   source  doc/format/mandate.md: a signed note (c2sp.org/signed-note, wire/note.h) over the mandate's
 *           canonical JSON, or, unsigned, the digest of a document that a reviewer has seen
 *   pinned  the issuer's key is believed only where assay.yaml names it (key `mandates`): it came to the
 *           operator out of band
 *   checked when a notice is drafted and again when it is sent: in force, not revoked, covers country,
 *           matter, class of drug and kind of recipient
 *
 * Pure. */
#ifndef ACT_MANDATE_H
#define ACT_MANDATE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/notice.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mandate_scope {
	const struct slice *country;    /* destinations whose buyers it protects; none: any */
	size_t country_n;
	const struct slice *group;      /* classes of drugs (lexicon's); none: any */
	size_t group_n;
	uint32_t to;                    /* bit per enum notice_to; 0: any */
	uint32_t matter;                /* bit per enum notice_matter; 0: any */
};

struct mandate {
	struct slice name, issuer, issuer_country, holder;
	bool designated, private_delegate;
	const struct slice *clause;
	size_t clause_n;
	const struct slice *office;     /* countries where a registrar must be established or have an office
	                                   for 3.18.3 to be used; default: the issuer's */
	size_t office_n;
	const struct mandate_scope *scope;
	size_t scope_n;
	int64_t from, until;
	struct slice feed;
	struct slice key;               /* verifier key that signed it (wire/note.h); empty: document */
	struct sha256 document;         /* digest of the document; zero where it is signed */
	int64_t revoked_at;             /* NOTICE_NEVER */
	struct sha256 record;           /* in the store; zero before */
};

/* Read a mandate file's bytes and verify its signature with `key` (a verifier key that the
 * configuration pins for this issuer; empty: the mandate must name a document). ERR_SYNTAX (what,
 * where); ERR_REFUSED (signature does not hold, key is not pinned); ERR_NOMEM. */
int mandate_read(struct slice text, const struct slice *pinned, size_t pinned_n, struct arena *a,
                 struct mandate *out, struct err *err);

/* The record's body from which it was kept, and back. The signature is verified again. */
int mandate_to_json(const struct mandate *m, struct slice text, json_t **out, struct err *err);
int mandate_from_json(const json_t *body, const struct slice *pinned, size_t pinned_n,
                      struct arena *a, struct mandate *out, struct err *err);

/* Whether a notice may be sent under it at a time: 0, or ERR_REFUSED with what is not covered. */
int mandate_covers(const struct mandate *m, const struct notice *n, int64_t now, struct err *err);

/* What a notice says of it. For 3.18.3 `clause` holds it only where a country of the recipient is one
 * of the offices. */
int mandate_of_notice(const struct mandate *m, const struct notice_recipient *r, struct arena *a,
                      struct notice_mandate *out, struct err *err);

#endif

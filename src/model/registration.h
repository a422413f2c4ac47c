/* What is published of the registration of a domain.
 *
 *   source    RFC 9083 (RDAP), RFC 5731 (EPP), ICANN's Registration Data Policy; WHOIS answers
 *   restricted  names, mail addresses, telephone numbers and postal addresses of the people that it
 *             names may be personal data: they are kept apart (struct registration_restricted),
 *             only their keyed hashes stand in what others read. Organisations that act by trade
 *             (the registrar, its abuse desk, a reseller, a privacy service) are named
 *   owns      nothing: texts lie in the arena they were read into, well-formed UTF-8 */
#ifndef MODEL_REGISTRATION_H
#define MODEL_REGISTRATION_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	REGISTRATION_TEXT_MAX = 512, /* bytes of one text */
	REGISTRATION_LIST_MAX = 64,  /* elements of one list */
	REGISTRATION_SOURCES_MAX = 4,
};

#define REGISTRATION_NONE INT64_MIN /* a time that is not published */

/* Who answered. Its first half is authoritative for the registration, the second completes it. */
enum registration_source {
	REGISTRATION_RDAP_REGISTRY,
	REGISTRATION_WHOIS_REGISTRY,
	REGISTRATION_RDAP_REGISTRAR,
	REGISTRATION_WHOIS_REGISTRAR,
	REGISTRATION_SOURCES
};

/* When things happened to it. The names are those of the JSON members; RFC 9083 10.2.3. */
enum registration_time {
	REGISTRATION_CREATED,           /* "created": begins the registration period */
	REGISTRATION_REREGISTERED,      /* "reregistered" */
	REGISTRATION_UPDATED,           /* "updated": last changed */
	REGISTRATION_TRANSFERRED,       /* "transferred" */
	REGISTRATION_EXPIRES,           /* "expires" */
	REGISTRATION_REGISTRAR_EXPIRES, /* "registrar_expires": as its registrar counts */
	REGISTRATION_DELETED,           /* "deleted" */
	REGISTRATION_REINSTANTIATED,    /* "reinstantiated" */
	REGISTRATION_LOCKED,            /* "locked" */
	REGISTRATION_UNLOCKED,          /* "unlocked" */
	REGISTRATION_TIMES
};

enum registration_dnssec { REGISTRATION_DNSSEC_UNSAID, REGISTRATION_UNSIGNED, REGISTRATION_SIGNED };

/* A field that the server says it holds back (RFC 9537). */
struct registration_redaction {
	struct slice field, method, reason; /* reason may be empty */
};

/* A field that two servers tell differently. Both values are given; the first is believed. */
struct registration_conflict {
	const char *field;           /* static */
	struct slice kept, other;    /* as the JSON would show them */
	enum registration_source by; /* who told the other */
};

/* Whom a restricted value is of, and what it is. */
enum registration_role {
	REGISTRATION_REGISTRANT,
	REGISTRATION_ADMINISTRATIVE,
	REGISTRATION_TECHNICAL,
	REGISTRATION_BILLING,
	REGISTRATION_ROLES
};
enum registration_field {
	REGISTRATION_NAME,
	REGISTRATION_ORGANISATION,
	REGISTRATION_MAIL,
	REGISTRATION_PHONE,
	REGISTRATION_ADDRESS, /* street, place and code in one */
	REGISTRATION_FIELDS
};

/* One value: raw (normalised, of the restricted part) or its hash "hmac:KEYID:HEX". */
struct registration_value {
	enum registration_role role;
	enum registration_field field;
	struct slice text;
};

struct registration {
	struct {
		enum registration_source source;
		struct slice server; /* host, or host:port */
	} told[REGISTRATION_SOURCES_MAX];
	size_t told_n;
	struct slice domain; /* canonical */
	struct slice handle;
	int64_t time[REGISTRATION_TIMES]; /* seconds since 1970, or REGISTRATION_NONE */
	struct slice *status;   /* as EPP spells it (wire/epp_status.h), others as written */
	struct slice registrar; /* its name */
	int64_t registrar_id;   /* IANA's number of it; 0: not told */
	struct slice registrar_url;
	struct slice abuse_mail, abuse_phone; /* of the registrar's abuse desk */
	struct slice reseller;
	struct slice *nameserver; /* canonical */
	struct registration_redaction *redaction;
	struct registration_conflict *conflict;
	struct registration_value *hash;
	struct slice country; /* of the registrant: ISO 3166-1 code, else as written */
	struct slice region;  /* the same: state or province, as written */
	struct slice privacy; /* name of the privacy or proxy service; empty: none recognised */
	size_t status_n, nameserver_n, redaction_n, conflict_n, hash_n;
	unsigned withheld; /* bits by enum registration_field: what of the registrant is held back,
	                      with words in the place of a value ("REDACTED FOR PRIVACY") */
	enum registration_dnssec dnssec;
};

/* What may be personal data. Never part of an observation. */
struct registration_restricted {
	struct registration_value *value; /* texts are normalised for hashing */
	size_t value_n;
};

/* Empty, with no times. */
struct registration registration_empty(void);

/* Whether a status of that name (EPP's spelling) is among those told. */
bool registration_has_status(const struct registration *r, const char *name);
/* clientHold or serverHold: the name is taken out of the DNS. */
bool registration_is_held(const struct registration *r);

/* Complete a registration by what another server tells: members that are missing are taken over,
 * members that differ are kept and become a conflict (times: by more than a day, which time zones
 * and dates without a time of day do not explain). Lists are not mixed. into keeps texts of from.
 * 0 or ERR_NOMEM, and then into is as it was. */
int registration_complete(struct registration *into, const struct registration *from,
                          struct arena *a, struct err *err);

/* The keyed hash of each value: HMAC-SHA-256 (RFC 2104) of "ROLE-LESS-FIELD:text", so that one mail
 * address gives one hash whoever's it is. key_id: letters, digits, '-', '_', '.'; without a key
 * nothing is hashed, and nothing of a registrant in whose place a privacy service stands. Replaces r's hashes. 0; ERR_USAGE (a key without its id); ERR_NOMEM. */
struct registration_key {
	struct slice id;  /* names the key; may be published */
	struct slice key; /* secret */
};
int registration_hash(struct registration *r, const struct registration_restricted *values,
                      const struct registration_key *key, struct arena *a, struct err *err);

/* The `registration` object of an observation: doc/format/record.md. A new reference or NULL (no
 * memory). */
json_t *registration_to_json(const struct registration *r);
/* Read it back: members of another type or beyond the limits are ERR_SYNTAX, and then out is
 * untouched; unknown members are passed over. Texts are copied. */
int registration_from_json(const json_t *object, struct arena *a, struct registration *out,
                           struct err *err);

/* {"registrant":{"mail":["…"],…},…}: from the process that reads to the errand, nowhere else. */
json_t *registration_restricted_to_json(const struct registration_restricted *values);
int registration_restricted_from_json(const json_t *object, struct arena *a,
                                      struct registration_restricted *out, struct err *err);

/* "rdap-registry", "whois-registrar", … Never NULL. */
const char *registration_source_name(enum registration_source s);
/* "registrant", "administrative", …; "mail", "phone", … */
const char *registration_role_name(enum registration_role r);
const char *registration_field_name(enum registration_field f);
/* "created", … */
const char *registration_time_name(enum registration_time t);

#endif

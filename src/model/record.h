/* A record: one JSON object a line, what passes between the rooms.
 *
 *   source  doc/format/record.md (the authority), doc/format/schema/ (a JSON Schema per type)
 *   id      SHA-256 of the canonical form (RFC 8785) without `id`; for outputs of pure stages
 *           (suspect, fact, finding, verdict, link, network, attribution, hypothesis) also without
 *           `at`, so that the same inputs give the same id and a repeated write is the same row
 *   fields  what this program does not know is kept and passed on; a type it does not know too */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "model/subject.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECORD_LINE_MAX = 16 << 20 }; /* bytes of one line */

/* What a required field must be. */
enum record_shape {
	RECORD_STRING,  /* not empty */
	RECORD_INTEGER,
	RECORD_OBJECT,
	RECORD_ARRAY,
	RECORD_ADDRESS, /* "sha256:" and 64 lower-case hexadecimal digits */
	RECORD_TIME,    /* 2026-11-22T04:05:06Z */
	RECORD_COUNTRY, /* ISO 3166-1 alpha-2, upper case */
	RECORD_CELLS,   /* array, at least one: {"destination": country, "class": verdict class} */
	RECORD_QUOTES,  /* array of quotations (model/quotation.h) */
	RECORD_EVIDENCE, /* array, at least one: evidence (model/evidence.h) */
};

enum { RECORD_FIELDS_MAX = 7 }; /* required of one type */

struct record_field {
	const char *name; /* NULL ends the list */
	enum record_shape shape;
};

struct record_type {
	const char *name;
	int64_t v; /* the newest schema version that this program knows */
	bool pure; /* output of a pure stage: `at` is no part of the id */
	bool subject; /* one is required */
	struct record_field need[RECORD_FIELDS_MAX + 1];
};

/* Every type of doc/format/record.md, in its order; the last has name NULL. */
extern const struct record_type record_types[];

/* What an observation of a kind requires beside `what`; the last has what NULL. A kind that is not
 * here requires nothing. */
struct record_observed {
	const char *what;
	struct record_field need[RECORD_FIELDS_MAX + 1];
};

extern const struct record_observed record_observed[];

/* The type of that name, or NULL. */
const struct record_type *record_type_find(struct slice name);

struct record {
	json_t *body; /* owned; the whole object, with `id` once that is known */
	/* NULL when this program does not know the type, or not in this version: then only the
	 * envelope was checked. */
	const struct record_type *type;
	struct sha256 id;
	bool has_id;       /* false between record_new and record_finish */
	bool id_was_given; /* on input, and verified */
	int64_t v;
	int64_t at;             /* seconds since 1970 */
	struct slice type_name; /* these point into body */
	bool has_subject;
	struct subject subject; /* canonical */
	struct slice kind, key; /* the same as the record writes it; empty when there is none */
	struct slice src;
	bool has_period; /* the record belongs to a registration period */
	int64_t period;  /* when that began: the creation date of the registration, seconds since 1970 */
	int failed;               /* the first failure of a record_set_x, told by record_finish */
	const char *failed_field; /* its field */
};

/* Read a line, check the envelope and the required fields of its type, verify the id or fill in
 * a missing one.
 *
 *   out     filled on success, to be released; untouched on failure
 *   return  0; ERR_SYNTAX (not JSON, a field is missing or of another shape, a wrong id: the
 *           message names both); ERR_LIMIT; ERR_NOMEM */
int record_parse(struct slice line, struct record *out, struct err *err);

/* The same of a parsed object, whose reference is taken on success and left on failure. */
int record_from_json(json_t *body, struct record *out, struct err *err);

/* Begin a record of a known type, schema version v. kind and key empty: no subject.
 * Failures are kept and told by record_finish; release it in any case. */
void record_new(struct record *r, const char *type, int64_t v, struct slice kind, struct slice key,
		int64_t at, struct slice src);

/* Set fields between record_new and record_finish. */
void record_set_str(struct record *r, const char *field, struct slice s);
void record_set_i64(struct record *r, const char *field, int64_t n);
void record_set_flag(struct record *r, const char *field, bool b);
void record_set_time(struct record *r, const char *field, int64_t t);
/* Takes the reference of value; NULL is the failure of whoever made it. */
void record_set_new(struct record *r, const char *field, json_t *value);

/* Check the record as record_parse does and give it its id.
 *   return  0; ERR_SYNTAX (a bug of the maker: says which field); ERR_NOMEM */
int record_finish(struct record *r, struct err *err);

/* Append the canonical form: with `id` (what goes on a line; no LF), without it (what the store
 * keeps and the ledger commits to). On failure out is as it was. ERR_NOMEM. */
int record_format(const struct record *r, struct buf *out, struct err *err);
int record_format_body(const struct record *r, struct buf *out, struct err *err);

/* The id as text, 64 digits and a NUL. */
static inline void record_id_hex(const struct record *r, char out[SHA256_HEX])
{
	sha256_hex(r->id, out);
}

void record_release(struct record *r);

/* Whether a word is one of a closed list of doc/format/record.md. */
bool record_is_verdict_class(struct slice s); /* legitimate unverified unapproved rogue … */
bool record_is_country(struct slice s); /* two upper-case letters, which need not be assigned */

/* A subject as JSON, {"key":…,"kind":…}: a new reference, or NULL when there is no memory. */
json_t *record_subject_json(struct slice kind, struct slice key);

#endif

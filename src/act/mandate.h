/* A mandate: an authority's delegation to write on its behalf.
 *
 *   source  doc/format/mandate.md: a signed note (c2sp.org/signed-note, wire/note.h) over a line that
 *           says what it is and the mandate's canonical JSON (RFC 8785); or, unsigned, the JSON alone
 *           with the digest of a document that a reviewer has seen
 *   pinned  the issuer's key is believed only where assay.yaml names it (key `mandates`): it came to the
 *           operator out of band. Where the pin names the issuer or its country, the mandate must too
 *   checked when a notice is drafted and again when it is sent: in force, not revoked, covers country,
 *           matter, class of drug and kind of recipient
 *
 * Pure. */
#ifndef ACT_MANDATE_H
#define ACT_MANDATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/config_mandate.h"
#include "model/notice.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MANDATE_BYTES_MAX = 64 << 10, MANDATE_LIST_MAX = 512 };

/* One row of what it is for: all that it names must fit. */
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
	const struct mandate_scope *scope; /* at least one; a notice needs one that fits each subject */
	size_t scope_n;
	int64_t from, until;            /* in force from, and before */
	struct slice feed;
	struct slice key;               /* verifier key that signed it (wire/note.h); empty: document */
	struct sha256 document;         /* digest of the document; zero where there is none */
	int64_t revoked_at;             /* NOTICE_NEVER */
	struct slice refused;           /* of one in the store: why it is not believed any more, such as a
	                                   key that is pinned no longer; then it covers nothing */
	struct sha256 record;           /* in the store; zero before */
};

/* Read a mandate file's bytes and verify its signature with the keys that are pinned. One without a
 * signature must name a document. ERR_SYNTAX (what, where); ERR_REFUSED (the signature does not hold,
 * its key is not pinned, or is another issuer's); ERR_LIMIT; ERR_NOMEM. out and its texts lie in the
 * arena; untouched on failure. */
int mandate_read(struct slice text, const struct config_mandate *pinned, size_t pinned_n,
                 struct arena *a, struct mandate *out, struct err *err);

/* What an issuer signs: append the text of the note for a mandate written as JSON, in any layout.
 * Errors as mandate_read. */
int mandate_text(struct slice json, struct buf *out, struct err *err);

/* The fields of the record that keeps a mandate file (doc/format/record.md), without the envelope: a
 * new reference. The mandate was read from text before. */
int mandate_to_json(const struct mandate *m, struct slice text, json_t **out, struct err *err);
/* From a record's body: what was signed is put together again, and verified again. */
int mandate_from_json(const json_t *body, const struct config_mandate *pinned, size_t pinned_n,
                      struct arena *a, struct mandate *out, struct err *err);

/* Whether a notice may be sent under it at a time: 0, or ERR_REFUSED with what is not covered. */
int mandate_covers(const struct mandate *m, const struct notice *n, int64_t now, struct err *err);

/* What a notice says of it. RAA 3.18.3 is among the clauses only for a registrar of whom a country is
 * one of the offices; others get the ordinary form. ERR_NOMEM. */
int mandate_of_notice(const struct mandate *m, const struct notice_recipient *r, struct arena *a,
                      struct notice_mandate *out, struct err *err);

#endif

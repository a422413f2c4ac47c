/* Case files: all that is kept of one site, read and in order, ready to be assessed.
 *
 *   pages    observations with what `page` of the subject, their evidence read by media type
 *            (text/html by wire/html, text/plain by wire/page)
 *   periods  each distinct creation date in the observations with what `registration` begins one; a
 *            page belongs to the latest that began by its time, to none before the first
 *   owns     nothing: all lies in the arena, to be released after the assessment
 *
 * The same records and bytes give the same case file, in whatever order they came. */
#ifndef CMD_CASEFILE_H
#define CMD_CASEFILE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "model/domain.h"
#include "model/site.h"
#include "model/subject.h"
#include "store/store.h"
#include "wire/json.h"
#include "wire/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A page that cannot be read, left out of its site. */
struct casefile_unreadable {
	struct slice url;
	struct slice vantage;
	int64_t at;
	struct sha256 evidence;
	struct slice reason; /* "not HTML: a PNG image" */
};

struct casefile {
	struct subject subject;
	/* One site for each registration period that has readable pages, oldest first; pages before
	 * the first known period stand first. None when nothing can be read. */
	struct site *site;
	struct sha256 *digest; /* one a site: SHA-256 over the digests of its pages' evidence,
	                          sorted, each once */
	size_t n;
	int64_t *period; /* every creation date that is known, ascending, with or without pages */
	size_t period_n;
	struct casefile_unreadable *unreadable; /* in the order of URL, time, vantage, evidence */
	size_t unreadable_n;
	/* The last time that something was taken out which this file had (store/redact.h), or
	 * STORE_NONE: what was found from it is not found again. */
	int64_t redacted_at;
};

/* Called per subject, in the order of subject_cmp; a value other than 0 ends the walk and is
 * returned. It may read from and put into the store. The key is valid until casefile_subjects
 * returns. */
typedef int (*casefile_subject_fn)(void *ctx, struct subject subject, struct err *err);

/* Every subject that has page observations. ERR_NOMEM; as store_each_record. */
int casefile_subjects(struct store *s, casefile_subject_fn fn, void *ctx, struct err *err);

/* The case file of a subject. One without pages or unknown has n 0: that is no failure.
 *
 *   subject  a host or an address below a registrable name has the periods of that name; a tenant
 *            of a platform has its own, not its landlord's
 *   return   0; ERR_CORRUPT (evidence was altered: names the file); ERR_NOMEM; as
 *            store_each_record */
int casefile_load(struct store *s, struct subject subject, const struct suffixes *suffixes,
                  struct arena *arena, struct casefile *out, struct err *err);

/* The same out of what was in the store before a place in the order of arrival: as it was when the
 * record at that place was made. INT64_MAX: all. */
int casefile_load_before(struct store *s, struct subject subject, const struct suffixes *suffixes,
                         int64_t before, struct arena *arena, struct casefile *out,
                         struct err *err);

/* All rows of licence registers: observations with what `register`; of several for one number of
 * one source (src) the newest. A row whose country or form is wrong is left out. The rows stand in
 * the order of src, then number; domains as the site they belong to. */
int registers_load(struct store *s, const struct suffixes *suffixes, struct arena *arena,
                   struct registers *out, struct err *err);

int registers_load_before(struct store *s, const struct suffixes *suffixes, int64_t before,
                          struct arena *arena, struct registers *out, struct err *err);

/* The same out of memory, for an assessment without a store (cmd/intake_memory). */

/* What a page observation says, and its bytes. */
struct casefile_page {
	struct slice url, vantage;
	int64_t at;
	struct sha256 evidence;
	struct slice media_type, content_type, content_encoding;
	struct slice bytes;   /* of the evidence */
	struct slice missing; /* not empty: the page cannot be read, for this reason */
};

/* Fill bytes or missing of a page; the bytes are needed until the next call. */
typedef int (*casefile_bytes_fn)(void *ctx, struct casefile_page *page, struct err *err);

/* The evidence of a page as the text that quotations count in, by media type (text/html by
 * wire/html, text/plain by wire/page), its content coding undone.
 *
 *   p       bytes and missing are filled
 *   reason  empty; else why it cannot be read (in the arena), and out is untouched. Not a failure
 *   return  0; ERR_NOMEM */
int casefile_page_text(const struct casefile_page *p, struct arena *arena, struct page_text *out,
                       struct slice *reason, struct err *err);

/* pages and created (creation dates) are sorted in place; texts and subject.key must live as long
 * as the arena. fn NULL: bytes and missing are filled already. What fn returns; ERR_NOMEM. */
int casefile_build(struct subject subject, struct casefile_page *pages, size_t n, int64_t *created,
                   size_t created_n, casefile_bytes_fn fn, void *ctx, struct arena *arena,
                   struct casefile *out, struct err *err);

/* What a page observation says, without its bytes; copies in the arena. Never fails on a bad
 * record: `missing` then says what is wrong with it. ERR_NOMEM. */
int casefile_page_from(const json_t *body, int64_t at, struct slice src, struct arena *arena,
                       struct casefile_page *out, struct err *err);

/* The creation date in a registration observation; false when there is none that can be read. */
bool casefile_created(const json_t *body, int64_t *out);

/* A register observation, kept whole. */
struct casefile_register {
	struct sha256 id;
	int64_t at;
	struct slice src;
	json_t *body; /* must live until registers_build returns: texts are copied */
};

int registers_build(const struct casefile_register *rows, size_t n, const struct suffixes *suffixes,
                    struct arena *arena, struct registers *out, struct err *err);

/* The subject whose registration a subject has; its key in the arena or its own. */
int casefile_registered(struct subject subject, const struct suffixes *suffixes,
                        struct arena *arena, struct subject *out, struct err *err);

#endif

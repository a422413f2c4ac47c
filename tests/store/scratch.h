/* A scratch folder for a test program, and records to put into a store. */
#ifndef TEST_STORE_SCRATCH_H
#define TEST_STORE_SCRATCH_H

#include "check.h"

#include "base/sha256.h"
#include "store/check.h"
#include "store/store.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[200] = "/tmp/assay-test-store-XXXXXX";
static size_t scratch_n; /* length of the folder that scratch_make made */

static inline int scratch_make(void **state)
{
	(void)state;
	scratch_n = strlen(scratch);
	return mkdtemp(scratch) ? 0 : -1;
}

static inline int shell(const char *fmt, const char *a, const char *b)
{
	char command[1200];

	snprintf(command, sizeof(command), fmt, a, b ? b : "");
	return system(command);
}

static inline int scratch_remove(void **state)
{
	(void)state;
	scratch[scratch_n] = '\0';
	return shell("chmod -R u+w '%s' && rm -rf '%s'", scratch, scratch);
}

/* A path in the scratch folder; good for the next seven calls. */
static inline const char *at_scratch(const char *name)
{
	static char path[8][300];
	static unsigned next;
	char *out = path[next++ % 8];

	snprintf(out, 300, "%s/%s", scratch, name);
	return out;
}

/* A record whose id is the digest of its body, as the checks of these tests compute it. */
static inline struct store_record make_record(const char *type, const char *key, int64_t at,
					      const char *body)
{
	return (struct store_record){
		.id = sha256_of(slice_str(body)),
		.type = slice_str(type),
		.v = 1,
		.kind = slice_str(key ? "registrable" : NULL),
		.key = slice_str(key),
		.period = STORE_NONE,
		.at = at,
		.src = SLICE("test"),
		.body = slice_str(body),
	};
}

static inline int hook_id(void *ctx, const struct store_record *r, struct sha256 *out,
			  struct err *err)
{
	(void)ctx;
	(void)err;
	*out = sha256_of(r->body);
	return 0;
}

static inline int hook_cmp(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

/* In these tests a body "cells JP=rogue GB=unverified" gives cells, "list demo=add" a listing,
 * "quote a b" citations of the evidence with the bytes "a" and "b". */
static inline int hook_project(void *ctx, const struct store_record *r, struct arena *a,
			       struct store_projection *out, struct err *err)
{
	struct slice rest = r->body, word;

	(void)ctx;
	(void)err;
	slice_cut(&rest, ' ', &word);
	bool cells = slice_eq_str(word, "cells");
	if (slice_eq_str(word, "quote")) {
		out->citations = arena_array(a, 9, sizeof(*out->citations));
		while (slice_cut(&rest, ' ', &word) && word.p[0] != '#')
			out->citations[out->citations_n++] = sha256_of(word);
		qsort(out->citations, out->citations_n, sizeof(*out->citations), hook_cmp);
		return 0;
	}
	if (!cells && !slice_eq_str(word, "list"))
		return 0;
	out->cells = arena_array(a, 9, sizeof(*out->cells));
	out->listings = arena_array(a, 9, sizeof(*out->listings));
	while (slice_cut(&rest, ' ', &word)) {
		struct slice left;
		if (word.n == 0 || word.p[0] == '#')
			break;
		slice_cut(&word, '=', &left);
		if (cells)
			out->cells[out->cells_n++] = (struct store_cell){
				.destination = left,
				.cls = word,
				.ground = SLICE("r1"),
				.from = slice_eq_str(r->type, "decision")   ? STORE_DECISION :
					slice_eq_str(r->type, "correction") ? STORE_CORRECTION :
									      STORE_VERDICT,
			};
		else
			out->listings[out->listings_n++] =
				(struct store_listing){ .list = left, .action = word };
	}
	return 0;
}

/* Lines that a check found, joined by " | ". */
static inline void hook_finding(void *ctx, struct slice line)
{
	struct buf *out = ctx;

	if (out->n)
		buf_puts(out, " | ");
	buf_put(out, line);
}

static inline struct store_hooks test_hooks(struct buf *findings)
{
	return (struct store_hooks){ hook_id, hook_project, hook_finding, findings };
}

/* Put a record with what it gives to lookups, as a command does it. */
static inline int put_whole(struct store *s, const struct store_record *r, struct err *err)
{
	struct arena a = { 0 };
	struct store_projection p = { 0 };
	int64_t seq = 0;
	int rc = hook_project(NULL, r, &a, &p, err);

	if (rc == 0)
		rc = store_put_record(s, r, &seq, NULL, err);
	if (rc == 0)
		rc = store_put_projection(s, seq, &p, err);
	arena_release(&a);
	return rc;
}

#define ASSERT_OK(call)                                                                            \
	do {                                                                                       \
		struct err err_ = { 0 };                                                           \
		struct err *err = &err_;                                                           \
		int rc_ = (call);                                                                  \
		if (rc_)                                                                           \
			fail_msg("%s: %s: %s", #call, err_name(rc_), err_.what);                   \
	} while (0)

/* The call uses `err`; its message must hold `text`. */
#define ASSERT_FAILS(call, code_, text)                                                            \
	do {                                                                                       \
		struct err err_ = { 0 };                                                           \
		struct err *err = &err_;                                                           \
		int rc_ = (call);                                                                  \
		if (rc_ != (code_) || !strstr(err_.what, (text)))                                  \
			fail_msg("%s: got %s '%s', wanted %s with '%s'", #call, err_name(rc_),     \
				 err_.what, err_name(code_), (text));                              \
	} while (0)

#endif

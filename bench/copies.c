#include "copies.h"

#include "store/store.h"

#include <stdio.h>

enum { PARTS = 32, BATCH = 1000 };

/* What is copied, in the order in which records cite one another. */
struct original {
	struct arena arena;
	struct store_record record[PARTS];
	struct store_cell *cell; /* of all records of the subject */
	size_t n, cells;
	struct slice key;
};

static struct slice kept(struct original *o, struct slice s)
{
	return arena_copy(&o->arena, s);
}

static int see(void *ctx, const struct store_record *r, struct err *err)
{
	struct original *o = ctx;
	bool is_registration = slice_eq_str(r->type, "observation") &&
	                       slice_find_slice(r->body, SLICE("\"registration\":{")) < r->body.n;

	if (!is_registration && !slice_eq_str(r->type, "verdict") &&
	    !slice_eq_str(r->type, "decision"))
		return 0;
	if (o->n == PARTS)
		return err_set(err, ERR_LIMIT, 0, "copies: over %d records to copy", (int)PARTS);
	struct store_record *to = &o->record[o->n++];
	*to = *r;
	to->type = kept(o, r->type);
	to->kind = kept(o, r->kind);
	to->key = kept(o, r->key);
	to->src = kept(o, r->src);
	to->body = kept(o, r->body);
	return 0;
}

static void replace(struct buf *out, struct slice text, struct slice from, struct slice to)
{
	for (;;) {
		size_t at = slice_find_slice(text, from);
		buf_put(out, slice_sub(text, 0, at));
		if (at >= text.n)
			return;
		buf_put(out, to);
		text = slice_sub(text, at + from.n, text.n);
	}
}

/* The body of a part with the copy's name, and the ids of the parts before it exchanged. */
static struct sha256 put_body(const struct original *o, size_t part, struct slice key,
                              const struct sha256 *id, struct buf *out)
{
	struct buf before = { 0 };

	buf_clear(out);
	replace(out, o->record[part].body, o->key, key);
	for (size_t i = 0; i < part; i++) {
		char from[SHA256_HEX], to[SHA256_HEX];
		sha256_hex(o->record[i].id, from);
		sha256_hex(id[i], to);
		buf_clear(&before);
		buf_put(&before, buf_slice(out));
		buf_clear(out);
		replace(out, buf_slice(&before), slice_str(from), slice_str(to));
	}
	buf_release(&before);
	return sha256_of(buf_slice(out));
}

static int put_copy(struct store *s, const struct original *o, size_t number, struct err *err)
{
	struct sha256 id[PARTS];
	struct store_cell cell[PARTS];
	struct buf body = { 0 };
	char key[40];
	int rc = 0;

	snprintf(key, sizeof(key), "copy-%zu.example", number);
	for (size_t i = 0; rc == 0 && i < o->n; i++) {
		struct store_record r = o->record[i];
		size_t cells = 0;
		int64_t seq;
		id[i] = put_body(o, i, slice_str(key), id, &body);
		r.id = id[i];
		r.key = slice_str(key);
		r.body = buf_slice(&body);
		if (!buf_ok(&body))
			rc = err_set(err, ERR_NOMEM, 0, "copies: out of memory");
		if (rc == 0)
			rc = store_put_record(s, &r, &seq, NULL, err);
		for (size_t k = 0; k < o->cells && cells < PARTS; k++)
			if (sha256_eq(o->cell[k].record, o->record[i].id))
				cell[cells++] = o->cell[k];
		if (rc == 0 && cells)
			rc = store_put_cells(s, seq, cell, cells, err);
	}
	buf_release(&body);
	return rc;
}

int copies_put(const char *dir, const char *of, size_t n, struct err *err)
{
	struct original o = { .key = slice_str(of) };
	struct store_filter f = { .kind = SLICE("registrable"), .key = o.key };
	struct store *s = NULL;
	int rc = store_open(dir, STORE_WRITE, "bench_serve", &s, err);

	if (rc)
		return rc;
	rc = store_each_record(s, &f, see, &o, err);
	if (rc == 0)
		rc = store_cells(s, f.kind, f.key, &o.arena, &o.cell, &o.cells, err);
	if (rc == 0 && (o.n == 0 || o.cells == 0))
		rc = err_set(err, ERR_NOTFOUND, 0, "copies: nothing is decided on %s", of);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (i % BATCH == 0)
			rc = store_begin(s, err);
		if (rc == 0)
			rc = put_copy(s, &o, i, err);
		if (rc == 0 && (i % BATCH == BATCH - 1 || i == n - 1))
			rc = store_commit(s, err);
	}
	store_close(s);
	arena_release(&o.arena);
	return rc;
}

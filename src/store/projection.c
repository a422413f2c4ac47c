/* What lookups need, derived from records. Each kind of row says how one is checked, put and read;
 * batches, owners and lists are the same for all. */
#include "store/handle.h"

static const char *const from_text[] = {
	[STORE_VERDICT] = "verdict",
	[STORE_DECISION] = "decision",
	[STORE_CORRECTION] = "correction",
};

struct derived {
	size_t size; /* of a row as the caller has it */
	int (*check)(const void *row, struct err *err);
	int (*put)(struct store *s, const struct store_owner *o, const void *row, struct err *err);
	/* The row that st stands on, with copies in a. */
	int (*get)(struct store *s, struct sql_stmt *st, struct arena *a, void *out,
		   struct err *err);
};

/* The record at seq is there and has a subject. */
static int find_owner(struct store *s, int64_t seq, struct store_owner *out, struct err *err)
{
	struct sql_stmt *st;
	if (s->last_owner.seq == seq && s->last_owner.subject) {
		*out = s->last_owner;
		return 0;
	}
	int rc = stmt_get(s, STMT_RECORD_OWNER, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, seq);
	rc = sql_step(st, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(err, ERR_NOTFOUND, 0, "store %s: has no record %lld", s->dir,
			       (long long)seq);
	bool has_subject = !sql_is_null(st, 0);
	*out = (struct store_owner){ seq, sql_i64(st, 0),
			       sql_is_null(st, 1) ? STORE_NONE : sql_i64(st, 1), sql_i64(st, 2) };
	sql_reset(st);
	if (!has_subject)
		return err_set(err, ERR_USAGE, 0, "store %s: record %lld has no subject", s->dir,
			       (long long)seq);
	return 0;
}

static int put_rows(struct store *s, const struct derived *d, int64_t seq, const void *rows,
		    size_t n, struct err *err)
{
	const char *row = rows;
	bool own;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = d->check(row + i * d->size, err);
	if (rc == 0)
		rc = put_begin(s, &own, err);
	if (rc)
		return rc;
	struct store_owner owner;
	rc = find_owner(s, seq, &owner, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = d->put(s, &owner, row + i * d->size, err);
	return put_end(s, own, rc, err);
}

/* Every row of a statement whose parameters are bound. */
static int list_rows(struct store *s, const struct derived *d, struct sql_stmt *st,
		     struct arena *a, void **out, size_t *n, struct err *err)
{
	char *list = NULL;
	size_t have = 0, cap = 0;
	int rc;

	while ((rc = sql_step(st, err)) == 1) {
		list = store_grow(a, list, have, &cap, d->size);
		rc = list ? d->get(s, st, a, list + have * d->size, err) : store_no_memory(s, err);
		if (rc) {
			sql_reset(st);
			return rc;
		}
		have++;
	}
	if (rc)
		return rc;
	*out = list;
	*n = have;
	return 0;
}

/* The same for the rows of a subject; one that the store does not know has none. */
static int list_of_subject(struct store *s, const struct derived *d, enum stmt which,
			   struct slice kind, struct slice key, struct arena *a, void **out,
			   size_t *n, struct err *err)
{
	struct sql_stmt *st;
	int64_t subject;
	int rc = subject_id(s, kind, key, false, &subject, err);

	if (rc == ERR_NOTFOUND) {
		*out = NULL;
		*n = 0;
		return 0;
	}
	if (rc == 0)
		rc = stmt_get(s, which, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, subject);
	return list_rows(s, d, st, a, out, n, err);
}

static int corrupt_row(const struct store *s, const char *table, int64_t seq, struct err *err)
{
	return err_set(err, ERR_CORRUPT, 0,
		       "%s: a row of %s for record %lld cannot be ours: run assay store check --rebuild",
		       s->path, table, (long long)seq);
}

/* ---- cells ---- */

static int put_cell(struct store *s, const struct store_owner *o, const void *row, struct err *err)
{
	const struct store_cell *c = row;
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_CELL_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, o->seq);
	sql_bind_text(st, 2, c->destination);
	sql_bind_i64(st, 3, o->subject);
	sql_bind_text(st, 4, c->cls);
	sql_bind_text(st, 5, c->ground);
	sql_bind_text(st, 6, slice_str(from_text[c->from]));
	if (o->period != STORE_NONE)
		sql_bind_i64(st, 7, o->period);
	else
		sql_bind_null(st, 7);
	sql_bind_i64(st, 8, o->at);
	return sql_queue(st, err);
}

static int check_cell(const void *row, struct err *err)
{
	const struct store_cell *c = row;

	if ((unsigned)c->from > STORE_CORRECTION || c->cls.n == 0 ||
	    c->destination.n == 0)
		return err_set(err, ERR_USAGE, 0, "store: a cell without destination, class or kind");
	int rc = store_check_text("a cell's destination", c->destination, err);
	if (rc == 0)
		rc = store_check_text("a cell's class", c->cls, err);
	return rc ? rc : store_check_text("a cell's ground", c->ground, err);
}

static int cell_from_row(struct store *s, struct sql_stmt *st, struct arena *a, void *out,
			 struct err *err)
{
	struct slice from = sql_bytes(st, 3);
	int f = STORE_CORRECTION;

	while (f >= 0 && !slice_eq_str(from, from_text[f]))
		f--;
	struct store_cell c = {
		.destination = arena_copy(a, sql_bytes(st, 0)),
		.cls = arena_copy(a, sql_bytes(st, 1)),
		.ground = arena_copy(a, sql_bytes(st, 2)),
		.seq = sql_i64(st, 4),
		.period = sql_is_null(st, 6) ? STORE_NONE : sql_i64(st, 6),
		.at = sql_i64(st, 7),
		.src = arena_copy(a, sql_bytes(st, 8)),
	};
	if (f < 0 || !digest_from(sql_bytes(st, 5), &c.record))
		return corrupt_row(s, "cell", c.seq, err);
	if (!c.destination.p || !c.cls.p || !c.ground.p || !c.src.p)
		return store_no_memory(s, err);
	c.from = (enum store_cell_from)f;
	*(struct store_cell *)out = c;
	return 0;
}

static const struct derived cell_rows = { sizeof(struct store_cell), check_cell, put_cell,
					  cell_from_row };

int store_put_cells(struct store *s, int64_t seq, const struct store_cell *cells, size_t n,
		    struct err *err)
{
	return put_rows(s, &cell_rows, seq, cells, n, err);
}

int store_cells(struct store *s, struct slice kind, struct slice key, struct arena *a,
		struct store_cell **out, size_t *n, struct err *err)
{
	void *list;
	int rc = list_of_subject(s, &cell_rows, STMT_CELL_LIST, kind, key, a, &list, n, err);

	if (rc == 0)
		*out = list;
	return rc;
}

/* ---- listings ---- */
static int put_listing(struct store *s, const struct store_owner *o, const void *row, struct err *err)
{
	const struct store_listing *l = row;
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_LISTING_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, o->seq);
	sql_bind_text(st, 2, l->list);
	sql_bind_text(st, 3, l->destination);
	sql_bind_i64(st, 4, o->subject);
	sql_bind_text(st, 5, l->action);
	sql_bind_i64(st, 6, o->at);
	return sql_queue(st, err);
}

static int check_listing(const void *row, struct err *err)
{
	const struct store_listing *l = row;

	if (l->list.n == 0 || (!slice_eq_str(l->action, "add") && !slice_eq_str(l->action, "change") &&
			       !slice_eq_str(l->action, "remove")))
		return err_set(err, ERR_USAGE, 0,
			       "store: a listing without a list, or with an unknown action");
	int rc = store_check_text("a list's name", l->list, err);
	return rc ? rc : store_check_text("a listing's destination", l->destination, err);
}

static int listing_from_row(struct store *s, struct sql_stmt *st, struct arena *a, void *out,
			    struct err *err)
{
	struct store_listing l = {
		.list = arena_copy(a, sql_bytes(st, 0)),
		.destination = arena_copy(a, sql_bytes(st, 1)),
		.action = arena_copy(a, sql_bytes(st, 2)),
		.seq = sql_i64(st, 3),
		.at = sql_i64(st, 5),
		.kind = arena_copy(a, sql_bytes(st, 6)),
		.key = arena_copy(a, sql_bytes(st, 7)),
	};

	if (!digest_from(sql_bytes(st, 4), &l.record))
		return corrupt_row(s, "listing", l.seq, err);
	if (!l.list.p || !l.destination.p || !l.action.p || !l.kind.p || !l.key.p)
		return store_no_memory(s, err);
	*(struct store_listing *)out = l;
	return 0;
}

static const struct derived listing_rows = { sizeof(struct store_listing), check_listing,
					     put_listing, listing_from_row };

int store_put_listings(struct store *s, int64_t seq, const struct store_listing *rows, size_t n,
		       struct err *err)
{
	return put_rows(s, &listing_rows, seq, rows, n, err);
}

int store_listings(struct store *s, struct slice kind, struct slice key, struct arena *a,
		   struct store_listing **out, size_t *n, struct err *err)
{
	void *list;
	int rc = list_of_subject(s, &listing_rows, STMT_LISTING_LIST, kind, key, a, &list, n, err);

	if (rc == 0)
		*out = list;
	return rc;
}

/* ---- citations ---- */

static int check_citation(const void *row, struct err *err)
{
	(void)row; /* every 32 bytes are a digest */
	(void)err;
	return 0;
}

static int put_citation(struct store *s, const struct store_owner *o, const void *row, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_CITATION_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, o->seq);
	sql_bind_blob(st, 2, digest_slice(row));
	return sql_queue(st, err);
}

static const struct derived citation_put = { sizeof(struct sha256), check_citation, put_citation,
					     NULL };

int store_put_citations(struct store *s, int64_t seq, const struct sha256 *digests, size_t n,
			struct err *err)
{
	return put_rows(s, &citation_put, seq, digests, n, err);
}

static int seq_from_row(struct store *s, struct sql_stmt *st, struct arena *a, void *out,
			struct err *err)
{
	(void)s;
	(void)a;
	(void)err;
	*(int64_t *)out = sql_i64(st, 0);
	return 0;
}

static const struct derived citation_list = { sizeof(int64_t), NULL, NULL, seq_from_row };

int store_citations(struct store *s, struct sha256 evidence, struct arena *a, int64_t **out,
		    size_t *n, struct err *err)
{
	struct sql_stmt *st;
	void *list;
	int rc = stmt_get(s, STMT_CITATION_LIST, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&evidence));
	rc = list_rows(s, &citation_list, st, a, &list, n, err);
	if (rc == 0)
		*out = list;
	return rc;
}

/* ---- all that a record gives ---- */

int store_put_projection(struct store *s, int64_t seq, const struct store_projection *p,
			 struct err *err)
{
	int rc = p->cells_n ? store_put_cells(s, seq, p->cells, p->cells_n, err) : 0;

	if (rc == 0 && p->listings_n)
		rc = store_put_listings(s, seq, p->listings, p->listings_n, err);
	if (rc == 0 && p->citations_n)
		rc = store_put_citations(s, seq, p->citations, p->citations_n, err);
	return rc;
}

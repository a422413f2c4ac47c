/* How many names a list carries, and how many were put on it lately.
 *
 * Both count subjects. What was put on lately is read from the end of the ledger: an entry's time
 * is when it was made, whatever time its record carries. */
#include "store/handle.h"

#include <stdlib.h>

enum { PIECE = 4096 /* entries */, PATIENCE = 1000 }; /* entries that are older, one behind the other, before the walk ends: a
                             clock that was wrong for a while hides nothing */

int store_listed(struct store *s, int64_t *n, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db,
	                     "SELECT count(DISTINCT a.subject) FROM listing a"
	                     " WHERE a.action <> 'remove' AND NOT EXISTS (SELECT 1 FROM listing b"
	                     " WHERE b.subject = a.subject AND b.list = a.list"
	                     " AND b.destination = a.destination AND b.record > a.record)",
	                     &st, err);
	if (rc == 0)
		rc = sql_step(st, err);
	if (rc == 1)
		*n = sql_i64(st, 0);
	sql_finalize(st);
	return rc < 0 ? rc : 0;
}

static int cmp_i64(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct lately {
	struct arena arena;
	int64_t *subject;
	size_t n, cap;
	int64_t after;
	int older; /* entries, one behind the other */
};

/* The entries from <= seq < to, last first: a piece at a time, for an engine may hand a whole
 * answer over at once. */
static int read_piece(struct store *s, struct sql_stmt *st, int64_t from, int64_t to,
                      struct lately *l, struct err *err)
{
	int rc;

	sql_bind_i64(st, 1, from);
	sql_bind_i64(st, 2, to);
	while (l->older < PATIENCE && (rc = sql_step(st, err)) != 0) {
		if (rc < 0)
			return rc;
		l->older = sql_i64(st, 0) > l->after ? 0 : l->older + 1;
		if (l->older || sql_is_null(st, 1))
			continue;
		int64_t *list = store_grow(&l->arena, l->subject, l->n, &l->cap, sizeof(*list));
		if (!list) {
			sql_reset(st);
			return store_no_memory(s, err);
		}
		l->subject = list;
		l->subject[l->n++] = sql_i64(st, 1);
	}
	sql_reset(st);
	return 0;
}

int store_listed_since(struct store *s, int64_t after, int64_t *n, struct err *err)
{
	struct sql_stmt *st = NULL;
	struct lately l = { .after = after };
	int64_t size = 0;
	int rc = store_ledger_size(s, &size, err);

	if (rc == 0)
		rc = sql_prepare(s->db,
		                 "SELECT e.at, l.subject FROM ledger_entry e"
		                 " JOIN record r ON r.id = e.record"
		                 " LEFT JOIN listing l ON l.record = r.seq AND l.action = 'add'"
		                 " WHERE e.seq >= $1 AND e.seq < $2 ORDER BY e.seq DESC",
		                 &st, err);
	for (int64_t to = size; rc == 0 && to > 0 && l.older < PATIENCE; to -= PIECE)
		rc = read_piece(s, st, to > PIECE ? to - PIECE : 0, to, &l, err);
	sql_finalize(st);
	if (rc == 0) {
		*n = 0;
		if (l.n)
			qsort(l.subject, l.n, sizeof(*l.subject), cmp_i64);
		for (size_t i = 0; i < l.n; i++)
			*n += i == 0 || l.subject[i] != l.subject[i - 1];
	}
	arena_release(&l.arena);
	return rc;
}

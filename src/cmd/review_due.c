/* Decisions whose review date is near, and the end of those whose date has passed. */
#include "cmd/review.h"

#include "cmd/making.h"
#include "wire/timestamp.h"

#include <stdlib.h>


struct due {
	struct review *review;
	int64_t until;
	size_t n;
};

static int put_due(struct due *d, struct slice key, const struct standing *s, const json_t *decision,
                   struct err *err)
{
	struct slice until = json_str(decision, "until");
	json_t *o = json_object();
	struct buf out = { 0 };
	int64_t end;
	int rc = 0;

	if (!until.n || timestamp_parse(until, &end, NULL) || end > d->until) {
		json_decref(o);
		return 0;
	}
	d->n++;
	if (d->review->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "%.*s for %.*s: %.*s until %.*s\n", SLICE_ARG(key),
		           SLICE_ARG(s->destination), SLICE_ARG(s->class), SLICE_ARG(until));
	} else {
		int failed = json_put_str(o, "name", key) |
		             json_put_str(o, "destination", s->destination) |
		             json_put_str(o, "class", s->class) | json_put_str(o, "until", until);
		rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, &out, err);
		buf_putc(&out, '\n');
	}
	json_decref(o);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static int see_due(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct due *d = ctx;
	struct arena a = { 0 };
	struct subject subject;
	struct view v = { 0 };
	int rc = subject_from_key(kind, key, &subject, err);

	if (rc == 0)
		rc = view_load(d->review->store, subject, d->review->rules.suffixes, VIEW_TOLD, &a, &v,
		               err);
	for (size_t i = 0; rc == 0 && i < v.n; i++)
		if (v.row[i].standing->state == STATE_LISTED)
			rc = put_due(d, key, v.row[i].standing, v.row[i].decision, err);
	view_release(&v);
	arena_release(&a);
	return rc;
}

int review_due(struct review *r, struct err *err)
{
	struct due d = { .review = r };

	d.until = r->cmd->at + (r->within ? r->within * 86400 : MAKING_DUE_S);
	int rc = store_subjects(r->store, SLICE(""), true, see_due, &d, err);
	if (rc == 0 && r->cmd->format == FORMAT_TEXT)
		printf("%s%zu to be decided anew\n", d.n ? "\n" : "", d.n);
	return rc ? rc : EXIT_DONE;
}

/* ---- the end ---- */

/* Subjects are gathered first: ending a listing writes, and a walk must not. */
struct gathered {
	struct arena arena;
	struct subject *subject;
	size_t n, cap;
};

static int gather(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct gathered *g = ctx;
	struct subject subject;
	int rc = subject_from_key(kind, key, &subject, err);

	if (rc)
		return rc;
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 256;
		struct subject *more = realloc(g->subject, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		g->subject = more;
		g->cap = cap;
	}
	subject.key = arena_copy(&g->arena, subject.key);
	if (!subject.key.p)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	g->subject[g->n++] = subject;
	return 0;
}

int review_expire(struct review *r, struct err *err)
{
	struct gathered g = { 0 };
	struct ledgerbook book = { 0 };
	struct acts acts;
	size_t ended = 0, now;
	int rc = review_open_book(r, &book, &acts, err);

	if (rc == 0)
		rc = store_subjects(r->store, SLICE(""), true, gather, &g, err);
	for (size_t i = 0; rc == 0 && i < g.n; i++) {
		rc = acts_expire(&acts, &g.subject[i], &now, err);
		ended += rc == 0 ? now : 0;
	}
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	if (rc == 0)
		printf("%zu decision%s ended\n", ended, ended == 1 ? "" : "s");
	ledgerbook_close(&book);
	free(g.subject);
	arena_release(&g.arena);
	return rc ? rc : EXIT_DONE;
}

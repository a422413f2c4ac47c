/* What waits, in the order in which a reviewer's hour does most good: one pass gathers what is
 * pending, one over networks and one over outcomes say what hangs on each, then each is shown. */
#include "cmd/review.h"

#include "base/table.h"
#include "cmd/casefile.h"
#include "cmd/model_report.h"
#include "decide/rank.h"

#include <stdlib.h>
#include <string.h>

/* A subject with something that waits. */
struct waiting {
	struct slice kind, key;
	struct slice registrar; /* of the newest registration; may be empty */
	struct rank_case best;  /* of its destinations, the one of the highest rank */
	struct rank rank;
	struct rank_score score; /* of the ranking model, where is_scored */
	bool is_scored;
	int64_t since;          /* of the verdict */
	size_t members;
};

struct tally {
	uint64_t acted, asked;
};

struct queue {
	struct review *review;
	struct arena arena;
	struct waiting *item;
	size_t n, cap;
	struct table by_key;     /* key of the subject -> place in item + 1 */
	struct table registrars; /* name -> struct tally */
};

static bool waits(const struct review *r, const struct standing *s)
{
	return s->state == STATE_PENDING &&
	       (!r->destination || slice_eq_str(s->destination, r->destination));
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- what waits ---- */

static int count_rules(struct view *v, const struct view_row *row, struct rank_case *c,
                       struct err *err)
{
	const json_t *id;
	size_t i;

	json_array_foreach(json_arr(row->cell, "findings"), i, id)
	{
		json_t *finding = NULL;
		int rc = v->source.finding(v->source.ctx, json_text(id), &finding, err);
		if (rc)
			return rc;
		c->rules++;
		if (slice_eq_str(json_str(finding, "reach"), "global"))
			c->is_global = true;
		json_decref(finding);
	}
	return 0;
}

static int newest_registrar(void *ctx, const struct store_record *r, struct err *err)
{
	struct buf *name = ctx;
	json_t *body = NULL;

	if (slice_find_slice(r->body, SLICE("\"registration\":{")) == r->body.n)
		return 0;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);
	struct slice told = json_str(json_obj(body, "registration"), "registrar");
	if (rc == 0 && told.n) {
		buf_clear(name);
		buf_put(name, told);
		if (!buf_ok(name))
			rc = no_memory(err);
	}
	json_decref(body);
	return rc;
}

static int registrar_of(struct queue *q, struct subject subject, struct slice *out, struct err *err)
{
	struct subject registered;
	struct buf name = { 0 };
	int rc = casefile_registered(subject, q->review->rules.suffixes, &q->arena, &registered, err);

	if (rc)
		return rc;
	struct store_filter f = { .type = SLICE("observation"),
		                  .kind = slice_str(subject_kind_name(registered.kind)),
		                  .key = registered.key };
	rc = store_each_record(q->review->store, &f, newest_registrar, &name, err);
	if (rc == 0) {
		*out = arena_copy(&q->arena, buf_slice(&name));
		if (!out->p)
			rc = no_memory(err);
	}
	buf_release(&name);
	return rc;
}

static int add(struct queue *q, struct slice kind, struct slice key, const struct waiting *w,
               struct err *err)
{
	if (q->n == q->cap) {
		size_t cap = q->cap ? q->cap * 2 : 256;
		struct waiting *more = realloc(q->item, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		q->item = more;
		q->cap = cap;
	}
	struct waiting *item = &q->item[q->n];
	*item = *w;
	item->kind = arena_copy(&q->arena, kind);
	item->key = arena_copy(&q->arena, key);
	if (!item->kind.p || !item->key.p)
		return no_memory(err);
	struct table_entry *e = table_put(&q->by_key, item->key);
	if (!e)
		return no_memory(err);
	q->n++;
	e->value = (void *)(uintptr_t)q->n;
	return 0;
}

/* Reasons are kept as long as the queue. */
static int score(struct queue *q, struct subject subject, struct waiting *w, struct err *err)
{
	struct arena a = { 0 };
	int rc = ranker_score(&q->review->ranker, q->review->store, subject, &a, &w->score,
	                      &w->is_scored, err);

	for (size_t i = 0; rc == 0 && w->is_scored && i < w->score.reasons; i++) {
		w->score.reason[i].name = arena_copy(&q->arena, w->score.reason[i].name);
		if (!w->score.reason[i].name.p)
			rc = no_memory(err);
	}
	arena_release(&a);
	return rc;
}

static int gather(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct queue *q = ctx;
	struct arena a = { 0 };
	struct subject subject;
	struct view v = { 0 };
	struct waiting w = { .members = 1 };
	bool any = false;
	int rc = subject_from_key(kind, key, &subject, err);

	if (rc == 0)
		rc = view_load(q->review->store, subject, q->review->rules.suffixes, VIEW_STANDING, &a,
		               &v, err);
	for (size_t i = 0; rc == 0 && i < v.n; i++)
		any = any || waits(q->review, v.row[i].standing);
	view_release(&v);
	if (rc == 0 && any)
		rc = view_load(q->review->store, subject, q->review->rules.suffixes, VIEW_WHOLE, &a, &v,
		               err);
	for (size_t i = 0; rc == 0 && any && i < v.n; i++) {
		if (!waits(q->review, v.row[i].standing))
			continue;
		struct rank_case c = { .class = v.row[i].standing->class,
			               .captures = (size_t)json_i64(v.row[i].verdict, "captures", 0) };
		rc = count_rules(&v, &v.row[i], &c, err);
		struct rank rank = rank_of(&c);
		if (!w.best.class.n || rank.value > w.rank.value) {
			w.best = c;
			w.rank = rank;
			w.best.class = slice_eq_str(c.class, "rogue") ? SLICE("rogue") : SLICE("unapproved");
		}
		if (w.since == 0 || v.row[i].standing->verdict->at < w.since)
			w.since = v.row[i].standing->verdict->at;
	}
	if (rc == 0 && any)
		rc = registrar_of(q, subject, &w.registrar, err);
	if (rc == 0 && any)
		rc = score(q, subject, &w, err);
	if (rc == 0 && any)
		rc = add(q, kind, key, &w, err);
	view_release(&v);
	arena_release(&a);
	return rc;
}

/* ---- what hangs on it ---- */

static struct waiting *find(struct queue *q, struct slice key)
{
	struct table_entry *e = table_find(&q->by_key, key);

	return e ? &q->item[(uintptr_t)e->value - 1] : NULL;
}

/* Of a network that was told of twice the later record counts, being the later to come. */
static int see_network(void *ctx, const struct store_record *r, struct err *err)
{
	struct queue *q = ctx;
	json_t *body = NULL;
	const json_t *member;
	size_t i, together = 0;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);

	json_array_foreach(json_arr(body, "members"), i, member)
		together += find(q, json_str(member, "key")) != NULL;
	json_array_foreach(json_arr(body, "members"), i, member)
	{
		struct waiting *w = find(q, json_str(member, "key"));
		if (w)
			w->members = together;
	}
	json_decref(body);
	return rc;
}

static int tally(struct queue *q, const json_t *notice, struct slice state, struct err *err)
{
	const json_t *recipient = json_obj(notice, "recipient");
	struct slice name = json_str(recipient, "name");

	if (!slice_eq_str(json_str(recipient, "kind"), "registrar") || !name.n)
		return 0;
	struct table_entry *e = table_find(&q->registrars, name);
	if (!e) {
		name = arena_copy(&q->arena, name);
		struct tally *t = ARENA_NEW(&q->arena, struct tally);
		e = name.p && t ? table_put(&q->registrars, name) : NULL;
		if (!e)
			return no_memory(err);
		e->value = t;
	}
	struct tally *t = e->value;
	t->asked++;
	t->acted += slice_eq_str(state, "acted");
	return 0;
}

static int see_outcome(void *ctx, const struct store_record *r, struct err *err)
{
	struct queue *q = ctx;
	struct arena a = { 0 };
	struct store_record notice;
	json_t *body = NULL, *of = NULL;
	struct sha256 id;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);
	struct slice state = json_str(body, "state");

	/* What is not settled yet says nothing of the registrar. */
	bool settled = !slice_eq_str(state, "pending") && !slice_eq_str(state, "acknowledged") &&
	               !slice_eq_str(state, "withdrawn");
	if (rc == 0 && settled && sha256_parse_hex(json_str(body, "notice"), &id)) {
		rc = store_get_record(q->review->store, id, &a, &notice, err);
		if (rc == 0)
			rc = json_parse_object(notice.body, RECORD_LINE_MAX, &of, err);
		if (rc == 0)
			rc = tally(q, of, state, err);
		if (rc == ERR_NOTFOUND)
			rc = 0;
	}
	json_decref(of);
	json_decref(body);
	arena_release(&a);
	return rc;
}

static int by_rank(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;

	if (x->rank.value != y->rank.value)
		return x->rank.value > y->rank.value ? -1 : 1;
	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	int c = slice_cmp(x->key, y->key);
	return c ? c : slice_cmp(x->kind, y->kind);
}

static int put_in_order(struct queue *q, struct err *err)
{
	struct store_filter networks = { .type = SLICE("network") };
	struct store_filter outcomes = { .type = SLICE("outcome") };
	int rc = store_each_record(q->review->store, &networks, see_network, q, err);

	if (rc == 0)
		rc = store_each_record(q->review->store, &outcomes, see_outcome, q, err);
	for (size_t i = 0; rc == 0 && i < q->n; i++) {
		struct waiting *w = &q->item[i];
		struct table_entry *e = table_find(&q->registrars, w->registrar);
		const struct tally *t = e ? e->value : NULL;
		w->best.members = w->members;
		w->best.acted = t ? t->acted : 0;
		w->best.asked = t ? t->asked : 0;
		w->rank = rank_of(&w->best);
		if (w->is_scored)
			w->rank = rank_with_score(w->rank, w->score.ppm);
	}
	if (rc == 0 && q->n)
		qsort(q->item, q->n, sizeof(*q->item), by_rank);
	return rc;
}

/* ---- shown ---- */

static int put_json(const struct view *shown, const struct waiting *w, struct buf *out,
                    struct err *err)
{
	json_t *o = view_json(shown, w->key), *rank = json_object();
	int failed = json_put_i64(rank, "harm_ppm", (int64_t)w->rank.harm);

	failed |= json_put_i64(rank, "chance_ppm", (int64_t)w->rank.chance);
	failed |= json_put_i64(rank, "value", (int64_t)w->rank.value);
	failed |= json_put_i64(rank, "members", (int64_t)w->members);
	if (w->registrar.n)
		failed |= json_put_str(rank, "registrar", w->registrar);
	if (w->is_scored)
		failed |= json_put_new(rank, "model", rank_score_json(&w->score));
	failed |= json_put_new(o, "rank", rank);
	int rc = o && !failed ? json_canonical(o, out, err) : no_memory(err);
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

static int show(struct queue *q, const struct waiting *w, bool first, struct err *err)
{
	struct review *r = q->review;
	struct arena a = { 0 };
	struct subject subject;
	struct view v = { 0 };
	struct buf out = { 0 };
	size_t kept = 0;
	int rc = subject_from_key(w->kind, w->key, &subject, err);

	if (rc == 0)
		rc = view_load(r->store, subject, r->rules.suffixes, VIEW_WHOLE, &a, &v, err);
	for (size_t i = 0; rc == 0 && i < v.n; i++)
		if (waits(r, v.row[i].standing)) {
			struct view_row row = v.row[kept];
			v.row[kept++] = v.row[i];
			v.row[i] = row; /* swapped, so that view_release frees each once */
		}
	if (rc == 0) {
		struct view shown = v;
		shown.n = kept;
		if (r->cmd->format == FORMAT_TEXT) {
			if (first)
				view_put_head(&out);
			view_put_table(&shown, &out);
			if (w->is_scored) {
				buf_puts(&out, "  ");
				rank_score_put_text(&w->score, &out);
				buf_putc(&out, '\n');
			}
		} else {
			rc = put_json(&shown, w, &out, err);
		}
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	view_release(&v);
	buf_release(&out);
	arena_release(&a);
	return rc;
}

int review_list(struct review *r, struct err *err)
{
	struct queue q = { .review = r };
	int rc = store_snapshot(r->store, err);

	if (rc == 0)
		rc = ranker_open(&r->cmd->config, r->rules.suffixes, &r->ranker, err);
	if (rc == 0)
		rc = store_subjects(r->store, SLICE(""), true, gather, &q, err);
	if (rc == 0)
		rc = put_in_order(&q, err);
	size_t n = r->limit && (size_t)r->limit < q.n ? (size_t)r->limit : q.n;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = show(&q, &q.item[i], i == 0, err);
	if (rc == 0 && r->cmd->format == FORMAT_TEXT) {
		printf("%s%zu %s", q.n ? "\n" : "", q.n, q.n == 1 ? "subject waits" : "subjects wait");
		printf(n < q.n ? ", %zu shown\n" : "\n", n);
	}
	table_release(&q.by_key);
	table_release(&q.registrars);
	arena_release(&q.arena);
	free(q.item);
	return rc ? rc : EXIT_DONE;
}

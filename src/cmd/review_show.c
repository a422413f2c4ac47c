/* One subject as a reviewer needs it: how it stands and why, side by side for each destination, what was
 * done about it before, and who stands beside it in its network. */
#include "cmd/review.h"

#include "cmd/model_report.h"
#include "cmd/networks.h"
#include "store/redact.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

/* ---- what was done before ---- */

/* Every record about a subject but its observations and what was found in them. */
static bool is_act(struct slice type)
{
	static const char *const types[] = { "decision", "correction", "listing", "disclosure", "appeal",
		                             "reply", "notice", "outcome", "report", "redaction" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_eq_str(type, types[i]))
			return true;
	return false;
}

struct line {
	int64_t at, seq;
	struct slice text; /* of text output, or a line of JSON */
};

struct timeline {
	struct review *review;
	struct arena *arena;
	struct line *line;
	size_t n, cap;
	bool acts_alone;
	struct sha256 last_registration; /* of the newest registration seen, by its facts */
};

static int add_line(struct timeline *t, int64_t at, int64_t seq, struct buf *text, struct err *err)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 32;
		struct line *more = arena_array(t->arena, cap, sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		if (t->n)
			memcpy(more, t->line, t->n * sizeof(*more));
		t->line = more;
		t->cap = cap;
	}
	struct slice kept = arena_copy(t->arena, buf_slice(text));
	if (!buf_ok(text) || !kept.p)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	t->line[t->n++] = (struct line){ at, seq, kept };
	return 0;
}

static void put_cells(struct buf *out, const json_t *body)
{
	const json_t *cell;
	size_t i, told = 0;

	json_array_foreach(json_arr(body, "cells"), i, cell)
	{
		if (slice_eq_str(json_str(cell, "destination"), "ZZ"))
			continue;
		buf_puts(out, told++ ? "," : "");
		buf_printf(out, " %.*s for %.*s", SLICE_ARG(json_str(cell, "class")),
		           SLICE_ARG(json_str(cell, "destination")));
	}
}

static void put_words(struct buf *out, const json_t *body)
{
	static const char *const fields[] = { "reason", "imminent_harm", "words", "claim" };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct slice said = json_str(body, fields[i]);
		if (!said.n)
			continue;
		buf_puts(out, ": ");
		explain_put_foreign(out, said, 200);
	}
}

static void put_registration(struct buf *out, const json_t *registration)
{
	buf_puts(out, "registration");
	if (json_str(registration, "created").n)
		buf_printf(out, " created %.10s", json_str(registration, "created").p);
	if (json_str(registration, "registrar").n) {
		buf_puts(out, " at ");
		explain_put_foreign(out, json_str(registration, "registrar"), 80);
	}
}

static void put_what(struct buf *out, const struct store_record *r, const json_t *body)
{
	static const char *const words[] = { "state", "action" };

	if (json_obj(body, "registration")) {
		put_registration(out, json_obj(body, "registration"));
		return;
	}
	buf_put(out, r->type);
	if (slice_eq_str(r->type, "hypothesis"))
		buf_puts(out, ", a guess and no evidence");
	if (store_is_redacted(r->body))
		buf_puts(out, " redacted");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (json_str(body, words[i]).n) {
			buf_putc(out, ' ');
			explain_put_foreign(out, json_str(body, words[i]), 40);
		}
	if (json_str(body, "list").n) {
		buf_puts(out, ", list ");
		explain_put_foreign(out, json_str(body, "list"), 40);
		buf_putc(out, ',');
	}
	put_cells(out, body);
	if (slice_starts(r->src, SLICE("reviewer:")))
		buf_printf(out, " by %.*s", SLICE_ARG(slice_sub(r->src, 9, r->src.n)));
	put_words(out, body);
}

/* Registrations are observed again and again: told when something is otherwise than before. */
static bool is_news(struct timeline *t, const json_t *body)
{
	const json_t *registration = json_obj(body, "registration");
	struct buf text = { 0 };
	bool news = true;

	if (!registration)
		return !slice_eq_str(json_str(body, "type"), "observation");
	struct slice parts[] = { json_str(registration, "created"), json_str(registration, "registrar") };
	buf_put(&text, parts[0]);
	buf_putc(&text, '\n');
	buf_put(&text, parts[1]);
	struct sha256 now = sha256_of(buf_slice(&text));
	news = !sha256_eq(now, t->last_registration);
	t->last_registration = now;
	buf_release(&text);
	return news;
}

static int see(void *ctx, const struct store_record *r, struct err *err)
{
	struct timeline *t = ctx;
	struct buf out = { 0 };
	char at[TIMESTAMP_SIZE], id[SHA256_HEX];
	json_t *body = NULL;
	bool registration = slice_eq_str(r->type, "observation") &&
	                    slice_find_slice(r->body, SLICE("\"registration\":{")) < r->body.n;

	bool beside = registration || slice_eq_str(r->type, "verdict") ||
	              slice_eq_str(r->type, "hypothesis");

	if (!is_act(r->type) && (!beside || t->acts_alone))
		return 0;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);
	if (rc || !is_news(t, body)) {
		json_decref(body);
		return rc;
	}
	timestamp_format(r->at, at);
	sha256_hex(r->id, id);
	/* Of a redacted record there is what the store's columns say. */
	if (store_is_redacted(r->body) &&
	    (json_put_str(body, "type", r->type) | json_put_str(body, "at", slice_str(at)) |
	     json_put_str(body, "src", r->src))) {
		json_decref(body);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	if (t->review->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "%s  ", at);
		put_what(&out, r, body);
		buf_printf(&out, "  [%.12s]\n", id);
	} else if (json_put_str(body, "id", slice_str(id))) {
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	} else {
		rc = json_canonical(body, &out, err);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = add_line(t, r->at, r->seq, &out, err);
	buf_release(&out);
	json_decref(body);
	return rc;
}

static int by_time(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int read_timeline(struct timeline *t, const struct subject *subject, struct err *err)
{
	struct store_filter f = { .kind = slice_str(subject_kind_name(subject->kind)),
		                  .key = subject->key };
	int rc = store_each_record(t->review->store, &f, see, t, err);

	if (rc == 0 && t->n)
		qsort(t->line, t->n, sizeof(*t->line), by_time);
	return rc;
}

static int put_lines(const struct timeline *t, const char *before, struct err *err)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		buf_puts(&out, before);
		buf_put(&out, t->line[i].text);
	}
	int rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

int review_timeline(struct review *r, const char *name, struct err *err)
{
	struct arena a = { 0 };
	struct timeline t = { .review = r, .arena = &a };
	struct subject subject;
	int rc = review_subject(r, name, &a, &subject, err);

	if (rc == 0)
		rc = read_timeline(&t, &subject, err);
	if (rc == 0)
		rc = put_lines(&t, "", err);
	if (rc == 0 && t.n == 0 && r->cmd->format == FORMAT_TEXT)
		printf("%.*s: nothing is known of it here\n", SLICE_ARG(subject.key));
	arena_release(&a);
	return rc ? rc : t.n ? EXIT_DONE : EXIT_NO;
}

/* ---- how it stands ---- */

/* score: of the ranking model, or NULL. */
static int put_view(struct review *r, const struct view *v, const struct rank_score *score,
                    struct buf *out, struct err *err)
{
	if (r->cmd->format == FORMAT_TEXT) {
		int rc = view_put_text(v, out, err);
		if (rc == 0 && score) {
			buf_puts(out, "  it waits by: ");
			rank_score_put_text(score, out);
			buf_putc(out, '\n');
		}
		if (rc == 0 && v->n == 0)
			buf_printf(out, "%.*s: nothing is known of it here\n", SLICE_ARG(v->subject.key));
		return rc;
	}
	json_t *o = view_json(v, v->subject.key);
	int failed = !o || (score && json_put_new(o, "model", rank_score_json(score)));
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, out, err);
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

static int put_beside(struct review *r, const struct subject *subject, struct arena *a,
                      struct err *err)
{
	struct timeline t = { .review = r, .arena = a, .acts_alone = true };
	struct network n = { 0 };
	struct buf out = { 0 };
	int rc = read_timeline(&t, subject, err);

	if (rc == 0 && t.n) {
		printf("  acts so far\n");
		rc = put_lines(&t, "    ", err);
	}
	if (rc == 0)
		rc = network_of(r->store, subject->key, a, &n, err);
	if (rc == 0 && n.members_n) {
		buf_printf(&out, "  network %.*s, with %zu others: assay review show --network %.*s\n",
		           SLICE_ARG(n.id), n.members_n - 1, SLICE_ARG(n.id));
		rc = cmd_put_out(&out, err);
	}
	buf_release(&out);
	return rc;
}

int review_show(struct review *r, const char *name, struct err *err)
{
	struct arena a = { 0 };
	struct subject subject;
	struct view v = { 0 };
	struct buf out = { 0 };
	struct rank_score score;
	bool scored = false;
	int rc = review_subject(r, name, &a, &subject, err);

	if (rc == 0)
		rc = view_load(r->store, subject, r->rules.suffixes, VIEW_WHOLE, &a, &v, err);
	if (rc == 0 && v.n)
		rc = ranker_open(&r->cmd->config, r->rules.suffixes, &r->ranker, err);
	if (rc == 0 && v.n)
		rc = ranker_score(&r->ranker, r->store, subject, &a, &score, &scored, err);
	if (rc == 0)
		rc = put_view(r, &v, scored ? &score : NULL, &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	if (rc == 0 && v.n && r->cmd->format == FORMAT_TEXT)
		rc = put_beside(r, &subject, &a, err);
	bool known = v.n > 0;
	view_release(&v);
	buf_release(&out);
	arena_release(&a);
	return rc ? rc : known ? EXIT_DONE : EXIT_NO;
}

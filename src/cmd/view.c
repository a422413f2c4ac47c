#include "cmd/view.h"

#include "base/utf8.h"
#include "cmd/acts.h"
#include "model/record.h"
#include "store/redact.h"
#include "wire/timestamp.h"

#include <stdlib.h>

/* What is still known of a record that was redacted, in the members that are told of any. */
static int redacted_body(const struct store_record *r, json_t **out, struct err *err)
{
	char at[TIMESTAMP_SIZE];
	json_t *o = json_object();

	timestamp_format(r->at, at);
	if (json_put_flag(o, "redacted", true) | json_put_str(o, "reason", SLICE("redacted")) |
	    json_put_str(o, "at", slice_str(at)) | json_put_new(o, "actors", json_array()) |
	    json_put_flag(o, "automatic", slice_eq_str(r->src, "assay:automatic"))) {
		json_decref(o);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	*out = o;
	return 0;
}

static int read_body(struct store *store, struct sha256 id, json_t **out, struct err *err)
{
	struct arena a = { 0 };
	struct store_record r;
	int rc = store_get_record(store, id, &a, &r, err);

	if (rc == 0 && store_is_redacted(r.body))
		rc = redacted_body(&r, out, err);
	else if (rc == 0)
		rc = json_parse_object(r.body, RECORD_LINE_MAX, out, err);
	arena_release(&a);
	return rc;
}

/* Asked for twice, by the line that sums up and by the reasons, and read once. */
static int find_finding(void *ctx, struct slice id, json_t **out, struct err *err)
{
	struct view *v = ctx;
	struct sha256 digest;

	*out = NULL;
	if (!sha256_parse_hex(id, &digest))
		return 0;
	for (size_t i = 0; i < VIEW_KEPT; i++)
		if (v->kept[i].body && sha256_eq(v->kept[i].id, digest)) {
			*out = json_incref(v->kept[i].body);
			return 0;
		}
	int rc = read_body(v->store, digest, out, NULL);
	if (rc && rc != ERR_NOTFOUND)
		return err_set(err, (enum err_code)rc, 0, "finding %.*s cannot be read", SLICE_ARG(id));
	if (rc == 0) {
		struct view_kept *place = &v->kept[v->turn++ % VIEW_KEPT];
		json_decref(place->body);
		*place = (struct view_kept){ digest, json_incref(*out) };
	}
	return 0;
}

/* One verdict has the cells of all destinations: it is read once. */
static int read_verdict(const struct view *v, struct sha256 id, json_t **out, struct err *err)
{
	const struct view_row *before = v->n ? &v->row[v->n - 1] : NULL;

	if (before && before->verdict && sha256_eq(before->standing->verdict->record, id)) {
		*out = json_incref(before->verdict);
		return 0;
	}
	return read_body(v->store, id, out, err);
}

static bool was_decided(const struct standing *s)
{
	return s->state == STATE_LISTED || s->state == STATE_CORRECTED || s->state == STATE_ENDED;
}

/* Whether an answer to the public has the one line: not of what is listed, which has its findings,
 * and not of a class that nobody decided on and that would accuse. */
static bool is_line_told(const struct standing *s)
{
	return s->state == STATE_CORRECTED ||
	       (s->state == STATE_NONE && !standing_is_listed_class(s->class));
}

static int load_row(struct view *v, const struct standing *s, struct view_row *row, struct arena *a,
                    struct err *err)
{
	bool whole = v->depth == VIEW_WHOLE;
	struct buf why = { 0 };
	int rc = 0;

	row->standing = s;
	row->has_findings = whole || s->state == STATE_LISTED;
	if (s->verdict)
		rc = read_verdict(v, s->verdict->record, &row->verdict, err);
	if (rc == 0 && s->decision && (whole || was_decided(s)))
		rc = read_body(v->store, s->decision->record, &row->decision, err);
	if (rc == 0 && s->correction)
		rc = read_body(v->store, s->correction->record, &row->correction, err);
	if (rc)
		return rc;
	row->cell = explain_cell_of(row->verdict, s->destination);
	if (!whole && !is_line_told(s))
		return 0;
	if (row->correction)
		explain_put_foreign(&why, json_str(row->correction, "reason"), 160);
	else if (s->state == STATE_ENDED)
		buf_puts(&why, "decided for an earlier registration of the name");
	else if (row->cell)
		rc = explain_line(row->cell, &v->source, &why, err);
	if (rc == 0) {
		row->why = arena_copy(a, buf_slice(&why));
		if (!row->why.p)
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	buf_release(&why);
	return rc;
}

static int load_rows(struct view *v, const struct standing *list, size_t n, struct arena *a,
                     struct err *err)
{
	int rc = 0;

	for (; rc == 0 && v->n < n; v->n++)
		rc = load_row(v, &list[v->n], &v->row[v->n], a, err);
	return rc;
}

int view_load(struct store *store, struct subject subject, const struct suffixes *suffixes,
              enum view_depth depth, struct arena *a, struct view *out, struct err *err)
{
	struct standing *list = NULL;
	size_t n = 0;

	*out = (struct view){ .subject = subject, .store = store, .depth = depth,
		              .source = { find_finding, out } };
	int rc = acts_standing(store, subject, suffixes, a, &list, &n, err);
	if (rc)
		return rc;
	out->row = arena_array(a, n, sizeof(*out->row));
	if (!out->row)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	if (depth != VIEW_STANDING)
		return load_rows(out, list, n, a, err);
	for (; out->n < n; out->n++)
		out->row[out->n] = (struct view_row){ .standing = &list[out->n] };
	return 0;
}

void view_release(struct view *v)
{
	for (size_t i = 0; i < v->n; i++) {
		json_decref(v->row[i].verdict);
		json_decref(v->row[i].decision);
		json_decref(v->row[i].correction);
	}
	for (size_t i = 0; i < VIEW_KEPT; i++)
		json_decref(v->kept[i].body);
	*v = (struct view){ 0 };
}

void view_put_class(const struct view_row *row, struct buf *out)
{
	struct slice ground = row->standing->ground;

	buf_put(out, row->standing->class);
	if (slice_eq_str(ground, "foreign_legal") || slice_eq_str(ground, "abused_legit"))
		buf_printf(out, " (%.*s)", SLICE_ARG(ground));
}

enum { SITE_WIDTH = 36, FOR_WIDTH = 10, CLASS_WIDTH = 27, STATE_WIDTH = 11, WHY_WIDTH = 120 };

/* Spaces up to a column that began at byte `from`; at least one. */
static void pad(struct buf *out, size_t from, size_t width)
{
	size_t shown = 0;

	for (size_t i = from; i < out->n; i++)
		shown += ((unsigned char)out->p[i] & 0xc0) != 0x80;
	do {
		buf_putc(out, ' ');
	} while (++shown < width);
}

void view_put_head(struct buf *out)
{
	buf_printf(out, "%-*s%-*s%-*s%-*s%s\n", SITE_WIDTH, "SITE", FOR_WIDTH, "FOR", CLASS_WIDTH,
	           "VERDICT", STATE_WIDTH, "STATE", "WHY");
}

static bool same_row(const struct view_row *a, const struct view_row *b)
{
	return slice_eq(a->standing->class, b->standing->class) &&
	       slice_eq(a->standing->ground, b->standing->ground) &&
	       a->standing->state == b->standing->state && slice_eq(a->why, b->why);
}

static bool has_row_before(const struct view *v, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (same_row(&v->row[k], &v->row[i]))
			return true;
	return false;
}

void view_put_table(const struct view *v, struct buf *out)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct view_row *row = &v->row[i];
		size_t from = out->n;
		if (has_row_before(v, i))
			continue;
		if (i == 0) {
			explain_put_foreign(out, v->subject.key, 100);
			if (out->n - from >= SITE_WIDTH) { /* too long for its column: a line of its own */
				buf_putc(out, '\n');
				from = out->n;
			}
		}
		pad(out, from, SITE_WIDTH);
		from = out->n;
		for (size_t k = i; k < v->n; k++)
			if (same_row(row, &v->row[k]))
				buf_printf(out, k > i ? " %.*s" : "%.*s",
				           SLICE_ARG(v->row[k].standing->destination));
		pad(out, from, FOR_WIDTH);
		from = out->n;
		view_put_class(row, out);
		pad(out, from, CLASS_WIDTH);
		buf_printf(out, "%-*s", STATE_WIDTH,
		           row->standing->state == STATE_NONE ? "-"
		                                              : standing_state_name(row->standing->state));
		explain_put_foreign(out, row->why, WHY_WIDTH);
		buf_putc(out, '\n');
	}
}

static void put_actors(struct buf *out, const json_t *act)
{
	const json_t *name;
	size_t i;

	json_array_foreach(json_arr(act, "actors"), i, name)
	{
		buf_puts(out, i ? " and " : " by ");
		explain_put_foreign(out, json_text(name), 60);
	}
}

static void put_act(struct buf *out, const char *what, const json_t *act, struct sha256 id)
{
	char hex[SHA256_HEX];

	if (!act)
		return;
	sha256_hex(id, hex);
	buf_printf(out, "  %s ", what);
	buf_put(out, json_str(act, "at"));
	if (json_flag(act, "automatic", false))
		buf_puts(out, " by machine");
	else
		put_actors(out, act);
	buf_puts(out, ": ");
	explain_put_foreign(out, json_str(act, "reason"), 400);
	buf_printf(out, "\n    record %s\n", hex);
}

int view_put_text(const struct view *v, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct view_row *row = &v->row[i];
		const struct standing *s = row->standing;
		explain_put_foreign(out, v->subject.key, 200);
		buf_printf(out, " for %.*s: ", SLICE_ARG(s->destination));
		view_put_class(row, out);
		if (s->state != STATE_NONE)
			buf_printf(out, ", %s", standing_state_name(s->state));
		buf_putc(out, '\n');
		if (row->why.n) {
			buf_puts(out, "  ");
			buf_put(out, row->why);
			buf_putc(out, '\n');
		}
		if (s->correction && s->verdict)
			buf_printf(out, "  the machine's verdict is still %.*s; people decided otherwise\n",
			           SLICE_ARG(s->verdict->class));
		int rc = row->cell ? explain_cell(row->cell, &v->source, out, err) : 0;
		if (rc)
			return rc;
		if (s->decision)
			put_act(out, s->state == STATE_LISTED ? "decided" : "was decided", row->decision,
			        s->decision->record);
		if (s->correction)
			put_act(out, "corrected", row->correction, s->correction->record);
		if (row->verdict) {
			char hex[SHA256_HEX];
			sha256_hex(s->verdict->record, hex);
			buf_printf(out, "  assessed %.*s on %lld captures, verdict %s\n",
			           SLICE_ARG(json_str(row->verdict, "at")),
			           (long long)json_i64(row->verdict, "captures", 0), hex);
		}
	}
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* body NULL: of a brief view, what the store's own table says. */
static int put_event(json_t *o, const char *field, const json_t *body,
                     const struct standing_event *event)
{
	char hex[SHA256_HEX], at[TIMESTAMP_SIZE];
	json_t *act = json_object();

	sha256_hex(event->record, hex);
	timestamp_format(event->at, at);
	int failed = json_put_str(act, "record", slice_str(hex));
	failed |= json_put_str(act, "at", slice_str(at));
	if (body) {
		failed |= json_put_str(act, "reason", json_str(body, "reason"));
		if (json_arr(body, "actors"))
			failed |= json_put_new(act, "actors", json_incref(json_arr(body, "actors")));
		failed |= json_put_flag(act, "automatic", json_flag(body, "automatic", false));
	}
	return failed | json_put_new(o, field, act);
}

static json_t *findings_json(const struct view *v, const json_t *ids)
{
	json_t *list = json_array();
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
	{
		json_t *f = NULL;
		if (v->source.finding(v->source.ctx, json_text(id), &f, NULL) || !f ||
		    json_add_new(list, f)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *row_json(const struct view *v, const struct view_row *row)
{
	const struct standing *s = row->standing;
	json_t *o = json_object();
	int failed = json_put_str(o, "destination", s->destination);

	failed |= json_put_str(o, "class", s->class);
	if (s->ground.n)
		failed |= json_put_str(o, "ground", s->ground);
	failed |= json_put_str(o, "state", slice_str(standing_state_name(s->state)));
	failed |= json_put_flag(o, "current", s->is_current);
	if (row->why.p)
		failed |= json_put_str(o, "why", row->why);
	if (row->verdict) {
		char hex[SHA256_HEX];
		sha256_hex(s->verdict->record, hex);
		failed |= json_put_str(o, "verdict", slice_str(hex));
		failed |= json_put_str(o, "assessed", json_str(row->verdict, "at"));
		failed |= json_put_i64(o, "captures", json_i64(row->verdict, "captures", 0));
		if (json_str(row->verdict, "period").n)
			failed |= json_put_str(o, "period", json_str(row->verdict, "period"));
	}
	/* What the decision rested on, where the newest verdict says something else. */
	const json_t *rested = json_arr(json_obj(row->decision, "statement"), "findings");
	bool is_other = rested && !json_equal(rested, json_arr(row->cell, "findings"));
	if (row->has_findings && row->cell && (v->depth == VIEW_WHOLE || !is_other))
		failed |= json_put_new(o, "findings", findings_json(v, json_arr(row->cell, "findings")));
	if (row->cell) {
		failed |= json_put_new(o, "counter", json_incref(json_arr(row->cell, "counter")));
		failed |= json_put_new(o, "missing", json_incref(json_arr(row->cell, "missing")));
		if (json_obj(row->cell, "register"))
			failed |= json_put_new(o, "register", json_incref(json_obj(row->cell, "register")));
	}
	if (s->decision)
		failed |= put_event(o, "decision", row->decision, s->decision);
	if (row->has_findings && is_other)
		failed |= json_put_new(o, "rested_on", findings_json(v, rested));
	if (s->correction)
		failed |= put_event(o, "correction", row->correction, s->correction);
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

json_t *view_json(const struct view *v, struct slice name)
{
	json_t *o = json_object(), *cells = json_array();
	int failed = json_put_str(o, "name", name);

	failed |= json_put_new(o, "subject",
	                       record_subject_json(slice_str(subject_kind_name(v->subject.kind)),
	                                           v->subject.key));
	failed |= json_put_flag(o, "known", v->n > 0);
	for (size_t i = 0; i < v->n; i++)
		failed |= json_add_new(cells, row_json(v, &v->row[i]));
	failed |= json_put_new(o, "cells", cells);
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* The answer in plain words, and the table of destinations.
 *
 * What is said first hangs on class, ground and state of the one cell that holds for the country
 * the reader chose (publish/answer.h); without a country, on whether any is listed. */
#include "publish/answer.h"
#include "publish/page_part.h"

#include <stdio.h>

static bool is(const json_t *cell, const char *member, const char *value)
{
	return slice_eq_str(json_str(cell, member), value);
}

/* The subject that a cell belongs to. */
static const json_t *subject_of(const struct part *p, const json_t *wanted)
{
	const json_t *subject, *cell;
	size_t i, k;

	json_array_foreach(json_arr(p->answer, "subjects"), i, subject)
		json_array_foreach(json_arr(subject, "cells"), k, cell)
			if (cell == wanted)
				return json_obj(subject, "subject");
	return NULL;
}

/* A cell of an earlier registration, where there is no present one. */
static const json_t *ended_cell(const struct part *p, struct slice destination)
{
	const json_t *subject, *cell;
	size_t i, k;

	json_array_foreach(json_arr(p->answer, "subjects"), i, subject)
		json_array_foreach(json_arr(subject, "cells"), k, cell)
			if (slice_eq(json_str(cell, "destination"), destination) && is(cell, "state", "ended"))
				return cell;
	return NULL;
}

/* class, ground (NULL: any), state (NULL: any) -> what is said. The first row that fits. */
static const struct said {
	const char *class, *ground, *state, *head, *lead; /* lead NULL: who decided, and when */
} says[] = {
	{ NULL, NULL, "pending", "head.unverified", "lead.unverified" },
	{ NULL, NULL, "ended", "head.ended", "lead.ended" },
	{ NULL, NULL, "corrected", "head.corrected", "lead.corrected" },
	{ "rogue", NULL, NULL, "head.rogue", NULL },
	{ "unapproved", "foreign_legal", NULL, "head.foreign_legal", NULL },
	{ "unapproved", NULL, NULL, "head.unapproved", NULL },
	{ "legitimate", NULL, NULL, "head.legitimate", "lead.legitimate" },
	{ "not_a_pharmacy", NULL, NULL, "head.not_a_pharmacy", "lead.not_a_pharmacy" },
	{ "out_of_scope", "not_offered", NULL, "head.not_offered", "lead.not_offered" },
	{ "out_of_scope", NULL, NULL, "head.out_of_scope", "lead.out_of_scope" },
	{ NULL, NULL, NULL, "head.unverified", "lead.unverified" },
};

static bool fits(const char *want, const json_t *cell, const char *member)
{
	return !want || is(cell, member, want);
}

void telling_of(const struct part *p, struct slice destination, struct telling *out)
{
	const json_t *cell = answer_cell(p->answer, destination);
	const struct said *s = says;

	if (!cell)
		cell = ended_cell(p, destination);
	*out = (struct telling){ .destination = destination, .cell = cell };
	if (!json_flag(p->answer, "known", false)) {
		out->class = SLICE("unknown");
		out->state = SLICE("none");
		out->head = "head.unknown";
		out->lead = "lead.unknown";
		return;
	}
	/* A harsh word that nobody has decided is not said, wherever it may come from. */
	bool undecided = (is(cell, "class", "rogue") || is(cell, "class", "unapproved")) &&
	                 !is(cell, "state", "listed") && !is(cell, "state", "corrected") &&
	                 !is(cell, "state", "ended");
	if (!cell || undecided)
		s = &says[sizeof(says) / sizeof(says[0]) - 1];
	else
		while (!fits(s->class, cell, "class") || !fits(s->ground, cell, "ground") ||
		       !fits(s->state, cell, "state"))
			s++;
	out->subject = cell ? subject_of(p, cell) : NULL;
	out->head = s->head;
	out->lead = s->lead;
	out->class = s->class || (cell && (is(cell, "state", "corrected") || is(cell, "state", "ended")))
	                     ? json_str(cell, "class")
	                     : SLICE("unverified");
	out->state = cell ? json_str(cell, "state") : SLICE("none");
	if (undecided && !is(cell, "state", "pending"))
		out->state = SLICE("none");
	/* Of an earlier registration nothing is said about the present one. */
	if (is(cell, "state", "ended"))
		out->class = SLICE("unverified");
	out->is_foreign_legal = s->ground && strcmp(s->ground, "foreign_legal") == 0;
}

bool telling_has_row(const struct part *p, const struct telling *t)
{
	return t->cell || slice_eq(t->destination, p->reader->destination);
}

bool telling_has_section(const struct telling *t)
{
	return t->cell != NULL;
}

bool telling_is_harsh(const struct telling *t)
{
	return slice_eq_str(t->state, "listed") &&
	       (slice_eq_str(t->class, "rogue") || slice_eq_str(t->class, "unapproved"));
}

struct slice telling_word(const struct part *p, const struct telling *t)
{
	struct slice s = part_word(p, "class", t->is_foreign_legal ? SLICE("foreign_legal") : t->class);

	return s.n ? s : t->class;
}

/* "For buyers in Japan: decided on 23 October 2026 by two reviewers." */
static void draw_decided(struct part *p, const struct telling *t)
{
	const json_t *decision = json_obj(t->cell, "decision");
	size_t actors = json_array_size(json_arr(decision, "actors"));
	char number[24];

	snprintf(number, sizeof(number), "%zu", actors);
	const struct part_value v[] = { { "country", t->destination, PART_COUNTRY },
		                        { "date", json_str(decision, "at"), PART_DATE },
		                        { "number", slice_str(number), PART_OWN } };
	part_say_with(p,
	              !decision                                                 ? "decided.undated"
	              : json_flag(decision, "automatic", false) || actors == 0 ? "decided.automatic"
	              : actors == 1                                            ? "decided.one"
	              : actors == 2                                            ? "decided.two"
	                                                                       : "decided.many",
	              v, 3);
}

/* Why, in the reader's language where the rule has its sentence there. */
static void draw_why(struct part *p, const struct telling *t)
{
	struct slice rule = json_str(t->cell, "rule"), s = part_word(p, "rule", rule);
	struct slice why = json_str(t->cell, "why");

	if (!telling_is_harsh(t))
		return;
	if (why.n == 0)
		why = json_str(json_obj(t->cell, "decision"), "reason");
	if (s.n == 0 && why.n == 0)
		return;
	sheet_begin_class(&p->sheet, "p", "ground");
	if (rule.n && s.n)
		sheet_text(&p->sheet, s);
	else
		part_english(p, why, PART_LINE);
	sheet_end(&p->sheet);
	if (t->is_foreign_legal)
		part_line(p, "p", NULL, "note.foreign_legal");
}

/* Which register names the site. */
static void draw_register(struct part *p, const struct telling *t)
{
	const json_t *row = json_obj(t->cell, "register");
	const struct part_value v[] = { { "authority", json_str(row, "authority"), PART_FOREIGN },
		                        { "number", json_str(row, "number"), PART_FOREIGN } };

	if (!slice_eq_str(t->class, "legitimate"))
		return;
	if (row) {
		part_line_with(p, "p", "register", "note.register", v, 2);
	} else if (json_str(t->cell, "why").n) {
		sheet_begin_class(&p->sheet, "p", "register");
		part_english(p, json_str(t->cell, "why"), PART_LINE);
		sheet_end(&p->sheet);
	}
}

static void draw_correction(struct part *p, const struct telling *t)
{
	const json_t *correction = json_obj(t->cell, "correction");
	struct slice reason = json_str(correction, "reason");
	const struct part_value v[] = { { "reason", reason, PART_FOREIGN },
		                        { "verdict", telling_word(p, t), PART_OWN } };

	if (reason.n)
		part_line_with(p, "p", "ground", "note.corrected_because", v, 1);
	part_line_with(p, "p", NULL, "note.corrected_now", &v[1], 1);
}

/* A listing of a part of a site says so: the rest is not meant. */
static void draw_subject(struct part *p, const struct telling *t)
{
	struct slice key = json_str(t->subject, "key");
	const struct part_value v = { "subject", key, PART_FOREIGN };

	if (!t->subject || slice_eq(key, p->name))
		return;
	part_line_with(p, "p", "part",
	               is(t->subject, "kind", "url") ? "note.part_of_site" : "note.subject", &v, 1);
}

static void draw_lead(struct part *p, const struct telling *t)
{
	const json_t *event = json_obj(t->cell, "correction");
	struct slice at = json_str(event, "at");

	if (at.n == 0)
		at = json_str(t->cell, "assessed");
	const struct part_value v[] = { { "country", t->destination, PART_COUNTRY },
		                        { "name", p->name, PART_FOREIGN },
		                        { "date", at, PART_DATE } };
	sheet_begin_class(&p->sheet, "p", "lead");
	if (!t->lead)
		draw_decided(p, t);
	else if (strcmp(t->lead, "lead.corrected") == 0 && at.n == 0)
		part_say_with(p, "lead.corrected_undated", v, 1);
	else
		part_say_with(p, t->lead, v, 3);
	sheet_end(&p->sheet);
}

/* By class and state the style sheet puts a mark before the words and a line beside them; the
 * words alone say all. */
static void begin_verdict(struct part *p, const char *element, const char *name,
                          struct slice class, struct slice state)
{
	sheet_begin_class(&p->sheet, element, name);
	sheet_attr(&p->sheet, "data-class", class);
	sheet_attr(&p->sheet, "data-state", state);
}

/* Which site the heading is about. */
static void draw_about(struct part *p)
{
	const struct part_value v = { "name", p->name, PART_FOREIGN };

	part_line_with(p, "p", "subject", "about.name", &v, 1);
}

void part_verdict(struct part *p, const struct telling *t, bool is_heading)
{
	const struct part_value v[] = { { "country", t->destination, PART_COUNTRY },
		                        { "name", p->name, PART_FOREIGN } };

	begin_verdict(p, is_heading ? "h1" : "p", is_heading ? "headline" : "verdict", t->class, t->state);
	part_say_with(p, t->head, v, 2);
	sheet_end(&p->sheet);
	/* The heading comes first, so that it is first in whatever reads the page aloud. */
	if (is_heading && json_flag(p->answer, "known", false))
		draw_about(p);
	draw_lead(p, t);
	draw_subject(p, t);
	draw_why(p, t);
	draw_register(p, t);
	if (slice_eq_str(t->state, "corrected"))
		draw_correction(p, t);
}

static bool same_word(const struct telling *a, const struct telling *b)
{
	return slice_eq(a->class, b->class) && a->is_foreign_legal == b->is_foreign_legal;
}

/* Without a country: each verdict there is, with its countries; what is in force against the site
 * comes first. Those of which nothing is known stand beneath the table. */
static void draw_groups(struct part *p, const struct telling *t, size_t n)
{
	struct slice same[PART_DESTINATIONS];
	size_t known = 0;

	for (size_t i = 0; i < n; i++)
		known += telling_has_row(p, &t[i]);
	if (known == 0)
		return;
	sheet_begin_class(&p->sheet, "ul", "groups");
	for (size_t turn = 0; turn < 2 * n; turn++) {
		size_t i = turn % n, count = 0, k = 0;
		while (k < i && !(telling_has_row(p, &t[k]) && same_word(&t[k], &t[i])))
			k++;
		if (k < i || !telling_has_row(p, &t[i]) || telling_is_harsh(&t[i]) != (turn < n))
			continue;
		for (k = i; k < n; k++)
			if (telling_has_row(p, &t[k]) && same_word(&t[k], &t[i]))
				same[count++] = t[k].destination;
		struct buf list = { 0 };
		part_countries(p, same, count, &list);
		const struct part_value v[] = { { "verdict", telling_word(p, &t[i]), PART_OWN },
			                        { "countries", buf_slice(&list), PART_OWN } };
		begin_verdict(p, "li", "verdict", t[i].class, t[i].state);
		part_say_with(p, "summary.group", v, 2);
		sheet_end(&p->sheet);
		p->fill.failed |= list.failed;
		buf_release(&list);
	}
	sheet_end(&p->sheet);
}

/* No country chosen: where the site is listed, where a listing was withdrawn, and the question. */
static void draw_summary(struct part *p)
{
	struct slice d[PART_DESTINATIONS], some[PART_DESTINATIONS];
	struct telling t[PART_DESTINATIONS];
	struct buf list = { 0 };
	size_t n = part_destinations(p, d, PART_DESTINATIONS), listed = 0, corrected = 0;

	for (size_t i = 0; i < n; i++) {
		telling_of(p, d[i], &t[i]);
		if (telling_is_harsh(&t[i]))
			some[listed++] = d[i];
	}
	for (size_t i = 0; i < n && listed == 0; i++)
		if (slice_eq_str(t[i].state, "corrected"))
			some[corrected++] = d[i];
	part_countries(p, some, listed ? listed : corrected, &list);
	const struct part_value v = { "countries", buf_slice(&list), PART_OWN };
	begin_verdict(p, "h1", "headline", SLICE("summary"),
	              listed ? SLICE("listed") : corrected ? SLICE("corrected") : SLICE("none"));
	part_say_with(p, listed ? "summary.listed" : corrected ? "summary.corrected" : "summary.none",
	              &v, 1);
	sheet_end(&p->sheet);
	draw_about(p);
	part_line(p, "p", "lead", "summary.lead");
	if (p->sheet.plain)
		part_line(p, "p", NULL, "plain.choose");
	draw_groups(p, t, n);
	p->fill.failed |= list.failed;
	buf_release(&list);
}

void part_answer(struct part *p)
{
	struct telling t;

	if (p->reader->destination.n == 0 && json_flag(p->answer, "known", false)) {
		draw_summary(p);
		return;
	}
	telling_of(p, p->reader->destination, &t);
	part_verdict(p, &t, true);
}

static void draw_row(struct part *p, const struct telling *t)
{
	struct sheet *s = &p->sheet;
	const json_t *event = json_obj(t->cell, "correction");
	struct slice at, state = part_word(p, "state", t->state);

	if (!event)
		event = json_obj(t->cell, "decision");
	at = json_str(event, "at");
	if (at.n == 0)
		at = json_str(t->cell, "assessed");
	sheet_begin(s, "tr");
	sheet_attr(s, "data-destination", t->destination);
	sheet_attr(s, "data-class", t->class);
	sheet_attr(s, "data-state", t->state);
	sheet_begin(s, "th");
	sheet_attr(s, "scope", SLICE("row"));
	if (telling_has_section(t)) {
		buf_clear(&p->fill);
		buf_printf(&p->fill, "#for-%.*s", SLICE_ARG(t->destination));
		sheet_begin(s, "a");
		sheet_link(s, "href", buf_slice(&p->fill));
		sheet_text(s, part_country(p, t->destination));
		sheet_end(s);
	} else {
		sheet_text(s, part_country(p, t->destination));
	}
	sheet_end(s);
	begin_verdict(p, "td", "verdict", t->class, t->state);
	sheet_text(s, telling_word(p, t));
	sheet_end(s);
	sheet_begin_class(s, "td", "state");
	sheet_text(s, state.n ? state : t->state);
	sheet_end(s);
	sheet_begin_class(s, "td", "since");
	if (at.n)
		part_date(p, at, false);
	else
		part_say(p, "matrix.never");
	sheet_end(s);
	sheet_end(s);
}

static void draw_head_cell(struct part *p, const char *key)
{
	sheet_begin(&p->sheet, "th");
	sheet_attr(&p->sheet, "scope", SLICE("col"));
	part_say(p, key);
	sheet_end(&p->sheet);
}

static void draw_plain_row(struct part *p, const struct telling *t)
{
	struct slice state = part_word(p, "state", t->state);
	const struct part_value v[] = { { "country", part_country(p, t->destination), PART_OWN },
		                        { "verdict", telling_word(p, t), PART_OWN },
		                        { "state", state.n ? state : t->state, PART_OWN } };

	part_line_with(p, "li", NULL, "matrix.row", v, 3);
}

static void draw_plain_rows(struct part *p, const struct slice *d, size_t n)
{
	struct telling t;

	sheet_begin(&p->sheet, "ul");
	for (size_t i = 0; i < n; i++) {
		telling_of(p, d[i], &t);
		draw_plain_row(p, &t);
	}
	sheet_end(&p->sheet);
}

static void draw_table(struct part *p, const struct slice *d, size_t n)
{
	struct sheet *s = &p->sheet;
	struct telling t;

	sheet_begin(s, "table");
	sheet_attr(s, "id", SLICE("matrix"));
	part_line(p, "caption", "unseen", "matrix.caption");
	sheet_begin(s, "thead");
	sheet_begin(s, "tr");
	draw_head_cell(p, "matrix.country");
	draw_head_cell(p, "matrix.verdict");
	draw_head_cell(p, "matrix.state");
	draw_head_cell(p, "matrix.since");
	sheet_end(s);
	sheet_end(s);
	sheet_begin(s, "tbody");
	for (size_t i = 0; i < n; i++) {
		telling_of(p, d[i], &t);
		draw_row(p, &t);
	}
	sheet_end(s);
	sheet_end(s);
}

/* The countries of which nothing is known, in one sentence. */
static void draw_rest(struct part *p, const struct slice *d, size_t n)
{
	struct buf list = { 0 };

	part_countries(p, d, n, &list);
	const struct part_value v = { "countries", buf_slice(&list), PART_OWN };
	if (n)
		part_line_with(p, "p", "rest", "matrix.rest", &v, 1);
	p->fill.failed |= list.failed;
	buf_release(&list);
}

void part_matrix(struct part *p)
{
	struct slice d[PART_DESTINATIONS], row[PART_DESTINATIONS], rest[PART_DESTINATIONS];
	size_t n = part_destinations(p, d, PART_DESTINATIONS), rows = 0, others = 0;
	struct telling t;

	if (n == 0 || !json_flag(p->answer, "known", false))
		return;
	for (size_t i = 0; i < n; i++) {
		telling_of(p, d[i], &t);
		if (telling_has_row(p, &t))
			row[rows++] = d[i];
		else
			rest[others++] = d[i];
	}
	sheet_begin(&p->sheet, "section");
	sheet_attr(&p->sheet, "id", SLICE("destinations"));
	part_line(p, "h2", NULL, "matrix.title");
	part_line(p, "p", NULL, "matrix.says");
	if (rows && p->sheet.plain)
		draw_plain_rows(p, row, rows);
	else if (rows)
		draw_table(p, row, rows);
	draw_rest(p, rest, others);
	sheet_end(&p->sheet);
}

/* One destination in full: what was found, on what law, with which words of the site, what was
 * weighed against it, what is missing, and who decided. */
#include "publish/page_part.h"

#include <stdio.h>

enum { QUOTATIONS = 8 };

static void draw_quotations(struct part *p, const json_t *list, struct slice destination)
{
	size_t n = json_array_size(list);
	char more[24];

	if (n == 0)
		return;
	part_line(p, "p", "label", "finding.observed");
	sheet_begin_class(&p->sheet, "ul", "quotations");
	for (size_t i = 0; i < n && i < QUOTATIONS; i++)
		part_quotation(p, json_array_get(list, i), (struct slice){ "", 0 }, destination);
	sheet_end(&p->sheet);
	if (n > QUOTATIONS) {
		snprintf(more, sizeof(more), "%zu", n - QUOTATIONS);
		const struct part_value v = { "number", slice_str(more), PART_OWN };
		part_line_with(p, "p", "more", "finding.more", &v, 1);
	}
}

/* Words of the site that speak for it; a class of phrases is put in the reader's language. */
static void draw_weighed(struct part *p, const json_t *list, struct slice destination)
{
	const json_t *item;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	part_line(p, "p", "label", "finding.weighed");
	sheet_begin_class(&p->sheet, "ul", "weighed");
	json_array_foreach(list, i, item)
	{
		struct slice label = part_word(p, "phrase", json_str(item, "text"));
		if (label.n || json_obj(item, "quotation")) {
			part_quotation(p, json_obj(item, "quotation"), label, destination);
			continue;
		}
		sheet_begin(&p->sheet, "li");
		part_english(p, json_str(item, "text"), PART_LINE);
		sheet_end(&p->sheet);
	}
	sheet_end(&p->sheet);
}

static void draw_law(struct part *p, const json_t *list)
{
	const json_t *law;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	part_line(p, "p", "label", "finding.law");
	sheet_begin_class(&p->sheet, "ul", "law");
	json_array_foreach(list, i, law)
	{
		const struct part_value v[] = { { "cite", json_str(law, "cite"), PART_ENGLISH },
			                        { "says", json_str(law, "says"), PART_ENGLISH } };
		part_line_with(p, "li", NULL, "finding.law_says", v, 2);
	}
	sheet_end(&p->sheet);
}

static void draw_finding(struct part *p, const json_t *f, struct slice destination)
{
	struct sheet *s = &p->sheet;
	struct slice rule = json_str(f, "rule"), words = part_word(p, "rule", rule);
	const json_t *row = json_obj(f, "register");

	sheet_begin_class(s, "article", "finding");
	sheet_begin(s, "h4");
	if (rule.n && words.n)
		sheet_text(s, words);
	else
		part_english(p, json_str(f, "text"), PART_LINE);
	sheet_end(s);
	draw_law(p, json_arr(f, "law"));
	draw_quotations(p, json_arr(f, "quotations"), destination);
	if (row) {
		const struct part_value v[] = { { "authority", json_str(row, "authority"), PART_FOREIGN },
			                        { "number", json_str(row, "number"), PART_FOREIGN } };
		part_line_with(p, "p", "register", "note.register", v, 2);
	}
	draw_weighed(p, json_arr(f, "weighed"), destination);
	const struct part_value v[] = { { "rule", rule, PART_FOREIGN },
		                        { "pack", json_str(f, "pack"), PART_FOREIGN },
		                        { "version", json_str(f, "pack_version"), PART_FOREIGN } };
	if (rule.n)
		part_line_with(p, "p", "rule", "finding.rule", v, 3);
	sheet_end(s);
}

/* Notes of the assessment come in English; those it makes again and again have their sentence. */
static void draw_note(struct part *p, struct slice text)
{
	static const struct {
		const char *begins, *key;
	} known[] = {
		{ "a second capture", "missing.second_capture" },
		{ "a capture from ", "missing.vantage" },
		{ "a person: a register names", "missing.person" },
		{ "a register row that names", "missing.register_row" },
		{ "text: no capture", "missing.text" },
		{ "an offer: the site speaks", "missing.offer" },
	};
	struct slice phrase = part_word(p, "phrase", text);

	sheet_begin(&p->sheet, "li");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (slice_starts(text, slice_str(known[i].begins))) {
			part_say(p, known[i].key);
			sheet_end(&p->sheet);
			return;
		}
	if (phrase.n)
		sheet_text(&p->sheet, phrase);
	else
		part_english(p, text, PART_LINE);
	sheet_end(&p->sheet);
}

static void draw_notes(struct part *p, const char *class, const char *key, const json_t *list)
{
	const json_t *item;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	part_line(p, "h3", NULL, key);
	sheet_begin_class(&p->sheet, "ul", class);
	json_array_foreach(list, i, item)
		draw_note(p, json_text(item));
	sheet_end(&p->sheet);
}

/* Who decided, when. The reason is told while the decision holds: a listing that was taken back
 * is not repeated. */
static void draw_event(struct part *p, const json_t *event, const char *by, const char *automatic,
                       bool with_reason)
{
	struct buf names = { 0 };
	const json_t *actor;
	size_t i;

	if (!event)
		return;
	json_array_foreach(json_arr(event, "actors"), i, actor)
	{
		buf_puts(&names, i ? ", " : "");
		markup_clean(&names, json_text(actor), 60);
	}
	bool by_machine = json_flag(event, "automatic", false) || names.n == 0;
	const struct part_value v[] = { { "date", json_str(event, "at"), PART_DATE },
		                        { "reviewers", buf_slice(&names), PART_FOREIGN } };
	const struct part_value reason = { "reason", json_str(event, "reason"), PART_FOREIGN };
	part_line_with(p, "p", "decision", by_machine ? automatic : by, v, by_machine ? 1 : 2);
	if (with_reason && reason.value.n)
		part_line_with(p, "p", "reason", "event.reason", &reason, 1);
	p->fill.failed |= names.failed;
	buf_release(&names);
}

static void draw_assessed(struct part *p, const json_t *cell)
{
	char captures[24];
	int64_t n = json_i64(cell, "captures", 0);

	snprintf(captures, sizeof(captures), "%lld", (long long)n);
	const struct part_value v[] = { { "date", json_str(cell, "assessed"), PART_DATE },
		                        { "captures", slice_str(captures), PART_OWN } };
	if (v[0].value.n)
		part_line_with(p, "p", "assessed", n > 0 ? "cell.assessed" : "cell.assessed_date", v,
		               n > 0 ? 2 : 1);
	if (json_str(cell, "period").n) {
		const struct part_value period = { "date", json_str(cell, "period"), PART_DATE };
		part_line_with(p, "p", "period", "cell.period", &period, 1);
	}
}

/* What else is known for the destination: other subjects that speak for the name, and what was
 * decided for an earlier registration. One line each. */
static void draw_others(struct part *p, const struct telling *t)
{
	const json_t *subject, *cell;
	size_t i, k;
	bool began = false;

	json_array_foreach(json_arr(p->answer, "subjects"), i, subject)
		json_array_foreach(json_arr(subject, "cells"), k, cell)
		{
			if (cell == t->cell || !slice_eq(json_str(cell, "destination"), t->destination))
				continue;
			struct slice state = json_str(cell, "state");
			bool ended = slice_eq_str(state, "ended");
			bool told = slice_eq_str(state, "listed") || slice_eq_str(state, "corrected");
			struct slice class = json_str(cell, "class");
			if (ended || (!told && (slice_eq_str(class, "rogue") ||
			                        slice_eq_str(class, "unapproved"))))
				class = SLICE("unverified");
			struct slice word = part_word(p, "class", class);
			const struct part_value v[] = {
				{ "subject", json_str(json_obj(subject, "subject"), "key"), PART_FOREIGN },
				{ "verdict", word.n ? word : class, PART_OWN },
				{ "date", json_str(json_obj(cell, "decision"), "at"), PART_DATE },
			};
			if (!began) {
				part_line(p, "h3", NULL, "cell.others");
				sheet_begin_class(&p->sheet, "ul", "others");
				began = true;
			}
			part_line_with(p, "li", NULL, ended ? "cell.other_ended" : "cell.other", v, 3);
		}
	if (began)
		sheet_end(&p->sheet);
}

/* Everything behind the verdict, folded away where the reader is not in that country. */
static void draw_reasons(struct part *p, const struct telling *t, bool is_open)
{
	struct sheet *s = &p->sheet;
	bool is_harsh = telling_is_harsh(t);
	const json_t *findings = is_harsh ? json_arr(t->cell, "findings") : NULL, *f;
	const json_t *counter = is_harsh ? json_arr(t->cell, "counter") : NULL;
	const json_t *decision = json_obj(t->cell, "decision");
	const json_t *correction = json_obj(t->cell, "correction");
	size_t i;

	if (json_array_size(findings) + json_array_size(counter) +
	            json_array_size(json_arr(t->cell, "missing")) == 0 && !decision && !correction)
		return;
	sheet_begin(s, "details");
	if (is_open)
		sheet_attr(s, "open", SLICE(""));
	if (!s->plain)
		part_line(p, "summary", NULL, "cell.reasons");
	if (json_array_size(findings))
		part_line(p, "h3", NULL, "cell.found");
	json_array_foreach(findings, i, f)
		draw_finding(p, f, t->destination);
	draw_notes(p, "counter", "cell.counter", counter);
	draw_notes(p, "missing", "cell.missing", json_arr(t->cell, "missing"));
	if (decision || correction)
		part_line(p, "h3", NULL, "cell.decided");
	draw_event(p, decision, is_harsh ? "event.decided" : "event.was_decided",
	           is_harsh ? "event.decided_machine" : "event.was_decided_machine", is_harsh);
	draw_event(p, correction, "event.corrected", "event.corrected_machine", true);
	sheet_end(s);
}

void part_destination(struct part *p, const struct telling *t)
{
	struct sheet *s = &p->sheet;
	bool is_answer = slice_eq(t->destination, p->reader->destination);
	bool is_harsh = telling_is_harsh(t);

	/* A terminal reads from top to bottom: what would say no more than the table is left out. */
	if (s->plain && (!t->cell || (!is_answer && !is_harsh && !slice_eq_str(t->state, "corrected"))))
		return;
	buf_clear(&p->fill);
	buf_printf(&p->fill, "for-%.*s", SLICE_ARG(t->destination));
	sheet_begin_class(s, "section", "destination");
	sheet_attr(s, "id", buf_slice(&p->fill));
	sheet_attr(s, "data-class", t->class);
	sheet_attr(s, "data-state", t->state);
	sheet_begin(s, "h2");
	sheet_text(s, part_country(p, t->destination));
	sheet_end(s);
	if (!is_answer) /* of the chosen country the page's heading says it */
		part_verdict(p, t, false);
	draw_reasons(p, t, is_answer || (is_harsh && p->reader->destination.n == 0));
	draw_others(p, t);
	draw_assessed(p, t->cell);
	sheet_end(s);
}

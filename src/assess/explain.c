#include "assess/explain.h"

#include "assess/gloss.h"
#include "base/utf8.h"

enum { QUOTE_SHOWN = 200 /* characters */, QUOTES_SHOWN = 4, WORDS_SHOWN = 80 };

/* Bytes of a text that are shown between stars, in order. */
struct starred {
	size_t start, end;
};

enum { STARRED_MAX = 4 };

static void put_shown(struct buf *out, struct slice text, const struct starred *star, size_t n,
                      size_t max)
{
	size_t shown = 0;
	bool space = false, open = false;

	for (size_t at = 0; at < text.n;) {
		size_t here = at;
		uint32_t c = utf8_next(text, &at);
		char bytes[4];
		if (open && here >= star->end) {
			buf_putc(out, '*');
			open = false;
			star++;
			n--;
		}
		if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == 0xa0 || c == 0x3000) {
			space = shown > 0;
			continue;
		}
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
		    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff)
			continue;
		if (shown >= max) {
			buf_puts(out, open ? "*..." : "...");
			return;
		}
		if (space)
			buf_putc(out, ' ');
		if (!open && n && here >= star->start) {
			buf_putc(out, '*');
			open = true;
		}
		shown += space + 1u;
		space = false;
		buf_put(out, slice_from(bytes, utf8_encode(c, bytes)));
	}
	if (open)
		buf_putc(out, '*');
}

void explain_put_foreign(struct buf *out, struct slice text, size_t max)
{
	put_shown(out, text, NULL, 0, max);
}

void explain_put_quote(struct buf *out, const json_t *quotation, size_t max)
{
	struct slice quote = json_str(quotation, "quote");
	int64_t from = json_i64(quotation, "start", 0);
	struct starred star[STARRED_MAX];
	size_t n = 0, i;
	const json_t *m;

	/* Records come from files, too: what does not fit is left without stars. */
	json_array_foreach(json_arr(quotation, "matched"), i, m) {
		int64_t start = json_i64(m, "start", -1) - from, end = json_i64(m, "end", -1) - from;
		if (n == STARRED_MAX || start < 0 || end <= start || end > (int64_t)quote.n ||
		    (n && (size_t)start < star[n - 1].end))
			continue;
		star[n++] = (struct starred){ (size_t)start, (size_t)end };
	}
	put_shown(out, quote, star, n, max);
}

void explain_put_words(struct buf *out, const json_t *quotation, struct slice place,
                       const char *lead)
{
	const json_t *m;
	size_t i;

	json_array_foreach(json_arr(quotation, "matched"), i, m) {
		struct slice language = gloss_language(json_str(m, "language"));
		buf_printf(out, "%s*", lead);
		explain_put_foreign(out, json_str(m, "words"), WORDS_SHOWN);
		buf_putc(out, '*');
		if (language.n) {
			buf_puts(out, " (");
			explain_put_foreign(out, language, WORDS_SHOWN);
			buf_putc(out, ')');
		}
		buf_puts(out, ": these words ");
		gloss_put(m, place, out);
		buf_putc(out, '\n');
	}
}

const json_t *explain_cell_of(const json_t *verdict, struct slice destination)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_arr(verdict, "cells"), i, cell)
		if (slice_eq(json_str(cell, "destination"), destination))
			return cell;
	return NULL;
}

static int finish(struct buf *out, struct err *err)
{
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* The finding that decided: the one whose ground the cell names, else the first. */
static int deciding(const json_t *cell, const struct explain_source *from, json_t **out,
                    struct err *err)
{
	const json_t *ids = json_arr(cell, "findings"), *id;
	struct slice ground = json_str(cell, "ground");
	json_t *first = NULL;
	size_t i;

	json_array_foreach(ids, i, id)
	{
		json_t *f = NULL;
		int rc = from->finding(from->ctx, json_text(id), &f, err);
		if (rc) {
			json_decref(first);
			return rc;
		}
		if (f && slice_eq(json_str(f, "ground"), ground)) {
			json_decref(first);
			*out = f;
			return 0;
		}
		if (!first)
			first = f;
		else
			json_decref(f);
	}
	*out = first;
	return 0;
}

int explain_line(const json_t *cell, const struct explain_source *from, struct buf *out,
                 struct err *err)
{
	struct slice class = json_str(cell, "class"), ground = json_str(cell, "ground");
	const json_t *row = json_obj(cell, "register"), *missing = json_arr(cell, "missing");

	if (slice_eq_str(class, "legitimate") && row) {
		bool document = slice_eq_str(json_str(row, "kind"), "reviewed_document");
		if (document)
			buf_puts(out, "no register: a reviewer has read its licence of ");
		explain_put_foreign(out, json_str(row, "authority"), 80);
		buf_puts(out, document ? " (" : " names it (");
		explain_put_foreign(out, json_str(row, "number"), 40);
		buf_puts(out, ")");
		return finish(out, err);
	}
	if (slice_eq_str(class, "rogue") || slice_eq_str(class, "unapproved")) {
		json_t *f = NULL;
		int rc = deciding(cell, from, &f, err);
		if (rc)
			return rc;
		explain_put_foreign(out, json_str(f, "text"), 160);
		json_decref(f);
		return finish(out, err);
	}
	if (slice_eq_str(ground, "not_offered"))
		buf_puts(out, "offers no medicine there");
	else if (slice_eq_str(ground, "abused_legit"))
		buf_puts(out, "about something else; somebody put a shop under one of its paths");
	else if (slice_eq_str(class, "not_a_pharmacy"))
		buf_puts(out, "offers no medicine");
	else if (json_array_size(missing)) {
		buf_puts(out, "needs ");
		explain_put_foreign(out, json_text(json_array_get(missing, 0)), 160);
	}
	return finish(out, err);
}

static void put_quotation(struct buf *out, const json_t *q, struct slice place)
{
	buf_puts(out, "      \"");
	explain_put_quote(out, q, QUOTE_SHOWN);
	buf_puts(out, "\"\n");
	explain_put_words(out, q, place, "        ");
	buf_puts(out, "        ");
	explain_put_foreign(out, json_str(q, "url"), 120);
	buf_puts(out, ", ");
	buf_put(out, json_str(q, "at"));
	buf_puts(out, " from ");
	explain_put_foreign(out, json_str(q, "vantage"), 40);
	buf_puts(out, "\n        ");
	buf_put(out, json_str(q, "evidence"));
	buf_printf(out, " text %lld-%lld\n", (long long)json_i64(q, "start", 0),
	           (long long)json_i64(q, "end", 0));
}

/* The number that the site shows, and what its register says of it. */
static void put_number(const json_t *f, struct buf *out)
{
	const json_t *n = json_obj(f, "claims_number"), *row = json_obj(n, "row"), *word;
	size_t i;

	if (!n)
		return;
	buf_puts(out, "    number ");
	explain_put_foreign(out, json_str(n, "number"), 40);
	buf_puts(out, " (");
	explain_put_foreign(out, json_str(n, "scheme"), 40);
	buf_puts(out, "), of which the register says:");
	json_array_foreach(json_arr(n, "found"), i, word)
	{
		buf_puts(out, i ? ", " : " ");
		explain_put_foreign(out, json_text(word), 20);
	}
	if (row) {
		buf_puts(out, "; ");
		explain_put_foreign(out, json_str(row, "authority"), 120);
		buf_puts(out, " has it as ");
		explain_put_foreign(out, json_str(row, "name"), 80);
	}
	buf_puts(out, "\n");
}

static void put_finding(struct buf *out, const json_t *f)
{
	const json_t *item;
	size_t i;

	buf_puts(out, "  - ");
	explain_put_foreign(out, json_str(f, "text"), 400);
	buf_puts(out, "\n    rule ");
	buf_put(out, json_str(f, "rule"));
	buf_puts(out, " of pack ");
	buf_put(out, json_str(f, "pack"));
	buf_puts(out, " ");
	buf_put(out, json_str(f, "pack_version"));
	buf_puts(out, ", severity ");
	buf_put(out, json_str(f, "severity"));
	buf_puts(out, slice_eq_str(json_str(f, "reach"), "global")
	                      ? ", a ground that hangs on no one country's law\n"
	                      : ", a ground for this destination alone\n");
	json_array_foreach(json_arr(f, "law"), i, item)
	{
		buf_puts(out, "    law ");
		explain_put_foreign(out, json_str(item, "cite"), 160);
		buf_puts(out, ": ");
		explain_put_foreign(out, json_str(item, "says"), 300);
		buf_puts(out, "\n");
	}
	buf_puts(out, "    observed\n");
	json_array_foreach(json_arr(f, "quotations"), i, item)
	{
		if (i == QUOTES_SHOWN) {
			buf_printf(out, "      and %zu more\n",
			           json_array_size(json_arr(f, "quotations")) - i);
			break;
		}
		put_quotation(out, item, json_str(f, "destination"));
	}
	const json_t *row = json_obj(f, "register");
	if (row) {
		buf_puts(out, slice_eq_str(json_str(row, "kind"), "reviewed_document")
		                      ? "    licence document that a reviewer has read, of "
		                      : "    register ");
		explain_put_foreign(out, json_str(row, "authority"), 120);
		buf_puts(out, " ");
		explain_put_foreign(out, json_str(row, "number"), 40);
		buf_puts(out, "\n");
	}
	put_number(f, out);
	if (json_array_size(json_arr(f, "weighed")))
		buf_puts(out, "    weighed against it\n");
	json_array_foreach(json_arr(f, "weighed"), i, item)
	{
		const json_t *q = json_obj(item, "quotation");
		if (q)
			put_quotation(out, q, json_str(f, "destination"));
	}
}

static void put_notes(struct buf *out, const char *head, const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		buf_printf(out, "  %s ", head);
		explain_put_foreign(out, json_text(item), 400);
		buf_putc(out, '\n');
	}
}

int explain_cell(const json_t *cell, const struct explain_source *from, struct buf *out,
                 struct err *err)
{
	const json_t *id;
	size_t i;

	json_array_foreach(json_arr(cell, "findings"), i, id)
	{
		json_t *f = NULL;
		int rc = from->finding(from->ctx, json_text(id), &f, err);
		if (rc)
			return rc;
		if (f)
			put_finding(out, f);
		json_decref(f);
	}
	put_notes(out, "in its favour:", json_arr(cell, "counter"));
	put_notes(out, "missing:", json_arr(cell, "missing"));
	return finish(out, err);
}

/* A letter is the same paragraphs twice, in the language of the pages and in English:
 *
 *     salutation, what this is
 *     1. what was observed: per destination the rule, its law, quotations with place, time, digest
 *     2. what will happen, and not before when
 *     3. how to answer
 *     4. about this letter
 *
 * Sentences are the catalogue's; a value in braces is filled in. The first thing that goes wrong is
 * kept in the writer, so that paragraphs are written one after another and asked once. */
#include "decide/disclosure.h"

#include "base/utf8.h"
#include "model/evidence.h"
#include "wire/timestamp.h"
#include "wire/wrap.h"

#include <string.h>

enum { QUOTE_SHOWN = 200, REASON_SHOWN = 1500, PATH_SHOWN = 300, WORD_SHOWN = 200 /* characters */ };

enum disclosure_kind disclosure_kind_of(struct slice class, struct slice ground)
{
	if (slice_eq_str(class, "rogue"))
		return DISCLOSURE_REVIEW;
	if (!slice_eq_str(class, "unapproved"))
		return DISCLOSURE_NONE;
	return slice_eq_str(ground, "foreign_legal") ? DISCLOSURE_FOREIGN : DISCLOSURE_REVIEW;
}

/* ---- the language ---- */

size_t disclosure_language(const struct catalogue *c, struct slice lang, struct slice text)
{
	size_t kana = 0, hangul = 0, cyrillic = 0, han = 0, column = 0;
	const char *guess = "en";

	if (catalogue_column_of(c, slice_trim(lang), &column))
		return column;
	for (size_t at = 0; at < text.n;) {
		uint32_t u = utf8_next(text, &at);
		kana += u >= 0x3041 && u <= 0x30fe;
		hangul += u >= 0xac00 && u <= 0xd7a3;
		cyrillic += u >= 0x410 && u <= 0x44f;
		han += u >= 0x4e00 && u <= 0x9fff;
	}
	/* A page that says it is of a language we have not is not taken for one by its script. */
	if (lang.n == 0) {
		if (kana > 10)
			guess = "ja";
		else if (hangul > 10)
			guess = "ko";
		else if (cyrillic > 40)
			guess = "ru";
		else if (han > 20)
			guess = "zh";
	}
	return catalogue_column_of(c, slice_str(guess), &column) ? column : 0;
}

/* ---- writing ---- */

struct value {
	const char *name;
	struct slice is;
};

struct letter {
	const struct disclosure *d;
	const struct catalogue *c;
	size_t column;
	struct buf *out;
	struct err *err;
	int rc;
};

static bool find_sentence(const struct letter *l, const char *key, struct slice *out)
{
	bool known;

	*out = catalogue_sentence(l->c, l->column, slice_str(key), &known);
	return known;
}

/* The catalogue was checked: every brace has its end. */
static void fill_in(struct slice sentence, const struct value *values, struct buf *out)
{
	while (sentence.n) {
		size_t open = slice_find(sentence, '{');
		buf_put(out, slice_sub(sentence, 0, open));
		if (open == sentence.n)
			return;
		struct slice rest = slice_sub(sentence, open + 1, sentence.n);
		struct slice name = slice_sub(rest, 0, slice_find(rest, '}'));
		for (const struct value *v = values; v && v->name; v++)
			if (slice_eq_str(name, v->name))
				buf_put(out, v->is);
		sentence = slice_sub(rest, name.n + 1, rest.n);
	}
}

static void sentence_to(struct letter *l, const char *key, const struct value *values, struct buf *out)
{
	struct slice sentence;

	if (l->rc)
		return;
	if (find_sentence(l, key, &sentence))
		fill_in(sentence, values, out);
	else
		l->rc = err_set(l->err, ERR_SYNTAX, 0, "letter: the catalogue has no sentence '%s'", key);
}

static void put_lines(struct letter *l, const char *lead, struct slice text)
{
	if (l->rc == 0)
		l->rc = wrap_put(text, lead, l->out, l->err);
}

static void say(struct letter *l, const char *lead, const char *key, const struct value *values)
{
	struct buf one = { 0 };

	sentence_to(l, key, values, &one);
	put_lines(l, lead, buf_slice(&one));
	buf_release(&one);
}

static void gap(struct letter *l)
{
	buf_putc(l->out, '\n');
}

/* ---- what was observed ---- */

static void put_quote(struct letter *l, const struct disclosure_quote *q)
{
	struct buf quote = { 0 }, host = { 0 }, path = { 0 }, vantage = { 0 };
	char at[TIMESTAMP_SIZE], address[EVIDENCE_ADDRESS_SIZE];

	buf_putc(&quote, '"');
	wrap_put_foreign(q->quote, QUOTE_SHOWN, &quote);
	buf_putc(&quote, '"');
	wrap_put_foreign(q->host, WORD_SHOWN, &host);
	wrap_put_foreign(q->path, PATH_SHOWN, &path);
	wrap_put_foreign(q->vantage.n ? q->vantage : SLICE("-"), WORD_SHOWN, &vantage);
	timestamp_format(q->at, at);
	evidence_address_format(q->evidence, address);
	const struct value values[] = {
		{ "date", slice_str(at) },           { "host", buf_slice(&host) },
		{ "path", buf_slice(&path) },        { "vantage", buf_slice(&vantage) },
		{ NULL, { NULL, 0 } },
	};
	gap(l);
	put_lines(l, "    ", buf_slice(&quote));
	say(l, "    ", "cell.seen", values);
	put_lines(l, "", slice_str(address));
	buf_release(&quote);
	buf_release(&host);
	buf_release(&path);
	buf_release(&vantage);
}

static void put_ground(struct letter *l, const struct disclosure_ground *g)
{
	struct buf key = { 0 }, text = { 0 };
	struct slice own;

	/* In the letter's language where the catalogue has the rule, else as the pack says it. */
	buf_puts(&key, "rule.");
	buf_put(&key, g->rule);
	if (find_sentence(l, buf_str(&key), &own))
		buf_put(&text, own);
	else
		wrap_put_foreign(g->text, REASON_SHOWN, &text);
	const struct value values[] = { { "rule", g->rule }, { "text", buf_slice(&text) },
		                        { NULL, { NULL, 0 } } };
	gap(l);
	say(l, "  ", "cell.rule", values);
	for (size_t i = 0; i < g->law_n; i++) {
		const struct value law[] = { { "law", g->law[i] }, { NULL, { NULL, 0 } } };
		say(l, "  ", "cell.law", law);
	}
	for (size_t i = 0; i < g->quote_n && i < DISCLOSURE_QUOTES; i++)
		put_quote(l, &g->quote[i]);
	buf_release(&key);
	buf_release(&text);
}

static void put_cell(struct letter *l, const struct disclosure_cell *cell)
{
	struct buf key = { 0 }, country = { 0 }, class = { 0 };
	struct slice name;

	buf_printf(&key, "country.%.*s", SLICE_ARG(cell->destination));
	if (find_sentence(l, buf_str(&key), &name))
		buf_printf(&country, "%.*s (%.*s)", SLICE_ARG(name), SLICE_ARG(cell->destination));
	else
		buf_put(&country, cell->destination);
	sentence_to(l,
	            l->d->kind == DISCLOSURE_FOREIGN       ? "class.foreign_legal"
	            : slice_eq_str(cell->class, "rogue") ? "class.rogue"
	                                                   : "class.unapproved",
	            NULL, &class);
	const struct value values[] = {
		{ "country", buf_slice(&country) },   { "class", buf_slice(&class) },
		{ "authority", cell->authority },     { "number", cell->number },
		{ NULL, { NULL, 0 } },
	};
	gap(l);
	say(l, "  ", "cell.destination", values);
	say(l, "  ", "cell.class", values);
	if (cell->authority.n)
		say(l, "  ", "cell.register", values);
	for (size_t i = 0; i < cell->grounds_n && i < DISCLOSURE_GROUNDS; i++)
		put_ground(l, &cell->grounds[i]);
	buf_release(&key);
	buf_release(&country);
	buf_release(&class);
}

/* ---- the whole ---- */

static void put_title(struct letter *l, const char *number, const char *key)
{
	gap(l);
	say(l, number, key, NULL);
	gap(l);
}

static void put_section(struct letter *l)
{
	const struct disclosure *d = l->d;
	bool foreign = d->kind == DISCLOSURE_FOREIGN;
	struct buf reason = { 0 };
	char date[TIMESTAMP_SIZE];

	timestamp_format(d->not_before, date);
	wrap_put_foreign(d->reason, REASON_SHOWN, &reason);
	const struct value values[] = {
		{ "site", d->site },           { "list", d->list },
		{ "date", slice_str(date) },   { "address", d->appeal_address },
		{ "reference", d->reference }, { "reason", buf_slice(&reason) },
		{ NULL, { NULL, 0 } },
	};
	say(l, "", "letter.salute", values);
	gap(l);
	say(l, "", foreign ? "letter.foreign" : "letter.review", values);
	put_title(l, "1. ", "observed.title");
	say(l, "", "observed.says", values);
	for (size_t i = 0; i < d->cell_n; i++)
		put_cell(l, &d->cell[i]);
	if (d->reason.n) {
		gap(l);
		say(l, "", "observed.reason", values);
	}
	put_title(l, "2. ", "next.title");
	say(l, "",
	    d->when == DISCLOSURE_AT_ONCE  ? "next.at_once"
	    : d->when == DISCLOSURE_LISTED ? "next.listed"
	                                   : "next.wait",
	    values);
	if (foreign)
		say(l, "", "next.foreign", values);
	say(l, "", "next.public", values);
	put_title(l, "3. ", "answer.title");
	say(l, "", "answer.write", values);
	say(l, "", "answer.what", values);
	say(l, "", "answer.keep", values);
	put_title(l, "4. ", "about.title");
	say(l, "", "about.machine", values);
	say(l, "", "about.person", values);
	say(l, "", "about.sent", values);
	buf_release(&reason);
}

int disclosure_letter(const struct disclosure *d, const struct catalogue *c, size_t column,
                      struct buf *subject, struct buf *text, struct err *err)
{
	struct letter l = { .d = d, .c = c, .column = column, .out = text, .err = err };
	const struct value values[] = { { "site", d->site }, { "list", d->list },
		                        { "reference", d->reference }, { NULL, { NULL, 0 } } };

	if (d->kind == DISCLOSURE_NONE || d->cell_n == 0)
		return err_set(err, ERR_SYNTAX, 0, "letter: %.*s: there is nothing to tell",
		               SLICE_ARG(slice_sub(d->site, 0, 100)));
	if (d->appeal_address.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "letter: no address for answers");
	sentence_to(&l, d->kind == DISCLOSURE_FOREIGN ? "letter.subject_foreign" : "letter.subject",
	            values, subject);
	if (column) {
		say(&l, "", "letter.english_follows", NULL);
		gap(&l);
		put_section(&l);
		gap(&l);
		buf_puts(text, "------------------------------------------------------------------------\n");
		gap(&l);
		l.column = 0;
	}
	put_section(&l);
	if (l.rc == 0 && !(buf_ok(subject) && buf_ok(text)))
		l.rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	return l.rc;
}

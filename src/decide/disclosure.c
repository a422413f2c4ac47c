/* A letter is the same paragraphs twice, in the language of the pages and in English:
 *
 *     salutation, what this is
 *     1. what was observed: per destination the rule, its law, quotations with place, time, digest
 *     2. what will happen, and not before when
 *     3. how to answer
 *     4. about this letter
 *
 * Sentences are the catalogue's (model/prose.h). */
#include "decide/disclosure.h"

#include "base/utf8.h"
#include "model/evidence.h"
#include "model/prose.h"
#include "wire/timestamp.h"
#include "wire/wrap.h"

#include <string.h>

enum {
	QUOTE_SHOWN = 200,
	REASON_SHOWN = 1500,
	PATH_SHOWN = 300,
	WORD_SHOWN = 200 /* characters */
};

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

struct letter {
	const struct disclosure *d;
	struct slice site; /* as the letter calls it */
	struct prose p;
};

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
	const struct prose_value values[] = {
		{ "date", slice_str(at) },    { "host", buf_slice(&host) },
		{ "path", buf_slice(&path) }, { "vantage", buf_slice(&vantage) },
		{ NULL, { NULL, 0 } },
	};
	prose_gap(&l->p);
	prose_lines(&l->p, "    ", buf_slice(&quote));
	prose_say(&l->p, "    ", "cell.seen", values);
	prose_lines(&l->p, "", slice_str(address));
	buf_release(&quote);
	buf_release(&host);
	buf_release(&path);
	buf_release(&vantage);
}

static void put_ground(struct letter *l, const struct disclosure_ground *g)
{
	struct buf key = { 0 }, text = { 0 };
	struct slice own;

	/* As the pack says it; in another language where the catalogue has the rule. */
	buf_puts(&key, "rule.");
	buf_put(&key, g->rule);
	if (l->p.column && prose_find(&l->p, buf_str(&key), &own))
		buf_put(&text, own);
	else
		wrap_put_foreign(g->text, REASON_SHOWN, &text);
	const struct prose_value values[] = { { "rule", g->rule },
		                              { "text", buf_slice(&text) },
		                              { NULL, { NULL, 0 } } };
	prose_gap(&l->p);
	prose_say(&l->p, "  ", "cell.rule", values);
	for (size_t i = 0; i < g->law_n; i++) {
		const struct prose_value law[] = { { "law", g->law[i] }, { NULL, { NULL, 0 } } };
		prose_say(&l->p, "  ", "cell.law", law);
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
	if (prose_find(&l->p, buf_str(&key), &name))
		buf_printf(&country, "%.*s (%.*s)", SLICE_ARG(name), SLICE_ARG(cell->destination));
	else
		buf_put(&country, cell->destination);
	prose_sentence(&l->p,
	               l->d->kind == DISCLOSURE_FOREIGN     ? "class.foreign_legal"
	               : slice_eq_str(cell->class, "rogue") ? "class.rogue"
	                                                    : "class.unapproved",
	               NULL, &class);
	const struct prose_value values[] = {
		{ "country", buf_slice(&country) },
		{ "class", buf_slice(&class) },
		{ "authority", cell->authority },
		{ "number", cell->number },
		{ NULL, { NULL, 0 } },
	};
	prose_gap(&l->p);
	prose_say(&l->p, "  ", "cell.destination", values);
	prose_say(&l->p, "  ", "cell.class", values);
	if (cell->authority.n)
		prose_say(&l->p, "  ", "cell.register", values);
	for (size_t i = 0; i < cell->grounds_n && i < DISCLOSURE_GROUNDS; i++)
		put_ground(l, &cell->grounds[i]);
	buf_release(&key);
	buf_release(&country);
	buf_release(&class);
}

/* ---- the whole ---- */

static void put_title(struct letter *l, const char *number, const char *key)
{
	prose_gap(&l->p);
	prose_say(&l->p, number, key, NULL);
	prose_gap(&l->p);
}

static void put_section(struct letter *l)
{
	const struct disclosure *d = l->d;
	bool foreign = d->kind == DISCLOSURE_FOREIGN;
	struct buf reason = { 0 };
	char date[TIMESTAMP_SIZE];

	timestamp_format(d->not_before, date);
	wrap_put_foreign(d->reason, REASON_SHOWN, &reason);
	const struct prose_value values[] = {
		{ "site", l->site },           { "list", d->list },
		{ "date", slice_str(date) },   { "address", d->appeal_address },
		{ "reference", d->reference }, { "reason", buf_slice(&reason) },
		{ NULL, { NULL, 0 } },
	};
	prose_say(&l->p, "", "letter.salute", values);
	prose_gap(&l->p);
	prose_say(&l->p, "", foreign ? "letter.foreign" : "letter.review", values);
	put_title(l, "1. ", "observed.title");
	prose_say(&l->p, "", "observed.says", values);
	for (size_t i = 0; i < d->cell_n; i++)
		put_cell(l, &d->cell[i]);
	if (d->reason.n) {
		prose_gap(&l->p);
		prose_say(&l->p, "", "observed.reason", values);
	}
	put_title(l, "2. ", "next.title");
	prose_say(&l->p, "",
	          d->when == DISCLOSURE_AT_ONCE  ? "next.at_once"
	          : d->when == DISCLOSURE_LISTED ? "next.listed"
	                                         : "next.wait",
	          values);
	if (foreign)
		prose_say(&l->p, "", "next.foreign", values);
	prose_say(&l->p, "", "next.public", values);
	put_title(l, "3. ", "answer.title");
	prose_say(&l->p, "", "answer.write", values);
	prose_say(&l->p, "", "answer.what", values);
	prose_say(&l->p, "", "answer.keep", values);
	put_title(l, "4. ", "about.title");
	prose_say(&l->p, "", "about.machine", values);
	prose_say(&l->p, "", "about.person", values);
	prose_say(&l->p, "", "about.sent", values);
	buf_release(&reason);
}

int disclosure_letter(const struct disclosure *d, const struct catalogue *c, size_t column,
                      struct buf *subject, struct buf *text, struct err *err)
{
	struct letter l = {
		.d = d,
		.p = { .c = c, .column = column, .out = text, .err = err },
	};
	struct buf site = { 0 };

	if (d->kind == DISCLOSURE_NONE || d->cell_n == 0)
		return err_set(err, ERR_SYNTAX, 0, "letter: %.*s: there is nothing to tell",
		               SLICE_ARG(slice_sub(d->site, 0, 100)));
	if (d->appeal_address.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "letter: no address for answers");
	/* Of an address without its scheme: nothing that a program makes a link. */
	size_t scheme = slice_find_slice(d->site, SLICE("://"));
	wrap_put_foreign(scheme < d->site.n ? slice_sub(d->site, scheme + 3, d->site.n) : d->site,
	                 WORD_SHOWN, &site);
	l.site = buf_slice(&site);
	const struct prose_value values[] = { { "site", l.site },
		                              { "list", d->list },
		                              { "reference", d->reference },
		                              { NULL, { NULL, 0 } } };
	prose_sentence(&l.p,
	               d->kind == DISCLOSURE_FOREIGN ? "letter.subject_foreign" : "letter.subject",
	               values, subject);
	if (column) {
		prose_say(&l.p, "", "letter.english_follows", NULL);
		prose_gap(&l.p);
		put_section(&l);
		prose_gap(&l.p);
		buf_puts(
			text,
			"------------------------------------------------------------------------\n");
		prose_gap(&l.p);
		l.p.column = 0;
	}
	put_section(&l);
	if (l.p.rc == 0 && !(buf_ok(subject) && buf_ok(text) && buf_ok(&site)))
		l.p.rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&site);
	return l.p.rc;
}

/* One quotation: the words of the site, which of them count and what words of that kind mean, and
 * where it was seen.
 *
 * What they mean is told by their class, in the reader's language: he may not read the site's. */
#include "publish/page_part.h"

enum { HEX = 64, MATCHED = 4 /* words of a quotation that are told */ };

bool part_is_digest(struct slice s)
{
	if (s.n != HEX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

/* Link to the bytes that a quotation stands in. The page itself is named as text: nobody should
 * come from here to a judged site by mistake. */
static void draw_evidence(struct part *p, struct slice address)
{
	struct slice hex = slice_sub(address, 7, address.n);

	if (!slice_starts(address, SLICE("sha256:")) || !part_is_digest(hex))
		return;
	buf_clear(&p->fill);
	buf_puts(&p->fill, "/v1/evidence/");
	buf_put(&p->fill, hex);
	sheet_text(&p->sheet, SLICE(" "));
	part_link(p, buf_slice(&p->fill), "quote.evidence");
}

static void draw_source(struct part *p, const json_t *q)
{
	struct sheet *s = &p->sheet;

	sheet_begin_class(s, "p", "from");
	if (json_str(q, "url").n) {
		sheet_begin(s, "cite");
		sheet_foreign(s, json_str(q, "url"), PART_LINE);
		sheet_end(s);
		sheet_text(s, SLICE(" "));
	}
	if (json_str(q, "at").n) {
		part_date(p, json_str(q, "at"), true);
		sheet_text(s, SLICE(" "));
	}
	if (json_str(q, "vantage").n) {
		const struct part_value v = { "vantage", json_str(q, "vantage"), PART_FOREIGN };
		part_line_with(p, "span", NULL, "quote.vantage", &v, 1);
	}
	draw_evidence(p, json_str(q, "evidence"));
	sheet_end(s);
}

/* Bytes of a quotation that count. */
struct span {
	size_t start, end;
};

/* Those of its `matched` that lie in it, in order: records come from files, too. */
static size_t spans_of(const json_t *q, struct span *out)
{
	struct slice quote = json_str(q, "quote");
	int64_t from = json_i64(q, "start", 0);
	size_t n = 0, i;
	const json_t *m;

	json_array_foreach(json_arr(q, "matched"), i, m)
	{
		int64_t start = json_i64(m, "start", -1) - from,
			end = json_i64(m, "end", -1) - from;
		if (n == MATCHED || start < 0 || end <= start || end > (int64_t)quote.n ||
		    (n && (size_t)start < out[n - 1].end))
			continue;
		out[n++] = (struct span){ (size_t)start, (size_t)end };
	}
	return n;
}

/* A piece of a quotation, cleaned; the space at its edges stays one. */
static void draw_piece(struct part *p, struct slice text)
{
	struct buf clean = { 0 };
	struct slice bare = slice_trim(text);

	if (text.n && bare.p != text.p)
		buf_putc(&clean, ' ');
	markup_clean(&clean, bare, PART_QUOTE);
	if (bare.n && bare.p + bare.n != text.p + text.n)
		buf_putc(&clean, ' ');
	sheet_text(&p->sheet, buf_slice(&clean));
	p->fill.failed |= clean.failed;
	buf_release(&clean);
}

/* All pieces stand in one <bdi>: a script that runs from right to left must not be torn apart. On a
 * terminal, where <mark> is nothing, stars stand for it. */
static void draw_words(struct part *p, const json_t *q)
{
	struct sheet *s = &p->sheet;
	struct slice quote = json_str(q, "quote");
	struct span span[MATCHED];
	size_t n = spans_of(q, span), at = 0;

	if (n == 0 || quote.n > PART_QUOTE) {
		sheet_foreign(s, quote, PART_QUOTE);
		return;
	}
	sheet_begin(s, "bdi");
	for (size_t i = 0; i < n; i++) {
		draw_piece(p, slice_sub(quote, at, span[i].start));
		sheet_begin(s, "mark");
		if (s->plain)
			sheet_text(s, SLICE("*"));
		draw_piece(p, slice_sub(quote, span[i].start, span[i].end));
		if (s->plain)
			sheet_text(s, SLICE("*"));
		sheet_end(s);
		at = span[i].end;
	}
	draw_piece(p, slice_sub(quote, at, quote.n));
	sheet_end(s);
}

/* How the law of a destination has a substance, as the lexicon knows it. */
static const char *supply_key(struct slice supply)
{
	static const struct {
		const char *supply, *key;
	} rows[] = {
		{ "otc", "supply.otc" },
		{ "pharmacy", "supply.pharmacy" },
		{ "rx", "supply.rx" },
		{ "controlled", "supply.controlled" },
		{ "unapproved", "supply.unapproved" },
		{ "withdrawn", "supply.withdrawn" },
		{ "banned", "supply.banned" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slice_eq_str(supply, rows[i].supply))
			return rows[i].key;
	return NULL;
}

static void draw_meaning(struct part *p, const json_t *m, struct slice destination)
{
	struct slice phrase = json_str(m, "phrase"), means = part_word(p, "phrase", phrase);
	struct slice substance = json_str(m, "substance");
	const char *supply = supply_key(json_str(m, "supply"));
	const struct part_value v[] = { { "words", json_str(m, "words"), PART_FOREIGN },
		                        { "substance", substance, PART_ENGLISH },
		                        { "means", means.n ? means : phrase, PART_OWN },
		                        { "country", destination, PART_COUNTRY } };

	sheet_begin(&p->sheet, "li");
	if (substance.n) {
		part_say_with(p, "matched.drug", v, 4);
		if (supply) {
			part_say(p, "matched.then");
			part_say_with(p, supply, v, 4);
		}
	} else {
		part_say_with(p, phrase.n ? "matched.phrase" : "matched.price", v, 4);
	}
	sheet_end(&p->sheet);
}

/* What the words that count mean. */
static void draw_meanings(struct part *p, const json_t *q, struct slice destination)
{
	const json_t *list = json_arr(q, "matched");

	if (json_array_size(list) == 0)
		return;
	part_line(p, "p", "label", "matched.label");
	sheet_begin_class(&p->sheet, "ul", "matched");
	for (size_t i = 0; i < json_array_size(list) && i < MATCHED; i++)
		draw_meaning(p, json_array_get(list, i), destination);
	sheet_end(&p->sheet);
}

void part_quotation(struct part *p, const json_t *q, struct slice label, struct slice destination)
{
	struct sheet *s = &p->sheet;

	sheet_begin(s, "li");
	if (label.n) {
		sheet_begin_class(s, "p", "label");
		sheet_text(s, label);
		sheet_end(s);
	}
	if (json_str(q, "quote").n) {
		sheet_begin(s, "blockquote");
		sheet_begin(s, "p");
		draw_words(p, q);
		sheet_end(s);
		sheet_end(s);
	}
	if (!label.n) /* a label says already what the words mean */
		draw_meanings(p, q, destination);
	if (q)
		draw_source(p, q);
	sheet_end(s);
}

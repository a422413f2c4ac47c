/* The object of reasons, read aloud.
 *
 *     who, where, class      what it means
 *     why: each fact         quotations, law, rule, what spoke against it, what would clear it
 *     considered, missing    automation, redress, how to check
 */
#include "assess/reasons.h"

#include "assess/gloss.h"
#include "wire/wrap.h"

#include <stdlib.h>

enum { QUOTE_SHOWN = 300 /* characters */, QUOTES_SHOWN = 6, WORDS_SHOWN = 80 };
enum { GRAVE = 3 /* unverified and worse */ };

struct telling {
	struct buf *out;
	struct buf line; /* being put together */
	bool told_stars; /* what stars in quotations mean */
	int rc;          /* the first failure of a wrap */
	struct err err;
};

/* What was put together, as lines behind a lead. */
static void put_line(struct telling *t, const char *lead)
{
	if (t->rc == 0 && !buf_ok(&t->line))
		t->rc = err_set(&t->err, ERR_NOMEM, 0, "out of memory");
	if (t->rc == 0)
		t->rc = wrap_put(buf_slice(&t->line), lead, t->out, &t->err);
	buf_clear(&t->line);
}

static void put(struct telling *t, const char *lead, struct slice text)
{
	buf_put(&t->line, text);
	put_line(t, lead);
}

static void put_head(struct telling *t, const char *text)
{
	buf_printf(t->out, "\n%s\n", text);
}

static void add(struct telling *t, struct slice text, size_t max)
{
	explain_put_foreign(&t->line, text, max);
}

/* "2026-09-14T08:00:00Z" as "2026-09-14 08:00:00 UTC"; any other text as it is. */
static void add_time(struct telling *t, struct slice at)
{
	if (at.n == 20 && at.p[10] == 'T' && at.p[19] == 'Z')
		buf_printf(&t->line, "%.10s %.8s UTC", at.p, at.p + 11);
	else
		add(t, at, 40);
}

/* ---- facts ---- */

/* The words that count, and what words of their kind mean. */
static void put_words(struct telling *t, const json_t *q)
{
	const json_t *m;
	size_t i;

	json_array_foreach(json_arr(q, "matched"), i, m) {
		struct slice language = gloss_language(json_str(m, "language"));
		buf_putc(&t->line, '*');
		add(t, json_str(m, "words"), WORDS_SHOWN);
		buf_putc(&t->line, '*');
		if (language.n) {
			buf_puts(&t->line, " (");
			add(t, language, WORDS_SHOWN);
			buf_puts(&t->line, ")");
		}
		buf_puts(&t->line, ": these words ");
		add(t, json_str(m, "means"), QUOTE_SHOWN);
		put_line(t, "       ");
	}
}

/* with_words: what they mean is not yet said. */
static void put_quotation(struct telling *t, const json_t *q, bool with_words)
{
	buf_putc(&t->line, '"');
	explain_put_quote(&t->line, q, QUOTE_SHOWN);
	buf_putc(&t->line, '"');
	put_line(t, "     > ");
	if (with_words)
		put_words(t, q);
	/* An address is for copying: it stays in one piece. */
	buf_puts(t->out, "       at ");
	explain_put_foreign(t->out, json_str(q, "url"), 500);
	buf_putc(t->out, '\n');
	buf_puts(&t->line, "seen ");
	add_time(t, json_str(q, "at"));
	buf_puts(&t->line, " from ");
	add(t, json_str(q, "vantage"), 64);
	buf_printf(&t->line, ", bytes %lld to %lld of the page's text (%.*s)",
	           (long long)json_i64(q, "start", 0), (long long)json_i64(q, "end", 0),
	           SLICE_ARG(json_str(q, "extractor")));
	put_line(t, "       ");
	buf_printf(t->out, "       page %.*s\n", SLICE_ARG(json_str(q, "evidence")));
}

static bool has_matched(const json_t *list)
{
	const json_t *q;
	size_t i;

	json_array_foreach(list, i, q)
		if (json_array_size(json_arr(q, "matched")))
			return true;
	return false;
}

static void put_quotations(struct telling *t, const json_t *list)
{
	const json_t *q;
	size_t i;

	if (json_array_size(list))
		buf_puts(t->out, "   What stands on the site:\n");
	if (!t->told_stars && has_matched(list)) {
		t->told_stars = true;
		put(t, "     ",
		    SLICE("(Between stars: the words that the rule took; the stars are not the "
		          "site's. What words of that kind mean is told below each quotation; "
		          "it is no translation of the sentence.)"));
	}
	json_array_foreach(list, i, q) {
		if (i == QUOTES_SHOWN) {
			buf_printf(t->out,
			           "     and %zu more, in the JSON form of this statement\n",
			           json_array_size(list) - i);
			break;
		}
		put_quotation(t, q, true);
	}
}

/* Two rules often rest on the same sentences: they are shown once. */
static bool put_shown_before(struct telling *t, const json_t *facts, size_t at)
{
	const json_t *list = json_arr(json_array_get(facts, at), "quotations");

	for (size_t i = 0; i < at && json_array_size(list); i++)
		if (json_equal(list, json_arr(json_array_get(facts, i), "quotations"))) {
			buf_printf(t->out, "   What stands on the site: as under %zu\n", i + 1);
			return true;
		}
	return false;
}

static void put_law(struct telling *t, const json_t *list)
{
	const json_t *law;
	size_t i;

	if (json_array_size(list))
		buf_puts(t->out, "   What the law says:\n");
	json_array_foreach(list, i, law) {
		add(t, json_str(law, "cite"), 300);
		if (json_str(law, "from").n)
			buf_printf(&t->line, ", in force since %.10s", json_str(law, "from").p);
		if (json_str(law, "until").n)
			buf_printf(&t->line, " until %.10s", json_str(law, "until").p);
		buf_puts(&t->line, ": ");
		add(t, json_str(law, "says"), 600);
		put_line(t, "     - ");
	}
}

static void put_rule(struct telling *t, const json_t *fact)
{
	buf_printf(&t->line, "%.*s of pack %.*s, version %.*s; it supports %.*s, and ",
	           SLICE_ARG(json_str(fact, "rule")), SLICE_ARG(json_str(fact, "pack")),
	           SLICE_ARG(json_str(fact, "pack_version")),
	           SLICE_ARG(json_str(fact, "severity")));
	buf_put(&t->line, json_str(fact, "counts"));
	put_line(t, "   Rule: ");
	if (json_str(fact, "proof").n)
		buf_puts(t->out, "   What the rule takes as proof:\n");
	put(t, "     ", json_str(fact, "proof"));
}

static void put_weighed(struct telling *t, const json_t *list)
{
	const json_t *item;
	size_t i;

	if (json_array_size(list))
		buf_puts(t->out, "   What speaks against it, and was not enough:\n");
	json_array_foreach(list, i, item) {
		buf_puts(&t->line, "the site says ");
		add(t, json_str(item, "says"), 200);
		put_line(t, "     - ");
		if (json_obj(item, "quotation"))
			put_quotation(t, json_obj(item, "quotation"), false);
	}
}

static void put_list(struct telling *t, const json_t *list, const char *lead)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		put(t, lead, json_text(item));
}

static void put_fact(struct telling *t, const json_t *facts, size_t at)
{
	char lead[32];
	const json_t *fact = json_array_get(facts, at);
	const json_t *row = json_obj(fact, "register"), *asked = json_arr(fact, "may_be_asked"),
		     *who;
	size_t i;

	snprintf(lead, sizeof(lead), "%zu. ", at + 1);
	put(t, lead, json_str(fact, "text"));
	if (!put_shown_before(t, facts, at))
		put_quotations(t, json_arr(fact, "quotations"));
	if (row) {
		add(t, json_str(row, "authority"), 120);
		buf_puts(&t->line, ", number ");
		add(t, json_str(row, "number"), 60);
		if (json_str(row, "name").n) {
			buf_puts(&t->line, ", ");
			add(t, json_str(row, "name"), 120);
		}
		put_line(t, "   What stands in a register: ");
	}
	put_law(t, json_arr(fact, "law"));
	put_rule(t, fact);
	put_weighed(t, json_arr(fact, "weighed"));
	if (json_array_size(json_arr(fact, "cleared_by")))
		buf_puts(t->out, "   Any one of these clears this point:\n");
	put_list(t, json_arr(fact, "cleared_by"), "     - ");
	if (json_array_size(asked))
		buf_puts(t->out,
		         "   Who may be asked to act on it, once people have decided so:\n");
	json_array_foreach(asked, i, who)
		buf_printf(&t->line, "%s%.*s", i ? ", " : "", SLICE_ARG(json_text(who)));
	put_line(t, "     ");
}

/* ---- a cell ---- */

static void put_automation(struct telling *t, const json_t *reasons)
{
	const json_t *fact;
	size_t i;

	put_head(t, "Was it automated?");
	put(t, "  ", json_str(json_obj(reasons, "automation"), "says"));
	json_array_foreach(json_arr(reasons, "facts"), i, fact) {
		if (!json_flag(fact, "automatic", false))
			continue;
		buf_printf(&t->line,
		           "Rule %.*s may be listed without a person, where the list has switched "
		           "that on.",
		           SLICE_ARG(json_str(fact, "rule")));
		put_line(t, "  ");
	}
}

static void put_redress(struct telling *t, const json_t *reasons)
{
	const json_t *redress = json_obj(reasons, "redress");

	put_head(t, "If this is wrong");
	buf_puts(&t->line, "To whom: ");
	add(t, json_str(redress, "address"), 200);
	put_line(t, "  ");
	put_list(t, json_arr(redress, "steps"), "  - ");
}

/* What is harshest is told first. */
static int gravity_of(const json_t *reasons)
{
	static const char *const rising[] = { "out_of_scope", "not_a_pharmacy", "legitimate",
		                              "unverified",   "unapproved",     "rogue" };

	for (int i = 0; i < (int)(sizeof(rising) / sizeof(rising[0])); i++)
		if (slice_eq_str(json_str(reasons, "class"), rising[i]))
			return i;
	return 0;
}

/* Whether the same is said for two destinations, but for what is missing. */
static bool is_alike(const json_t *a, const json_t *b)
{
	return json_array_size(json_arr(a, "facts")) + json_array_size(json_arr(b, "facts")) == 0 &&
	       slice_eq(json_str(a, "class"), json_str(b, "class")) &&
	       slice_eq(json_str(a, "ground"), json_str(b, "ground")) &&
	       json_equal(json_arr(a, "favour"), json_arr(b, "favour"));
}

/* Who, where, what. */
static void put_title(struct telling *t, json_t *const *reasons, const bool *said, size_t n,
                      size_t at)
{
	const json_t *first = reasons[at];
	const char *between = ", for buyers in ";

	add(t, json_str(json_obj(first, "subject"), "key"), 200);
	for (size_t i = at; i < n; i++) {
		const json_t *territory = json_obj(reasons[i], "territory");
		struct slice code = json_str(territory, "destination"),
			     name = json_str(territory, "name");
		if (i > at && (said[i] || !is_alike(first, reasons[i])))
			continue;
		buf_puts(&t->line, between);
		add(t, name, 80);
		if (!slice_eq(name, code))
			buf_printf(&t->line, " (%.*s)", SLICE_ARG(code));
		between = ", ";
	}
	buf_printf(&t->line, ": %.*s", SLICE_ARG(json_str(first, "class")));
	if (json_str(first, "ground").n)
		buf_printf(&t->line, ", on the ground %.*s", SLICE_ARG(json_str(first, "ground")));
	put_line(t, "");
}

/* What is missing for the destinations that are told together, each once. */
static void put_missing(struct telling *t, json_t *const *reasons, bool *said, size_t n, size_t at)
{
	json_t *seen = json_array();
	const json_t *item, *have;
	size_t k, h;

	for (size_t i = at; seen && i < n; i++) {
		if (i > at && (said[i] || !is_alike(reasons[at], reasons[i])))
			continue;
		said[i] = true;
		json_array_foreach(json_arr(reasons[i], "missing"), k, item) {
			bool known = false;
			json_array_foreach(seen, h, have)
				known = known || json_equal(item, have);
			if (!known && json_add_new(seen, json_incref((json_t *)item)))
				t->rc = err_set(&t->err, ERR_NOMEM, 0, "out of memory");
		}
	}
	if (json_array_size(seen)) {
		put_head(t, "What evidence is missing");
		put_list(t, seen, "  - ");
	}
	json_decref(seen);
}

static void put_reasons(struct telling *t, json_t *const *reasons, bool *said, size_t n, size_t at)
{
	const json_t *o = reasons[at];

	put_title(t, reasons, said, n, at);
	put(t, "  ", json_str(o, "means"));
	if (json_array_size(json_arr(o, "facts")))
		put_head(t, "Why");
	for (size_t i = 0; i < json_array_size(json_arr(o, "facts")); i++)
		put_fact(t, json_arr(o, "facts"), i);
	if (json_array_size(json_arr(o, "favour")) || gravity_of(o) >= GRAVE) {
		put_head(t, "What was found in the site's favour");
		put_list(t, json_arr(o, "favour"), "  - ");
	}
	if (json_array_size(json_arr(o, "favour")) == 0 && gravity_of(o) >= GRAVE)
		buf_puts(t->out, "  Nothing that a rule asks for.\n");
	put_missing(t, reasons, said, n, at);
	put_automation(t, o);
	put_redress(t, o);
	buf_putc(t->out, '\n');
}

/* ---- how to check ---- */

static void put_input(struct telling *t, const char *what, struct slice value)
{
	if (value.n)
		buf_printf(t->out, "  %-10s %.*s\n", what, SLICE_ARG(value));
}

static void put_inputs(struct telling *t, const json_t *verdict)
{
	const json_t *in = json_obj(verdict, "inputs"), *item;
	json_t *packs = json_obj(in, "packs");
	const char *name;
	size_t i;

	buf_puts(t->out, "How to check\n");
	put_input(t, "verdict", json_str(verdict, "id"));
	put_input(t, "as of", json_str(verdict, "at"));
	put_input(t, "program", json_str(in, "assess"));
	buf_printf(t->out, "  %-10s %zu pages in %lld captures\n", "made from",
	           json_array_size(json_arr(in, "evidence")),
	           (long long)json_i64(verdict, "captures", 0));
	json_array_foreach(json_arr(in, "evidence"), i, item)
		put_input(t, "page", json_text(item));
	void *at = packs ? json_object_iter(packs) : NULL;
	for (; at; at = json_object_iter_next(packs, at)) {
		name = json_object_iter_key(at);
		const json_t *pack = json_object_iter_value(at);
		buf_printf(t->out, "  %-10s %.*s  %s %.*s\n", "pack",
		           SLICE_ARG(json_str(pack, "digest")), name,
		           SLICE_ARG(json_str(pack, "version")));
	}
	put_input(t, "lexicon", json_str(in, "lexicon"));
	put_input(t, "registers", json_str(in, "registers"));
	put_input(t, "suffixes", json_str(in, "suffixes"));
	put_input(t, "Unicode", json_str(in, "unicode"));
	json_array_foreach(json_arr(in, "extractor"), i, item)
		put_input(t, "extractor", json_text(item));
	put(t, "  ",
	    SLICE("Whoever has these can make the verdict again and compare it byte by byte: "
	          "assay assess --rederive VERDICT.json --evidence DIR"));
}

int reasons_put_text(const json_t *verdict, json_t *const *reasons, size_t n, struct buf *out,
                     struct err *err)
{
	struct telling t = { .out = out };
	bool *said = calloc(n + 1, sizeof(*said));

	if (!said)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (int gravity = 5; gravity >= 0; gravity--)
		for (size_t i = 0; t.rc == 0 && i < n; i++)
			if (!said[i] && gravity_of(reasons[i]) == gravity)
				put_reasons(&t, reasons, said, n, i);
	put_inputs(&t, verdict);
	buf_putc(out, '\n');
	free(said);
	buf_release(&t.line);
	if (t.rc == 0 && !buf_ok(out))
		t.rc = err_set(&t.err, ERR_NOMEM, 0, "out of memory");
	if (t.rc && err)
		*err = t.err;
	return t.rc;
}

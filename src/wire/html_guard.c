/* Reads the tags once beside a model of the parser's stack (html_stack.h), and overwrites those that
 * would take it beyond the limits. */
#include "wire/html_guard.h"

#include "wire/html_stack.h"

#include <stdint.h>
#include <stdlib.h>

struct guard {
	struct html_guard limit;
	bool no_select; /* <select> is TAG_TAKEN_OUT: HTML_GUARD_SELECT */
	bool endless[GUMBO_TAG_LAST]; /* TAG_WIPED, and no end tag follows */
	char *p;
	size_t n;
	struct html_stack open;
	unsigned roots;
	size_t dropped;
	struct html_cuts *cuts;
};

/* Overwrite a tag; see html_guard.h. The shortest tag is "<b>", the shortest comment "<!>". */
static void take_out(struct guard *g, const struct html_tag *t)
{
	g->dropped++;
	memset(g->p + t->from, ' ', t->to - t->from);
	if (html_tag_kind[t->tag] & TAG_SPECIAL)
		return;
	g->p[t->from] = '<';
	g->p[t->from + 1] = '!';
	g->p[t->to - 1] = '>';
}

static void skip(struct guard *g, const struct html_tag *t)
{
	g->open.skipped[t->tag]++;
	g->open.skipped_n++;
	take_out(g, t);
}

/* <frameset> and <frame> hold no text, and in their mode the parser ignores most other tags;
 * <isindex> stands for a whole form; <plaintext> has no end. End tags of what is wiped have lost
 * their start. */
static bool is_taken_out(const struct guard *g, const struct html_tag *t)
{
	return (html_tag_kind[t->tag] & TAG_TAKEN_OUT) || (html_tag_kind[t->tag] & TAG_WIPED) ||
	       (g->no_select && t->tag == GUMBO_TAG_SELECT);
}

/* Handle a start tag; true where raw text follows. */
static bool start_tag(struct guard *g, const struct html_tag *t)
{
	unsigned k = html_tag_kind[t->tag];
	bool ignored;

	if (t->tag == GUMBO_TAG_HTML || t->tag == GUMBO_TAG_BODY) {
		if (g->roots++ >= HTML_GUARD_ROOTS)
			take_out(g, t);
		return false;
	}
	if (t->tag == GUMBO_TAG_HEAD)
		return false;
	if (is_taken_out(g, t)) {
		take_out(g, t);
		return false;
	}
	if ((k & TAG_FORMATTING) &&
	    ((g->limit.no_formatting && t->tag != GUMBO_TAG_A) ||
	     (t->tag != GUMBO_TAG_A && g->open.formatting >= HTML_GUARD_FORMATTING))) {
		skip(g, t);
		return false;
	}
	if (html_stack_start(&g->open, t, &ignored) || (k & TAG_VOID))
		return false;
	if ((k & TAG_RAW) && (!ignored || t->tag == GUMBO_TAG_SCRIPT))
		return true;
	if (g->open.depth >= g->limit.depth)
		skip(g, t);
	else
		html_stack_push(&g->open, t, ignored);
	return false;
}

static void end_tag(struct guard *g, const struct html_tag *t)
{
	if (g->open.skipped[t->tag]) {
		g->open.skipped[t->tag]--;
		g->open.skipped_n--;
		take_out(g, t);
	} else if (is_taken_out(g, t)) {
		take_out(g, t);
	} else {
		html_stack_end(&g->open, t);
	}
}

static struct slice html_of(const struct guard *g)
{
	return slice_from(g->p, g->n);
}

static bool next_tag(struct guard *g, size_t *at, struct html_tag *t)
{
	if (!html_tag_next(html_of(g), HTML_GUARD_ATTRIBUTES, at, t))
		return false;
	if (t->more) {
		memset(g->p + t->more, ' ', t->to - 1 - t->more);
		t->self_closing = false;
	}
	return true;
}

/* Overwrite the element that t starts, content and all, and give where it ends: behind its end tag,
 * or, for <svg> and <math>, before an HTML element that a parser would not leave in it. Where
 * neither comes, the start tag alone is taken out. */
static size_t wipe(struct guard *g, const struct html_tag *t)
{
	bool foreign = t->tag != GUMBO_TAG_TEMPLATE;
	struct html_tag whole = *t, u;
	size_t depth = 1, html = 0, at = t->to;

	if (foreign && t->self_closing)
		depth = 0;
	while (depth && !g->endless[t->tag] && next_tag(g, &at, &u)) {
		if (u.tag == t->tag) {
			if (u.end)
				depth--;
			else if (!foreign || !u.self_closing)
				depth++;
		} else if (!foreign) {
			if (!u.end && (html_tag_kind[u.tag] & TAG_RAW))
				at = html_tag_skip_raw(html_of(g), &u);
		} else if (html_tag_kind[u.tag] & TAG_FOREIGN_HTML) {
			if (!u.self_closing)
				html = u.end ? html - (html > 0) : html + 1;
		} else if (!u.end && (html_tag_kind[u.tag] & TAG_BREAKOUT) && !html) {
			at = u.from;
			depth = 0;
		}
	}
	if (depth)
		g->endless[t->tag] = true;
	else
		whole.to = at;
	take_out(g, &whole);
	if (whole.to > whole.from + 3) /* "<!" and '>' stay */
		html_cut(g->cuts, whole.from + 2, whole.to - 1);
	return whole.to;
}

/* Whether s holds the word, in any ASCII case. */
static bool has_word(struct slice s, struct slice word)
{
	for (size_t i = 0; i + word.n <= s.n; i++)
		if (slice_eq_nocase(slice_sub(s, i, i + word.n), word))
			return true;
	return false;
}

/* Behind the content of a raw text element, which is cut where none of it is read. */
static size_t skip_raw(struct guard *g, const struct html_tag *t)
{
	size_t end = html_tag_skip_raw(html_of(g), t);
	struct slice tag = slice_sub(html_of(g), t->from, t->to);

	if (t->tag == GUMBO_TAG_STYLE ||
	    (t->tag == GUMBO_TAG_SCRIPT && !has_word(tag, SLICE("ld+json"))))
		html_cut(g->cuts, t->to, end);
	return end;
}

int html_guard(const struct html_guard *limit, char *html, size_t n, struct html_cuts *cuts,
               size_t *dropped, struct err *err)
{
	struct guard *g = calloc(1, sizeof(*g));
	struct html_open *stack = calloc(limit->depth ? limit->depth : 1, sizeof(*stack));

	if (!g || !stack) {
		free(g);
		free(stack);
		return err_set(err, ERR_NOMEM, 0, "html: no memory");
	}
	g->limit = *limit;
	g->p = html;
	g->n = n;
	g->open.open = stack;
	g->cuts = cuts;
	g->no_select = html_tag_count(html_of(g)) > HTML_GUARD_SELECT;
	struct html_tag t;
	for (size_t i = 0; next_tag(g, &i, &t);) {
		if (t.end)
			end_tag(g, &t);
		else if (html_tag_kind[t.tag] & TAG_WIPED)
			i = wipe(g, &t);
		else if (start_tag(g, &t))
			i = skip_raw(g, &t);
	}
	*dropped = g->dropped;
	free(stack);
	free(g);
	return 0;
}

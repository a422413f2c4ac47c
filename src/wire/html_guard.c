/* The model pops an element only where the parser must pop it too (HTML standard, 13.2.6): it may
 * be deeper than the parser's stack, never shallower by more than the formatting elements that the
 * parser opens again, which are capped. What it does not model only makes it deeper.
 *
 * Elements are gumbo's tag numbers; names that gumbo does not know share one number and are told
 * apart by a hash. */
#include "wire/html_guard.h"

#include "base/hash.h"
#include "base/slice.h"

#include <gumbo.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	VOID = 1,        /* has no content */
	SPECIAL = 2,     /* the standard's category: stops the search for other end tags */
	SCOPE = 4,       /* bounds "has an element in scope" */
	FORMATTING = 8,  /* goes to the list of active formatting elements */
	CLOSES_P = 16,   /* its start tag closes a <p> */
	RAW = 32,        /* its content is text up to its end tag */
	SWITCH = 64,     /* see HTML_GUARD_SIMPLE */
	BREAKOUT = 128,  /* its start tag leaves <svg> and <math> */
	SVG_HTML = 256,  /* its content is HTML again, where it stands in <svg> */
	MATH_HTML = 512, /* the same for <math> */
	MARKER = 1024,   /* closing it forgets the formatting elements opened in it */
};

static const uint16_t kind[GUMBO_TAG_LAST] = {
	[GUMBO_TAG_HTML] = SPECIAL | SCOPE,
	[GUMBO_TAG_HEAD] = SPECIAL | BREAKOUT,
	[GUMBO_TAG_BODY] = SPECIAL | BREAKOUT,
	[GUMBO_TAG_TITLE] = SPECIAL | SCOPE | RAW | SVG_HTML,
	[GUMBO_TAG_BASE] = SPECIAL | VOID,
	[GUMBO_TAG_LINK] = SPECIAL | VOID,
	[GUMBO_TAG_META] = SPECIAL | VOID | BREAKOUT,
	[GUMBO_TAG_STYLE] = SPECIAL | RAW,
	[GUMBO_TAG_SCRIPT] = SPECIAL | RAW,
	[GUMBO_TAG_NOSCRIPT] = SPECIAL,
	[GUMBO_TAG_TEMPLATE] = SPECIAL | SCOPE | SWITCH | MARKER,
	[GUMBO_TAG_ARTICLE] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_SECTION] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_NAV] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_ASIDE] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_H1] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_H2] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_H3] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_H4] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_H5] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_H6] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_HGROUP] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_HEADER] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_FOOTER] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_ADDRESS] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_P] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_HR] = SPECIAL | VOID | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_PRE] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_LISTING] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_BLOCKQUOTE] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_OL] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_UL] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_LI] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_DL] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_DT] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_DD] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_DIR] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_FIGURE] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_FIGCAPTION] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_MAIN] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_DIV] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_CENTER] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_DETAILS] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_SUMMARY] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_MENU] = SPECIAL | CLOSES_P | BREAKOUT,
	[GUMBO_TAG_FIELDSET] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_FORM] = SPECIAL | CLOSES_P,
	[GUMBO_TAG_A] = FORMATTING,
	[GUMBO_TAG_B] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_BIG] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_CODE] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_EM] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_FONT] = FORMATTING,
	[GUMBO_TAG_I] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_NOBR] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_S] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_SMALL] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_STRIKE] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_STRONG] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_TT] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_U] = FORMATTING | BREAKOUT,
	[GUMBO_TAG_SPAN] = BREAKOUT,
	[GUMBO_TAG_SUB] = BREAKOUT,
	[GUMBO_TAG_SUP] = BREAKOUT,
	[GUMBO_TAG_VAR] = BREAKOUT,
	[GUMBO_TAG_RUBY] = BREAKOUT,
	[GUMBO_TAG_BR] = SPECIAL | VOID | BREAKOUT,
	[GUMBO_TAG_WBR] = SPECIAL | VOID,
	[GUMBO_TAG_IMAGE] = VOID,
	[GUMBO_TAG_IMG] = SPECIAL | VOID | BREAKOUT,
	[GUMBO_TAG_EMBED] = SPECIAL | VOID | BREAKOUT,
	[GUMBO_TAG_AREA] = SPECIAL | VOID,
	[GUMBO_TAG_PARAM] = SPECIAL | VOID,
	[GUMBO_TAG_SOURCE] = SPECIAL | VOID,
	[GUMBO_TAG_TRACK] = SPECIAL | VOID,
	[GUMBO_TAG_INPUT] = SPECIAL | VOID,
	[GUMBO_TAG_KEYGEN] = VOID,
	[GUMBO_TAG_BGSOUND] = SPECIAL | VOID,
	[GUMBO_TAG_BASEFONT] = SPECIAL | VOID,
	[GUMBO_TAG_COL] = SPECIAL | VOID,
	[GUMBO_TAG_FRAME] = SPECIAL | VOID | SWITCH,
	[GUMBO_TAG_FRAMESET] = SPECIAL | SWITCH,
	[GUMBO_TAG_IFRAME] = SPECIAL | RAW,
	[GUMBO_TAG_NOEMBED] = SPECIAL | RAW,
	[GUMBO_TAG_NOFRAMES] = SPECIAL | RAW,
	[GUMBO_TAG_XMP] = SPECIAL | RAW | CLOSES_P,
	[GUMBO_TAG_TEXTAREA] = SPECIAL | RAW,
	[GUMBO_TAG_PLAINTEXT] = SPECIAL | SWITCH | CLOSES_P,
	[GUMBO_TAG_OBJECT] = SPECIAL | SCOPE | MARKER,
	[GUMBO_TAG_APPLET] = SPECIAL | SCOPE | MARKER,
	[GUMBO_TAG_MARQUEE] = SPECIAL | SCOPE | MARKER,
	[GUMBO_TAG_BUTTON] = SPECIAL,
	[GUMBO_TAG_SELECT] = SPECIAL | SWITCH,
	[GUMBO_TAG_TABLE] = SPECIAL | SCOPE | BREAKOUT,
	[GUMBO_TAG_CAPTION] = SPECIAL | SCOPE | MARKER,
	[GUMBO_TAG_COLGROUP] = SPECIAL,
	[GUMBO_TAG_TBODY] = SPECIAL,
	[GUMBO_TAG_THEAD] = SPECIAL,
	[GUMBO_TAG_TFOOT] = SPECIAL,
	[GUMBO_TAG_TR] = SPECIAL,
	[GUMBO_TAG_TD] = SPECIAL | SCOPE | MARKER,
	[GUMBO_TAG_TH] = SPECIAL | SCOPE | MARKER,
	[GUMBO_TAG_SVG] = SWITCH,
	[GUMBO_TAG_MATH] = SWITCH,
	[GUMBO_TAG_MI] = SPECIAL | SCOPE | MATH_HTML,
	[GUMBO_TAG_MO] = SPECIAL | SCOPE | MATH_HTML,
	[GUMBO_TAG_MN] = SPECIAL | SCOPE | MATH_HTML,
	[GUMBO_TAG_MS] = SPECIAL | SCOPE | MATH_HTML,
	[GUMBO_TAG_MTEXT] = SPECIAL | SCOPE | MATH_HTML,
	[GUMBO_TAG_ANNOTATION_XML] = SPECIAL | SCOPE,
	[GUMBO_TAG_FOREIGNOBJECT] = SPECIAL | SCOPE | SVG_HTML,
	[GUMBO_TAG_DESC] = SPECIAL | SCOPE | SVG_HTML,
};

/* What the content of an element is read as. In <select> the parser ignores nearly all tags. In
 * doubt (<font> and <annotation-xml> go by their attributes) nothing is popped by implication and no
 * tag closes itself. */
enum content { HTML, SELECT, SVG, MATH, DOUBT };

struct open {
	GumboTag tag;
	uint32_t name; /* hash of the name, for tags without a number */
	enum content content;
};

struct guard {
	struct html_guard limit;
	bool simple;
	char *p;
	size_t n;
	struct open *stack;
	size_t depth;
	size_t formatting; /* formatting elements on the stack other than <a> */
	uint32_t skipped[GUMBO_TAG_LAST]; /* start tags taken out whose end tag is to come */
	size_t skipped_n;
	unsigned roots;
	size_t dropped;
};

/* One tag, html[from..to). */
struct tag {
	size_t from, to;
	GumboTag tag;
	uint32_t name;
	bool end, self_closing;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
	c = ascii_lower(c);
	return c >= 'a' && c <= 'z';
}

/* Overwrite a tag; see html_guard.h. The shortest tag is "<b>", the shortest comment "<!>". */
static void take_out(struct guard *g, const struct tag *t)
{
	g->dropped++;
	memset(g->p + t->from, ' ', t->to - t->from);
	if (kind[t->tag] & SPECIAL)
		return;
	g->p[t->from] = '<';
	g->p[t->from + 1] = '!';
	g->p[t->to - 1] = '>';
}

static bool is_counted(GumboTag tag)
{
	return (kind[tag] & FORMATTING) && tag != GUMBO_TAG_A;
}

/* Pop down to `depth`. The parser opens formatting elements again after the block that they stood in
 * is closed, unless a marker was closed too: so those stay. */
static void pop_to(struct guard *g, size_t depth)
{
	size_t marker = g->depth, kept = depth;

	for (size_t i = g->depth; i-- > depth && marker == g->depth;)
		if (kind[g->stack[i].tag] & MARKER)
			marker = i;
	for (size_t i = depth; i < g->depth; i++) {
		if (i < marker && (kind[g->stack[i].tag] & FORMATTING))
			g->stack[kept++] = g->stack[i];
		else
			g->formatting -= is_counted(g->stack[i].tag);
	}
	g->depth = kept;
	if (g->skipped_n) {
		memset(g->skipped, 0, sizeof(g->skipped));
		g->skipped_n = 0;
	}
}

/* Find the topmost open `tag`, not looking below an element of kind `bound`: its index + 1, or 0. */
static size_t find(const struct guard *g, const struct tag *t, unsigned bound)
{
	for (size_t i = g->depth; i-- > 0;) {
		const struct open *o = &g->stack[i];
		if (o->tag == t->tag && o->name == t->name)
			return i + 1;
		if (kind[o->tag] & bound)
			return 0;
	}
	return 0;
}

static size_t find_tag(const struct guard *g, GumboTag tag, unsigned bound)
{
	return find(g, &(struct tag){ .tag = tag }, bound);
}

/* Formatting elements that stay behind their block say nothing of where the parser is. */
static enum content content_of(const struct guard *g)
{
	size_t i = g->depth;

	while (i && (kind[g->stack[i - 1].tag] & FORMATTING) && g->stack[i - 1].content == HTML)
		i--;
	return i ? g->stack[i - 1].content : HTML;
}

static bool is_foreign(const struct guard *g)
{
	return content_of(g) > SELECT;
}

/* How deep the stack stays when a part of a table starts: up to what such a part stands in, in the
 * nearest table. SIZE_MAX where there is none: the parser then ignores the tag. */
static size_t table_part_parent(const struct guard *g, GumboTag tag)
{
	bool cell = tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH;

	for (size_t i = g->depth; i-- > 0;) {
		GumboTag o = g->stack[i].tag;
		bool section = o == GUMBO_TAG_TBODY || o == GUMBO_TAG_THEAD || o == GUMBO_TAG_TFOOT;

		if (o == GUMBO_TAG_TEMPLATE)
			return g->depth;
		if (o == GUMBO_TAG_TABLE || (cell && o == GUMBO_TAG_TR) ||
		    ((cell || tag == GUMBO_TAG_TR) && section) ||
		    (tag == GUMBO_TAG_COL && o == GUMBO_TAG_COLGROUP))
			return i + 1;
	}
	return SIZE_MAX;
}

static bool is_table_part(GumboTag tag)
{
	return tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH || tag == GUMBO_TAG_TR ||
	       tag == GUMBO_TAG_TBODY || tag == GUMBO_TAG_THEAD || tag == GUMBO_TAG_TFOOT ||
	       tag == GUMBO_TAG_CAPTION || tag == GUMBO_TAG_COLGROUP || tag == GUMBO_TAG_COL;
}

/* Remove one entry and leave those above it. */
static void remove_at(struct guard *g, size_t i)
{
	g->formatting -= is_counted(g->stack[i].tag);
	memmove(g->stack + i, g->stack + i + 1, (g->depth - i - 1) * sizeof(*g->stack));
	g->depth--;
}

/* The adoption agency, as far as the stack's depth goes: the element goes and all above it that is
 * neither a block nor a formatting element. It gives up after eight blocks, and then a copy of the
 * element stays open. */
static void close_formatting(struct guard *g, const struct tag *t)
{
	size_t at = find(g, t, SCOPE), blocks = 0;

	if (!at)
		return;
	for (size_t i = at; i < g->depth; i++)
		blocks += (kind[g->stack[i].tag] & SPECIAL) != 0;
	if (blocks >= 8)
		return;
	for (size_t i = g->depth; i-- > at;)
		if (!(kind[g->stack[i].tag] & (FORMATTING | SPECIAL)))
			remove_at(g, i);
	remove_at(g, at - 1);
}

/* HTML standard, "generate implied end tags". */
static bool ends_by_implication(GumboTag tag)
{
	return tag == GUMBO_TAG_DD || tag == GUMBO_TAG_DT || tag == GUMBO_TAG_LI ||
	       tag == GUMBO_TAG_OPTION || tag == GUMBO_TAG_OPTGROUP || tag == GUMBO_TAG_P ||
	       tag == GUMBO_TAG_RB || tag == GUMBO_TAG_RP || tag == GUMBO_TAG_RT;
}

/* Pop what the start tag closes by implication. */
static void close_implied(struct guard *g, const struct tag *t)
{
	size_t at = 0;

	switch (t->tag) {
	case GUMBO_TAG_LI:
	case GUMBO_TAG_DD:
	case GUMBO_TAG_DT:
		for (size_t i = g->depth; i-- > 0 && !at;) {
			GumboTag o = g->stack[i].tag;
			bool same = t->tag == GUMBO_TAG_LI ? o == GUMBO_TAG_LI
			                                   : o == GUMBO_TAG_DD || o == GUMBO_TAG_DT;
			if (same)
				at = i + 1;
			else if ((kind[o] & SPECIAL) && o != GUMBO_TAG_ADDRESS &&
			         o != GUMBO_TAG_DIV && o != GUMBO_TAG_P)
				break;
		}
		break;
	case GUMBO_TAG_RB:
	case GUMBO_TAG_RP:
	case GUMBO_TAG_RT:
	case GUMBO_TAG_RTC:
		if (find_tag(g, GUMBO_TAG_RUBY, SCOPE))
			while (g->depth && ends_by_implication(g->stack[g->depth - 1].tag))
				pop_to(g, g->depth - 1);
		break;
	case GUMBO_TAG_OPTION:
	case GUMBO_TAG_OPTGROUP:
		if (g->depth && g->stack[g->depth - 1].tag == GUMBO_TAG_OPTION)
			at = g->depth;
		break;
	case GUMBO_TAG_TABLE:
		/* Directly in a table (no cell or caption between) it ends that one. */
		for (size_t i = g->depth; i-- > 0 && !at;) {
			if (g->stack[i].tag == GUMBO_TAG_TABLE)
				at = i + 1;
			else if (kind[g->stack[i].tag] & SCOPE)
				break;
		}
		break;
	case GUMBO_TAG_A:
	case GUMBO_TAG_NOBR:
		close_formatting(g, t);
		return;
	case GUMBO_TAG_BUTTON:
		at = find_tag(g, GUMBO_TAG_BUTTON, SCOPE);
		break;
	default:
		break;
	}
	if (at)
		pop_to(g, at - 1);
	if (kind[t->tag] & CLOSES_P) {
		for (size_t i = g->depth; i-- > 0;) {
			GumboTag o = g->stack[i].tag;
			if (o == GUMBO_TAG_P) {
				pop_to(g, i);
				break;
			}
			if ((kind[o] & SCOPE) || o == GUMBO_TAG_BUTTON)
				break;
		}
	}
	if (t->tag >= GUMBO_TAG_H1 && t->tag <= GUMBO_TAG_H6 && g->depth &&
	    g->stack[g->depth - 1].tag >= GUMBO_TAG_H1 &&
	    g->stack[g->depth - 1].tag <= GUMBO_TAG_H6)
		pop_to(g, g->depth - 1);
}

static void skip(struct guard *g, const struct tag *t)
{
	g->skipped[t->tag]++;
	g->skipped_n++;
	take_out(g, t);
}

static bool is_table_tag(GumboTag tag)
{
	return tag == GUMBO_TAG_TABLE || is_table_part(tag);
}

/* Within <select>: pop it where the tag ends it. */
static void leave_select(struct guard *g, const struct tag *t)
{
	size_t at = find_tag(g, GUMBO_TAG_SELECT, 0);
	bool ends = t->tag == GUMBO_TAG_SELECT;

	if (!t->end)
		ends |= t->tag == GUMBO_TAG_INPUT || t->tag == GUMBO_TAG_KEYGEN ||
		        t->tag == GUMBO_TAG_TEXTAREA;
	for (size_t i = 0; i + 1 < at && !ends; i++) /* in a table its parts do, too */
		ends = is_table_tag(t->tag) && g->stack[i].tag == GUMBO_TAG_TABLE;
	if (at && ends)
		pop_to(g, at - 1);
}

/* <frameset> and <frame> hold no text, and in their mode the parser ignores most other tags;
 * <isindex> stands for a whole form. */
static bool is_taken_out(const struct guard *g, GumboTag tag)
{
	return tag == GUMBO_TAG_FRAMESET || tag == GUMBO_TAG_FRAME || tag == GUMBO_TAG_ISINDEX ||
	       (g->simple && (kind[tag] & SWITCH));
}

/* Leave <svg> or <math>, as the start tags of many HTML elements do. */
static void break_out(struct guard *g)
{
	while (content_of(g) == SVG || content_of(g) == MATH) {
		size_t i = g->depth;
		while (i && g->stack[i - 1].content == HTML)
			i--;
		if (i == 0)
			return;
		remove_at(g, i - 1);
	}
}

/* Handle a start tag; true where raw text follows. */
static bool start_tag(struct guard *g, const struct tag *t)
{
	unsigned k = kind[t->tag];

	if (t->tag == GUMBO_TAG_HTML || t->tag == GUMBO_TAG_BODY) {
		if (g->roots++ >= HTML_GUARD_ROOTS)
			take_out(g, t);
		else if (k & BREAKOUT)
			break_out(g);
		return false;
	}
	if (is_taken_out(g, t->tag)) {
		take_out(g, t);
		return false;
	}
	if ((k & FORMATTING) &&
	    ((g->limit.no_formatting && t->tag != GUMBO_TAG_A) ||
	     (t->tag != GUMBO_TAG_A && g->formatting >= HTML_GUARD_FORMATTING))) {
		skip(g, t);
		return false;
	}
	if (k & BREAKOUT)
		break_out(g);
	if (t->tag == GUMBO_TAG_HEAD)
		return false;
	if (content_of(g) == SELECT) {
		leave_select(g, t);
		if (t->tag == GUMBO_TAG_SELECT)
			return false;
	}
	enum content around = content_of(g);
	if (around == SELECT) {
		if (t->tag == GUMBO_TAG_OPTION || t->tag == GUMBO_TAG_OPTGROUP)
			close_implied(g, t);
		if (t->tag == GUMBO_TAG_SCRIPT)
			return true;
		if (k & VOID)
			return false;
	}
	if (around == HTML) {
		if (is_table_part(t->tag)) {
			size_t parent = table_part_parent(g, t->tag);
			if (parent == SIZE_MAX)
				return false;
			if (parent < g->depth)
				pop_to(g, parent);
		}
		close_implied(g, t);
		if (k & VOID)
			return false;
		if (k & RAW)
			return true;
	}
	enum content content = around;
	if (around == HTML && t->tag == GUMBO_TAG_SELECT)
		content = SELECT;
	if (around == HTML && (t->tag == GUMBO_TAG_SVG || t->tag == GUMBO_TAG_MATH))
		content = t->tag == GUMBO_TAG_SVG ? SVG : MATH;
	if (t->self_closing && (content == SVG || content == MATH))
		return false;
	if (g->depth >= g->limit.depth) {
		skip(g, t);
		return false;
	}
	if ((content == SVG && (k & SVG_HTML)) || (content == MATH && (k & MATH_HTML)))
		content = HTML;
	else if (content > SELECT && (t->tag == GUMBO_TAG_FONT || t->tag == GUMBO_TAG_ANNOTATION_XML))
		content = DOUBT;
	g->formatting += is_counted(t->tag);
	g->stack[g->depth++] = (struct open){ t->tag, t->name, content };
	return false;
}

static void end_tag(struct guard *g, const struct tag *t)
{
	unsigned k = kind[t->tag];
	size_t at;

	if (g->skipped[t->tag]) {
		g->skipped[t->tag]--;
		g->skipped_n--;
		take_out(g, t);
		return;
	}
	if (is_taken_out(g, t->tag)) {
		take_out(g, t);
		return;
	}
	if (content_of(g) == SELECT) {
		leave_select(g, t);
		if (content_of(g) == SELECT) {
			/* What the model holds within it may be ignored by the parser: pop that. */
			for (size_t i = g->depth; i-- > 0 && g->stack[i].tag != GUMBO_TAG_SELECT;)
				if (g->stack[i].tag == t->tag && g->stack[i].name == t->name) {
					pop_to(g, i);
					return;
				}
			return;
		}
		if (t->tag == GUMBO_TAG_SELECT)
			return;
	}
	if (k & FORMATTING) {
		close_formatting(g, t);
		return;
	}
	switch (t->tag) {
	case GUMBO_TAG_HTML:
	case GUMBO_TAG_BODY:
	case GUMBO_TAG_HEAD:
		return;
	case GUMBO_TAG_FORM:
		at = find(g, t, SCOPE);
		if (at)
			remove_at(g, at - 1);
		return;
	case GUMBO_TAG_TABLE:
	case GUMBO_TAG_TBODY:
	case GUMBO_TAG_THEAD:
	case GUMBO_TAG_TFOOT:
	case GUMBO_TAG_TR:
	case GUMBO_TAG_TD:
	case GUMBO_TAG_TH:
	case GUMBO_TAG_CAPTION:
		at = 0;
		for (size_t i = g->depth; i-- > 0 && !at;) {
			if (g->stack[i].tag == t->tag)
				at = i + 1;
			else if (g->stack[i].tag == GUMBO_TAG_TABLE ||
			         g->stack[i].tag == GUMBO_TAG_TEMPLATE)
				break;
		}
		break;
	case GUMBO_TAG_SVG:
	case GUMBO_TAG_MATH:
		at = find(g, t, SCOPE);
		break;
	case GUMBO_TAG_P:
		at = 0;
		for (size_t i = g->depth; i-- > 0 && !at;) {
			if (g->stack[i].tag == GUMBO_TAG_P)
				at = i + 1;
			else if ((kind[g->stack[i].tag] & SCOPE) ||
			         g->stack[i].tag == GUMBO_TAG_BUTTON)
				break;
		}
		break;
	case GUMBO_TAG_LI:
		at = 0;
		for (size_t i = g->depth; i-- > 0 && !at;) {
			GumboTag o = g->stack[i].tag;
			if (o == GUMBO_TAG_LI)
				at = i + 1;
			else if ((kind[o] & SCOPE) || o == GUMBO_TAG_UL || o == GUMBO_TAG_OL)
				break;
		}
		break;
	case GUMBO_TAG_H1:
	case GUMBO_TAG_H2:
	case GUMBO_TAG_H3:
	case GUMBO_TAG_H4:
	case GUMBO_TAG_H5:
	case GUMBO_TAG_H6:
		at = 0; /* any heading's end ends any heading */
		for (size_t i = g->depth; i-- > 0 && !at;) {
			if (g->stack[i].tag >= GUMBO_TAG_H1 && g->stack[i].tag <= GUMBO_TAG_H6)
				at = i + 1;
			else if (kind[g->stack[i].tag] & SCOPE)
				break;
		}
		break;
	case GUMBO_TAG_BUTTON:
	case GUMBO_TAG_APPLET:
	case GUMBO_TAG_MARQUEE:
	case GUMBO_TAG_OBJECT:
		at = find(g, t, SCOPE);
		break;
	default: /* the standard's blocks by scope, "any other end tag" up to a special element */
		at = find(g, t, (k & CLOSES_P) ? SCOPE : SPECIAL);
	}
	if (at)
		pop_to(g, at - 1);
}

/* Read the tag at html[from], which starts "<x" or "</x". False where it never ends: the parser
 * drops it. Attributes above the limit are overwritten. */
static bool read_tag(struct guard *g, size_t from, struct tag *t)
{
	const char *p = g->p;
	size_t n = g->n, i = from + 1;
	unsigned attributes = 0;
	size_t cut = 0;

	*t = (struct tag){ .from = from };
	if (p[i] == '/') {
		t->end = true;
		i++;
	}
	size_t name = i;
	while (i < n && !is_space(p[i]) && p[i] != '/' && p[i] != '>')
		i++;
	if (i - name < 64)
		t->tag = gumbo_tagn_enum(p + name, (unsigned)(i - name));
	else
		t->tag = GUMBO_TAG_UNKNOWN;
	if (t->tag == GUMBO_TAG_UNKNOWN) {
		char lower[64];
		size_t len = i - name < sizeof(lower) ? i - name : sizeof(lower);
		for (size_t k = 0; k < len; k++)
			lower[k] = ascii_lower(p[name + k]);
		t->name = (uint32_t)hash_bytes((struct hash_key){ i - name, 0 },
		                               slice_from(lower, len)) | 1u;
	}
	for (;;) {
		while (i < n && (is_space(p[i]) || p[i] == '/')) {
			t->self_closing = p[i] == '/' && i + 1 < n && p[i + 1] == '>';
			i++;
		}
		if (i >= n)
			return false;
		if (p[i] == '>')
			break;
		if (++attributes == HTML_GUARD_ATTRIBUTES + 1)
			cut = i;
		i++; /* the first character of a name may be '=' */
		while (i < n && !is_space(p[i]) && p[i] != '/' && p[i] != '>' && p[i] != '=')
			i++;
		size_t after = i;
		while (after < n && is_space(p[after]))
			after++;
		if (after >= n || p[after] != '=')
			continue;
		i = after + 1;
		while (i < n && is_space(p[i]))
			i++;
		if (i >= n)
			return false;
		if (p[i] == '"' || p[i] == '\'') {
			const char *close = memchr(p + i + 1, p[i], n - i - 1);
			if (!close)
				return false;
			i = (size_t)(close - p) + 1;
		} else {
			while (i < n && !is_space(p[i]) && p[i] != '>')
				i++;
		}
	}
	if (cut) {
		memset(g->p + cut, ' ', i - cut);
		t->self_closing = false;
	}
	t->to = i + 1;
	return true;
}

/* Behind the comment, doctype or the like that starts at html[from] ("<!", "<?", "</" and no
 * letter). */
static size_t skip_markup(const struct guard *g, size_t from)
{
	struct slice rest = slice_from(g->p + from, g->n - from);

	if (slice_starts(rest, SLICE("<![CDATA[")) && is_foreign(g)) {
		size_t at = slice_find_slice(rest, SLICE("]]>"));
		return at == rest.n ? g->n : from + at + 3;
	}
	if (!slice_starts(rest, SLICE("<!--"))) {
		size_t at = slice_find(rest, '>');
		return at == rest.n ? g->n : from + at + 1;
	}
	if (slice_starts(rest, SLICE("<!-->")))
		return from + 5;
	if (slice_starts(rest, SLICE("<!--->")))
		return from + 6;
	for (size_t i = from + 4; i < g->n;) {
		const char *dash = memmem(g->p + i, g->n - i, "--", 2);
		if (!dash)
			break;
		i = (size_t)(dash - g->p) + 2;
		while (i < g->n && g->p[i] == '-')
			i++;
		if (i < g->n && g->p[i] == '>')
			return i + 1;
		if (i + 1 < g->n && g->p[i] == '!' && g->p[i + 1] == '>')
			return i + 2;
	}
	return g->n;
}

/* The end tag of the raw text element t, or the end of the document. <script> may hold
 * "<!-- <script> </script> -->" (the standard's double escaped state); the first end tag outside of
 * that counts. */
static size_t skip_raw(const struct guard *g, const struct tag *t)
{
	struct slice name = slice_str(gumbo_normalized_tagname(t->tag));
	bool escaped = false, twice = false;

	for (size_t i = t->to; i < g->n; i++) {
		struct slice rest = slice_from(g->p + i, g->n - i);
		if (t->tag == GUMBO_TAG_SCRIPT && rest.p[0] == '-' && slice_starts(rest, SLICE("-->")))
			escaped = twice = false;
		if (rest.p[0] != '<')
			continue;
		if (t->tag == GUMBO_TAG_SCRIPT && !escaped && slice_starts(rest, SLICE("<!--"))) {
			escaped = true;
			i += 1; /* "<!-->" ends what it starts: its dashes are read again */
			continue;
		}
		size_t at = rest.n > 1 && rest.p[1] == '/' ? 2 : 1;
		if (!slice_eq_nocase(slice_sub(rest, at, at + name.n), name) || rest.n <= at + name.n)
			continue;
		char c = rest.p[at + name.n];
		if (!is_space(c) && c != '/' && c != '>')
			continue;
		if (at == 2 && !twice)
			return i;
		if (escaped)
			twice = at == 1;
	}
	return g->n;
}

static size_t count_tags(const char *p, size_t n)
{
	size_t tags = 0;
	const char *end = p + n;

	for (; p < end && (p = memchr(p, '<', (size_t)(end - p))); p++)
		tags += p + 1 < end && is_letter(p[1]);
	return tags;
}

int html_guard(const struct html_guard *limit, char *html, size_t n, size_t *dropped,
               struct err *err)
{
	struct guard *g = calloc(1, sizeof(*g));
	struct open *stack = calloc(limit->depth ? limit->depth : 1, sizeof(*stack));

	if (!g || !stack) {
		free(g);
		free(stack);
		return err_set(err, ERR_NOMEM, 0, "html: no memory");
	}
	g->limit = *limit;
	g->p = html;
	g->n = n;
	g->stack = stack;
	g->simple = n && count_tags(html, n) > HTML_GUARD_SIMPLE;
	for (size_t i = 0; i < n;) {
		const char *lt = memchr(html + i, '<', n - i);
		if (!lt)
			break;
		i = (size_t)(lt - html);
		struct tag t;
		if (i + 1 < n && (is_letter(html[i + 1]) ||
		                  (html[i + 1] == '/' && i + 2 < n && is_letter(html[i + 2])))) {
			if (!read_tag(g, i, &t))
				break;
			i = t.to;
			if (t.end)
				end_tag(g, &t);
			else if (start_tag(g, &t))
				i = skip_raw(g, &t);
		} else if (i + 1 < n &&
		           (html[i + 1] == '!' || html[i + 1] == '?' || html[i + 1] == '/')) {
			i = skip_markup(g, i);
		} else {
			i++;
		}
	}
	*dropped = g->dropped;
	free(stack);
	free(g);
	return 0;
}

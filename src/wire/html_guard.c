/* The model pops an element only where the parser must pop it too (HTML standard, 13.2.6): it may
 * be deeper than the parser's stack, never shallower by more than the formatting elements that the
 * parser opens again, which are capped. What it does not model only makes it deeper.
 */
#include "wire/html_guard.h"

#include "wire/html_tag.h"

#include <stdint.h>
#include <stdlib.h>

struct open {
	GumboTag tag;
	uint32_t name; /* hash of the name, for tags without a number; it is odd */
};

/* The name of what is within <select> in the model and most likely ignored by the parser: no tag
 * has it, so it stays till the <select> goes. */
enum { IGNORED = 2 };

struct guard {
	struct html_guard limit;
	bool no_select; /* <select> is TAG_TAKEN_OUT: HTML_GUARD_SELECT */
	bool endless[GUMBO_TAG_LAST]; /* TAG_WIPED, and no end tag follows */
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

static bool is_counted(GumboTag tag)
{
	return (html_tag_kind[tag] & TAG_FORMATTING) && tag != GUMBO_TAG_A;
}

/* Pop down to `depth`. The parser opens formatting elements again after the block that they stood
 * in is closed, unless a marker was closed too: so those stay. */
static void pop_to(struct guard *g, size_t depth)
{
	size_t marker = g->depth, kept = depth;

	for (size_t i = g->depth; i-- > depth && marker == g->depth;)
		if (html_tag_kind[g->stack[i].tag] & TAG_MARKER)
			marker = i;
	for (size_t i = depth; i < g->depth; i++) {
		if (i < marker && (html_tag_kind[g->stack[i].tag] & TAG_FORMATTING))
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

/* The topmost open `tag`, not looking below an element of kind `bound`: its index + 1, or 0. */
static size_t find(const struct guard *g, const struct html_tag *t, unsigned bound)
{
	for (size_t i = g->depth; i-- > 0;) {
		const struct open *o = &g->stack[i];
		if (o->tag == t->tag && o->name == t->name)
			return i + 1;
		if (html_tag_kind[o->tag] & bound)
			return 0;
	}
	return 0;
}

static size_t find_tag(const struct guard *g, GumboTag tag, unsigned bound)
{
	return find(g, &(struct html_tag){ .tag = tag }, bound);
}

static bool in_select(const struct guard *g)
{
	return find_tag(g, GUMBO_TAG_SELECT, 0) != 0;
}

/* How deep the stack stays when a part of a table starts: up to what such a part stands in, in the
 * nearest table. SIZE_MAX where there is none: the parser then ignores the tag. */
static size_t table_part_parent(const struct guard *g, GumboTag tag)
{
	bool cell = tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH;

	for (size_t i = g->depth; i-- > 0;) {
		GumboTag o = g->stack[i].tag;
		bool section = o == GUMBO_TAG_TBODY || o == GUMBO_TAG_THEAD || o == GUMBO_TAG_TFOOT;

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
static void close_formatting(struct guard *g, const struct html_tag *t)
{
	size_t at = find(g, t, TAG_SCOPE), blocks = 0;

	if (!at)
		return;
	for (size_t i = at; i < g->depth; i++)
		blocks += (html_tag_kind[g->stack[i].tag] & TAG_SPECIAL) != 0;
	if (blocks >= 8)
		return;
	for (size_t i = g->depth; i-- > at;)
		if (!(html_tag_kind[g->stack[i].tag] & (TAG_FORMATTING | TAG_SPECIAL)))
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
static void close_implied(struct guard *g, const struct html_tag *t)
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
			else if ((html_tag_kind[o] & TAG_SPECIAL) && o != GUMBO_TAG_ADDRESS &&
			         o != GUMBO_TAG_DIV && o != GUMBO_TAG_P)
				break;
		}
		break;
	case GUMBO_TAG_RB:
	case GUMBO_TAG_RP:
	case GUMBO_TAG_RT:
	case GUMBO_TAG_RTC:
		if (find_tag(g, GUMBO_TAG_RUBY, TAG_SCOPE))
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
			else if (html_tag_kind[g->stack[i].tag] & TAG_SCOPE)
				break;
		}
		break;
	case GUMBO_TAG_A:
	case GUMBO_TAG_NOBR:
		close_formatting(g, t);
		return;
	case GUMBO_TAG_BUTTON:
		at = find_tag(g, GUMBO_TAG_BUTTON, TAG_SCOPE);
		break;
	default:
		break;
	}
	if (at)
		pop_to(g, at - 1);
	if (html_tag_kind[t->tag] & TAG_CLOSES_P) {
		for (size_t i = g->depth; i-- > 0;) {
			GumboTag o = g->stack[i].tag;
			if (o == GUMBO_TAG_P) {
				pop_to(g, i);
				break;
			}
			if ((html_tag_kind[o] & TAG_SCOPE) || o == GUMBO_TAG_BUTTON)
				break;
		}
	}
	if (t->tag >= GUMBO_TAG_H1 && t->tag <= GUMBO_TAG_H6 && g->depth &&
	    g->stack[g->depth - 1].tag >= GUMBO_TAG_H1 &&
	    g->stack[g->depth - 1].tag <= GUMBO_TAG_H6)
		pop_to(g, g->depth - 1);
}

static void skip(struct guard *g, const struct html_tag *t)
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
static void leave_select(struct guard *g, const struct html_tag *t)
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
	     (t->tag != GUMBO_TAG_A && g->formatting >= HTML_GUARD_FORMATTING))) {
		skip(g, t);
		return false;
	}
	bool select = in_select(g);
	if (select) {
		leave_select(g, t);
		if (t->tag == GUMBO_TAG_SELECT)
			return false;
		select = in_select(g);
	}
	if (select) { /* where the parser ignores nearly all tags */
		if (t->tag == GUMBO_TAG_OPTION || t->tag == GUMBO_TAG_OPTGROUP)
			close_implied(g, t);
	} else {
		if (is_table_part(t->tag)) {
			size_t parent = table_part_parent(g, t->tag);
			if (parent == SIZE_MAX)
				return false;
			if (parent < g->depth)
				pop_to(g, parent);
		}
		close_implied(g, t);
	}
	if (k & TAG_VOID)
		return false;
	if ((k & TAG_RAW) && (!select || t->tag == GUMBO_TAG_SCRIPT))
		return true;
	if (g->depth >= g->limit.depth) {
		skip(g, t);
		return false;
	}
	struct open o = { t->tag, t->name };
	if (select && t->tag != GUMBO_TAG_OPTION && t->tag != GUMBO_TAG_OPTGROUP)
		o = (struct open){ GUMBO_TAG_UNKNOWN, IGNORED };
	g->formatting += is_counted(o.tag);
	g->stack[g->depth++] = o;
	return false;
}

static void end_tag(struct guard *g, const struct html_tag *t)
{
	unsigned k = html_tag_kind[t->tag];
	size_t at;

	if (g->skipped[t->tag]) {
		g->skipped[t->tag]--;
		g->skipped_n--;
		take_out(g, t);
		return;
	}
	if (is_taken_out(g, t)) {
		take_out(g, t);
		return;
	}
	if (in_select(g)) {
		leave_select(g, t);
		if (in_select(g)) {
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
	if (k & TAG_FORMATTING) {
		close_formatting(g, t);
		return;
	}
	switch (t->tag) {
	case GUMBO_TAG_HTML:
	case GUMBO_TAG_BODY:
	case GUMBO_TAG_HEAD:
		return;
	case GUMBO_TAG_FORM:
		at = find(g, t, TAG_SCOPE);
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
			else if (g->stack[i].tag == GUMBO_TAG_TABLE)
				break;
		}
		break;
	case GUMBO_TAG_P:
		at = 0;
		for (size_t i = g->depth; i-- > 0 && !at;) {
			if (g->stack[i].tag == GUMBO_TAG_P)
				at = i + 1;
			else if ((html_tag_kind[g->stack[i].tag] & TAG_SCOPE) ||
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
			else if ((html_tag_kind[o] & TAG_SCOPE) || o == GUMBO_TAG_UL || o == GUMBO_TAG_OL)
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
			else if (html_tag_kind[g->stack[i].tag] & TAG_SCOPE)
				break;
		}
		break;
	case GUMBO_TAG_BUTTON:
	case GUMBO_TAG_APPLET:
	case GUMBO_TAG_MARQUEE:
	case GUMBO_TAG_OBJECT:
		at = find(g, t, TAG_SCOPE);
		break;
	default: /* the standard's blocks by scope, "any other end tag" up to a special element */
		at = find(g, t, (k & TAG_CLOSES_P) ? TAG_SCOPE : TAG_SPECIAL);
	}
	if (at)
		pop_to(g, at - 1);
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
	return whole.to;
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
	g->no_select = html_tag_count(html_of(g)) > HTML_GUARD_SELECT;
	struct html_tag t;
	for (size_t i = 0; next_tag(g, &i, &t);) {
		if (t.end)
			end_tag(g, &t);
		else if (html_tag_kind[t.tag] & TAG_WIPED)
			i = wipe(g, &t);
		else if (start_tag(g, &t))
			i = html_tag_skip_raw(html_of(g), &t);
	}
	*dropped = g->dropped;
	free(stack);
	free(g);
	return 0;
}

/* The model pops an element only where the parser must pop it too (HTML standard, 13.2.6): it may
 * be deeper than the parser's stack, never shallower by more than the formatting elements that the
 * parser opens again, which are capped. What it does not model only makes it deeper. */
#include "wire/html_stack.h"

#include <stdint.h>
#include <string.h>

/* The name of what is within <select> in the model and most likely ignored by the parser: no tag
 * has it, so it stays till the <select> goes. */
enum { IGNORED = 2 };

static bool is_counted(GumboTag tag)
{
	return (html_tag_kind[tag] & TAG_FORMATTING) && tag != GUMBO_TAG_A;
}

/* Pop down to `depth`. The parser opens formatting elements again after the block that they stood
 * in is closed, unless a marker was closed too: so those stay. */
static void pop_to(struct html_stack *s, size_t depth)
{
	size_t marker = s->depth, kept = depth;

	for (size_t i = s->depth; i-- > depth && marker == s->depth;)
		if (html_tag_kind[s->open[i].tag] & TAG_MARKER)
			marker = i;
	for (size_t i = depth; i < s->depth; i++) {
		if (i < marker && (html_tag_kind[s->open[i].tag] & TAG_FORMATTING))
			s->open[kept++] = s->open[i];
		else
			s->formatting -= is_counted(s->open[i].tag);
	}
	s->depth = kept;
	if (s->skipped_n) {
		memset(s->skipped, 0, sizeof(s->skipped));
		s->skipped_n = 0;
	}
}

/* The topmost open `tag`, not looking below an element of kind `bound`: its index + 1, or 0. */
static size_t find(const struct html_stack *s, const struct html_tag *t, unsigned bound)
{
	for (size_t i = s->depth; i-- > 0;) {
		const struct html_open *o = &s->open[i];
		if (o->tag == t->tag && o->name == t->name)
			return i + 1;
		if (html_tag_kind[o->tag] & bound)
			return 0;
	}
	return 0;
}

static size_t find_tag(const struct html_stack *s, GumboTag tag, unsigned bound)
{
	return find(s, &(struct html_tag){ .tag = tag }, bound);
}

static bool in_select(const struct html_stack *s)
{
	return find_tag(s, GUMBO_TAG_SELECT, 0) != 0;
}

/* How deep the stack stays when a part of a table starts: up to what such a part stands in, in the
 * nearest table. SIZE_MAX where there is none: the parser then ignores the tag. */
static size_t table_part_parent(const struct html_stack *s, GumboTag tag)
{
	bool cell = tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH;

	for (size_t i = s->depth; i-- > 0;) {
		GumboTag o = s->open[i].tag;
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
static void remove_at(struct html_stack *s, size_t i)
{
	s->formatting -= is_counted(s->open[i].tag);
	memmove(s->open + i, s->open + i + 1, (s->depth - i - 1) * sizeof(*s->open));
	s->depth--;
}

/* The adoption agency, as far as the stack's depth goes: the element goes and all above it that is
 * neither a block nor a formatting element. It gives up after eight blocks, and then a copy of the
 * element stays open. */
static void close_formatting(struct html_stack *s, const struct html_tag *t)
{
	size_t at = find(s, t, TAG_SCOPE), blocks = 0;

	if (!at)
		return;
	for (size_t i = at; i < s->depth; i++)
		blocks += (html_tag_kind[s->open[i].tag] & TAG_SPECIAL) != 0;
	if (blocks >= 8)
		return;
	for (size_t i = s->depth; i-- > at;)
		if (!(html_tag_kind[s->open[i].tag] & (TAG_FORMATTING | TAG_SPECIAL)))
			remove_at(s, i);
	remove_at(s, at - 1);
}

/* HTML standard, "generate implied end tags". */
static bool ends_by_implication(GumboTag tag)
{
	return tag == GUMBO_TAG_DD || tag == GUMBO_TAG_DT || tag == GUMBO_TAG_LI ||
	       tag == GUMBO_TAG_OPTION || tag == GUMBO_TAG_OPTGROUP || tag == GUMBO_TAG_P ||
	       tag == GUMBO_TAG_RB || tag == GUMBO_TAG_RP || tag == GUMBO_TAG_RT;
}

/* Pop what the start tag closes by implication. */
static void close_implied(struct html_stack *s, const struct html_tag *t)
{
	size_t at = 0;

	switch (t->tag) {
	case GUMBO_TAG_LI:
	case GUMBO_TAG_DD:
	case GUMBO_TAG_DT:
		for (size_t i = s->depth; i-- > 0 && !at;) {
			GumboTag o = s->open[i].tag;
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
		if (find_tag(s, GUMBO_TAG_RUBY, TAG_SCOPE))
			while (s->depth && ends_by_implication(s->open[s->depth - 1].tag))
				pop_to(s, s->depth - 1);
		break;
	case GUMBO_TAG_OPTION:
	case GUMBO_TAG_OPTGROUP:
		if (s->depth && s->open[s->depth - 1].tag == GUMBO_TAG_OPTION)
			at = s->depth;
		break;
	case GUMBO_TAG_TABLE:
		/* Directly in a table (no cell or caption between) it ends that one. */
		for (size_t i = s->depth; i-- > 0 && !at;) {
			if (s->open[i].tag == GUMBO_TAG_TABLE)
				at = i + 1;
			else if (html_tag_kind[s->open[i].tag] & TAG_SCOPE)
				break;
		}
		break;
	case GUMBO_TAG_A:
	case GUMBO_TAG_NOBR:
		close_formatting(s, t);
		return;
	case GUMBO_TAG_BUTTON:
		at = find_tag(s, GUMBO_TAG_BUTTON, TAG_SCOPE);
		break;
	default:
		break;
	}
	if (at)
		pop_to(s, at - 1);
	if (html_tag_kind[t->tag] & TAG_CLOSES_P) {
		for (size_t i = s->depth; i-- > 0;) {
			GumboTag o = s->open[i].tag;
			if (o == GUMBO_TAG_P) {
				pop_to(s, i);
				break;
			}
			if ((html_tag_kind[o] & TAG_SCOPE) || o == GUMBO_TAG_BUTTON)
				break;
		}
	}
	if (t->tag >= GUMBO_TAG_H1 && t->tag <= GUMBO_TAG_H6 && s->depth &&
	    s->open[s->depth - 1].tag >= GUMBO_TAG_H1 &&
	    s->open[s->depth - 1].tag <= GUMBO_TAG_H6)
		pop_to(s, s->depth - 1);
}

static bool is_table_tag(GumboTag tag)
{
	return tag == GUMBO_TAG_TABLE || is_table_part(tag);
}

/* Within <select>: pop it where the tag ends it. */
static void leave_select(struct html_stack *s, const struct html_tag *t)
{
	size_t at = find_tag(s, GUMBO_TAG_SELECT, 0);
	bool ends = t->tag == GUMBO_TAG_SELECT;

	if (!t->end)
		ends |= t->tag == GUMBO_TAG_INPUT || t->tag == GUMBO_TAG_KEYGEN ||
		        t->tag == GUMBO_TAG_TEXTAREA;
	for (size_t i = 0; i + 1 < at && !ends; i++) /* in a table its parts do, too */
		ends = is_table_tag(t->tag) && s->open[i].tag == GUMBO_TAG_TABLE;
	if (at && ends)
		pop_to(s, at - 1);
}
bool html_stack_start(struct html_stack *s, const struct html_tag *t, bool *ignored)
{
	bool select = in_select(s);

	*ignored = true;
	if (select) {
		leave_select(s, t);
		if (t->tag == GUMBO_TAG_SELECT)
			return true;
		select = in_select(s);
	}
	if (select) { /* where the parser ignores nearly all tags */
		if (t->tag == GUMBO_TAG_OPTION || t->tag == GUMBO_TAG_OPTGROUP)
			close_implied(s, t);
		*ignored = t->tag != GUMBO_TAG_OPTION && t->tag != GUMBO_TAG_OPTGROUP;
		return false;
	}
	*ignored = false;
	if (is_table_part(t->tag)) {
		size_t parent = table_part_parent(s, t->tag);
		if (parent == SIZE_MAX)
			return true;
		if (parent < s->depth)
			pop_to(s, parent);
	}
	close_implied(s, t);
	return false;
}

void html_stack_push(struct html_stack *s, const struct html_tag *t, bool ignored)
{
	struct html_open o = { t->tag, t->name };

	if (ignored)
		o = (struct html_open){ GUMBO_TAG_UNKNOWN, IGNORED };
	s->formatting += is_counted(o.tag);
	s->open[s->depth++] = o;
}

void html_stack_end(struct html_stack *s, const struct html_tag *t)
{
	unsigned k = html_tag_kind[t->tag];
	size_t at;

	if (in_select(s)) {
		leave_select(s, t);
		if (in_select(s)) {
			for (size_t i = s->depth; i-- > 0 && s->open[i].tag != GUMBO_TAG_SELECT;)
				if (s->open[i].tag == t->tag && s->open[i].name == t->name) {
					pop_to(s, i);
					return;
				}
			return;
		}
		if (t->tag == GUMBO_TAG_SELECT)
			return;
	}
	if (k & TAG_FORMATTING) {
		close_formatting(s, t);
		return;
	}
	switch (t->tag) {
	case GUMBO_TAG_HTML:
	case GUMBO_TAG_BODY:
	case GUMBO_TAG_HEAD:
		return;
	case GUMBO_TAG_FORM:
		at = find(s, t, TAG_SCOPE);
		if (at)
			remove_at(s, at - 1);
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
		for (size_t i = s->depth; i-- > 0 && !at;) {
			if (s->open[i].tag == t->tag)
				at = i + 1;
			else if (s->open[i].tag == GUMBO_TAG_TABLE)
				break;
		}
		break;
	case GUMBO_TAG_P:
		at = 0;
		for (size_t i = s->depth; i-- > 0 && !at;) {
			if (s->open[i].tag == GUMBO_TAG_P)
				at = i + 1;
			else if ((html_tag_kind[s->open[i].tag] & TAG_SCOPE) ||
			         s->open[i].tag == GUMBO_TAG_BUTTON)
				break;
		}
		break;
	case GUMBO_TAG_LI:
		at = 0;
		for (size_t i = s->depth; i-- > 0 && !at;) {
			GumboTag o = s->open[i].tag;
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
		for (size_t i = s->depth; i-- > 0 && !at;) {
			if (s->open[i].tag >= GUMBO_TAG_H1 && s->open[i].tag <= GUMBO_TAG_H6)
				at = i + 1;
			else if (html_tag_kind[s->open[i].tag] & TAG_SCOPE)
				break;
		}
		break;
	case GUMBO_TAG_BUTTON:
	case GUMBO_TAG_APPLET:
	case GUMBO_TAG_MARQUEE:
	case GUMBO_TAG_OBJECT:
		at = find(s, t, TAG_SCOPE);
		break;
	default: /* the standard's blocks by scope, "any other end tag" up to a special element */
		at = find(s, t, (k & TAG_CLOSES_P) ? TAG_SCOPE : TAG_SPECIAL);
	}
	if (at)
		pop_to(s, at - 1);
}

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
	INTEGRATION = 256, /* HTML again inside <svg> and <math> */
};

static const uint16_t kind[GUMBO_TAG_LAST] = {
	[GUMBO_TAG_HTML] = SPECIAL | SCOPE,
	[GUMBO_TAG_HEAD] = SPECIAL | BREAKOUT,
	[GUMBO_TAG_BODY] = SPECIAL | BREAKOUT,
	[GUMBO_TAG_TITLE] = SPECIAL | RAW | INTEGRATION,
	[GUMBO_TAG_BASE] = SPECIAL | VOID,
	[GUMBO_TAG_LINK] = SPECIAL | VOID,
	[GUMBO_TAG_META] = SPECIAL | VOID | BREAKOUT,
	[GUMBO_TAG_STYLE] = SPECIAL | RAW,
	[GUMBO_TAG_SCRIPT] = SPECIAL | RAW,
	[GUMBO_TAG_NOSCRIPT] = SPECIAL,
	[GUMBO_TAG_TEMPLATE] = SPECIAL | SCOPE | SWITCH,
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
	[GUMBO_TAG_OBJECT] = SPECIAL | SCOPE,
	[GUMBO_TAG_APPLET] = SPECIAL | SCOPE,
	[GUMBO_TAG_MARQUEE] = SPECIAL | SCOPE,
	[GUMBO_TAG_BUTTON] = SPECIAL,
	[GUMBO_TAG_SELECT] = SPECIAL | SWITCH,
	[GUMBO_TAG_TABLE] = SPECIAL | SCOPE | BREAKOUT,
	[GUMBO_TAG_CAPTION] = SPECIAL | SCOPE,
	[GUMBO_TAG_COLGROUP] = SPECIAL,
	[GUMBO_TAG_TBODY] = SPECIAL,
	[GUMBO_TAG_THEAD] = SPECIAL,
	[GUMBO_TAG_TFOOT] = SPECIAL,
	[GUMBO_TAG_TR] = SPECIAL,
	[GUMBO_TAG_TD] = SPECIAL | SCOPE,
	[GUMBO_TAG_TH] = SPECIAL | SCOPE,
	[GUMBO_TAG_SVG] = SWITCH,
	[GUMBO_TAG_MATH] = SWITCH,
	[GUMBO_TAG_MI] = SPECIAL | SCOPE | INTEGRATION,
	[GUMBO_TAG_MO] = SPECIAL | SCOPE | INTEGRATION,
	[GUMBO_TAG_MN] = SPECIAL | SCOPE | INTEGRATION,
	[GUMBO_TAG_MS] = SPECIAL | SCOPE | INTEGRATION,
	[GUMBO_TAG_MTEXT] = SPECIAL | SCOPE | INTEGRATION,
	[GUMBO_TAG_ANNOTATION_XML] = SPECIAL | SCOPE | INTEGRATION,
	[GUMBO_TAG_FOREIGNOBJECT] = SPECIAL | SCOPE | INTEGRATION,
	[GUMBO_TAG_DESC] = SPECIAL | SCOPE | INTEGRATION,
};

struct open {
	GumboTag tag;
	uint32_t name; /* hash of the name, for tags without a number */
	bool foreign;  /* within <svg> or <math>, and its content too */
};

struct guard {
	struct html_guard limit;
	bool simple;
	char *p;
	size_t n;
	struct open *stack;
	size_t depth;
	size_t formatting;                /* active, at most */
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

static void pop_to(struct guard *g, size_t depth)
{
	g->depth = depth;
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

static bool is_foreign(const struct guard *g)
{
	return g->depth && g->stack[g->depth - 1].foreign;
}

/* Find the topmost of the table parts that a start tag of the same family closes; the search ends
 * at the table. */
static size_t find_table_part(const struct guard *g, GumboTag tag)
{
	for (size_t i = g->depth; i-- > 0;) {
		GumboTag o = g->stack[i].tag;
		bool cell = o == GUMBO_TAG_TD || o == GUMBO_TAG_TH;
		bool section = o == GUMBO_TAG_TBODY || o == GUMBO_TAG_THEAD ||
		               o == GUMBO_TAG_TFOOT || o == GUMBO_TAG_CAPTION ||
		               o == GUMBO_TAG_COLGROUP;

		if (o == GUMBO_TAG_TABLE || o == GUMBO_TAG_TEMPLATE)
			return 0;
		if ((tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) ? cell
		    : tag == GUMBO_TAG_TR                        ? o == GUMBO_TAG_TR
		                                                 : section)
			return i + 1;
	}
	return 0;
}

/* Remove one entry and leave those above it. */
static void remove_at(struct guard *g, size_t i)
{
	memmove(g->stack + i, g->stack + i + 1, (g->depth - i - 1) * sizeof(*g->stack));
	g->depth--;
}

/* The adoption agency, as far as the stack's depth goes: blocks above stay, inline ones go. */
static void close_formatting(struct guard *g, const struct tag *t)
{
	size_t at = find(g, t, SCOPE);

	if (!at)
		return;
	for (size_t i = at; i < g->depth; i++)
		if (kind[g->stack[i].tag] & SPECIAL) {
			remove_at(g, at - 1);
			return;
		}
	pop_to(g, at - 1);
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
	case GUMBO_TAG_OPTION:
	case GUMBO_TAG_OPTGROUP:
		if (g->depth && g->stack[g->depth - 1].tag == GUMBO_TAG_OPTION)
			at = g->depth;
		break;
	case GUMBO_TAG_TD:
	case GUMBO_TAG_TH:
	case GUMBO_TAG_TR:
	case GUMBO_TAG_TBODY:
	case GUMBO_TAG_THEAD:
	case GUMBO_TAG_TFOOT:
	case GUMBO_TAG_CAPTION:
	case GUMBO_TAG_COLGROUP:
		at = find_table_part(g, t->tag);
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

/* The name under which an element takes part in raw text: false inside a <select> (where only
 * <script> and <textarea> count) and inside <svg>. */
static bool is_raw(const struct guard *g, GumboTag tag)
{
	if (!(kind[tag] & RAW) || is_foreign(g))
		return false;
	return tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_TEXTAREA ||
	       !find_tag(g, GUMBO_TAG_SELECT, 0);
}

/* Handle a start tag; true where raw text follows. */
static bool start_tag(struct guard *g, const struct tag *t)
{
	unsigned k = kind[t->tag];

	if (t->tag == GUMBO_TAG_HTML || t->tag == GUMBO_TAG_BODY) {
		if (g->roots++ >= HTML_GUARD_ROOTS)
			take_out(g, t);
		return false;
	}
	if (t->tag == GUMBO_TAG_HEAD)
		return false;
	if (g->simple && (k & SWITCH)) {
		take_out(g, t);
		return false;
	}
	if ((k & FORMATTING) &&
	    ((g->limit.no_formatting && t->tag != GUMBO_TAG_A) ||
	     (t->tag != GUMBO_TAG_A && g->formatting >= HTML_GUARD_FORMATTING))) {
		skip(g, t);
		return false;
	}
	if (is_foreign(g) && (k & BREAKOUT))
		while (is_foreign(g))
			pop_to(g, g->depth - 1);
	bool inside_foreign = is_foreign(g);
	if (!inside_foreign) {
		close_implied(g, t);
		if (k & VOID)
			return false;
		if (is_raw(g, t->tag))
			return true;
	}
	bool foreign = inside_foreign || t->tag == GUMBO_TAG_SVG || t->tag == GUMBO_TAG_MATH;
	if (foreign && t->self_closing)
		return false;
	if (g->depth >= g->limit.depth) {
		skip(g, t);
		return false;
	}
	/* <font> leaves <svg> or stays, by its attributes: counted, and HTML from there on. */
	if ((k & INTEGRATION) || t->tag == GUMBO_TAG_FONT)
		foreign = false;
	if (k & FORMATTING)
		g->formatting += t->tag != GUMBO_TAG_A;
	g->stack[g->depth++] = (struct open){ t->tag, t->name, foreign };
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
	if (g->simple && (k & SWITCH)) {
		take_out(g, t);
		return;
	}
	if (k & FORMATTING) {
		if (t->tag != GUMBO_TAG_A && g->formatting)
			g->formatting--;
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
	default:
		at = find(g, t, (k & SPECIAL) ? SCOPE : SPECIAL);
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

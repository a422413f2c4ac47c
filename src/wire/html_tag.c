/* A reader of tags in one pass and with no memory; the states of the standard's tokenizer that
 * matter for where a tag starts and ends. */
#include "wire/html_tag.h"

#include "base/hash.h"

const uint16_t html_tag_kind[GUMBO_TAG_LAST] = {
	[GUMBO_TAG_HTML] = TAG_SPECIAL | TAG_SCOPE,
	[GUMBO_TAG_HEAD] = TAG_SPECIAL | TAG_BREAKOUT,
	[GUMBO_TAG_BODY] = TAG_SPECIAL | TAG_BREAKOUT,
	[GUMBO_TAG_TITLE] = TAG_SPECIAL | TAG_SCOPE | TAG_RAW | TAG_FOREIGN_HTML,
	[GUMBO_TAG_BASE] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_LINK] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_META] = TAG_SPECIAL | TAG_VOID | TAG_BREAKOUT,
	[GUMBO_TAG_STYLE] = TAG_SPECIAL | TAG_RAW,
	[GUMBO_TAG_SCRIPT] = TAG_SPECIAL | TAG_RAW,
	[GUMBO_TAG_NOSCRIPT] = TAG_SPECIAL,
	[GUMBO_TAG_TEMPLATE] = TAG_WIPED,
	[GUMBO_TAG_ARTICLE] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_SECTION] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_NAV] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_ASIDE] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_H1] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_H2] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_H3] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_H4] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_H5] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_H6] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_HGROUP] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_HEADER] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_FOOTER] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_ADDRESS] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_P] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_HR] = TAG_SPECIAL | TAG_VOID | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_PRE] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_LISTING] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_BLOCKQUOTE] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_OL] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_UL] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_LI] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_DL] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_DT] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_DD] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_DIR] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_FIGURE] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_FIGCAPTION] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_MAIN] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_DIV] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_CENTER] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_DETAILS] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_SUMMARY] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_MENU] = TAG_SPECIAL | TAG_CLOSES_P | TAG_BREAKOUT,
	[GUMBO_TAG_FIELDSET] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_FORM] = TAG_SPECIAL | TAG_CLOSES_P,
	[GUMBO_TAG_A] = TAG_FORMATTING,
	[GUMBO_TAG_B] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_BIG] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_CODE] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_EM] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_FONT] = TAG_FORMATTING,
	[GUMBO_TAG_I] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_NOBR] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_S] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_SMALL] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_STRIKE] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_STRONG] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_TT] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_U] = TAG_FORMATTING | TAG_BREAKOUT,
	[GUMBO_TAG_SPAN] = TAG_BREAKOUT,
	[GUMBO_TAG_SUB] = TAG_BREAKOUT,
	[GUMBO_TAG_SUP] = TAG_BREAKOUT,
	[GUMBO_TAG_VAR] = TAG_BREAKOUT,
	[GUMBO_TAG_RUBY] = TAG_BREAKOUT,
	[GUMBO_TAG_BR] = TAG_SPECIAL | TAG_VOID | TAG_BREAKOUT,
	[GUMBO_TAG_WBR] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_IMAGE] = TAG_VOID,
	[GUMBO_TAG_IMG] = TAG_SPECIAL | TAG_VOID | TAG_BREAKOUT,
	[GUMBO_TAG_EMBED] = TAG_SPECIAL | TAG_VOID | TAG_BREAKOUT,
	[GUMBO_TAG_AREA] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_PARAM] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_SOURCE] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_TRACK] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_INPUT] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_KEYGEN] = TAG_VOID,
	[GUMBO_TAG_BGSOUND] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_BASEFONT] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_COL] = TAG_SPECIAL | TAG_VOID,
	[GUMBO_TAG_FRAME] = TAG_SPECIAL | TAG_TAKEN_OUT,
	[GUMBO_TAG_FRAMESET] = TAG_SPECIAL | TAG_TAKEN_OUT,
	[GUMBO_TAG_IFRAME] = TAG_SPECIAL | TAG_RAW,
	[GUMBO_TAG_NOEMBED] = TAG_SPECIAL | TAG_RAW,
	[GUMBO_TAG_NOFRAMES] = TAG_SPECIAL | TAG_RAW,
	[GUMBO_TAG_XMP] = TAG_SPECIAL | TAG_RAW | TAG_CLOSES_P,
	[GUMBO_TAG_TEXTAREA] = TAG_SPECIAL | TAG_RAW,
	[GUMBO_TAG_PLAINTEXT] = TAG_SPECIAL | TAG_TAKEN_OUT,
	[GUMBO_TAG_ISINDEX] = TAG_SPECIAL | TAG_TAKEN_OUT,
	[GUMBO_TAG_OBJECT] = TAG_SPECIAL | TAG_SCOPE | TAG_MARKER,
	[GUMBO_TAG_APPLET] = TAG_SPECIAL | TAG_SCOPE | TAG_MARKER,
	[GUMBO_TAG_MARQUEE] = TAG_SPECIAL | TAG_SCOPE | TAG_MARKER,
	[GUMBO_TAG_BUTTON] = TAG_SPECIAL,
	[GUMBO_TAG_SELECT] = TAG_SPECIAL,
	[GUMBO_TAG_TABLE] = TAG_SPECIAL | TAG_SCOPE | TAG_BREAKOUT,
	[GUMBO_TAG_CAPTION] = TAG_SPECIAL | TAG_SCOPE | TAG_MARKER,
	[GUMBO_TAG_COLGROUP] = TAG_SPECIAL,
	[GUMBO_TAG_TBODY] = TAG_SPECIAL,
	[GUMBO_TAG_THEAD] = TAG_SPECIAL,
	[GUMBO_TAG_TFOOT] = TAG_SPECIAL,
	[GUMBO_TAG_TR] = TAG_SPECIAL,
	[GUMBO_TAG_TD] = TAG_SPECIAL | TAG_SCOPE | TAG_MARKER,
	[GUMBO_TAG_TH] = TAG_SPECIAL | TAG_SCOPE | TAG_MARKER,
	[GUMBO_TAG_SVG] = TAG_WIPED,
	[GUMBO_TAG_MATH] = TAG_WIPED,
	[GUMBO_TAG_MI] = TAG_FOREIGN_HTML,
	[GUMBO_TAG_MO] = TAG_FOREIGN_HTML,
	[GUMBO_TAG_MN] = TAG_FOREIGN_HTML,
	[GUMBO_TAG_MS] = TAG_FOREIGN_HTML,
	[GUMBO_TAG_MTEXT] = TAG_FOREIGN_HTML,
	[GUMBO_TAG_ANNOTATION_XML] = TAG_FOREIGN_HTML,
	[GUMBO_TAG_FOREIGNOBJECT] = TAG_FOREIGN_HTML,
	[GUMBO_TAG_DESC] = TAG_FOREIGN_HTML,
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

/* Read the tag at html[from], which starts "<x" or "</x". False where it never ends. */
static bool read_tag(struct slice html, size_t most, size_t from, struct html_tag *t)
{
	const char *p = html.p;
	size_t n = html.n, i = from + 1, attributes = 0;

	*t = (struct html_tag){ .from = from };
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
		if (++attributes == most + 1)
			t->more = i;
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
	t->to = i + 1;
	return true;
}

/* Behind the comment, doctype or the like that starts at html[from] ("<!", "<?", "</" and no
 * letter). */
static size_t skip_markup(struct slice html, size_t from)
{
	struct slice rest = slice_sub(html, from, html.n);

	if (!slice_starts(rest, SLICE("<!--"))) {
		size_t at = slice_find(rest, '>');
		return at == rest.n ? html.n : from + at + 1;
	}
	if (slice_starts(rest, SLICE("<!-->")))
		return from + 5;
	if (slice_starts(rest, SLICE("<!--->")))
		return from + 6;
	for (size_t i = from + 4; i < html.n;) {
		const char *dash = memmem(html.p + i, html.n - i, "--", 2);
		if (!dash)
			break;
		i = (size_t)(dash - html.p) + 2;
		while (i < html.n && html.p[i] == '-')
			i++;
		if (i < html.n && html.p[i] == '>')
			return i + 1;
		if (i + 1 < html.n && html.p[i] == '!' && html.p[i + 1] == '>')
			return i + 2;
	}
	return html.n;
}

/* The end tag of the raw text element t, or the end of the document. <script> may hold
 * "<!-- <script> </script> -->" (the standard's double escaped state); the first end tag outside of
 * that counts. */
size_t html_tag_skip_raw(struct slice html, const struct html_tag *t)
{
	struct slice name = slice_str(gumbo_normalized_tagname(t->tag));
	bool escaped = false, twice = false;

	for (size_t i = t->to; i < html.n; i++) {
		if (!escaped) /* only then does a dash mean something */
			i += slice_find(slice_from(html.p + i, html.n - i), '<');
		struct slice rest = slice_from(html.p + i, html.n - i);
		if (!rest.n)
			break;
		if (escaped && rest.p[0] == '-' && slice_starts(rest, SLICE("-->")))
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
	return html.n;
}

bool html_tag_next(struct slice html, size_t attributes, size_t *at, struct html_tag *t)
{
	for (size_t i = *at; i < html.n;) {
		const char *lt = memchr(html.p + i, '<', html.n - i);
		if (!lt)
			break;
		i = (size_t)(lt - html.p);
		char a = i + 1 < html.n ? html.p[i + 1] : '\0', b = i + 2 < html.n ? html.p[i + 2] : '\0';
		if (is_letter(a) || (a == '/' && is_letter(b))) {
			if (!read_tag(html, attributes, i, t))
				break;
			*at = t->to;
			return true;
		}
		i = a == '!' || a == '?' || a == '/' ? skip_markup(html, i) : i + 1;
	}
	*at = html.n;
	return false;
}

size_t html_tag_count(struct slice html)
{
	const char *p = html.p, *end = p + html.n;
	size_t tags = 0;

	if (html.n == 0)
		return 0;
	for (; p < end && (p = memchr(p, '<', (size_t)(end - p))); p++)
		tags += p + 1 < end && is_letter(p[1]);
	return tags;
}


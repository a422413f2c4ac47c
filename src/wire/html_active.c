#include "wire/html_active.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "wire/html_tag.h"

struct reading {
	struct slice html;
	struct arena *a;
	struct html_active *out;
	size_t script_cap, nofollow_cap;
	bool no_memory;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "html: no memory");
}

/* One character reference at s[*at] == '&': the numeric ones, and those that hide in addresses. */
static void put_reference(struct slice s, size_t *at, struct buf *out)
{
	static const struct {
		struct slice name;
		const char *text;
	} named[] = { { { "&amp;", 5 }, "&" },      { { "&lt;", 4 }, "<" },
		      { { "&gt;", 4 }, ">" },       { { "&quot;", 6 }, "\"" },
		      { { "&apos;", 6 }, "'" },     { { "&colon;", 7 }, ":" },
		      { { "&sol;", 5 }, "/" },      { { "&Tab;", 5 }, "\t" },
		      { { "&NewLine;", 9 }, "\n" }, { { "&equals;", 8 }, "=" },
		      { { "&amp", 4 }, "&" } };
	struct slice rest = slice_sub(s, *at, s.n);
	char utf8[4];

	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
		if (slice_starts(rest, named[i].name)) {
			buf_puts(out, named[i].text);
			*at += named[i].name.n;
			return;
		}
	}
	bool hex = rest.n > 2 && ascii_lower(rest.p[2]) == 'x';
	size_t i = hex ? 3 : 2;
	uint32_t c = 0;
	size_t from = i;
	for (; rest.n > 1 && rest.p[1] == '#' && i < rest.n && i < from + 8; i++) {
		char l = ascii_lower(rest.p[i]);
		int d = l >= '0' && l <= '9'          ? l - '0'
		        : hex && l >= 'a' && l <= 'f' ? l - 'a' + 10
		                                      : -1;
		if (d < 0)
			break;
		c = c * (hex ? 16 : 10) + (uint32_t)d;
	}
	if (i == from) {
		buf_putc(out, '&');
		++*at;
		return;
	}
	buf_put(out, slice_from(utf8, utf8_encode(c ? c : UTF8_BAD, utf8)));
	*at += i + (i < rest.n && rest.p[i] == ';');
}

/* The value of an attribute of tag t, decoded; .p NULL where there is none. The first one counts.
 * */
static struct slice attribute(struct reading *r, const struct html_tag *t, const char *name)
{
	struct slice s = slice_sub(r->html, t->from, t->to - 1), want = slice_str(name);
	size_t i = 1;

	while (i < s.n && !ascii_space(s.p[i]) && s.p[i] != '/')
		i++;
	while (i < s.n) {
		while (i < s.n && (ascii_space(s.p[i]) || s.p[i] == '/'))
			i++;
		size_t from = i;
		i += i < s.n;
		while (i < s.n && !ascii_space(s.p[i]) && s.p[i] != '/' && s.p[i] != '=')
			i++;
		struct slice key = slice_sub(s, from, i), value = { "", 0 };
		size_t after = i;
		while (after < s.n && ascii_space(s.p[after]))
			after++;
		if (after < s.n && s.p[after] == '=') {
			i = after + 1;
			while (i < s.n && ascii_space(s.p[i]))
				i++;
			if (i < s.n && (s.p[i] == '"' || s.p[i] == '\'')) {
				struct slice in = slice_sub(s, i + 1, s.n);
				value = slice_sub(in, 0, slice_find(in, s.p[i]));
				i += value.n + 2;
			} else {
				from = i;
				while (i < s.n && !ascii_space(s.p[i]))
					i++;
				value = slice_sub(s, from, i);
			}
		}
		if (!slice_eq_nocase(key, want))
			continue;
		struct buf out = { 0 };
		value = slice_sub(value, 0, HTML_ACTIVE_VALUE);
		for (size_t k = 0; k < value.n;)
			if (value.p[k] == '&')
				put_reference(value, &k, &out);
			else
				buf_putc(&out, value.p[k++]);
		struct slice copy = arena_copy(r->a, slice_trim(buf_slice(&out)));
		r->no_memory |= !buf_ok(&out) || !copy.p;
		buf_release(&out);
		return copy;
	}
	return (struct slice){ 0 };
}

static bool has_word(struct slice list, const char *word)
{
	while (list.n) {
		size_t n = 0;
		while (n < list.n && !ascii_space(list.p[n]))
			n++;
		if (slice_eq_nocase(slice_sub(list, 0, n), slice_str(word)))
			return true;
		list = slice_sub(list, n + 1, list.n);
	}
	return false;
}

static void add(struct reading *r, struct slice **list, size_t *n, size_t *cap, struct slice s)
{
	if (*n >= HTML_ACTIVE_MAX) {
		r->out->cut = true;
		return;
	}
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 16;
		struct slice *grown = arena_array(r->a, more, sizeof(*grown));
		if (!grown) {
			r->no_memory = true;
			return;
		}
		if (*n)
			memcpy(grown, *list, *n * sizeof(*grown));
		*list = grown;
		*cap = more;
	}
	(*list)[(*n)++] = s;
}

/* HTML standard 4.12.1: no type, an empty one, a JavaScript MIME type, or "module". */
static bool is_javascript(struct slice type, bool has_type)
{
	if (!has_type || type.n == 0 || slice_eq_nocase(type, SLICE("module")))
		return true;
	type = slice_trim(slice_sub(type, 0, slice_find(type, ';')));
	return slice_eq_nocase(type, SLICE("text/javascript")) ||
	       slice_eq_nocase(type, SLICE("application/javascript")) ||
	       slice_eq_nocase(type, SLICE("application/x-javascript")) ||
	       slice_eq_nocase(type, SLICE("text/ecmascript")) ||
	       slice_eq_nocase(type, SLICE("application/ecmascript"));
}

static void enter_script(struct reading *r, const struct html_tag *t, size_t end)
{
	struct slice type = attribute(r, t, "type");

	if (!is_javascript(type, type.p != NULL))
		return;
	r->out->scripts++;
	if (!attribute(r, t, "src").p)
		add(r, &r->out->script, &r->out->script_n, &r->script_cap,
		    slice_sub(r->html, t->to, end));
}

static void enter(struct reading *r, const struct html_tag *t)
{
	static const char *const roots[] = { "root",      "app",      "__next",     "__nuxt",
		                             "___gatsby", "main-app", "react-root", NULL };
	struct html_active *out = r->out;
	struct slice rel;

	switch (t->tag) {
	case GUMBO_TAG_META:
		if (!out->has_refresh &&
		    slice_eq_nocase(attribute(r, t, "http-equiv"), SLICE("refresh"))) {
			out->refresh = attribute(r, t, "content");
			out->has_refresh = out->refresh.n > 0;
		}
		break;
	case GUMBO_TAG_LINK:
		rel = attribute(r, t, "rel");
		if (!out->icon.n && has_word(rel, "icon"))
			out->icon = attribute(r, t, "href");
		break;
	case GUMBO_TAG_A:
	case GUMBO_TAG_AREA:
		rel = attribute(r, t, "rel");
		if (has_word(rel, "nofollow"))
			add(r, &out->nofollow, &out->nofollow_n, &r->nofollow_cap,
			    attribute(r, t, "href"));
		break;
	case GUMBO_TAG_BODY:
		if (!out->onload.n)
			out->onload = attribute(r, t, "onload");
		break;
	case GUMBO_TAG_FRAME:
	case GUMBO_TAG_IFRAME: out->has_frame |= attribute(r, t, "src").n > 0; break;
	case GUMBO_TAG_DIV:
		rel = attribute(r, t, "id");
		for (size_t i = 0; rel.n && roots[i]; i++)
			out->root_only |= slice_eq_str(rel, roots[i]);
		break;
	default: break;
	}
}

int html_active_read(struct slice html, struct arena *a, struct html_active *out, struct err *err)
{
	struct html_active active = { 0 };
	struct reading r = { .html = html, .a = a, .out = &active };
	size_t at = 0, asleep = 0;
	struct html_tag t;
	GumboTag until = GUMBO_TAG_UNKNOWN;

	while (!r.no_memory && html_tag_next(html, SIZE_MAX - 1, &at, &t)) {
		if (asleep) {
			if (t.tag == until)
				asleep = t.end ? asleep - 1 : asleep + !t.self_closing;
			if (!t.end && (t.tag == GUMBO_TAG_SCRIPT || t.tag == GUMBO_TAG_STYLE))
				at = html_tag_skip_raw(html, &t);
			continue;
		}
		if (t.end)
			continue;
		if (t.tag == GUMBO_TAG_NOSCRIPT || t.tag == GUMBO_TAG_TEMPLATE ||
		    ((t.tag == GUMBO_TAG_SVG || t.tag == GUMBO_TAG_MATH) && !t.self_closing)) {
			until = t.tag;
			asleep = 1;
			continue;
		}
		enter(&r, &t);
		if (html_tag_kind[t.tag < GUMBO_TAG_LAST ? t.tag : GUMBO_TAG_HTML] & TAG_RAW) {
			size_t end = html_tag_skip_raw(html, &t);
			if (t.tag == GUMBO_TAG_SCRIPT)
				enter_script(&r, &t, end);
			at = end;
		}
	}
	if (r.no_memory)
		return no_memory(err);
	*out = active;
	return 0;
}

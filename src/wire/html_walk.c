/* The tree is walked with a stack of frames; a frame holds what its element hands down: whether it
 * is seen, its role and region, language, place in a table, form. */
#include "wire/html_walk.h"

#include "wire/html_style.h"
#include "wire/page_writer.h"

#include <limits.h>
#include <stdlib.h>

enum {
	TARGET_MAX = 4096,     /* bytes of a link target that are kept */
	DATA_TARGET_MAX = 64,  /* of a data: URL, whose head says what it is */
	SPAN_MAX = 1000,       /* HTML standard: a colspan is at most 1000 */
};

struct frame {
	const GumboNode *node;
	unsigned next; /* child to visit */
	struct page_block like;
	bool pre;
	bool is_block, is_inner, is_hider; /* what to end when it is left */
	size_t table, row; /* frames of the nearest table and row; 0 is the document: none */
	uint32_t rows, columns; /* of a table frame; of a row frame */
};

struct walk {
	struct arena *a;
	struct page_writer w;
	struct page_text *out;
	struct frame *frame;
	size_t n, cap;
	uint32_t tables;
	size_t form_cap, json_cap;
	size_t last_br[2]; /* length of each text at the last <br>, + 1 */
	struct slice og_description;
	bool described, failed;
};

static const GumboVector *children_of(const GumboNode *n)
{
	if (n->type == GUMBO_NODE_DOCUMENT)
		return &n->v.document.children;
	return &n->v.element.children;
}

static bool is_element(const GumboNode *n)
{
	return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE;
}

/* Value of an attribute; .p is NULL where it is absent. */
static struct slice attribute(const GumboNode *n, const char *name)
{
	const GumboAttribute *at = gumbo_get_attribute(&n->v.element.attributes, name);
	return at ? slice_str(at->value) : (struct slice){ NULL, 0 };
}

static bool is(struct slice a, const char *b)
{
	return slice_eq_nocase(a, slice_str(b));
}

static struct slice keep(struct walk *k, struct slice s)
{
	s = slice_trim(s);
	if (s.n == 0)
		return (struct slice){ NULL, 0 };
	struct slice copy = arena_copy(k->a, s);
	if (!copy.p)
		k->failed = true;
	return copy;
}

static struct slice keep_target(struct walk *k, struct slice s)
{
	s = slice_trim(s);
	if (is(slice_sub(s, 0, 5), "data:")) {
		s = slice_sub(s, 0, slice_find(s, ','));
		s = slice_sub(s, 0, DATA_TARGET_MAX);
	}
	return keep(k, slice_sub(s, 0, TARGET_MAX));
}

/* An element whose box starts on its own line (HTML standard, 15.3, "flow content"). */
static bool is_block(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_HTML: case GUMBO_TAG_BODY: case GUMBO_TAG_ARTICLE: case GUMBO_TAG_SECTION:
	case GUMBO_TAG_NAV: case GUMBO_TAG_ASIDE: case GUMBO_TAG_H1: case GUMBO_TAG_H2:
	case GUMBO_TAG_H3: case GUMBO_TAG_H4: case GUMBO_TAG_H5: case GUMBO_TAG_H6:
	case GUMBO_TAG_HGROUP: case GUMBO_TAG_HEADER: case GUMBO_TAG_FOOTER: case GUMBO_TAG_ADDRESS:
	case GUMBO_TAG_P: case GUMBO_TAG_HR: case GUMBO_TAG_PRE: case GUMBO_TAG_BLOCKQUOTE:
	case GUMBO_TAG_OL: case GUMBO_TAG_UL: case GUMBO_TAG_LI: case GUMBO_TAG_DL:
	case GUMBO_TAG_DT: case GUMBO_TAG_DD: case GUMBO_TAG_FIGURE: case GUMBO_TAG_FIGCAPTION:
	case GUMBO_TAG_MAIN: case GUMBO_TAG_DIV: case GUMBO_TAG_TABLE: case GUMBO_TAG_CAPTION:
	case GUMBO_TAG_TBODY: case GUMBO_TAG_THEAD: case GUMBO_TAG_TFOOT: case GUMBO_TAG_TR:
	case GUMBO_TAG_TD: case GUMBO_TAG_TH: case GUMBO_TAG_FORM: case GUMBO_TAG_FIELDSET:
	case GUMBO_TAG_LEGEND: case GUMBO_TAG_LABEL: case GUMBO_TAG_SELECT: case GUMBO_TAG_OPTGROUP:
	case GUMBO_TAG_OPTION: case GUMBO_TAG_TEXTAREA: case GUMBO_TAG_DETAILS:
	case GUMBO_TAG_SUMMARY: case GUMBO_TAG_MENU: case GUMBO_TAG_DIR: case GUMBO_TAG_LISTING:
	case GUMBO_TAG_XMP: case GUMBO_TAG_PLAINTEXT: case GUMBO_TAG_CENTER:
	case GUMBO_TAG_MARQUEE: case GUMBO_TAG_TITLE: case GUMBO_TAG_NOSCRIPT:
	case GUMBO_TAG_DATALIST:
		return true;
	default:
		return false;
	}
}

/* An element of which nothing is text. */
static bool is_left_out(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_STYLE: case GUMBO_TAG_TEMPLATE: case GUMBO_TAG_IFRAME:
	case GUMBO_TAG_OBJECT: case GUMBO_TAG_EMBED: case GUMBO_TAG_NOEMBED:
	case GUMBO_TAG_NOFRAMES: case GUMBO_TAG_AUDIO: case GUMBO_TAG_VIDEO:
	case GUMBO_TAG_CANVAS: case GUMBO_TAG_APPLET:
		return true;
	default:
		return false;
	}
}

static bool hides(const GumboNode *n, GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_HTML: /* scripts reveal a page that is hidden as a whole */
	case GUMBO_TAG_BODY:
		return false;
	case GUMBO_TAG_NOSCRIPT:
	case GUMBO_TAG_DATALIST:
	case GUMBO_TAG_RT: /* reading aids between the characters of a word */
	case GUMBO_TAG_RP:
	case GUMBO_TAG_RTC:
		return true;
	case GUMBO_TAG_UNKNOWN: {
		GumboStringPiece name = n->v.element.original_tag;
		gumbo_tag_from_original_text(&name);
		if (is(slice_from(name.data, name.length), "dialog") && !attribute(n, "open").p)
			return true;
		break;
	}
	default:
		break;
	}
	return attribute(n, "hidden").p || html_style_hides(attribute(n, "style"));
}

static enum block_region region_of(const GumboNode *n, GumboTag tag, enum block_region outer)
{
	struct slice role = attribute(n, "role");

	if (role.n) {
		if (is(role, "banner"))
			return REGION_HEADER;
		if (is(role, "navigation"))
			return REGION_NAV;
		if (is(role, "main"))
			return REGION_MAIN;
		if (is(role, "complementary"))
			return REGION_ASIDE;
		if (is(role, "contentinfo"))
			return REGION_FOOTER;
	}
	switch (tag) {
	case GUMBO_TAG_HEADER: return REGION_HEADER;
	case GUMBO_TAG_NAV: return REGION_NAV;
	case GUMBO_TAG_MAIN:
	case GUMBO_TAG_ARTICLE: return REGION_MAIN;
	case GUMBO_TAG_ASIDE: return REGION_ASIDE;
	case GUMBO_TAG_FOOTER: return REGION_FOOTER;
	default: return outer;
	}
}

/* A whole block of its own with text that is not in the tree (a placeholder, a description). */
static void put_block(struct walk *k, const struct page_block *outer, enum block_role role,
                      struct slice text)
{
	struct page_block like = *outer;

	like.role = role;
	like.level = 0;
	page_writer_break(&k->w, like.hidden);
	page_writer_text(&k->w, &like, text);
	page_writer_break(&k->w, like.hidden);
}

/* An inner span with text that is not in the tree (alt, the value of a button). */
static void put_inner(struct walk *k, const struct page_block *outer, enum block_role role,
                      struct slice text, struct slice target)
{
	struct page_block like = *outer;

	like.role = role;
	like.target = keep_target(k, target);
	page_writer_space(&k->w, like.hidden);
	bool taken = page_writer_begin(&k->w, &like);
	page_writer_text(&k->w, outer, text);
	if (taken)
		page_writer_end(&k->w);
	page_writer_space(&k->w, like.hidden);
}

/* One more element in an arena array that doubles; NULL when there is no memory. */
static void *one_more(struct walk *k, void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	size_t more = *cap ? *cap * 2 : 8;
	void *fresh = arena_array(k->a, more, size);
	if (!fresh) {
		k->failed = true;
		return NULL;
	}
	if (n)
		memcpy(fresh, array, n * size);
	*cap = more;
	return fresh;
}

static void add_form(struct walk *k, const GumboNode *n, struct page_block *like)
{
	struct page_text *out = k->out;
	struct page_form *more = one_more(k, out->form, out->form_n, &k->form_cap, sizeof(*more));

	if (!more)
		return;
	out->form = more;
	out->form[out->form_n++] = (struct page_form){
		.action = keep_target(k, attribute(n, "action")),
		.post = is(slice_trim(attribute(n, "method")), "post"),
		.source = like->source,
	};
	like->form = (uint32_t)out->form_n;
}

/* Whether one of the element's names holds one of the words. */
static bool is_named(const GumboNode *n, const char *const *word)
{
	static const char *const names[] = { "name", "id", "autocomplete" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct slice s = attribute(n, names[i]);
		if (s.n > 256)
			continue;
		for (size_t w = 0; word[w]; w++) {
			struct slice want = slice_str(word[w]);
			for (size_t at = 0; at + want.n <= s.n; at++)
				if (slice_eq_nocase(slice_sub(s, at, at + want.n), want))
					return true;
		}
	}
	return false;
}

static void count_field(struct walk *k, const GumboNode *n, const struct page_block *like,
                        struct slice type)
{
	static const char *const card[] = { "cc-number", "cc-csc", "cardnumber", "card_number",
		"card-number", "ccnum", "cc_num", "creditcard", "credit_card", "credit-card",
		"cardno", "card_no", "cvv", "cvc", NULL };
	static const char *const quantity[] = { "qty", "quantity", "quantite", "menge", "cantidad",
		"suryo", "kosuu", NULL };
	static const char *const email[] = { "email", "e-mail", NULL };

	if (k->out->form_n == 0)
		return;
	/* A form that starts between the rows of a table is empty in the tree: fields behind it and
	 * in no other form are its own. */
	struct page_form *f = &k->out->form[(like->form ? like->form : k->out->form_n) - 1];
	f->has_quantity |= is_named(n, quantity);
	if (is(type, "hidden"))
		return;
	f->fields++;
	f->has_password |= is(type, "password");
	f->has_file |= is(type, "file");
	f->has_email |= is(type, "email") || is_named(n, email);
	f->has_card |= is_named(n, card);
}

static void enter_input(struct walk *k, const GumboNode *n, const struct page_block *like)
{
	struct slice type = slice_trim(attribute(n, "type"));

	if (is(type, "submit") || is(type, "button") || is(type, "reset")) {
		put_inner(k, like, ROLE_BUTTON, attribute(n, "value"), attribute(n, "formaction"));
	} else if (is(type, "image")) {
		k->out->images++;
		put_inner(k, like, ROLE_BUTTON, attribute(n, "alt"), attribute(n, "src"));
	} else {
		count_field(k, n, like, type);
		struct slice placeholder = attribute(n, "placeholder");
		if (placeholder.n && !is(type, "hidden"))
			put_block(k, like, ROLE_FORM_LABEL, placeholder);
	}
}

static void enter_img(struct walk *k, const GumboNode *n, const struct page_block *like)
{
	struct slice src = attribute(n, "src"), lazy = attribute(n, "data-src");

	k->out->images++;
	if (lazy.n && (src.n == 0 || is(slice_sub(src, 0, 5), "data:")))
		src = lazy;
	put_inner(k, like, ROLE_ALT, attribute(n, "alt"), src);
}

static void enter_meta(struct walk *k, const GumboNode *n, const struct page_block *like)
{
	struct slice name = slice_trim(attribute(n, "name")), content = attribute(n, "content");
	struct page_text *out = k->out;

	if (is(name, "description")) {
		if (!k->described && slice_trim(content).n) {
			put_block(k, like, ROLE_META_DESCRIPTION, content);
			k->described = true;
		}
	} else if (is(name, "generator")) {
		if (!out->generator.n)
			out->generator = keep(k, content);
	} else if (is(slice_trim(attribute(n, "property")), "og:description")) {
		if (!k->og_description.n)
			k->og_description = keep(k, content);
	} else if (is(slice_trim(attribute(n, "http-equiv")), "refresh") && !out->refresh.n) {
		/* "5; url=https://…", the URL perhaps in quotes */
		size_t at = 0;
		while (at + 4 <= content.n && !is(slice_sub(content, at, at + 4), "url="))
			at++;
		struct slice url = slice_trim(slice_sub(content, at + 4, content.n));
		if (url.n && (url.p[0] == '"' || url.p[0] == '\''))
			url = slice_sub(url, 1, 1 + slice_find(slice_sub(url, 1, url.n), url.p[0]));
		out->refresh = keep_target(k, url);
	}
}

static void enter_link(struct walk *k, const GumboNode *n)
{
	struct slice rel = slice_trim(attribute(n, "rel"));

	if (is(rel, "canonical") && !k->out->canonical.n)
		k->out->canonical = keep_target(k, attribute(n, "href"));
}

static void enter_script(struct walk *k, const GumboNode *n)
{
	struct slice type = slice_trim(attribute(n, "type"));
	struct page_text *out = k->out;

	if (!is(slice_trim(slice_sub(type, 0, slice_find(type, ';'))), "application/ld+json"))
		return;
	const GumboVector *children = &n->v.element.children;
	struct slice body = { NULL, 0 };
	if (children->length) {
		const GumboNode *text = children->data[0];
		if (text->type == GUMBO_NODE_TEXT || text->type == GUMBO_NODE_WHITESPACE)
			body = keep(k, slice_str(text->v.text.text));
	}
	struct slice *more = one_more(k, out->json_ld, out->json_ld_n, &k->json_cap, sizeof(*more));
	if (!more)
		return;
	out->json_ld = more;
	out->json_ld[out->json_ld_n++] = body;
}

static void enter_br(struct walk *k, bool hidden)
{
	size_t at = k->w.stream[hidden].text->n + 1;

	if (k->last_br[hidden] == at)
		page_writer_break(&k->w, hidden);
	else
		page_writer_space(&k->w, hidden);
	k->last_br[hidden] = at;
}

/* "<!-- saved from url=(0023)https://shop.example/ -->", as browsers write it, and SingleFile's
 * "Page saved with SingleFile ... url: https://shop.example/". */
static void enter_comment(struct walk *k, struct slice s)
{
	struct slice ie = SLICE("saved from url=("), single = SLICE("Page saved with SingleFile");
	struct slice url = SLICE("url:");
	size_t end = 0;

	s = slice_trim(s);
	if (!s.p || k->out->saved_from.n)
		return;
	if (slice_starts(s, ie)) {
		s = slice_sub(s, ie.n, s.n);
		s = slice_sub(s, slice_find(s, ')') + 1, s.n);
	} else if (slice_starts(s, single)) {
		s = slice_trim(slice_sub(s, slice_find_slice(s, url) + url.n, s.n));
	} else {
		return;
	}
	while (end < s.n && !ascii_space(s.p[end]))
		end++;
	s = slice_sub(s, 0, end);
	if (is(slice_sub(s, 0, 7), "http://") || is(slice_sub(s, 0, 8), "https://"))
		k->out->saved_from = keep_target(k, s);
}

static void enter_text(struct walk *k, const struct frame *f, const GumboNode *n)
{
	struct slice text = slice_str(n->v.text.text), line;
	struct page_block like = f->like;

	like.source = (uint32_t)n->v.text.start_pos.offset;
	if (!f->pre) {
		page_writer_text(&k->w, &like, text);
		return;
	}
	for (bool first = true; slice_cut(&text, '\n', &line); first = false) {
		if (!first)
			page_writer_break(&k->w, like.hidden);
		page_writer_text(&k->w, &like, line);
	}
	if (n->v.text.text[0] && n->v.text.text[strlen(n->v.text.text) - 1] == '\n')
		page_writer_break(&k->w, like.hidden);
}

/* Set the role that the element's own text has, its level, and its place in a table. */
static void set_role(struct walk *k, const GumboNode *n, GumboTag tag, struct frame *f)
{
	struct page_block *like = &f->like;
	struct slice role = attribute(n, "role");

	switch (tag) {
	case GUMBO_TAG_TITLE:
		like->role = ROLE_TITLE;
		break;
	case GUMBO_TAG_H1: case GUMBO_TAG_H2: case GUMBO_TAG_H3:
	case GUMBO_TAG_H4: case GUMBO_TAG_H5: case GUMBO_TAG_H6:
		like->role = ROLE_HEADING;
		like->level = (uint8_t)(tag - GUMBO_TAG_H1 + 1);
		break;
	case GUMBO_TAG_LI: case GUMBO_TAG_DT: case GUMBO_TAG_DD:
		like->role = ROLE_LIST_ITEM;
		like->level = 0;
		break;
	case GUMBO_TAG_TABLE:
		like->table = ++k->tables;
		like->row = like->column = 0;
		like->role = ROLE_PARAGRAPH;
		like->level = 0;
		f->table = k->n;
		f->row = 0;
		break;
	case GUMBO_TAG_TR:
		like->row = ++k->frame[f->table].rows;
		f->row = k->n;
		break;
	case GUMBO_TAG_TD: case GUMBO_TAG_TH: {
		uint32_t *columns = &k->frame[f->row].columns;
		struct slice span = attribute(n, "colspan");
		uint32_t wide = 0;
		for (size_t i = 0; i < span.n && i < 4 && span.p[i] >= '0' && span.p[i] <= '9'; i++)
			wide = wide * 10 + (uint32_t)(span.p[i] - '0');
		like->role = ROLE_TABLE_CELL;
		like->level = 0;
		like->column = *columns + 1;
		*columns += wide < 1 ? 1 : wide > SPAN_MAX ? SPAN_MAX : wide;
		break;
	}
	case GUMBO_TAG_CAPTION:
		like->role = ROLE_TABLE_CELL;
		break;
	case GUMBO_TAG_LABEL: case GUMBO_TAG_LEGEND:
		like->role = ROLE_FORM_LABEL;
		like->level = 0;
		break;
	case GUMBO_TAG_OPTION:
		like->role = ROLE_OPTION;
		like->level = 0;
		break;
	default:
		if (is(role, "heading")) {
			struct slice level = attribute(n, "aria-level");
			like->role = ROLE_HEADING;
			like->level = level.n == 1 && level.p[0] >= '1' && level.p[0] <= '6'
			                  ? (uint8_t)(level.p[0] - '0') : 2;
			f->is_block = true;
		} else if (is(role, "listitem")) {
			like->role = ROLE_LIST_ITEM;
			f->is_block = true;
		}
	}
}

/* Begin the inner span of a link or a button. */
static void enter_inner(struct walk *k, const GumboNode *n, GumboTag tag, struct frame *f)
{
	struct page_block like = f->like;
	struct slice href = attribute(n, "href");

	if ((tag == GUMBO_TAG_A || tag == GUMBO_TAG_AREA) && href.p) {
		like.role = ROLE_LINK;
		like.target = keep_target(k, href);
	} else if (tag == GUMBO_TAG_BUTTON || is(attribute(n, "role"), "button")) {
		like.role = ROLE_BUTTON;
		like.target = keep_target(k, attribute(n, "formaction"));
	} else {
		return;
	}
	f->is_inner = page_writer_begin(&k->w, &like);
}

/* Elements that are done where they start: true, and their content is not visited. */
static bool enter_leaf(struct walk *k, const GumboNode *n, GumboTag tag,
                       const struct page_block *like)
{
	switch (tag) {
	case GUMBO_TAG_SCRIPT: enter_script(k, n); return true;
	case GUMBO_TAG_META: enter_meta(k, n, like); return true;
	case GUMBO_TAG_LINK: enter_link(k, n); return true;
	case GUMBO_TAG_INPUT: enter_input(k, n, like); return true;
	case GUMBO_TAG_IMG: enter_img(k, n, like); return true;
	case GUMBO_TAG_BR: enter_br(k, like->hidden); return true;
	case GUMBO_TAG_BASE:
		if (!k->out->base.n)
			k->out->base = keep_target(k, attribute(n, "href"));
		return true;
	default: return is_left_out(tag);
	}
}

static void enter_element(struct walk *k, const GumboNode *n, struct frame *f)
{
	GumboTag tag = n->v.element.tag;
	struct slice lang = attribute(n, "lang");
	bool was_hidden = f->like.hidden;

	f->like.source = (uint32_t)n->v.element.start_pos.offset;
	f->like.hidden |= hides(n, tag);
	f->is_hider = f->like.hidden && !was_hidden;
	if (lang.n)
		f->like.lang = keep(k, lang);
	if (tag == GUMBO_TAG_HTML && !k->out->lang.n)
		k->out->lang = f->like.lang;
	f->like.region = region_of(n, tag, f->like.region);
	if (f->is_hider)
		page_writer_break(&k->w, true);
	if (enter_leaf(k, n, tag, &f->like)) {
		f->next = UINT_MAX;
		return;
	}
	f->is_block = is_block(tag);
	f->pre |= tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_TEXTAREA || tag == GUMBO_TAG_XMP ||
	          tag == GUMBO_TAG_LISTING || tag == GUMBO_TAG_PLAINTEXT;
	set_role(k, n, tag, f);
	if (f->is_block)
		page_writer_break(&k->w, f->like.hidden);
	if (tag == GUMBO_TAG_FORM)
		add_form(k, n, &f->like);
	else if (tag == GUMBO_TAG_SELECT || tag == GUMBO_TAG_TEXTAREA)
		count_field(k, n, &f->like, (struct slice){ NULL, 0 });
	if (tag == GUMBO_TAG_TEXTAREA && attribute(n, "placeholder").n)
		put_block(k, &f->like, ROLE_FORM_LABEL, attribute(n, "placeholder"));
	enter_inner(k, n, tag, f);
}

static void leave(struct walk *k, const struct frame *f)
{
	if (f->is_inner)
		page_writer_end(&k->w);
	if (f->is_block || f->is_hider)
		page_writer_break(&k->w, f->like.hidden);
	if (is_element(f->node) && f->node->v.element.tag == GUMBO_TAG_HEAD && !k->described &&
	    k->og_description.n) {
		put_block(k, &f->like, ROLE_META_DESCRIPTION, k->og_description);
		k->described = true;
	}
}

/* Visit a node under the top frame; an element gets a frame of its own. */
static void enter(struct walk *k, const GumboNode *n)
{
	const struct frame *top = &k->frame[k->n - 1];

	if (n->type == GUMBO_NODE_COMMENT) {
		enter_comment(k, slice_str(n->v.text.text));
	} else if (!is_element(n)) {
		enter_text(k, top, n);
	} else {
		if (k->n == k->cap) {
			struct frame *more = reallocarray(k->frame, k->cap * 2, sizeof(*more));
			if (!more) {
				k->failed = true;
				return;
			}
			k->frame = more;
			k->cap *= 2;
		}
		struct frame f = k->frame[k->n - 1];
		f.node = n;
		f.next = 0;
		f.is_block = f.is_inner = f.is_hider = false;
		f.rows = f.columns = 0;
		enter_element(k, n, &f);
		k->frame[k->n++] = f;
		if (k->n - 1 > k->out->depth)
			k->out->depth = k->n - 1;
	}
}

/* The title and description as views into the text. */
static void set_views(struct page_text *out)
{
	for (size_t i = 0; i < out->block_n; i++) {
		const struct page_block *b = &out->block[i];
		if (b->hidden)
			continue;
		if (b->role == ROLE_TITLE && !out->title.n)
			out->title = page_block_text(out, b);
		if (b->role == ROLE_META_DESCRIPTION && !out->description.n)
			out->description = page_block_text(out, b);
	}
}

int html_walk(const GumboNode *document, struct arena *a, struct page_text *out, struct err *err)
{
	struct buf seen = { 0 }, hidden = { 0 };
	struct walk k = { .a = a, .out = out, .cap = 64, .n = 1 };
	int rc = ERR_NOMEM;

	page_writer_init(&k.w, a, &seen, &hidden);
	k.frame = calloc(k.cap, sizeof(*k.frame));
	if (k.frame)
		k.frame[0] = (struct frame){ .node = document };
	else
		k.failed = true;
	while (k.n && !k.failed && !k.w.failed) {
		struct frame *top = &k.frame[k.n - 1];
		const GumboVector *children = children_of(top->node);
		if (top->next < children->length) {
			enter(&k, children->data[top->next++]);
		} else {
			leave(&k, top);
			k.n--;
		}
	}
	rc = page_writer_finish(&k.w, out, err);
	if (rc == 0 && k.failed)
		rc = err_set(err, ERR_NOMEM, 0, "html: no memory");
	if (rc == 0)
		set_views(out);
	free(k.frame);
	buf_release(&seen);
	buf_release(&hidden);
	return rc;
}

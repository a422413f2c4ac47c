/* The tree is walked with a stack of frames; a frame holds what its element hands down: whether it
 * is seen, its role and region, language, place in a table, form. */
#include "wire/html_walk.h"

#include "wire/html_colour.h"
#include "wire/html_element.h"
#include "wire/html_page.h"
#include "wire/page_language.h"

#include <limits.h>
#include <stdlib.h>

enum {
	SPAN_MAX = 1000, /* HTML standard: a colspan is at most 1000 */
};

struct frame {
	const GumboNode *node;
	unsigned next; /* child to visit */
	struct page_block like;
	bool gone; /* hidden with all it holds; colours hide text alone */
	struct html_colours colours;
	bool pre;
	bool reversed; /* text is shown from right to left, letter by letter */
	bool is_block, is_inner, is_hider; /* what to end when it is left */
	size_t table, row; /* frames of the nearest table and row; 0 is the document: none */
	uint32_t item; /* thing that its content stands in; ITEM_NONE */
	uint32_t rows, columns; /* of a table frame; of a row frame */
};

struct walk {
	struct html_page page;
	struct frame *frame;
	size_t n, cap;
	uint32_t tables;
	size_t last_br[2]; /* length of each text at the last <br>, + 1 */
};

static void enter_img(struct walk *k, const GumboNode *n, const struct page_block *like)
{
	struct slice src = html_attribute(n, "src"), lazy = html_attribute(n, "data-src");

	k->page.out->images++;
	if (lazy.n && (src.n == 0 || html_is(slice_sub(src, 0, 5), "data:")))
		src = lazy;
	html_put_inner(&k->page, like, ROLE_ALT, html_attribute(n, "alt"), src);
}

static void enter_br(struct walk *k, bool hidden)
{
	size_t at = k->page.w.stream[hidden].text->n + 1;

	if (k->last_br[hidden] == at)
		page_writer_break(&k->page.w, hidden);
	else
		page_writer_space(&k->page.w, hidden);
	k->last_br[hidden] = at;
}

static void enter_text(struct walk *k, const struct frame *f, const GumboNode *n)
{
	struct slice text = slice_str(n->v.text.text), line;
	struct page_block like = f->like;

	like.source = html_cut_origin(k->page.cuts, n->v.text.start_pos.offset);
	if (f->reversed && slice_trim(text).n) {
		page_writer_text(&k->page.w, &like, SLICE("\xe2\x80\xae"));
		page_writer_text(&k->page.w, &like, text);
		page_writer_text(&k->page.w, &like, SLICE("\xe2\x80\xac"));
		return;
	}
	if (!f->pre) {
		page_writer_text(&k->page.w, &like, text);
		return;
	}
	for (bool first = true; slice_cut(&text, '\n', &line); first = false) {
		if (!first)
			page_writer_break(&k->page.w, like.hidden);
		page_writer_text(&k->page.w, &like, line);
	}
	if (n->v.text.text[0] && n->v.text.text[strlen(n->v.text.text) - 1] == '\n')
		page_writer_break(&k->page.w, like.hidden);
}

/* Set the role that the element's own text has, its level, and its place in a table. */
static void set_role(struct walk *k, const GumboNode *n, GumboTag tag, struct frame *f)
{
	struct page_block *like = &f->like;
	struct slice role = html_attribute(n, "role");

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
		struct slice span = html_attribute(n, "colspan");
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
		if (html_is(role, "heading")) {
			struct slice level = html_attribute(n, "aria-level");
			like->role = ROLE_HEADING;
			like->level = level.n == 1 && level.p[0] >= '1' && level.p[0] <= '6'
			                  ? (uint8_t)(level.p[0] - '0') : 2;
			f->is_block = true;
		} else if (html_is(role, "listitem")) {
			like->role = ROLE_LIST_ITEM;
			f->is_block = true;
		}
	}
}

/* Begin the inner span of a link or a button. */
static void enter_inner(struct walk *k, const GumboNode *n, GumboTag tag, struct frame *f)
{
	struct page_block like = f->like;
	struct slice href = html_attribute(n, "href");

	if ((tag == GUMBO_TAG_A || tag == GUMBO_TAG_AREA) && href.p) {
		like.role = ROLE_LINK;
		like.target = html_keep_target(&k->page, href);
	} else if (tag == GUMBO_TAG_BUTTON || html_is(html_attribute(n, "role"), "button")) {
		like.role = ROLE_BUTTON;
		like.target = html_keep_target(&k->page, html_attribute(n, "formaction"));
	} else {
		return;
	}
	f->is_inner = page_writer_begin(&k->page.w, &like);
}

/* Elements that are done where they start: true, and their content is not visited. */
static bool enter_leaf(struct walk *k, const GumboNode *n, GumboTag tag,
                       const struct page_block *like)
{
	switch (tag) {
	case GUMBO_TAG_SCRIPT: html_enter_script(&k->page, n); return true;
	case GUMBO_TAG_META: html_enter_meta(&k->page, n, like); return true;
	case GUMBO_TAG_LINK: html_enter_link(&k->page, n); return true;
	case GUMBO_TAG_INPUT: html_enter_input(&k->page, n, like); return true;
	case GUMBO_TAG_IMG: enter_img(k, n, like); return true;
	case GUMBO_TAG_BR: enter_br(k, like->hidden); return true;
	case GUMBO_TAG_BASE:
		if (!k->page.out->base.n)
			k->page.out->base = html_keep_target(&k->page, html_attribute(n, "href"));
		return true;
	default: return html_is_left_out(tag);
	}
}

static void enter_element(struct walk *k, const GumboNode *n, struct frame *f)
{
	GumboTag tag = n->v.element.tag;
	struct slice lang = html_attribute(n, "lang");
	bool was_hidden = f->like.hidden;

	f->like.source = html_cut_origin(k->page.cuts, n->v.element.start_pos.offset);
	f->gone |= html_hides(n, tag);
	f->like.hidden = html_colours_enter(n, tag, &f->colours) || f->gone;
	f->is_hider = f->like.hidden && !was_hidden;
	f->reversed |= html_is_reversed(n, tag);
	if (lang.n)
		f->like.lang = html_keep(&k->page, lang);
	if (tag == GUMBO_TAG_HTML && !k->page.out->lang.n)
		k->page.out->lang = f->like.lang;
	f->like.region = html_region(n, tag, f->like.region);
	if (f->is_hider)
		page_writer_break(&k->page.w, true);
	html_enter_item(&k->page, n, &f->item);
	if (enter_leaf(k, n, tag, &f->like)) {
		f->next = UINT_MAX;
		return;
	}
	f->is_block = html_is_block(tag);
	f->pre |= tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_TEXTAREA || tag == GUMBO_TAG_XMP ||
	          tag == GUMBO_TAG_LISTING || tag == GUMBO_TAG_PLAINTEXT;
	set_role(k, n, tag, f);
	if (f->is_block)
		page_writer_break(&k->page.w, f->like.hidden);
	if (tag == GUMBO_TAG_FORM)
		html_add_form(&k->page, n, &f->like);
	else if (tag == GUMBO_TAG_SELECT || tag == GUMBO_TAG_TEXTAREA)
		html_count_field(&k->page, n, &f->like, (struct slice){ NULL, 0 });
	if (tag == GUMBO_TAG_TEXTAREA && html_attribute(n, "placeholder").n)
		html_put_block(&k->page, &f->like, ROLE_FORM_LABEL,
		               html_attribute(n, "placeholder"));
	enter_inner(k, n, tag, f);
}

static void leave(struct walk *k, const struct frame *f)
{
	if (f->is_inner)
		page_writer_end(&k->page.w);
	if (f->is_block || f->is_hider)
		page_writer_break(&k->page.w, f->like.hidden);
	if (html_is_element(f->node) && f->node->v.element.tag == GUMBO_TAG_HEAD &&
	    !k->page.described && k->page.og_description.n) {
		html_put_block(&k->page, &f->like, ROLE_META_DESCRIPTION, k->page.og_description);
		k->page.described = true;
	}
}

/* Visit a node under the top frame; an element gets a frame of its own. */
static void enter(struct walk *k, const GumboNode *n)
{
	const struct frame *top = &k->frame[k->n - 1];

	if (n->type == GUMBO_NODE_COMMENT) {
		html_enter_comment(&k->page, slice_str(n->v.text.text));
	} else if (!html_is_element(n)) {
		enter_text(k, top, n);
	} else {
		if (k->n == k->cap) {
			struct frame *more = reallocarray(k->frame, k->cap * 2, sizeof(*more));
			if (!more) {
				k->page.failed = true;
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
		if (k->n - 1 > k->page.out->depth)
			k->page.out->depth = k->n - 1;
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

int html_walk(const GumboNode *document, struct slice html, const struct html_cuts *cuts,
              struct arena *a, struct page_text *out, struct err *err)
{
	struct buf seen = { 0 }, hidden = { 0 };
	struct walk k = {
		.page = { .a = a, .html = html, .cuts = cuts, .items = { .a = a }, .out = out },
		.cap = 64,
		.n = 1,
	};
	int rc = ERR_NOMEM;

	page_writer_init(&k.page.w, a, &seen, &hidden);
	k.frame = calloc(k.cap, sizeof(*k.frame));
	if (k.frame)
		k.frame[0] = (struct frame){
			.node = document,
			.item = ITEM_NONE,
			.colours = { HTML_COLOUR_UNKNOWN, HTML_COLOUR_UNKNOWN },
		};
	else
		k.page.failed = true;
	while (k.n && !k.page.failed && !k.page.w.failed) {
		struct frame *top = &k.frame[k.n - 1];
		const GumboVector *children = html_children(top->node);
		if (top->next < children->length) {
			enter(&k, children->data[top->next++]);
		} else {
			leave(&k, top);
			k.n--;
		}
	}
	rc = page_writer_finish(&k.page.w, out, err);
	int items = item_list_finish(&k.page.items, out, rc == 0 ? err : NULL);
	if (rc == 0)
		rc = items;
	if (rc == 0 && k.page.failed)
		rc = err_set(err, ERR_NOMEM, 0, "html: no memory");
	if (rc == 0) {
		set_views(out);
		page_languages(out);
	}
	free(k.frame);
	buf_release(&seen);
	buf_release(&hidden);
	return rc;
}

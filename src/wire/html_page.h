/* The page while its tree is walked: where text, targets and lists go. Shared by html_*.c alone.
 *
 *   owns    nothing: memory is the arena's, text the writer's
 *   errors  failures of memory are kept in .failed and asked once, at the end */
#ifndef WIRE_HTML_PAGE_H
#define WIRE_HTML_PAGE_H

#include "wire/html_cut.h"
#include "wire/item.h"
#include "wire/page_writer.h"

#include <gumbo.h>

struct html_page {
	struct arena *a;
	struct slice html; /* what the tree was built from; its original_ pieces are views into it */
	const struct html_cuts *cuts; /* what was cut out of the document for it */
	struct page_writer w;
	struct item_list items;
	struct page_text *out;
	size_t form_cap, json_cap;
	struct slice og_description;
	bool described; /* a description has been put */
	bool failed;
};

/* A trimmed copy; .p is NULL where nothing is left. */
struct slice html_keep(struct html_page *k, struct slice s);

/* The same of a URL, cut at a length that no link needs. */
struct slice html_keep_target(struct html_page *k, struct slice s);

/* A whole block of its own with text that is not in the tree (a placeholder, a description). */
void html_put_block(struct html_page *k, const struct page_block *outer, enum block_role role,
                    struct slice text);

/* An inner span with text that is not in the tree (alt, the value of a button). */
void html_put_inner(struct html_page *k, const struct page_block *outer, enum block_role role,
                    struct slice text, struct slice target);

/* One more element in an arena array that doubles; NULL when there is no memory. */
void *html_one_more(struct html_page *k, void *array, size_t n, size_t *cap, size_t size);

/* html_form.c: begin a form, whose number goes to like; one control of it (type empty for <select>
 * and <textarea>); an <input>, which is a control, a button, or both. */
void html_add_form(struct html_page *k, const GumboNode *n, struct page_block *like);
void html_count_field(struct html_page *k, const GumboNode *n, const struct page_block *like,
                      struct slice type);
void html_enter_input(struct html_page *k, const GumboNode *n, const struct page_block *like);

/* html_head.c: what <meta>, <link>, <script> and comments say of the page. */
void html_enter_meta(struct html_page *k, const GumboNode *n, const struct page_block *like);
void html_enter_link(struct html_page *k, const GumboNode *n);
void html_enter_script(struct html_page *k, const GumboNode *n);
void html_enter_comment(struct html_page *k, struct slice s);

/* html_item.c: what the element states as data. item is the thing that the element stands in, or
 * ITEM_NONE; it becomes the thing that its content stands in. */
void html_enter_item(struct html_page *k, const GumboNode *n, uint32_t *item);
void html_enter_meta_item(struct html_page *k, const GumboNode *n);
void html_enter_json_ld(struct html_page *k, const GumboNode *script);

#endif

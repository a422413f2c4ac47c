/* What the HTML standard says of one element of gumbo's tree: whether its box is a block, whether it
 * holds text, whether it is hidden, which part of the page it begins. Shared by html_*.c alone.
 *
 *   source  HTML standard (html.spec.whatwg.org), 15.3 "flow content" and 15.3.1 "hidden elements"
 *   owns    nothing: values of attributes lie in the tree */
#ifndef WIRE_HTML_ELEMENT_H
#define WIRE_HTML_ELEMENT_H

#include "wire/page.h"

#include <gumbo.h>

static inline bool html_is_element(const GumboNode *n)
{
	return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE;
}

/* Of an element or the document. */
static inline const GumboVector *html_children(const GumboNode *n)
{
	if (n->type == GUMBO_NODE_DOCUMENT)
		return &n->v.document.children;
	return &n->v.element.children;
}

/* Value of an attribute; .p is NULL where it is absent. */
static inline struct slice html_attribute(const GumboNode *n, const char *name)
{
	const GumboAttribute *at = gumbo_get_attribute(&n->v.element.attributes, name);
	return at ? slice_str(at->value) : (struct slice){ NULL, 0 };
}

/* Whether a is the keyword, in any ASCII case. */
static inline bool html_is(struct slice a, const char *keyword)
{
	return slice_eq_nocase(a, slice_str(keyword));
}

/* An element whose box starts on its own line. */
bool html_is_block(GumboTag tag);

/* An element of which nothing is text. */
bool html_is_left_out(GumboTag tag);

/* Whether a visitor sees nothing of the element: by what it is, the hidden attribute, its style. */
bool html_hides(const GumboNode *n, GumboTag tag);

/* Whether the letters of its text are written backwards: <bdo dir=rtl>, or by its style. */
bool html_is_reversed(const GumboNode *n, GumboTag tag);

/* The region of the element's content; outer is that of its parent. */
enum block_region html_region(const GumboNode *n, GumboTag tag, enum block_region outer);

#endif

/* A model of the parser's stack of open elements, at least as deep as the parser's. Shared by
 * html_guard.c and html_stack.c alone.
 *
 *   source  HTML standard, 13.2.4.2 (the stack of open elements) and 13.2.6 (tree construction)
 *   owns    nothing: open is the caller's, with room for as many elements as it pushes */
#ifndef WIRE_HTML_STACK_H
#define WIRE_HTML_STACK_H

#include "wire/html_tag.h"

struct html_open {
	GumboTag tag;
	uint32_t name; /* hash of the name, for tags without a number; it is odd */
};

struct html_stack {
	struct html_open *open;
	size_t depth;
	size_t formatting; /* formatting elements on the stack other than <a> */
	uint32_t skipped[GUMBO_TAG_LAST]; /* start tags taken out whose end tag is to come; forgotten
	                                     when an element is popped */
	size_t skipped_n;
};

/* Pop what a start tag ends. True where the parser ignores the tag itself; *ignored says whether it
 * most likely ignores it, and what it would open, for being in a <select>. */
bool html_stack_start(struct html_stack *s, const struct html_tag *t, bool *ignored);

/* Push the element of a start tag. */
void html_stack_push(struct html_stack *s, const struct html_tag *t, bool ignored);

/* Pop what an end tag ends. */
void html_stack_end(struct html_stack *s, const struct html_tag *t);

#endif

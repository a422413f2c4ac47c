/* The tags of a document as a tokenizer sees them, and what HTML says of each element. Shared by
 * html_guard.c, html_stack.c, html_tag.c and html_active.c alone.
 *
 *   source  HTML standard, 13.2.5 (tokenization) and 13.2.4.2 (the stack of open elements)
 *
 * Elements are gumbo's tag numbers; names that gumbo does not know share one number and are told
 * apart by a hash. */
#ifndef WIRE_HTML_TAG_H
#define WIRE_HTML_TAG_H

#include "base/slice.h"

#include <gumbo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TAG_VOID = 1,        /* has no content */
	TAG_SPECIAL = 2,     /* the standard's category: stops the search for other end tags */
	TAG_SCOPE = 4,       /* bounds "has an element in scope" */
	TAG_FORMATTING = 8,  /* goes to the list of active formatting elements */
	TAG_CLOSES_P = 16,   /* its start tag closes a <p> */
	TAG_RAW = 32,        /* its content is text up to its end tag */
	TAG_WIPED = 64,      /* taken out with all it holds: none of it is text */
	TAG_TAKEN_OUT = 128, /* taken out, and its content stays */
	TAG_BREAKOUT = 256,  /* its start tag leaves <svg> and <math> */
	TAG_FOREIGN_HTML = 512, /* in <svg> or <math>, its content is HTML again */
	TAG_MARKER = 1024,   /* closing it forgets the formatting elements opened in it */
};

/* Bits of the above for each element. */
extern const uint16_t html_tag_kind[GUMBO_TAG_LAST];

/* One tag, html[from..to). */
struct html_tag {
	size_t from, to;
	size_t more; /* where its attributes go on beyond the number asked for; 0: they do not */
	GumboTag tag;
	uint32_t name; /* hash of the name, odd, for tags without a number; else 0 */
	bool end, self_closing;
};

/* The next tag from html[*at] on, past comments and the like; *at moves behind it. False at the
 * end, and where a tag never ends (the parser drops that). */
bool html_tag_next(struct slice html, size_t attributes, size_t *at, struct html_tag *t);

/* Behind the start tag t of a raw text element: the offset of its end tag, or the end. */
size_t html_tag_skip_raw(struct slice html, const struct html_tag *t);

/* Start tags, roughly: every '<' with a letter behind it. */
size_t html_tag_count(struct slice html);

#endif

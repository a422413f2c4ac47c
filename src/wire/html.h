/* HTML as it came over the wire -> the text a visitor sees.
 *
 *   source   HTML standard (html.spec.whatwg.org): "determining the character encoding" and the
 *            tree that a conforming parser builds (doc/decision/0002-html-parser.md)
 *   in       the body bytes, content coding undone; any charset, any damage
 *   out      struct page_text (wire/page.h)
 *
 * What counts as text: what a visitor sees, in the order in which it is shown (page_order.h).
 * <script>, <style>, <template>, comments and the insides of <svg>, <iframe>, <object> fall out.
 * What the markup hides goes to the hidden text: the hidden attribute, <noscript>, <input
 * type=hidden> not at all; in a style attribute display:none, visibility:hidden, font-size below
 * 2px, opacity:0, positions or indents of 900px and more off the screen; the colour of the
 * background where both are known (html_colour.h). Style sheets are not read: a class that hides is
 * seen as text.
 *
 * Never fails on damaged markup. Bounded: linear in the input, nesting capped before the parser. */
#ifndef WIRE_HTML_H
#define WIRE_HTML_H

#include "wire/page.h"

struct html_limits {
	size_t bytes;   /* longest document, as received and as UTF-8; 0: HTML_BYTES */
	unsigned depth; /* deepest nesting that reaches the parser; 0: HTML_DEPTH */
};

enum { HTML_BYTES = 16 << 20, HTML_DEPTH = 256 };

/* Read a document.
 *
 *   bytes         as received
 *   content_type  value of the HTTP Content-Type header, whose charset counts; may be empty
 *   limits        NULL: the defaults
 *   a             holds all that out points to
 *   out           filled on success, untouched on failure
 *   return        0; ERR_SYNTAX where the bytes are no HTML but an image, a PDF, an archive, or
 *                 mostly control characters; ERR_LIMIT above limits->bytes; ERR_NOMEM
 *
 * Tags that open beyond limits->depth, and the tags that close them, are taken out before the
 * parser; their text stays. out->dropped counts them. */
int html_text(struct slice bytes, struct slice content_type, const struct html_limits *limits,
              struct arena *a, struct page_text *out, struct err *err);

#endif

/* Text in the colour of its background: seen by who reads bytes, not by a visitor. Shared by
 * html_*.c alone.
 *
 *   source  CSS Color 4 (hex, rgb(), the sixteen names of HTML 4); HTML standard 15.3 for bgcolor
 *           and <font color>
 *   reads   style attributes and these alone. Where an element has a class or an id a style sheet
 *           may say otherwise, and so may a picture behind it: then nothing is known, and text
 *           counts as seen */
#ifndef WIRE_HTML_COLOUR_H
#define WIRE_HTML_COLOUR_H

#include <gumbo.h>
#include <stdbool.h>
#include <stdint.h>

struct html_colours {
	int32_t text, back; /* 0xrrggbb; HTML_COLOUR_UNKNOWN */
};

enum { HTML_COLOUR_UNKNOWN = -1 };

/* The colours of an element, from those of its parent; whether its own text cannot be told from
 * what is behind it. */
bool html_colours_enter(const GumboNode *n, GumboTag tag, struct html_colours *c);

#endif

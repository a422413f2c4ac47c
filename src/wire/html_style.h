/* What a style attribute does to the sight of an element.
 *
 *   source  CSS 2.1 sections 9, 11, 16; CSS Syntax Level 3 for declarations, read loosely */
#ifndef WIRE_HTML_STYLE_H
#define WIRE_HTML_STYLE_H

#include "base/slice.h"

#include <stdbool.h>

/* Whether the declarations take the element out of sight: display:none, visibility:hidden or
 * collapse, opacity below 0.05, font-size below 2px (0.1em, 10%), a position or an indent at least
 * 900px off the screen, a box of zero height or width or at most 1px each way that hides its
 * overflow, a clip of at most 1px. */
bool html_style_hides(struct slice style);

/* Whether they have its text read from right to left, letter by letter. */
bool html_style_reverses(struct slice style);

#endif

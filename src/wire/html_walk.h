/* From gumbo's tree to a page. Shared by html.c and html_walk.c alone. */
#ifndef WIRE_HTML_WALK_H
#define WIRE_HTML_WALK_H

#include "wire/page.h"

#include <gumbo.h>

/* Read the tree under document. Fills text, blocks, forms, json_ld and the views of *out; leaves
 * charset, extractor and dropped. Iterative, so that no depth overflows the stack; *depth (may be
 * NULL) gets the deepest element's depth. ERR_NOMEM, and then out is undefined. */
int html_walk(const GumboNode *document, struct arena *a, struct page_text *out, size_t *depth,
              struct err *err);

#endif

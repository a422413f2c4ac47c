/* From gumbo's tree to a page. Shared by html.c and html_walk.c alone. */
#ifndef WIRE_HTML_WALK_H
#define WIRE_HTML_WALK_H

#include "wire/html_cut.h"
#include "wire/page.h"

#include <gumbo.h>

/* Read the tree under document, which was built from html: the document less its cuts. Fills *out
 * but for charset, extractor and dropped. Iterative, so that no depth overflows the stack. ERR_NOMEM,
 * and then out is undefined. */
int html_walk(const GumboNode *document, struct slice html, const struct html_cuts *cuts,
              struct arena *a, struct page_text *out, struct err *err);

#endif

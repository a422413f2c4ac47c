/* Takes out of markup what costs a parser time and holds no text: what <script> and <style> hold, long
 * comments, long runs of space. A tokenizer goes through these byte by byte, and on pages of today they
 * are most of the bytes.
 *
 * The tags stay, so the tree is the same but for text that nobody reads. Shared by html_cut.c and html.c
 * alone. */
#ifndef WIRE_HTML_CUT_H
#define WIRE_HTML_CUT_H

#include "base/arena.h"
#include "base/err.h"

#include <stddef.h>

enum {
	HTML_CUT_COMMENT = 128, /* bytes: longer comments are cut, but for those that tell where a page
	                           was saved from */
	HTML_CUT_SPACE = 32,    /* bytes: longer runs of space are cut to one */
};

/* What was taken out: before byte `at` of what is left, `gone` bytes in all. In order of at. */
struct html_cuts {
	struct html_cut {
		size_t at, gone;
	} *cut;
	size_t n;
};

/* Edit html[0..*n) in place, *n becoming smaller; the list lies in the arena. JSON-LD stays. ERR_NOMEM. */
int html_cut(char *html, size_t *n, struct arena *a, struct html_cuts *out, struct err *err);

/* Where byte `at` of what is left stood before. */
size_t html_cut_origin(const struct html_cuts *cuts, size_t at);

#endif

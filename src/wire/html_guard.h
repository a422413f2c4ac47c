/* Takes out of markup what would make a conforming parser slow or large, before the parser.
 *
 * HTML's tree building is quadratic in the nesting depth, in the number of formatting elements left
 * open (each new paragraph opens them all again), and in the attributes of one tag. The guard reads
 * tags once, keeps a model of the stack of open elements that is at least as deep as the parser's,
 * and overwrites tags in place: an inline tag becomes a comment of the same length, a block tag
 * becomes spaces. So every offset and all text stays where it was. <svg>, <math> and <template>,
 * whose content is no text, go with all they hold. */
#ifndef WIRE_HTML_GUARD_H
#define WIRE_HTML_GUARD_H

#include "base/err.h"
#include "wire/html_cut.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	/* Open formatting elements (<b>, <font> ...) at one time. */
	HTML_GUARD_FORMATTING = 32,
	/* Attributes of one tag; the rest of the tag is overwritten. */
	HTML_GUARD_ATTRIBUTES = 128,
	/* <html> and <body> tags, whose attributes a parser merges. */
	HTML_GUARD_ROOTS = 4,
	/* Start tags above which <select> is taken out too, and its options stay: it switches the
	 * parser's rules, where the model is least exact. */
	HTML_GUARD_SELECT = 4096,
};

struct html_guard {
	unsigned depth;     /* deepest nesting that is left */
	bool no_formatting; /* take out all formatting tags but <a> */
};

/* Edit html[0..n) in place and give the number of tags taken out. What lies between the tags of
 * <script> (but not JSON-LD), <style> and of what is taken out whole goes to cuts; it is not cut
 * yet. ERR_NOMEM. */
int html_guard(const struct html_guard *g, char *html, size_t n, struct html_cuts *cuts,
               size_t *dropped, struct err *err);

#endif

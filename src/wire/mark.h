/* Ids that a page's code carries: accounts of statistics, advertising and chat.
 *
 *   in      the document's bytes as they came, decoded to UTF-8 or not: ids and what stands before them
 *           are ASCII
 *   value   "SERVICE:ID", as its service writes the account: of "UA-12345-6" the account is UA-12345
 *   source  the snippets that the services publish for their customers
 *   planted any page can carry anybody's id: it is a hint that a second, independent one must bear out */
#ifndef WIRE_MARK_H
#define WIRE_MARK_H

#include "base/slice.h"

#include <stddef.h>

enum { MARK_VALUE_MAX = 80, MARKS_MAX = 64 };

struct mark {
	char value[MARK_VALUE_MAX]; /* with its NUL */
};

/* Each id once, sorted bytewise; the first MARKS_MAX that the document has. Returns how many. */
size_t marks_read(struct slice document, struct mark out[MARKS_MAX]);

/* A fingerprint of the page's structure: elements and their classes in order, no text, no addresses, no
 * numbers in the names of classes. Pages made with one template have one; what is too small to tell
 * templates apart has none. 16 hexadecimal digits and a NUL; returns 0 and "" where there is none. */
enum { TEMPLATE_SIZE = 17, TEMPLATE_LEAST = 24 /* elements */, TEMPLATE_MOST = 96 };
size_t template_read(struct slice document, char out[TEMPLATE_SIZE]);

#endif

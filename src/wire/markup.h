/* The one writer of HTML: what is put as text stays text, whatever it holds.
 *
 *   source  HTML standard, 13.1 "Writing HTML documents" and 13.3 "Serializing"; RFC 3629;
 *           Unicode 15 chapter 23.2 (format characters), UAX #9 (bidirectional text)
 *   names   of elements and attributes are literals of the program, [a-z][a-z0-9-]*; a value that
 *           comes from outside is text or the value of an attribute, never a name
 *   escape  & < > " ' in both; attributes stand in double quotes
 *   dropped control characters, characters that are invisible or turn the direction of writing,
 *           noncharacters, and combining marks past the fourth on one letter; a malformed byte
 *           becomes U+FFFD
 *   owns    nothing: it writes to the caller's buf
 *
 * Elements nest; markup_end ends the one that was begun last. A misuse (a bad name, an attribute
 * behind text, a link to a scheme that is none of ours) sets .failed, writes nothing more, and
 * markup_close tells. Not thread-safe; one writer a page. */
#ifndef WIRE_MARKUP_H
#define WIRE_MARKUP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum { MARKUP_DEPTH = 32 };

struct markup {
	struct buf *out;
	const char *open[MARKUP_DEPTH]; /* elements that are not ended */
	unsigned depth;
	bool in_tag; /* "<p class=x" stands there, its '>' does not */
	bool failed;
};

/* Begin a document: writes the doctype. out may hold bytes already. */
void markup_open(struct markup *m, struct buf *out);

/* End it. ERR_USAGE after a misuse or with elements still open, ERR_NOMEM. */
int markup_close(struct markup *m, struct err *err);

/* "<p", then attributes, then what stands in it; void elements (input, link, meta, br) end at
 * once and take attributes all the same. script and style may hold nothing. */
void markup_begin(struct markup *m, const char *element);
void markup_end(struct markup *m);

/* An attribute of the element that was just begun. */
void markup_attr(struct markup *m, const char *name, struct slice value);

/* href, action or src: a path of this site ("/d/x"), "?query" or "#part" of this page, or https:,
 * mailto:, tel:. Anything else is a misuse: no address of a judged site is ever a link. */
void markup_link(struct markup *m, const char *name, struct slice url);

/* Text of our own: white space as it is. */
void markup_text(struct markup *m, struct slice text);

/* Text of others: markup_clean, inside <bdi>, so that its direction of writing ends with it. */
void markup_foreign(struct markup *m, struct slice text, size_t max);

/* Text of others as one line: white space becomes single spaces, what is said to be dropped above
 * is dropped, and behind max characters stands U+2026. Not escaped: for plain text. */
void markup_clean(struct buf *out, struct slice text, size_t max);

/* Append s as a part of a path or a query (RFC 3986 section 2.3: all but unreserved characters as
 * %XX). */
void markup_percent(struct buf *out, struct slice s);

#endif

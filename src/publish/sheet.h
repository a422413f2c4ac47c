/* A page that is drawn once and written in one of two forms, so that both say the same: HTML, or
 * plain text for a terminal.
 *
 *   HTML   every element and attribute as begun (wire/markup.h)
 *   plain  elements give the shape: h1 and h2 are underlined, li has a bullet, blockquote a bar, a
 *          link is followed by its address, everything else that is a block is a paragraph, inline
 *          elements and attributes vanish. Lines have up to SHEET_COLUMNS columns, wide characters
 *          count two (UAX #11), and break where UAX #14 allows it
 *   owns   what it keeps of an unfinished line; released by sheet_close
 *
 * What a terminal has no use for (forms, tables) is drawn by the caller under `if (!s->plain)`. */
#ifndef PUBLISH_SHEET_H
#define PUBLISH_SHEET_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/markup.h"

#include <stdbool.h>

enum { SHEET_COLUMNS = 100 };

struct sheet {
	struct buf *out;
	bool plain;
	struct markup html;
	/* plain alone */
	size_t from;                    /* where the page begins in out */
	const char *open[MARKUP_DEPTH]; /* elements that are not ended */
	unsigned depth;
	struct buf line;   /* what stands in the block so far */
	struct buf href;   /* target of the link that is open; empty */
	bool bullet;       /* a list item has begun and has no text yet */
	bool list_began;   /* its first item stands apart from what is above */
	bool misused;
};

void sheet_open(struct sheet *s, bool plain, struct buf *out);

/* ERR_USAGE after a misuse, ERR_NOMEM. */
int sheet_close(struct sheet *s, struct err *err);

void sheet_begin(struct sheet *s, const char *element);
void sheet_end(struct sheet *s);
void sheet_attr(struct sheet *s, const char *name, struct slice value);
void sheet_link(struct sheet *s, const char *name, struct slice url);

/* sheet_begin with a class, which may be NULL. */
void sheet_begin_class(struct sheet *s, const char *element, const char *class);

void sheet_text(struct sheet *s, struct slice text);
/* Text of others, at most max characters of it. */
void sheet_foreign(struct sheet *s, struct slice text, size_t max);

#endif

/* Builds a struct page_text from pieces in document order: collapses space, opens outer blocks when
 * their first character comes, closes them at a break, and cuts inner spans at block ends.
 *
 * Used by the readers (html, plain text); failures of memory are kept and told at the end. */
#ifndef WIRE_PAGE_WRITER_H
#define WIRE_PAGE_WRITER_H

#include "base/buf.h"
#include "wire/page.h"

enum { PAGE_INNER_MAX = 4 /* open inner spans; deeper ones are not recorded */ };

struct page_stream {
	struct buf *text;
	size_t outer; /* index of the open outer block, or SIZE_MAX */
	bool space;   /* white space waits for a character to follow it */
};

struct page_writer {
	struct arena *a;
	struct page_stream stream[2]; /* seen, hidden */
	struct page_block *block;     /* malloc'd */
	size_t n, cap;
	struct page_inner {
		struct page_block like;
		size_t mark;  /* length of the stream's text when it began, or when it was cut */
		bool written; /* part of it stands in block[] already */
	} inner[PAGE_INNER_MAX];
	size_t inner_n;
	bool failed;
};

/* seen and hidden are empty buffers of the caller's. */
void page_writer_init(struct page_writer *w, struct arena *a, struct buf *seen, struct buf *hidden);

/* Append text to the open outer block of its stream (like->hidden); where none is open, one like
 * `like` is opened. Runs of ASCII white space become one space, none at a block's ends;
 * control characters go. */
void page_writer_text(struct page_writer *w, const struct page_block *like, struct slice s);

/* A space, where text stands before and behind it in the same block. */
void page_writer_space(struct page_writer *w, bool hidden);

/* End the open outer block of a stream. */
void page_writer_break(struct page_writer *w, bool hidden);

/* Begin and end a span within the text; like->role is an inner role. Nested properly. begin says
 * whether it was taken; call end only then. */
bool page_writer_begin(struct page_writer *w, const struct page_block *like);
void page_writer_end(struct page_writer *w);

/* Move text and blocks into the arena and set them in *out. The writer is released in any case;
 * its buffers are the caller's to release. ERR_NOMEM. */
int page_writer_finish(struct page_writer *w, struct page_text *out, struct err *err);

#endif

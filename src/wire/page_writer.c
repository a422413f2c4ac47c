/* Two streams of text grow side by side. An outer block starts with its first character and not
 * with its element, so empty elements leave no trace; a link that spans three blocks becomes three
 * inner blocks, each within one outer block. */
#include "wire/page_writer.h"

#include "wire/page_order.h"

#include <stdlib.h>

void page_writer_init(struct page_writer *w, struct arena *a, struct buf *seen, struct buf *hidden)
{
	*w = (struct page_writer){ .a = a };
	w->stream[0] = (struct page_stream){ seen, SIZE_MAX, false };
	w->stream[1] = (struct page_stream){ hidden, SIZE_MAX, false };
}

/* Append a block and give its index; SIZE_MAX when there is no memory. */
static size_t add_block(struct page_writer *w, const struct page_block *like)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 64;
		struct page_block *more = reallocarray(w->block, cap, sizeof(*more));
		if (!more) {
			w->failed = true;
			return SIZE_MAX;
		}
		w->block = more;
		w->cap = cap;
	}
	w->block[w->n] = *like;
	return w->n++;
}

static void open_outer(struct page_writer *w, struct page_stream *s, const struct page_block *like)
{
	if (s->text->n)
		buf_putc(s->text, '\n');
	s->outer = add_block(w, like);
	if (s->outer == SIZE_MAX)
		return;
	struct page_block *b = &w->block[s->outer];
	b->start = b->end = (uint32_t)s->text->n;
	b->inside = (uint32_t)s->outer;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Shown as nothing: it must not part a word that a visitor sees as one. */
static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

void page_writer_text(struct page_writer *w, const struct page_block *like, struct slice text)
{
	struct page_stream *s = &w->stream[like->hidden];

	for (size_t i = 0; i < text.n && !w->failed;) {
		if (is_space(text.p[i])) {
			s->space = true;
			i++;
			continue;
		}
		if (is_control(text.p[i])) {
			i++;
			continue;
		}
		size_t from = i;
		while (i < text.n && !is_space(text.p[i]) && !is_control(text.p[i]))
			i++;
		if (s->outer == SIZE_MAX)
			open_outer(w, s, like);
		else if (s->space)
			buf_putc(s->text, ' ');
		s->space = false;
		buf_put(s->text, slice_sub(text, from, i));
	}
}

void page_writer_space(struct page_writer *w, bool hidden)
{
	w->stream[hidden].space = true;
}

/* Write what an inner span covers of the open outer block, if anything. */
static void cut_inner(struct page_writer *w, struct page_inner *in)
{
	struct page_stream *s = &w->stream[in->like.hidden];
	size_t from = in->mark, to = s->text->n;

	in->mark = to;
	if (s->outer == SIZE_MAX)
		return;
	/* The separator before the first character is not part of the span. */
	if (from < to && (s->text->p[from] == ' ' || s->text->p[from] == '\n'))
		from++;
	if (from >= to)
		return;
	struct page_block b = in->like;
	b.start = (uint32_t)from;
	b.end = (uint32_t)to;
	b.inside = (uint32_t)s->outer;
	add_block(w, &b);
	in->written = true;
}

void page_writer_break(struct page_writer *w, bool hidden)
{
	struct page_stream *s = &w->stream[hidden];

	s->space = false;
	if (s->outer == SIZE_MAX)
		return;
	for (size_t i = 0; i < w->inner_n; i++)
		if (w->inner[i].like.hidden == hidden)
			cut_inner(w, &w->inner[i]);
	w->block[s->outer].end = (uint32_t)s->text->n;
	s->outer = SIZE_MAX;
}

bool page_writer_begin(struct page_writer *w, const struct page_block *like)
{
	if (w->inner_n == PAGE_INNER_MAX)
		return false;
	w->inner[w->inner_n++] =
	    (struct page_inner){ *like, w->stream[like->hidden].text->n, false };
	return true;
}

void page_writer_end(struct page_writer *w)
{
	struct page_inner *in = &w->inner[--w->inner_n];
	struct page_stream *s = &w->stream[in->like.hidden];

	cut_inner(w, in);
	if (in->written)
		return;
	struct page_block b = in->like;
	b.start = b.end = (uint32_t)s->text->n;
	b.inside = (uint32_t)(s->outer == SIZE_MAX ? w->n : s->outer);
	add_block(w, &b);
}

int page_writer_finish(struct page_writer *w, struct page_text *out, struct err *err)
{
	page_writer_break(w, false);
	page_writer_break(w, true);
	struct slice seen = arena_copy(w->a, buf_slice(w->stream[0].text));
	struct slice hidden = arena_copy(w->a, buf_slice(w->stream[1].text));
	struct page_block *block = arena_array(w->a, w->n, sizeof(*block));
	bool ok = !w->failed && buf_ok(w->stream[0].text) && buf_ok(w->stream[1].text) && seen.p &&
	          hidden.p && block;
	if (ok) {
		if (w->n)
			memcpy(block, w->block, w->n * sizeof(*block));
		page_order((char *)seen.p, seen.n, false, block, w->n);
		page_order((char *)hidden.p, hidden.n, true, block, w->n);
		out->text = seen;
		out->hidden = hidden;
		out->block = block;
		out->block_n = w->n;
	}
	free(w->block);
	*w = (struct page_writer){ 0 };
	return ok ? 0 : err_set(err, ERR_NOMEM, 0, "page: no memory");
}

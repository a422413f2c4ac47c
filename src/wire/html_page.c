/* What the tree says becomes memory in the arena and blocks in the writer. */
#include "wire/html_page.h"

#include "wire/html_element.h"

enum {
	TARGET_MAX = 4096,     /* bytes of a link target that are kept */
	DATA_TARGET_MAX = 64,  /* of a data: URL, whose head says what it is */
};

struct slice html_keep(struct html_page *k, struct slice s)
{
	s = slice_trim(s);
	if (s.n == 0)
		return (struct slice){ NULL, 0 };
	struct slice copy = arena_copy(k->a, s);
	if (!copy.p)
		k->failed = true;
	return copy;
}

struct slice html_keep_target(struct html_page *k, struct slice s)
{
	s = slice_trim(s);
	if (html_is(slice_sub(s, 0, 5), "data:")) {
		s = slice_sub(s, 0, slice_find(s, ','));
		s = slice_sub(s, 0, DATA_TARGET_MAX);
	}
	return html_keep(k, slice_sub(s, 0, TARGET_MAX));
}

void html_put_block(struct html_page *k, const struct page_block *outer, enum block_role role,
                    struct slice text)
{
	struct page_block like = *outer;

	like.role = role;
	like.level = 0;
	page_writer_break(&k->w, like.hidden);
	page_writer_text(&k->w, &like, text);
	page_writer_break(&k->w, like.hidden);
}

void html_put_inner(struct html_page *k, const struct page_block *outer, enum block_role role,
                    struct slice text, struct slice target)
{
	struct page_block like = *outer;

	like.role = role;
	like.target = html_keep_target(k, target);
	page_writer_space(&k->w, like.hidden);
	bool taken = page_writer_begin(&k->w, &like);
	page_writer_text(&k->w, outer, text);
	if (taken)
		page_writer_end(&k->w);
	page_writer_space(&k->w, like.hidden);
}

void *html_one_more(struct html_page *k, void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	size_t more = *cap ? *cap * 2 : 8;
	void *fresh = arena_array(k->a, more, size);
	if (!fresh) {
		k->failed = true;
		return NULL;
	}
	if (n)
		memcpy(fresh, array, n * size);
	*cap = more;
	return fresh;
}

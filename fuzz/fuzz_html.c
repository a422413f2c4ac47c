/* A page as received: the first byte chooses the HTTP charset, the rest is the document. The depth
 * limit is low, so that small inputs reach what the guard is for. */
#include "base/utf8.h"
#include "wire/html.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct slice type[] = {
		{ "text/html", 9 },
		{ "text/html; charset=utf-8", 24 },
		{ "text/html; charset=shift_jis", 28 },
		{ "text/html; charset=iso-2022-jp", 30 },
	};
	/* What the parser may add to the 8 levels: html, body, tbody and tr for each table, and the
	 * formatting elements that it opens again. */
	enum { DEPTH = 8, ADDED = 2 + 2 * DEPTH + 40 };
	struct html_limits limits = { .depth = DEPTH };
	struct arena a = { 0 };
	struct page_text p;

	if (size == 0)
		return 0;
	if (html_text(slice_from((const char *)data + 1, size - 1), type[data[0] % 4], &limits, &a, &p,
	              NULL) == 0) {
		if (p.depth > DEPTH + ADDED)
			__builtin_trap();
		if (!utf8_valid(p.text, NULL) || !utf8_valid(p.hidden, NULL))
			__builtin_trap();
		for (size_t i = 0; i < p.block_n; i++) {
			const struct page_block *b = &p.block[i], *in = &p.block[b->inside];
			if (b->start > b->end || b->end > (b->hidden ? p.hidden : p.text).n ||
			    b->inside >= p.block_n || (b->inside != i && b->start < b->end &&
			    (b->start < in->start || b->end > in->end)))
				__builtin_trap();
		}
		for (size_t i = 0; i < p.item_n; i++) {
			const struct page_item *it = &p.item[i];
			if (it->parent > i || (it->parent < i && !p.item[it->parent].is_thing) ||
			    it->source > it->source_end || !utf8_valid(it->value, NULL))
				__builtin_trap();
		}
	}
	arena_release(&a);
	return 0;
}

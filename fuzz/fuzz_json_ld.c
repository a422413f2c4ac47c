/* The body of a JSON-LD script, read twice into one list: parents come before their parts and are
 * things, spans lie in the body, texts are well-formed, and the limits hold. */
#include "base/utf8.h"
#include "wire/json_ld.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { AT = 7 };
	struct slice body = slice_from((const char *)data, size);
	struct arena a = { 0 };
	struct item_list l = { .a = &a };
	struct page_text p = { 0 };

	bool once = json_ld_read(body, AT, &l);
	if (json_ld_read(body, AT, &l) != once || item_list_finish(&l, &p, NULL) != 0)
		__builtin_trap();
	if (p.item_n > ITEMS_MAX)
		__builtin_trap();
	for (size_t i = 0; i < p.item_n; i++) {
		const struct page_item *it = &p.item[i];
		if (it->parent > i || (it->parent < i && !p.item[it->parent].is_thing) ||
		    (it->parent == i && !it->is_thing))
			__builtin_trap();
		if (it->source < AT || it->source > it->source_end || it->source_end > AT + size)
			__builtin_trap();
		if (it->type.n > ITEM_NAME_MAX || it->property.n > ITEM_NAME_MAX ||
		    it->value.n > ITEM_VALUE_MAX || !utf8_valid(it->type, NULL) ||
		    !utf8_valid(it->property, NULL) || !utf8_valid(it->value, NULL))
			__builtin_trap();
	}
	arena_release(&a);
	return 0;
}

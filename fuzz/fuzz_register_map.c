/* A mapping, and behind a line "---" a file that is read by it. */
#include "model/register_entry.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_row(void *ctx, const struct tabular_row *row, struct err *err)
{
	const struct register_map *map = ctx;
	struct register_entry e;
	struct arena a = { 0 };

	if (!row->bad && register_entry_read(map, row->cell, &a, &e, err) == REGISTER_READ)
		json_decref(register_entry_json(map, &e));
	arena_release(&a);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = slice_from((const char *)data, size);
	size_t cut = slice_find_slice(all, SLICE("\n---\n"));
	struct arena a = { 0 };
	struct register_map map;
	struct tabular *t;
	struct err err;

	if (register_map_parse(slice_sub(all, 0, cut + 1), "f", &a, &map, &err) == 0 &&
	    tabular_new(&map.spec, on_row, &map, &t, &err) == 0) {
		if (tabular_push(t, slice_sub(all, cut + 5, all.n), &err) == 0)
			tabular_end(t, &err);
		tabular_free(t);
	}
	arena_release(&a);
	return 0;
}

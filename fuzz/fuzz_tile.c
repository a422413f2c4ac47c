/* The path of a tile. What parses is written again: one tile has one path. */
#include "wire/tile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	char path[TILE_PATH_SIZE];
	struct tile t;

	if (tile_parse_path(in, &t, NULL) == 0) {
		tile_path(t, path);
		if (!slice_eq_str(in, path))
			abort();
	}
	return 0;
}

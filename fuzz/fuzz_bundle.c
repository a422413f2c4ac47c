#include "wire/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size }, entry;

	while (tile_next_entry(&rest, &entry, NULL) == 1)
		continue;
	return 0;
}

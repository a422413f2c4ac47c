#include "assess/policy.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct pack pack;
	struct err err;

	if (pack_parse(slice_from((const char *)data, size), "f", &arena, &pack, &err) == 0)
		packs_check(&pack, 1, &err);
	arena_release(&arena);
	return 0;
}

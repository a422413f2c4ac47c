#include "store/manifest.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = { 0 };
	struct manifest m;

	manifest_parse(slice_from((const char *)data, n), &a, &m, NULL);
	arena_release(&a);
	return 0;
}

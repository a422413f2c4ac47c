/* Text from a page, as folded for matching. */
#include "wire/fold.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct folded f;

	if (fold(slice_from((const char *)data, size), &a, &f, NULL) == 0)
		for (size_t i = 0; i <= f.text.n; i++) {
			size_t start, end;
			fold_span(&f, i / 2, i, &start, &end);
			if (start > end || end > size)
				__builtin_trap();
		}
	arena_release(&a);
	return 0;
}

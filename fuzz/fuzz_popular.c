/* A list of popular names: every name that the bytes give is found under the rank it has. */
#include "model/popular.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { 0 };
	struct popular *p = NULL;

	buf_put(&text, slice_from((const char *)data, size));
	if (popular_new(&text, &p, NULL) == 0) {
		for (size_t i = 1; i <= popular_count(p); i++)
			if (popular_rank(p, popular_at(p, i)) != i)
				abort();
		if (popular_count(p) == 0 || text.p)
			abort();
	}
	popular_free(p);
	buf_release(&text);
	return 0;
}

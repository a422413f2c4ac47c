/* A response of an authority for timestamps. */
#include "wire/tsp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);
	struct sha256 imprint = sha256_of(SLICE("stamped"));
	int64_t at = 0;

	/* What is of one text is not of another. */
	if (tsp_response(in, imprint, 0, &at, NULL) == 0 &&
	    tsp_response(in, sha256_of(SLICE("another")), 0, &at, NULL) != ERR_CORRUPT)
		abort();
	return 0;
}

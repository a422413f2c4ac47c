/* Canonical JSON (RFC 8785): what is parsed and written is parsed and written as itself. */
#include "wire/json.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = { 0 }, twice = { 0 };
	json_t *first = NULL, *second = NULL;

	if (json_parse_object(slice_from((const char *)data, size), 1 << 20, &first, NULL))
		return 0;
	/* Numbers that no record has (with a point, over 53 bits) are refused here. */
	if (json_canonical(first, &once, NULL) == 0) {
		if (json_parse_object(buf_slice(&once), 4 << 20, &second, NULL) ||
		    json_canonical(second, &twice, NULL) || !json_equal(first, second) ||
		    !slice_eq(buf_slice(&once), buf_slice(&twice)))
			abort();
	}
	json_decref(first);
	json_decref(second);
	buf_release(&once);
	buf_release(&twice);
	return 0;
}

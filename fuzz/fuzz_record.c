/* Parse a line; what is accepted must be written and read back as itself, id and all. */
#include "model/record.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record r = { 0 }, back = { 0 };
	struct buf once = { 0 }, twice = { 0 };
	struct err err;

	if (record_parse(slice_from((const char *)data, size), &r, &err))
		return 0;
	if (record_format(&r, &once, &err) || record_parse(buf_slice(&once), &back, &err) ||
	    record_format(&back, &twice, &err) || !slice_eq(buf_slice(&once), buf_slice(&twice)) ||
	    !sha256_eq(r.id, back.id))
		abort();
	buf_release(&once);
	buf_release(&twice);
	record_release(&r);
	record_release(&back);
	return 0;
}

/* What is accepted is written again as it was. */
#include "wire/tlog_consistency.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct tlog_consistency p, back;
	struct buf out = { 0 };

	if (tlog_consistency_parse(in, &p, NULL))
		return 0;
	/* base64 has spellings that mean the same: the values are compared. */
	if (tlog_consistency_format(&p, &out, NULL) ||
	    tlog_consistency_parse(buf_slice(&out), &back, NULL) || back.old != p.old ||
	    back.hashes != p.hashes || !slice_eq(back.checkpoint, p.checkpoint))
		abort();
	for (size_t i = 0; i < p.hashes; i++)
		if (!sha256_eq(p.hash[i], back.hash[i]))
			abort();
	buf_release(&out);
	return 0;
}

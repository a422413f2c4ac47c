/* What comes through the browser's pipe, in pieces of any size: the messages are the same. */
#include "wire/cdp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The sum of what was read; step: octets fed at once. */
static size_t read_in_steps(struct slice in, size_t step)
{
	struct cdp_reader r = { .limit = 200 };
	struct cdp_message m;
	size_t sum = 0;

	while (in.n) {
		size_t n = in.n < step ? in.n : step;
		if (cdp_feed(&r, slice_sub(in, 0, n), NULL) < 0)
			abort();
		in = slice_sub(in, n, in.n);
		for (int rc; (rc = cdp_next(&r, &m, NULL)) != 0;) {
			sum = sum * 31 + (size_t)(rc + 10);
			if (rc != 1)
				continue;
			sum += m.method.n + m.session.n + m.error.n + (size_t)m.id;
			if (m.json == NULL)
				abort();
			cdp_message_release(&m);
		}
		if (r.buf.n - r.taken > r.limit + step)
			abort();
	}
	cdp_reader_release(&r);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);

	if (read_in_steps(in, size + 1) != read_in_steps(in, 1) ||
	    read_in_steps(in, 7) != read_in_steps(in, 300))
		abort();
	return 0;
}

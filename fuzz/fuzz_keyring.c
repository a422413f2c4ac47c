/* A ring that is accepted must be written and read back as itself. */
#include "wire/keyring.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keyring ring, back;
	struct buf once = { 0 }, twice = { 0 };

	if (keyring_parse(slice_from((const char *)data, size), &ring, NULL))
		return 0;
	keyring_format(&ring, &once);
	if (keyring_parse(buf_slice(&once), &back, NULL) || back.n != ring.n)
		abort();
	keyring_format(&back, &twice);
	if (!slice_eq(buf_slice(&once), buf_slice(&twice)))
		abort();
	buf_release(&once);
	buf_release(&twice);
	return 0;
}

/* A sealed record: none of a stranger is opened; what is sealed here is, and altered it is not. */
#include "store/archive_key.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct archive_key key = { { 1 }, { 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H' } };
	static const struct sha256 order = { { 2 } };
	struct slice in = { (const char *)data, size };
	struct sealed_head head;
	struct buf out = { 0 }, sealed = { 0 };

	sealed_head_read(in, &head, NULL);
	if (sealed_get(&key, in, &out, NULL) == 0)
		__builtin_trap(); /* its tag was guessed */
	if (sealed_put(&key, order, 3, 'r', in, &sealed, NULL) == 0) {
		if (sealed_get(&key, buf_slice(&sealed), &out, NULL) || !slice_eq(buf_slice(&out), in))
			__builtin_trap();
		sealed.p[size * 7 % sealed.n] ^= 4;
		buf_clear(&out);
		if (sealed_get(&key, buf_slice(&sealed), &out, NULL) == 0 || out.n)
			__builtin_trap();
	}
	buf_release(&out);
	buf_release(&sealed);
	return 0;
}

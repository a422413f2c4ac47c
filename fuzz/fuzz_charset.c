/* Bytes in every encoding there is; the first byte chooses one, and sniffing is tried too. */
#include "base/utf8.h"
#include "wire/charset.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct slice out, in = slice_from((const char *)data, size);
	enum charset c = charset_sniff(in, slice_sub(in, 0, 40), NULL);

	if (c == CHARSET_NONE)
		__builtin_trap();
	if (size) {
		c = (enum charset)(data[0] % (CHARSETS_N - 1) + 1);
		in = slice_sub(in, 1, size);
		if (charset_decode(c, in, SIZE_MAX, &a, &out, NULL) == 0 &&
		    (!utf8_valid(out, NULL) || out.n > 3 * in.n + 4))
			__builtin_trap();
	}
	arena_release(&a);
	return 0;
}

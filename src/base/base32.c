#include "base/base32.h"

#include <stdint.h>

void base32_encode(struct slice bytes, struct buf *out)
{
	static const char letter[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint32_t held = 0; /* bits that are not written yet, at most 12 */
	unsigned bits = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		held = (held << 8 | (uint8_t)bytes.p[i]) & 0xfff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			buf_putc(out, letter[held >> bits & 31]);
		}
	}
	if (bits)
		buf_putc(out, letter[held << (5 - bits) & 31]);
}

#include "wire/word_edge.h"

#include "base/utf8.h"

#include <stdint.h>

static bool is_unspaced(uint32_t c)
{
	return (c >= 0x0e00 && c < 0x10a0) || (c >= 0x1100 && c < 0x1200) || c >= 0x2e80;
}

bool word_is_unspaced(struct slice word)
{
	size_t at = 0;

	return word.n && is_unspaced(utf8_next(word, &at));
}

bool word_stands_alone(struct slice s, size_t from, size_t to)
{
	size_t at = from;

	if (at > 0) {
		do
			at--;
		while (at > 0 && ((unsigned char)s.p[at] & 0xc0) == 0x80);
		uint32_t c = utf8_next(s, &at);
		if (c != ' ' && c != '\n' && !is_unspaced(c))
			return false;
	}
	if (to >= s.n)
		return true;
	uint32_t c = utf8_next(s, &to);
	return c == ' ' || c == '\n' || is_unspaced(c);
}

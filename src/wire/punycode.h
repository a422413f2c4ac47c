/* Punycode: Unicode in the letters, digits and hyphen of a DNS label.
 *
 *   source  RFC 3492 sections 5 (parameters), 6.1 to 6.3
 *   text    without the prefix "xn--" of an A-label
 * libidn2 keeps its own to itself and refuses what is registered all the same (symbols, emoji), so
 * that a name could hide from the screen behind it. */
#ifndef WIRE_PUNYCODE_H
#define WIRE_PUNYCODE_H

#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum { PUNYCODE_MAX = 63 }; /* characters of one label; a label has 63 octets at most */

/* Decode into up to PUNYCODE_MAX characters, no surrogates, none above U+10FFFF. Returns how many,
 * or -1 when the text is not Punycode or gives more than that. Upper case counts as lower. */
int punycode_decode(struct slice text, uint32_t out[PUNYCODE_MAX]);

/* Encode n characters into up to 63 octets, lower case. Returns how many, or -1 when they do not
 * fit. */
int punycode_encode(const uint32_t *text, size_t n, char out[PUNYCODE_MAX]);

#endif

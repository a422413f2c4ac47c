/* UTF-8 as RFC 3629 defines it: no surrogates, nothing above U+10FFFF, shortest form only. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define UTF8_BAD 0xfffdu /* U+FFFD, what a malformed byte decodes to */

/* Decode the character at s[*at] and move *at behind it. *at must be < s.n. A malformed sequence
 * yields UTF8_BAD and moves over its maximal ill-formed part (Unicode 15, 3.9, U+FFFD
 * substitution), so a loop always ends. */
uint32_t utf8_next(struct slice s, size_t *at);

/* Whether all of s is well-formed; *bad (may be NULL) gets the offset of the first bad byte. */
bool utf8_valid(struct slice s, size_t *bad);

/* Write c as 1 to 4 bytes and return how many; a value that is no character writes U+FFFD. */
size_t utf8_encode(uint32_t c, char out[4]);

/* Whether c steers a terminal or turns the reading order: C0, DEL, C1, the line and paragraph
 * separators, and the bidirectional controls (Unicode 15, UAX #9 section 2). */
bool utf8_is_steering(uint32_t c);

#endif

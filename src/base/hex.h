/* Lower-case hexadecimal, as ids and evidence addresses are written. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* Write 2 * n digits and a NUL to out, which has room for 2 * n + 1 bytes. */
void hex_encode(const uint8_t *bytes, size_t n, char *out);

/* Read exactly n bytes from 2 * n lower-case digits. False, and out untouched, for anything else
 * (upper case too: one value has one spelling). */
bool hex_decode(struct slice s, uint8_t *out, size_t n);

#endif

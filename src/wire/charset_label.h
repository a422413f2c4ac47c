/* Names of encodings. Shared by charset*.c. */
#ifndef WIRE_CHARSET_LABEL_H
#define WIRE_CHARSET_LABEL_H

#include "wire/charset.h"

#include <stdint.h>

struct charset_names {
	const char *name;   /* the standard's */
	const char *labels; /* lower case, one space between them; "" where no label leads there */
};

extern const struct charset_names charset_names[CHARSETS_N];

#endif

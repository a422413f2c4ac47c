/* Universally unique identifiers from names.
 *
 *   source  RFC 9562 (UUIDs), 5.5: version 5, from SHA-1 over a namespace and a name. SHA-1 spreads
 *           names here and protects nothing */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/slice.h"

#include <stdint.h>

enum { UUID_SIZE = 37 }; /* "2ed6657d-e927-568b-95e1-2665a8aea6a2" and its NUL */

struct uuid {
	uint8_t b[16];
};

/* The same namespace and name give the same UUID on any machine. */
struct uuid uuid_v5(struct uuid space, struct slice name);
void uuid_format(struct uuid u, char out[UUID_SIZE]);

#endif

/* Random bytes of the kernel, for salts and keys. */
#ifndef SYS_RANDOM_H
#define SYS_RANDOM_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Fill out with n bytes. ERR_IO where the kernel gives none. */
int random_bytes(uint8_t *out, size_t n, struct err *err);

#endif

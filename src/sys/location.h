/* Where a path leads, with its links followed; and where this program lies. */
#ifndef SYS_LOCATION_H
#define SYS_LOCATION_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether path lies within the folder dir, or would once it is made: what is not there yet is taken
 * to be in the folder that its name says. ERR_NOTFOUND when that folder is not there; ERR_IO. */
int location_is_within(const char *path, const char *dir, bool *out, struct err *err);

/* The path of a file that lies beside the running program's own, into out of `size` bytes.
 * ERR_LIMIT, ERR_IO. */
int location_beside_program(const char *name, char *out, size_t size, struct err *err);

#endif

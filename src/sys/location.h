/* Where a path leads, with its links followed. */
#ifndef SYS_LOCATION_H
#define SYS_LOCATION_H

#include "base/err.h"

#include <stdbool.h>

/* Whether path lies within the folder dir, or would once it is made: what is not there yet is taken
 * to be in the folder that its name says. ERR_NOTFOUND when that folder is not there; ERR_IO. */
int location_is_within(const char *path, const char *dir, bool *out, struct err *err);

#endif

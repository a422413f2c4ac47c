/* Symbolic links, for walks that must end. */
#ifndef SYS_LINK_H
#define SYS_LINK_H

#include "base/err.h"

#include <stdbool.h>

/* Whether the last part of path is a symbolic link; false for what is not there. ERR_IO. */
int link_is(const char *path, bool *out, struct err *err);

#endif

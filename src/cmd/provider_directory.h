/* The directory of providers, read from its folder. */
#ifndef CMD_PROVIDER_DIRECTORY_H
#define CMD_PROVIDER_DIRECTORY_H

#include "base/err.h"
#include "model/provider.h"

/* Read every NAME.yaml of a folder, in bytewise order of names. *out is to be freed with
 * providers_free in any case. ERR_NOTFOUND: no such folder; ERR_SYNTAX (file and line), ERR_LIMIT,
 * ERR_IO, ERR_NOMEM. */
int provider_directory_load(const char *folder, struct providers **out, struct err *err);

#endif

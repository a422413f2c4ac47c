/* Where the mappings of registers lie, and reading one. */
#ifndef CMD_REGISTER_MAPPINGS_H
#define CMD_REGISTER_MAPPINGS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "model/config.h"
#include "model/register_map.h"

/* The mapping ID of the folder `registers`, beside that of the packs; or, where the word has a slash
 * or ends in .yaml, the file of that name. The id within must be that of the file's name.
 * ERR_NOTFOUND (the message lists those that there are), ERR_SYNTAX "FILE:LINE: ...", ERR_IO,
 * ERR_NOMEM. */
int register_mapping_load(const struct config *config, const char *id, struct arena *a,
                          struct register_map *out, struct sha256 *digest, struct err *err);

#endif

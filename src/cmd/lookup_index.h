/* assay lookup --index: answers from a published index alone, without a store. */
#ifndef CMD_LOOKUP_INDEX_H
#define CMD_LOOKUP_INDEX_H

#include "cmd/cmd.h"

#include <stdbool.h>

/* Look every name of cmd->argv up and print what the index says.
 *
 *   file         the index
 *   key_file     the verifier key, one line; NULL: that of the ledger in the store of the
 *                configuration (ERR_USAGE when there is none)
 *   destination  a country, or NULL: all
 *   listed       set when any name is listed, for the destination where one is given
 *   return       0; ERR_CORRUPT, ERR_REFUSED "FILE: ..."; ERR_SYNTAX for what is no name; ERR_IO */
int lookup_index(struct cmd *cmd, const char *file, const char *key_file, const char *destination,
                 bool *listed, struct err *err);

#endif

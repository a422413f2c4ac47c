/* Parts of assay store that have files of their own. Each returns an exit code or an error. */
#ifndef CMD_STORE_CARE_H
#define CMD_STORE_CARE_H

#include "cmd/cmd.h"

/* assay store usage: bytes by kind, quota, reserve. */
int store_tell_usage(struct cmd *cmd, struct err *err);

#endif

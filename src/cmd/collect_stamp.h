/* Timestamps for the manifests of an archive that have none yet. */
#ifndef CMD_COLLECT_STAMP_H
#define CMD_COLLECT_STAMP_H

#include "cmd/log.h"
#include "store/archive.h"

/* Ask the authority at url for one for each sealed order, one after the other. The first that fails ends
 * it: the rest are asked for by the next run. *left: orders that have none afterwards. ERR_USAGE (no web
 * address), ERR_NOMEM, ERR_IO of the archive; an authority that does not answer is logged. */
int collect_stamp(struct archive *a, const char *url, const struct log *log, size_t *left,
                  struct err *err);

#endif

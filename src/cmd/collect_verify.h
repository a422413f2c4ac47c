/* assay collect --verify DIR: is everything in an archive of evidence as it was sealed? */
#ifndef CMD_COLLECT_VERIFY_H
#define CMD_COLLECT_VERIFY_H

#include "base/err.h"
#include "cmd/cmd.h"

/* Look at everything (store/archive_verify.h) and print what is wrong, one finding a line, then the
 * counts.
 *
 *   key_file  of restricted records; NULL: DIR.key where it is there
 *   format    FORMAT_JSON: an object a line, of type "archive-finding" and last one of type
 *             "archive-verified" (doc/format/archive.md); else text
 *   return    EXIT_DONE where nothing is wrong, EXIT_NO where something is; or a negative code */
int collect_verify(const char *dir, const char *key_file, enum cmd_format format, struct err *err);

#endif

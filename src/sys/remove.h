/* Taking files away. */
#ifndef SYS_REMOVE_H
#define SYS_REMOVE_H

#include "base/err.h"

/* Remove the files in a folder and the folder itself. One that is absent is fine; one that holds
 * folders loses its files and stays: ERR_IO. */
int remove_flat_folder(const char *path, struct err *err);

/* Remove a file, so that a power cut does not bring it back. One that is absent is fine. ERR_IO;
 * ERR_LIMIT for a path that is too long. */
int remove_file(const char *path, struct err *err);

#endif

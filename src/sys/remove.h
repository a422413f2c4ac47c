/* Taking files away. */
#ifndef SYS_REMOVE_H
#define SYS_REMOVE_H

#include "base/err.h"

/* Remove the files in a folder and the folder itself. One that is absent is fine; one that holds
 * folders loses its files and stays: ERR_IO. */
int remove_flat_folder(const char *path, struct err *err);

#endif

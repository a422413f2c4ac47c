/* Asking a person at the terminal. */
#ifndef SYS_TERMINAL_H
#define SYS_TERMINAL_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

/* Print a question on the controlling terminal and append the line that is typed, without its end
 * and without it being shown. What was typed is in out alone: wipe it. ERR_USAGE where there is no
 * terminal; ERR_LIMIT over limit bytes; ERR_IO. */
int terminal_ask_secret(const char *question, size_t limit, struct buf *out, struct err *err);

#endif

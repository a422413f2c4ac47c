/* Failed logins of the last minutes, by address and by name, so that guessing is slow for names
 * that exist and for those that do not alike.
 *
 *   memory   a fixed table of keyed hashes: neither an address nor a name is kept, and nothing
 *            outlives the process. Two that share a place share its count, so a flood can shut
 *            others out of the desk for some minutes, but never let anybody in
 *   threads  any number */
#ifndef CMD_ATTEMPTS_H
#define CMD_ATTEMPTS_H

#include "base/err.h"
#include "base/slice.h"

#include <stdint.h>

enum {
	ATTEMPTS_WINDOW_S = 300,
	ATTEMPTS_ADDRESS = 20, /* failures of an address in a window */
	ATTEMPTS_NAME = 10,    /* ... of a name */
};

struct attempts;

/* ERR_NOMEM; ERR_IO (no random bytes). NULL is fine to free. */
int attempts_new(struct attempts **out, struct err *err);
void attempts_free(struct attempts *a);

/* Seconds to wait before this address may try this name: 0 = now. */
int64_t attempts_wait(struct attempts *a, struct slice address, struct slice name, int64_t now);

/* A login of that address and name failed. */
void attempts_failed(struct attempts *a, struct slice address, struct slice name, int64_t now);

#endif

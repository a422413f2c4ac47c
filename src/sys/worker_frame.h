/* What passes between worker.c's two sides: frames over a pair of stream sockets, in the order of
 * this machine's bytes.
 *
 *   child  -> parent   struct worker_reply   once, when it is shut in: code 0, or why it could not
 *   parent -> child    struct worker_order   and its n bytes
 *   child  -> parent   struct worker_reply   and its n bytes */
#ifndef SYS_WORKER_FRAME_H
#define SYS_WORKER_FRAME_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum {
	WORKER_MAGIC = 0x61737779,
	WORKER_WHAT = sizeof(((struct err *)0)->what), /* longest text of an error */
};

struct worker_order {
	uint32_t magic, sort;
	uint64_t n;
};

struct worker_reply {
	uint32_t magic;
	int32_t code;
	uint64_t n;
};

/* Exactly n bytes of a socket that blocks: 0, or -1 when it ends before. */
int worker_read_all(int fd, void *out, size_t n);

/* The child's life (a zygote_fn): ctx is its struct workers_options. */
void worker_child(void *ctx, int fd);

#endif

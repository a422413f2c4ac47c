/* A small process that other processes are forked from.
 *
 * It is made early, while this process has neither secrets nor threads, and keeps that memory: what
 * is born of it later knows nothing that came after. It reads nothing from outside.
 *
 *   has      one socket to its parent; no other descriptor, no environment, no network where the
 *            kernel lets us have that (sys/sandbox.h)
 *   dies     with its parent, and what was born of it dies with it
 *   source   fork(2), prctl(2) PR_SET_PDEATHSIG, pidfd_open(2), unix(7) SCM_RIGHTS */
#ifndef SYS_ZYGOTE_H
#define SYS_ZYGOTE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	ZYGOTE_LIVING = 256, /* processes at once */
	ZYGOTE_FD = 3,       /* the one descriptor of a child: not one that a library prints to */
};

struct zygote;

/* Runs in each process that is born, with its end of a pair of stream sockets; it ends with it. */
typedef void (*zygote_fn)(void *ctx, int fd);

struct zygote_options {
	zygote_fn fn;
	void *ctx;        /* as it was when the zygote was made */
	uint64_t memory;  /* address space beyond what it is born with, bytes; 0: not limited.
	                     The address sanitizer takes terabytes of it: then there is no limit */
	int64_t cpu_s;    /* processor time of each; 0: not limited */
};

int zygote_new(const struct zygote_options *o, struct zygote **out, struct err *err);
/* Ends all that were born of it too. */
void zygote_free(struct zygote *z);

/* Ask for one. tag comes back with it. ERR_IO: the zygote has gone; ERR_BUSY: too much was asked.
 * */
int zygote_ask(struct zygote *z, uint32_t tag, struct err *err);

struct zygote_child {
	uint32_t tag;
	int fd;    /* our end; blocking, closed on exec */
	int pidfd; /* to kill it, whatever became of its number */
	pid_t pid;
};

/* Take one that was born, waiting for it: descriptors belong to the caller. ERR_BUSY: that one
 * could not be made, only out->tag is filled; ERR_IO: the zygote has gone. */
int zygote_take(struct zygote *z, struct zygote_child *out, struct err *err);

/* Can be read when zygote_take would not wait. */
int zygote_fd(const struct zygote *z);
pid_t zygote_pid(const struct zygote *z);

#endif

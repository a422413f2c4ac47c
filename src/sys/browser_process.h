/* The browser's process and all that come of it.
 *
 *   apart    namespaces of its own: a network in which there is nothing but listening sockets of
 *            ours, so that what does not go through them goes nowhere; processes, so that the death
 *            of the first is the death of all; mounts, where /tmp and /dev/shm are its own, in
 *            memory and bounded: the profile lies there and is gone with it
 *   user     as root, an unprivileged one is taken; it gets no new rights and keeps Chromium's own
 *            sandbox
 *   kernel   has to allow network, process and mount namespaces: to root, or to everybody as user
 *            namespaces
 *   source   namespaces(7), pid_namespaces(7), user_namespaces(7) */
#ifndef SYS_BROWSER_PROCESS_H
#define SYS_BROWSER_PROCESS_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { BROWSER_GATES = 16 };

struct browser_process_options {
	const char *program;     /* path */
	const char *user;
	unsigned gates;          /* at most BROWSER_GATES */
	const char *const *flags; /* NULL behind the last */
};

struct browser_process {
	pid_t pid; /* 0: none */
	int pidfd;
	int in, out, errors; /* our ends: of its commands, its messages and its stderr */
	int gate[BROWSER_GATES]; /* bound to 127.0.0.1 in its network; the caller takes them */
	uint16_t port[BROWSER_GATES];
};

/* ERR_REFUSED: the kernel does not allow it, or there is no such user: the text says what to do. */
int browser_process_start(const struct browser_process_options *o, struct browser_process *out,
                          struct err *err);
/* Kill all of them, wait for it, and close what is ours but the gates. */
void browser_process_end(struct browser_process *p);

/* The path of a program: as it is when it has a slash, else in PATH. ERR_NOTFOUND. */
int browser_program(const char *name, char *out, size_t size, struct err *err);

#endif

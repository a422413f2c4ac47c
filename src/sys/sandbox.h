/* A process that shuts itself in: no network, no files, no new rights, no core dump.
 *
 *   allowed  read and write on what is open, memory, the clock, random bytes, to end
 *   all else (socket, open, execve, clone, ptrace, ...) ends the process at once, by the kernel: a
 *            seccomp filter of allowed calls, with no_new_privs (seccomp(2), libseccomp)
 *   network  a network namespace of its own without an interface, where the kernel lets us have one
 *            (root, or user namespaces); the filter forbids sockets in any case
 *
 * It cannot be undone. What has to be read or loaded is read and loaded before. */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Close all that is open but one: what a child was left by its parent. */
void sandbox_close_all_but(int fd);

/* Shut this process in; it has one thread. *own_network tells whether it has a namespace of its own.
 * ERR_IO where the kernel has no seccomp, or forbids it: then nothing may be trusted to the process. */
int sandbox_enter(bool *own_network, struct err *err);

/* Keep bytes out of the swap. Where the limit of locked memory is used up they are not; that is no
 * failure, since the swap belongs to root as the process's memory does. */
void sandbox_keep(const void *p, size_t n);

#endif

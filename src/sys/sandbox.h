/* A process that shuts itself in: no network, no files, no new rights, no core dump.
 *
 *   allowed  read and write on one descriptor, memory, the clock, random bytes, to end
 *   all else (socket, open, execve, clone, ptrace, ...) ends the process at once, by the kernel: a
 *            seccomp filter of allowed calls, with no_new_privs (seccomp(2), libseccomp)
 *   files    where the kernel has Landlock, a second wall behind the filter: no file, no port, no
 *            signal to anybody outside (landlock(7))
 *   rights   no capability is left, also to root (capabilities(7))
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

/* Go into a network namespace without an interface, which children are born into. False where the
 * kernel lets us have none. For those who are not root this makes a user namespace too; a signal of
 * the parent's death that was asked for (PR_SET_PDEATHSIG) stays. */
bool sandbox_leave_network(void);

/* Landlock by itself: no file can be opened, made or taken away by this process any more, no TCP
 * port bound or connected to. What the kernel's version has of it: its number, 0 where there is
 * none. */
int sandbox_leave_files(void);

/* Shut this process in, which has one thread: fd is all that it can read and write from now on. The
 * network is left by its own call, before. ERR_IO where the kernel has no seccomp, or forbids it:
 * then nothing may be trusted to the process. */
int sandbox_enter(int fd, struct err *err);

/* Keep bytes out of the swap. Where the limit of locked memory is used up they are not; that is no
 * failure, since the swap belongs to root as the process's memory does. */
void sandbox_keep(const void *p, size_t n);

#endif

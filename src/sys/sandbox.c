#include "sys/sandbox.h"

#include <errno.h>
#include <linux/close_range.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a C library, and the sanitizers in the tests, need to go on computing and to end. */
static const int allowed[] = {
	SCMP_SYS(read),       SCMP_SYS(write),        SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(futex),      SCMP_SYS(brk),          SCMP_SYS(munmap),
	SCMP_SYS(madvise),    SCMP_SYS(mremap),       SCMP_SYS(getrandom),
	SCMP_SYS(getpid),     SCMP_SYS(gettid),       SCMP_SYS(sched_yield),
	SCMP_SYS(clock_gettime), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
};

void sandbox_close_all_but(int fd)
{
	/* Kernels since 5.9 have it, and Debian 12 a newer one; it fails for no other reason. */
	if (fd > 0)
		syscall(SYS_close_range, 0u, (unsigned)fd - 1, 0u);
	syscall(SYS_close_range, (unsigned)fd + 1, ~0u, 0u);
}

void sandbox_keep(const void *p, size_t n)
{
	if (mlock(p, n) < 0)
		errno = 0;
}

/* Memory that could hold code is not to be had any more. */
static int allow_memory(scmp_filter_ctx filter)
{
	int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

	return rc ? rc
	          : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static int filter_calls(struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = filter ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (rc == 0)
		rc = allow_memory(filter);
	if (rc == 0)
		rc = seccomp_load(filter); /* sets no_new_privs too */
	seccomp_release(filter);
	if (rc) {
		errno = -rc;
		return err_sys(err, "sandbox: the kernel takes no filter of calls (seccomp)");
	}
	return 0;
}

int sandbox_enter(bool *own_network, struct err *err)
{
	const struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_DUMPABLE, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return err_sys(err, "sandbox: core dumps");
	*own_network = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
	if (setrlimit(RLIMIT_NOFILE, &none) < 0)
		return err_sys(err, "sandbox: open files");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, "sandbox: no_new_privs");
	return filter_calls(err);
}

#include "sys/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a C library, and the sanitizers in the tests, need to go on computing and to end. */
static const int allowed[] = {
	SCMP_SYS(exit),       SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn),
	SCMP_SYS(futex),      SCMP_SYS(brk),           SCMP_SYS(munmap),
	SCMP_SYS(madvise),    SCMP_SYS(mremap),        SCMP_SYS(getrandom),
	SCMP_SYS(getpid),     SCMP_SYS(gettid),        SCMP_SYS(sched_yield),
	SCMP_SYS(sigaltstack), SCMP_SYS(clock_gettime), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigprocmask),
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

static int allow_descriptor(scmp_filter_ctx filter, int fd)
{
	const struct scmp_arg_cmp same = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd, 0);
	int rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, same);

	return rc ? rc : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, same);
}

static int filter_calls(int fd, struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = filter ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (rc == 0)
		rc = allow_descriptor(filter, fd);
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

bool sandbox_leave_network(void)
{
	int signal = 0;
	pid_t parent = getppid();

	if (unshare(CLONE_NEWNET) == 0)
		return true;
	/* The kernel forgets that signal when a process takes the rights of a new user namespace.
	 * */
	if (prctl(PR_GET_PDEATHSIG, &signal) < 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return false;
	if (signal && (prctl(PR_SET_PDEATHSIG, signal) < 0 || getppid() != parent))
		_exit(0); /* the parent died in between */
	return true;
}

/* Of the version that has them; Debian 12 knows the names of the second. landlock(7), and
 * Documentation/userspace-api/landlock.rst of Linux 6.12. */
static const struct {
	int version;
	uint64_t files, ports, scopes;
} landlock[] = {
	{ 1, 0x1fff, 0, 0 }, /* execute, read, write, folders, and the making of each sort */
	{ 2, LANDLOCK_ACCESS_FS_REFER, 0, 0 },
	{ 3, UINT64_C(1) << 14, 0, 0 },   /* truncate */
	{ 4, 0, 3, 0 },                   /* TCP: bind, connect */
	{ 5, UINT64_C(1) << 15, 0, 0 },   /* ioctl of devices */
	{ 6, 0, 0, 3 },                   /* abstract sockets, signals */
};

int sandbox_leave_files(void)
{
	/* struct landlock_ruleset_attr as it grew: a kernel takes as much of it as it knows. */
	struct {
		uint64_t files, ports, scopes;
	} rules = { 0 };
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	                       LANDLOCK_CREATE_RULESET_VERSION);

	if (version < 1 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return 0;
	for (size_t i = 0; i < sizeof(landlock) / sizeof(landlock[0]); i++)
		if (landlock[i].version <= version) {
			rules.files |= landlock[i].files;
			rules.ports |= landlock[i].ports;
			rules.scopes |= landlock[i].scopes;
		}
	size_t n = version < 4 ? 8 : version < 6 ? 16 : sizeof(rules);
	long fd = syscall(SYS_landlock_create_ruleset, &rules, n, 0);
	if (fd < 0)
		return 0;
	/* Not one rule that allows anything. */
	long rc = syscall(SYS_landlock_restrict_self, (int)fd, 0);
	close((int)fd);
	return rc == 0 ? (int)version : 0;
}

static int drop_rights(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	return (int)syscall(SYS_capset, &head, none);
}

int sandbox_enter(int fd, struct err *err)
{
	const struct rlimit none = { 0, 0 };

	if (drop_rights() < 0)
		return err_sys(err, "sandbox: capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, "sandbox: no_new_privs");
	sandbox_leave_files(); /* the filter forbids the calls in any case */
	if (setrlimit(RLIMIT_NOFILE, &none) < 0 || setrlimit(RLIMIT_NPROC, &none) < 0 ||
	    setrlimit(RLIMIT_FSIZE, &none) < 0)
		return err_sys(err, "sandbox: limits");
	if (setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
		return err_sys(err, "sandbox: core dumps");
	return filter_calls(fd, err);
}

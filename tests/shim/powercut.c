/* Loaded before a program (LD_PRELOAD), it writes down what the program does to the files of one
 * folder, so that a test can say what a power cut would have left of them at any moment
 * (tests/e2e/powercut.py), kills the program at a given one, or lets its disk be full.
 *
 *   POWERCUT_ROOT     the folder, absolute
 *   POWERCUT_JOURNAL  file outside of it; every change below ROOT is appended to it, after it was
 *                     made, and so is what the program writes to standard output (an acknowledgement)
 *   POWERCUT_KILL_AT  N: SIGKILL instead of the N-th change (from 1)
 *   POWERCUT_ROOM     bytes by which files below ROOT may still grow; then ENOSPC, after a part of
 *                     the write that no longer fits; a new name takes 4096 of them
 *
 *   POWERCUT_SYNCS    so many syncs are done; then each fails with ENOSPC, as on a disk that finds
 *                     out late that it is full
 *
 * An entry of the journal, little-endian, is
 *
 *   u32 length of the whole | u8 op | i32 fd | u64 a | u64 b | u16 p | u16 q | path p | path q | data
 *
 *   S  a process begins                      M  mkdir p        R  rename p to q   L  link p to q
 *   O  open p as fd; a = flags, b = mode     D  rmdir p        U  unlink p
 *   C  close fd                              T  truncate fd to a
 *   W  write data to fd at a                 F  fsync, fdatasync of fd     Y  sync of everything
 *   P  mode a for fd                         A  data to standard output
 *
 * The system is called directly, never the C library's functions of the same names: those may be a
 * sanitizer's, which is not ready when the first file is opened. Stores to a mapped file are not
 * seen: the only one is SQLite's -shm, which it makes anew after a crash. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 1024, JOURNAL_FD = 700, NAME_COST = 4096 };

static struct {
	pthread_mutex_t lock;
	char root[PATH_MAX];
	size_t root_n;
	int journal;            /* fd; -1 = off */
	long changes, kill_at;  /* 0 = never */
	bool limited;           /* POWERCUT_ROOM is set */
	uint64_t room;
	long syncs;             /* that may still be done; -1 = any number */
	bool ours[FDS];         /* opened below root */
} shim = { .lock = PTHREAD_MUTEX_INITIALIZER, .journal = -1, .syncs = -1 };

static bool open_journal(void)
{
	long fd = syscall(SYS_openat, AT_FDCWD, getenv("POWERCUT_JOURNAL"),
			  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	shim.journal = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, JOURNAL_FD);
	syscall(SYS_close, fd);
	return shim.journal >= 0;
}

/* Who gives up what it may do touches no file any more, and is killed for asking the system for what we
 * ask it for: the process that signs. */
static void leave(void)
{
	shim.journal = -1;
	shim.limited = false;
	shim.kill_at = 0;
	shim.syncs = -1;
	memset(shim.ours, 0, sizeof(shim.ours));
}

static void put_entry(char op, int fd, uint64_t a, uint64_t b, const char *p, const char *q,
		      const void *data, size_t n)
{
	size_t pn = p ? strlen(p) : 0, qn = q ? strlen(q) : 0;
	unsigned char head[29];
	uint32_t all = (uint32_t)(sizeof(head) + pn + qn + n);
	int32_t fd32 = fd;
	uint16_t p16 = (uint16_t)pn, q16 = (uint16_t)qn;

	if (shim.journal < 0)
		return;
	memcpy(head, &all, 4);
	head[4] = (unsigned char)op;
	memcpy(head + 5, &fd32, 4);
	memcpy(head + 9, &a, 8);
	memcpy(head + 17, &b, 8);
	memcpy(head + 25, &p16, 2);
	memcpy(head + 27, &q16, 2);
	struct iovec part[] = { { head, sizeof(head) },
				{ (void *)(uintptr_t)p, pn },
				{ (void *)(uintptr_t)q, qn },
				{ (void *)(uintptr_t)data, n } };
	long did = syscall(SYS_writev, shim.journal, part, 4);
	/* The process that signs closes all that it was not given by name, then makes its key. */
	if (did < 0 && errno == EBADF && open_journal())
		did = syscall(SYS_writev, shim.journal, part, 4);
	if (did != (long)all) {
		static const char said[] = "powercut: the journal cannot be written\n";
		syscall(SYS_write, 2, said, sizeof(said) - 1);
		syscall(SYS_exit_group, 99);
	}
}

__attribute__((constructor)) static void begin(void)
{
	const char *root = getenv("POWERCUT_ROOT"), *journal = getenv("POWERCUT_JOURNAL");
	const char *kill_at = getenv("POWERCUT_KILL_AT"), *room = getenv("POWERCUT_ROOM");
	const char *syncs = getenv("POWERCUT_SYNCS");

	if (!root || strlen(root) >= sizeof(shim.root))
		return;
	memcpy(shim.root, root, strlen(root) + 1);
	shim.root_n = strlen(root);
	shim.kill_at = kill_at ? atol(kill_at) : 0;
	shim.syncs = syncs ? atol(syncs) : -1;
	shim.limited = room != NULL;
	shim.room = room ? strtoull(room, NULL, 10) : 0;
	if (!journal)
		return;
	if (!open_journal())
		syscall(SYS_exit_group, 99);
	put_entry('S', getpid(), 0, 0, NULL, NULL, NULL, 0);
}

__attribute__((visibility("default"))) int prctl(int option, ...)
{
	unsigned long a[4];
	va_list args;

	va_start(args, option);
	for (size_t i = 0; i < 4; i++)
		a[i] = va_arg(args, unsigned long);
	va_end(args);
	long rc = syscall(SYS_prctl, option, a[0], a[1], a[2], a[3]);
	if (rc == 0 && option == PR_SET_NO_NEW_PRIVS)
		leave();
	return (int)rc;
}

/* The absolute path, when it lies below root. */
static const char *below(const char *path, char room[PATH_MAX])
{
	if (shim.root_n == 0)
		return NULL;
	if (path[0] != '/') {
		if (syscall(SYS_getcwd, room, PATH_MAX) < 0)
			return NULL;
		size_t n = strlen(room), more = strlen(path);
		if (n + 1 + more >= PATH_MAX)
			return NULL;
		room[n] = '/';
		memcpy(room + n + 1, path, more + 1);
		path = room;
	}
	bool in = strncmp(path, shim.root, shim.root_n) == 0 &&
		  (path[shim.root_n] == '/' || path[shim.root_n] == '\0');
	return in ? path : NULL;
}

static bool is_ours(int fd)
{
	return fd >= 0 && fd < FDS && shim.ours[fd];
}

/* Called under the lock, before a change: the moment of death. */
static void count_change(void)
{
	if (++shim.changes == shim.kill_at) {
		syscall(SYS_kill, getpid(), SIGKILL);
		for (;;)
			syscall(SYS_pause);
	}
}

/* How many of n bytes at `at` the disk has room for; -1 and ENOSPC when none. */
static ssize_t fits(int fd, uint64_t at, size_t n)
{
	struct stat st;

	if (!shim.limited || n == 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return (ssize_t)n;
	uint64_t end = at + n, have = (uint64_t)st.st_size;
	if (end <= have)
		return (ssize_t)n;
	uint64_t grows = at > have ? n : end - have;
	if (grows > shim.room) {
		uint64_t part = (n - grows) + shim.room;
		shim.room = 0;
		if (part == 0) {
			errno = ENOSPC;
			return -1;
		}
		return (ssize_t)part;
	}
	shim.room -= grows;
	return (ssize_t)n;
}

static int name_fits(void)
{
	if (!shim.limited)
		return 0;
	if (shim.room < NAME_COST) {
		errno = ENOSPC;
		return -1;
	}
	shim.room -= NAME_COST;
	return 0;
}

static int open_any(const char *path, int flags, mode_t mode)
{
	char room[PATH_MAX];
	const char *full = below(path, room);
	struct stat st;

	if (!full)
		return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	pthread_mutex_lock(&shim.lock);
	bool makes = (flags & O_CREAT) && stat(full, &st) < 0;
	int fd = -1;
	if (makes || (flags & O_TRUNC))
		count_change();
	if (!makes || name_fits() == 0)
		fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	if (fd >= 0 && fd < FDS) {
		shim.ours[fd] = true;
		mode_t now = fstat(fd, &st) == 0 ? st.st_mode & 07777 : mode;
		put_entry('O', fd, (uint64_t)flags, now, full, NULL, NULL, 0);
	}
	pthread_mutex_unlock(&shim.lock);
	return fd;
}

static mode_t mode_of(int flags, va_list ap)
{
	return flags & O_CREAT ? va_arg(ap, mode_t) : 0;
}

#define OPEN(name)                                                                                 \
	__attribute__((visibility("default"))) int name(const char *path, int flags, ...)          \
	{                                                                                          \
		va_list ap;                                                                        \
		va_start(ap, flags);                                                               \
		mode_t mode = mode_of(flags, ap);                                                  \
		va_end(ap);                                                                        \
		return open_any(path, flags, mode);                                                \
	}
OPEN(open)
OPEN(open64)

/* Six letters for the last six of a template. */
static bool name_it(char *template)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t n = strlen(template);
	unsigned char random[6];

	if (n < 6 || syscall(SYS_getrandom, random, sizeof(random), 0) != (long)sizeof(random))
		return false;
	for (size_t i = 0; i < 6; i++)
		template[n - 6 + i] = letters[random[i] % 36];
	return true;
}

__attribute__((visibility("default"))) int mkostemp64(char *template, int flags)
{
	for (int tries = 0; tries < 100 && name_it(template); tries++) {
		int fd = open_any(template, flags | O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	errno = EEXIST;
	return -1;
}

__attribute__((visibility("default"))) int close(int fd)
{
	pthread_mutex_lock(&shim.lock);
	if (is_ours(fd)) {
		shim.ours[fd] = false;
		put_entry('C', fd, 0, 0, NULL, NULL, NULL, 0);
	}
	int rc = (int)syscall(SYS_close, fd);
	pthread_mutex_unlock(&shim.lock);
	return rc;
}

static ssize_t write_at(int fd, const void *bytes, size_t n, bool positioned, off_t at)
{
	if (!is_ours(fd)) {
		long did = positioned ? syscall(SYS_pwrite64, fd, bytes, n, at)
				      : syscall(SYS_write, fd, bytes, n);
		if (fd == STDOUT_FILENO && did > 0)
			put_entry('A', fd, 0, 0, NULL, NULL, bytes, (size_t)did);
		return did;
	}
	pthread_mutex_lock(&shim.lock);
	count_change();
	if (!positioned)
		at = (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
	ssize_t did = fits(fd, (uint64_t)at, n);
	if (did >= 0)
		did = positioned ? syscall(SYS_pwrite64, fd, bytes, did, at)
				 : syscall(SYS_write, fd, bytes, did);
	if (did > 0)
		put_entry('W', fd, (uint64_t)at, 0, NULL, NULL, bytes, (size_t)did);
	pthread_mutex_unlock(&shim.lock);
	return did;
}

__attribute__((visibility("default"))) ssize_t write(int fd, const void *bytes, size_t n)
{
	return write_at(fd, bytes, n, false, 0);
}

#define PWRITE(name)                                                                               \
	__attribute__((visibility("default"))) ssize_t name(int fd, const void *bytes, size_t n,   \
							    off_t at)                              \
	{                                                                                          \
		return write_at(fd, bytes, n, true, at);                                           \
	}
PWRITE(pwrite)
PWRITE(pwrite64)

static int truncate_to(int fd, off_t length)
{
	if (!is_ours(fd))
		return (int)syscall(SYS_ftruncate, fd, length);
	pthread_mutex_lock(&shim.lock);
	count_change();
	int rc = (int)syscall(SYS_ftruncate, fd, length);
	if (rc == 0)
		put_entry('T', fd, (uint64_t)length, 0, NULL, NULL, NULL, 0);
	pthread_mutex_unlock(&shim.lock);
	return rc;
}

__attribute__((visibility("default"))) int ftruncate(int fd, off_t length)
{
	return truncate_to(fd, length);
}

__attribute__((visibility("default"))) int ftruncate64(int fd, off_t length)
{
	return truncate_to(fd, length);
}

__attribute__((visibility("default"))) int fchmod(int fd, mode_t mode)
{
	pthread_mutex_lock(&shim.lock);
	int rc = (int)syscall(SYS_fchmod, fd, mode);
	if (rc == 0 && is_ours(fd))
		put_entry('P', fd, mode, 0, NULL, NULL, NULL, 0);
	pthread_mutex_unlock(&shim.lock);
	return rc;
}

/* What is below root is not synced: the test says what would have been lost, and is faster so. */
static int sync_fd(int fd, long call, char op)
{
	if (!is_ours(fd))
		return (int)syscall(call, fd);
	pthread_mutex_lock(&shim.lock);
	count_change();
	bool fails = shim.syncs == 0;
	if (!fails)
		put_entry(op, fd, 0, 0, NULL, NULL, NULL, 0);
	if (shim.syncs > 0)
		shim.syncs--;
	pthread_mutex_unlock(&shim.lock);
	if (fails)
		errno = ENOSPC;
	return fails ? -1 : 0;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	return sync_fd(fd, SYS_fsync, 'F');
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
	return sync_fd(fd, SYS_fdatasync, 'F');
}

__attribute__((visibility("default"))) int syncfs(int fd)
{
	return sync_fd(fd, SYS_syncfs, 'Y');
}

/* One or two names change; q may be NULL. A change across the border of root is a test's mistake. */
static int change_name(char op, const char *p, const char *q, bool takes_room, long call, long third)
{
	char proom[PATH_MAX], qroom[PATH_MAX];
	const char *full = below(p, proom), *to = q ? below(q, qroom) : NULL;
	int rc = -1;

	if (!full && !to)
		return (int)(q ? syscall(call, p, q) : syscall(call, p, third));
	pthread_mutex_lock(&shim.lock);
	count_change();
	if (!takes_room || name_fits() == 0)
		rc = (int)(q ? syscall(call, p, q) : syscall(call, p, third));
	if (rc == 0)
		put_entry(op, 0, (uint64_t)third, 0, full, to, NULL, 0);
	pthread_mutex_unlock(&shim.lock);
	return rc;
}

__attribute__((visibility("default"))) int rename(const char *from, const char *to)
{
	return change_name('R', from, to, false, SYS_rename, 0);
}

__attribute__((visibility("default"))) int link(const char *from, const char *to)
{
	return change_name('L', from, to, true, SYS_link, 0);
}

__attribute__((visibility("default"))) int unlink(const char *path)
{
	return change_name('U', path, NULL, false, SYS_unlink, 0);
}

__attribute__((visibility("default"))) int rmdir(const char *path)
{
	return change_name('D', path, NULL, false, SYS_rmdir, 0);
}

__attribute__((visibility("default"))) int mkdir(const char *path, mode_t mode)
{
	struct stat st;

	if (stat(path, &st) == 0) { /* most often it is there: that is no change */
		errno = EEXIST;
		return -1;
	}
	return change_name('M', path, NULL, true, SYS_mkdir, (long)mode);
}

__attribute__((visibility("default"))) char *mkdtemp(char *template)
{
	for (int tries = 0; tries < 100 && name_it(template); tries++) {
		if (mkdir(template, 0700) == 0)
			return template;
		if (errno != EEXIST)
			return NULL;
	}
	errno = EEXIST;
	return NULL;
}

#include "store/lock.h"

#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { COMMAND_MAX = 80 };

enum { TEXT_MAX = COMMAND_MAX + 24 };

/* The process that holds it as a writer, and behind it " COMMAND"; 0 where the file names none, or
 * one that is gone (the holder is then a reader that shares the lock). */
static long writer_of(int fd, char text[TEXT_MAX], char **command)
{
	ssize_t n = pread(fd, text, TEXT_MAX - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	errno = 0;
	long pid = strtol(text, command, 10);
	bool gone = errno || pid <= 0 || **command != ' ' || pid > INT32_MAX ||
		    (kill((pid_t)pid, 0) < 0 && errno == ESRCH);
	return gone ? 0 : pid;
}

static int busy(int fd, const char *dir, struct err *err)
{
	char text[TEXT_MAX], *command;
	long pid = writer_of(fd, text, &command);

	if (pid == 0)
		return err_set(err, ERR_BUSY, 0,
			       "store %s is in use by another program: try again later", dir);
	return err_set(err, ERR_BUSY, 0, "store %s is in use by process %ld (%s)", dir, pid,
		       command + 1);
}

static int path_of(const char *dir, char *out, size_t room, struct err *err)
{
	int n = snprintf(out, room, "%s/lock", dir);
	if (n < 0 || (size_t)n >= room)
		return err_set(err, ERR_LIMIT, 0, "store %.60s...: path too long", dir);
	return 0;
}

static int flock_retry(int fd, int how)
{
	int rc;

	do
		rc = flock(fd, how | LOCK_NB);
	while (rc < 0 && errno == EINTR);
	return rc;
}

int store_lock_take(const char *dir, const char *command, struct store_lock *out, struct err *err)
{
	char path[4096], text[COMMAND_MAX + 24];
	int rc = path_of(dir, path, sizeof(path), err);
	if (rc)
		return rc;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_sys(err, "store %s cannot be written: %s", dir, path);
	if (flock_retry(fd, LOCK_EX) < 0) {
		rc = errno == EWOULDBLOCK ? busy(fd, dir, err) : err_sys(err, "%s: flock", path);
		close(fd);
		return rc;
	}
	int n = snprintf(text, sizeof(text), "%ld %.*s\n", (long)getpid(), COMMAND_MAX, command);
	/* Empty first: on a full disk others then read no name rather than a wrong one. */
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n) {
		if (errno == 0)
			errno = ENOSPC;
		rc = err_sys(err, "store %s cannot be written: %s", dir, path);
		close(fd);
		return rc;
	}
	*out = (struct store_lock){ fd, true };
	return 0;
}

int store_lock_share(const char *dir, struct store_lock *out, struct err *err)
{
	char path[4096];
	int rc = path_of(dir, path, sizeof(path), err);
	if (rc)
		return rc;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		return err_sys(err, "%s", path);
	if (fd >= 0 && flock_retry(fd, LOCK_SH) < 0) {
		rc = errno == EWOULDBLOCK ? busy(fd, dir, err) : err_sys(err, "%s: flock", path);
		close(fd);
		return rc;
	}
	*out = (struct store_lock){ fd, false };
	return 0;
}

int store_lock_probe(const char *dir, struct err *err)
{
	char path[4096], text[TEXT_MAX], *command;
	int rc = path_of(dir, path, sizeof(path), err);
	if (rc)
		return rc;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(err, "store %s cannot be written: %s", dir, path);
	if (flock_retry(fd, LOCK_EX) < 0)
		rc = errno != EWOULDBLOCK ? err_sys(err, "%s: flock", path) :
		     writer_of(fd, text, &command) ? 0 : busy(fd, dir, err);
	close(fd);
	return rc;
}

void store_lock_give(struct store_lock *lock)
{
	if (lock->fd < 0)
		return;
	/* A failed truncation leaves the name of a process that is gone: busy() sees through it. */
	if (lock->mine && ftruncate(lock->fd, 0) < 0)
		errno = 0;
	close(lock->fd);
	*lock = (struct store_lock)STORE_LOCK_NONE;
}

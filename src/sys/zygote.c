/* Packets over a pair of sockets:
 *
 *   parent -> zygote   tag
 *   zygote -> parent   struct birth, with two descriptors unless .error
 *
 * The zygote alone waits for what was born of it, and only when it is asked for the next: until
 * then a number stays taken, so pidfd_open behind fork cannot meet a stranger. */
#include "sys/zygote.h"

#include "base/sha256.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SHADOWED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHADOWED 1
#endif
#endif
#ifndef SHADOWED
#define SHADOWED 0
#endif

struct birth {
	uint32_t tag;
	int error; /* errno */
	pid_t pid;
};

struct zygote {
	int fd;
	pid_t pid;
};

/* ---- the zygote ---- */

struct mother {
	const struct zygote_options *o;
	int fd;
	pid_t child[ZYGOTE_LIVING];
	size_t n;
};

/* A key on the keyboard is for the parent, which ends us when it is done. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGPIPE };
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Environments hold passwords of databases. */
static void forget_environment(void)
{
	for (char **e = environ; e && *e; e++)
		explicit_bzero(*e, strlen(*e));
	clearenv();
}

/* What the libraries load when they are first used, and could not when shut in. */
static void warm_libraries(void)
{
	sha256_of(SLICE("warm"));
	json_object_seed(0);
}

/* Pages of address space this process has now (proc(5), statm). */
static uint64_t pages_now(void)
{
	char text[128];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return strtoull(text, NULL, 10);
}

static int limit(int which, uint64_t value)
{
	struct rlimit now;

	if (getrlimit((__rlimit_resource_t)which, &now) < 0)
		return -1;
	if (now.rlim_max > value)
		now.rlim_max = value;
	now.rlim_cur = now.rlim_max;
	return setrlimit((__rlimit_resource_t)which, &now);
}

/* When memory is short the kernel takes these first, not the process that holds the work of hours.
 * */
static void be_dispensable(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1000", 4) < 0)
		errno = 0; /* it is then as likely as any other */
	close(fd);
}

static void be_born(const struct mother *m, pid_t mother, int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != mother)
		return; /* it died before we could say so */
	if (dup2(fd, ZYGOTE_FD) < 0)
		return;
	sandbox_close_all_but(ZYGOTE_FD);
	be_dispensable();
	if (m->o->cpu_s && limit(RLIMIT_CPU, (uint64_t)m->o->cpu_s) < 0)
		return;
	m->o->fn(m->o->ctx, ZYGOTE_FD);
}

static void bury(struct mother *m)
{
	for (size_t i = 0; i < m->n;)
		if (waitpid(m->child[i], NULL, WNOHANG) != 0)
			m->child[i] = m->child[--m->n];
		else
			i++;
}

static int send_birth(int to, const struct birth *b, const int *fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	struct iovec part = { (void *)(uintptr_t)b, sizeof(*b) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (fd) {
		message.msg_control = control.room;
		message.msg_controllen = sizeof(control.room);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(2 * sizeof(int));
		memcpy(CMSG_DATA(&control.head), fd, 2 * sizeof(int));
	}
	return sendmsg(to, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(*b) ? 0 : -1;
}

static int bear(struct mother *m, uint32_t tag)
{
	struct birth b = { .tag = tag };
	int pair[2], give[2];
	pid_t self = getpid();

	bury(m);
	if (m->n == ZYGOTE_LIVING)
		b.error = EAGAIN;
	else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		b.error = errno;
	if (b.error)
		return send_birth(m->fd, &b, NULL);
	b.pid = fork();
	if (b.pid == 0) {
		be_born(m, self, pair[1]);
		_exit(0); /* nothing of the parent's is flushed or closed here a second time */
	}
	b.error = b.pid < 0 ? errno : 0;
	close(pair[1]);
	give[0] = pair[0];
	give[1] = -1;
	if (b.pid > 0) {
		m->child[m->n++] = b.pid;
		give[1] = (int)syscall(SYS_pidfd_open, b.pid, 0);
		b.error = give[1] < 0 ? errno : 0;
		if (b.error)
			kill(b.pid, SIGKILL);
	}
	int rc = send_birth(m->fd, &b, b.error ? NULL : give);
	close(pair[0]);
	if (give[1] >= 0)
		close(give[1]);
	return rc;
}

static void end_all(struct mother *m)
{
	for (size_t i = 0; i < m->n; i++)
		kill(m->child[i], SIGKILL);
	while (m->n)
		if (waitpid(m->child[m->n - 1], NULL, 0) >= 0 || errno != EINTR)
			m->n--;
}

static void run_zygote(const struct zygote_options *o, int fd, pid_t parent)
{
	struct mother m = { .o = o, .fd = fd };
	uint32_t tag;
	ssize_t n;

	ignore_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return;
	sandbox_close_all_but(fd);
	warm_libraries();
	forget_environment();
	sandbox_leave_network();
	prctl(PR_SET_DUMPABLE, 0);
	if (o->memory && !SHADOWED &&
	    limit(RLIMIT_AS, pages_now() * (uint64_t)sysconf(_SC_PAGESIZE) + o->memory) < 0)
		return;
	do {
		n = recv(fd, &tag, sizeof(tag), 0);
		if (n == (ssize_t)sizeof(tag) && bear(&m, tag) < 0)
			break;
	} while (n == (ssize_t)sizeof(tag) || (n < 0 && errno == EINTR));
	end_all(&m);
}

/* ---- the parent ---- */

static int gone(struct err *err)
{
	return err_set(err, ERR_IO, 0, "the process that others are born of has ended");
}

int zygote_new(const struct zygote_options *o, struct zygote **out, struct err *err)
{
	int fd[2];
	pid_t parent = getpid();

	struct zygote *z = calloc(1, sizeof(*z));
	if (!z)
		return err_set(err, ERR_NOMEM, 0, "zygote: out of memory");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0) {
		free(z);
		return err_sys(err, "zygote: socketpair");
	}
	z->fd = fd[0];
	z->pid = fork();
	if (z->pid == 0) {
		run_zygote(o, fd[1], parent);
		_exit(0);
	}
	close(fd[1]);
	if (z->pid < 0) {
		int rc = err_sys(err, "zygote: fork");
		zygote_free(z);
		return rc;
	}
	*out = z;
	return 0;
}

void zygote_free(struct zygote *z)
{
	if (!z)
		return;
	close(z->fd);
	while (z->pid > 0 && waitpid(z->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	free(z);
}

int zygote_ask(struct zygote *z, uint32_t tag, struct err *err)
{
	ssize_t n;

	do
		n = send(z->fd, &tag, sizeof(tag), MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)sizeof(tag))
		return 0;
	if (n < 0 && (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM))
		return err_set(err, ERR_BUSY, 0, "zygote: too much was asked");
	return gone(err);
}

int zygote_take(struct zygote *z, struct zygote_child *out, struct err *err)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct birth b;
	struct iovec part = { &b, sizeof(b) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room,
		                  .msg_controllen = sizeof(control.room) };
	ssize_t n;

	/* A loop that waits for the descriptor makes it one that does not block. */
	struct pollfd wait = { .fd = z->fd, .events = POLLIN };
	do
		n = poll(&wait, 1, -1) < 0 ? -1 : recvmsg(z->fd, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n != (ssize_t)sizeof(b))
		return gone(err);
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int fd[2] = { -1, -1 };
	if (head && head->cmsg_type == SCM_RIGHTS && head->cmsg_len <= CMSG_LEN(sizeof(fd)))
		memcpy(fd, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
	out->tag = b.tag;
	if (b.error || fd[1] < 0) {
		/* One descriptor, or none: ours are used up. */
		int why = b.error ? b.error : EMFILE;
		if (fd[0] >= 0)
			close(fd[0]);
		return err_set(err, ERR_BUSY, 0, "zygote: no further process: %s",
		               strerrordesc_np(why));
	}
	out->fd = fd[0];
	out->pidfd = fd[1];
	out->pid = b.pid;
	return 0;
}

int zygote_fd(const struct zygote *z)
{
	return z->fd;
}

pid_t zygote_pid(const struct zygote *z)
{
	return z->pid;
}

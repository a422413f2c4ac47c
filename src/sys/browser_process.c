/* The first process of the new namespaces prepares them, gives the sockets out and becomes a shell,
 * which runs the browser and buries what is left behind by others, as the first process has to.
 * Nothing of our memory is left then. */
#include "sys/browser_process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FLAGS_MAX = 64, READY_MS = 10 * 1000, ABOVE = 20 };

/* Of one process of the browser: a page that takes memory without end dies of it, not the machine.
 * */
static const rlim_t data_max = (rlim_t)4 << 30;

struct ready {
	const char *step; /* of our own memory: the child is a fork; NULL: it worked */
	int error;
	uint16_t port[BROWSER_GATES];
};

struct ends {
	int control, in, out, errors;
};

struct who {
	uid_t uid;
	gid_t gid;
	bool is_root; /* who starts it */
};

/* ---- the first process ---- */

static int put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

/* In a user namespace we are who we are. */
static int map_user(const struct who *w)
{
	char line[64];

	snprintf(line, sizeof(line), "%u %u 1", (unsigned)w->uid, (unsigned)w->uid);
	if (put_file("/proc/self/setgroups", "deny") < 0 ||
	    put_file("/proc/self/uid_map", line) < 0)
		return -1;
	snprintf(line, sizeof(line), "%u %u 1", (unsigned)w->gid, (unsigned)w->gid);
	return put_file("/proc/self/gid_map", line);
}

static int own_folders(const struct who *w)
{
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=512m") < 0 ||
	    mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=1g") < 0)
		return -1;
	/* Where part of /proc is covered, as in containers, the old one stays. */
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		errno = 0;
	if (mkdir("/tmp/home", 0700) < 0)
		return -1;
	return w->is_root ? chown("/tmp/home", w->uid, w->gid) : 0;
}

static int raise_loopback(void)
{
	struct ifreq q = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc = fd < 0 ? -1 : ioctl(fd, SIOCGIFFLAGS, &q);

	q.ifr_flags |= IFF_UP;
	if (rc == 0)
		rc = ioctl(fd, SIOCSIFFLAGS, &q);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int make_gate(int *fd, uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0 || bind(*fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    getsockname(*fd, (struct sockaddr *)&at, &n) < 0)
		return -1;
	*port = ntohs(at.sin_port);
	return 0;
}

static int send_ready(int control, const struct ready *r, const int *fd, size_t n)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(BROWSER_GATES * sizeof(int))];
	} c = { 0 };
	struct iovec part = { (void *)(uintptr_t)r, sizeof(*r) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };

	if (n) {
		m.msg_control = c.room;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
		c.head.cmsg_level = SOL_SOCKET;
		c.head.cmsg_type = SCM_RIGHTS;
		c.head.cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(&c.head), fd, n * sizeof(int));
	}
	return sendmsg(control, &m, MSG_NOSIGNAL) == (ssize_t)sizeof(*r) ? 0 : -1;
}

static int be_user(const struct who *w, int control)
{
	const struct rlimit none = { 0, 0 }, data = { data_max, data_max };

	/* By the kernel's own calls: the C library would wait for threads that this copy does not
	 * have. */
	if (w->is_root && (syscall(SYS_setgroups, 0, NULL) < 0 ||
	                   syscall(SYS_setresgid, w->gid, w->gid, w->gid) < 0 ||
	                   syscall(SYS_setresuid, w->uid, w->uid, w->uid) < 0))
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0 ||
	    setrlimit(RLIMIT_DATA, &data) < 0)
		return -1;
	/* Behind the change of user, which the kernel forgets it with. Our parent is not to be seen
	 * from in here, but the end of its socket is. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	struct pollfd parent = { .fd = control };
	return poll(&parent, 1, 0) == 0 ? 0 : -1;
}

/* Descriptors 0 to 4 as the browser has them (content/public/common/content_switches.cc: commands
 * at 3, messages at 4), and no other. */
static int set_descriptors(const struct ends *e)
{
	int nothing = open("/dev/null", O_RDWR);
	int in = fcntl(e->in, F_DUPFD, ABOVE), out = fcntl(e->out, F_DUPFD, ABOVE);
	int errors = fcntl(e->errors, F_DUPFD, ABOVE);

	if (nothing < 0 || in < 0 || out < 0 || errors < 0 || dup2(nothing, 0) < 0 ||
	    dup2(nothing, 1) < 0 || dup2(errors, 2) < 0 || dup2(in, 3) < 0 || dup2(out, 4) < 0)
		return -1;
	return (int)syscall(SYS_close_range, 5u, ~0u, 0u);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_shell(const struct browser_process_options *o, const struct ends *e)
{
	/* With a second command the shell stays, and so buries. */
	static const char *const start[] = { "sh", "-c", "\"$@\"; exit $?", "sh" };
	static const char *const environment[] = {
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp/home", "TMPDIR=/tmp/home",
		"LANG=C.UTF-8", "XDG_RUNTIME_DIR=/tmp/home", NULL,
	};
	const char *argument[FLAGS_MAX] = { 0 };
	size_t n = 0;

	for (; n < sizeof(start) / sizeof(start[0]); n++)
		argument[n] = start[n];
	argument[n++] = o->program;
	for (size_t i = 0; o->flags[i] && n < FLAGS_MAX - 1; i++)
		argument[n++] = o->flags[i];
	reset_signals();
	if (set_descriptors(e) == 0 && chdir("/tmp/home") == 0)
		execve("/bin/sh", (char **)(uintptr_t)argument, (char **)(uintptr_t)environment);
	_exit(127);
}

static void run_first(const struct browser_process_options *o, const struct who *w,
                      const struct ends *e)
{
	struct ready r = { 0 };
	int gate[BROWSER_GATES];

	umask(077);
	errno = 0;
	if (!w->is_root && map_user(w) < 0)
		r.step = "a user namespace";
	else if (own_folders(w) < 0)
		r.step = "folders of its own";
	else if (raise_loopback() < 0)
		r.step = "a network of its own";
	for (unsigned i = 0; !r.step && i < o->gates; i++)
		if (make_gate(&gate[i], &r.port[i]) < 0)
			r.step = "listening sockets";
	if (!r.step && be_user(w, e->control) < 0)
		r.step = "another user";
	r.error = errno;
	if (send_ready(e->control, &r, gate, r.step ? 0 : o->gates) == 0 && !r.step)
		run_shell(o, e);
}

/* ---- the parent ---- */

static int find_user(const char *name, struct who *w, struct err *err)
{
	char room[4096];
	struct passwd entry, *found = NULL;

	w->is_root = geteuid() == 0;
	w->uid = geteuid();
	w->gid = getegid();
	if (!w->is_root)
		return 0;
	if (getpwnam_r(name, &entry, room, sizeof(room), &found) != 0 || !found)
		return err_set(err, ERR_REFUSED, 0,
		               "browser: there is no user \"%s\" to run it as: name another", name);
	if (found->pw_uid == 0)
		return err_set(err, ERR_REFUSED, 0, "browser: \"%s\" is root: name another user",
		               name);
	w->uid = found->pw_uid;
	w->gid = found->pw_gid;
	return 0;
}

static int receive_ready(int control, const struct browser_process_options *o,
                         struct browser_process *out, struct err *err)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(BROWSER_GATES * sizeof(int))];
	} c;
	struct ready r = { 0 };
	struct iovec part = { &r, sizeof(r) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = c.room,
		            .msg_controllen = sizeof(c.room) };
	struct pollfd wait = { .fd = control, .events = POLLIN };
	ssize_t n;

	do
		n = poll(&wait, 1, READY_MS) < 1 ? -1 : recvmsg(control, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(r))
		return err_set(err, ERR_IO, 0, "browser: its first process died");
	if (r.step)
		return err_set(err, ERR_REFUSED, 0, "browser: it cannot be given %s: %s", r.step,
		               strerrordesc_np(r.error));
	struct cmsghdr *head = CMSG_FIRSTHDR(&m);
	if (!head || head->cmsg_type != SCM_RIGHTS ||
	    head->cmsg_len != CMSG_LEN(o->gates * sizeof(int)))
		return err_set(err, ERR_IO, 0, "browser: too many open files");
	memcpy(out->gate, CMSG_DATA(head), o->gates * sizeof(int));
	memcpy(out->port, r.port, sizeof(r.port));
	return 0;
}

static int forbidden(bool is_root, struct err *err)
{
	if (errno != EPERM && errno != EACCES && errno != ENOSPC && errno != EINVAL)
		return err_sys(err, "browser: a process");
	return err_set(err, ERR_REFUSED, 0, "%s",
	               is_root ? "browser: the kernel lets root have no namespaces here, as in many "
	                         "containers: run it with the capability CAP_SYS_ADMIN"
	                       : "browser: the kernel forbids user namespaces: run it as root, or "
	                         "allow them (sysctl kernel.unprivileged_userns_clone=1)");
}

static void close_all(int *fd, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

int browser_process_start(const struct browser_process_options *o, struct browser_process *out,
                          struct err *err)
{
	enum { CONTROL, IN = 2, OUT = 4, ERRORS = 6, FDS = 8 };
	int fd[FDS] = { -1, -1, -1, -1, -1, -1, -1, -1 };
	struct browser_process p = { .pidfd = -1 };
	struct who w;
	int rc = find_user(o->user, &w, err);

	if (rc)
		return rc;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, &fd[CONTROL]) < 0 ||
	    pipe2(&fd[IN], O_CLOEXEC) < 0 || pipe2(&fd[OUT], O_CLOEXEC) < 0 ||
	    pipe2(&fd[ERRORS], O_CLOEXEC) < 0) {
		rc = err_sys(err, "browser: pipes");
		close_all(fd, FDS);
		return rc;
	}
	const struct ends theirs = { fd[CONTROL + 1], fd[IN], fd[OUT + 1], fd[ERRORS + 1] };
	unsigned long flags = CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | SIGCHLD;
	if (!w.is_root)
		flags |= CLONE_NEWUSER;
	/* As fork does it, and these beside. */
	p.pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
	if (p.pid == 0) {
		close(fd[CONTROL]);
		run_first(o, &w, &theirs);
		_exit(127);
	}
	rc = p.pid < 0 ? forbidden(w.is_root, err) : 0;
	int *const close_now[] = { &fd[CONTROL + 1], &fd[IN], &fd[OUT + 1], &fd[ERRORS + 1] };
	for (size_t i = 0; i < sizeof(close_now) / sizeof(close_now[0]); i++) {
		close(*close_now[i]);
		*close_now[i] = -1;
	}
	if (rc) {
		close_all(fd, FDS);
		return rc;
	}
	p.pidfd = (int)syscall(SYS_pidfd_open, p.pid, 0);
	p.in = fd[IN + 1];
	p.out = fd[OUT];
	p.errors = fd[ERRORS];
	rc = receive_ready(fd[CONTROL], o, &p, err);
	close(fd[CONTROL]);
	if (rc)
		browser_process_end(&p);
	else
		*out = p;
	return rc;
}

void browser_process_end(struct browser_process *p)
{
	if (p->pid <= 0)
		return;
	/* It is our child and not waited for: its number is still its own. */
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	close_all((int[]){ p->pidfd, p->in, p->out, p->errors }, 4);
	*p = (struct browser_process){ .pidfd = -1 };
}

int browser_program(const char *name, char *out, size_t size, struct err *err)
{
	/* Debian's "chromium" is a script that adds flags of the machine to this one. */
	static const char *const folders[] = { "/usr/lib/chromium", "/usr/local/bin", "/usr/bin" };

	if (name && strchr(name, '/') && access(name, X_OK) == 0 &&
	    snprintf(out, size, "%s", name) < (int)size)
		return 0;
	for (size_t i = 0; !(name && strchr(name, '/')) && i < sizeof(folders) / sizeof(folders[0]);
	     i++) {
		if (snprintf(out, size, "%s/%s", folders[i], name ? name : "chromium") < (int)size &&
		    access(out, X_OK) == 0)
			return 0;
	}
	return err_set(err, ERR_NOTFOUND, 0, "browser: there is no %s: %s",
	               name ? name : "Chromium",
	               name ? "name another program" : "install the Debian package chromium");
}

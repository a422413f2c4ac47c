/* The signals that a person can send from the keyboard are held back while echo is off, so that
 * none of them leaves a terminal that shows nothing. */
#include "sys/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int read_line(int fd, size_t limit, struct buf *out, struct err *err)
{
	char c;

	if (!buf_reserve(out, limit + 1)) /* so that growing leaves no copy behind */
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (;;) {
		ssize_t n = read(fd, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "/dev/tty");
		if (n == 0 || c == '\n')
			return 0;
		if (out->n >= limit)
			return err_set(err, ERR_LIMIT, 0, "a line of over %zu bytes was typed", limit);
		buf_putc(out, c);
	}
}

static void say(int fd, const char *text)
{
	/* A terminal that takes no question may still give the answer. */
	if (write(fd, text, strlen(text)) < 0)
		return;
}

int terminal_ask_secret(const char *question, size_t limit, struct buf *out, struct err *err)
{
	struct termios shown, hidden;
	sigset_t keys, before;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(err, ERR_USAGE, 0,
		               "there is no terminal to ask at: give a file (--password-file)");
	sigemptyset(&keys);
	sigaddset(&keys, SIGINT);
	sigaddset(&keys, SIGQUIT);
	sigaddset(&keys, SIGTSTP);
	sigprocmask(SIG_BLOCK, &keys, &before);
	int rc = tcgetattr(fd, &shown) < 0 ? err_sys(err, "/dev/tty") : 0;
	if (rc == 0) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
		if (tcsetattr(fd, TCSAFLUSH, &hidden) < 0)
			rc = err_sys(err, "/dev/tty");
	}
	if (rc == 0) {
		say(fd, question);
		rc = read_line(fd, limit, out, err);
		say(fd, "\n");
		tcsetattr(fd, TCSAFLUSH, &shown); /* as it was; there is no other way to try */
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fd);
	return rc;
}

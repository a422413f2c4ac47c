/* What a process that shut itself in cannot do, tried in a process each. */
#include "check.h"

#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void open_file(void)
{
	open("/etc/passwd", O_RDONLY);
}

static void make_file(void)
{
	open("/tmp/assay-sandbox-test", O_WRONLY | O_CREAT, 0600);
}

static void open_socket(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void open_unix_socket(void)
{
	socket(AF_UNIX, SOCK_DGRAM, 0);
}

static void run_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

static void make_process(void)
{
	fork();
}

static void be_dumpable(void)
{
	prctl(PR_SET_DUMPABLE, 1);
}

static void make_code(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void kill_parent(void)
{
	kill(getppid(), 0);
}

static void write_elsewhere(void)
{
	if (write(STDERR_FILENO, "", 1) < 0)
		_exit(7);
}

static void read_elsewhere(void)
{
	char c;

	if (read(STDERR_FILENO, &c, 1) < 0)
		_exit(7);
}

static void trace(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void write_here(void)
{
	if (write(STDOUT_FILENO, "", 0) < 0)
		_exit(7);
}

static void compute(void)
{
	char *p = malloc(1 << 20);

	if (!p)
		_exit(9);
	memset(p, 1, 1 << 20);
	free(p);
}

/* How a process ends that shuts itself in and then does that: the status of wait. */
static int ends(void (*what)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		sandbox_leave_network();
		if (sandbox_enter(STDOUT_FILENO, NULL))
			_exit(8);
		what();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void all_but_computing_ends_the_process(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		void (*run)(void);
		bool allowed;
	} rows[] = {
		{ "compute", compute, true },
		{ "write to its descriptor", write_here, true },
		{ "write to another", write_elsewhere, false },
		{ "read from another", read_elsewhere, false },
		{ "be traced", trace, false },
		{ "open a file", open_file, false },
		{ "make a file", make_file, false },
		{ "open a socket", open_socket, false },
		{ "open a local socket", open_unix_socket, false },
		{ "run a program", run_program, false },
		{ "make a process", make_process, false },
		{ "be dumpable again", be_dumpable, false },
		{ "make code", make_code, false },
		{ "send a signal", kill_parent, false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		int status = ends(rows[i].run);
		CHECK_INT(i, rows[i].what, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		          rows[i].allowed ? 0 : -1);
		CHECK_INT(i, rows[i].what, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		          rows[i].allowed ? 0 : SIGSYS);
	}
	check_done();
	assert_int_not_equal(access("/tmp/assay-sandbox-test", F_OK), 0);
}

/* What the second wall says by itself, errno by errno. A kernel without it says 0 and opens. */
static void files_are_out_of_reach_without_the_filter_too(void **state)
{
	(void)state;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int version = sandbox_leave_files();
		if (version == 0)
			_exit(open("/etc/passwd", O_RDONLY) >= 0 ? 0 : 1);
		if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
			_exit(2);
		if (open("/tmp/assay-sandbox-test", O_WRONLY | O_CREAT, 0600) >= 0 ||
		    errno != EACCES)
			_exit(3);
		if (unlink("/etc/passwd") == 0 || errno != EACCES)
			_exit(4);
		execl("/bin/true", "true", (char *)NULL);
		_exit(errno == EACCES ? 0 : 5);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* In a user namespace of its own too, where the kernel forgets such a signal. */
static void who_leaves_the_network_still_dies_with_its_parent(void **state)
{
	(void)state;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int signal = 0;
		if (getuid() == 0 && setresuid(65534, 65534, 65534) < 0)
			_exit(0); /* nobody else to be */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sandbox_leave_network();
		_exit(prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal == SIGKILL ? 0 : 1);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void what_was_open_is_closed_but_for_one(void **state)
{
	(void)state;
	int pair[2], status = -1;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	pid_t pid = fork();
	if (pid == 0) {
		sandbox_close_all_but(pair[1]);
		int still = 0;
		for (int fd = 0; fd < 1000; fd++)
			still += fcntl(fd, F_GETFD) >= 0;
		_exit(still == 1 && fcntl(pair[1], F_GETFD) >= 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_but_computing_ends_the_process),
		cmocka_unit_test(files_are_out_of_reach_without_the_filter_too),
		cmocka_unit_test(who_leaves_the_network_still_dies_with_its_parent),
		cmocka_unit_test(what_was_open_is_closed_but_for_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The side that does the jobs: from its birth on shut in, with one descriptor. */
#include "sys/worker_frame.h"

#include "sys/sandbox.h"
#include "sys/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int worker_read_all(int fd, void *out, size_t n)
{
	char *p = out;

	while (n) {
		ssize_t got = read(fd, p, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

static int write_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n) {
		ssize_t put = write(fd, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return -1;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

static int reply(int fd, int code, struct slice bytes)
{
	struct worker_reply r = { .magic = WORKER_MAGIC, .code = code, .n = bytes.n };

	return write_all(fd, &r, sizeof(r)) < 0 ? -1 : write_all(fd, bytes.p, bytes.n);
}

static int do_job(const struct workers_options *o, int fd, const struct worker_order *q)
{
	struct buf out = { 0 };
	struct err err = { 0 };
	/* A copy of the exact size: the sanitizers see a read behind it. */
	char *job = malloc(q->n ? q->n : 1);
	int rc = job ? worker_read_all(fd, job, q->n) : -1;

	if (rc == 0) {
		int code = o->fn(o->ctx, q->sort, slice_from(job, q->n), &out, &err);
		if (code == 0 && !buf_ok(&out))
			code = err_set(&err, ERR_NOMEM, 0, "out of memory");
		if (code == 0 && out.n > o->result_bytes)
			code = err_set(&err, ERR_LIMIT, 0, "a result of over %llu bytes",
			               (unsigned long long)o->result_bytes);
		rc = reply(fd, code, code ? slice_from(err.what, strnlen(err.what, WORKER_WHAT - 1))
		                          : buf_slice(&out));
	}
	buf_release(&out);
	free(job);
	return rc;
}

void worker_child(void *ctx, int fd)
{
	const struct workers_options *o = ctx;
	struct err err = { 0 };
	struct worker_order q;
	int rc = sandbox_enter(fd, &err);

	if (reply(fd, rc, slice_str(err.what)) < 0 || rc)
		return;
	while (worker_read_all(fd, &q, sizeof(q)) == 0 && q.magic == WORKER_MAGIC &&
	       do_job(o, fd, &q) == 0)
		continue;
}

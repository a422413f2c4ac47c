#include "cmd/collect_reader.h"

#include "collect/registration_reading.h"

#include <string.h>

/* A job is the length of the address in four octets, the address, and the bytes that came from it. */
enum { HEAD = 4 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
}

int collect_reader_job(const struct ask *read, const struct exchange *of, struct buf *job,
                       struct err *err)
{
	uint32_t n = (uint32_t)of->uri.n;

	(void)read;
	buf_put(job, slice_from((const char *)&n, HEAD));
	buf_put(job, of->uri);
	buf_put(job, of->response);
	return buf_ok(job) ? 0 : no_memory(err);
}

int collect_reader_run(void *ctx, uint32_t sort, struct slice job, struct buf *out,
                       struct err *err)
{
	json_t *reading = NULL;
	uint32_t n = 0;
	int rc;

	(void)ctx;
	if (job.n >= HEAD)
		memcpy(&n, job.p, HEAD);
	if (job.n < HEAD || job.n - HEAD < n)
		return err_set(err, ERR_USAGE, 0, "a job without its head");
	struct slice uri = slice_sub(job, HEAD, HEAD + n), bytes = slice_sub(job, HEAD + n, job.n);
	switch (sort) {
	case READ_RDAP:
	case READ_WHOIS:
		rc = registration_reading((enum reading)sort, bytes, uri, &reading, err);
		break;
	default: rc = err_set(err, ERR_USAGE, 0, "no reading %u", sort);
	}
	if (rc == 0)
		rc = json_canonical(reading, out, err);
	json_decref(reading);
	return rc;
}

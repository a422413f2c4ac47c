#include "cmd/collect_reader.h"

int collect_reader_job(const struct ask *read, const struct exchange *of, struct buf *job,
                       struct err *err)
{
	(void)read;
	buf_put(job, of->response);
	return buf_ok(job) ? 0 : err_set(err, ERR_NOMEM, 0, "collect: out of memory");
}

int collect_reader_run(void *ctx, uint32_t sort, struct slice job, struct buf *out,
                       struct err *err)
{
	(void)ctx;
	(void)job;
	(void)out;
	return err_set(err, ERR_USAGE, 0, "no reading %u", sort);
}

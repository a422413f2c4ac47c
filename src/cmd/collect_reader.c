#include "cmd/collect_reader.h"

#include "collect/chain_reading.h"
#include "collect/page_reading.h"
#include "collect/registration_reading.h"

#include <string.h>

/* A job about a registration: the length of the address in four octets, the address, and the
 * bytes that came from it. Others are as their readings have them. */
enum { HEAD = 4 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
}

int collect_reader_job(const struct ask *read, const struct exchange *of, struct buf *job,
                       struct err *err)
{
	uint32_t n = (uint32_t)of->uri.n;

	if (read->reading == READ_CHAIN)
		return chain_job_put(of->chain, of->chain_n, job, err);
	if (read->reading == READ_PAGE)
		return page_job_put(&(struct page_job){ .url = read->url,
		                                        .site = read->site,
		                                        .rendered = of->kind == EXCHANGE_RENDER,
		                                        .bytes = of->response },
		                    job, err);
	buf_put(job, slice_from((const char *)&n, HEAD));
	buf_put(job, of->uri);
	buf_put(job, of->response);
	return buf_ok(job) ? 0 : no_memory(err);
}

static int read_registration(enum reading what, struct slice job, json_t **out, struct err *err)
{
	uint32_t n = 0;

	if (job.n >= HEAD)
		memcpy(&n, job.p, HEAD);
	if (job.n < HEAD || job.n - HEAD < n)
		return err_set(err, ERR_USAGE, 0, "a job without its head");
	return registration_reading(what, slice_sub(job, HEAD + n, job.n),
	                            slice_sub(job, HEAD, HEAD + n), out, err);
}

static int read_page(const struct collect_reader *r, struct slice job, json_t **out,
                     struct err *err)
{
	struct page_job page;
	int rc = page_job_parse(job, &page, err);

	return rc ? rc : page_read(r->pages, &page, out, err);
}

int collect_reader_run(void *ctx, uint32_t sort, struct slice job, struct buf *out,
                       struct err *err)
{
	json_t *reading = NULL;
	int rc;

	switch (sort) {
	case READ_PAGE: rc = read_page(ctx, job, &reading, err); break;
	case READ_CHAIN: rc = chain_read(job, &reading, err); break;
	case READ_RDAP:
	case READ_WHOIS: rc = read_registration((enum reading)sort, job, &reading, err); break;
	default: rc = err_set(err, ERR_USAGE, 0, "no reading %u", sort);
	}
	if (rc == 0)
		rc = json_canonical(reading, out, err);
	json_decref(reading);
	return rc;
}

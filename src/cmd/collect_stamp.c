#include "cmd/collect_stamp.h"

#include "store/archive_token.h"
#include "sys/http_post.h"
#include "sys/random.h"
#include "wire/tsp.h"

#include <stdlib.h>

enum { ANSWER_S = 30 };

struct stamping {
	struct archive *archive;
	struct sha256 *order; /* without a timestamp */
	size_t n, cap;
};

static int note(void *ctx, struct sha256 order, const json_t *manifest, struct err *err)
{
	struct stamping *s = ctx;
	bool has = false;
	int rc = archive_token_is(s->archive, order, &has, err);

	(void)manifest;
	if (rc || has)
		return rc;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 256;
		struct sha256 *more = realloc(s->order, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "timestamp: out of memory");
		s->order = more;
		s->cap = cap;
	}
	s->order[s->n++] = order;
	return 0;
}

static int stamp(struct archive *a, const char *url, struct sha256 order, struct err *err)
{
	struct buf request = { 0 }, response = { 0 };
	struct sha256 imprint;
	uint64_t nonce = 0;
	int64_t at;
	int rc = archive_token_imprint(a, order, &imprint, err);

	if (rc == 0)
		rc = random_bytes((uint8_t *)&nonce, sizeof(nonce), err);
	nonce = nonce >> 1 | 1; /* never 0, and positive as DER writes integers */
	if (rc == 0)
		rc = tsp_request(imprint, nonce, &request, err);
	if (rc == 0)
		rc = http_post(url, TSP_QUERY_TYPE, buf_slice(&request), TSP_RESPONSE_MAX, ANSWER_S,
		               &response, err);
	if (rc == 0)
		rc = archive_token_put(a, order, nonce, buf_slice(&response), &at, err);
	buf_release(&request);
	buf_release(&response);
	return rc;
}

int collect_stamp(struct archive *a, const char *url, const struct log *log, size_t *left,
                  struct err *err)
{
	struct stamping s = { .archive = a };
	struct err why = { 0 };
	size_t done = 0;
	int rc = archive_each(a, note, &s, err), failed = 0;

	while (rc == 0 && done < s.n && !failed) {
		failed = stamp(a, url, s.order[done], &why);
		done += !failed;
	}
	if (failed == ERR_NOMEM || failed == ERR_USAGE)
		rc = err_set(err, (enum err_code)failed, 0, "%s", why.what);
	else if (failed)
		log_printf(log, LEVEL_WARNING, "no timestamp: %s; the same command asks again",
		           why.what);
	*left = s.n - done;
	if (rc == 0)
		LOG_PUT(log, LEVEL_INFO, "timestamps", LOG_INT("new", (int64_t)done),
		        LOG_INT("missing", (int64_t)*left));
	free(s.order);
	return rc;
}

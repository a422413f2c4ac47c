/* A ranking model: what is read is written again as the same bytes, and scores stay within bounds
 * whatever its weights are. */
#include "assess/rank_model.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A checksum that is right, or hardly an input would get past it. */
static void seal(struct buf *b)
{
	if (b->n < SHA256_LEN)
		return;
	struct sha256 sum = sha256_of(slice_sub(buf_slice(b), 0, b->n - SHA256_LEN));
	memcpy(b->p + b->n - SHA256_LEN, sum.b, SHA256_LEN);
}

static void check(struct slice bytes)
{
	struct arena a = { 0 };
	struct rank_model m;
	struct buf again = { 0 };

	if (rank_model_parse(bytes, &a, &m, NULL) == 0) {
		struct feature f[64];
		struct features features = { f, 0 };
		struct rank_score s;
		struct sha256 digest = m.digest;
		for (size_t i = 0; i < m.n && features.n < 64; i += 2)
			f[features.n++] = (struct feature){ m.weight[i].bucket, SLICE("word x") };
		rank_model_score(&m, &features, &s);
		if (s.ppm < 0 || s.ppm > 1000000 || s.known != features.n)
			abort();
		if (rank_model_format(&m, &again, NULL) || !slice_eq(buf_slice(&again), bytes) ||
		    !sha256_eq(m.digest, digest))
			abort();
	}
	buf_release(&again);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf sealed = { 0 };

	check(slice_from((const char *)data, size));
	buf_put(&sealed, slice_from((const char *)data, size));
	if (buf_ok(&sealed)) {
		seal(&sealed);
		check(buf_slice(&sealed));
	}
	buf_release(&sealed);
	return 0;
}

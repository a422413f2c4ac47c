#include "check.h"

#include "assess/rank_model.h"

#include <math.h>
#include <stdlib.h>

static void the_table_is_the_logistic_function(void **state)
{
	(void)state;
	for (int64_t x = -9 * RANK_MODEL_ONE; x <= 9 * RANK_MODEL_ONE; x += 977) {
		double at = (double)x / RANK_MODEL_ONE, want = 1e6 / (1 + exp(-at));
		CHECK_INT(x, "near", fabs((double)rank_model_share(x) - want) < 250, 1);
	}
	assert_int_equal(rank_model_share(0), 500000);
	assert_true(rank_model_share(INT64_C(1) << 50) < 1000000);
	check_done();
}

static void a_value_is_one_over_the_root(void **state)
{
	(void)state;
	for (size_t n = 1; n <= FEATURE_BUCKETS; n = n * 3 + 1) {
		double want = RANK_MODEL_ONE / sqrt((double)n);
		CHECK_INT(n, "near", fabs((double)rank_model_value(n) - want) <= 1 + want / 200, 1);
	}
	check_done();
}

static struct rank_weight weights[] = { { 3, 2 * RANK_MODEL_ONE }, { 9, -RANK_MODEL_ONE },
	                                { 700, 0 }, { 65535, 4 * RANK_MODEL_ONE } };
static uint64_t clusters[2];

static struct rank_model model(void)
{
	uint64_t a = rank_model_cluster(SLICE("a")), b = rank_model_cluster(SLICE("b"));

	clusters[0] = a < b ? a : b;
	clusters[1] = a < b ? b : a;
	return (struct rank_model){ .bias = -RANK_MODEL_ONE, .examples = 7, .weight = weights, .n = 4,
		                    .trained = clusters, .trained_n = 2 };
}

static void a_score_is_the_sum_of_what_is_known(void **state)
{
	(void)state;
	struct rank_model m = model();
	struct feature f[] = { { 3, SLICE("word bitcoin") }, { 9, SLICE("page advice") },
		               { 10, SLICE("word unknown") }, { 700, SLICE("word the") },
		               { 65535, SLICE("claim norx") } };
	struct rank_score s;

	rank_model_score(&m, &(struct features){ f, 5 }, &s);
	/* Four are known, so each counts half: (2 - 1 + 0 + 4) / 2 - 1 = 1.5. */
	assert_int_equal(s.known, 4);
	assert_int_equal(s.ppm, rank_model_share(RANK_MODEL_ONE * 3 / 2));
	assert_int_equal(s.reasons, 3);
	assert_true(slice_eq_str(s.reason[0].name, "claim norx") && s.reason[0].logit_ppm == 2000000);
	assert_true(slice_eq_str(s.reason[1].name, "word bitcoin") && s.reason[1].logit_ppm == 1000000);
	assert_true(slice_eq_str(s.reason[2].name, "page advice") && s.reason[2].logit_ppm == -500000);
	rank_model_score(&m, &(struct features){ NULL, 0 }, &s);
	assert_true(s.known == 0 && s.reasons == 0 && s.ppm == rank_model_share(-RANK_MODEL_ONE));
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	struct rank_model m = model(), got;
	struct arena a = { 0 };
	struct buf bytes = { 0 }, again = { 0 };

	assert_int_equal(rank_model_format(&m, &bytes, NULL), 0);
	assert_int_equal(bytes.n, 64 + 4 * 6 + 2 * 8 + 32);
	assert_int_equal(rank_model_parse(buf_slice(&bytes), &a, &got, NULL), 0);
	assert_true(got.bias == m.bias && got.n == 4 && got.examples == 7);
	assert_true(got.weight[1].bucket == 9 && got.weight[1].weight == -RANK_MODEL_ONE);
	assert_true(rank_model_knows(&got, SLICE("a")) && rank_model_knows(&got, SLICE("b")));
	assert_false(rank_model_knows(&got, SLICE("c")));
	assert_int_equal(rank_model_format(&got, &again, NULL), 0);
	assert_true(slice_eq(buf_slice(&again), buf_slice(&bytes)));
	buf_release(&bytes);
	buf_release(&again);
	arena_release(&a);
}

/* Every byte is covered by the checksum; with a right one, by the checks behind it. */
static void a_damaged_file_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *says;
		size_t at;
		char byte;
	} rows[] = {
		{ "another kind of file", 0, 'b' }, { "a later format", 8, 2 },
		{ "other features", 10, 9 },        { "more weights than there are", 12, 5 },
		{ "a reserved byte", 28, 1 },       { "a bucket behind the next", 64, 90 },
		{ "a weight of 2^31", 69, 0x70 },   { "a bias of 2^30", 19, 0x40 },
	};
	struct rank_model m = model(), got;
	struct arena a = { 0 };
	struct buf bytes = { 0 };

	assert_int_equal(rank_model_format(&m, &bytes, NULL), 0);
	for (size_t i = 0; i < bytes.n; i++) {
		bytes.p[i] = (char)(bytes.p[i] ^ 1);
		CHECK_INT(i, "a bit", rank_model_parse(buf_slice(&bytes), &a, &got, NULL), ERR_SYNTAX);
		bytes.p[i] = (char)(bytes.p[i] ^ 1);
		CHECK_INT(i, "cut", rank_model_parse(slice_sub(buf_slice(&bytes), 0, i), &a, &got, NULL),
		          ERR_SYNTAX);
	}
	for (size_t i = 0; i < ROWS(rows); i++) {
		char was = bytes.p[rows[i].at];
		bytes.p[rows[i].at] = rows[i].byte;
		struct sha256 sum = sha256_of(slice_sub(buf_slice(&bytes), 0, bytes.n - SHA256_LEN));
		memcpy(bytes.p + bytes.n - SHA256_LEN, sum.b, SHA256_LEN);
		CHECK_INT(i, rows[i].says, rank_model_parse(buf_slice(&bytes), &a, &got, NULL),
		          ERR_SYNTAX);
		bytes.p[rows[i].at] = was;
	}
	buf_release(&bytes);
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_the_logistic_function),
		cmocka_unit_test(a_value_is_one_over_the_root),
		cmocka_unit_test(a_score_is_the_sum_of_what_is_known),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_damaged_file_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

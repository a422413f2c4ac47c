#include "check.h"

#include "wire/minhash.h"

static void likeness_is_the_share_of_equal_minima(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		uint32_t least, most;
	} rows[] = {
		{ "the same words", "the same words", 1000000, 1000000 },
		{ "the same\nwords", "the same words", 1000000, 1000000 },
		{ "abcdefghij", "klmnopqrst", 0, 0 },
		{ "cheap pills without prescription shipped to japan within ten days",
		  "cheap pills without prescription shipped to italy within ten days", 500000, 950000 },
		{ "\xe5\x80\x8b\xe4\xba\xba\xe8\xbc\xb8\xe5\x85\xa5\xe4\xbb\xa3\xe8\xa1\x8c",
		  "\xe5\x80\x8b\xe4\xba\xba\xe8\xbc\xb8\xe5\x85\xa5\xe4\xbb\xa3\xe7\x90\x86", 200000, 800000 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct minhash a, b;
		CHECK_INT(i, rows[i].a, minhash_of(slice_str(rows[i].a), &a), true);
		CHECK_INT(i, rows[i].b, minhash_of(slice_str(rows[i].b), &b), true);
		uint32_t ppm = minhash_ppm(&a, &b);
		CHECK_INT(i, rows[i].a, ppm >= rows[i].least && ppm <= rows[i].most, true);
		CHECK_INT(i, rows[i].a, minhash_ppm(&b, &a), ppm);
	}
	check_done();
}

/* Sketches of today are compared with those of years ago. */
static void a_sketch_never_changes(void **state)
{
	(void)state;
	struct minhash m;

	assert_true(minhash_of(SLICE("under construction"), &m));
	CHECK_INT(0, "first", m.minimum[0], 856250364u);
	CHECK_INT(0, "last", m.minimum[MINHASH_N - 1], 104897454u);
	check_done();
	assert_false(minhash_of(SLICE("four"), &m));
	assert_false(minhash_of(SLICE(""), &m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likeness_is_the_share_of_equal_minima),
		cmocka_unit_test(a_sketch_never_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

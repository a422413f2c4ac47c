/* The table of payloads: 200,000 of them, or 10,000,000 with ASSAY_TEST_LONG=1. */
#include "scratch.h"

#include "store/archive_payloads.h"
#include "sys/clock.h"

static struct archive_payload number(uint64_t i)
{
	struct archive_payload p = { .digest = sha256_of(slice_from((const char *)&i, sizeof(i))),
		                     .lane = (uint32_t)(i % 999 + 1), .length = (uint32_t)(i % 70000 + 1),
		                     .at = i * 1000003 };
	return p;
}

static bool has(const struct archive_payloads *table, uint64_t i)
{
	struct archive_payload want = number(i), got;

	return archive_payloads_find(table, want.digest, &got) && got.lane == want.lane &&
	       got.length == want.length && got.at == want.at;
}

static void what_is_added_is_found(void **state)
{
	(void)state;
	const char *is_long = getenv("ASSAY_TEST_LONG");
	uint64_t n = is_long && strcmp(is_long, "1") == 0 ? 10000000 : 200000, missing = 0;
	struct archive_payloads table = { .open = false };
	const char *path = at_scratch("payloads");

	ASSERT_OK(archive_payloads_open(path, true, UINT64_MAX, &table, err));
	for (uint64_t i = 0; i < n; i += 50) {
		struct archive_payload add[51];
		for (size_t j = 0; j < 50; j++)
			add[j] = number(i + j);
		add[50] = number(i / 2); /* is there */
		ASSERT_OK(archive_payloads_add(&table, add, i ? 51 : 50, err));
	}
	assert_int_equal(table.n, n);
	assert_true(archive_payloads_memory(&table) <= n * 22 + (4 << 20));
	archive_payloads_close(&table);
	int64_t from = clock_ticks_ns();
	ASSERT_OK(archive_payloads_open(path, true, n, &table, err));
	printf("# %" PRIu64 " payloads: read in %.3f s, %.1f bytes of memory each\n", n,
	       (double)(clock_ticks_ns() - from) / 1e9,
	       (double)archive_payloads_memory(&table) / (double)n);
	for (uint64_t i = 0; i < n; i += 7)
		missing += !has(&table, i);
	assert_int_equal(missing, 0);
	assert_false(has(&table, n + 1));
	archive_payloads_close(&table);
	/* Cut to what is known; fewer than that is damage. */
	ASSERT_OK(archive_payloads_open(path, true, 100, &table, err));
	assert_true(has(&table, 99));
	assert_false(has(&table, 100));
	archive_payloads_close(&table);
	ASSERT_FAILS(archive_payloads_open(path, true, 101, &table, err), ERR_CORRUPT, "is cut off");
	ASSERT_FAILS(archive_payloads_open(at_scratch("none"), false, UINT64_MAX, &table, err),
	             ERR_NOTFOUND, "no such file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_is_found),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

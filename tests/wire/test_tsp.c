#include "check.h"

#include "wire/tsp.h"

#include <stdio.h>
#include <stdlib.h>

static size_t read_seed(const char *name, char *to, size_t size)
{
	const char *source = getenv("ASSAY_SOURCE");
	char path[4096];

	snprintf(path, sizeof(path), "%s/fuzz/seeds/tsp/%s", source ? source : ".", name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	size_t n = fread(to, 1, size, f);
	fclose(f);
	return n;
}

/* The seeds were made with `openssl ts`. */
static void a_response_is_of_what_was_stamped(void **state)
{
	(void)state;
	static const struct {
		const char *seed;
		int want;
	} rows[] = {
		{ "granted", 0 },
		{ "other", ERR_CORRUPT },
		{ "refused", ERR_REFUSED },
		{ "cut", ERR_SYNTAX },
	};
	static char bytes[TSP_RESPONSE_MAX + 1];
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct err err = { 0 };
		int64_t at = 0;
		size_t n = read_seed(rows[i].seed, bytes, sizeof(bytes));
		int rc = tsp_response(slice_from(bytes, n), sha256_of(SLICE("stamped")), 0, &at, &err);
		CHECK_INT(i, rows[i].seed, rc, rows[i].want);
		if (rc == 0)
			assert_true(at > 1700000000);
	}
	struct err err;
	int64_t at;
	size_t n = read_seed("granted", bytes, sizeof(bytes));
	assert_int_equal(tsp_response(slice_from(bytes, n), sha256_of(SLICE("stamped")), 7, &at, &err),
	                 ERR_CORRUPT);
	assert_int_equal(tsp_response(slice_from(bytes, sizeof(bytes)), sha256_of(SLICE("stamped")), 0,
	                              &at, &err),
	                 ERR_LIMIT);
	assert_int_equal(tsp_response(SLICE(""), sha256_of(SLICE("")), 0, &at, &err), ERR_SYNTAX);
	check_done();
}

static void a_request_asks_for_the_digest(void **state)
{
	(void)state;
	struct buf der = { 0 };
	struct err err;
	struct sha256 imprint = sha256_of(SLICE("stamped"));
	assert_int_equal(tsp_request(imprint, 0x7fffffffffffffff, &der, &err), 0);
	assert_true(slice_find_slice(buf_slice(&der),
	                             slice_from((const char *)imprint.b, SHA256_LEN)) < der.n);
	assert_int_equal(der.p[0], 0x30);
	buf_release(&der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_response_is_of_what_was_stamped),
		cmocka_unit_test(a_request_asks_for_the_digest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

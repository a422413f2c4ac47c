#include "check.h"

#include "wire/gzip.h"
#include "wire/inflate.h"

#include <stdlib.h>

static void fill(struct buf *b, size_t n, bool dense)
{
	uint64_t state = 1;

	for (size_t i = 0; i < n; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		buf_putc(b, dense ? (char)(state >> 56) : (char)('a' + (state >> 62)));
	}
}

/* Also by zlib: a member is a member. */
static void what_is_compressed_comes_back(void **state)
{
	(void)state;
	static const struct {
		size_t n;
		bool dense;
		size_t at_most;
	} rows[] = { { 0, false, 30 }, { 1, false, 30 }, { 4095, true, 4200 }, { 100000, false, 30000 },
		     { 100000, true, 100100 }, { 1000000, true, 1000100 } };
	struct gzip *z = NULL;

	assert_int_equal(gzip_new(4, &z, NULL), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf in = { 0 }, out = { 0 }, back = { 0 }, zlib = { 0 };
		size_t used = 0;
		bool ended = false;
		fill(&in, rows[i].n, rows[i].dense);
		assert_int_equal(gzip_put(z, buf_slice(&in), &out, NULL), 0);
		CHECK_INT(i, "small enough", out.n <= rows[i].at_most, 1);
		/* What does not get smaller lies there as it is: blocks of type 0 (RFC 1951 3.2.4).
		 * */
		CHECK_INT(i, "stored", rows[i].dense && rows[i].n > 5000 ? out.p[10] & 6 : 0, 0);
		assert_int_equal(gzip_get(z, buf_slice(&out), rows[i].n, &back, NULL), 0);
		CHECK_INT(i, "back", slice_eq(buf_slice(&back), buf_slice(&in)), 1);
		assert_int_equal(inflate_stream(INFLATE_GZIP, buf_slice(&out), rows[i].n + 1, &zlib, &used,
		                                &ended, NULL), 0);
		CHECK_INT(i, "zlib", ended && used == out.n && slice_eq(buf_slice(&zlib), buf_slice(&in)), 1);
		buf_release(&in);
		buf_release(&out);
		buf_release(&back);
		buf_release(&zlib);
	}
	gzip_free(z);
	gzip_free(NULL);
	check_done();
}

static void damage_is_told(void **state)
{
	(void)state;
	struct gzip *z = NULL;
	struct buf out = { 0 }, back = { 0 };

	assert_int_equal(gzip_new(4, &z, NULL), 0);
	buf_puts(&back, "kept");
	assert_int_equal(gzip_put(z, SLICE("hello hello hello hello"), &out, NULL), 0);
	CHECK_INT(0, "limit", gzip_get(z, buf_slice(&out), 22, &back, NULL), ERR_LIMIT);
	CHECK_INT(0, "cut", gzip_get(z, slice_sub(buf_slice(&out), 0, out.n - 1), 99, &back, NULL) < 0,
	          1);
	CHECK_INT(0, "short", gzip_get(z, slice_sub(buf_slice(&out), 0, 17), 99, &back, NULL), ERR_SYNTAX);
	buf_putc(&out, 'x');
	CHECK_INT(0, "longer", gzip_get(z, buf_slice(&out), 2000000000, &back, NULL) < 0, 1);
	out.n--;
	for (size_t i = 10; i < out.n; i++) { /* the header's fields say nothing of the content */
		out.p[i] ^= 1;
		int rc = gzip_get(z, buf_slice(&out), 1000, &back, NULL);
		CHECK_INT(i, "altered", rc == ERR_SYNTAX || rc == ERR_LIMIT, 1);
		out.p[i] ^= 1;
	}
	CHECK_SLICE(0, "as it was", buf_slice(&back), SLICE("kept"));
	assert_int_equal(gzip_get(z, buf_slice(&out), 23, &back, NULL), 0);
	CHECK_SLICE(0, "appended", buf_slice(&back), SLICE("kepthello hello hello hello"));
	assert_int_equal(gzip_crc32(0, SLICE("123456789")), 0xcbf43926); /* the check value of CRC-32 */
	assert_int_equal(gzip_crc32(gzip_crc32(0, SLICE("1234")), SLICE("56789")), 0xcbf43926);
	gzip_free(z);
	buf_release(&out);
	buf_release(&back);
	check_done();
}

/* For who has digests of his own the member's is not compared; all else is as it was. */
static void without_its_checksum(void **state)
{
	(void)state;
	static const char named[] = "\x1f\x8b\x08\x08\0\0\0\0\0\xff" "a\0" "\x01\x02\0\xfd\xff" "hi"
	                            "\xac\x2a\x93\xd8\x02\0\0\0";
	struct gzip *z = NULL;
	struct buf out = { 0 }, back = { 0 };
	size_t limit = 99;

	assert_int_equal(gzip_new(1, &z, NULL), 0);
	buf_puts(&back, "kept");
	assert_int_equal(gzip_put(z, SLICE("hello hello hello hello"), &out, NULL), 0);
	assert_int_equal(gzip_get_unsummed(z, buf_slice(&out), limit, &back, NULL), 0);
	CHECK_SLICE(0, "appended", buf_slice(&back), SLICE("kepthello hello hello hello"));
	back.n = 4;
	out.p[out.n - 8] ^= 1;
	CHECK_INT(1, "sum", gzip_get_unsummed(z, buf_slice(&out), limit, &back, NULL), 0);
	back.n = 4;
	out.p[out.n - 4] ^= 1;
	CHECK_INT(2, "length", gzip_get_unsummed(z, buf_slice(&out), limit, &back, NULL), ERR_SYNTAX);
	out.p[out.n - 4] ^= 3;
	CHECK_INT(3, "shorter", gzip_get_unsummed(z, buf_slice(&out), limit, &back, NULL), ERR_SYNTAX);
	out.p[out.n - 4] ^= 2;
	CHECK_INT(4, "limit", gzip_get_unsummed(z, buf_slice(&out), 22, &back, NULL), ERR_LIMIT);
	buf_putc(&out, 'x');
	CHECK_INT(5, "longer", gzip_get_unsummed(z, buf_slice(&out), 2000000000, &back, NULL) < 0, 1);
	out.n -= 2;
	CHECK_INT(6, "cut", gzip_get_unsummed(z, buf_slice(&out), limit, &back, NULL) < 0, 1);
	CHECK_SLICE(0, "as it was", buf_slice(&back), SLICE("kept"));
	/* With a name in its header it is read as ever. */
	assert_int_equal(gzip_get_unsummed(z, slice_from(named, sizeof(named) - 1), limit, &back, NULL), 0);
	CHECK_SLICE(7, "named", buf_slice(&back), SLICE("kepthi"));
	gzip_free(z);
	buf_release(&out);
	buf_release(&back);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_its_checksum),
		cmocka_unit_test(what_is_compressed_comes_back),
		cmocka_unit_test(damage_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

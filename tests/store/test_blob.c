#include "scratch.h"

#include "store/blob.h"
#include "sys/file.h"

static struct sha256 put(const char *bytes)
{
	struct sha256 d = { 0 };

	ASSERT_OK(file_make_dir(at_scratch("blob"), err));
	ASSERT_OK(blob_put(at_scratch("blob"), slice_str(bytes), true, &d, err));
	return d;
}

static const char *path_of(struct sha256 d)
{
	static char path[300];
	struct buf b = { 0 };

	blob_path(at_scratch("blob"), d, &b);
	snprintf(path, sizeof(path), "%s", buf_str(&b));
	buf_release(&b);
	return path;
}

static void bytes_lie_under_the_digits_of_their_digest(void **state)
{
	(void)state;
	struct buf b = { 0 };
	char want[300];

	/* SHA-256 of "abc": FIPS 180-4, appendix examples. */
	snprintf(want, sizeof(want), "%s/blob/ba/%s", scratch,
		 "7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(path_of(put("abc")), want);
	ASSERT_OK(file_read(want, 10, &b, err));
	CHECK_SLICE(0, "abc", buf_slice(&b), SLICE("abc"));
	buf_release(&b);
	check_done();
}

static void a_blob_put_twice_is_the_same_file(void **state)
{
	(void)state;
	struct sha256 d = put("twice");
	int64_t before = 0, after = 1;
	uint64_t n;

	assert_int_equal(shell("touch -d '2020-01-01' '%s'", path_of(d), NULL), 0);
	ASSERT_OK(file_stat(path_of(d), &before, &n, err));
	put("twice");
	ASSERT_OK(file_stat(path_of(d), &after, &n, err));
	assert_int_equal(before, after);
}

static void a_damaged_blob_is_named_and_never_given_out(void **state)
{
	(void)state;
	const struct {
		const char *name, *damage;
	} rows[] = {
		{ "flipped byte", "printf X | dd of='%s' bs=1 conv=notrunc 2>/dev/null" },
		{ "cut short", "truncate -s 3 '%s'" },
		{ "longer", "printf more >> '%s'" },
		{ "empty", ": > '%s'" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sha256 d = put(rows[i].name), again;
		struct buf b = { 0 };
		struct err err = { 0 };
		buf_puts(&b, "kept");
		assert_int_equal(shell(rows[i].damage, path_of(d), NULL), 0);
		CHECK_INT(i, rows[i].name, blob_get(at_scratch("blob"), d, 100, &b, &err), ERR_CORRUPT);
		CHECK_INT(i, rows[i].name, strstr(err.what, path_of(d)) != NULL, 1);
		CHECK_SLICE(i, rows[i].name, buf_slice(&b), SLICE("kept"));
		memset(&err, 0, sizeof(err));
		CHECK_INT(i, rows[i].name,
			  blob_put(at_scratch("blob"), slice_str(rows[i].name), true, &again, &err),
			  ERR_CORRUPT);
		CHECK_INT(i, rows[i].name, strstr(err.what, path_of(d)) != NULL, 1);
		buf_release(&b);
		unlink(path_of(d));
	}
	check_done();
}

static void a_blob_that_is_not_there_or_too_long_is_said(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct sha256 d = put("long enough");

	ASSERT_FAILS(blob_get(at_scratch("blob"), d, 3, &b, err), ERR_LIMIT, "longer than 3");
	ASSERT_FAILS(blob_get(at_scratch("blob"), sha256_of(SLICE("none")), 99, &b, err),
		     ERR_NOTFOUND, "no such file");
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static int count(void *ctx, const char *path, bool is_blob, struct sha256 digest, struct err *err)
{
	(void)err;
	if (is_blob)
		assert_int_equal(digest.b[0] >> 4, path[0] <= '9' ? path[0] - '0' : path[0] - 'a' + 10);
	buf_puts(ctx, is_blob ? "b" : "s");
	return 0;
}

static void a_walk_tells_blobs_from_strays(void **state)
{
	(void)state;
	struct buf b = { 0 };

	assert_int_equal(shell("rm -rf '%s'", at_scratch("blob"), NULL), 0);
	ASSERT_OK(blob_each(at_scratch("blob"), count, &b, err));
	assert_int_equal(b.n, 0);
	struct sha256 d = put("abc"); /* ba/... */
	assert_int_equal(shell("touch '%s.tmp-Abc123' '%s/zz'", path_of(d), at_scratch("blob")), 0);
	ASSERT_OK(blob_each(at_scratch("blob"), count, &b, err));
	CHECK_SLICE(0, "walk", buf_slice(&b), SLICE("bss"));
	buf_release(&b);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_lie_under_the_digits_of_their_digest),
		cmocka_unit_test(a_blob_put_twice_is_the_same_file),
		cmocka_unit_test(a_damaged_blob_is_named_and_never_given_out),
		cmocka_unit_test(a_blob_that_is_not_there_or_too_long_is_said),
		cmocka_unit_test(a_walk_tells_blobs_from_strays),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

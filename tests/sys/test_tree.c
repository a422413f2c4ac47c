#include "check.h"

#include "sys/file.h"
#include "sys/tree.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/assay-test-tree-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[4][256];
	static unsigned next;
	char *out = path[next++ % 4];

	snprintf(out, 256, "%s/%s", dir, name);
	return out;
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static int join(void *ctx, const char *rel, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%s ", rel);
	return 0;
}

static void a_tree_is_not_there_until_it_is_whole(void **state)
{
	(void)state;
	struct tree t = { 0 };
	struct err err = { 0 };
	struct buf seen = { 0 };
	enum file_kind kind;
	struct sha256 digest;
	uint64_t length = 0;
	struct stat st;

	assert_int_equal(tree_begin(path_of("a/"), &t, &err), 0);
	assert_int_equal(tree_put(&t, "z/y/one", SLICE("1\0"), &err), 0);
	assert_int_equal(tree_put(&t, "b", SLICE("2"), &err), 0);
	assert_int_equal(tree_put(&t, "b", SLICE("3"), &err), ERR_IO);
	assert_int_equal(file_write_whole(path_of("src"), SLICE("abc"), &err), 0);
	assert_int_equal(tree_copy(&t, "z/two", path_of("src"), &digest, &length, &err), 0);
	assert_int_equal(length, 3);
	assert_true(sha256_eq(digest, sha256_of(SLICE("abc"))));
	assert_int_equal(tree_copy(&t, "z/three", path_of("none"), &digest, &length, &err),
			 ERR_NOTFOUND);
	assert_int_equal(file_kind_of(path_of("a"), &kind, &err), 0);
	assert_int_equal(kind, FILE_ABSENT);
	assert_int_equal(tree_end(&t, &err), 0);
	assert_int_equal(tree_each(path_of("a"), join, &seen, &err), 0);
	CHECK_SLICE(0, "a", buf_slice(&seen), SLICE("b z/two z/y/one "));
	assert_int_equal(stat(path_of("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(path_of("a/z/two"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(tree_digest(path_of("a/z/y/one"), &digest, &length, &err), 0);
	assert_true(length == 2 && sha256_eq(digest, sha256_of(SLICE("1\0"))));
	buf_release(&seen);
	check_done();
}

static void what_is_there_is_never_replaced(void **state)
{
	(void)state;
	struct tree t = { 0 };
	struct err err = { 0 };

	assert_int_equal(file_make_dir(path_of("full/x"), &err), 0);
	assert_int_equal(tree_begin(path_of("full"), &t, &err), ERR_REFUSED);
	assert_non_null(strstr(err.what, "is not empty"));
	assert_int_equal(file_write_whole(path_of("file"), SLICE(""), &err), 0);
	assert_int_equal(tree_begin(path_of("file"), &t, &err), ERR_REFUSED);
	assert_int_equal(file_make_dir(path_of("empty"), &err), 0);
	assert_int_equal(tree_begin(path_of("empty"), &t, &err), 0);
	assert_int_equal(tree_put(&t, "x", SLICE("x"), &err), 0);
	/* Somebody fills the place meanwhile: theirs stays, and what we made goes. */
	assert_int_equal(file_write_whole(path_of("empty/theirs"), SLICE(""), &err), 0);
	assert_int_equal(tree_end(&t, &err), ERR_IO);
	struct buf seen = { 0 };
	assert_int_equal(tree_each(dir, join, &seen, &err), 0);
	assert_null(strstr(buf_str(&seen), "partial"));
	assert_non_null(strstr(buf_str(&seen), "empty/theirs"));
	buf_release(&seen);
}

static void an_aborted_tree_leaves_nothing(void **state)
{
	(void)state;
	struct tree t = { 0 };
	struct err err = { 0 };
	struct buf seen = { 0 };

	assert_int_equal(tree_begin(path_of("gone"), &t, &err), 0);
	assert_int_equal(tree_put(&t, "x/y/z", SLICE("x"), &err), 0);
	tree_abort(&t);
	tree_abort(&t);
	assert_int_equal(tree_each(dir, join, &seen, &err), 0);
	assert_null(strstr(buf_str(&seen), "gone"));
	assert_int_equal(tree_each(path_of("nowhere"), join, &seen, &err), 0);
	buf_release(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_is_not_there_until_it_is_whole),
		cmocka_unit_test(what_is_there_is_never_replaced),
		cmocka_unit_test(an_aborted_tree_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}

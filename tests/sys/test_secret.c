#include "check.h"

#include "sys/file.h"
#include "sys/remove.h"
#include "sys/secret.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/assay-test-secret-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[256];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	char command[300];
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static void a_secret_is_its_owners_and_is_never_replaced(void **state)
{
	struct buf b = { 0 };
	struct err err = { 0 };
	struct stat st;
	char **names = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(secret_write(path_of("key"), SLICE("first"), &err), 0);
	assert_int_equal(stat(path_of("key"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(secret_write(path_of("key"), SLICE("second"), &err), ERR_REFUSED);
	assert_int_equal(secret_read(path_of("key"), 100, &b, &err), 0);
	CHECK_SLICE(0, "key", buf_slice(&b), SLICE("first"));
	assert_int_equal(file_list(dir, &names, &n, &err), 0);
	assert_int_equal(n, 1); /* no temporary file stays */
	file_list_free(names, n);
	buf_release(&b);
	check_done();
}

static void a_secret_that_others_can_read_is_refused(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0601 };
	struct buf b = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(secret_write(path_of("open"), SLICE("x"), &err), 0);
	for (size_t i = 0; i < ROWS(modes); i++) {
		assert_int_equal(chmod(path_of("open"), modes[i]), 0);
		CHECK_INT(i, "mode", secret_read(path_of("open"), 100, &b, &err), ERR_REFUSED);
		CHECK_INT(i, err.what, strstr(err.what, "chmod 600") != NULL, 1);
	}
	assert_int_equal(secret_read(path_of("none"), 100, &b, &err), ERR_NOTFOUND);
	assert_int_equal(b.n, 0);
	assert_int_equal(secret_write(path_of("no/where"), SLICE("x"), &err), ERR_IO);
	buf_release(&b);
	check_done();
}

static void a_flat_folder_is_removed_and_a_deep_one_stays(void **state)
{
	struct err err = { 0 };
	enum file_kind kind;

	(void)state;
	assert_int_equal(file_make_dir(path_of("flat"), &err), 0);
	assert_int_equal(file_write_whole(path_of("flat/a"), SLICE("a"), &err), 0);
	assert_int_equal(file_write_whole(path_of("flat/b"), SLICE("b"), &err), 0);
	assert_int_equal(remove_flat_folder(path_of("flat"), &err), 0);
	assert_int_equal(file_kind_of(path_of("flat"), &kind, &err), 0);
	assert_int_equal(kind, FILE_ABSENT);
	assert_int_equal(remove_flat_folder(path_of("flat"), &err), 0);
	assert_int_equal(file_make_dir(path_of("deep/er"), &err), 0);
	assert_int_equal(remove_flat_folder(path_of("deep"), &err), ERR_IO);
	assert_int_equal(file_kind_of(path_of("deep/er"), &kind, &err), 0);
	assert_int_equal(kind, FILE_DIRECTORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_its_owners_and_is_never_replaced),
		cmocka_unit_test(a_secret_that_others_can_read_is_refused),
		cmocka_unit_test(a_flat_folder_is_removed_and_a_deep_one_stays),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}

#include "check.h"

#include "sys/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/assay-test-file-XXXXXX";

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

static void a_written_file_reads_back_and_is_replaced_whole(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct err err = { 0 };

	assert_int_equal(file_write_whole(path_of("a"), SLICE("first\0x"), &err), 0);
	assert_int_equal(file_write_whole(path_of("a"), SLICE("second"), &err), 0);
	assert_int_equal(file_read(path_of("a"), 100, &b, &err), 0);
	CHECK_SLICE(0, "a", buf_slice(&b), SLICE("second"));
	assert_int_equal(file_read(path_of("a"), 5, &b, &err), ERR_LIMIT);
	assert_int_equal(b.n, 6);
	assert_int_equal(file_read(path_of("none"), 5, &b, &err), ERR_NOTFOUND);
	assert_int_equal(file_read(dir, 5, &b, &err), ERR_IO);
	buf_release(&b);
	check_done();
}

static void a_write_into_a_missing_folder_names_the_path(void **state)
{
	(void)state;
	struct err err = { 0 };

	assert_int_equal(file_write_whole(path_of("no/where"), SLICE("x"), &err), ERR_IO);
	assert_non_null(strstr(err.what, "no/where: No such file"));
}

static void folders_are_made_with_parents_and_listed_in_order(void **state)
{
	(void)state;
	struct err err = { 0 };
	char **names = NULL;
	size_t n = 0;

	assert_int_equal(file_make_dir(path_of("d/e/f"), &err), 0);
	assert_int_equal(file_make_dir(path_of("d/e/f"), &err), 0);
	assert_int_equal(file_make_dir(path_of("d/b"), &err), 0);
	assert_int_equal(file_list(path_of("d"), &names, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_string_equal(names[0], "b");
	assert_string_equal(names[1], "e");
	file_list_free(names, n);
	assert_int_equal(file_write_whole(path_of("plain"), SLICE(""), &err), 0);
	assert_int_equal(file_make_dir(path_of("plain"), &err), ERR_IO);
	assert_int_equal(file_make_dir(path_of("plain/x"), &err), ERR_IO);
	assert_int_equal(file_make_dir("", &err), ERR_LIMIT);
}

/* That names are durable is for tests/e2e/test_powercut.py to see. */
static void durable_folders_are_made_as_others(void **state)
{
	(void)state;
	struct err err = { 0 };
	enum file_kind kind;

	for (int again = 0; again < 2; again++)
		assert_int_equal(file_make_dir_durable(path_of("durable/e/f/"), &err), 0);
	assert_int_equal(file_kind_of(path_of("durable/e/f"), &kind, &err), 0);
	assert_int_equal(kind, FILE_DIRECTORY);
	assert_int_equal(file_make_dir_durable("/", &err), 0);
	assert_int_equal(file_write_whole(path_of("durable/file"), SLICE(""), &err), 0);
	assert_int_equal(file_make_dir_durable(path_of("durable/file"), &err), ERR_IO);
	assert_non_null(strstr(err.what, "durable/file: Not a directory"));
}

static void lines_keep_every_byte_and_cut_the_too_long(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct err err = { 0 };
	struct file_lines *f = NULL;
	struct slice line;
	bool too_long;

	buf_puts(&b, "one\r\n\n");
	buf_put(&b, SLICE("nul\0in\n"));
	for (int i = 0; i < 200000; i++)
		buf_putc(&b, 'x');
	buf_puts(&b, "\nlast");
	assert_int_equal(file_write_whole(path_of("l"), buf_slice(&b), &err), 0);
	assert_int_equal(file_lines_open(path_of("l"), 100000, &f, &err), 0);
	const struct slice want[] = { SLICE("one"), SLICE(""), SLICE("nul\0in") };
	for (size_t i = 0; i < ROWS(want); i++) {
		assert_int_equal(file_lines_next(f, &line, &too_long, &err), 1);
		assert_false(too_long);
		CHECK_SLICE(i, "l", line, want[i]);
	}
	assert_int_equal(file_lines_next(f, &line, &too_long, &err), 1);
	assert_true(too_long);
	assert_int_equal(line.n, 100000);
	assert_int_equal(file_lines_next(f, &line, &too_long, &err), 1);
	CHECK_SLICE(9, "l", line, SLICE("last"));
	assert_int_equal(file_lines_offset(f), b.n);
	assert_int_equal(file_lines_next(f, &line, &too_long, &err), 0);
	file_lines_close(f);
	buf_release(&b);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_written_file_reads_back_and_is_replaced_whole),
		cmocka_unit_test(a_write_into_a_missing_folder_names_the_path),
		cmocka_unit_test(folders_are_made_with_parents_and_listed_in_order),
		cmocka_unit_test(durable_folders_are_made_as_others),
		cmocka_unit_test(lines_keep_every_byte_and_cut_the_too_long),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}

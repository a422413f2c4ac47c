#include "check.h"

#include "publish/asked.h"
#include "sys/file.h"
#include "wire/json.h"

#include <stdlib.h>

/* A cell of the table: JSON's escapes without its quotation marks. */
static struct slice cell(struct slice text, json_t **keep)
{
	struct buf json = { 0 };

	buf_putc(&json, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_putc(&json, '\\');
		buf_putc(&json, text.p[i]);
	}
	buf_putc(&json, '"');
	assert_int_equal(json_parse(buf_slice(&json), 10000, keep, NULL), 0);
	buf_release(&json);
	return json_text(*keep);
}

/* The same table holds for the script of the home page (tests/web). */
static void what_people_paste_becomes_the_name_that_they_meant(void **state)
{
	(void)state;
	char path[4096];
	struct buf text = { 0 };
	struct slice rest, line;
	int row = 0;

	snprintf(path, sizeof(path), "%s/tests/golden/asked.tsv", getenv("ASSAY_SOURCE"));
	assert_int_equal(file_read(path, 1 << 20, &text, NULL), 0);
	rest = buf_slice(&text);
	while (slice_cut(&rest, '\n', &line)) {
		struct slice pasted, meant = line;
		json_t *keep[2] = { NULL, NULL };
		struct buf out = { 0 };
		row++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		assert_true(slice_cut(&meant, '\t', &pasted));
		asked_name(cell(pasted, &keep[0]), &out);
		CHECK_SLICE(row, "", buf_slice(&out), cell(meant, &keep[1]));
		buf_release(&out);
		json_decref(keep[0]);
		json_decref(keep[1]);
	}
	assert_true(row > 25);
	buf_release(&text);
	check_done();
}

static void nothing_is_left_of_nothing(void **state)
{
	(void)state;
	static const char *const rows[] = { "", "   ", "\"\"", "\xe3\x80\x8c\xe3\x80\x8d", "()", "@" };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		asked_name(slice_str(rows[i]), &out);
		CHECK_INT(i, rows[i], out.n, 0);
		buf_release(&out);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_people_paste_becomes_the_name_that_they_meant),
		cmocka_unit_test(nothing_is_left_of_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

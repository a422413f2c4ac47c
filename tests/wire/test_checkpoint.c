#include "check.h"

#include "wire/checkpoint.h"

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

static void a_checkpoint_reads_and_writes_back(void **state)
{
	static const struct {
		struct slice text;
		const char *origin;
		uint64_t size;
		struct slice extension;
	} rows[] = {
		/* tlog-checkpoint, its first example */
		{ SLICE("example.com/behind-the-sofa\n20852163\n" ROOT "\n"),
		  "example.com/behind-the-sofa", 20852163, SLICE("") },
		{ SLICE("a log\n0\n" ROOT "\n"), "a log", 0, SLICE("") },
		{ SLICE("a\n9223372036854775807\n" ROOT "\n"), "a", INT64_MAX, SLICE("") },
		{ SLICE("a\n1\n" ROOT "\nmore\nand more\n"), "a", 1, SLICE("more\nand more\n") },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct checkpoint c = { 0 };
		struct buf out = { 0 };
		struct err err = { 0 };

		CHECK_INT(i, err.what, checkpoint_parse(rows[i].text, &c, &err), 0);
		CHECK_SLICE(i, "origin", c.origin, slice_str(rows[i].origin));
		CHECK_INT(i, "size", c.size, rows[i].size);
		CHECK_INT(i, "root", c.root.b[0] == 0x0a && c.root.b[31] == 0x62, 1);
		CHECK_SLICE(i, "extension", c.extension, rows[i].extension);
		CHECK_INT(i, err.what, checkpoint_format(&c, &out, &err), 0);
		CHECK_SLICE(i, "text", buf_slice(&out), rows[i].text);
		buf_release(&out);
	}
	check_done();
}

static void a_malformed_checkpoint_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *says;
		struct slice text;
		size_t at;
	} rows[] = {
		{ "nothing", SLICE(""), 0 },
		{ "an empty origin", SLICE("\n1\n" ROOT "\n"), 0 },
		{ "no size", SLICE("a\n"), 2 },
		{ "an empty size", SLICE("a\n\n" ROOT "\n"), 2 },
		{ "a leading zero", SLICE("a\n01\n" ROOT "\n"), 2 },
		{ "a sign", SLICE("a\n+1\n" ROOT "\n"), 2 },
		{ "a size of 2^63", SLICE("a\n9223372036854775808\n" ROOT "\n"), 2 },
		{ "a size of 20 digits", SLICE("a\n10000000000000000000\n" ROOT "\n"), 2 },
		{ "no root", SLICE("a\n1\n"), 4 },
		{ "a root of 31 bytes",
		  SLICE("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n"), 4 },
		{ "a root that is not base64", SLICE("a\n1\n****\n"), 4 },
		{ "no line end", SLICE("a\n1\n" ROOT), 48 },
		{ "an empty extension line", SLICE("a\n1\n" ROOT "\n\n"), 49 },
		{ "CR LF", SLICE("a\r\n1\r\n" ROOT "\r\n"), 3 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct checkpoint c = { .size = 7 };
		struct err err = { 0 };

		CHECK_INT(i, rows[i].says, checkpoint_parse(rows[i].text, &c, &err), ERR_SYNTAX);
		CHECK_INT(i, rows[i].says, err.at, rows[i].at);
		CHECK_INT(i, rows[i].says, c.size, 7);
	}
	check_done();
}

static void what_could_not_be_read_back_is_not_written(void **state)
{
	struct checkpoint c = { SLICE("a\nb"), 1, { { 0 } }, SLICE("") };
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(checkpoint_format(&c, &out, NULL), ERR_SYNTAX);
	c.origin = SLICE("");
	assert_int_equal(checkpoint_format(&c, &out, NULL), ERR_SYNTAX);
	c.origin = SLICE("a");
	c.size = UINT64_MAX;
	assert_int_equal(checkpoint_format(&c, &out, NULL), ERR_LIMIT);
	assert_int_equal(out.n, 0);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_checkpoint_reads_and_writes_back),
		cmocka_unit_test(a_malformed_checkpoint_is_refused_with_its_line),
		cmocka_unit_test(what_could_not_be_read_back_is_not_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The three forms of a register's file, through the one door that the import takes. */
#include "check.h"

#include "base/buf.h"
#include "wire/tabular.h"

static const struct slice columns[] = { { "number", 6 }, { "a/name", 6 }, { "@id", 3 } };

/* "line[cell|cell|cell]" a row; "-" for a cell that the row has not, "line!why" for a bad one. */
static int put_row(void *ctx, const struct tabular_row *row, struct err *err)
{
	struct buf *out = ctx;

	(void)err;
	buf_printf(out, "%d", (int)row->line);
	if (row->bad) {
		buf_printf(out, "!%s ", row->bad);
		return 0;
	}
	for (size_t i = 0; i < 3; i++)
		buf_printf(out, "%c%.*s", i ? '|' : '[', row->cell[i].p ? (int)row->cell[i].n : 1,
		           row->cell[i].p ? row->cell[i].p : "-");
	buf_puts(out, "] ");
	return 0;
}

/* Read in pieces of `step` bytes; a failure is put behind the rows. */
static void read_all(const struct tabular_spec *spec, struct slice in, size_t step, struct buf *out)
{
	struct tabular *t = NULL;
	struct err err = { 0 };
	int rc = tabular_new(spec, put_row, out, &t, &err);

	buf_clear(out);
	for (size_t i = 0; rc == 0 && i < in.n; i += step)
		rc = tabular_push(t, slice_sub(in, i, i + step), &err);
	if (rc == 0)
		rc = tabular_end(t, &err);
	if (rc)
		buf_printf(out, "%s", err.what);
	tabular_free(t);
}

/* Whatever the pieces, the rows are the same. */
static void check_rows(const struct tabular_spec *spec, int row, struct slice in, const char *want)
{
	static const size_t steps[] = { 1, 2, 3, 7, 1 << 20 };
	struct buf got = { 0 };

	for (size_t i = 0; i < ROWS(steps); i++) {
		read_all(spec, in, steps[i], &got);
		CHECK_SLICE(row, in.p, slice_trim(buf_slice(&got)), slice_str(want));
	}
	buf_release(&got);
}

static void csv_is_read_as_rfc_4180_says_and_as_people_write_it(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "number,a/name,@id\n1,x,y\n", "2[1|x|y]" },
		{ "number,a/name,@id\r\n1,x,y\r\n2,,\r\n", "2[1|x|y] 3[2||]" },
		{ "number,a/name,@id\r1,x,y", "2[1|x|y]" },
		{ "@id,other,number\n7,8,9\n", "2[9|-|7]" },
		{ "\xef\xbb\xbfnumber,a/name,@id\n1,x,y\n", "2[1|x|y]" },
		{ "number,a/name,@id\n\"1\",\"x, \"\"y\"\"\",\" z \"\n", "2[1|x, \"y\"|z]" },
		{ "number,a/name,@id\n1,\"x\ny\",z\n2,x,y\n", "2[1|x\ny|z] 4[2|x|y]" },
		{ "number,a/name,@id\n1,x\"y,z\n", "2[1|x\"y|z]" },
		{ "number,a/name,@id\n\n\n1,x,y\n\n", "4[1|x|y]" },
		{ "number,a/name,@id\n1,x\n2,x,y,z\n3,x,y\n",
		  "2!the row has another number of cells than the header 3!the row has another number of "
		  "cells than the header 4[3|x|y]" },
		{ "number,a/name,@id\n1,\xff,y\n2,x,y\n",
		  "2!a cell is not UTF-8, which the mapping says it is 3[2|x|y]" },
		{ "number,a/name,@id\n1,x,y\n2,\"x,y\n3,x,y\n",
		  "2[1|x|y] line 3: a quote is opened here and never closed" },
		{ "", "the file has no header row" },
		{ "\xff\xfen\0u\0", "the file is UTF-16, which is not read: save it as UTF-8" },
	};
	const struct tabular_spec spec = { TABULAR_CSV, ',', CHARSET_UTF_8, 1, { 0 }, columns, 3 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_rows(&spec, (int)i, slice_str(rows[i].in), rows[i].want);
	check_done();
}

static void csv_is_decoded_and_a_wrong_charset_is_seen(void **state)
{
	static const struct {
		enum charset charset;
		const char *in, *want;
	} rows[] = {
		{ CHARSET_WINDOWS_1252, "number;a/name;@id\n1;Caf\xe9;\n", "2[1|Caf\xc3\xa9|]" },
		{ CHARSET_WINDOWS_1252, "number;a/name;@id\n1;Caf\xc3\xa9;\n",
		  "2!a cell is UTF-8, and the mapping names a single-byte charset" },
		{ CHARSET_WINDOWS_1252, "\xef\xbb\xbfnumber;a/name;@id\n1;Caf\xc3\xa9;\n",
		  "2[1|Caf\xc3\xa9|]" },
		{ CHARSET_SHIFT_JIS, "number;a/name;@id\n1;\x96\xf2\x8b\xc7;\n",
		  "2[1|\xe8\x96\xac\xe5\xb1\x80|]" },
		{ CHARSET_SHIFT_JIS, "number;a/name;@id\n1;\xe8\x96\xac\xff;\n",
		  "2!a cell has bytes that the charset of the mapping has not" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct tabular_spec spec = { TABULAR_CSV, ';', rows[i].charset, 1, { 0 }, columns, 3 };
		check_rows(&spec, (int)i, slice_str(rows[i].in), rows[i].want);
	}
	assert_false(tabular_can_read(CHARSET_UTF_16LE, ','));
	assert_false(tabular_can_read(CHARSET_SHIFT_JIS, '|'));
	assert_true(tabular_can_read(CHARSET_SHIFT_JIS, ';'));
	check_done();
}

static void json_rows_stand_in_an_array_or_behind_one_another(void **state)
{
	static const struct {
		const char *path, *in, *want;
	} rows[] = {
		{ "", "[{\"number\":1,\"a\":{\"name\":\"x\"}},\n{\"number\":\"2\"}]", "1[1|x|-] 2[2|-|-]" },
		{ "", "{\"number\":1}\n{\"number\":2.5}\n{\"number\":true}", "1[1|-|-] 2[2.5|-|-] 3[true|-|-]" },
		{ "d/items", "{\"items\":[{\"number\":0}],\"d\":{\"n\":[1],\"items\":[{\"number\":1},{}]}}",
		  "1[1|-|-] 1[-|-|-]" },
		{ "", "[{\"a\":[{\"name\":\"x\"},{\"name\":\"y\"}]}]", "1[-|x\ny|-]" },
		{ "", "[{\"number\":\"}]\\\"\"}]", "1[}]\"|-|-]" },
		{ "", "[{\"number\":null}]", "1[-|-|-]" },
		{ "", "[1,\"x\",{\"number\":3}]", "1!the row is no object 1!the row is no object 1[3|-|-]" },
		{ "", "[{\"number\":1,},{\"number\":2}]", "1!string or '}' expected near '}' 1[2|-|-]" },
		{ "", "[{\"number\":1},{\"numb", "1[1|-|-] line 1: the file breaks off" },
		{ "d", "{\"e\":[{\"number\":1}]}", "nothing in the file has the path of the rows" },
		{ "", "<html>", "line 1: this is no JSON" },
		{ "", "[{\"number\":1}}", "1[1|-|-] line 1: a bracket is closed that is not open" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct tabular_spec spec = { TABULAR_JSON, 0, CHARSET_UTF_8, 0,
			                           slice_str(rows[i].path), columns, 3 };
		check_rows(&spec, (int)i, slice_str(rows[i].in), rows[i].want);
	}
	check_done();
}

static void json_nested_too_deep_is_refused(void **state)
{
	const struct tabular_spec spec = { TABULAR_JSON, 0, CHARSET_UTF_8, 0, SLICE("d"), columns, 3 };
	struct buf in = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		buf_puts(&in, "[");
	check_rows(&spec, 0, buf_slice(&in), "line 1: nested deeper than 64");
	buf_release(&in);
	check_done();
}

static void xml_rows_are_elements_at_a_path(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "<r>\n<p id='7'><number> 1 </number><a><name>x</name></a></p>\n<p/></r>",
		  "2[1|x|7] 3[-|-|-]" },
		{ "<r><p><a><name>x</name><name>y</name></a></p></r>", "1[-|x\ny|-]" },
		{ "<n:r xmlns:n='u'><n:p><n:number>1</n:number></n:p></n:r>", "1[1|-|-]" },
		{ "<r><p><number>&lt;1&#38;<![CDATA[<2>]]></number></p></r>", "1[<1&<2>|-|-]" },
		{ "<r><q><number>1</number></q><p><q><number>2</number></q></p></r>", "1[-|-|-]" },
		{ "<?xml version='1.0' encoding='ISO-8859-1'?><r><p><number>\xe9</number></p></r>",
		  "1[\xc3\xa9|-|-]" },
		{ "<q/>", "no element of the file has the path of the rows" },
	};
	const struct tabular_spec spec = { TABULAR_XML, 0, CHARSET_UTF_8, 0, SLICE("r/p"), columns, 3 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_rows(&spec, (int)i, slice_str(rows[i].in), rows[i].want);
	check_done();
}

static void xml_that_is_cut_off_or_hostile_is_an_error(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "<r><p><number>1</number></p><p><num", "line 1" },
		{ "<r><p></r>", "line 1" },
		{ "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"
		  "<r><p><number>&b;</number></p></r>",
		  "a document type declaration is refused" },
		{ "<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r><p/></r>",
		  "a document type declaration is refused" },
		{ "<r><p><number>&b;</number></p></r>", "line 1" },
		{ "not XML", "line 1" },
	};
	const struct tabular_spec spec = { TABULAR_XML, 0, CHARSET_UTF_8, 0, SLICE("r/p"), columns, 3 };
	struct buf got = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		read_all(&spec, slice_str(rows[i].in), 5, &got);
		struct slice text = buf_slice(&got);
		CHECK_INT(i, rows[i].in,
		          slice_find_slice(text, slice_str(rows[i].want)) < text.n, 1);
		if (check_failed)
			printf("# %.*s\n", SLICE_ARG(text));
	}
	buf_clear(&got);
	struct buf deep = { 0 };
	for (int i = 0; i < 200; i++)
		buf_puts(&deep, "<r>");
	read_all(&spec, buf_slice(&deep), 64, &got);
	CHECK_SLICE(0, "deep", buf_slice(&got), SLICE("line 1: nested deeper than 64"));
	buf_release(&deep);
	buf_release(&got);
	check_done();
}

static void rows_over_the_limit_are_bad_and_the_next_is_read(void **state)
{
	const struct tabular_spec csv = { TABULAR_CSV, ',', CHARSET_UTF_8, 1, { 0 }, columns, 3 };
	const struct tabular_spec json = { TABULAR_JSON, 0, CHARSET_UTF_8, 0, { 0 }, columns, 3 };
	const struct tabular_spec xml = { TABULAR_XML, 0, CHARSET_UTF_8, 0, SLICE("r/p"), columns, 3 };
	struct buf pad = { 0 }, in = { 0 }, got = { 0 };

	(void)state;
	for (int i = 0; i < (1 << 20) + 2; i++)
		buf_putc(&pad, 'x');
	buf_printf(&in, "number,a/name,@id\n1,%s,\n2,,\n", buf_str(&pad));
	read_all(&csv, buf_slice(&in), 4096, &got);
	CHECK_SLICE(0, "csv", slice_trim(buf_slice(&got)),
	            SLICE("2!the row is longer than 1 MiB or has more than 4096 cells 3[2||]"));
	buf_clear(&in);
	buf_printf(&in, "{\"number\":\"%s\"}\n{\"number\":2}", buf_str(&pad));
	read_all(&json, buf_slice(&in), 4096, &got);
	CHECK_SLICE(1, "json", slice_trim(buf_slice(&got)),
	            SLICE("1!the row is longer than 1 MiB 2[2|-|-]"));
	buf_clear(&in);
	buf_printf(&in, "<r><p><number>%s</number></p>\n<p><number>2</number></p></r>", buf_str(&pad));
	read_all(&xml, buf_slice(&in), 4096, &got);
	CHECK_SLICE(2, "xml", slice_trim(buf_slice(&got)),
	            SLICE("1!the row is longer than 1 MiB 2[2|-|-]"));
	buf_release(&pad);
	buf_release(&in);
	buf_release(&got);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_read_as_rfc_4180_says_and_as_people_write_it),
		cmocka_unit_test(csv_is_decoded_and_a_wrong_charset_is_seen),
		cmocka_unit_test(json_rows_stand_in_an_array_or_behind_one_another),
		cmocka_unit_test(json_nested_too_deep_is_refused),
		cmocka_unit_test(xml_rows_are_elements_at_a_path),
		cmocka_unit_test(xml_that_is_cut_off_or_hostile_is_an_error),
		cmocka_unit_test(rows_over_the_limit_are_bad_and_the_next_is_read),
	};
	return cmocka_run_group_tests_name("wire/tabular", tests, NULL, NULL);
}

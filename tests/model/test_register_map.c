/* Mappings and the rows that they read, the shipped ones among them. */
#include "check.h"

#include "base/buf.h"
#include "model/register_entry.h"
#include "sys/file.h"
#include "wire/json.h"
#include "wire/timestamp.h"

#include <stdlib.h>

#define HEAD                                                                                       \
	"register: x\ntitle: t\nauthority: a\nsource: s\ncountry: GB\nserves: [GB]\nscheme: gphc\n"      \
	"kind: pharmacy\nformat: csv\n"
#define COLUMNS "columns: {number: N, name: [A, B], domains: D, until: U, trading: T}\n"
#define STATUS "status: {column: S, active: [Open, Live], revoked: Struck off}\n"

static int parse(const char *text, struct arena *a, struct register_map *map, struct err *err)
{
	*err = (struct err){ 0 };
	return register_map_parse(slice_str(text), "f", a, map, err);
}

static void a_wrong_mapping_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "register: x\n", "f:1: title is missing" },
		{ HEAD COLUMNS, "f:1: status is missing" },
		{ HEAD COLUMNS STATUS "colums: x\n", "f:12: unknown key 'colums' (did you mean 'columns'?)" },
		{ HEAD "columns: {nane: A}\n" STATUS,
		  "f:10: unknown key 'nane' (did you mean 'name'?)" },
		{ HEAD "columns: {domains: A}\n" STATUS,
		  "f:10: a row is known by its number or its name: map one of them" },
		{ HEAD COLUMNS "status: yes\n",
		  "f:11: status is 'active' for every row, or a column and its values" },
		{ HEAD COLUMNS "status: {column: S}\n", "f:11: no value of the status means active" },
		{ HEAD COLUMNS "status: {column: S, active: [a, b], lapsed: B}\n",
		  "f:11: 'B' means both active and lapsed" },
		{ HEAD COLUMNS STATUS "rows: a/b\n", "f:12: rows belongs to json and xml" },
		{ HEAD COLUMNS STATUS "separator: x\n", "f:12: a separator is ',', ';', '|' or tab, not 'x'" },
		{ HEAD COLUMNS STATUS "charset: utf-16\n",
		  "f:12: the charset 'utf-16' is not known, or not one that CSV is read in" },
		{ HEAD COLUMNS STATUS "dates: DD/MM/YY\n",
		  "f:12: a form of dates has YYYY, MM and DD, not 'DD/MM/YY'" },
		{ HEAD COLUMNS STATUS "keep: [{column: K}]\n", "f:12: keep needs is or begins" },
		{ HEAD COLUMNS STATUS "date: {column: K, file_name: YYYYMMDD}\n",
		  "f:12: date is a column or a form in the file_name" },
	};
	struct arena a = { 0 };
	struct register_map map;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		CHECK_INT(i, rows[i].in, parse(rows[i].in, &a, &map, &err), ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
	}
	arena_release(&a);
	check_done();
}

/* Cells in the order in which the mapping names its columns: N A B D U T S K. */
static void a_row_becomes_an_entry(void **state)
{
	static const struct {
		const char *cell[8], *want;
	} rows[] = {
		{ { "101", "Mill", "", "https://www.Mill.example/shop?x=1", "31/12/2027", "Mill Chemist",
		    "OPEN", "3336C" },
		  "{\"authority\":\"a\",\"country\":\"GB\",\"domains\":[\"www.mill.example\"],\"kind\":"
		  "\"pharmacy\",\"name\":\"Mill\",\"number\":\"101\",\"scheme\":\"gphc\",\"serves\":[\"GB\"],"
		  "\"status\":\"active\",\"trading\":[\"Mill Chemist\"],\"until\":\"2027-12-31\"}" },
		{ { "102", "", "Second", "a.example, b.example;a.example\nmail@c.example", "", "", "live",
		    "3336" },
		  "{\"authority\":\"a\",\"country\":\"GB\",\"domains\":[\"a.example\",\"b.example\"],"
		  "\"kind\":\"pharmacy\",\"name\":\"Second\",\"number\":\"102\",\"scheme\":\"gphc\","
		  "\"serves\":[\"GB\"],\"status\":\"active\"}" },
		{ { "103", "X", "", "none", "2027", "", "Sleeping", "3336" },
		  "{\"authority\":\"a\",\"country\":\"GB\",\"domains\":[],\"kind\":\"pharmacy\",\"name\":\"X\","
		  "\"number\":\"103\",\"scheme\":\"gphc\",\"serves\":[\"GB\"],\"status\":\"lapsed\"}"
		  " status Sleeping domain none date 2027" },
		{ { "104", "X", "", "", "", "", "struck off", "3336" },
		  "{\"authority\":\"a\",\"country\":\"GB\",\"domains\":[],\"kind\":\"pharmacy\",\"name\":\"X\","
		  "\"number\":\"104\",\"scheme\":\"gphc\",\"serves\":[\"GB\"],\"status\":\"revoked\"}" },
		{ { "", "X", "", "", "", "", "Open", "3336" }, "unkeyed" },
		{ { "105", "X", "", "", "", "", "Open", "207" }, "not kept" },
	};
	struct arena a = { 0 };
	struct register_map map;
	struct err err;

	(void)state;
	if (parse(HEAD "columns: {number: N, name: [A, B], domains: D, until: U, trading: T}\n"
	          "dates: DD/MM/YYYY\n" STATUS "keep: [{column: K, begins: ['3336']}]\n", &a, &map, &err))
		fail_msg("%s", err.what);
	/* Fields are read in the order of the form, whatever that of the mapping is. */
	static const char *const names[] = { "N", "A", "B", "T", "D", "U", "S", "K" };
	static const size_t from[] = { 0, 1, 2, 5, 3, 4, 6, 7 };
	assert_int_equal(map.spec.column_n, 8);
	for (size_t i = 0; i < 8; i++)
		CHECK_SLICE(i, "column", map.spec.column[i], slice_str(names[i]));
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct slice cell[8];
		struct register_entry e;
		struct buf got = { 0 };
		for (size_t k = 0; k < 8; k++)
			cell[k] = slice_str(rows[i].cell[from[k]]);
		int rc = register_entry_read(&map, cell, &a, &e, &err);
		if (rc == REGISTER_READ) {
			json_t *o = register_entry_json(&map, &e);
			json_canonical(o, &got, &err);
			json_decref(o);
			if (e.unknown_status.n)
				buf_printf(&got, " status %.*s", SLICE_ARG(e.unknown_status));
			if (e.odd_domain.n)
				buf_printf(&got, " domain %.*s", SLICE_ARG(e.odd_domain));
			if (e.odd_date.n)
				buf_printf(&got, " date %.*s", SLICE_ARG(e.odd_date));
		} else {
			buf_puts(&got, rc == REGISTER_UNKEYED ? "unkeyed" : "not kept");
		}
		CHECK_SLICE(i, rows[i].cell[0], buf_slice(&got), slice_str(rows[i].want));
		buf_release(&got);
	}
	arena_release(&a);
	check_done();
}

static void dates_are_read_in_their_form_and_found_in_names(void **state)
{
	static const struct {
		const char *form, *in, *want; /* of a date; with a name in front: of the file */
	} rows[] = {
		{ "DD.MM.YYYY", "01.02.2026", "2026-02-01" },
		{ "YYYY-MM-DD", "2026-02-01T10:00", "2026-02-01" },
		{ "YYYY-MM-DD", "2026-02-30", "" },
		{ "YYYY-MM-DD", "2026-02-011", "" },
		{ "MM/DD/YYYY", "2/1/2026", "" },
		{ "YYYYMMDD", "file npidata_pfile_20050523-20261108.csv", "2026-11-08" },
		{ "YYYYMMDD", "file 120261108.csv", "" },
		{ "YYYY-MM-DD", "file x-2026-11-08-2.csv", "2026-11-08" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct slice in = slice_str(rows[i].in), form = slice_str(rows[i].form);
		bool file = slice_starts(in, SLICE("file "));
		int64_t at = 0;
		char text[TIMESTAMP_SIZE] = "";
		if (file ? register_map_file_date(form, slice_sub(in, 5, in.n), &at)
		         : register_map_date(form, in, &at))
			timestamp_format(at, text);
		CHECK_SLICE(i, rows[i].in, slice_sub(slice_str(text), 0, 10), slice_str(rows[i].want));
	}
	check_done();
}

static void the_shipped_mappings_are_read(void **state)
{
	const char *root = getenv("ASSAY_SOURCE");
	char dir[4096], path[4608];
	char **names = NULL;
	size_t n = 0;
	struct err err = { 0 };
	struct arena a = { 0 };

	(void)state;
	snprintf(dir, sizeof(dir), "%s/policy/registers", root ? root : ".");
	if (file_list(dir, &names, &n, &err))
		fail_msg("%s", err.what);
	assert_true(n >= 9);
	for (size_t i = 0; i < n; i++) {
		struct register_map map;
		struct buf text = { 0 };
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (file_read(path, 1 << 20, &text, &err) ||
		    register_map_parse(buf_slice(&text), names[i], &a, &map, &err))
			fail_msg("%s", err.what);
		/* Named as its file, and it says what was checked. */
		CHECK_INT(i, names[i], slice_starts(slice_str(names[i]), map.id), 1);
		CHECK_INT(i, names[i], slice_str(names[i]).n, map.id.n + 5);
		CHECK_INT(i, names[i], map.source.n > 10, 1);
		buf_release(&text);
	}
	file_list_free(names, n);
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_mapping_is_refused_with_its_line),
		cmocka_unit_test(a_row_becomes_an_entry),
		cmocka_unit_test(dates_are_read_in_their_form_and_found_in_names),
		cmocka_unit_test(the_shipped_mappings_are_read),
	};
	return cmocka_run_group_tests_name("model/register_map", tests, NULL, NULL);
}

#include "check.h"

#include "model/registrar_list.h"

#include <stdio.h>
#include <stdlib.h>

#define CHECK_STR(row, input, got, want) CHECK_SLICE(row, input, slice_str(got), slice_str(want))
#define HEAD "ID,Registrar Name,Status,RDAP Base URL\n"

static void a_list_is_read_sorted_and_found_by_number_and_name(void **state)
{
	(void)state;
	struct registrar_list l = { 0 };
	struct arena a = { 0 };
	struct err err = { .what = "" };
	int rc = registrar_list_read(
		SLICE("Status,ID,Note,Registrar Name,RDAP Base URL\r\n"
	              "Accredited,99002,x,\"Two, Inc.\",https://rdap.two.example/\r\n"
	              "Reserved,1,,Reserved,\r\n"
	              "Terminated,7,,Gone Names,http://rdap.gone.example/\r\n"
	              "Accredited,8,,GONE NAMES.,https://rdap.gone.example\r\n"),
		"list.csv", &a, &l, &err);

	if (rc)
		print_error("%s\n", err.what);
	assert_int_equal(rc, 0);
	assert_int_equal(l.n, 4);
	assert_int_equal(l.registrar[0].id, 1);
	const struct registrar *two = registrar_list_find(&l, 99002);
	assert_non_null(two);
	CHECK_SLICE(0, "name", two->name, SLICE("Two, Inc."));
	CHECK_SLICE(0, "rdap", two->rdap, SLICE("https://rdap.two.example/"));
	CHECK_INT(0, "accredited", registrar_is_accredited(two), 1);
	CHECK_INT(0, "by name", registrar_list_named(&l, SLICE("two inc")) == two, 1);
	/* Of two with one name the one that is accredited; an address that cannot be asked is none. */
	const struct registrar *gone = registrar_list_named(&l, SLICE("Gone names"));
	assert_non_null(gone);
	CHECK_INT(0, "accredited", gone->id, 8);
	CHECK_SLICE(0, "normal form", gone->rdap, SLICE("https://rdap.gone.example/"));
	CHECK_INT(0, "http", registrar_list_find(&l, 7)->rdap.n, 0);
	CHECK_INT(0, "none", registrar_list_find(&l, 2) == NULL, 1);
	CHECK_INT(0, "none", registrar_list_named(&l, SLICE("Three")) == NULL, 1);
	CHECK_INT(0, "none", registrar_list_named(&l, SLICE("-")) == NULL, 1);
	arena_release(&a);
	check_done();
}

static void a_list_is_refused_with_file_and_line(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ HEAD "x,One,Accredited,\n", "list.csv:2: ID is no number from 1 on: 'x'" },
		{ HEAD "1,One,Accredited,\n0,Two,Accredited,\n",
		  "list.csv:3: ID is no number from 1 on: '0'" },
		{ HEAD "99999999999999999999,One,Accredited,\n",
		  "list.csv:2: ID is no number from 1 on: '99999999999999999999'" },
		{ HEAD "1,,Accredited,\n", "list.csv:2: Registrar Name is empty" },
		{ HEAD "1,One,Accredited,\n1,Two,Accredited,\n",
		  "list.csv: the ID 1 stands there twice" },
		{ "ID,Registrar Name,Status\n1,One,Accredited\n",
		  "list.csv:1: there is no column 'RDAP Base URL'" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct registrar_list l = { .n = 77 };
		struct arena a = { 0 };
		struct err err = { .what = "" };
		CHECK_INT(i, rows[i].in,
		          registrar_list_read(slice_str(rows[i].in), "list.csv", &a, &l, &err),
		          ERR_SYNTAX);
		CHECK_STR(i, rows[i].in, err.what, rows[i].want);
		CHECK_INT(i, "untouched", l.n, 77);
		arena_release(&a);
	}
	/* Damaged CSV says where, in the words of its reader. */
	static const char *const damaged[] = { "", HEAD "1,One\n", HEAD "1,\"One", HEAD "1,\xff,A,\n" };
	for (size_t i = 0; i < ROWS(damaged); i++) {
		struct registrar_list l = { 0 };
		struct arena a = { 0 };
		struct err err = { .what = "" };
		CHECK_INT(i, damaged[i],
		          registrar_list_read(slice_str(damaged[i]), "list.csv", &a, &l, &err),
		          ERR_SYNTAX);
		CHECK_INT(i, err.what, slice_starts(slice_str(err.what), SLICE("list.csv")), 1);
		arena_release(&a);
	}
	check_done();
}

/* IANA's own list, where the operator's data is at hand. */
static void the_list_of_iana_is_read(void **state)
{
	(void)state;
	const char *root = getenv("ASSAY_SOURCE");
	struct registrar_list l = { 0 };
	struct arena a = { 0 };
	struct err err = { .what = "" };
	static char text[1 << 20];
	FILE *f = fopen(arena_printf(&a, "%s/../shared/data/registrars/iana-registrar-ids-1.csv",
	                             root ? root : "."), "rb");

	if (!f) {
		arena_release(&a);
		skip();
	}
	size_t n = fread(text, 1, sizeof(text), f);
	fclose(f);
	int rc = registrar_list_read(slice_from(text, n), "iana.csv", &a, &l, &err);
	if (rc)
		print_error("%s\n", err.what);
	assert_int_equal(rc, 0);
	assert_true(l.n > 3000);
	const struct registrar *r = registrar_list_find(&l, 1068);
	assert_non_null(r);
	CHECK_SLICE(0, "1068", r->name, SLICE("NameCheap, Inc."));
	CHECK_SLICE(0, "1068", r->rdap, SLICE("https://rdap.namecheap.com/"));
	r = registrar_list_named(&l, SLICE("namecheap inc"));
	assert_non_null(r);
	CHECK_INT(0, "by name", r->id, 1068);
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_read_sorted_and_found_by_number_and_name),
		cmocka_unit_test(a_list_is_refused_with_file_and_line),
		cmocka_unit_test(the_list_of_iana_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

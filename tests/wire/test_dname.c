#include "check.h"

#include "base/err.h"
#include "wire/dname.h"

#include <stdlib.h>

#define L10 "abcdefghij"
#define L60 L10 L10 L10 L10 L10 L10
#define L63 L60 "abc"
/* 63 + 1 + 63 + 1 + 63 + 1 + 61 = 253 */
#define NAME253 L63 "." L63 "." L63 "." L60 "a"

static void dname_has_one_canonical_form(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		const char *want;
	} rows[] = {
		{ "Pills.Example", "pills.example" },
		{ "pills.example.", "pills.example" },
		{ "example", "example" },
		{ "a_b._dmarc.example", "a_b._dmarc.example" },
		{ "-a-.r3---x.example", "-a-.r3---x.example" },
		{ "B\xc3\xbc"
		  "cher.example",
		  "xn--bcher-kva.example" },
		{ "bu\xcc\x88"
		  "cher.example",
		  "xn--bcher-kva.example" }, /* NFD */
		{ "XN--BCHER-KVA.example", "xn--bcher-kva.example" },
		{ "fa\xc3\x9f.example",
		  "xn--fa-hia.example" }, /* non-transitional: the sharp s stays */
		{ "\xe8\x96\xac\xe5\xb1\x80\xe3\x80\x82\xe6\x97\xa5\xe6\x9c\xac",
		  "xn--dgtv77g.xn--wgv71a" },
		{ "\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\x8e"
		  "c",
		  "ab.c" },                         /* full width */
		{ "xn--i-7iq.ws", "xn--i-7iq.ws" }, /* a heart: no IDNA2008, but registered */
		{ "1.2.3.4.example", "1.2.3.4.example" },
		{ NAME253, NAME253 },
		{ NAME253 ".", NAME253 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct dname d = { 0 };
		struct err err = { 0 };
		CHECK_INT(i, rows[i].in, dname_parse(slice_str(rows[i].in), &d, &err), 0);
		CHECK_SLICE(i, rows[i].in, dname_slice(&d), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].in, dname_is_canonical(slice_str(rows[i].want)), 1);
		CHECK_INT(i, rows[i].in, dname_is_canonical(slice_str(rows[i].in)),
		          strcmp(rows[i].in, rows[i].want) == 0);
	}
	check_done();
}

static void dname_refuses_bad_names_and_says_why(void **state)
{
	(void)state;
	static const struct {
		struct slice in;
		int code;
		const char *what;
	} rows[] = {
		{ SLICE(""), ERR_SYNTAX, "name: empty" },
		{ SLICE("."), ERR_SYNTAX, "name: empty label" },
		{ SLICE("a..b"), ERR_SYNTAX, "name: empty label" },
		{ SLICE(".a"), ERR_SYNTAX, "name: empty label" },
		{ SLICE("a.b.."), ERR_SYNTAX, "name: empty label" },
		{ SLICE("a b.example"), ERR_SYNTAX, "name: octet 0x20 is not allowed" },
		{ SLICE("*.example"), ERR_SYNTAX, "name: octet 0x2a is not allowed" },
		{ SLICE("a\0b.example"), ERR_SYNTAX, "name: octet 0x00 is not allowed" },
		{ SLICE("\xc3\xbc\0.example"), ERR_SYNTAX, "name: octet 0x00 is not allowed" },
		{ SLICE("\xc3.example"), ERR_SYNTAX, "name: not UTF-8" },
		{ SLICE("\xed\xa0\x80.example"), ERR_SYNTAX, "name: not UTF-8" },
		{ SLICE(L63 "d.example"), ERR_LIMIT, "name: label of 64 octets, 63 are allowed" },
		{ SLICE(NAME253 "a"), ERR_LIMIT, "name: over 253 octets" },
		{ SLICE(NAME253 ".a"), ERR_LIMIT, "name: over 253 octets" },
		{ SLICE("xn--.example"), ERR_SYNTAX,
		  "name: 'xn--' is no valid A-label (Punycode)" },
		{ SLICE("xn--abc-.example"), ERR_SYNTAX,
		  "name: 'xn--abc-' is no valid A-label (Punycode)" },
		{ SLICE("xn--99999999.example"), ERR_SYNTAX,
		  "name: 'xn--99999999' is no valid A-label (Punycode)" },
		/* decodes to a capital U umlaut, which is written xn--tda */
		{ SLICE("xn--wca.example"), ERR_SYNTAX,
		  "name: 'xn--wca' is no valid A-label (Punycode)" },
		{ SLICE("192.0.2.1"), ERR_SYNTAX, "name: last label '1' is a number" },
		{ SLICE("a.0x7f"), ERR_SYNTAX, "name: last label '0x7f' is a number" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct dname d = { .n = 77 };
		struct err err = { 0 };
		CHECK_INT(i, rows[i].in.p, dname_parse(rows[i].in, &d, &err), rows[i].code);
		CHECK_SLICE(i, rows[i].in.p, slice_str(err.what), slice_str(rows[i].what));
		CHECK_INT(i, rows[i].in.p, d.n, 77);
	}
	check_done();
}

static void dname_flags_what_is_odd(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		bool underscore, idn, odd;
		int labels;
	} rows[] = {
		{ "a.example", false, false, false, 2 },
		{ "_a.b.example", true, false, false, 3 },
		{ "b\xc3\xbc"
		  "cher.example",
		  false, true, false, 2 },
		{ "xn--i-7iq.ws", false, true, true, 2 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct dname d;
		assert_int_equal(dname_parse(slice_str(rows[i].in), &d, NULL), 0);
		CHECK_INT(i, rows[i].in, d.has_underscore, rows[i].underscore);
		CHECK_INT(i, rows[i].in, d.has_idn, rows[i].idn);
		CHECK_INT(i, rows[i].in, d.has_odd_idn, rows[i].odd);
		CHECK_INT(i, rows[i].in, d.labels, rows[i].labels);
	}
	check_done();
}

static void a_line_of_a_megabyte_is_no_name_and_costs_nothing(void **state)
{
	(void)state;
	size_t n = 1 << 20;
	char *line = malloc(n);
	struct dname d;

	assert_non_null(line);
	memset(line, 'a', n);
	assert_int_equal(dname_parse(slice_from(line, n), &d, NULL), ERR_LIMIT);
	memset(line, '.', n);
	assert_int_equal(dname_parse(slice_from(line, n), &d, NULL), ERR_LIMIT);
	free(line);
}

static void dname_is_shown_to_people_in_their_letters(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		const char *want;
	} rows[] = {
		{ "shop.xn--bcher-kva.example", "shop.b\xc3\xbc"
		                                "cher.example" },
		{ "xn--dgtv77g.example", "\xe8\x96\xac\xe5\xb1\x80.example" },
		{ "xn--i-7iq.ws", "xn--i-7iq.ws" },
		{ "plain.example", "plain.example" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		dname_display(slice_str(rows[i].in), &out);
		CHECK_SLICE(i, rows[i].in, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
	}
	check_done();
}

static void dname_goes_to_wire_form_and_back(void **state)
{
	(void)state;
	static const char *const rows[] = { "a", "pills.example", NAME253 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct dname d, back = { 0 };
		uint8_t wire[DNAME_WIRE_MAX];
		size_t at = 0;
		assert_int_equal(dname_parse(slice_str(rows[i]), &d, NULL), 0);
		size_t n = dname_to_wire(&d, wire);
		CHECK_INT(i, rows[i], n, d.n + 2);
		CHECK_INT(i, rows[i],
		          dname_from_wire(slice_from((char *)wire, n), &at, &back, NULL), 0);
		CHECK_INT(i, rows[i], at, n);
		CHECK_SLICE(i, rows[i], dname_slice(&back), slice_str(rows[i]));
		for (size_t cut = 0; cut < n; cut++) {
			at = 0;
			CHECK_INT(i, rows[i],
			          dname_from_wire(slice_from((char *)wire, cut), &at, &back, NULL),
			          ERR_SYNTAX);
			CHECK_INT(i, rows[i], at, 0);
		}
	}
	check_done();
}

static void wire_form_refuses_pointers_the_root_and_odd_letters(void **state)
{
	(void)state;
	static const struct slice rows[] = {
		SLICE("\xc0\x0c"),
		SLICE("\0"),
		SLICE("\x01 \0"),
		SLICE("\x03"
		      "a.b\0"),
		SLICE("\x40" L63 "d\0"),
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct dname d;
		size_t at = 0;
		CHECK_INT(i, "", dname_from_wire(rows[i], &at, &d, NULL), ERR_SYNTAX);
	}
	check_done();
}

static void dname_is_under_respects_labels(void **state)
{
	(void)state;
	assert_true(dname_is_under(SLICE("a.b.example"), SLICE("b.example")));
	assert_true(dname_is_under(SLICE("b.example"), SLICE("b.example")));
	assert_false(dname_is_under(SLICE("ab.example"), SLICE("b.example")));
	assert_false(dname_is_under(SLICE("example"), SLICE("b.example")));
	assert_true(slice_eq_str(dname_parent(SLICE("a.b.example")), "b.example"));
	assert_int_equal(dname_parent(SLICE("example")).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dname_has_one_canonical_form),
		cmocka_unit_test(dname_refuses_bad_names_and_says_why),
		cmocka_unit_test(dname_flags_what_is_odd),
		cmocka_unit_test(a_line_of_a_megabyte_is_no_name_and_costs_nothing),
		cmocka_unit_test(dname_is_shown_to_people_in_their_letters),
		cmocka_unit_test(dname_goes_to_wire_form_and_back),
		cmocka_unit_test(wire_form_refuses_pointers_the_root_and_odd_letters),
		cmocka_unit_test(dname_is_under_respects_labels),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

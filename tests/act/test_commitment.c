#include "check.h"

#include "act/commitment.h"

#include "base/buf.h"
#include "wire/timestamp.h"

#include <stdlib.h>

#define CHECK_STR(row, input, got, want) CHECK_SLICE(row, input, slice_str(got), slice_str(want))

static int64_t at(const char *time)
{
	int64_t t = 0;

	assert_int_equal(timestamp_parse(slice_str(time), &t, NULL), 0);
	return t;
}

static struct commitment good(void)
{
	return (struct commitment){
		.practice = SLICE("answer-in-two-days"), .version = SLICE("1"),
		.text = SLICE("Answers a notice within two working days."),
		.adopter = SLICE("registrar:99001"), .name = SLICE("One (synthetic)"),
		.adopted = at("2026-05-01"), .ended = NOTICE_NEVER,
		.source = SLICE("https://registrar.example/practices"),
	};
}

static void a_commitment_comes_back_from_its_record(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct buf text = { 0 };
	struct commitment c = good(), again = { 0 };
	struct err err = { .what = "" };

	c.ended = at("2026-09-01");
	json_t *o = commitment_to_json(&c);
	assert_non_null(o);
	assert_int_equal(json_canonical(o, &text, &err), 0);
	CHECK_STR(0, "record", buf_str(&text),
	          "{\"adopted\":\"2026-05-01\",\"adopter\":\"registrar:99001\","
	          "\"ended\":\"2026-09-01\",\"name\":\"One (synthetic)\","
	          "\"practice\":\"answer-in-two-days\","
	          "\"source\":\"https://registrar.example/practices\","
	          "\"text\":\"Answers a notice within two working days.\",\"version\":\"1\"}");
	assert_int_equal(commitment_from_json(o, &a, &again, &err), 0);
	CHECK_INT(0, "same", commitment_same(&c, &again), 1);
	CHECK_INT(0, "adopted", again.adopted, c.adopted);
	CHECK_INT(0, "ended", again.ended, c.ended);
	CHECK_SLICE(0, "text", again.text, c.text);
	json_put_str(o, "adopted", SLICE("2026-05"));
	CHECK_INT(0, "no day", commitment_from_json(o, &a, &again, &err), ERR_SYNTAX);
	CHECK_STR(0, "no day", err.what, "commitment: adopted is no day such as 2026-05-01");
	json_decref(o);
	buf_release(&text);
	arena_release(&a);
	check_done();
}

static void a_commitment_says_what_is_wrong_with_it(void **state)
{
	(void)state;
	struct commitment c[9];
	static const char *const want[] = {
		"",
		"commitment: practice is no word of 1 to 64 of a-z, 0-9, '-', '_' and '.'",
		"commitment: version is no word of 1 to 64 of a-z, 0-9, '-', '_' and '.'",
		"commitment: adopter is no key of a party such as registrar:99001",
		"commitment: adopter is no key of a party such as registrar:99001",
		"commitment: text or name is not one line of at most 600 bytes",
		"commitment: ended is not after adopted",
		"commitment: source is no https address",
		"commitment: source is no https address",
	};

	for (size_t i = 0; i < ROWS(c); i++)
		c[i] = good();
	c[1].practice = SLICE("Answer soon");
	c[2].version = SLICE("v 1");
	c[3].adopter = SLICE("registrars:99001");
	c[4].adopter = SLICE("registrar:");
	c[5].text = SLICE("a\nb");
	c[6].ended = c[6].adopted;
	c[7].source = SLICE("http://registrar.example/");
	c[8].source = SLICE("");
	for (size_t i = 0; i < ROWS(c); i++) {
		struct err err = { .what = "" };
		CHECK_INT(i, want[i], commitment_check(&c[i], &err), i ? ERR_SYNTAX : 0);
		CHECK_STR(i, want[i], err.what, want[i]);
	}
	check_done();
}

static void it_holds_from_its_first_day_until_it_ended(void **state)
{
	(void)state;
	struct commitment c = good();
	static const struct {
		const char *adopted, *ended, *from, *until; /* "": not said */
		const char *begin, *end;                    /* within; "": not at all */
	} rows[] = {
		{ "2026-05-01", "", "2026-01-01", "2026-12-31", "2026-05-01", "2026-12-31" },
		{ "2026-05-01", "2026-06-01", "2026-01-01", "2026-12-31", "2026-05-01", "2026-06-01" },
		{ "", "2026-06-01", "2026-01-01", "2026-12-31", "2026-01-01", "2026-06-01" },
		{ "", "", "2026-01-01", "2026-12-31", "2026-01-01", "2026-12-31" },
		{ "2026-05-01", "", "2026-01-01", "2026-05-01", "", "" },
		{ "", "2026-01-01", "2026-01-01", "2026-12-31", "", "" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t from = at(rows[i].from), until = at(rows[i].until);
		c.adopted = rows[i].adopted[0] ? at(rows[i].adopted) : NOTICE_NEVER;
		c.ended = rows[i].ended[0] ? at(rows[i].ended) : NOTICE_NEVER;
		bool within = commitment_within(&c, &from, &until);
		CHECK_INT(i, rows[i].from, within, rows[i].begin[0] != '\0');
		if (!within)
			continue;
		CHECK_INT(i, "from", from, at(rows[i].begin));
		CHECK_INT(i, "until", until, at(rows[i].end));
		CHECK_INT(i, "holds", commitment_holds(&c, from), 1);
		CHECK_INT(i, "holds", commitment_holds(&c, until - 1), 1);
		if (c.ended != NOTICE_NEVER)
			CHECK_INT(i, "ended", commitment_holds(&c, c.ended), 0);
		if (c.adopted != NOTICE_NEVER)
			CHECK_INT(i, "before", commitment_holds(&c, c.adopted - 1), 0);
	}
	check_done();
}

static void the_last_word_of_each_is_how_it_stands(void **state)
{
	(void)state;
	struct commitment list[4] = { good(), good(), good(), good() };

	list[0].adopter = SLICE("registrar:99002");
	list[2].version = SLICE("2");
	list[3].ended = at("2026-09-01"); /* of 1 */
	assert_int_equal(commitments_now(list, 4), 3);
	CHECK_SLICE(0, "first", list[0].adopter, SLICE("registrar:99001"));
	CHECK_SLICE(0, "first", list[0].version, SLICE("1"));
	CHECK_INT(0, "its last word", list[0].ended, at("2026-09-01"));
	CHECK_SLICE(0, "second", list[1].version, SLICE("2"));
	CHECK_SLICE(0, "third", list[2].adopter, SLICE("registrar:99002"));
	assert_int_equal(commitments_now(list, 0), 0);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commitment_comes_back_from_its_record),
		cmocka_unit_test(a_commitment_says_what_is_wrong_with_it),
		cmocka_unit_test(it_holds_from_its_first_day_until_it_ended),
		cmocka_unit_test(the_last_word_of_each_is_how_it_stands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

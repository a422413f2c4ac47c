#include "check.h"

#include "act/audit.h"

enum { DAY = 86400, T0 = 1790000000 / DAY * DAY };

static struct sha256 record_of(uint8_t n)
{
	return (struct sha256){ { n } };
}

static void make(const struct audit_sign *sign, size_t n, struct arena *a, struct audit_row *row)
{
	assert_int_equal(audit_make(sign, n, a, row, NULL), 0);
}

static void test_a_row_says_what_its_signs_say(void **state)
{
	static const struct {
		const char *says;
		enum audit_item item;
		struct {
			int64_t at;
			bool good, nobody;
		} sign[5];
		size_t n;
		enum audit_state want;
	} rows[] = {
		{ "nobody looked", AUDIT_CONTACT, { { 0, false, false } }, 0, AUDIT_NOT_OBSERVED },
		{ "a contact on each name",
		  AUDIT_CONTACT,
		  { { 1, true, false }, { 2, true, false } },
		  2,
		  AUDIT_MET },
		{ "one name without",
		  AUDIT_CONTACT,
		  { { 2, true, false }, { 1, false, false } },
		  2,
		  AUDIT_NOT_MET },
		{ "the mail bounced, and arrives now",
		  AUDIT_MAIL,
		  { { 1, false, false }, { 2, true, false } },
		  2,
		  AUDIT_MET },
		{ "the mail arrived once, and bounces now",
		  AUDIT_MAIL,
		  { { 2, false, false }, { 1, true, false } },
		  2,
		  AUDIT_NOT_MET },
		{ "RDAP on two days alone",
		  AUDIT_RDAP,
		  { { 0, false, false }, { DAY, false, false } },
		  2,
		  AUDIT_NOT_OBSERVED },
		{ "RDAP on three days, all answered",
		  AUDIT_RDAP,
		  { { 0, true, false }, { DAY, true, false }, { 2 * DAY, true, false } },
		  3,
		  AUDIT_MET },
		{ "RDAP on three days, one not",
		  AUDIT_RDAP,
		  { { 0, true, false }, { DAY, false, false }, { 2 * DAY, true, false } },
		  3,
		  AUDIT_NOT_MET },
		{ "nobody answered on the third day",
		  AUDIT_RDAP,
		  { { 0, true, false }, { DAY, true, false }, { 2 * DAY, false, true } },
		  3,
		  AUDIT_NOT_OBSERVED },
		{ "nobody answered at all on a fourth",
		  AUDIT_RDAP,
		  { { 0, true, false },
		    { DAY, true, false },
		    { 2 * DAY, true, false },
		    { 3 * DAY, false, true } },
		  4,
		  AUDIT_MET },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct audit_sign sign[5] = { { .item = AUDIT_CONTACT } };
		struct audit_row row[AUDIT_ITEMS];
		for (size_t k = 0; k < rows[i].n; k++)
			sign[k] = (struct audit_sign){ .item = rows[i].item,
				                       .good = rows[i].sign[k].good,
				                       .nobody = rows[i].sign[k].nobody,
				                       .at = T0 + rows[i].sign[k].at,
				                       .record = record_of((uint8_t)(k + 1)) };
		make(sign, rows[i].n, &a, row);
		CHECK_INT(i, rows[i].says, row[rows[i].item].state, rows[i].want);
		for (int k = 0; k < AUDIT_ITEMS; k++)
			if (k != (int)rows[i].item)
				CHECK_INT(i, "others", row[k].state, AUDIT_NOT_OBSERVED);
		arena_release(&a);
	}
	check_done();
}

static void test_what_speaks_against_is_shown_newest_first_and_once(void **state)
{
	struct audit_sign sign[] = {
		{ .item = AUDIT_CONTACT,
		  .at = T0,
		  .record = record_of(1),
		  .what = SLICE("no address") },
		{ .item = AUDIT_CONTACT,
		  .at = T0 + 9,
		  .record = record_of(2),
		  .what = SLICE("no address") },
		{ .item = AUDIT_CONTACT, .good = true, .at = T0 + 20, .record = record_of(3) },
	};
	struct arena a = { 0 };
	struct audit_row row[AUDIT_ITEMS];

	(void)state;
	make(sign, ROWS(sign), &a, row);
	const struct audit_row *r = &row[AUDIT_CONTACT];
	CHECK_INT(0, "for", r->good, 1);
	CHECK_INT(0, "against", r->bad, 2);
	CHECK_INT(0, "from", r->from, T0);
	CHECK_INT(0, "until", r->until, T0 + 20);
	CHECK_INT(0, "records", r->record_n, 2);
	CHECK_INT(0, "newest", r->record[0].b[0], 2);
	CHECK_INT(0, "whats", r->what_n, 1);
	CHECK_SLICE(0, "what", r->what[0], SLICE("no address"));
	arena_release(&a);
	check_done();
}

/* Three days: 2 of 3, 1 of 1, and one on which nobody answered. */
static void test_rdap_is_told_by_day(void **state)
{
	struct audit_sign sign[] = {
		{ .item = AUDIT_RDAP, .good = true, .at = T0 + 5 },
		{ .item = AUDIT_RDAP, .nobody = true, .at = T0 + 2 * DAY },
		{ .item = AUDIT_RDAP, .good = false, .at = T0 + 6 },
		{ .item = AUDIT_RDAP, .good = true, .at = T0 + DAY },
		{ .item = AUDIT_RDAP, .good = true, .at = T0 },
	};
	static const struct audit_day want[] = { { T0 / DAY, 3, 2, 0 },
		                                 { T0 / DAY + 1, 1, 1, 0 },
		                                 { T0 / DAY + 2, 0, 0, 1 } };
	struct arena a = { 0 };
	struct audit_row row[AUDIT_ITEMS];

	(void)state;
	make(sign, ROWS(sign), &a, row);
	CHECK_INT(0, "days", row[AUDIT_RDAP].day_n, 3);
	for (size_t i = 0; i < ROWS(want) && i < row[AUDIT_RDAP].day_n; i++) {
		CHECK_INT(i, "day", row[AUDIT_RDAP].day[i].day, want[i].day);
		CHECK_INT(i, "asked", row[AUDIT_RDAP].day[i].asked, want[i].asked);
		CHECK_INT(i, "answered", row[AUDIT_RDAP].day[i].answered, want[i].answered);
		CHECK_INT(i, "nobody", row[AUDIT_RDAP].day[i].nobody, want[i].nobody);
	}
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_row_says_what_its_signs_say),
		cmocka_unit_test(test_what_speaks_against_is_shown_newest_first_and_once),
		cmocka_unit_test(test_rdap_is_told_by_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

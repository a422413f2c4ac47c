/* Whether an operator was told, out of a store that is written record by record. */
#include "scratch.h"

#include "cmd/disclosures.h"
#include "model/record.h"

#define AT     1790000000 /* 2026-09-21T14:13:20Z */
#define DAY    86400
#define PERIOD 1760000000

static struct store *store;
static struct ledgerbook book;
static struct config config;
static const struct subject shop = { SUBJECT_REGISTRABLE, { "pills.example", 13 } };
static const struct slice jp[] = { { "JP", 2 } }, both[] = { { "JP", 2 }, { "US", 2 } };

static int open_store(void **state)
{
	static int n;
	char name[20];

	(void)state;
	snprintf(name, sizeof(name), "store%d", n++);
	config_init(&config);
	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "test", &store, err));
	ASSERT_OK(ledgerbook_open(store, &config, AT, &book, err));
	return 0;
}

static int close_store(void **state)
{
	(void)state;
	ledgerbook_close(&book);
	store_close(store);
	return 0;
}

static json_t *places_json(const struct slice *places, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_add_str(list, places[i]);
	return list;
}

static struct sha256 put(struct record *r, int64_t period)
{
	if (period != STORE_NONE)
		record_set_time(r, "period", period);
	ASSERT_OK(record_finish(r, err));
	struct sha256 id = r->id;
	ASSERT_OK(store_begin(store, err));
	ASSERT_OK(ledgerbook_put(&book, r, period, NULL, err));
	ASSERT_OK(store_commit(store, err));
	record_release(r);
	return id;
}

/* A letter of that many contacts, prepared at a time; the operator has 7 days. */
static struct sha256 prepare(int64_t at, size_t contacts, const struct slice *places, size_t n,
                             int64_t period)
{
	struct record r;
	json_t *list = json_array();

	for (size_t i = 0; i < contacts; i++) {
		json_t *one = json_object();
		json_put_str(one, "shown", SLICE("info@pills.example"));
		json_add_new(list, one);
	}
	record_new(&r, "disclosure", 1, SLICE("registrable"), shop.key, at, SLICE("assay"));
	record_set_str(&r, "state", contacts ? SLICE("prepared") : SLICE("no_contact"));
	record_set_new(&r, "destinations", places_json(places, n));
	record_set_new(&r, "contacts", list);
	record_set_time(&r, "not_before", at + 7 * DAY);
	record_set_i64(&r, "wait_s", 7 * DAY);
	return put(&r, period);
}

static void step_of(struct sha256 of, size_t contact, enum contact_state state, bool relay,
                    int64_t at)
{
	struct arena a = { 0 };
	struct disclosure_file *list = NULL;
	size_t n = 0, found = 0;

	ASSERT_OK(disclosures_load(store, &shop, &a, &list, &n, err));
	ASSERT_OK(store_begin(store, err));
	for (size_t i = 0; i < n; i++)
		if (sha256_eq(list[i].id, of)) {
			struct contact_step s = { state, at, list[i].contact[contact].attempts + 1,
				                  SLICE("250 Ok"), relay };
			ASSERT_OK(disclosure_put_step(&book, &list[i], contact, &s, err));
			found++;
		}
	ASSERT_OK(store_commit(store, err));
	assert_int_equal(found, 1);
	arena_release(&a);
}

static void step(struct sha256 of, size_t contact, enum contact_state state, int64_t at)
{
	step_of(of, contact, state, false, at);
}

static struct told ask(const char *destination, int64_t period, int64_t now)
{
	struct told t;

	ASSERT_OK(disclosure_state(store, &shop, slice_str(destination), period, now, &t, err));
	return t;
}

static void correct(const char *destination, int64_t at, int64_t period)
{
	struct record r;
	json_t *cells = json_array(), *cell = json_object();

	json_put_str(cell, "destination", slice_str(destination));
	json_put_str(cell, "class", SLICE("unverified"));
	json_add_new(cells, cell);
	record_new(&r, "correction", 1, SLICE("registrable"), shop.key, at,
	           SLICE("reviewer:akari"));
	record_set_new(&r, "cells", cells);
	record_set_str(&r, "reason", SLICE("in error"));
	put(&r, period);
}

static void an_operator_is_told_when_an_address_takes_the_letter(void **state)
{
	(void)state;
	assert_int_equal(ask("JP", PERIOD, AT).state, TOLD_NOTHING);
	struct sha256 id = prepare(AT, 2, both, 2, PERIOD);
	assert_int_equal(ask("JP", PERIOD, AT + 99 * DAY).state, TOLD_PREPARED);
	step(id, 0, CONTACT_SENDING, AT + DAY);
	assert_int_equal(ask("JP", PERIOD, AT + 99 * DAY).state, TOLD_PREPARED);
	step(id, 0, CONTACT_UNKNOWN, AT + DAY);
	step(id, 1, CONTACT_DEFERRED, AT + DAY);
	assert_int_equal(ask("US", PERIOD, AT + DAY).state, TOLD_PREPARED);
	step(id, 1, CONTACT_SENT, AT + 2 * DAY);
	struct told t = ask("US", PERIOD, AT + 3 * DAY);
	assert_int_equal(t.state, TOLD_WAIT);
	assert_int_equal(t.at, AT + 2 * DAY);
	assert_int_equal(t.until, AT + 9 * DAY);
	assert_true(sha256_eq(t.record, id));
	assert_int_equal(ask("US", PERIOD, AT + 9 * DAY - 1).state, TOLD_WAIT);
	assert_int_equal(ask("US", PERIOD, AT + 9 * DAY).state, TOLD_WAITED);
	/* Not for another country, nor for another registration of the name. */
	assert_int_equal(ask("GB", PERIOD, AT + 9 * DAY).state, TOLD_NOTHING);
	assert_int_equal(ask("US", PERIOD + 1, AT + 9 * DAY).state, TOLD_NOTHING);
	assert_int_equal(ask("US", STORE_NONE, AT + 9 * DAY).state, TOLD_NOTHING);
}

static void what_cannot_be_told_counts_as_tried(void **state)
{
	(void)state;
	prepare(AT, 0, jp, 1, STORE_NONE);
	assert_int_equal(ask("JP", STORE_NONE, AT).state, TOLD_UNREACHABLE);
	struct sha256 id = prepare(AT + 1, 2, both + 1, 1, STORE_NONE);
	step(id, 0, CONTACT_REFUSED, AT + 1);
	assert_int_equal(ask("US", STORE_NONE, AT + 2).state, TOLD_PREPARED);
	step(id, 1, CONTACT_REFUSED, AT + 1);
	assert_int_equal(ask("US", STORE_NONE, AT + 2).state, TOLD_UNREACHABLE);
}

/* Or a site would be safe from listing as long as its server says 451. */
static void who_puts_us_off_for_as_long_as_an_answer_may_take_was_tried(void **state)
{
	(void)state;
	struct sha256 id = prepare(AT, 2, jp, 1, PERIOD);

	step(id, 0, CONTACT_DEFERRED, AT);
	step(id, 1, CONTACT_UNKNOWN, AT + DAY);
	step(id, 0, CONTACT_DEFERRED, AT + 6 * DAY);
	assert_int_equal(ask("JP", PERIOD, AT + 8 * DAY - 1).state, TOLD_PREPARED);
	assert_int_equal(ask("JP", PERIOD, AT + 8 * DAY).state, TOLD_UNREACHABLE);
	/* Taken late it is a letter like any other. */
	step(id, 0, CONTACT_SENT, AT + 9 * DAY);
	assert_int_equal(ask("JP", PERIOD, AT + 10 * DAY).state, TOLD_WAIT);
}

static void a_relay_of_ours_that_is_down_is_no_try(void **state)
{
	(void)state;
	struct sha256 id = prepare(AT, 1, jp, 1, PERIOD);

	step_of(id, 0, CONTACT_DEFERRED, true, AT);
	assert_int_equal(ask("JP", PERIOD, AT + 99 * DAY).state, TOLD_PREPARED);
	step_of(id, 0, CONTACT_DEFERRED, false, AT + 100 * DAY);
	assert_int_equal(ask("JP", PERIOD, AT + 106 * DAY).state, TOLD_PREPARED);
	assert_int_equal(ask("JP", PERIOD, AT + 107 * DAY).state, TOLD_UNREACHABLE);
}

static void a_promise_of_a_newer_letter_holds(void **state)
{
	(void)state;
	struct sha256 first = prepare(AT, 1, jp, 1, STORE_NONE);
	step(first, 0, CONTACT_SENT, AT);
	assert_int_equal(ask("JP", STORE_NONE, AT + 8 * DAY).state, TOLD_WAITED);
	struct sha256 second = prepare(AT + 8 * DAY, 1, jp, 1, STORE_NONE);
	assert_int_equal(ask("JP", STORE_NONE, AT + 8 * DAY).state, TOLD_WAITED);
	step(second, 0, CONTACT_WRITTEN, AT + 8 * DAY);
	struct told t = ask("JP", STORE_NONE, AT + 9 * DAY);
	assert_int_equal(t.state, TOLD_WAIT);
	assert_int_equal(t.until, AT + 15 * DAY);
}

static void a_correction_uses_up_what_was_told_before(void **state)
{
	(void)state;
	struct sha256 id = prepare(AT, 1, both, 2, PERIOD);
	step(id, 0, CONTACT_SENT, AT);
	correct("JP", AT + 10 * DAY, PERIOD);
	assert_int_equal(ask("JP", PERIOD, AT + 11 * DAY).state, TOLD_NOTHING);
	assert_int_equal(ask("US", PERIOD, AT + 11 * DAY).state, TOLD_WAITED);
	id = prepare(AT + 11 * DAY, 1, jp, 1, PERIOD);
	step(id, 0, CONTACT_SENT, AT + 11 * DAY);
	assert_int_equal(ask("JP", PERIOD, AT + 12 * DAY).state, TOLD_WAIT);
}

static void documented_harm_waives_the_wait(void **state)
{
	(void)state;
	struct err why = { .what = "" };
	struct sha256 id = prepare(AT, 1, jp, 1, PERIOD);

	step(id, 0, CONTACT_SENT, AT);
	ASSERT_OK(store_begin(store, err));
	assert_int_equal(disclosure_waive(&book, &shop, jp, 1, PERIOD, SLICE("reviewer:akari"),
	                                  SLICE(" \n"), &why),
	                 ERR_USAGE);
	ASSERT_OK(disclosure_waive(&book, &shop, jp, 1, PERIOD, SLICE("reviewer:akari"),
	                           SLICE("two poisonings"), err));
	ASSERT_OK(store_commit(store, err));
	assert_int_equal(ask("JP", PERIOD, AT + 1).state, TOLD_WAIVED);
	assert_int_equal(ask("US", PERIOD, AT + 1).state, TOLD_NOTHING);
	/* Nor does it outlive a correction. */
	correct("JP", AT + DAY, PERIOD);
	assert_int_equal(ask("JP", PERIOD, AT + 2 * DAY).state, TOLD_NOTHING);
}

static void a_listing_follows_what_was_waited_tried_or_waived(void **state)
{
	(void)state;
	static const struct {
		enum told_state state;
		const char *name;
		bool may;
	} rows[] = {
		{ TOLD_NOTHING, "nothing", false },
		{ TOLD_PREPARED, "prepared", false },
		{ TOLD_WAIT, "wait", false },
		{ TOLD_WAITED, "waited", true },
		{ TOLD_UNREACHABLE, "unreachable", true },
		{ TOLD_WAIVED, "waived", true },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		CHECK_INT(i, rows[i].name, told_may_list(rows[i].state), rows[i].may);
		CHECK_SLICE(i, rows[i].name, slice_str(told_state_name(rows[i].state)),
		            slice_str(rows[i].name));
	}
	check_done();
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, open_store, close_store)
	const struct CMUnitTest tests[] = {
		EACH(an_operator_is_told_when_an_address_takes_the_letter),
		EACH(what_cannot_be_told_counts_as_tried),
		EACH(who_puts_us_off_for_as_long_as_an_answer_may_take_was_tried),
		EACH(a_relay_of_ours_that_is_down_is_no_try),
		EACH(a_promise_of_a_newer_letter_holds),
		EACH(a_correction_uses_up_what_was_told_before),
		EACH(documented_harm_waives_the_wait),
		cmocka_unit_test(a_listing_follows_what_was_waited_tried_or_waived),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

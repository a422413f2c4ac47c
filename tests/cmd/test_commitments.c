/* Commitments in a store: the last word counts, once; what came in from elsewhere does not. */
#include "scratch.h"

#include "cmd/commitments.h"
#include "model/record.h"

#define AT 1790000000 /* 2026-09-21T14:13:20Z */

static struct store *store;
static struct ledgerbook book;
static struct config config;
static struct arena arena;

static int open_store(void **state)
{
	(void)state;
	config_init(&config);
	ASSERT_OK(store_open(at_scratch("commitments"), STORE_WRITE | STORE_CREATE, "test", &store,
	                     err));
	ASSERT_OK(ledgerbook_open(store, &config, AT, &book, err));
	return 0;
}

static int close_store(void **state)
{
	(void)state;
	ledgerbook_close(&book);
	store_close(store);
	arena_release(&arena);
	return 0;
}

static bool put(const struct commitment *c)
{
	struct sha256 id;
	bool is_new = false;

	ASSERT_OK(store_begin(store, err));
	ASSERT_OK(commitments_put(&book, c, SLICE("reviewer:akari"), &id, &is_new, err));
	ASSERT_OK(store_commit(store, err));
	return is_new;
}

static void what_was_put_last_stands_and_counts_once(void **state)
{
	(void)state;
	struct commitment c = { .practice = SLICE("answer-in-two-days"), .version = SLICE("1"),
		                .adopter = SLICE("registrar:99001"), .adopted = 1777593600,
		                .ended = NOTICE_NEVER, .source = SLICE("https://one.example/") };
	struct commitment *list = NULL;
	struct record forged;
	size_t n = 0;

	assert_true(put(&c));
	assert_false(put(&c));
	book.at = AT + 60;
	c.ended = 1788220800; /* 2026-09-01 */
	assert_true(put(&c));
	/* A record without an entry in the ledger. */
	c.adopter = SLICE("registrar:99002");
	record_new(&forged, "commitment", 1, SLICE(""), SLICE(""), AT, SLICE("reviewer:akari"));
	record_set_str(&forged, "practice", c.practice);
	record_set_str(&forged, "adopter", c.adopter);
	ASSERT_OK(record_finish(&forged, err));
	ASSERT_OK(ledgerbook_store(store, &forged, STORE_NONE, NULL, NULL, err));
	record_release(&forged);

	ASSERT_OK(commitments_load(store, &arena, &list, &n, err));
	assert_int_equal(n, 1);
	assert_true(slice_eq_str(list[0].adopter, "registrar:99001"));
	assert_int_equal(list[0].ended, 1788220800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_put_last_stands_and_counts_once, open_store,
		                                close_store),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

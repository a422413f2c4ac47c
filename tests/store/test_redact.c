#include "engines.h"

#include "store/backup.h"
#include "store/blob.h"
#include "store/redact.h"

#define SECRET "4711-a-name-that-must-go"

static struct store *open_new(const char *name)
{
	struct store *s = NULL;

	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "test", &s, err));
	return s;
}

static int64_t put(struct store *s, const char *type, const char *body, struct sha256 *id)
{
	struct store_record r = make_record(type, "x.example", 5, body);
	int64_t seq = 0;

	ASSERT_OK(store_put_record(s, &r, &seq, NULL, err));
	if (id)
		*id = r.id;
	return seq;
}

/* How many files of a store hold these bytes. */
static int holders(const char *name, const char *bytes)
{
	return shell("test \"$(grep -rlaF -- '%s' '%s' | wc -l)\" = 0", bytes, at_scratch(name));
}

static void a_body_and_its_salt_go_and_nothing_else_changes(void **state)
{
	struct store_cell cell = { .destination = SLICE("JP"), .cls = SLICE("rogue") }, *cells = NULL;
	struct arena a = { 0 };
	struct sha256 id;
	struct store_record r;
	struct store_redaction red;
	size_t n = 0;

	(void)state;
	struct store *s = open_new("body");
	int64_t seq = put(s, "decision", "cells JP=rogue " SECRET, &id);
	cell.from = STORE_DECISION;
	ASSERT_OK(store_put_cells(s, seq, &cell, 1, err));
	struct store_ledger_entry e = { .record = id, .entry = SLICE("entry"), .at = 5 };
	memset(e.salt, 's', sizeof(e.salt));
	ASSERT_OK(store_ledger_append(s, &e, err));
	int64_t by = put(s, "redaction", "why", NULL);
	ASSERT_FAILS(store_redact(s, id, seq, 9, err), ERR_REFUSED, "names its record");
	ASSERT_FAILS(store_find_redaction(s, id, &red, err), ERR_NOTFOUND, "not redacted");
	assert_int_not_equal(holders("body", SECRET), 0);

	ASSERT_OK(store_redact(s, id, by, 9, err));
	ASSERT_OK(store_erase(s, err));
	assert_int_equal(holders("body", SECRET), 0);
	assert_int_equal(holders("body", "ssssssssssssssss"), 0);
	ASSERT_OK(store_find_redaction(s, id, &red, err));
	assert_int_equal(red.by, by);
	assert_int_equal(red.at, 9);
	ASSERT_OK(store_get_record(s, id, &a, &r, err));
	assert_true(store_is_redacted(r.body));
	assert_int_equal(r.at, 5);
	ASSERT_OK(store_cells(s, SLICE("registrable"), SLICE("x.example"), &a, &cells, &n, err));
	assert_int_equal(n, 1);

	/* The same record comes again, as when its file is read again. */
	struct store_record again = make_record("decision", "x.example", 5, "cells JP=rogue " SECRET);
	bool is_new = true;
	ASSERT_OK(store_put_record(s, &again, NULL, &is_new, err));
	assert_false(is_new);
	assert_int_equal(holders("body", SECRET), 0);
	ASSERT_FAILS(store_redact(s, id, by, 10, err), ERR_REFUSED, "redacted already");
	ASSERT_FAILS(store_redact(s, again.id, 999, 10, err), ERR_REFUSED, "");
	arena_release(&a);
	store_close(s);
}

static void evidence_goes_by_a_row_and_is_not_kept_again(void **state)
{
	struct store_evidence e = { .cls = SLICE("public"), .media_type = SLICE("text/plain"),
				    .origin = SLICE("test"), .at = 1 };
	struct store_gone gone;
	struct buf out = { 0 };
	bool is_new = false;

	(void)state;
	struct store *s = open_new("evidence");
	ASSERT_OK(store_put_evidence(s, &e, SLICE(SECRET), &is_new, err));
	int64_t by = put(s, "redaction", "why", NULL);
	ASSERT_FAILS(store_put_gone(s, sha256_of(SLICE("other")), STORE_WHY_QUARANTINE, by, 2, err),
		     ERR_NOTFOUND, "no evidence");
	ASSERT_OK(store_put_gone(s, e.sha256, STORE_WHY_QUARANTINE, by, 2, err));
	/* Behind the commit it is not handed out, though its file still lies there. */
	assert_int_not_equal(holders("evidence", SECRET), 0);
	ASSERT_FAILS(store_get_evidence(s, e.sha256, &out, NULL, NULL, err), ERR_NOTFOUND,
		     "quarantined");
	assert_int_equal(out.n, 0);
	store_close(s);

	/* As if the process had died there: the next writer follows up. */
	s = open_new("evidence");
	assert_int_equal(holders("evidence", SECRET), 0);
	ASSERT_OK(store_find_gone(s, e.sha256, &gone, err));
	assert_int_equal(gone.why, STORE_WHY_QUARANTINE);
	is_new = true;
	ASSERT_OK(store_put_evidence(s, &e, SLICE(SECRET), &is_new, err));
	assert_false(is_new);
	assert_int_equal(holders("evidence", SECRET), 0);
	ASSERT_FAILS(store_put_gone(s, e.sha256, STORE_WHY_RETENTION, by, 3, err), ERR_REFUSED,
		     "gone already");
	store_close(s);
}

static void a_reader_of_an_older_state_delays_the_end(void **state)
{
	struct store *reader = NULL;
	struct sha256 id;
	bool pending = false;

	(void)state;
	struct store *s = open_new("reader");
	put(s, "report", SECRET, &id);
	int64_t by = put(s, "redaction", "why", NULL);
	ASSERT_OK(store_open(at_scratch("reader"), STORE_READ, NULL, &reader, err));
	ASSERT_OK(store_snapshot(reader, err));
	ASSERT_OK(store_redact(s, id, by, 9, err));
	ASSERT_FAILS(store_erase(s, err), ERR_BUSY, "reads an older state");
	ASSERT_OK(store_is_erasing(s, &pending, err));
	assert_true(pending);
	store_close(reader);
	ASSERT_OK(store_erase(s, err));
	assert_int_equal(holders("reader", SECRET), 0);
	ASSERT_OK(store_is_erasing(s, &pending, err));
	assert_false(pending);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_goes_by_a_row_and_is_not_kept_again),
		cmocka_unit_test(a_body_and_its_salt_go_and_nothing_else_changes),
		cmocka_unit_test(a_reader_of_an_older_state_delays_the_end),
	};
	/* What looks into SQLite's files comes last; tests/e2e/test_story.py has the like. */
	return run_on_engines("redact", tests, ROWS(tests), 1);
}

/* What a store takes is counted as it lies on the disk; what comes in bulk stops in time; decisions
 * and the ledger do not. */
#include "scratch.h"

#include "store/quota.h"
#include "sys/file.h"

static struct store *open_new(const char *name)
{
	struct store *s = NULL;

	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "assay test", &s, err));
	return s;
}

static int put_bytes(struct store *s, const char *cls, char fill, size_t n, struct err *err)
{
	struct store_evidence e = { .cls = slice_str(cls), .at = 1 };
	char *bytes = malloc(n);

	if (!bytes)
		return ERR_NOMEM;
	memset(bytes, fill, n);
	int rc = store_put_evidence(s, &e, slice_from(bytes, n), NULL, err);
	free(bytes);
	return rc;
}

static int put_decision(struct store *s, const char *body, struct err *err)
{
	struct store_record r = make_record("decision", "a.example", 1, body);
	int64_t size = 0;
	int rc = store_ledger_size(s, &size, err);
	struct store_ledger_entry e = { .seq = size, .record = r.id, .entry = SLICE("E") };

	if (rc == 0)
		rc = store_put_record(s, &r, NULL, NULL, err);
	return rc ? rc : store_ledger_append(s, &e, err);
}

static void usage_is_what_lies_on_the_disk(void **state)
{
	(void)state;
	struct store *s = open_new("usage");
	struct store_usage u;
	struct buf path = { 0 };
	uint64_t length = 0;
	int64_t mtime;

	ASSERT_OK(put_bytes(s, "public", 'a', 1000, err));
	ASSERT_OK(put_bytes(s, "public", 'b', 500, err));
	ASSERT_OK(put_bytes(s, "restricted", 'c', 70, err));
	ASSERT_OK(put_bytes(s, "restricted", 'c', 70, err)); /* once */
	assert_int_equal(shell("mkdir -p '%s/ledger/tile/0' && printf 12345 > '%s/ledger/tile/0/000'",
			       at_scratch("usage"), at_scratch("usage")), 0);
	ASSERT_OK(store_usage(s, &u, err));
	assert_int_equal(u.evidence[EVIDENCE_PUBLIC], 1500);
	assert_int_equal(u.pieces[EVIDENCE_PUBLIC], 2);
	assert_int_equal(u.evidence[EVIDENCE_RESTRICTED], 70);
	assert_int_equal(u.pieces[EVIDENCE_RESTRICTED], 1);
	assert_int_equal(u.ledger, 5);
	assert_int_equal(u.gone, 0);
	buf_printf(&path, "%s/assay.db", at_scratch("usage"));
	ASSERT_OK(file_stat(buf_str(&path), &mtime, &length, err));
	assert_int_equal(u.database, length);
	buf_puts(&path, "-wal");
	ASSERT_OK(file_stat(buf_str(&path), &mtime, &length, err));
	assert_int_equal(u.log, length);
	assert_int_equal(u.total, u.database + u.log + 1575);
	assert_true(u.free > 0 && u.free <= u.disk);
	buf_release(&path);
	store_close(s);
}

static void a_quota_stops_evidence_and_not_decisions(void **state)
{
	(void)state;
	struct store *s = open_new("quota");
	struct store_usage u;

	ASSERT_OK(put_bytes(s, "public", 'a', 100000, err));
	ASSERT_OK(store_usage(s, &u, err));
	/* Room for half a megabyte more; rows and their log take a part of it. */
	ASSERT_OK(store_limit(s, u.total + 500000, 0, err));
	ASSERT_OK(store_room(s, 1000, err));
	ASSERT_FAILS(store_room(s, 600000, err), ERR_IO, "KiB of the quota of");
	ASSERT_OK(put_bytes(s, "public", 'b', 200000, err));
	ASSERT_FAILS(put_bytes(s, "public", 'c', 300000, err), ERR_IO,
		     "are used: make room (assay store retain) or raise quota");
	ASSERT_OK(put_bytes(s, "public", 'b', 200000, err)); /* is there: takes nothing */
	/* Over it, decisions still go in, and what is refused leaves nothing behind. */
	ASSERT_OK(store_limit(s, u.total, 0, err));
	ASSERT_FAILS(put_bytes(s, "public", 'd', 1, err), ERR_IO, "of the quota of");
	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(put_decision(s, "cells JP=unverified # full", err));
	ASSERT_OK(store_commit(s, err));
	ASSERT_OK(store_limit(s, 0, 0, err));
	ASSERT_OK(put_bytes(s, "public", 'd', 1, err));
	ASSERT_OK(store_usage(s, &u, err));
	assert_int_equal(u.evidence[EVIDENCE_PUBLIC], 300001);
	store_close(s);
	check_done();
}

static void a_batch_that_met_the_quota_is_rolled_back_whole(void **state)
{
	(void)state;
	struct store *s = open_new("batch");
	struct store_usage u;
	int64_t n = -1;

	ASSERT_OK(store_usage(s, &u, err));
	ASSERT_OK(store_limit(s, u.total + 200000, 0, err));
	ASSERT_OK(store_begin(s, err));
	ASSERT_OK(put_decision(s, "cells JP=unverified # a", err));
	ASSERT_FAILS(put_bytes(s, "public", 'e', 300000, err), ERR_IO, "quota");
	ASSERT_FAILS(put_decision(s, "cells JP=unverified # b", err), ERR_IO, "roll back");
	store_rollback(s);
	ASSERT_OK(store_count_records(s, SLICE(""), &n, err));
	assert_int_equal(n, 0);
	ASSERT_OK(put_decision(s, "cells JP=unverified # b", err));
	store_close(s);
}

static void a_reserve_is_left_free_on_the_disk(void **state)
{
	(void)state;
	struct store *s = open_new("reserve");
	uint64_t space = 0, size = 0;

	ASSERT_OK(file_space(at_scratch("reserve"), &space, &size, err));
	/* More than there is: others may free something meanwhile. */
	ASSERT_OK(store_limit(s, 0, size, err));
	ASSERT_FAILS(put_bytes(s, "public", 'a', 1, err), ERR_IO,
		     "are kept for decisions and the ledger: make room");
	ASSERT_OK(put_decision(s, "cells JP=unverified", err));
	ASSERT_OK(store_limit(s, 0, 1, err));
	ASSERT_OK(put_bytes(s, "public", 'a', 1, err));
	ASSERT_FAILS(store_room(s, size, err), ERR_IO, "reserve");
	store_close(s);
}

static void the_default_reserve_fits_the_disk(void **state)
{
	(void)state;
	struct store *s = open_new("default");
	uint64_t space = 0, size = 0;

	ASSERT_OK(file_space(at_scratch("default"), &space, &size, err));
	uint64_t reserve = size / 20 < (uint64_t)256 << 20 ? size / 20 : (uint64_t)256 << 20;
	ASSERT_OK(store_limit(s, 0, STORE_RESERVE_DEFAULT, err));
	if (space < reserve + 1000000)
		fail_msg("the disk is too full for this test: %" PRIu64 " bytes are free", space);
	ASSERT_OK(store_room(s, 1000, err));
	ASSERT_FAILS(store_room(s, space, err), ERR_IO, "reserve");
	store_close(s);
}

static void bytes_are_written_for_people(void **state)
{
	(void)state;
	const struct {
		uint64_t in;
		const char *want;
	} rows[] = {
		{ 0, "0 bytes" },
		{ 1023, "1023 bytes" },
		{ 1024, "1.0 KiB" },
		{ 1536, "1.5 KiB" },
		{ (uint64_t)12 << 30, "12.0 GiB" },
		{ (uint64_t)3 << 50, "3072.0 TiB" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		store_put_bytes(rows[i].in, &out);
		CHECK_SLICE(i, rows[i].want, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usage_is_what_lies_on_the_disk),
		cmocka_unit_test(a_quota_stops_evidence_and_not_decisions),
		cmocka_unit_test(a_batch_that_met_the_quota_is_rolled_back_whole),
		cmocka_unit_test(a_reserve_is_left_free_on_the_disk),
		cmocka_unit_test(the_default_reserve_fits_the_disk),
		cmocka_unit_test(bytes_are_written_for_people),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

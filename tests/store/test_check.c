#include "engines.h"

static const char *const bodies[] = { "suspect", "cells JP=rogue GB=unverified", "list demo=add",
				      "cells US=legitimate", "quote abc b" };

static void fill(const char *name)
{
	struct store *s = NULL;
	struct store_evidence e = { .cls = SLICE("public"), .media_type = SLICE("text/html"), .at = 1 };
	struct store_ledger_entry entry = { .entry = SLICE("E") };

	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "assay test", &s, err));
	for (size_t i = 0; i < ROWS(bodies); i++) {
		struct store_record r = make_record("verdict", "a.example", 5, bodies[i]);
		ASSERT_OK(put_whole(s, &r, err));
		entry.seq = (int64_t)i;
		entry.record = r.id;
		ASSERT_OK(store_ledger_append(s, &entry, err));
	}
	ASSERT_OK(store_put_evidence(s, &e, SLICE("abc"), NULL, err));
	store_close(s);
}

static void findings_of(const char *name, struct buf *out, struct store_report *report)
{
	struct store *s = NULL;
	struct store_hooks hooks = test_hooks(out);

	ASSERT_OK(store_open(at_scratch(name), STORE_READ, NULL, &s, err));
	ASSERT_OK(store_check(s, &hooks, report, err));
	store_close(s);
}

static void sql(const char *name, const char *statement)
{
	char db[300];

	snprintf(db, sizeof(db), "%s/assay.db", at_scratch(name));
	assert_int_equal(shell("sqlite3 '%s' \"%s\"", db, statement), 0);
}

#define FREE(t) "DROP TRIGGER " t "_keep_u; DROP TRIGGER " t "_keep_d; "
#define BLOB "%s/blob/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void every_kind_of_damage_is_named(void **state)
{
	(void)state;
	const struct {
		const char *name, *sql, *shell; /* one of the two */
		int64_t findings;
		const char *text;
	} rows[] = {
		{ "nothing", "BEGIN; COMMIT", NULL, 0, "" },
		{ "body", FREE("record") "UPDATE record SET body = 'suspecT' WHERE seq = 1", NULL, 1,
		  "record 1 (verdict): its bytes are not those of its id " },
		{ "id", FREE("record") "PRAGMA foreign_keys=OFF; UPDATE record SET id = zeroblob(32) WHERE seq = 2",
		  NULL, 2, "record 2 (verdict): its bytes are not those of its id 0000" },
		{ "replaced",
		  "INSERT OR REPLACE INTO record SELECT seq, id, type, v, subject, period, at, src, 'x' "
		  "FROM record WHERE seq = 1",
		  NULL, 1, "record 1 (verdict): its bytes are not" },
		{ "record-gone", FREE("record") "DELETE FROM record WHERE seq = 1", NULL, 2,
		  "records 1 to 1 are missing" },
		{ "class", "UPDATE cell SET class = 'legitimate' WHERE record = 2 AND destination = 'JP'",
		  NULL, 1, "table cell does not say what record 2 (verdict) says" },
		{ "cell-gone", "DELETE FROM cell WHERE record = 4", NULL, 1,
		  "table cell does not say what record 4" },
		{ "cell-more",
		  "INSERT INTO cell SELECT 1, 'JP', 1, 'rogue', '', 'decision', NULL, 5", NULL, 1,
		  "table cell does not say what record 1" },
		{ "cell-period", "UPDATE cell SET period = 3 WHERE record = 4", NULL, 1,
		  "table cell does not say what record 4" },
		{ "listing", "UPDATE listing SET action = 'remove'", NULL, 1,
		  "table listing does not say what record 3" },
		{ "citation-gone", "DELETE FROM citation", NULL, 1,
		  "table citation does not say what record 5 (verdict) says" },
		{ "citation-other", "UPDATE citation SET evidence = zeroblob(32) "
		  "WHERE evidence = (SELECT min(evidence) FROM citation)", NULL, 1,
		  "table citation does not say what record 5" },
		{ "citation-more", "INSERT INTO citation VALUES (1, zeroblob(32))", NULL, 1,
		  "table citation does not say what record 1" },
		{ "entry-gone", "DROP TRIGGER ledger_keep_d; DELETE FROM ledger_entry WHERE seq = 1", NULL, 1,
		  "ledger entry 1 is missing" },
		{ "reference",
		  "PRAGMA foreign_keys=OFF; INSERT INTO cell VALUES (99, 'JP', 98, 'x', '', 'verdict', NULL, 0)",
		  NULL, 1, "a row of table cell refers to a row that is not there" },
		{ "length", FREE("evidence") "UPDATE evidence SET length = 4", NULL, 1,
		  "has 3 bytes, its row says 4" },
		{ "blob-flipped", NULL, "printf aBc > " BLOB, 1, "the evidence was altered" },
		{ "blob-gone", NULL, "rm " BLOB, 1, "no such file" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf found = { 0 };
		struct store_report report = { 0 };
		fill(rows[i].name);
		if (rows[i].sql)
			sql(rows[i].name, rows[i].sql);
		else
			assert_int_equal(shell(rows[i].shell, at_scratch(rows[i].name), NULL), 0);
		findings_of(rows[i].name, &found, &report);
		CHECK_INT(i, rows[i].name, report.findings, rows[i].findings);
		if (!strstr(buf_str(&found), rows[i].text) || report.findings != rows[i].findings)
			CHECK_SLICE(i, rows[i].name, buf_slice(&found), slice_str(rows[i].text));
		buf_release(&found);
	}
	check_done();
}

static void damage_inside_of_a_page_is_a_finding(void **state)
{
	(void)state;
	struct buf found = { 0 };
	struct store_report report = { 0 };
	char db[300];

	fill("page");
	snprintf(db, sizeof(db), "%s", at_scratch("page/assay.db"));
	/* The root page of the index record_by_type, by its number in the schema. */
	assert_int_equal(shell("n=$(sqlite3 '%s' \"SELECT rootpage FROM sqlite_schema WHERE name = "
			       "'record_by_type'\"); head -c 4096 /dev/zero | tr '\\0' 'x' | "
			       "dd of='%s' bs=4096 seek=$((n - 1)) conv=notrunc 2>/dev/null", db, db), 0);
	findings_of("page", &found, &report);
	assert_true(report.findings > 0);
	assert_true(report.records == ROWS(bodies)); /* and what can be read was looked at */
	buf_release(&found);
}

static void what_a_dead_writer_left_is_counted_and_is_no_finding(void **state)
{
	(void)state;
	struct buf found = { 0 };
	struct store_report report = { 0 };

	fill("strays");
	assert_int_equal(shell("mkdir -p '%s/blob/00'; touch '%s/blob/00/x.tmp-AAAAAA'",
			       at_scratch("strays"), at_scratch("strays")), 0);
	assert_int_equal(shell("printf orphan > '%s/blob/00/%s'", at_scratch("strays"),
			       "00000000000000000000000000000000000000000000000000000000000000"), 0);
	findings_of("strays", &found, &report);
	CHECK_INT(0, "strays", report.strays, 2);
	CHECK_INT(0, "findings", report.findings, 0);
	CHECK_INT(0, "records", report.records, ROWS(bodies));
	CHECK_INT(0, "entries", report.entries, ROWS(bodies));
	CHECK_INT(0, "evidence", report.evidence, 1);
	buf_release(&found);
	check_done();
}

static void rebuilding_heals_what_is_derived(void **state)
{
	(void)state;
	struct buf found = { 0 };
	struct store_report report = { 0 };
	struct store *s = NULL;
	struct store_hooks hooks = test_hooks(NULL);

	fill("heal");
	stray_sql(at_scratch("heal"), "DELETE FROM cell WHERE record = 4; UPDATE cell SET class = 'x'; "
				      "UPDATE listing SET list = 'y'; DELETE FROM citation");
	findings_of("heal", &found, &report);
	assert_int_equal(report.findings, 4);
	ASSERT_OK(store_open(at_scratch("heal"), STORE_WRITE, "assay test", &s, err));
	ASSERT_OK(store_rebuild(s, &hooks, err));
	store_close(s);
	buf_clear(&found);
	findings_of("heal", &found, &report);
	CHECK_SLICE(0, "findings", buf_slice(&found), SLICE(""));
	buf_release(&found);
	check_done();
}

static int hook_fails(void *ctx, const struct store_record *r, struct arena *a,
		      struct store_projection *out, struct err *err)
{
	(void)ctx;
	(void)a;
	(void)out;
	return r->seq == 3 ? err_set(err, ERR_CORRUPT, 0, "cannot be read") : 0;
}

static void a_rebuild_that_fails_changes_nothing(void **state)
{
	(void)state;
	struct buf found = { 0 };
	struct store_report report = { 0 };
	struct store *s = NULL;
	struct store_hooks hooks = test_hooks(NULL);

	hooks.project = hook_fails;
	fill("fails");
	ASSERT_OK(store_open(at_scratch("fails"), STORE_WRITE, "assay test", &s, err));
	ASSERT_FAILS(store_rebuild(s, &hooks, err), ERR_CORRUPT, "record 3: cannot be read");
	store_close(s);
	findings_of("fails", &found, &report);
	CHECK_SLICE(0, "findings", buf_slice(&found), SLICE(""));
	buf_release(&found);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_dead_writer_left_is_counted_and_is_no_finding),
		cmocka_unit_test(rebuilding_heals_what_is_derived),
		cmocka_unit_test(a_rebuild_that_fails_changes_nothing),
		cmocka_unit_test(every_kind_of_damage_is_named),
		cmocka_unit_test(damage_inside_of_a_page_is_a_finding),
	};
	/* Damage to PostgreSQL's tables is in test_postgres.c. */
	return run_on_engines("check", tests, ROWS(tests), 3);
}

#include "scratch.h"

#include "store/backup.h"
#include "store/blob.h"
#include "store/migrate.h"
#include "sys/file.h"

#include <signal.h>
#include <sys/wait.h>

/* What the fixtures of released schemas hold. With ASSAY_WRITE_FIXTURE=FILE this program fills a
 * store of the present schema and writes its dump there; that is done once, at release. */
static void fill(struct store *s)
{
	struct store_record r[] = {
		make_record("suspect", "a.example", 100, "suspect"),
		make_record("verdict", "a.example", 110, "cells JP=rogue GB=unverified"),
		make_record("decision", "a.example", 120, "cells JP=rogue # reasons: \xe8\x96\xac's"),
		make_record("listing", "a.example", 120, "list demo=add"),
		make_record("pack", NULL, 90, "pack"),
		make_record("finding", "a.example", 130, "quote evidence other"),
	};
	struct store_evidence e = { .cls = SLICE("restricted"), .media_type = SLICE("text/html"),
				    .origin = SLICE("https://a.example/"), .at = 95 };
	struct store_source src = { SLICE("zone"), 1000, 1, 2, 100 };
	struct store_ledger_entry entry = { .record = r[2].id, .entry = SLICE("{\"v\":1}"), .at = 121 };

	r[1].period = 50;
	for (size_t i = 0; i < ROWS(r); i++)
		ASSERT_OK(put_whole(s, &r[i], err));
	memset(entry.salt, 0xab, sizeof(entry.salt));
	ASSERT_OK(store_put_evidence(s, &e, SLICE("evidence"), NULL, err));
	ASSERT_OK(store_put_source(s, &src, err));
	ASSERT_OK(store_ledger_append(s, &entry, err));
	ASSERT_OK(store_put_meta(s, SLICE("ledger.origin"), SLICE("test.example/ledger"), err));
}

static struct store *filled(const char *name)
{
	struct store *s = NULL;

	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "assay test", &s, err));
	fill(s);
	return s;
}

/* Everything that fill() put is there, and a check finds nothing. */
static void check_filled(const char *dir)
{
	struct store *s = NULL;
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct store_record r;
	struct store_cell *c = NULL;
	struct store_listing *l = NULL;
	struct store_source *src = NULL;
	size_t n = 0;
	int64_t seq = -1, *cited = NULL;

	ASSERT_OK(store_open(dir, STORE_READ, NULL, &s, err));
	ASSERT_OK(store_get_record(s, sha256_of(SLICE("pack")), &a, &r, err));
	CHECK_INT(0, "pack has no subject", r.key.n, 0);
	CHECK_INT(0, "pack seq", r.seq, 5);
	ASSERT_OK(store_cells(s, SLICE("registrable"), SLICE("a.example"), &a, &c, &n, err));
	assert_int_equal(n, 3);
	CHECK_SLICE(1, "class", c[1].cls, SLICE("rogue"));
	CHECK_INT(1, "period", c[1].period, 50);
	CHECK_INT(2, "from", c[2].from, STORE_DECISION);
	ASSERT_OK(store_listings(s, SLICE("registrable"), SLICE("a.example"), &a, &l, &n, err));
	assert_int_equal(n, 1);
	CHECK_SLICE(0, "action", l[0].action, SLICE("add"));
	ASSERT_OK(store_citations(s, sha256_of(SLICE("evidence")), &a, &cited, &n, err));
	assert_int_equal(n, 1);
	CHECK_INT(0, "cited by", cited[0], 6);
	ASSERT_OK(store_sources(s, &a, &src, &n, err));
	assert_int_equal(n, 1);
	CHECK_INT(0, "seen", src[0].seen, 1000);
	ASSERT_OK(store_get_evidence(s, sha256_of(SLICE("evidence")), &b, NULL, NULL, err));
	CHECK_SLICE(0, "evidence", buf_slice(&b), SLICE("evidence"));
	ASSERT_OK(store_ledger_find(s, sha256_of(SLICE("cells JP=rogue # reasons: \xe8\x96\xac's")),
				    &seq, err));
	CHECK_INT(0, "ledger seq", seq, 0);
	buf_clear(&b);
	ASSERT_OK(store_get_meta(s, SLICE("ledger.origin"), &b, err));
	CHECK_SLICE(0, "origin", buf_slice(&b), SLICE("test.example/ledger"));
	buf_clear(&b);
	struct store_hooks hooks = test_hooks(&b);
	struct store_report report;
	ASSERT_OK(store_check(s, &hooks, &report, err));
	CHECK_SLICE(0, "findings", buf_slice(&b), SLICE(""));
	CHECK_INT(0, "records", report.records, 6);
	CHECK_INT(0, "evidence", report.evidence, 1);
	CHECK_INT(0, "entries", report.entries, 1);
	arena_release(&a);
	buf_release(&b);
	store_close(s);
}

static void a_store_of_each_released_schema_is_restored_and_migrated(void **state)
{
	(void)state;
	const char *source = getenv("ASSAY_SOURCE");
	assert_non_null(source);
	const int released[] = { 1, 2 };
	const struct store_hooks hooks = test_hooks(NULL);
	for (size_t i = 0; i < ROWS(released); i++) {
		char name[40], fixture[600];
		int from = -1, to = -1;
		struct sha256 d;
		snprintf(name, sizeof(name), "schema-%d", released[i]);
		snprintf(fixture, sizeof(fixture), "%s/tests/store/fixture/%s.sql", source, name);
		ASSERT_OK(file_make_dir(at_scratch(name), err));
		assert_int_equal(shell("sqlite3 '%s/assay.db' < '%s'", at_scratch(name), fixture), 0);
		char blob[400];
		snprintf(blob, sizeof(blob), "%s/blob", at_scratch(name));
		ASSERT_OK(file_make_dir(blob, err));
		ASSERT_OK(blob_put(blob, SLICE("evidence"), true, &d, err));
		ASSERT_OK(store_migrate(at_scratch(name), "assay test", &hooks, &from, &to, err));
		CHECK_INT(i, name, from, released[i]);
		CHECK_INT(i, name, to, (int)schema_steps_n);
		check_filled(at_scratch(name));
	}
	check_done();
}

/* A store of schema 1 with n findings about one site, each quoting "evidence" and a page of its own. */
static void make_schema_1(const char *name, int n)
{
	struct sql *db = NULL;
	struct sql_stmt *st = NULL;
	char path[300];

	ASSERT_OK(file_make_dir(at_scratch(name), err));
	snprintf(path, sizeof(path), "%s/blob", at_scratch(name));
	ASSERT_OK(file_make_dir(path, err));
	snprintf(path, sizeof(path), "%s/assay.db", at_scratch(name));
	ASSERT_OK(sql_open(path, SQL_CREATE, &db, err));
	ASSERT_OK(sql_begin_writing(db, err));
	ASSERT_OK(migrate_run(db, path, schema_steps, 1, 1, NULL, NULL, err));
	ASSERT_OK(sql_exec(db, "BEGIN; INSERT INTO subject VALUES (1, 'registrable', 'a.example')", err));
	ASSERT_OK(sql_prepare(db, "INSERT INTO record (id, type, v, subject, period, at, src, body) "
				  "VALUES ($1, 'finding', 1, 1, NULL, 5, 'test', $2)", &st, err));
	for (int i = 0; i < n; i++) {
		char body[60];
		snprintf(body, sizeof(body), "quote evidence page-%d", i);
		struct sha256 id = sha256_of(slice_str(body));
		sql_bind_blob(st, 1, slice_from((const char *)id.b, SHA256_LEN));
		sql_bind_text(st, 2, slice_str(body));
		ASSERT_OK(sql_run(st, err));
	}
	sql_finalize(st);
	ASSERT_OK(sql_exec(db, "COMMIT", err));
	sql_close(db);
}

static int schema_of(const char *name)
{
	struct sql *db = NULL;
	char path[300];
	int version = -1;

	snprintf(path, sizeof(path), "%s/assay.db", at_scratch(name));
	ASSERT_OK(sql_open(path, SQL_READ, &db, err));
	ASSERT_OK(migrate_version(db, path, schema_steps, schema_steps_n, &version, err));
	sql_close(db);
	return version;
}

/* n findings are cited, and a check finds nothing. */
static void check_cited(const char *dir, int n)
{
	struct store *s = NULL;
	struct arena a = { 0 };
	struct buf found = { 0 };
	struct store_hooks hooks = test_hooks(&found);
	struct store_report report;
	int64_t *seq = NULL;
	size_t have = 0;

	ASSERT_OK(store_open(dir, STORE_READ, NULL, &s, err));
	ASSERT_OK(store_citations(s, sha256_of(SLICE("evidence")), &a, &seq, &have, err));
	CHECK_INT(0, "findings that cite the shared page", have, n);
	ASSERT_OK(store_citations(s, sha256_of(SLICE("page-7")), &a, &seq, &have, err));
	CHECK_INT(0, "findings that cite one page", have, 1);
	CHECK_INT(0, "its place", have ? seq[0] : 0, 8);
	ASSERT_OK(store_check(s, &hooks, &report, err));
	CHECK_SLICE(0, "findings", buf_slice(&found), SLICE(""));
	CHECK_INT(0, "records", report.records, n);
	store_close(s);
	arena_release(&a);
	buf_release(&found);
}

static void an_older_store_is_refused_until_it_is_migrated(void **state)
{
	(void)state;
	const struct store_hooks hooks = test_hooks(NULL);
	struct store *s = NULL;
	struct backup_report report;
	int from = -1, to = -1;

	make_schema_1("older", 20);
	ASSERT_FAILS(store_open(at_scratch("older"), STORE_READ, NULL, &s, err), ERR_REFUSED,
		     "store is of schema 1, this program reads 3: run assay store migrate (after assay "
		     "store backup)");
	ASSERT_FAILS(store_open(at_scratch("older"), STORE_WRITE | STORE_CREATE, "assay test", &s, err),
		     ERR_REFUSED, "store is of schema 1, this program writes 3: run assay store migrate");
	CHECK_INT(0, "schema", schema_of("older"), 1);
	/* What the message asks for can be done by this program. */
	ASSERT_OK(store_open(at_scratch("older"), STORE_READ | STORE_OLD, NULL, &s, err));
	ASSERT_OK(store_backup(s, at_scratch("older-backup"), &report, err));
	store_close(s);
	assert_int_equal(shell("grep -qx 'schema 1' '%s/MANIFEST'", at_scratch("older-backup"), NULL), 0);
	ASSERT_OK(store_migrate(at_scratch("older"), "assay test", &hooks, &from, &to, err));
	assert_true(from == 1 && to == (int)schema_steps_n);
	check_cited(at_scratch("older"), 20);
	ASSERT_OK(store_restore(at_scratch("older-backup"), at_scratch("older-back"), NULL, &report, err));
	CHECK_INT(0, "schema", schema_of("older-back"), 1);
	ASSERT_OK(store_migrate(at_scratch("older-back"), "assay test", &hooks, &from, &to, err));
	check_cited(at_scratch("older-back"), 20);
	check_done();
}

enum { DIES_AT = 600, FINDINGS = 1000 };

static int project_and_die(void *ctx, const struct store_record *r, struct arena *a,
			   struct store_projection *out, struct err *err)
{
	if (r->seq == DIES_AT)
		kill(getpid(), SIGKILL);
	return hook_project(ctx, r, a, out, err);
}

static int project_and_fail(void *ctx, const struct store_record *r, struct arena *a,
			    struct store_projection *out, struct err *err)
{
	return r->seq == DIES_AT ? err_set(err, ERR_CORRUPT, 0, "cannot be read") :
				   hook_project(ctx, r, a, out, err);
}

static void a_migration_that_dies_or_fails_leaves_the_older_store(void **state)
{
	(void)state;
	struct store_hooks hooks = test_hooks(NULL);
	int from = -1, to = -1, status = 0;

	make_schema_1("dies", FINDINGS);
	pid_t child = fork();
	if (child == 0) {
		hooks.project = project_and_die;
		store_migrate(at_scratch("dies"), "assay test", &hooks, &from, &to, NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	CHECK_INT(0, "schema", schema_of("dies"), 1);
	hooks.project = project_and_fail;
	ASSERT_FAILS(store_migrate(at_scratch("dies"), "assay test", &hooks, &from, &to, err),
		     ERR_CORRUPT, "schema 2: record 600: cannot be read");
	CHECK_INT(0, "schema", schema_of("dies"), 1);
	hooks.project = hook_project;
	ASSERT_OK(store_migrate(at_scratch("dies"), "assay test", &hooks, &from, &to, err));
	assert_true(from == 1 && to == (int)schema_steps_n);
	check_cited(at_scratch("dies"), FINDINGS);
	check_done();
}

static void a_released_step_never_changes(void **state)
{
	(void)state;
	/* SHA-256 of each released script; a change here is a store that no longer opens. */
	const char *released[] = {
		"f00cf4f989aedd9a830db9b785455c0565091b4c0ba244fa6225acfc68c88d7b",
		"c61fc1ebb8734dde5cccc839c0ccbefa026e94839d8961738feaff444463e5c1",
		"9518a992272e1eb52cf11453041e712a3fb5a050c8ea0cc305f4d0d556307989",
	};
	assert_int_equal(ROWS(released), schema_steps_n);
	for (size_t i = 0; i < ROWS(released); i++) {
		char hex[SHA256_HEX];
		sha256_hex(sha256_of(slice_str(schema_steps[i].sql)), hex);
		CHECK_SLICE(i, "script", slice_str(hex), slice_str(released[i]));
		CHECK_INT(i, "version", schema_steps[i].version, i + 1);
	}
	check_done();
}

static void a_store_is_made_whole_or_not_at_all(void **state)
{
	(void)state;
	const struct schema_step bad[] = { schema_steps[0], schema_steps[1], schema_steps[2],
					   { 4, "INSERT INTO nowhere VALUES (1);", false } };
	struct sql *db = NULL;
	int version = -1;
	char path[300];

	ASSERT_OK(file_make_dir(at_scratch("whole"), err));
	snprintf(path, sizeof(path), "%s/assay.db", at_scratch("whole"));
	ASSERT_OK(sql_open(path, SQL_CREATE, &db, err));
	ASSERT_FAILS(migrate_run(db, path, bad, 4, 1, NULL, NULL, err), ERR_IO, "schema 4: ");
	ASSERT_OK(migrate_version(db, path, bad, 4, &version, err));
	assert_int_equal(version, 0);
	sql_close(db);
}

static void migrating_makes_a_store_once(void **state)
{
	(void)state;
	const struct store_hooks hooks = test_hooks(NULL);
	int from = -1, to = -1;

	ASSERT_OK(store_migrate(at_scratch("made"), "assay test", &hooks, &from, &to, err));
	assert_true(from == 0 && to == (int)schema_steps_n);
	ASSERT_OK(store_migrate(at_scratch("made"), "assay test", &hooks, &from, &to, err));
	assert_true(from == (int)schema_steps_n && to == from);
	store_close(filled("made"));
	check_filled(at_scratch("made"));
	check_done();
}

static void a_store_with_a_foreign_history_is_refused(void **state)
{
	(void)state;
	const struct {
		const char *name, *sql;
		int code;
		const char *text;
	} rows[] = {
		{ "newer",
		  "WITH RECURSIVE n(v) AS (VALUES (4) UNION ALL SELECT v + 1 FROM n WHERE v < 7) "
		  "INSERT INTO migration SELECT v, 0, zeroblob(32) FROM n",
		  ERR_REFUSED, "store is of schema 7, this program knows up to 3: upgrade assay" },
		{ "gap", "INSERT INTO migration VALUES (5, 0, zeroblob(32))", ERR_CORRUPT,
		  "gap before 5" },
		{ "other-script",
		  "DROP TRIGGER migration_keep_u; UPDATE migration SET sha256 = zeroblob(32)", ERR_CORRUPT,
		  "was made with another schema 1" },
		{ "no-history", "DROP TRIGGER migration_keep_d; DELETE FROM migration", ERR_CORRUPT,
		  "not of a store" },
		{ "no-table", "DROP TABLE migration", ERR_CORRUPT, "not of a store" },
		{ "no-mark", "PRAGMA application_id=0", ERR_CORRUPT, "not of a store" },
	};
	const struct store_hooks hooks = test_hooks(NULL);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct store *s = filled(rows[i].name);
		store_close(s);
		char db[300];
		snprintf(db, sizeof(db), "%s/assay.db", at_scratch(rows[i].name));
		assert_int_equal(shell("sqlite3 '%s' \"%s\"", db, rows[i].sql), 0);
		assert_int_equal(shell("sha256sum '%s' > '%s'", db, at_scratch("sum")), 0);
		int v;
		ASSERT_FAILS(store_open(at_scratch(rows[i].name), STORE_READ, NULL, &s, err),
			     rows[i].code, rows[i].text);
		ASSERT_FAILS(store_open(at_scratch(rows[i].name), STORE_WRITE, "assay test", &s, err),
			     rows[i].code, rows[i].text);
		ASSERT_FAILS(store_migrate(at_scratch(rows[i].name), "assay test", &hooks, &v, &v, err),
			     rows[i].code, rows[i].text);
		/* And not one byte of it was touched. */
		CHECK_INT(i, rows[i].name, shell("sha256sum -c --quiet '%s'%s", at_scratch("sum"), ""), 0);
	}
	check_done();
}

static const char two_tables[] = "CREATE TABLE extra (a INTEGER) STRICT;";
static const char half_good[] = "CREATE TABLE half (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1);";

static void a_step_runs_whole_or_not_at_all(void **state)
{
	(void)state;
	const struct schema_step good[] = { schema_steps[0], schema_steps[1],
					    schema_steps[2], { 4, two_tables, false } };
	const struct schema_step bad[] = { schema_steps[0], schema_steps[1],
					   schema_steps[2], { 4, half_good, false } };
	struct sql *db = NULL;
	int version = -1;
	int64_t tables = -1;

	store_close(filled("step"));
	char path[300];
	snprintf(path, sizeof(path), "%s/assay.db", at_scratch("step"));
	ASSERT_OK(sql_open(path, SQL_WRITE, &db, err));
	ASSERT_FAILS(migrate_run(db, path, bad, 4, 1, NULL, NULL, err), ERR_IO, "schema 4: ");
	ASSERT_OK(migrate_version(db, path, bad, 4, &version, err));
	assert_int_equal(version, 3);
	ASSERT_OK(sql_get_i64(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'", &tables, err));
	assert_int_equal(tables, 0);
	sql_close(db);
	check_filled(at_scratch("step"));
	ASSERT_OK(sql_open(path, SQL_WRITE, &db, err));
	ASSERT_OK(migrate_run(db, path, good, 4, 1, NULL, NULL, err));
	ASSERT_OK(migrate_version(db, path, good, 4, &version, err));
	assert_int_equal(version, 4);
	ASSERT_FAILS(migrate_version(db, path, schema_steps, 3, &version, err), ERR_REFUSED,
		     "store is of schema 4, this program knows up to 3");
	ASSERT_FAILS(migrate_version(db, path, bad, 4, &version, err), ERR_CORRUPT,
		     "another schema 4");
	sql_close(db);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_store_of_each_released_schema_is_restored_and_migrated),
		cmocka_unit_test(an_older_store_is_refused_until_it_is_migrated),
		cmocka_unit_test(a_migration_that_dies_or_fails_leaves_the_older_store),
		cmocka_unit_test(a_released_step_never_changes),
		cmocka_unit_test(a_store_is_made_whole_or_not_at_all),
		cmocka_unit_test(migrating_makes_a_store_once),
		cmocka_unit_test(a_store_with_a_foreign_history_is_refused),
		cmocka_unit_test(a_step_runs_whole_or_not_at_all),
	};
	const char *out = getenv("ASSAY_WRITE_FIXTURE");
	if (out) {
		if (scratch_make(NULL))
			return 1;
		store_close(filled("fixture"));
		int rc = shell("(sqlite3 '%s' .dump; echo 'PRAGMA application_id=1634956153;') > '%s'",
			       at_scratch("fixture/assay.db"), out);
		scratch_remove(NULL);
		return rc ? 1 : 0;
	}
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

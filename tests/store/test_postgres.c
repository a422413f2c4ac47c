/* What is PostgreSQL's own: its schema, its refusals, the file that leads there, and the way to it. */
#include "engines.h"

#include "store/backup.h"
#include "store/migrate.h"
#include "store/schema.h"
#include "store/sql.h"
#include "store/transfer.h"

static struct store *new_store(const char *name)
{
	struct store *s = NULL;

	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "assay test", &s, err));
	return s;
}

/* Records, cells, a listing, citations, evidence, entries; a redaction; an account and its things. */
static void fill(struct store *s)
{
	static const char *const bodies[] = { "suspect", "cells JP=rogue GB=unverified",
					      "list demo=add", "quote abc b", "{\"redacted\":true}" };
	struct store_evidence e = { .cls = SLICE("public"), .media_type = SLICE("text/html"), .at = 1 };
	struct store_ledger_entry entry = { .entry = SLICE("E") };

	for (size_t i = 0; i < ROWS(bodies); i++) {
		struct store_record r = make_record(i == 4 ? "redaction" : "verdict", "\xc3\xa4.example", 5,
						    bodies[i]);
		ASSERT_OK(put_whole(s, &r, err));
		entry.seq = (int64_t)i;
		entry.record = r.id;
		ASSERT_OK(store_ledger_append(s, &entry, err));
	}
	ASSERT_OK(store_put_evidence(s, &e, SLICE("abc"), NULL, err));
	ASSERT_OK(store_put_meta(s, SLICE("k"), SLICE("v"), err));
}

/* Run psql; what it prints in out. */
static void psql(const char *name, const char *statements, char out[4000])
{
	stray_sql(at_scratch(name), statements);
	FILE *f = fopen(at_scratch("out"), "r");
	size_t n = f ? fread(out, 1, 3999, f) : 0;
	out[n] = '\0';
	if (f)
		fclose(f);
}

static void findings_of(const char *name, struct buf *out, struct store_report *report)
{
	struct store *s = NULL;
	struct store_hooks hooks = test_hooks(out);

	ASSERT_OK(store_open(at_scratch(name), STORE_READ, NULL, &s, err));
	ASSERT_OK(store_check(s, &hooks, report, err));
	store_close(s);
}

static void a_released_step_never_changes(void **state)
{
	(void)state;
	const char *released[] = {
		"79802bc1ac1c93b87d5f78126c2e75f759f25fbdfde33ad100b4bd4715577320",
		"e120c92f95ca8ceecd6cb3e14942ad5dee99dec35a513defad7ef33ed9d3ca47",
		"bcf4fec96c6c8c87bcd0e99ed951d0ab4908e50286d9a9ddb558c7fac53921ce",
	};
	assert_int_equal(ROWS(released), schema_steps_n);
	for (size_t i = 0; i < ROWS(released); i++) {
		char hex[SHA256_HEX];
		sha256_hex(sha256_of(slice_str(schema_steps_postgres[i].sql)), hex);
		CHECK_SLICE(i, "script", slice_str(hex), slice_str(released[i]));
		CHECK_INT(i, "version", schema_steps_postgres[i].version, i + 1);
		CHECK_INT(i, "derives", schema_steps_postgres[i].derives, schema_steps[i].derives);
	}
	check_done();
}

/* One row a column, one an index: "record.at INTEGER 1". */
static void list_schema(struct sql *db, const char *query, struct buf *out)
{
	struct sql_stmt *st = NULL;
	struct err why = { 0 };
	int rc = sql_prepare(db, query, &st, &why);

	while (rc >= 0 && (rc = sql_step(st, &why)) == 1) {
		buf_put(out, sql_bytes(st, 0));
		buf_putc(out, '\n');
	}
	sql_finalize(st);
	if (rc < 0)
		fail_msg("%s", why.what);
}

static struct sql *connect_to(const char *conninfo)
{
	const struct sql_server server = { conninfo, "test", "assay test" };
	struct sql *db = NULL;

	ASSERT_OK(sql_connect(&server, SQL_CREATE, &db, err));
	ASSERT_OK(sql_begin_writing(db, err));
	return db;
}

static void both_schemas_have_the_same_columns_and_indexes(void **state)
{
	(void)state;
	struct sql *lite = NULL, *pg = connect_to(new_conninfo());
	struct buf of_lite = { 0 }, of_pg = { 0 }, carried = { 0 };

	ASSERT_OK(sql_open(":memory:", SQL_CREATE, &lite, err));
	ASSERT_OK(migrate_run(lite, "lite", schema_steps, schema_steps_n, 1, NULL, NULL, err));
	ASSERT_OK(migrate_run(pg, "pg", schema_steps_postgres, schema_steps_n, 1, NULL, NULL, err));
	list_schema(lite, "SELECT m.name || '.' || p.name || ' ' || p.type || ' ' || "
			  "(p.\"notnull\" OR p.pk > 0) || ' ' || (p.pk > 0) "
			  "FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' "
			  "UNION ALL SELECT 'index ' || name FROM sqlite_schema WHERE type = 'index' "
			  "AND sql IS NOT NULL UNION ALL SELECT 'references ' || m.name || '.' || f.\"from\" || "
			  "' ' || f.\"table\" || '.' || f.\"to\" FROM sqlite_schema m, "
			  "pragma_foreign_key_list(m.name) f ORDER BY 1", &of_lite);
	list_schema(pg,
		"SELECT x COLLATE \"C\" FROM (SELECT c.relname || '.' || a.attname || "
		"CASE format_type(a.atttypid, NULL) WHEN 'bigint' THEN ' INTEGER ' WHEN 'bytea' THEN "
		"' BLOB ' ELSE CASE WHEN l.collname = 'C' THEN ' TEXT ' ELSE ' other ' END END || "
		"a.attnotnull::int || ' ' || EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND "
		"i.indisprimary AND a.attnum = ANY (i.indkey))::int FROM pg_class c "
		"JOIN pg_attribute a ON a.attrelid = c.oid "
		"LEFT JOIN pg_collation l ON l.oid = a.attcollation WHERE c.relkind = 'r' AND a.attnum > 0 "
		"AND c.relnamespace = current_schema()::regnamespace "
		"UNION ALL SELECT 'index ' || c.relname FROM pg_class c WHERE c.relkind = 'i' AND "
		"c.relnamespace = current_schema()::regnamespace AND NOT EXISTS "
		"(SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid) "
		"UNION ALL SELECT 'references ' || c.conrelid::regclass || '.' || a.attname || ' ' || "
		"c.confrelid::regclass || '.' || b.attname FROM pg_constraint c JOIN pg_attribute a ON "
		"a.attrelid = c.conrelid AND a.attnum = c.conkey[1] JOIN pg_attribute b ON "
		"b.attrelid = c.confrelid AND b.attnum = c.confkey[1] WHERE c.contype = 'f' "
		"AND c.connamespace = current_schema()::regnamespace) t (x) ORDER BY 1", &of_pg);
	CHECK_SLICE(0, "PostgreSQL's against SQLite's", buf_slice(&of_pg), buf_slice(&of_lite));
	/* And what is carried between them is all of it. */
	for (size_t i = 0; i < transfer_tables_n; i++) {
		const struct transfer_table *t = &transfer_tables[i];
		struct slice rest = slice_str(t->columns), column;
		for (size_t k = 0; slice_cut(&rest, ',', &column); k++) {
			char line[100];
			while (column.n && column.p[0] == ' ')
				column = slice_sub(column, 1, column.n);
			snprintf(line, sizeof(line), "\n%s.%.*s %s ", t->name, SLICE_ARG(column),
				 t->types[k] == 'i' ? "INTEGER" : t->types[k] == 't' ? "TEXT" : "BLOB");
			if (!strstr(buf_str(&of_lite), line + (strncmp(buf_str(&of_lite), line + 1,
								       strlen(line) - 1) == 0)))
				CHECK_SLICE(i, "carried", slice_str(line), SLICE("a column of the schema"));
			buf_puts(&carried, line);
		}
	}
	size_t columns = 0, lines = 0;
	for (const char *p = buf_str(&carried); (p = strchr(p, '\n')); p++)
		columns++;
	for (const char *p = buf_str(&of_lite); *p; p = strchr(p, '\n') + 1)
		lines += strncmp(p, "index ", 6) && strncmp(p, "references ", 11) &&
			 strncmp(p, "migration.", 10);
	CHECK_INT(0, "columns carried", columns, lines);
	buf_release(&of_lite);
	buf_release(&of_pg);
	buf_release(&carried);
	sql_close(lite);
	sql_close(pg);
	check_done();
}

/* Statements that some other tool might run. */
static void rows_that_were_kept_cannot_be_changed_or_deleted(void **state)
{
	(void)state;
	static const struct {
		const char *sql, *wanted; /* in what psql says; "" = it is done */
	} rows[] = {
		{ "UPDATE record SET body = 'x'", "record is append-only" },
		{ "DELETE FROM record", "record is append-only" },
		{ "TRUNCATE record CASCADE", "is append-only" },
		{ "INSERT INTO record SELECT * FROM record ON CONFLICT (id) DO UPDATE SET body = 'x'",
		  "record is append-only" },
		{ "UPDATE subject SET key = 'x'", "subject is append-only" },
		{ "DELETE FROM subject", "subject is append-only" },
		{ "TRUNCATE subject CASCADE", "is append-only" },
		{ "UPDATE evidence SET class = 'restricted'", "evidence is append-only" },
		{ "DELETE FROM evidence", "evidence is append-only" },
		{ "TRUNCATE evidence CASCADE", "is append-only" },
		{ "UPDATE ledger_entry SET entry = 'x'", "ledger_entry is append-only" },
		{ "DELETE FROM ledger_entry", "ledger_entry is append-only" },
		{ "TRUNCATE ledger_entry", "ledger_entry is append-only" },
		{ "INSERT INTO ledger_entry SELECT 7, id, id, 'x', 1 FROM record WHERE seq = 6",
		  "numbered without a gap" },
		{ "INSERT INTO ledger_entry SELECT 5, record, salt, 'x', 1 FROM ledger_entry WHERE seq = 1",
		  "the record has its ledger entry already" },
		{ "UPDATE migration SET at = 0", "migration is append-only" },
		{ "DELETE FROM migration", "migration is append-only" },
		{ "TRUNCATE migration", "migration is append-only" },
		{ "INSERT INTO record (id, type, v, at, src, body) VALUES (id_, '', 1, 1, '', 'x')", "ERROR" },
		{ "INSERT INTO cell VALUES (99, 'JP', 98, 'x', '', 'verdict', NULL, 0)", "foreign key" },
		{ "INSERT INTO cell VALUES (1, 'US', 1, 'x', '', 'guess', NULL, 0)", "check constraint" },
		{ "INSERT INTO redaction SELECT id, 1, 1 FROM record WHERE seq = 1",
		  "a redaction names its record" },
		{ "INSERT INTO evidence_gone SELECT sha256, 'redaction', 1, 1 FROM evidence",
		  "evidence goes by a record of type redaction" },
		{ "UPDATE record SET body = '{\\\"redacted\\\":true}' WHERE seq = 1", "record is append-only" },
		{ "INSERT INTO redaction SELECT id, 5, 1 FROM record WHERE seq = 1", "" },
		{ "INSERT INTO redaction SELECT id, 5, 1 FROM record WHERE seq = 1",
		  "the record is redacted already" },
		{ "UPDATE redaction SET at = 9", "redaction is append-only" },
		{ "DELETE FROM redaction", "redaction is append-only" },
		{ "TRUNCATE redaction", "redaction is append-only" },
		{ "UPDATE record SET body = 'x' WHERE seq = 1", "record is append-only" },
		{ "UPDATE record SET body = '{\\\"redacted\\\":true}', at = 9 WHERE seq = 1",
		  "record is append-only" },
		{ "UPDATE record SET body = '{\\\"redacted\\\":true}' WHERE seq = 1", "" },
		{ "UPDATE ledger_entry SET salt = decode(repeat('01', 32), 'hex') WHERE seq = 0",
		  "ledger_entry is append-only" },
		{ "UPDATE ledger_entry SET salt = decode(repeat('00', 32), 'hex') WHERE seq = 1",
		  "ledger_entry is append-only" },
		{ "UPDATE ledger_entry SET salt = decode(repeat('00', 32), 'hex') WHERE seq = 0", "" },
		{ "INSERT INTO evidence_gone SELECT sha256, 'redaction', 5, 1 FROM evidence", "" },
		{ "INSERT INTO evidence_gone SELECT sha256, 'redaction', 5, 1 FROM evidence",
		  "the evidence is gone already" },
		{ "UPDATE evidence_gone SET at = 9", "evidence_gone is append-only" },
		{ "DELETE FROM evidence_gone", "evidence_gone is append-only" },
		{ "TRUNCATE evidence_gone", "evidence_gone is append-only" },
		{ "INSERT INTO account (name, roles, state, password, totp, totp_step, verifier, failures, "
		  "locked_until, created, changed) VALUES ('a', '', 'active', '', '', 0, '', 0, 0, 1, 1)", "" },
		{ "UPDATE account SET roles = 'reader', changed = 2", "" },
		{ "UPDATE account SET name = 'b'", "the name of an account stays" },
		{ "DELETE FROM account", "accounts are disabled, not deleted" },
		{ "TRUNCATE account CASCADE", "accounts are disabled, not deleted" },
		{ "INSERT INTO audit VALUES (2, 1, 'a', 'b', '', 'done', '')", "numbered without a gap" },
		{ "INSERT INTO audit VALUES (1, 1, 'a', 'b', '', 'done', '')", "" },
		{ "UPDATE audit SET at = 2", "audit is append-only" },
		{ "DELETE FROM audit", "audit is append-only" },
		{ "TRUNCATE audit", "audit is append-only" },
		{ "SELECT set_config('search_path', 'public', false); UPDATE x.record SET body = 'x'", "ERROR" },
	};
	struct store *s = new_store("append");
	char out[4000];
	struct buf found = { 0 };
	struct store_report report;

	fill(s);
	struct store_record last = make_record("verdict", "b.example", 5, "sixth");
	ASSERT_OK(put_whole(s, &last, err));
	store_close(s);
	for (size_t i = 0; i < ROWS(rows); i++) {
		psql("append", rows[i].sql, out);
		if (*rows[i].wanted ? !strstr(out, rows[i].wanted) : out[0] != '\0')
			CHECK_SLICE(i, rows[i].sql, slice_str(out), slice_str(rows[i].wanted));
	}
	findings_of("append", &found, &report);
	/* The redacted body, whose digest is another; the rest is as it was. */
	CHECK_INT(0, buf_str(&found), report.findings, 1);
	assert_non_null(strstr(buf_str(&found), "record 1 (verdict): its bytes are not those"));
	CHECK_INT(0, "records", report.records, 6);
	buf_release(&found);
	check_done();
}

static void every_kind_of_damage_is_named(void **state)
{
	(void)state;
#define OFF(t) "ALTER TABLE " t " DISABLE TRIGGER ALL; "
#define ON(t) "; ALTER TABLE " t " ENABLE TRIGGER ALL"
	static const struct {
		const char *name, *sql;
		int64_t findings;
		const char *text;
	} rows[] = {
		{ "whole", "SELECT 1", 0, "" },
		{ "body", OFF("record") "UPDATE record SET body = 'x' WHERE seq = 1" ON("record"), 1,
		  "record 1 (verdict): its bytes are not those of its id " },
		{ "off", OFF("record"), 3, "trigger record_keep_d of table record is switched off" },
		{ "gone", OFF("record") "DELETE FROM record WHERE seq = 5" ON("record"), 1,
		  "a row of table ledger_entry refers to a row that is not there" },
		{ "class", "UPDATE cell SET class = 'x' WHERE destination = 'JP'", 1,
		  "table cell does not say what record 2 (verdict) says" },
		{ "entry", OFF("ledger_entry") "DELETE FROM ledger_entry WHERE seq = 1" ON("ledger_entry"), 1,
		  "ledger entry 1 is missing" },
		{ "foreign",
		  OFF("cell") "INSERT INTO cell VALUES (99, 'JP', 98, 'x', '', 'verdict', NULL, 0)" ON("cell"),
		  1, "a row of table cell refers to a row that is not there" },
		{ "index", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = "
			   "'record_by_type'::regclass", 1, "index record_by_type is not whole" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char out[4000];
		struct buf found = { 0 };
		struct store_report report = { 0 };
		struct store *s = new_store(rows[i].name);
		fill(s);
		store_close(s);
		psql(rows[i].name, rows[i].sql, out);
		assert_false(strstr(out, "ERROR"));
		findings_of(rows[i].name, &found, &report);
		if (!strstr(buf_str(&found), rows[i].text) || report.findings != rows[i].findings)
			CHECK_SLICE(i, rows[i].name, buf_slice(&found), slice_str(rows[i].text));
		buf_release(&found);
	}
	check_done();
}

static void what_is_no_store_of_ours_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name, *sql;
		int code;
		const char *text;
	} rows[] = {
		{ "newer", "INSERT INTO migration VALUES (4, 1, decode(repeat('00', 32), 'hex'))", ERR_REFUSED,
		  "store is of schema 4, this program knows up to 3: upgrade assay" },
		{ "other", "ALTER TABLE migration DISABLE TRIGGER ALL; UPDATE migration SET sha256 = "
			   "decode(repeat('00', 32), 'hex') WHERE version = 2", ERR_CORRUPT,
		  "made with another schema 2" },
		{ "older", "ALTER TABLE migration DISABLE TRIGGER ALL; DELETE FROM migration WHERE version = 3",
		  ERR_REFUSED, "store is of schema 2, this program" },
		{ "foreign", "COMMENT ON TABLE migration IS NULL", ERR_CORRUPT, "but not of a store" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char out[4000];
		struct store *s = new_store(rows[i].name);
		store_close(s);
		psql(rows[i].name, rows[i].sql, out);
		ASSERT_FAILS(store_open(at_scratch(rows[i].name), STORE_READ, NULL, &s, err),
			     (enum err_code)rows[i].code, rows[i].text);
		ASSERT_FAILS(store_open(at_scratch(rows[i].name), STORE_WRITE, "assay test", &s, err),
			     (enum err_code)rows[i].code, rows[i].text);
	}
}

static void the_file_says_where_and_shows_no_password(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int mode, code;
		const char *text;
	} rows[] = {
		{ "host=/nowhere user=a password=geheim", 0600, ERR_IO, "PostgreSQL cannot be reached" },
		{ "host=/nowhere user=a password=geheim", 0640, ERR_REFUSED, "holds a password and others" },
		{ "postgresql://a:geheim@127.0.0.1:1/x", 0644, ERR_REFUSED, "holds a password and others" },
		{ "postgresql://a:geheim@127.0.0.1:1/x", 0600, ERR_IO, "PostgreSQL cannot be reached" },
		{ "host=/nowhere user=a", 0644, ERR_IO, "PostgreSQL cannot be reached" },
		{ "password=ist geheim", 0600, ERR_CORRUPT, "not a connection string" },
		{ "geheim", 0600, ERR_CORRUPT, "not a connection string" },
		{ "host=/nowhere\nuser=geheim", 0600, ERR_CORRUPT, "must be one line" },
		{ "", 0600, ERR_CORRUPT, "must be one line" },
	};
	ASSERT_OK(file_make_dir(at_scratch("file"), err));
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct store *s = NULL;
		struct err why = { 0 };
		ASSERT_OK(file_write_whole(at_scratch("file/database"), slice_str(rows[i].line), err));
		assert_int_equal(chmod(at_scratch("file/database"), (mode_t)rows[i].mode), 0);
		int rc = store_open(at_scratch("file"), STORE_READ, NULL, &s, &why);
		CHECK_INT(i, rows[i].line, rc, rows[i].code);
		if (!strstr(why.what, rows[i].text) || strstr(why.what, "geheim"))
			CHECK_SLICE(i, rows[i].line, slice_str(why.what), slice_str(rows[i].text));
	}
	check_done();
}

static void migrating_makes_a_store_once_and_nothing_when_it_fails(void **state)
{
	(void)state;
	const struct store_hooks hooks = test_hooks(NULL);
	char line[400];
	int from = -1, to = -1;

	snprintf(line, sizeof(line), "%s", new_conninfo());
	ASSERT_FAILS(store_migrate_to(at_scratch("to"), "host=/nowhere", "assay test", &hooks, &from, &to,
				      err), ERR_IO, "cannot be reached");
	assert_false(has_file(at_scratch("to"), "database"));
	ASSERT_OK(store_migrate_to(at_scratch("to"), line, "assay test", &hooks, &from, &to, err));
	assert_true(from == 0 && to == (int)schema_steps_n);
	ASSERT_OK(store_migrate_to(at_scratch("to"), line, "assay test", &hooks, &from, &to, err));
	assert_true(from == (int)schema_steps_n && to == from);
	ASSERT_OK(store_migrate(at_scratch("to"), "assay test", &hooks, &from, &to, err));
	ASSERT_FAILS(store_migrate_to(at_scratch("to"), new_conninfo(), "assay test", &hooks, &from, &to,
				      err), ERR_REFUSED, "names another database already");
	ASSERT_FAILS(store_migrate_to(at_scratch("to"), "what is that", "assay test", &hooks, &from, &to,
				      err), ERR_USAGE, "not a connection string");
	assert_int_equal(shell("stat -c %%a '%s' | grep -qx 600", at_scratch("to/database"), NULL), 0);
	assert_false(has_file(at_scratch("to"), "assay.db"));
	/* A signed ledger and no tables: somebody dropped them. */
	ASSERT_OK(file_make_dir(at_scratch("to/ledger"), err));
	ASSERT_OK(file_write_whole(at_scratch("to/ledger/checkpoint"), SLICE("x"), err));
	char out[4000];
	psql("to", "DO \\$\\$ BEGIN EXECUTE 'DROP SCHEMA ' || current_schema() || ' CASCADE'; END \\$\\$", out);
	ASSERT_FAILS(store_migrate(at_scratch("to"), "assay test", &hooks, &from, &to, err), ERR_CORRUPT,
		     "is lost or empty");

	ASSERT_OK(file_make_dir(at_scratch("both"), err));
	ASSERT_OK(file_write_whole(at_scratch("both/assay.db"), SLICE("x"), err));
	ASSERT_FAILS(store_migrate_to(at_scratch("both"), line, "assay test", &hooks, &from, &to, err),
		     ERR_REFUSED, "has its tables in assay.db");
}

static void a_backup_leads_from_one_engine_to_the_other(void **state)
{
	(void)state;
	struct store *s = new_store("one");
	struct backup_report report;
	struct store_report checked;
	struct buf found = { 0 };
	char line[400], out[4000];
	static const char counts[] =
		"SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM cell), "
		"(SELECT count(*) FROM listing), (SELECT count(*) FROM citation), "
		"(SELECT count(*) FROM account), (SELECT count(*) FROM meta)";

	fill(s);
	psql("one", "INSERT INTO account VALUES (1, 'a', '', 'active', '', '', 0, '', 0, 0, 1, 1)", out);
	assert_string_equal(out, "");
	ASSERT_OK(store_backup(s, at_scratch("copy"), &report, err));
	store_close(s);
	ASSERT_OK(store_restore(at_scratch("copy"), at_scratch("file-again"), NULL, &report, err));
	findings_of("file-again", &found, &checked);
	CHECK_SLICE(0, "SQLite", buf_slice(&found), SLICE(""));
	psql("file-again", counts, out);
	CHECK_SLICE(0, "rows", slice_str(out), SLICE("5|2|1|2|1|1\n"));

	snprintf(line, sizeof(line), "%s", new_conninfo());
	ASSERT_OK(store_restore(at_scratch("copy"), at_scratch("two"), line, &report, err));
	assert_false(has_file(at_scratch("two"), "assay.db"));
	findings_of("two", &found, &checked);
	CHECK_SLICE(1, "PostgreSQL", buf_slice(&found), SLICE(""));
	CHECK_INT(1, "records", checked.records, 5);
	CHECK_INT(1, "entries", checked.entries, 5);
	CHECK_INT(1, "evidence", checked.evidence, 1);
	/* It goes on where it was. */
	ASSERT_OK(store_open(at_scratch("two"), STORE_WRITE, "assay test", &s, err));
	struct store_record r = make_record("verdict", "c.example", 5, "next");
	int64_t seq = 0;
	ASSERT_OK(store_put_record(s, &r, &seq, NULL, err));
	CHECK_INT(1, "seq", seq, 6);
	store_close(s);
	ASSERT_FAILS(store_restore(at_scratch("copy"), at_scratch("three"), line, &report, err), ERR_REFUSED,
		     "holds a store already");
	assert_false(has_file(at_scratch("three"), "database"));
	buf_release(&found);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_released_step_never_changes),
		cmocka_unit_test(both_schemas_have_the_same_columns_and_indexes),
		cmocka_unit_test(rows_that_were_kept_cannot_be_changed_or_deleted),
		cmocka_unit_test(every_kind_of_damage_is_named),
		cmocka_unit_test(what_is_no_store_of_ours_is_refused),
		cmocka_unit_test(the_file_says_where_and_shows_no_password),
		cmocka_unit_test(migrating_makes_a_store_once_and_nothing_when_it_fails),
		cmocka_unit_test(a_backup_leads_from_one_engine_to_the_other),
	};
	return run_on_postgres("postgres", tests, ROWS(tests));
}

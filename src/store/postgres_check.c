/* What PostgreSQL's catalogue says of the schema, and whether the rows agree. The server enforces
 * the constraints; what gets past it (a superuser who switched triggers off, an index that was
 * built by halves) shows here. */
#include "store/postgres.h"

#include "base/buf.h"

#include <string.h>

#define OURS "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"

/* Tables and views, those of extensions aside. */
int postgres_identify(struct sql *db, enum sql_content *out, struct err *err)
{
	int64_t tables = 0, ours = 0;
	int rc = sql_get_i64(db,
		"SELECT count(*) FROM pg_class c WHERE c.relnamespace = " OURS
		" AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (SELECT 1 FROM pg_depend d "
		"WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')",
		&tables, err);

	if (rc == 0)
		rc = sql_get_i64(db,
			"SELECT count(*) FROM pg_class c WHERE c.relnamespace = " OURS
			" AND c.relname = 'migration' AND c.relkind = 'r' "
			"AND obj_description(c.oid, 'pg_class') = 'assay store'", &ours, err);
	if (rc)
		return rc;
	*out = ours ? SQL_STORE : tables ? SQL_FOREIGN : SQL_EMPTY;
	return 0;
}

int postgres_mark(struct sql *db, struct err *err)
{
	return sql_exec(db, "COMMENT ON TABLE migration IS 'assay store'", err);
}

/* One question per foreign key: the catalogue writes them. All are of one column. */
static int check_references(struct sql *db, sql_line_fn fn, void *ctx, struct err *err)
{
	struct buf all = { 0 };
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(db,
		"SELECT 'SELECT ''' || c.conrelid::regclass || ''' WHERE EXISTS (SELECT 1 FROM ' || "
		"c.conrelid::regclass || ' t WHERE t.' || quote_ident(a.attname) || ' IS NOT NULL AND "
		"NOT EXISTS (SELECT 1 FROM ' || c.confrelid::regclass || ' r WHERE r.' || "
		"quote_ident(b.attname) || ' = t.' || quote_ident(a.attname) || '))' "
		"FROM pg_constraint c "
		"JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
		"JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] "
		"WHERE c.contype = 'f' AND c.connamespace = " OURS " ORDER BY 1", &st, err);

	while (rc >= 0 && (rc = sql_step(st, err)) == 1) {
		buf_puts(&all, all.n ? " UNION " : "");
		buf_put(&all, sql_bytes(st, 0));
	}
	sql_finalize(st);
	if (rc == 0 && !buf_ok(&all))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0 && all.n)
		rc = sql_each_line(db, buf_str(&all), "a row of table ",
				   " refers to a row that is not there", fn, ctx, err);
	buf_release(&all);
	return rc;
}

int postgres_check(struct sql *db, sql_line_fn fn, void *ctx, struct err *err)
{
	static const struct {
		const char *query, *before, *behind;
	} rows[] = {
		{ "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c "
		  "ON c.oid = i.indexrelid WHERE c.relnamespace = " OURS
		  " AND NOT (i.indisvalid AND i.indisready) ORDER BY 1",
		  "index ", " is not whole: REINDEX it" },
		{ "SELECT DISTINCT CASE WHEN t.tgisinternal THEN 'of the references' ELSE t.tgname END || "
		  "' of table ' || c.relname FROM pg_trigger t JOIN pg_class c "
		  "ON c.oid = t.tgrelid WHERE c.relnamespace = " OURS
		  " AND t.tgenabled NOT IN ('O', 'A') ORDER BY 1",
		  "trigger ", " is switched off: somebody may have changed rows" },
		{ "SELECT conname::text FROM pg_constraint WHERE connamespace = " OURS
		  " AND NOT convalidated ORDER BY 1",
		  "constraint ", " was never held against the rows" },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		rc = sql_each_line(db, rows[i].query, rows[i].before, rows[i].behind, fn, ctx, err);
	return rc ? rc : check_references(db, fn, ctx, err);
}

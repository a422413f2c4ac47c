/* The table `migration` holds one row per step: version, time, SHA-256 of the script that ran. On
 * opening the rows are held against the program's own list, so that a store is never read under
 * another schema than it has. */
#include "store/migrate.h"

#include "base/sha256.h"

static int not_ours(const char *path, struct err *err)
{
	return err_set(err, ERR_CORRUPT, 0,
		       "%s: is a database, but not of a store: give another folder with --store",
		       path);
}

/* Rows of migration against the program's steps. */
static int check_history(struct sql *db, const char *path, const struct schema_step *steps,
			 size_t n, int *version, struct err *err)
{
	struct sql_stmt *st = NULL;
	int have = 0;
	int rc = sql_prepare(db, "SELECT version, sha256 FROM migration ORDER BY version", &st, err);

	while (rc == 0 && (rc = sql_step(st, err)) == 1) {
		int64_t v = sql_i64(st, 0);
		struct slice digest = sql_bytes(st, 1);
		rc = 0;
		if (v != have + 1) {
			rc = err_set(err, ERR_CORRUPT, 0,
				     "%s: its history of schemas has a gap before %lld: restore a "
				     "backup", path, (long long)v);
			break;
		}
		have++;
		if ((size_t)have > n)
			continue;
		struct sha256 want = sha256_of(slice_str(steps[have - 1].sql));
		if (!slice_eq(digest, slice_from((const char *)want.b, SHA256_LEN)))
			rc = err_set(err, ERR_CORRUPT, 0,
				     "%s: was made with another schema %d than this program's: use "
				     "the program that made it, or restore a backup", path, have);
	}
	sql_finalize(st);
	if (rc < 0)
		return rc;
	if ((size_t)have > n)
		return err_set(err, ERR_REFUSED, 0,
			       "%s: store is of schema %d, this program knows up to %zu: upgrade "
			       "assay", path, have, n);
	if (have == 0)
		return not_ours(path, err);
	*version = have;
	return 0;
}

int migrate_version(struct sql *db, const char *path, const struct schema_step *steps, size_t n,
		    int *version, struct err *err)
{
	enum sql_content content;
	int rc = sql_identify(db, &content, err);

	if (rc)
		return rc;
	if (content == SQL_EMPTY) {
		*version = 0;
		return 0;
	}
	if (content == SQL_FOREIGN)
		return not_ours(path, err);
	return check_history(db, path, steps, n, version, err);
}

static int run_step(struct sql *db, const struct schema_step *step, int64_t now,
		    migrate_fill_fn fill, void *ctx, struct err *err)
{
	struct sql_stmt *st = NULL;
	struct sha256 digest = sha256_of(slice_str(step->sql));
	int rc = sql_exec(db, step->sql, err);

	if (rc == 0)
		rc = sql_mark(db, err);
	if (rc == 0)
		rc = sql_prepare(db, "INSERT INTO migration (version, at, sha256) "
				     "VALUES ($1, $2, $3)", &st, err);
	if (rc == 0) {
		sql_bind_i64(st, 1, step->version);
		sql_bind_i64(st, 2, now);
		sql_bind_blob(st, 3, slice_from((const char *)digest.b, SHA256_LEN));
		rc = sql_run(st, err);
	}
	sql_finalize(st);
	return rc == 0 && fill && step->derives ? fill(ctx, err) : rc;
}

int migrate_run(struct sql *db, const char *path, const struct schema_step *steps, size_t n,
		int64_t now, migrate_fill_fn fill, void *ctx, struct err *err)
{
	int have = 0;
	int rc = migrate_version(db, path, steps, n, &have, err);
	/* A store is made whole or not at all: one of an older schema, left by a crash, would ask for
	 * a migration by hand. */
	bool makes = have == 0;
	bool within = sql_in_transaction(db);

	if (makes)
		fill = NULL; /* no records yet */
	for (size_t i = (size_t)have; rc == 0 && i < n; i++) {
		if (!within && (!makes || i == 0))
			rc = sql_begin(db, err);
		if (rc == 0)
			rc = run_step(db, &steps[i], now, fill, ctx, err);
		if (rc == 0 && !within && (!makes || i + 1 == n))
			rc = sql_commit(db, err);
		if (rc == 0)
			continue;
		/* The failure may have ended the transaction already: then there is none to roll
		 * back, and that is what we want. */
		if (!within && sql_in_transaction(db))
			sql_rollback(db, NULL);
		err_wrap(err, "schema %d", steps[i].version);
	}
	return rc;
}

#include "store/database.h"

#include "base/buf.h"
#include "base/slice.h"
#include "store/sql.h"
#include "sys/file.h"
#include "sys/secret.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_ROOM = 4200 };

static int has_tables(const char *dir, bool *out, struct err *err)
{
	char path[PATH_ROOM];
	enum file_kind kind;

	snprintf(path, sizeof(path), "%s/assay.db", dir);
	int rc = file_kind_of(path, &kind, err);
	*out = rc == 0 && kind != FILE_ABSENT;
	return rc;
}

/* The line, as an owned string in *out. */
static int parse(const char *path, struct slice text, char **out, bool *has_password,
		 struct err *err)
{
	while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	if (text.n == 0 || slice_find(text, '\n') < text.n || slice_find(text, '\0') < text.n)
		return err_set(err, ERR_CORRUPT, 0,
			       "%s: must be one line, a connection string of PostgreSQL", path);
	*out = strndup(text.p, text.n);
	if (!*out)
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
	struct err why = { 0 };
	if (sql_conninfo_check(*out, has_password, &why) == 0)
		return 0;
	free(*out);
	*out = NULL;
	return err_set(err, ERR_CORRUPT, 0, "%s: %s", path, why.what);
}

int database_read(const char *dir, char **conninfo, struct err *err)
{
	char path[PATH_ROOM];
	struct buf text = { 0 };
	struct err why = { 0 };
	bool has_password = false, both = false;

	*conninfo = NULL;
	snprintf(path, sizeof(path), "%s/database", dir);
	int secret = secret_read(path, DATABASE_LINE_MAX, &text, &why);
	if (secret == ERR_NOTFOUND)
		return 0;
	/* Open to others: fine unless it holds a password. */
	int rc = secret == ERR_REFUSED ? file_read(path, DATABASE_LINE_MAX, &text, err) : secret;
	if (rc == 0)
		rc = parse(path, buf_slice(&text), conninfo, &has_password, err);
	else if (rc == secret && err)
		*err = why;
	buf_release(&text);
	if (rc == 0 && secret == ERR_REFUSED && has_password)
		rc = err_set(err, ERR_REFUSED, 0,
			     "%s: holds a password and others can read it: chmod 600 %s, and change the "
			     "password", path, path);
	if (rc == 0)
		rc = has_tables(dir, &both, err);
	if (rc == 0 && both)
		rc = err_set(err, ERR_REFUSED, 0,
			     "store %s: has both assay.db and database: which of them holds its tables? "
			     "Move the other away", dir);
	if (rc) {
		free(*conninfo);
		*conninfo = NULL;
	}
	return rc;
}

int database_write(const char *dir, const char *conninfo, bool *made, struct err *err)
{
	char path[PATH_ROOM], *have = NULL;
	struct buf text = { 0 };
	bool there = false, has_password;
	int rc = sql_conninfo_check(conninfo, &has_password, err);

	*made = false;
	if (rc == 0 && (strlen(conninfo) >= DATABASE_LINE_MAX || strchr(conninfo, '\n')))
		rc = err_set(err, ERR_USAGE, 0, "a connection string is one line of less than %d bytes",
			     DATABASE_LINE_MAX);
	if (rc == 0)
		rc = has_tables(dir, &there, err);
	if (rc == 0 && there)
		rc = err_set(err, ERR_REFUSED, 0,
			     "store %s: has its tables in assay.db: to move them, assay store backup, then "
			     "assay store restore with --database into a new folder", dir);
	if (rc == 0)
		rc = database_read(dir, &have, err);
	if (rc)
		return rc;
	if (have) {
		rc = strcmp(have, conninfo) == 0 ? 0 :
		     err_set(err, ERR_REFUSED, 0, "%s/database: names another database already", dir);
		free(have);
		return rc;
	}
	snprintf(path, sizeof(path), "%s/database", dir);
	buf_printf(&text, "%s\n", conninfo);
	rc = buf_ok(&text) ? secret_write(path, buf_slice(&text), err) :
			     err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
	buf_release(&text);
	*made = rc == 0;
	return rc;
}

void database_remove(const char *dir)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s/database", dir);
	/* Best effort: what stays names a database that the next migration makes. */
	unlink(path);
}

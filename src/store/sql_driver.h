/* What a driver of sql.h is made of: for sql.c and the drivers alone.
 *
 * A driver's handle and statement begin with these structs. Every function has the contract of the
 * word of sql.h that has its name. */
#ifndef STORE_SQL_DRIVER_H
#define STORE_SQL_DRIVER_H

#include "store/sql.h"

struct sql_driver {
	enum sql_engine engine;
	int (*begin_writing)(struct sql *db, struct err *err);
	void (*close)(struct sql *db);
	int (*exec)(struct sql *db, const char *script, struct err *err);
	int (*begin)(struct sql *db, struct err *err);
	int (*snapshot)(struct sql *db, struct err *err);
	int (*commit)(struct sql *db, struct err *err);
	int (*rollback)(struct sql *db, struct err *err);
	bool (*in_transaction)(struct sql *db);
	bool (*is_spoilt)(struct sql *db);
	int (*identify)(struct sql *db, enum sql_content *out, struct err *err);
	int (*mark)(struct sql *db, struct err *err);
	int (*check)(struct sql *db, sql_line_fn fn, void *ctx, struct err *err);

	/* walks: the rows may be many, and other statements run between two steps */
	int (*prepare)(struct sql *db, const char *text, bool walks, struct sql_stmt **out,
		       struct err *err);
	void (*finalize)(struct sql_stmt *st);
	void (*bind_i64)(struct sql_stmt *st, int i, int64_t v);
	void (*bind_text)(struct sql_stmt *st, int i, struct slice v);
	void (*bind_blob)(struct sql_stmt *st, int i, struct slice v);
	void (*bind_null)(struct sql_stmt *st, int i);
	int (*step)(struct sql_stmt *st, struct err *err);
	int (*insert)(struct sql_stmt *st, int64_t *key, struct err *err);
	int (*queue)(struct sql_stmt *st, struct err *err);
	void (*reset)(struct sql_stmt *st);
	int64_t (*i64)(struct sql_stmt *st, int i);
	struct slice (*bytes)(struct sql_stmt *st, int i);
	bool (*is_null)(struct sql_stmt *st, int i);
};

struct sql {
	const struct sql_driver *driver;
};

struct sql_stmt {
	struct sql *owner;
};

enum { SQL_FINDINGS_MAX = 100 };

/* Hand the first column of each row of a query to fn, between two texts; "ok" is no finding. */
int sql_each_line(struct sql *db, const char *query, const char *before, const char *behind,
		  sql_line_fn fn, void *ctx, struct err *err);

#endif

/* Statements are prepared at the server when they are sent a second time, since many are used once,
 * and again in a new session.
 * Values go and come in binary: 8 bytes in network order for an integer, bytes as they are for
 * text and bytea.
 *
 * A walk is a cursor that is read in pieces of about PIECE bytes, so that memory stays flat and
 * other statements may run between. A cursor lives in a transaction: outside of one, the first walk
 * begins one that reads, and the last walk ends it. */
#include "store/postgres.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMS_MAX = 16, FIRST_ROWS = 8, ROWS_MAX = 2000, PIECE = 1 << 20 };

struct statement {
	struct sql_stmt sql; /* first: a handle is one */
	const char *text;    /* owned */
	char name[24];       /* at the server; of a walk, of its cursor */
	uint64_t session;    /* that it is prepared in; of a walk, that its cursor is open in */
	bool walks;
	bool again; /* it was run before: worth preparing */
	int params;
	const char *value[PARAMS_MAX];
	int length[PARAMS_MAX], format[PARAMS_MAX];
	uint64_t number[PARAMS_MAX]; /* integers as they are sent */
	bool too_long;               /* a value of more than 2 GiB was bound */
	PGresult *rows;              /* of the answer, or of a piece of it */
	int row, asked;              /* of the present piece: where we stand, how many were asked for */
};

static struct statement *of(struct sql_stmt *st)
{
	return (struct statement *)st;
}

static struct postgres *server_of(const struct statement *s)
{
	return postgres_of(s->sql.owner);
}

static int count_params(const char *text)
{
	int most = 0;

	for (const char *p = strchr(text, '$'); p; p = strchr(p + 1, '$')) {
		int n = atoi(p + 1);
		most = n > most ? n : most;
	}
	return most;
}

static int prepare(struct sql *db, const char *text, bool walks, struct sql_stmt **out,
		   struct err *err)
{
	struct postgres *p = postgres_of(db);
	struct statement *s = calloc(1, sizeof(*s));
	char *copy = strdup(text);

	if (!s || !copy) {
		free(s);
		free(copy);
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", p->path);
	}
	s->sql.owner = db;
	s->text = copy;
	s->walks = walks;
	s->params = count_params(text);
	snprintf(s->name, sizeof(s->name), "a%llu", (unsigned long long)++p->names);
	*out = &s->sql;
	return 0;
}

/* ---- parameters ---- */

static void bind(struct sql_stmt *st, int i, const char *value, size_t n)
{
	struct statement *s = of(st);

	s->too_long = s->too_long || n > INT32_MAX;
	s->value[i - 1] = value;
	s->length[i - 1] = n > INT32_MAX ? 0 : (int)n;
	s->format[i - 1] = 1;
}

static void bind_i64(struct sql_stmt *st, int i, int64_t v)
{
	of(st)->number[i - 1] = htobe64((uint64_t)v);
	bind(st, i, (const char *)&of(st)->number[i - 1], sizeof(uint64_t));
}

static void bind_bytes(struct sql_stmt *st, int i, struct slice v)
{
	bind(st, i, v.p ? v.p : "", v.n);
}

static void bind_null(struct sql_stmt *st, int i)
{
	bind(st, i, NULL, 0);
}

/* ---- sending ---- */

/* At the server, in this session. */
static int make_ready(struct statement *s, struct err *err)
{
	struct postgres *p = server_of(s);

	if (s->too_long)
		return err_set(err, ERR_LIMIT, 0, "%s: a value is too long for the database", p->path);
	if (s->session == p->session || !s->again)
		return 0;
	int sent = PQsendPrepare(p->c, s->name, s->text, 0, NULL);
	int rc = p->piped ? postgres_queued(p, sent, err) : postgres_answer(p, sent, NULL, err);
	if (rc == 0)
		s->session = p->session;
	return rc;
}

static int send(struct statement *s)
{
	PGconn *c = server_of(s)->c;
	bool again = s->again;

	s->again = true;
	return again ? PQsendQueryPrepared(c, s->name, s->params, s->value, s->length, s->format, 1) :
		       PQsendQueryParams(c, s->text, s->params, NULL, s->value, s->length, s->format, 1);
}

static int ask_once(struct statement *s, struct err *err)
{
	int rc = postgres_ensure(server_of(s), err);

	if (rc == 0)
		rc = make_ready(s, err);
	return rc ? rc : postgres_answer(server_of(s), send(s), &s->rows, err);
}

static int ask(struct statement *s, struct err *err)
{
	struct postgres *p = server_of(s);

	if (p->in_transaction && !p->c)
		return postgres_lose(p, "earlier", err);
	bool alone = !p->in_transaction && p->c;
	int rc = ask_once(s, err);
	/* Outside of a transaction we only read: of a connection that died while nobody looked this
	 * is the first that is seen. */
	if (rc == ERR_IO && alone && !p->c)
		rc = ask_once(s, err);
	s->row = 0;
	return rc;
}

/* ---- walks ---- */

static int open_cursor(struct statement *s, struct err *err)
{
	struct postgres *p = server_of(s);
	char *text = NULL;
	int rc = 0;

	if (s->too_long)
		return err_set(err, ERR_LIMIT, 0, "%s: a value is too long for the database", p->path);
	if (!p->in_transaction) {
		rc = p->mode == SQL_READ ? postgres_snapshot(&p->sql, err) :
					   postgres_begin(&p->sql, err);
		if (rc)
			return rc;
		p->walk_began = true;
		p->writes = false;
	}
	if (!p->c)
		return postgres_lose(p, "earlier", err);
	size_t room = strlen(s->text) + 80;
	text = malloc(room);
	if (!text)
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", p->path);
	snprintf(text, room, "DECLARE %s NO SCROLL CURSOR FOR %s", s->name, s->text);
	rc = postgres_answer(p, PQsendQueryParams(p->c, text, s->params, NULL, s->value, s->length,
						  s->format, 1), NULL, err);
	free(text);
	if (rc == 0) {
		s->session = p->session;
		s->asked = FIRST_ROWS;
		p->walks++;
	}
	return rc;
}

static void close_cursor(struct statement *s)
{
	struct postgres *p = server_of(s);
	char text[40];

	if (s->session != p->session || !p->c || !p->in_transaction || p->walks == 0) {
		s->session = 0;
		return;
	}
	s->session = 0;
	p->walks--;
	/* A transaction that ends takes its cursors along. Of a failure the next statement tells. */
	if (p->walk_began && p->walks == 0) {
		postgres_rollback(&p->sql, NULL);
	} else if (!p->spoilt) {
		snprintf(text, sizeof(text), "CLOSE %s", s->name);
		postgres_answer(p, PQsendQueryParams(p->c, text, 0, NULL, NULL, NULL, NULL, 1), NULL,
				NULL);
	}
}

/* The next piece; how many rows the one after it has depends on how long these are. */
static int fetch(struct statement *s, struct err *err)
{
	struct postgres *p = server_of(s);
	char text[60];

	PQclear(s->rows);
	s->rows = NULL;
	s->row = 0;
	if (!p->c || s->session != p->session)
		return p->c ? err_set(err, ERR_IO, 0, "%s: the connection was lost", p->path) :
			      postgres_lose(p, "earlier", err);
	snprintf(text, sizeof(text), "FETCH FORWARD %d FROM %s", s->asked, s->name);
	int rc = postgres_answer(p, PQsendQueryParams(p->c, text, 0, NULL, NULL, NULL, NULL, 1),
				 &s->rows, err);
	if (rc)
		return rc;
	int n = PQntuples(s->rows);
	size_t bytes = PQresultMemorySize(s->rows);
	if (n == s->asked) {
		size_t more = (size_t)PIECE / (bytes / (size_t)n + 1) + 1;
		s->asked = more > ROWS_MAX ? ROWS_MAX : (int)more;
	} else {
		s->asked = 0; /* that was the last */
	}
	return 0;
}

static int walk(struct statement *s, struct err *err)
{
	int rc = 0;

	if (!s->rows) {
		rc = open_cursor(s, err);
		if (rc == 0)
			rc = fetch(s, err);
	} else if (++s->row >= PQntuples(s->rows) && s->asked) {
		rc = fetch(s, err);
	}
	return rc;
}

/* ---- rows ---- */

static void reset(struct sql_stmt *st)
{
	struct statement *s = of(st);

	PQclear(s->rows);
	s->rows = NULL;
	if (s->walks && s->session)
		close_cursor(s);
	memset(s->value, 0, sizeof(s->value));
	s->too_long = false;
}

static int step(struct sql_stmt *st, struct err *err)
{
	struct statement *s = of(st);
	int rc = 0;

	if (s->walks)
		rc = walk(s, err);
	else if (!s->rows)
		rc = ask(s, err);
	else
		s->row++;
	if (rc == 0 && s->row < PQntuples(s->rows))
		return 1;
	reset(st);
	return rc;
}

static int insert(struct sql_stmt *st, int64_t *key, struct err *err)
{
	struct statement *s = of(st);
	int rc = ask(s, err);

	if (rc == 0 && PQresultStatus(s->rows) == PGRES_TUPLES_OK) {
		rc = PQntuples(s->rows) > 0;
		if (rc && key)
			*key = sql_i64(st, 0);
	} else if (rc == 0) {
		rc = atoi(PQcmdTuples(s->rows)) > 0;
	}
	reset(st);
	return rc;
}

static int queue(struct sql_stmt *st, struct err *err)
{
	struct statement *s = of(st);
	struct postgres *p = server_of(s);
	int rc = 0;

	if (!p->in_transaction || !p->c)
		return sql_run(st, err);
	if (!p->piped && !PQenterPipelineMode(p->c))
		rc = postgres_lose(p, PQerrorMessage(p->c), err);
	else
		p->piped = true;
	if (rc == 0)
		rc = make_ready(s, err);
	if (rc == 0)
		rc = postgres_queued(p, send(s), err);
	reset(st);
	return rc;
}

static void finalize(struct sql_stmt *st)
{
	struct statement *s = of(st);
	struct postgres *p = server_of(s);
	char text[60];

	reset(st);
	/* With the session it would go by itself; a transaction that failed takes no statement. */
	if (!s->walks && s->session == p->session && p->c && !p->spoilt) {
		snprintf(text, sizeof(text), "DEALLOCATE %s", s->name);
		postgres_answer(p, PQsendQueryParams(p->c, text, 0, NULL, NULL, NULL, NULL, 1), NULL,
				NULL);
	}
	free((char *)s->text);
	free(s);
}

/* Integers of any width, and truth. */
static int64_t i64(struct sql_stmt *st, int i)
{
	const char *v = PQgetvalue(of(st)->rows, of(st)->row, i);
	uint64_t big;
	uint32_t word;
	uint16_t half;

	switch (PQgetlength(of(st)->rows, of(st)->row, i)) {
	case 8:
		memcpy(&big, v, sizeof(big));
		return (int64_t)be64toh(big);
	case 4:
		memcpy(&word, v, sizeof(word));
		return (int32_t)be32toh(word);
	case 2:
		memcpy(&half, v, sizeof(half));
		return (int16_t)be16toh(half);
	case 1:
		return *v;
	default:
		return 0; /* NULL, as SQLite has it */
	}
}

static struct slice bytes(struct sql_stmt *st, int i)
{
	const struct statement *s = of(st);

	return slice_from(PQgetvalue(s->rows, s->row, i), (size_t)PQgetlength(s->rows, s->row, i));
}

static bool is_null(struct sql_stmt *st, int i)
{
	return PQgetisnull(of(st)->rows, of(st)->row, i);
}

static int exec(struct sql *db, const char *script, struct err *err)
{
	struct postgres *p = postgres_of(db);

	if (p->in_transaction && !p->c)
		return postgres_lose(p, "earlier", err);
	int rc = postgres_ensure(p, err);
	if (rc == 0)
		rc = postgres_drain(p, err);
	return rc ? rc : postgres_run(p, script, err);
}

static bool in_transaction(struct sql *db)
{
	return postgres_of(db)->in_transaction && !postgres_of(db)->walk_began;
}

static bool is_spoilt(struct sql *db)
{
	return postgres_of(db)->spoilt || !postgres_of(db)->c;
}

const struct sql_driver postgres_driver = {
	.engine = SQL_POSTGRES,
	.begin_writing = postgres_begin_writing,
	.close = postgres_close,
	.exec = exec,
	.begin = postgres_begin,
	.snapshot = postgres_snapshot,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.in_transaction = in_transaction,
	.is_spoilt = is_spoilt,
	.identify = postgres_identify,
	.mark = postgres_mark,
	.check = postgres_check,
	.prepare = prepare,
	.finalize = finalize,
	.bind_i64 = bind_i64,
	.bind_text = bind_bytes,
	.bind_blob = bind_bytes,
	.bind_null = bind_null,
	.step = step,
	.insert = insert,
	.queue = queue,
	.reset = reset,
	.i64 = i64,
	.bytes = bytes,
	.is_null = is_null,
};

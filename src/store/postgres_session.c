/* A session comes and goes; the handle stays. A connection that is lost within a transaction ends
 * that transaction, and its caller is told; the next transaction connects again and waits for a
 * server that is being restarted.
 *
 * The one case that needs care is a connection lost between COMMIT and its answer: whether the
 * batch was kept is asked of the server by the transaction's id, taken before. */
#include "store/postgres.h"

#include "base/buf.h"
#include "sys/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_WAIT_S = 30, ANSWER_S = 300, PARAMETERS = 64 };

/* The name of the writer's lock: of this schema of this database. A schema that is not made yet has
 * the name that the search path gives it. */
#define LOCK_KEY                                                                                   \
	"hashtextextended('assay store ' || coalesce(current_schema(), "                           \
	"split_part(current_setting('search_path'), ',', 1)), 0)"

static void pause_ms(int64_t ms)
{
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL); /* a signal shortens it: the next round looks at the clock */
}

static void no_notice(void *ctx, const PGresult *r)
{
	(void)ctx;
	(void)r; /* notices are for people who type; failures come as results */
}

int sql_conninfo_check(const char *conninfo, bool *has_password, struct err *err)
{
	PQconninfoOption *all = PQconninfoParse(conninfo, NULL);

	/* libpq's reason may quote a part of a password. */
	if (!all)
		return err_set(err, ERR_USAGE, 0,
			       "not a connection string of PostgreSQL: write host=/run/postgresql "
			       "dbname=assay, or postgresql://user@host/assay");
	*has_password = false;
	for (const PQconninfoOption *o = all; o->keyword; o++)
		if (strcmp(o->keyword, "password") == 0 && o->val && *o->val)
			*has_password = true;
	PQconninfoFree(all);
	return 0;
}

/* Connect with what the conninfo says; what makes waits end is added where it says nothing. */
static int open_connection(struct postgres *p, struct err *err)
{
	static const char *const added[][2] = {
		{ "connect_timeout", "10" },   { "keepalives_idle", "10" },
		{ "keepalives_interval", "5" }, { "keepalives_count", "3" },
		{ "tcp_user_timeout", "30000" },
	};
	const char *keys[PARAMETERS + 1], *values[PARAMETERS + 1];
	int n = 0;
	PQconninfoOption *all = PQconninfoParse(p->conninfo, NULL);
	bool has_password;

	if (!all)
		return sql_conninfo_check(p->conninfo, &has_password, err);
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++, n++) {
		keys[n] = added[i][0];
		values[n] = added[i][1];
	}
	/* Of a keyword that stands twice libpq takes the last. */
	for (const PQconninfoOption *o = all; o->keyword && n < PARAMETERS - 2; o++) {
		if (!o->val)
			continue;
		keys[n] = o->keyword;
		values[n++] = o->val;
	}
	keys[n] = "client_encoding";
	values[n++] = "UTF8";
	keys[n] = "application_name";
	values[n++] = p->application;
	keys[n] = values[n] = NULL;
	p->c = PQconnectdbParams(keys, values, 0);
	p->starting = PQstatus(p->c) != CONNECTION_OK &&
		      PQpingParams(keys, values, 0) == PQPING_REJECT;
	PQconninfoFree(all);
	if (PQstatus(p->c) == CONNECTION_OK && PQsetnonblocking(p->c, 1) == 0) {
		PQsetNoticeReceiver(p->c, no_notice, NULL);
		return 0;
	}
	const char *why = p->c ? PQerrorMessage(p->c) : "out of memory";
	int rc = err_set(err, ERR_IO, 0, "%s: PostgreSQL cannot be reached: %.*s", p->path,
			 (int)strcspn(why, "\n"), why);
	PQfinish(p->c);
	p->c = NULL;
	return rc;
}

static int64_t setting(const PGresult *r, int column, int64_t otherwise)
{
	char *end;
	long long v = PQgetisnull(r, 0, column) ? 0 : strtoll(PQgetvalue(r, 0, column), &end, 10);

	return v > 0 && v < 1000000 ? v : otherwise;
}

/* What a session of ours must be, whatever the server's settings are. */
static int set_up(struct postgres *p, struct err *err)
{
	char text[500];
	PGresult *r;
	int rc = postgres_ask(p, "SELECT current_setting('assay.lock_wait_s', true), "
				 "current_setting('assay.answer_s', true), "
				 "current_setting('server_encoding'), "
				 "current_setting('synchronous_commit'), "
				 "current_setting('server_version_num')::int", 0, NULL, &r, err);

	if (rc)
		return rc;
	p->lock_wait_s = setting(r, 0, LOCK_WAIT_S);
	p->answer_s = setting(r, 1, ANSWER_S);
	bool utf8 = strcmp(PQgetvalue(r, 0, 2), "UTF8") == 0;
	bool lazy = strcmp(PQgetvalue(r, 0, 3), "off") == 0;
	bool old = setting(r, 4, 0) < 150000;
	PQclear(r);
	if (!utf8 || old)
		return err_set(err, ERR_REFUSED, 0, "%s: %s", p->path,
			       old ? "the server is older than PostgreSQL 15" :
				     "the database's encoding is not UTF8: make another one");
	/* A commit that is not on the disk is none. Keepalives: the server lets go of the lock of a
	 * writer whose machine is gone. */
	snprintf(text, sizeof(text),
		 "SET statement_timeout = '%llds'; SET default_transaction_read_only = %s;"
		 "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
		 "SET tcp_keepalives_count = 3; SET standard_conforming_strings = on;"
		 "SET idle_in_transaction_session_timeout = 0;%s",
		 (long long)p->answer_s, p->mode == SQL_READ ? "on" : "off",
		 lazy ? "SET synchronous_commit = on;" : "");
	return postgres_run(p, text, err);
}

static int connect_once(struct postgres *p, struct err *err)
{
	int rc = open_connection(p, err);

	p->session++;
	p->walks = 0;
	if (rc == 0)
		rc = set_up(p, err);
	if (rc && p->c) {
		PQfinish(p->c);
		p->c = NULL;
	}
	return rc;
}

int postgres_ensure(struct postgres *p, struct err *err)
{
	return p->c ? 0 : connect_once(p, err);
}

/* Until there is a server: it may be starting, or being restarted. ERR_REFUSED is no such case. */
static int connect_again(struct postgres *p, int64_t end, struct err *err)
{
	for (int64_t wait = 50;; wait = wait < 1000 ? wait * 2 : 1000) {
		int rc = postgres_ensure(p, err);
		if (rc != ERR_IO || clock_ticks_ns() + wait * 1000000 > end)
			return rc;
		pause_ms(wait);
	}
}

/* ---- the writer's lock ---- */

static int name_holder(struct postgres *p, struct err *err)
{
	PGresult *r;
	int rc = postgres_ask(p,
		"SELECT coalesce(nullif(a.application_name, ''), 'another program'), a.pid "
		"FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.granted "
		"AND l.locktype = 'advisory' AND l.objsubid = 1 AND l.database = "
		"(SELECT oid FROM pg_database WHERE datname = current_database()) "
		"AND (l.classid::bigint << 32 | l.objid::bigint) = " LOCK_KEY, 0, NULL, &r, err);

	if (rc)
		return rc;
	bool known = PQntuples(r) > 0;
	rc = err_set(err, ERR_BUSY, 0,
		     "%s: is in use by %.100s (PostgreSQL's process %.12s), waited %lld s", p->path,
		     known ? PQgetvalue(r, 0, 0) : "another program",
		     known ? PQgetvalue(r, 0, 1) : "unknown", (long long)p->lock_wait_s);
	PQclear(r);
	return rc;
}

/* Writers queue at the server, in the order in which they came. */
static int take_lock(struct postgres *p, struct err *err)
{
	char text[100];
	struct err why = { 0 };
	int64_t answer_s = p->answer_s;

	if (p->has_lock)
		return 0;
	snprintf(text, sizeof(text), "SET lock_timeout = '%llds'; SET statement_timeout = 0",
		 (long long)p->lock_wait_s);
	int rc = postgres_run(p, text, err);
	if (rc)
		return rc;
	p->answer_s = answer_s > p->lock_wait_s + 5 ? answer_s : p->lock_wait_s + 5;
	rc = postgres_run(p, "SELECT pg_advisory_lock(" LOCK_KEY ")", &why);
	p->answer_s = answer_s;
	if (rc == ERR_BUSY)
		return name_holder(p, err);
	if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	p->has_lock = true;
	snprintf(text, sizeof(text), "SET lock_timeout = 0; SET statement_timeout = '%llds'",
		 (long long)p->answer_s);
	return postgres_run(p, text, err);
}

/* The first time: a server that is not there is none, one that is starting is waited for. */
static int connect_first(struct postgres *p, struct err *err)
{
	const int64_t end = clock_ticks_ns() + p->lock_wait_s * 1000000000;

	for (;;) {
		int rc = connect_once(p, err);
		if (rc == 0 || !p->starting || clock_ticks_ns() > end)
			return rc;
		pause_ms(200);
	}
}

static char *application_name(const char *command)
{
	char host[30] = "";
	struct buf name = { 0 };

	if (gethostname(host, sizeof(host) - 1) < 0)
		host[0] = '\0';
	/* PostgreSQL keeps 63 bytes of it. */
	buf_printf(&name, "%.20s, process %ld of %.20s", command ? command : "assay", (long)getpid(),
		   host);
	char *out = buf_ok(&name) ? strdup(buf_str(&name)) : NULL;
	buf_release(&name);
	return out;
}

int sql_connect(const struct sql_server *server, enum sql_mode mode, struct sql **out,
		struct err *err)
{
	struct postgres *p = calloc(1, sizeof(*p));

	if (!p)
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", server->path);
	p->sql.driver = &postgres_driver;
	p->conninfo = strdup(server->conninfo);
	p->path = strdup(server->path);
	p->application = application_name(server->command);
	p->mode = mode;
	p->lock_wait_s = LOCK_WAIT_S;
	p->answer_s = ANSWER_S;
	int rc = p->conninfo && p->path && p->application ?
			 connect_first(p, err) :
			 err_set(err, ERR_NOMEM, 0, "%s: out of memory", server->path);
	if (rc == 0 && mode >= SQL_WRITE)
		rc = take_lock(p, err);
	if (rc) {
		postgres_close(&p->sql);
		return rc;
	}
	*out = &p->sql;
	return 0;
}

void postgres_close(struct sql *db)
{
	struct postgres *p = postgres_of(db);

	PQfinish(p->c); /* the server rolls back and gives the lock to the next */
	free(p->conninfo);
	free(p->path);
	free(p->application);
	free(p);
}

/* A schema that the search path names and nobody made. */
int postgres_begin_writing(struct sql *db, struct err *err)
{
	struct postgres *p = postgres_of(db);
	PGresult *r;

	if (p->mode != SQL_CREATE)
		return 0;
	int rc = postgres_ask(p, "SELECT 'CREATE SCHEMA ' || split_part(current_setting('search_path'), "
				 "',', 1) WHERE current_schema() IS NULL", 0, NULL, &r, err);
	if (rc == 0 && PQntuples(r) == 1)
		rc = postgres_run(p, PQgetvalue(r, 0, 0), err);
	else if (rc)
		return rc;
	PQclear(r);
	return rc;
}

/* ---- transactions ---- */

static void began(struct postgres *p, bool writes)
{
	p->in_transaction = true;
	p->writes = writes;
	p->spoilt = p->has_late = p->walk_began = false;
}

static void ended(struct postgres *p)
{
	p->in_transaction = p->writes = p->spoilt = p->has_late = p->walk_began = false;
	p->walks = 0;
}

/* A connection may have died while nobody looked: that shows here, where nothing can be lost. */
static int begin_as(struct postgres *p, const char *text, bool writes, struct err *err)
{
	int64_t end = clock_ticks_ns() + p->lock_wait_s * 1000000000;

	for (;;) {
		int rc = connect_again(p, end, err);
		if (rc == 0 && p->mode >= SQL_WRITE)
			rc = take_lock(p, err);
		if (rc == 0)
			rc = postgres_run(p, text, err);
		if (rc == 0) {
			began(p, writes);
			return 0;
		}
		if (p->c || rc != ERR_IO || clock_ticks_ns() > end)
			return rc;
	}
}

int postgres_begin(struct sql *db, struct err *err)
{
	return begin_as(postgres_of(db), "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", true, err);
}

int postgres_snapshot(struct sql *db, struct err *err)
{
	struct postgres *p = postgres_of(db);
	int rc = begin_as(p, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", false, err);

	/* The moment is that of the first query. */
	return rc ? rc : postgres_run(p, "SELECT 1", err);
}

int postgres_rollback(struct sql *db, struct err *err)
{
	struct postgres *p = postgres_of(db);

	if (!p->c || !p->in_transaction)
		return 0;
	/* What failed in the queue is rolled back with the rest. */
	int rc = p->piped ? postgres_drain(p, NULL) : 0;
	if (!p->c)
		return rc;
	rc = postgres_run(p, "ROLLBACK", err);
	ended(p);
	return rc;
}

/* Our session before this one may still be there when the network was cut, and hold the lock. */
static void end_old_session(struct postgres *p, int pid)
{
	char number[20];
	const char *values[] = { number, p->application };
	PGresult *r = NULL;

	snprintf(number, sizeof(number), "%d", pid);
	/* Without it the old session ends by its keepalives: later, and as well. */
	if (postgres_ask(p, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
			    "pid = $1::int AND application_name = $2 AND usename = current_user "
			    "AND pid <> pg_backend_pid()", 2, values, &r, NULL) == 0)
		PQclear(r);
}

static int unknown(struct postgres *p, const struct err *lost, struct err *err)
{
	return err_set(err, ERR_IO, 0,
		       "%s: the connection was lost at the commit, and whether the batch was kept is "
		       "unknown: run again, which does nothing twice (%.80s)", p->path,
		       lost->what + strlen(p->path));
}

/* Whether the transaction was kept, after its COMMIT was sent and no answer came. */
static int settle(struct postgres *p, const char *xid, int pid, const struct err *lost,
		  struct err *err)
{
	int64_t end = clock_ticks_ns() + p->lock_wait_s * 1000000000;
	const char *values[] = { xid };

	for (;;) {
		PGresult *r = NULL;
		int rc = connect_again(p, end, NULL);
		if (rc)
			return unknown(p, lost, err);
		end_old_session(p, pid);
		if (p->c)
			rc = postgres_ask(p, "SELECT pg_xact_status($1::xid8)", 1, values, &r, NULL);
		if (rc == 0 && r) {
			const char *status = PQgetvalue(r, 0, 0);
			bool kept = strcmp(status, "committed") == 0;
			bool gone = strcmp(status, "aborted") == 0;
			PQclear(r);
			if (kept)
				return 0;
			if (gone)
				return err_set(err, ERR_IO, 0,
					       "%s: the connection was lost at the commit; the batch "
					       "was not kept: run again", p->path);
		}
		if ((rc && rc != ERR_IO) || clock_ticks_ns() > end)
			return unknown(p, lost, err);
		pause_ms(200);
	}
}

/* The id of the transaction, empty where it changed nothing. */
static int transaction_id(struct postgres *p, char xid[24], struct err *err)
{
	PGresult *r;
	int rc = postgres_ask(p, "SELECT coalesce(pg_current_xact_id_if_assigned()::text, '')", 0, NULL,
			      &r, err);

	if (rc)
		return rc;
	snprintf(xid, 24, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return 0;
}

/* COMMIT of a transaction that failed is answered with ROLLBACK, and no error. */
static int send_commit(struct postgres *p, struct err *err)
{
	PGresult *r = NULL;
	int rc = postgres_ask(p, "COMMIT", 0, NULL, &r, err);

	if (rc == 0 && strcmp(PQcmdStatus(r), "COMMIT") != 0)
		rc = err_set(err, ERR_IO, 0, "%s: a write of the batch failed: nothing of it is kept",
			     p->path);
	PQclear(r);
	return rc;
}

int postgres_commit(struct sql *db, struct err *err)
{
	struct postgres *p = postgres_of(db);
	char xid[24] = "";
	struct err why = { 0 };

	if (!p->c)
		return err_set(err, ERR_IO, 0,
			       "%s: the connection to PostgreSQL was lost; the batch was not kept: run "
			       "again", p->path);
	int rc = p->spoilt ? 0 : transaction_id(p, xid, err);
	if (rc == 0)
		rc = postgres_drain(p, err);
	if (rc)
		return rc;
	int pid = PQbackendPID(p->c);
	rc = send_commit(p, &why);
	if (p->c)
		ended(p);
	else if (*xid)
		return settle(p, xid, pid, &why, err);
	if (rc && err)
		*err = why;
	return rc;
}

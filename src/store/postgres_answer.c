/* The connection is non-blocking, so that every wait has an end: a network that swallows packets
 * while both ends still acknowledge them is seen by no keepalive.
 *
 * In pipeline mode statements are sent without waiting for their results. Those come in order, so
 * `queued` counts how many lie before the next answer. A flush is asked for every FLUSH statements
 * and the older half is read when QUEUE_MAX lie there: the server never stands still, and neither
 * side's buffers fill. */
#include "store/postgres.h"

#include "base/slice.h"
#include "sys/clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum { FLUSH = 256, QUEUE_MAX = 2 * FLUSH };

int postgres_lose(struct postgres *p, const char *why, struct err *err)
{
	char line[120];
	size_t n = strcspn(why, "\n");

	snprintf(line, sizeof(line), "%.*s", n > 100 ? 100 : (int)n, why);
	bool batch = p->in_transaction && p->writes;
	PQfinish(p->c);
	p->c = NULL;
	p->in_transaction = p->writes = p->spoilt = p->walk_began = p->has_lock = p->piped = false;
	p->has_late = false;
	p->queued = 0;
	return err_set(err, ERR_IO, 0, "%s: the connection to PostgreSQL was lost (%s)%s", p->path, line,
		       batch ? "; the batch was not kept: run again" : ": try again");
}

int postgres_fail(struct postgres *p, const PGresult *r, struct err *err)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	const char *why = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	if (!state || !why)
		return postgres_lose(p, PQerrorMessage(p->c), err);
	p->spoilt = p->in_transaction;
	/* The server ends the session: shutdown, crash of another process, starting up. */
	if (strncmp(state, "57P0", 4) == 0 || strcmp(state, "25P03") == 0)
		return postgres_lose(p, why, err);
	if (strncmp(state, "23", 2) == 0)
		return err_set(err, ERR_REFUSED, 0, "%s: refused: %s", p->path, why);
	if (strcmp(state, "53100") == 0)
		return err_set(err, ERR_IO, 0,
			       "%s: the server's disk is full; the batch was not kept: make room, run "
			       "again", p->path);
	if (strcmp(state, "53200") == 0)
		return err_set(err, ERR_NOMEM, 0, "%s: the server is out of memory (%s)", p->path, why);
	if (strcmp(state, "55P03") == 0 || strncmp(state, "40", 2) == 0)
		return err_set(err, ERR_BUSY, 0, "%s: another program holds it (%s): try again later",
			       p->path, why);
	if (strcmp(state, "57014") == 0)
		return err_set(err, ERR_IO, 0, "%s: no answer in time (%s): try again later", p->path,
			       why);
	if (strncmp(state, "XX00", 4) == 0)
		return err_set(err, ERR_CORRUPT, 0, "%s: is damaged (%s): restore a backup", p->path,
			       why);
	if (strncmp(state, "54", 2) == 0)
		return err_set(err, ERR_LIMIT, 0, "%s: a value is too long for the database (%s)",
			       p->path, why);
	if (strcmp(state, "25006") == 0)
		return err_set(err, ERR_IO, 0, "%s: cannot be written (%s)", p->path, why);
	if (strcmp(state, "42501") == 0)
		return err_set(err, ERR_IO, 0, "%s: %s: check the rights of its user", p->path, why);
	return err_set(err, ERR_IO, 0, "%s: %s (%s)", p->path, why, state);
}

int postgres_next(struct postgres *p, PGresult **out, struct err *err)
{
	int64_t end = clock_ticks_ns() + p->answer_s * 1000000000;
	char why[60];

	for (;;) {
		int flush = PQflush(p->c);
		if (flush < 0)
			return postgres_lose(p, PQerrorMessage(p->c), err);
		if (flush == 0 && !PQisBusy(p->c))
			break;
		int64_t left = (end - clock_ticks_ns()) / 1000000;
		if (left <= 0) {
			snprintf(why, sizeof(why), "no answer for %lld s", (long long)p->answer_s);
			return postgres_lose(p, why, err);
		}
		struct pollfd f = { .fd = PQsocket(p->c),
				    .events = (short)(POLLIN | (flush ? POLLOUT : 0)) };
		int n = poll(&f, 1, left > 60000 ? 60000 : (int)left);
		if (n < 0 && errno != EINTR)
			return postgres_lose(p, strerror(errno), err);
		if (n > 0 && (f.revents & ~POLLOUT) && !PQconsumeInput(p->c))
			return postgres_lose(p, PQerrorMessage(p->c), err);
	}
	*out = PQgetResult(p->c);
	return 0;
}

static bool is_failure(const PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);

	return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
	       status != PGRES_PIPELINE_SYNC && status != PGRES_EMPTY_QUERY;
}

/* One statement's only result and the NULL behind it. *rc is what the statement came to, in *why;
 * of one that was skipped because another failed before it, *rc is 1. */
static int read_one(struct postgres *p, PGresult **out, int *rc, struct err *why, struct err *err)
{
	PGresult *r = NULL, *end = NULL;
	int broken = postgres_next(p, &r, err);

	if (broken)
		return broken;
	*rc = 0;
	if (PQresultStatus(r) == PGRES_PIPELINE_ABORTED)
		*rc = 1;
	else if (is_failure(r))
		*rc = postgres_fail(p, r, why);
	if (p->c)
		broken = postgres_next(p, &end, err);
	PQclear(end);
	if (broken || *rc || !out) {
		PQclear(r);
		r = NULL;
	}
	if (broken || (*rc < 0 && !p->c)) {
		if (!broken && err)
			*err = *why;
		return broken ? broken : *rc;
	}
	if (out)
		*out = r;
	return 0;
}

/* Read queued results until so many are left. */
static int read_queued(struct postgres *p, size_t left, struct err *err)
{
	while (p->queued > left) {
		struct err why = { 0 };
		int rc;
		int broken = read_one(p, NULL, &rc, &why, err);
		if (broken)
			return broken;
		p->queued--;
		if (rc < 0 && !p->has_late) {
			p->late = why;
			p->has_late = true;
		}
	}
	return 0;
}

static int late(const struct postgres *p, struct err *err)
{
	if (err)
		*err = p->late;
	return (int)p->late.code;
}

int postgres_queued(struct postgres *p, int sent, struct err *err)
{
	if (!sent)
		return postgres_lose(p, PQerrorMessage(p->c), err);
	p->queued++;
	if (p->queued % FLUSH == 0 && !PQsendFlushRequest(p->c))
		return postgres_lose(p, PQerrorMessage(p->c), err);
	if (p->queued % FLUSH == 0 && PQflush(p->c) < 0)
		return postgres_lose(p, PQerrorMessage(p->c), err);
	if (p->queued >= QUEUE_MAX) {
		int rc = read_queued(p, FLUSH, err);
		if (rc)
			return rc;
	}
	return p->has_late ? late(p, err) : 0;
}

/* The mark of a synchronisation, which has no NULL behind it. */
static int read_sync(struct postgres *p, struct err *err)
{
	for (;;) {
		PGresult *r = NULL;
		int rc = postgres_next(p, &r, err);
		ExecStatusType status = PQresultStatus(r);
		PQclear(r);
		if (rc)
			return rc;
		if (status == PGRES_PIPELINE_SYNC)
			return 0;
		if (!r && PQstatus(p->c) != CONNECTION_OK)
			return postgres_lose(p, PQerrorMessage(p->c), err);
	}
}

int postgres_answer(struct postgres *p, int sent, PGresult **out, struct err *err)
{
	struct err why = { 0 };
	int rc;

	if (!sent || (p->piped && !PQpipelineSync(p->c)))
		return postgres_lose(p, PQerrorMessage(p->c), err);
	int broken = read_queued(p, 0, err);
	if (broken == 0)
		broken = read_one(p, out, &rc, &why, err);
	if (broken == 0 && p->piped) {
		broken = read_sync(p, err);
		if (broken && out) {
			PQclear(*out);
			*out = NULL;
		}
	}
	if (broken)
		return broken;
	if (rc == 1)
		return p->has_late ? late(p, err) :
				     err_set(err, ERR_IO, 0, "%s: a statement before failed", p->path);
	if (rc < 0 && err)
		*err = why;
	return rc;
}

int postgres_drain(struct postgres *p, struct err *err)
{
	if (p->piped) {
		if (!PQpipelineSync(p->c))
			return postgres_lose(p, PQerrorMessage(p->c), err);
		int rc = read_queued(p, 0, err);
		if (rc == 0)
			rc = read_sync(p, err);
		if (rc)
			return rc;
		if (!PQexitPipelineMode(p->c))
			return postgres_lose(p, PQerrorMessage(p->c), err);
		p->piped = false;
	}
	if (!p->has_late)
		return 0;
	p->has_late = false;
	return late(p, err);
}

int postgres_run(struct postgres *p, const char *text, struct err *err)
{
	struct err why = { 0 };
	int code = 0;

	if (!PQsendQuery(p->c, text))
		return postgres_lose(p, PQerrorMessage(p->c), err);
	/* Of a script the first failure is the reason. */
	for (;;) {
		PGresult *r = NULL;
		int rc = postgres_next(p, &r, err);
		if (rc)
			return rc;
		if (!r)
			break;
		if (is_failure(r) && code == 0)
			code = postgres_fail(p, r, &why);
		PQclear(r);
		if (!p->c)
			break;
	}
	if (code && err)
		*err = why;
	return code;
}

int postgres_ask(struct postgres *p, const char *text, int n, const char *const *values,
		 PGresult **out, struct err *err)
{
	*out = NULL;
	return postgres_answer(p, PQsendQueryParams(p->c, text, n, NULL, values, NULL, NULL, 0), out,
			       err);
}

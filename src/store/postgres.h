/* Inside of the driver of PostgreSQL: for the files postgres*.c alone.
 *
 *   postgres_session.c    connecting, the writer's lock, transactions, what became of a commit
 *   postgres_answer.c     sending, waiting with a bound, the queue, and what a failure means
 *   postgres_statement.c  parameters, rows, walks
 *   postgres_check.c      what the database holds, and whether it is whole */
#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H

#include "store/sql_driver.h"

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

struct postgres {
	struct sql sql;    /* first: a handle is one */
	PGconn *c;         /* non-blocking; NULL = lost */
	char *conninfo;
	char *path;        /* begins messages */
	char *application; /* what the server shows of us: "assay run, process 123 of host" */
	enum sql_mode mode;
	int64_t lock_wait_s; /* for another writer, and for a server that is restarted */
	int64_t answer_s;    /* for the answer to one statement */
	uint64_t session;    /* counts connections: statements of an older one are prepared again */
	bool has_lock;
	bool starting; /* the last connection was refused by a server that is starting up */
	bool in_transaction;
	bool writes;     /* the transaction is of sql_begin: what is lost with it was a batch */
	bool spoilt;     /* the server takes nothing more in this transaction */
	bool walk_began; /* the transaction is of a walk and ends with the last one */
	size_t walks;    /* cursors that are open */
	uint64_t names;  /* given to statements and cursors */

	/* In pipeline mode, from the first sql_queue of a transaction on. */
	bool piped;
	size_t queued;      /* statements whose results nobody has read */
	struct err late;    /* of the first of them that failed */
	bool has_late;
};

static inline struct postgres *postgres_of(struct sql *db)
{
	return (struct postgres *)db;
}

/* ---- postgres_answer.c ---- */

/* What a result that is a failure means. Spoils an open transaction. Does not free it. */
int postgres_fail(struct postgres *p, const PGresult *r, struct err *err);

/* Let go of a connection that is of no use: ERR_IO with why, and what it means for a batch. */
int postgres_lose(struct postgres *p, const char *why, struct err *err);

/* The next result of what was sent, NULL between two; waits answer_s at most. */
int postgres_next(struct postgres *p, PGresult **out, struct err *err);

/* The only result of the statement that was just sent (sent = what the sending function returned),
 * behind those that are queued. *out is never a failure. */
int postgres_answer(struct postgres *p, int sent, PGresult **out, struct err *err);

/* Note that one more statement was sent whose result is read later. */
int postgres_queued(struct postgres *p, int sent, struct err *err);

/* Read all results that are queued and leave pipeline mode: 0 or the first failure. */
int postgres_drain(struct postgres *p, struct err *err);

/* Run one statement without parameters, or a script. */
int postgres_run(struct postgres *p, const char *text, struct err *err);

/* Run one query with text parameters; its rows come as text. */
int postgres_ask(struct postgres *p, const char *text, int n, const char *const *values,
		 PGresult **out, struct err *err);

/* ---- postgres_session.c ---- */

/* There is a connection: the present one, or a new one where it was lost outside of a transaction.
 * One try. */
int postgres_ensure(struct postgres *p, struct err *err);

int postgres_begin_writing(struct sql *db, struct err *err);
void postgres_close(struct sql *db);
int postgres_begin(struct sql *db, struct err *err);
int postgres_snapshot(struct sql *db, struct err *err);
int postgres_commit(struct sql *db, struct err *err);
int postgres_rollback(struct sql *db, struct err *err);

/* ---- postgres_statement.c, postgres_check.c ---- */

extern const struct sql_driver postgres_driver;

int postgres_identify(struct sql *db, enum sql_content *out, struct err *err);
int postgres_mark(struct sql *db, struct err *err);
int postgres_check(struct sql *db, sql_line_fn fn, void *ctx, struct err *err);

#endif

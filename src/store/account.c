/* Numbers are taken by asking for the highest first: in one transaction, with one writer at a time,
 * that is exact on every engine, where "the key that was just made" is each engine's own affair. */
#include "store/account.h"

#include "store/handle.h"

#define COLUMNS                                                                                     \
	"SELECT id, name, roles, state, password, totp, totp_step, verifier, failures, "            \
	"locked_until, created, changed FROM account "

static struct slice copy(struct arena *a, struct slice s, bool *failed)
{
	struct slice out = arena_copy(a, s);

	*failed = *failed || !out.p;
	return out;
}

static int from_row(struct store *s, struct sql_stmt *st, struct arena *a,
		    struct store_account *out, struct err *err)
{
	bool failed = false;
	struct store_account c = {
		.id = sql_i64(st, 0),
		.name = copy(a, sql_bytes(st, 1), &failed),
		.roles = copy(a, sql_bytes(st, 2), &failed),
		.is_disabled = !slice_eq_str(sql_bytes(st, 3), "active"),
		.password = copy(a, sql_bytes(st, 4), &failed),
		.totp = copy(a, sql_bytes(st, 5), &failed),
		.totp_step = sql_i64(st, 6),
		.verifier = copy(a, sql_bytes(st, 7), &failed),
		.failures = sql_i64(st, 8),
		.locked_until = sql_i64(st, 9),
		.created = sql_i64(st, 10),
		.changed = sql_i64(st, 11),
	};

	if (failed)
		return store_no_memory(s, err);
	*out = c;
	return 0;
}

static int next_number(struct store *s, const char *query, int64_t *out, struct err *err)
{
	int64_t highest = 0;
	int rc = sql_get_i64(s->db, query, &highest, err);

	*out = highest + 1;
	return rc;
}

/* The first row of a query that wants one parameter, which is bound already. */
static int one_account(struct store *s, struct sql_stmt *st, struct arena *a,
		       struct store_account *out, struct err *err)
{
	int rc = sql_step(st, err);

	if (rc == 1)
		rc = from_row(s, st, a, out, err);
	else if (rc == 0)
		rc = err_set(err, ERR_NOTFOUND, 0, "store %s: there is no such account", s->dir);
	sql_finalize(st);
	return rc;
}

int store_account_find(struct store *s, struct slice name, struct arena *a,
		       struct store_account *out, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = store_check_text("the name of an account", name, err);

	if (rc == 0)
		rc = sql_prepare(s->db, COLUMNS "WHERE name = $1", &st, err);
	if (rc)
		return rc;
	sql_bind_text(st, 1, name);
	return one_account(s, st, a, out, err);
}

int store_account_get(struct store *s, int64_t id, struct arena *a, struct store_account *out,
		      struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db, COLUMNS "WHERE id = $1", &st, err);

	if (rc)
		return rc;
	sql_bind_i64(st, 1, id);
	return one_account(s, st, a, out, err);
}

int store_accounts(struct store *s, struct arena *a, struct store_account **out, size_t *n,
		   struct err *err)
{
	struct sql_stmt *st = NULL;
	struct store_account *list = NULL;
	size_t have = 0, cap = 0;
	int rc = sql_prepare(s->db, COLUMNS "ORDER BY name", &st, err);

	while (rc == 0 && (rc = sql_step(st, err)) == 1) {
		list = store_grow(a, list, have, &cap, sizeof(*list));
		rc = list ? from_row(s, st, a, &list[have], err) : store_no_memory(s, err);
		have += rc == 0;
	}
	sql_finalize(st);
	if (rc == 0) {
		*out = list;
		*n = have;
	}
	return rc;
}

static int check(const struct store_account *c, struct err *err)
{
	int rc = store_check_text("the name of an account", c->name, err);

	if (rc == 0)
		rc = store_check_text("roles", c->roles, err);
	if (rc == 0)
		rc = store_check_text("the hash of a password", c->password, err);
	return rc ? rc : store_check_text("a verifier key", c->verifier, err);
}

/* The columns that may change, as parameters from `first` on. */
static void bind_changing(struct sql_stmt *st, int first, const struct store_account *c, int64_t at)
{
	sql_bind_text(st, first, c->roles);
	sql_bind_text(st, first + 1, c->is_disabled ? SLICE("disabled") : SLICE("active"));
	sql_bind_text(st, first + 2, c->password);
	sql_bind_blob(st, first + 3, c->totp);
	sql_bind_i64(st, first + 4, c->totp_step);
	sql_bind_text(st, first + 5, c->verifier);
	sql_bind_i64(st, first + 6, c->failures);
	sql_bind_i64(st, first + 7, c->locked_until);
	sql_bind_i64(st, first + 8, at);
}

static int add(struct store *s, const struct store_account *c, int64_t at, struct err *err)
{
	struct sql_stmt *st = NULL;
	struct store_account there;
	struct arena a = { 0 };
	int64_t id = 0;
	int rc = store_account_find(s, c->name, &a, &there, err);

	arena_release(&a);
	if (rc == 0)
		return err_set(err, ERR_REFUSED, 0, "there is an account '%.*s' already",
			       SLICE_ARG(c->name));
	if (rc == ERR_NOTFOUND)
		rc = next_number(s, "SELECT coalesce(max(id), 0) FROM account", &id, err);
	if (rc == 0)
		rc = sql_prepare(s->db,
				 "INSERT INTO account (id, name, created, roles, state, password, totp, "
				 "totp_step, verifier, failures, locked_until, changed) "
				 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
				 &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, id);
	sql_bind_text(st, 2, c->name);
	sql_bind_i64(st, 3, at);
	bind_changing(st, 4, c, at);
	rc = sql_run(st, err);
	sql_finalize(st);
	return rc;
}

int store_account_add(struct store *s, const struct store_account *account, int64_t at,
		      struct err *err)
{
	bool own;
	int rc = check(account, err);

	if (rc == 0)
		rc = account_put_begin(s, &own, err);
	return rc ? rc : put_end(s, own, add(s, account, at, err), err);
}

static int put(struct store *s, const struct store_account *c, int64_t at, struct err *err)
{
	struct sql_stmt *st = NULL;
	struct store_account there;
	struct arena a = { 0 };
	int rc = store_account_get(s, c->id, &a, &there, err);

	arena_release(&a);
	if (rc == 0)
		rc = sql_prepare(s->db,
				 "UPDATE account SET roles = $1, state = $2, password = $3, totp = $4, "
				 "totp_step = $5, verifier = $6, failures = $7, locked_until = $8, "
				 "changed = $9 WHERE id = $10",
				 &st, err);
	if (rc)
		return rc;
	bind_changing(st, 1, c, at);
	sql_bind_i64(st, 10, c->id);
	rc = sql_run(st, err);
	sql_finalize(st);
	return rc;
}

int store_account_put(struct store *s, const struct store_account *account, int64_t at,
		      struct err *err)
{
	bool own;
	int rc = check(account, err);

	if (rc == 0)
		rc = account_put_begin(s, &own, err);
	return rc ? rc : put_end(s, own, put(s, account, at, err), err);
}

/* ---- the audit trail ---- */

static int append(struct store *s, const struct store_audit *row, struct err *err)
{
	struct sql_stmt *st = NULL;
	int64_t seq = 0;
	int rc = next_number(s, "SELECT coalesce(max(seq), 0) FROM audit", &seq, err);

	if (rc == 0)
		rc = sql_prepare(s->db,
				 "INSERT INTO audit (seq, at, actor, action, object, result, detail) "
				 "VALUES ($1, $2, $3, $4, $5, $6, $7)",
				 &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, seq);
	sql_bind_i64(st, 2, row->at);
	sql_bind_text(st, 3, row->actor);
	sql_bind_text(st, 4, row->action);
	sql_bind_text(st, 5, row->object);
	sql_bind_text(st, 6, row->is_refused ? SLICE("refused") : SLICE("done"));
	sql_bind_text(st, 7, row->detail);
	rc = sql_run(st, err);
	sql_finalize(st);
	return rc;
}

int store_audit_put(struct store *s, const struct store_audit *row, struct err *err)
{
	bool own;
	int rc = store_check_text("an actor", row->actor, err);

	if (rc == 0)
		rc = store_check_text("an object", row->object, err);
	if (rc == 0)
		rc = store_check_text("a detail", row->detail, err);
	if (rc == 0)
		rc = account_put_begin(s, &own, err);
	return rc ? rc : put_end(s, own, append(s, row, err), err);
}

int store_audit_each(struct store *s, int64_t since, store_audit_fn fn, void *ctx, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db,
			     "SELECT seq, at, actor, action, object, result, detail FROM audit "
			     "WHERE at >= $1 ORDER BY seq",
			     &st, err);

	if (rc)
		return rc;
	sql_bind_i64(st, 1, since);
	while ((rc = sql_step(st, err)) == 1) {
		struct store_audit row = {
			.seq = sql_i64(st, 0),
			.at = sql_i64(st, 1),
			.actor = sql_bytes(st, 2),
			.action = sql_bytes(st, 3),
			.object = sql_bytes(st, 4),
			.is_refused = slice_eq_str(sql_bytes(st, 5), "refused"),
			.detail = sql_bytes(st, 6),
		};
		rc = fn(ctx, &row, err);
		if (rc)
			break;
	}
	sql_finalize(st);
	return rc;
}

#include "store/credential.h"

#include "store/handle.h"

#define TOKEN                                                                                       \
	"SELECT digest, account, label, scope, created, expires, used, revoked FROM token "

/* One change with up to two numbers and a digest, in the order of the text's parameters. */
struct change {
	const char *text;
	int64_t number[2];
	size_t numbers;
	const struct sha256 *digest;
};

static int apply(struct store *s, const struct change *c, struct err *err)
{
	struct sql_stmt *st = NULL;
	bool own;
	int rc = account_put_begin(s, &own, err);

	if (rc)
		return rc;
	rc = sql_prepare(s->db, c->text, &st, err);
	if (rc == 0) {
		for (size_t i = 0; i < c->numbers; i++)
			sql_bind_i64(st, (int)i + 1, c->number[i]);
		if (c->digest)
			sql_bind_blob(st, (int)c->numbers + 1, digest_slice(c->digest));
		rc = sql_run(st, err);
	}
	sql_finalize(st);
	return put_end(s, own, rc, err);
}

/* ---- tokens ---- */

static int token_from_row(struct store *s, struct sql_stmt *st, struct arena *a,
			  struct store_token *out, struct err *err)
{
	struct store_token t = {
		.account = sql_i64(st, 1),
		.label = arena_copy(a, sql_bytes(st, 2)),
		.scope = arena_copy(a, sql_bytes(st, 3)),
		.created = sql_i64(st, 4),
		.expires = sql_i64(st, 5),
		.used = sql_i64(st, 6),
		.revoked = sql_i64(st, 7),
	};

	if (!digest_from(sql_bytes(st, 0), &t.digest))
		return err_set(err, ERR_CORRUPT, 0, "%s: a token cannot be ours: restore a backup",
			       s->path);
	if (!t.label.p || !t.scope.p)
		return store_no_memory(s, err);
	*out = t;
	return 0;
}

static int insert_token(struct store *s, const struct store_token *t, struct err *err)
{
	struct sql_stmt *st = NULL;
	struct store_account account;
	struct arena a = { 0 };
	int rc = store_account_get(s, t->account, &a, &account, err);

	arena_release(&a);
	if (rc == 0)
		rc = sql_prepare(s->db,
				 "INSERT INTO token (digest, account, label, scope, created, expires, "
				 "used, revoked) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)",
				 &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&t->digest));
	sql_bind_i64(st, 2, t->account);
	sql_bind_text(st, 3, t->label);
	sql_bind_text(st, 4, t->scope);
	sql_bind_i64(st, 5, t->created);
	sql_bind_i64(st, 6, t->expires);
	rc = sql_run(st, err);
	sql_finalize(st);
	return rc;
}

int store_token_put(struct store *s, const struct store_token *token, struct err *err)
{
	bool own;
	int rc = store_check_text("the label of a token", token->label, err);

	if (rc == 0)
		rc = store_check_text("the scope of a token", token->scope, err);
	if (rc == 0)
		rc = account_put_begin(s, &own, err);
	return rc ? rc : put_end(s, own, insert_token(s, token, err), err);
}

int store_token_find(struct store *s, struct sha256 digest, struct arena *a,
		     struct store_token *out, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db, TOKEN "WHERE digest = $1", &st, err);

	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&digest));
	rc = sql_step(st, err);
	if (rc == 1)
		rc = token_from_row(s, st, a, out, err);
	else if (rc == 0)
		rc = err_set(err, ERR_NOTFOUND, 0, "store %s: there is no such token", s->dir);
	sql_finalize(st);
	return rc;
}

int store_tokens(struct store *s, int64_t account, struct arena *a, struct store_token **out,
		 size_t *n, struct err *err)
{
	struct sql_stmt *st = NULL;
	struct store_token *list = NULL;
	size_t have = 0, cap = 0;
	int rc = sql_prepare(s->db,
			     account ? TOKEN "WHERE account = $1 ORDER BY account, created, digest" :
				       TOKEN "ORDER BY account, created, digest",
			     &st, err);

	if (rc == 0 && account)
		sql_bind_i64(st, 1, account);
	while (rc == 0 && (rc = sql_step(st, err)) == 1) {
		list = store_grow(a, list, have, &cap, sizeof(*list));
		rc = list ? token_from_row(s, st, a, &list[have], err) : store_no_memory(s, err);
		have += rc == 0;
	}
	sql_finalize(st);
	if (rc == 0) {
		*out = list;
		*n = have;
	}
	return rc;
}

int store_token_revoke(struct store *s, struct sha256 digest, int64_t at, struct err *err)
{
	const struct change c = { "UPDATE token SET revoked = $1 WHERE digest = $2 AND revoked = 0",
				  { at }, 1, &digest };
	return apply(s, &c, err);
}

int store_token_used(struct store *s, struct sha256 digest, int64_t at, struct err *err)
{
	const struct change c = { "UPDATE token SET used = $1 WHERE digest = $2", { at }, 1, &digest };
	return apply(s, &c, err);
}

/* ---- sessions ---- */

static int insert_session(struct store *s, const struct store_session *session, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db,
			     "INSERT INTO session (digest, account, csrf, created, used, expires) "
			     "VALUES ($1, $2, $3, $4, $5, $6)",
			     &st, err);

	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&session->digest));
	sql_bind_i64(st, 2, session->account);
	sql_bind_blob(st, 3, slice_from((const char *)session->csrf, STORE_CSRF));
	sql_bind_i64(st, 4, session->created);
	sql_bind_i64(st, 5, session->used);
	sql_bind_i64(st, 6, session->expires);
	rc = sql_run(st, err);
	sql_finalize(st);
	return rc;
}

int store_session_put(struct store *s, const struct store_session *session, struct err *err)
{
	bool own;
	int rc = account_put_begin(s, &own, err);

	return rc ? rc : put_end(s, own, insert_session(s, session, err), err);
}

int store_session_find(struct store *s, struct sha256 digest, struct store_session *out,
		       struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db,
			     "SELECT account, csrf, created, used, expires FROM session "
			     "WHERE digest = $1",
			     &st, err);

	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&digest));
	rc = sql_step(st, err);
	struct slice csrf = rc == 1 ? sql_bytes(st, 1) : SLICE("");
	if (rc == 0) {
		rc = err_set(err, ERR_NOTFOUND, 0, "store %s: there is no such session", s->dir);
	} else if (rc == 1 && csrf.n != STORE_CSRF) {
		rc = err_set(err, ERR_CORRUPT, 0, "%s: a session cannot be ours", s->path);
	} else if (rc == 1) {
		*out = (struct store_session){
			.digest = digest,
			.account = sql_i64(st, 0),
			.created = sql_i64(st, 2),
			.used = sql_i64(st, 3),
			.expires = sql_i64(st, 4),
		};
		memcpy(out->csrf, csrf.p, STORE_CSRF);
		rc = 0;
	}
	sql_finalize(st);
	return rc;
}

int store_session_used(struct store *s, struct sha256 digest, int64_t at, struct err *err)
{
	const struct change c = { "UPDATE session SET used = $1 WHERE digest = $2", { at }, 1,
				  &digest };
	return apply(s, &c, err);
}

int store_session_end(struct store *s, struct sha256 digest, struct err *err)
{
	const struct change c = { "DELETE FROM session WHERE digest = $1", { 0 }, 0, &digest };
	return apply(s, &c, err);
}

int store_sessions_end(struct store *s, int64_t account, struct err *err)
{
	const struct change c = { "DELETE FROM session WHERE account = $1", { account }, 1, NULL };
	return apply(s, &c, err);
}

int store_sessions_clean(struct store *s, int64_t at, int64_t idle, struct err *err)
{
	const struct change c = { "DELETE FROM session WHERE expires < $1 OR used < $2", { at, idle },
				  2, NULL };
	return apply(s, &c, err);
}

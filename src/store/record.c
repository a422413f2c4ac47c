/* Records and their subjects. */
#include "store/handle.h"

int subject_id(struct store *s, struct slice kind, struct slice key, bool make, int64_t *id,
	       struct err *err)
{
	struct sql_stmt *st;

	if (s->last_subject && slice_eq(buf_slice(&s->last_key), key) &&
	    slice_eq(buf_slice(&s->last_kind), kind)) {
		*id = s->last_subject;
		return 0;
	}
	int rc = stmt_get(s, STMT_SUBJECT_FIND, &st, err);
	if (rc)
		return rc;
	sql_bind_text(st, 1, kind);
	sql_bind_text(st, 2, key);
	rc = sql_step(st, err);
	if (rc < 0)
		return rc;
	if (rc == 1) {
		*id = sql_i64(st, 0);
		sql_reset(st);
	} else if (!make) {
		return err_set(err, ERR_NOTFOUND, 0, "store %s: knows no %.*s %.*s", s->dir,
			       SLICE_ARG(kind), SLICE_ARG(key));
	} else {
		rc = stmt_get(s, STMT_SUBJECT_PUT, &st, err);
		if (rc)
			return rc;
		sql_bind_text(st, 1, kind);
		sql_bind_text(st, 2, key);
		rc = sql_insert(st, id, err);
		if (rc < 0)
			return rc;
	}
	buf_clear(&s->last_kind);
	buf_clear(&s->last_key);
	buf_put(&s->last_kind, kind);
	buf_put(&s->last_key, key);
	/* Without memory for the note the next put asks the database: no failure. */
	bool noted = buf_ok(&s->last_kind) && buf_ok(&s->last_key);
	s->last_subject = noted ? *id : 0;
	return 0;
}

static int check_record(const struct store_record *r, struct err *err)
{
	if (r->type.n == 0 || r->body.n == 0)
		return err_set(err, ERR_USAGE, 0, "store: a record without a type or a body");
	if ((r->kind.n == 0) != (r->key.n == 0))
		return err_set(err, ERR_USAGE, 0, "store: a subject with half a name");
	if (r->at == STORE_NONE)
		return err_set(err, ERR_USAGE, 0, "store: a record without a time");
	if (r->body.n > STORE_BODY_MAX)
		return err_set(err, ERR_LIMIT, 0, "store: a record of %zu bytes; %d is the most",
			       r->body.n, STORE_BODY_MAX);
	int rc = store_check_text("a record's type", r->type, err);
	if (rc == 0)
		rc = store_check_text("a subject's kind", r->kind, err);
	if (rc == 0)
		rc = store_check_text("a subject's key", r->key, err);
	if (rc == 0)
		rc = store_check_text("a record's src", r->src, err);
	return rc ? rc : store_check_text("a record's body", r->body, err);
}

static int seq_of(struct store *s, struct sha256 id, int64_t *seq, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_RECORD_SEQ, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&id));
	rc = sql_step(st, err);
	if (rc == 1) {
		*seq = sql_i64(st, 0);
		sql_reset(st);
		return 0;
	}
	return rc ? rc : err_set(err, ERR_NOTFOUND, 0, "store %s: has no such record", s->dir);
}

static void bind_record(struct sql_stmt *st, int i, const struct store_record *r)
{
	if (r->period != STORE_NONE)
		sql_bind_i64(st, i, r->period);
	else
		sql_bind_null(st, i);
	sql_bind_i64(st, i + 1, r->at);
	sql_bind_text(st, i + 2, r->src);
	sql_bind_text(st, i + 3, r->body);
}

/* 1 when it is new, and its place in *at. */
static int insert_near(struct store *s, const struct store_record *r, int64_t *subject, int64_t *at,
		       struct err *err)
{
	struct sql_stmt *st;
	int rc = r->key.n ? subject_id(s, r->kind, r->key, true, subject, err) : 0;
	if (rc == 0)
		rc = stmt_get(s, STMT_RECORD_PUT, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&r->id));
	sql_bind_text(st, 2, r->type);
	sql_bind_i64(st, 3, r->v);
	if (*subject)
		sql_bind_i64(st, 4, *subject);
	else
		sql_bind_null(st, 4);
	bind_record(st, 5, r);
	return sql_insert(st, at, err);
}

/* The same where every question is a journey: with its subject in one, and in none when nobody
 * waits for the answer. */
static int insert_far(struct store *s, const struct store_record *r, bool waits, int64_t *subject,
		      int64_t *at, struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_RECORD_PUT_FAR, &st, err);
	if (rc)
		return rc;
	sql_bind_text(st, 1, r->kind);
	sql_bind_text(st, 2, r->key);
	sql_bind_blob(st, 3, digest_slice(&r->id));
	sql_bind_text(st, 4, r->type);
	sql_bind_i64(st, 5, r->v);
	bind_record(st, 6, r);
	if (!waits)
		return sql_queue(st, err);
	rc = sql_step(st, err);
	if (rc == 1) {
		*at = sql_i64(st, 0);
		*subject = sql_i64(st, 1);
		sql_reset(st);
	}
	return rc;
}

static int put_record(struct store *s, const struct store_record *r, int64_t *seq, bool *is_new,
		      struct err *err)
{
	int64_t subject = 0, at = 0;
	bool waits = seq || is_new;
	int rc = r->key.n && sql_engine(s->db) == SQL_POSTGRES ?
			 insert_far(s, r, waits, &subject, &at, err) :
			 insert_near(s, r, &subject, &at, err);
	bool fresh = rc == 1;

	if (rc == 0 && waits)
		rc = seq_of(s, r->id, &at, err);
	if (rc < 0)
		return rc;
	if (fresh)
		s->last_owner = (struct store_owner){ at, subject, r->period, r->at };
	if (seq)
		*seq = at;
	if (is_new)
		*is_new = fresh;
	return 0;
}

int store_put_record(struct store *s, const struct store_record *r, int64_t *seq, bool *is_new,
		     struct err *err)
{
	bool own;
	int rc = check_record(r, err);

	if (rc == 0)
		rc = put_begin(s, &own, err);
	return rc ? rc : put_end(s, own, put_record(s, r, seq, is_new, err), err);
}

int record_from_row(struct store *s, struct sql_stmt *st, struct store_record *out,
		    struct err *err)
{
	struct store_record r = {
		.seq = sql_i64(st, 0),
		.type = sql_bytes(st, 2),
		.v = sql_i64(st, 3),
		.kind = sql_bytes(st, 4),
		.key = sql_bytes(st, 5),
		.period = sql_is_null(st, 6) ? STORE_NONE : sql_i64(st, 6),
		.at = sql_i64(st, 7),
		.src = sql_bytes(st, 8),
		.body = sql_bytes(st, 9),
	};

	if (!digest_from(sql_bytes(st, 1), &r.id))
		return err_set(err, ERR_CORRUPT, 0,
			       "%s: record %lld has an id that is none: run assay store check", s->path,
			       (long long)r.seq);
	*out = r;
	return 0;
}

static int copy_record(struct store *s, struct arena *a, struct store_record *r, struct err *err)
{
	struct slice *field[] = { &r->type, &r->kind, &r->key, &r->src, &r->body };

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		*field[i] = arena_copy(a, *field[i]);
		if (!field[i]->p)
			return store_no_memory(s, err);
	}
	return 0;
}

static int get_one(struct store *s, struct sql_stmt *st, struct arena *a,
		   struct store_record *out, struct err *err)
{
	struct store_record r;
	int rc = sql_step(st, err);
	if (rc == 0)
		return err_set(err, ERR_NOTFOUND, 0, "store %s: has no such record", s->dir);
	if (rc < 0)
		return rc;
	rc = record_from_row(s, st, &r, err);
	if (rc == 0)
		rc = copy_record(s, a, &r, err);
	sql_reset(st);
	if (rc == 0)
		*out = r;
	return rc;
}

int store_get_record(struct store *s, struct sha256 id, struct arena *a, struct store_record *out,
		     struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_RECORD_GET, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&id));
	return get_one(s, st, a, out, err);
}

int store_get_record_at(struct store *s, int64_t seq, struct arena *a, struct store_record *out,
			struct err *err)
{
	struct sql_stmt *st;
	int rc = stmt_get(s, STMT_RECORD_AT, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, seq);
	return get_one(s, st, a, out, err);
}

static int walk(struct store *s, struct sql_stmt *st, const struct store_filter *f,
		store_record_fn fn, void *ctx, struct err *err)
{
	int64_t left = f->limit > 0 ? f->limit : INT64_MAX;
	int rc = 0;

	while (left > 0 && (rc = sql_step(st, err)) == 1) {
		struct store_record r;
		/* Before the body is touched: a long one lies on pages of its own. */
		if (f->type.n && !slice_eq(sql_bytes(st, 2), f->type))
			continue;
		rc = record_from_row(s, st, &r, err);
		if (rc == 0)
			rc = fn(ctx, &r, err);
		if (rc)
			return rc;
		left--;
	}
	return rc;
}

/* The statement of a walk, kept prepared between walks; the callback may start another of its kind,
 * which then has one of its own. */
static int take_walk(struct store *s, enum stmt which, struct sql_stmt **out, struct err *err)
{
	int rc = stmt_get(s, which, out, err);

	if (rc == 0)
		s->stmt[which] = NULL;
	return rc;
}

static void give_walk(struct store *s, enum stmt which, struct sql_stmt *st)
{
	if (s->stmt[which]) {
		sql_finalize(st);
		return;
	}
	sql_reset(st);
	s->stmt[which] = st;
}

int store_each_record(struct store *s, const struct store_filter *f, store_record_fn fn, void *ctx,
		      struct err *err)
{
	struct sql_stmt *st = NULL;
	int64_t subject = 0;
	bool by_subject = f->kind.n || f->key.n, by_type = !by_subject && f->type.n;
	/* A subject has few records, so their types are looked at in walk(): given both, the engine
	 * might choose the index of types and read a million suspects. */
	enum stmt which = by_subject ? STMT_WALK_SUBJECT : by_type ? STMT_WALK_TYPE : STMT_WALK;

	if (by_subject) {
		int rc = subject_id(s, f->kind, f->key, false, &subject, err);
		if (rc)
			return rc == ERR_NOTFOUND ? 0 : rc; /* no such subject: no records */
	}
	int rc = take_walk(s, which, &st, err);
	if (rc)
		return rc;
	sql_bind_i64(st, 1, f->after_seq);
	if (by_subject)
		sql_bind_i64(st, 2, subject);
	else if (by_type)
		sql_bind_text(st, 2, f->type);
	rc = walk(s, st, f, fn, ctx, err);
	give_walk(s, which, st);
	return rc;
}

int store_count_records(struct store *s, struct slice type, int64_t *n, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db, type.n ? "SELECT count(*) FROM record WHERE type = $1" :
					     "SELECT count(*) FROM record", &st, err);
	if (rc)
		return rc;
	if (type.n)
		sql_bind_text(st, 1, type);
	rc = sql_step(st, err);
	if (rc == 1)
		*n = sql_i64(st, 0);
	sql_finalize(st);
	return rc < 0 ? rc : 0;
}

int store_subjects(struct store *s, struct slice kind, bool with_cells, store_subject_fn fn,
		   void *ctx, struct err *err)
{
	char text[300];
	struct sql_stmt *st = NULL;

	snprintf(text, sizeof(text), "SELECT kind, key FROM subject%s%s%s ORDER BY kind, key",
		 kind.n || with_cells ? " WHERE" : "", kind.n ? " kind = $1" : "",
		 !with_cells ? "" : kind.n ?
		 " AND EXISTS (SELECT 1 FROM cell WHERE cell.subject = subject.id)" :
		 " EXISTS (SELECT 1 FROM cell WHERE cell.subject = subject.id)");
	int rc = sql_prepare_walk(s->db, text, &st, err);
	if (rc)
		return rc;
	if (kind.n)
		sql_bind_text(st, 1, kind);
	while ((rc = sql_step(st, err)) == 1) {
		rc = fn(ctx, sql_bytes(st, 0), sql_bytes(st, 1), err);
		if (rc)
			break;
	}
	sql_finalize(st);
	return rc;
}

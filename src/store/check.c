/* Every question is asked even after a finding, so that one run names all that is wrong; only what
 * cannot be read at all ends the check. */
#include "store/check.h"

#include "store/blob.h"
#include "store/handle.h"
#include "store/redact.h"
#include "sys/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *from_name(enum store_cell_from from)
{
	return from == STORE_VERDICT ? "verdict" : from == STORE_DECISION ? "decision" : "correction";
}

/* Whether some expected cell is the row that st stands on. */
static bool cell_expected(struct sql_stmt *st, const struct store_projection *p)
{
	for (size_t i = 0; i < p->cells_n; i++) {
		const struct store_cell *x = &p->cells[i];
		if (slice_eq(sql_bytes(st, 0), x->destination))
			return slice_eq(sql_bytes(st, 1), x->cls) &&
			       slice_eq(sql_bytes(st, 2), x->ground) &&
			       slice_eq_str(sql_bytes(st, 3), from_name(x->from)) &&
			       sql_i64(st, 4) == 1;
	}
	return false;
}

static bool listing_expected(struct sql_stmt *st, const struct store_projection *p)
{
	for (size_t i = 0; i < p->listings_n; i++) {
		const struct store_listing *x = &p->listings[i];
		if (slice_eq(sql_bytes(st, 0), x->list) && slice_eq(sql_bytes(st, 1), x->destination))
			return slice_eq(sql_bytes(st, 2), x->action) && sql_i64(st, 3) == 1;
	}
	return false;
}

static size_t cells_n(const struct store_projection *p)
{
	return p->cells_n;
}

static int cmp_digest(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

static bool citation_expected(struct sql_stmt *st, const struct store_projection *p)
{
	struct sha256 digest;

	return p->citations_n && digest_from(sql_bytes(st, 0), &digest) &&
	       bsearch(&digest, p->citations, p->citations_n, sizeof(digest), cmp_digest);
}

static size_t citations_n(const struct store_projection *p)
{
	return p->citations_n;
}

static size_t listings_n(const struct store_projection *p)
{
	return p->listings_n;
}

/* The tables of derived rows, and how the rows of one record are held against what it gives. */
static const struct derived {
	const char *table, *rows;
	bool (*expected)(struct sql_stmt *st, const struct store_projection *p);
	size_t (*count)(const struct store_projection *p);
} derived[] = {
	{ "cell",
	  "SELECT c.destination, c.class, c.ground, c.kind, "
	  "c.subject = r.subject AND c.at = r.at AND (c.period = r.period "
	  "OR (c.period IS NULL AND r.period IS NULL)) "
	  "FROM cell c JOIN record r ON r.seq = c.record WHERE c.record = $1",
	  cell_expected, cells_n },
	{ "listing",
	  "SELECT l.list, l.destination, l.action, l.subject = r.subject AND l.at = r.at "
	  "FROM listing l JOIN record r ON r.seq = l.record WHERE l.record = $1",
	  listing_expected, listings_n },
	{ "citation", "SELECT evidence FROM citation WHERE record = $1", citation_expected,
	  citations_n },
};

enum { DERIVED_N = sizeof(derived) / sizeof(derived[0]) };

struct check {
	struct store *s;
	const struct store_hooks *hooks;
	struct store_report *report;
	struct sql_stmt *rows[DERIVED_N]; /* of one record */
	int64_t last_seq;
};

static void found_line(void *ctx, struct slice line)
{
	struct check *c = ctx;

	c->report->findings++;
	if (c->hooks->finding)
		c->hooks->finding(c->hooks->ctx, line);
}

static void found(struct check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void found(struct check *c, const char *fmt, ...)
{
	char line[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	found_line(c, slice_str(line));
}

/* A hook's "this is wrong" is a finding; anything else ends the check. */
static int hook_failed(struct check *c, const struct store_record *r, int rc,
		       const struct err *why, struct err *err)
{
	if (rc == ERR_CORRUPT || rc == ERR_SYNTAX) {
		found(c, "record %lld (%.*s): %s", (long long)r->seq, SLICE_ARG(r->type), why->what);
		return 0;
	}
	if (err)
		*err = *why;
	return rc;
}

static int check_id(struct check *c, const struct store_record *r, struct err *err)
{
	struct sha256 id;
	struct err why = { 0 };
	char have[SHA256_HEX];
	int rc = c->hooks->id_of(c->hooks->ctx, r, &id, &why);

	if (rc)
		return hook_failed(c, r, rc, &why, err);
	sha256_hex(r->id, have);
	if (!sha256_eq(id, r->id))
		found(c, "record %lld (%.*s): its bytes are not those of its id %s",
		      (long long)r->seq, SLICE_ARG(r->type), have);
	return 0;
}

/* Rows of one record in one table: each is expected, and there are as many. */
static int compare_rows(struct check *c, const struct store_record *r, size_t which,
			const struct store_projection *p, struct err *err)
{
	const struct derived *d = &derived[which];
	struct sql_stmt *st = c->rows[which];
	size_t have = 0;
	bool odd = false;
	int rc;

	sql_bind_i64(st, 1, r->seq);
	while ((rc = sql_step(st, err)) == 1) {
		have++;
		odd = odd || !d->expected(st, p);
	}
	if (rc == 0 && (odd || have != d->count(p)))
		found(c, "table %s does not say what record %lld (%.*s) says: run assay store check "
			 "--rebuild", d->table, (long long)r->seq, SLICE_ARG(r->type));
	return rc;
}

static int check_rows(struct check *c, const struct store_record *r, struct err *err)
{
	struct arena a = { 0 };
	struct store_projection p = { 0 };
	struct err why = { 0 };
	int rc = c->hooks->project(c->hooks->ctx, r, &a, &p, &why);

	if (rc)
		rc = hook_failed(c, r, rc, &why, err);
	else
		for (size_t i = 0; rc == 0 && i < DERIVED_N; i++)
			rc = compare_rows(c, r, i, &p, err);
	arena_release(&a);
	return rc;
}

/* Whether a record was redacted: a row says so if and only if its body does. */
static int check_redaction(struct check *c, const struct store_record *r, bool *redacted,
			   struct err *err)
{
	struct store_redaction red;
	struct err why = { 0 };
	int rc = 0;

	*redacted = store_is_redacted(r->body);
	/* Few are: the others cost no question. */
	if (*redacted)
		rc = store_find_redaction(c->s, r->id, &red, &why);
	if (rc == ERR_NOTFOUND)
		found(c, "record %lld (%.*s): its bytes are gone, and no redaction says why",
		      (long long)r->seq, SLICE_ARG(r->type));
	else if (rc && err)
		*err = why;
	c->report->redacted += *redacted;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* Rows of table redaction whose record still says what it said. */
static int check_redactions(struct check *c, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(c->s->db, "SELECT r.seq, r.type, r.body FROM redaction d "
				       "JOIN record r ON r.id = d.record ORDER BY r.seq", &st, err);

	while (rc == 0 && (rc = sql_step(st, err)) == 1) {
		if (!store_is_redacted(sql_bytes(st, 2)))
			found(c, "record %lld (%.*s): was redacted, and its bytes are here",
			      (long long)sql_i64(st, 0), SLICE_ARG(sql_bytes(st, 1)));
		rc = 0;
	}
	sql_finalize(st);
	return rc;
}

static int check_record(void *ctx, const struct store_record *r, struct err *err)
{
	struct check *c = ctx;
	bool redacted = false;

	c->report->records++;
	if (r->seq != c->last_seq + 1)
		found(c, "records %lld to %lld are missing", (long long)c->last_seq + 1,
		      (long long)r->seq - 1);
	c->last_seq = r->seq;
	int rc = check_redaction(c, r, &redacted, err);
	if (rc || redacted)
		return rc;
	rc = check_id(c, r, err);
	return rc ? rc : check_rows(c, r, err);
}

static int check_records(struct check *c, struct err *err)
{
	const struct store_filter all = { .after_seq = 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < DERIVED_N; i++)
		rc = sql_prepare(c->s->db, derived[i].rows, &c->rows[i], err);
	if (rc == 0)
		rc = store_each_record(c->s, &all, check_record, c, err);
	for (size_t i = 0; i < DERIVED_N; i++)
		sql_finalize(c->rows[i]);
	return rc;
}

/* Evidence that a row says is gone must not be there, unless store_erase has still to come. */
static int check_gone(struct check *c, struct sha256 digest, bool *is_gone, struct err *err)
{
	struct store_gone gone;
	struct err why = { 0 };
	struct buf path = { 0 };
	enum file_kind kind = FILE_ABSENT;
	bool erasing = false;
	int rc = store_find_gone(c->s, digest, &gone, &why);

	*is_gone = rc == 0;
	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	c->report->redacted++;
	blob_path(c->s->blob, digest, &path);
	rc = buf_ok(&path) ? file_kind_of(buf_str(&path), &kind, err) : store_no_memory(c->s, err);
	if (rc == 0 && kind != FILE_ABSENT)
		rc = store_is_erasing(c->s, &erasing, err);
	if (rc == 0 && kind != FILE_ABSENT && !erasing)
		found(c, "%s: is %s, and its bytes are here: remove the file", buf_str(&path),
		      store_why_said(gone.why));
	buf_release(&path);
	return rc;
}

static int check_evidence(struct check *c, struct err *err)
{
	struct sql_stmt *st = NULL;
	struct buf bytes = { 0 };
	int rc = sql_prepare(c->s->db, "SELECT sha256, length FROM evidence ORDER BY sha256", &st, err);

	while (rc == 0 && (rc = sql_step(st, err)) == 1) {
		struct sha256 digest;
		struct err why = { 0 };
		bool gone = false;
		rc = 0;
		c->report->evidence++;
		if (!digest_from(sql_bytes(st, 0), &digest)) {
			found(c, "a row of evidence has a digest that is none");
			continue;
		}
		rc = check_gone(c, digest, &gone, err);
		if (rc || gone)
			continue;
		buf_clear(&bytes);
		rc = blob_get(c->s->blob, digest, STORE_EVIDENCE_MAX, &bytes, &why);
		if (rc == ERR_CORRUPT || rc == ERR_NOTFOUND || rc == ERR_LIMIT) {
			found(c, "%s", why.what);
			rc = 0;
		} else if (rc) {
			if (err)
				*err = why;
		} else if ((int64_t)bytes.n != sql_i64(st, 1)) {
			struct buf path = { 0 };
			blob_path(c->s->blob, digest, &path);
			found(c, "%s: has %zu bytes, its row says %lld", buf_str(&path), bytes.n,
			      (long long)sql_i64(st, 1));
			buf_release(&path);
		}
	}
	buf_release(&bytes);
	sql_finalize(st);
	return rc;
}

static int check_stray(void *ctx, const char *path, bool is_blob, struct sha256 digest,
		       struct err *err)
{
	struct check *c = ctx;
	struct sql_stmt *st;

	(void)path;
	if (!is_blob) {
		c->report->strays++;
		return 0;
	}
	int rc = stmt_get(c->s, STMT_EVIDENCE_GET, &st, err);
	if (rc)
		return rc;
	sql_bind_blob(st, 1, digest_slice(&digest));
	rc = sql_step(st, err);
	if (rc == 1)
		sql_reset(st);
	if (rc == 0)
		c->report->strays++;
	return rc < 0 ? rc : 0;
}

static int check_entry(void *ctx, const struct store_ledger_entry *e, struct err *err)
{
	struct check *c = ctx;

	(void)err;
	if (e->seq != c->report->entries)
		found(c, "ledger entry %lld is missing", (long long)c->report->entries);
	c->report->entries = e->seq + 1;
	return 0;
}

static int check_engine(struct check *c, struct err *err)
{
	return sql_check(c->s->db, found_line, c, err);
}

static int check_entries(struct check *c, struct err *err)
{
	return store_ledger_each(c->s, 0, -1, check_entry, c, err);
}

static int check_strays(struct check *c, struct err *err)
{
	return blob_each(c->s->blob, check_stray, c, err);
}

int store_check(struct store *s, const struct store_hooks *hooks, struct store_report *out,
		struct err *err)
{
	static int (*const questions[])(struct check *, struct err *) = {
		check_engine, check_records, check_redactions, check_evidence, check_entries,
		check_strays,
	};
	struct store_report report = { 0 };
	struct check c = { .s = s, .hooks = hooks, .report = &report };

	/* A damaged file answers some questions and not others. */
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct err why = { 0 };
		int rc = questions[i](&c, &why);
		if (rc == ERR_CORRUPT) {
			found(&c, "%s", why.what);
		} else if (rc) {
			if (err)
				*err = why;
			return rc;
		}
	}
	*out = report;
	return 0;
}

struct deriving {
	struct store *s;
	const struct store_hooks *hooks;
};

static int derive_record(void *ctx, const struct store_record *r, struct err *err)
{
	struct deriving *b = ctx;
	struct arena a = { 0 };
	struct store_projection p = { 0 };
	int rc = 0;

	if (store_is_redacted(r->body))
		return 0;
	rc = b->hooks->project(b->hooks->ctx, r, &a, &p, err);

	if (rc)
		err_wrap(err, "record %lld", (long long)r->seq);
	if (rc == 0)
		rc = store_put_projection(b->s, r->seq, &p, err);
	arena_release(&a);
	return rc;
}

int store_derive(struct store *s, const struct store_hooks *hooks, struct err *err)
{
	const struct store_filter all = { .after_seq = 0 };
	struct deriving d = { s, hooks };

	return store_each_record(s, &all, derive_record, &d, err);
}

int store_rebuild(struct store *s, const struct store_hooks *hooks, struct err *err)
{
	int rc = store_begin(s, err);

	if (rc)
		return rc;
	for (size_t i = 0; rc == 0 && i < DERIVED_N; i++) {
		char text[200];
		snprintf(text, sizeof(text),
			 "DELETE FROM %s WHERE record NOT IN (SELECT r.seq FROM record r "
			 "JOIN redaction d ON d.record = r.id)", derived[i].table);
		rc = sql_exec(s->db, text, err);
	}
	if (rc == 0)
		rc = store_derive(s, hooks, err);
	if (rc == 0)
		rc = store_commit(s, err);
	if (rc)
		store_rollback(s);
	return rc;
}

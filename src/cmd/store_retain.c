/* assay store retain: evidence whose time is over is taken out, unless something rests on it.
 *
 * First the pieces that are old enough are gathered; then every record that can hold one is asked:
 *
 *   observations   a piece that was seen again is as young as its last observation
 *   decisions      what decide/retention.h holds keeps its verdict's evidence, and that of the
 *                  findings that verdict or statement name; for what a decision ends by, the
 *                  corrections, later decisions and listings are read before
 *   appeals        what an open one encloses, or one of the last six months
 *
 * A digest that stands in a record which is kept holds the piece, in whatever field it stands: a slip
 * here must leave too much and never take too much. What remains goes in batches, each with a
 * record of type redaction that lists it, in the ledger. */
#include "base/table.h"
#include "cmd/hash_key.h"
#include "cmd/ledgerbook.h"
#include "cmd/store_care.h"
#include "decide/retention.h"
#include "model/evidence.h"
#include "store/redact.h"
#include "store/retain.h"

#include <inttypes.h>

enum { PER_RECORD = 256, DAY = 86400 };

struct piece {
	struct sha256 digest;
	enum evidence_class cls;
	uint64_t length;
	int64_t cutoff; /* what names it since then keeps it */
	bool kept;
};

struct tally {
	int64_t old, kept, taken;
	uint64_t bytes; /* of those taken */
};

struct retain {
	struct cmd *cmd;
	struct store *store;
	int64_t now;
	struct arena arena;
	struct table old;     /* digest, 32 bytes -> struct piece */
	struct table ended;   /* id of a decision, 32 bytes -> int64_t, when */
	struct table appeals; /* "kind key" -> itself while one is open, else NULL */
	enum evidence_class cls; /* of gather */
	struct tally tally[EVIDENCE_CLASSES];
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- what is old ---- */

static int gather(void *ctx, const struct store_evidence *e, struct err *err)
{
	struct retain *r = ctx;
	struct piece *p = ARENA_NEW(&r->arena, struct piece);

	if (!p)
		return no_memory(err);
	*p = (struct piece){ .digest = e->sha256, .cls = r->cls, .length = e->length,
			     .cutoff = r->now - r->cmd->config.retention[r->cls] * DAY };
	struct table_entry *entry =
		table_put(&r->old, slice_from((const char *)p->digest.b, SHA256_LEN));
	if (!entry)
		return no_memory(err);
	entry->value = p;
	r->tally[r->cls].old++;
	return 0;
}

static int gather_old(struct retain *r, struct err *err)
{
	int rc = 0;

	for (r->cls = 0; rc == 0 && r->cls < EVIDENCE_CLASSES; r->cls++)
		if (r->cmd->config.retention[r->cls])
			rc = store_old_evidence(r->store, r->cls,
						r->now - r->cmd->config.retention[r->cls] * DAY,
						gather, r, err);
	return rc;
}

/* ---- what is kept ---- */

/* Every "sha256:..." of a body, whatever it is the digest of: as of `at`. */
static void keep_named(struct retain *r, struct slice body, int64_t at)
{
	static const char word[] = "sha256:";
	const char *end = body.p + body.n;

	for (const char *p = body.p; p && p < end; p++) {
		struct sha256 digest;
		p = memmem(p, (size_t)(end - p), word, sizeof(word) - 1);
		if (!p)
			return;
		size_t left = (size_t)(end - p);
		struct slice address =
			slice_from(p, left < EVIDENCE_ADDRESS_LEN ? left : EVIDENCE_ADDRESS_LEN);
		if (evidence_address_parse(address, &digest, NULL))
			continue;
		struct table_entry *e =
			table_find(&r->old, slice_from((const char *)digest.b, SHA256_LEN));
		struct piece *piece = e ? e->value : NULL;
		if (piece && at >= piece->cutoff)
			piece->kept = true;
	}
}

/* A record that a kept one names by its id: hex, without "sha256:". One that is not here (it came
 * from elsewhere) holds nothing here. */
static int keep_record(struct retain *r, struct slice id_hex, struct buf *body, struct err *err)
{
	struct arena a = { 0 };
	struct store_record row;
	struct sha256 id;
	struct err why = { 0 };

	if (!sha256_parse_hex(id_hex, &id))
		return 0;
	int rc = store_get_record(r->store, id, &a, &row, &why);
	if (rc == 0) {
		keep_named(r, row.body, INT64_MAX);
		if (body)
			buf_put(body, row.body);
	}
	arena_release(&a);
	if (rc && rc != ERR_NOTFOUND && err)
		*err = why;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

static int keep_list(struct retain *r, const json_t *ids, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(ids); i++)
		rc = keep_record(r, json_text(json_array_get(ids, i)), NULL, err);
	return rc;
}

/* A verdict, which names every input, and for every destination its findings. */
static int keep_verdict(struct retain *r, struct slice id_hex, struct err *err)
{
	struct buf text = { 0 };
	json_t *body = NULL;
	int rc = keep_record(r, id_hex, &text, err);

	if (rc == 0 && text.n)
		rc = json_parse_object(buf_slice(&text), STORE_BODY_MAX, &body, err);
	const json_t *cells = json_arr(body, "cells");
	for (size_t i = 0; rc == 0 && i < json_array_size(cells); i++)
		rc = keep_list(r, json_arr(json_array_get(cells, i), "findings"), err);
	json_decref(body);
	buf_release(&text);
	return rc;
}

static int64_t *end_of(const struct retain *r, struct sha256 id)
{
	struct table_entry *e = table_find(&r->ended, slice_from((const char *)id.b, SHA256_LEN));

	return e ? e->value : NULL;
}

/* The later of two ends counts. */
static int note_end(struct retain *r, struct slice id_hex, int64_t at, struct err *err)
{
	struct sha256 id;

	if (!sha256_parse_hex(id_hex, &id))
		return 0;
	int64_t *end = end_of(r, id);
	if (!end) {
		end = ARENA_NEW(&r->arena, int64_t);
		struct slice key = arena_copy(&r->arena,
					      slice_from((const char *)id.b, SHA256_LEN));
		struct table_entry *e = end && key.p ? table_put(&r->ended, key) : NULL;
		if (!e)
			return no_memory(err);
		*end = at;
		e->value = end;
	}
	if (at > *end)
		*end = at;
	return 0;
}

/* A decision ends by a correction or a decision in its place, or where its listing goes. */
static int see_end(void *ctx, const struct store_record *row, struct err *err)
{
	struct retain *r = ctx;
	json_t *body = NULL;
	int rc = json_parse_object(row->body, STORE_BODY_MAX, &body, err);

	if (rc == 0)
		rc = note_end(r, json_str(body, "supersedes"), row->at, err);
	if (rc == 0 && slice_eq_str(row->type, "listing") &&
	    slice_eq_str(json_str(body, "action"), "remove"))
		rc = note_end(r, json_str(body, "decision"), row->at, err);
	json_decref(body);
	return rc;
}

static int see_appeal(void *ctx, const struct store_record *row, struct err *err)
{
	struct retain *r = ctx;
	json_t *body = NULL;
	struct buf name = { 0 };
	int rc = json_parse_object(row->body, STORE_BODY_MAX, &body, err);

	if (rc)
		return rc;
	struct slice state = json_str(body, "state");
	bool is_open = slice_eq_str(state, "received") || slice_eq_str(state, "open");
	buf_printf(&name, "%.*s %.*s", SLICE_ARG(row->kind), SLICE_ARG(row->key));
	struct slice key = arena_copy(&r->arena, buf_slice(&name));
	struct table_entry *e = buf_ok(&name) && key.p ? table_put(&r->appeals, key) : NULL;
	if (!e)
		rc = no_memory(err);
	else
		e->value = is_open ? (void *)(uintptr_t)key.p : NULL; /* the last to arrive counts */
	struct retention_act act = { .at = row->at, .is_appealed = is_open };
	if (rc == 0 && retention_holds(&act, r->now))
		keep_named(r, row->body, INT64_MAX);
	json_decref(body);
	buf_release(&name);
	return rc;
}

static int is_appealed(const struct retain *r, const struct store_record *row, bool *out,
		       struct err *err)
{
	struct buf name = { 0 };

	buf_printf(&name, "%.*s %.*s", SLICE_ARG(row->kind), SLICE_ARG(row->key));
	bool ok = buf_ok(&name);
	struct table_entry *e = ok ? table_find(&r->appeals, buf_slice(&name)) : NULL;
	*out = e && e->value;
	buf_release(&name);
	return ok ? 0 : no_memory(err);
}

static int see_decision(void *ctx, const struct store_record *row, struct err *err)
{
	struct retain *r = ctx;
	json_t *body = NULL;
	const int64_t *end = end_of(r, row->id);
	struct retention_act act = { .at = row->at, .has_end = end, .end = end ? *end : 0 };
	int rc = is_appealed(r, row, &act.is_appealed, err);

	if (rc == 0)
		rc = json_parse_object(row->body, STORE_BODY_MAX, &body, err);
	if (rc)
		return rc;
	/* One without a state is of a person, and as good as in force. */
	act.in_force = !slice_eq_str(json_str(body, "state"), "proposed");
	if (retention_holds(&act, r->now)) {
		keep_named(r, row->body, INT64_MAX);
		rc = keep_verdict(r, json_str(body, "basis"), err);
		if (rc == 0)
			rc = keep_list(r, json_arr(json_obj(body, "statement"), "findings"), err);
	}
	json_decref(body);
	return rc;
}

static int see_observation(void *ctx, const struct store_record *row, struct err *err)
{
	(void)err;
	keep_named(ctx, row->body, row->at);
	return 0;
}

static int keep_what_is_needed(struct retain *r, struct err *err)
{
	static const struct {
		const char *type;
		store_record_fn see;
	} passes[] = {
		{ "correction", see_end }, { "decision", see_end },	 { "listing", see_end },
		{ "appeal", see_appeal },  { "decision", see_decision }, { "observation", see_observation },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(passes) / sizeof(passes[0]); i++) {
		struct store_filter f = { .type = slice_str(passes[i].type) };
		rc = store_each_record(r->store, &f, passes[i].see, r, err);
	}
	return rc;
}

/* ---- what goes ---- */

static int make_redaction(const struct retain *r, struct piece *const *list, size_t n,
			  struct record *out, struct err *err)
{
	json_t *evidence = json_array();
	struct buf reason = { 0 };
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		char address[EVIDENCE_ADDRESS_SIZE];
		evidence_address_format(list[i]->digest, address);
		failed |= json_add_str(evidence, slice_str(address));
	}
	if (failed) {
		json_decref(evidence);
		evidence = NULL;
	}
	buf_printf(&reason, "The %" PRId64 " days are over for which %s evidence is kept.",
		   r->cmd->config.retention[list[0]->cls], evidence_class_name(list[0]->cls));
	record_new(out, "redaction", 1, SLICE(""), SLICE(""), r->now, SLICE("assay"));
	record_set_new(out, "evidence", evidence);
	record_set_str(out, "legal_basis", SLICE("GDPR Art. 5(1)(e)"));
	record_set_str(out, "reason", buf_slice(&reason));
	record_set_new(out, "records", json_array());
	int rc = buf_ok(&reason) ? record_finish(out, err) : no_memory(err);
	buf_release(&reason);
	return rc;
}

/* Some pieces of one class, with the record that says so and its entry, in one batch. */
static int take_batch(struct retain *r, struct ledgerbook *book, struct piece *const *list, size_t n,
		      struct err *err)
{
	struct record record;
	struct arena a = { 0 };
	struct store_record row;
	int rc = make_redaction(r, list, n, &record, err);

	if (rc == 0)
		rc = store_begin(r->store, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &record, STORE_NONE, NULL, err);
	if (rc == 0)
		rc = store_get_record(r->store, record.id, &a, &row, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = store_put_gone(r->store, list[i]->digest, STORE_WHY_RETENTION, row.seq, r->now,
				    err);
	if (rc == 0)
		rc = store_commit(r->store, err);
	if (rc)
		store_rollback(r->store);
	record_release(&record);
	arena_release(&a);
	return rc;
}

static int take_class(struct retain *r, struct ledgerbook *book, enum evidence_class cls,
		      struct err *err)
{
	struct piece *list[PER_RECORD];
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->old.n; i++) {
		struct piece *p = r->old.entry[i].value;
		if (p->cls != cls || p->kept)
			continue;
		list[n++] = p;
		if (n == PER_RECORD) {
			rc = take_batch(r, book, list, n, err);
			n = 0;
		}
	}
	return rc || n == 0 ? rc : take_batch(r, book, list, n, err);
}

static int take_out(struct retain *r, struct err *err)
{
	struct ledgerbook book = { 0 };
	int rc = ledgerbook_open(r->store, &r->cmd->config, r->now, &book, err);

	for (enum evidence_class k = 0; rc == 0 && k < EVIDENCE_CLASSES; k++)
		rc = take_class(r, &book, k, err);
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	ledgerbook_close(&book);
	return rc ? rc : store_erase(r->store, err);
}

static void count(struct retain *r)
{
	for (size_t i = 0; i < r->old.n; i++) {
		const struct piece *p = r->old.entry[i].value;
		struct tally *t = &r->tally[p->cls];
		t->kept += p->kept;
		t->taken += !p->kept;
		t->bytes += p->kept ? 0 : p->length;
	}
}

static int tell(const struct retain *r, bool dry, struct err *err)
{
	struct buf out = { 0 };
	int rc = 0;

	for (enum evidence_class k = 0; rc == 0 && k < EVIDENCE_CLASSES; k++) {
		const struct tally *t = &r->tally[k];
		int64_t days = r->cmd->config.retention[k];
		if (days == 0)
			continue;
		if (r->cmd->format == FORMAT_TEXT) {
			buf_printf(&out, "%s evidence, kept %" PRId64 " days: %" PRId64
					 " pieces are older, %" PRId64 " are still needed, %" PRId64
					 " %s (%" PRIu64 " bytes)\n", evidence_class_name(k), days,
				   t->old, t->kept, t->taken, dry ? "would go" : "were taken out",
				   t->bytes);
			continue;
		}
		json_t *o = json_object();
		int failed = json_put_str(o, "class", slice_str(evidence_class_name(k))) |
			     json_put_i64(o, "days", days) | json_put_i64(o, "old", t->old) |
			     json_put_i64(o, "kept", t->kept) |
			     json_put_i64(o, "taken", dry ? 0 : t->taken) |
			     json_put_i64(o, "would_go", dry ? t->taken : 0) |
			     json_put_i64(o, "bytes", (int64_t)t->bytes);
		rc = failed ? no_memory(err) : json_canonical(o, &out, err);
		buf_putc(&out, '\n');
		json_decref(o);
	}
	if (rc == 0 && out.n == 0 && r->cmd->format == FORMAT_TEXT)
		buf_puts(&out, "no class of evidence has a retention in assay.yaml: all is kept\n");
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

int store_do_retain(struct cmd *cmd, bool dry, struct err *err)
{
	struct retain r = { .cmd = cmd, .now = cmd->at };
	struct hash_key key = { 0 };
	int rc = hash_key_random(&key, err);

	r.old.key = r.ended.key = r.appeals.key = key;
	if (rc == 0)
		rc = store_open(cmd->config.store, dry ? STORE_READ : STORE_WRITE,
				dry ? NULL : "assay store", &r.store, err);
	if (rc == 0 && dry)
		rc = store_snapshot(r.store, err);
	if (rc == 0)
		rc = gather_old(&r, err);
	if (rc == 0 && r.old.n)
		rc = keep_what_is_needed(&r, err);
	if (rc == 0)
		count(&r);
	if (rc == 0 && !dry)
		rc = take_out(&r, err);
	if (rc == 0)
		rc = tell(&r, dry, err);
	store_close(r.store);
	table_release(&r.old);
	table_release(&r.ended);
	table_release(&r.appeals);
	arena_release(&r.arena);
	return rc ? rc : EXIT_DONE;
}

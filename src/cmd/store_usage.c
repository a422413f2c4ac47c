/* assay store usage: what takes the room, and how much of it is left. */
#include "cmd/store_care.h"
#include "store/quota.h"
#include "wire/json.h"

#include <inttypes.h>

static void put_line(struct buf *out, const char *what, uint64_t bytes, const char *more)
{
	struct buf amount = { 0 };

	store_put_bytes(bytes, &amount);
	buf_printf(out, "%-22s %12s%s\n", what, buf_str(&amount), more);
	buf_release(&amount);
}

static void put_text(const struct config *c, const struct store_usage *u, struct buf *out)
{
	char more[80];

	put_line(out, "database", u->database, "");
	put_line(out, "write-ahead log", u->log, "");
	for (enum evidence_class k = 0; k < EVIDENCE_CLASSES; k++) {
		char what[40];
		snprintf(what, sizeof(what), "evidence, %s", evidence_class_name(k));
		snprintf(more, sizeof(more), "  %" PRId64 " pieces", u->pieces[k]);
		put_line(out, what, u->evidence[k], more);
	}
	put_line(out, "ledger", u->ledger, "");
	put_line(out, "total", u->total, "");
	if (c->quota)
		put_line(out, "quota", c->quota, "");
	put_line(out, "free on its disk", u->free, "");
	if (u->gone)
		buf_printf(out, "%" PRId64 " pieces of evidence were taken out\n", u->gone);
}

static int put_json(const struct config *c, const struct store_usage *u, struct buf *out,
                    struct err *err)
{
	json_t *o = json_object(), *evidence = json_object();
	int failed = 0;

	for (enum evidence_class k = 0; k < EVIDENCE_CLASSES; k++) {
		json_t *one = json_object();
		failed |= json_put_i64(one, "bytes", (int64_t)u->evidence[k]);
		failed |= json_put_i64(one, "pieces", u->pieces[k]);
		failed |= json_put_new(evidence, evidence_class_name(k), one);
	}
	failed |= json_put_new(o, "evidence", evidence);
	failed |= json_put_str(o, "store", slice_str(c->store));
	failed |= json_put_i64(o, "database", (int64_t)u->database);
	failed |= json_put_i64(o, "log", (int64_t)u->log);
	failed |= json_put_i64(o, "ledger", (int64_t)u->ledger);
	failed |= json_put_i64(o, "total", (int64_t)u->total);
	failed |= json_put_i64(o, "gone", u->gone);
	failed |= json_put_i64(o, "free", (int64_t)u->free);
	if (c->quota)
		failed |= json_put_i64(o, "quota", (int64_t)c->quota);
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, out, err);
	buf_putc(out, '\n');
	json_decref(o);
	return rc;
}

int store_tell_usage(struct cmd *cmd, struct err *err)
{
	struct store *store = NULL;
	struct store_usage usage;
	struct buf out = { 0 };
	int rc = store_open(cmd->config.store, STORE_READ, NULL, &store, err);

	if (rc == 0)
		rc = store_usage(store, &usage, err);
	if (rc == 0 && cmd->format == FORMAT_TEXT)
		put_text(&cmd->config, &usage, &out);
	else if (rc == 0)
		rc = put_json(&cmd->config, &usage, &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	store_close(store);
	return rc ? rc : EXIT_DONE;
}

/* assay ledger redact ID... | --evidence sha256:HEX: take bytes out, and enter that one did.
 *
 *   one transaction   record of type redaction + its ledger entry + what it does
 *   then              tiles and checkpoint; the files give the bytes up (store_erase)
 *
 * A crash between the two leaves a store whose next writer does the rest. */
#include "cmd/ledger_cmd.h"
#include "cmd/ledgerbook.h"
#include "model/evidence.h"
#include "store/redact.h"

#include <string.h>

struct redacting {
	struct ledger_cmd *l;
	struct ledgerbook book;
	struct arena arena;
	struct sha256 *record; /* those that are named */
	size_t records;
	struct sha256 evidence;
	bool has_evidence;
	enum store_why why;
	struct record act; /* of type redaction */
};

static int parse_why(struct redacting *r, struct err *err)
{
	struct slice why = slice_str(r->l->why ? r->l->why : "redaction");

	for (enum store_why w = STORE_WHY_REDACTION; w <= STORE_WHY_QUARANTINE; w++)
		if (slice_eq_str(why, store_why_name(w))) {
			r->why = w;
			return 0;
		}
	return err_set(err, ERR_USAGE, 0, "--why is redaction or quarantine, not '%.*s'",
	               SLICE_ARG(slice_sub(why, 0, 40)));
}

static int parse(struct redacting *r, struct err *err)
{
	const struct ledger_cmd *l = r->l;
	const struct cmd *cmd = l->cmd;
	size_t n = (size_t)(cmd->argc - 1);
	int rc = parse_why(r, err);

	if (rc)
		return rc;
	if (n == 0 && !l->evidence)
		return err_set(err, ERR_USAGE, 0,
		               "ledger redact takes ids of records, or --evidence sha256:HEX");
	if (n && l->why)
		return err_set(err, ERR_USAGE, 0, "--why belongs to --evidence");
	if (!l->reason || !l->reason[0] || !l->reviewer)
		return err_set(err, ERR_USAGE, 0, "ledger redact needs --reason and --reviewer");
	if (!config_reviewer_find(&cmd->config, slice_str(l->reviewer)))
		return err_set(err, ERR_USAGE, 0,
		               "'%.60s' is no reviewer: name reviewers in assay.yaml", l->reviewer);
	r->record = arena_array(&r->arena, n, sizeof(*r->record));
	if (!r->record)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (; r->records < n; r->records++) {
		struct slice id = slice_str(cmd->argv[1 + r->records]);
		if (slice_starts(id, SLICE("sha256:")))
			id = slice_sub(id, 7, id.n);
		if (!sha256_parse_hex(id, &r->record[r->records]))
			return err_set(err, ERR_USAGE, 0, "'%.80s' is no id of a record",
			               cmd->argv[1 + r->records]);
	}
	r->has_evidence = l->evidence != NULL;
	if (r->has_evidence &&
	    evidence_address_parse(slice_str(l->evidence), &r->evidence, NULL))
		return err_set(err, ERR_USAGE, 0, "'%.80s' is no evidence: sha256:HEX",
		               l->evidence);
	return 0;
}

/* Of all records that are named the subject, where they have one. */
static int subject_of(struct redacting *r, struct slice *kind, struct slice *key, struct err *err)
{
	for (size_t i = 0; i < r->records; i++) {
		struct store_record row;
		int rc = store_get_record(r->l->store, r->record[i], &r->arena, &row, err);
		if (rc)
			return rc;
		if (i == 0) {
			*kind = row.kind;
			*key = row.key;
		} else if (!slice_eq(row.kind, *kind) || !slice_eq(row.key, *key)) {
			*kind = *key = SLICE("");
		}
	}
	return 0;
}

static json_t *digests(const struct sha256 *d, size_t n, const char *prefix)
{
	json_t *list = json_array();
	int failed = list ? 0 : -1;

	for (size_t i = 0; i < n && !failed; i++) {
		char hex[SHA256_HEX], text[SHA256_HEX + 8];
		sha256_hex(d[i], hex);
		snprintf(text, sizeof(text), "%s%s", prefix, hex);
		failed = json_add_str(list, slice_str(text));
	}
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static int make_act(struct redacting *r, struct err *err)
{
	struct slice kind = SLICE(""), key = SLICE("");
	struct buf src = { 0 };
	int rc = subject_of(r, &kind, &key, err);

	if (rc)
		return rc;
	buf_printf(&src, "reviewer:%s", r->l->reviewer);
	if (!buf_ok(&src))
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	record_new(&r->act, "redaction", 1, kind, key, r->l->cmd->at, buf_slice(&src));
	record_set_new(&r->act, "records", digests(r->record, r->records, ""));
	record_set_new(&r->act, "evidence",
	               digests(&r->evidence, r->has_evidence ? 1 : 0, "sha256:"));
	record_set_str(&r->act, "reason", slice_str(r->l->reason));
	record_set_str(&r->act, "why", slice_str(store_why_name(r->why)));
	if (r->l->legal_basis)
		record_set_str(&r->act, "legal_basis", slice_str(r->l->legal_basis));
	rc = record_finish(&r->act, err);
	buf_release(&src);
	return rc;
}

static int carry_out(struct redacting *r, struct err *err)
{
	struct store *store = r->l->store;
	struct store_record row;
	bool is_new = false;

	int rc = ledgerbook_put(&r->book, &r->act, STORE_NONE, &is_new, err);
	if (rc == 0 && !is_new)
		return err_set(err, ERR_REFUSED, 0, "redacted already, in the same words");
	if (rc == 0)
		rc = store_get_record(store, r->act.id, &r->arena, &row, err);
	for (size_t i = 0; rc == 0 && i < r->records; i++)
		rc = store_redact(store, r->record[i], row.seq, r->act.at, err);
	if (rc == 0 && r->has_evidence)
		rc = store_put_gone(store, r->evidence, r->why, row.seq, r->act.at, err);
	return rc;
}

static int tell(const struct redacting *r, struct err *err)
{
	char id[SHA256_HEX];
	const struct ledger_cmd *l = r->l;

	sha256_hex(r->act.id, id);
	if (l->cmd->format == FORMAT_TEXT) {
		printf("%s: %zu record%s, %d piece%s of evidence; record %s says so\n"
		       "backups that were made before still have the bytes\n",
		       store_why_said(r->why), r->records, r->records == 1 ? "" : "s",
		       (int)r->has_evidence, r->has_evidence ? "" : "s", id);
		return 0;
	}
	struct buf line = { 0 };
	int rc = record_format(&r->act, &line, err);
	buf_putc(&line, '\n');
	if (rc == 0)
		rc = cmd_put_out(&line, err);
	buf_release(&line);
	return rc;
}

static int redact(struct redacting *r, struct err *err)
{
	struct ledger_cmd *l = r->l;
	struct store *store;

	int rc = parse(r, err);
	if (rc == 0)
		rc = store_open(l->cmd->config.store, STORE_WRITE, "assay ledger", &l->store, err);
	if (rc == 0)
		rc = ledgerbook_open(l->store, &l->cmd->config, l->cmd->at, &r->book, err);
	if (rc == 0)
		rc = make_act(r, err);
	if (rc)
		return rc;
	store = l->store;
	rc = store_begin(store, err);
	if (rc == 0)
		rc = carry_out(r, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc)
		store_rollback(store);
	if (rc == 0)
		rc = ledgerbook_sync(&r->book, NULL, err);
	if (rc == 0)
		rc = store_erase(store, err);
	return rc ? rc : tell(r, err);
}

int ledger_redact(struct ledger_cmd *l, struct err *err)
{
	struct redacting r = { .l = l };
	int rc = redact(&r, err);

	record_release(&r.act);
	ledgerbook_close(&r.book);
	arena_release(&r.arena);
	return rc ? rc : EXIT_DONE;
}

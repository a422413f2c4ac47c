/* assay report list SUBJECT|add SUBJECT: what victims and rights holders say, with the document that a
 * reviewer has read. */
#include "cmd/authority.h"
#include "cmd/cmd.h"
#include "cmd/identity.h"
#include "cmd/reports.h"
#include "cmd/rulebook.h"
#include "model/evidence.h"
#include "sys/file.h"
#include "wire/json.h"
#include "wire/timestamp.h"

#include <string.h>

enum { DOCUMENT_MAX = 64 << 20 };

struct report_cmd {
	struct cmd *cmd;
	struct rulebook rules;
	struct store *store;
	struct ledgerbook book;
	struct subject subject;
	const char *about, *from, *reporter, *document, *by, *token_file;
};

static int put_one(struct report_cmd *c, const struct ground_report *r, struct err *err)
{
	char at[TIMESTAMP_SIZE], id[SHA256_HEX], address[EVIDENCE_ADDRESS_SIZE];
	struct buf out = { 0 };
	int rc = 0;

	timestamp_format(r->at, at);
	sha256_hex(r->record, id);
	evidence_address_format(r->document, address);
	if (c->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "%s  %-13s %-13s %.*s, read by %.*s\n", at,
		           ground_about_name(r->about), ground_from_name(r->from),
		           SLICE_ARG(r->reporter), SLICE_ARG(r->reviewer));
	} else {
		json_t *o = json_object();
		int failed = json_put_str(o, "about", slice_str(ground_about_name(r->about)));
		failed |= json_put_str(o, "from", slice_str(ground_from_name(r->from)));
		failed |= json_put_str(o, "reporter", r->reporter);
		failed |= json_put_str(o, "reviewed", r->reviewer);
		failed |= json_put_str(o, "at", slice_str(at));
		failed |= json_put_str(o, "document", slice_str(address));
		failed |= json_put_str(o, "record", slice_str(id));
		rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") :
		              json_canonical(o, &out, err);
		buf_putc(&out, '\n');
		json_decref(o);
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

/* Whether the reports are a ground of a notice about the registration, in words. */
static int put_ground(struct report_cmd *c, const struct ground_report *list, size_t n,
                      struct err *err)
{
	struct ground_registration g = ground_registration(list, n, NOTICE_NEVER);
	struct buf out = { 0 };

	if (c->cmd->format != FORMAT_TEXT || g.victims + g.others == 0)
		return 0;
	if (g.holds)
		buf_puts(&out, "ground of a notice of matter registration\n");
	else
		buf_printf(&out, "no ground yet: it takes %s\n", g.missing);
	int rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static int do_list(struct report_cmd *c, struct err *err)
{
	struct ground_report *list = NULL;
	size_t n = 0;
	int rc = reports_load(c->store, c->subject, &c->cmd->arena, &list, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = put_one(c, &list[i], err);
	return rc ? rc : put_ground(c, list, n, err);
}

/* A reviewer of assay.yaml or of the store, or the account of a token. */
static int actor(struct report_cmd *c, struct identity *who, struct slice *name, struct err *err)
{
	struct authority authority;
	int rc;

	*who = identity_console();
	*name = slice_str(c->by ? c->by : "");
	if (c->token_file) {
		rc = identity_of_command(c->store, c->token_file, PERMIT_DECIDE, c->cmd->at,
		                         &c->cmd->arena, who, err);
		*name = who->name;
		return rc;
	}
	if (name->n == 0)
		return err_set(err, ERR_USAGE, 0, "say who has read the document: --by NAME");
	return authority_reviewer(c->store, &c->cmd->config, *name, &c->cmd->arena, &authority,
	                          err);
}

static int read_words(const struct report_cmd *c, struct report_addition *add, struct err *err)
{
	if (!ground_about_parse(slice_str(c->about ? c->about : ""), &add->about) ||
	    add->about == GROUND_SITE)
		return err_set(err, ERR_USAGE, 0, "--about is registration or authorisation");
	if (!ground_from_parse(slice_str(c->from ? c->from : ""), &add->from))
		return err_set(err, ERR_USAGE, 0, "--from is victim, rights_holder or other");
	if (!c->document)
		return err_set(err, ERR_USAGE, 0, "report add takes --document");
	return 0;
}

static int do_add(struct report_cmd *c, struct err *err)
{
	struct report_addition add = { .subject = c->subject,
		                       .reporter = slice_str(c->reporter ? c->reporter : "") };
	struct buf document = { 0 };
	struct identity who;
	struct sha256 id;
	bool is_new = false;
	int rc = read_words(c, &add, err);

	if (rc == 0)
		rc = file_read(c->document, DOCUMENT_MAX, &document, err);
	if (rc == 0)
		rc = actor(c, &who, &add.reviewer, err);
	if (rc == 0)
		rc = ledgerbook_open(c->store, &c->cmd->config, c->cmd->at, &c->book, err);
	/* What could not be signed is not begun. */
	if (rc == 0)
		rc = ledgerbook_sync(&c->book, NULL, err);
	if (rc == 0)
		rc = store_begin(c->store, err);
	if (rc == 0) {
		add.document = buf_slice(&document);
		rc = reports_put(&c->book, &add, &id, &is_new, err);
		if (rc == 0)
			rc = identity_audit(c->store, &who, "report.add", c->subject.key, false,
			                    slice_str(ground_about_name(add.about)), c->cmd->at,
			                    err);
		if (rc == 0)
			rc = store_commit(c->store, err);
		if (rc)
			store_rollback(c->store);
	}
	if (rc == 0)
		rc = ledgerbook_sync(&c->book, NULL, err);
	buf_release(&document);
	return rc ? rc : do_list(c, err);
}

int cmd_report(struct cmd *cmd, struct err *err)
{
	struct report_cmd c = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "about", OPTION_TEXT, &c.about },
		{ "from", OPTION_TEXT, &c.from },
		{ "reporter", OPTION_TEXT, &c.reporter },
		{ "document", OPTION_TEXT, &c.document },
		{ "by", OPTION_TEXT, &c.by },
		{ "token-file", OPTION_TEXT, &c.token_file },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	bool adds = cmd->argc && strcmp(cmd->argv[0], "add") == 0;
	if (cmd->argc != 2 || (!adds && strcmp(cmd->argv[0], "list") != 0))
		return err_set(err, ERR_USAGE, 0, "report takes list or add, and one subject");
	rc = rulebook_load(&cmd->config, false, false, &c.rules, err);
	if (rc == 0)
		rc = subject_parse(slice_str(cmd->argv[1]), c.rules.suffixes, &cmd->arena,
		                   &c.subject, err);
	if (rc == 0)
		rc = adds ? store_open(cmd->config.store, STORE_WRITE | STORE_CREATE,
		                       "assay report", &c.store, err)
		          : store_open(cmd->config.store, STORE_READ, NULL, &c.store, err);
	if (rc == 0)
		rc = adds ? do_add(&c, err) : do_list(&c, err);
	ledgerbook_close(&c.book);
	store_close(c.store);
	rulebook_release(&c.rules);
	return rc ? rc : EXIT_DONE;
}

/* assay pack [list|check|sign FILE|key NAME|enable ID|disable ID]: which policy packs judge here,
 * who signed them, and who switched them on. */
#include "cmd/authority.h"
#include "cmd/cmd.h"
#include "cmd/ledgerbook.h"
#include "cmd/log.h"
#include "cmd/packbook.h"
#include "cmd/rulebook.h"
#include "cmd/signing_key.h"
#include "model/evidence.h"
#include "sys/file.h"

#include <string.h>

enum { PACK_FILE_MAX = 1 << 20, NAME_MAX_OURS = 64 };

struct pack_cmd {
	struct cmd *cmd;
	struct rulebook rules;
	struct packbook book;
	struct store *store; /* NULL: there is none yet */
	const char *key_file, *by, *reason;
};

/* ---- what is said of a pack ---- */

static const char *destinations_text(const struct pack *p, char out[64])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < p->destination_n && n + 8 < 64; i++)
		n += (size_t)snprintf(out + n, 64 - n, "%s%.*s", i ? "," : "",
		                      SLICE_ARG(slice_sub(p->destinations[i], 0, 2)));
	return out;
}

/* The place of the entry that switched a pack last, or -1. */
static int64_t last_entry(const struct packbook *b, const struct pack *p, struct slice *by)
{
	int64_t at = -1;

	for (size_t i = 0; i < b->n; i++)
		if (slice_eq(b->entry[i].id, p->id) &&
		    (!b->entry[i].on || sha256_eq(b->entry[i].digest, p->digest))) {
			at = b->seq[i];
			*by = json_str(b->body[i], "src");
		}
	return at;
}

static int put_pack_json(const struct pack_cmd *p, size_t i, struct buf *out, struct err *err)
{
	const struct pack *pack = &p->rules.pack[i];
	const struct pack_signer *s = &p->rules.signer[i];
	enum guard_pack_state state = packbook_state(&p->book, pack, s);
	char digest[EVIDENCE_ADDRESS_SIZE];
	struct slice by = { NULL, 0 };
	int64_t entry = last_entry(&p->book, pack, &by);
	json_t *o = json_object(), *destinations = json_array();
	int failed = 0;

	evidence_address_format(pack->digest, digest);
	for (size_t k = 0; k < pack->destination_n; k++)
		failed |= json_add_str(destinations, pack->destinations[k]);
	failed |= json_put_str(o, "pack", pack->id) | json_put_str(o, "version", pack->version) |
	          json_put_str(o, "digest", slice_str(digest)) |
	          json_put_str(o, "file", slice_str(pack->file)) |
	          json_put_i64(o, "rules", (int64_t)pack->rule_n) |
	          json_put_str(o, "kind", slice_str(pack_kind_name(pack->kind))) |
	          json_put_new(o, "destinations", destinations) |
	          json_put_str(o, "trust", slice_str(pack_trust_name(s->trust))) |
	          json_put_str(o, "signature", slice_str(s->why)) |
	          json_put_str(o, "state", state <= GUARD_PACK_TRUSTED ? SLICE("on") : SLICE("off"));
	if (s->name.n)
		failed |= json_put_str(o, "signer", s->name);
	if (state > GUARD_PACK_TRUSTED)
		failed |= json_put_str(o, "why", slice_str(guard_pack_why(state)));
	if (entry >= 0)
		failed |= json_put_i64(o, "entry", entry) | json_put_str(o, "by", by);
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, out, err);
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

static void put_pack_text(const struct pack_cmd *p, size_t i, struct buf *out)
{
	const struct pack *pack = &p->rules.pack[i];
	const struct pack_signer *s = &p->rules.signer[i];
	enum guard_pack_state state = packbook_state(&p->book, pack, s);
	char where[64];

	buf_printf(out, "%-4s %-12.*s %-12.*s %-10s %s", state <= GUARD_PACK_TRUSTED ? "on" : "off",
	           SLICE_ARG(pack->id), SLICE_ARG(pack->version), destinations_text(pack, where),
	           s->why);
	if (s->name.n)
		buf_printf(out, " (%.*s)", SLICE_ARG(s->name));
	if (state > GUARD_PACK_TRUSTED)
		buf_printf(out, "; %s", guard_pack_why(state));
	buf_putc(out, '\n');
}

static int put_packs(const struct pack_cmd *p, struct err *err)
{
	struct buf out = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->rules.pack_n; i++) {
		if (p->cmd->format == FORMAT_TEXT)
			put_pack_text(p, i, &out);
		else
			rc = put_pack_json(p, i, &out, err);
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

/* ---- list, check ---- */

static int do_list(struct pack_cmd *p, struct err *err)
{
	struct err why = { 0 };
	int rc = store_open(p->cmd->config.store, STORE_READ, NULL, &p->store, &why);

	/* Without a store nothing was switched yet. */
	if (rc && rc != ERR_NOTFOUND) {
		*err = why;
		return rc;
	}
	rc = packbook_load(p->store, &p->book, err);
	return rc ? rc : put_packs(p, err);
}

/* Every pack is of the form that this program reads, agrees with the others, and was signed. */
static int do_check(struct pack_cmd *p, struct err *err)
{
	bool good = true;
	int rc = packs_check(p->rules.pack, p->rules.pack_n, err);

	if (rc == 0)
		rc = put_packs(p, err);
	for (size_t i = 0; i < p->rules.pack_n; i++)
		good = good && p->rules.signer[i].trust == PACK_PUBLISHED;
	return rc ? rc : good ? EXIT_DONE : EXIT_NO;
}

/* ---- sign, key ---- */

static int do_sign(struct pack_cmd *p, struct err *err)
{
	const char *file = p->cmd->argv[1];
	struct buf bytes = { 0 }, sig = { 0 };
	struct signing_key key = { 0 };
	struct pack pack;
	char path[4096 + 8];

	if (!p->key_file)
		return err_set(err, ERR_USAGE, 0, "sign takes --key-file");
	snprintf(path, sizeof(path), "%.4096s.sig", file);
	int rc = file_read(file, PACK_FILE_MAX, &bytes, err);
	if (rc == 0)
		rc = pack_parse(buf_slice(&bytes), file, &p->cmd->arena, &pack, err);
	if (rc == 0)
		rc = signing_key_read(p->key_file, &key, err);
	if (rc == 0)
		rc = pack_signature_make(&pack, &key.signer, &sig, err);
	if (rc == 0)
		rc = file_write_whole(path, buf_slice(&sig), err);
	if (rc == 0)
		printf("%s: pack %.*s %.*s, signed by %.*s+%08x\n", path, SLICE_ARG(pack.id),
		       SLICE_ARG(pack.version), SLICE_ARG(key.signer.key.name), key.signer.key.id);
	signing_key_wipe(&key);
	buf_release(&sig);
	buf_release(&bytes);
	return rc;
}

/* A publisher's key; its public half goes to standard output, for `publishers:` of others. */
static int do_key(struct pack_cmd *p, struct err *err)
{
	struct buf out = { 0 };

	if (!p->key_file)
		return err_set(err, ERR_USAGE, 0, "key takes --key-file");
	int rc = signing_key_make(slice_str(p->cmd->argv[1]), p->key_file, &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

/* ---- enable, disable ---- */

/* The pack of that id or that file. Of two with one id the file has to be named. */
static int find_pack(const struct pack_cmd *p, struct slice name, size_t *out, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < p->rules.pack_n; i++)
		if (slice_eq(p->rules.pack[i].id, name) || slice_eq_str(name, p->rules.pack[i].file)) {
			*out = i;
			n++;
		}
	if (n == 1)
		return 0;
	if (n == 0)
		return err_set(err, ERR_NOTFOUND, 0, "%s holds no pack '%.*s'",
		               p->cmd->config.packs, SLICE_ARG(slice_sub(name, 0, 60)));
	return err_set(err, ERR_USAGE, 0, "%s holds %zu packs '%.*s': name the file of one",
	               p->cmd->config.packs, n, SLICE_ARG(slice_sub(name, 0, 60)));
}

/* What is switched on must agree with what is on. */
static int check_beside(const struct pack_cmd *p, size_t which, struct err *err)
{
	struct pack *list = arena_array(&p->cmd->arena, p->rules.pack_n, sizeof(*list));
	size_t n = 0;

	if (!list)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < p->rules.pack_n; i++)
		if (i == which || packbook_state(&p->book, &p->rules.pack[i], &p->rules.signer[i]) <=
		                          GUARD_PACK_TRUSTED)
			list[n++] = p->rules.pack[i];
	return packs_check(list, n, err);
}

static int check_by(const char *by, struct err *err)
{
	struct slice s = slice_str(by ? by : "");
	bool good = s.n > 0 && s.n <= NAME_MAX_OURS;

	for (size_t i = 0; i < s.n; i++)
		good = good && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		                s.p[i] == '-' || s.p[i] == '_' || s.p[i] == '.');
	return good ? 0
	            : err_set(err, ERR_USAGE, 0,
	                      "--by takes the administrator's name: 1 to 64 of the characters a-z, "
	                      "0-9, '-', '_', '.'");
}

static int switch_pack(struct pack_cmd *p, size_t which, bool on, struct err *err)
{
	const struct pack *pack = &p->rules.pack[which];
	struct packbook_act act = { p->by, p->reason, on, p->cmd->at };
	struct ledgerbook book = { 0 };
	struct record r = { 0 };
	struct buf out = { 0 };
	int64_t index = 0;
	int rc = ledgerbook_open(p->store, &p->cmd->config, p->cmd->at, &book, err);

	/* What could not be signed is not begun. */
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	if (rc == 0)
		rc = packbook_switch(&book, pack, &p->rules.signer[which], &act, &r, &index, err);
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	if (rc == 0 && p->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "pack %.*s %.*s is %s: entry %lld of the ledger\n",
		           SLICE_ARG(pack->id), SLICE_ARG(pack->version), on ? "on" : "off",
		           (long long)index);
	} else if (rc == 0) {
		rc = record_format(&r, &out, err);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	record_release(&r);
	ledgerbook_close(&book);
	return rc;
}

static int do_switch(struct pack_cmd *p, bool on, struct err *err)
{
	size_t which = 0;
	int rc = check_by(p->by, err);

	if (rc)
		return rc;
	if (!p->reason || !*p->reason)
		return err_set(err, ERR_USAGE, 0, "%s takes --reason", on ? "enable" : "disable");
	rc = find_pack(p, slice_str(p->cmd->argv[1]), &which, err);
	if (rc == 0)
		rc = store_open(p->cmd->config.store, STORE_WRITE | STORE_CREATE, "assay pack",
		                &p->store, err);
	if (rc == 0)
		rc = authority_packs(p->store, slice_str(p->by), &p->cmd->arena, err);
	if (rc == 0)
		rc = packbook_load(p->store, &p->book, err);
	if (rc)
		return rc;
	enum guard_pack_state state =
	        packbook_state(&p->book, &p->rules.pack[which], &p->rules.signer[which]);
	if (on ? state == GUARD_PACK_ON : state == GUARD_PACK_OFF)
		return err_set(err, ERR_REFUSED, 0, "pack %.*s is %s already",
		               SLICE_ARG(p->rules.pack[which].id), on ? "on" : "off");
	rc = on ? check_beside(p, which, err) : 0;
	return rc ? rc : switch_pack(p, which, on, err);
}

int cmd_pack(struct cmd *cmd, struct err *err)
{
	static const char *const names[] = { "list", "check", "sign", "key", "enable", "disable" };
	struct pack_cmd p = { .cmd = cmd };
	const struct option_spec own[] = {
		{ "key-file", OPTION_TEXT, &p.key_file },
		{ "by", OPTION_TEXT, &p.by },
		{ "reason", OPTION_TEXT, &p.reason },
	};
	size_t what = 0;
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	while (cmd->argc && what < 6 && strcmp(cmd->argv[0], names[what]) != 0)
		what++;
	if (what == 6)
		return err_set(err, ERR_USAGE, 0,
		               "pack takes list, check, sign, key, enable or disable, not '%s'",
		               cmd->argv[0]);
	if (cmd->argc > 1 ? what < 2 || cmd->argc > 2 : what >= 2)
		return err_set(err, ERR_USAGE, 0, "pack %s takes %s", names[what],
		               what < 2 ? "no argument" : "one argument");
	if (what == 2 || what == 3)
		return what == 2 ? do_sign(&p, err) : do_key(&p, err);
	rc = rulebook_load(&cmd->config, true, true, &p.rules, err);
	if (rc == 0)
		rc = what == 0   ? do_list(&p, err)
		     : what == 1 ? do_check(&p, err)
		                 : do_switch(&p, what == 4, err);
	packbook_release(&p.book);
	store_close(p.store);
	rulebook_release(&p.rules);
	return rc;
}

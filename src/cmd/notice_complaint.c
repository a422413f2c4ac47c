#include "cmd/notice_complaint.h"

#include "act/complaint.h"
#include "cmd/ledger_proof.h"
#include "cmd/registrar_site.h"
#include "model/evidence.h"
#include "store/log.h"
#include "sys/file.h"
#include "wire/json.h"
#include "wire/keyring.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400 };

struct pack {
	const struct notice_desk *desk;
	const struct notice_file *f;
	const char *dir;
	struct arena a;
	struct complaint c;
	struct complaint_line *line;
	struct complaint_reply *reply;
	struct complaint_evidence *evidence;
	size_t evidence_n, evidence_cap;
	struct complaint_entry *entry;
	size_t entry_n, entry_cap;
	struct slice *proof; /* bytes of each entry's proof; empty: none */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static void *grown(struct arena *a, void *list, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return list;
	size_t more = *cap ? 2 * *cap : 16;
	void *bigger = arena_array(a, more, size);
	if (bigger && n)
		memcpy(bigger, list, n * size);
	*cap = more;
	return bigger;
}

/* ---- what the store tells ---- */

static int take_lines(struct pack *p, struct err *err)
{
	int rc = 0;

	p->line = arena_array(&p->a, p->f->line_n, sizeof(*p->line));
	if (!p->line)
		return no_memory(err);
	for (size_t i = 0; rc == 0 && i < p->f->line_n; i++) {
		const struct notice_line *l = &p->f->line[i];
		struct registrar_site site;
		rc = registrar_site_load(p->desk->store, l->subject, p->desk->suffixes, NULL,
		                         p->desk->now, &p->a, &site, err);
		if (rc)
			break;
		bool later = l->outcome_at != NOTICE_NEVER && l->outcome_at > p->desk->now;
		bool seen = site.state_at != STORE_NONE && site.state_at >= p->f->sent_at;
		p->line[i] = (struct complaint_line){
			.subject = l->subject,
			.class = l->class,
			.outcome = later ? OUTCOME_PENDING : l->outcome,
			.outcome_at = later ? NOTICE_NEVER : l->outcome_at,
			.moved_to = later ? (struct slice){ 0 } : l->moved_to,
			.state = slice_str(site_state_name(site.state)),
			.sign = site.sign,
			.seen_at = seen ? site.state_at : NOTICE_NEVER,
			.observation = site.record,
			.decision = l->decision,
		};
	}
	p->c.line = p->line;
	p->c.line_n = p->f->line_n;
	return rc;
}

/* One piece of evidence, once. What was redacted or never kept has its digest alone. */
static int add_evidence(struct pack *p, const char *what, struct sha256 digest, struct err *err)
{
	static const struct sha256 none;
	struct complaint_evidence e = { .address = digest, .what = slice_str(what) };
	struct store_evidence kept;
	struct err why = { 0 };
	char hex[SHA256_HEX];

	if (sha256_eq(digest, none))
		return 0;
	for (size_t i = 0; i < p->evidence_n; i++)
		if (sha256_eq(p->evidence[i].address, digest))
			return 0;
	int rc = store_find_evidence(p->desk->store, digest, &p->a, &kept, &why);
	if (rc && rc != ERR_NOTFOUND) {
		if (err)
			*err = why;
		return rc;
	}
	if (rc == 0) {
		e.class = kept.cls;
		e.media_type = kept.media_type;
		e.length = kept.length;
		sha256_hex(digest, hex);
		if (slice_eq_str(kept.cls, "public"))
			e.path = slice_str(arena_printf(&p->a, "evidence/%s", hex));
	}
	p->evidence = grown(&p->a, p->evidence, p->evidence_n, &p->evidence_cap, sizeof(e));
	if (!p->evidence)
		return no_memory(err);
	p->evidence[p->evidence_n++] = e;
	return 0;
}

static int take_replies(struct pack *p, struct err *err)
{
	int rc = 0;

	p->reply = arena_array(&p->a, p->f->reply_n, sizeof(*p->reply));
	if (!p->reply)
		return no_memory(err);
	for (size_t i = 0; rc == 0 && i < p->f->reply_n; i++) {
		const struct notice_reply *r = &p->f->reply[i];
		if (r->at > p->desk->now)
			continue;
		p->reply[p->c.reply_n++] = (struct complaint_reply){
			slice_str(reply_class_name(r->class)),
			r->words,
			r->ticket,
			r->at,
			r->record,
		};
		rc = add_evidence(p, "reply", r->evidence, err);
	}
	p->c.reply = p->reply;
	return rc;
}

/* The captures that the annex cites. */
static int take_draft(struct pack *p, struct err *err)
{
	struct store_record r;
	json_t *body = NULL;
	const json_t *subject, *address;
	size_t i, k;
	int rc = store_get_record(p->desk->store, p->f->id, &p->a, &r, err);

	if (rc == 0)
		rc = json_parse_object(r.body, STORE_BODY_MAX, &body, err);
	if (rc == 0)
		rc = add_evidence(p, "letter", p->f->letter, err);
	if (rc == 0)
		rc = add_evidence(p, "annex", p->f->annex, err);
	if (rc == 0)
		rc = add_evidence(p, "xarf", p->f->xarf, err);
	json_array_foreach(json_arr(body, "annex"), i, subject)
		json_array_foreach(json_arr(subject, "evidence"), k, address)
	{
		struct sha256 digest;
		if (rc == 0 && evidence_address_parse(json_text(address), &digest, NULL) == 0)
			rc = add_evidence(p, "capture", digest, err);
	}
	json_decref(body);
	return rc;
}

/* ---- the ledger ---- */

static int add_entry(struct pack *p, const struct store_record *r, struct slice state,
                     struct err *err)
{
	struct complaint_entry e = { .at = r->at, .record = r->id, .index = -1 };
	struct err why = { 0 };
	int rc = store_ledger_find(p->desk->store, r->id, &e.index, &why);

	/* What is no act of ours proves nothing. */
	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	e.state = arena_copy(&p->a, state);
	p->entry = grown(&p->a, p->entry, p->entry_n, &p->entry_cap, sizeof(e));
	if (!e.state.p || !p->entry)
		return no_memory(err);
	p->entry[p->entry_n++] = e;
	return 0;
}

static int take_step(void *ctx, const struct store_record *r, struct err *err)
{
	static const char *const states[] = { "approved", "sending", "sent", "unknown" };
	struct pack *p = ctx;
	json_t *body = NULL;
	char hex[SHA256_HEX];

	sha256_hex(p->f->id, hex);
	if (sha256_eq(r->id, p->f->id))
		return add_entry(p, r, SLICE("drafted"), err);
	if (slice_find_slice(r->body, slice_str(hex)) == r->body.n)
		return 0;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	for (size_t i = 0; rc == 0 && i < sizeof(states) / sizeof(states[0]); i++)
		if (slice_eq(json_str(body, "notice"), slice_str(hex)) &&
		    slice_eq_str(json_str(body, "state"), states[i]))
			rc = add_entry(p, r, slice_str(states[i]), err);
	json_decref(body);
	return rc;
}

/* Proofs of the entries, as far as a checkpoint covers them. */
static int make_proofs(struct pack *p, struct err *err)
{
	char *folder = arena_printf(&p->a, "%s/ledger", store_dir(p->desk->store));
	struct log_folder *log = NULL;
	struct tile_store files;
	struct buf text = { 0 };
	struct keyring keys;
	struct err why = { 0 };
	int rc = folder ? log_open(folder, false, &log, &why) : no_memory(&why);

	if (rc == 0)
		rc = log_keyring_read(log, &text, &keys, &why);
	if (rc == 0)
		files = log_files(log);
	for (size_t i = 0; rc == 0 && i < p->entry_n; i++) {
		struct complaint_entry *e = &p->entry[i];
		struct buf proof = { 0 };
		rc = ledger_proof_make(p->desk->store, &files, &keys, e->index, false, &proof,
		                       &why);
		if (rc == 0) {
			p->proof[i] = arena_copy(&p->a, buf_slice(&proof));
			e->path = slice_str(arena_printf(&p->a, "proof/%" PRId64, e->index));
			if (!p->proof[i].p || !e->path.n)
				rc = no_memory(&why);
		} else if (rc == ERR_NOTFOUND) {
			rc = 0; /* not yet signed: its place is told all the same */
		}
		buf_release(&proof);
	}
	log_close(log);
	buf_release(&text);
	if (rc && err)
		*err = why;
	return rc;
}

static int gather(struct pack *p, struct err *err)
{
	const struct notice_file *f = p->f;
	const struct config *config = p->desk->config;
	struct store_filter notices = { .type = SLICE("notice") };

	p->c = (struct complaint){
		.reference = f->reference,
		.case_name = f->case_name,
		.to = f->to,
		.purpose = f->purpose,
		.action = f->action,
		.basis = f->basis,
		.party = f->party,
		.name = f->party_name,
		.address = f->address.n ? f->address : f->form,
		.iana_id = f->iana_id,
		.sender = slice_str(config->notice.sender),
		.sender_mail = slice_str(config->mail.from),
		.on_behalf = f->on_behalf,
		.sponsor = f->sponsor,
		.mandate = f->mandate,
		.sent_at = f->sent_at,
		.uncertain = notice_is_uncertain(f->state),
		.withdrawn = f->state == NOTICE_WITHDRAWN,
		.undelivered = f->state == NOTICE_REFUSED || f->state == NOTICE_DEFERRED,
		.message_id = f->message_id,
		.answer = f->answer,
		.now = p->desk->now,
		.acknowledge_s = config->notice.acknowledge_hours * HOUR,
		.act_s = config->notice.act_days * DAY,
	};
	int rc = take_lines(p, err);
	if (rc == 0)
		rc = take_replies(p, err);
	if (rc == 0)
		rc = complaint_check(&p->c, p->desk->basis, err);
	if (rc == 0)
		rc = take_draft(p, err);
	if (rc == 0)
		rc = store_each_record(p->desk->store, &notices, take_step, p, err);
	p->proof = rc ? NULL : arena_array(&p->a, p->entry_n, sizeof(*p->proof));
	if (rc == 0 && !p->proof)
		rc = no_memory(err);
	if (rc == 0)
		rc = make_proofs(p, err);
	p->c.evidence = p->evidence;
	p->c.evidence_n = p->evidence_n;
	p->c.entry = p->entry;
	p->c.entry_n = p->entry_n;
	return rc;
}

/* ---- the folder ---- */

static int begin(const char *dir, struct err *err)
{
	enum file_kind kind;
	char **names = NULL;
	size_t n = 0;
	int rc = file_kind_of(dir, &kind, err);

	if (rc == 0 && kind == FILE_DIRECTORY)
		rc = file_list(dir, &names, &n, err);
	else if (rc == 0 && kind != FILE_ABSENT)
		rc = err_set(err, ERR_REFUSED, 0, "%s: is no folder", dir);
	if (rc == 0 && n)
		rc = err_set(err, ERR_REFUSED, 0, "%s: a folder that is new or empty is wanted",
		             dir);
	file_list_free(names, n);
	return rc;
}

static int put_file(struct pack *p, struct slice name, struct slice bytes, struct err *err)
{
	char *path = arena_printf(&p->a, "%s/%.*s", p->dir, SLICE_ARG(name));

	return path ? file_write_unsynced(path, bytes, err) : no_memory(err);
}

static int put_folder(struct pack *p, const char *name, struct err *err)
{
	char *path = arena_printf(&p->a, "%s/%s", p->dir, name);

	return path ? file_make_dir(path, err) : no_memory(err);
}

static int put_all(struct pack *p, struct slice text, struct slice manifest, struct err *err)
{
	int rc = put_folder(p, "evidence", err);

	if (rc == 0)
		rc = put_folder(p, "proof", err);
	for (size_t i = 0; rc == 0 && i < p->evidence_n; i++) {
		struct buf bytes = { 0 };
		if (!p->evidence[i].path.n)
			continue;
		rc = store_get_evidence(p->desk->store, p->evidence[i].address, &bytes, NULL, NULL,
		                        err);
		if (rc == 0)
			rc = put_file(p, p->evidence[i].path, buf_slice(&bytes), err);
		buf_release(&bytes);
	}
	for (size_t i = 0; rc == 0 && i < p->entry_n; i++)
		if (p->entry[i].path.n)
			rc = put_file(p, p->entry[i].path, p->proof[i], err);
	if (rc == 0)
		rc = put_file(p, SLICE("manifest.json"), manifest, err);
	/* Last: where it is there, all is. */
	if (rc == 0)
		rc = put_file(p, SLICE("complaint.txt"), text, err);
	return rc ? rc : file_sync_all(p->dir, err);
}

int notice_complaint(const struct notice_desk *desk, const struct notice_file *f, const char *dir,
                     struct buf *text, struct err *err)
{
	struct pack p = { .desk = desk, .f = f, .dir = dir };
	struct buf written = { 0 }, manifest = { 0 };
	int rc = gather(&p, err);

	if (rc == 0)
		rc = begin(dir, err);
	if (rc == 0)
		rc = complaint_write(&p.c, desk->basis, &written, err);
	if (rc == 0)
		rc = complaint_manifest(&p.c, &manifest, err);
	if (rc == 0)
		rc = put_all(&p, buf_slice(&written), buf_slice(&manifest), err);
	if (rc == 0 && text)
		buf_put(text, buf_slice(&written));
	buf_release(&written);
	buf_release(&manifest);
	arena_release(&p.a);
	return rc;
}

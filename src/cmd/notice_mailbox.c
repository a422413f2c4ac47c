#include "cmd/notice_mailbox.h"

#include "base/table.h"
#include "model/evidence.h"
#include "sys/file.h"
#include "sys/tree.h"
#include "wire/json.h"
#include "wire/redaction.h"

#include <stdio.h>
#include <string.h>

enum { TABLE_MAX = 4 << 20, DIAGNOSTIC_MAX = 500 };

struct reading {
	struct notice_mailbox *box;
	const char *folder;
	struct reply_table *phrases;
	struct reply_known *known;
	struct arena kept;      /* digests of the mails that were put */
	struct table put;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- what was read before ---- */

static int remember(struct reading *r, struct sha256 digest, struct err *err)
{
	struct slice key =
		arena_copy(&r->kept, slice_from((const char *)digest.b, sizeof(digest.b)));

	if (!key.p || !table_put(&r->put, key))
		return no_memory(err);
	return 0;
}

static bool is_put(const struct reading *r, struct sha256 digest)
{
	return table_find(&r->put, slice_from((const char *)digest.b, sizeof(digest.b))) != NULL;
}

static int remember_record(void *ctx, const struct store_record *rec, struct err *err)
{
	struct reading *r = ctx;
	struct sha256 digest;
	json_t *body = NULL;
	int rc = json_parse_object(rec->body, STORE_BODY_MAX, &body, err);

	if (rc)
		return rc;
	struct slice state = json_str(body, "state");
	const json_t *evidence = json_array_get(json_arr(body, "evidence"), 0);
	if ((slice_eq_str(state, "received") || slice_eq_str(state, "unmatched")) &&
	    evidence_address_parse(json_str(evidence, "address"), &digest, NULL) == 0)
		rc = remember(r, digest, err);
	json_decref(body);
	return rc;
}

/* ---- one mail ---- */

struct letter {
	struct mail_read mail;
	struct dsn dsn;
	bool is_read, is_dsn;
	size_t which;
	enum reply_link link;
	struct notice_reply reply;
	struct arena a;
	struct err why; /* where it could not be read */
};

/* A status that is not about the address that was written to is somebody's mail like any other. */
static int take_bounce(struct reading *r, struct letter *l, struct err *err)
{
	struct slice address = r->box->known[l->which].address;
	const struct dsn_recipient *to = reply_bounced(&l->dsn, address);
	const char *text;

	if (!to)
		return 0;
	l->reply.class = to->action == DSN_FAILED ? REPLY_BOUNCE : REPLY_DELAY;
	l->reply.words = SLICE("");
	l->reply.stranger = false; /* it comes from whichever server gave up */
	text = arena_printf(&l->a, "%.*s%s%.*s", SLICE_ARG(to->status),
	                    to->status.n && to->diagnostic.n ? " " : "",
	                    SLICE_ARG(to->diagnostic));
	if (!text)
		return no_memory(err);
	return redaction_mask(slice_sub(slice_str(text), 0, DIAGNOSTIC_MAX), &l->a,
	                      &l->reply.diagnostic, err);
}

static int judge(struct reading *r, struct letter *l, struct err *err)
{
	struct reply_reading said;
	int rc = reply_classify(r->phrases, l->mail.subject, l->mail.text, &l->a, &said, err);

	if (rc)
		return rc;
	l->reply.class = said.class;
	l->reply.ticket = said.ticket;
	rc = redaction_mask(said.words, &l->a, &l->reply.words, err);
	if (rc || l->link == REPLY_UNLINKED)
		return rc;
	l->reply.stranger = reply_is_stranger(l->mail.from, r->box->known[l->which].address,
	                                      r->box->desk->suffixes);
	return l->is_dsn ? take_bounce(r, l, err) : 0;
}

static int read_letter(struct reading *r, struct slice bytes, struct letter *l, struct err *err)
{
	int rc = mail_read(bytes, &l->a, &l->mail, &l->why);

	l->reply.class = REPLY_OTHER;
	if (rc == ERR_SYNTAX || rc == ERR_LIMIT)
		return 0;
	if (rc == 0) {
		l->is_read = true;
		rc = dsn_read(&l->mail, &l->a, &l->dsn, &l->why);
		l->is_dsn = rc == 0;
	}
	if (rc && rc != ERR_NOTFOUND)
		return err_set(err, rc, 0, "%s", l->why.what);
	l->link = reply_match(&l->mail, l->is_dsn ? &l->dsn : NULL, r->known, r->box->known_n,
	                      &l->which);
	return judge(r, l, err);
}

static int put_letter(struct reading *r, struct slice bytes, struct letter *l, struct err *err)
{
	struct notice_mailbox *box = r->box;
	const struct notice_file *of = l->link == REPLY_UNLINKED ? NULL : &box->known[l->which];
	bool is_new = false;
	int rc = store_begin(box->book->store, err);

	if (rc == 0)
		rc = notices_put_reply(box->book, of, bytes, &l->reply, &is_new, err);
	if (rc == 0)
		rc = store_commit(box->book->store, err);
	if (rc)
		store_rollback(box->book->store);
	if (rc == 0 && is_new) {
		box->matched += of != NULL;
		box->unmatched += of == NULL;
	}
	return rc;
}

static int tell(struct reading *r, const char *file, const struct letter *l, struct err *err)
{
	struct notice_mailbox *box = r->box;
	struct notice_mail mail = {
		.file = file,
		.of = l->link == REPLY_UNLINKED ? NULL : &box->known[l->which],
		.link = l->link,
		.reply = &l->reply,
		.fault = l->is_read ? NULL : l->why.what,
	};

	return box->told ? box->told(box->ctx, &mail, err) : 0;
}

static int read_new(struct reading *r, const char *file, struct slice bytes, struct err *err)
{
	struct letter l = { .link = REPLY_UNLINKED, .why = { .what = "" } };
	int rc = read_letter(r, bytes, &l, err);

	if (rc == 0)
		rc = put_letter(r, bytes, &l, err);
	if (rc == 0)
		rc = remember(r, sha256_of(bytes), err);
	if (rc == 0)
		rc = tell(r, file, &l, err);
	arena_release(&l.a);
	return rc;
}

/* ---- the folder ---- */

static bool is_passed_over(struct slice rel)
{
	struct slice part;
	bool first = true;

	while (slice_cut(&rel, '/', &part)) {
		if (slice_starts(part, SLICE(".")) || (first && slice_eq_str(part, "tmp") && rel.n))
			return true;
		first = false;
	}
	return false;
}

static int on_file(void *ctx, const char *rel, struct err *err)
{
	struct reading *r = ctx;
	struct buf bytes = { 0 };
	struct err why = { 0 };
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", r->folder, rel);

	if (is_passed_over(slice_str(rel)) || n < 0 || (size_t)n >= sizeof(path))
		return 0;
	int rc = file_read(path, MAIL_READ_BYTES, &bytes, &why);
	/* Moved from new/ to cur/ meanwhile: it is read there, now or the next time. */
	if (rc == ERR_NOTFOUND || rc == ERR_LIMIT) {
		r->box->too_long += rc == ERR_LIMIT;
		buf_release(&bytes);
		return 0;
	}
	if (rc == 0) {
		r->box->seen++;
		if (!is_put(r, sha256_of(buf_slice(&bytes))))
			rc = read_new(r, rel, buf_slice(&bytes), &why);
	}
	if (rc && err)
		*err = why;
	buf_release(&bytes);
	return rc;
}

static int load_phrases(struct reading *r, struct err *err)
{
	struct buf text = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/replies.tsv", r->box->desk->config->notices);
	int rc = file_read(path, TABLE_MAX, &text, err);
	if (rc == 0)
		rc = reply_load(buf_slice(&text), &r->phrases, err);
	buf_release(&text);
	return rc;
}

static int list_known(struct reading *r, struct err *err)
{
	struct notice_mailbox *box = r->box;

	r->known = arena_array(&r->kept, box->known_n, sizeof(*r->known));
	if (!r->known)
		return no_memory(err);
	for (size_t i = 0; i < box->known_n; i++)
		r->known[i] = (struct reply_known){ .reference = box->known[i].reference,
			                            .message_id = box->known[i].message_id,
			                            .address = box->known[i].address };
	return 0;
}

int notice_mailbox_read(struct notice_mailbox *box, const char *folder, struct err *err)
{
	struct reading r = { .box = box, .folder = folder };
	struct store_filter notices = { .type = SLICE("notice") };
	enum file_kind kind;
	int rc = file_kind_of(folder, &kind, err);

	if (rc == 0 && kind != FILE_DIRECTORY)
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no such folder", folder);
	if (rc == 0)
		rc = load_phrases(&r, err);
	if (rc == 0)
		rc = list_known(&r, err);
	if (rc == 0)
		rc = store_each_record(box->desk->store, &notices, remember_record, &r, err);
	if (rc == 0)
		rc = tree_each(folder, on_file, &r, err);
	table_release(&r.put);
	reply_free(r.phrases);
	arena_release(&r.kept);
	return rc;
}

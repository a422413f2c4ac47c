#include "cmd/notice_send.h"

#include "cmd/relay.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "wire/mail.h"

#include <stdio.h>
#include <string.h>

enum { HOUR_S = 3600 };

struct sending {
	struct notice_post *post;
	struct notice_file *list;
	size_t n;
	struct relay relay;
	bool has_relay;
	int64_t left; /* messages that may leave in this hour */
};

static int64_t now_of(const struct notice_post *post)
{
	return post->has_at ? post->at : clock_now();
}

/* Drafts wait for a person, and what is uncertain for one too. */
static bool is_due(const struct notice_post *post, const struct notice_file *f)
{
	return f->state == NOTICE_APPROVED || f->state == NOTICE_DEFERRED ||
	       (post->again && notice_is_uncertain(f->state));
}

/* What left within an hour, whatever became of it. */
static int64_t left_of(const struct sending *s)
{
	int64_t now = now_of(s->post), left = s->post->desk->config->notice.per_hour;

	for (size_t i = 0; i < s->n; i++)
		if (s->list[i].attempts && s->list[i].state_at > now - HOUR_S &&
		    s->list[i].state != NOTICE_WRITTEN && s->list[i].state != NOTICE_WITHDRAWN)
			left--;
	return left;
}

/* ---- the message ---- */

static const struct notice_file *followed(const struct sending *s, const struct notice_file *f)
{
	for (size_t i = 0; i < s->n; i++)
		if (sha256_eq(s->list[i].id, f->follows))
			return &s->list[i];
	return NULL;
}

static int make_message(struct sending *s, const struct notice_file *f,
                        const struct notice_writing *w, struct buf *id, struct buf *out,
                        struct err *err)
{
	const struct config *c = s->post->desk->config;
	const struct notice_file *before = followed(s, f);
	struct mail_attachment parts[2];
	size_t n = 0;

	if (!c->mail.from)
		return err_set(err, ERR_USAGE, 0,
		               "a notice needs a sender: set mail.from in assay.yaml");
	struct slice from = slice_str(c->mail.from);
	buf_printf(id, "%.*s@%.*s", SLICE_ARG(f->reference),
	           SLICE_ARG(slice_sub(from, slice_find(from, '@') + 1, from.n)));
	if (w->annex.n)
		parts[n++] = (struct mail_attachment){ .media_type = SLICE("application/json"),
			                               .name = SLICE(NOTICE_ANNEX_NAME),
			                               .bytes = w->annex };
	if (w->xarf.n)
		parts[n++] = (struct mail_attachment){ .media_type = SLICE("application/json"),
			                               .name = SLICE(NOTICE_XARF_NAME),
			                               .bytes = w->xarf };
	struct mail m = {
		.from = from,
		.to = f->address,
		.from_name = slice_str(c->notice.sender),
		.subject = w->mail_subject,
		.message_id = buf_slice(id),
		.at = now_of(s->post),
		.text = w->letter,
		.language = f->language,
		.attachment = parts,
		.attachment_n = n,
	};
	if (before && before->message_id.n) {
		m.in_reply_to = before->message_id;
		m.reference = &before->message_id;
		m.reference_n = 1;
	}
	return mail_compose(&m, out, err);
}

/* ---- one notice ---- */

static int put_state(struct sending *s, struct notice_file *f, enum notice_state state,
                     struct slice message_id, struct slice answer, struct err *err)
{
	struct notice_post *post = s->post;
	struct store *store = post->book->store;
	struct notice_act act = { .by = SLICE("assay") };
	int64_t at = now_of(post);
	int rc = store_begin(store, err);

	post->book->at = at;
	if (rc == 0)
		rc = notices_put_state(post->book, f, state, &act, message_id, f->attempts, answer,
		                       err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc) {
		store_rollback(store);
		return rc;
	}
	f->state = state;
	f->state_at = at;
	return ledgerbook_sync(post->book, NULL, err);
}

static int write_file(struct sending *s, struct notice_file *f, struct slice id,
                      struct slice message, struct err *err)
{
	struct notice_post *post = s->post;
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%.*s.eml", post->outbox, SLICE_ARG(f->reference));

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", post->outbox);
	int rc = file_make_dir(post->outbox, err);
	if (rc == 0)
		rc = file_write_whole(path, message, err);
	f->attempts++;
	if (rc == 0)
		rc = put_state(s, f, NOTICE_WRITTEN, id, SLICE(""), err);
	if (rc == 0) {
		post->told(post->ctx, f, NOTICE_WRITTEN, path, message, NULL, 0);
		post->sent++;
	}
	return rc;
}

static int hand_over(struct sending *s, struct notice_file *f, struct slice id,
                     struct slice message, struct err *err)
{
	static const enum notice_state states[] = {
		[SMTP_ACCEPTED] = NOTICE_SENT,
		[SMTP_REFUSED] = NOTICE_REFUSED,
		[SMTP_DEFERRED] = NOTICE_DEFERRED,
		[SMTP_UNKNOWN] = NOTICE_UNKNOWN,
	};
	struct notice_post *post = s->post;
	struct slice from = slice_str(post->desk->config->mail.from);
	struct smtp_result result;

	f->attempts++;
	int rc = put_state(s, f, NOTICE_SENDING, id, SLICE(""), err);
	if (rc == 0)
		rc = smtp_send(&s->relay.to, from, f->address, message, &result, err);
	if (rc)
		return rc;
	s->left--;
	rc = put_state(s, f, states[result.state], id, slice_str(result.answer), err);
	if (rc)
		return rc;
	post->told(post->ctx, f, states[result.state], result.answer, message, NULL, 0);
	post->sent += result.state == SMTP_ACCEPTED;
	post->failed += result.state != SMTP_ACCEPTED;
	if (result.relay)
		return err_set(err, ERR_REFUSED, 0, "the relay %s takes no mail of ours: %s",
		               post->desk->config->mail.relay, result.answer);
	return 0;
}

/* A form is filled in by a person: the notice is written for that. */
static int leave(struct sending *s, struct notice_file *f, const struct notice_writing *w,
                 struct err *err)
{
	struct notice_post *post = s->post;
	struct buf message = { 0 }, id = { 0 };
	int rc = 0;

	if (f->address.n == 0 && !post->outbox && post->book) {
		post->told(post->ctx, f, f->state,
		           "takes no mail: write it to a file with --outbox DIR, and use its form",
		           SLICE(""), NULL, 0);
		post->waiting++;
		return 0;
	}
	if (post->book && !post->outbox && s->left <= 0) {
		post->told(post->ctx, f, f->state, "notice.per_hour is used up: send again later",
		           SLICE(""), NULL, 0);
		post->waiting++;
		return 0;
	}
	if (post->book && !post->outbox && !s->has_relay) {
		rc = relay_load(post->desk->config, &s->relay, err);
		s->has_relay = true;
	}
	if (rc == 0)
		rc = make_message(s, f, w, &id, &message, err);
	if (rc == 0 && !post->book)
		post->told(post->ctx, f, NOTICE_APPROVED, "", buf_slice(&message), NULL, 0);
	else if (rc == 0 && post->outbox)
		rc = write_file(s, f, buf_slice(&id), buf_slice(&message), err);
	else if (rc == 0)
		rc = hand_over(s, f, buf_slice(&id), buf_slice(&message), err);
	buf_release(&message);
	buf_release(&id);
	return rc;
}

static int send_one(struct sending *s, struct notice_file *f, struct err *err)
{
	struct notice_post *post = s->post;
	struct notice_draft draft;
	struct arena a = { 0 };

	post->desk->now = now_of(post);
	int rc = notice_draft_again(post->desk, f, &a, &draft, err);
	if (rc == 0 && draft.failure_n) {
		post->told(post->ctx, f, f->state, "", SLICE(""), draft.failure, draft.failure_n);
		post->refused++;
	} else if (rc == 0) {
		rc = leave(s, f, &draft.writing, err);
	}
	arena_release(&a);
	return rc;
}

int notice_send(struct notice_post *post, struct notice_file *list, size_t n,
                const struct notice_file *only, struct err *err)
{
	struct sending s = { .post = post, .list = list, .n = n };
	int rc = 0;

	s.left = left_of(&s);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if ((!only || only == &list[i]) && is_due(post, &list[i]))
			rc = send_one(&s, &list[i], err);
	relay_release(&s.relay);
	return rc;
}

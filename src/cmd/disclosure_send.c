#include "cmd/disclosure_send.h"

#include "cmd/relay.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "wire/mail.h"

#include <string.h>

/* ---- the message ---- */

static int make_message(const struct disclosure_post *post, const struct disclosure_file *d,
                        size_t i, struct slice letter, int64_t at, struct buf *out, struct err *err)
{
	const struct config *c = post->config;
	struct slice from = slice_str(c->mail.from), appeal = slice_str(c->appeal_address);
	struct mail_address reply;
	struct buf id = { 0 };

	if (!c->mail.from)
		return err_set(err, ERR_USAGE, 0,
		               "a letter needs a sender: set mail.from in assay.yaml");
	buf_printf(&id, "%.*s.%zu@%.*s", SLICE_ARG(d->reference), i + 1,
	           SLICE_ARG(slice_sub(from, slice_find(from, '@') + 1, from.n)));
	struct mail m = {
		.from = from,
		.to = d->contact[i].address,
		.from_name = slice_str(c->list_name),
		.subject = d->mail_subject,
		.message_id = buf_slice(&id),
		.at = at,
		.text = letter,
		.language = d->language,
	};
	/* Where answers go may be a web address, which stands in the letter alone. */
	if (mail_address_parse(appeal, &reply, NULL) == 0)
		m.reply_to = mail_address_slice(&reply);
	int rc = mail_compose(&m, out, err);
	buf_release(&id);
	return rc;
}

/* ---- one contact ---- */

static int64_t now_of(const struct disclosure_post *post)
{
	return post->has_at ? post->at : clock_now();
}

static int put_state(struct disclosure_post *post, struct disclosure_file *d, size_t i,
                     enum contact_state state, struct slice answer, bool relay, struct err *err)
{
	struct disclosure_contact *c = &d->contact[i];
	struct store *store = post->book->store;
	struct contact_step step = { state, now_of(post), c->attempts, answer, relay };
	int rc = store_begin(store, err);

	post->book->at = step.at;
	if (rc == 0)
		rc = disclosure_put_step(post->book, d, i, &step, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc) {
		store_rollback(store);
		return rc;
	}
	c->state = state;
	c->at = step.at;
	return ledgerbook_sync(post->book, NULL, err);
}

/* A server likes to repeat the address; records show it masked. */
static void mask_answer(const struct disclosure_contact *c, const char *answer, struct buf *out)
{
	struct slice rest = slice_str(answer);

	for (size_t at = 0; at < rest.n;) {
		struct slice here = slice_sub(rest, at, at + c->address.n);
		if (slice_eq_nocase(here, c->address)) {
			buf_put(out, c->shown);
			at += here.n;
		} else {
			buf_putc(out, rest.p[at++]);
		}
	}
}

static int write_file(struct disclosure_post *post, struct disclosure_file *d, size_t i,
                      struct slice message, struct err *err)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%.*s.%zu.eml", post->outbox,
	                 SLICE_ARG(d->reference), i + 1);

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", post->outbox);
	int rc = file_make_dir(post->outbox, err);
	if (rc == 0)
		rc = file_write_whole(path, message, err);
	d->contact[i].attempts++;
	if (rc == 0)
		rc = put_state(post, d, i, CONTACT_WRITTEN, (struct slice){ NULL, 0 }, false, err);
	if (rc == 0)
		post->told(post->ctx, d, i, CONTACT_WRITTEN, path, message);
	post->sent += rc == 0;
	return rc;
}

static int hand_over(struct disclosure_post *post, const struct relay *relay,
                     struct disclosure_file *d, size_t i, struct slice message, struct err *err)
{
	static const enum contact_state states[] = {
		[SMTP_ACCEPTED] = CONTACT_SENT,
		[SMTP_REFUSED] = CONTACT_REFUSED,
		[SMTP_DEFERRED] = CONTACT_DEFERRED,
		[SMTP_UNKNOWN] = CONTACT_UNKNOWN,
	};
	struct disclosure_contact *c = &d->contact[i];
	struct smtp_result result;
	struct buf answer = { 0 };

	c->attempts++;
	int rc = put_state(post, d, i, CONTACT_SENDING, (struct slice){ NULL, 0 }, false, err);
	if (rc == 0)
		rc = smtp_send(&relay->to, slice_str(post->config->mail.from), c->address, message,
		               &result, err);
	if (rc)
		return rc;
	mask_answer(c, result.answer, &answer);
	rc = put_state(post, d, i, states[result.state], buf_slice(&answer),
	               result.state == SMTP_DEFERRED && result.relay, err);
	if (rc == 0) {
		post->told(post->ctx, d, i, states[result.state], buf_str(&answer), message);
		post->sent += result.state == SMTP_ACCEPTED;
		post->failed += result.state != SMTP_ACCEPTED;
	}
	if (rc == 0 && result.relay)
		rc = err_set(err, ERR_REFUSED, 0, "the relay %s takes no mail of ours: %s",
		             post->config->mail.relay, buf_str(&answer));
	buf_release(&answer);
	return rc;
}

static bool is_due(const struct disclosure_post *post, enum contact_state s)
{
	return s == CONTACT_READY || s == CONTACT_DEFERRED ||
	       (post->again && (s == CONTACT_SENDING || s == CONTACT_UNKNOWN));
}

int disclosure_send(struct disclosure_post *post, struct disclosure_file *d, struct err *err)
{
	struct arena a = { 0 };
	struct buf letter = { 0 };
	struct relay relay = { 0 };
	bool due = false, needs_relay = post->book && !post->outbox;
	int rc = 0;

	for (size_t i = 0; i < d->contact_n; i++)
		due = due || is_due(post, d->contact[i].state);
	if (!due)
		return 0;
	if (needs_relay)
		rc = relay_load(post->config, &relay, err);
	if (rc == 0)
		rc = disclosure_addresses(post->store, d, &a, err);
	if (rc == 0)
		rc = store_get_evidence(post->store, d->letter, &letter, NULL, NULL, err);
	for (size_t i = 0; rc == 0 && i < d->contact_n; i++) {
		struct buf message = { 0 };
		if (!is_due(post, d->contact[i].state))
			continue;
		rc = make_message(post, d, i, buf_slice(&letter), now_of(post), &message, err);
		if (rc == 0 && !post->book)
			post->told(post->ctx, d, i, CONTACT_READY, "", buf_slice(&message));
		else if (rc == 0 && post->outbox)
			rc = write_file(post, d, i, buf_slice(&message), err);
		else if (rc == 0)
			rc = hand_over(post, &relay, d, i, buf_slice(&message), err);
		buf_release(&message);
	}
	relay_release(&relay);
	buf_release(&letter);
	arena_release(&a);
	return rc;
}

/* A status is blocks of fields: the first of the whole mail, then one per recipient.
 *
 *     Reporting-MTA: dns; mx.example
 *
 *     Final-Recipient: rfc822; abuse@registrar.example
 *     Action: failed
 *     Status: 5.1.1
 *     Diagnostic-Code: smtp; 550 5.1.1 no such mailbox */
#include "wire/dsn.h"

#include "wire/mail_address.h"
#include "wire/mail_field.h"

#include <string.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits_at(struct slice s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && is_digit(s.p[at + n]))
		n++;
	return n;
}

/* "5.1.1" at an offset: class 2, 4 or 5 (RFC 3463, section 2); its length, or 0. */
static size_t status_at(struct slice s, size_t at)
{
	size_t subject, detail;

	if (at + 5 > s.n || !(s.p[at] == '2' || s.p[at] == '4' || s.p[at] == '5') ||
	    s.p[at + 1] != '.' || (at && (is_digit(s.p[at - 1]) || s.p[at - 1] == '.')))
		return 0;
	subject = digits_at(s, at + 2);
	if (subject == 0 || subject > 3 || at + 2 + subject >= s.n || s.p[at + 2 + subject] != '.')
		return 0;
	detail = digits_at(s, at + 3 + subject);
	size_t n = 3 + subject + detail;
	bool more = at + n < s.n && s.p[at + n] == '.' && at + n + 1 < s.n &&
	            is_digit(s.p[at + n + 1]);
	return detail == 0 || detail > 3 || more ? 0 : n;
}

static struct slice find_status(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t n = status_at(s, i);
		if (n)
			return slice_sub(s, i, i + n);
	}
	return SLICE("");
}

/* "rfc822; abuse@registrar.example" -> the part behind the type. */
static struct slice behind_type(struct slice value)
{
	size_t at = slice_find(value, ';');

	return slice_trim(at < value.n ? slice_sub(value, at + 1, value.n) : value);
}

static int field(struct slice block, const char *name, struct arena *a, struct slice *out,
                 struct err *err)
{
	return mail_field_text(mail_field_find(block, name), a, out, err);
}

static struct slice cut(struct slice s, size_t most)
{
	if (s.n <= most)
		return s;
	s.n = most;
	while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	return s;
}

static struct slice bare(struct slice address)
{
	address = slice_trim(address);
	if (address.n > 2 && address.p[0] == '<' && address.p[address.n - 1] == '>')
		address = slice_sub(address, 1, address.n - 1);
	return address;
}

/* ---- RFC 3464 ---- */

static enum dsn_action action_of(struct slice word, struct slice status)
{
	if (slice_eq_nocase(word, SLICE("failed")))
		return DSN_FAILED;
	if (slice_eq_nocase(word, SLICE("delayed")))
		return DSN_DELAYED;
	if (word.n)
		return DSN_DELIVERED;
	return status.n && status.p[0] == '5'   ? DSN_FAILED
	       : status.n && status.p[0] == '4' ? DSN_DELAYED
	                                        : DSN_DELIVERED;
}

static int read_recipient(struct slice block, struct arena *a, struct dsn *d, struct err *err)
{
	struct dsn_recipient *r = &d->recipient[d->recipient_n];
	struct slice original, final, action, diagnostic, status;
	int rc = field(block, "original-recipient", a, &original, err);

	if (rc == 0)
		rc = field(block, "final-recipient", a, &final, err);
	if (rc == 0)
		rc = field(block, "action", a, &action, err);
	if (rc == 0)
		rc = field(block, "status", a, &status, err);
	if (rc == 0)
		rc = field(block, "diagnostic-code", a, &diagnostic, err);
	if (rc || (final.n == 0 && original.n == 0 && action.n == 0))
		return rc;
	r->address = bare(behind_type(original.n ? original : final));
	r->status = find_status(status);
	r->diagnostic = cut(behind_type(diagnostic), DSN_DIAGNOSTIC_MAX);
	r->action = action_of(slice_sub(action, 0, slice_find(action, ' ')), r->status);
	d->recipient_n++;
	return 0;
}

static int read_status(struct slice bytes, struct arena *a, struct dsn *d, struct err *err)
{
	struct slice block;
	int rc = 0;

	/* The block of the whole is not there in some; one of its own fields tells it apart. */
	while (rc == 0 && d->recipient_n < DSN_RECIPIENTS_MAX && mail_block_cut(&bytes, &block))
		rc = read_recipient(block, a, d, err);
	return rc;
}

static bool is_status(const struct mail_part *p)
{
	return slice_eq_str(p->type, "message/delivery-status") ||
	       slice_eq_str(p->type, "message/global-delivery-status");
}

static bool is_original(const struct mail_part *p)
{
	static const char *const types[] = { "message/rfc822", "text/rfc822-headers",
		                             "message/global", "message/global-headers",
		                             "message/rfc2822" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_eq_str(p->type, types[i]))
			return true;
	return false;
}

static void find_original(const struct mail_read *m, struct dsn *d)
{
	for (size_t i = 0; i < m->part_n && d->original_id.n == 0; i++) {
		struct slice value = is_original(&m->part[i]) ?
		                             mail_field_find(m->part[i].bytes, "message-id") :
		                             SLICE("");
		struct slice id;
		if (mail_field_id_cut(&value, &id))
			d->original_id = id;
	}
}

/* ---- texts of old servers ---- */

/* How such a text opens, and what it means. Told by documentation and samples of the servers named;
 * a sentence alone decides nothing (see is_from_nobody). */
static const struct {
	const char *words;
	enum dsn_action action;
} openings[] = {
	/* exim before 4.80 and its like */
	{ "could not be delivered to one or more of its recipients", DSN_FAILED },
	{ "has not been delivered to one or more of its recipients", DSN_DELAYED },
	{ "has not yet been delivered to one or more of its recipients", DSN_DELAYED },
	/* qmail */
	{ "this is a permanent error; i've given up", DSN_FAILED },
	{ "i'm afraid i wasn't able to deliver your message", DSN_FAILED },
	/* sendmail 8 */
	{ "the following addresses had permanent fatal errors", DSN_FAILED },
	{ "the following addresses had permanent delivery errors", DSN_FAILED },
	{ "the following addresses had transient non-fatal errors", DSN_DELAYED },
	/* Exchange, and services that write as it does */
	{ "your message did not reach some or all of the intended recipients", DSN_FAILED },
	{ "delivery has failed to these recipients", DSN_FAILED },
	{ "delivery to the following recipient failed permanently", DSN_FAILED },
	{ "delivery to the following recipients failed", DSN_FAILED },
	{ "delivery to the following recipient has been delayed", DSN_DELAYED },
	/* postfix and others, where the report was stripped on its way */
	{ "your message could not be delivered to one or more recipients", DSN_FAILED },
	{ "your message could not be delivered to the following", DSN_FAILED },
	{ "the following message to <", DSN_FAILED },
};

static bool is_postmaster(const struct mail_read *m)
{
	struct slice local = slice_sub(m->from, 0, slice_find(m->from, '@'));

	return slice_eq_nocase(local, SLICE("mailer-daemon")) ||
	       slice_eq_nocase(local, SLICE("postmaster")) ||
	       slice_eq_nocase(slice_sub(m->from_line, 0, 13), SLICE("mailer-daemon"));
}

static bool is_from_nobody(const struct mail_read *m)
{
	return m->null_sender || is_postmaster(m) ||
	       mail_field_find(m->header, "x-failed-recipients").p != NULL;
}

enum { OPENING = 2000 }; /* bytes of a text in which its opening stands */

/* Space of any kind is one space, letters are small: sentences are folded anywhere. */
static struct slice flatten(struct slice s, char flat[OPENING])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && i < OPENING; i++) {
		char c = ascii_space(s.p[i]) ? ' ' : ascii_lower(s.p[i]);
		if (c != ' ' || (n && flat[n - 1] != ' '))
			flat[n++] = c;
	}
	return slice_from(flat, n);
}

/* The line's only address: "<a@b>:", "  a@b", "a@b: 550 ...". */
static bool address_in(struct slice line, struct slice *address, struct slice *behind)
{
	struct mail_address parsed;
	struct slice s = slice_trim(line);
	size_t end = 0;

	if (s.n && s.p[0] == '<') {
		end = slice_find(s, '>');
		*address = slice_sub(s, 1, end);
		end = end < s.n ? end + 1 : end;
	} else {
		while (end < s.n && !ascii_space(s.p[end]) && s.p[end] != ':' && s.p[end] != '>')
			end++;
		*address = slice_sub(s, 0, end);
	}
	while (end < s.n && (s.p[end] == ':' || ascii_space(s.p[end])))
		end++;
	*behind = slice_sub(s, end, s.n);
	return mail_address_parse(*address, &parsed, NULL) == 0;
}

/* The words behind an address: the rest of its line, else the lines up to the next empty one. */
static int read_words(struct slice behind, struct slice rest, struct arena *a,
                      struct dsn_recipient *r, struct err *err)
{
	const char *end = rest.p;
	const char *begin = rest.p;
	struct slice line;

	if (behind.n < 8) {
		while (slice_cut(&rest, '\n', &line) && slice_trim(line).n)
			end = line.p + line.n;
		behind = slice_from(begin, (size_t)(end - begin));
	}
	int rc = mail_field_text(behind, a, &r->diagnostic, err);
	r->diagnostic = cut(r->diagnostic, DSN_DIAGNOSTIC_MAX);
	r->status = find_status(r->diagnostic);
	return rc;
}

static int read_text(const struct mail_read *m, enum dsn_action action, struct arena *a,
                     struct dsn *d, struct err *err)
{
	struct slice rest = m->text, line, address, behind;

	while (d->recipient_n == 0 && slice_cut(&rest, '\n', &line)) {
		if (!address_in(line, &address, &behind))
			continue;
		struct dsn_recipient *r = &d->recipient[d->recipient_n++];
		int rc = read_words(behind, rest, a, r, err);
		if (rc)
			return rc;
		r->address = address;
		r->action = action;
	}
	/* The mail itself, or its header, stands below. */
	struct slice value = mail_field_find(rest, "message-id"), id;
	if (d->original_id.n == 0 && mail_field_id_cut(&value, &id))
		d->original_id = id;
	if (d->recipient_n == 0)
		d->recipient[d->recipient_n++] = (struct dsn_recipient){ .action = action };
	return 0;
}

/* 0, or ERR_NOTFOUND. */
static int opening_of(const struct mail_read *m, enum dsn_action *action, struct err *err)
{
	char bytes[OPENING];
	struct slice flat = flatten(m->text, bytes);

	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
		if (slice_find_slice(flat, slice_str(openings[i].words)) < flat.n) {
			*action = openings[i].action;
			return 0;
		}
	return err_set(err, ERR_NOTFOUND, 0, "dsn: no delivery status");
}

/* ---- the whole ---- */

int dsn_read(const struct mail_read *m, struct arena *a, struct dsn *out, struct err *err)
{
	struct dsn d = { .standard = false };
	enum dsn_action action;
	int rc = 0;

	d.recipient = arena_array(a, DSN_RECIPIENTS_MAX, sizeof(*d.recipient));
	if (!d.recipient)
		return no_memory(err);
	find_original(m, &d);
	for (size_t i = 0; rc == 0 && i < m->part_n; i++)
		if (is_status(&m->part[i])) {
			d.standard = true;
			rc = read_status(m->part[i].bytes, a, &d, err);
		}
	if (rc == 0 && !(d.standard && d.recipient_n)) {
		d.standard = false;
		if (!is_from_nobody(m))
			return err_set(err, ERR_NOTFOUND, 0, "dsn: no delivery status");
		rc = opening_of(m, &action, err);
		if (rc == 0)
			rc = read_text(m, action, a, &d, err);
	}
	if (rc == 0)
		*out = d;
	return rc;
}

enum dsn_action dsn_outcome(const struct dsn *d)
{
	enum dsn_action worst = DSN_DELIVERED;

	for (size_t i = 0; i < d->recipient_n; i++)
		if (d->recipient[i].action < worst)
			worst = d->recipient[i].action;
	return worst;
}

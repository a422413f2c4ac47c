/* Members in the order of their names, as the canonical form has them. What XARF has no field for lies
 * in the object assay_pharmacy: the core schema lets others' fields be. */
#include "act/xarf.h"

#include "base/base64.h"
#include "base/uuid.h"
#include "model/evidence.h"
#include "wire/json_writer.h"
#include "wire/timestamp.h"
#include "wire/wrap.h"

#include <stdio.h>

enum {
	EVIDENCE_MAX = 8,      /* items of a report; the schema allows 50 */
	TAGS_MAX = 20,         /* xarf-core.json: maxItems */
	DESCRIPTION_MAX = 900, /* characters; maxLength 1000 */
	ITEM_MAX = 400,        /* characters of an item's description; maxLength 500 */
	ORG_MAX = 200,
};

/* Of reports named by reference and subject (RFC 9562, 5.5): the namespace is the name "assay notice"
 * in the namespace of URLs, written out. */
static const struct uuid space = { { 0x0e, 0x53, 0x5d, 0x29, 0x88, 0x37, 0x50, 0x98, 0xbb, 0xed,
	                             0xd2, 0xd2, 0x82, 0x66, 0x7c, 0xf4 } };

static bool is_zero(struct sha256 d)
{
	return sha256_eq(d, (struct sha256){ { 0 } });
}

static void put_time(struct json_writer *w, const char *name, int64_t at)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(at, text);
	json_writer_member(w, name, slice_str(text));
}

static int check_kind(const struct notice *n, const struct notice_subject *s, struct err *err)
{
	bool asks = n->purpose == PURPOSE_REQUEST || n->purpose == PURPOSE_ARRIVED;

	if (!asks)
		return err_set(err, ERR_REFUSED, 0, "xarf: it has no report for a %s",
		               notice_purpose_name(n->purpose));
	if (n->matter == MATTER_UNAPPROVED || n->matter == MATTER_STATEMENT)
		return err_set(err, ERR_REFUSED, 0, "xarf: it has no type for the matter '%s'",
		               notice_matter_name(n->matter));
	if (n->matter == MATTER_REGISTRATION && s->registration.created == NOTICE_NEVER)
		return err_set(
			err, ERR_REFUSED, 0,
			"xarf: %.*s: it asks for a date of registration, and none is published",
			SLICE_ARG(slice_sub(s->subject.key, 0, 100)));
	if (slice_find(n->sender_mail, '@') == n->sender_mail.n)
		return err_set(err, ERR_REFUSED, 0, "xarf: it asks for the sender's mail address");
	return 0;
}

static void put_contact(struct json_writer *w, const char *name, const struct notice *n)
{
	struct buf org = { 0 };

	wrap_put_foreign(n->sender, ORG_MAX - 3, &org);
	json_writer_name(w, name);
	json_writer_open(w, '{');
	json_writer_member(w, "contact", n->sender_mail);
	json_writer_member(
		w, "domain",
		slice_sub(n->sender_mail, slice_find(n->sender_mail, '@') + 1, n->sender_mail.n));
	json_writer_member(w, "org", buf_slice(&org));
	json_writer_close(w, '}');
	buf_release(&org);
}

static void put_description(struct json_writer *w, const struct notice *n,
                            const struct notice_subject *s)
{
	struct buf text = { 0 }, cut = { 0 };

	buf_printf(&text, "Notice %.*s. ", SLICE_ARG(n->reference));
	if (n->matter == MATTER_ROGUE)
		buf_puts(&text,
		         "Sells medicine in knowing and substantial breach of law or safety, on "
		         "ground that holds wherever it is judged from. ");
	else if (n->matter == MATTER_REGISTRATION)
		buf_puts(&text,
		         "Registered, it seems, with the identity or the card of somebody who "
		         "knows nothing of it. The registrant may be the victim. ");
	else
		buf_puts(&text, "An innocent site that others misuse to sell medicine. ");
	for (size_t i = 0; i < s->finding_n; i++) {
		if (n->matter == MATTER_ROGUE && !s->finding[i].global)
			continue;
		buf_put(&text, s->finding[i].text);
		buf_putc(&text, ' ');
	}
	wrap_put_foreign(buf_slice(&text), DESCRIPTION_MAX, &cut);
	json_writer_member(w, "description", buf_slice(&cut));
	buf_release(&text);
	buf_release(&cut);
}

/* content-base.json: "^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$", which no A-label meets. */
static bool is_domain(struct slice s)
{
	size_t labels = 0, last = 0;
	bool letters = true;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], before = i ? s.p[i - 1] : '.';
		bool digit = c >= '0' && c <= '9';
		if (c == '.' || c == '-') {
			if (before == '.' || before == '-')
				return false;
			labels += c == '.';
			last = c == '.' ? i + 1 : last;
			letters = c == '.';
			continue;
		}
		if (!digit && !(c >= 'a' && c <= 'z'))
			return false;
		letters = letters && !digit;
	}
	return labels && letters && s.n >= last + 2;
}

/* The text that a visitor sees, as base64 and its digest. */
static void put_evidence(struct json_writer *w, const struct notice_subject *s)
{
	struct buf text = { 0 }, payload = { 0 };
	char hash[EVIDENCE_ADDRESS_SIZE];

	json_writer_name(w, "evidence");
	json_writer_open(w, '[');
	for (size_t i = 0; i < s->capture_n && i < EVIDENCE_MAX; i++) {
		const struct notice_capture *c = &s->capture[i];
		if (c->expect.n == 0)
			continue;
		buf_clear(&text);
		buf_clear(&payload);
		buf_printf(&text, "Text that the page shows, from %.*s (%.*s)",
		           SLICE_ARG(c->vantage),
		           SLICE_ARG(c->profile ? c->profile->country : SLICE("ZZ")));
		base64_encode(c->expect, &payload);
		evidence_address_format(sha256_of(c->expect), hash);
		json_writer_open(w, '{');
		json_writer_member(w, "content_type", SLICE("text/plain"));
		json_writer_member(w, "description", buf_slice(&text));
		json_writer_member(w, "hash", slice_str(hash));
		json_writer_member(w, "payload", buf_slice(&payload));
		json_writer_name(w, "size");
		json_writer_number(w, (int64_t)c->expect.n);
		json_writer_close(w, '}');
	}
	json_writer_close(w, ']');
	buf_release(&text);
	buf_release(&payload);
}

static void put_finding(struct json_writer *w, const struct notice_finding *f)
{
	char id[SHA256_HEX];

	sha256_hex(f->id, id);
	json_writer_open(w, '{');
	json_writer_member(w, "destination", f->destination);
	json_writer_member(w, "id", slice_str(id));
	json_writer_name(w, "law");
	json_writer_open(w, '[');
	for (size_t i = 0; i < f->law_n; i++)
		json_writer_text(w, f->law[i].cite);
	json_writer_close(w, ']');
	json_writer_member(w, "reach", f->global ? SLICE("global") : SLICE("destination"));
	json_writer_member(w, "rule", f->rule);
	json_writer_close(w, '}');
}

/* A capture: the whole page by its digest. */
static void put_page(struct json_writer *w, const struct notice_capture *c)
{
	char page[EVIDENCE_ADDRESS_SIZE];

	evidence_address_format(c->evidence, page);
	json_writer_open(w, '{');
	put_time(w, "at", c->at);
	json_writer_member(w, "evidence", slice_str(page));
	json_writer_member(w, "url", c->url);
	json_writer_member(w, "vantage", c->vantage);
	json_writer_close(w, '}');
}

static void put_profile(struct json_writer *w, const struct notice *n,
                        const struct notice_subject *s)
{
	char digest[SHA256_HEX];

	json_writer_name(w, "assay_pharmacy");
	json_writer_open(w, '{');
	json_writer_member(w, "action", slice_str(notice_action_name(n->action)));
	json_writer_member(w, "bundle", n->reference);
	json_writer_member(w, "case", n->case_name);
	json_writer_member(w, "class", s->class);
	if (!is_zero(s->decision)) {
		sha256_hex(s->decision, digest);
		json_writer_member(w, "decision", slice_str(digest));
	}
	json_writer_name(w, "destinations");
	json_writer_open(w, '[');
	for (size_t i = 0; i < s->destination_n; i++)
		json_writer_text(w, s->destination[i]);
	json_writer_close(w, ']');
	json_writer_name(w, "findings");
	json_writer_open(w, '[');
	for (size_t i = 0; i < s->finding_n; i++)
		put_finding(w, &s->finding[i]);
	json_writer_close(w, ']');
	if (n->mandate)
		json_writer_member(w, "mandate", n->mandate->name);
	json_writer_member(w, "matter", slice_str(notice_matter_name(n->matter)));
	json_writer_member(w, "on_behalf", n->on_behalf);
	json_writer_name(w, "pages");
	json_writer_open(w, '[');
	for (size_t i = 0; n->matter != MATTER_REGISTRATION && i < s->capture_n; i++)
		put_page(w, &s->capture[i]);
	json_writer_close(w, ']');
	json_writer_member(w, "profile", slice_str(XARF_PROFILE));
	json_writer_member(w, "verify", n->verify);
	json_writer_close(w, '}');
}

/* xarf-core.json: tags are "namespace:predicate" of small letters, digits, '_', '+', '-'. */
static void put_tags(struct json_writer *w, const struct notice *n, const struct notice_subject *s)
{
	char tag[64];

	json_writer_name(w, "tags");
	json_writer_open(w, '[');
	snprintf(tag, sizeof(tag), "pharmacy:%s", notice_matter_name(n->matter));
	json_writer_text(w, slice_str(tag));
	for (size_t i = 0; i < s->destination_n && i + 1 < TAGS_MAX; i++) {
		struct slice d = s->destination[i];
		if (d.n != 2)
			continue;
		snprintf(tag, sizeof(tag), "destination:%c%c", ascii_lower(d.p[0]),
		         ascii_lower(d.p[1]));
		json_writer_text(w, slice_str(tag));
	}
	json_writer_close(w, ']');
}

static void put_nameservers(struct json_writer *w, const struct notice_registration *r)
{
	if (r->nameserver_n == 0 || r->suspected_victim)
		return;
	json_writer_name(w, "nameservers");
	json_writer_open(w, '[');
	for (size_t i = 0; i < r->nameserver_n; i++)
		json_writer_text(w, r->nameserver[i]);
	json_writer_close(w, ']');
}

static void put_id(struct json_writer *w, const struct notice *n, const struct notice_subject *s)
{
	struct buf name = { 0 };
	char id[UUID_SIZE];

	buf_put(&name, n->reference);
	buf_putc(&name, ' ');
	buf_put(&name, s->subject.key);
	uuid_format(uuid_v5(space, buf_slice(&name)), id);
	json_writer_member(w, "report_id", slice_str(id));
	buf_release(&name);
}

static const struct notice_capture *newest(const struct notice_subject *s)
{
	const struct notice_capture *best = NULL;

	for (size_t i = 0; i < s->capture_n; i++)
		if (!best || s->capture[i].at > best->at)
			best = &s->capture[i];
	return best;
}

static void put_url(struct json_writer *w, const struct notice_subject *s,
                    const struct notice_capture *c)
{
	struct buf url = { 0 };

	/* The schema wants an address; of a name it is its first page. */
	if (c && c->url.n)
		buf_put(&url, c->url);
	else
		buf_printf(&url, "https://%.*s/", SLICE_ARG(s->subject.key));
	json_writer_member(w, "url", buf_slice(&url));
	buf_release(&url);
}

static void put_report(struct json_writer *w, const struct notice *n,
                       const struct notice_subject *s)
{
	bool registration = n->matter == MATTER_REGISTRATION;
	const struct notice_capture *c = registration ? NULL : newest(s);

	json_writer_open(w, '{');
	put_profile(w, n, s);
	json_writer_member(w, "category", SLICE("content"));
	if (n->matter == MATTER_COMPROMISED)
		json_writer_member(w, "compromise_type", SLICE("other"));
	put_description(w, n, s);
	if (s->subject.kind != SUBJECT_URL && is_domain(s->subject.key))
		json_writer_member(w, "domain", s->subject.key);
	if (!registration)
		put_evidence(w, s);
	json_writer_member(w, "evidence_source", SLICE("crawler"));
	if (n->matter == MATTER_ROGUE)
		json_writer_member(w, "fraud_type", SLICE("shopping"));
	put_nameservers(w, &s->registration);
	json_writer_member(w, "registrar", s->registration.registrar);
	if (registration)
		put_time(w, "registration_date", s->registration.created);
	put_id(w, n, s);
	put_contact(w, "reporter", n);
	put_contact(w, "sender", n);
	json_writer_member(w, "source_identifier", s->subject.key);
	if (registration) {
		json_writer_name(w, "suspicious_indicators");
		json_writer_open(w, '[');
		json_writer_text(w, SLICE("other"));
		json_writer_close(w, ']');
	}
	put_tags(w, n, s);
	put_time(w, "timestamp", c ? c->at : n->at);
	json_writer_member(w, "type",
	                   n->matter == MATTER_ROGUE ? SLICE("fraud")
	                   : registration            ? SLICE("suspicious_registration")
	                                             : SLICE("remote_compromise"));
	put_url(w, s, c);
	if (c) {
		json_writer_member(w, "verification_method", SLICE("automated_crawler"));
		put_time(w, "verified_at", c->at);
	}
	json_writer_member(w, "xarf_version", SLICE("4.2.0"));
	json_writer_close(w, '}');
}

int xarf_report(const struct notice *n, size_t i, struct buf *out, struct err *err)
{
	struct json_writer w = { .out = out };
	int rc = check_kind(n, &n->annex[i], err);

	if (rc)
		return rc;
	put_report(&w, n, &n->annex[i]);
	return json_writer_ok(&w) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

int xarf_bundle(const struct notice *n, struct buf *out, struct err *err)
{
	struct json_writer w = { .out = out };

	for (size_t i = 0; i < n->annex_n; i++) {
		int rc = check_kind(n, &n->annex[i], err);
		if (rc)
			return rc;
	}
	json_writer_open(&w, '{');
	json_writer_member(&w, "bundle", n->reference);
	json_writer_member(&w, "profile", slice_str(XARF_PROFILE));
	json_writer_name(&w, "reports");
	json_writer_open(&w, '[');
	for (size_t i = 0; i < n->annex_n; i++)
		put_report(&w, n, &n->annex[i]);
	json_writer_close(&w, ']');
	json_writer_close(&w, '}');
	buf_putc(out, '\n');
	return json_writer_ok(&w) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

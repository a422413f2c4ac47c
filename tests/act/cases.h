/* Synthetic notices: a good one for each purpose, matter and kind of recipient. What a test changes lies
 * in arrays of its own. */
#ifndef TEST_ACT_CASES_H
#define TEST_ACT_CASES_H

#include "act/basis.h"
#include "act/check.h"
#include "act/letter.h"
#include "act/xarf.h"
#include "base/arena.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>

#define CASE_NOW INT64_C(1795824000) /* 2026-11-28 */
#define DAY INT64_C(86400)
#define TEXT(s) { "" s, sizeof(s) - 1 }

enum { CASE_FINDINGS = 3, CASE_CAPTURES = 3 };

struct made_case {
	struct arena a;
	struct notice n;
	struct notice_subject *subject; /* n.annex */
	struct notice_finding *finding; /* CASE_FINDINGS a subject */
	struct notice_quote *quote;     /* one a finding */
	struct notice_capture *capture; /* CASE_CAPTURES a subject */
	struct notice_mandate mandate;
	struct notice_past past[2];
	struct slice country[2];        /* of the recipient */
};

static const struct vantage case_jp = {
	.name = TEXT("jp-desktop"),
	.country = TEXT("JP"),
	.accept_language = TEXT("ja,en;q=0.5"),
	.user_agent = TEXT("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
	.referer = TEXT("https://www.google.co.jp/"),
};
static const struct vantage case_us = {
	.name = TEXT("us-desktop"),
	.country = TEXT("US"),
	.accept_language = TEXT("en-US,en;q=0.5"),
	.user_agent = TEXT("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
};

static const struct notice_law case_law_jp[] = {
	{ TEXT("PMD Act (Act No. 145 of 1960), Art. 49(1)"),
	  TEXT("a seller hands out a prescription-only medicine to nobody without a prescription") },
};
static const struct notice_law case_law_sale[] = {
	{ TEXT("PMD Act (Act No. 145 of 1960), Art. 24(1)"),
	  TEXT("only a licensed pharmacy or seller sells medicine as a business") },
};
static const struct notice_law case_law_advert[] = {
	{ TEXT("PMD Act (Act No. 145 of 1960), Art. 68"),
	  TEXT("nobody advertises a medicine that is not yet approved") },
};

static inline struct sha256 case_digest(size_t i, size_t k)
{
	char text[40];

	snprintf(text, sizeof(text), "case %zu %zu", i, k);
	return sha256_of(slice_str(text));
}

static inline struct slice case_text(struct made_case *m, const char *format, size_t i)
{
	char text[200];

	snprintf(text, sizeof(text), format, i);
	return arena_copy(&m->a, slice_str(text));
}

static inline void case_finding(struct made_case *m, size_t i, size_t k)
{
	struct notice_finding *f = &m->finding[i * CASE_FINDINGS + k];
	struct notice_quote *q = &m->quote[i * CASE_FINDINGS + k];
	bool rogue = m->n.matter == MATTER_ROGUE && k < 2;

	*q = (struct notice_quote){ .quote = TEXT("処方箋は不要です。バイアグラ100mg 1錠 98円"),
		                    .url = case_text(m, "https://pills-%zu.example/viagra/", i),
		                    .vantage = TEXT("jp-desktop"),
		                    .at = CASE_NOW - 2 * DAY,
		                    .evidence = case_digest(i, 10 + k) };
	*f = (struct notice_finding){ .id = case_digest(i, 20 + k),
		                      .destination = TEXT("JP"),
		                      .severity = rogue ? SLICE("rogue") : SLICE("unapproved"),
		                      .global = rogue,
		                      .law_n = 1,
		                      .quote = q,
		                      .quote_n = m->n.matter == MATTER_REGISTRATION ? 0 : 1 };
	if (k == 0) {
		f->rule = SLICE("jp-rx-without-prescription");
		f->text = SLICE("Offers prescription-only medicine to buyers in Japan and says that no "
		                "prescription is needed.");
		f->law = case_law_jp;
	} else if (k == 1) {
		f->rule = SLICE("jp-no-licence-anywhere");
		f->text = SLICE("Sells prescription-only medicine and no register of any country "
		                "names the seller.");
		f->law = case_law_sale;
	} else {
		f->rule = SLICE("jp-unapproved-advertising");
		f->text = SLICE("Advertises to people in Japan a medicine that has no approval there.");
		f->law = case_law_advert;
	}
}

static inline void case_capture(struct made_case *m, size_t i, size_t k)
{
	struct notice_capture *c = &m->capture[i * CASE_CAPTURES + k];

	*c = (struct notice_capture){ .evidence = case_digest(i, 10 + k),
		                      .url = case_text(m, k == 1 ? "https://pills-%zu.example/"
		                                                 : "https://pills-%zu.example/viagra/",
		                                       i),
		                      .vantage = k == 1 ? SLICE("us-desktop") : SLICE("jp-desktop"),
		                      .at = CASE_NOW - (int64_t)(2 + k) * DAY,
		                      .status = 200,
		                      .profile = k == 1 ? &case_us : &case_jp,
		                      .expect = k == 1 ? SLICE("under construction")
		                                       : SLICE("バイアグラ100mg 1錠 98円"),
		                      .hidden = k != 1,
		                      .others = k == 1 ? SLICE("")
		                                       : SLICE("us-desktop: \"under construction\"") };
}

static const struct slice case_status[] = { TEXT("client transfer prohibited") };
static const struct slice case_nameservers[] = { TEXT("ns1.kumoyama-hosting.test"),
	                                         TEXT("ns2.kumoyama-hosting.test") };
static const struct slice case_ip[] = { TEXT("203.0.113.10") };
static const struct slice case_destinations[] = { TEXT("JP") };

static inline void case_subject(struct made_case *m, size_t i)
{
	struct notice_subject *s = &m->subject[i];
	enum notice_matter matter = m->n.matter;
	bool judged = matter == MATTER_ROGUE || matter == MATTER_UNAPPROVED;
	bool pages = matter != MATTER_REGISTRATION;

	*s = (struct notice_subject){
		.subject = { SUBJECT_REGISTRABLE, case_text(m, "pills-%zu.example", i) },
		.period = CASE_NOW - 200 * DAY,
		.decided = NOTICE_NEVER,
		.entry = -1,
		.network = TEXT("kotori"),
		.finding = &m->finding[i * CASE_FINDINGS],
		.finding_n = judged ? CASE_FINDINGS : 0,
		.capture = &m->capture[i * CASE_CAPTURES],
		.capture_n = pages ? CASE_CAPTURES : 0,
		.registration = { .registrar = TEXT("Registrar One (synthetic)"),
		                  .reseller = TEXT("Hanabi Web Services (synthetic)"),
		                  .registrar_id = 99001,
		                  .created = CASE_NOW - 200 * DAY,
		                  .at = CASE_NOW - DAY,
		                  .status = case_status,
		                  .status_n = 1,
		                  .nameserver = case_nameservers,
		                  .nameserver_n = 2,
		                  .record = case_digest(i, 30) },
		.ip = case_ip,
		.ip_n = 1,
		.ip_at = CASE_NOW - DAY,
		.abused = matter == MATTER_COMPROMISED,
	};
	s->registration.suspected_victim = matter == MATTER_REGISTRATION;
	if (judged) {
		s->class = matter == MATTER_ROGUE ? SLICE("rogue") : SLICE("unapproved");
		s->ground = matter == MATTER_ROGUE ? SLICE("jp-rx-without-prescription")
		                                   : SLICE("jp-unapproved-advertising");
		s->destination = case_destinations;
		s->destination_n = 1;
		s->decision = case_digest(i, 40);
		s->verdict = case_digest(i, 41);
		s->decided = CASE_NOW - 5 * DAY;
		s->entry = 100 + (int64_t)i;
	}
	if (matter == MATTER_COMPROMISED)
		s->verdict = case_digest(i, 41);
	for (size_t k = 0; k < CASE_FINDINGS; k++)
		case_finding(m, i, k);
	for (size_t k = 0; k < CASE_CAPTURES; k++)
		case_capture(m, i, k);
	if (matter == MATTER_COMPROMISED) {
		s->finding_n = 1;
		m->finding[i * CASE_FINDINGS].rule = SLICE("planted-pages");
		m->finding[i * CASE_FINDINGS].text =
			SLICE("Pages that offer medicine lie under a site of another kind.");
		m->finding[i * CASE_FINDINGS].law_n = 0;
	}
}

static inline enum notice_action case_action(enum notice_to to, enum notice_matter matter)
{
	switch (to) {
	case NOTICE_REGISTRAR:
	case NOTICE_RESELLER:
		return matter == MATTER_REGISTRATION ? NOTICE_SUSPEND : NOTICE_SUSPEND_AND_LOCK;
	case NOTICE_REGISTRY: return NOTICE_DISABLE_DNS;
	case NOTICE_PAYMENT: return NOTICE_STOP_PAYMENT;
	case NOTICE_AUTHORITY:
	case NOTICE_RIGHTS: return NOTICE_NONE;
	default: return NOTICE_REMOVE_CONTENT;
	}
}

static inline void case_recipient(struct made_case *m, enum notice_to to)
{
	static const struct slice demand[] = { TEXT("the address of the page and a screenshot or text") };
	struct notice_recipient *r = &m->n.recipient;

	*r = (struct notice_recipient){ .to = to,
		                        .key = TEXT("party:demo"),
		                        .name = TEXT("Demo Party (synthetic)"),
		                        .country = m->country,
		                        .country_n = 1,
		                        .demand = demand,
		                        .demand_n = 1,
		                        .contact = { .address = TEXT("abuse@party.test"),
		                                     .source = TEXT("directory"),
		                                     .at = CASE_NOW - 30 * DAY } };
	m->country[0] = SLICE("JP");
	if (to == NOTICE_REGISTRAR) {
		r->key = SLICE("registrar:99001");
		r->name = SLICE("Registrar One (synthetic)");
		r->iana_id = 99001;
		r->contact = (struct notice_contact){ .address = TEXT("abuse@registrar-one.test"),
			                              .source = TEXT("rdap"),
			                              .at = CASE_NOW - DAY,
			                              .record = case_digest(0, 30) };
	} else if (to == NOTICE_RESELLER) {
		r->key = SLICE("reseller:hanabi web services (synthetic)");
		r->name = SLICE("Hanabi Web Services (synthetic)");
	} else if (to == NOTICE_REGISTRY) {
		r->tld = SLICE("example");
		r->name = SLICE("Registry of example (synthetic)");
	}
}

/* A good notice of `names` subjects. m is overwritten; release m->a. */
static inline void case_make(struct made_case *m, enum notice_purpose purpose, enum notice_matter matter,
                      enum notice_to to, const char *language, size_t names)
{
	*m = (struct made_case){ .n = { .purpose = purpose, .matter = matter } };
	m->subject = arena_array(&m->a, names, sizeof(*m->subject));
	m->finding = arena_array(&m->a, names * CASE_FINDINGS, sizeof(*m->finding));
	m->quote = arena_array(&m->a, names * CASE_FINDINGS, sizeof(*m->quote));
	m->capture = arena_array(&m->a, names * CASE_CAPTURES, sizeof(*m->capture));
	if (!m->subject || !m->finding || !m->quote || !m->capture)
		abort();
	for (size_t i = 0; i < names; i++)
		case_subject(m, i);
	case_recipient(m, to);
	m->mandate = (struct notice_mandate){ .name = TEXT("mandate-demo-jp"),
		                              .issuer = TEXT("Demonstration Ministry (synthetic)"),
		                              .country = TEXT("JP"),
		                              .designated = true,
		                              .private_delegate = true,
		                              .feed = TEXT("https://ministry.test/feed"),
		                              .record = case_digest(0, 50),
		                              .from = CASE_NOW - 300 * DAY,
		                              .until = CASE_NOW + 65 * DAY };
	static const struct slice clause[] = { TEXT("RAA 3.18.3") };
	m->mandate.clause = clause;
	m->mandate.clause_n = 1;
	m->past[0] = (struct notice_past){ .notice = case_digest(0, 60),
		                           .reference = TEXT("N-00112233445566aa"),
		                           .to = to,
		                           .name = TEXT("Registrar Two (synthetic)"),
		                           .at = CASE_NOW - 20 * DAY,
		                           .outcome = TEXT("moved") };
	m->past[1] = m->past[0];
	m->past[1].outcome = SLICE("");
	struct notice *n = &m->n;
	bool asks = purpose == PURPOSE_REQUEST || purpose == PURPOSE_ARRIVED;
	n->reference = SLICE("N-0123456789abcdef");
	n->case_name = SLICE("kotori");
	n->action = asks ? case_action(to, matter) : NOTICE_NONE;
	n->at = CASE_NOW;
	n->language = slice_str(language);
	n->sender = SLICE("Demo Desk (synthetic)");
	n->sender_mail = SLICE("desk@assay.test");
	n->sponsor = SLICE("nobody");
	n->harm = matter == MATTER_STATEMENT
	                  ? SLICE("Buyers may take goods for yours that are not.")
	          : matter == MATTER_REGISTRATION
	                  ? SLICE("Somebody answers for names that they never registered.")
	                  : SLICE("Buyers in Japan take prescription medicine that no physician and "
	                          "no pharmacist has seen.");
	n->appeal_address = SLICE("appeal@assay.test");
	n->verify = SLICE("https://assay.test/ledger/N-0123456789abcdef");
	if (purpose == PURPOSE_RETRACTION)
		n->retracts_reason = SLICE("A register names the pharmacy; the decision was corrected.");
	if (purpose != PURPOSE_REQUEST) {
		n->past = m->past;
		n->past_n = 2;
	}
	n->annex = m->subject;
	n->annex_n = names;
}

/* Write in the name of the ministry. */
static inline void case_mandate(struct made_case *m)
{
	m->n.mandate = &m->mandate;
	m->n.on_behalf = m->mandate.issuer;
}

/* Whether a notice of these three is one that may leave. */
static inline bool case_is_good(enum notice_purpose purpose, enum notice_matter matter, enum notice_to to)
{
	bool moves = to == NOTICE_REGISTRAR || to == NOTICE_RESELLER || to == NOTICE_HOST;

	if (purpose == PURPOSE_RETRACTION)
		return case_is_good(PURPOSE_REQUEST, matter, to);
	if (purpose != PURPOSE_REQUEST && !moves)
		return false;
	switch (matter) {
	case MATTER_ROGUE: return to != NOTICE_OWNER && to != NOTICE_RIGHTS;
	case MATTER_UNAPPROVED:
		return to > NOTICE_REGISTRY && to != NOTICE_OWNER && to != NOTICE_RIGHTS;
	case MATTER_REGISTRATION: return to <= NOTICE_REGISTRY || to == NOTICE_AUTHORITY;
	case MATTER_COMPROMISED: return to == NOTICE_OWNER || to == NOTICE_HOST;
	case MATTER_STATEMENT: return to == NOTICE_RIGHTS;
	}
	return false;
}

static inline struct check_terms case_terms(void)
{
	return (struct check_terms){ .now = CASE_NOW,
		                     .evidence_max_s = 14 * DAY,
		                     .contact_max_s = 7 * DAY,
		                     .vantages_apart_s = 3600 };
}

/* A file of the source tree, read whole; out is released by the caller. */
static inline bool case_read(const char *name, struct buf *out)
{
	const char *root = getenv("ASSAY_SOURCE");
	struct err err = { .what = "" };
	char path[9000];

	snprintf(path, sizeof(path), "%s/%s", root ? root : ".", name);
	if (file_read(path, 1 << 20, out, &err) == 0)
		return true;
	printf("# %s\n", err.what);
	return false;
}

/* Everything that is written of one. */
struct made_writing {
	struct buf mail_subject, letter, annex, xarf;
};

static inline int case_write(const struct made_case *m, const struct catalogue *c,
                             struct made_writing *w, struct err *err)
{
	int rc = letter_write(&m->n, c, letter_column(c, m->n.language), &w->mail_subject, &w->letter,
	                      err);

	if (rc == 0)
		rc = letter_annex(&m->n, &w->annex, err);
	if (rc == 0) {
		rc = xarf_bundle(&m->n, &w->xarf, err);
		rc = rc == ERR_REFUSED ? 0 : rc;
	}
	return rc;
}

static inline struct check_writing case_writing(const struct made_writing *w)
{
	return (struct check_writing){ buf_slice(&w->mail_subject), buf_slice(&w->letter),
		                       buf_slice(&w->annex), buf_slice(&w->xarf) };
}

static inline void case_writing_release(struct made_writing *w)
{
	buf_release(&w->mail_subject);
	buf_release(&w->letter);
	buf_release(&w->annex);
	buf_release(&w->xarf);
}

#endif

/* Who is asked for what, and by what right. */
#include "act/basis.h"
#include "act/checking.h"
#include "base/sha256.h"
#include "wire/mail_address.h"

static bool is_zero(struct sha256 d)
{
	return sha256_eq(d, (struct sha256){ { 0 } });
}

/* Of a name with a TLD of two letters: no agreement with ICANN covers it. */
static bool is_country_code(const struct notice_subject *s)
{
	struct slice key = s->subject.key;

	return (s->subject.kind == SUBJECT_REGISTRABLE || s->subject.kind == SUBJECT_HOST) &&
	       key.n > 2 && key.p[key.n - 3] == '.';
}

void check_clause(struct checking *c)
{
	const struct notice *n = c->n;

	if (n->law_n == 0)
		checking_fail(
			c, NULL,
			"draw up one notice for generic names and another for names of countries, "
			"or put the recipient's own terms into the directory",
			"no clause, law or terms that bind %.*s are known for these names",
			SLICE_ARG(n->recipient.name));
	for (size_t i = 0; i < n->law_n; i++) {
		const struct notice_basis_row *law = &n->law[i];
		bool icann = slice_starts(law->cite, SLICE("RAA "));
		if (law->cite.n == 0 || law->says.n == 0)
			checking_fail(c, NULL, "give it its citation and what it says",
			              "a basis without words");
		if (icann && n->recipient.to != NOTICE_REGISTRAR)
			checking_fail(c, NULL, "cite what binds this recipient, or nothing",
			              "%.*s binds registrars, and this goes to a %s",
			              SLICE_ARG(law->cite), notice_to_name(n->recipient.to));
		for (size_t k = 0; icann && k < n->annex_n; k++)
			if (is_country_code(&n->annex[k]))
				checking_fail(c, &n->annex[k],
				              "draw up a notice of its own for names of countries",
				              "%.*s does not cover a name of a country",
				              SLICE_ARG(law->cite));
	}
}

static bool is_about_dns_abuse(struct slice s)
{
	return checking_holds_words(s, "3.18.2") || checking_holds_words(s, "dns abuse");
}

void check_no_dns_abuse(struct checking *c)
{
	const struct notice *n = c->n;
	const char *todo = "cite 3.18.1, 3.18.3 on a mandate, or the recipient's own terms";
	const char *why = "what a site sells is content, no DNS abuse (malware, botnets, phishing, "
			  "pharming, spam that delivers them): %s cites RAA 3.18.2 for it";

	for (size_t i = 0; i < n->law_n; i++)
		if (is_about_dns_abuse(n->law[i].cite) || is_about_dns_abuse(n->law[i].says))
			checking_fail(c, NULL, todo, why, "the basis");
	if (is_about_dns_abuse(n->harm))
		checking_fail(c, NULL, todo, why, "the harm");
}

void check_harm(struct checking *c)
{
	if (slice_trim(c->n->harm).n == 0)
		checking_fail(c, NULL, "say in one sentence or two what harm is done, and to whom",
		              "no harm is named");
}

/* What each can do. */
static unsigned able(enum notice_to to)
{
	enum {
		NAME = 1u << NOTICE_SUSPEND | 1u << NOTICE_SUSPEND_AND_LOCK |
		       1u << NOTICE_DISABLE_DNS | 1u << NOTICE_DISCLOSE | 1u << NOTICE_NONE,
		CONTENT = 1u << NOTICE_REMOVE_CONTENT | 1u << NOTICE_NONE,
	};

	switch (to) {
	case NOTICE_REGISTRAR:
	case NOTICE_RESELLER:
	case NOTICE_REGISTRY: return NAME;
	case NOTICE_HOST:
	case NOTICE_PLATFORM: return CONTENT | 1u << NOTICE_DISCLOSE;
	case NOTICE_SEARCH:
	case NOTICE_ADVERTISING:
	case NOTICE_OWNER: return CONTENT;
	case NOTICE_PAYMENT:
		return 1u << NOTICE_STOP_PAYMENT | 1u << NOTICE_DISCLOSE | 1u << NOTICE_NONE;
	case NOTICE_AUTHORITY:
	case NOTICE_RIGHTS: break;
	}
	return 1u << NOTICE_NONE;
}

void check_action(struct checking *c)
{
	const struct notice *n = c->n;
	enum notice_to to = n->recipient.to;

	if (!checking_asks(c) && n->action != NOTICE_NONE) {
		checking_fail(c, NULL, "let it ask for none", "a %s asks for nothing",
		              notice_purpose_name(n->purpose));
		return;
	}
	if (!(able(to) & 1u << n->action))
		checking_fail(c, NULL, "ask for what it can do, or write to whoever can",
		              "a %s cannot do '%s'", notice_to_name(to),
		              notice_action_name(n->action));
	if (n->matter == MATTER_STATEMENT && to != NOTICE_RIGHTS)
		checking_fail(c, NULL, "write to the rights holder",
		              "a statement is asked of a rights holder, and this goes to a %s",
		              notice_to_name(to));
	if (n->matter != MATTER_STATEMENT && to == NOTICE_RIGHTS)
		checking_fail(c, NULL, "let its matter be 'statement'",
		              "a rights holder is asked for a statement and for nothing else");
	if (n->matter == MATTER_REGISTRATION && !notice_reaches_everywhere(to) &&
	    to != NOTICE_AUTHORITY)
		checking_fail(c, NULL, "write to the registrar, the reseller or the registry",
		              "a %s can do nothing about a registration", notice_to_name(to));
}

/* ---- the address ---- */

static void check_mailbox(struct checking *c, const struct notice_contact *contact)
{
	const struct notice *n = c->n;
	struct mail_address address;
	struct err err = { .what = "" };

	if (mail_address_parse(contact->address, &address, &err)) {
		checking_fail(c, NULL, "look the address up anew", "no mail address: %s", err.what);
		return;
	}
	if (slice_eq_nocase(contact->address, n->sender_mail))
		checking_fail(c, NULL, "look the address up anew",
		              "it would go to the sender itself");
	struct slice domain = mail_address_domain(&address);
	for (size_t i = 0; n->recipient.to != NOTICE_OWNER && i < n->annex_n; i++) {
		struct slice key = n->annex[i].subject.key;
		if (slice_ends(domain, key) &&
		    (domain.n == key.n || domain.p[domain.n - key.n - 1] == '.'))
			checking_fail(c, &n->annex[i],
			              "find an address that is not under an accused name",
			              "the recipient's mailbox lies under this very name");
	}
}

void check_contact(struct checking *c)
{
	const struct notice_contact *contact = &c->n->recipient.contact;
	bool directory = slice_eq_str(contact->source, "directory");
	int64_t most = directory ? c->terms.directory_max_s : c->terms.contact_max_s;

	if (contact->address.n == 0 && !slice_starts(contact->form, SLICE("https://"))) {
		checking_fail(c, NULL,
		              "put an address that the recipient publishes into the directory",
		              "no address of %.*s is known", SLICE_ARG(c->n->recipient.name));
		return;
	}
	if (contact->address.n)
		check_mailbox(c, contact);
	/* What was asked for is withdrawn where it was asked. */
	if (!checking_asks(c))
		return;
	if (contact->source.n == 0)
		checking_fail(c, NULL, "collect the registration again",
		              "nobody knows where the address was published");
	else if (contact->at == NOTICE_NEVER || contact->at > c->terms.now ||
	         c->terms.now - contact->at > most)
		checking_fail(c, NULL,
		              directory ? "check the directory's row and its date"
		                        : "collect the registration again",
		              "the address was last seen too long ago (limit: %lld days)",
		              (long long)(most / 86400));
	if (!directory && contact->source.n && is_zero(contact->record))
		checking_fail(c, NULL, "collect the registration again",
		              "no observation shows the address");
}

/* ---- who writes ---- */

void check_accountable(struct checking *c)
{
	const struct notice *n = c->n;
	const struct {
		struct slice is;
		const char *what, *todo;
	} needs[] = {
		{ n->reference, "a reference", "draft it anew" },
		{ n->sender, "the name of who writes", "set notice.sender" },
		{ n->sender_mail, "the address of who writes", "set mail.from" },
		{ n->sponsor, "who pays for this work",
		  "set notice.sponsor; \"nobody\" is said too" },
		{ n->appeal_address, "where an operator appeals", "set appeal_address" },
		{ n->verify, "how to verify it in the ledger",
		  "set the address of the public page" },
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].is.n == 0)
			checking_fail(c, NULL, needs[i].todo, "it does not say %s", needs[i].what);
	if (n->mandate && n->on_behalf.n == 0)
		checking_fail(c, NULL, "name the issuer of the mandate",
		              "it uses a mandate and does not say on whose behalf");
	if (n->purpose == PURPOSE_RETRACTION && n->retracts_reason.n == 0)
		checking_fail(c, NULL, "say what was corrected, and why",
		              "a retraction without a reason");
	if (n->purpose != PURPOSE_REQUEST && n->past_n == 0)
		checking_fail(c, NULL, "name the notice that it goes back to",
		              "a %s that goes back to no notice", notice_purpose_name(n->purpose));
	if (n->annex_n == 0)
		checking_fail(c, NULL, "name the subjects", "it is about nothing");
}

static bool has_clause(const struct notice_mandate *m, const char *clause)
{
	for (size_t i = 0; i < m->clause_n; i++)
		if (checking_holds_words(m->clause[i], clause))
			return true;
	return false;
}

static void check_3_18_3(struct checking *c)
{
	const struct notice *n = c->n;
	const char *todo = "write the ordinary form, on 3.18.1 or the registrar's own terms";

	if (!n->mandate)
		checking_fail(c, NULL, todo, "RAA 3.18.3 is cited without a mandate");
	else if (!n->mandate->designated || !has_clause(n->mandate, "3.18.3"))
		checking_fail(c, NULL, todo,
		              "the mandate of %.*s is none that RAA 3.18.3 means, or not for this "
		              "registrar",
		              SLICE_ARG(n->mandate->issuer));
	else if (!checking_has_country(&n->recipient, n->mandate->country))
		checking_fail(c, NULL, todo,
		              "RAA 3.18.3 needs an authority of a place where the registrar is "
		              "established or has an office, and none in %.*s is known",
		              SLICE_ARG(n->mandate->country));
}

void check_mandate(struct checking *c)
{
	const struct notice *n = c->n;
	const struct notice_mandate *m = n->mandate;
	bool by_mandate = false;

	for (size_t i = 0; i < n->law_n; i++)
		by_mandate = by_mandate || n->law[i].basis == BASIS_MANDATE ||
		             checking_is_3_18_3(&n->law[i]);
	if (by_mandate)
		check_3_18_3(c);
	if (!m)
		return;
	if (m->name.n == 0 || m->issuer.n == 0 || is_zero(m->record))
		checking_fail(c, NULL, "add the mandate again",
		              "the mandate has no issuer, or no record");
	if (c->terms.now < m->from || c->terms.now >= m->until)
		checking_fail(c, NULL, "write without it, or ask its issuer for a new one",
		              "the mandate '%.*s' is not in force now", SLICE_ARG(m->name));
}

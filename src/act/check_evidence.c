/* What was seen, when, and whether the recipient can see it too. */
#include "act/basis.h"
#include "act/checking.h"
#include "base/sha256.h"

static bool is_zero(struct sha256 d)
{
	return sha256_eq(d, (struct sha256){ { 0 } });
}

static bool is_fresh(const struct checking *c, int64_t at, int64_t most)
{
	return at != NOTICE_NEVER && at <= c->terms.now && c->terms.now - at <= most;
}

/* ---- whose it is ---- */

static void check_sponsor(struct checking *c, const struct notice_subject *s, struct slice named,
                          int64_t number)
{
	const struct notice_recipient *r = &c->n->recipient;
	bool same = r->iana_id && number ? r->iana_id == number
	                                 : slice_eq_nocase(slice_trim(named), slice_trim(r->name));

	if (!same)
		checking_fail(c, s, "draft it anew: it belongs to somebody else",
		              "its registration names '%.*s', not %.*s",
		              SLICE_ARG(slice_sub(named, 0, 100)), SLICE_ARG(r->name));
}

static void check_holder(struct checking *c, const struct notice_subject *s)
{
	const struct notice_registration *g = &s->registration;
	const struct notice_recipient *r = &c->n->recipient;

	if (s->subject.kind != SUBJECT_REGISTRABLE) {
		checking_fail(c, s, "write to the platform or the host",
		              "a %s is no name that anybody registered",
		              subject_kind_name(s->subject.kind));
		return;
	}
	if (!is_fresh(c, g->at, c->terms.contact_max_s)) {
		checking_fail(c, s, "collect its registration again",
		              "its registration was last seen too long ago (limit: %lld days)",
		              (long long)(c->terms.contact_max_s / 86400));
		return;
	}
	if (r->to == NOTICE_REGISTRAR)
		check_sponsor(c, s, g->registrar, g->registrar_id);
	else if (r->to == NOTICE_RESELLER)
		check_sponsor(c, s, g->reseller, 0);
	else if (r->tld.n == 0 || s->subject.key.n <= r->tld.n ||
	         !slice_ends(s->subject.key, r->tld) ||
	         s->subject.key.p[s->subject.key.n - r->tld.n - 1] != '.')
		checking_fail(c, s, "write to the registry of its top-level domain",
		              "it does not lie under '%.*s'", SLICE_ARG(r->tld));
}

void check_ours(struct checking *c)
{
	const struct notice *n = c->n;

	for (size_t i = 0; i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		if (notice_reaches_everywhere(n->recipient.to))
			check_holder(c, s);
		else if (n->recipient.to == NOTICE_HOST &&
		         (s->ip_n == 0 || !is_fresh(c, s->ip_at, c->terms.contact_max_s)))
			checking_fail(c, s, "collect its addresses again",
			              "no fresh observation shows it at an address of %.*s",
			              SLICE_ARG(n->recipient.name));
	}
}

/* ---- captures ---- */

/* A registration made with a stolen identity shows in no page. */
static bool is_about_pages(const struct checking *c)
{
	return c->n->matter != MATTER_REGISTRATION;
}

void check_reproducible(struct checking *c)
{
	for (size_t i = 0; is_about_pages(c) && i < c->n->annex_n; i++) {
		const struct notice_subject *s = &c->n->annex[i];
		bool can = false;
		for (size_t k = 0; k < s->capture_n; k++) {
			const struct notice_capture *p = &s->capture[k];
			can = can ||
			      (p->url.n && p->profile && p->expect.n && !is_zero(p->evidence));
		}
		if (!can)
			checking_fail(c, s,
			              "collect it again from a vantage whose profile is known",
			              "no capture says how to make it again and what is seen then");
	}
}

void check_two_captures(struct checking *c)
{
	bool needed = c->n->matter == MATTER_ROGUE || c->n->matter == MATTER_UNAPPROVED ||
	              c->n->matter == MATTER_COMPROMISED;

	for (size_t i = 0; needed && i < c->n->annex_n; i++) {
		const struct notice_subject *s = &c->n->annex[i];
		bool apart = false;
		for (size_t k = 1; k < s->capture_n; k++) {
			const struct notice_capture *p = &s->capture[0], *q = &s->capture[k];
			int64_t between = p->at > q->at ? p->at - q->at : q->at - p->at;
			apart = apart || !slice_eq(p->vantage, q->vantage) ||
			        between >= c->terms.vantages_apart_s;
		}
		if (!apart)
			checking_fail(c, s, "collect it again, later or from another vantage",
			              "it has no two captures apart in time or vantage (rule 12)");
	}
}

void check_fresh(struct checking *c)
{
	for (size_t i = 0; is_about_pages(c) && i < c->n->annex_n; i++) {
		const struct notice_subject *s = &c->n->annex[i];
		bool fresh = s->capture_n == 0; /* that it has none is told as not reproducible */
		for (size_t k = 0; k < s->capture_n; k++)
			fresh = fresh || is_fresh(c, s->capture[k].at, c->terms.evidence_max_s);
		if (!fresh)
			checking_fail(
				c, s, "collect it again",
				"its newest capture is older than %lld days, or of the future",
				(long long)(c->terms.evidence_max_s / 86400));
	}
}

/* ---- Regulation (EU) 2022/2065, Art. 16(2) ---- */

static bool is_exact(struct slice url)
{
	return slice_starts(url, SLICE("https://")) || slice_starts(url, SLICE("http://"));
}

void check_eu_host(struct checking *c)
{
	const struct notice *n = c->n;
	bool eu = false, cited = false;

	for (size_t i = 0; i < n->recipient.country_n; i++)
		eu = eu || basis_is_eu(n->recipient.country[i]);
	if (!eu || (n->recipient.to != NOTICE_HOST && n->recipient.to != NOTICE_PLATFORM))
		return;
	for (size_t i = 0; i < n->law_n; i++)
		cited = cited || checking_holds_words(n->law[i].cite, "2022/2065");
	if (!cited && n->law_n)
		checking_fail(c, NULL, "choose its basis anew",
		              "a host in the EU, and Article 16 of the DSA is not cited");
	for (size_t i = 0; i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		bool exact = s->capture_n == 0, reasons = false;
		for (size_t k = 0; k < s->capture_n; k++)
			exact = exact || is_exact(s->capture[k].url);
		for (size_t k = 0; k < s->finding_n; k++)
			reasons = reasons || s->finding[k].text.n;
		if (!exact)
			checking_fail(c, s, "name the address of the page, with its scheme",
			              "Article 16(2)(b): no exact address of the content");
		if (!reasons)
			checking_fail(c, s, "add the findings that it rests on",
			              "Article 16(2)(a): no reasons are given");
	}
	/* Every letter has its English text, alone or beneath. */
	if (c->written->letter.n && !checking_holds_words(c->written->letter, "good faith"))
		checking_fail(c, NULL, "write the letter anew",
		              "Article 16(2)(d): the letter does not state good faith");
}

/* A page is read (reading.h), then every drug and phrase in it becomes a draft of a fact (draft.h);
 * which drugs are offered, and which claims count, is settled when all pages are read. */
#include "assess/extract.h"

#include "assess/draft.h"
#include "assess/particulars.h"
#include "assess/reading.h"

#include <stdlib.h>

enum { SHARE_OF_DRUGS = 2 }; /* more other goods than so many to a drug: a shop of those */

/* What the page says of the business, and what its claims come to; those are drafts from `first`. */
static int put_particulars(const struct reading *r, const struct site *site, uint32_t page,
                           const struct page_profile *profile, size_t first, struct arena *scratch,
                           struct arena *keep, struct drafts *g, struct err *err)
{
	struct gathering found = { .r = r, .url = site->page[page].url, .page = page, .keep = keep,
		                   .takes_orders = profile->orders == ORDERS_HERE,
		                   .has_cart = profile->orders != ORDERS_NONE,
		                   .scratch = scratch, .err = err };
	int rc = particulars_read(&found);

	for (size_t i = first; rc == 0 && i < g->n; i++)
		claimed_read(&found, &g->draft[i].fact);
	rc = rc ? rc : found.rc;
	for (size_t i = 0; rc == 0 && i < found.n; i++)
		rc = drafts_put_fact(g, &found.fact[i], err);
	free(found.fact);
	return rc;
}

static int read_page(const struct matcher *m, const struct lexicon *lexicon, const struct site *site,
                     uint32_t page, struct arena *scratch, struct arena *keep,
                     struct page_profile *profile, struct drafts *g, struct err *err)
{
	struct folded folded;
	struct reading r = { .lexicon = lexicon, .page = site->page[page].page, .folded = &folded };
	size_t first = g->n;
	int rc = fold(r.page->text, scratch, &folded, err);

	if (rc == 0)
		rc = reading_fill(&r, m, scratch, err);
	if (rc || r.outer_n == 0)
		return rc;
	struct price_list list;
	rc = price_list_read(&r, scratch, &list, err);
	if (rc)
		return rc;
	page_profile_read(&r, &list, profile);
	for (size_t i = 0; rc == 0 && i < r.n; i++) {
		const struct place *p = &r.place[i];
		if (!p->hit.is_phrase)
			rc = drafts_put_drug(&r, p, page, profile, keep, g, err);
		else if (p->phrase == PHRASE_PLACE)
			rc = drafts_put_place(&r, p, page, g, err);
		else if (p->phrase != PHRASE_NEGATION && p->phrase != PHRASE_SELL &&
		         p->phrase != PHRASE_SHIP && p->phrase != PHRASE_NOT &&
		         p->phrase != PHRASE_VENDOR)
			rc = drafts_put_claim(&r, p, page, profile, g, err);
	}
	return rc ? rc : put_particulars(&r, site, page, profile, first, scratch, keep, g, err);
}

/* What a site prices, over all its pages. */
struct stock {
	size_t goods, drugs, others;
};

static struct stock stock_of(const struct page_profile *profile, size_t page_n)
{
	struct stock s = { 0 };

	for (size_t i = 0; i < page_n; i++) {
		s.goods += profile[i].goods;
		s.drugs += profile[i].drugs;
		s.others += profile[i].others;
	}
	return s;
}

/* A shop of other goods may name a drug: "Viagra Falls" is a postcard, "we are asked for Kamagra" no
 * offer. Where few of the goods are drugs, a name without a dose is none; where none is, a name that
 * stands beside no price of its own is none either. */
static bool is_passing_name(const struct draft *d, const struct stock *s, const struct page_profile *page)
{
	/* What was put on somebody else's site is a page of its own kind. */
	bool apart = page->talks_trade && page->others == 0;

	if (d->fact.kind != FACT_DRUG || !s->others)
		return false;
	if (s->drugs == 0 && s->goods > 1 && !(d->priced && (d->goods || apart) && d->dosed))
		return true;
	return s->others >= LIST_GOODS && s->drugs * SHARE_OF_DRUGS < s->others && !d->dosed;
}

/* Whether a page prices mostly what is no medicine. */
static bool prices_other_goods(const struct page_profile *p)
{
	return p->others >= LIST_GOODS && p->drugs * SHARE_OF_DRUGS < p->others;
}

/* Claims that belong to other goods are no claims about medicine: those in no block of a medicine, on
 * a page of other goods; and "without prescription" on a site that says by itself that it asks for
 * prescriptions ("rezeptfreie Artikel"). Whoever says outright that no prescription is needed
 * (PHRASE_NORX) beside his medicine is taken at his word. */
static void recall_claims(struct fact *fact, size_t n, const struct page_profile *profile)
{
	bool asks = false;

	for (size_t i = 0; i < n; i++)
		asks = asks || (fact[i].kind == FACT_CLAIM && fact[i].phrase == PHRASE_RX_REQUIRED &&
		                !fact[i].negated && !fact[i].reported);
	for (size_t from = 0, to; from < n; from = to) {
		bool beside = false, other = prices_other_goods(&profile[fact[from].page]);
		for (to = from; to < n && fact[to].page == fact[from].page &&
		                fact[to].block == fact[from].block; to++)
			beside = beside || fact_is_drug(&fact[to]);
		for (size_t i = from; i < to && !beside && (asks || other); i++) {
			struct fact *f = &fact[i];
			bool claims = f->phrase == PHRASE_NORX_BARE ||
			              (other && f->phrase == PHRASE_NORX);
			f->reported = f->reported || (f->kind == FACT_CLAIM && claims);
		}
	}
}

/* Turn drafts into facts: a drug with a price is offered where its page takes orders, or, among
 * goods, where the site takes orders for medicine (a newspaper has a shop, too). */
static void settle(const struct draft *draft, size_t n, struct page_profile *profile,
                   size_t page_n, struct fact *out)
{
	bool site_orders = false;
	const struct stock stock = stock_of(profile, page_n);

	for (size_t i = 0; i < n; i++)
		site_orders = site_orders || (draft[i].priced && draft[i].goods &&
		                              profile[draft[i].fact.page].sells_goods &&
		                              !profile[draft[i].fact.page].quotes);
	for (size_t i = 0; i < n; i++) {
		const struct draft *d = &draft[i];
		struct fact f = d->fact;
		struct page_profile *p = &profile[f.page];
		bool takes = p->orders == ORDERS_HERE || (d->goods && site_orders && !p->quotes);
		if (is_passing_name(d, &stock, p)) {
			f.terms = NULL;
			out[i] = f;
			continue;
		}
		if (d->priced && takes) {
			f.kind = FACT_OFFER;
			f.priced = true;
			p->offers++;
			p->deals++;
			if (d->price.kind)
				f.end = d->price.end;
			f.matched[1] = d->price;
			out[i] = f;
			continue;
		}
		f.terms = NULL;
		if (d->stated) {
			f.kind = FACT_OFFER;
			f.start = d->sentence;
			f.end = d->sentence_end;
			f.matched[1] = d->seller;
		} else if (d->sign.kind && p->talks_trade && !f.negated) {
			f.kind = FACT_OFFER;
			f.start = d->sign.start < f.start ? d->sign.start : f.start;
			f.end = d->sign.end > f.end ? d->sign.end : f.end;
			f.matched[1] = d->sign;
		}
		p->deals += f.kind == FACT_OFFER;
		out[i] = f;
	}
	recall_claims(out, n, profile);
	for (size_t i = 0; i < page_n; i++) {
		profile[i].is_advice = profile[i].is_advice && profile[i].offers == 0;
		if (!profile[i].deals)
			profile[i].currencies = 0;
	}
	/* What others put into a page is not what the site says. */
	for (size_t i = 0; i < n; i++)
		out[i].reported = out[i].reported || profile[out[i].page].is_advice ||
		                  (profile[out[i].page].is_mixed && out[i].kind <= FACT_CLAIM &&
		                   out[i].phrase != PHRASE_OTHER_BUSINESS);
}

int extract_site(const struct matcher *m, const struct lexicon *lexicon, const struct site *site,
                 struct arena *a, struct extract *out, struct err *err)
{
	struct drafts g = { 0 };
	struct page_profile *profile = arena_array(a, site->page_n, sizeof(*profile));
	int rc = profile ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");

	for (size_t i = 0; rc == 0 && i < site->page_n; i++) {
		struct arena scratch = { 0 };
		rc = read_page(m, lexicon, site, (uint32_t)i, &scratch, a, &profile[i], &g, err);
		arena_release(&scratch);
	}
	struct fact *facts = rc == 0 ? arena_array(a, g.n, sizeof(*facts)) : NULL;
	if (rc == 0 && !facts)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0) {
		settle(g.draft, g.n, profile, site->page_n, facts);
		out->facts = (struct facts){ facts, g.n };
		out->profile = profile;
	}
	free(g.draft);
	return rc;
}

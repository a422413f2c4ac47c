#include "assess/profile.h"

#include "assess/policy.h"

/* A site that is not vouched for and never gives a price must sell in this many sentences. */
enum { STATED_OFFERS = 2 };

bool fact_counts(const struct extract *x, size_t i, const bool *mine)
{
	const struct fact *f = &x->facts.fact[i];

	return mine[f->page] && !f->negated && !f->reported;
}

/* What is said to sell, without a price: counted on pages that take orders, and in plain text, which
 * has no buttons, on pages that speak of trade. What an article says on another page of a site that
 * has a cart is no offer. */
struct said {
	size_t offers, trade;
};

static void add_said(const struct extract *x, const struct site *site, uint32_t page,
                     const struct said *here, struct said *all)
{
	bool plain = strcmp(site->page[page].page->extractor, PAGE_EXTRACTOR_PLAIN) == 0;

	if (x->profile[page].orders == ORDERS_NONE && !(plain && here->trade))
		return;
	/* The same page again, at another time, says nothing more. */
	if (page > 0 && slice_eq(site->page[page].url, site->page[page - 1].url))
		return;
	all->offers += here->offers;
	all->trade += here->trade;
}

bool is_goods(const struct extract *x, size_t i, const bool *mine, uint64_t phrases)
{
	const struct fact *f = &x->facts.fact[i];
	const struct page_profile *page = &x->profile[f->page];

	/* A phrase with an arg names what is in goods, not goods. */
	return f->kind == FACT_CLAIM && phrases >> f->phrase & 1 && !f->arg.n &&
	       page->orders == ORDERS_HERE && page->sells_goods && fact_counts(x, i, mine);
}

uint32_t find_goods(const struct extract *x, const bool *mine, uint64_t phrases, uint32_t from)
{
	for (uint32_t i = from; i < x->facts.n; i++)
		if (is_goods(x, i, mine, phrases))
			return i;
	return UINT32_MAX;
}

struct profile profile_of(const struct extract *x, const struct site *site, const bool *mine)
{
	struct profile p = { .offer = UINT32_MAX };
	struct said all = { 0 }, here = { 0 };
	size_t priced = 0, pharmacy = 0, other = 0, supplement = 0, drugs = 0;

	for (size_t i = 0; i < site->page_n; i++)
		p.has_text = p.has_text || (mine[i] && site->page[i].page->letters);
	for (size_t i = 0; i < x->facts.n; i++) {
		const struct fact *f = &x->facts.fact[i];
		if (i > 0 && f->page != x->facts.fact[i - 1].page) {
			add_said(x, site, x->facts.fact[i - 1].page, &here, &all);
			here = (struct said){ 0 };
		}
		if (!fact_counts(x, i, mine))
			continue;
		drugs += fact_is_drug(f);
		if (f->kind == FACT_OFFER) {
			if (f->priced ? priced++ == 0 : p.offer == UINT32_MAX)
				p.offer = (uint32_t)i;
			here.offers += !f->priced;
			continue;
		}
		pharmacy += f->kind == FACT_LICENCE;
		if (f->kind != FACT_CLAIM)
			continue;
		switch (f->phrase) {
		case PHRASE_CART:
		case PHRASE_SHIP_WORLD:
		case PHRASE_SHIP_TO:
		case PHRASE_CONCEAL:
		case PHRASE_RESHIP:
		case PHRASE_PAY_CRYPTO:
		case PHRASE_PAY_WIRE:
		case PHRASE_PAY_GIFTCARD:
		case PHRASE_PAY_P2P:
		case PHRASE_NORX:
			here.trade++;
			break;
		case PHRASE_SHOP_PHARMACY:
		case PHRASE_PHARMACIST:
			pharmacy++;
			break;
		case PHRASE_RX_REQUIRED:
			drugs++;
			break;
		case PHRASE_OTHER_BUSINESS:
			other++;
			break;
		case PHRASE_SUPPLEMENT:
			supplement++;
			break;
		default:
			break;
		}
	}
	if (x->facts.n)
		add_said(x, site, x->facts.fact[x->facts.n - 1].page, &here, &all);
	bool talks = false, talks_here = false;
	for (size_t i = 0; i < site->page_n; i++) {
		const struct page_profile *page = &x->profile[i];
		if (!mine[i])
			continue;
		talks = talks || page->talks_trade;
		talks_here = talks_here || (page->talks_trade && page->deals);
	}
	p.sells = priced > 0 || (all.offers >= STATED_OFFERS && all.trade > 0) || talks_here;
	p.sells_goods = find_goods(x, mine, GOODS_PHRASES, 0) != UINT32_MAX;
	p.calls_itself_pharmacy = (talks && !supplement) || (pharmacy > 0 && pharmacy > other && drugs > 0);
	return p;
}

/* What tells that a site addresses a country, where its pages do not say where they ship. The
 * Court of Justice of the European Union named such signs for "directed to" (C-585/08 and C-144/09,
 * Pammer and Hotel Alpenhof, points 83, 84, 93): language, currency, a top-level domain. */
static const struct market {
	const char *country, *suffix;
	uint32_t money;
	const char *language[2]; /* of shops that address it */
	bool money_decides;      /* in any language but Japanese: the money is its own */
} markets[] = {
	{ "US", ".us", CURRENCY_USD | CURRENCY_DOLLAR, { "en", "es" }, true },
	{ "JP", ".jp", CURRENCY_JPY, { "ja", NULL }, false },
	{ "GB", ".uk", CURRENCY_GBP, { "en", NULL }, true },
	{ "DE", ".de", CURRENCY_EUR, { "de", NULL }, false },
	{ "FR", ".fr", CURRENCY_EUR, { "fr", NULL }, false },
	{ "CA", ".ca", CURRENCY_CAD, { "en", "fr" }, true },
	{ "IN", ".in", CURRENCY_INR, { "en", NULL }, true },
	{ "AU", ".au", CURRENCY_AUD, { "en", NULL }, true },
};

static bool speaks_of(const struct market *m, struct slice language)
{
	for (size_t i = 0; i < 2; i++)
		if (m->language[i] && slice_eq_str(language, m->language[i]))
			return true;
	return false;
}

/* Whether some market is addressed by the name of the site. */
static bool suffix_addresses(const struct site *site, const struct market *m)
{
	return slice_ends(site->subject.key, slice_str(m->suffix));
}

/* Whether a number of a licence or of a company on the site is one of Australia or Canada: their
 * dollar has the same sign. */
static const char *home_of_dollar(const struct extract *x, const bool *mine)
{
	for (size_t i = 0; i < x->facts.n; i++) {
		const struct fact *f = &x->facts.fact[i];
		if ((f->kind != FACT_LICENCE && f->kind != FACT_IDENTITY) || !mine[f->page])
			continue;
		if (slice_starts(f->arg, SLICE("au-")))
			return "AU";
		if (slice_starts(f->arg, SLICE("ca-")))
			return "CA";
	}
	return NULL;
}

/* Money and language of pages that offer. With `any_money` only the language is asked, which says
 * something where no page names a price. */
static bool pages_address(const struct extract *x, const struct site *site, const bool *mine,
                          const struct market *m, bool any_money)
{
	const char *home = home_of_dollar(x, mine);
	uint32_t money = m->money;

	if (home)
		money = strcmp(home, m->country) == 0 ? money | CURRENCY_DOLLAR
		                                      : money & ~(uint32_t)CURRENCY_DOLLAR;
	for (size_t i = 0; i < site->page_n; i++) {
		const struct page_profile *p = &x->profile[i];
		if (!mine[i] || !p->deals || p->is_advice)
			continue;
		bool speaks = speaks_of(m, p->language);
		if (any_money ? speaks
		              : (p->currencies & money) &&
		                        (speaks || (m->money_decides && !slice_eq_str(p->language, "ja"))))
			return true;
	}
	return false;
}

/* Where the pages say nothing of where they ship: the name, else the money, else the language. */
static bool addresses(const struct extract *x, const struct site *site, const bool *mine,
                      struct slice destination)
{
	const struct market *m = NULL;
	bool money = false, name = false;

	for (size_t i = 0; i < sizeof(markets) / sizeof(markets[0]); i++) {
		if (slice_eq_str(destination, markets[i].country))
			m = &markets[i];
		name = name || suffix_addresses(site, &markets[i]);
	}
	for (size_t i = 0; i < site->page_n; i++)
		money = money || (mine[i] && !x->profile[i].is_advice && x->profile[i].currencies);
	if (!m)
		return false;
	return suffix_addresses(site, m) || pages_address(x, site, mine, m, false) ||
	       (!name && !money && pages_address(x, site, mine, m, true));
}

/* Members of the European Union among the countries that packs are for. */
static bool is_in_union(struct slice country)
{
	return slice_eq_str(country, "DE") || slice_eq_str(country, "FR");
}

bool offers_to(const struct extract *x, const struct site *site, const bool *mine,
               struct slice destination, uint32_t *because)
{
	uint32_t world = UINT32_MAX;
	bool named = false;

	*because = UINT32_MAX;
	/* A place that the site takes off its list is off it (LegitScript's 121Doc case). */
	for (size_t i = 0; i < x->facts.n; i++) {
		const struct fact *f = &x->facts.fact[i];
		if (f->kind == FACT_CLAIM && f->phrase == PHRASE_NOT_TO && mine[f->page] &&
		    !f->reported && slice_eq(f->arg, destination))
			return false;
	}
	for (size_t i = 0; i < x->facts.n; i++) {
		const struct fact *f = &x->facts.fact[i];
		if (f->kind != FACT_CLAIM || !fact_counts(x, i, mine))
			continue;
		if (f->phrase == PHRASE_SHIP_TO) {
			named = true;
			if (slice_eq(f->arg, destination) ||
			    (slice_eq_str(f->arg, "EU") && is_in_union(destination))) {
				*because = (uint32_t)i;
				return true;
			}
		} else if (f->phrase == PHRASE_SHIP_WORLD && world == UINT32_MAX) {
			world = (uint32_t)i;
		}
	}
	if (world != UINT32_MAX) {
		*because = world;
		return true;
	}
	return !named && addresses(x, site, mine, destination);
}

/* What claims come to: the stance on prescriptions, where a shop sends, how it is paid.
 *
 * A claim is a phrase with its place. These facts say the same in words that do not hang on the
 * lexicon, and for prescriptions of which product. A claim that is negated gives none. */
#include "assess/particulars.h"

/* The one substance that a stretch of the page names; UINT32_MAX for none or several. */
static uint32_t only_drug(const struct reading *r, uint32_t start, uint32_t end)
{
	uint32_t found = UINT32_MAX;

	for (size_t i = reading_first(r, start); i < r->n && r->place[i].start < end; i++) {
		const struct place *p = &r->place[i];
		if (p->hit.is_phrase)
			continue;
		uint32_t substance = r->lexicon->term[p->hit.index].substance;
		if (found != UINT32_MAX && found != substance)
			return UINT32_MAX;
		found = substance;
	}
	return found;
}

/* The drug that the page is about: the only one of its title, else of its first heading. */
static uint32_t drug_of_page(const struct reading *r)
{
	for (size_t i = 0; i < r->outer_n && i < 60; i++) {
		const struct page_block *b = &r->page->block[r->outer[i]];
		if (b->role != ROLE_TITLE && !(b->role == ROLE_HEADING && b->level == 1))
			continue;
		uint32_t found = only_drug(r, b->start, b->end);
		if (found != UINT32_MAX)
			return found;
	}
	return UINT32_MAX;
}

/* Whether a page is of the trade: it names a drug or a pharmacy, or leads to a cart. Elsewhere "free
 * consultation" and "sent to the United States" are about something else. */
static bool is_of_trade(const struct gathering *g)
{
	bool found = g->has_cart;

	for (size_t i = 0; i < g->r->n && !found; i++)
		found = !g->r->place[i].hit.is_phrase ||
		        g->r->place[i].phrase == PHRASE_SHOP_PHARMACY;
	return found;
}

static const char *stance_of(enum phrase_class phrase)
{
	switch (phrase) {
	case PHRASE_NORX:
	case PHRASE_NORX_BARE: return "none_needed";
	case PHRASE_RX_REQUIRED: return "required";
	case PHRASE_RX_BY_FORM: return "questionnaire";
	default: return NULL;
	}
}

static const char *way_of(enum phrase_class phrase)
{
	switch (phrase) {
	case PHRASE_PAY_CARD: return "card";
	case PHRASE_PAY_CRYPTO: return "crypto";
	case PHRASE_PAY_WIRE: return "wire";
	case PHRASE_PAY_GIFTCARD: return "gift_card";
	case PHRASE_PAY_P2P: return "person_to_person";
	default: return NULL;
	}
}

void claimed_read(struct gathering *g, const struct fact *claim)
{
	struct fact f = *claim;
	const char *stance = stance_of(claim->phrase), *way = way_of(claim->phrase);

	if (claim->kind != FACT_CLAIM || (claim->negated && claim->phrase != PHRASE_NOT_TO))
		return;
	if (!g->knows_page) {
		g->knows_page = true;
		g->of_trade = is_of_trade(g);
		g->page_drug = drug_of_page(g->r);
	}
	if (!g->of_trade)
		return;
	f.negated = false;
	f.arg = f.value = (struct slice){ 0 };
	f.substance = UINT32_MAX;
	if (stance) {
		f.kind = FACT_STANCE;
		f.arg = slice_str(stance);
		f.substance = only_drug(g->r, claim->start, claim->end);
		if (f.substance == UINT32_MAX)
			f.substance = g->page_drug;
	} else if (way) {
		/* "Discover", "gift cards": words of other trades, too. */
		if (!g->takes_orders && !gathering_pays(g, claim->start, claim->end))
			return;
		f.kind = FACT_PAYMENT;
		f.arg = slice_str(way);
	} else if (claim->phrase == PHRASE_SHIP_WORLD) {
		f.kind = FACT_SHIPPING;
		f.arg = SLICE("to");
		f.value = SLICE("world");
	} else if (claim->phrase == PHRASE_SHIP_TO || claim->phrase == PHRASE_NOT_TO ||
	           claim->phrase == PHRASE_SHIP_FROM) {
		f.kind = FACT_SHIPPING;
		f.arg = claim->phrase == PHRASE_SHIP_TO   ? SLICE("to")
		        : claim->phrase == PHRASE_NOT_TO ? SLICE("not_to")
		                                          : SLICE("from");
		f.value = claim->arg;
		if (slice_eq_str(f.value, "ZZ"))
			f.value = SLICE("abroad");
		if (!f.value.n && claim->phrase != PHRASE_SHIP_FROM)
			return;
	} else {
		return;
	}
	gathering_put(g, &f);
}

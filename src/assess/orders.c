#include "assess/orders.h"

/* Whether the target of a link is where shops take orders. */
static bool leads_to_cart(struct slice target)
{
	static const char *const parts[] = { "cart", "basket", "checkout", "warenkorb", "panier",
		                             "carrito", "carrello", "kago", "order", "orders",
		                             "bestellung", "bestellen", "commande", "commander",
		                             "pedido", "ordine", "zamowienie", "buy" };
	struct slice part, rest = slice_sub(target, 0, 400);

	while (slice_cut(&rest, '/', &part)) {
		size_t dot = slice_find(part, '.'), query = slice_find(part, '?');
		struct slice word = slice_sub(part, 0, dot < query ? dot : query);
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (slice_eq_nocase(word, slice_str(parts[i])))
				return true;
	}
	return false;
}

/* A doorway: its title or first heading bids to buy a drug, and it says by itself, quoting nobody,
 * that no prescription is needed. It has no cart, it leads to one. */
static bool is_doorway(const struct reading *r)
{
	bool bids = false, claims = false;

	for (size_t i = 0; i < r->n && !(bids && claims); i++) {
		const struct place *p = &r->place[i];
		if (!p->hit.is_phrase) {
			const struct page_block *b = &r->page->block[p->block];
			bids = bids || ((b->role == ROLE_TITLE ||
			                 (b->role == ROLE_HEADING && b->level <= 2)) &&
			                reading_sells(r, p, true) && !reading_is_negated(r, p) &&
			                !reading_is_question(r, p) && !reading_is_quoted(r, p));
		} else if (p->phrase == PHRASE_NORX) {
			claims = claims || !(reading_is_negated(r, p) || reading_is_question(r, p) || reading_is_quoted(r, p));
		}
	}
	return bids && claims;
}

/* Whether a page says what only sellers say of themselves. */
static bool speaks_as_seller(const struct reading *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct place *p = &r->place[i];
		if ((place_says(p, PHRASE_CART) || place_says(p, PHRASE_VENDOR) ||
		     place_says(p, PHRASE_LICENCE_CLAIM)) &&
		    !reading_is_negated(r, p) && !reading_is_quoted(r, p))
			return true;
	}
	return false;
}

bool orders_quotes_claim(const struct reading *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (place_says(&r->place[i], PHRASE_NORX) && reading_is_quoted(r, &r->place[i]))
			return true;
	return false;
}

/* Three medicines with prices; or two, or the packs of one, with equal buttons beside them. */
static bool lists_medicine(const struct price_list *list)
{
	return list->medicines >= LIST_MEDICINES ||
	       (list->medicines >= 2 && list->repeats >= LIST_GOODS && list->others < list->drugs) ||
	       (list->headed >= 2 && list->repeats >= 2 && list->others < list->drugs);
}

/* How the page takes orders. Words of a cart on a button, or on a link in the page's own part, in
 * plain text the words alone; an order form; an offer in structured data: ORDERS_HERE. A link to
 * the cart in the frame of the page, which every page of a shop has: ORDERS_SITE. sells_goods is
 * set where the evidence is of goods. */
enum page_orders orders_of(const struct reading *r, const struct price_list *list, size_t advice,
                           bool *sells_goods)
{
	const struct page_text *page = r->page;
	bool plain = strcmp(page->extractor, PAGE_EXTRACTOR_PLAIN) == 0;
	enum page_orders best = ORDERS_NONE;
	size_t seen = 0;

	for (size_t i = 0; i < page->json_ld_n; i++)
		if (slice_find_slice(page->json_ld[i], SLICE("\"Offer\"")) < page->json_ld[i].n)
			best = ORDERS_HERE;
	for (size_t i = 0; i < page->form_n; i++)
		if (page->form[i].has_quantity)
			best = ORDERS_HERE;
	/* A list of prescription medicine with prices is an offer in any language; so is a shorter one
	 * with equal buttons beside it. Whoever writes about prices says so (advice). */
	if ((!advice || (advice == 1 && speaks_as_seller(r))) && lists_medicine(list) &&
	    !orders_quotes_claim(r))
		best = ORDERS_HERE;
	*sells_goods = best == ORDERS_HERE;
	/* A form for a card may be for a gift, a fee, a subscription: of this page alone. */
	for (size_t i = 0; i < page->form_n; i++)
		if (page->form[i].has_card)
			best = ORDERS_HERE;
	if (!plain && advice < 2 && is_doorway(r))
		best = ORDERS_HERE;
	for (size_t i = 0; plain && i < r->n; i++) {
		const struct place *p = &r->place[i];
		if (place_says(p, PHRASE_CART) && !reading_is_negated(r, p) && !reading_is_quoted(r, p) &&
		    ++seen >= 2 && seen > advice) {
			*sells_goods = true;
			return ORDERS_HERE;
		}
	}
	for (size_t b = 0; !plain && b < page->block_n; b++) {
		const struct page_block *block = &page->block[b];
		bool link = block->role == ROLE_LINK;
		if (block->hidden || (!link && block->role != ROLE_BUTTON))
			continue;
		bool orders = link && leads_to_cart(block->target);
		for (size_t i = reading_first(r, block->start);
		     !orders && i < r->n && r->place[i].start < block->end; i++)
			orders = place_says(&r->place[i], PHRASE_CART) && r->place[i].end <= block->end;
		if (!orders)
			continue;
		*sells_goods = true;
		if (!link || block->region == REGION_BODY || block->region == REGION_MAIN)
			return ORDERS_HERE;
		if (best == ORDERS_NONE)
			best = ORDERS_SITE;
	}
	return best;
}

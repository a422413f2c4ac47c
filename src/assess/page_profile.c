#include "assess/page_profile.h"

#include "assess/media.h"
#include "assess/orders.h"
#include "assess/trade.h"

enum { TOP_BYTES = 200, DRUGS_ENOUGH = 3, ROW_NEAR = 60 };
enum { MENU_REST = 16 /* bytes that a menu says beside a drug */, MENU_ENTRIES = 2 };
enum { MIXED_BLOCKS = 3 }; /* of other businesses, on a page that is about one */

static uint32_t currency_bit(const struct price *p)
{
	static const struct {
		const char *code;
		uint32_t bit;
	} known[] = { { "JPY", CURRENCY_JPY }, { "GBP", CURRENCY_GBP }, { "USD", CURRENCY_USD },
		      { "EUR", CURRENCY_EUR }, { "CAD", CURRENCY_CAD }, { "AUD", CURRENCY_AUD },
		      { "INR", CURRENCY_INR } };

	if (p->guessed && strcmp(p->currency, "USD") == 0)
		return CURRENCY_DOLLAR;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(p->currency, known[i].code) == 0)
			return known[i].bit;
	return CURRENCY_OTHER;
}

bool page_is_frame(const struct reading *r, const struct place *p)
{
	enum block_region region = r->page->block[p->block].region;

	return region != REGION_BODY && region != REGION_MAIN && region != REGION_ASIDE;
}

/* Whether a price stands right behind a drug, as in a price list. */
static bool is_priced_row(const struct reading *r, const struct place *p)
{
	size_t i = reading_first_price(r, p->end);

	return i < r->price_n && r->price[i].start <= p->end + ROW_NEAR;
}

/* Whether a page talks trade, and of medicine. */
static bool page_talks_trade(const struct reading *r, const struct price_list *list)
{
	uint64_t signs = 0;
	size_t carts = 0;
	uint32_t cart = UINT32_MAX, cart_end = 0;
	bool medicine = false;
	size_t drugs = 0, rows = list->bare;
	uint32_t row_end = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct place *p = &r->place[i];
		if (!p->hit.is_phrase) {
			/* What a page is about is named at its top, or again and again. */
			medicine = medicine || ((p->start < TOP_BYTES || ++drugs >= DRUGS_ENOUGH) &&
			                        !reading_is_quoted(r, p));
			/* Rows of goods: each drug with a price of its own. */
			if (p->start >= row_end && is_priced_row(r, p)) {
				rows++;
				row_end = r->price[reading_first_price(r, p->end)].end;
			}
			continue;
		}
		bool more_cart = p->phrase == PHRASE_CART && carts < TRADE_CARTS &&
		                 p->hit.index != cart && p->start >= cart_end;
		if (!trade_is_sign(p->phrase) || (signs >> p->phrase & 1 && !more_cart) ||
		    page_is_frame(r, p) || reading_is_quoted(r, p) || reading_is_negated(r, p))
			continue;
		signs |= UINT64_C(1) << p->phrase;
		if (more_cart) {
			carts++;
			cart = p->hit.index;
			cart_end = p->end;
		}
		medicine = medicine || p->phrase == PHRASE_SHOP_PHARMACY || p->phrase == PHRASE_NORX ||
		           p->phrase == PHRASE_RX_BY_FORM;
	}
	return medicine && trade_talks(signs, carts, rows);
}

/* What by itself says that a block is about medicine. */
static bool is_of_medicine(const struct place *p)
{
	static const uint64_t classes =
	        UINT64_C(1) << PHRASE_NORX | UINT64_C(1) << PHRASE_NORX_BARE |
	        UINT64_C(1) << PHRASE_RX_REQUIRED | UINT64_C(1) << PHRASE_RX_BY_FORM |
	        UINT64_C(1) << PHRASE_SHOP_PHARMACY | UINT64_C(1) << PHRASE_PHARMACIST |
	        UINT64_C(1) << PHRASE_FDA_GENERIC | UINT64_C(1) << PHRASE_PRICE_PER_UNIT |
	        UINT64_C(1) << PHRASE_RESHIP | UINT64_C(1) << PHRASE_CUSTOMS_FREE;

	return !p->hit.is_phrase || classes >> p->phrase & 1;
}

/* Whether a place says of the site, not of the page, that it is a shop of medicine: in the frame that
 * all pages have, a pharmacy, or a drug by itself, as menus name what is for sale. What is posted has
 * its own title there too ("Buy X"), which sells. */
static bool is_furniture(const struct reading *r, const struct place *p)
{
	const struct page_block *b = &r->page->block[p->block];
	bool shop = p->hit.is_phrase && (p->phrase == PHRASE_SHOP_PHARMACY ||
	                                 p->phrase == PHRASE_PHARMACIST ||
	                                 p->phrase == PHRASE_LICENCE_CLAIM);

	if (p->hit.is_phrase && !shop)
		return false;
	if (b->role == ROLE_TITLE || b->role == ROLE_META_DESCRIPTION || b->role == ROLE_HEADING ||
	    !page_is_frame(r, p))
		return false;
	return shop || (!reading_sells(r, p, true) &&
	                p->sentence_end - p->sentence <= 2 * (p->end - p->start) + MENU_REST);
}

/* Lines of plain text, or of a page whose parts are not marked, that are the name of a drug and
 * nothing else, beside no price: a menu. */
static bool is_entry_of_menu(const struct reading *r, const struct place *p)
{
	const struct page_block *b = &r->page->block[p->block];

	if (p->hit.is_phrase || b->role != ROLE_PARAGRAPH || p->start != b->start || p->end != b->end)
		return false;
	size_t i = reading_first_price(r, p->end);
	return i == r->price_n ||
	       reading_rank(r, r->price[i].block) > reading_rank(r, p->block) + 1;
}

/* Whether a sentence is what the page's title begins with: a trail names the page itself. */
static bool is_own_title(const struct reading *r, const struct place *p)
{
	struct slice said = slice_trim(slice_sub(r->page->text, p->sentence, p->sentence_end));

	return slice_starts(slice_trim(r->page->title), said);
}

/* What the page is about, by its blocks. */
static void count_blocks(const struct reading *r, const struct price_list *list,
                         struct page_profile *profile)
{
	uint32_t others = 0, entries = 0;
	bool headed = false; /* by medicine */

	for (size_t i = 0, to; i < r->n; i = to) {
		const struct page_block *b = &r->page->block[r->place[i].block];
		uint32_t here = 0, last = UINT32_MAX;
		bool medicine = false;
		for (to = i; to < r->n && r->place[to].block == r->place[i].block; to++) {
			const struct place *p = &r->place[to];
			medicine = medicine || is_of_medicine(p);
			bool furniture = is_furniture(r, p);
			profile->furniture += furniture;
			profile->banner += furniture && (b->region == REGION_HEADER ||
			                                 b->region == REGION_NAV) &&
			                   !is_own_title(r, p);
			entries += is_entry_of_menu(r, p);
			here += place_says(p, PHRASE_OTHER_BUSINESS) && p->hit.index != last &&
			        !reading_is_quoted(r, p);
			last = p->hit.index;
		}
		headed = headed || (medicine && (b->role == ROLE_TITLE ||
		                                 (b->role == ROLE_HEADING && b->level <= 2)));
		if (b->role == ROLE_TITLE || b->role == ROLE_META_DESCRIPTION)
			continue;
		profile->medicine_blocks += medicine;
		profile->businesses += medicine ? 0 : here;
		others += !medicine && here;
	}
	profile->furniture += entries >= MENU_ENTRIES;
	profile->is_mixed = others >= MIXED_BLOCKS && profile->businesses >= MIXED_BLOCKS &&
	                    profile->medicine_blocks && 2 * profile->medicine_blocks <= others &&
	                    !profile->furniture && !headed && list->drugs < LIST_MEDICINES;
}

/* The language of most of its phrases. Languages are few: a small table is searched. */
static struct slice language_of(const struct reading *r)
{
	struct {
		struct slice lang;
		size_t n;
	} seen[32];
	size_t n = 0, best = 0;

	for (size_t i = 0; i < r->n; i++) {
		size_t k = 0;
		if (!r->place[i].hit.is_phrase)
			continue;
		struct slice lang = r->lexicon->phrase[r->place[i].hit.index].lang;
		while (k < n && !slice_eq(seen[k].lang, lang))
			k++;
		if (k == sizeof(seen) / sizeof(seen[0]))
			continue;
		if (k == n) {
			seen[k].lang = lang;
			seen[n++].n = 0;
		}
		seen[k].n++;
	}
	for (size_t k = 1; k < n; k++)
		if (seen[k].n > seen[best].n)
			best = k;
	return n ? seen[best].lang : (struct slice){ 0 };
}

void page_profile_read(const struct reading *r, const struct price_list *list,
                       struct page_profile *profile)
{
	size_t advice = reading_cites(r) ? 2 : 0;
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; i < r->n; i++) {
		const struct place *p = &r->place[i];
		if (!place_says(p, PHRASE_WARNING_GENRE) || p->hit.index == last)
			continue;
		last = p->hit.index;
		/* A heading or title of that kind says what the whole page is. */
		enum block_role role = r->page->block[p->block].role;
		advice += role == ROLE_TITLE || role == ROLE_HEADING ? 2 : 1;
	}
	profile->is_advice = advice >= 2;
	profile->language = reading_has_kana(r->page->text) ? SLICE("ja") : language_of(r);
	profile->orders = orders_of(r, list, advice, &profile->sells_goods);
	profile->goods = list->goods;
	profile->drugs = list->drugs;
	profile->others = list->others;
	profile->quotes = orders_quotes_claim(r);
	profile->talks_trade = advice < 2 && !profile->quotes && page_talks_trade(r, list);
	count_blocks(r, list, profile);
	profile->names_media = page_names_media(r);
	profile->is_media = page_is_of_media(r);
	profile->talks_trade = profile->talks_trade && !profile->is_mixed && !profile->is_media;
	for (size_t i = 0; i < r->price_n; i++)
		profile->currencies |= currency_bit(&r->price[i].price);
}

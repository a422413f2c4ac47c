/* The kinds, as bits. */
#include "assess/trade.h"

#define BIT(class) (UINT64_C(1) << (class))

static const uint64_t signs_of_trade =
        BIT(PHRASE_CART) | BIT(PHRASE_VENDOR) | BIT(PHRASE_REFUND) | BIT(PHRASE_RESHIP) |
        BIT(PHRASE_BONUS) | BIT(PHRASE_NORX) | BIT(PHRASE_PRICE_PER_UNIT) | BIT(PHRASE_SHIP_WORLD) |
        BIT(PHRASE_SHIP_TO) | BIT(PHRASE_SHIP_FROM) | BIT(PHRASE_CONCEAL) | BIT(PHRASE_CUSTOMS_FREE) |
        BIT(PHRASE_PAY_CRYPTO) | BIT(PHRASE_PAY_WIRE) | BIT(PHRASE_PAY_GIFTCARD) |
        BIT(PHRASE_PAY_P2P) | BIT(PHRASE_PAY_CARD) | BIT(PHRASE_PERSONAL_IMPORT) |
        BIT(PHRASE_SELF_RESPONSIBILITY) | BIT(PHRASE_FDA_GENERIC) | BIT(PHRASE_SHOP_PHARMACY) |
        BIT(PHRASE_RX_BY_FORM);

bool trade_is_sign(enum phrase_class class)
{
	return signs_of_trade & BIT(class);
}

size_t trade_count(uint64_t signs)
{
	size_t n = 0;

	for (; signs; signs &= signs - 1)
		n++;
	return n;
}

bool trade_talks(uint64_t signs, size_t carts, size_t rows)
{
	size_t kinds = trade_count(signs);

	/* Patients' leaflets compare prices, too, by quantity and pill. */
	if (rows >= TRADE_ROWS)
		return trade_count(signs & ~(BIT(PHRASE_CART) | BIT(PHRASE_PRICE_PER_UNIT) |
		                             BIT(PHRASE_SHOP_PHARMACY))) >= TRADE_SIGNS_ENOUGH - 1;
	/* A bare offer: no prescription asked, an order taken, a price for a pill. */
	if (carts && signs & BIT(PHRASE_NORX) && signs & BIT(PHRASE_PRICE_PER_UNIT))
		return true;
	return signs & BIT(PHRASE_VENDOR) || carts >= TRADE_CARTS ? kinds >= TRADE_SIGNS_ENOUGH
	                                                          : carts && kinds >= TRADE_SIGNS_MANY;
}

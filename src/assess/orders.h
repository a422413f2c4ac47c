/* How a page takes orders: what tells a shop from those who speak of shops. */
#ifndef ASSESS_ORDERS_H
#define ASSESS_ORDERS_H

#include "assess/price_list.h"

enum page_orders {
	ORDERS_NONE,
	ORDERS_SITE, /* a link to the cart in the frame that all pages share */
	ORDERS_HERE, /* a cart button, an order form, an offer in structured data */
};

/* Whether a page has the words "no prescription needed" from somebody else, in quotation marks. */
bool orders_quotes_claim(const struct reading *r);

/* list: the goods that the page prices. advice: how many phrases of advice, news or law the page
 * holds. sells_goods is set where the evidence is of goods. */
enum page_orders orders_of(const struct reading *r, const struct price_list *list, size_t advice,
                           bool *sells_goods);

#endif

/* Goods with a price of their own: a line, a row of a table, an item of a list, a card. A list of
 * medicine with prices is structure, and says "we sell these" in every language.
 *
 *   source  SIGNALS of the design, section 3: what a page sells is told from what it prices, not
 *           from the words around it */
#ifndef ASSESS_PRICE_LIST_H
#define ASSESS_PRICE_LIST_H

#include "assess/reading.h"

enum {
	LIST_MEDICINES = 3, /* different prescription medicines, priced: a shop's list */
	LIST_GOODS = 3,     /* priced goods that tell what a site sells */
};

struct price_list {
	uint32_t goods;     /* priced lines, rows, items and cards */
	uint32_t drugs;     /* of them, of a drug: it is named there, or in the heading above */
	uint32_t others;    /* of them, of no drug, and with neither dose nor count */
	uint32_t medicines; /* different substances, on prescription in most countries, among them */
	uint32_t bare;      /* different such substances in rows of a table with a bare number in a cell
	                       of its own and a link or button: prices whose money is said elsewhere */
	uint32_t headed;    /* priced doses and counts under the name of such a substance */
	uint32_t repeats;   /* so many equal buttons or links in a row stand by prices */
};

/* Read the list of a page that was read. ERR_NOMEM. */
int price_list_read(const struct reading *r, struct arena *a, struct price_list *out,
                    struct err *err);

/* Whether a substance is on general sale or sold by a pharmacist in more countries than it is on
 * prescription. */
bool substance_is_free(const struct lexicon_substance *s);

/* Whether a text holds a dose: a number and a unit of medicine ("100 mg", "5000 iu"). */
bool text_has_dose(struct slice folded);

/* Whether a page cites as journals do: a year, a volume and pages ("2025; 9: 211"), or a DOI; or says
 * in its data that it is an article of news or science. */
bool reading_cites(const struct reading *r);

#endif

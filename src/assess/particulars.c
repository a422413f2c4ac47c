#include "assess/particulars.h"

int particulars_read(struct gathering *g)
{
	struct err why = { 0 };
	struct url page;

	if (g->r->page->text.n == 0)
		return 0;
	g->has_base = g->url.n && url_parse(g->url, g->scratch, &page, &why) == 0;
	if (g->has_base) {
		g->base = page;
		/* <base href> moves what references start from. */
		if (g->r->page->base.n &&
		    url_resolve(&page, g->r->page->base, g->scratch, &g->base, &why))
			g->base = page;
	}
	licence_read(g);
	seal_read(g);
	contact_read(g);
	telephone_read(g);
	address_read(g);
	identity_read(g);
	payment_read(g);
	affiliate_read(g);
	date_read(g);
	return g->rc;
}

/* Footprints of affiliate programmes in links: whose partner a page is.
 *
 *   parameter  a name that only such programmes use, with its value: "shop.example?aff=1234"
 *   tracker    the host of a network that counts clicks, with its path
 *
 * "ref", "id" and "pid" are used for everything, so they count for nothing. */
#include "assess/particulars.h"

enum { VALUE_MAX = 64, PATH_MAX = 60 };

static const char *const parameters[] = {
	"aff", "affid", "aff_id", "affiliate", "affiliate_id", "affiliateid", "aff_sub", "affsub",
	"a_aid", "a_bid", "wmid", "wm_id", "webmaster", "webmaster_id", "partner_id", "partnerid",
	"subid", "sub_id", "subid1", "clickref", "afftrack", "aff_c", "awinaffid", "irclickid",
};

static const char *const trackers[] = {
	"anrdoezrs.net", "dpbolvw.net", "jdoqocy.com", "kqzyfj.com", "tkqlhce.com", "qksrv.net",
	"shareasale.com", "linksynergy.com", "prf.hn", "awin1.com", "zanox.com", "tradedoubler.com",
	"webgains.com", "clickbank.net", "digistore24.com", "go2cloud.org", "hasoffers.com", "pxf.io",
	"sjv.io", "7eer.net", "avantlink.com", "pepperjamnetwork.com", "admitad.com", "a8.net",
	"accesstrade.net", "valuecommerce.com", "afl.rakuten.co.jp", "everflowclient.io",
	"markethealth.com", "moreniche.com", "adcell.com", "belboon.com", "financeads.net",
};

static bool is_parameter(struct slice name)
{
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		if (slice_eq_nocase(name, slice_str(parameters[i])))
			return true;
	return false;
}

static bool is_tracker(struct slice host)
{
	for (size_t i = 0; host.n && i < sizeof(trackers) / sizeof(trackers[0]); i++)
		if (host_is_under(host, trackers[i]))
			return true;
	return false;
}

static bool has_parameter(struct slice target)
{
	struct slice rest = slice_sub(target, slice_find(target, '?') + 1, target.n), part;

	while (slice_cut(&rest, '&', &part))
		if (is_parameter(slice_sub(part, 0, slice_find(part, '='))))
			return true;
	return false;
}

static void put_footprint(struct gathering *g, uint32_t block, const char *arg, const char *value)
{
	struct fact f = { .kind = FACT_AFFILIATE, .arg = slice_str(arg), .value = slice_str(value),
		          .source = SOURCE_LINK };

	if (!value)
		g->rc = err_set(g->err, ERR_NOMEM, 0, "out of memory");
	else
		gathering_put_at(g, block, &f);
}

static void read_link(struct gathering *g, uint32_t block)
{
	struct slice t = g->r->page->block[block].target, rest, part;
	struct url to;

	bool tracker = is_tracker(reference_host(t));
	if ((!tracker && !has_parameter(t)) || !gathering_resolve(g, t, &to))
		return;
	if (tracker)
		put_footprint(g, block, "tracker",
		              arena_printf(g->scratch, "%.*s%.*s", SLICE_ARG(to.host),
		                           SLICE_ARG(slice_sub(to.path, 0, PATH_MAX))));
	rest = to.query;
	while (slice_cut(&rest, '&', &part)) {
		size_t sign = slice_find(part, '=');
		struct slice value = slice_sub(part, sign + 1, part.n);
		if (!is_parameter(slice_sub(part, 0, sign)) || value.n == 0 || value.n > VALUE_MAX)
			continue;
		put_footprint(g, block, "parameter",
		              arena_printf(g->scratch, "%.*s?%.*s", SLICE_ARG(to.host), SLICE_ARG(part)));
	}
}

void affiliate_read(struct gathering *g)
{
	const struct page_text *page = g->r->page;

	for (size_t i = 0; i < page->block_n && !gathering_is_full(g, FACT_AFFILIATE); i++)
		if (page->block[i].role == ROLE_LINK && !page->block[i].hidden)
			read_link(g, (uint32_t)i);
}

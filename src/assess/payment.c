/* How a page is paid: who takes the money, and what a buyer's statement will say.
 *
 * A processor is learned from the host that a form or a link sends buyers to, or from words beside a
 * word of paying; which of them is kept. Ways to pay that the lexicon knows (cards, coins,
 * transfers) come from claims (claimed.c). Where a page names no processor there is no fact: it is
 * not known. */
#include "assess/particulars.h"

enum { DESCRIPTOR_MAX = 40 };

static const struct processor {
	const char *name;
	const char *host;  /* ending of a host that takes payments, or NULL */
	const char *words; /* folded, or NULL where the name is an ordinary word */
} processors[] = {
	{ "paypal", "paypal.com", "paypal" },
	{ "stripe", "stripe.com", NULL },
	{ "klarna", "klarna.com", "klarna" },
	{ "skrill", "skrill.com", "skrill" },
	{ "neteller", "neteller.com", "neteller" },
	{ "worldpay", "worldpay.com", "worldpay" },
	{ "authorize.net", "authorize.net", "authorize net" },
	{ "adyen", "adyen.com", "adyen" },
	{ "mollie", "mollie.com", "mollie" },
	{ "square", "squareup.com", NULL },
	{ "2checkout", "2checkout.com", "2checkout" },
	{ "braintree", "braintreegateway.com", NULL },
	{ "paysafecard", "paysafecard.com", "paysafecard" },
	{ "perfect money", "perfectmoney.com", "perfect money" },
	{ "webmoney", "webmoney.ru", "webmoney" },
	{ "coinbase", "commerce.coinbase.com", NULL },
	{ "coinpayments", "coinpayments.net", "coinpayments" },
	{ "bitpay", "bitpay.com", "bitpay" },
	{ "nowpayments", "nowpayments.io", "nowpayments" },
	{ "btcpay", NULL, "btcpay" },
	{ "razorpay", "razorpay.com", "razorpay" },
	{ "ccavenue", "ccavenue.com", "ccavenue" },
	{ "payu", "payu.in", "payumoney" },
	{ "sagepay", "sagepay.com", "sagepay" },
	{ "opayo", "opayo.co.uk", "opayo" },
	{ "sofort", "sofort.com", NULL },
	{ "gmo payment", "gmo-pg.com", NULL },
	{ "allied wallet", "alliedwallet.com", "allied wallet" },
	{ "ecopayz", "ecopayz.com", "ecopayz" },
};
enum { PROCESSORS = sizeof(processors) / sizeof(processors[0]) };

static const struct processor *processor_at(struct slice host)
{
	for (size_t i = 0; host.n && i < PROCESSORS; i++)
		if (processors[i].host && host_is_under(host, processors[i].host))
			return &processors[i];
	return NULL;
}

/* The block of a form that shows best what it is: its button, else its first one. */
static uint32_t block_of_form(const struct page_text *page, size_t form)
{
	uint32_t best = UINT32_MAX;

	for (size_t i = 0; i < page->block_n; i++) {
		const struct page_block *b = &page->block[i];
		if (b->form != form + 1 || b->hidden)
			continue;
		if (b->role == ROLE_BUTTON && b->end > b->start)
			return (uint32_t)i;
		if (best == UINT32_MAX)
			best = (uint32_t)i;
	}
	return best;
}

static void read_forms(struct gathering *g)
{
	enum { FORMS_MAX = 40 };
	const struct page_text *page = g->r->page;
	struct url to;

	for (size_t i = 0; i < page->form_n && i < FORMS_MAX; i++) {
		if (!page->form[i].action.n || !gathering_resolve(g, page->form[i].action, &to))
			continue;
		const struct processor *p = processor_at(to.host);
		bool away = page->form[i].has_card && g->has_base && !slice_eq(to.host, g->base.host);
		uint32_t block = p || away ? block_of_form(page, i) : UINT32_MAX;
		if (block == UINT32_MAX)
			continue;
		/* A card typed here and sent to another host: whoever that is takes the payment. */
		struct fact f = { .kind = FACT_PAYMENT, .arg = SLICE("processor"), .source = SOURCE_FORM,
			          .value = p ? slice_str(p->name) : to.host };
		gathering_put_at(g, block, &f);
	}
}

static void read_links(struct gathering *g)
{
	const struct page_text *page = g->r->page;
	struct url to;

	for (size_t i = 0; i < page->block_n && !gathering_is_full(g, FACT_PAYMENT); i++) {
		const struct page_block *b = &page->block[i];
		if (b->role != ROLE_LINK || b->hidden)
			continue;
		const struct processor *p = processor_at(reference_host(b->target));
		/* The processor's own pages of help are linked from articles. */
		if (!p || !gathering_resolve(g, b->target, &to) || to.path.n + to.query.n < 6 ||
		    !(text_holds(to.path, "pay") || text_holds(to.path, "checkout") ||
		      text_holds(to.path, "webscr") || text_holds(to.path, "invoice")))
			continue;
		struct fact f = { .kind = FACT_PAYMENT, .arg = SLICE("processor"), .source = SOURCE_LINK,
			          .value = slice_str(p->name) };
		gathering_put_at(g, (uint32_t)i, &f);
	}
}

static void put_words(struct gathering *g, const char *arg, size_t from, size_t to, struct slice value)
{
	struct fact f = { .kind = FACT_PAYMENT, .arg = slice_str(arg), .value = value };
	size_t start = 0, end = 0;

	fold_span(g->r->folded, from, to, &start, &end);
	f.start = (uint32_t)start;
	f.end = (uint32_t)end;
	gathering_put(g, &f);
}

static void read_words(struct gathering *g)
{
	enum { SEEN_MAX = 20 };
	struct slice s = g->r->folded->text;

	for (size_t i = 0; i < PROCESSORS; i++) {
		struct slice w = slice_str(processors[i].words);
		for (size_t at = 0, seen = 0; w.n && at < s.n && seen < SEEN_MAX; seen++) {
			size_t from = at + slice_find_slice(slice_sub(s, at, s.n), w);
			at = from + w.n;
			if (from == s.n)
				break;
			bool whole = (from == 0 || !folded_alnum(s.p[from - 1])) &&
			             (at >= s.n || !folded_alnum(s.p[at]));
			if (!whole || !folded_pays(s, from, at))
				continue;
			put_words(g, "processor", from, at, slice_str(processors[i].name));
			break;
		}
	}
}

/* "Your card statement will show X": what X is, between the words and the sentence's end. */
static void read_descriptor(struct gathering *g)
{
	static const char *const cues[] = {
		"will appear on your statement as ", "will appear on your credit card statement as ",
		"appear on your bank statement as ", "appears on your statement as ",
		"statement will show ", "statement will read ", "billing descriptor is ",
		"billing descriptor will be ", "charge will appear as ", "charged by ",
		"will be billed as ", "appear on your card statement as ",
		"appear on your credit card bill as ",
	};
	struct slice s = g->r->folded->text;

	for (size_t i = 0; i < sizeof(cues) / sizeof(cues[0]); i++) {
		struct slice cue = slice_str(cues[i]);
		size_t from = slice_find_slice(s, cue), to = from + cue.n;
		if (from == s.n)
			continue;
		size_t first = g->r->folded->map[to], start = 0, end = 0;
		fold_span(g->r->folded, from, to, &start, &end);
		struct slice t = g->r->page->text;
		size_t last = first;
		while (last < t.n && last - first < DESCRIPTOR_MAX && t.p[last] != '\n' &&
		       !(t.p[last] == '.' && (last + 1 == t.n || ascii_space(t.p[last + 1]))) &&
		       !memchr(",;()\"", t.p[last], 5))
			last++;
		/* A descriptor is in capitals or a name, not a phrase. */
		struct slice value = slice_trim(slice_sub(t, first, last));
		while (value.n && memchr("'\"*", value.p[0], 3))
			value = slice_sub(value, 1, value.n);
		if (value.n < 3 || last - first >= DESCRIPTOR_MAX ||
		    !((value.p[0] >= 'A' && value.p[0] <= 'Z') || (value.p[0] >= '0' && value.p[0] <= '9')))
			continue;
		struct fact f = { .kind = FACT_PAYMENT, .arg = SLICE("descriptor"), .value = value,
			          .start = (uint32_t)start, .end = (uint32_t)last };
		gathering_put(g, &f);
	}
}

void payment_read(struct gathering *g)
{
	read_forms(g);
	read_links(g);
	read_words(g);
	read_descriptor(g);
}

/* Seals: pictures that say who vouches, and links to those who do.
 *
 * A picture counts by its words or its file's name, a link by its host, where it holds a picture or
 * leads to one entry: an article that links to a regulator's home page shows no seal. What is only
 * said in words is a claim (PHRASE_SEAL). Whether the entry names this site is not asked here. */
#include "assess/particulars.h"

static const struct seal {
	const char *name;
	const char *const host[8]; /* who gives it */
	const char *const file[6]; /* parts of words and of file names, lower case */
	const char *entry;         /* what the path of an entry holds */
} seals[] = {
	{ "gphc", { "pharmacyregulation.org" }, { "gphc", "general pharmaceutical council" },
	  "/registers/" },
	{ "mhra", { "medicine-seller-register.mhra.gov.uk", "mhra.gov.uk" }, { "mhra" }, "/registered" },
	{ "eu_logo",
	  { "versandhandel.dimdi.de", "versandhandel.bfarm.de", "distafarma.aemps.es",
	    "aanbiedersmedicijnen.nl" },
	  { "eu-logo", "eu_logo", "eulogo", "common-logo", "eu common logo", "logo-eu" },
	  "/" },
	{ "eu_logo", { "salute.gov.it" }, { NULL }, "LogoCommercio" },
	{ "eu_logo", { "ordre.pharmacien.fr" }, { NULL }, "/ecommerce" },
	{ "nabp", { "nabp.pharmacy", "nabp.net", "safe.pharmacy" }, { "nabp", "dotpharmacy" },
	  "/verif" },
	{ "vipps", { "vipps.nabp.net", "vipps.info" }, { "vipps" }, "/" },
	{ "cipa", { "cipa.com", "cipaseal.com" }, { "cipa" }, "/certified" },
	{ "legitscript", { "legitscript.com" }, { "legitscript", "legit-script" }, "checker_keywords" },
	{ "pharmacychecker", { "pharmacychecker.com" }, { "pharmacychecker", "pharmacy-checker" },
	  "seal" },
};
enum { SEALS = sizeof(seals) / sizeof(seals[0]), HOSTS = 8, FILES = 6, NAME_BYTES = 300 };

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Whether `part` stands in text without a letter of its own kind beside it: no "cipa" in
 * "municipal" or "participants". ASCII case does not count. */
static bool holds_word(struct slice text, struct slice part)
{
	text = slice_sub(text, 0, NAME_BYTES);
	for (size_t i = 0; i + part.n <= text.n; i++)
		if (slice_eq_nocase(slice_sub(text, i, i + part.n), part) &&
		    (i == 0 || !is_letter(text.p[i - 1])) &&
		    (i + part.n == text.n || !is_letter(text.p[i + part.n])))
			return true;
	return false;
}

static const struct seal *seal_named(struct slice words)
{
	for (size_t i = 0; i < SEALS; i++)
		for (size_t k = 0; k < FILES && seals[i].file[k]; k++)
			if (holds_word(words, slice_str(seals[i].file[k])))
				return &seals[i];
	return NULL;
}

/* Who gives a seal at this address. A longer host stands for its own seal: vipps.nabp.net. */
static const struct seal *seal_at(struct slice host)
{
	const struct seal *best = NULL;
	size_t length = 0;

	for (size_t i = 0; i < SEALS; i++)
		for (size_t k = 0; k < HOSTS && seals[i].host[k]; k++) {
			size_t n = strlen(seals[i].host[k]);
			if (n > length && host_is_under(host, seals[i].host[k])) {
				best = &seals[i];
				length = n;
			}
		}
	return best;
}

/* The last part of an address: where pictures have their names. */
static struct slice file_of(struct slice target)
{
	target = slice_sub(target, 0, slice_find(target, '?'));
	if (slice_starts(target, SLICE("data:")))
		return (struct slice){ 0 };
	for (size_t i = target.n; i-- > 0;)
		if (target.p[i] == '/')
			return slice_sub(target, i + 1, target.n);
	return target;
}

static struct slice place_of(struct gathering *g, const struct url *u)
{
	const char *text = arena_printf(g->scratch, "%.*s%.*s%s%.*s", SLICE_ARG(u->host),
	                                SLICE_ARG(u->path), u->has_query ? "?" : "",
	                                SLICE_ARG(u->query));

	if (!text)
		g->rc = err_set(g->err, ERR_NOMEM, 0, "out of memory");
	return slice_str(text);
}

/* A picture that names a seal, with the link that it lies in, if any. */
static void read_picture(struct gathering *g, uint32_t block)
{
	const struct page_text *page = g->r->page;
	const struct page_block *b = &page->block[block];
	const struct seal *seal = seal_named(page_block_text(page, b));
	uint32_t link = gathering_link_around(g, block);
	bool leads = false;
	struct url to;

	if (!seal)
		seal = seal_named(file_of(b->target));
	if (link != UINT32_MAX && slice_trim(page->block[link].target).n)
		leads = gathering_resolve(g, page->block[link].target, &to);
	if (!seal && leads)
		seal = seal_at(to.host);
	if (!seal)
		return;
	struct fact f = { .kind = FACT_SEAL, .arg = slice_str(seal->name), .source = SOURCE_IMAGE };
	/* A link to the page itself leads nowhere. */
	if (leads && !(g->has_base && slice_eq(to.text, g->base.text)))
		f.value = place_of(g, &to);
	gathering_put_at(g, block, &f);
}

/* A link without a picture, to one entry at somebody who gives seals. */
static void read_link(struct gathering *g, uint32_t block)
{
	struct slice target = g->r->page->block[block].target;
	struct url to;

	struct slice host = reference_host(target);
	const struct seal *seal = host.n ? seal_at(host) : NULL;
	if (!seal || !gathering_resolve(g, target, &to) || to.path.n + to.query.n < 4 ||
	    !text_holds(slice_sub(to.text, to.scheme.n + 3 + to.host.n, to.text.n), seal->entry))
		return;
	struct fact f = { .kind = FACT_SEAL, .arg = slice_str(seal->name), .source = SOURCE_LINK,
		          .value = place_of(g, &to) };
	gathering_put_at(g, block, &f);
}

void seal_read(struct gathering *g)
{
	const struct page_text *page = g->r->page;

	for (size_t i = 0; i < page->block_n && !gathering_is_full(g, FACT_SEAL); i++) {
		const struct page_block *b = &page->block[i];
		if (b->hidden)
			continue;
		if (b->role == ROLE_ALT)
			read_picture(g, (uint32_t)i);
		else if (b->role == ROLE_LINK)
			read_link(g, (uint32_t)i);
	}
}

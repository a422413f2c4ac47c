#include "assess/planted.h"

#include "assess/nameplate.h"
#include "assess/place.h"
#include "assess/profile.h"
#include "assess/storefront.h"

enum { BUSINESSES = 3 };  /* words of other businesses that say what a site is about */
enum { PLACES_MAX = 64 }; /* where something was planted: each is asked of every page */

/* What only a shop of medicine says. */
static bool is_trade_fact(const struct fact *f)
{
	return f->kind == FACT_OFFER ||
	       (f->kind == FACT_CLAIM &&
	        (f->phrase == PHRASE_NORX || f->phrase == PHRASE_NORX_BARE ||
	         f->phrase == PHRASE_SHOP_PHARMACY));
}

/* What no pharmacy that a register vouches for says. */
static bool is_rogue_fact(const struct fact *f)
{
	return f->kind == FACT_CLAIM &&
	       (f->phrase == PHRASE_NORX || f->phrase == PHRASE_NORX_BARE ||
	        f->phrase == PHRASE_RESHIP || f->phrase == PHRASE_PAY_CRYPTO);
}

static bool is_home(const struct site *site, const struct site_page *p)
{
	static const char *const names[] = { "/", "/index.html", "/index.htm", "/index.php" };
	struct slice place = place_of_url(p->url);

	if (!place_is_own(place, site) || slice_find(place, '?') < place.n)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_str(p->path, names[i]))
			return true;
	return false;
}

/* The part of an address that a shop of its own would have: a host below the site's; else up to the
 * second slash, or the whole path of a page that lies at the top. */
static struct slice top_of(const struct site *site, const struct site_page *p)
{
	struct slice place = place_of_url(p->url);
	struct slice host = place_host(place), rest = slice_sub(place, host.n + 1, place.n);
	size_t path = slice_find(rest, '?'), second = slice_find(rest, '/');

	if (!place_is_own(place, site))
		return slice_sub(place, 0, host.n + 1);
	return slice_sub(place, 0, host.n + 1 + (second < path ? second + 1 : path));
}

/* The path of an address, the whole of it where that path is one of `whole`. */
static struct slice path_of(struct slice place, bool whole)
{
	return whole ? place : slice_sub(place, 0, slice_find(place, '?'));
}

/* Whether a link of a page at `from` leads to a place or below it. Relative to the home page or
 * absolute: the same first part either way. */
static bool leads_to(struct slice target, struct slice from, struct slice place)
{
	struct slice path = slice_sub(place, place_host(place).n, place.n);

	if (slice_find_slice(target, SLICE("://")) < target.n ||
	    slice_starts(target, SLICE("//"))) {
		target = place_bare(slice_starts(target, SLICE("//"))
		                            ? slice_sub(target, 2, target.n)
		                            : place_of_url(target));
		place = place_bare(place);
		return slice_starts(target, place) ||
		       (place.n && place.p[place.n - 1] == '/' &&
		        slice_eq(target, slice_sub(place, 0, place.n - 1)));
	}
	if (!slice_eq(place_bare(place_host(from)), place_bare(place_host(place))))
		return false;
	while (slice_starts(target, SLICE("./")))
		target = slice_sub(target, 2, target.n);
	struct slice want = target.n && target.p[0] == '/' ? path : slice_sub(path, 1, path.n);
	return want.n &&
	       (slice_starts(target, want) ||
	        (want.p[want.n - 1] == '/' && slice_eq(target, slice_sub(want, 0, want.n - 1))));
}

/* Whether a page that is not bad leads to a place in sight of its visitors: what a site links to is
 * its own, what was planted is not. */
static bool is_linked(const struct site *site, const bool *bad, struct slice place)
{
	for (size_t i = 0; i < site->page_n; i++) {
		const struct page_text *page = site->page[i].page;
		if (bad[i])
			continue;
		for (size_t b = 0; b < page->block_n; b++)
			if (page->block[b].role == ROLE_LINK && !page->block[b].hidden &&
			    leads_to(page->block[b].target, place_of_url(site->page[i].url), place))
				return true;
	}
	return false;
}

/* The site, page by page. */
struct look {
	const struct extract *x;
	const struct site *site;
	const struct lexicon *lexicon;
	bool *bad; /* it has what makes it a page of the trade */
	bool *home;
	bool home_seen, home_other,
		home_marked; /* a home page has text; is about other things; sells */
	size_t clean, marked;
	uint32_t businesses; /* the most that a clean page names */
};

static void look_at(struct look *l, bool vouched)
{
	size_t drugs = 0, others = 0;
	bool offers = false;

	for (size_t i = 0; i < l->site->page_n; i++) {
		l->home[i] = is_home(l->site, &l->site->page[i]);
		l->home_seen = l->home_seen || (l->home[i] && l->site->page[i].page->text.n > 0);
	}
	for (size_t i = 0; i < l->x->facts.n; i++) {
		const struct fact *f = &l->x->facts.fact[i];
		if (f->negated || f->reported)
			continue;
		l->bad[f->page] =
			l->bad[f->page] || (vouched ? is_rogue_fact(f) : is_trade_fact(f));
		if (!l->home[f->page])
			continue;
		drugs += fact_is_drug(f);
		offers = offers || f->kind == FACT_OFFER;
		others += f->kind == FACT_CLAIM && f->phrase == PHRASE_OTHER_BUSINESS;
	}
	/* A home page that speaks of drugs is about nothing else than the rest; but headlines of what
	 * was posted last stand on the home page of a site that is plainly about something. */
	l->home_other = others >= BUSINESSES && others > drugs && !offers;
	l->home_marked = !vouched && drugs && !l->home_other;
	for (size_t i = 0; i < l->site->page_n; i++) {
		const struct page_profile *p = &l->x->profile[i];
		if (l->home[i]) {
			l->home_other = l->home_other || p->is_mixed;
			l->bad[i] = l->bad[i] && !l->home_other;
			l->home_marked = l->home_marked || l->bad[i];
		}
		l->marked += l->bad[i];
		l->clean += !l->bad[i];
		if (!l->bad[i] && p->businesses > l->businesses)
			l->businesses = p->businesses;
	}
}

/* In how many places pages of medicine lie. */
static size_t places_of(const struct look *l)
{
	struct slice first = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < l->site->page_n; i++) {
		struct slice here = top_of(l->site, &l->site->page[i]);
		if (l->bad[i] && !slice_eq(here, first)) {
			first = here;
			n++;
		}
	}
	return n;
}

/* Whether the host itself is the shop, by its name, by what stands around its home page, or by its
 * shelf. What stands around other pages only is not the site's. */
static bool is_shop_by_name(const struct look *l)
{
	uint32_t furniture = 0, businesses = 0;
	bool shelf = false;

	if (storefront_names_trade(l->site->subject.key, l->lexicon))
		return true;
	for (size_t i = 0; i < l->site->page_n; i++) {
		const struct page_profile *p = &l->x->profile[i];
		businesses = p->businesses > businesses ? p->businesses : businesses;
		if (!l->home[i])
			continue;
		furniture = p->furniture > furniture ? p->furniture : furniture;
		shelf = shelf || storefront_is_shelf(l->site, &l->site->page[i], p) ||
		        storefront_has_menu(&l->site->page[i], l->lexicon);
	}
	if (businesses >= BUSINESSES && businesses > furniture)
		return false;
	return furniture || shelf || storefront_is_titled(l->x, l->site);
}

/* Whether pages lie on the site's host or below it. Where none does, somebody put the site together
 * from pages that he has from elsewhere, and what was planted on its host cannot be asked. */
static bool is_addressed(const struct look *l)
{
	struct slice key = place_bare(l->site->subject.key);

	for (size_t i = 0; i < l->site->page_n; i++) {
		struct slice host = place_bare(place_host(place_of_url(l->site->page[i].url)));
		if (slice_eq(host, key) || (host.n > key.n && slice_ends(host, key) &&
		                            host.p[host.n - key.n - 1] == '.'))
			return true;
	}
	return false;
}

/* Whether pages speak for their host though its home page was not captured: one bears the host's name,
 * and around it, where all pages of a site are alike, its header and menu show a shop of medicine, or
 * lead to the page that sells. */
static bool speaks_for_host(const struct look *l)
{
	const bool titled = storefront_is_titled(l->x, l->site);

	for (size_t i = 0; i < l->site->page_n; i++) {
		const struct site_page *page = &l->site->page[i];
		bool shows = titled || l->x->profile[i].banner ||
		             storefront_has_menu(page, l->lexicon) ||
		             (l->bad[i] && nameplate_leads_here(page, l->lexicon));
		if (shows && nameplate_is_hosts(l->site, page))
			return true;
	}
	return false;
}

/* Signs by which one page is enough to tell that it is none of the site's: it lies on a host below
 * the site's, or where files are kept and not pages; or it is in another language than the home
 * page. */
static bool is_foreign(const struct look *l, size_t page)
{
	static const char *const folders[] = { "/wp-content/", "/wp-includes/", "/uploads/",
		                               "/upload/",     "/images/",      "/img/",
		                               "/js/",         "/css/",         "/cache/",
		                               "/tmp/",        "/files/",       "/fileadmin/",
		                               "/media/",      "/plugins/",     "/themes/" };
	const struct site_page *p = &l->site->page[page];

	if (!place_is_own(place_of_url(p->url), l->site))
		return true;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (slice_find_slice(p->path, slice_str(folders[i])) < p->path.n)
			return true;
	for (size_t i = 0; i < l->site->page_n; i++)
		if (l->home[i] && *l->site->page[i].page->language && *p->page->language &&
		    strcmp(l->site->page[i].page->language, p->page->language) != 0)
			return true;
	return false;
}

/* Whether all bad pages are. */
static bool are_foreign(const struct look *l)
{
	for (size_t i = 0; i < l->site->page_n; i++)
		if (l->bad[i] && !is_foreign(l, i))
			return false;
	return true;
}

/* The shortest part of a bad page's address that holds no page of the site's own, and that the site
 * does not lead to: its top, its path, its whole address. Empty: the site leads there, to the page or
 * to a folder that is named for its goods. */
static struct slice place_of(const struct look *l, const struct site_page *p)
{
	struct slice all = place_of_url(p->url);
	struct slice tries[3] = { top_of(l->site, p), path_of(all, false), all };

	for (size_t k = 0; k < 3; k++) {
		bool shared = is_linked(l->site, l->bad, tries[k]);
		for (size_t i = 0; i < l->site->page_n && !shared; i++)
			shared = !l->bad[i] &&
			         slice_starts(place_of_url(l->site->page[i].url), tries[k]);
		if (!shared)
			return tries[k];
		/* Whoever links to its folder in sight, and is about nothing else, has it for his. */
		struct slice folder = slice_sub(tries[0], place_host(tries[0]).n, tries[0].n);
		if (k == 0 && !l->home_other && l->businesses < BUSINESSES &&
		    is_linked(l->site, l->bad, tries[0]) &&
		    (storefront_names_goods(folder) || storefront_names_trade(folder, l->lexicon)))
			return (struct slice){ 0 };
	}
	/* Lists of what was posted last lead to whatever was posted. */
	return l->home_other ? all : (struct slice){ 0 };
}

static int split(const struct look *l, bool vouched, struct arena *a, struct planted *out,
                 struct err *err)
{
	size_t most = 0;
	struct slice best = { 0 };

	struct slice last = { 0 };
	for (size_t i = 0, run = 0, asked = 0; i < l->site->page_n; i++) {
		if (!l->bad[i])
			continue;
		/* Pages are in the order of their addresses: those of one place stand together. */
		struct slice all = place_of_url(l->site->page[i].url);
		bool same = last.n && slice_starts(all, last);
		if (!same && ++asked > PLACES_MAX) {
			out->unclear =
				"a person: pages of medicine lie in many places of a site that "
				"is about something else";
			return 0;
		}
		struct slice here = same ? last : place_of(l, &l->site->page[i]);
		if (!here.n)
			return 0; /* what a site links to is the site's own affair */
		run = same ? run + 1 : 1;
		last = here;
		if (run > most) {
			most = run;
			best = here;
		}
	}
	for (size_t i = 0; i < l->site->page_n; i++) {
		out->theirs[i] =
			!l->home[i] && slice_starts(place_of_url(l->site->page[i].url), best);
		out->aside[i] = l->bad[i] || out->theirs[i];
		out->aside_n += out->aside[i];
	}
	/* What sells nothing is the site's own affair; but no register's pharmacy says what
	 * is_rogue_fact asks for. */
	if (!vouched && !profile_of(l->x, l->site, out->aside).sells) {
		memset(out->theirs, 0, l->site->page_n * sizeof(*out->theirs));
		memset(out->aside, 0, l->site->page_n * sizeof(*out->aside));
		out->aside_n = 0;
		return 0;
	}
	const char *text = arena_printf(a, "https://%.*s", SLICE_ARG(best));
	if (!text)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	out->prefix = slice_str(text);
	return 0;
}

int planted_find(const struct extract *x, const struct site *site, const struct lexicon *lexicon,
                 bool vouched, struct arena *a, struct planted *out, struct err *err)
{
	struct look l = { .x = x,
		          .site = site,
		          .lexicon = lexicon,
		          .bad = arena_array(a, site->page_n, sizeof(*l.bad)),
		          .home = arena_array(a, site->page_n, sizeof(*l.home)) };

	*out = (struct planted){ .theirs = arena_array(a, site->page_n, sizeof(*out->theirs)),
		                 .aside = arena_array(a, site->page_n, sizeof(*out->aside)) };
	if (!l.bad || !l.home || !out->theirs || !out->aside)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	look_at(&l, vouched);
	if (!l.marked)
		return 0;
	if (vouched)
		return l.home_seen && l.marked * 2 <= l.clean && places_of(&l) == 1
		               ? split(&l, true, a, out, err)
		               : 0;
	bool other = l.home_other || l.businesses >= BUSINESSES;
	if (l.home_seen && l.home_marked)
		return 0;
	if (!l.home_seen) {
		if (!is_addressed(&l) || storefront_names_trade(site->subject.key, lexicon) ||
		    (!other && speaks_for_host(&l)))
			return 0;
		int rc = other ? split(&l, false, a, out, err) : 0;
		if (rc == 0 && !out->prefix.n)
			out->unclear =
				"a capture of the home page: a page of medicine alone does not "
				"tell whether the site is the shop";
		return rc;
	}
	/* A home page that speaks of something else, and enough beside what it does not lead to. */
	if (other || are_foreign(&l) || (l.clean >= 2 && places_of(&l) == 1))
		return split(&l, false, a, out, err);
	for (size_t i = 0, asked = 0; i < site->page_n && asked < PLACES_MAX; i++)
		if (l.bad[i] && ++asked && !place_of(&l, &site->page[i]).n)
			return 0;
	if (!is_shop_by_name(&l))
		out->unclear =
			"more pages of the site: its home page speaks of no medicine, and leads to "
			"none of the pages that offer it";
	return 0;
}

#include "assess/nameplate.h"

#include "assess/place.h"
#include "assess/storefront.h"
#include "base/utf8.h"

enum { NAME_BYTES = 120, WORD_LEAST = 4, LABEL_LEAST = 5 };
enum { LINES = 3 /* at the top of a page without parts */, LINE_BYTES = 100, BLOCKS = 200 };
enum { MENU_GAP = 40 /* bytes between two entries of a menu */, MENU_WORDS = 2 /* beside one */ };

/* The plain letter of an accented one, 0 for none. */
static char base_letter(uint32_t c)
{
	/* U+00C0 to U+00FF; '*' stands for a letter that is left as it is. */
	static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuyts"
				    "aaaaaaaceeeeiiiidnooooo*ouuuuyty";
	static const struct {
		uint32_t c;
		char letter;
	} more[] = {
		{ 0x105, 'a' }, { 0x107, 'c' }, { 0x10d, 'c' }, { 0x10f, 'd' }, { 0x119, 'e' },
		{ 0x11b, 'e' }, { 0x142, 'l' }, { 0x144, 'n' }, { 0x148, 'n' }, { 0x151, 'o' },
		{ 0x159, 'r' }, { 0x15b, 's' }, { 0x161, 's' }, { 0x165, 't' }, { 0x16f, 'u' },
		{ 0x171, 'u' }, { 0x17a, 'z' }, { 0x17c, 'z' }, { 0x17e, 'z' },
	};

	if (c >= 0xc0 && c <= 0xff)
		return latin[c - 0xc0] == '*' ? 0 : latin[c - 0xc0];
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (more[i].c == c)
			return more[i].letter;
	return 0;
}

/* Letters and digits in one spelling: "Päckchen" and "paeckchen" are one name, and so are "Blue" and
 * "blue", which lose their e alike. `space` keeps words apart. */
static size_t spell(struct slice s, bool space, char *out, size_t max)
{
	size_t n = 0;

	for (size_t at = 0; at < s.n && n + 1 < max;) {
		uint32_t c = utf8_next(s, &at);
		char letter = c >= 'A' && c <= 'Z'                               ? (char)(c | 0x20)
		              : (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? (char)c
		                                                                 : base_letter(c);
		if (!letter && space && n && out[n - 1] != ' ')
			out[n++] = ' ';
		if (!letter)
			continue;
		bool umlaut = letter == 'e' && n &&
		              (out[n - 1] == 'a' || out[n - 1] == 'o' || out[n - 1] == 'u');
		if (!umlaut)
			out[n++] = letter;
		if (c == 0xdf && n + 1 < max) /* sharp s */
			out[n++] = 's';
	}
	return n;
}

/* Words that tell no shop from another, as spell writes them. */
static bool is_common(struct slice word)
{
	static const char *const words[] = {
		"online",    "pharmacy", "pharma",    "store",    "shop",          "shopping",
		"meds",      "pills",    "pill",      "health",   "healthcare",    "care",
		"drug",      "drugs",    "drugstore", "apotheke", "farmacia",      "pharmacie",
		"express",   "direct",   "world",     "global",   "best",          "home",
		"welcome",   "group",    "market",    "cheap",    "order",         "medicine",
		"medicines", "tablets",  "club",      "official", "site",          "website",
		"mall",      "canadian", "canada",    "india",    "generic",       "quality",
		"trust",     "fast",     "quick",     "news",     "about",         "contact",
		"cart",      "free",     "viagra",    "cialis",   "product",       "products",
		"service",   "services", "delivery",  "shipping", "international",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_eq_str(word, words[i]))
			return true;
	return false;
}

static bool holds_nocase(struct slice text, struct slice part)
{
	for (size_t at = 0; part.n && at + part.n <= text.n; at++)
		if (slice_eq_nocase(slice_sub(text, at, at + part.n), part))
			return true;
	return false;
}

/* Whether a text bears the label of a host's key, which is spelt. An address is no name: any template
 * can print the address that it is asked for. */
static bool bears(struct slice text, struct slice label, struct slice key)
{
	char said[NAME_BYTES];

	if (holds_nocase(text, key))
		return false;
	struct slice all = { said, spell(text, false, said, sizeof(said)) };
	if (label.n >= LABEL_LEAST && slice_find_slice(all, label) < all.n)
		return true;
	/* Words of it: "EasyScripts UK" on easyscripts-form. Most of the label, and not only words
	 * that all shops have. */
	struct slice rest = { said, spell(text, true, said, sizeof(said)) };
	size_t covered = 0;
	bool own = false;
	while (rest.n) {
		size_t end = slice_find(rest, ' ');
		struct slice word = slice_sub(rest, 0, end);
		if (word.n >= WORD_LEAST && holds_nocase(label, word)) {
			covered += word.n;
			own = own || !is_common(word);
		}
		rest = slice_sub(rest, end + 1, rest.n);
	}
	return own && covered * 5 >= label.n * 3;
}

/* Whether an item is the name of a site or of its maker. */
static bool is_name(const struct page_text *page, const struct page_item *item)
{
	static const char *const makers[] = { "Organization",   "WebSite",   "Store",
		                              "OnlineStore",    "Pharmacy",  "LocalBusiness",
		                              "Corporation",    "Drugstore", "OnlineBusiness",
		                              "MedicalBusiness" };

	if (item->is_thing)
		return false;
	if (item->syntax == ITEM_META)
		return slice_eq_str(item->property, "og:site_name");
	if (!slice_eq_str(item->property, "name"))
		return false;
	const struct page_item *of = &page->item[item->parent];
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (of != item && slice_eq_str(of->type, makers[i]))
			return true;
	return false;
}

/* The next of the lines at the top of a page, from block *at on; NULL behind the last. */
static const struct page_block *next_line(const struct page_text *page, size_t *at, size_t *lines)
{
	while (*at < page->block_n && *lines < LINES) {
		const struct page_block *b = &page->block[(*at)++];
		if (b->hidden || block_role_is_inner(b->role) || b->role == ROLE_TITLE ||
		    b->role == ROLE_META_DESCRIPTION)
			continue;
		++*lines;
		if (b->end - b->start <= LINE_BYTES)
			return b;
	}
	return NULL;
}

static bool is_frame(const struct page_block *b)
{
	return b->region == REGION_HEADER || b->region == REGION_NAV || b->region == REGION_FOOTER;
}

static bool has_parts(const struct page_text *page)
{
	for (size_t i = 0; i < page->block_n; i++)
		if (is_frame(&page->block[i]))
			return true;
	return false;
}

bool nameplate_is_hosts(const struct site *site, const struct site_page *p)
{
	const struct page_text *page = p->page;
	struct slice place = place_of_url(p->url), key = place_bare(site->subject.key);
	char letters[NAME_BYTES];
	struct slice label = { letters, spell(slice_sub(key, 0, slice_find(key, '.')), false,
		                              letters, sizeof(letters)) };

	/* Hosts below it, and what lies under the name of a user, are somebody else's. */
	if (!place_is_own(place, site) || slice_starts(p->path, SLICE("/~")))
		return false;
	for (size_t i = 0; i < page->item_n; i++)
		if (is_name(page, &page->item[i]) && bears(page->item[i].value, label, key))
			return true;
	for (size_t i = 0; i < page->block_n && i < BLOCKS; i++) {
		const struct page_block *b = &page->block[i];
		if (is_frame(b) && !b->hidden && bears(page_block_text(page, b), label, key))
			return true;
	}
	const struct page_block *line;
	size_t at = 0, lines = 0;
	while (!has_parts(page) && (line = next_line(page, &at, &lines)))
		if (bears(page_block_text(page, line), label, key))
			return true;
	return false;
}

/* A path from its slash, of a link's target as it is written; empty where it leads elsewhere. */
static struct slice path_of(struct slice target, struct slice host)
{
	size_t scheme = slice_find_slice(target, SLICE("://"));

	if (scheme < target.n) {
		struct slice place = slice_sub(target, scheme + 3, target.n);
		return slice_eq(place_bare(place_host(place)), place_bare(host))
		               ? slice_sub(place, place_host(place).n, place.n)
		               : SLICE("");
	}
	return target.n && target.p[0] == '/' && !slice_starts(target, SLICE("//")) ? target
	                                                                            : SLICE("");
}

static struct slice without_slash(struct slice path)
{
	return path.n > 1 && path.p[path.n - 1] == '/' ? slice_sub(path, 0, path.n - 1) : path;
}

/* Whether two links stand beside each other in a menu, and the other leads to no place above `here`. */
static bool is_neighbour(const struct page_block *a, const struct page_block *b, struct slice here,
                         struct slice host)
{
	uint32_t gap = a->end <= b->start   ? b->start - a->end
	               : b->end <= a->start ? a->start - b->end
	                                    : 0;
	struct slice path = without_slash(path_of(b->target, host));

	return b->region == a->region && gap <= MENU_GAP && path.n > 1 && !slice_starts(here, path);
}

/* Whether a link is an entry of a list, or stands among others in its line: a headline that is a link
 * is neither. */
static bool is_entry(const struct page_text *page, size_t at)
{
	const struct page_block *outer = &page->block[page->block[at].inside];
	size_t n = 0;

	for (size_t i = 0; i < page->block_n && i < BLOCKS; i++)
		n += page->block[i].role == ROLE_LINK &&
		     page->block[i].inside == page->block[at].inside;
	return outer->role == ROLE_LIST_ITEM || n > MENU_WORDS;
}

/* The neighbours among the links that are seen. */
static bool is_in_menu(const struct page_text *page, size_t at, struct slice here,
                       struct slice host)
{
	const struct page_block *self = &page->block[at];

	for (size_t i = at + 1; i < page->block_n; i++) {
		const struct page_block *b = &page->block[i];
		if (b->role != ROLE_LINK || b->hidden)
			continue;
		if (is_neighbour(self, b, here, host))
			return true;
		break;
	}
	for (size_t i = at; i-- > 0;) {
		const struct page_block *b = &page->block[i];
		if (b->role == ROLE_LINK && !b->hidden)
			return is_neighbour(self, b, here, host);
	}
	return false;
}

/* What menus begin and end with, as spell writes it. A headline does not. */
static bool is_menu(struct slice line)
{
	static const char *const first[] = { "home ",    "start ",   "startseite ",
		                             "accueil ", "inicio ",  "hjem ",
		                             "hem ",     "etusivu ", "strona glowna " };
	static const char *const last[] = { " contact",  " contact us", " kontakt", " contacto",
		                            " contatti", " contato",    " faq",     " cart",
		                            " basket",   " panier",     " carrito", " warenkorb" };

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (slice_starts(line, slice_str(first[i])))
			return true;
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
		if (slice_ends(line, slice_str(last[i])))
			return true;
	return false;
}

/* Whether a line is a menu in words, with these words in it: no sentence, no trail, no price. */
static bool lists_words(struct slice line, struct slice words)
{
	static const char *const marks[] = { ">", "/", "»", "›", "|", ":",
		                             ".", ",", "!", "?", "→", "\\" };
	char said[NAME_BYTES];
	size_t others = 0;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (slice_find_slice(line, slice_str(marks[i])) < line.n)
			return false;
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] >= '0' && line.p[i] <= '9')
			return false;
	struct slice all =
		slice_trim((struct slice){ said, spell(line, true, said, sizeof(said)) });
	size_t at = slice_find_slice(all, words), end = at + words.n;
	if (!is_menu(all) || at == all.n || (at > 0 && all.p[at - 1] != ' ') ||
	    (end < all.n && all.p[end] != ' '))
		return false;
	struct slice before = slice_trim(slice_sub(all, 0, at)),
		     behind = slice_trim(slice_sub(all, end, all.n));
	for (size_t i = 0; i < before.n; i++)
		others += before.p[i] == ' ';
	for (size_t i = 0; i < behind.n; i++)
		others += behind.p[i] == ' ';
	return others + (before.n > 0) + (behind.n > 0) >= MENU_WORDS;
}

/* Whether a link leads here: by its address, or, where menus lead by way of another, by words that are
 * the last part of this one ("Sleeping Tablets", /shop/sleeping-tablets/). */
static bool is_of_here(const struct page_text *page, const struct page_block *b, struct slice here,
                       struct slice words, struct slice host)
{
	char said[NAME_BYTES];
	struct slice path = path_of(b->target, host);
	struct slice text = slice_trim(
		(struct slice){ said, spell(page_block_text(page, b), true, said, sizeof(said)) });

	return slice_eq(without_slash(path), here) ||
	       (path.n && words.n >= WORD_LEAST && slice_eq(text, words));
}

/* Where a page's header ends, as bytes of its text, if its parts are not marked: its first heading. */
static uint32_t first_heading(const struct page_text *page)
{
	for (size_t i = 0; i < page->block_n; i++)
		if (page->block[i].role == ROLE_HEADING)
			return page->block[i].start;
	return 0;
}

bool nameplate_leads_here(const struct site_page *p, const struct lexicon *lexicon)
{
	const struct page_text *page = p->page;
	struct slice host = place_host(place_of_url(p->url)), here = without_slash(p->path),
		     name = here;
	bool links = false, parts = has_parts(page);
	uint32_t head = first_heading(page);
	char letters[NAME_BYTES];

	for (size_t i = 0; i < here.n; i++)
		if (here.p[i] == '/')
			name = slice_sub(here, i + 1, here.n);
	struct slice words =
		slice_trim((struct slice){ letters, spell(slice_sub(name, 0, slice_find(name, '.')),
	                                                  true, letters, sizeof(letters)) });
	/* Programs put whatever is posted into the menu of their own accord, under its own title. */
	if (storefront_names_drug(here, lexicon))
		return false;
	for (size_t i = 0; i < page->block_n && i < BLOCKS; i++) {
		const struct page_block *b = &page->block[i];
		if (b->role != ROLE_LINK || b->hidden)
			continue;
		links = true;
		if (storefront_names_drug(page_block_text(page, b), lexicon))
			continue;
		if ((parts ? b->region == REGION_HEADER || b->region == REGION_NAV
		           : b->end <= head && is_entry(page, i)) &&
		    is_of_here(page, b, here, words, host) && is_in_menu(page, i, here, host))
			return true;
	}
	const struct page_block *line;
	size_t at = 0, lines = 0;
	while (!links && words.n >= WORD_LEAST && (line = next_line(page, &at, &lines)))
		if (lists_words(page_block_text(page, line), words))
			return true;
	return false;
}

#include "assess/storefront.h"

#include "assess/place.h"

enum { WORD_LEAST = 5 };  /* bytes of a word of the trade within a name */
enum { TERM_LEAST = 6, DRUG_LEAST = 4 }; /* and of a drug; in a text */
enum { NAME_BYTES = 80 }; /* of the letters of a name */
enum { MENU_LINKS = 60 }; /* of a page that are looked at */

/* Whether a word stands in a name by itself: between dots, hyphens and digits. */
static bool is_part(struct slice name, size_t at, size_t n)
{
	bool before =
		at == 0 || !((name.p[at - 1] | 0x20) >= 'a' && (name.p[at - 1] | 0x20) <= 'z');
	bool behind = at + n >= name.n ||
	              !((name.p[at + n] | 0x20) >= 'a' && (name.p[at + n] | 0x20) <= 'z');

	return before && behind;
}

static bool holds_word(struct slice name, struct slice word, bool alone)
{
	for (size_t at = 0; word.n && at + word.n <= name.n; at++)
		if (slice_eq_nocase(slice_sub(name, at, at + word.n), word) &&
		    (!alone || is_part(name, at, word.n)))
			return true;
	return false;
}

/* Whether a name, of a site or of a folder, is one of the trade in medicine. */
bool storefront_names_trade(struct slice name, const struct lexicon *lexicon)
{
	for (size_t i = 0; i < lexicon->words; i++) {
		const struct lexicon_word *w = &lexicon->word[i];
		bool trade =
			w->class == WORD_PHARMACY || w->class == WORD_WEAK || w->class == WORD_NORX;
		if (trade && holds_word(name, w->text, w->label_only || w->text.n < WORD_LEAST))
			return true;
	}
	for (size_t i = 0; i < lexicon->terms; i++) {
		const struct lexicon_term *t = &lexicon->term[i];
		if (!t->is_ambiguous && t->text.n >= TERM_LEAST && holds_word(name, t->text, false))
			return true;
	}
	return false;
}

bool storefront_names_drug(struct slice text, const struct lexicon *lexicon)
{
	for (size_t i = 0; i < lexicon->terms; i++) {
		const struct lexicon_term *t = &lexicon->term[i];
		if (!t->is_ambiguous && t->text.n >= DRUG_LEAST && holds_word(text, t->text, false))
			return true;
	}
	return false;
}

/* Letters and digits of a name, in lower case. */
static size_t letters_of(struct slice s, char *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < max; i++) {
		char c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
		if ((unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = c;
	}
	return n;
}

/* Where the name of the site stands in a title: behind its last mark of separation, where that is
 * the name of the host, too ("Viagra | Stone Online Pharmacy" on stone.example): two things to find
 * stand beside each other in the titles of what is planted. The title's end where there is none. */
static uint32_t name_in_title(const struct site *site, const struct page_text *page,
                              const struct page_block *title)
{
	static const char *const marks[] = { " | ", " - ", " – ", " — ", " :: ",
		                             " · ", " » ", "｜",  "【" };
	struct slice t = slice_sub(page->text, title->start, title->end);
	char name[NAME_BYTES], host[NAME_BYTES];
	size_t at = t.n;

	for (size_t i = 0; i < t.n; i++)
		for (size_t k = 0; k < sizeof(marks) / sizeof(marks[0]); k++)
			if (slice_starts(slice_sub(t, i, t.n), slice_str(marks[k])))
				at = i + slice_str(marks[k]).n;
	struct slice said = { name, letters_of(slice_sub(t, at, t.n), name, sizeof(name)) };
	struct slice key = site->subject.key;
	struct slice label = { host, letters_of(slice_sub(key, 0, slice_find(key, '.')), host,
		                                sizeof(host)) };
	bool same =
		said.n >= WORD_LEAST && label.n >= WORD_LEAST &&
		(slice_find_slice(said, label) < said.n || slice_find_slice(label, said) < label.n);
	return same ? title->start + (uint32_t)at : title->end;
}

/* Whether the site's name, in a title, says that it is a shop of medicine. */
bool storefront_is_titled(const struct extract *x, const struct site *site)
{
	for (size_t i = 0; i < x->facts.n; i++) {
		const struct fact *f = &x->facts.fact[i];
		const struct page_text *page = site->page[f->page].page;
		bool trade = fact_is_drug(f) ||
		             (f->kind == FACT_CLAIM && f->phrase == PHRASE_SHOP_PHARMACY);
		if (trade && page->block[f->block].role == ROLE_TITLE &&
		    f->start >= name_in_title(site, page, &page->block[f->block]))
			return true;
	}
	return false;
}

/* Whether links of a menu are names of drugs and nothing else: at least two. Menus may have no
 * space between their links. */
bool storefront_has_menu(const struct site_page *page, const struct lexicon *lexicon)
{
	size_t n = 0, links = 0;

	for (size_t b = 0; b < page->page->block_n && links < MENU_LINKS; b++) {
		const struct page_block *block = &page->page->block[b];
		if (block->role != ROLE_LINK || block->hidden ||
		    (block->region != REGION_HEADER && block->region != REGION_NAV))
			continue;
		struct slice text = slice_sub(page->page->text, block->start, block->end);
		links++;
		for (size_t i = 0; i < lexicon->terms; i++)
			if (slice_eq_nocase(text, lexicon->term[i].text) &&
			    !lexicon->term[i].is_ambiguous) {
				n++;
				break;
			}
	}
	return n >= 2;
}

/* Whether a path begins as those do where a shop lists its goods. */
bool storefront_names_goods(struct slice path)
{
	static const char *const words[] = { "/shop",    "/store",     "/product",  "/collection",
		                             "/catalog", "/category",  "/tienda",   "/boutique",
		                             "/prodott", "/sortiment", "/produkte", "/produits",
		                             "/loja",    "/order",     "/buy" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_starts(path, slice_str(words[i])))
			return true;
	return false;
}

/* Whether a page lists goods and takes orders for them, where a shop does: under such a name, or,
 * where medicine is all there is, right under the host. What is planted lies deep and leads
 * elsewhere. */
bool storefront_is_shelf(const struct site *site, const struct site_page *page,
                         const struct page_profile *p)
{
	struct slice place = place_of_url(page->url);
	struct slice rest = slice_sub(page->path, 1, page->path.n);
	bool top = place_is_own(place, site) && slice_find(place, '?') == place.n &&
	           slice_find(rest, '/') >= rest.n - (rest.n > 0);

	return p->orders == ORDERS_HERE && p->goods >= LIST_GOODS && !p->businesses &&
	       (storefront_names_goods(page->path) ||
	        (top && p->drugs >= LIST_GOODS && !p->others));
}

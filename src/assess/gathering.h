/* Facts of one page being gathered, and what their readers share: numbers with the words before
 * them, links with the pictures in them.
 *
 * Readers are functions over a whole page; they cannot fail: what went wrong is kept in .rc and
 * told once at the end. A page has at most GATHERING_MAX facts of a kind, and of what it says again
 * (same kind, arg and value) the first counts, so that a hostile page stays linear. */
#ifndef ASSESS_GATHERING_H
#define ASSESS_GATHERING_H

#include "assess/reading.h"
#include "model/fact.h"
#include "wire/url.h"

enum { GATHERING_MAX = 200, GATHERING_TRIES = 20000 };

struct gathering {
	const struct reading *r;
	struct slice url;      /* of the page, canonical; may be empty */
	uint32_t page;
	bool takes_orders;     /* the page does */
	bool has_cart;         /* the page does, or a link in its frame leads to where others do */
	bool knows_page, of_trade; /* claimed.c: whether the next two are set; the page is of the trade */
	uint32_t page_drug;        /* what it is about, or UINT32_MAX */
	struct arena *keep;    /* values of facts live here */
	struct arena *scratch; /* of the page */
	struct fact *fact;     /* malloc'd */
	size_t n, cap;
	size_t count[FACT_KINDS], tries[FACT_KINDS];
	struct url base;       /* what references of the page start from */
	bool has_base;
	int rc;
	struct err *err;
};

/* Whether no more facts of a kind are taken. */
bool gathering_is_full(const struct gathering *g, enum fact_kind kind);

/* Take a fact; its kind, span, arg and value are set, the value anywhere: it is copied. Page and
 * block are set here; a span must be within the text. */
void gathering_put(struct gathering *g, const struct fact *f);

/* Take a fact that a link, a picture or a form says: its words, or what stands around it. */
void gathering_put_at(struct gathering *g, uint32_t block, const struct fact *f);

/* Whether words of paying stand close to bytes [start, end) of folded text, of the page's text. */
bool folded_pays(struct slice folded, size_t start, size_t end);
bool gathering_pays(const struct gathering *g, uint32_t start, uint32_t end);

/* Resolve a reference of the page; false where it is no web address. */
bool gathering_resolve(struct gathering *g, struct slice reference, struct url *out);

/* Whether the block, of role ROLE_ALT, lies within a link, and which; UINT32_MAX. */
uint32_t gathering_link_around(const struct gathering *g, uint32_t block);

/* A word of folded text: [start, end) without the space around it. */
struct word {
	size_t start, end;
};

enum { WORD_MAX = 60 /* bytes; what is longer is no word */ };

/* The word that ends before byte `at` of the folded text, over at most one end of line; the one
 * that begins at or behind it. False where there is none. */
bool word_before(struct slice folded, size_t at, struct word *out);
bool word_at(struct slice folded, size_t at, struct word *out);

/* Whether the words before byte `at`, without the space there, end with `key` at a border of words
 * (of letters, for scripts that put spaces); *start is where it begins. */
bool words_end_with(struct slice folded, size_t at, struct slice key, size_t *start);

static inline bool text_holds(struct slice text, const char *part)
{
	return text.p && slice_find_slice(text, slice_str(part)) < text.n;
}

/* Whether a host is `name` or lies under it; ASCII case does not count. */
static inline bool host_is_under(struct slice host, const char *name)
{
	size_t n = strlen(name);

	return host.n >= n && slice_eq_nocase(slice_sub(host, host.n - n, host.n), slice_str(name)) &&
	       (host.n == n || host.p[host.n - n - 1] == '.');
}

/* The host that a reference of a page names, as written; empty where it is one of the page's own. */
static inline struct slice reference_host(struct slice reference)
{
	size_t at = 0;
	while (at + 2 < reference.n && at < 8 && memcmp(reference.p + at, "//", 2) != 0)
		at++;
	if (at + 2 >= reference.n || at == 8)
		return SLICE("");
	struct slice host = slice_sub(reference, at + 2, reference.n);
	size_t n = 0;
	while (n < host.n && !memchr("/?#:", host.p[n], 4))
		n++;
	return slice_sub(host, 0, n);
}

static inline bool folded_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters and digits of ASCII: what numbers and their prefixes are made of. */
static inline bool folded_alnum(char c)
{
	return folded_digit(c) || (c >= 'a' && c <= 'z');
}

#endif

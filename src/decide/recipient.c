/*     pages --> places of addresses --> one candidate a mailbox --> what may be written to, ranked */
#include "decide/recipient.h"

#include "base/utf8.h"
#include "wire/dname.h"

#include <stdlib.h>
#include <string.h>

enum { CANDIDATES_MAX = 256, SPAN_MAX = 400 /* bytes to either side of "@" */, LINKED_MAX = 8 };

struct candidate {
	struct recipient r;
	struct slice last_url; /* the page it was seen on last */
	bool placed;           /* in a header or footer */
};

struct search {
	const struct recipient_site *site;
	struct candidate *list;
	size_t n;
	const struct recipient_page *page;
};

/* ---- candidates ---- */

static bool is_public_body(struct slice host)
{
	static const char *const labels[] = { "gov", "gob", "gouv", "gub", "govt", "go", "mil", "edu",
		                              "ac",  "police", "nhs", "europa", "admin" };
	struct slice rest = host, label;
	bool first = true;

	while (slice_cut(&rest, '.', &label)) {
		if (rest.n == 0 && slice_eq_str(label, "int"))
			return true;
		/* The first label is whose it is: "go.example" is nobody's ministry. */
		for (size_t i = 0; !first && i < sizeof(labels) / sizeof(labels[0]); i++)
			if (slice_eq_str(label, labels[i]))
				return true;
		first = false;
	}
	return false;
}

static bool is_never(const struct recipient_site *site, struct slice host)
{
	for (size_t i = 0; i < site->never_n; i++)
		if (dname_is_under(host, site->never[i]))
			return true;
	return false;
}

static bool may_be_written_to(const struct recipient_site *site, const struct mail_address *a)
{
	struct slice host = mail_address_domain(a);

	if (dname_is_under(host, site->name))
		return true;
	if (site->own_only || is_public_body(host) || is_never(site, host))
		return false;
	return site->platform.n == 0 || !dname_is_under(host, site->platform);
}

static bool page_before(const struct recipient_page *a, const struct recipient *b)
{
	int c = slice_cmp(a->url, b->url);

	if (c == 0)
		c = a->at < b->at ? -1 : a->at > b->at;
	return c ? c < 0 : memcmp(a->evidence.b, b->evidence.b, SHA256_LEN) < 0;
}

static void take(struct search *s, struct slice text, bool linked, bool placed)
{
	struct mail_address a;
	size_t i = 0;

	if (mail_address_parse(text, &a, NULL) || !may_be_written_to(s->site, &a))
		return;
	while (i < s->n && !mail_address_eq(&s->list[i].r.address, &a))
		i++;
	struct candidate *c = &s->list[i];
	if (i == s->n) {
		if (s->n == CANDIDATES_MAX)
			return;
		s->n++;
		c->r = (struct recipient){ .address = a, .url = s->page->url, .at = s->page->at,
			                   .evidence = s->page->evidence,
			                   .own = dname_is_under(mail_address_domain(&a), s->site->name) };
	}
	/* One mailbox in several spellings: the one that sorts first, whatever came first. */
	if (slice_cmp(mail_address_slice(&a), mail_address_slice(&c->r.address)) < 0)
		c->r.address = a;
	if (!slice_eq(c->last_url, s->page->url)) {
		c->r.pages++;
		c->last_url = s->page->url;
	}
	if (page_before(s->page, &c->r)) {
		c->r.url = s->page->url;
		c->r.at = s->page->at;
		c->r.evidence = s->page->evidence;
	}
	c->r.linked = c->r.linked || linked;
	c->placed = c->placed || placed;
}

/* ---- places ---- */

static bool is_local(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool is_host(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '.';
}

/* Where a host name that begins at `from` ends. Text of scripts without spaces goes on behind it: one
 * that is ASCII up to its first dot ends with ASCII; of another the part behind the last dot does. */
static size_t host_end(struct slice text, size_t from)
{
	size_t end = from, limit = from + SPAN_MAX < text.n ? from + SPAN_MAX : text.n;
	bool wide = false;

	while (end < limit && is_host(text.p[end]))
		end++;
	/* Without a dot so far it goes on in other letters: m + ünchen.example. */
	struct slice ascii = slice_sub(text, from, end);
	wide = end < limit && (unsigned char)text.p[end] >= 0x80 && slice_find(ascii, '.') == ascii.n;
	while (wide && end < limit && (is_host(text.p[end]) || (unsigned char)text.p[end] >= 0x80))
		end++;
	if (wide) {
		size_t dot = end;
		while (dot > from && text.p[dot - 1] != '.')
			dot--;
		size_t stop = dot;
		while (dot > from && stop < end && is_host(text.p[stop]))
			stop++;
		end = stop > dot ? stop : end;
	}
	while (end > from && (text.p[end - 1] == '.' || text.p[end - 1] == '-'))
		end--;
	return end;
}

static void search_text(struct search *s, const struct page_text *page, const struct page_block *b)
{
	struct slice text = page_block_text(page, b);
	bool placed = b->region == REGION_HEADER || b->region == REGION_FOOTER;

	for (size_t at = slice_find(text, '@'); at < text.n;) {
		size_t from = at, least = at > SPAN_MAX ? at - SPAN_MAX : 0;
		while (from > least && is_local(text.p[from - 1]))
			from--;
		size_t start = from;
		/* Quotes and brackets of a sentence are no part of it. */
		while (from < at && strchr("'`./{|}=*", text.p[from]))
			from++;
		size_t end = host_end(text, at + 1);
		/* "https://user@host" is no mailbox, nor is a part of a longer word. */
		bool whole = slice_find_slice(slice_sub(text, start, at), SLICE("//")) == at - start &&
		             !(start > 0 && text.p[start - 1] == '@') && !(end < text.n && text.p[end] == '@');
		if (whole)
			take(s, slice_sub(text, from, end), false, placed);
		at++;
		at += slice_find(slice_sub(text, at, text.n), '@');
	}
}

static int hex_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* RFC 6068 section 2: mailto: addresses, comma between, percent-encoded; "?" begins its fields. */
static void search_link(struct search *s, struct slice target)
{
	struct slice rest = slice_sub(target, SLICE("mailto:").n, slice_find(target, '?')), part;

	for (size_t n = 0; n < LINKED_MAX && slice_cut(&rest, ',', &part); n++) {
		char plain[SPAN_MAX];
		size_t k = 0;
		for (size_t i = 0; i < part.n && k < sizeof(plain); i++) {
			int high = part.p[i] == '%' && i + 2 < part.n ? hex_of(part.p[i + 1]) : -1;
			int low = high >= 0 ? hex_of(part.p[i + 2]) : -1;
			plain[k++] = low >= 0 ? (char)(high * 16 + low) : part.p[i];
			i += low >= 0 ? 2 : 0;
		}
		if (k < sizeof(plain))
			take(s, slice_trim(slice_from(plain, k)), true, false);
	}
}

static void search_page(struct search *s)
{
	const struct page_text *page = s->page->page;

	for (size_t i = 0; i < page->block_n; i++) {
		const struct page_block *b = &page->block[i];
		if (b->hidden)
			continue;
		if (!block_role_is_inner(b->role))
			search_text(s, page, b);
		else if (b->role == ROLE_LINK && b->target.n > 7 &&
		         slice_eq_nocase(slice_sub(b->target, 0, 7), SLICE("mailto:")))
			search_link(s, b->target);
	}
}

/* ---- the best ---- */

static int cmp_flag(bool a, bool b)
{
	return (int)b - (int)a;
}

static int cmp_candidate(const void *x, const void *y)
{
	const struct recipient *a = &((const struct candidate *)x)->r;
	const struct recipient *b = &((const struct candidate *)y)->r;
	int c = cmp_flag(a->own, b->own);

	if (c == 0)
		c = cmp_flag(mail_address_is_role(&a->address), mail_address_is_role(&b->address));
	if (c == 0)
		c = cmp_flag(a->linked, b->linked);
	if (c == 0 && a->pages != b->pages)
		c = a->pages > b->pages ? -1 : 1;
	return c ? c : slice_cmp(mail_address_slice(&a->address), mail_address_slice(&b->address));
}

static int cmp_page(const void *x, const void *y)
{
	const struct recipient_page *a = x, *b = y;
	int c = slice_cmp(a->url, b->url);

	if (c == 0)
		c = a->at < b->at ? -1 : a->at > b->at;
	return c ? c : memcmp(a->evidence.b, b->evidence.b, SHA256_LEN);
}

int recipients_find(const struct recipient_site *site, const struct recipient_page *pages, size_t n,
                    struct arena *a, struct recipient out[RECIPIENTS_MAX], size_t *out_n,
                    struct err *err)
{
	struct recipient_page *sorted = arena_array(a, n, sizeof(*sorted));
	struct search s = { .site = site,
		            .list = arena_array(a, CANDIDATES_MAX + 1, sizeof(struct candidate)) };

	if (!sorted || !s.list)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	if (n) {
		memcpy(sorted, pages, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), cmp_page);
	}
	for (size_t i = 0; i < n; i++) {
		s.page = &sorted[i];
		search_page(&s);
	}
	qsort(s.list, s.n, sizeof(*s.list), cmp_candidate);
	*out_n = 0;
	for (size_t i = 0; i < s.n && *out_n < RECIPIENTS_MAX; i++) {
		const struct candidate *c = &s.list[i];
		/* Own ones stand first: behind one of them no other is taken. */
		if (!c->r.own && (s.list[0].r.own || !(c->r.linked || c->placed || c->r.pages > 1)))
			continue;
		out[(*out_n)++] = c->r;
	}
	return 0;
}

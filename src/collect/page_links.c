#include "collect/page_links.h"

#include "base/table.h"
#include "collect/frontier.h"
#include "wire/fold.h"
#include "wire/query.h"

enum { LINKED_TEXT = 200 /* bytes of a link's text that are looked at */, LOOKED_AT = 20000 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "page: no memory");
}

/* Where a link says several things, the narrower one counts. */
static enum link_class class_in(uint32_t classes)
{
	static const enum link_class order[] = { LINK_IMPRINT,  LINK_LICENCE, LINK_PRESCRIPTION,
		                                 LINK_SHIPPING, LINK_FAQ,     LINK_TERMS,
		                                 LINK_CONTACT,  LINK_ABOUT,   LINK_CART,
		                                 LINK_PRICES,   LINK_PRODUCT };

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (classes >> order[i] & 1)
			return order[i];
	return LINK_OTHER;
}

/* Decoded, cut, folded. */
static int fold_path(struct slice path, struct arena *a, struct folded *out, struct err *err)
{
	struct slice decoded;

	path = slice_sub(path, 0, LINKED_TEXT * 3);
	if (percent_decode(path, false, a, &decoded, NULL))
		decoded = path; /* not UTF-8: as it is */
	return fold(decoded, a, out, err);
}

static struct slice cut_text(struct slice s)
{
	struct slice part = slice_sub(s, 0, LINKED_TEXT);

	while (part.n && part.n < s.n && ((unsigned char)s.p[part.n] & 0xc0) == 0x80)
		part.n--;
	return part;
}

/* What a link is about; false: it acts. */
static int classify(const struct page_links *l, struct slice text, const struct url *to,
                    struct arena *a, bool *acts, enum link_class *class, struct err *err)
{
	struct folded words, path;
	int rc = fold(cut_text(text), a, &words, err);

	if (rc == 0)
		rc = fold_path(to->path, a, &path, err);
	if (rc)
		return rc;
	uint32_t by_text = link_words_in(l->words, words.text, SLICE(""));
	uint32_t by_path = link_words_in(l->words, SLICE(""), path.text);
	*acts = (by_text | by_path) >> LINK_ACTS & 1 || frontier_acts(to);
	*class = class_in(by_text);
	if (*class == LINK_OTHER && page_reader_names_drug(l->reader, words.text))
		*class = LINK_PRODUCT;
	if (*class == LINK_OTHER)
		*class = class_in(by_path);
	return 0;
}

static int put_link(const struct page_links *l, const struct page_block *b, struct table *seen,
                    const struct table *nofollow, struct arena *a, json_t *list, struct err *err)
{
	enum link_class class;
	bool acts;
	struct url to;

	if (url_resolve(l->base, b->target, a, &to, NULL) || !frontier_is_of(l->site, &to) ||
	    slice_eq(to.text, l->url->text) || frontier_is_file(&to) || table_find(seen, to.text))
		return 0;
	struct slice text = page_block_text(l->text, b);
	int rc = classify(l, text, &to, a, &acts, &class, err);
	if (rc)
		return rc;
	if (!table_put(seen, to.text))
		return no_memory(err);
	/* An address with a query that says nothing of itself may be anything: an order, a click
	 * that somebody is paid for. */
	if (acts || to.had_userinfo || (class == LINK_OTHER && to.has_query))
		return 0;
	json_t *one = json_object();
	int bad = json_put_str(one, "class", slice_str(link_class_name(class)));
	bad |= json_put_str(one, "url", to.text);
	if (table_find(nofollow, b->target))
		bad |= json_put_flag(one, "nofollow", true);
	bad |= json_add_new(list, one);
	return bad ? no_memory(err) : 0;
}

/* A link to a page that was seen by another text is "other" until a text says more: first those
 * that say something, then those that do not. */
static int put_links(const struct page_links *l, struct arena *a, json_t *out, struct err *err)
{
	struct table seen = { 0 }, nofollow = { 0 };
	json_t *list = json_array();
	size_t n = 0;
	int rc = list ? 0 : no_memory(err);

	for (size_t i = 0; rc == 0 && i < l->active->nofollow_n; i++)
		if (!table_put(&nofollow, l->active->nofollow[i]))
			rc = no_memory(err);
	for (size_t pass = 0; pass < 2; pass++) {
		size_t looked = 0;
		for (size_t i = 0; rc == 0 && i < l->text->block_n && looked < LOOKED_AT; i++) {
			const struct page_block *b = &l->text->block[i];
			if (b->role != ROLE_LINK || b->target.n == 0)
				continue;
			n += pass == 0;
			looked++;
			bool silent = page_block_text(l->text, b).n == 0 || b->hidden;
			if (silent == (pass == 1) && json_array_size(list) < FRONTIER_LINKS_MAX)
				rc = put_link(l, b, &seen, &nofollow, a, list, err);
		}
	}
	table_release(&seen);
	table_release(&nofollow);
	if (rc) {
		json_decref(list);
		return rc;
	}
	int bad = json_put_i64(out, "links_n", (int64_t)n);
	if (json_array_size(list))
		bad |= json_put_new(out, "links", list);
	else
		json_decref(list);
	return bad ? no_memory(err) : 0;
}

/* Pictures that call themselves a seal, each once. */
static int put_seals(const struct page_links *l, struct arena *a, json_t *out, struct err *err)
{
	struct table seen = { 0 };
	json_t *list = json_array();
	int rc = list ? 0 : no_memory(err);

	for (size_t i = 0; rc == 0 && i < l->text->block_n; i++) {
		const struct page_block *b = &l->text->block[i];
		struct folded words, path;
		struct url src;
		if (b->role != ROLE_ALT || b->target.n == 0 ||
		    json_array_size(list) >= PAGE_READING_SEALS || i >= LOOKED_AT * 4 ||
		    url_resolve(l->base, b->target, a, &src, NULL) || table_find(&seen, src.text))
			continue;
		rc = fold(cut_text(page_block_text(l->text, b)), a, &words, err);
		if (rc == 0) /* host and path: "https://seal.example/x.png" */
			rc = fold_path(slice_sub(src.text, src.scheme.n + 3, src.text.n), a, &path,
			               err);
		if (rc || !(link_words_in(l->words, words.text, path.text) >> HINT_SEAL & 1))
			continue;
		if (!table_put(&seen, src.text) || json_add_str(list, src.text))
			rc = no_memory(err);
	}
	table_release(&seen);
	if (rc == 0 && json_array_size(list))
		return json_put_new(out, "seals", list) ? no_memory(err) : 0;
	json_decref(list);
	return rc;
}

int page_links_put(const struct page_links *l, struct arena *a, json_t *out, struct err *err)
{
	struct url icon;
	int rc = put_links(l, a, out, err);

	if (rc == 0)
		rc = put_seals(l, a, out, err);
	if (rc == 0 && l->active->icon.n &&
	    url_resolve(l->base, l->active->icon, a, &icon, NULL) == 0 &&
	    json_put_str(out, "icon", icon.text))
		rc = no_memory(err);
	return rc;
}

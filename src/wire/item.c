/* A row is cheap and its number bounded, so rows lie in one array, and texts in the arena. */
#include "wire/item.h"

#include "base/utf8.h"

#include <stdlib.h>

const char *item_syntax_name(enum item_syntax s)
{
	static const char *const name[ITEM_SYNTAXES_N] = {
		[ITEM_JSON_LD] = "json_ld", [ITEM_MICRODATA] = "microdata",
		[ITEM_RDFA] = "rdfa",       [ITEM_META] = "meta",
	};
	return s < ITEM_SYNTAXES_N ? name[s] : "unknown";
}

/* Trimmed, well-formed, without control characters, white space collapsed, at most `most` bytes. */
static struct slice clean(struct item_list *l, struct slice s, size_t most)
{
	s = slice_trim(s);
	if (s.n == 0)
		return (struct slice){ NULL, 0 };
	/* A malformed byte grows to three; what is cut is not looked at. */
	size_t room = (s.n < most ? s.n : most) * 3 + 4, n = 0;
	char *p = arena_alloc(l->a, room);
	bool space = false;

	if (!p) {
		l->failed = true;
		return (struct slice){ NULL, 0 };
	}
	for (size_t at = 0; at < s.n;) {
		char c4[4];
		uint32_t c = utf8_next(s, &at);
		if (c < 0x80 && ascii_space((char)c)) {
			space = n > 0;
			continue;
		}
		if (c < 0x20 || c == 0x7f)
			continue;
		size_t wide = utf8_encode(c == UTF8_BAD ? 0xfffd : c, c4);
		if (n + space + wide > most)
			break;
		if (space)
			p[n++] = ' ';
		space = false;
		memcpy(p + n, c4, wide);
		n += wide;
	}
	return slice_from(p, n);
}

/* "http://schema.org/Product" and "schema:Product" -> "Product". */
static struct slice last_part(struct slice s)
{
	s = slice_trim(s);
	while (s.n && (s.p[s.n - 1] == '/' || s.p[s.n - 1] == '#'))
		s.n--;
	for (size_t i = s.n; i-- > 0;)
		if (s.p[i] == '/' || s.p[i] == '#' || s.p[i] == ':')
			return slice_sub(s, i + 1, s.n);
	return s;
}

uint32_t item_add(struct item_list *l, const struct page_item *row)
{
	if (l->n == ITEMS_MAX) {
		l->cut = true;
		return ITEM_NONE;
	}
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 32;
		struct page_item *more = reallocarray(l->item, cap, sizeof(*more));
		if (!more) {
			l->failed = true;
			return ITEM_NONE;
		}
		l->item = more;
		l->cap = cap;
	}
	uint32_t i = (uint32_t)l->n++;
	struct page_item *it = &l->item[i];
	*it = *row;
	it->type = clean(l, last_part(row->type), ITEM_NAME_MAX);
	/* A name of <meta> is a path of its own: og:price:amount. */
	it->property = clean(l, row->syntax == ITEM_META ? row->property : last_part(row->property),
	                     ITEM_NAME_MAX);
	it->value = clean(l, row->value, ITEM_VALUE_MAX);
	if (row->parent == ITEM_NONE)
		it->parent = i;
	return i;
}

void item_add_type(struct item_list *l, uint32_t i, struct slice type, uint32_t source,
                   uint32_t source_end)
{
	if (i == ITEM_NONE || slice_trim(type).n == 0)
		return;
	if (!l->item[i].type.n) {
		l->item[i].type = clean(l, last_part(type), ITEM_NAME_MAX);
		return;
	}
	item_add(l, &(struct page_item){ .syntax = l->item[i].syntax, .property = SLICE("@type"),
	                                 .value = last_part(type), .parent = i,
	                                 .source = source, .source_end = source_end });
}

void item_set_id(struct item_list *l, uint32_t i, struct slice id)
{
	if (i != ITEM_NONE)
		l->item[i].value = clean(l, id, ITEM_VALUE_MAX);
}

int item_list_finish(struct item_list *l, struct page_text *out, struct err *err)
{
	struct page_item *item = arena_array(l->a, l->n, sizeof(*item));
	bool ok = item && !l->failed;

	if (ok) {
		if (l->n)
			memcpy(item, l->item, l->n * sizeof(*item));
		out->item = item;
		out->item_n = l->n;
		out->items_cut = l->cut;
	}
	free(l->item);
	*l = (struct item_list){ 0 };
	return ok ? 0 : err_set(err, ERR_NOMEM, 0, "page: no memory");
}

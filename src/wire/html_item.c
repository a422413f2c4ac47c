/* Microdata and RDFa Lite say the same with other attributes: an element begins a thing (itemscope,
 * typeof), is a property of the thing it stands in (itemprop, property), or both. */
#include "wire/html_element.h"
#include "wire/html_page.h"
#include "wire/json_ld.h"

enum {
	NAMES_MAX = 8,        /* properties that one element is */
	TEXT_NODES_MAX = 256, /* nodes looked at for the text of a property */
};

static uint32_t offset_of(const struct html_page *k, const char *p)
{
	if (!p || p < k->html.p || p > k->html.p + k->html.n)
		return 0;
	return html_cut_origin(k->cuts, (size_t)(p - k->html.p));
}

/* The bytes of an attribute's value in the document, or of the element's start tag where it was not
 * written there. */
static void span_of_attribute(const struct html_page *k, const GumboNode *n, const char *name,
                              struct page_item *it)
{
	const GumboAttribute *at = gumbo_get_attribute(&n->v.element.attributes, name);
	GumboStringPiece s = at ? at->original_value : n->v.element.original_tag;

	if (at && s.length >= 2 && (s.data[0] == '"' || s.data[0] == '\'') &&
	    s.data[s.length - 1] == s.data[0]) {
		s.data++;
		s.length -= 2;
	}
	it->source = offset_of(k, s.data);
	it->source_end = offset_of(k, s.data + s.length);
}

/* From behind the start tag to the end tag, or the start tag where neither end is known. */
static void span_of_content(const struct html_page *k, const GumboNode *n, struct page_item *it)
{
	GumboStringPiece from = n->v.element.original_tag, to = n->v.element.original_end_tag;

	it->source = offset_of(k, from.data ? from.data + from.length : NULL);
	it->source_end = offset_of(k, to.data);
	if (it->source_end < it->source)
		it->source_end = it->source;
}

/* The text under n in document order, as far as the limits go. */
static void text_under(const GumboNode *n, struct buf *out)
{
	const GumboNode *at = n;

	for (size_t seen = 0; seen < TEXT_NODES_MAX && out->n <= ITEM_VALUE_MAX; seen++) {
		const GumboVector *children = html_is_element(at) ? html_children(at) : NULL;
		if (at->type == GUMBO_NODE_TEXT || at->type == GUMBO_NODE_WHITESPACE)
			buf_put(out, slice_sub(slice_str(at->v.text.text), 0, ITEM_VALUE_MAX));
		if (at != n && html_is_element(at) && html_is_block(at->v.element.tag))
			buf_putc(out, ' ');
		if (children && children->length && at->v.element.tag != GUMBO_TAG_SCRIPT &&
		    at->v.element.tag != GUMBO_TAG_STYLE) {
			at = children->data[0];
			continue;
		}
		while (at != n && at->index_within_parent + 1 >= html_children(at->parent)->length)
			at = at->parent;
		if (at == n)
			return;
		at = html_children(at->parent)->data[at->index_within_parent + 1];
	}
}

/* HTML standard, 5.2.4 "values": the attribute that holds an element's value; NULL: its text. A
 * content attribute speaks for any element, as search engines read it and as RDFa has it. */
static const char *value_attribute(const GumboNode *n)
{
	const GumboVector *at = &n->v.element.attributes;
	const char *name = NULL;

	if (gumbo_get_attribute(at, "content"))
		return "content";
	switch (n->v.element.tag) {
	case GUMBO_TAG_AUDIO: case GUMBO_TAG_EMBED: case GUMBO_TAG_IFRAME: case GUMBO_TAG_IMG:
	case GUMBO_TAG_SOURCE: case GUMBO_TAG_TRACK: case GUMBO_TAG_VIDEO:
		return "src";
	case GUMBO_TAG_A: case GUMBO_TAG_AREA: case GUMBO_TAG_LINK:
		return "href";
	case GUMBO_TAG_OBJECT:
		return "data";
	case GUMBO_TAG_DATA: case GUMBO_TAG_METER: case GUMBO_TAG_INPUT:
		name = "value";
		break;
	case GUMBO_TAG_TIME:
		name = "datetime";
		break;
	default:
		break;
	}
	return name && gumbo_get_attribute(at, name) ? name : NULL;
}

/* Cut the next name off a list parted by white space. */
static bool next_name(struct slice *rest, struct slice *name)
{
	size_t end = 0;

	*rest = slice_trim(*rest);
	while (end < rest->n && !ascii_space(rest->p[end]))
		end++;
	*name = slice_sub(*rest, 0, end);
	*rest = slice_sub(*rest, end, rest->n);
	return name->n > 0;
}

static void put_value(struct html_page *k, const GumboNode *n, struct page_item it,
                      struct slice names)
{
	const char *attribute = value_attribute(n);
	struct buf text = { 0 };

	if (attribute) {
		it.value = html_attribute(n, attribute);
		span_of_attribute(k, n, attribute, &it);
	} else {
		text_under(n, &text);
		it.value = buf_slice(&text);
		span_of_content(k, n, &it);
		k->failed |= !buf_ok(&text);
	}
	for (size_t i = 0; i < NAMES_MAX && next_name(&names, &it.property); i++)
		if (slice_trim(it.value).n)
			item_add(&k->items, &it);
	buf_release(&text);
}

/* A thing that is several properties is listed by the first of them. */
static uint32_t put_thing(struct html_page *k, const GumboNode *n, struct page_item it,
                          struct slice names, struct slice types, struct slice id)
{
	struct slice type;

	it.is_thing = true;
	it.value = id;
	it.source = offset_of(k, n->v.element.original_tag.data);
	span_of_content(k, n, &it);
	it.source = offset_of(k, n->v.element.original_tag.data);
	next_name(&names, &it.property);
	uint32_t i = item_add(&k->items, &it);
	for (size_t t = 0; t < NAMES_MAX && next_name(&types, &type); t++)
		item_add_type(&k->items, i, type, it.source, it.source_end);
	return i;
}

void html_enter_item(struct html_page *k, const GumboNode *n, uint32_t *item)
{
	const GumboVector *at = &n->v.element.attributes;
	struct slice scope = { 0 }, prop = { 0 }, type = { 0 }, id = { 0 }, kind = { 0 },
	             property = { 0 }, resource = { 0 };
	static const char *const name[] = { "itemscope", "itemprop", "itemtype", "itemid", "typeof",
		"property", "resource" };
	struct slice *const value[] = { &scope, &prop, &type, &id, &kind, &property, &resource };

	for (unsigned i = 0; i < at->length; i++) {
		const GumboAttribute *a = at->data[i];
		char c = ascii_lower(a->name[0]);
		if (c != 'i' && c != 't' && c != 'p' && c != 'r')
			continue;
		for (size_t w = 0; w < sizeof(name) / sizeof(*name); w++)
			if (html_is(slice_str(a->name), name[w]))
				*value[w] = slice_str(a->value);
	}
	struct page_item it = { .parent = *item };
	if (scope.p) {
		it.syntax = ITEM_MICRODATA;
		*item = put_thing(k, n, it, *item == ITEM_NONE ? SLICE("") : prop, type, id);
	} else if (kind.n) {
		it.syntax = ITEM_RDFA;
		*item = put_thing(k, n, it, *item == ITEM_NONE ? SLICE("") : property, kind, resource);
	} else if (prop.n && *item != ITEM_NONE) {
		it.syntax = ITEM_MICRODATA;
		put_value(k, n, it, prop);
	} else if (property.n && *item != ITEM_NONE &&
	           k->items.item[*item].syntax == ITEM_RDFA) {
		it.syntax = ITEM_RDFA;
		put_value(k, n, it, property);
	}
}

void html_enter_meta_item(struct html_page *k, const GumboNode *n)
{
	struct slice property = slice_trim(html_attribute(n, "property"));
	struct slice name = slice_trim(html_attribute(n, "name"));
	struct page_item it = { .syntax = ITEM_META, .parent = ITEM_NONE,
		                .value = html_attribute(n, "content") };

	it.property = slice_find(property, ':') < property.n ? property : name;
	if (slice_find(it.property, ':') == it.property.n || !slice_trim(it.value).n)
		return;
	span_of_attribute(k, n, "content", &it);
	item_add(&k->items, &it);
}

void html_enter_json_ld(struct html_page *k, const GumboNode *script)
{
	const GumboVector *children = html_children(script);

	if (!children->length)
		return;
	/* As it stands in the document: the tree's copy has lost the carriage returns. */
	const GumboNode *text = children->data[0];
	struct slice body = { NULL, 0 };
	if (text->type == GUMBO_NODE_TEXT)
		body = slice_from(text->v.text.original_text.data, text->v.text.original_text.length);
	if (body.n && !json_ld_read(body, offset_of(k, body.p), &k->items))
		k->out->json_ld_broken++;
}

/* Facts about the page that are no text of it: its description, generator, canonical address, where
 * it leads or was saved from, its JSON-LD. */
#include "wire/html_element.h"
#include "wire/html_page.h"

void html_enter_meta(struct html_page *k, const GumboNode *n, const struct page_block *like)
{
	struct slice name = slice_trim(html_attribute(n, "name"));
	struct slice content = html_attribute(n, "content");
	struct page_text *out = k->out;

	html_enter_meta_item(k, n);
	if (html_is(name, "description")) {
		if (!k->described && slice_trim(content).n) {
			html_put_block(k, like, ROLE_META_DESCRIPTION, content);
			k->described = true;
		}
	} else if (html_is(name, "generator")) {
		if (!out->generator.n)
			out->generator = html_keep(k, content);
	} else if (html_is(slice_trim(html_attribute(n, "property")), "og:description")) {
		if (!k->og_description.n)
			k->og_description = html_keep(k, content);
	} else if (html_is(slice_trim(html_attribute(n, "http-equiv")), "refresh") &&
	           !out->refresh.n) {
		/* "5; url=https://…", the URL perhaps in quotes */
		size_t at = 0;
		while (at + 4 <= content.n && !html_is(slice_sub(content, at, at + 4), "url="))
			at++;
		struct slice url = slice_trim(slice_sub(content, at + 4, content.n));
		if (url.n && (url.p[0] == '"' || url.p[0] == '\''))
			url = slice_sub(url, 1, 1 + slice_find(slice_sub(url, 1, url.n), url.p[0]));
		out->refresh = html_keep_target(k, url);
	}
}

void html_enter_link(struct html_page *k, const GumboNode *n)
{
	struct slice rel = slice_trim(html_attribute(n, "rel"));

	if (html_is(rel, "canonical") && !k->out->canonical.n)
		k->out->canonical = html_keep_target(k, html_attribute(n, "href"));
}

void html_enter_script(struct html_page *k, const GumboNode *n)
{
	struct slice type = slice_trim(html_attribute(n, "type"));
	struct page_text *out = k->out;

	if (!html_is(slice_trim(slice_sub(type, 0, slice_find(type, ';'))), "application/ld+json"))
		return;
	const GumboVector *children = &n->v.element.children;
	struct slice body = { NULL, 0 };
	if (children->length) {
		const GumboNode *text = children->data[0];
		if (text->type == GUMBO_NODE_TEXT || text->type == GUMBO_NODE_WHITESPACE)
			body = html_keep(k, slice_str(text->v.text.text));
	}
	struct slice *more =
	    html_one_more(k, out->json_ld, out->json_ld_n, &k->json_cap, sizeof(*more));
	if (!more)
		return;
	out->json_ld = more;
	out->json_ld[out->json_ld_n++] = body;
	html_enter_json_ld(k, n);
}

/* "<!-- saved from url=(0023)https://shop.example/ -->", as browsers write it, and SingleFile's
 * "Page saved with SingleFile ... url: https://shop.example/". */
void html_enter_comment(struct html_page *k, struct slice s)
{
	struct slice ie = SLICE("saved from url=("), single = SLICE("Page saved with SingleFile");
	struct slice url = SLICE("url:");
	size_t end = 0;

	s = slice_trim(s);
	if (!s.p || k->out->saved_from.n)
		return;
	if (slice_starts(s, ie)) {
		s = slice_sub(s, ie.n, s.n);
		s = slice_sub(s, slice_find(s, ')') + 1, s.n);
	} else if (slice_starts(s, single)) {
		s = slice_trim(slice_sub(s, slice_find_slice(s, url) + url.n, s.n));
	} else {
		return;
	}
	while (end < s.n && !ascii_space(s.p[end]))
		end++;
	s = slice_sub(s, 0, end);
	if (html_is(slice_sub(s, 0, 7), "http://") || html_is(slice_sub(s, 0, 8), "https://"))
		k->out->saved_from = html_keep_target(k, s);
}

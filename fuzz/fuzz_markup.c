/* Bytes put as text, as foreign text and as an attribute's value, read back by a conforming parser:
 * the tree is the one that was written, and what stands in it is the bytes less what is dropped. */
#include "wire/markup.h"

#include "base/utf8.h"

#include <gumbo.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void broken(const char *what)
{
	fprintf(stderr, "markup: %s\n", what);
	abort();
}

static const GumboNode *child(const GumboNode *node, GumboTag tag, unsigned i, unsigned n)
{
	const GumboVector *list = &node->v.element.children;
	unsigned seen = 0;
	const GumboNode *found = NULL;

	/* White space between blocks is of our making. */
	for (unsigned k = 0; k < list->length; k++) {
		const GumboNode *c = list->data[k];
		if (c->type == GUMBO_NODE_WHITESPACE)
			continue;
		if (seen++ == i)
			found = c;
	}
	if (seen != n || !found || found->type != GUMBO_NODE_ELEMENT || found->v.element.tag != tag)
		broken("another tree than was written");
	return found;
}

/* The text that is all an element holds. */
static struct slice text_of(const GumboNode *node)
{
	const GumboVector *list = &node->v.element.children;

	if (list->length == 0)
		return (struct slice){ "", 0 };
	const GumboNode *c = list->data[0];
	if (list->length != 1 || (c->type != GUMBO_NODE_TEXT && c->type != GUMBO_NODE_WHITESPACE))
		broken("text became something else");
	return slice_str(c->v.text.text);
}

static void same(struct slice got, struct slice want, const char *what)
{
	if (!slice_eq(got, want))
		broken(what);
}

static struct slice attribute(const GumboNode *node, const char *name, unsigned n)
{
	const GumboAttribute *a = gumbo_get_attribute(&node->v.element.attributes, name);

	if (!a || node->v.element.attributes.length != n)
		broken("other attributes than were written");
	return slice_str(a->value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size < 20000 ? size : 20000);
	struct slice head = slice_sub(in, 0, in.n / 2), tail = slice_sub(in, in.n / 2, in.n);
	struct buf page = { 0 }, clean = { 0 }, path = { 0 };
	struct markup m;

	markup_clean(&clean, in, 5000);
	if (!utf8_valid(buf_slice(&clean), NULL))
		broken("clean text is not UTF-8");
	buf_puts(&path, "/d/");
	markup_percent(&path, head);

	markup_open(&m, &page);
	markup_begin(&m, "html");
	markup_begin(&m, "head");
	markup_begin(&m, "title");
	markup_text(&m, SLICE("t"));
	markup_text(&m, buf_slice(&clean));
	markup_end(&m);
	markup_end(&m);
	markup_begin(&m, "body");
	markup_begin(&m, "p");
	markup_attr(&m, "title", buf_slice(&clean));
	markup_attr(&m, "data-x", head);
	markup_foreign(&m, in, 5000);
	markup_end(&m);
	markup_begin(&m, "input");
	markup_attr(&m, "value", tail);
	markup_begin(&m, "a");
	markup_link(&m, "href", buf_slice(&path));
	markup_text(&m, head);
	markup_end(&m);
	markup_end(&m);
	markup_end(&m);
	if (markup_close(&m, NULL))
		broken("refused");

	GumboOutput *tree = gumbo_parse_with_options(&kGumboDefaultOptions, page.p, page.n);
	const GumboNode *html = tree->root;
	const GumboNode *title = child(child(html, GUMBO_TAG_HEAD, 0, 2), GUMBO_TAG_TITLE, 0, 1);
	const GumboNode *body = child(html, GUMBO_TAG_BODY, 1, 2);
	const GumboNode *p = child(body, GUMBO_TAG_P, 0, 3);
	const GumboNode *link = child(body, GUMBO_TAG_A, 2, 3);
	same(slice_sub(text_of(title), 1, SIZE_MAX), buf_slice(&clean), "title changed");
	same(attribute(p, "title", 2), buf_slice(&clean), "attribute changed");
	same(text_of(child(p, GUMBO_TAG_BDI, 0, 1)), buf_slice(&clean), "foreign text changed");
	attribute(child(body, GUMBO_TAG_INPUT, 1, 3), "value", 1);
	same(attribute(link, "href", 1), buf_slice(&path), "link changed");
	text_of(link);
	gumbo_destroy_output(&kGumboDefaultOptions, tree);
	buf_release(&page);
	buf_release(&clean);
	buf_release(&path);
	return 0;
}

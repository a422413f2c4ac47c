/* What does a page cost, and which parser keeps to the standard?
 *
 *   usage  bench_html [--vectors DIR] [FILE...]
 *   pages  FILEs; else 200 made here, of about 60 KB each: navigation, paragraphs, tables, forms
 *   limit  finding every '<' of the same bytes with memchr: no reader of HTML can be faster
 *   DIR    the tokenizer vectors of html5lib-tests: for each, the text that the parser's tree holds
 *          is compared with the characters that the vector expects
 *
 * Prints the median of 7 runs of each stage over all pages (processor time), megabytes a second and
 * the ratio to the limit; libxml2 is measured too where it was found at build time. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "sys/file.h"
#include "wire/html.h"

#include <gumbo.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef HAVE_LIBXML2
#include <libxml/HTMLparser.h>
#endif

enum { RUNS = 7, PAGES = 200, PAGES_MAX = 4096, DEEP = 20000 };

static struct slice page[PAGES_MAX]; /* of one program that ends */
static size_t pages, bytes;

static void make_pages(void)
{
	for (pages = 0; pages < PAGES; pages++) {
		struct buf b = { 0 };
		buf_puts(&b, "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Shop</title>"
		             "<style>p{margin:0}</style></head><body><nav><ul>");
		for (int i = 0; i < 40; i++)
			buf_printf(&b, "<li class=\"item i%d\"><a href=\"/p/%d\">Product %d</a></li>", i, i, i);
		buf_puts(&b, "</ul></nav><main>");
		for (int i = 0; i < 150; i++)
			buf_printf(&b, "<div class=\"card\"><h3>Item %d</h3><p>Tablets of %d&nbsp;mg, sent "
			           "by <b>tracked</b> mail &amp; insured.</p><table><tr><td>%d</td>"
			           "<td>$%d.99</td></tr></table><form action=\"/cart\"><input type="
			           "\"hidden\" name=\"id\" value=\"%d\"><button>Add</button></form></div>",
			           i, i % 7 * 25, i, i % 50, i);
		buf_puts(&b, "</main><script>var a = '<p>';</script></body></html>");
		page[pages] = buf_slice(&b); /* kept to the end of the program */
	}
}

static void run_limit(struct slice s)
{
	volatile size_t found = 0;
	for (const char *p = s.p, *end = s.p + s.n; (p = memchr(p, '<', (size_t)(end - p))); p++)
		found++;
}

static void run_gumbo(struct slice s)
{
	gumbo_destroy_output(&kGumboDefaultOptions,
	                     gumbo_parse_with_options(&kGumboDefaultOptions, s.p, s.n));
}

static void run_html_text(struct slice s)
{
	struct arena a = { 0 };
	struct page_text p;
	html_text(s, SLICE("text/html; charset=utf-8"), NULL, &a, &p, NULL);
	arena_release(&a);
}

#ifdef HAVE_LIBXML2
static void run_libxml2(struct slice s)
{
	htmlDocPtr doc = htmlReadMemory(s.p, (int)s.n, NULL, "utf-8",
	                                HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	xmlFreeDoc(doc);
}
#endif

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double median(void (*run)(struct slice))
{
	double took[RUNS];

	for (int r = 0; r < RUNS; r++) {
		clock_t t = clock();
		for (size_t i = 0; i < pages; i++)
			run(page[i]);
		took[r] = (double)(clock() - t) / CLOCKS_PER_SEC;
	}
	qsort(took, RUNS, sizeof(*took), compare);
	return took[RUNS / 2];
}

static void report(const char *what, double s, double limit)
{
	printf("%-28s %8.4f s  %8.1f MB/s  %7.1f times the limit\n", what, s, (double)bytes / 1e6 / s,
	       s / limit);
}

static void time_deep(const char *what, void (*run)(struct slice))
{
	struct buf b = { 0 };
	for (int i = 0; i < DEEP; i++)
		buf_puts(&b, "<div>");
	clock_t t = clock();
	run(buf_slice(&b));
	printf("%-28s %8.4f s  for <div> nested %d deep\n", what,
	       (double)(clock() - t) / CLOCKS_PER_SEC, DEEP);
	buf_release(&b);
}

/* All text of a gumbo tree, in order. Vectors are small, so recursion is fine. */
static void gumbo_text(const GumboNode *n, struct buf *out)
{
	const GumboVector *children = n->type == GUMBO_NODE_DOCUMENT ? &n->v.document.children
	                              : n->type == GUMBO_NODE_ELEMENT ||
	                                      n->type == GUMBO_NODE_TEMPLATE
	                                  ? &n->v.element.children : NULL;
	if (!children && n->type != GUMBO_NODE_COMMENT)
		buf_puts(out, n->v.text.text);
	for (unsigned i = 0; children && i < children->length; i++)
		gumbo_text(children->data[i], out);
}

#ifdef HAVE_LIBXML2
static void libxml2_text(const xmlNode *n, struct buf *out)
{
	for (; n; n = n->next) {
		if ((n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) && n->content)
			buf_puts(out, (const char *)n->content);
		if (n->type != XML_ENTITY_REF_NODE)
			libxml2_text(n->children, out);
	}
}
#endif

/* The characters that a vector expects; false for vectors that a tree cannot show (other start
 * states, escaped surrogates, NUL, raw text elements, white space that tree building drops). */
static bool expected_text(json_t *test, struct buf *out)
{
	static const char *const raw[] = { "script", "style", "title", "textarea", "plaintext", "xmp",
		"table", "iframe", "noframes", "noembed", "frameset", "select", "svg", "math" };
	json_t *token, *states = json_object_get(test, "initialStates"), *state;
	size_t i;
	bool data = !states;

	json_array_foreach(states, i, state)
		data |= strcmp(json_string_value(state), "Data state") == 0;
	if (!data || json_is_true(json_object_get(test, "doubleEscaped")))
		return false;
	json_array_foreach(json_object_get(test, "output"), i, token) {
		if (!json_is_array(token))
			continue;
		const char *kind = json_string_value(json_array_get(token, 0));
		json_t *value = json_array_get(token, 1);
		if (strcmp(kind, "Character") == 0)
			buf_put(out, slice_from(json_string_value(value), json_string_length(value)));
		for (size_t k = 0; strstr(kind, "Tag") && k < sizeof(raw) / sizeof(*raw); k++)
			if (strcmp(json_string_value(value), raw[k]) == 0)
				return false;
	}
	return slice_find(buf_slice(out), '\0') == out->n;
}

static void run_vectors(const char *dir)
{
	int total = 0, gumbo = 0, xml = 0;
	char **names = NULL;
	size_t n = 0, k;

	if (file_list(dir, &names, &n, NULL) != 0)
		return;
	for (size_t i = 0; i < n; i++) {
		char path[4096];
		json_t *file, *test;
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		file = json_load_file(path, JSON_ALLOW_NUL, NULL);
		json_array_foreach(json_object_get(file, "tests"), k, test) {
			struct buf want = { 0 }, doc = { 0 }, got = { 0 };
			json_t *input = json_object_get(test, "input");
			buf_puts(&want, "x");
			if (json_string_length(input) && expected_text(test, &want)) {
				buf_puts(&doc, "<!DOCTYPE html><html><body>x");
				buf_put(&doc, slice_from(json_string_value(input),
				                         json_string_length(input)));
				total++;
				GumboOutput *tree =
				    gumbo_parse_with_options(&kGumboDefaultOptions, doc.p, doc.n);
				gumbo_text(tree->root, &got);
				gumbo += slice_eq(buf_slice(&got), buf_slice(&want));
				gumbo_destroy_output(&kGumboDefaultOptions, tree);
#ifdef HAVE_LIBXML2
				buf_clear(&got);
				htmlDocPtr x = htmlReadMemory(doc.p, (int)doc.n, NULL, "utf-8",
				                              HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
				if (x)
					libxml2_text(x->children, &got);
				xml += slice_eq(buf_slice(&got), buf_slice(&want));
				xmlFreeDoc(x);
#endif
			}
			buf_release(&want);
			buf_release(&doc);
			buf_release(&got);
		}
		json_decref(file);
	}
	file_list_free(names, n);
	printf("vectors: text as expected: gumbo %d of %d", gumbo, total);
	if (xml)
		printf(", libxml2 %d of %d", xml, total);
	printf("\n");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct buf b = { 0 };
		if (strcmp(argv[i], "--vectors") == 0 && i + 1 < argc)
			run_vectors(argv[++i]);
		else if (pages < PAGES_MAX && file_read(argv[i], HTML_BYTES, &b, NULL) == 0 && b.n)
			page[pages++] = buf_slice(&b);
	}
	if (!pages)
		make_pages();
	for (size_t i = 0; i < pages; i++)
		bytes += page[i].n;
	printf("%zu pages, %zu bytes\n", pages, bytes);
	double limit = median(run_limit);
	report("memchr '<' (the limit)", limit, limit);
	report("gumbo, tree alone", median(run_gumbo), limit);
#ifdef HAVE_LIBXML2
	report("libxml2, tree alone", median(run_libxml2), limit);
#endif
	report("html_text, bytes to blocks", median(run_html_text), limit);
	time_deep("gumbo alone", run_gumbo);
#ifdef HAVE_LIBXML2
	time_deep("libxml2 alone", run_libxml2);
#endif
	time_deep("html_text, with its guard", run_html_text);
	return 0;
}

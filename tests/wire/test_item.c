/* What pages state as data: JSON-LD, microdata, RDFa Lite, <meta>. */
#include "check.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "wire/html.h"
#include "wire/item.h"
#include "wire/json_ld.h"

#include <time.h>

/* Rows in one line, parted by spaces: `property=value`, a thing as `property:Type(identifier)`, each
 * behind the number of its parent where it has one: "0>". */
static const char *show(struct arena *a, const struct page_item *item, size_t n)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct page_item *it = &item[i];
		buf_puts(&b, i ? " " : "");
		if (it->parent != i)
			buf_printf(&b, "%u>", it->parent);
		buf_put(&b, it->property);
		buf_puts(&b, it->is_thing ? ":" : "=");
		buf_put(&b, it->type);
		if (!it->is_thing)
			buf_put(&b, it->value);
		else if (it->value.n)
			buf_printf(&b, "(%.*s)", SLICE_ARG(it->value));
	}
	struct slice copy = arena_copy(a, buf_slice(&b));
	buf_release(&b);
	return copy.p ? copy.p : "";
}

static void json_ld_becomes_things_and_values(void **state)
{
	(void)state;
	static const struct {
		const char *json, *want;
		bool broken;
	} rows[] = {
		{ "{\"@context\":\"https://schema.org\",\"@type\":\"Product\",\"name\":\"Abc 20 mg\","
		  "\"offers\":{\"@type\":\"Offer\",\"price\":19.90,\"priceCurrency\":\"USD\"}}",
		  ":Product 0>name=Abc 20 mg 0>offers:Offer 2>price=19.90 2>priceCurrency=USD", false },
		/* the type may come last, carry an address, and be several */
		{ "{\"name\":\"x\",\"@type\":[\"http://schema.org/Product\",\"schema:Drug\"]}",
		  ":Product 0>name=x 0>@type=Drug", false },
		{ "[{\"@type\":\"A\"},{\"@type\":\"B\",\"@id\":\"#b\"}]", ":A :B(#b)", false },
		{ "{\"@graph\":[{\"@type\":\"Pharmacy\",\"telephone\":[\"1\",\"2\"]}]}",
		  ": :Pharmacy 1>telephone=1 1>telephone=2", false },
		{ "{\"@context\":{\"name\":{\"@id\":\"x\"}},\"a\":null,\"b\":true,\"c\":\"\"}",
		  ": 0>b=true", false },
		{ "{\"name\":{\"@value\":\"n\",\"@language\":\"en\"}}", ": 0>name: 1>@value=n", false },
		{ "{\"a\":\"\\u0416\\ud83d\\ude00\\n\\\"x\\u0000\\ud800\"}",
		  ": 0>a=\xd0\x96\xf0\x9f\x98\x80 \"x\xef\xbf\xbd", false },
		{ "<!--//--><![CDATA[//><!--\n{\"a\":1}\n//--><!]]>", ": 0>a=1", false },
		/* as pages get it wrong */
		{ "{\"a\":\"line\nfeed\",\"b\":[1,2,],}", ": 0>a=line feed 0>b=1 0>b=2", false },
		{ "{\"a\":1}{\"b\":2}", ": 0>a=1 :" " 2>b=2", false },
		{ "{\"a\":1,\"b\":\"never ends", ": 0>a=1", true },
		{ "{\"a\":1,\"b\":[2}", ": 0>a=1 0>b=2", true },
		{ "{\"a\":1,b:2}", ": 0>a=1", true },
		{ "{\"a\" 1}", ":", true },
		{ "{\"a\"", ":", true },
		{ "{\"a\":", ":", true },
		{ "{\"a\":\"\\u12", ":", true },
		{ "", "", true },
		{ "not json", "", true },
		{ "]}", "", true },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct item_list l = { .a = &a };
		struct page_text p = { 0 };
		CHECK_INT(i, rows[i].json, json_ld_read(slice_str(rows[i].json), 0, &l), !rows[i].broken);
		assert_int_equal(item_list_finish(&l, &p, NULL), 0);
		CHECK_SLICE(i, rows[i].json, slice_str(show(&a, p.item, p.item_n)),
		            slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

static void attributes_become_the_same(void **state)
{
	(void)state;
	static const struct {
		const char *html, *want;
	} rows[] = {
		{ "<div itemscope itemtype=http://schema.org/Product><b itemprop=name>Abc <i>20</i> mg</b>"
		  "<p itemprop=offers itemscope itemtype='https://schema.org/Offer'>"
		  "<span itemprop=price content=19.90>19,90 \xe2\x82\xac</span>"
		  "<meta itemprop=priceCurrency content=EUR></div>",
		  ":Product 0>name=Abc 20 mg 0>offers:Offer 2>price=19.90 2>priceCurrency=EUR" },
		{ "<div itemscope itemid=urn:x><a itemprop=url href=/p>p</a><img itemprop=image src=i.png>"
		  "<time itemprop=openingHours datetime='Mo-Fr 9:00'>weekdays</time>"
		  "<link itemprop=availability href=http://schema.org/InStock></div>",
		  ":(urn:x) 0>url=/p 0>image=i.png 0>openingHours=Mo-Fr 9:00 "
		  "0>availability=http://schema.org/InStock" },
		{ "<div itemscope><p itemprop='name legalName'>A<script>x</script><div>B</div></div>",
		  ": 0>name=A 0>legalName=A" },
		{ "<div itemscope><div itemprop=address>1 High St<div>Town</div></div></div>",
		  ": 0>address=1 High St Town" },
		{ "<p itemprop=name>nobody's</p><div itemscope itemtype='s:A s:B'></div>", ":A 0>@type=B" },
		{ "<div vocab=http://schema.org/ typeof=Pharmacy resource=#p><span property=name>P</span>"
		  "<div property=address typeof=PostalAddress><b property=postalCode>12345</b></div></div>",
		  ":Pharmacy(#p) 0>name=P 0>address:PostalAddress 2>postalCode=12345" },
		{ "<meta property=og:title content=T><meta property=product:price:amount content=1.5>"
		  "<meta name=twitter:data1 content=D><meta name=viewport content=x>"
		  "<meta property=og:image content=''>",
		  "og:title=T product:price:amount=1.5 twitter:data1=D" },
		{ "<script type=application/ld+json>{\"@type\":\"A\",\"v\":\"</b>\"}</script>",
		  ":A 0>v=</b>" },
		{ "<div hidden itemscope><p itemprop=a>hidden too</div>", ": 0>a=hidden too" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { 0 };
		CHECK_INT(i, rows[i].html, html_text(slice_str(rows[i].html), SLICE("; charset=utf-8"),
		                                     NULL, &a, &p, NULL), 0);
		CHECK_SLICE(i, rows[i].html, slice_str(show(&a, p.item, p.item_n)),
		            slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

/* Each value stands in the document where its span says, as it was written. */
static void values_know_where_they_were_written(void **state)
{
	(void)state;
	static const char html[] =
	    "<!DOCTYPE html>\r\n<meta property=\"og:title\" content='T &amp; U'>\r\n"
	    "<script type=\"application/ld+json\">\r\n{\"@type\":\"Offer\",\r\n\"price\": 19.90,"
	    "\"name\":\"caf\\u00e9\"}\r\n</script>\r\n"
	    "<div itemscope><b itemprop=name>Abc <i>20</i></b><meta itemprop=sku content=S1></div>";
	static const struct {
		enum item_syntax syntax;
		const char *value, *written;
	} want[] = {
		{ ITEM_META, "T & U", "T &amp; U" },
		{ ITEM_JSON_LD, "", "{\"@type\":\"Offer\",\r\n\"price\": 19.90,\"name\":\"caf\\u00e9\"}" },
		{ ITEM_JSON_LD, "19.90", "19.90" },
		{ ITEM_JSON_LD, "caf\xc3\xa9", "caf\\u00e9" },
		{ ITEM_MICRODATA, "", "<div itemscope><b itemprop=name>Abc <i>20</i></b>"
		                      "<meta itemprop=sku content=S1>" },
		{ ITEM_MICRODATA, "Abc 20", "Abc <i>20</i>" },
		{ ITEM_MICRODATA, "S1", "S1" },
	};
	struct arena a = { 0 };
	struct page_text p = { 0 };

	assert_int_equal(html_text(slice_str(html), SLICE("; charset=utf-8"), NULL, &a, &p, NULL), 0);
	assert_int_equal(p.item_n, ROWS(want));
	for (size_t i = 0; i < ROWS(want); i++) {
		const struct page_item *it = &p.item[i];
		CHECK_SLICE(i, want[i].written,
		            slice_sub(slice_str(html), it->source, it->source_end),
		            slice_str(want[i].written));
		CHECK_SLICE(i, want[i].written, it->value, slice_str(want[i].value));
		CHECK_INT(i, want[i].written, it->syntax, want[i].syntax);
	}
	assert_string_equal(item_syntax_name(p.item[5].syntax), "microdata");
	arena_release(&a);
	check_done();
}

static void limits_hold_and_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *unit;
		size_t times;
		bool cut;
		size_t broken;
	} rows[] = {
		{ "{\"a\":", 200000, true, 1 },
		{ "[", 200000, true, 1 },
		{ "{\"a\":1}", 200000, true, 0 },
		{ "{\"a\":\"", 200000, false, 1 },
		{ "[{\"@graph\":[", 100000, true, 1 },
		{ "{\"@context\":[", 100000, false, 1 },
		{ "}]", 200000, false, 1 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { 0 };
		struct buf doc = { 0 };
		buf_puts(&doc, "<script type=application/ld+json>");
		for (size_t k = 0; k < rows[i].times; k++)
			buf_puts(&doc, rows[i].unit);
		buf_puts(&doc, "</script><p>end");
		clock_t t = clock();
		CHECK_INT(i, rows[i].unit, html_text(buf_slice(&doc), SLICE(""), NULL, &a, &p, NULL), 0);
		CHECK_INT(i, rows[i].unit, (double)(clock() - t) / CLOCKS_PER_SEC < 5, 1);
		CHECK_INT(i, rows[i].unit, p.items_cut, rows[i].cut);
		CHECK_INT(i, rows[i].unit, p.json_ld_broken, rows[i].broken);
		CHECK_INT(i, rows[i].unit, p.item_n <= ITEMS_MAX, 1);
		CHECK_SLICE(i, rows[i].unit, p.text, SLICE("end"));
		buf_release(&doc);
		arena_release(&a);
	}
	check_done();
}

/* Properties inside properties: each looks at a bounded part of what it holds. */
static void nested_properties_take_linear_time(void **state)
{
	(void)state;
	enum { DEPTH = 200, TIMES = 40, TEXT = 200 };
	struct arena a = { 0 };
	struct page_text p = { 0 };
	struct buf doc = { 0 };

	for (int i = 0; i < TIMES; i++) {
		buf_puts(&doc, "<div itemscope>");
		for (int k = 0; k < DEPTH; k++)
			buf_puts(&doc, "<div itemprop=a>");
		for (int k = 0; k < TEXT; k++)
			buf_puts(&doc, "<p>some words of text");
		for (int k = 0; k < DEPTH; k++)
			buf_puts(&doc, "</div>");
		buf_puts(&doc, "</div>");
	}
	clock_t t = clock();
	assert_int_equal(html_text(buf_slice(&doc), SLICE(""), NULL, &a, &p, NULL), 0);
	assert_true((double)(clock() - t) / CLOCKS_PER_SEC < 5);
	assert_true(p.items_cut);
	assert_int_equal(p.item_n, ITEMS_MAX);
	for (size_t i = 0; i < p.item_n; i++)
		CHECK_INT(i, "length of a value", p.item[i].value.n <= ITEM_VALUE_MAX, 1);
	buf_release(&doc);
	arena_release(&a);
	check_done();
}

static void long_values_are_cut_between_characters(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct item_list l = { .a = &a };
	struct page_text p = { 0 };
	struct buf b = { 0 };

	buf_puts(&b, "{\"name\":\"x");
	for (int i = 0; i < ITEM_VALUE_MAX; i++)
		buf_puts(&b, "\xe5\x87\xa6");
	buf_puts(&b, "\"}");
	assert_true(json_ld_read(buf_slice(&b), 0, &l));
	assert_int_equal(item_list_finish(&l, &p, NULL), 0);
	assert_int_equal(p.item[1].value.n, 1 + (ITEM_VALUE_MAX - 1) / 3 * 3);
	assert_true(utf8_valid(p.item[1].value, NULL));
	buf_release(&b);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_ld_becomes_things_and_values),
		cmocka_unit_test(attributes_become_the_same),
		cmocka_unit_test(values_know_where_they_were_written),
		cmocka_unit_test(limits_hold_and_are_told),
		cmocka_unit_test(nested_properties_take_linear_time),
		cmocka_unit_test(long_values_are_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

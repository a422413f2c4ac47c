#include "check.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "wire/html.h"

#include <stdlib.h>
#include <time.h>

/* A page in one line: `role"text"`, blocks parted by a space; hidden ones start with '-', targets
 * follow in <>. */
static const char *show(struct arena *a, const struct page_text *p)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < p->block_n; i++) {
		const struct page_block *k = &p->block[i];
		buf_puts(&b, i ? " " : "");
		buf_puts(&b, k->hidden ? "-" : "");
		buf_puts(&b, block_role_name(k->role));
		if (k->level)
			buf_put_i64(&b, k->level);
		buf_putc(&b, '"');
		buf_put(&b, page_block_text(p, k));
		buf_putc(&b, '"');
		if (k->target.n)
			buf_printf(&b, "<%.*s>", SLICE_ARG(k->target));
	}
	struct slice copy = arena_copy(a, buf_slice(&b));
	buf_release(&b);
	return copy.p ? copy.p : "";
}

static struct page_text read_page(struct arena *a, const char *html)
{
	struct page_text p = { 0 };
	struct err err = { .what = "" };

	if (html_text(slice_str(html), SLICE("text/html; charset=utf-8"), NULL, a, &p, &err) != 0)
		fail_msg("%s: %s", html, err.what);
	return p;
}

struct row {
	const char *html, *want;
};

static void check_rows(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		struct page_text p = read_page(&a, row[i].html);
		CHECK_SLICE(i, row[i].html, slice_str(show(&a, &p)), slice_str(row[i].want));
		arena_release(&a);
	}
	check_done();
}

static void elements_become_blocks_with_their_role(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "", "" },
		{ "just text", "paragraph\"just text\"" },
		{ "<title> Pill\n Shop </title>", "title\"Pill Shop\"" },
		{ "<h1>One</h1><h3>Three</h3>", "heading1\"One\" heading3\"Three\"" },
		{ "<p>a<p>b", "paragraph\"a\" paragraph\"b\"" },
		{ "<ul><li>a<li><p>b</p>c</ul>d",
		  "list_item\"a\" list_item\"b\" list_item\"c\" paragraph\"d\"" },
		{ "<dl><dt>t<dd>d</dl>", "list_item\"t\" list_item\"d\"" },
		{ "<table><caption>c</caption><tr><td>1<td>2</table>",
		  "table_cell\"c\" table_cell\"1\" table_cell\"2\"" },
		{ "<meta name=Description content=' cheap  pills '>x",
		  "meta_description\"cheap pills\" paragraph\"x\"" },
		{ "<head><meta property=og:description content=b></head>x",
		  "meta_description\"b\" paragraph\"x\"" },
		{ "<head><meta property=og:description content=b><meta name=description content=a>",
		  "meta_description\"a\"" },
		{ "<label>Qty <input name=q></label>", "form_label\"Qty\"" },
		{ "<input placeholder='Your email'>", "form_label\"Your email\"" },
		{ "<input type=hidden placeholder=x>", "" },
		{ "<select><option>US<option>JP</select>", "option\"US\" option\"JP\"" },
		{ "<div role=heading aria-level=4>x</div>", "heading4\"x\"" },
		{ "<textarea>one\ntwo</textarea>", "paragraph\"one\" paragraph\"two\"" },
		{ "<pre>a  b\n\nc</pre>", "paragraph\"a b\" paragraph\"c\"" },
	};
	check_rows(rows, ROWS(rows));
}

static void text_runs_on_through_inline_elements(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "Vi<b>ag</b><span>ra</span>", "paragraph\"Viagra\"" },
		{ "V<!-- x -->iagra", "paragraph\"Viagra\"" },
		{ "a <b> b </b> c", "paragraph\"a b c\"" },
		{ "a\t\n\r\f b", "paragraph\"a b\"" },
		{ "a&nbsp;b", "paragraph\"a\xc2\xa0" "b\"" },
		{ "no prescription<br>needed", "paragraph\"no prescription needed\"" },
		{ "one<br><br>two", "paragraph\"one\" paragraph\"two\"" },
		{ "one<br> <br />two<br>", "paragraph\"one\" paragraph\"two\"" },
		{ "a<div>b</div>c", "paragraph\"a\" paragraph\"b\" paragraph\"c\"" },
		{ "<ruby>\xe5\x87\xa6\xe6\x96\xb9<rt>x</rt>\xe7\xae\x8b<rt>y</rt></ruby>",
		  "paragraph\"\xe5\x87\xa6\xe6\x96\xb9\xe7\xae\x8b\" -paragraph\"x\" -paragraph\"y\"" },
		{ "a&#0;b &lt;i&gt; &euro;5 &#x2713;",
		  "paragraph\"a\xef\xbf\xbd" "b <i> \xe2\x82\xac" "5 \xe2\x9c\x93\"" },
		{ "a\xff" "b", "paragraph\"a\xef\xbf\xbd" "b\"" },
	};
	check_rows(rows, ROWS(rows));
}

static void links_buttons_and_images_lie_inside_the_text(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "go <a href=' /x '>here</a> now",
		  "paragraph\"go here now\" link\"here\"</x>" },
		{ "<a name=x>no link</a>", "paragraph\"no link\"" },
		{ "<a href=/1><div>A</div><div>B</div></a>",
		  "paragraph\"A\" link\"A\"</1> paragraph\"B\" link\"B\"</1>" },
		{ "<a href=/reg><img src=seal.png></a>", "alt\"\"<seal.png> link\"\"</reg>" },
		{ "<a href=/reg><img src=s.png alt=Seal></a>",
		  "paragraph\"Seal\" alt\"Seal\"<s.png> link\"Seal\"</reg>" },
		{ "a<img alt=Visa>b", "paragraph\"a Visa b\" alt\"Visa\"" },
		{ "<img src='data:image/png;base64,AAAA' data-src=real.png>", "alt\"\"<real.png>" },
		{ "<img src='data:image/png;base64,AAAA'>", "alt\"\"<data:image/png;base64>" },
		{ "<button>Add to cart</button>",
		  "paragraph\"Add to cart\" button\"Add to cart\"" },
		{ "<input type=submit value='Buy now'>",
		  "paragraph\"Buy now\" button\"Buy now\"" },
		{ "<span role=button>Pay</span>", "paragraph\"Pay\" button\"Pay\"" },
		{ "<map><area href=/a></map>", "link\"\"</a>" },
	};
	check_rows(rows, ROWS(rows));
}

static void what_the_markup_hides_is_kept_apart(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "a<div hidden>b</div>c", "paragraph\"ac\" -paragraph\"b\"" },
		{ "V<i style='display:none'>x</i>iagra", "paragraph\"Viagra\" -paragraph\"x\"" },
		{ "<p style='DISPLAY : None'>x", "-paragraph\"x\"" },
		{ "<p style='visibility:hidden'>x", "-paragraph\"x\"" },
		{ "<p style='color:red; font-size:0'>x", "-paragraph\"x\"" },
		{ "<p style='font-size:1px'>x", "-paragraph\"x\"" },
		{ "<p style='font-size:0.05em'>x", "-paragraph\"x\"" },
		{ "<p style='opacity:0.0'>x", "-paragraph\"x\"" },
		{ "<p style='position:absolute;left:-9999px'>x", "-paragraph\"x\"" },
		{ "<p style='text-indent:-1000px'>x", "-paragraph\"x\"" },
		{ "<p style='height:0;overflow:hidden'>x", "-paragraph\"x\"" },
		{ "<p style='width:1px;height:1px;overflow:hidden'>x", "-paragraph\"x\"" },
		{ "<p style='clip:rect(0,0,0,0)'>x", "-paragraph\"x\"" },
		{ "<p style='font-size:12px;opacity:.9;left:-10px;height:0'>x", "paragraph\"x\"" },
		{ "<p style='display:block;font-size:0.9em;opacity:100%'>x", "paragraph\"x\"" },
		/* the colour of the background, where no style sheet can say otherwise */
		{ "<p style='color:#fff;background:#FFFFFF'>x", "-paragraph\"x\"" },
		{ "<p style='background-color: white; color: rgb(255, 254, 250) !important'>x",
		  "-paragraph\"x\"" },
		{ "<body bgcolor=ffffff><p><font color='#fefefe'>x</font>y",
		  "-paragraph\"x\" paragraph\"y\"" },
		{ "<div style='background:#fff;color:#fff'>x<b style='color:red'>y</b>z</div>",
		  "-paragraph\"xz\" paragraph\"y\"" },
		{ "<div style='background:#fff;color:#fff'><a href=/l>x</a></div>",
		  "paragraph\"x\" link\"x\"</l>" },
		{ "<body bgcolor=white><div class=dark><p style='color:#fff'>x</div>", "paragraph\"x\"" },
		{ "<p style='color:#fff'>x", "paragraph\"x\"" },
		{ "<p style='color:#fff;background:#fff url(dark.png)'>x", "paragraph\"x\"" },
		{ "<p style='color:#fff;background:rgba(255,255,255,.1)'>x", "paragraph\"x\"" },
		{ "<p style='color:#fff;background:#ddd'>x", "paragraph\"x\"" },
		{ "<body bgcolor=white text=white style='color:white'>x", "paragraph\"x\"" },
		{ "<body style='opacity:0'>x", "paragraph\"x\"" },
		{ "<p>a<noscript>n</noscript>x", "paragraph\"ax\" -paragraph\"n\"" },
		{ "<dialog>d</dialog><dialog open>o</dialog>", "-paragraph\"d\" paragraph\"o\"" },
		{ "<div hidden><a href=/h>h</a></div>", "-paragraph\"h\" -link\"h\"</h>" },
	};
	check_rows(rows, ROWS(rows));
}

static void code_and_embedded_documents_are_no_text(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "<script>x</script><style>y</style>z", "paragraph\"z\"" },
		{ "<template><p>t</p></template>z", "paragraph\"z\"" },
		{ "<svg><title>s</title><text>t</text></svg>z", "paragraph\"z\"" },
		{ "V<svg><path d=x /><g><path></g></svg>iagra", "paragraph\"Viagra\"" },
		{ "<svg><foreignObject><p>f</p></foreignObject></svg>z", "paragraph\"z\"" },
		{ "<svg/>z", "paragraph\"z\"" },
		{ "<svg><g><p>left</p>", "paragraph\"left\"" },
		{ "<svg><text>never closed", "paragraph\"never closed\"" },
		{ "<math><mi>x</mi></math>z", "paragraph\"z\"" },
		{ "<template><template>a</template><script>'</template>'</script>b</template>z",
		  "paragraph\"z\"" },
		{ "<plaintext>a<p>b", "paragraph\"a\" paragraph\"b\"" },
		{ "<iframe>i</iframe><object>o</object>z", "paragraph\"z\"" },
		{ "<script><!-- <script> </script> --></script>z", "paragraph\"z\"" },
		{ "<frameset><frame src=x></frameset>", "" },
	};
	check_rows(rows, ROWS(rows));
}

static void facts_about_the_page_are_read(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct page_text p = read_page(&a,
	    "<!-- saved from url=(0021)https://shop.example/ -->\n"
	    "<html lang=ja><title>T</title><base href=https://b.example/>"
	    "<link rel=canonical href=https://c.example/x>"
	    "<meta http-equiv=refresh content=\"5; URL='https://r.example/'\">"
	    "<meta name=generator content=Shop/1><meta name=description content=D>"
	    "<script type='application/ld+json; charset=utf-8'> {\"a\":1} </script>"
	    "<nav>n</nav><main><p>m<footer>f</footer></main><div role=contentinfo>g</div>"
	    "<p lang=en-GB>e<img><svg></svg>");
	CHECK_SLICE(0, "saved", p.saved_from, SLICE("https://shop.example/"));
	CHECK_SLICE(0, "lang", p.lang, SLICE("ja"));
	CHECK_SLICE(0, "title", p.title, SLICE("T"));
	CHECK_SLICE(0, "description", p.description, SLICE("D"));
	CHECK_SLICE(0, "base", p.base, SLICE("https://b.example/"));
	CHECK_SLICE(0, "canonical", p.canonical, SLICE("https://c.example/x"));
	CHECK_SLICE(0, "refresh", p.refresh, SLICE("https://r.example/"));
	CHECK_SLICE(0, "generator", p.generator, SLICE("Shop/1"));
	CHECK_INT(0, "json-ld", p.json_ld_n, 1);
	CHECK_SLICE(0, "json-ld", p.json_ld[0], SLICE("{\"a\":1}"));
	CHECK_INT(0, "images", p.images, 1);
	CHECK_SLICE(0, "text", p.text, SLICE("T\nD\nn\nm\nf\ng\ne"));
	static const enum block_region region[] = { REGION_BODY, REGION_BODY, REGION_NAV,
		REGION_MAIN, REGION_FOOTER, REGION_FOOTER, REGION_BODY };
	for (size_t i = 0; i < ROWS(region) && i < p.block_n; i++)
		CHECK_INT(i, "region", p.block[i].region, region[i]);
	CHECK_SLICE(6, "block lang", p.block[6].lang, SLICE("en-GB"));
	CHECK_SLICE(5, "block lang", p.block[5].lang, SLICE("ja"));
	assert_string_equal(p.extractor, "html-text/2");
	assert_string_equal(p.charset, "UTF-8");
	arena_release(&a);
	check_done();
}

static void cells_know_their_place_in_the_table(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct page_text p = read_page(&a, "<table><tr><th colspan=2>a<th>b<tbody><tr><td>c<td>"
	                                   "<table><tr><td>d</table><td>e</table>f");
	static const struct {
		const char *text;
		uint32_t table, row, column;
	} rows[] = {
		{ "a", 1, 1, 1 }, { "b", 1, 1, 3 }, { "c", 1, 2, 1 },
		{ "d", 2, 1, 1 }, { "e", 1, 2, 3 }, { "f", 0, 0, 0 },
	};
	assert_int_equal(p.block_n, ROWS(rows));
	for (size_t i = 0; i < ROWS(rows); i++) {
		CHECK_SLICE(i, rows[i].text, page_block_text(&p, &p.block[i]), slice_str(rows[i].text));
		CHECK_INT(i, rows[i].text, p.block[i].table, rows[i].table);
		CHECK_INT(i, rows[i].text, p.block[i].row, rows[i].row);
		CHECK_INT(i, rows[i].text, p.block[i].column, rows[i].column);
	}
	arena_release(&a);
	check_done();
}

static void forms_tell_what_they_ask_for(void **state)
{
	(void)state;
	static const struct {
		const char *html;
		bool post, password, card, quantity, email, file;
		unsigned fields;
	} rows[] = {
		{ "<form action=/a method=POST><input name=u><input type=password></form>",
		  1, 1, 0, 0, 0, 0, 2 },
		{ "<form action=/a><input autocomplete=cc-number><input name=CVV2></form>",
		  0, 0, 1, 0, 0, 0, 2 },
		{ "<form action=/a><input type=hidden name=qty value=1><input type=submit></form>",
		  0, 0, 0, 1, 0, 0, 0 },
		{ "<form action=/a><select name=quantity></select><textarea></textarea></form>",
		  0, 0, 0, 1, 0, 0, 2 },
		{ "<form action=/a><input type=email><input type=file></form>",
		  0, 0, 0, 0, 1, 1, 2 },
		{ "<table><form action=/a><tr><td><input name=qty></table>",
		  0, 0, 0, 1, 0, 0, 1 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = read_page(&a, rows[i].html);
		CHECK_INT(i, rows[i].html, p.form_n, 1);
		CHECK_SLICE(i, rows[i].html, p.form[0].action, SLICE("/a"));
		CHECK_INT(i, rows[i].html, p.form[0].post, rows[i].post);
		CHECK_INT(i, rows[i].html, p.form[0].has_password, rows[i].password);
		CHECK_INT(i, rows[i].html, p.form[0].has_card, rows[i].card);
		CHECK_INT(i, rows[i].html, p.form[0].has_quantity, rows[i].quantity);
		CHECK_INT(i, rows[i].html, p.form[0].has_email, rows[i].email);
		CHECK_INT(i, rows[i].html, p.form[0].has_file, rows[i].file);
		CHECK_INT(i, rows[i].html, p.form[0].fields, rows[i].fields);
		arena_release(&a);
	}
	check_done();
}

static void the_charset_comes_from_the_bytes_or_the_header(void **state)
{
	(void)state;
	static const struct {
		struct slice html;
		const char *type, *charset, *text;
	} rows[] = {
		{ SLICE("<meta charset=shift_jis>\x8f\x88\x95\xfb\xe2\xb3"), "", "Shift_JIS", "処方箋" },
		{ SLICE("\x8f\x88\x95\xfb\xe2\xb3"), "text/html; charset=Shift_JIS", "Shift_JIS", "処方箋" },
		{ SLICE("caf\xe9"), "text/html", "windows-1252", "café" },
		{ SLICE("caf\xc3\xa9"), "text/html", "UTF-8", "café" },
		{ SLICE("\xff\xfe" "a\0\xe9\0"), "", "UTF-16LE", "aé" },
		{ SLICE("Via\0g\1r\x7f" "a that is one word for who sees it"), "", "windows-1252",
		  "Viagra that is one word for who sees it" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { .charset = "" };
		CHECK_INT(i, rows[i].text,
		          html_text(rows[i].html, slice_str(rows[i].type), NULL, &a, &p, NULL), 0);
		CHECK_SLICE(i, rows[i].text, slice_str(p.charset), slice_str(rows[i].charset));
		CHECK_SLICE(i, rows[i].text, p.text, slice_str(rows[i].text));
		arena_release(&a);
	}
	check_done();
}

static void what_is_no_html_is_refused_by_name(void **state)
{
	(void)state;
	static const struct {
		struct slice bytes;
		const char *what;
	} rows[] = {
		{ SLICE("%PDF-1.7 ..."), "html: not HTML: a PDF document" },
		{ SLICE("\x89PNG\r\n\x1a\n"), "html: not HTML: a PNG image" },
		{ SLICE("\x1f\x8b\x08"), "html: not HTML: gzip data" },
		{ SLICE("PK\3\4"), "html: not HTML: a ZIP archive" },
		{ SLICE("\0\0\0\x20" "ftypavif"), "html: not HTML: an MP4 or AVIF file" },
		{ SLICE("<p>\0\0\0\1\2\3"),
		  "html: not HTML: 6 of the first 9 bytes are control characters" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { .images = 7 };
		struct err err = { .what = "" };
		CHECK_INT(i, rows[i].what, html_text(rows[i].bytes, SLICE(""), NULL, &a, &p, &err),
		          ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].what, slice_str(err.what), slice_str(rows[i].what));
		CHECK_INT(i, rows[i].what, p.images, 7);
		arena_release(&a);
	}
	check_done();
}

static void a_document_over_the_limit_is_refused(void **state)
{
	(void)state;
	struct html_limits limits = { .bytes = 10 };
	struct arena a = { 0 };
	struct page_text p;
	struct err err;

	assert_int_equal(html_text(SLICE("<p>1234567"), SLICE(""), &limits, &a, &p, &err), 0);
	assert_int_equal(html_text(SLICE("<p>12345678"), SLICE(""), &limits, &a, &p, &err), ERR_LIMIT);
	assert_string_equal(err.what, "html: document of 11 bytes is over 10");
	/* The limit holds for the UTF-8 too: eight bytes that become sixteen. */
	assert_int_equal(html_text(SLICE("\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9"),
	                           SLICE("; charset=latin1"), &limits, &a, &p, &err), ERR_LIMIT);
	arena_release(&a);
}

/* Each unit, repeated, makes a parser without a guard quadratic in time or in memory. */
static void hostile_markup_takes_linear_time(void **state)
{
	(void)state;
	static const struct {
		const char *unit;
		size_t times;
	} rows[] = {
		{ "<div>", 100000 },
		{ "<b>", 100000 },
		{ "<b><p>", 50000 },
		{ "<a href=x><b>", 30000 },
		{ "<table><tr><td>", 30000 },
		{ "<svg><foreignObject>", 50000 },
		{ "<select><option>", 50000 },
		{ "<b><div><div><div><div><div><div><div><div><div></b>", 5000 },
		{ "<font><p></font><p>", 20000 },
		{ "<body a=b><html c=d>", 20000 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { 0 };
		struct buf doc = { 0 };
		for (size_t k = 0; k < rows[i].times; k++)
			buf_puts(&doc, rows[i].unit);
		buf_puts(&doc, "<p>end");
		clock_t t = clock();
		int rc = html_text(buf_slice(&doc), SLICE(""), NULL, &a, &p, NULL);
		double took = (double)(clock() - t) / CLOCKS_PER_SEC;
		CHECK_INT(i, rows[i].unit, rc, 0);
		CHECK_SLICE(i, rows[i].unit, p.text, SLICE("end"));
		/* Without the guard these take minutes; sanitizers slow the rest tenfold. */
		CHECK_INT(i, rows[i].unit, took < 10, 1);
		buf_release(&doc);
		arena_release(&a);
	}
	check_done();
}

static void text_survives_when_tags_are_taken_out(void **state)
{
	(void)state;
	struct html_limits limits = { .depth = 4 };
	static const struct row rows[] = {
		{ "<div><div><div><div>a<div>b</div>c<span>d</span>e</div></div></div></div>f",
		  "paragraph\"a b cde\" paragraph\"f\"" },
		{ "<ul><li><ul><li><b>a</b><ul><li>b</ul>c</ul></ul><p>d",
		  "list_item\"a\" list_item\"b\" list_item\"c\" paragraph\"d\"" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct page_text p = { 0 };
		CHECK_INT(i, rows[i].html,
		          html_text(slice_str(rows[i].html), SLICE(""), &limits, &a, &p, NULL), 0);
		CHECK_SLICE(i, rows[i].html, slice_str(show(&a, &p)), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].html, p.dropped > 0, 1);
		arena_release(&a);
	}
	check_done();
}

/* Sequences of tags, repeated: if the guard's model of the stack popped more than the parser, the
 * tree would grow with the repetitions. */
static void random_tag_soup_stays_shallow(void **state)
{
	(void)state;
	static const char *const tag[] = { "div", "p", "b", "i", "a", "font", "span", "ul", "li",
		"dl", "dt", "dd", "table", "tr", "td", "tbody", "caption", "colgroup", "form", "button",
		"select", "option", "optgroup", "svg", "math", "mi", "foreignObject", "desc", "title",
		"textarea", "script", "noscript", "template", "h1", "h2", "object", "nobr", "frameset",
		"iframe", "br", "img", "custom-tag", "ruby", "rt", "rp", "head", "body", "html",
		"fieldset", "hr", "pre", "annotation-xml", "isindex" };
	enum { DEPTH = 32, REPEAT = 500, ROUNDS = 400 };
	unsigned seed = (unsigned)time(NULL);
	struct html_limits limits = { .depth = DEPTH };

	printf("# seed %u\n", seed);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct arena a = { 0 };
		struct page_text p = { 0 };
		struct buf unit = { 0 }, doc = { 0 };
		srand(seed + round);
		for (int n = 1 + rand() % 7; n; n--) {
			int kind = rand() % 10;
			const char *t = tag[(size_t)rand() % ROWS(tag)];
			if (kind < 6)
				buf_printf(&unit, "<%s>", t);
			else if (kind < 9)
				buf_printf(&unit, "</%s>", t);
			else
				buf_printf(&unit, "<%s/>x", t);
		}
		for (int i = 0; i < REPEAT; i++)
			buf_put(&doc, buf_slice(&unit));
		CHECK_INT(round, buf_str(&unit),
		          html_text(buf_slice(&doc), SLICE(""), &limits, &a, &p, NULL), 0);
		/* One level left open in each repetition would already make 500; a few hundred are from
		 * the implied elements and the copies of formatting ones, and do not grow. */
		CHECK_INT(round, buf_str(&unit), p.depth < REPEAT, 1);
		buf_release(&unit);
		buf_release(&doc);
		arena_release(&a);
	}
	check_done();
}

/* What is cut out before the parser (style sheets, scripts, drawings) moves no offset, and is not
 * text however it ends. */
static void offsets_survive_what_is_cut_out(void **state)
{
	(void)state;
	static const char html[] =
	    "<!DOCTYPE html><style>p{content:'</p>';color:red}</style><title>T1</title>"
	    "<script>var a='<p>not text</p>'; /* long enough to be cut */</script>"
	    "<p>P1<svg width=10><path d='M0 0 L 10 10'/><text>drawn</text></svg>rest"
	    "<script type='application/ld+json'>{\"name\":\"kept and read as data\"}</script>"
	    "<template><p>never seen, never read</p></template><h2>H1</h2>"
	    "<style></style><a href=/x>L1</a><script><!-- <script> '</script>' --> </script>end1"
	    "<style>/* never ends, <p>and holds what looks like text</p>";
	static const struct {
		const char *text, *at;
	} want[] = {
		{ "T1", "T1" }, { "P1rest", "P1" }, { "H1", "H1" }, { "L1end1", "L1" },
		{ "L1", "<a href" },
	};
	struct arena a = { 0 };
	struct page_text p = read_page(&a, html);
	size_t seen = 0;

	for (size_t i = 0; i < p.block_n && seen < ROWS(want); i++, seen++) {
		const struct page_block *b = &p.block[i];
		CHECK_SLICE(i, "text", page_block_text(&p, b), slice_str(want[seen].text));
		CHECK_INT(i, want[seen].text, b->source, strstr(html, want[seen].at) - html);
	}
	CHECK_INT(0, "blocks", p.block_n, ROWS(want));
	CHECK_INT(0, "json-ld", p.json_ld_n, 1);
	arena_release(&a);
	check_done();
}

static void plain_text_is_one_paragraph_a_line(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct page_text p;

	assert_int_equal(page_plain(SLICE("  one  line\r\n\n\ttwo \xff\0\nthree"), &a, &p, NULL), 0);
	assert_string_equal(show(&a, &p), "paragraph\"one line\" paragraph\"two "
	                    "\xef\xbf\xbd\xef\xbf\xbd\" paragraph\"three\"");
	assert_string_equal(p.extractor, "plain-text/2");
	assert_int_equal(p.block[0].source, 0);
	assert_int_equal(page_plain(SLICE(""), &a, &p, NULL), 0);
	assert_int_equal(p.block_n, 0);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_become_blocks_with_their_role),
		cmocka_unit_test(text_runs_on_through_inline_elements),
		cmocka_unit_test(links_buttons_and_images_lie_inside_the_text),
		cmocka_unit_test(what_the_markup_hides_is_kept_apart),
		cmocka_unit_test(code_and_embedded_documents_are_no_text),
		cmocka_unit_test(facts_about_the_page_are_read),
		cmocka_unit_test(cells_know_their_place_in_the_table),
		cmocka_unit_test(forms_tell_what_they_ask_for),
		cmocka_unit_test(the_charset_comes_from_the_bytes_or_the_header),
		cmocka_unit_test(what_is_no_html_is_refused_by_name),
		cmocka_unit_test(a_document_over_the_limit_is_refused),
		cmocka_unit_test(hostile_markup_takes_linear_time),
		cmocka_unit_test(text_survives_when_tags_are_taken_out),
		cmocka_unit_test(random_tag_soup_stays_shallow),
		cmocka_unit_test(offsets_survive_what_is_cut_out),
		cmocka_unit_test(plain_text_is_one_paragraph_a_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "scratch.h"

#include "base/sink.h"
#include "cmd/intake.h"
#include "cmd/intake_source.h"
#include "wire/dname.h"
#include "wire/timestamp.h"
#include "wire/url.h"
#include "wire/inflate.h"
#include "wire/warc.h"
#include "wire/warc_writer.h"

#include <fcntl.h>

#define AT 1790000000 /* 2026-09-21T14:13:20Z */

/* A sink that writes down what it is given, one line an item. */
struct transcript {
	struct buf text;
	int fail_at; /* the item whose call fails, from 1; 0: none */
	int fail_with;
	int items;
	struct intake_counts counts; /* of the last source */
};

static int next_item(struct transcript *t, struct err *err)
{
	if (++t->items == t->fail_at)
		return err_set(err, (enum err_code)t->fail_with, 0, "the sink says no");
	return 0;
}

static void put_where(struct transcript *t, const struct intake_where *w)
{
	buf_printf(&t->text, " %.*s", SLICE_ARG(w->source));
	if (w->line)
		buf_printf(&t->text, ":%lld", (long long)w->line);
	buf_putc(&t->text, '\n');
}

static int on_name(void *ctx, struct slice name, const struct intake_where *w, struct err *err)
{
	struct transcript *t = ctx;

	buf_printf(&t->text, "name %.*s", SLICE_ARG(name));
	put_where(t, w);
	int rc = next_item(t, err);
	return rc ? rc : slice_starts(name, SLICE("pill"));
}

static int on_page(void *ctx, const struct intake_page *p, const struct intake_where *w,
                   struct err *err)
{
	struct transcript *t = ctx;
	char at[TIMESTAMP_SIZE];

	timestamp_format(p->at, at);
	buf_printf(&t->text, "page %.*s %s:%.*s %s%s @%.*s %.*s %zu", SLICE_ARG(p->url),
	           subject_kind_name(p->subject.kind), SLICE_ARG(p->subject.key), at,
	           p->is_dated ? "" : "?", SLICE_ARG(p->vantage), SLICE_ARG(p->media_type),
	           p->bytes.n);
	put_where(t, w);
	return next_item(t, err);
}

static int on_record(void *ctx, const struct record *r, const struct intake_where *w,
                     struct err *err)
{
	struct transcript *t = ctx;

	buf_printf(&t->text, "record %.*s %.*s:%.*s", SLICE_ARG(r->type_name), SLICE_ARG(r->kind),
	           SLICE_ARG(r->key));
	put_where(t, w);
	return next_item(t, err);
}

static int on_source(void *ctx, struct slice source, const struct intake_counts *c, struct err *err)
{
	struct transcript *t = ctx;

	(void)source;
	(void)err;
	t->counts = *c;
	return 0;
}

static int64_t log_time(void)
{
	return AT;
}

/* One reading, with what it said. */
struct reading {
	struct transcript t;
	struct intake in;
	struct log log;
	char *said;
	size_t said_n;
};

static void read_begin(struct reading *r, enum log_level level)
{
	memset(r, 0, sizeof(*r));
	r->log = (struct log){ open_memstream(&r->said, &r->said_n), level, true, log_time };
	r->in = (struct intake){ .suffixes = suffixes, .log = &r->log, .at = AT };
	r->in.sink = (struct intake_sink){ &r->t, on_name, on_page, on_record, on_source };
}

static int read_path(struct reading *r, const char *path, struct err *err)
{
	int rc = intake_path(&r->in, path, err);

	fflush(r->log.out);
	return rc;
}

static void read_end(struct reading *r)
{
	fclose(r->log.out);
	free(r->said);
	buf_release(&r->t.text);
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

/* ---- what a path says ---- */

static void test_a_capture_tree_is_told_by_its_path(void **state)
{
	static const struct {
		const char *path, *url, *at, *vantage;
	} rows[] = {
		{ "shop.example/2026-10-20T155927Z@jp-desktop/index.html", "https://shop.example/",
		  "2026-10-20T15:59:27Z", "jp-desktop" },
		{ "a/b/shop.example/2026-10-20/item/index.html", "https://shop.example/item/",
		  "2026-10-20T00:00:00Z", "local" },
		{ "/abs/shop.example/2026-10-20T000000Z/a/b.html", "https://shop.example/a/b.html",
		  "2026-10-20T00:00:00Z", "local" },
		{ "sites/shop.example/2026-10-20/myindex.html", "https://shop.example/myindex.html",
		  "2026-10-20T00:00:00Z", "local" },
		{ "shop.example/2026-10-20/p.html?id=3", "https://shop.example/p.html?id=3",
		  "2026-10-20T00:00:00Z", "local" },
		{ "shop.example/2026-10-20/a#b c.html", "https://shop.example/a%23b%20c.html",
		  "2026-10-20T00:00:00Z", "local" },
		{ "薬局.example/2026-10-20/x.html", "https://xn--59jr11h.example/x.html", NULL,
		  NULL },
		{ "shop.example/2026-10-20/", NULL, NULL, NULL },
		{ "shop.example/2026-10-20", NULL, NULL, NULL },
		{ "backup/2026-10-20/x.html", NULL, NULL, NULL },
		{ "backup./2026-10-20/x.html", NULL, NULL, NULL },
		{ "shop.example/2026-10-32/x.html", NULL, NULL, NULL },
		{ "shop.example/2026-10-20T155927/x.html", NULL, NULL, NULL },
		{ "shop.example/2026-10-20T256000Z/x.html", NULL, NULL, NULL },
		{ "shop.example/2026-10-20@/x.html", NULL, NULL, NULL },
		{ "shop.example/2026-10-20@a b/x.html", NULL, NULL, NULL },
		{ "no name.example/2026-10-20/x.html", NULL, NULL, NULL },
		{ "2026-10-20/x.html", NULL, NULL, NULL },
		{ "", NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct intake_capture c = { 0 };
		struct arena arena = { 0 };
		struct buf url = { 0 };
		struct url parsed;
		char at[TIMESTAMP_SIZE];
		bool is = intake_capture_of(slice_str(rows[i].path), &c);

		CHECK_INT(i, rows[i].path, is, rows[i].url != NULL);
		if (!is || !rows[i].url)
			continue;
		intake_capture_url(&c, &url);
		ASSERT_OK(url_parse(buf_slice(&url), &arena, &parsed, err));
		if (rows[i].at) {
			CHECK_SLICE(i, rows[i].path, parsed.text, slice_str(rows[i].url));
			timestamp_format(c.at, at);
			CHECK_SLICE(i, rows[i].path, slice_str(at), slice_str(rows[i].at));
			CHECK_SLICE(i, rows[i].path, c.vantage, slice_str(rows[i].vantage));
		} else {
			CHECK_INT(i, rows[i].path, slice_starts(parsed.text, SLICE("https://xn--")),
			          1);
		}
		buf_release(&url);
		arena_release(&arena);
	}
	check_done();
}

static void test_the_name_of_a_file_tells_its_form(void **state)
{
	static const struct {
		const char *name;
		enum intake_form want;
	} rows[] = {
		{ "index.html", FORM_HTML },    { "Index.HTM", FORM_HTML },
		{ "item.php", FORM_HTML },      { "a.jsonl", FORM_LINES },
		{ "crawl.warc.gz", FORM_WARC }, { "crawl.warc", FORM_WARC },
		{ "lookup.c", FORM_NOTES },
		{ "README.md", FORM_NOTES },    { "assay.yaml", FORM_NOTES },
		{ "expected.tsv", FORM_NOTES }, { "innocents.tsv", FORM_NOTES },
		{ "other.tsv", FORM_UNKNOWN },  { ".hidden", FORM_NOTES },
		{ "names.txt~", FORM_NOTES },   { "names.txt", FORM_PLAIN },
		{ "logo.PNG", FORM_ASSET },     { "style.css", FORM_ASSET },
		{ "feed.csv", FORM_UNKNOWN },   { "names", FORM_UNKNOWN },
		{ "", FORM_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].name, intake_form_of_name(slice_str(rows[i].name)),
		          rows[i].want);
	check_done();
}

static void test_the_first_bytes_tell_a_form(void **state)
{
	static const struct {
		struct slice head;
		enum intake_form want;
		const char *binary;
	} rows[] = {
		{ { "<!DOCTYPE HTML>", 15 }, FORM_HTML, NULL },
		{ { "\xef\xbb\xbf \n<html>", 11 }, FORM_HTML, NULL },
		{ { "<!-- saved", 10 }, FORM_HTML, NULL },
		{ { "WARC/1.1\r\n", 10 }, FORM_WARC, NULL },
		{ { "\x1f\x8b\x08", 3 }, FORM_WARC, NULL },
		{ { "pills.example\n", 14 }, FORM_UNKNOWN, NULL },
		{ { "pills\0.example\n", 15 }, FORM_UNKNOWN, NULL },
		{ { "\x1b$B@\x1b(B\n", 8 }, FORM_UNKNOWN, NULL },
		{ { "\x89PNG\r\n\x1a\n", 8 }, FORM_UNKNOWN, "a PNG image" },
		{ { "\0\1\2\3ab", 6 }, FORM_UNKNOWN, "a binary file" },
		{ { "\xff\xfe"
		    "a\0",
		    4 },
		  FORM_UNKNOWN,
		  "UTF-16 text (save it as UTF-8)" },
		{ { "", 0 }, FORM_UNKNOWN, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *binary;
		CHECK_INT(i, rows[i].head.p, intake_form_of_bytes(rows[i].head, &binary),
		          rows[i].want);
		CHECK_SLICE(i, rows[i].head.p, slice_str(binary), slice_str(rows[i].binary));
	}
	check_done();
}

static void test_the_site_of_a_row(void **state)
{
	static const struct {
		const char *site, *want;
	} rows[] = {
		{ "shop.example", "registrable shop.example" },
		{ "WWW.Shop.Example.", "registrable shop.example" },
		{ "a.shops.example", "host a.shops.example" },
		{ "blogspot.com", "registrable blogspot.com" },
		{ "192.0.2.7", "ip 192.0.2.7" },
		{ "https://charity.example/shop/", "url https://charity.example/shop/" },
		{ "https://www.charity.example/", "registrable charity.example" },
		{ "gh:Some+Shop", "host gh-some-shop.invalid" },
		{ "truemeds-engine", "host truemeds-engine.invalid" },
		{ "gh:A/b-1", "host gh-a-b-1.invalid" },
		{ "--x--", "host x.invalid" },
		{ "", NULL },
		{ " ", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct subject s;
		struct err why = { 0 };
		int rc = intake_site(slice_str(rows[i].site), suffixes, &arena, &s, &why);

		CHECK_INT(i, rows[i].site, rc, rows[i].want ? 0 : ERR_SYNTAX);
		if (rc == 0 && rows[i].want) {
			char got[200];
			snprintf(got, sizeof(got), "%s %.*s", subject_kind_name(s.kind),
			         SLICE_ARG(s.key));
			CHECK_SLICE(i, rows[i].site, slice_str(got), slice_str(rows[i].want));
		}
		arena_release(&arena);
	}
	check_done();
}

static void test_words_that_differ_are_sites_that_differ(void **state)
{
	struct arena arena = { 0 };
	struct subject a, b, c, d;
	char longer[200];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	ASSERT_OK(intake_site(slice_from(longer, 150), suffixes, &arena, &a, err));
	ASSERT_OK(intake_site(slice_from(longer, 151), suffixes, &arena, &b, err));
	ASSERT_OK(intake_site(SLICE("薬"), suffixes, &arena, &c, err));
	ASSERT_OK(intake_site(SLICE("局"), suffixes, &arena, &d, err));
	assert_false(slice_eq(a.key, b.key));
	assert_false(slice_eq(c.key, d.key));
	/* Keys that a record may carry. */
	assert_true(dname_is_canonical(a.key));
	assert_true(dname_is_canonical(c.key));
	arena_release(&arena);
}

/* ---- lines ---- */

static void test_lines_become_names_records_and_pages(void **state)
{
	static const struct {
		const char *why, *line, *want;
	} rows[] = {
		{ "a name, in any spelling", "WWW.Pills.Example.", "name www.pills.example f:1\n" },
		{ "a hosts line", "0.0.0.0 a.example b.example",
		  "name a.example f:1\nname b.example f:1\n" },
		{ "an address is no name", "192.0.2.1", "" },
		{ "a comment", "# x.example", "" },
		{ "a certificate log with a fraction, which records may not have",
		  "{\"data\":{\"seen\":1.5,\"leaf_cert\":{\"all_domains\":[\"*.a.example\"]}}}",
		  "name a.example f:1\n" },
		{ "a page row", "{\"url\":\"https://www.shop.example/a\",\"text\":\"caf\\u00e9\"}",
		  "page https://www.shop.example/a registrable:shop.example 2026-09-21T14:13:20Z? "
		  "@local text/plain 5 f:1\n" },
		{ "a page row with everything",
		  "{\"url\":\"http://X.example\",\"text\":\"\",\"site\":\"gh:A\",\"at\":"
		  "\"2026-01-02T03:04:05Z\",\"vantage\":\"jp-mobile\",\"language\":\"ja\","
		  "\"label\":"
		  "\"rogue\"}",
		  "page http://x.example/ host:gh-a.invalid 2026-01-02T03:04:05Z @jp-mobile "
		  "text/plain 0 f:1\n" },
		{ "a page row whose site is null",
		  "{\"url\":\"http://x.example\",\"text\":\"t\",\"site\":null}",
		  "page http://x.example/ registrable:x.example 2026-09-21T14:13:20Z? @local "
		  "text/plain 1 f:1\n" },
		{ "a record",
		  "{\"type\":\"observation\",\"v\":1,\"what\":\"change\",\"subject\":{\"kind\":"
		  "\"registrable\",\"key\":\"x.example\"},\"at\":\"2026-10-01T00:00:00Z\",\"src\":"
		  "\"dns:demo\",\"change\":{}}",
		  "record observation registrable:x.example f:1\n" },
		{ "a record behind a byte order mark, with CR LF",
		  "\xef\xbb\xbf{\"type\":\"future\",\"v\":9,\"at\":\"2026-10-01T00:00:00Z\","
		  "\"src\":\"x\"}\r\n",
		  "record future : f:1\n" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct reading r;
		put_file("f", slice_str(rows[i].line));
		read_begin(&r, LEVEL_WARNING);
		ASSERT_OK(read_path(&r, at_scratch("f"), err));
		CHECK_SLICE(i, rows[i].why, buf_slice(&r.t.text), slice_str(rows[i].want));
		CHECK_SLICE(i, rows[i].why, slice_str(r.said), SLICE(""));
		read_end(&r);
	}
	check_done();
}

#define RECORD_HEAD                                                                                \
	"{\"type\":\"observation\",\"v\":1,\"what\":\"other\",\"at\":\"2026-10-01T00:00:00Z\","

static void test_what_is_bad_is_named_and_the_rest_is_read(void **state)
{
	/* Each file holds what is said and then, where it is lines, the name ok.example. */
	static const struct {
		const char *why, *name;
		struct slice bytes;
		int lines, files, names;
		const char *said;
	} rows[] = {
		{ "an empty file", "f", SLICE(""), 0, 1, 0, "the file is empty (file f)" },
		{ "a file that is one line end", "f", SLICE("\n"), 0, 0, 0, "" },
		{ "a NUL in a name", "f", SLICE("a\0b.example\nok.example\n"), 1, 0, 1, "line 1)" },
		{ "bytes that are not UTF-8", "f", SLICE("ok.example\n\xff\xfe\xfd.example\n"), 1,
		  0, 1, "line 2)" },
		{ "invalid punycode", "f", SLICE("xn--\xc3\xa9.example\nok.example\n"), 1, 0, 1,
		  "line 1)" },
		{ "an A-label that does not decode", "f",
		  SLICE("xn--zz9zz9zz9.example\nok.example\n"), 1, 0, 1, "line 1)" },
		{ "not JSON", "f.jsonl", SLICE("{\"type\":\nok.example\n"), 1, 0, 1, "line 1)" },
		{ "a page row without text is no line of a list", "f.jsonl",
		  SLICE("{\"url\":\"https://x.example/\"}\nok.example\n"), 1, 0, 1, "line 1)" },
		{ "a page row whose address is none", "f.jsonl",
		  SLICE("{\"url\":\"nonsense\",\"text\":\"x\"}\nok.example\n"), 1, 0, 1,
		  "line 1)" },
		{ "a page row whose text is a number", "f.jsonl",
		  SLICE("{\"url\":\"https://x.example\",\"text\":3}\nok.example\n"), 1, 0, 1,
		  "page row: " },
		{ "a page row whose site is a list", "f.jsonl",
		  SLICE("{\"url\":\"https://x.example\",\"text\":\"x\",\"site\":[]}\nok.example\n"),
		  1, 0, 1, "site is not a string" },
		{ "a page row of no day", "f.jsonl",
		  SLICE("{\"url\":\"https://x.example\",\"text\":\"x\",\"at\":\"2026-02-30\"}\n"
		        "ok.example\n"),
		  1, 0, 1, "page row: " },
		{ "a page row of an odd vantage", "f.jsonl",
		  SLICE("{\"url\":\"https://x.example\",\"text\":\"x\",\"vantage\":\"a b\"}\n"
		        "ok.example\n"),
		  1, 0, 1, "vantage is no word" },
		{ "a record about a name that is not canonical", "f.jsonl",
		  SLICE(RECORD_HEAD "\"src\":\"x\",\"subject\":{\"kind\":\"registrable\",\"key\":"
		                    "\"X.example\"}}\nok.example\n"),
		  1, 0, 1, "line 1)" },
		{ "a record with a wrong id", "f.jsonl",
		  SLICE(RECORD_HEAD
		        "\"src\":\"x\",\"id\":\"0000000000000000000000000000000000000000"
		        "000000000000000000000000\",\"subject\":{\"kind\":\"registrable\","
		        "\"key\":\"x.example\"}}\nok.example\n"),
		  1, 0, 1, "line 1)" },
		{ "a record without src", "f.jsonl", SLICE(RECORD_HEAD "\"x\":1}\nok.example\n"), 1,
		  0, 1, "line 1)" },
		{ "a picture", "f", SLICE("\x89PNG\r\n\x1a\n"), 0, 1, 0, "a PNG image: neither" },
		{ "JSON lines that are a picture", "f.jsonl", SLICE("\x89PNG\r\n\x1a\n"), 0, 1, 0,
		  "a PNG image: neither" },
		{ "empty JSON lines", "f.jsonl", SLICE(""), 0, 1, 0, "the file is empty" },
		{ "a picture by its name", "f.png", SLICE("x"), 0, 1, 0, "no input of its own" },
		{ "a program", "f",
		  SLICE("\x7f"
		        "ELF\2\1\1\0\0\0\0\0"),
		  0, 1, 0, "a program: neither" },
		{ "UTF-16", "f",
		  SLICE("\xff\xfe"
		        "a\0.\0"),
		  0, 1, 0, "save it as UTF-8" },
		{ "a page without an address", "f.html", SLICE("<html><p>x"), 0, 1, 0,
		  "put it at HOST/YYYY-MM-DD/PATH" },
		{ "a page by its bytes", "f", SLICE("<!doctype html><p>x"), 0, 1, 0,
		  "a page without its address" },
		{ "an empty page", "f.html", SLICE(""), 0, 1, 0, "the file is empty" },
		{ "a picture that is called a page", "f.html", SLICE("GIF89a\1\0\1\0"), 0, 1, 0,
		  "(file f.html)" },
		{ "a picture in a capture", "x.example/2026-01-01/a.html", SLICE("GIF89a\1\0\1\0"),
		  0, 1, 0, "not a page: a GIF image" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct reading r;
		scratch_empty();
		put_file(rows[i].name, rows[i].bytes);
		read_begin(&r, LEVEL_WARNING);
		ASSERT_OK(read_path(&r, at_scratch(rows[i].name), err));
		CHECK_INT(i, rows[i].why, r.in.total.bad_lines, rows[i].lines);
		CHECK_INT(i, rows[i].why, r.in.total.bad_files, rows[i].files);
		CHECK_INT(i, rows[i].why, r.in.total.names, rows[i].names);
		CHECK_INT(i, rows[i].why, r.in.total.pages, 0);
		CHECK_INT(i, rows[i].why, r.in.total.records, 0);
		if (!strstr(r.said, rows[i].said) ||
		    count_of(r.said, "\n") != (size_t)(rows[i].lines + rows[i].files))
			CHECK_SLICE(i, rows[i].why, slice_str(r.said), slice_str(rows[i].said));
		read_end(&r);
	}
	check_done();
}

static void test_lines_of_a_megabyte_and_more(void **state)
{
	struct buf text = { 0 };
	struct reading r;

	(void)state;
	for (int i = 0; i < (1 << 20) + 10; i++)
		buf_putc(&text, 'a');
	buf_puts(&text, ".example\nok.example\n");
	for (int i = 0; i < RECORD_LINE_MAX + 1; i++)
		buf_putc(&text, '{');
	buf_puts(&text, "\nok2.example\n");
	assert_true(buf_ok(&text));
	put_file("f", buf_slice(&text));
	read_begin(&r, LEVEL_WARNING);
	ASSERT_OK(read_path(&r, at_scratch("f"), err));
	assert_string_equal(buf_str(&r.t.text), "name ok.example f:2\nname ok2.example f:4\n");
	assert_int_equal(r.in.total.bad_lines, 2);
	assert_non_null(strstr(r.said, "line 1)"));
	assert_non_null(strstr(r.said, "the line is longer than 16777216 bytes (file f, line 3)"));
	read_end(&r);
	buf_release(&text);
}

static void test_ten_bad_lines_are_named_and_all_are_counted(void **state)
{
	struct buf text = { 0 };
	struct reading r;

	(void)state;
	for (int i = 0; i < 25; i++)
		buf_puts(&text, "bad..name.example\nok.example\n");
	put_file("f", buf_slice(&text));
	put_file("g", SLICE("bad..name.example\n"));
	read_begin(&r, LEVEL_WARNING);
	ASSERT_OK(read_path(&r, at_scratch("f"), err));
	ASSERT_OK(read_path(&r, at_scratch("g"), err));
	assert_int_equal(r.in.total.bad_lines, 26);
	assert_int_equal(r.in.total.names, 25);
	assert_int_equal(count_of(r.said, "(file f, line "), 10);
	assert_int_equal(count_of(r.said, "\n"), 11);
	assert_non_null(strstr(r.said, "line 19)"));
	assert_non_null(strstr(r.said, "only counted"));
	intake_log_totals(&r.in);
	fflush(r.log.out);
	assert_non_null(strstr(r.said, "warning: read, but not all (files 2, names 25, pages 0, "
	                               "records 0, bad_lines 26, bad_files 0, skipped 0)"));
	read_end(&r);
	buf_release(&text);
}

/* ---- pages ---- */

static void test_the_address_of_a_saved_page(void **state)
{
	static const struct {
		const char *why, *html, *url;
	} rows[] = {
		{ "as the saving browser noted it",
		  "<!DOCTYPE html>\n<!-- saved from url=(0023)https://shop.example/a -->\n"
		  "<html><p>x",
		  "https://shop.example/a" },
		{ "its canonical link",
		  "<html><head><link rel=\"canonical\" href=\"https://shop.example/b\"></head><p>x",
		  "https://shop.example/b" },
		{ "the browser's word before the page's own",
		  "<!DOCTYPE html>\n<!-- saved from url=(0023)https://shop.example/a -->\n"
		  "<html><head>"
		  "<link rel=\"canonical\" href=\"https://bank.example/\"></head><p>x",
		  "https://shop.example/a" },
		{ "in UTF-16", NULL, "https://shop.example/u" },
		{ "a relative canonical link says nothing",
		  "<html><head><link rel=\"canonical\" href=\"/b\"></head><p>x", NULL },
	};

	(void)state;
	scratch_empty();
	for (size_t i = 0; i < ROWS(rows); i++) {
		char want[300] = "";
		struct reading r;
		struct slice html = slice_str(rows[i].html);
		if (!rows[i].html)
			html = SLICE("\xff\xfe<\0l\0i\0n\0k\0 \0r\0e\0l\0=\0c\0a\0n\0o\0n\0i\0c\0"
			             "a\0l\0 \0h\0r\0e\0f\0=\0h\0t\0t\0p\0s\0:\0/\0/\0s\0h\0o\0"
			             "p\0.\0e\0x\0a\0m\0p\0l\0e\0/\0u\0>\0");
		put_file("p.html", html);
		read_begin(&r, LEVEL_WARNING);
		ASSERT_OK(read_path(&r, at_scratch("p.html"), err));
		if (rows[i].url)
			snprintf(want, sizeof(want),
			         "page %s registrable:shop.example 2026-09-09T09:09:09Z? @local "
			         "text/html %zu p.html\n",
			         rows[i].url, html.n);
		CHECK_SLICE(i, rows[i].why, buf_slice(&r.t.text), slice_str(want));
		CHECK_INT(i, rows[i].why, r.in.total.bad_files, rows[i].url == NULL);
		read_end(&r);
	}
	check_done();
}

static void test_a_page_in_a_tree_is_not_believed_about_its_address(void **state)
{
	struct reading r;

	(void)state;
	scratch_empty();
	put_file("rogue.example/2026-01-02T030405Z@us-mobile/index.html",
	         SLICE("<!-- saved from url=(0021)https://bank.example/ --><link rel=canonical "
	               "href=https://bank.example/>"));
	read_begin(&r, LEVEL_WARNING);
	ASSERT_OK(read_path(&r, scratch, err));
	assert_string_equal(buf_str(&r.t.text),
	                    "page https://rogue.example/ registrable:rogue.example "
	                    "2026-01-02T03:04:05Z @us-mobile text/html 98 "
	                    "rogue.example/2026-01-02T030405Z@us-mobile/index.html\n");
	read_end(&r);
}

static void test_a_folder_is_read_in_the_order_of_names(void **state)
{
	static const char *want =
		"page https://b.example/ registrable:b.example 2026-01-01T00:00:00Z @local "
		"text/html 0 sites/b.example/2026-01-01/index.html\n"
		"page https://b.example/robots.txt registrable:b.example 2026-01-01T00:00:00Z "
		"@local text/plain 1 sites/b.example/2026-01-01/robots.txt\n"
		"page https://x.shops.example/a/ host:x.shops.example 2026-01-01T00:00:00Z @local "
		"text/html 3 sites/x.shops.example/2026-01-01/a/index.html\n"
		"name pills.example z-names:1\n";
	struct reading r;

	(void)state;
	scratch_empty();
	put_file("z-names", SLICE("pills.example\n"));
	put_file("sites/x.shops.example/2026-01-01/a/index.html", SLICE("<p>"));
	put_file("sites/b.example/2026-01-01/robots.txt", SLICE("x"));
	put_file("sites/b.example/2026-01-01/index.html", SLICE(""));
	put_file("sites/b.example/2026-01-01/logo.png", SLICE("\x89PNG"));
	put_file("sites/b.example/2026-01-01/.index.swp", SLICE("x"));
	put_file("README.md", SLICE("pharmacy.example is a name, but not here"));
	put_file("assay.yaml", SLICE("store: x\n"));
	put_file("expected.tsv", SLICE("x.example\tJP\n"));
	read_begin(&r, LEVEL_DEBUG);
	ASSERT_OK(read_path(&r, scratch, err));
	assert_string_equal(buf_str(&r.t.text), want);
	assert_int_equal(r.in.total.skipped, 5);
	assert_int_equal(r.in.total.files, 4);
	assert_int_equal(r.in.total.pages, 3);
	assert_int_equal(r.in.total.names, 1);
	assert_int_equal(r.in.total.suspects, 1);
	assert_int_equal(r.in.total.bad_files, 0);
	assert_non_null(strstr(r.said, "debug: skipped (file README.md, why notes)"));
	assert_null(strstr(buf_str(&r.t.text), scratch));
	read_end(&r);
	/* Somebody who names such a file wants it read. */
	read_begin(&r, LEVEL_WARNING);
	ASSERT_OK(read_path(&r, at_scratch("expected.tsv"), err));
	assert_int_equal(r.in.total.skipped, 0);
	assert_int_equal(r.in.total.names, 1);
	read_end(&r);
	/* From inside of the tree the path still tells. */
	read_begin(&r, LEVEL_WARNING);
	ASSERT_OK(read_path(&r, at_scratch("sites/x.shops.example/2026-01-01/a"), err));
	assert_string_equal(buf_str(&r.t.text),
	                    "page https://x.shops.example/a/ host:x.shops.example "
	                    "2026-01-01T00:00:00Z @local text/html 3 index.html\n");
	read_end(&r);
}

static void test_a_path_that_cannot_be_read_is_told(void **state)
{
	struct reading r;
	struct err why = { 0 };
	uint64_t bytes = 7;

	(void)state;
	scratch_empty();
	put_file("names", SLICE("pills.example\n"));
	put_file("more/names", SLICE("a.example\n"));
	assert_int_equal(symlink("nowhere", at_scratch("dangling")), 0);
	assert_int_equal(symlink(".", at_scratch("more/loop")), 0);
	assert_int_equal(symlink("more", at_scratch("by-link")), 0);
	assert_int_equal(symlink("names", at_scratch("more/names-by-link")), 0);
	read_begin(&r, LEVEL_WARNING);
	assert_int_equal(read_path(&r, at_scratch("missing"), &why), ERR_NOTFOUND);
	assert_non_null(strstr(why.what, "no such file or folder"));
	assert_int_equal(intake_size(at_scratch("missing"), &bytes, &why), ERR_NOTFOUND);
	assert_int_equal(bytes, 7);
	assert_int_equal(r.t.text.n, 0);
	ASSERT_OK(read_path(&r, scratch, err));
	assert_non_null(strstr(r.said, "not a file (file dangling)"));
	assert_non_null(strstr(r.said, "a link to a folder: give that folder itself "
	                               "(file more/loop)"));
	assert_non_null(strstr(buf_str(&r.t.text), "name pills.example names:1\n"));
	assert_int_equal(r.in.total.bad_files, 3);
	assert_non_null(strstr(buf_str(&r.t.text), "name a.example more/names-by-link:1\n"));
	read_end(&r);
	/* Given itself, a link is followed. */
	read_begin(&r, LEVEL_WARNING);
	ASSERT_OK(read_path(&r, at_scratch("by-link"), err));
	assert_non_null(strstr(buf_str(&r.t.text), "name a.example names:1\n"));
	read_end(&r);
	ASSERT_OK(intake_size(at_scratch("names"), &bytes, err));
	assert_int_equal(bytes, 14);
	ASSERT_OK(intake_size("-", &bytes, err));
	assert_int_equal(bytes, 0);
}

static void test_standard_input(void **state)
{
	static const struct {
		const char *why;
		struct slice bytes;
		const char *want, *said;
	} rows[] = {
		{ "names", SLICE("# x\na.example\n"), "name a.example standard input:2\n", "" },
		{ "records",
		  SLICE("{\"type\":\"x\",\"v\":1,\"at\":\"2026-10-01T00:00:00Z\",\"src\":\"y\"}"),
		  "record x : standard input:1\n", "" },
		{ "nothing", SLICE(""), "", "" },
		{ "a page", SLICE("<!doctype html>"), "", "a page: give it as a file" },
		{ "a WARC", SLICE("WARC/1.0\r\n"), "", "give it by its name" },
		{ "a picture", SLICE("\x89PNG\r\n"), "", "a PNG image" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct reading r;
		put_file("in", rows[i].bytes);
		int saved = dup(STDIN_FILENO), fd = open(at_scratch("in"), O_RDONLY);
		dup2(fd, STDIN_FILENO);
		read_begin(&r, LEVEL_WARNING);
		struct err why = { 0 };
		int rc = read_path(&r, "-", &why);
		dup2(saved, STDIN_FILENO);
		close(saved);
		close(fd);
		CHECK_INT(i, rows[i].why, rc, 0);
		CHECK_SLICE(i, rows[i].why, buf_slice(&r.t.text), slice_str(rows[i].want));
		if (!strstr(r.said, rows[i].said) || (r.said_n > 0) != (*rows[i].said != 0))
			CHECK_SLICE(i, rows[i].why, slice_str(r.said), slice_str(rows[i].said));
		read_end(&r);
	}
	check_done();
}

static void test_a_sink_that_refuses_an_item_or_everything(void **state)
{
	struct reading r;
	struct err why = { 0 };

	(void)state;
	put_file("f", SLICE("a.example\nb.example\nc.example\n"));
	read_begin(&r, LEVEL_WARNING);
	r.t.fail_at = 2;
	r.t.fail_with = ERR_LIMIT;
	ASSERT_OK(read_path(&r, at_scratch("f"), err));
	assert_int_equal(r.t.items, 3);
	assert_int_equal(r.in.total.bad_lines, 1);
	assert_non_null(strstr(r.said, "the sink says no (file f, line 2)"));
	read_end(&r);
	read_begin(&r, LEVEL_WARNING);
	r.t.fail_at = 2;
	r.t.fail_with = ERR_IO;
	assert_int_equal(read_path(&r, at_scratch("f"), &why), ERR_IO);
	assert_string_equal(why.what, "the sink says no");
	assert_int_equal(r.t.items, 2);
	read_end(&r);
	/* Nobody wants anything: it is counted all the same. */
	read_begin(&r, LEVEL_WARNING);
	r.in.sink = (struct intake_sink){ 0 };
	ASSERT_OK(read_path(&r, at_scratch("f"), err));
	assert_int_equal(r.in.total.names, 3);
	read_end(&r);
}

/* ---- WARC ---- */

static void put_response(struct buf *out, const char *uri, const char *http, bool gzip)
{
	ASSERT_OK(warc_write_response(sink_to_buf(out), slice_str(uri), AT, slice_str(http), gzip,
	                              err));
}

/* What store/archive.h writes: revisits, documents of renderings, answers of the DNS. */
static void test_revisits_have_the_payload_of_what_they_refer_to(void **state)
{
	static const struct {
		enum warc_type type;
		const char *uri, *content_type, *block;
		int refers_to; /* row; -1: none, -2: one that is not here */
	} rows[] = {
		{ WARC_WARCINFO, "", "application/warc-fields", "a: b\r\n", -1 },
		{ WARC_RESOURCE, "dns:a.example?type=A", "application/dns-message", "\x12\x34", -1 },
		{ WARC_RESPONSE, "https://a.example/", "application/http; msgtype=response",
		  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n"
		  "3\r\n<p>\r\n3\r\none\r\n0\r\n\r\n", -1 },
		{ WARC_REVISIT, "https://b.example/", "application/http; msgtype=response",
		  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", 2 },
		{ WARC_REVISIT, "https://c.example/", "application/http; msgtype=response",
		  "HTTP/1.1 503 No\r\nContent-Type: text/html\r\n\r\n", 2 },
		{ WARC_REVISIT, "https://d.example/", "application/http; msgtype=response",
		  "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", -2 },
		{ WARC_RESOURCE, "urn:dom:https://e.example/x", "text/html", "<p>rendered", -1 },
		{ WARC_RESOURCE, "urn:view:https://e.example/x", "image/png", "PNG", -1 },
		{ WARC_REVISIT, "urn:view:https://e.example/y", "image/png", "", 7 },
		{ WARC_METADATA, "https://a.example/", "application/pem-certificate-chain", "x", -1 },
	};
	static const char *want[] = {
		"page https://a.example/ registrable:a.example 2026-09-21T14:13:20Z @local text/html 6 ",
		"page https://b.example/ registrable:b.example 2026-09-21T14:13:20Z @local text/html 6 ",
		"page https://e.example/x registrable:e.example 2026-09-21T14:13:20Z @local text/html 11 ",
	};
	char id[ROWS(rows)][WARC_ID_SIZE];
	struct buf file = { 0 };
	struct reading r;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf record = { 0 };
		struct warc_head head = { .type = rows[i].type, .uri = slice_str(rows[i].uri),
			                  .at_ms = AT * INT64_C(1000),
			                  .content_type = slice_str(rows[i].content_type) };
		if (rows[i].refers_to >= 0)
			head.refers_to = slice_str(id[rows[i].refers_to]);
		else if (rows[i].refers_to == -2)
			head.refers_to = SLICE("urn:uuid:00000000-0000-8000-8000-000000000000");
		ASSERT_OK(warc_put(&record, &head, slice_str(rows[i].block), id[i], NULL, err));
		ASSERT_OK(gzip_member(buf_slice(&record), &file, err));
		buf_release(&record);
	}
	put_file("kept.warc.gz", buf_slice(&file));
	read_begin(&r, LEVEL_WARNING);
	ASSERT_OK(read_path(&r, at_scratch("kept.warc.gz"), err));
	for (size_t i = 0; i < ROWS(want); i++)
		if (!strstr(buf_str(&r.t.text), want[i]))
			CHECK_SLICE(i, "page", buf_slice(&r.t.text), slice_str(want[i]));
	CHECK_INT(0, "pages", r.in.total.pages, ROWS(want));
	CHECK_INT(0, "skipped", r.in.total.skipped, ROWS(rows) - ROWS(want));
	CHECK_INT(0, "bad lines", r.in.total.bad_lines, 0);
	read_end(&r);
	buf_release(&file);
	check_done();
}

static void test_the_pages_of_an_archive(void **state)
{
	static const char resource[] =
		"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
		"WARC-Date: 2026-10-01T00:00:00Z\r\nWARC-Target-URI: https://b.example/t.txt\r\n"
		"Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nwords\r\n\r\n";
	static const char dns[] =
		"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:2>\r\n"
		"WARC-Date: 2026-10-01T00:00:00Z\r\nWARC-Target-URI: dns:b.example\r\n"
		"Content-Type: text/dns\r\nContent-Length: 1\r\n\r\nx\r\n\r\n";
	static const char no_http[] =
		"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:3>\r\n"
		"WARC-Date: 2026-10-01T00:00:00Z\r\nWARC-Target-URI: https://b.example/\r\n"
		"Content-Type: application/http\r\nContent-Length: 3\r\n\r\nxyz\r\n\r\n";
	static const char *want[] = {
		"page https://www.a.example/ registrable:a.example 2026-09-21T14:13:20Z @local "
		"text/html 4 ",
		"page https://a.example/untyped registrable:a.example 2026-09-21T14:13:20Z @local "
		"text/html 4 ",
		"page https://b.example/t.txt registrable:b.example 2026-10-01T00:00:00Z @local "
		"text/plain 5 ",
	};

	(void)state;
	for (int gzip = 0; gzip < 2; gzip++) {
		struct buf file = { 0 };
		struct reading r;
		const char *name = gzip ? "crawl.warc.gz" : "crawl";
		put_response(
			&file, "https://WWW.a.example",
			"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>1",
			gzip);
		put_response(&file, "https://a.example/gone",
		             "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>2", gzip);
		put_response(&file, "https://a.example/logo",
		             "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG", gzip);
		put_response(&file, "https://a.example/untyped", "HTTP/1.1 200 OK\r\n\r\n<p>3",
		             gzip);
		buf_puts(&file, resource);
		buf_puts(&file, dns);
		buf_puts(&file, no_http);
		put_file(name, buf_slice(&file));
		read_begin(&r, LEVEL_WARNING);
		ASSERT_OK(read_path(&r, at_scratch(name), err));
		for (size_t i = 0; i < ROWS(want); i++)
			if (!strstr(buf_str(&r.t.text), want[i]))
				CHECK_SLICE(i, name, buf_slice(&r.t.text), slice_str(want[i]));
		CHECK_INT(0, name, r.in.total.pages, 3);
		CHECK_INT(0, name, r.in.total.skipped, 3);
		CHECK_INT(0, name, r.in.total.bad_lines, 1);
		CHECK_INT(0, name, r.in.total.bad_files, 0);
		CHECK_INT(0, name, r.in.total.files, 1);
		if (!strstr(r.said, "record at ") || strstr(r.said, ", line "))
			CHECK_SLICE(0, name, slice_str(r.said), SLICE("record at "));
		read_end(&r);
		buf_release(&file);
	}
	check_done();
}

static void test_what_is_no_archive(void **state)
{
	static const struct {
		const char *name;
		struct slice bytes;
	} rows[] = {
		{ "names.gz", SLICE("\x1f\x8b\x08\0\0\0\0\0\0\xff+N*\xd0K\xadH\xcc-\xc8I\xe5\x02"
		                    "\0\x1b\xe6L\x85\x0c\0\0\0") },
		{ "crawl.warc", SLICE("pills.example\n") },
		{ "cut.warc", SLICE("WARC/1.0\r\nWARC-Type: resp") },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct reading r;
		put_file(rows[i].name, rows[i].bytes);
		read_begin(&r, LEVEL_WARNING);
		ASSERT_OK(read_path(&r, at_scratch(rows[i].name), err));
		CHECK_INT(i, rows[i].name, r.in.total.bad_files, 1);
		CHECK_INT(i, rows[i].name, r.in.total.pages + r.in.total.names, 0);
		if (!strstr(r.said, "no WARC file: "))
			CHECK_SLICE(i, rows[i].name, slice_str(r.said), SLICE("no WARC file: "));
		read_end(&r);
	}
	check_done();
}

/* ---- the examples and the real data ---- */

static void test_the_examples_are_read_whole(void **state)
{
	struct reading r;
	char command[1200];

	(void)state;
	read_begin(&r, LEVEL_WARNING);
	ASSERT_OK(read_path(&r, in_source("examples"), err));
	snprintf(command, sizeof(command), "find '%s' -type f | wc -l",
	         in_source("examples/sites"));
	assert_int_equal(r.in.total.pages, number_from(command));
	snprintf(command, sizeof(command), "cat '%s'/*.jsonl | wc -l", in_source("examples"));
	assert_int_equal(r.in.total.records, number_from(command));
	snprintf(command, sizeof(command), "grep -cv -e '^#' -e '^$' '%s'",
	         in_source("examples/names.txt"));
	assert_in_range(r.in.total.names, number_from(command) + 30, number_from(command) + 90);
	/* hosts.txt and feed.csv hold one bad line each, on purpose. */
	assert_int_equal(r.in.total.bad_lines, 2);
	assert_non_null(strstr(r.said, "(file lists/hosts.txt, line "));
	assert_non_null(strstr(r.said, "(file lists/feed.csv, line "));
	assert_int_equal(r.in.total.bad_files, 0);
	assert_null(strstr(buf_str(&r.t.text), "/work/"));
	assert_null(strstr(buf_str(&r.t.text), getenv("ASSAY_SOURCE")));
	read_end(&r);
}

static void test_the_real_page_rows_are_read_whole(void **state)
{
	struct reading r;
	char command[1200];
	const char *folder = in_source("../shared/data/pages");
	enum file_kind kind;

	(void)state;
	ASSERT_OK(file_kind_of(folder, &kind, err));
	if (kind != FILE_DIRECTORY)
		skip();
	read_begin(&r, LEVEL_WARNING);
	ASSERT_OK(read_path(&r, folder, err));
	snprintf(command, sizeof(command), "cat '%s'/*.jsonl | wc -l", folder);
	assert_int_equal(r.in.total.pages, number_from(command));
	assert_int_equal(r.in.total.bad_lines, 0);
	assert_int_equal(r.in.total.bad_files, 0);
	assert_non_null(strstr(buf_str(&r.t.text), " host:truemeds-engine.invalid "));
	read_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_capture_tree_is_told_by_its_path),
		cmocka_unit_test(test_the_name_of_a_file_tells_its_form),
		cmocka_unit_test(test_the_first_bytes_tell_a_form),
		cmocka_unit_test(test_the_site_of_a_row),
		cmocka_unit_test(test_words_that_differ_are_sites_that_differ),
		cmocka_unit_test(test_lines_become_names_records_and_pages),
		cmocka_unit_test(test_what_is_bad_is_named_and_the_rest_is_read),
		cmocka_unit_test(test_lines_of_a_megabyte_and_more),
		cmocka_unit_test(test_ten_bad_lines_are_named_and_all_are_counted),
		cmocka_unit_test(test_the_address_of_a_saved_page),
		cmocka_unit_test(test_a_page_in_a_tree_is_not_believed_about_its_address),
		cmocka_unit_test(test_a_folder_is_read_in_the_order_of_names),
		cmocka_unit_test(test_a_path_that_cannot_be_read_is_told),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_a_sink_that_refuses_an_item_or_everything),
		cmocka_unit_test(test_revisits_have_the_payload_of_what_they_refer_to),
		cmocka_unit_test(test_the_pages_of_an_archive),
		cmocka_unit_test(test_what_is_no_archive),
		cmocka_unit_test(test_the_examples_are_read_whole),
		cmocka_unit_test(test_the_real_page_rows_are_read_whole),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

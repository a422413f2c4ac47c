#include "scratch.h"

#include "base/sink.h"
#include "cmd/casefile.h"
#include "cmd/intake.h"
#include "cmd/intake_memory.h"
#include "cmd/intake_store.h"
#include "wire/timestamp.h"
#include "wire/warc.h"
#include "wire/warc_writer.h"

#define AT 1790000000 /* 2026-09-21T14:13:20Z */

/* ---- reading into a store and into memory ---- */

struct taken {
	struct store *store;
	struct intake_store to;
	struct intake in;
	int others;
};

static int on_other(void *ctx, const struct record *r, const struct intake_where *w,
                    struct err *err)
{
	struct taken *t = ctx;

	(void)r;
	(void)w;
	(void)err;
	t->others++;
	return 0;
}

static int on_name(void *ctx, struct slice name, const struct intake_where *w, struct err *err)
{
	(void)ctx;
	(void)w;
	(void)err;
	return slice_starts(name, SLICE("pill"));
}

static void take_begin(struct taken *t, int64_t at)
{
	memset(t, 0, sizeof(*t));
	ASSERT_OK(store_open(at_scratch("store"), STORE_WRITE | STORE_CREATE, "test", &t->store,
	                     err));
	t->to = (struct intake_store){
		.store = t->store, .at = at, .name = on_name, .other = on_other, .ctx = t
	};
	t->in = (struct intake){ .suffixes = suffixes, .at = at };
	ASSERT_OK(intake_to_store(&t->to, &t->in.sink, err));
}

static void take_end(struct taken *t)
{
	intake_store_release(&t->to);
	store_close(t->store);
}

static int64_t records_in(struct store *s)
{
	int64_t n = -1;

	ASSERT_OK(store_count_records(s, SLICE(""), &n, err));
	return n;
}

/* All that an assessment could see of a case file, as text. */
static void dump(const struct casefile *c, struct buf *out)
{
	char hex[SHA256_HEX], at[TIMESTAMP_SIZE];

	buf_printf(out, "%s %.*s\n", subject_kind_name(c->subject.kind), SLICE_ARG(c->subject.key));
	for (size_t i = 0; i < c->period_n; i++)
		buf_printf(out, "known period %lld\n", (long long)c->period[i]);
	for (size_t i = 0; i < c->n; i++) {
		const struct site *s = &c->site[i];
		sha256_hex(c->digest[i], hex);
		buf_printf(out, " site period %lld captures %zu digest %s\n",
		           s->has_period ? (long long)s->period : -1, s->captures, hex);
		for (size_t k = 0; k < s->page_n; k++) {
			const struct site_page *p = &s->page[k];
			timestamp_format(p->at, at);
			sha256_hex(p->evidence, hex);
			buf_printf(out, "  %.*s %.*s %s %.*s %u %s", SLICE_ARG(p->url),
			           SLICE_ARG(p->path), at, SLICE_ARG(p->vantage), p->capture, hex);
			sha256_hex(p->text, hex);
			buf_printf(out, " %s %zu %s\n", hex, p->page->block_n, p->page->charset);
		}
	}
	for (size_t i = 0; i < c->unreadable_n; i++) {
		const struct casefile_unreadable *u = &c->unreadable[i];
		buf_printf(out, " unreadable %.*s: %.*s\n", SLICE_ARG(u->url),
		           SLICE_ARG(u->reason));
	}
}

static void dump_registers(const struct registers *r, struct buf *out)
{
	char hex[SHA256_HEX];

	sha256_hex(r->digest, hex);
	buf_printf(out, "registers %s\n", hex);
	for (size_t i = 0; i < r->n; i++) {
		const struct register_row *row = &r->row[i];
		sha256_hex(row->record, hex);
		buf_printf(out, " %s %.*s|%.*s|%.*s|%.*s|%.*s|%d", hex, SLICE_ARG(row->authority),
		           SLICE_ARG(row->country), SLICE_ARG(row->number), SLICE_ARG(row->name),
		           SLICE_ARG(row->kind), row->active);
		for (size_t k = 0; k < row->domain_n; k++)
			buf_printf(out, " %.*s", SLICE_ARG(row->domain[k]));
		for (size_t k = 0; k < row->serves_n; k++)
			buf_printf(out, " >%.*s", SLICE_ARG(row->serves[k]));
		buf_putc(out, '\n');
	}
}

struct from_store {
	struct store *store;
	struct buf out;
	size_t subjects, pages, unreadable;
};

static int dump_subject(void *ctx, struct subject subject, struct err *err)
{
	struct from_store *f = ctx;
	struct arena arena = { 0 };
	struct casefile c;
	int rc = casefile_load(f->store, subject, suffixes, &arena, &c, err);

	if (rc == 0) {
		dump(&c, &f->out);
		f->subjects++;
		f->unreadable += c.unreadable_n;
		for (size_t i = 0; i < c.n; i++)
			f->pages += c.site[i].page_n;
	}
	arena_release(&arena);
	return rc;
}

/* Everything that a store gives to assessments. */
static void dump_store(struct store *s, struct from_store *f)
{
	struct arena arena = { 0 };
	struct registers registers;

	*f = (struct from_store){ .store = s };
	ASSERT_OK(casefile_subjects(s, dump_subject, f, err));
	ASSERT_OK(registers_load(s, suffixes, &arena, &registers, err));
	dump_registers(&registers, &f->out);
	arena_release(&arena);
}

/* The same of what is read into memory. */
static void dump_memory(const char *path, struct buf *out)
{
	struct arena arena = { 0 };
	struct intake_memory m = { .suffixes = suffixes, .arena = &arena };
	struct intake in = { .suffixes = suffixes, .at = AT };
	struct casefile *cases;
	struct registers registers;
	size_t n;

	ASSERT_OK(intake_to_memory(&m, &in.sink, err));
	ASSERT_OK(intake_path(&in, path, err));
	ASSERT_OK(intake_memory_cases(&m, &cases, &n, &registers, err));
	for (size_t i = 0; i < n; i++)
		dump(&cases[i], out);
	dump_registers(&registers, out);
	intake_memory_release(&m);
	arena_release(&arena);
}

/* ---- the examples ---- */

static void test_every_page_of_the_examples_is_readable(void **state)
{
	struct taken t;
	struct from_store f;
	char command[1200];

	(void)state;
	scratch_empty();
	take_begin(&t, AT);
	ASSERT_OK(intake_path(&t.in, in_source("examples"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	dump_store(t.store, &f);
	snprintf(command, sizeof(command), "ls '%s' | wc -l", in_source("examples/sites"));
	assert_int_equal(f.subjects, number_from(command));
	snprintf(command, sizeof(command), "find '%s' -type f | wc -l",
	         in_source("examples/sites"));
	assert_int_equal(f.pages, number_from(command));
	assert_int_equal(f.unreadable, 0);
	assert_non_null(strstr(buf_str(&f.out), "host honey.shops.example\n"));
	assert_non_null(strstr(buf_str(&f.out), "registrable shops.example\n"));
	/* Decisions and corrections have rules of their own: they went to the caller. */
	snprintf(command, sizeof(command), "wc -l < '%s'", in_source("examples/decisions.jsonl"));
	assert_int_equal(t.others, number_from(command));
	buf_release(&f.out);
	take_end(&t);
}

static void test_reading_again_adds_nothing(void **state)
{
	struct taken t;
	struct from_store first, second;

	(void)state;
	take_begin(&t, AT + 86400);
	int64_t before = records_in(t.store);
	assert_true(before > 300);
	dump_store(t.store, &first);
	ASSERT_OK(intake_path(&t.in, in_source("examples"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	assert_int_equal(t.to.new_records, 0);
	assert_int_equal(t.to.new_evidence, 0);
	assert_true(t.to.known_records >= before);
	assert_int_equal(records_in(t.store), before);
	/* Nor by another way to the same files. */
	ASSERT_OK(intake_path(&t.in, in_source("examples/sites/sunny-corner-place.example"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	assert_int_equal(t.to.new_records, 0);
	dump_store(t.store, &second);
	assert_string_equal(buf_str(&first.out), buf_str(&second.out));
	buf_release(&first.out);
	buf_release(&second.out);
	take_end(&t);
}

static void test_memory_gives_what_a_store_gives(void **state)
{
	struct taken t;
	struct from_store f;
	struct buf memory = { 0 };

	(void)state;
	take_begin(&t, AT);
	dump_store(t.store, &f);
	dump_memory(in_source("examples"), &memory);
	assert_string_equal(buf_str(&f.out), buf_str(&memory));
	buf_release(&f.out);
	buf_release(&memory);
	take_end(&t);
}

/* The case file of one site of the examples, out of memory. */
static void example_case(const char *site, struct arena *arena, struct casefile *out)
{
	struct intake_memory m = { .suffixes = suffixes, .arena = arena };
	struct intake in = { .suffixes = suffixes, .at = AT };
	struct casefile *cases;
	struct registers registers;
	char path[200];
	size_t n;

	ASSERT_OK(intake_to_memory(&m, &in.sink, err));
	snprintf(path, sizeof(path), "examples/sites/%s", site);
	ASSERT_OK(intake_path(&in, in_source(path), err));
	ASSERT_OK(intake_path(&in, in_source("examples/registrations.jsonl"), err));
	ASSERT_OK(intake_memory_cases(&m, &cases, &n, &registers, err));
	assert_int_equal(n, 1);
	*out = cases[0];
	intake_memory_release(&m);
}

static void test_a_name_bought_again_is_two_sites(void **state)
{
	struct arena arena = { 0 };
	struct casefile c;
	char at[TIMESTAMP_SIZE];

	(void)state;
	example_case("sunny-corner-place.example", &arena, &c);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.period_n, 2);
	timestamp_format(c.site[0].period, at);
	assert_string_equal(at, "2019-05-02T08:30:00Z");
	timestamp_format(c.site[1].period, at);
	assert_string_equal(at, "2026-08-03T14:12:09Z");
	for (size_t i = 0; i < 2; i++) {
		assert_true(c.site[i].has_period);
		assert_int_equal(c.site[i].captures, 2);
		for (size_t k = 0; k < c.site[i].page_n; k++) {
			timestamp_format(c.site[i].page[k].at, at);
			assert_memory_equal(at, i ? "2026" : "2025", 4);
		}
	}
	assert_false(sha256_eq(c.digest[0], c.digest[1]));
	arena_release(&arena);
}

static void test_pages_in_other_charsets(void **state)
{
	static const struct {
		const char *site, *charset, *word;
	} rows[] = {
		{ "kogarashi-kusuri.test", "Shift_JIS", "\xe8\x96\xac" /* U+85AC, medicine */ },
		{ "rezeptfrei-direkt.example", "windows-1252", "\xc3\xbc" /* u umlaut */ },
		{ "himawari-kusuribin.example", "UTF-8", "\xe8\x96\xac" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct casefile c;
		bool found = false;
		example_case(rows[i].site, &arena, &c);
		CHECK_INT(i, rows[i].site, c.n, 1);
		for (size_t k = 0; k < c.site[0].page_n; k++) {
			const struct page_text *p = c.site[0].page[k].page;
			CHECK_SLICE(i, rows[i].site, slice_str(p->charset),
			            slice_str(rows[i].charset));
			found |= slice_find_slice(p->text, slice_str(rows[i].word)) < p->text.n;
		}
		CHECK_INT(i, rows[i].site, found, 1);
		arena_release(&arena);
	}
	check_done();
}

static void test_plain_text_is_read_in_the_charset_of_its_header(void **state)
{
	static const struct {
		const char *type;
		struct slice bytes;
		const char *want;
	} rows[] = {
		{ "", SLICE("\xe8\x96\xac"), "\xe8\x96\xac" },
		{ "text/plain; charset=utf-8", SLICE("\xe8\x96\xac"), "\xe8\x96\xac" },
		{ "text/plain; charset=Shift_JIS", SLICE("\x96\xf2"), "\xe8\x96\xac" },
		{ "text/plain; charset=\"iso-8859-1\"", SLICE("f\xfcr"), "f\xc3\xbcr" },
		{ "text/plain; charset=nonsense", SLICE("f\xfcr"), "f\xef\xbf\xbdr" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct subject subject = { SUBJECT_REGISTRABLE, SLICE("x.example") };
		struct casefile_page page = {
			.url = SLICE("https://x.example/"),
			.vantage = SLICE("local"),
			.media_type = SLICE("text/plain"),
			.content_type = slice_str(rows[i].type),
			.bytes = rows[i].bytes,
		};
		struct arena arena = { 0 };
		struct casefile c;
		ASSERT_OK(casefile_build(subject, &page, 1, NULL, 0, NULL, NULL, &arena, &c, err));
		CHECK_SLICE(i, rows[i].type, c.site[0].page[0].page->text, slice_str(rows[i].want));
		arena_release(&arena);
	}
	check_done();
}

/* ---- periods ---- */

static void test_a_page_belongs_to_the_latest_period_begun(void **state)
{
	static const struct {
		const char *why;
		int64_t created[4], at[4];
		int created_n, at_n;
		const char *want; /* per site: its period, '-' for none, and its pages */
	} rows[] = {
		{ "nothing known of the registration", { 0 }, { 5, 9 }, 0, 2, "-:2 " },
		{ "all in one", { 3 }, { 5, 9 }, 1, 2, "3:2 " },
		{ "on its first second", { 5 }, { 5 }, 1, 1, "5:1 " },
		{ "before the first known", { 6 }, { 5, 9 }, 1, 2, "-:1 6:1 " },
		{ "two, told in no order and twice",
		  { 7, 3, 7, 3 },
		  { 9, 5, 4, 8 },
		  4,
		  4,
		  "3:2 7:2 " },
		{ "a new registration without pages", { 3, 20 }, { 5 }, 2, 1, "3:1 " },
		{ "an old registration without pages", { 1, 3 }, { 5 }, 2, 1, "3:1 " },
		{ "no pages", { 3 }, { 0 }, 1, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct subject subject = { SUBJECT_REGISTRABLE, SLICE("x.example") };
		struct casefile_page page[4] = { 0 };
		struct arena arena = { 0 };
		struct casefile c;
		struct buf got = { 0 };
		int64_t created[4];
		memcpy(created, rows[i].created, sizeof(created));
		for (int k = 0; k < rows[i].at_n; k++)
			page[k] = (struct casefile_page){
				.url = SLICE("https://x.example/"),
				.vantage = SLICE("local"),
				.at = rows[i].at[k] * 86400,
				.media_type = SLICE("text/html"),
				.bytes = SLICE("<p>x"),
			};
		for (int k = 0; k < rows[i].created_n; k++)
			created[k] *= 86400;
		ASSERT_OK(casefile_build(subject, page, (size_t)rows[i].at_n, created,
		                         (size_t)rows[i].created_n, NULL, NULL, &arena, &c, err));
		for (size_t k = 0; k < c.n; k++) {
			if (c.site[k].has_period)
				buf_printf(&got, "%lld", (long long)c.site[k].period / 86400);
			else
				buf_putc(&got, '-');
			buf_printf(&got, ":%zu ", c.site[k].page_n);
		}
		CHECK_SLICE(i, rows[i].why, buf_slice(&got), slice_str(rows[i].want));
		buf_release(&got);
		arena_release(&arena);
	}
	check_done();
}

static void test_whose_registration_a_subject_has(void **state)
{
	static const struct {
		const char *kind, *key, *want;
	} rows[] = {
		{ "registrable", "x.example", "registrable x.example" },
		{ "host", "www.x.example", "registrable x.example" },
		{ "host", "honey.shops.example", "host honey.shops.example" },
		{ "host", "a.honey.shops.example", "host honey.shops.example" },
		{ "url", "https://www.x.example/shop/", "registrable x.example" },
		{ "url", "https://honey.shops.example/shop/", "host honey.shops.example" },
		{ "ip", "192.0.2.1", "ip 192.0.2.1" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct subject subject, got;
		char text[200];
		ASSERT_OK(subject_from_key(slice_str(rows[i].kind), slice_str(rows[i].key),
		                           &subject, err));
		ASSERT_OK(casefile_registered(subject, suffixes, &arena, &got, err));
		snprintf(text, sizeof(text), "%s %.*s", subject_kind_name(got.kind),
		         SLICE_ARG(got.key));
		CHECK_SLICE(i, rows[i].key, slice_str(text), slice_str(rows[i].want));
		arena_release(&arena);
	}
	check_done();
}

/* ---- what cannot be read ---- */

static void test_a_page_that_cannot_be_read_is_listed_with_its_reason(void **state)
{
	static const struct {
		const char *why, *url, *media;
		struct slice bytes;
		const char *missing, *reason;
	} rows[] = {
		{ "a picture that is called HTML", "https://x.example/", "text/html",
		  SLICE("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "", "not HTML" },
		{ "a type that is no page", "https://x.example/", "application/pdf", SLICE("x"), "",
		  "not a page: application/pdf" },
		{ "an address that is none", "gopher://x.example/", "text/html", SLICE("x"), "",
		  "url" },
		{ "evidence that is not here", "https://x.example/", "text/html", SLICE(""),
		  "its evidence is not in the store", "its evidence is not in the store" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct subject subject = { SUBJECT_REGISTRABLE, SLICE("x.example") };
		struct casefile_page page[2] = {
			{ .url = slice_str(rows[i].url),
			  .vantage = SLICE("local"),
			  .media_type = slice_str(rows[i].media),
			  .bytes = rows[i].bytes,
			  .missing = slice_str(rows[i].missing) },
			{ .url = SLICE("https://x.example/ok"),
			  .vantage = SLICE("local"),
			  .media_type = SLICE("text/plain"),
			  .bytes = SLICE("fine") },
		};
		struct arena arena = { 0 };
		struct casefile c;
		ASSERT_OK(casefile_build(subject, page, 2, NULL, 0, NULL, NULL, &arena, &c, err));
		CHECK_INT(i, rows[i].why, c.n, 1);
		CHECK_INT(i, rows[i].why, c.site[0].page_n, 1);
		CHECK_INT(i, rows[i].why, c.unreadable_n, 1);
		CHECK_SLICE(i, rows[i].why, c.unreadable[0].url, slice_str(rows[i].url));
		if (slice_find_slice(c.unreadable[0].reason, slice_str(rows[i].reason)) ==
		    c.unreadable[0].reason.n)
			CHECK_SLICE(i, rows[i].why, c.unreadable[0].reason,
			            slice_str(rows[i].reason));
		arena_release(&arena);
	}
	check_done();
}

static const char page_observation[] =
	"{\"type\":\"observation\",\"v\":1,\"what\":\"page\",\"subject\":{\"kind\":"
	"\"registrable\",\"key\":\"x.example\"},\"at\":\"2026-10-01T00:00:00Z\",\"src\":"
	"\"vantage:us-desktop\",\"vantage\":\"us-desktop\",\"url\":\"https://x.example/far\","
	"\"evidence\":[{\"address\":\"sha256:"
	"9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0\",\"class\":\"public\","
	"\"length\":3,\"media_type\":\"text/plain\"}]}\n";

static void test_what_cannot_be_read_is_listed_once(void **state)
{
	struct subject subject = { SUBJECT_REGISTRABLE, SLICE("x.example") };
	struct casefile_page page[2] = {
		{ .url = SLICE("https://x.example/"), .media_type = SLICE("image/png") },
		{ .url = SLICE("https://x.example/"), .media_type = SLICE("image/png") },
	};
	struct arena arena = { 0 };
	struct casefile c;

	(void)state;
	ASSERT_OK(casefile_build(subject, page, 2, NULL, 0, NULL, NULL, &arena, &c, err));
	assert_int_equal(c.n, 0);
	assert_int_equal(c.unreadable_n, 1);
	arena_release(&arena);
}

static void test_restricted_evidence_is_not_read(void **state)
{
	struct store_evidence e = { .cls = SLICE("restricted"), .media_type = SLICE("text/html") };
	struct from_store f;
	struct taken t;

	(void)state;
	scratch_empty();
	put_file("x.example/2026-01-01/index.html", SLICE("<p>words"));
	take_begin(&t, AT);
	ASSERT_OK(store_put_evidence(t.store, &e, SLICE("<p>words"), NULL, err));
	ASSERT_OK(intake_path(&t.in, at_scratch("x.example"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	dump_store(t.store, &f);
	assert_non_null(strstr(buf_str(&f.out), "unreadable https://x.example/: its evidence is "
	                                        "restricted"));
	assert_int_equal(f.pages, 0);
	buf_release(&f.out);
	take_end(&t);
}

static void test_an_observation_whose_evidence_comes_later(void **state)
{
	struct buf memory = { 0 };
	struct from_store f;
	struct taken t;

	(void)state;
	scratch_empty();
	/* The evidence is the bytes "aaa". */
	put_file("in/1.jsonl", slice_str(page_observation));
	take_begin(&t, AT);
	ASSERT_OK(intake_path(&t.in, at_scratch("in"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	dump_store(t.store, &f);
	assert_non_null(
		strstr(buf_str(&f.out),
	               "unreadable https://x.example/far: its evidence is not in the store"));
	buf_release(&f.out);
	put_file("in/2.jsonl", SLICE("{\"url\":\"https://y.example/\",\"text\":\"aaa\"}\n"));
	ASSERT_OK(intake_path(&t.in, at_scratch("in"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	dump_store(t.store, &f);
	assert_null(strstr(buf_str(&f.out), "unreadable"));
	assert_non_null(strstr(buf_str(&f.out), "https://x.example/far /far 2026-10-01T00:00:00Z "
	                                        "us-desktop 0 9834876d"));
	dump_memory(at_scratch("in"), &memory);
	assert_string_equal(buf_str(&f.out), buf_str(&memory));
	buf_release(&f.out);
	buf_release(&memory);
	take_end(&t);
}

static void test_altered_evidence_stops_the_loading(void **state)
{
	struct taken t;
	struct arena arena = { 0 };
	struct subject subject = { SUBJECT_REGISTRABLE, SLICE("x.example") };
	struct casefile c;
	struct err why = { 0 };
	char command[300];

	(void)state;
	scratch_empty();
	put_file("x.example/2026-01-01/index.html", SLICE("<p>words"));
	take_begin(&t, AT);
	ASSERT_OK(intake_path(&t.in, at_scratch("x.example"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	snprintf(command, sizeof(command),
	         "cd '%s/store/blob' && find . -type f -exec chmod u+w {} + "
	         "-exec cp /dev/null {} \\;",
	         scratch);
	assert_int_equal(system(command), 0);
	assert_int_equal(casefile_load(t.store, subject, suffixes, &arena, &c, &why), ERR_CORRUPT);
	arena_release(&arena);
	take_end(&t);
}

static void test_a_subject_without_pages_has_an_empty_case(void **state)
{
	struct taken t;
	struct arena arena = { 0 };
	struct subject subject = { SUBJECT_REGISTRABLE, SLICE("nobody.example") };
	struct casefile c;

	(void)state;
	scratch_empty();
	take_begin(&t, AT);
	ASSERT_OK(casefile_load(t.store, subject, suffixes, &arena, &c, err));
	assert_int_equal(c.n, 0);
	assert_int_equal(c.unreadable_n, 0);
	arena_release(&arena);
	take_end(&t);
}

/* ---- the sink into a store ---- */

static void test_a_second_reading_without_a_time_is_no_second_capture(void **state)
{
	static const char *row = "{\"url\":\"https://x.example/\",\"text\":\"words\"}\n";
	struct taken t;
	struct from_store f;

	(void)state;
	scratch_empty();
	put_file("rows.jsonl", slice_str(row));
	put_file("page.html", SLICE("<!-- saved from url=(0018)https://y.example/ --><p>words"));
	for (int i = 0; i < 3; i++) {
		struct utimbuf time = { AT + i * 86400, AT + i * 86400 };
		assert_int_equal(utime(at_scratch("page.html"), &time), 0);
		take_begin(&t, AT + i * 86400);
		ASSERT_OK(intake_path(&t.in, at_scratch("rows.jsonl"), err));
		ASSERT_OK(intake_path(&t.in, at_scratch("rows.jsonl"), err));
		ASSERT_OK(intake_path(&t.in, at_scratch("page.html"), err));
		ASSERT_OK(intake_store_flush(&t.to, err));
		assert_int_equal(t.to.new_records, i == 0 ? 2 : 0);
		assert_int_equal(records_in(t.store), 2);
		take_end(&t);
	}
	/* In memory it is the same, here with a copy of another time beside it. */
	struct buf memory = { 0 };
	struct utimbuf later = { AT + 864000, AT + 864000 };
	put_file("in/page.html", SLICE("<!-- saved from url=(0018)https://y.example/ --><p>words"));
	put_file("in/pagf.html", SLICE("<!-- saved from url=(0018)https://y.example/ --><p>words"));
	assert_int_equal(utime(at_scratch("in/pagf.html"), &later), 0);
	dump_memory(at_scratch("in"), &memory);
	assert_non_null(strstr(buf_str(&memory), " captures 1 "));
	buf_release(&memory);
	/* Other words at the same address are another capture, and so is a stated time. */
	put_file("rows.jsonl", SLICE("{\"url\":\"https://x.example/\",\"text\":\"others\"}\n"
	                             "{\"url\":\"https://x.example/\",\"text\":\"words\",\"at\":"
	                             "\"2026-12-01\"}\n"));
	take_begin(&t, AT + 864000);
	ASSERT_OK(intake_path(&t.in, at_scratch("rows.jsonl"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	assert_int_equal(t.to.new_records, 2);
	dump_store(t.store, &f);
	assert_non_null(strstr(buf_str(&f.out), "captures 3 "));
	buf_release(&f.out);
	take_end(&t);
}

static void test_what_was_not_flushed_is_not_there(void **state)
{
	struct buf rows = { 0 };
	struct taken t;

	(void)state;
	scratch_empty();
	for (int i = 0; i < INTAKE_BATCH + 7; i++)
		buf_printf(
			&rows,
			"{\"url\":\"https://x.example/%d\",\"text\":\"w\",\"at\":\"2026-12-01\"}\n",
			i);
	put_file("rows.jsonl", buf_slice(&rows));
	take_begin(&t, AT);
	ASSERT_OK(intake_path(&t.in, at_scratch("rows.jsonl"), err));
	take_end(&t);
	take_begin(&t, AT);
	assert_int_equal(records_in(t.store), INTAKE_BATCH);
	/* Run again, it is completed. */
	ASSERT_OK(intake_path(&t.in, at_scratch("rows.jsonl"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	assert_int_equal(t.to.new_records, 7);
	assert_int_equal(records_in(t.store), INTAKE_BATCH + 7);
	take_end(&t);
	buf_release(&rows);
}

static void test_names_are_counted_by_source(void **state)
{
	struct arena arena = { 0 };
	struct store_source *list;
	struct taken t;
	size_t n;

	(void)state;
	scratch_empty();
	put_file("in/a/names", SLICE("pills.example\nbread.example\nbad..name\n"));
	put_file("in/b/names", SLICE("pills2.example\n"));
	put_file("in/x.example/2026-01-01/index.html", SLICE("<p>"));
	for (int i = 0; i < 2; i++) {
		take_begin(&t, AT + i);
		ASSERT_OK(intake_path(&t.in, at_scratch("in/a"), err));
		ASSERT_OK(intake_path(&t.in, at_scratch("in/b/names"), err));
		ASSERT_OK(intake_path(&t.in, at_scratch("in"), err));
		ASSERT_OK(intake_store_flush(&t.to, err));
		ASSERT_OK(store_sources(t.store, &arena, &list, &n, err));
		assert_int_equal(n, 3); /* a/names, b/names, names: no page, nothing absolute */
		assert_true(slice_eq_str(list[0].name, "a/names"));
		assert_int_equal(list[0].seen, 2);
		assert_int_equal(list[0].suspects, 1);
		assert_int_equal(list[0].bad, 1);
		assert_true(slice_eq_str(list[2].name, "names"));
		assert_int_equal(list[2].seen, 3); /* two files of that name in one pass */
		take_end(&t);
	}
	arena_release(&arena);
}

static void test_the_origin_of_evidence_is_relative(void **state)
{
	struct arena arena = { 0 };
	struct store_evidence e;
	struct buf bytes = { 0 };
	struct taken t;

	(void)state;
	scratch_empty();
	put_file("in/x.example/2026-01-01/index.html", SLICE("<p>words"));
	take_begin(&t, AT);
	ASSERT_OK(intake_path(&t.in, at_scratch("in"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	ASSERT_OK(
		store_get_evidence(t.store, sha256_of(SLICE("<p>words")), &bytes, &arena, &e, err));
	assert_true(slice_eq(buf_slice(&bytes), SLICE("<p>words")));
	assert_true(slice_eq_str(e.origin, "x.example/2026-01-01/index.html"));
	assert_true(slice_eq_str(e.cls, "public"));
	assert_true(slice_eq_str(e.media_type, "text/html"));
	buf_release(&bytes);
	arena_release(&arena);
	take_end(&t);
}

/* ---- WARC ---- */

static void test_a_page_out_of_an_archive_is_read_as_it_was_sent(void **state)
{
	/* What python3 -c "gzip.compress('<p>薬'.encode('shift_jis'), mtime=0)" gives. */
	static const struct slice packed = SLICE(
		"\037\213\010\000\000\000\000\000\002\003\263\051\260\233\366\011\000\060\164\221"
		"\223\005\000\000\000");
	struct buf http = { 0 }, file = { 0 }, memory = { 0 };
	struct from_store f;
	struct taken t;
	char hex[SHA256_HEX], want[400];

	(void)state;
	scratch_empty();
	buf_printf(&http,
	           "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=Shift_JIS\r\n"
	           "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
	           packed.n);
	buf_put(&http, packed);
	ASSERT_OK(warc_write_response(sink_to_buf(&file), SLICE("https://x.example/a?b"), AT,
	                              buf_slice(&http), false, err));
	put_file("in/crawl.warc", buf_slice(&file));
	take_begin(&t, AT + 5);
	ASSERT_OK(intake_path(&t.in, at_scratch("in"), err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	dump_store(t.store, &f);
	/* The evidence is the payload as received; the text is of what it says. */
	sha256_hex(sha256_of(packed), hex);
	snprintf(want, sizeof(want), "https://x.example/a?b /a 2026-09-21T14:13:20Z local 0 %s ",
	         hex);
	assert_non_null(strstr(buf_str(&f.out), want));
	sha256_hex(sha256_of(SLICE("\xe8\x96\xac")), hex);
	snprintf(want, sizeof(want), " %s 1 Shift_JIS\n", hex);
	assert_non_null(strstr(buf_str(&f.out), want));
	dump_memory(at_scratch("in"), &memory);
	assert_string_equal(buf_str(&f.out), buf_str(&memory));
	buf_release(&f.out);
	buf_release(&memory);
	buf_release(&file);
	buf_release(&http);
	take_end(&t);
}

/* ---- registers ---- */

/* clang-format off */
#define DOCUMENT(src, at, number, authority, status)                                               \
	"{\"type\":\"observation\",\"v\":1,\"what\":\"register\",\"subject\":{\"kind\":\"registrable\","   \
	"\"key\":\"x.example\"},\"src\":\"" src "\",\"at\":\"" at "T00:00:00Z\",\"register\":{\"number\":\"" \
	number "\",\"kind\":\"reviewed_document\",\"country\":\"IN\",\"authority\":\"" authority           \
	"\",\"status\":\"" status "\"}}\n"
#define ROW(src, at, number, rest) \
	"{\"type\":\"observation\",\"v\":1,\"what\":\"register\",\"subject\":{\"kind\":" \
	"\"registrable\",\"key\":\"x.example\"},\"at\":\"" at "T00:00:00Z\",\"src\":\"register:" \
	src "\",\"register\":{\"authority\":\"A\",\"name\":\"N\",\"kind\":\"pharmacy\"," \
	"\"number\":\"" number "\"," rest "}}\n"
/* clang-format on */

static void test_the_newest_row_of_a_number_counts(void **state)
{
	static const struct {
		const char *why, *lines, *want; /* number|active|domains|serves of each row */
	} rows[] = {
		{ "one row",
		  ROW("a", "2026-01-01", "1",
		      "\"country\":\"US\",\"domains\":[\"x.example\"],\"status\":\"active\","
		      "\"serves\":[\"US\",\"JP\"]"),
		  "1|US|1| x.example >US >JP\n" },
		{ "the newest, wherever it stands",
		  ROW("a", "2026-02-01", "1", "\"country\":\"US\",\"status\":\"revoked\"")
		          ROW("a", "2026-01-01", "1", "\"country\":\"US\",\"status\":\"active\""),
		  "1|US|0|\n" },
		{ "numbers of two registers are two",
		  ROW("b", "2026-01-01", "1", "\"country\":\"GB\",\"status\":\"active\"")
		          ROW("a", "2026-01-01", "1", "\"country\":\"US\",\"status\":\"active\""),
		  "1|US|1|\n1|GB|1|\n" },
		{ "a status other than active is not active",
		  ROW("a", "2026-01-01", "1", "\"country\":\"US\",\"status\":\"lapsed\""),
		  "1|US|0|\n" },
		{ "no status is not active", ROW("a", "2026-01-01", "1", "\"country\":\"US\""),
		  "1|US|0|\n" },
		{ "names become the sites they belong to; a tenant says nothing of its "
		  "platform; what is no name is left out",
		  ROW("a", "2026-01-01", "1",
		      "\"country\":\"US\",\"domains\":[\"WWW.X.Example.\",\"a.shops.example\",\"no "
		      "name\",7,\"m\xc3\xbcnchen.example\"]"),
		  "1|US|0| x.example xn--mnchen-3ya.example\n" },
		{ "a row without a country is none",
		  ROW("a", "2026-01-01", "1", "\"status\":\"active\"")
		          ROW("a", "2026-01-01", "2", "\"country\":\"usa\",\"status\":\"active\""),
		  "" },
		{ "a row without a number goes by its name",
		  ROW("a", "2026-01-01", "", "\"country\":\"US\",\"status\":\"active\"")
		          ROW("a", "2026-03-01", "", "\"country\":\"US\",\"status\":\"lapsed\""),
		  "|US|0|\n" },
		{ "destinations that are no countries are left out",
		  ROW("a", "2026-01-01", "1", "\"country\":\"US\",\"serves\":[\"US\",\"world\",3]"),
		  "1|US|0| >US\n" },
		{ "a licence document is one source, whoever read it; its authority is a part of its number",
		  DOCUMENT("reviewer:akari", "2026-01-01", "20B", "A", "active")
		          DOCUMENT("reviewer:ben", "2026-02-01", "20B", "A", "revoked")
		          DOCUMENT("reviewer:ben", "2026-02-01", "20B", "B", "active"),
		  "20B|IN|0|\n20B|IN|1|\n" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct registers registers;
		struct arena arena = { 0 };
		struct buf got = { 0 }, memory = { 0 };
		struct from_store f;
		struct taken t;
		scratch_empty();
		put_file("in.jsonl", slice_str(rows[i].lines));
		take_begin(&t, AT);
		ASSERT_OK(intake_path(&t.in, at_scratch("in.jsonl"), err));
		ASSERT_OK(intake_store_flush(&t.to, err));
		CHECK_INT(i, rows[i].why, t.in.total.bad_lines, 0);
		ASSERT_OK(registers_load(t.store, suffixes, &arena, &registers, err));
		for (size_t k = 0; k < registers.n; k++) {
			const struct register_row *r = &registers.row[k];
			buf_printf(&got, "%.*s|%.*s|%d|", SLICE_ARG(r->number),
			           SLICE_ARG(r->country), r->active);
			for (size_t j = 0; j < r->domain_n; j++)
				buf_printf(&got, " %.*s", SLICE_ARG(r->domain[j]));
			for (size_t j = 0; j < r->serves_n; j++)
				buf_printf(&got, " >%.*s", SLICE_ARG(r->serves[j]));
			buf_putc(&got, '\n');
		}
		CHECK_SLICE(i, rows[i].why, buf_slice(&got), slice_str(rows[i].want));
		dump_store(t.store, &f);
		dump_memory(at_scratch("in.jsonl"), &memory);
		CHECK_SLICE(i, rows[i].why, buf_slice(&memory), buf_slice(&f.out));
		buf_release(&f.out);
		buf_release(&memory);
		buf_release(&got);
		arena_release(&arena);
		take_end(&t);
	}
	check_done();
}

static void test_a_row_keeps_its_names_its_scheme_and_its_days(void **state)
{
	struct arena arena = { 0 };
	struct registers r;
	struct taken t;
	const struct subject s = { SUBJECT_REGISTRABLE, SLICE("x.example") };

	(void)state;
	scratch_empty();
	put_file("in.jsonl", SLICE(ROW("gphc", "2026-01-01", "1012345",
	                               "\"country\":\"GB\",\"scheme\":\"gphc-premises\",\"trading\":"
	                               "[\"Mill\",\"\",7],\"from\":\"2026-01-01\",\"until\":\"2026-12-31\","
	                               "\"status\":\"active\",\"domains\":[\"x.example\"]")));
	take_begin(&t, AT);
	ASSERT_OK(intake_path(&t.in, at_scratch("in.jsonl"), err));
	ASSERT_OK(registers_load(t.store, suffixes, &arena, &r, err));
	assert_int_equal(r.n, 1);
	assert_true(slice_eq_str(r.row[0].source, "register:gphc"));
	assert_true(slice_eq_str(r.row[0].scheme, "gphc-premises"));
	assert_int_equal(r.row[0].trading_n, 1);
	assert_int_equal(r.row[0].from, 1767225600);
	assert_int_equal(r.row[0].until, 1798761600); /* 2027-01-01: the last day is a whole one */
	assert_non_null(r.index);
	assert_non_null(registers_number(&r, SLICE("gphc-premises"), SLICE("101-2345"), NULL));
	assert_null(registers_naming(&r, &s, 1767225599));
	assert_non_null(registers_naming(&r, &s, 1798761599));
	assert_null(registers_naming(&r, &s, 1798761600));
	arena_release(&arena);
	take_end(&t);
}

static void test_the_digest_of_registers_is_over_their_record_ids(void **state)
{
	struct arena arena = { 0 };
	struct registers none, two;
	struct sha256 ids[2], swap;
	struct taken t;

	(void)state;
	scratch_empty();
	put_file("in.jsonl", SLICE(ROW("a", "2026-01-01", "1", "\"country\":\"US\"")
	                                   ROW("a", "2026-01-01", "2", "\"country\":\"US\"")));
	take_begin(&t, AT);
	ASSERT_OK(registers_load(t.store, suffixes, &arena, &none, err));
	assert_int_equal(none.n, 0);
	assert_true(sha256_eq(none.digest, sha256_of(SLICE(""))));
	ASSERT_OK(intake_path(&t.in, at_scratch("in.jsonl"), err));
	ASSERT_OK(registers_load(t.store, suffixes, &arena, &two, err));
	assert_int_equal(two.n, 2);
	ids[0] = two.row[0].record;
	ids[1] = two.row[1].record;
	if (memcmp(ids[0].b, ids[1].b, SHA256_LEN) > 0) {
		swap = ids[0];
		ids[0] = ids[1];
		ids[1] = swap;
	}
	assert_true(
		sha256_eq(two.digest, sha256_of(slice_from((const char *)ids, 2 * SHA256_LEN))));
	arena_release(&arena);
	take_end(&t);
}

/* ---- the real data ---- */

static void test_the_real_page_rows_make_case_files(void **state)
{
	const char *folder = in_source("../shared/data/pages");
	struct buf memory = { 0 };
	struct from_store f;
	struct taken t;
	enum file_kind kind;

	(void)state;
	ASSERT_OK(file_kind_of(folder, &kind, err));
	if (kind != FILE_DIRECTORY)
		skip();
	scratch_empty();
	take_begin(&t, AT);
	ASSERT_OK(intake_path(&t.in, folder, err));
	ASSERT_OK(intake_store_flush(&t.to, err));
	dump_store(t.store, &f);
	assert_int_equal(f.unreadable, 0);
	assert_true(f.pages > 250);
	assert_true(f.subjects > 100);
	dump_memory(folder, &memory);
	assert_string_equal(buf_str(&f.out), buf_str(&memory));
	buf_release(&f.out);
	buf_release(&memory);
	take_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* These three use one store. */
		cmocka_unit_test(test_every_page_of_the_examples_is_readable),
		cmocka_unit_test(test_reading_again_adds_nothing),
		cmocka_unit_test(test_memory_gives_what_a_store_gives),
		cmocka_unit_test(test_a_name_bought_again_is_two_sites),
		cmocka_unit_test(test_pages_in_other_charsets),
		cmocka_unit_test(test_plain_text_is_read_in_the_charset_of_its_header),
		cmocka_unit_test(test_a_page_belongs_to_the_latest_period_begun),
		cmocka_unit_test(test_whose_registration_a_subject_has),
		cmocka_unit_test(test_a_page_that_cannot_be_read_is_listed_with_its_reason),
		cmocka_unit_test(test_what_cannot_be_read_is_listed_once),
		cmocka_unit_test(test_restricted_evidence_is_not_read),
		cmocka_unit_test(test_an_observation_whose_evidence_comes_later),
		cmocka_unit_test(test_altered_evidence_stops_the_loading),
		cmocka_unit_test(test_a_subject_without_pages_has_an_empty_case),
		cmocka_unit_test(test_a_second_reading_without_a_time_is_no_second_capture),
		cmocka_unit_test(test_what_was_not_flushed_is_not_there),
		cmocka_unit_test(test_names_are_counted_by_source),
		cmocka_unit_test(test_the_origin_of_evidence_is_relative),
		cmocka_unit_test(test_a_page_out_of_an_archive_is_read_as_it_was_sent),
		cmocka_unit_test(test_the_newest_row_of_a_number_counts),
		cmocka_unit_test(test_a_row_keeps_its_names_its_scheme_and_its_days),
		cmocka_unit_test(test_the_digest_of_registers_is_over_their_record_ids),
		cmocka_unit_test(test_the_real_page_rows_make_case_files),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

/* Evidence for the public, out of a store that is written record by record as a run writes it. */
#include "scratch.h"

#include "cmd/evidence_view.h"
#include "cmd/ledgerbook.h"
#include "model/evidence.h"
#include "model/quotation.h"
#include "model/record.h"
#include "sys/clock.h"
#include "wire/html.h"
#include "wire/redaction.h"
#include "wire/timestamp.h"

#include <zlib.h>

#define AT 1790000000 /* 2026-09-21T14:13:20Z */
#define PERIOD 1760000000
#define SAID sizeof(((struct err *)0)->what) /* room for a message */
#define QUOTE "No prescription needed"

static const char page[] =
	"<html><head><title>Cheap Pills</title><script>var tracker='secret-script';</script></head>"
	"<body><!-- secret-comment --><p>Viagra 100 mg $1.20</p><p>" QUOTE "</p>"
	"<p hidden>secret-hidden</p><a href='https://x.example/secret-link'>Order</a>"
	"<p>Write to secret-mail@pills.example or call +44 20 7946 0000</p></body></html>";

static struct store *store;
static int64_t now; /* of the next record */

static void open_new(const char *name)
{
	now = AT;
	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "test", &store, err));
}

static struct sha256 put(struct record *r)
{
	ASSERT_OK(record_finish(r, err));
	struct sha256 id = r->id;
	ASSERT_OK(ledgerbook_store(store, r, r->has_period ? r->period : STORE_NONE, NULL, NULL, err));
	record_release(r);
	return id;
}

static json_t *hex_json(struct sha256 id)
{
	char hex[SHA256_HEX];

	sha256_hex(id, hex);
	return json_string(hex);
}

/* A page of a site, as it was captured; returns the address of its evidence. */
static struct sha256 put_page(const char *site, struct slice bytes, const char *cls,
                              const char *encoding)
{
	struct store_evidence e = { .cls = slice_str(cls), .media_type = SLICE("text/html"), .at = AT };
	struct record r;
	char url[100];

	ASSERT_OK(store_put_evidence(store, &e, bytes, NULL, err));
	struct evidence named = { .address = e.sha256, .media_type = SLICE("text/html"),
		                  .length = bytes.n };
	snprintf(url, sizeof(url), "https://%s/", site);
	record_new(&r, "observation", 1, SLICE("registrable"), slice_str(site), AT,
	           SLICE("vantage:demo"));
	json_t *list = json_array();
	json_add_new(list, evidence_to_json(&named));
	record_set_str(&r, "what", SLICE("page"));
	record_set_str(&r, "url", slice_str(url));
	record_set_str(&r, "vantage", SLICE("demo"));
	record_set_str(&r, "content_type", SLICE("text/html; charset=utf-8"));
	if (encoding)
		record_set_str(&r, "content_encoding", slice_str(encoding));
	record_set_new(&r, "evidence", list);
	put(&r);
	return e.sha256;
}

/* The quotation of some words of a page, whose HTML is given. */
static json_t *quote(struct sha256 evidence, struct slice html, const char *words,
                     const char *extractor)
{
	struct arena a = { 0 };
	struct page_text text;
	struct quotation q;

	ASSERT_OK(html_text(html, SLICE("text/html; charset=utf-8"), NULL, &a, &text, err));
	size_t start = slice_find_slice(text.text, slice_str(words));
	assert_true(start < text.text.n);
	struct sha256 digest = sha256_of(text.text);
	if (!extractor)
		extractor = text.extractor;
	else
		digest = sha256_of(slice_str(extractor)); /* it made another text */
	ASSERT_OK(quotation_take(text.text, digest, start, start + strlen(words), evidence,
	                         slice_str(extractor), &q, err));
	json_t *o = quotation_to_json(&q);
	json_put_str(o, "url", SLICE("https://x.example/"));
	json_put_str(o, "at", SLICE("2026-09-14T06:00:00Z"));
	json_put_str(o, "vantage", SLICE("demo"));
	arena_release(&a);
	return o;
}

/* A finding of a severity for a destination; takes the quotations, of which weighed may be NULL. */
static struct sha256 put_finding(const char *site, const char *severity, const char *destination,
                                 json_t *quotation, json_t *weighed)
{
	struct record r;
	char rule[60];
	json_t *quotations = json_array(), *against = json_array();

	snprintf(rule, sizeof(rule), "demo-%s", severity);
	record_new(&r, "finding", 1, SLICE("registrable"), slice_str(site), now, SLICE("pack:demo@1"));
	json_add_new(quotations, quotation);
	if (weighed) {
		json_t *o = json_object();
		json_put_str(o, "kind", SLICE("claim"));
		json_put_new(o, "quotation", weighed);
		json_add_new(against, o);
	}
	record_set_str(&r, "rule", slice_str(rule));
	record_set_str(&r, "pack", SLICE("demo"));
	record_set_str(&r, "pack_version", SLICE("1"));
	record_set_str(&r, "destination", slice_str(destination));
	record_set_str(&r, "severity", slice_str(severity));
	record_set_new(&r, "quotations", quotations);
	record_set_new(&r, "weighed", against);
	record_set_time(&r, "period", PERIOD);
	return put(&r);
}

static json_t *cells_json(const char *destination, const char *class, const struct sha256 *finding,
                          size_t n)
{
	json_t *list = json_array(), *cell = json_object(), *ids = json_array();

	for (size_t i = 0; i < n; i++)
		json_add_new(ids, hex_json(finding[i]));
	json_put_str(cell, "destination", slice_str(destination));
	json_put_str(cell, "class", slice_str(class));
	json_put_new(cell, "findings", ids);
	json_add_new(list, cell);
	return list;
}

static void put_verdict(const char *site, const char *destination, const char *class,
                        const struct sha256 *finding, size_t n)
{
	struct record r;

	record_new(&r, "verdict", 1, SLICE("registrable"), slice_str(site), now++, SLICE("assess/1"));
	record_set_new(&r, "cells", cells_json(destination, class, finding, n));
	record_set_new(&r, "inputs", json_object());
	record_set_time(&r, "period", PERIOD);
	put(&r);
}

/* A decision with its statement, or a correction. */
static void put_act(const char *type, const char *site, const char *destination, const char *class,
                    const char *state, const struct sha256 *finding, size_t n)
{
	struct record r;
	json_t *statement = json_object(), *ids = json_array();

	for (size_t i = 0; i < n; i++)
		json_add_new(ids, hex_json(finding[i]));
	json_put_new(statement, "findings", ids);
	record_new(&r, type, 1, SLICE("registrable"), slice_str(site), now++, SLICE("reviewer:demo"));
	record_set_new(&r, "cells", cells_json(destination, class, NULL, 0));
	record_set_str(&r, "reason", SLICE("seen"));
	record_set_str(&r, "state", slice_str(state));
	record_set_new(&r, "statement", statement);
	record_set_time(&r, "period", PERIOD);
	put(&r);
}

static void put_registration(const char *site, int64_t created)
{
	struct record r;
	json_t *o = json_object();
	char at[30];

	timestamp_format(created, at);
	json_put_str(o, "created", slice_str(at));
	record_new(&r, "observation", 1, SLICE("registrable"), slice_str(site), now++, SLICE("rdap:demo"));
	record_set_str(&r, "what", SLICE("registration"));
	record_set_new(&r, "registration", o);
	put(&r);
}

/* The answer, or NULL with what is said instead in *said. */
static json_t *ask(struct sha256 digest, char said[SAID])
{
	struct arena a = { 0 };
	struct err err = { 0 };
	json_t *o = NULL;
	int rc = evidence_view_load(store, digest, suffixes, &a, &o, &err);

	arena_release(&a);
	if (rc && rc != ERR_NOTFOUND)
		fail_msg("%s", err.what);
	snprintf(said, SAID, "%s", rc ? err.what : "");
	return o;
}

static void only_what_is_published_is_told(void **state)
{
	static const struct {
		const char *says;
		const char *severity;                     /* of its finding, for JP */
		const char *decided, *corrected;          /* class, or NULL */
		const char *state;
		const char *destination;                  /* of the decision */
		bool restricted, ended, unnamed;
		bool told;
	} rows[] = {
		{ "pending", "rogue", NULL, NULL, NULL, "JP", 0, 0, 0, false },
		{ "proposed by one", "rogue", "rogue", NULL, "proposed", "JP", 0, 0, 0, false },
		{ "listed", "rogue", "rogue", NULL, "in_force", "JP", 0, 0, 0, true },
		{ "listed, less grave than decided", "unapproved", "rogue", NULL, "in_force", "JP", 0, 0, 0,
		  true },
		{ "listed as less than was found", "rogue", "unapproved", NULL, "in_force", "JP", 0, 0, 0,
		  false },
		{ "a note", "note", "unapproved", NULL, "in_force", "JP", 0, 0, 0, true },
		{ "listed for another country", "rogue", "rogue", NULL, "in_force", "US", 0, 0, 0, false },
		{ "decided to be no matter", "rogue", "legitimate", NULL, "in_force", "JP", 0, 0, 0, false },
		{ "corrected", "rogue", "rogue", "legitimate", "in_force", "JP", 0, 0, 0, false },
		{ "corrected to less, of the lesser", "unapproved", "rogue", "unapproved", "in_force", "JP",
		  0, 0, 0, true },
		{ "corrected to less, of the graver", "rogue", "rogue", "unapproved", "in_force", "JP", 0, 0,
		  0, false },
		{ "restricted", "rogue", "rogue", NULL, "in_force", "JP", true, 0, 0, false },
		{ "registered anew since", "rogue", "rogue", NULL, "in_force", "JP", 0, true, 0, false },
		{ "a finding of no decision", "rogue", "rogue", NULL, "in_force", "JP", 0, 0, true, false },
	};
	char site[40], said[SAID], unknown[SAID];
	struct slice html = slice_str(page);

	(void)state;
	open_new("standing");
	assert_null(ask(sha256_of(SLICE("nothing")), unknown));
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf bytes = { 0 };
		snprintf(site, sizeof(site), "s%zu.example", i);
		buf_put(&bytes, html);
		buf_printf(&bytes, "<!-- %zu -->", i); /* no two captures are one */
		struct sha256 e = put_page(site, buf_slice(&bytes),
		                           rows[i].restricted ? "restricted" : "public", NULL);
		struct sha256 f = put_finding(site, rows[i].severity, "JP",
		                              quote(e, html, QUOTE, NULL), NULL);
		put_verdict(site, "JP", "rogue", &f, rows[i].unnamed ? 0 : 1);
		if (rows[i].decided)
			put_act("decision", site, rows[i].destination, rows[i].decided, rows[i].state, &f,
			        rows[i].unnamed || strcmp(rows[i].destination, "JP") ? 0 : 1);
		if (rows[i].corrected)
			put_act("correction", site, rows[i].destination, rows[i].corrected, "in_force", &f, 0);
		if (rows[i].ended)
			put_registration(site, PERIOD + 86400);
		json_t *o = ask(e, said);
		CHECK_INT(i, rows[i].says, o != NULL, rows[i].told);
		/* Nothing is to be learned from how it is refused. */
		if (!rows[i].told)
			CHECK_SLICE(i, rows[i].says, slice_str(said), slice_str(unknown));
		json_decref(o);
		buf_release(&bytes);
	}
	store_close(store);
	check_done();
}

static void the_answer_has_quotations_and_text_and_no_raw_bytes(void **state)
{
	static const char *const never[] = { "secret-script", "secret-comment", "secret-hidden",
					     "secret-link",   "secret-mail",    "7946",
					     "<p>",           "tracker" };
	struct slice html = slice_str(page);
	struct buf text = { 0 };
	char said[SAID], address[EVIDENCE_ADDRESS_SIZE];

	(void)state;
	open_new("answer");
	struct sha256 e = put_page("x.example", html, "public", NULL);
	struct sha256 f[] = {
		put_finding("x.example", "rogue", "JP", quote(e, html, QUOTE, NULL),
		            quote(e, html, "Viagra 100 mg", NULL)),
		put_finding("x.example", "unapproved", "JP",
		            quote(e, html, "or call +44 20 7946 0000", NULL), NULL),
		put_finding("x.example", "rogue", "US", quote(e, html, "Order", NULL), NULL),
	};
	put_verdict("x.example", "JP", "rogue", f, 2);
	put_verdict("x.example", "US", "rogue", f + 2, 1);
	put_act("decision", "x.example", "JP", "rogue", "in_force", f, 2);
	json_t *o = ask(e, said);
	assert_non_null(o);
	evidence_address_format(e, address);
	CHECK_SLICE(0, "evidence", json_str(o, "evidence"), slice_str(address));
	CHECK_SLICE(0, "media type", json_str(o, "media_type"), SLICE("text/html"));
	CHECK_INT(0, "length", json_i64(o, "length", 0), html.n);
	CHECK_SLICE(0, "at", json_str(o, "at"), SLICE("2026-09-14T06:00:00Z"));
	CHECK_SLICE(0, "url", json_str(o, "url"), SLICE("https://x.example/"));
	CHECK_SLICE(0, "vantage", json_str(o, "vantage"), SLICE("demo"));
	CHECK_INT(0, "redactions", json_i64(o, "redactions", 0), 2);
	CHECK_SLICE(0, "text", json_str(o, "text"),
	            SLICE("Cheap Pills\nViagra 100 mg $1.20\n" QUOTE "\nOrder\nWrite to " REDACTION_MARK
	                  " or call " REDACTION_MARK));
	const json_t *list = json_arr(o, "quotations");
	static const struct {
		const char *quote, *rule;
		bool weighed, redacted;
	} want[] = {
		{ "Viagra 100 mg", "demo-rogue", true, false },
		{ QUOTE, "demo-rogue", false, false },
		{ "or call " REDACTION_MARK, "demo-unapproved", false, true },
	};
	assert_int_equal(json_array_size(list), ROWS(want));
	for (size_t i = 0; i < ROWS(want); i++) {
		const json_t *q = json_array_get(list, i);
		CHECK_SLICE(i, "quote", json_str(q, "quote"), slice_str(want[i].quote));
		CHECK_SLICE(i, "rule", json_str(q, "rule"), slice_str(want[i].rule));
		CHECK_SLICE(i, "destination", json_str(q, "destination"), SLICE("JP"));
		CHECK_SLICE(i, "digest", json_str(q, "text"), json_str(o, "text_digest"));
		CHECK_INT(i, "weighed", json_flag(q, "weighed", false), want[i].weighed);
		CHECK_INT(i, "redacted", json_flag(q, "redacted", false), want[i].redacted);
	}
	ASSERT_OK(json_canonical(o, &text, err));
	for (size_t i = 0; i < ROWS(never); i++)
		CHECK_INT(i, never[i], strstr(buf_str(&text), never[i]) != NULL, 0);
	json_decref(o);

	enum { CALLS = 200 };
	int64_t from = clock_ticks_ns();
	for (int i = 0; i < CALLS; i++)
		json_decref(ask(e, said));
	printf("# %.0f us a call\n", (double)(clock_ticks_ns() - from) / 1e3 / CALLS);
	buf_release(&text);
	store_close(store);
	check_done();
}

static struct slice gzipped(struct slice s, struct buf *out)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)s.p, .avail_in = (uInt)s.n };
	char *room = buf_reserve(out, s.n + 100);

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_out = (Bytef *)room;
	z.avail_out = (uInt)s.n + 100;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->n += z.total_out;
	deflateEnd(&z);
	return buf_slice(out);
}

static void text_is_told_where_it_is_the_one_that_was_quoted(void **state)
{
	struct buf big = { 0 }, gzip = { 0 };
	struct slice html = slice_str(page);

	(void)state;
	open_new("texts");
	buf_put(&big, html);
	while (big.n <= EVIDENCE_VIEW_BYTES)
		buf_puts(&big, "<!-- a long comment that is no text -->");
	const struct {
		const char *says;
		struct slice bytes;
		const char *encoding, *extractor;
		bool has_text;
	} rows[] = {
		{ "a page", html, NULL, NULL, true },
		{ "as it came, compressed", gzipped(html, &gzip), "gzip", NULL, true },
		{ "too long", buf_slice(&big), NULL, NULL, false },
		{ "read by another extractor", SLICE("<p>" QUOTE "</p>"), NULL, "html-text/0", false },
		{ "said to be compressed in a way that we cannot read", SLICE("<b>" QUOTE "</b>"), "br", NULL,
		  false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char site[40], said[SAID];
		snprintf(site, sizeof(site), "t%zu.example", i);
		struct sha256 e = put_page(site, rows[i].bytes, "public", rows[i].encoding);
		struct slice read = rows[i].encoding && i == 1 ? html : rows[i].bytes;
		struct sha256 f = put_finding(site, "rogue", "JP", quote(e, read, QUOTE, rows[i].extractor),
		                              NULL);
		put_verdict(site, "JP", "rogue", &f, 1);
		put_act("decision", site, "JP", "rogue", "in_force", &f, 1);
		json_t *o = ask(e, said);
		CHECK_INT(i, rows[i].says, json_array_size(json_arr(o, "quotations")), 1);
		CHECK_SLICE(i, rows[i].says,
		            json_str(json_array_get(json_arr(o, "quotations"), 0), "quote"), SLICE(QUOTE));
		CHECK_INT(i, rows[i].says, json_object_get(o, "text") != NULL, rows[i].has_text);
		CHECK_INT(i, rows[i].says, json_object_get(o, "text_digest") != NULL, rows[i].has_text);
		json_decref(o);
	}
	buf_release(&big);
	buf_release(&gzip);
	store_close(store);
	check_done();
}

/* The same bytes served by many sites: of these only the listed one is told. */
static void a_page_that_many_sites_serve_is_told_of_the_listed_one(void **state)
{
	enum { SITES = 300, LISTED = 123 };
	struct slice html = slice_str(page);
	struct sha256 e = { 0 };
	char said[SAID];

	(void)state;
	open_new("shared");
	ASSERT_OK(store_begin(store, err));
	for (int i = 0; i < SITES; i++) {
		char site[40];
		snprintf(site, sizeof(site), "many-%d.example", i);
		e = put_page(site, html, "public", NULL);
		struct sha256 f = put_finding(site, "rogue", "JP", quote(e, html, QUOTE, NULL), NULL);
		put_verdict(site, "JP", "rogue", &f, 1);
		if (i == LISTED)
			put_act("decision", site, "JP", "rogue", "in_force", &f, 1);
	}
	ASSERT_OK(store_commit(store, err));
	int64_t from = clock_ticks_ns();
	json_t *o = ask(e, said);
	printf("# %d sites, one of them listed: %.1f ms\n", SITES,
	       (double)(clock_ticks_ns() - from) / 1e6);
	CHECK_INT(0, "quotations", json_array_size(json_arr(o, "quotations")), 1);
	CHECK_INT(0, "text", json_object_get(o, "text") != NULL, 1);
	json_decref(o);
	store_close(store);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_published_is_told),
		cmocka_unit_test(the_answer_has_quotations_and_text_and_no_raw_bytes),
		cmocka_unit_test(text_is_told_where_it_is_the_one_that_was_quoted),
		cmocka_unit_test(a_page_that_many_sites_serve_is_told_of_the_listed_one),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "wire/http_response.h"
#include "wire/inflate.h"
#include "wire/warc.h"
#include "wire/warc_writer.h"

#define HEAD(type, length)                                                                         \
	"WARC/1.0\r\nWARC-Type: " type "\r\nWARC-Record-ID: <urn:uuid:1>\r\n"                      \
	"WARC-Date: 2026-09-14T01:02:03Z\r\nWARC-Target-URI: <https://x.example/>\r\n"             \
	"Content-Type: text/html\r\nContent-Length: " length "\r\n\r\n"

static void records_are_read_one_behind_the_other(void **state)
{
	(void)state;
	struct slice file = SLICE(HEAD("warcinfo", "4") "a: b\r\n\r\n"
	                          HEAD("response", "5") "hello\r\n\r\n"
	                          "WARC/1.1\nwarc-type: Resource\nContent-Length: 2\n"
	                          "WARC-Date: 2026-09-14T01:02:03.456789Z\nX: y\n folded\n\nhi\n\n");
	struct warc_reader r;
	struct warc_record w;

	warc_open(&r, file, 0);
	assert_int_equal(warc_next(&r, &w, NULL), 1);
	assert_int_equal(w.type, WARC_WARCINFO);
	assert_int_equal(warc_next(&r, &w, NULL), 1);
	assert_int_equal(w.type, WARC_RESPONSE);
	CHECK_SLICE(1, "uri", w.target_uri, SLICE("https://x.example/"));
	CHECK_SLICE(1, "id", w.id, SLICE("urn:uuid:1"));
	CHECK_SLICE(1, "date", w.date, SLICE("2026-09-14T01:02:03Z"));
	CHECK_SLICE(1, "type", w.content_type, SLICE("text/html"));
	CHECK_SLICE(1, "block", w.block, SLICE("hello"));
	CHECK_INT(1, "offset", slice_starts(slice_sub(file, w.offset, file.n), SLICE("WARC/1.0")), 1);
	assert_int_equal(warc_next(&r, &w, NULL), 1);
	assert_int_equal(w.type, WARC_RESOURCE);
	CHECK_INT(2, "at", w.at, 1789347723);
	CHECK_SLICE(2, "block", w.block, SLICE("hi"));
	assert_int_equal(warc_next(&r, &w, NULL), 0);
	assert_int_equal(warc_next(&r, &w, NULL), 0);
	warc_release(&r);
	check_done();
}

static void bad_records_are_named_and_stepped_over(void **state)
{
	(void)state;
	static const struct {
		const char *bad, *what;
		int code;
	} rows[] = {
		{ "garbage\n", "warc: no record starts with 'garbage'", ERR_SYNTAX },
		{ "WARC/1.0\r\nWARC-Type: response\r\n\r\n\r\n\r\n", "warc: no Content-Length", ERR_SYNTAX },
		{ "WARC/1.0\r\nContent-Length: 1x\r\n\r\na\r\n\r\n", "warc: no Content-Length", ERR_SYNTAX },
		{ "WARC/1.0\r\nContent-Length: 1\r\nWARC-Date: now\r\n\r\na\r\n\r\n",
		  "warc: WARC-Date: time 'now' is not of the form 2026-11-22T04:05:06Z", ERR_SYNTAX },
		{ HEAD("response", "21") "0123456789 0123456789\r\n\r\n",
		  "warc: a block of 21 bytes is over 20", ERR_LIMIT },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf file = { 0 };
		struct warc_reader r;
		struct warc_record w = { 0 };
		struct err err = { .what = "" };
		buf_puts(&file, rows[i].bad);
		buf_puts(&file, HEAD("response", "2") "ok\r\n\r\n");
		warc_open(&r, buf_slice(&file), 20);
		CHECK_INT(i, rows[i].bad, warc_next(&r, &w, &err), rows[i].code);
		CHECK_SLICE(i, rows[i].bad, slice_str(err.what), slice_str(rows[i].what));
		CHECK_INT(i, rows[i].bad, warc_next(&r, &w, &err), 1);
		CHECK_SLICE(i, rows[i].bad, w.block, SLICE("ok"));
		warc_release(&r);
		buf_release(&file);
	}
	check_done();
}

static void a_file_cut_off_says_so(void **state)
{
	(void)state;
	static const struct {
		const char *file, *what;
	} rows[] = {
		{ HEAD("response", "9") "abc", "warc: a block of 9 bytes is cut off after 3" },
		{ "WARC/1.0\r\nContent-Length: 3\r\n", "warc: a record's header never ends" },
		{ "WARC/1.", "warc: a record's header never ends" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct warc_reader r;
		struct warc_record w;
		struct err err = { .what = "" };
		warc_open(&r, slice_str(rows[i].file), 0);
		CHECK_INT(i, rows[i].file, warc_next(&r, &w, &err), ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].file, slice_str(err.what), slice_str(rows[i].what));
		CHECK_INT(i, rows[i].file, warc_next(&r, &w, &err), 0);
		warc_release(&r);
	}
	check_done();
}

/* Two records in one member, a damaged member, a good one, a plain record. */
static void compressed_files_are_read_member_by_member(void **state)
{
	(void)state;
	struct buf file = { 0 };
	struct warc_reader r;
	struct warc_record w;
	struct err err = { .what = "" };

	assert_int_equal(gzip_member(SLICE(HEAD("response", "1") "a\r\n\r\n"
	                                   HEAD("response", "1") "b\r\n\r\n"), &file, NULL), 0);
	size_t second = file.n;
	assert_int_equal(gzip_member(SLICE(HEAD("response", "1") "x\r\n\r\n"), &file, NULL), 0);
	file.p[second + 40] ^= 0x55;
	size_t third = file.n;
	assert_int_equal(gzip_member(SLICE(HEAD("response", "1") "c\r\n\r\n"), &file, NULL), 0);
	buf_puts(&file, HEAD("response", "1") "d\r\n\r\n");
	warc_open(&r, buf_slice(&file), 0);
	assert_int_equal(warc_next(&r, &w, &err), 1);
	CHECK_SLICE(0, "a", w.block, SLICE("a"));
	assert_int_equal(warc_next(&r, &w, &err), 1);
	CHECK_SLICE(1, "b", w.block, SLICE("b"));
	CHECK_INT(1, "b", w.offset, 0);
	assert_int_equal(warc_next(&r, &w, &err), ERR_SYNTAX);
	assert_int_equal(err.at, second);
	assert_int_equal(warc_next(&r, &w, &err), 1);
	CHECK_SLICE(2, "c", w.block, SLICE("c"));
	CHECK_INT(2, "c", w.offset, third);
	assert_int_equal(warc_next(&r, &w, &err), 1);
	CHECK_SLICE(3, "d", w.block, SLICE("d"));
	assert_int_equal(warc_next(&r, &w, &err), 0);
	warc_release(&r);
	buf_release(&file);
	check_done();
}

static void a_member_that_swells_is_stepped_over(void **state)
{
	(void)state;
	enum { SWOLLEN = 1 << 20 };
	struct buf file = { 0 }, zeros = { 0 };
	struct warc_reader r;
	struct warc_record w;

	assert_non_null(buf_reserve(&zeros, SWOLLEN));
	memset(zeros.p, 0, SWOLLEN);
	zeros.n = SWOLLEN;
	assert_int_equal(gzip_member(buf_slice(&zeros), &file, NULL), 0);
	assert_int_equal(gzip_member(SLICE(HEAD("response", "1") "a\r\n\r\n"), &file, NULL), 0);
	warc_open(&r, buf_slice(&file), SWOLLEN / 3);
	assert_int_equal(warc_next(&r, &w, NULL), ERR_LIMIT);
	assert_int_equal(warc_next(&r, &w, NULL), 1);
	assert_true(slice_eq_str(w.block, "a"));
	warc_release(&r);
	buf_release(&zeros);
	buf_release(&file);
}

static void what_is_written_is_read_back(void **state)
{
	(void)state;
	struct slice http = SLICE("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>hi\0</p>");
	struct slice uri = SLICE("https://x.example/a?b=c");
	struct buf none = { 0 };

	for (int gzip = 0; gzip < 2; gzip++) {
		struct buf file = { 0 }, again = { 0 };
		struct warc_reader r;
		struct warc_record w;
		char id[64] = "";
		for (int i = 0; i < 2; i++)
			assert_int_equal(warc_write_response(sink_to_buf(&file), uri, 1789347723 + i,
			                                     http, gzip, NULL), 0);
		assert_int_equal(warc_write_response(sink_to_buf(&again), uri, 1789347723, http, gzip,
		                                     NULL), 0);
		assert_true(slice_starts(buf_slice(&file), buf_slice(&again)));
		warc_open(&r, buf_slice(&file), 0);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(warc_next(&r, &w, NULL), 1);
			assert_int_equal(w.type, WARC_RESPONSE);
			CHECK_SLICE(i, "uri", w.target_uri, uri);
			CHECK_INT(i, "at", w.at, 1789347723 + i);
			CHECK_SLICE(i, "block", w.block, http);
			assert_int_equal(w.id.n, 45);
			assert_true(slice_starts(w.id, SLICE("urn:uuid:")));
			assert_true(memcmp(id, w.id.p, 45) != 0);
			memcpy(id, w.id.p, 45);
		}
		assert_int_equal(warc_next(&r, &w, NULL), 0);
		warc_release(&r);
		buf_release(&file);
		buf_release(&again);
	}
	assert_int_equal(warc_write_response(sink_to_buf(&none), SLICE("https://x.example/a b"), 0,
	                                     http, false, NULL), ERR_USAGE);
	assert_int_equal(none.n, 0);
	check_done();
}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static void responses_give_status_fields_and_payload(void **state)
{
	(void)state;
	static const struct {
		const char *message;
		int status;
		const char *type, *payload;
		bool truncated;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x\r\n\r\nbody", 200,
		  "text/html; charset=x", "body", false },
		{ "HTTP/1.0 404 Not Found\ncontent-type:a/b\n\nbody", 404, "a/b", "body", false },
		{ "HTTP/2 301\r\nLocation: /x\r\n\r\n", 301, "", "", false },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody", 200, "", "body", true },
		{ "HTTP/1.1 200 OK\r\nA: b", 200, "", "", false },
		{ CHUNKED "4\r\nbody\r\n0\r\n\r\n", 200, "", "body", false },
		{ CHUNKED "2;x=y\r\nbo\r\n2 \r\ndy\r\n0\r\nT: r\r\n\r\n", 200, "", "body", false },
		{ CHUNKED "2\r\nbo\r\n9\r\ndy", 200, "", "body", true },
		{ CHUNKED "4\r\nbody\r\n", 200, "", "body", true },
		{ CHUNKED "fffffffffffffff\r\nbody", 200, "", "body", true },
		{ CHUNKED "<p>stored dechunked", 200, "", "<p>stored dechunked", false },
		{ CHUNKED "dead beef", 200, "", "dead beef", false },
		{ "HTTP/1.1 OK\r\n\r\n", 0, "", "", false },
		{ "HTTP/1.1 999 Odd\r\n\r\n", 0, "", "", false },
		{ "<html>", 0, "", "", false },
		{ "", 0, "", "", false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct http_response r = { 0 };
		int rc = http_response_parse(slice_str(rows[i].message), &a, &r, NULL);
		CHECK_INT(i, rows[i].message, rc, rows[i].status ? 0 : ERR_SYNTAX);
		CHECK_INT(i, rows[i].message, r.status, rows[i].status);
		CHECK_SLICE(i, rows[i].message, r.content_type, slice_str(rows[i].type));
		CHECK_SLICE(i, rows[i].message, r.payload, slice_str(rows[i].payload));
		CHECK_INT(i, rows[i].message, r.truncated, rows[i].truncated);
		arena_release(&a);
	}
	CHECK_SLICE(0, "field", http_field(SLICE("A: 1\r\nb : 2\r\nB: 3 \r\nB: 4\r\n"), "b"),
	            SLICE("3"));
	check_done();
}

static void content_codings_are_undone_for_reading(void **state)
{
	(void)state;
	struct buf once = { 0 }, twice = { 0 };
	assert_int_equal(gzip_member(SLICE("hello hello hello"), &once, NULL), 0);
	assert_int_equal(gzip_member(buf_slice(&once), &twice, NULL), 0);
	struct slice gz = buf_slice(&once);
	struct slice zlib = SLICE("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15");
	const struct {
		const char *coding;
		struct slice in;
		int rc;
		const char *want;
	} rows[] = {
		{ "", SLICE("plain"), 0, "plain" },
		{ "identity", SLICE("plain"), 0, "plain" },
		{ "gzip", gz, 0, "hello hello hello" },
		{ "x-gzip", gz, 0, "hello hello hello" },
		{ "GZIP, gzip", buf_slice(&twice), 0, "hello hello hello" },
		{ "deflate", zlib, 0, "hello" },
		{ "deflate", slice_sub(zlib, 2, zlib.n - 4), 0, "hello" },
		{ "gzip", SLICE("stored decoded"), 0, "stored decoded" },
		{ "gzip", slice_sub(gz, 0, gz.n - 8), 0, "hello hello hello" },
		{ "gzip", SLICE("\x1f\x8b\xff\xff"), ERR_SYNTAX, "" },
		{ "br", SLICE("x"), ERR_SYNTAX, "" },
		{ "gzip, gzip, gzip", gz, ERR_SYNTAX, "" },
		{ "", SLICE("a body over the limit of forty bytes, surely"), ERR_LIMIT, "" },
		{ "gzip", SLICE("a body over the limit of forty bytes, surely"), ERR_LIMIT, "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct slice out = SLICE("");
		CHECK_INT(i, rows[i].coding, http_content_decode(slice_str(rows[i].coding), rows[i].in, 40,
		                                                 &a, &out, NULL), rows[i].rc);
		CHECK_SLICE(i, rows[i].coding, out, slice_str(rows[i].want));
		arena_release(&a);
	}
	buf_release(&once);
	buf_release(&twice);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read_one_behind_the_other),
		cmocka_unit_test(bad_records_are_named_and_stepped_over),
		cmocka_unit_test(a_file_cut_off_says_so),
		cmocka_unit_test(compressed_files_are_read_member_by_member),
		cmocka_unit_test(a_member_that_swells_is_stepped_over),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(responses_give_status_fields_and_payload),
		cmocka_unit_test(content_codings_are_undone_for_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "check.h"

#include "wire/cdxj.h"

/* As warcio.js 2.4.11 makes them (getSurt). */
static void keys_are_sort_friendly(void **state)
{
	(void)state;
	static const struct {
		const char *uri, *key;
	} rows[] = {
		{ "https://h.example/", "example,h)/" },
		{ "http://www.h.example/", "example,h)/" },
		{ "http://WWW12.h.example/A/b", "example,h)/a/b" },
		{ "http://wwwh.example/", "example,wwwh)/" },
		{ "https://h.example:8443/", "example,h:8443)/" },
		{ "https://h.example:443/", "example,h)/" },
		{ "http://h.example:80/x", "example,h)/x" },
		{ "http://h.example:443/x", "example,h:443)/x" },
		{ "https://a.b.c.example/?z=1&A=2&a=1", "example,c,b,a)/?a=1&a=2&z=1" },
		{ "https://h.example/p?", "example,h)/p" },
		{ "https://h.example?b&a", "example,h)/?a&b" },
		{ "https://h.example/p?a&&b", "example,h)/p?&a&b" },
		{ "https://h.example/p#part", "example,h)/p" },
		{ "https://[2001:DB8::1]:8443/", "[2001:db8::1]:8443)/" },
		{ "https://192.0.2.1/", "1,2,0,192)/" },
		{ "dns:h.example?type=A", "dns:h.example?type=A" },
		{ "urn:view:https://h.example/A", "urn:view:https://h.example/A" },
		{ "", "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		cdxj_key(slice_str(rows[i].uri), &out);
		CHECK_SLICE(i, rows[i].uri, buf_slice(&out), slice_str(rows[i].key));
		buf_release(&out);
	}
	check_done();
}

static void a_line_is_read_as_it_was_written(void **state)
{
	(void)state;
	struct cdxj line = { .uri = SLICE("https://h.example/\xc3\xa4\"\\"), .at_ms = 1789347723456,
		             .mime = SLICE("text/html"), .status = 404, .digest = SLICE("sha256:00"),
		             .length = 12, .offset = 345, .filename = SLICE("warc/000001.warc.gz") };
	struct cdxj got;
	struct slice key;
	json_t *object = NULL;
	struct buf out = { 0 };

	assert_int_equal(cdxj_put(&line, &out, NULL), 0);
	CHECK_SLICE(0, "line", buf_slice(&out),
	            SLICE("example,h)/\xc3\xa4\"\\ 20260914010203 {\"digest\":\"sha256:00\","
	                  "\"filename\":\"warc/000001.warc.gz\",\"length\":\"12\","
	                  "\"mime\":\"text/html\",\"offset\":\"345\",\"status\":\"404\","
	                  "\"url\":\"https://h.example/\xc3\xa4\\\"\\\\\"}\n"));
	assert_int_equal(cdxj_parse(slice_sub(buf_slice(&out), 0, out.n - 1), &got, &key, &object, NULL), 0);
	CHECK_SLICE(0, "key", key, SLICE("example,h)/\xc3\xa4\"\\"));
	CHECK_SLICE(0, "uri", got.uri, line.uri);
	CHECK_INT(0, "at", got.at_ms, 1789347723000);
	CHECK_SLICE(0, "mime", got.mime, line.mime);
	CHECK_INT(0, "status", got.status, 404);
	CHECK_SLICE(0, "digest", got.digest, line.digest);
	CHECK_INT(0, "length", got.length, 12);
	CHECK_INT(0, "offset", got.offset, 345);
	CHECK_SLICE(0, "filename", got.filename, line.filename);
	json_decref(object);
	buf_clear(&out);
	line.mime = line.digest = SLICE("");
	line.status = 0;
	assert_int_equal(cdxj_put(&line, &out, NULL), 0);
	assert_non_null(strstr(buf_str(&out), "\"mime\":\"unk\""));
	assert_null(strstr(buf_str(&out), "status"));
	buf_release(&out);
	check_done();
}

static void what_is_no_line_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int rc;
	} rows[] = {
		{ "", ERR_SYNTAX },
		{ "key", ERR_SYNTAX },
		{ "key 20260914010203", ERR_SYNTAX },
		{ "key 2026 {\"url\":\"x\",\"filename\":\"f\",\"offset\":\"1\"}", ERR_SYNTAX },
		{ "key 20261314010203 {\"url\":\"x\",\"filename\":\"f\",\"offset\":\"1\"}", ERR_SYNTAX },
		{ "key 20260914010203 {\"url\":\"x\",\"filename\":\"f\",\"offset\":1}", ERR_SYNTAX },
		{ "key 20260914010203 {\"url\":\"x\",\"filename\":\"f\",\"offset\":\"-1\"}", ERR_SYNTAX },
		{ "key 20260914010203 {\"url\":\"x\",\"filename\":\"f\"}", ERR_SYNTAX },
		{ "key 20260914010203 [1]", ERR_SYNTAX },
		{ "key 20260914010203 {\"url\":\"x\",\"filename\":\"f\",\"offset\":\"1\"}", 0 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct cdxj got;
		struct slice key;
		json_t *object = NULL;
		CHECK_INT(i, rows[i].line, cdxj_parse(slice_str(rows[i].line), &got, &key, &object, NULL),
		          rows[i].rc);
		json_decref(object);
	}
	struct cdxj spaced = { .uri = SLICE("https://h.example/a b") };
	struct cdxj latin = { .uri = SLICE("https://h.example/\xe4") };
	struct buf out = { 0 };
	CHECK_INT(0, "space", cdxj_put(&spaced, &out, NULL), ERR_USAGE);
	CHECK_INT(0, "not UTF-8", cdxj_put(&latin, &out, NULL), ERR_SYNTAX);
	CHECK_INT(0, "nothing written", out.n, 0);
	buf_release(&out);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_sort_friendly),
		cmocka_unit_test(a_line_is_read_as_it_was_written),
		cmocka_unit_test(what_is_no_line_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

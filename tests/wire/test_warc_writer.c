#include "check.h"

#include "wire/warc.h"
#include "wire/warc_writer.h"

#define AT_MS INT64_C(1789347723456)

static void every_field_is_written(void **state)
{
	(void)state;
	struct sha256 payload = sha256_of(SLICE("hello"));
	struct warc_head head = { .type = WARC_REVISIT, .uri = SLICE("https://h.example/"), .at_ms = AT_MS,
		                  .content_type = SLICE("application/http; msgtype=response"),
		                  .concurrent_to = SLICE("urn:uuid:1"), .ip = SLICE("2001:db8::1"),
		                  .truncated = SLICE("length"), .payload_type = SLICE("text/html"),
		                  .payload = &payload, .refers_to = SLICE("urn:uuid:2"),
		                  .refers_to_uri = SLICE("https://o.example/"),
		                  .refers_to_at_ms = 1789347000000 };
	struct buf out = { 0 };
	char id[WARC_ID_SIZE];
	size_t block_at = 0;

	buf_puts(&out, "before");
	assert_int_equal(warc_put(&out, &head, SLICE("a: b\r\n\r\n"), id, &block_at, NULL), 0);
	struct slice record = slice_sub(buf_slice(&out), 6, out.n);
	char want[2000];
	snprintf(want, sizeof(want),
	         "WARC/1.1\r\nWARC-Type: revisit\r\nWARC-Record-ID: <%s>\r\n"
	         "WARC-Date: 2026-09-14T01:02:03.456Z\r\nWARC-Target-URI: https://h.example/\r\n"
	         "WARC-Concurrent-To: <urn:uuid:1>\r\nWARC-IP-Address: 2001:db8::1\r\n"
	         "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n"
	         "WARC-Refers-To: <urn:uuid:2>\r\nWARC-Refers-To-Target-URI: https://o.example/\r\n"
	         "WARC-Refers-To-Date: 2026-09-14T00:50:00Z\r\nWARC-Truncated: length\r\n"
	         "WARC-Identified-Payload-Type: text/html\r\nWARC-Block-Digest: sha256:"
	         "d32cda2cb0b6abd92eb5c06ca13f7c1f5dd2cb5ad5a5ab3ba2b5a77a35f6c6a5\r\n"
	         "WARC-Payload-Digest: sha256:"
	         "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\r\n"
	         "Content-Type: application/http; msgtype=response\r\nContent-Length: 8\r\n\r\n"
	         "a: b\r\n\r\n\r\n\r\n", id);
	char hex[SHA256_HEX];
	sha256_hex(sha256_of(SLICE("a: b\r\n\r\n")), hex);
	memcpy(strstr(want, "sha256:") + 7, hex, 64);
	CHECK_SLICE(0, "record", record, slice_str(want));
	CHECK_SLICE(0, "block", slice_sub(record, block_at, block_at + 8), SLICE("a: b\r\n\r\n"));
	/* And read again. */
	struct warc_reader r;
	struct warc_record w;
	warc_open(&r, record, 0);
	assert_int_equal(warc_next(&r, &w, NULL), 1);
	CHECK_SLICE(0, "id", w.id, slice_str(id));
	CHECK_INT(0, "at", w.at_ms, AT_MS);
	CHECK_SLICE(0, "refers", w.refers_to, SLICE("urn:uuid:2"));
	assert_true(slice_ends(w.payload_digest, SLICE("938b9824")));
	warc_release(&r);
	buf_release(&out);
	check_done();
}

static void ids_are_of_what_a_record_is(void **state)
{
	(void)state;
	const struct warc_head same = { .type = WARC_RESOURCE, .uri = SLICE("urn:x"), .at_ms = AT_MS };
	struct warc_head rows[] = { same, same, same, same, same, same };
	struct slice blocks[] = { SLICE("b"), SLICE("b"), SLICE("b"), SLICE("b"), SLICE("b"), SLICE("c") };
	char id[ROWS(rows)][WARC_ID_SIZE];

	rows[1].type = WARC_METADATA;
	rows[2].uri = SLICE("urn:y");
	rows[3].at_ms++;
	rows[4].seed = SLICE("s");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 }, again = { 0 };
		char second[WARC_ID_SIZE];
		assert_int_equal(warc_put(&out, &rows[i], blocks[i], id[i], NULL, NULL), 0);
		assert_int_equal(warc_put(&again, &rows[i], blocks[i], second, NULL, NULL), 0);
		CHECK_SLICE(i, "the same bytes", buf_slice(&out), buf_slice(&again));
		CHECK_INT(i, "version", id[i][9 + 14], '8'); /* RFC 9562 5.8 */
		CHECK_INT(i, "variant", strchr("89ab", id[i][9 + 19]) != NULL, 1);
		for (size_t j = 0; j < i; j++)
			CHECK_INT(i, "another id", strcmp(id[i], id[j]) != 0, 1);
		buf_release(&out);
		buf_release(&again);
	}
	check_done();
}

static void a_field_cannot_forge_another(void **state)
{
	(void)state;
	const struct warc_head rows[] = {
		{ .type = WARC_RESOURCE, .uri = SLICE("https://x.example/\r\nWARC-Type: response") },
		{ .type = WARC_RESOURCE, .uri = SLICE("https://x.example/a b") },
		{ .type = WARC_RESOURCE, .uri = SLICE("urn:x"), .content_type = SLICE("a/b\nX: y") },
		{ .type = WARC_RESOURCE, .uri = SLICE("urn:x"), .ip = SLICE("192.0.2.1\r") },
		{ .type = WARC_REVISIT, .uri = SLICE("urn:x"), .refers_to_uri = SLICE("\x7f") },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		char id[WARC_ID_SIZE];
		CHECK_INT(i, "refused", warc_put(&out, &rows[i], SLICE(""), id, NULL, NULL), ERR_USAGE);
		CHECK_INT(i, "nothing", out.n, 0);
		buf_release(&out);
	}
	check_done();
}

static void times_have_milliseconds(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t at_ms;
		bool ours; /* as it is written */
	} rows[] = {
		{ "2026-09-14T01:02:03.456Z", AT_MS, true },
		{ "2026-09-14T01:02:03Z", AT_MS - 456, true },
		{ "2026-09-14T01:02:03.4Z", AT_MS - 56, false },
		{ "2026-09-14T01:02:03.456789Z", AT_MS, false },
		{ "1969-12-31T23:59:59.999Z", -1, true },
		{ "1969-12-31T23:59:59Z", -1000, true },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t at_ms = 0;
		char text[WARC_DATE_SIZE];
		CHECK_INT(i, rows[i].text, warc_date_parse(slice_str(rows[i].text), &at_ms, NULL), 0);
		CHECK_INT(i, rows[i].text, at_ms, rows[i].at_ms);
		warc_date_format(rows[i].at_ms, text);
		if (rows[i].ours)
			CHECK_SLICE(i, rows[i].text, slice_str(text), slice_str(rows[i].text));
	}
	int64_t unused;
	CHECK_INT(0, "no digits", warc_date_parse(SLICE("2026-09-14T01:02:03.Z"), &unused, NULL), ERR_SYNTAX);
	CHECK_INT(0, "letters", warc_date_parse(SLICE("2026-09-14T01:02:03.4xZ"), &unused, NULL), ERR_SYNTAX);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_written),
		cmocka_unit_test(ids_are_of_what_a_record_is),
		cmocka_unit_test(a_field_cannot_forge_another),
		cmocka_unit_test(times_have_milliseconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The example of doc/format/archive.md, made again; with ASSAY_PRINT=1 it is printed. */
#include "scratch.h"

#include "format_page.h"
#include "store/archive.h"
#include "wire/gzip.h"

static void read_whole(const char *dir, const char *name, struct buf *out)
{
	char path[500];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	for (int c; (c = fgetc(f)) != EOF;)
		buf_putc(out, (char)c);
	fclose(f);
}

/* The members that libdeflate makes, and so offsets and checksums of what is stored, are its
 * version's: the page has those of Debian 12. */
static void the_example_of_the_format_page_is_what_the_program_writes(void **state)
{
	struct archive_options options = { .write = true };
	struct exchange x = { .kind = EXCHANGE_HTTP, .number = 1, .vantage = SLICE("jp-desktop"),
		              .uri = SLICE("https://pills.example/"), .at_ms = INT64_C(1789347723456),
		              .took_ms = 210, .remote = SLICE("192.0.2.1:443"),
		              .request = SLICE("GET / HTTP/1.1\r\nHost: pills.example\r\n\r\n"),
		              .response = SLICE("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Pills"),
		              .tls_verify = "self-signed certificate" };
	struct archive *a = NULL;
	struct archive_order *o = NULL;
	struct evidence response, picture;
	bool has_response, has_picture;
	struct gzip *z = NULL;
	struct buf file = { 0 }, text = { 0 }, block[4] = { { 0 } };
	json_t *about = json_pack("{s:s}", "subject", "pills.example"), *manifest = NULL;
	char dir[300], name[100], hex[SHA256_HEX];

	(void)state;
	snprintf(dir, sizeof(dir), "%s", at_scratch("page"));
	ASSERT_OK(archive_open(dir, &options, &a, err));
	ASSERT_OK(archive_begin(a, about, &o, err));
	ASSERT_OK(archive_put(o, &x, "page", EVIDENCE_PUBLIC, &response, &has_response, &picture,
	                      &has_picture, err));
	ASSERT_OK(archive_seal(o, sha256_of(SLICE("")), 0, err));
	ASSERT_OK(archive_close(a, err));
	/* The record of the response. */
	read_whole(dir, "warc/000001.warc.gz", &file);
	ASSERT_OK(json_canonical(about, &text, err));
	sha256_hex(sha256_of(buf_slice(&text)), hex);
	snprintf(name, sizeof(name), "orders/%.2s/%s.json", hex, hex);
	buf_clear(&text);
	read_whole(dir, name, &text);
	ASSERT_OK(json_parse_object(buf_slice(&text), 1 << 16, &manifest, err));
	const json_t *r = json_obj(json_array_get(json_arr(manifest, "exchanges"), 0), "response");
	size_t at = (size_t)json_i64(r, "at", 0), n = (size_t)json_i64(r, "length", 0);
	buf_clear(&text);
	ASSERT_OK(gzip_new(0, &z, err));
	ASSERT_OK(gzip_get(z, slice_sub(buf_slice(&file), at, at + n), 1 << 16, &text, err));
	for (size_t i = text.n; i-- > 0;) /* the page has no CR */
		if (text.p[i] == '\r')
			memmove(text.p + i, text.p + i + 1, text.n-- - i);
	page_lines(&block[0], buf_slice(&text));
	/* The manifest, indented. */
	char *shown = json_dumps(manifest, JSON_INDENT(2) | JSON_SORT_KEYS);
	page_lines(&block[1], slice_str(shown));
	free(shown);
	buf_clear(&text);
	read_whole(dir, "journal", &text);
	page_lines(&block[2], buf_slice(&text));
	buf_clear(&text);
	read_whole(dir, "index.cdxj", &text);
	page_lines(&block[3], buf_slice(&text));
	page_holds("archive.md", block, ROWS(block));
	gzip_free(z);
	json_decref(about);
	json_decref(manifest);
	buf_release(&file);
	buf_release(&text);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_format_page_is_what_the_program_writes),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

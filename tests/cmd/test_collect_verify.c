/* What assay collect --verify prints and answers. */
#include "scratch.h"

#include "cmd/collect_verify.h"
#include "store/archive.h"

#include <fcntl.h>
#include <unistd.h>

/* Runs it with standard output into a file; the text goes to out. */
static int verify(const char *dir, enum cmd_format format, struct buf *out)
{
	struct err err = { .what = "" };
	const char *path = at_scratch("out");

	fflush(stdout);
	int keep = dup(STDOUT_FILENO), to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(keep >= 0 && to >= 0 && dup2(to, STDOUT_FILENO) >= 0);
	int rc = collect_verify(dir, NULL, format, &err);
	fflush(stdout);
	dup2(keep, STDOUT_FILENO);
	close(keep);
	close(to);
	buf_clear(out);
	FILE *f = fopen(path, "rb");
	char piece[4096];
	for (size_t got; (got = fread(piece, 1, sizeof(piece), f)) > 0;)
		buf_put(out, slice_from(piece, got));
	fclose(f);
	return rc;
}

static void what_is_altered_is_printed(void **state)
{
	(void)state;
	struct archive_options options = { .write = true };
	struct exchange x = { .kind = EXCHANGE_HTTP, .number = 1, .uri = SLICE("https://h.example/"),
		              .request = SLICE("GET / HTTP/1.1\r\n\r\n"),
		              .response = SLICE("HTTP/1.1 200 OK\r\n\r\n<p>hi") };
	struct archive *a = NULL;
	struct archive_order *o = NULL;
	struct evidence response, picture;
	bool has_response, has_picture;
	struct buf out = { 0 };
	char dir[300], path[400];

	snprintf(dir, sizeof(dir), "%s", at_scratch("archive"));
	json_t *about = json_pack("{s:i}", "n", 1);
	ASSERT_OK(archive_open(dir, &options, &a, err));
	ASSERT_OK(archive_begin(a, about, &o, err));
	ASSERT_OK(archive_put(o, &x, "page", EVIDENCE_PUBLIC, &response, &has_response, &picture,
	                      &has_picture, err));
	ASSERT_OK(archive_seal(o, sha256_of(SLICE("")), 0, err));
	ASSERT_OK(archive_close(a, err));
	json_decref(about);
	assert_int_equal(verify(dir, FORMAT_TEXT, &out), EXIT_DONE);
	assert_non_null(strstr(buf_str(&out), "1 orders, 1 exchanges, 3 records"));
	assert_non_null(strstr(buf_str(&out), "all as it was sealed\n"));
	assert_int_equal(verify(dir, FORMAT_JSON, &out), EXIT_DONE);
	assert_non_null(strstr(buf_str(&out), "\"findings\":0,"));
	snprintf(path, sizeof(path), "%s/warc/000001.warc.gz", dir);
	assert_int_equal(truncate(path, (off_t)response.offset + 100), 0);
	assert_int_equal(verify(dir, FORMAT_TEXT, &out), EXIT_NO);
	assert_non_null(strstr(buf_str(&out), "missing: warc/000001.warc.gz at "));
	assert_non_null(strstr(buf_str(&out), "exchange 1 response: the record is not there\n"));
	assert_int_equal(verify(dir, FORMAT_JSON, &out), EXIT_NO);
	struct slice rest = buf_slice(&out), line;
	size_t lines = 0;
	while (slice_cut(&rest, '\n', &line)) {
		json_t *object = NULL;
		ASSERT_OK(json_parse_object(line, 4096, &object, err));
		struct slice type = json_str(object, "type");
		CHECK_SLICE(lines, "type", type,
		            rest.n ? SLICE("archive-finding") : SLICE("archive-verified"));
		json_decref(object);
		lines++;
	}
	assert_true(lines >= 3); /* response and request are gone, and the counts */
	assert_int_equal(verify(at_scratch("nothing"), FORMAT_TEXT, &out), ERR_NOTFOUND);
	buf_release(&out);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_altered_is_printed),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

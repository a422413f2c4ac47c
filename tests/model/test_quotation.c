#include "check.h"

#include "model/quotation.h"

/* Byte offsets:  0123456789…; each kana is three bytes. */
static const struct slice text = { "no Rx \xe5\x87\xa6\xe6\x96\xb9 needed", 19 };

static struct quotation quote(uint64_t start, uint64_t end, struct slice words)
{
	return (struct quotation){ .evidence = sha256_of(SLICE("page")),
				   .text = sha256_of(text),
				   .extractor = SLICE("html-text/1"),
				   .start = start,
				   .end = end,
				   .quote = words };
}

static void quotation_is_found_again_or_refused(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		uint64_t start, end;
		struct slice words;
		const char *want;
	} rows[] = {
		{ "at the start", 0, 5, { "no Rx", 5 }, "" },
		{ "at the end", 13, 19, { "needed", 6 }, "" },
		{ "all of it", 0, 19, { "no Rx \xe5\x87\xa6\xe6\x96\xb9 needed", 19 }, "" },
		{ "whole characters", 6, 9, { "\xe5\x87\xa6", 3 }, "" },
		{ "cut at its start", 7, 9, { "\x87\xa6", 2 }, "quotation: it cuts a character" },
		{ "cut at its end", 6, 8, { "\xe5\x87", 2 }, "quotation: it cuts a character" },
		{ "empty", 3, 3, { "", 0 }, "quotation: it is empty" },
		{ "turned round", 5, 3, { "Rx", 2 }, "quotation: it is empty" },
		{ "one byte too far", 13, 20, { "needed!", 7 },
		  "quotation: it ends at byte 20 of a text of 19" },
		{ "far behind the end", UINT64_MAX - 1, UINT64_MAX, { "x", 1 },
		  "quotation: it ends at byte 18446744073709551615 of a text of 19" },
		{ "other words", 0, 5, { "an Rx", 5 }, "quotation: other words stand at byte 0" },
		{ "fewer words", 0, 5, { "no R", 4 }, "quotation: other words stand at byte 0" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct quotation q = quote(rows[i].start, rows[i].end, rows[i].words), taken = { 0 };
		struct err err = { .what = "" };
		int rc = quotation_check(&q, text, &err);
		CHECK_INT(i, rows[i].why, rc, rows[i].want[0] ? ERR_SYNTAX : 0);
		CHECK_SLICE(i, rows[i].why, slice_str(err.what), slice_str(rows[i].want));
		/* What can be taken from the text is what is found in it again. */
		int took = quotation_take(text, q.text, q.start, q.end, q.evidence, q.extractor, &taken,
					  NULL);
		if (took == 0)
			CHECK_INT(i, rows[i].why, quotation_check(&taken, text, NULL), 0);
		if (rc == 0)
			CHECK_SLICE(i, rows[i].why, taken.quote, rows[i].words);
	}
	struct quotation q = quote(0, 5, SLICE("no Rx"));
	struct err err;
	assert_int_equal(quotation_check(&q, SLICE("no Rx needed"), &err), ERR_SYNTAX);
	assert_string_equal(err.what, "quotation: this is not the text that it names");
	check_done();
}

#define PAGE "\"evidence\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\""
#define TEXT "\"text\":\"sha256:1111111111111111111111111111111111111111111111111111111111111111\""

static void quotation_reads_and_writes_the_same_json(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "{\"end\":3," PAGE ",\"extractor\":\"html-text/1\",\"quote\":\"\xe5\x87\xa6\",\"start\":0,"
		  TEXT "}", "" },
		{ "{\"end\":4," PAGE ",\"extractor\":\"html-text/1\",\"quote\":\"\xe5\x87\xa6\",\"start\":0,"
		  TEXT "}", "quotation: start and end do not fit a quote of 3 bytes" },
		{ "{\"end\":0," PAGE ",\"extractor\":\"x/1\",\"quote\":\"\",\"start\":0," TEXT "}",
		  "quotation: start and end do not fit a quote of 0 bytes" },
		{ "{\"end\":2," PAGE ",\"extractor\":\"x/1\",\"quote\":\"abc\",\"start\":-1," TEXT "}",
		  "quotation: start and end do not fit a quote of 3 bytes" },
		{ "{\"end\":3," PAGE ",\"extractor\":\"\",\"quote\":\"abc\",\"start\":0," TEXT "}",
		  "quotation: extractor is empty" },
		{ "{\"end\":3," PAGE ",\"extractor\":\"x/1\",\"quote\":\"abc\",\"start\":0}", "text is missing" },
		{ "{\"end\":3,\"extractor\":\"x/1\",\"quote\":\"abc\",\"start\":0," TEXT "}",
		  "evidence is missing" },
		{ "{\"end\":\"3\"," PAGE ",\"extractor\":\"x/1\",\"quote\":\"abc\",\"start\":0," TEXT "}",
		  "end is not an integer" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		json_t *object = NULL, *back;
		struct quotation q;
		struct buf out = { 0 };
		struct err err = { .what = "" };
		assert_int_equal(json_parse(slice_str(rows[i].in), 1000, &object, &err), 0);
		int rc = quotation_from_json(object, &q, &err);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
		if (rc == 0) {
			back = quotation_to_json(&q);
			CHECK_INT(i, rows[i].in, json_canonical(back, &out, &err), 0);
			CHECK_SLICE(i, rows[i].in, buf_slice(&out), slice_str(rows[i].in));
			json_decref(back);
		}
		buf_release(&out);
		json_decref(object);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotation_is_found_again_or_refused),
		cmocka_unit_test(quotation_reads_and_writes_the_same_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "check.h"

#include "cmd/log.h"
#include "wire/json.h"

#include <stdlib.h>

static int64_t noon(void)
{
	return 1795349106; /* 2026-11-22T12:05:06Z */
}

/* What one line comes out as, in both forms. */
static void write_line(bool text, enum log_level limit, enum log_level level, const char *msg,
                       const struct log_field *fields, size_t n, char **out, size_t *length)
{
	FILE *f = open_memstream(out, length);
	struct log log = { .out = f, .level = limit, .text = text, .now = noon };

	log_put(&log, level, msg, fields, n);
	fclose(f);
}

static void a_line_is_json_or_text_and_forges_nothing(void **state)
{
	(void)state;
	static const struct log_field fields[] = {
		{ "file", LOG_TEXT, { "a\nb", 3 }, 0 },
		{ "line", LOG_NUMBER, { NULL, 0 }, -3 },
	};
	static const struct log_field hostile[] = {
		{ "name", LOG_TEXT, { "\"}\n{\"level\":\"error\"", 19 }, 0 },
		{ "steer", LOG_TEXT, { "\x1b[2J\xc2\x9b\x7f\xff\0x", 10 }, 0 },
		{ "turn",
		  LOG_TEXT,
		  { "\xe2\x80\xae"
		    "gpj.exe",
		    10 },
		  0 },
	};
	static const struct {
		const char *msg;
		const struct log_field *fields;
		size_t n;
		const char *json, *text;
	} rows[] = {
		{ "ready", NULL, 0,
		  "{\"at\":\"2026-11-22T12:05:06Z\",\"level\":\"warning\",\"msg\":\"ready\"}\n",
		  "warning: ready\n" },
		{ "bad line", fields, 2,
		  "{\"at\":\"2026-11-22T12:05:06Z\",\"level\":\"warning\",\"msg\":\"bad line\","
		  "\"file\":\"a\\u000ab\",\"line\":-3}\n",
		  "warning: bad line (file a\\u000ab, line -3)\n" },
		{ "x\ny", hostile, 3,
		  "{\"at\":\"2026-11-22T12:05:06Z\",\"level\":\"warning\",\"msg\":\"x\\u000ay\","
		  "\"name\":\"\\\"}\\u000a{\\\"level\\\":\\\"error\\\"\","
		  "\"steer\":\"\\u001b[2J\\u009b\\u007f\xef\xbf\xbd\\u0000x\","
		  "\"turn\":\"\\u202egpj.exe\"}\n",
		  "warning: x\\u000ay (name \\\"}\\u000a{\\\"level\\\":\\\"error\\\", "
		  "steer \\u001b[2J\\u009b\\u007f\xef\xbf\xbd\\u0000x, turn \\u202egpj.exe)\n" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *out = NULL;
		size_t n = 0;
		write_line(false, LEVEL_INFO, LEVEL_WARNING, rows[i].msg, rows[i].fields, rows[i].n,
		           &out, &n);
		CHECK_SLICE(i, rows[i].msg, slice_from(out, n), slice_str(rows[i].json));
		json_t *value = NULL;
		CHECK_INT(i, rows[i].msg, json_parse_object(slice_from(out, n), 1000, &value, NULL),
		          0);
		json_decref(value);
		free(out);
		write_line(true, LEVEL_INFO, LEVEL_WARNING, rows[i].msg, rows[i].fields, rows[i].n,
		           &out, &n);
		CHECK_SLICE(i, rows[i].msg, slice_from(out, n), slice_str(rows[i].text));
		free(out);
	}
	check_done();
}

static void what_is_less_grave_than_the_level_is_left_out(void **state)
{
	(void)state;
	for (enum log_level limit = LEVEL_ERROR; limit <= LEVEL_DEBUG; limit++)
		for (enum log_level level = LEVEL_ERROR; level <= LEVEL_DEBUG; level++) {
			char *out = NULL;
			size_t n = 0;
			write_line(true, limit, level, "m", NULL, 0, &out, &n);
			CHECK_INT(limit * 10 + level, "level", n > 0, level <= limit);
			free(out);
		}
	/* Nowhere to write to: nothing happens. */
	struct log none = { .level = LEVEL_DEBUG, .text = true };
	log_printf(&none, LEVEL_ERROR, "x");
	check_done();
}

static void an_error_is_told_with_its_code(void **state)
{
	(void)state;
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);
	struct log log = { .out = f, .level = LEVEL_ERROR, .text = true, .now = noon };
	struct err err;

	err_set(&err, ERR_BUSY, 0, "store %s is in use", "./var");
	log_err(&log, &err);
	log_printf(&log, LEVEL_ERROR, "%d of %d", 2, 3);
	LOG_PUT(&log, LEVEL_ERROR, "m", LOG_INT("n", 1), LOG_STR("s", SLICE("t")));
	fclose(f);
	assert_string_equal(out, "error: store ./var is in use (code ERR_BUSY)\n"
	                         "error: 2 of 3\n"
	                         "error: m (n 1, s t)\n");
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_json_or_text_and_forges_nothing),
		cmocka_unit_test(what_is_less_grave_than_the_level_is_left_out),
		cmocka_unit_test(an_error_is_told_with_its_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

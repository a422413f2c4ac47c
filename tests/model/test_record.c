#include "check.h"

#include "model/record.h"
#include "sys/file.h"
#include "wire/timestamp.h"

#include <stdlib.h>

/* A file of the source tree; the caller releases out. */
static void read_source(const char *path, struct buf *out)
{
	struct buf full = { 0 };
	struct err err;
	const char *root = getenv("ASSAY_SOURCE");

	buf_printf(&full, "%s/%s", root ? root : "..", path);
	if (file_read(buf_str(&full), 1 << 20, out, &err))
		fail_msg("%s", err.what);
	buf_release(&full);
}

static void read_golden(const char *type, struct buf *out)
{
	struct buf path = { 0 };

	buf_printf(&path, "tests/golden/records/%s.jsonl", type);
	read_source(buf_str(&path), out);
	buf_release(&path);
}

static void golden_records_read_and_write_byte_for_byte(void **state)
{
	(void)state;
	for (const struct record_type *t = record_types; t->name; t++) {
		struct buf file = { 0 };
		struct slice rest, line;
		int lines = 0;
		read_golden(t->name, &file);
		rest = buf_slice(&file);
		while (slice_cut(&rest, '\n', &line)) {
			struct record r;
			struct buf out = { 0 };
			struct err err = { .what = "" };
			int rc = record_parse(line, &r, &err);
			CHECK_SLICE(lines, t->name, slice_str(err.what), SLICE(""));
			if (rc)
				continue;
			CHECK_INT(lines, t->name, r.type == t, 1);
			CHECK_INT(lines, t->name, r.id_was_given, 1);
			CHECK_INT(lines, t->name, record_format(&r, &out, &err), 0);
			CHECK_SLICE(lines, t->name, buf_slice(&out), line);
			buf_release(&out);
			record_release(&r);
			lines++;
		}
		assert_true(lines > 0);
		buf_release(&file);
	}
	check_done();
}

static void unknown_fields_are_kept_and_named_by_the_id(void **state)
{
	(void)state;
	for (const struct record_type *t = record_types; t->name; t++) {
		struct buf file = { 0 }, changed = { 0 }, body = { 0 };
		struct slice rest, line;
		struct record plain, r, again;
		struct err err = { .what = "" };
		char before[SHA256_HEX], after[SHA256_HEX];

		read_golden(t->name, &file);
		rest = buf_slice(&file);
		assert_true(slice_cut(&rest, '\n', &line));
		assert_int_equal(record_parse(line, &plain, &err), 0);
		record_id_hex(&plain, before);
		json_object_del(plain.body, "id");
		json_put_new(plain.body, "x-later", json_pack("{s:[n,i],s:s}", "b", 7, "a", "\xe2\x82\xac"));
		assert_int_equal(record_from_json(json_deep_copy(plain.body), &r, &err), 0);
		record_id_hex(&r, after);
		CHECK_INT(0, t->name, strcmp(before, after) == 0, 0);
		CHECK_INT(0, t->name, r.id_was_given, 0);

		assert_int_equal(record_format(&r, &changed, &err), 0);
		CHECK_INT(0, t->name,
			  strstr(buf_str(&changed),
				 "\"x-later\":{\"a\":\"\xe2\x82\xac\",\"b\":[null,7]}") != NULL, 1);
		assert_int_equal(record_parse(buf_slice(&changed), &again, &err), 0);
		CHECK_INT(0, t->name, again.id_was_given && sha256_eq(again.id, r.id), 1);
		/* The body is the line without the id, and gives the id where `at` is part of it. */
		assert_int_equal(record_format_body(&again, &body, &err), 0);
		CHECK_INT(0, t->name, sha256_eq(sha256_of(buf_slice(&body)), r.id), !t->pure);
		record_release(&plain);
		record_release(&r);
		record_release(&again);
		buf_release(&file);
		buf_release(&changed);
		buf_release(&body);
	}
	check_done();
}

#define HEAD "\"at\":\"2026-10-01T00:00:00Z\",\"src\":\"x\",\"v\":1"
#define ABOUT "\"subject\":{\"kind\":\"registrable\",\"key\":\"x.example\"}"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void records_are_refused_with_the_field_that_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "[]", "json: not an object" },
		{ "{}", "record: type is missing" },
		{ "{\"type\":1}", "record: type is not a string" },
		{ "{\"type\":\"\"," HEAD "}", "record: type is empty" },
		{ "{\"type\":\"reply\"}", "record: reply: v is missing" },
		{ "{\"type\":\"reply\",\"v\":0,\"at\":\"2026-10-01T00:00:00Z\",\"src\":\"x\"}",
		  "record: reply: v is not a version from 1 on" },
		{ "{\"type\":\"reply\",\"v\":1,\"src\":\"x\"}", "record: reply: at is missing" },
		{ "{\"type\":\"reply\",\"v\":1,\"at\":\"2026-10-01\",\"src\":\"x\"}",
		  "record: reply: at is not a time such as 2026-11-22T04:05:06Z" },
		{ "{\"type\":\"reply\",\"v\":1,\"at\":\"2026-10-01T00:00:00\\u0000\",\"src\":\"x\"}",
		  "record: reply: at: time '2026-10-01T00:00:00' is not of the form 2026-11-22T04:05:06Z" },
		{ "{\"type\":\"reply\",\"v\":1,\"at\":\"2026-10-01T00:00:00Z\"}",
		  "record: reply: src is missing" },
		{ "{\"type\":\"reply\",\"v\":1,\"at\":\"2026-10-01T00:00:00Z\",\"src\":\"\"}",
		  "record: reply: src is empty" },
		{ "{\"type\":\"reply\",\"words\":\"w\"," HEAD "}", "record: reply: subject is missing" },
		{ "{\"type\":\"reply\",\"words\":\"w\",\"subject\":\"x.example\"," HEAD "}",
		  "record: reply: subject: unknown kind ''" },
		{ "{\"type\":\"reply\",\"words\":\"w\",\"subject\":{\"kind\":\"domain\",\"key\":\"x.example\"},"
		  HEAD "}", "record: reply: subject: unknown kind 'domain'" },
		{ "{\"type\":\"reply\",\"words\":\"w\",\"subject\":{\"kind\":\"registrable\",\"key\":\"X.example\"},"
		  HEAD "}", "record: reply: subject: 'X.example' is no canonical registrable" },
		{ "{\"type\":\"reply\",\"words\":\"w\",\"subject\":{\"kind\":\"ip\",\"key\":\"192.0.2.01\"},"
		  HEAD "}", "record: reply: subject: '192.0.2.01' is no canonical ip" },
		{ "{\"type\":\"reply\",\"words\":\"w\",\"subject\":{\"kind\":\"host\"}," HEAD "}",
		  "record: reply: subject: '' is no canonical host" },
		{ "{\"type\":\"reply\"," ABOUT "," HEAD "}", "record: reply: words is missing" },
		{ "{\"type\":\"reply\",\"words\":\"\"," ABOUT "," HEAD "}", "record: reply: words is empty" },
		{ "{\"type\":\"reply\",\"words\":\"w\",\"period\":\"2024\"," ABOUT "," HEAD "}",
		  "record: reply: period is not a time such as 2026-11-22T04:05:06Z" },
		{ "{\"type\":\"reply\",\"words\":\"w\",\"id\":\"12\"," ABOUT "," HEAD "}",
		  "record: reply: id is not 64 lower-case hexadecimal digits" },
		{ "{\"type\":\"reply\",\"words\":\"w\",\"id\":\"" ZEROS "\"," ABOUT "," HEAD "}",
		  "record: reply: id is " ZEROS ", but its content gives "
		  "0394d821c86f85461c5670c82c9ee9aa7642646cd4a21e38fc9b037206b9b8eb" },
		{ "{\"type\":\"suspect\",\"score\":\"1\",\"reasons\":[]," ABOUT "," HEAD "}",
		  "record: suspect: score is not an integer" },
		{ "{\"type\":\"suspect\",\"score\":1,\"reasons\":{}," ABOUT "," HEAD "}",
		  "record: suspect: reasons is not an array" },
		{ "{\"type\":\"verdict\",\"cells\":[],\"inputs\":{}," ABOUT "," HEAD "}",
		  "record: verdict: cells is empty" },
		{ "{\"type\":\"decision\",\"reason\":\"r\",\"cells\":[{\"destination\":\"JP\",\"class\":\"bad\"}],"
		  ABOUT "," HEAD "}", "record: decision: cells[0]: 'bad' is not a verdict class" },
		{ "{\"type\":\"decision\",\"reason\":\"r\",\"cells\":[{\"destination\":\"JP\",\"class\":\"rogue\"},"
		  "{\"destination\":\"jp\",\"class\":\"rogue\"}]," ABOUT "," HEAD "}",
		  "record: decision: cells[1]: destination is not a country such as JP" },
		{ "{\"type\":\"fact\",\"what\":\"drug\",\"quotations\":[{}]," ABOUT "," HEAD "}",
		  "record: fact: quotations[0]: evidence is missing" },
		{ "{\"type\":\"pack\",\"pack\":\"jp\",\"pack_version\":\"1\",\"digest\":\"" ZEROS "\"," HEAD "}",
		  "record: pack: digest is not an address (sha256:HEX)" },
		{ "{\"type\":\"observation\",\"what\":\"page\",\"url\":\"u\",\"vantage\":\"v\",\"evidence\":[],"
		  ABOUT "," HEAD "}", "record: observation: evidence is empty" },
		{ "{\"type\":\"observation\",\"what\":\"page\",\"url\":\"u\",\"vantage\":\"v\",\"evidence\":[{}],"
		  ABOUT "," HEAD "}", "record: observation: evidence[0]: address is missing" },
		{ "{\"type\":\"observation\",\"what\":\"register\"," ABOUT "," HEAD "}",
		  "record: observation: register is missing" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct record r = { .v = 99 };
		struct err err = { .what = "" };
		int rc = record_parse(slice_str(rows[i].in), &r, &err);
		CHECK_INT(i, rows[i].in, rc, ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].in, r.v, 99);
		CHECK_INT(i, rows[i].in, record_parse(slice_str(rows[i].in), &r, NULL), ERR_SYNTAX);
	}
	check_done();
}

static void only_pure_stages_leave_the_time_out_of_the_id(void **state)
{
	(void)state;
	for (const struct record_type *t = record_types; t->name; t++) {
		struct buf file = { 0 };
		struct slice rest, line;
		struct record r, later;
		struct err err;

		read_golden(t->name, &file);
		rest = buf_slice(&file);
		assert_true(slice_cut(&rest, '\n', &line));
		assert_int_equal(record_parse(line, &r, &err), 0);
		json_t *body = json_deep_copy(r.body);
		json_object_del(body, "id");
		json_put_str(body, "at", SLICE("2030-01-01T00:00:00Z"));
		assert_int_equal(record_from_json(body, &later, &err), 0);
		CHECK_INT(0, t->name, sha256_eq(r.id, later.id), t->pure);
		record_release(&r);
		record_release(&later);
		buf_release(&file);
	}
	check_done();
}

static void unknown_types_and_newer_versions_are_passed_on(void **state)
{
	(void)state;
	static const struct {
		const char *why, *in;
		bool good;
	} rows[] = {
		{ "an unknown type", "{\"type\":\"horoscope\",\"stars\":[1]," HEAD "}", true },
		{ "a newer version without a required field",
		  "{\"type\":\"decision\",\"v\":2,\"at\":\"2026-10-01T00:00:00Z\",\"src\":\"x\"}", true },
		{ "an unknown type with a bad envelope", "{\"type\":\"horoscope\",\"v\":1}", false },
		{ "an unknown type with a bad subject",
		  "{\"type\":\"horoscope\",\"subject\":{\"kind\":\"star\",\"key\":\"x\"}," HEAD "}", false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct record r, again;
		struct buf out = { 0 };
		struct err err;
		int rc = record_parse(slice_str(rows[i].in), &r, &err);
		CHECK_INT(i, rows[i].why, rc, rows[i].good ? 0 : ERR_SYNTAX);
		if (rc)
			continue;
		CHECK_INT(i, rows[i].why, r.type == NULL, 1);
		assert_int_equal(record_format(&r, &out, &err), 0);
		CHECK_INT(i, rows[i].why, record_parse(buf_slice(&out), &again, &err), 0);
		record_release(&r);
		record_release(&again);
		buf_release(&out);
	}
	/* Whoever knows the type may have left `at` out of the id; nobody else can tell. */
	struct record r;
	struct buf line = { 0 };
	char hex[SHA256_HEX];
	sha256_hex(sha256_of(SLICE("{\"src\":\"x\",\"type\":\"horoscope\",\"v\":1}")), hex);
	buf_printf(&line, "{\"type\":\"horoscope\",\"id\":\"%s\"," HEAD "}", hex);
	assert_int_equal(record_parse(buf_slice(&line), &r, NULL), 0);
	record_release(&r);
	hex[0] = hex[0] == '0' ? '1' : '0';
	buf_clear(&line);
	buf_printf(&line, "{\"type\":\"horoscope\",\"id\":\"%s\"," HEAD "}", hex);
	assert_int_equal(record_parse(buf_slice(&line), &r, NULL), ERR_SYNTAX);
	buf_release(&line);
	check_done();
}

static void a_record_is_made_field_by_field(void **state)
{
	(void)state;
	struct record r;
	struct buf out = { 0 };
	struct err err;
	int64_t at = 0;

	assert_int_equal(timestamp_parse(SLICE("2026-10-22T08:05:00Z"), &at, NULL), 0);
	record_new(&r, "reply", 1, SLICE("registrable"), SLICE("x.example"), at, SLICE("operator:x"));
	record_set_str(&r, "words", SLICE("\xe5\x87\xa6"));
	record_set_i64(&r, "n", -1);
	record_set_flag(&r, "read", true);
	record_set_time(&r, "period", 0);
	record_set_new(&r, "list", json_array());
	assert_int_equal(record_finish(&r, &err), 0);
	assert_true(r.has_period && r.period == 0 && r.at == at && r.has_subject);
	assert_int_equal(r.subject.kind, SUBJECT_REGISTRABLE);
	assert_int_equal(record_format_body(&r, &out, &err), 0);
	assert_string_equal(buf_str(&out),
			    "{\"at\":\"2026-10-22T08:05:00Z\",\"list\":[],\"n\":-1,"
			    "\"period\":\"1970-01-01T00:00:00Z\",\"read\":true,\"src\":\"operator:x\","
			    "\"subject\":{\"key\":\"x.example\",\"kind\":\"registrable\"},"
			    "\"type\":\"reply\",\"v\":1,\"words\":\"\xe5\x87\xa6\"}");
	assert_true(sha256_eq(r.id, sha256_of(buf_slice(&out))));
	buf_release(&out);
	record_release(&r);

	record_new(&r, "reply", 1, SLICE("registrable"), SLICE("x.example"), at, SLICE("operator:x"));
	record_set_str(&r, "words", SLICE("\xff"));
	record_set_str(&r, "more", SLICE("\xff"));
	assert_int_equal(record_finish(&r, &err), ERR_SYNTAX);
	assert_string_equal(err.what, "record: words is not UTF-8");
	record_release(&r);

	record_new(&r, "reply", 1, SLICE("registrable"), SLICE("x.example"), at, SLICE("operator:x"));
	assert_int_equal(record_finish(&r, &err), ERR_SYNTAX);
	assert_string_equal(err.what, "record: reply: words is missing");
	record_release(&r);

	record_new(&r, "replay", 1, SLICE(""), SLICE(""), at, SLICE("x"));
	assert_int_equal(record_finish(&r, &err), ERR_SYNTAX);
	assert_string_equal(err.what,
			    "record: replay: a type or version that this program does not know");
	record_release(&r);
	record_release(&r);
}

static int allocations_left;

static void *failing_malloc(size_t n)
{
	return allocations_left-- > 0 ? malloc(n) : NULL;
}

static void a_record_survives_the_end_of_memory(void **state)
{
	(void)state;
	json_malloc_t malloc_before;
	json_free_t free_before;
	int failures = 0;

	json_get_alloc_funcs(&malloc_before, &free_before);
	for (int n = 0; n < 300; n++) {
		struct record r;
		struct err err = { 0 };
		json_set_alloc_funcs(failing_malloc, free);
		allocations_left = n;
		record_new(&r, "reply", 1, SLICE("registrable"), SLICE("x.example"), 0, SLICE("s"));
		record_set_str(&r, "words", SLICE("w"));
		record_set_new(&r, "more", record_subject_json(SLICE("ip"), SLICE("192.0.2.1")));
		int rc = record_finish(&r, &err);
		record_release(&r);
		json_set_alloc_funcs(malloc_before, free_before);
		if (rc == 0)
			break;
		assert_int_equal(rc, ERR_NOMEM);
		failures++;
	}
	assert_true(failures > 10 && failures < 300);
}

/* --- the schemas say the same ---------------------------------------------------------------- */

static bool lists(const json_t *array, const char *word)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (slice_eq_str(json_text(json_array_get(array, i)), word))
			return true;
	return false;
}

static void compare_needs(const char *type, const json_t *required, const struct record_field *need,
			  size_t extra)
{
	size_t n = 0;

	for (; need->name; need++, n++)
		CHECK_INT(n, need->name, lists(required, need->name), 1);
	CHECK_INT(n, type, json_array_size(required), n + extra);
}

static void schemas_require_what_the_program_requires(void **state)
{
	(void)state;
	struct err err;

	for (const struct record_type *t = record_types; t->name; t++) {
		struct buf path = { 0 }, file = { 0 };
		json_t *schema = NULL;
		buf_printf(&path, "doc/format/schema/%s.schema.json", t->name);
		read_source(buf_str(&path), &file);
		assert_int_equal(json_parse_object(buf_slice(&file), 1 << 20, &schema, &err), 0);
		compare_needs(t->name, json_arr(schema, "required"), t->need, t->subject ? 1 : 0);
		CHECK_INT(0, t->name, lists(json_arr(schema, "required"), "subject"), t->subject);
		const json_t *properties = json_obj(schema, "properties");
		CHECK_SLICE(0, t->name, json_str(json_obj(properties, "type"), "const"),
			    slice_str(t->name));
		if (strcmp(t->name, "observation") == 0) {
			const json_t *cases = json_arr(schema, "allOf");
			for (const struct record_observed *o = record_observed; o->what; o++) {
				bool found = false;
				for (size_t i = 0; i < json_array_size(cases); i++) {
					const json_t *one = json_array_get(cases, i);
					const json_t *what = json_obj(json_obj(json_obj(one, "if"), "properties"),
								      "what");
					if (!slice_eq_str(json_str(what, "const"), o->what))
						continue;
					found = true;
					compare_needs(o->what, json_arr(json_obj(one, "then"), "required"),
						      o->need, 0);
				}
				CHECK_INT(0, o->what, found, 1);
			}
		}
		json_decref(schema);
		buf_release(&path);
		buf_release(&file);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_records_read_and_write_byte_for_byte),
		cmocka_unit_test(unknown_fields_are_kept_and_named_by_the_id),
		cmocka_unit_test(records_are_refused_with_the_field_that_is_wrong),
		cmocka_unit_test(only_pure_stages_leave_the_time_out_of_the_id),
		cmocka_unit_test(unknown_types_and_newer_versions_are_passed_on),
		cmocka_unit_test(a_record_is_made_field_by_field),
		cmocka_unit_test(a_record_survives_the_end_of_memory),
		cmocka_unit_test(schemas_require_what_the_program_requires),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

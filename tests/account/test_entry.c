#include "check.h"

#include "account/entry.h"

#include <stdlib.h>

#define ZEROES "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES   "1111111111111111111111111111111111111111111111111111111111111111"

static struct entry example(const char *type, struct slice key)
{
	struct entry e = { 1795320306, slice_str(type), key, { { 0 } }, { { 0 } } };

	memset(e.record.b, 0x11, sizeof(e.record.b));
	return e;
}

static void entries_have_one_spelling_and_read_back(void **state)
{
	static const struct {
		const char *type;
		struct slice key;
		const char *spelled; /* the key, in the bytes */
	} rows[] = {
		{ "decision", SLICE("x.example"), "x.example" },
		{ "correction", SLICE("https://charity.example/shop/"),
		  "https://charity.example/shop/" },
		{ "pack", SLICE(""), "" },
		{ "key", SLICE("a\"b\\c/d"), "a\\\"b\\\\c/d" },
		{ "key", SLICE("\b\t\n\f\r"), "\\b\\t\\n\\f\\r" },
		{ "key", SLICE("\x00\x01\x1f\x7f"), "\\u0000\\u0001\\u001f\x7f" },
		{ "key", SLICE("薬局.example \xf0\x9f\x92\x8a"), "薬局.example \xf0\x9f\x92\x8a" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct entry e = example(rows[i].type, rows[i].key), back = { 0 };
		struct buf got = { 0 }, want = { 0 };
		struct arena a = { 0 };
		struct err err = { 0 };

		assert_int_equal(entry_format(&e, &got, &err), 0);
		buf_puts(&want, "{\"at\":\"2026-11-22T04:05:06Z\",\"commit\":\"sha256:" ZEROES
		                "\",\"key\":\"");
		buf_puts(&want, rows[i].spelled);
		buf_printf(&want, "\",\"record\":\"sha256:" ONES "\",\"type\":\"%s\",\"v\":1}",
		           rows[i].type);
		CHECK_SLICE(i, rows[i].type, buf_slice(&got), buf_slice(&want));
		CHECK_INT(i, rows[i].spelled, entry_parse(buf_slice(&got), &a, &back, &err), 0);
		CHECK_SLICE(i, "key", back.key, rows[i].key);
		CHECK_SLICE(i, "type", back.type, slice_str(rows[i].type));
		CHECK_INT(i, "at", back.at, e.at);
		CHECK_INT(i, "record", sha256_eq(back.record, e.record), 1);
		buf_release(&got);
		buf_release(&want);
		arena_release(&a);
	}
	check_done();
}

#define HEAD "{\"at\":\"2026-11-22T04:05:06Z\",\"commit\":\"sha256:" ZEROES "\",\"key\":"
#define TAIL ",\"record\":\"sha256:" ONES "\",\"type\":\"decision\",\"v\":1}"

static void other_spellings_are_refused_with_the_place(void **state)
{
	static const struct {
		const char *says;
		struct slice bytes;
		int want;
		size_t at;
	} rows[] = {
		{ "this is the form", SLICE(HEAD "\"x\"" TAIL), 0, 0 },
		{ "a space behind a colon", SLICE(HEAD " \"x\"" TAIL), ERR_SYNTAX, 118 },
		{ "an escape that is not needed", SLICE(HEAD "\"\\u0041\"" TAIL), ERR_SYNTAX, 119 },
		{ "an escaped solidus", SLICE(HEAD "\"a\\/\"" TAIL), ERR_SYNTAX, 120 },
		{ "upper-case digits in an escape", SLICE(HEAD "\"\\u001F\"" TAIL), ERR_SYNTAX,
		  119 },
		{ "a raw control character", SLICE(HEAD "\"\x01\"" TAIL), ERR_SYNTAX, 119 },
		{ "bytes that are not UTF-8", SLICE(HEAD "\"\xff\"" TAIL), ERR_SYNTAX, 0 },
		{ "an escape cut by the end", SLICE(HEAD "\"\\"), ERR_SYNTAX, 119 },
		{ "a member more", SLICE(HEAD "\"x\",\"z\":1" TAIL), ERR_SYNTAX, 123 },
		{ "a byte behind it", SLICE(HEAD "\"x\"" TAIL "\n"), ERR_SYNTAX, 229 },
		{ "nothing", SLICE(""), ERR_SYNTAX, 0 },
		{ "a date without its time", SLICE("{\"at\":\"2026-11-22\","), ERR_SYNTAX, 7 },
		{ "a digest in upper case",
		  SLICE("{\"at\":\"2026-11-22T04:05:06Z\",\"commit\":\"sha256:A" ONES), ERR_SYNTAX,
		  46 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct entry e;
		struct err err = { 0 };

		CHECK_INT(i, rows[i].says, entry_parse(rows[i].bytes, &a, &e, &err), rows[i].want);
		CHECK_INT(i, rows[i].says, err.at, rows[i].at);
		arena_release(&a);
	}
	check_done();
}

static void what_cannot_be_an_entry_is_not_written(void **state)
{
	static const struct {
		const char *says, *type;
		struct slice key;
		int want;
	} rows[] = {
		{ "an upper-case type", "Decision", SLICE("x"), ERR_SYNTAX },
		{ "an empty type", "", SLICE("x"), ERR_SYNTAX },
		{ "a type with a quotation mark", "a\"b", SLICE("x"), ERR_SYNTAX },
		{ "a key that is not UTF-8", "decision", SLICE("\xc3"), ERR_SYNTAX },
	};
	char *long_key = calloc(1, ENTRY_KEY_MAX + 1);
	struct buf out = { 0 };
	struct err err;

	(void)state;
	buf_puts(&out, "kept");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct entry e = example(rows[i].type, rows[i].key);
		CHECK_INT(i, rows[i].says, entry_format(&e, &out, &err), rows[i].want);
		CHECK_SLICE(i, rows[i].says, buf_slice(&out), SLICE("kept"));
	}
	struct entry e = example("decision", slice_from(long_key, ENTRY_KEY_MAX + 1));
	CHECK_INT(9, "a key that is too long", entry_format(&e, &out, &err), ERR_LIMIT);
	e.key.n--;
	CHECK_INT(9, "the longest key", entry_format(&e, &out, &err), 0);
	assert_true(out.n < 65535);
	free(long_key);
	buf_release(&out);
	check_done();
}

static void a_commitment_binds_salt_and_record(void **state)
{
	uint8_t salt[ENTRY_SALT];
	struct entry e = example("decision", SLICE("x.example"));
	struct err err;
	char hex[SHA256_HEX];

	(void)state;
	for (size_t i = 0; i < sizeof(salt); i++)
		salt[i] = (uint8_t)i;
	assert_int_equal(entry_commit(salt, SLICE("{}"), &e.commit, &err), 0);
	/* printf of bytes 00 to 1f and "{}" to sha256sum */
	sha256_hex(e.commit, hex);
	assert_string_equal(hex,
	                    "3beb4649fb0f3ba0e4d1db3befc0f9e6982d28cf69bc263851e1b7635a0c9f38");
	assert_int_equal(entry_check(&e, salt, SLICE("{}"), &err), 0);
	assert_int_equal(entry_check(&e, salt, SLICE("{ }"), &err), ERR_CORRUPT);
	salt[31] ^= 1;
	assert_int_equal(entry_check(&e, salt, SLICE("{}"), &err), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_have_one_spelling_and_read_back),
		cmocka_unit_test(other_spellings_are_refused_with_the_place),
		cmocka_unit_test(what_cannot_be_an_entry_is_not_written),
		cmocka_unit_test(a_commitment_binds_salt_and_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

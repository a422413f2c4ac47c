#include "check.h"

#include "wire/note.h"

#include <stdlib.h>

/* The example key pair of golang.org/x/mod/sumdb/note (its package documentation). */
#define EXAMPLE_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define EXAMPLE_SIGNER                                                                             \
	"PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"

static struct note_signer signer_of(const char *name, unsigned char fill)
{
	struct ed25519_seed seed;
	struct note_signer s;

	memset(seed.b, fill, sizeof(seed.b));
	assert_int_equal(note_signer_init(slice_str(name), &seed, &s, NULL), 0);
	return s;
}

static void keys_read_and_write_the_published_text_form(void **state)
{
	struct note_signer signer;
	struct note_key key;
	struct buf out = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(note_key_parse(SLICE(EXAMPLE_KEY), &key, &err), 0);
	assert_int_equal(note_signer_parse(SLICE(EXAMPLE_SIGNER), &signer, &err), 0);
	CHECK_SLICE(0, "name", key.name, SLICE("PeterNeumann"));
	CHECK_INT(0, "id", key.id, 0xc74f20a3);
	CHECK_INT(0, "the seed has the public key",
	          memcmp(&signer.key.public, &key.public, sizeof(key.public)), 0);
	note_key_format(&key, &out);
	CHECK_SLICE(0, "key", buf_slice(&out), SLICE(EXAMPLE_KEY));
	buf_clear(&out);
	note_signer_format(&signer, &out);
	CHECK_SLICE(0, "signer", buf_slice(&out), SLICE(EXAMPLE_SIGNER));
	buf_release(&out);
	check_done();
}

static void malformed_keys_are_refused(void **state)
{
	static const struct {
		const char *says, *key;
	} rows[] = {
		{ "empty", "" },
		{ "name alone", "PeterNeumann" },
		{ "no key", "PeterNeumann+c74f20a3" },
		{ "another hash",
		  "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "another name",
		  "PeterNeumanN+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "a hash in upper case",
		  "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "another algorithm",
		  "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "a byte less",
		  "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=" },
		{ "not base64", "PeterNeumann+c74f20a3+????" },
		{ "an empty name", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" },
		{ "a line end", EXAMPLE_KEY "\n" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct note_signer signer;
		struct note_key key;
		struct buf private = { 0 };

		CHECK_INT(i, rows[i].says, note_key_parse(slice_str(rows[i].key), &key, NULL),
		          ERR_SYNTAX);
		buf_printf(&private, "PRIVATE+KEY+%s", rows[i].key);
		CHECK_INT(i, rows[i].says, note_signer_parse(buf_slice(&private), &signer, NULL),
		          ERR_SYNTAX);
		buf_release(&private);
	}
	struct note_signer signer;
	CHECK_INT(99, "a verifier key is no signer",
	          note_signer_parse(SLICE(EXAMPLE_KEY), &signer, NULL), ERR_SYNTAX);
	check_done();
}

static void a_key_name_has_no_space_and_no_plus(void **state)
{
	static const struct {
		struct slice name;
		int want;
	} rows[] = {
		{ SLICE("demo.example/ledger"), 0 },
		{ SLICE("薬局.example"), 0 },
		{ SLICE(""), ERR_SYNTAX },
		{ SLICE("a b"), ERR_SYNTAX },
		{ SLICE("a+b"), ERR_SYNTAX },
		{ SLICE("a\nb"), ERR_SYNTAX },
		{ SLICE("a\0b"), ERR_SYNTAX },
		{ SLICE("a\xc2\xa0"
		        "b"),
		  ERR_SYNTAX }, /* no-break space */
		{ SLICE("a\xe3\x80\x80"
		        "b"),
		  ERR_SYNTAX }, /* ideographic space */
		{ SLICE("a\xff"), ERR_SYNTAX },
	};
	struct ed25519_public public = { { 1 } };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct note_key key;
		CHECK_INT(i, "name", note_key_init(rows[i].name, &public, &key, NULL),
		          rows[i].want);
	}
	check_done();
}

static void a_signed_note_is_checked_and_an_altered_one_is_not(void **state)
{
	struct note_signer signer = signer_of("demo.example/a", 1),
			   other = signer_of("demo.example/b", 2);
	struct note_signer same_name = signer_of("demo.example/a", 3);
	struct slice text = SLICE("two lines\n\nand a blank one\n");
	struct buf out = { 0 };
	struct err err = { 0 };
	struct note note;

	(void)state;
	assert_int_equal(note_sign(text, &signer, &out, &err), 0);
	assert_int_equal(note_parse(buf_slice(&out), &note, &err), 0);
	CHECK_SLICE(0, "text", note.text, text);
	CHECK_INT(0, "by its key", note_check(&note, &signer.key, &err), 0);
	CHECK_INT(0, "by another", note_check(&note, &other.key, &err), ERR_NOTFOUND);
	CHECK_INT(0, "by another of that name", note_check(&note, &same_name.key, &err),
	          ERR_NOTFOUND);
	for (size_t i = 0; i < out.n; i++) {
		out.p[i] ^= 1;
		int rc = note_parse(buf_slice(&out), &note, &err);
		if (rc == 0)
			rc = note_check(&note, &signer.key, &err);
		CHECK_INT(i, "byte altered", rc != 0, 1);
		out.p[i] ^= 1;
	}
	buf_release(&out);
	check_done();
}

static void signatures_of_others_are_passed_over(void **state)
{
	struct note_signer a = signer_of("demo.example/a", 1), b = signer_of("demo.example/b", 2);
	struct buf out = { 0 }, second = { 0 };
	struct err err = { 0 };
	struct note note, by_b;
	struct note_signature s;
	size_t at = 0;

	(void)state;
	assert_int_equal(note_sign(SLICE("text\n"), &a, &out, &err), 0);
	assert_int_equal(note_sign(SLICE("text\n"), &b, &second, &err), 0);
	assert_int_equal(note_parse(buf_slice(&second), &by_b, &err), 0);
	buf_put(&out, by_b.signatures);
	/* an algorithm that we do not know: any bytes */
	buf_puts(&out, "\xe2\x80\x94 demo.example/c AAAAAQID\n");
	assert_int_equal(note_parse(buf_slice(&out), &note, &err), 0);
	CHECK_INT(0, "a", note_check(&note, &a.key, &err), 0);
	CHECK_INT(0, "b", note_check(&note, &b.key, &err), 0);
	for (int i = 0; i < 3; i++)
		assert_true(note_next_signature(&note, &at, &s));
	CHECK_SLICE(0, "name", s.name, SLICE("demo.example/c"));
	CHECK_INT(0, "id", s.key_id, 1);
	assert_false(note_next_signature(&note, &at, &s));
	/* A second, false signature by a known key spoils the note. */
	buf_clear(&second);
	assert_int_equal(note_sign(SLICE("other text\n"), &a, &second, &err), 0);
	assert_int_equal(note_parse(buf_slice(&second), &by_b, &err), 0);
	buf_put(&out, by_b.signatures);
	assert_int_equal(note_parse(buf_slice(&out), &note, &err), 0);
	CHECK_INT(0, "a false one too", note_check(&note, &a.key, &err), ERR_CORRUPT);
	buf_release(&out);
	buf_release(&second);
	check_done();
}

#define SIG "\xe2\x80\x94 a AAAAAAA=\n" /* 5 bytes: the least */

static void the_form_of_a_note_is_checked(void **state)
{
	static const struct {
		const char *says;
		struct slice note;
		int want;
		size_t at;
	} rows[] = {
		{ "the least note", SLICE("a\n\n" SIG), 0, 0 },
		{ "an empty text line", SLICE("\n\n" SIG), 0, 0 },
		{ "nothing", SLICE(""), ERR_SYNTAX, 0 },
		{ "no blank line", SLICE("a\n" SIG), ERR_SYNTAX, 17 },
		{ "no signature", SLICE("a\n\n"), ERR_SYNTAX, 3 },
		{ "no line end at last", SLICE("a\n\n\xe2\x80\x94 a AAAAAAA="), ERR_SYNTAX, 17 },
		{ "a hyphen for the dash", SLICE("a\n\n- a AAAAAAA=\n"), ERR_SYNTAX, 3 },
		{ "no name", SLICE("a\n\n\xe2\x80\x94  AAAAAAA=\n"), ERR_SYNTAX, 3 },
		{ "a name with '+'", SLICE("a\n\n\xe2\x80\x94 a+b AAAAAAA=\n"), ERR_SYNTAX, 3 },
		{ "no base64", SLICE("a\n\n\xe2\x80\x94 a\n"), ERR_SYNTAX, 3 },
		{ "a bad second line", SLICE("a\n\n" SIG "x\n"), ERR_SYNTAX, 18 },
		{ "four bytes of signature", SLICE("a\n\n\xe2\x80\x94 a AAAAAA==\n"), ERR_SYNTAX,
		  3 },
		{ "a tab in the text", SLICE("a\tb\n\n" SIG), ERR_SYNTAX, 1 },
		{ "a NUL in the text", SLICE("a\0b\n\n" SIG), ERR_SYNTAX, 1 },
		{ "a CR in the text", SLICE("a\r\n\n" SIG), ERR_SYNTAX, 1 },
		{ "not UTF-8", SLICE("a\xff\n\n" SIG), ERR_SYNTAX, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct note note;
		struct err err = { 0 };
		CHECK_INT(i, rows[i].says, note_parse(rows[i].note, &note, &err), rows[i].want);
		CHECK_INT(i, rows[i].says, err.at, rows[i].at);
	}
	struct buf many = { 0 };
	struct note note;
	buf_puts(&many, "a\n\n");
	for (int i = 0; i < NOTE_SIGNATURES_MAX; i++)
		buf_puts(&many, SIG);
	CHECK_INT(98, "a hundred signatures", note_parse(buf_slice(&many), &note, NULL), 0);
	buf_puts(&many, SIG);
	CHECK_INT(99, "one too many", note_parse(buf_slice(&many), &note, NULL), ERR_LIMIT);
	buf_release(&many);
	check_done();
}

static void what_is_no_text_is_not_signed(void **state)
{
	static const struct slice rows[] = { SLICE(""), SLICE("a"), SLICE("a\tb\n"),
		                             SLICE("\xff\n") };
	struct note_signer signer = signer_of("demo.example/a", 1);
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, "text", note_sign(rows[i], &signer, &out, NULL), ERR_SYNTAX);
	assert_int_equal(out.n, 0);
	buf_release(&out);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_read_and_write_the_published_text_form),
		cmocka_unit_test(malformed_keys_are_refused),
		cmocka_unit_test(a_key_name_has_no_space_and_no_plus),
		cmocka_unit_test(a_signed_note_is_checked_and_an_altered_one_is_not),
		cmocka_unit_test(signatures_of_others_are_passed_over),
		cmocka_unit_test(the_form_of_a_note_is_checked),
		cmocka_unit_test(what_is_no_text_is_not_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

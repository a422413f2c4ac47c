#include "check.h"

#include "wire/keyring.h"

static struct note_signer signer_of(const char *name, unsigned char fill)
{
	struct ed25519_seed seed;
	struct note_signer s;

	memset(seed.b, fill, sizeof(seed.b));
	assert_int_equal(note_signer_init(slice_str(name), &seed, &s, NULL), 0);
	return s;
}

static void put_line(struct buf *text, const struct note_signer *s, const char *span)
{
	note_key_format(&s->key, text);
	buf_puts(text, span);
	buf_putc(text, '\n');
}

static void a_ring_is_written_as_it_is_read(void **state)
{
	struct note_signer a = signer_of("demo.example/log", 1), b = signer_of("demo.example/log", 2);
	struct buf text = { 0 }, out = { 0 };
	struct keyring ring;
	struct err err = { 0 };

	(void)state;
	put_line(&text, &a, " 0 300");
	put_line(&text, &b, " 250");
	assert_int_equal(keyring_parse(buf_slice(&text), &ring, &err), 0);
	CHECK_INT(0, "keys", ring.n, 2);
	CHECK_INT(0, "from", ring.key[1].from, 250);
	CHECK_INT(0, "to", ring.key[0].to, 300);
	CHECK_INT(0, "no end", ring.key[1].to == INT64_MAX, 1);
	CHECK_SLICE(0, "name", keyring_name(&ring), SLICE("demo.example/log"));
	keyring_format(&ring, &out);
	CHECK_SLICE(0, "text", buf_slice(&out), buf_slice(&text));
	CHECK_INT(0, "find", keyring_find(&ring, &b.key) == &ring.key[1], 1);

	/* A verifier key alone is a ring, as --key takes it. */
	buf_clear(&text);
	note_key_format(&a.key, &text);
	assert_int_equal(keyring_parse(buf_slice(&text), &ring, &err), 0);
	CHECK_INT(0, "one", ring.n, 1);
	CHECK_INT(0, "whole", ring.key[0].from == 0 && ring.key[0].to == INT64_MAX, 1);
	CHECK_INT(0, "not in it", keyring_find(&ring, &b.key) == NULL, 1);
	buf_release(&text);
	buf_release(&out);
	check_done();
}

static void malformed_rings_are_refused(void **state)
{
	static const struct {
		const char *says, *first, *second; /* spans of two keys; NULL = no line */
		const char *name;
	} rows[] = {
		{ "no key", NULL, NULL, "a" },
		{ "a span that ends before it begins", " 5 4", NULL, "a" },
		{ "a leading zero", " 05", NULL, "a" },
		{ "a sign", " +5", NULL, "a" },
		{ "over 63 bits", " 9223372036854775808", NULL, "a" },
		{ "three numbers", " 1 2 3", NULL, "a" },
		{ "a space at the end", " 1 2 ", NULL, "a" },
		{ "two spaces", "  1", NULL, "a" },
		{ "an empty line", "\n", NULL, "a" },
		{ "two logs", "", "", "b" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct note_signer a = signer_of("a", 1), b = signer_of(rows[i].name, 2);
		struct buf text = { 0 };
		struct keyring ring = { .n = 77 };
		struct err err = { 0 };

		if (rows[i].first)
			put_line(&text, &a, rows[i].first);
		if (rows[i].second)
			put_line(&text, &b, rows[i].second);
		CHECK_INT(i, rows[i].says, keyring_parse(buf_slice(&text), &ring, &err), ERR_SYNTAX);
		CHECK_INT(i, "untouched", ring.n, 77);
		buf_release(&text);
	}
	struct note_signer a = signer_of("a", 1);
	struct buf text = { 0 };
	struct keyring ring;
	put_line(&text, &a, " 0 5");
	put_line(&text, &a, " 6");
	CHECK_INT(0, "a key twice", keyring_parse(buf_slice(&text), &ring, NULL), ERR_SYNTAX);
	buf_clear(&text);
	for (unsigned char i = 0; i <= KEYRING_MAX; i++) {
		struct note_signer s = signer_of("a", (unsigned char)(i + 1));
		put_line(&text, &s, "");
	}
	CHECK_INT(0, "one too many", keyring_parse(buf_slice(&text), &ring, NULL), ERR_LIMIT);
	buf_release(&text);
	check_done();
}

static void a_key_signs_for_the_sizes_of_its_span(void **state)
{
	struct note_signer s[3] = { signer_of("a", 1), signer_of("a", 2), signer_of("a", 3) };
	static const struct {
		const char *says;
		size_t from, n; /* who signs */
		uint64_t size;
		int rc;
	} rows[] = {
		{ "the first key, in its time", 0, 1, 100, 0 },
		{ "at its last size", 0, 1, 300, 0 },
		{ "behind it", 0, 1, 301, ERR_NOTFOUND },
		{ "the second, before its time", 1, 1, 249, ERR_NOTFOUND },
		{ "both, before its time", 0, 2, 249, 0 },
		{ "both, where spans overlap", 0, 2, 280, 0 },
		{ "both, behind the end of the first", 0, 2, 5000, 0 },
		{ "the second, for ever", 1, 1, INT64_MAX, 0 },
		{ "a key of others", 2, 1, 100, ERR_NOTFOUND },
	};
	struct keyring ring = keyring_of(&s[0].key);

	(void)state;
	ring.key[0].to = 300;
	ring.key[ring.n++] = (struct keyring_key){ s[1].key, 250, INT64_MAX };
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		struct note note;
		struct err err = { 0 };

		assert_int_equal(note_sign_all(SLICE("text\n"), s + rows[i].from, rows[i].n, &out,
		                               &err), 0);
		assert_int_equal(note_parse(buf_slice(&out), &note, &err), 0);
		CHECK_INT(i, rows[i].says, keyring_check(&ring, &note, rows[i].size, &err),
		          rows[i].rc);
		buf_release(&out);
	}
	/* A false signature by a key of the ring spoils the note, though another one is good. */
	struct buf out = { 0 }, lie = { 0 };
	struct note note, other;
	assert_int_equal(note_sign(SLICE("text\n"), &s[1], &out, NULL), 0);
	assert_int_equal(note_sign(SLICE("lie\n"), &s[0], &lie, NULL), 0);
	assert_int_equal(note_parse(buf_slice(&lie), &other, NULL), 0);
	buf_put(&out, other.signatures);
	assert_int_equal(note_parse(buf_slice(&out), &note, NULL), 0);
	CHECK_INT(0, "one false", keyring_check(&ring, &note, 400, NULL), ERR_CORRUPT);
	buf_release(&out);
	buf_release(&lie);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_is_written_as_it_is_read),
		cmocka_unit_test(malformed_rings_are_refused),
		cmocka_unit_test(a_key_signs_for_the_sizes_of_its_span),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

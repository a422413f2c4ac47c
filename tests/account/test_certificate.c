/* Certificates of working keys by an offline root. */
#include "check.h"

#include "account/certificate.h"

static struct note_signer signer_of(const char *name, unsigned char fill)
{
	struct ed25519_seed seed;
	struct note_signer s;

	memset(seed.b, fill, sizeof(seed.b));
	assert_int_equal(note_signer_init(slice_str(name), &seed, &s, NULL), 0);
	return s;
}

static void a_certificate_reads_back_under_its_root_alone(void **state)
{
	(void)state;
	struct note_signer root = signer_of("a.example/l/root", 1), work = signer_of("a.example/l", 2);
	static const struct {
		const char *what, *name;
		unsigned char seed;
		int want;
	} rows[] = {
		{ "the root", "a.example/l/root", 1, 0 },
		{ "another key of its name", "a.example/l/root", 3, ERR_REFUSED },
		{ "its key under another name", "b.example/l/root", 1, ERR_REFUSED },
		{ "the working key", "a.example/l", 2, ERR_REFUSED },
	};
	struct certificate c;
	struct buf text = { 0 };
	struct err err;

	assert_int_equal(certificate_sign(&work.key, SLICE("ledger"), 1000000000, &root, &text, &err),
	                 0);
	assert_true(slice_starts(buf_slice(&text), SLICE("assay-key-certificate/1\nname a.example/l\n"
	                                                 "key a.example/l+")));
	assert_true(slice_find_slice(buf_slice(&text),
	                             SLICE("\npurpose ledger\nfrom 2001-09-09T01:46:40Z\n\n")) < text.n);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct note_signer by = signer_of(rows[i].name, rows[i].seed);
		CHECK_INT(i, rows[i].what, certificate_check(buf_slice(&text), &by.key, &c, &err),
		          rows[i].want);
	}
	assert_int_equal(certificate_check(buf_slice(&text), &root.key, &c, &err), 0);
	CHECK_SLICE(0, "name", c.name, SLICE("a.example/l"));
	CHECK_SLICE(0, "purpose", c.purpose, SLICE("ledger"));
	CHECK_INT(0, "from", c.from, 1000000000);
	CHECK_INT(0, "key", memcmp(&c.key.public, &work.key.public, sizeof(c.key.public)), 0);
	buf_release(&text);
	check_done();
}

static void a_root_certifies_keys_of_its_own_ledger(void **state)
{
	(void)state;
	struct note_signer root = signer_of("a.example/l/root", 1), other = signer_of("b.example/l", 2),
	                   work = signer_of("a.example/l", 2);
	struct buf text = { 0 };

	assert_int_equal(certificate_sign(&other.key, SLICE("ledger"), 1, &root, &text, NULL),
	                 ERR_REFUSED);
	assert_int_equal(certificate_sign(&root.key, SLICE("ledger"), 1, &root, &text, NULL),
	                 ERR_REFUSED);
	assert_int_equal(certificate_sign(&work.key, SLICE("Led ger"), 1, &root, &text, NULL),
	                 ERR_SYNTAX);
	assert_int_equal(certificate_sign(&work.key, SLICE(""), 1, &root, &text, NULL), ERR_SYNTAX);
	assert_int_equal(text.n, 0);
}

static void other_texts_are_refused_though_the_root_signed_them(void **state)
{
	(void)state;
	struct note_signer root = signer_of("a.example/l/root", 1), work = signer_of("a.example/l", 2);
	struct buf key = { 0 };
	char good[600];

	note_key_format(&work.key, &key);
	snprintf(good, sizeof(good),
	         "assay-key-certificate/1\nname a.example/l\nkey %s\npurpose ledger\n"
	         "from 2001-09-09T01:46:40Z\n", buf_str(&key));
	static const struct {
		const char *what, *cut, *put; /* in place of */
	} rows[] = {
		{ "as it is", "assay", "assay" },
		{ "another version", "certificate/1", "certificate/2" },
		{ "no name", "name a.example/l\n", "" },
		{ "another name", "name a.example/l\n", "name b.example/l\n" },
		{ "two spaces", "name ", "name  " },
		{ "a purpose of two words", "purpose ledger", "purpose led ger" },
		{ "no purpose", "purpose ledger", "purpose " },
		{ "a day", "2001-09-09T01:46:40Z", "2001-09-09" },
		{ "no time", "2001-09-09T01:46:40Z", "now" },
		{ "a line more", "purpose", "until 2002-01-01T00:00:00Z\npurpose" },
		{ "a line behind", "40Z\n", "40Z\nextra x\n" },
		{ "a broken key", "key a.example/l+", "key a.example/l+0" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf text = { 0 }, note = { 0 };
		struct slice all = slice_str(good);
		struct certificate c;
		size_t at = slice_find_slice(all, slice_str(rows[i].cut));
		assert_true(at < all.n);
		buf_put(&text, slice_sub(all, 0, at));
		buf_puts(&text, rows[i].put);
		buf_put(&text, slice_sub(all, at + strlen(rows[i].cut), all.n));
		assert_int_equal(note_sign(buf_slice(&text), &root, &note, NULL), 0);
		CHECK_INT(i, rows[i].what, certificate_check(buf_slice(&note), &root.key, &c, NULL),
		          i ? ERR_SYNTAX : 0);
		buf_release(&text);
		buf_release(&note);
	}
	buf_release(&key);
	check_done();
}

static void a_changed_certificate_does_not_verify(void **state)
{
	(void)state;
	struct note_signer root = signer_of("a.example/l/root", 1), work = signer_of("a.example/l", 2);
	struct buf text = { 0 };
	struct certificate c;

	assert_int_equal(certificate_sign(&work.key, SLICE("ledger"), 1000000000, &root, &text, NULL),
	                 0);
	char *year = strstr(text.p, "from 2001");
	assert_non_null(year);
	year[8] = '2';
	assert_int_equal(certificate_check(buf_slice(&text), &root.key, &c, NULL), ERR_CORRUPT);
	char large[CERTIFICATE_MAX + 1];
	memset(large, 'a', sizeof(large));
	assert_int_equal(certificate_check(slice_from(large, sizeof(large)), &root.key, &c, NULL),
	                 ERR_LIMIT);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_reads_back_under_its_root_alone),
		cmocka_unit_test(a_root_certifies_keys_of_its_own_ledger),
		cmocka_unit_test(other_texts_are_refused_though_the_root_signed_them),
		cmocka_unit_test(a_changed_certificate_does_not_verify),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

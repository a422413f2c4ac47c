#include "check.h"

#include "wire/tlog_consistency.h"

#define HASH "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
#define NOTE "example.com/behind-the-sofa\n20852163\n"

/* The request of c2sp.org/tlog-witness, "add-checkpoint". */
#define EXAMPLE                                                                                    \
	"old 20852014\n" HASH "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"                     \
	"5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"                                           \
	"/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n" NOTE

static void the_example_of_the_specification_reads_and_is_written_again(void **state)
{
	struct tlog_consistency p;
	struct buf out = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(tlog_consistency_parse(SLICE(EXAMPLE), &p, &err), 0);
	CHECK_INT(0, "old", p.old, 20852014);
	CHECK_INT(0, "hashes", p.hashes, 4);
	CHECK_INT(0, "first byte", p.hash[0].b[0], 0x3e);
	CHECK_SLICE(0, "checkpoint", p.checkpoint, SLICE(NOTE));
	assert_int_equal(tlog_consistency_format(&p, &out, &err), 0);
	CHECK_SLICE(0, "again", buf_slice(&out), SLICE(EXAMPLE));
	p.old = (uint64_t)INT64_MAX + 1;
	CHECK_INT(0, "too large", tlog_consistency_format(&p, &out, &err), ERR_LIMIT);
	buf_release(&out);
	check_done();
}

static void malformed_texts_are_refused(void **state)
{
	static const struct {
		const char *says, *text;
		int rc;
	} rows[] = {
		{ "from nothing", "old 0\n\nx", 0 },
		{ "empty", "", ERR_SYNTAX },
		{ "no size", "old \n\nx", ERR_SYNTAX },
		{ "another word", "new 5\n\nx", ERR_SYNTAX },
		{ "a leading zero", "old 05\n\nx", ERR_SYNTAX },
		{ "a sign", "old -5\n\nx", ERR_SYNTAX },
		{ "over 63 bits", "old 9223372036854775808\n\nx", ERR_SYNTAX },
		{ "20 digits", "old 18446744073709551617\n\nx", ERR_SYNTAX },
		{ "no blank line", "old 5\n" HASH, ERR_SYNTAX },
		{ "no checkpoint", "old 5\n" HASH "\n", ERR_SYNTAX },
		{ "a short hash", "old 5\nPlRNCrwHpqhGrupue0L7gw==\n\nx", ERR_SYNTAX },
		{ "not base64", "old 5\n*lRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\nx", ERR_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct tlog_consistency p = { .old = 77 };
		struct err err = { 0 };

		CHECK_INT(i, rows[i].says, tlog_consistency_parse(slice_str(rows[i].text), &p, &err),
		          rows[i].rc);
		if (rows[i].rc)
			CHECK_INT(i, "untouched", p.old, 77);
	}
	struct buf text = { 0 };
	struct tlog_consistency p;
	for (int extra = 0; extra < 2; extra++) {
		buf_clear(&text);
		buf_puts(&text, "old 5\n");
		for (int i = 0; i < TLOG_CONSISTENCY_HASHES + extra; i++)
			buf_puts(&text, HASH);
		buf_puts(&text, "\nx");
		CHECK_INT(extra, "63 hashes, and one too many",
		          tlog_consistency_parse(buf_slice(&text), &p, NULL),
		          extra ? ERR_SYNTAX : 0);
	}
	buf_release(&text);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_specification_reads_and_is_written_again),
		cmocka_unit_test(malformed_texts_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

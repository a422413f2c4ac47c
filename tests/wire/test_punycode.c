#include "check.h"

#include "base/utf8.h"
#include "wire/punycode.h"

/* Vectors of RFC 3492 section 7.1 (the short ones, lower-case forms). */
static void punycode_agrees_with_the_vectors_of_rfc_3492(void **state)
{
	(void)state;
	static const struct {
		const char *puny;
		uint32_t text[32];
		size_t n;
	} rows[] = {
		{ "bcher-kva", { 'b', 0xfc, 'c', 'h', 'e', 'r' }, 6 },
		/* (A) Arabic (Egyptian) */
		{ "egbpdaj6bu4bxfgehfvwxn",
		  { 0x0644, 0x064a, 0x0647, 0x0645, 0x0627, 0x0628, 0x062a, 0x0643, 0x0644, 0x0645,
		    0x0648, 0x0634, 0x0639, 0x0631, 0x0628, 0x064a, 0x061f },
		  17 },
		/* (B) Chinese (simplified) */
		{ "ihqwcrb4cv8a8dqg056pqjye",
		  { 0x4ed6, 0x4eec, 0x4e3a, 0x4ec0, 0x4e48, 0x4e0d, 0x8bf4, 0x4e2d, 0x6587 },
		  9 },
		/* (P) Maji<de>Koi<suru>5<byou><mae> */
		{ "majikoi5-783gue6qz075azm5e",
		  { 'm', 'a', 'j', 'i', 0x3067, 'k', 'o', 'i', 0x3059, 0x308b, '5', 0x79d2,
		    0x524d },
		  13 },
		/* (R) <sono><supiido><de> */
		{ "d9juau41awczczp",
		  { 0x305d, 0x306e, 0x30b9, 0x30d4, 0x30fc, 0x30c9, 0x3067 },
		  7 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint32_t text[PUNYCODE_MAX];
		char puny[PUNYCODE_MAX];
		int n = punycode_decode(slice_str(rows[i].puny), text);
		CHECK_INT(i, rows[i].puny, n, rows[i].n);
		for (size_t k = 0; k < rows[i].n && n > 0; k++)
			CHECK_INT(i, rows[i].puny, text[k], rows[i].text[k]);
		n = punycode_encode(rows[i].text, rows[i].n, puny);
		CHECK_SLICE(i, rows[i].puny, slice_from(puny, n < 0 ? 0 : (size_t)n),
		            slice_str(rows[i].puny));
	}
	check_done();
}

static void punycode_refuses_what_is_none(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int want;
	} rows[] = {
		{ "", 0 },
		{ "abc-", 3 },
		{ "!!!", -1 },
		{ "a-\xc3\xbc", -1 },
		{ "99999999", -1 }, /* overflow */
		{ "zzzzzzzzzzzzzzzz", -1 },
		{ "bcher-kv", -1 }, /* cut inside a number */
		{ "a-tl8h", -1 },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-", -1 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint32_t text[PUNYCODE_MAX];
		int n = punycode_decode(slice_str(rows[i].in), text);
		if (rows[i].want < 0 && n >= 0) {
			/* Whatever decodes is made of characters. */
			for (int k = 0; k < n; k++)
				CHECK_INT(i, rows[i].in, text[k] <= 0x10ffff, 1);
			continue;
		}
		CHECK_INT(i, rows[i].in, n, rows[i].want);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(punycode_agrees_with_the_vectors_of_rfc_3492),
		cmocka_unit_test(punycode_refuses_what_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

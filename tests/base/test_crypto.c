/* sha256, hmac, ed25519, siphash against published vectors. */
#include "check.h"

#include "base/ed25519.h"
#include "base/hash.h"
#include "base/hex.h"
#include "base/hmac.h"
#include "base/sha256.h"

static void sha256_matches_fips_examples(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char hex[SHA256_HEX];
		sha256_hex(sha256_of(slice_str(rows[i].in)), hex);
		CHECK_SLICE(i, rows[i].in, slice_str(hex), slice_str(rows[i].want));
		struct sha256_stream *h = sha256_new();
		for (const char *c = rows[i].in; *c; c++)
			sha256_add(h, slice_from(c, 1));
		sha256_hex(sha256_end(h), hex);
		CHECK_SLICE(i, rows[i].in, slice_str(hex), slice_str(rows[i].want));
	}
	check_done();
}

static void hmac_matches_rfc4231(void **state)
{
	(void)state;
	char key[131], hex[SHA256_HEX];

	sha256_hex(hmac_sha256(SLICE("Jefe"), SLICE("what do ya want for nothing?")), hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key)); /* test case 6: a key longer than a block */
	sha256_hex(hmac_sha256(slice_from(key, sizeof(key)),
	                       SLICE("Test Using Larger Than Block-Size Key - Hash Key First")),
	           hex);
	assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void ed25519_matches_rfc8032_test_2(void **state)
{
	(void)state;
	struct ed25519_seed seed;
	struct ed25519_public pub, want;
	uint8_t sig[ED25519_SIGNATURE];
	char hex[2 * ED25519_SIGNATURE + 1];

	assert_true(hex_decode(SLICE("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
	                       seed.b, sizeof(seed.b)));
	assert_true(hex_decode(SLICE("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
	                       want.b, sizeof(want.b)));
	assert_int_equal(ed25519_public_of(&seed, &pub, NULL), 0);
	assert_memory_equal(pub.b, want.b, sizeof(pub.b));
	assert_int_equal(ed25519_sign(&seed, SLICE("\x72"), sig, NULL), 0);
	hex_encode(sig, sizeof(sig), hex);
	assert_string_equal(hex, "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	                         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	assert_true(ed25519_verify(&pub, SLICE("\x72"), sig));
	assert_false(ed25519_verify(&pub, SLICE("\x73"), sig));
	sig[0] ^= 1;
	assert_false(ed25519_verify(&pub, SLICE("\x72"), sig));
	ed25519_wipe(&seed);
	for (size_t i = 0; i < sizeof(seed.b); i++)
		assert_int_equal(seed.b[i], 0);
}

static void siphash_depends_on_key_length_and_every_byte(void **state)
{
	(void)state;
	struct hash_key key = { 1, 2 }, other = { 1, 3 };
	char text[40] = { 0 };
	uint64_t seen[ROWS(text) + 1];

	for (size_t n = 0; n <= sizeof(text); n++) {
		seen[n] = hash_bytes(key, slice_from(text, n));
		assert_true(seen[n] != hash_bytes(other, slice_from(text, n)));
		for (size_t k = 0; k < n; k++)
			assert_true(seen[n] != seen[k]);
		for (size_t k = 0; k < n; k++) {
			text[k] = 1;
			assert_true(seen[n] != hash_bytes(key, slice_from(text, n)));
			text[k] = 0;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_matches_fips_examples),
		cmocka_unit_test(hmac_matches_rfc4231),
		cmocka_unit_test(ed25519_matches_rfc8032_test_2),
		cmocka_unit_test(siphash_depends_on_key_length_and_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

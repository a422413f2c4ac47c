#include "base/totp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

void totp_code(struct slice secret, int64_t step, unsigned digits, char out[9])
{
	uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
	unsigned mac_n = 0;

	if (digits < 6 || digits > 8)
		digits = TOTP_DIGITS;
	for (unsigned i = 0; i < 8; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	if (!HMAC(EVP_sha1(), secret.p ? secret.p : "", (int)secret.n, counter, sizeof(counter), mac,
	          &mac_n) ||
	    mac_n != 20)
		abort();
	/* Dynamic truncation: RFC 4226 section 5.3. */
	const uint8_t *at = mac + (mac[19] & 15);
	uint32_t number = ((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]) &
	                  0x7fffffff;
	out[digits] = '\0';
	for (unsigned i = digits; i-- > 0; number /= 10)
		out[i] = (char)('0' + number % 10);
}

bool totp_check(struct slice secret, struct slice code, int64_t now, int64_t last, int64_t *step)
{
	int64_t present = now / TOTP_STEP_S, found = -1;

	if (secret.n == 0 || code.n != TOTP_DIGITS)
		return false;
	for (int64_t s = present - TOTP_DRIFT; s <= present + TOTP_DRIFT; s++) {
		char wanted[9];
		totp_code(secret, s, TOTP_DIGITS, wanted);
		if (CRYPTO_memcmp(wanted, code.p, TOTP_DIGITS) == 0 && s > last && found < 0)
			found = s;
	}
	if (found < 0)
		return false;
	*step = found;
	return true;
}

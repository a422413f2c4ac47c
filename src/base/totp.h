/* One-time codes by time: TOTP (RFC 6238) over HOTP (RFC 4226), HMAC-SHA-1 by libcrypto, as every
 * authenticator device and program knows it: six digits, a step of 30 seconds from 1970.
 *
 * SHA-1 is what those devices speak; its collisions are no attack on HMAC. */
#ifndef BASE_TOTP_H
#define BASE_TOTP_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	TOTP_STEP_S = 30,   /* RFC 6238 section 5.2 */
	TOTP_DIGITS = 6,    /* RFC 4226 section 5.3 */
	TOTP_DRIFT = 1,     /* steps that a clock may be off: RFC 6238 section 6 */
	TOTP_SECRET = 20,   /* bytes of a new secret: RFC 4226 section 4, R6 */
};

/* The code of a step (time / TOTP_STEP_S) as text with leading zeros, digits 6 to 8. */
void totp_code(struct slice secret, int64_t step, unsigned digits, char out[9]);

/* Whether a code is that of the present step or of one beside it, and of one after `last`: a code
 * that was seen once opens nothing again (RFC 6238 section 5.2). *step is the one it is of. Takes
 * the same time for each wrong code of six characters. */
bool totp_check(struct slice secret, struct slice code, int64_t now, int64_t last, int64_t *step);

#endif

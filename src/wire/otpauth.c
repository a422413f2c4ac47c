#include "wire/otpauth.h"

#include "base/base32.h"
#include "base/totp.h"

static void put_encoded(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		             (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
		if (plain)
			buf_putc(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void otpauth_format(struct slice issuer, struct slice account, struct slice secret, struct buf *out)
{
	buf_puts(out, "otpauth://totp/");
	put_encoded(issuer, out);
	buf_putc(out, ':');
	put_encoded(account, out);
	buf_puts(out, "?secret=");
	base32_encode(secret, out);
	buf_puts(out, "&issuer=");
	put_encoded(issuer, out);
	buf_printf(out, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_STEP_S);
}

/* The address by which a secret of one-time codes gets into an authenticator:
 *
 *   otpauth://totp/ISSUER:ACCOUNT?secret=BASE32&issuer=ISSUER&algorithm=SHA1&digits=6&period=30
 *
 *   source  github.com/google/google-authenticator, wiki "Key Uri Format", which all of them read
 *   owns    nothing */
#ifndef WIRE_OTPAUTH_H
#define WIRE_OTPAUTH_H

#include "base/buf.h"
#include "base/slice.h"

/* Append the address. issuer and account are percent-encoded. */
void otpauth_format(struct slice issuer, struct slice account, struct slice secret,
                    struct buf *out);

#endif

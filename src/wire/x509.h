/* A certificate as a TLS server presents it: what a record says of it. By OpenSSL.
 *
 *   source  RFC 5280 4.1 (fields), 4.2.1.6 (subject alternative names); X.690 (DER)
 *   names   dNSName and iPAddress, in canonical form; what is no name is left out. "*." stays
 *   owns    nothing: texts lie in the arena
 *
 * Read it where nothing can be lost by it: bytes of anybody's. */
#ifndef WIRE_X509_H
#define WIRE_X509_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum { X509_BYTES_MAX = 1 << 16, X509_NAMES_MAX = 200, X509_TEXT_MAX = 500 };

struct x509_certificate {
	struct sha256 digest;     /* of the DER */
	struct slice issuer;      /* RFC 2253: "CN=R10,O=Let's Encrypt,C=US"; cut */
	struct slice subject;     /* the same; may be empty */
	struct slice *name;       /* sorted, each once */
	size_t name_n;
	int64_t from, until;      /* seconds since 1970 */
};

/* Have the system's files read now (libcrypto's configuration, the time zone): the first certificate
 * would have them opened, which a process that shut itself in (sys/sandbox.h) dies of. */
void x509_prepare(void);

/* ERR_SYNTAX (no certificate, bytes behind it), ERR_LIMIT (over X509_BYTES_MAX), ERR_NOMEM. */
int x509_parse(struct slice der, struct arena *a, struct x509_certificate *out, struct err *err);

#endif

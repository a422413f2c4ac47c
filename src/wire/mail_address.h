/* A mail address that can be written to.
 *
 *   source  RFC 5321 section 4.1.2 (Mailbox) with a local part that is a dot-string: no quotes, no
 *           comments, no display name, no route, no address literal; section 4.5.3.1 (64 octets of
 *           local part, 254 of the whole by RFC 3696 erratum 1690)
 *   domain  canonical (wire/dname.h): lower case, A-labels; at least two labels, no underscore
 *   local   as written: RFC 5321 section 2.4 leaves its case to the host
 *
 * Whatever it holds is ASCII without space or control character, so it can stand in an SMTP command
 * and in a header as it is. A value owns nothing and may be copied. */
#ifndef WIRE_MAIL_ADDRESS_H
#define WIRE_MAIL_ADDRESS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { MAIL_ADDRESS_MAX = 254, MAIL_LOCAL_MAX = 64 };

struct mail_address {
	uint8_t n, local_n;              /* octets of text; of its local part */
	char text[MAIL_ADDRESS_MAX + 1]; /* "info@pills.example", NUL-terminated */
};

static inline struct slice mail_address_slice(const struct mail_address *a)
{
	return (struct slice){ a->text, a->n };
}

static inline struct slice mail_address_local(const struct mail_address *a)
{
	return (struct slice){ a->text, a->local_n };
}

static inline struct slice mail_address_domain(const struct mail_address *a)
{
	return (struct slice){ a->text + a->local_n + 1, (size_t)(a->n - a->local_n - 1) };
}

/* Read the whole of text as an address; no white space is trimmed. ERR_SYNTAX; ERR_LIMIT; ERR_NOMEM;
 * out untouched. */
int mail_address_parse(struct slice text, struct mail_address *out, struct err *err);

/* Whether two are one mailbox, as far as anybody can tell: case does not count. */
bool mail_address_eq(const struct mail_address *a, const struct mail_address *b);

/* Whether the local part names a function and no person: RFC 2142 and its like ("info"). */
bool mail_address_is_role(const struct mail_address *a);

/* Append the address as records that others read may show it: whole where it names a function, else
 * with the first character of the local part and "...": "k...@shop.example". */
void mail_address_put_masked(const struct mail_address *a, struct buf *out);

#endif

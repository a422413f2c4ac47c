/* Internet addresses and prefixes in their one canonical spelling.
 *
 *   source  RFC 791, RFC 4291 2.2 (text of IPv6), RFC 5952 4 and 5 (canonical text), RFC 4632 3.1
 *           and RFC 4291 2.3 (prefixes)
 * Dotted IPv4 only: four decimal numbers without leading zeros. No zone ids, no brackets. */
#ifndef WIRE_IP_H
#define WIRE_IP_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { IP_TEXT = 46, IP_PREFIX_TEXT = 50 }; /* with the NUL */

struct ip {
	bool is_v6;
	uint8_t b[16]; /* network order; the first 4 of IPv4, the rest zero */
};

struct ip_prefix {
	struct ip ip;   /* bits behind .bits are zero */
	uint8_t bits;   /* 0 to 32 or 128 */
};

/* ERR_SYNTAX; out untouched. */
int ip_parse(struct slice text, struct ip *out, struct err *err);
void ip_format(const struct ip *ip, char out[IP_TEXT]);

/* "192.0.2.0/24". ERR_SYNTAX, also when a bit behind the prefix is set: such a line is more often
 * a slip than a wish. */
int ip_prefix_parse(struct slice text, struct ip_prefix *out, struct err *err);
void ip_prefix_format(const struct ip_prefix *p, char out[IP_PREFIX_TEXT]);

/* The prefix of that many bits that holds ip. */
struct ip_prefix ip_prefix_of(const struct ip *ip, unsigned bits);
bool ip_prefix_holds(const struct ip_prefix *p, const struct ip *ip);

static inline bool ip_eq(const struct ip *a, const struct ip *b)
{
	return a->is_v6 == b->is_v6 && memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

#endif

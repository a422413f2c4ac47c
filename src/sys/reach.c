/* The rows of the two registries that matter, as prefixes; the longest that holds an address
 * decides, as the registries' own rows lie within each other (192.0.0.9/32 in 192.0.0.0/24). A row
 * that says neither "True" nor "False" in "Globally Reachable" is refused.
 *
 *   source  IANA, "IANA IPv4 Special-Purpose Address Registry" and "IANA IPv6 Special-Purpose
 *           Address Registry"; multicast: RFC 5771, RFC 4291 2.7; RFC 4291 2.4 with IANA, "Internet
 *           Protocol Version 6 Address Space": outside of 2000::/3 nothing is given out as global
 *           unicast */
#include "sys/reach.h"

enum verdict {
	NO,
	YES,
	BY_LAST_V4,   /* its last 32 bits are an IPv4 address, which decides */
	BY_6TO4,      /* bits 16 to 47: RFC 3056 2 */
	BY_TEREDO,    /* the server's in bits 32 to 63, the client's inverted at the end: RFC 4380 4 */
};

struct row {
	uint8_t b[16];
	uint8_t bits;
	enum verdict verdict;
};

static const struct row v4[] = {
	{ { 0 }, 0, YES },
	{ { 0 }, 8, NO },                    /* RFC 791 3.2: this network */
	{ { 10 }, 8, NO },                   /* RFC 1918 */
	{ { 100, 64 }, 10, NO },             /* RFC 6598: shared */
	{ { 127 }, 8, NO },                  /* RFC 1122 3.2.1.3: loopback */
	{ { 169, 254 }, 16, NO },            /* RFC 3927: link local */
	{ { 172, 16 }, 12, NO },             /* RFC 1918 */
	{ { 192, 0, 0 }, 24, NO },           /* RFC 6890 2.1: IETF protocol assignments */
	{ { 192, 0, 0, 9 }, 32, YES },       /* RFC 7723: Port Control Protocol anycast */
	{ { 192, 0, 0, 10 }, 32, YES },      /* RFC 8155: TURN anycast */
	{ { 192, 0, 2 }, 24, NO },           /* RFC 5737: documentation */
	{ { 192, 88, 99 }, 24, NO },         /* RFC 7526: 6to4 relay anycast, withdrawn */
	{ { 192, 168 }, 16, NO },            /* RFC 1918 */
	{ { 198, 18 }, 15, NO },             /* RFC 2544: benchmarking */
	{ { 198, 51, 100 }, 24, NO },        /* RFC 5737: documentation */
	{ { 203, 0, 113 }, 24, NO },         /* RFC 5737: documentation */
	{ { 224 }, 4, NO },                  /* RFC 5771: multicast */
	{ { 240 }, 4, NO },                  /* RFC 1112 4: reserved; limited broadcast in it */
};

static const struct row v6[] = {
	{ { 0 }, 0, NO },
	{ { 0x20 }, 3, YES },                                            /* RFC 4291 2.4 */
	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 96, BY_LAST_V4 }, /* RFC 4291 2.5.5.2 */
	{ { 0, 0x64, 0xff, 0x9b }, 96, BY_LAST_V4 },                     /* RFC 6052: NAT64 */
	{ { 0x20, 0x01 }, 23, NO },                                      /* RFC 2928 */
	{ { 0x20, 0x01 }, 32, BY_TEREDO },                               /* RFC 4380 */
	{ { 0x20, 0x01, 0, 1, [15] = 1 }, 128, YES },                    /* RFC 7723 */
	{ { 0x20, 0x01, 0, 1, [15] = 2 }, 128, YES },                    /* RFC 8155 */
	{ { 0x20, 0x01, 0, 1, [15] = 3 }, 128, YES },                    /* RFC 9665 */
	{ { 0x20, 0x01, 0, 3 }, 32, YES },                               /* RFC 7450: AMT */
	{ { 0x20, 0x01, 0, 4, 0x01, 0x12 }, 48, YES },                   /* RFC 7535: AS112 */
	{ { 0x20, 0x01, 0, 0x20 }, 28, YES },                            /* RFC 7343: ORCHIDv2 */
	{ { 0x20, 0x01, 0, 0x30 }, 28, YES },                            /* RFC 9374: DRIP */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, NO },                          /* RFC 3849: documentation */
	{ { 0x20, 0x02 }, 16, BY_6TO4 },                                 /* RFC 3056 */
	{ { 0x3f, 0xff }, 20, NO },                                      /* RFC 9637: documentation */
};

static bool holds(const struct row *r, const struct ip *ip)
{
	struct ip_prefix p = { .ip.is_v6 = ip->is_v6, .bits = r->bits };

	memcpy(p.ip.b, r->b, sizeof(r->b));
	return ip_prefix_holds(&p, ip);
}

static bool is_opened(const struct reach *reach, const struct ip *ip)
{
	for (size_t i = 0; i < reach->opened_n; i++)
		if (ip_prefix_holds(&reach->opened[i], ip))
			return true;
	return false;
}

static bool allows_v4(const struct reach *reach, const uint8_t b[4], uint8_t flip)
{
	struct ip ip = { 0 };

	for (int i = 0; i < 4; i++)
		ip.b[i] = b[i] ^ flip;
	return reach_allows(reach, &ip);
}

bool reach_allows(const struct reach *reach, const struct ip *ip)
{
	const struct row *row = ip->is_v6 ? v6 : v4, *best = row;
	size_t n = ip->is_v6 ? sizeof(v6) / sizeof(v6[0]) : sizeof(v4) / sizeof(v4[0]);

	if (is_opened(reach, ip))
		return true;
	for (size_t i = 0; i < n; i++)
		if (row[i].bits >= best->bits && holds(&row[i], ip))
			best = &row[i];
	switch (best->verdict) {
	case NO: return false;
	case YES: return true;
	case BY_LAST_V4: return allows_v4(reach, ip->b + 12, 0);
	case BY_6TO4: return allows_v4(reach, ip->b + 2, 0);
	case BY_TEREDO:
		return allows_v4(reach, ip->b + 4, 0) && allows_v4(reach, ip->b + 12, 0xff);
	}
	return false;
}

/* Kinds of attribute that domains can share, and what sharing one is worth. A new kind is a row.
 *
 *   group      kinds that copy each other: of a group only the best shared value counts
 *   plantable  an outsider can make a domain show the value without its operator's doing: copy it
 *              from a page, or point at it. Never decisive by itself
 *   weight     log2(population / sharers) in hundredths of a bit: how unlikely it is that a domain
 *              taken by chance has the value; at most the kind's best. Integers, so that no machine
 *              rounds differently
 *   strong     a value is strong from the kind's own least weight on: an address is shared by the
 *              tenants of a host, an account that takes the money is one operator's
 *   source     I. Fellegi, A. Sunter, "A theory for record linkage", JASA 64 (1969): weights by
 *              frequency add up where attributes are independent */
#ifndef LINK_SIGNAL_H
#define LINK_SIGNAL_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum signal_kind {
	SIGNAL_NAME_SERVER,
	SIGNAL_ADDRESS,
	SIGNAL_PREFIX,
	SIGNAL_MX,
	SIGNAL_SOA_MAIL,
	SIGNAL_CERTIFICATE,      /* SHA-256 of the leaf */
	SIGNAL_CERTIFICATE_NAME, /* a name that a certificate of the domain covers beside it */
	SIGNAL_REGISTRANT,       /* keyed hash of a registrant's field, with its key id */
	SIGNAL_ACCOUNT,          /* of a registrar or reseller, as far as it shows */
	SIGNAL_REDIRECT,         /* registrable domain that the site sends its visitors to */
	SIGNAL_PAYMENT,          /* account, descriptor or host that takes the money */
	SIGNAL_CART,             /* host of the cart */
	SIGNAL_ANALYTICS,        /* id of statistics, advertising or chat */
	SIGNAL_AFFILIATE,        /* parameter of a programme's links, with the host they lead to */
	SIGNAL_TELEPHONE,
	SIGNAL_MAIL,             /* address on a page */
	SIGNAL_MESSENGER,
	SIGNAL_FAVICON,          /* SHA-256 */
	SIGNAL_LOGO,             /* SHA-256 of a seal or logo */
	SIGNAL_IMAGE_HOST,
	SIGNAL_TEMPLATE,         /* fingerprint of the page's structure */
	SIGNAL_URL_SHAPE,
	SIGNAL_TEXT,             /* near-duplicate class of the text */
	SIGNAL_PRICES,           /* fingerprint of a list of drugs and prices */
	SIGNAL_COMPANY,          /* name or number of a company on a page */
	SIGNAL_AFFILIATE_NUMBER, /* the parameter alone, in links within the site: few digits */
	SIGNAL_KINDS
};

enum signal_group {
	GROUP_HOSTING,
	GROUP_CERTIFICATE,
	GROUP_REGISTRATION,
	GROUP_REDIRECT,
	GROUP_MONEY,
	GROUP_TAG,
	GROUP_CONTACT,
	GROUP_PICTURE,
	GROUP_LOOK,
	GROUP_TEXT,
	SIGNAL_GROUPS
};

struct signal {
	const char *name;  /* "name_server": as records write it */
	const char *words; /* "the same name server": behind "both have" */
	enum signal_group group;
	bool plantable;
	uint16_t best;   /* hundredths of a bit: more than that no value of the kind is worth */
	uint16_t strong; /* from which on a value is strong; above best: never */
};

extern const struct signal signals[SIGNAL_KINDS];

/* False for another word. */
bool signal_of(struct slice name, enum signal_kind *out);
const char *signal_group_name(enum signal_group g);

/* floor(100 log2(x)); 0 for 0 and 1. */
uint32_t log2_hundredths(uint64_t x);

/* Weight of a value of that kind which `sharers` of `population` domains have, in hundredths of a
 * bit. 0 for fewer than two sharers. */
uint16_t signal_weight(enum signal_kind kind, uint64_t sharers, uint64_t population);

#endif

/* Somebody that a registration names, as RDAP and WHOIS publish it.
 *
 *   source  RFC 6350 and RFC 7095 (properties), RFC 5733 (what registries keep of a contact)
 *   owns    nothing: texts are UTF-8 without control characters, in the arena of who read them
 *   care    of a registrant all of it may be personal data */
#ifndef WIRE_CONTACT_CARD_H
#define WIRE_CONTACT_CARD_H

#include "base/slice.h"

#include <stddef.h>

enum { CARD_LIST_MAX = 4 }; /* mail addresses, numbers: what comes behind is passed over */

struct contact_card {
	struct slice name, organisation;
	struct slice street; /* lines joined by ", ", and what cannot be told apart */
	struct slice city, region, postcode;
	struct slice country; /* as written: a code or a name */
	struct slice url;
	struct slice mail[CARD_LIST_MAX];
	struct slice phone[CARD_LIST_MAX]; /* fax numbers are left out */
	size_t mail_n, phone_n;
};

#endif

/* What the machine, and one person alone, may not do.
 *
 *   source  DESIGN, rules 1, 3, 11; doc/decision/0013-packs-signed.md
 *
 * Which policy packs judge; how many names a day may add to a list; which names are too well known
 * to be listed by anybody alone. Pure: whoever asks has counted. */
#ifndef DECIDE_GUARD_H
#define DECIDE_GUARD_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A record of type pack, in the order of the ledger. */
struct guard_pack_entry {
	struct slice id;
	struct sha256 digest;
	bool on;
	bool automatic; /* made for a publisher's signature: counts while that key is a publisher */
};

enum guard_pack_state {
	GUARD_PACK_ON,      /* an entry of this digest says so, and none behind it says off */
	GUARD_PACK_TRUSTED, /* no entry of this digest; a publisher signed it, and the pack was not
	                       switched off: on, once it has its entry */
	GUARD_PACK_NEVER,   /* nobody has switched on a pack of that id */
	GUARD_PACK_ALTERED, /* other bytes of that id were switched on, not these */
	GUARD_PACK_OFF,     /* switched off: for every version, until one is switched on again */
};

/* How a pack stands by the entries so far. published: a publisher's signature holds. */
enum guard_pack_state guard_pack(const struct guard_pack_entry *entry, size_t n, struct slice id,
                                 struct sha256 digest, bool published);

/* "it was never switched on", for people; "" where it is on. */
const char *guard_pack_why(enum guard_pack_state state);

/* A change that would list names. */
struct guard_listing {
	struct slice name;      /* of the subject, for messages */
	bool is_popular;        /* the registrable name is on the list of popular names */
	bool automatic;         /* no person decided it */
	size_t reviewers;       /* different people who want it, the one who acts now among them */
	bool popular_reason;    /* somebody gave a reason for listing a popular name */
	bool mass_reason;       /* somebody gave a reason for so large a change */
	int64_t adding;         /* names that it lists and that are not listed */
	int64_t added;          /* names that were listed within GUARD_DAY_S before it */
	int64_t listed;         /* names that were listed before that day began */
	int64_t change_ppm, floor; /* what a day may add: that share of listed, or floor names */
};

enum { GUARD_DAY_S = 86400, GUARD_REVIEWERS = 2 };

enum guard_answer {
	GUARD_PASS,    /* it may take effect */
	GUARD_PROPOSE, /* keep it as a proposal: a second reviewer is needed */
};

/* How many names a day may add. */
int64_t guard_mass_limit(int64_t listed, int64_t change_ppm, int64_t floor);

/* Judge a change. Returns an enum guard_answer, or ERR_REFUSED with the reason in err. */
int guard_listing_judge(const struct guard_listing *g, struct err *err);

#endif

/* The guards before a decision: what it rests on, how many there are, and whom it hits.
 *
 * decide/guard.h knows the rules; this file counts for it, from the store, the configuration and the
 * list of popular names.
 *
 *     guard_open
 *     guard_basis       may a verdict be decided on at all?
 *     guard_listing     may this subject be listed, by these people, today?
 *     ... the listing is put ...
 *     guard_listed      count it
 *     guard_close                                                                             */
#ifndef CMD_GUARD_H
#define CMD_GUARD_H

#include "base/err.h"
#include "decide/guard.h"
#include "model/config.h"
#include "model/domain.h"
#include "model/popular.h"
#include "model/subject.h"
#include "store/store.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guard {
	struct store *store;              /* none of these is owned */
	const struct config *config;
	const struct suffixes *suffixes;
	struct popular *popular;          /* owned; NULL: no list is configured */
	int64_t day;                      /* a day begins behind this time */
	bool counted;                     /* added is known */
	bool counted_all;                 /* listed is known */
	int64_t added, listed;
	int64_t batch;                    /* names that the act in hand may list beside the one asked
	                                     for; whoever decides on many at once keeps it */
};

/* now: of the act. The window begins a day before it, or before the clock where that is earlier, so
 * that a date in the future opens no new day. ERR_NOTFOUND, ERR_SYNTAX for the list of popular
 * names. Close it in any case. */
int guard_open(struct store *store, const struct config *config, const struct suffixes *suffixes,
               int64_t now, struct guard *out, struct err *err);
void guard_close(struct guard *g);

/* Whether a verdict may be decided on for a destination: it has findings for it, each is in the
 * store, and names rule, pack and version that an entry of the ledger says are on, with the digest
 * that the verdict names (cmd/packbook.h). The class decided may be milder than the verdict's, and
 * rests on the same findings.
 *
 *   verdict  body of the record
 *   return   0; ERR_REFUSED with the reason; what the store says */
int guard_basis(struct store *store, const json_t *verdict, struct slice destination,
                struct err *err);

/* What somebody, or the machine, is about to list. */
struct guard_asked {
	struct subject subject;
	bool automatic;
	size_t reviewers;     /* different people who want it, the one who acts among them */
	struct slice popular; /* reasons, as the acts give them; empty: none */
	struct slice mass;
	bool proposed;        /* it is kept as a proposal as it is: then the day is not counted */
	int64_t adding;       /* out: 1 where it is not listed yet, else 0 */
};

/* Returns an enum guard_answer; ERR_REFUSED with the reason; what the store says. */
int guard_listing(struct guard *g, struct guard_asked *asked, struct err *err);

/* It was put. */
void guard_listed(struct guard *g, const struct guard_asked *asked);

/* The name that is looked for among the popular ones: what somebody registered, or a platform gave
 * out; of a URL that of its host. Empty for an address. In the arena, or the subject's own. */
int guard_name(struct subject subject, const struct suffixes *suffixes, struct arena *a,
               struct slice *out, struct err *err);

#endif

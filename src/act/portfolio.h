/* A registrar's own names: which of them deserve its look first.
 *
 *   order    by standing: listed; judged (a verdict that waits for people); known (member of a
 *            network, or told of in a notice); suspect (by its name alone); then active before
 *            holding before unknown before past, the higher score, the name
 *   cleared  a name that some destination's register or decision calls legitimate is no suspect,
 *            whatever it is called
 *
 * Pure. A score ranks for those who look; it condemns nobody. */
#ifndef ACT_PORTFOLIO_H
#define ACT_PORTFOLIO_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum portfolio_standing {
	PORTFOLIO_NOTHING, /* neither known nor suspect */
	PORTFOLIO_CLEARED,
	PORTFOLIO_SUSPECT,
	PORTFOLIO_KNOWN,
	PORTFOLIO_JUDGED,
	PORTFOLIO_LISTED,
};
enum { PORTFOLIO_STANDINGS = PORTFOLIO_LISTED + 1 };
const char *portfolio_standing_name(enum portfolio_standing s);

enum portfolio_state { PORTFOLIO_ACTIVE, PORTFOLIO_HOLDING, PORTFOLIO_UNKNOWN, PORTFOLIO_PAST };
enum { PORTFOLIO_STATES = PORTFOLIO_PAST + 1 };
const char *portfolio_state_name(enum portfolio_state s);

/* What is known of a name. */
struct portfolio_facts {
	bool legitimate;      /* some destination says so */
	bool listed, judged;  /* unapproved or rogue, in force; by a verdict */
	bool member, told;    /* of a network; in a notice */
	uint32_t score;       /* of its name; 0: none */
};

enum portfolio_standing portfolio_standing_of(const struct portfolio_facts *f);

struct portfolio_name {
	struct slice name;
	enum portfolio_standing standing;
	enum portfolio_state state;
	uint32_t score;
	struct slice class, network, reasons, sign; /* may be empty */
	int64_t at;     /* of what shows the state; INT64_MIN */
};

/* The order above, best first; one name twice is told twice. */
void portfolio_rank(struct portfolio_name *list, size_t n);

#endif

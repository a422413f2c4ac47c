/* Licence numbers that a site shows, held against the registers that are loaded.
 *
 * A number proves nothing by itself: it is public, and copied easily. What can be said is whether the
 * register of its scheme has it, under which name, and which site that row names. The name of a licence
 * is often not that of the site, so a name that differs says little; one that stands on the site is why
 * a number that does not exist may be a slip of the pen. */
#ifndef ASSESS_NUMBERS_H
#define ASSESS_NUMBERS_H

#include "assess/extract.h"
#include "model/site.h"

/* What was found of a number; bits. Of one number some hold together: no_site and same_name. */
enum number_found {
	NUMBER_UNKNOWN = 1 << 0,    /* the register has no such number, and no name of it stands here */
	NUMBER_RENUMBERED = 1 << 1, /* not this number, or not active; but a name of the register that
	                               is active stands on the site, under another one */
	NUMBER_INACTIVE = 1 << 2,   /* it has the number, and it is not active */
	NUMBER_THIS_SITE = 1 << 3,  /* active, and names this site */
	NUMBER_OTHER_SITE = 1 << 4, /* active, and names other sites */
	NUMBER_NO_SITE = 1 << 5,    /* active, and names no site */
	NUMBER_SAME_NAME = 1 << 6,  /* one of the row's names stands on the site */
	NUMBER_OTHER_NAME = 1 << 7, /* none does */
};

/* "unknown" -> its bit; 0 where there is no such word. */
unsigned number_found_parse(struct slice word);

/* The word of the lowest bit: "unknown". */
const char *number_found_name(unsigned bit);

struct number_claim {
	uint32_t fact;      /* of kind FACT_LICENCE */
	unsigned found;     /* bits of enum number_found */
	const struct register_row *row; /* that has the number (or the name, if renumbered); or NULL */
};

struct numbers {
	const struct number_claim *claim; /* each number of each scheme once, in the order of facts */
	size_t n;
};

/* Look up every number that the site shows as its own on pages of `mine`, and whose scheme a register
 * of the inputs has. All lies in the arena. ERR_NOMEM, ERR_LIMIT. */
int numbers_match(const struct extract *x, const struct site *site, const bool *mine,
                  const struct registers *registers, int64_t at, struct arena *a,
                  struct numbers *out, struct err *err);

#endif

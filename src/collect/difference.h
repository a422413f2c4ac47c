/* What two vantages were shown differently, as facts. Nothing here says why.
 *
 *   compares  the first vantage that saw anything with each other one, by the observations of one
 *             order: the home page (or what it led to), its absence, the drugs named on all pages,
 *             the certificate of the same host. A page that is empty without script counts as a
 *             browser showed it, where it did
 *   observes  `difference`, doc/format/record.md: one for each vantage that differs from the first,
 *             and one over all of them; at most as many as there are vantages. None for one */
#ifndef COLLECT_DIFFERENCE_H
#define COLLECT_DIFFERENCE_H

#include "base/err.h"
#include "collect/ask.h"
#include "model/vantage.h"
#include "wire/json.h"

#include <stddef.h>

/* Less alike than that is a difference by itself: below it two fetches of one changing page rarely
 * lie (the error of a sketch is 62,500). */
enum { DIFFERENCE_ALIKE_PPM = 700000 };

/* observations: array of those of an order; of another kind or vantage are passed over. ERR_NOMEM;
 * what observe returned. */
int difference_observe(const json_t *observations, const struct vantage *vantage, size_t n,
                       observe_fn observe, void *ctx, struct err *err);

#endif

/* Which of the verdicts that wait a reviewer should open first: expected harm that a decision would
 * remove, times the chance that somebody acts on it.
 *
 *   harm     1,000,000 for rogue, 300,000 for unapproved; a ground that does not hang on one
 *            destination's law counts whole, another 7/10; each rule beyond the first adds a tenth, up to
 *            a half; times the members of its network that wait with it (they are decided as one)
 *   chance   (acted + 1) / (asked + 2) of the notices that its registrar had: Laplace's rule of
 *            succession, 1/2 where nothing was ever asked
 *   ready    a verdict on fewer than two captures cannot be decided yet: a tenth
 *   score    where a ranking model is configured: how much the site looks like those that had to be
 *            acted on, from RANK_SCORE_MIN to 1; the harm that is expected is so much of the whole
 *
 * A rank orders a queue and nothing else: no verdict and no decision depends on it (DESIGN, rule 1).
 * Integers throughout, so that it is the same on every machine. */
#ifndef DECIDE_RANK_H
#define DECIDE_RANK_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RANK_PPM = 1000000 };

struct rank_case {
	struct slice class;    /* of the verdict: "rogue", "unapproved" */
	bool is_global;        /* some finding reaches beyond one destination's law */
	size_t rules;          /* different rules that are satisfied */
	size_t members;        /* of its network that wait, this one among them; 0 counts as 1 */
	size_t captures;
	uint64_t acted, asked; /* notices to its registrar that were acted upon, and all of them */
};

struct rank {
	uint64_t harm;   /* ppm of one rogue site */
	uint64_t chance; /* ppm */
	uint64_t value;  /* harm x chance, a tenth of it where it cannot be decided yet; saturates */
};

struct rank rank_of(const struct rank_case *c);

/* A site that looks harmless to the model still waits: at most ten times longer. */
enum { RANK_SCORE_MIN = 100000 };

/* Weigh a rank by a model's score in ppm. */
struct rank rank_with_score(struct rank r, int64_t score_ppm);

#endif

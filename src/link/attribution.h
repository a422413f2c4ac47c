/* Whose programme a storefront is of: what of a programme's marks its records show, and what that is
 * worth.
 *
 *   attributed  two marks that do not copy each other (signal.h, groups), one of which no outsider can
 *               bring about; hosting with a look or a picture is too little, as for a link
 *   guess       any mark at all, but less than that: a hypothesis, for analysts alone
 *   never       a mark on a page of another site that visitors were led to; what a fact denies or
 *               reports of others. An attribution makes no domain a member of a network */
#ifndef LINK_ATTRIBUTION_H
#define LINK_ATTRIBUTION_H

#include "base/arena.h"
#include "base/err.h"
#include "link/program.h"
#include "model/record.h"

#include <stddef.h>

enum attribution_grade { ATTRIBUTION_NONE, ATTRIBUTION_GUESS, ATTRIBUTION_MADE };

/* A mark seen. Slices point into the record or the arena. */
struct program_sign {
	const struct program_mark *mark;
	struct slice
		evidence; /* address of the page, or of the answer; empty where the record has none */
	struct slice quote; /* the words that stand there; empty of an attribute that is none */
};

/* What it returns ends the walk when it is not 0. */
typedef int (*program_sign_fn)(void *ctx, const struct program_sign *sign, struct err *err);

/* Hand on the marks that one record shows, maybe one twice. ERR_NOMEM, or what fn returns. */
int program_signs_of(const struct record *r, const struct programs *programs,
                     const struct suffixes *suffixes, struct arena *arena, program_sign_fn fn,
                     void *ctx, struct err *err);

/* What marks of one programme, seen of one domain, are worth together. */
enum attribution_grade attribution_grade(const struct program_mark *const *mark, size_t n);

#endif

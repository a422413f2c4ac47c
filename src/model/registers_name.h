/* Names of who is licensed, as they may stand on a site: "Mill Chemists (Wales) Ltd." is "mill chemists
 * wales" there. */
#ifndef MODEL_REGISTERS_NAME_H
#define MODEL_REGISTERS_NAME_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* Fold a name (wire/fold.h) and take words of legal form off its end. Empty where what is left says
 * nothing of its own: general words alone, or too short. In the arena. ERR_NOMEM. */
int registers_name_fold(struct slice name, struct arena *a, struct slice *out, struct err *err);

/* Whether a folded name stands in a folded text, as whole words. */
bool registers_name_stands(struct slice name, struct slice folded);

/* Which words a text has, by hash: says no for sure, yes perhaps. So that a register of 100,000 names
 * is not looked for name by name. */
struct registers_words {
	uint64_t bit[1024];
};

void registers_words_of(struct slice folded, struct registers_words *out);
bool registers_words_hold(const struct registers_words *w, struct slice name);

#endif

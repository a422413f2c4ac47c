/* What the store knows of a name: the views of every subject that speaks for it. */
#ifndef CMD_INQUIRY_H
#define CMD_INQUIRY_H

#include "base/arena.h"
#include "base/err.h"
#include "cmd/view.h"

struct inquiry {
	struct subject asked; /* as it was understood */
	/* The nearest subject that something is known of, then those above it that are listed: a
	 * listing of the domain holds for a path that was judged apart, too. n 0: nothing is known. */
	struct view *view;
	size_t n;
	struct arena arena;
};

/* Ask for a name, an address or a prefix as people type it (model/subject.h). ERR_SYNTAX, ERR_LIMIT
 * when it is none; what the store says. Release it in any case. */
int inquiry_load(struct store *store, const struct suffixes *suffixes, struct slice text,
                 enum view_depth depth, struct inquiry *out, struct err *err);
void inquiry_release(struct inquiry *q);

#endif

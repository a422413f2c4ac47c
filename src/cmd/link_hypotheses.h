/* Guesses, for the analyst who asks for them: those of analysts that the input holds, and storefronts that
 * show less of a programme than an attribution takes. Nothing else reads them. */
#ifndef CMD_LINK_HYPOTHESES_H
#define CMD_LINK_HYPOTHESES_H

#include "base/buf.h"
#include "cmd/link_told.h"

/* Records of type hypothesis as they came. Zero-initialised is none. */
struct link_hypotheses {
	struct slice *line; /* in canonical form */
	size_t n, cap;
};

/* Keep one that an analyst wrote; its text lies in the arena. ERR_NOMEM. */
int link_hypotheses_take(struct link_hypotheses *h, const struct record *r, struct arena *arena,
                         struct err *err);

/* All of them, analysts' first, each once: records, or a line for people where `text`. ERR_NOMEM. */
int link_put_hypotheses(const struct link_told *t, struct link_hypotheses *h, bool text, int64_t at,
                        struct buf *out, struct err *err);

void link_hypotheses_release(struct link_hypotheses *h);

#endif

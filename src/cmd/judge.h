/* Assess what the store holds, and keep findings and verdicts. */
#ifndef CMD_JUDGE_H
#define CMD_JUDGE_H

#include "cmd/acts.h"
#include "cmd/casefile.h"
#include "cmd/guard.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "cmd/rulebook.h"

struct judge {
	struct store *store;
	const struct rulebook *rules;
	struct acts *acts;         /* ends listings of earlier registrations, lists what may be listed
	                              by machine; NULL: neither */
	struct guard *guard;       /* where there are acts */
	const struct log *log;
	struct progress *progress; /* may be NULL */
	/* Called per fact of each assessment, where not NULL; what it returns ends the walk. */
	int (*fact)(void *ctx, const struct record *r, struct err *err);
	void *fact_ctx;
	int64_t at;                /* evaluation time */
	size_t subjects, verdicts, fresh, unreadable, ended; /* counted */
	size_t redacted; /* subjects whose verdict cannot be derived again */
	size_t stopped;            /* not listed by rule: cmd/guard.h */
	size_t held;               /* verdicts that somebody must accept first: cmd/reassess.h */
};

/* Every subject with pages in the store. Verdicts that are there already are left alone, and so are
 * those of a subject whose inputs were redacted, until a page comes that is newer than that: what is
 * left would give another verdict, and nobody observed anything new. Each batch
 * of subjects is one transaction: what was acknowledged survives a crash, the rest is done again. */
int judge_all(struct judge *j, struct err *err);

#endif

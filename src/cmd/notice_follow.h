/* What came of notices, out of the store: changes that were observed and mails that were read
 * become outcomes, and names that escaped are followed to where they went.
 *
 * It may run as often as anybody likes: outcomes follow from the records there are (act/outcome.h),
 * and what was put is not put again. */
#ifndef CMD_NOTICE_FOLLOW_H
#define CMD_NOTICE_FOLLOW_H

#include "act/outcome.h"
#include "cmd/notice_followup.h"

struct notice_watch {
	struct notice_desk *desk;
	struct ledgerbook *book;
	/* Told of each outcome that was put. May be NULL. Ends the walk when not 0. */
	int (*told)(void *ctx, const struct notice_file *f, const struct notice_observed *o,
	            struct err *err);
	void *ctx;
	size_t put; /* out */
};

/* Put the outcomes of all notices of a list that left. As the store. */
int notice_watch_outcomes(struct notice_watch *w, const struct notice_file *list, size_t n,
                          struct err *err);

/* Tell those who gained and lost names that are away by the outcomes of `known`: a registrar's
 * notice once per registrar that gained, a reseller's where its registrar was not told. */
int notice_watch_escapes(struct notice_followup *u, struct err *err);

/* Those that were told of once each, by their earliest notice that left: for outcome_survival. In
 * the arena. */
int notice_survivors(const struct notice_file *list, size_t n, int64_t now, struct arena *a,
                     struct outcome_survivor **out, size_t *out_n, struct err *err);

/* Read answers and observations, put what they come to, and send what follows from it: the
 * command. */
struct notice_cmd;
int notice_cmd_follow(struct notice_cmd *m, struct err *err);

#endif

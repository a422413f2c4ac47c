/* What follows a notice by itself, on the approval that the notice had:
 *
 *   arrived     a name escaped to another registrar or reseller: case, evidence and history go there
 *   departed    ... and the party that lost it is told that it is asked no more
 *   retraction  a decision was corrected: every party that was told hears it
 *
 * Each is drafted and approved in one transaction, once; the check holds for it as for any other, and
 * one that fails it is told and not put. Sending is cmd/notice_send.h's. */
#ifndef CMD_NOTICE_FOLLOWUP_H
#define CMD_NOTICE_FOLLOWUP_H

#include "cmd/notice_draft.h"

struct notice_followup {
	struct notice_desk *desk;
	struct ledgerbook *book;
	const struct notice_file *known; /* all notices of the store */
	size_t known_n;
	/* Told of each: what was put (failure_n 0), or why not. May be NULL. */
	void (*told)(void *ctx, const struct notice_draft *d);
	void *ctx;
	size_t put, refused; /* out */
};

/* Some lines of a notice escaped: tell the gaining registrar, and its reseller where the newest
 * registration names one. line: places in f->line. What was told before is left out. As the store. */
int notice_arrived(struct notice_followup *u, const struct notice_file *f, const size_t *line,
                   size_t n, struct err *err);
int notice_departed(struct notice_followup *u, const struct notice_file *f, const size_t *line,
                    size_t n, struct err *err);

/* Retract what was corrected since, of every notice that left or may have left, and put the outcome
 * withdrawn of those lines. As the store. */
int notice_retractions(struct notice_followup *u, struct err *err);

#endif

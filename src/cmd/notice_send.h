/* Approved notices on their way: to the relay of the desk, or as files.
 *
 * Before each one leaves it is checked again, with what the store says then. A record of state sending,
 * with the Message-ID, is committed before the message is handed over; what was observed follows it.
 * Where a crash came between, nobody knows whether it arrived: it counts as uncertain and is never sent
 * again by itself, and whoever sends it again on purpose does so under the same Message-ID. */
#ifndef CMD_NOTICE_SEND_H
#define CMD_NOTICE_SEND_H

#include "cmd/notice_draft.h"

struct notice_post {
	struct notice_desk *desk;
	struct ledgerbook *book; /* NULL: nothing is sent or put (dry run) */
	const char *outbox;      /* folder for .eml files in place of the relay; or NULL */
	bool again;              /* also those of which nobody knows */
	bool has_at;
	int64_t at; /* of the acts, where has_at; else the clock's */
	/* Told of each notice: what became of it, or why not. In a dry run state is NOTICE_APPROVED and
	 * message the bytes that would go out. failure: what the check says now (n may be 0). */
	void (*told)(void *ctx, const struct notice_file *f, enum notice_state state,
	             const char *answer, struct slice message, const struct check_failure *failure,
	             size_t failure_n);
	void *ctx;
	size_t sent, failed, refused,
		waiting; /* out: taken or written; refused, deferred or unknown;
	                                          held back by the check; by the limit of an hour */
};

/* Send what is due of a list, in its order. known: all notices of the store, by which the limit of an
 * hour is kept. ERR_USAGE (no relay is configured); ERR_REFUSED (the relay takes no mail of ours: no
 * other is tried); as the store. */
int notice_send(struct notice_post *post, struct notice_file *list, size_t n,
                const struct notice_file *only, struct err *err);

#endif

/* Prepared letters on their way: to the relay of the operator, or as files.
 *
 * Run twice, nothing is sent twice: a record of state sending is committed before a message is handed
 * over, and what was observed behind it. A crash between leaves a contact of which nobody knows; it is
 * shown, and tried again only where that is asked for. */
#ifndef CMD_DISCLOSURE_SEND_H
#define CMD_DISCLOSURE_SEND_H

#include "cmd/disclosures.h"

struct disclosure_post {
	struct ledgerbook *book;     /* NULL: nothing is sent or put (dry run) */
	struct store *store;
	const struct config *config;
	const char *outbox;          /* folder for .eml files in place of the relay; or NULL */
	bool again;                  /* also to contacts of which nobody knows */
	bool has_at;
	int64_t at;                  /* of the acts, where has_at; else the clock's */
	/* Told of each message: what became of it. In a dry run state is CONTACT_READY and message the
	 * bytes that would go out. */
	void (*told)(void *ctx, const struct disclosure_file *d, size_t contact,
	             enum contact_state state, const char *answer, struct slice message);
	void *ctx;
	size_t sent, failed;         /* out: taken or written; refused, deferred or unknown */
};

/* Send what is due of one disclosure: contacts that are ready or deferred. ERR_USAGE (no relay is
 * configured); ERR_REFUSED (the relay does not take our mail: it is told, and no other is tried);
 * as the store. */
int disclosure_send(struct disclosure_post *post, struct disclosure_file *d, struct err *err);

#endif

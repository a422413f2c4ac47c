/* What the acts of assay notice share. */
#ifndef CMD_NOTICE_CMD_H
#define CMD_NOTICE_CMD_H

#include "cmd/cmd.h"
#include "cmd/notice_draft.h"
#include "cmd/notice_show.h"
#include "cmd/rulebook.h"

struct notice_cmd {
	struct cmd *cmd;
	struct rulebook rules;
	struct store *store;
	struct ledgerbook book; /* where has_book: of acts that write */
	bool has_book;
	struct notice_desk desk;
	struct notice_file *list; /* all notices of the store */
	size_t n;
	struct arena arena;
	const char *to, *party, *address, *network, *case_name, *matter, *action, *mandate,
		*language, *harm, *collateral, *by, *token_file, *reason, *outbox, *mailbox, *out;
	bool dry_run, again, letter;
	struct err *err; /* of what is told while sending */
	int told_rc;
};

/* Print an object, or the text where that is asked for; object may be NULL then. Takes its reference
 * and empties the text. */
int notice_cmd_print(struct notice_cmd *m, json_t *object, struct buf *text, struct err *err);

/* The notice that a word names. ERR_NOTFOUND. */
int notice_cmd_find(struct notice_cmd *m, const char *word, struct notice_file **out,
                    struct err *err);

/* Send what is due, all or one, and say what became of each. */
int notice_cmd_send(struct notice_cmd *m, struct err *err);
/* The same of what another act put, after it. Without a relay and an outbox nothing is sent. */
int notice_cmd_send_due(struct notice_cmd *m, struct err *err);

#endif

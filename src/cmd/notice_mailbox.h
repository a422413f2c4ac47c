/* Answers as they lie in a mailbox: a Maildir, or any folder of files that are mails (.eml).
 *
 *   once      a mail is known by its digest: read again, moved or copied, it is not put again.
 *             Nothing in the folder is touched
 *   nothing   each mail is kept as restricted evidence: with the notice that it answers (state
 *   is lost   received), or without one (state unmatched), also where it cannot be read. Evidence,
 *             record and ledger entry are one transaction, so a crash leaves none half read
 *   Maildir   tmp/ holds what is still being delivered, and is passed over; so are hidden files */
#ifndef CMD_NOTICE_MAILBOX_H
#define CMD_NOTICE_MAILBOX_H

#include "act/reply.h"
#include "cmd/notice_desk.h"
#include "cmd/notices.h"

/* What is told of a mail that was put. */
struct notice_mail {
	const char *file;             /* below the folder */
	const struct notice_file *of; /* NULL: unmatched */
	enum reply_link link;
	const struct notice_reply *reply; /* class, ticket, words, diagnostic, stranger */
	const char *fault;            /* why it could not be read, or NULL */
};

struct notice_mailbox {
	struct notice_desk *desk;
	struct ledgerbook *book;
	const struct notice_file *known; /* all notices of the store */
	size_t known_n;
	/* May be NULL. A value other than 0 ends the reading, behind a mail that was put. */
	int (*told)(void *ctx, const struct notice_mail *mail, struct err *err);
	void *ctx;
	size_t seen, matched, unmatched, too_long; /* out: files; put; put; left in the folder */
};

/* Read what is new in a folder. ERR_NOTFOUND: it is not there; ERR_SYNTAX: replies.tsv; as the
 * store. */
int notice_mailbox_read(struct notice_mailbox *box, const char *folder, struct err *err);

#endif

/* What a mail server says of a mail of ours: it could not be delivered, or not yet.
 *
 *   source   RFC 3464 (delivery status), RFC 3463 (status codes), RFC 6522 (multipart/report), RFC
 *            6533 (the same for international addresses)
 *   old ones exim, qmail, sendmail and others once wrote plain text. Such a text is read where its
 *            sender is nobody (Return-Path: <>, mailer-daemon, X-Failed-Recipients) and it opens
 *            with a sentence that such a server writes; a person's mail that quotes one is none
 *   owns     nothing: everything lies in the arena, or is a view into the mail
 *
 * A delivery status is a claim like any mail: who gets it must look whether it names a mail that
 * was really sent, to that address. */
#ifndef WIRE_DSN_H
#define WIRE_DSN_H

#include "wire/mail_read.h"

enum { DSN_RECIPIENTS_MAX = 100, DSN_DIAGNOSTIC_MAX = 400 };

enum dsn_action {
	DSN_FAILED,    /* for good */
	DSN_DELAYED,   /* still tried */
	DSN_DELIVERED, /* delivered, relayed or expanded: nothing is wrong */
};

struct dsn_recipient {
	enum dsn_action action;
	struct slice address;    /* Original-Recipient, else Final-Recipient; may be empty */
	struct slice status;     /* "5.1.1"; may be empty */
	struct slice diagnostic; /* of the far server, one line: "550 no such mailbox" */
};

struct dsn {
	bool standard;             /* RFC 3464; else read out of a text */
	struct dsn_recipient *recipient;
	size_t recipient_n;        /* 0: it says of nobody in particular */
	struct slice original_id;  /* Message-ID of what it is about, bare; may be empty */
};

/* Read a mail as a delivery status. ERR_NOTFOUND: it is none; ERR_NOMEM; out untouched. */
int dsn_read(const struct mail_read *m, struct arena *a, struct dsn *out, struct err *err);

/* What it comes to: failed where any recipient failed, else delayed where any waits. */
enum dsn_action dsn_outcome(const struct dsn *d);

#endif

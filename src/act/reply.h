/* What an answer to a notice is, and which notice it answers.
 *
 *   phrases   policy/notice/replies.tsv, in six languages: data, no code. Compared folded
 *             (wire/fold.h), sentence by sentence
 *   quoted    what stands behind ">" or below "On ... wrote:" is ours, and is not looked at
 *   class     by the gravest sentence: refusal, request, claim, ticket, acknowledgement, else
 *             other. A sentence that only says what would be ("if you do not hear from us ...")
 *             counts for nothing unless its phrase is marked so
 *   claim     that it was acted upon is what somebody says, and never an outcome
 *   forged    anybody can write From, and read a reference somewhere: a mail is a claim of
 *             somebody. Who writes from elsewhere than the recipient's domain is a stranger
 *
 * Pure. */
#ifndef ACT_REPLY_H
#define ACT_REPLY_H

#include "base/arena.h"
#include "base/err.h"
#include "model/domain.h"
#include "model/notice.h"
#include "wire/dsn.h"
#include "wire/mail_read.h"

#include <stdbool.h>
#include <stddef.h>

/* ---- classes ---- */

struct reply_table;

/* Read replies.tsv: "kind TAB language TAB phrase"; # begins a comment.
 *
 *   kind    acknowledgement, refusal, request, claim: a sentence with the phrase is that; with "!"
 *           behind it also one that states a condition
 *           cover: what it matches is looked at by none of those ("has not been suspended")
 *           condition: a sentence that begins so states one; of ja and zh: that holds it
 *           ticket: behind this word stands a number
 *           quote: a line that begins so is followed by the mail that is answered
 *   phrase  "*" stands for anything of 60 bytes at most; "~" at the end for any ending of the word
 *   return  0; ERR_SYNTAX "replies.tsv:12: ..."; ERR_NOMEM */
int reply_load(struct slice text, struct reply_table **out, struct err *err);
void reply_free(struct reply_table *t);

enum { REPLY_WORDS_MAX = 300, REPLY_TICKET_MAX = 40, REPLY_TEXT_MAX = 64 << 10 };

struct reply_reading {
	enum reply_class class; /* never bounce or delay: those are wire/dsn.h's */
	struct slice ticket;    /* the other side's number; may be empty */
	struct slice words;     /* the sentence that decided, else how it begins; one line */
};

/* What the writer says: without what is quoted, and without a signature. In the arena. */
int reply_own_text(const struct reply_table *t, struct slice text, struct arena *a,
                   struct slice *out, struct err *err);

/* Class, number and words of a mail by its subject and text (all of it: what is quoted is left out
 * here). ERR_NOMEM. */
int reply_classify(const struct reply_table *t, struct slice subject, struct slice text,
                   struct arena *a, struct reply_reading *out, struct err *err);

/* ---- which notice ---- */

struct reply_known {
	struct slice reference;  /* "N-0123456789abcdef" */
	struct slice message_id; /* without brackets; empty: it never left */
	struct slice address;    /* whom it was sent to; may be empty */
};

enum reply_link {
	REPLY_UNLINKED,
	REPLY_BY_ANSWER,    /* In-Reply-To, References */
	REPLY_BY_REFERENCE, /* in subject or text */
	REPLY_BY_BOUNCE,    /* Message-ID of the mail that came back */
};

/* Which of them a mail answers, by the first of these ways that names one. d: its delivery status,
 * or NULL. REPLY_UNLINKED: none. */
enum reply_link reply_match(const struct mail_read *m, const struct dsn *d,
                            const struct reply_known *known, size_t n, size_t *which);

/* Whether a mail comes from another registrable domain than the address that was written to. s as
 * in domain_of. No sender at all is a stranger. */
bool reply_is_stranger(struct slice from, struct slice address, const struct suffixes *s);

/* Whether a delivery status is about the address that was written to: its recipient for whom the
 * mail failed or waits, or NULL. */
const struct dsn_recipient *reply_bounced(const struct dsn *d, struct slice address);

#endif

/* Notices in the store: what was asked of whom, when it left, what came back, what was observed.
 *
 * A notice is drafted; each later act is a record of type notice of another state that names it:
 *
 *   drafted     the whole of it: recipient, action, annex, and the letter with its attachments as
 *               evidence. Of a repeat within the time for that: commented, on the open one
 *   approved    by a reviewer with the right to
 *   sending     committed before a message is handed over, with its Message-ID; alone it means that
 *               nobody knows (uncertain), and it is never sent again by itself
 *   sent, refused, deferred, unknown, written      what was observed behind it
 *   received    a mail that answers it: class, ticket, the mail as restricted evidence; unmatched:
 *               the same of a mail that names no notice
 *   commented   said again, or more, on the open notice
 *   withdrawn   by us, before or after it was sent
 *
 * Each is an entry of the ledger; one that is none (it was read in from elsewhere) counts for nothing
 * here. Outcomes are records of their own, one a change, per subject.
 * Addresses of desks are role addresses and public; what people write is masked in records. */
#ifndef CMD_NOTICES_H
#define CMD_NOTICES_H

#include "base/arena.h"
#include "cmd/ledgerbook.h"
#include "model/notice.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What attachments are called, in mails and in records. */
#define NOTICE_ANNEX_NAME "annex.json"
#define NOTICE_XARF_NAME  "xarf.json"

enum notice_state {
	NOTICE_DRAFTED,
	NOTICE_APPROVED,
	NOTICE_SENDING, /* uncertain, where nothing follows it */
	NOTICE_SENT,
	NOTICE_REFUSED,  /* by the relay: 5xx to the recipient or the message */
	NOTICE_DEFERRED, /* nothing was taken */
	NOTICE_UNKNOWN,  /* handed over, and no answer came: uncertain */
	NOTICE_WRITTEN,  /* to a file, for a person to hand on (a form) */
	NOTICE_WITHDRAWN,
};
enum { NOTICE_STATES = NOTICE_WITHDRAWN + 1 };
const char *notice_state_name(enum notice_state s);
bool notice_state_parse(struct slice word, enum notice_state *out);

/* Whether nobody can know if the recipient has it. */
static inline bool notice_is_uncertain(enum notice_state s)
{
	return s == NOTICE_SENDING || s == NOTICE_UNKNOWN;
}

struct notice_reply {
	struct sha256 record, evidence; /* the mail as it came, class restricted */
	enum reply_class class;
	struct slice ticket, words; /* masked; may be empty */
	struct slice diagnostic;    /* of a bounce: "5.1.1 no such mailbox" */
	int64_t at;
	bool stranger; /* it does not come from the domain that was written to (act/reply.h) */
};

/* One subject of a notice. */
struct notice_line {
	struct subject subject;
	int64_t period;
	struct slice class;
	struct sha256 decision, verdict;
	struct slice registrar, reseller; /* as they were when it was drafted */
	int64_t registrar_id;
	enum notice_outcome outcome;  /* newest; OUTCOME_PENDING where no record says anything */
	int64_t outcome_at;           /* of that record; NOTICE_NEVER */
	int64_t after_s;              /* of it: seconds since the notice; -1 */
	struct slice sign;            /* of it: "status", "dns", "registrar"; may be empty */
	struct slice moved_to;        /* key of the new party; may be empty */
	struct sha256 outcome_record; /* all zero: none */
};

struct notice_file {
	struct sha256 id; /* of the drafted record */
	int64_t seq, at;
	struct slice reference, case_name;
	enum notice_purpose purpose;
	enum notice_matter matter;
	enum notice_action action;
	enum notice_to to;
	struct slice party, party_name, address, form; /* recipient.key, .name, .contact */
	int64_t iana_id;
	struct slice language, mail_subject, mandate, sponsor, on_behalf, by;
	struct slice reason, harm, collateral; /* as the draft gives them; may be empty */
	enum notice_basis basis;               /* of its first law */
	struct sha256 letter;                  /* evidence: text */
	struct sha256 annex, xarf;             /* evidence: JSON attachments; all zero: none */
	struct sha256 follows; /* the notice that this one answers (retraction, arrived, departed);
	                            all zero: none */
	enum notice_state state;
	int64_t state_at;
	struct slice answer;     /* of the server, behind the newest attempt */
	struct slice message_id; /* the same on every attempt; empty before the first */
	int64_t attempts;
	int64_t sent_at; /* when it was taken, or NOTICE_NEVER. Of an uncertain one: when it was
	                            handed over, so that clocks run from the earlier moment */
	struct slice *approved_by;
	size_t approved_n;
	size_t comments;
	int64_t commented_at; /* newest; NOTICE_NEVER */
	struct notice_line *line;
	size_t line_n;
	struct notice_reply *reply; /* in the order they came */
	size_t reply_n;
};

/* All notices of the store, in the order of their drafts; all in the arena. Acts on a draft that is
 * not there (redacted) are left out. ERR_CORRUPT (a draft of words that are not known); as
 * store_each_record. */
int notices_load(struct store *store, struct arena *a, struct notice_file **out, size_t *n,
                 struct err *err);

/* The one that a word names: its reference, its record's id, the beginning of one (8 digits at
 * least), or its Message-ID. NULL: none, or several. */
struct notice_file *notices_find(struct notice_file *list, size_t n, struct slice word);

/* ---- acts; each puts its records within the caller's transaction ---- */

struct notice_act {
	struct slice by;     /* "reviewer:NAME", or "assay" */
	struct slice reason; /* may be empty */
};

/* What was written of a notice. */
struct notice_writing {
	struct slice mail_subject, letter; /* text/plain */
	struct slice annex;                /* application/json */
	struct slice xarf;                 /* application/json: the bundle; may be empty */
};

/* Keep the writing as evidence and put the drafted record. *is_new false: it was there already. */
int notices_put_draft(struct ledgerbook *book, const struct notice *n,
                      const struct notice_writing *w, const struct notice_act *act,
                      struct sha256 follows, struct sha256 *id, bool *is_new, struct err *err);

/* A step of a notice: any state but NOTICE_DRAFTED. message_id and answer may be empty. */
int notices_put_state(struct ledgerbook *book, const struct notice_file *n, enum notice_state state,
                      const struct notice_act *act, struct slice message_id, int64_t attempt,
                      struct slice answer, struct err *err);

/* A comment on the open notice: why, and what is new (addresses of evidence; n may be 0). */
int notices_put_comment(struct ledgerbook *book, const struct notice_file *n,
                        const struct notice_act *act, const struct sha256 *evidence,
                        size_t evidence_n, struct err *err);

/* A mail that came: kept as restricted evidence, and its record. words and diagnostic are masked by
 * the caller. n NULL: nobody knows which notice it answers (state unmatched). *is_new false: the same
 * mail was read before. */
int notices_put_reply(struct ledgerbook *book, const struct notice_file *n, struct slice mail,
                      const struct notice_reply *r, bool *is_new, struct err *err);

/* An outcome of one subject of a notice.
 *
 *   by            sign: "status", "dns", "registrar", "page", "clock", "mail"; for records
 *   observations  ids of what shows it; none for a clock */
struct notice_observed {
	size_t line;
	enum notice_outcome outcome;
	int64_t at; /* when it was observed */
	struct slice by, moved_to;
	const struct sha256 *observation;
	size_t observation_n;
};
int notices_put_outcome(struct ledgerbook *book, const struct notice_file *n,
                        const struct notice_observed *o, bool *is_new, struct err *err);

#endif

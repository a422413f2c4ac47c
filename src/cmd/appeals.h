/* Appeals and replies in the store: the operator's words, when they came, and what became of them.
 *
 * An appeal is a record of state received and those that name it; a reply is one record, shown beside
 * the decision. The words stand in the record with contact data masked (wire/redaction.h); as they
 * came they are evidence, restricted where anything was masked. How to reach who wrote is restricted
 * evidence in any case. All are entries of the ledger. doc/format/record.md. */
#ifndef CMD_APPEALS_H
#define CMD_APPEALS_H

#include "base/arena.h"
#include "cmd/ledgerbook.h"
#include "decide/appeal.h"
#include "model/domain.h"
#include "model/subject.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { APPEAL_TEXT_MAX = 20000, APPEAL_CONTACT_MAX = 500 /* bytes */ };

struct appeal_file {
	struct sha256 id; /* of the received record, or of the reply */
	bool is_reply;
	int64_t seq, received, at; /* at: of its newest record */
	struct subject subject;
	enum appeal_state state;
	enum appeal_outcome outcome;
	struct slice words, reason, lang, reference, by; /* by: who answered */
	struct sha256 *decision;
	size_t decision_n;
	struct sha256 *evidence; /* the text as it came, then what holds the contact */
	size_t evidence_n;
	bool correction_due; /* reversed or partly */
};

/* All of the store in the order they came, or of one subject (NULL: all); in the arena. */
int appeals_load(struct store *store, const struct subject *subject, struct arena *a,
                 struct appeal_file **out, size_t *n, struct err *err);

/* What came. */
struct appeal_letter {
	struct subject subject;
	bool is_reply;
	struct slice text;      /* as it came */
	struct slice contact;   /* how to reach who wrote; may be empty */
	struct slice lang;      /* BCP 47; may be empty */
	struct slice reference; /* of the disclosure that it answers; may be empty */
	int64_t received;
};

/* Put a letter, within the caller's transaction.
 *
 *   id      of the record, *is_new false where the same text came before
 *   return  0; ERR_SYNTAX (not UTF-8, control characters, empty); ERR_LIMIT; ERR_REFUSED (nothing is
 *           known of the subject here); as the store */
int appeal_put(struct ledgerbook *book, const struct suffixes *suffixes,
               const struct appeal_letter *letter, struct sha256 *id, bool *is_new,
               struct err *err);

/* Put an act on an appeal, within the caller's transaction: judged by decide/appeal.h against
 * everybody who acted on the decisions of its subject. ERR_REFUSED; ERR_USAGE for a reply; as the
 * store. */
int appeal_act(struct ledgerbook *book, const struct appeal_file *file,
               const struct appeal_act *act, struct err *err);

#endif

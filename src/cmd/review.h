/* assay review, in its parts: the queue, one subject, a network at once, and what follows by itself.
 *
 * Each part is given a store that is open (for writing where it acts) and prints its own output. They
 * return an exit code or a negative enum err_code. */
#ifndef CMD_REVIEW_H
#define CMD_REVIEW_H

#include "cmd/acts.h"
#include "cmd/cmd.h"
#include "cmd/guard.h"
#include "cmd/ranker.h"
#include "cmd/rulebook.h"
#include "cmd/view.h"

struct review {
	struct cmd *cmd;
	struct rulebook rules;
	struct store *store;
	const char *reviewer, *destination, *class, *reason; /* options; NULL = not given */
	const char *network, *seen, *imminent_harm, *appeal, *mass, *popular, *key_file;
	struct guard guard; /* open while something is decided */
	struct ranker ranker; /* open while something is listed or shown */
	int64_t limit, within; /* --limit, --within (days); 0 = not given */
};

/* review list: what waits, the most useful to decide first (decide/rank.h). */
int review_list(struct review *r, struct err *err);

/* review due: decisions in force that end within r->within days. */
int review_due(struct review *r, struct err *err);

/* review show SUBJECT, and review timeline SUBJECT. */
int review_show(struct review *r, const char *name, struct err *err);
int review_timeline(struct review *r, const char *name, struct err *err);

/* review show --network ID: every member with its evidence, and the digest that decides them. */
int review_show_network(struct review *r, struct err *err);

/* review decide SUBJECT, review recuse SUBJECT. */
int review_decide(struct review *r, const char *name, struct err *err);
int review_recuse(struct review *r, const char *name, struct err *err);

/* review decide --network ID --seen DIGEST. */
int review_decide_network(struct review *r, struct err *err);

/* review expire: end what is past its review date. */
int review_expire(struct review *r, struct err *err);

/* review sign FILE: an act of a file (one record), signed with the key of --key-file, on standard output;
 * needs no store. review take FILE: carry a signed act out, of a reviewer enrolled by key. */
int review_sign(struct review *r, const char *file, struct err *err);
int review_take(struct review *r, const char *file, struct err *err);

/* The subject that a name of the command line means. */
int review_subject(struct review *r, const char *name, struct arena *a, struct subject *out,
                   struct err *err);

/* Carry out one act of r's reviewer and class on a subject. batch: digest of what was shown of a
 * network, or empty. state: "recused" or NULL. The outcome of the first cell is in *out, its reason
 * in the arena. */
int review_act(struct review *r, struct acts *acts, const struct subject *subject,
               struct slice batch, const char *state, struct arena *a, struct act_outcome *out,
               struct err *err);

/* Carry out an act on all its cells and tell what came of each, a line a cell. */
int review_carry_out(struct review *r, struct acts *acts, const struct record *act, size_t *refused,
                     struct err *err);

/* What an outcome is called; of ACT_REFUSED "refused". */
const char *review_outcome(enum act_result result);

/* Open the ledger and sign what is there; an act that could not be signed is not begun. */
int review_open_book(struct review *r, struct ledgerbook *book, struct acts *acts, struct err *err);

#endif

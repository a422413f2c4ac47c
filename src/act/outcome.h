/* What came of a notice for one subject: by what was observed and heard since it left.
 *
 *   observed  changes that the collector saw (collect/change.h), of which each has a record. An
 *             effect counts where it is the effect that was asked for, and while the party could
 *             bring it about: a name that moved away, or ran out, was not acted upon
 *   heard     mails. They acknowledge, refuse or bounce; that somebody says it acted changes
 *             nothing but that: a claim is no outcome. What strangers write acknowledges at most
 *   clocks    nothing seen and nothing heard until silent_s have passed: silent, which is an
 *   outcome
 *
 *     pending ──> acknowledged, refused, bounced, silent ──> acted ──> pending (back online)
 *        └─────────────────┴──> moved (to another party); withdrawn (by us)
 *
 * All of it follows from its inputs alone, so it may be worked out again at any time, and comes to
 * the same changes at the same times. Pure. */
#ifndef ACT_OUTCOME_H
#define ACT_OUTCOME_H

#include "base/arena.h"
#include "base/err.h"
#include "model/notice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the collector says of a change: `of` and `by` of doc/format/record.md. */
struct outcome_change {
	int64_t at;
	struct slice of, by, before, after;
	struct slice party;    /* of transferred and moved_host: key of the new party, or empty */
	struct sha256 record;
};

struct outcome_mail {
	int64_t at;            /* when it was read */
	enum reply_class class;
	bool stranger;
};

struct outcome_clock {
	int64_t now, silent_s;
};

/* Of one line of a notice. */
struct outcome_line {
	enum notice_to to;
	enum notice_action action;
	enum notice_purpose purpose;
	struct slice party;    /* key of the recipient */
	int64_t sent_at;       /* NOTICE_NEVER: it did not leave, and nothing comes of it */
	int64_t withdrawn_at;  /* NOTICE_NEVER: it was not */
	const struct outcome_change *change; /* in the order of their times */
	size_t change_n;
	const struct outcome_mail *mail;     /* the same */
	size_t mail_n;
};

/* A change of the outcome. */
struct outcome_step {
	enum notice_outcome outcome;
	int64_t at;
	struct slice by;       /* "status", "dns", "page", "registrar", "reseller", "host", "mail",
	                          "clock", "correction" */
	struct slice moved_to; /* of moved */
	struct sha256 record;  /* of the change that shows it; all zero: none */
};

/* All of them in their order; none: pending still. ERR_NOMEM. */
int outcome_steps(const struct outcome_line *line, const struct outcome_clock *clock,
                  struct arena *a, struct outcome_step **out, size_t *n, struct err *err);

/* ---- still up after N days ---- */

/* One subject that was told of once: until when it is known to be up. */
struct outcome_survivor {
	int64_t sent_at;
	int64_t until;      /* of the effect, of the move, or now */
	bool acted, moved;  /* none: still up then */
};

/* Counts after some days. told = acted + moved + up + open. */
struct outcome_still {
	int64_t days;
	size_t told, acted, moved;
	size_t up;          /* seen that long, and still up */
	size_t open;        /* told more recently than that: nobody knows yet */
};

/* Fill the counts of `n` rows, whose days are set. */
void outcome_survival(const struct outcome_survivor *list, size_t list_n,
                      struct outcome_still *row, size_t n);

#endif

/* From a wish to notices: the case is read, shared out among those who can act, based, written and
 * checked. Putting one into the store is an act of its own.
 *
 * A subject that a party was told of within notice.repeat_days is not told again: that becomes a
 * comment on the open notice. */
#ifndef CMD_NOTICE_DRAFT_H
#define CMD_NOTICE_DRAFT_H

#include "act/check.h"
#include "base/arena.h"
#include "cmd/notice_desk.h"
#include "cmd/notices.h"
#include "model/notice.h"

struct notice_wish {
	enum notice_purpose purpose;
	enum notice_matter matter;
	enum notice_action action;
	enum notice_to to;
	struct slice
		party; /* key or name of one in the directory; empty: whoever holds the names */
	const struct notice_recipient
		*recipient;     /* not NULL: this one, whoever holds the names now */
	struct slice address;   /* mail of an owner or a rights holder, who stand in no directory */
	struct slice case_name; /* empty: the network, or the one subject */
	const struct subject *subject;
	size_t n;
	struct slice mandate;    /* name; empty: none is used */
	struct slice language;   /* empty: that of the party's country, else English */
	struct slice harm;       /* empty: what the findings say */
	struct slice collateral; /* a reviewer's statement on what else would go; may be empty */
	struct slice retracts_reason; /* of a retraction */
	struct sha256 follows;        /* all zero: none */
	const struct notice_past *past;
	size_t past_n;
};

struct notice_draft {
	struct notice notice;
	struct notice_mandate mandate; /* where notice.mandate points to */
	struct notice_writing writing; /* in the arena; all empty where nothing could be written */
	struct check_failure *failure; /* none: it may leave */
	size_t failure_n;
	struct sha256 follows;
	/* A notice of this case that told the party of some of the subjects already: those are left out
	 * of `notice`, and `told` counts them. NULL: none. notice.annex_n 0: all were. */
	const struct notice_file *open;
	size_t told;
};

struct notice_drafts {
	struct notice_draft *draft; /* in the order of the parties' keys */
	size_t n;
	struct subject *nobody; /* nobody is known who could act on these */
	size_t nobody_n;
};

/* Draw up what a wish comes to. known: the notices of the store, for what was told already.
 *
 *   return  0; ERR_USAGE (a party that is needed is not named; no subject); ERR_NOTFOUND (a party or
 *           mandate of that name); ERR_REFUSED (the mandate's key is not pinned); as the store */
int notice_drafts_make(struct notice_desk *desk, const struct notice_wish *wish,
                       const struct notice_file *known, size_t known_n, struct arena *a,
                       struct notice_drafts *out, struct err *err);

/* Look again at a notice that was drafted: what the store says of its case now, with what was written
 * of it then. Its failures are those that hold now. */
int notice_draft_again(struct notice_desk *desk, const struct notice_file *f, struct arena *a,
                       struct notice_draft *out, struct err *err);

/* Put a draft: the notice, or a comment on the open one, or both. id: of the drafted record, where
 * *is_new. ERR_REFUSED where it fails the check. Within the caller's transaction. */
int notice_draft_put(struct ledgerbook *book, const struct notice_draft *d,
                     const struct notice_act *act, struct sha256 *id, bool *is_new,
                     struct err *err);

#endif

/* From the store to a letter: what the newest verdict of a site says for destinations, its findings
 * with masked quotations, the language of its pages, and the addresses that they publish. Nothing is
 * written to the store. */
#ifndef CMD_DISCLOSURE_DRAFT_H
#define CMD_DISCLOSURE_DRAFT_H

#include "base/arena.h"
#include "decide/disclosure.h"
#include "decide/recipient.h"
#include "decide/standing.h"
#include "model/catalogue.h"
#include "model/config.h"
#include "model/domain.h"
#include "model/subject.h"
#include "store/store.h"

enum { DRAFT_CELLS = 64 };

/* What letters are written with. */
struct disclosure_desk {
	const struct config *config;
	const struct suffixes *suffixes;
	struct catalogue *catalogue;
	struct slice *never; /* hosts of public bodies (model/contacts.h), canonical */
	size_t never_n;
	struct arena arena;
};

/* Load sentences and contacts from where the configuration says. ERR_NOTFOUND, ERR_SYNTAX, ERR_IO,
 * ERR_NOMEM; release it in any case. */
int disclosure_desk_load(const struct config *config, const struct suffixes *suffixes,
                         struct disclosure_desk *out, struct err *err);
void disclosure_desk_release(struct disclosure_desk *desk);

/* Which destinations of a site there is something to tell for, one list a letter. */
struct disclosure_wish {
	struct subject subject;
	enum disclosure_kind kind;
	bool listed;                 /* all of them are listed already; else none is */
	struct slice destination[DRAFT_CELLS];
	size_t n;
	int64_t period;              /* or STORE_NONE */
	struct sha256 basis;         /* the verdict */
};

/* Sort destinations into letters.
 *
 *   wanted  countries, n of them; none: all that the newest verdict calls rogue or unapproved and
 *           that wait for a decision, or, where none waits, that are listed
 *   out     review first, then foreign; *out_n 1 or 2
 *   return  0; ERR_REFUSED where a wanted one has a verdict that nobody is told of, none at all, or
 *           where there is nothing to tell: the innocent get no letter; ERR_USAGE where some are
 *           listed and some are not: that is not one letter; as the store */
int disclosure_wishes(struct store *store, struct subject subject, const struct suffixes *suffixes,
                      const struct slice *wanted, size_t n, struct arena *a,
                      struct disclosure_wish out[2], size_t *out_n, struct err *err);

struct disclosure_draft {
	struct disclosure letter;    /* its slices lie in the arena */
	size_t column;               /* of the catalogue */
	struct recipient recipient[RECIPIENTS_MAX];
	size_t recipient_n;
};

/* Fill all of a draft but letter.reference, not_before and when. reason: a reviewer's
 * statement, may be empty; masked here. ERR_CORRUPT, ERR_NOMEM, as the store. */
int disclosure_draft_make(struct store *store, const struct disclosure_desk *desk,
                          const struct disclosure_wish *wish, struct slice reason, struct arena *a,
                          struct disclosure_draft *out, struct err *err);

#endif

/* Reports whose document a reviewer has read: grounds of notices about a registration, and what rights
 * holders say (act/ground.h). A report that came in from elsewhere, or that nobody read, is no ground. */
#ifndef CMD_REPORTS_H
#define CMD_REPORTS_H

#include "act/ground.h"
#include "base/arena.h"
#include "cmd/ledgerbook.h"
#include "model/subject.h"
#include "store/store.h"

#include <stddef.h>

/* Those of a subject, in the order they came; all in the arena. As store_each_record; ERR_NOMEM. */
int reports_load(struct store *store, struct subject subject, struct arena *a,
                 struct ground_report **out, size_t *n, struct err *err);

struct report_addition {
	struct subject subject;
	enum ground_about about;
	enum ground_from from;
	struct slice reporter;  /* of a victim empty: a name is made up, that shows nothing */
	struct slice document;  /* its bytes: kept as restricted evidence */
	struct slice media_type;
	struct slice reviewer;  /* who has read it */
};

/* Put a report and its document within the caller's transaction, as of the book's time. The words of
 * its claim are ours. *is_new false: it is there already. ERR_USAGE: no document, a reporter that is
 * missing or named where none may be, a combination that is no ground. */
int reports_put(struct ledgerbook *book, const struct report_addition *add, struct sha256 *id,
                bool *is_new, struct err *err);

#endif

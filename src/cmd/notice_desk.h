/* What notices are drawn up with, loaded once: directory, basis, sentences, vantages, mandates. */
#ifndef CMD_NOTICE_DESK_H
#define CMD_NOTICE_DESK_H

#include "act/basis.h"
#include "act/check.h"
#include "act/mandate.h"
#include "base/arena.h"
#include "model/catalogue.h"
#include "model/config.h"
#include "model/domain.h"
#include "model/lexicon.h"
#include "model/popular.h"
#include "model/provider.h"
#include "model/vantages.h"
#include "store/store.h"

struct notice_desk {
	struct store *store; /* not owned */
	const struct config *config;
	const struct suffixes *suffixes;
	int64_t now;
	struct providers *directory;
	struct basis_table *basis;
	struct catalogue *catalogue;
	struct popular *popular; /* NULL: no list is configured */
	struct vantages vantages;
	struct mandate *mandate; /* of the store, in the order they were added */
	size_t mandate_n;
	struct lexicon *lexicon; /* NULL: no mandate asks for classes of drugs */
	struct arena arena;
};

/* Load all of it from where the configuration says. ERR_NOTFOUND, ERR_SYNTAX (file and line), ERR_IO,
 * ERR_NOMEM; release it in any case. */
int notice_desk_load(struct store *store, const struct config *config,
                     const struct suffixes *suffixes, int64_t now, struct notice_desk *out,
                     struct err *err);
void notice_desk_release(struct notice_desk *desk);

/* What the checker is told of clocks. */
struct check_terms notice_desk_terms(const struct notice_desk *desk);

/* The vantage of that name in use today, or NULL. */
const struct vantage *notice_desk_vantage(const struct notice_desk *desk, struct slice name);

#endif

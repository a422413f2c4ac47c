/* assay registrar: what its parts share. Each part reads its options from here and writes to standard
 * output; each returns an exit code or a negative enum err_code. */
#ifndef CMD_REGISTRAR_H
#define CMD_REGISTRAR_H

#include "act/scorecard.h"
#include "cmd/cmd.h"
#include "cmd/notices.h"
#include "cmd/rulebook.h"
#include "model/provider.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct registrar_cmd {
	struct cmd *cmd;
	struct rulebook rules;
	struct store *store;
	struct providers *providers; /* NULL: there is no such folder */
	/* options, NULL where they are not given */
	const char *kind, *since, *dum;
	const char *by, *text, *version, *source, *adopted, *ended, *subject;
	bool all;
	int64_t minimum; /* parties with fewer domains are not ranked */
};

int registrar_scorecard(struct registrar_cmd *m, struct err *err);
int registrar_audit(struct registrar_cmd *m, struct err *err);
int registrar_portfolio(struct registrar_cmd *m, struct err *err);
int registrar_commitment(struct registrar_cmd *m, struct err *err);
int registrar_reply(struct registrar_cmd *m, struct err *err);

/* Whether a word that somebody typed names a party: its key, its number at IANA, its name as notices
 * have it (ASCII case apart). */
bool registrar_is_named(struct slice word, struct slice key, struct slice name);

#endif

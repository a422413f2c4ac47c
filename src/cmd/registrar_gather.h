/* From the store to what act/scorecard.h counts: notices that are in the ledger, with the newest
 * observation of each subject, members of networks by their newest registration, commitments, parties'
 * own words. */
#ifndef CMD_REGISTRAR_GATHER_H
#define CMD_REGISTRAR_GATHER_H

#include "act/scorecard.h"
#include "base/table.h"
#include "cmd/registrar.h"

/* Members of networks, each by the newest record of its network up to a time. */
struct registrar_networks {
	struct table member; /* key of a subject -> name of its network (struct slice *) */
	struct subject *subject;
	struct slice *network;
	size_t n;
};

/* All in the arena but the table. Release it in any case. */
int registrar_networks_load(struct store *store, int64_t at, struct arena *a,
                            struct registrar_networks *out, struct err *err);
void registrar_networks_release(struct registrar_networks *n);

/* Fill notices, members, statements and claims of an input whose `at` is set; all in the arena. */
int registrar_gather(struct registrar_cmd *m, struct arena *a, struct scorecard_input *out,
                     struct err *err);

#endif

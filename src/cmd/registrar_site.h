/* One site as it was last observed: who keeps its name, since when, and what is there.
 *
 *   active   its name is delegated
 *   holding  registered, and nothing to see but a parking page
 *   past     a hold, or its name or delegation is gone, or it expired
 *   unknown  nobody looked
 *
 * The newest sign counts; of one second, the one that says past. An observation that failed by our own
 * fault or for want of an answer is no sign of anything. */
#ifndef CMD_REGISTRAR_SITE_H
#define CMD_REGISTRAR_SITE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "model/domain.h"
#include "model/provider.h"
#include "model/subject.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum site_state { SITE_UNKNOWN, SITE_ACTIVE, SITE_HOLDING, SITE_PAST };
enum { SITE_STATES = SITE_PAST + 1 };
const char *site_state_name(enum site_state s);

struct registrar_site {
	int64_t seen_at;         /* newest observation that shows anything; STORE_NONE */
	int64_t created;         /* of the newest registration; STORE_NONE */
	int64_t registered_at;   /* when that was observed; STORE_NONE */
	struct slice registrar_name;
	struct slice registrar, reseller, host; /* keys, as recipients have; may be empty */
	enum site_state state;
	int64_t state_at;        /* STORE_NONE */
	struct slice sign;       /* "clientHold", "nxdomain", "parked", ...; may be empty */
	struct sha256 record;    /* that shows the state; all zero: none */
	struct slice ip;         /* newest address; may be empty */
	int64_t ip_at;           /* STORE_NONE */
};

/* What was observed of a subject, and of the site it lies in, up to a time. providers may be NULL: then
 * no host is known. All in the arena. ERR_NOMEM; as store_each_record. */
int registrar_site_load(struct store *store, struct subject subject,
                        const struct suffixes *suffixes, const struct providers *providers,
                        int64_t at, struct arena *a, struct registrar_site *out, struct err *err);

#endif

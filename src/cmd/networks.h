/* Networks as records of type network tell of them: the newest record of an id counts. */
#ifndef CMD_NETWORKS_H
#define CMD_NETWORKS_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

struct network {
	struct slice id;
	struct slice *kind, *key; /* of its members, in the order of key, each once */
	size_t members_n;         /* 0: there is no such network */
};

/* The network of that id; all in the arena. One that nobody told of has no members: no failure. */
int network_find(struct store *store, struct slice id, struct arena *a, struct network *out,
                 struct err *err);

/* The network that a key is a member of, by the newest record of it; none where that has the key no more,
 * or no other member. As above. */
int network_of(struct store *store, struct slice key, struct arena *a, struct network *out,
               struct err *err);

#endif

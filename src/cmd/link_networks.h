/* Networks as they are told: members, flagship, a name that stays, what became of earlier ones.
 *
 *   name      that of the earlier network that it has most members of (of two, the one that had more of
 *             its own members here; then the lower name); a new one is named by its founder, the member
 *             that was seen first
 *   flagship  the member most others redirect to; then the one registered first, seen first, and
 *             first in the alphabet
 *   aliases   names of networks that merged into it, and keys of flagships that it had before, oldest first
 *   events    merge: members of another earlier network came; split: members of the earlier network of
 *             that name are elsewhere now. Where nothing changed since, those of the earlier record stay
 *   owns      arrays lie in the arena of the input */
#ifndef CMD_LINK_NETWORKS_H
#define CMD_LINK_NETWORKS_H

#include "cmd/link_input.h"
#include "link/network.h"

struct link_event {
	struct slice event; /* "merge", "split" */
	struct slice with;  /* the other network */
	struct slice at;    /* as an earlier record has it; empty: now */
};

struct link_network {
	struct slice name;       /* "net-" and 16 hexadecimal digits */
	uint32_t label;          /* of networks.network */
	const uint32_t *member;  /* flagship first, then by key */
	uint32_t member_n;
	uint32_t status[LINK_STATUSES];
	struct link_event *event;
	size_t event_n;
	struct slice *alias;
	size_t alias_n;
};

/* An earlier network, as a record tells of it. */
struct link_earlier {
	struct slice name;
	struct slice *key; /* of its members, flagship first */
	size_t key_n;
	struct slice flagship;
	struct slice *alias;
	size_t alias_n;
	struct link_event *event;
	size_t event_n;
	bool gone;  /* it merged into another before */
	bool taken; /* its name lives on */
	bool own;   /* assay link found it: what somebody handed in is not ours to end */
};

struct link_networks {
	struct link_network *network; /* largest first, then by name */
	size_t n;
	struct link_earlier *earlier;
	size_t earlier_n, earlier_cap;
};

/* Take a record of type network: one that comes later stands for one of the same name, and ends those that
 * it says merged into it. ERR_NOMEM. */
int link_networks_earlier(struct link_networks *n, const struct record *r, struct arena *arena,
                          struct err *err);

/* All networks of two members or more. ERR_NOMEM. */
int link_networks_make(struct link_networks *n, struct link_input *in, const struct networks *found,
                       struct err *err);
void link_networks_release(struct link_networks *n);

#endif

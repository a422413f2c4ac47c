/* What is at hand while links are told: in words, as records, as a graph. */
#ifndef CMD_LINK_TOLD_H
#define CMD_LINK_TOLD_H

#include "cmd/link_networks.h"

struct link_told {
	struct link_input *in;
	const struct population *p;
	const struct networks *found;
	const struct link_networks *networks;
	/* What follows is filled in by link_told_init, in the arena of the input. */
	uint32_t *sharers;     /* of each value of the input, as weighed */
	uint32_t *network_of;  /* of each domain: number of its network + 1; 0: of none */
	uint32_t *via, *order; /* of link_told_reach */
	uint32_t *choke_from;  /* of each domain and one more: where its choke edges begin */
};

/* ERR_NOMEM. */
int link_told_init(struct link_told *t, struct err *err);

struct slice link_told_key(const struct link_told *t, uint32_t domain);

/* The network of a domain, or NULL. */
const struct link_network *link_told_network(const struct link_told *t, uint32_t domain);

/* As link_reach, into t->via and t->order; link_told_forget sets back what was reached. */
uint32_t link_told_reach(const struct link_told *t, uint32_t root, const uint32_t *within);
void link_told_forget(const struct link_told *t, uint32_t reached);

/* Choke points of a network over what is up, *n of them, for the caller to free. ERR_NOMEM. */
int link_told_chokes(const struct link_told *t, const struct link_network *w, struct choke **out,
                     size_t *n, struct err *err);

/* Storefronts of a programme among the members of a network. */
struct link_programme {
	const struct program *program;
	uint32_t members;
};

/* The programmes of a network, most members first, *n of them, for the caller to free. ERR_NOMEM. */
int link_told_programmes(const struct link_told *t, const struct link_network *w,
                         struct link_programme **out, size_t *n, struct err *err);

#endif

/* Links and networks in words and as records. */
#ifndef CMD_LINK_WORDS_H
#define CMD_LINK_WORDS_H

#include "cmd/link_networks.h"

#include "base/buf.h"
#include "publish/graph.h"

/* What is at hand while links are told. */
struct link_told {
	struct link_input *in;
	const struct population *p;
	const struct networks *found;
	uint32_t *sharers; /* of each value of the input, as weighed */
};

/* sharers of all values. ERR_NOMEM. */
int link_told_init(struct link_told *t, struct err *err);

/* The steps from one domain to another, or that none lead there and what the two share all the same.
 * *linked tells which. ERR_NOMEM. */
int link_put_why(const struct link_told *t, uint32_t a, uint32_t b, struct buf *out, bool *linked,
                 struct err *err);

/* A network for people: members by status, choke points, how each member hangs on the flagship. */
int link_put_network(const struct link_told *t, const struct link_network *w, struct buf *out,
                     struct err *err);

/* Its records, one a line: the network, then a link for each member but the flagship, to the one that
 * is a step nearer to it. */
int link_put_records(const struct link_told *t, const struct link_network *w, int64_t at,
                     struct buf *out, struct err *err);

/* What a network is without a value: parts of two members or more and single domains, from the second
 * run. before: its networks as they were. */
int link_put_without(const struct link_told *t, const struct link_networks *before,
                     const struct networks *after, struct buf *out, struct err *err);

/* Networks as a graph: nodes and, as edges, the links that the records tell; in the arena. ERR_NOMEM. */
int link_make_graph(const struct link_told *t, const struct link_networks *n, struct arena *arena,
                    struct graph *out, struct err *err);

#endif

/* Networks as a graph (publish/graph.h). */
#ifndef CMD_LINK_GRAPH_H
#define CMD_LINK_GRAPH_H

#include "cmd/link_told.h"
#include "publish/graph.h"

/* Nodes: storefronts of networks and of programmes, affiliates, programmes, suppliers. Edges: the links
 * that the records tell; a storefront's affiliates and programme; a programme's suppliers. Texts lie in
 * the arena or the input; release it in any case. ERR_NOMEM. */
int link_make_graph(const struct link_told *t, struct arena *arena, struct graph *out,
                    struct err *err);
void link_graph_release(struct graph *g);

#endif

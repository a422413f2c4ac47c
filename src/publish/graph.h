/* Networks as graphs for others' programs: GraphML, DOT, SVG, STIX 2.1.
 *
 *   source   GraphML 1.0 (graphml.graphdrawing.org); the DOT language (graphviz.org); SVG 1.1; STIX 2.1
 *            (OASIS, 10 June 2021): domain-name, grouping and relationship objects
 *   order    nodes and edges as they are given: the same graph gives the same bytes
 *   names    whatever stands in a node or edge is escaped for its format */
#ifndef PUBLISH_GRAPH_H
#define PUBLISH_GRAPH_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum graph_format { GRAPH_GRAPHML, GRAPH_DOT, GRAPH_SVG, GRAPH_STIX, GRAPH_FORMATS };

struct graph_node {
	struct slice name;    /* domain */
	struct slice network; /* that it belongs to */
	const char *status;   /* "active" */
	bool flagship;
};

/* A link that stands on its own; its two ends are numbers of nodes. */
struct graph_edge {
	uint32_t a, b;
	uint32_t weight; /* parts per million */
	struct slice why; /* "payment acct_1, telephone +81…" */
};

struct graph {
	const struct graph_node *node; /* those of one network together, flagship first */
	size_t node_n;
	const struct graph_edge *edge;
	size_t edge_n;
};

/* "graphml", "dot", "svg", "stix"; false for another word. */
bool graph_format_of(struct slice word, enum graph_format *out);

/* at: seconds since 1970, for objects that must say when they were made. ERR_NOMEM. */
int graph_write(const struct graph *g, enum graph_format format, int64_t at, struct buf *out,
                struct err *err);

#endif

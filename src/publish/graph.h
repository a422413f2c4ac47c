/* Networks as graphs for others' programs: GraphML, DOT, SVG, STIX 2.1.
 *
 *   source   GraphML 1.0 (graphml.graphdrawing.org); the DOT language (graphviz.org); SVG 1.1; STIX 2.1
 *            (OASIS, 10 June 2021): domain-name and user-account (affiliates), identity (programmes,
 *            suppliers), grouping and relationship objects
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

/* What a node stands for. Who sells, who sends buyers, who gives shops their pages and cart and who
 * ships are not the same. */
enum graph_sort { GRAPH_STOREFRONT, GRAPH_AFFILIATE, GRAPH_PROGRAMME, GRAPH_SUPPLIER, GRAPH_SORTS };

struct graph_node {
	struct slice name;    /* domain; id of an affiliate; title; name */
	struct slice network; /* that a storefront belongs to; empty: none */
	const char *status;   /* "active"; NULL of what is no storefront */
	enum graph_sort sort;
	bool flagship;
};

/* A link that stands on its own; its two ends are numbers of nodes. */
struct graph_edge {
	uint32_t a, b;
	uint32_t weight; /* of a link between storefronts, parts per million; else 0 */
	struct slice why; /* "payment acct_1, telephone +81…" */
};

struct graph {
	const struct graph_node *node; /* those of one network together, flagship first; those of
	                                none behind */
	size_t node_n;
	const struct graph_edge *edge;
	size_t edge_n;
};

/* "graphml", "dot", "svg", "stix"; false for another word. */
bool graph_format_of(struct slice word, enum graph_format *out);

/* "storefront", "affiliate", "programme", "supplier". */
const char *graph_sort_name(enum graph_sort s);

/* at: seconds since 1970, for objects that must say when they were made. ERR_NOMEM. */
int graph_write(const struct graph *g, enum graph_format format, int64_t at, struct buf *out,
                struct err *err);

#endif

#include "publish/graph.h"

#include "base/uuid.h"
#include "wire/json.h"
#include "wire/timestamp.h"

#include <stdio.h>
#include <string.h>

static const char *const formats[GRAPH_FORMATS] = { "graphml", "dot", "svg", "stix" };

bool graph_format_of(struct slice word, enum graph_format *out)
{
	for (int f = 0; f < GRAPH_FORMATS; f++) {
		if (slice_eq_str(word, formats[f])) {
			*out = (enum graph_format)f;
			return true;
		}
	}
	return false;
}

const char *graph_sort_name(enum graph_sort s)
{
	static const char *const sorts[GRAPH_SORTS] = { "storefront", "affiliate", "programme",
		                                        "supplier" };

	return sorts[s];
}

/* ---- GraphML ---- */

/* Text for XML: what may not stand there as it is, escaped; control characters, which may not stand
 * there at all, as spaces. */
static void put_xml(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		switch (text.p[i]) {
		case '&': buf_puts(out, "&amp;"); break;
		case '<': buf_puts(out, "&lt;"); break;
		case '>': buf_puts(out, "&gt;"); break;
		case '"': buf_puts(out, "&quot;"); break;
		default: buf_putc(out, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
		}
	}
}

static void put_data(const char *key, struct slice text, struct buf *out)
{
	buf_printf(out, "<data key=\"%s\">", key);
	put_xml(out, text);
	buf_puts(out, "</data>");
}

static void put_graphml(const struct graph *g, struct buf *out)
{
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	              "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
	static const char *const keys[][3] = {
		{ "name", "node", "string" },     { "sort", "node", "string" },
		{ "network", "node", "string" },  { "status", "node", "string" },
		{ "flagship", "node", "boolean" },
		{ "weight", "edge", "int" },      { "why", "edge", "string" },
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		buf_printf(out,
		           " <key id=\"%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n",
		           keys[i][0], keys[i][1], keys[i][0], keys[i][2]);
	buf_puts(out, " <graph edgedefault=\"undirected\">\n");
	for (size_t i = 0; i < g->node_n; i++) {
		buf_printf(out, "  <node id=\"n%zu\">", i);
		put_data("name", g->node[i].name, out);
		put_data("sort", slice_str(graph_sort_name(g->node[i].sort)), out);
		if (g->node[i].network.n)
			put_data("network", g->node[i].network, out);
		if (g->node[i].status)
			put_data("status", slice_str(g->node[i].status), out);
		if (g->node[i].sort == GRAPH_STOREFRONT)
			put_data("flagship", g->node[i].flagship ? SLICE("true") : SLICE("false"), out);
		buf_puts(out, "</node>\n");
	}
	for (size_t i = 0; i < g->edge_n; i++) {
		buf_printf(out, "  <edge source=\"n%u\" target=\"n%u\"><data key=\"weight\">%u</data>",
		           g->edge[i].a, g->edge[i].b, g->edge[i].weight);
		put_data("why", g->edge[i].why, out);
		buf_puts(out, "</edge>\n");
	}
	buf_puts(out, " </graph>\n</graphml>\n");
}

/* ---- DOT ---- */

static void put_quoted(struct slice text, struct buf *out)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
	}
	buf_putc(out, '"');
}

/* Names of two sorts may be the same, so what is no storefront carries its sort. */
static void put_dot_name(const struct graph_node *n, struct buf *out)
{
	if (n->sort == GRAPH_STOREFRONT) {
		put_quoted(n->name, out);
		return;
	}
	struct buf text = { 0 };
	buf_printf(&text, "%s: ", graph_sort_name(n->sort));
	buf_put(&text, n->name);
	put_quoted(buf_slice(&text), out);
	buf_release(&text);
}

static void put_dot_node(const struct graph_node *n, struct buf *out)
{
	static const char *const shapes[GRAPH_SORTS] = { "box", "ellipse", "hexagon", "house" };

	buf_puts(out, "\t\t");
	put_dot_name(n, out);
	if (n->sort != GRAPH_STOREFRONT)
		buf_printf(out, " [shape=%s]", shapes[n->sort]);
	else if (n->flagship)
		buf_puts(out, " [penwidth=3]");
	else if (strcmp(n->status, "suspended") == 0)
		buf_puts(out, " [style=dashed]");
	buf_puts(out, ";\n");
}

static void put_dot(const struct graph *g, struct buf *out)
{
	buf_puts(out, "graph networks {\n\tnode [shape=box];\n");
	for (size_t i = 0, end; i < g->node_n; i = end) {
		struct slice network = g->node[i].network;
		if (network.n) {
			buf_puts(out, "\tsubgraph \"cluster_");
			buf_put(out, network);
			buf_puts(out, "\" {\n\t\tlabel=");
			put_quoted(network, out);
			buf_puts(out, ";\n");
		}
		for (end = i; end < g->node_n && slice_eq(g->node[end].network, network); end++)
			put_dot_node(&g->node[end], out);
		if (network.n)
			buf_puts(out, "\t}\n");
	}
	for (size_t i = 0; i < g->edge_n; i++) {
		buf_putc(out, '\t');
		put_dot_name(&g->node[g->edge[i].a], out);
		buf_puts(out, " -- ");
		put_dot_name(&g->node[g->edge[i].b], out);
		buf_puts(out, " [tooltip=");
		put_quoted(g->edge[i].why, out);
		buf_puts(out, "];\n");
	}
	buf_puts(out, "}\n");
}

/* ---- SVG ---- */

enum { BOX_W = 260, BOX_H = 22, COLUMNS = 4, GAP_X = 290, GAP_Y = 34, MARGIN = 20, HEAD = 46 };

struct place {
	int x, y;
};

/* Networks below each other: the flagship above, members in columns under it. */
static int place_of(const struct graph *g, struct place *place)
{
	int y = MARGIN;

	for (size_t i = 0, end; i < g->node_n; i = end) {
		struct slice network = g->node[i].network;
		place[i] = (struct place){ MARGIN, y + HEAD - BOX_H };
		for (end = i + 1; end < g->node_n && slice_eq(g->node[end].network, network); end++) {
			int k = (int)(end - i - 1);
			place[end] = (struct place){ MARGIN + k % COLUMNS * GAP_X,
				                     y + HEAD + GAP_Y + k / COLUMNS * GAP_Y };
		}
		int rows = ((int)(end - i) - 1 + COLUMNS - 1) / COLUMNS;
		y += HEAD + GAP_Y + rows * GAP_Y + MARGIN;
	}
	return y;
}

/* At most n bytes, and no letter cut in two. */
static struct slice whole_letters(struct slice text, size_t n)
{
	while (n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	return slice_sub(text, 0, n);
}

static int put_svg(const struct graph *g, struct buf *out)
{
	struct buf room = { 0 };
	struct place *place = (void *)buf_reserve(&room, (g->node_n + 1) * sizeof(*place));

	if (!place)
		return ERR_NOMEM;
	int height = place_of(g, place);
	int width = 2 * MARGIN + (COLUMNS - 1) * GAP_X + BOX_W;
	buf_printf(out,
	           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
	           "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
	           "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
	           width, height, width, height);
	for (size_t i = 0; i < g->edge_n; i++) {
		struct place a = place[g->edge[i].a], b = place[g->edge[i].b];
		buf_printf(out, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#999\"><title>",
		           a.x + BOX_W / 2, a.y + BOX_H / 2, b.x + BOX_W / 2, b.y + BOX_H / 2);
		put_xml(out, g->edge[i].why);
		buf_puts(out, "</title></line>\n");
	}
	for (size_t i = 0; i < g->node_n; i++) {
		const struct graph_node *n = &g->node[i];
		if (n->flagship) {
			buf_printf(out, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">", MARGIN,
			           place[i].y - 8);
			put_xml(out, n->network);
			buf_puts(out, "</text>\n");
		}
		buf_printf(out,
		           "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#f4f4f4\" "
		           "stroke=\"#333\" rx=\"%d\" stroke-width=\"%d\"%s/>\n<text x=\"%d\" y=\"%d\">",
		           place[i].x, place[i].y, BOX_W, BOX_H, n->sort == GRAPH_STOREFRONT ? 0 : 10,
		           n->flagship ? 3 : 1,
		           n->status && strcmp(n->status, "suspended") == 0
		                   ? " stroke-dasharray=\"4 3\""
		                   : "",
		           place[i].x + 8, place[i].y + 15);
		size_t letters = 38; /* about so many letters fit */
		if (n->sort != GRAPH_STOREFRONT) {
			buf_printf(out, "%s: ", graph_sort_name(n->sort));
			letters -= strlen(graph_sort_name(n->sort)) + 2;
		}
		bool cut = n->name.n > letters;
		put_xml(out, cut ? whole_letters(n->name, letters - 1) : n->name);
		buf_puts(out, cut ? "…</text>\n" : "</text>\n");
	}
	buf_puts(out, "</svg>\n");
	buf_release(&room);
	return 0;
}

/* ---- STIX ---- */

/* "type--UUID" of an object whose id the standard makes (2.9: its namespace, over the canonical form of
 * what makes it one: here one property); of the rest in the same way over `a` and `b`, so that the same
 * network has the same id. */
static void put_uuid(const char *type, struct buf *text, char *out, size_t size)
{
	static const struct uuid space = { { 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c,
		                             0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7 } };
	char uuid[UUID_SIZE];

	uuid_format(uuid_v5(space, buf_slice(text)), uuid);
	buf_release(text);
	snprintf(out, size, "%s--%s", type, uuid);
}

static void put_id(const char *type, struct slice a, struct slice b, char *out, size_t size)
{
	struct buf text = { 0 };

	buf_printf(&text, "assay\n%s\n", type);
	buf_put(&text, a);
	buf_putc(&text, '\n');
	buf_put(&text, b);
	put_uuid(type, &text, out, size);
}

static const char *const stix_types[GRAPH_SORTS] = { "domain-name", "user-account", "identity",
	                                             "identity" };

static void put_node_id(const struct graph_node *n, char *out, size_t size)
{
	static const char *const property[GRAPH_SORTS] = { "value", "account_login", NULL, NULL };
	json_t *o = property[n->sort] ? json_object() : NULL;
	struct buf text = { 0 };

	if (o && json_put_str(o, property[n->sort], n->name) == 0 &&
	    json_canonical(o, &text, NULL) == 0)
		put_uuid(stix_types[n->sort], &text, out, size);
	else
		put_id(stix_types[n->sort], slice_str(graph_sort_name(n->sort)), n->name, out, size);
	json_decref(o);
	buf_release(&text);
}

enum { ID_SIZE = 80 };

static json_t *object_new(const char *type, const char *id, const char *at)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "type", slice_str(type));

	failed |= json_put_str(o, "spec_version", SLICE("2.1"));
	failed |= json_put_str(o, "id", slice_str(id));
	if (at) {
		failed |= json_put_str(o, "created", slice_str(at));
		failed |= json_put_str(o, "modified", slice_str(at));
	}
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int add_nodes(const struct graph *g, const char *at, json_t *objects)
{
	char id[ID_SIZE];
	int failed = 0;

	for (size_t i = 0; i < g->node_n && !failed; i++) {
		const struct graph_node *n = &g->node[i];
		bool observable = n->sort == GRAPH_STOREFRONT || n->sort == GRAPH_AFFILIATE;
		put_node_id(n, id, sizeof(id));
		json_t *o = object_new(stix_types[n->sort], id, observable ? NULL : at);
		if (n->sort == GRAPH_STOREFRONT) {
			failed |= json_put_str(o, "value", n->name);
		} else if (n->sort == GRAPH_AFFILIATE) {
			failed |= json_put_str(o, "account_login", n->name);
		} else {
			failed |= json_put_str(o, "name", n->name);
			failed |= json_put_str(o, "identity_class", SLICE("organization"));
			json_t *roles = json_array();
			failed |= json_add_str(roles, slice_str(graph_sort_name(n->sort)));
			failed |= json_put_new(o, "roles", roles);
		}
		failed |= json_add_new(objects, o);
	}
	return failed;
}

static int add_groupings(const struct graph *g, const char *at, json_t *objects)
{
	char id[ID_SIZE];
	int failed = 0;

	for (size_t i = 0, end; i < g->node_n && !failed; i = end) {
		struct slice network = g->node[i].network;
		if (network.n == 0)
			break;
		json_t *refs = json_array();
		for (end = i; end < g->node_n && slice_eq(g->node[end].network, network); end++) {
			put_node_id(&g->node[end], id, sizeof(id));
			failed |= json_add_str(refs, slice_str(id));
		}
		put_id("grouping", network, SLICE(""), id, sizeof(id));
		json_t *o = object_new("grouping", id, at);
		failed |= json_put_str(o, "name", network);
		failed |= json_put_str(o, "context", SLICE("suspicious-activity"));
		failed |= json_put_new(o, "object_refs", refs);
		failed |= json_add_new(objects, o);
	}
	return failed;
}

static int add_relationships(const struct graph *g, const char *at, json_t *objects)
{
	char id[ID_SIZE];
	int failed = 0;

	for (size_t i = 0; i < g->edge_n && !failed; i++) {
		const struct graph_edge *e = &g->edge[i];
		const struct graph_node *a = &g->node[e->a], *b = &g->node[e->b];
		char from[ID_SIZE], to[ID_SIZE];
		put_node_id(a, from, sizeof(from));
		put_node_id(b, to, sizeof(to));
		/* A link between two storefronts keeps the id that it has had since the first version. */
		if (a->sort == b->sort)
			put_id("relationship", a->name, b->name, id, sizeof(id));
		else
			put_id("relationship", slice_str(from), slice_str(to), id, sizeof(id));
		json_t *o = object_new("relationship", id, at);
		failed |= json_put_str(o, "relationship_type", SLICE("related-to"));
		failed |= json_put_str(o, "source_ref", slice_str(from));
		failed |= json_put_str(o, "target_ref", slice_str(to));
		failed |= json_put_str(o, "description", e->why);
		if (e->weight)
			failed |= json_put_i64(o, "confidence", e->weight / 10000);
		failed |= json_add_new(objects, o);
	}
	return failed;
}

static int put_stix(const struct graph *g, int64_t at, struct buf *out, struct err *err)
{
	json_t *bundle = json_object(), *objects = json_array();
	char time[TIMESTAMP_SIZE], stix_time[TIMESTAMP_SIZE + 4], id[ID_SIZE];

	timestamp_format(at, time);
	snprintf(stix_time, sizeof(stix_time), "%.19s.000Z", time);
	int failed = add_nodes(g, stix_time, objects);
	failed |= add_groupings(g, stix_time, objects);
	failed |= add_relationships(g, stix_time, objects);
	struct slice first = g->node_n ? g->node[0].network : SLICE("");
	put_id("bundle", first, slice_str(time), id, sizeof(id));
	failed |= json_put_str(bundle, "type", SLICE("bundle"));
	failed |= json_put_str(bundle, "id", slice_str(id));
	failed |= json_put_new(bundle, "objects", objects);
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "graph: no memory")
	                : json_canonical(bundle, out, err);
	buf_putc(out, '\n');
	json_decref(bundle);
	return rc;
}

int graph_write(const struct graph *g, enum graph_format format, int64_t at, struct buf *out,
                struct err *err)
{
	int rc = 0;

	switch (format) {
	case GRAPH_GRAPHML: put_graphml(g, out); break;
	case GRAPH_DOT: put_dot(g, out); break;
	case GRAPH_SVG: rc = put_svg(g, out); break;
	case GRAPH_STIX: rc = put_stix(g, at, out, err); break;
	case GRAPH_FORMATS: break;
	}
	if (rc == ERR_NOMEM || !buf_ok(out))
		return err_set(err, ERR_NOMEM, 0, "graph: no memory");
	return rc;
}

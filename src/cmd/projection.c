#include "cmd/projection.h"

enum { CELLS_MAX = 256 }; /* there are 249 countries in ISO 3166-1 */

/* Whether a record of that type puts cells, and as what. */
static bool has_cells(struct slice type, const json_t *body, enum store_cell_from *from)
{
	if (slice_eq_str(type, "verdict"))
		*from = STORE_VERDICT;
	else if (slice_eq_str(type, "correction"))
		*from = STORE_CORRECTION;
	else if (slice_eq_str(type, "decision") && slice_eq_str(json_str(body, "state"), "in_force"))
		*from = STORE_DECISION;
	else
		return false;
	return true;
}

bool projection_has_rows(struct slice type)
{
	static const char *const types[] = { "verdict", "decision", "correction", "listing" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_eq_str(type, types[i]))
			return true;
	return false;
}

int projection_of(struct slice type, const json_t *body, struct arena *a,
                  struct store_projection *out, struct err *err)
{
	struct store_projection p = { 0 };
	enum store_cell_from from = STORE_VERDICT;
	bool cells = has_cells(type, body, &from);
	const json_t *list = json_arr(body, "cells");
	size_t n = json_array_size(list);

	if (!cells && !slice_eq_str(type, "listing")) {
		*out = p;
		return 0;
	}
	if (n > CELLS_MAX)
		return err_set(err, ERR_LIMIT, 0, "%zu cells in one record; the limit is %d", n,
		               (int)CELLS_MAX);
	p.cells = arena_array(a, n, sizeof(*p.cells));
	p.listings = arena_array(a, n, sizeof(*p.listings));
	if (!p.cells || !p.listings)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < n; i++) {
		const json_t *c = json_array_get(list, i);
		if (cells)
			p.cells[p.cells_n++] = (struct store_cell){
				.destination = json_str(c, "destination"),
				.cls = json_str(c, "class"),
				.ground = json_str(c, "ground"),
				.from = from,
			};
		else
			p.listings[p.listings_n++] = (struct store_listing){
				.list = json_str(body, "list"),
				.destination = json_str(c, "destination"),
				.action = json_str(body, "action"),
			};
	}
	*out = p;
	return 0;
}

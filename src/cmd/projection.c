#include "cmd/projection.h"

#include "model/evidence.h"

#include <stdlib.h>

enum { CELLS_MAX = 256 }; /* there are 249 countries in ISO 3166-1 */

/* Whether a record of that type puts cells, and as what. */
static bool has_cells(struct slice type, const json_t *body, enum store_cell_from *from)
{
	if (slice_eq_str(type, "verdict"))
		*from = STORE_VERDICT;
	else if (slice_eq_str(type, "correction") && !slice_eq_str(json_str(body, "state"), "reached"))
		*from = STORE_CORRECTION;
	else if (slice_eq_str(type, "decision") && slice_eq_str(json_str(body, "state"), "in_force"))
		*from = STORE_DECISION;
	else
		return false;
	return true;
}

bool projection_has_rows(struct slice type)
{
	static const char *const types[] = { "verdict", "decision", "correction", "listing",
		                      "finding" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_eq_str(type, types[i]))
			return true;
	return false;
}

static int cmp_digest(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

static int add_citation(const json_t *quotation, struct store_projection *p, struct err *err)
{
	int rc = evidence_address_parse(json_str(quotation, "evidence"),
	                                &p->citations[p->citations_n], err);

	/* It was checked on its way in, so this is damage. */
	if (rc)
		return err_set(err, ERR_CORRUPT, 0, "a quotation names no evidence");
	p->citations_n++;
	return 0;
}

/* Which evidence a finding quotes. */
static int cite(const json_t *body, struct arena *a, struct store_projection *p, struct err *err)
{
	const json_t *quotations = json_arr(body, "quotations"), *weighed = json_arr(body, "weighed");
	const json_t *item;
	size_t i, kept = 0;
	int rc = 0;

	p->citations = arena_array(a, json_array_size(quotations) + json_array_size(weighed),
	                           sizeof(*p->citations));
	if (!p->citations)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (i = 0; rc == 0 && i < json_array_size(quotations); i++)
		rc = add_citation(json_array_get(quotations, i), p, err);
	for (i = 0; rc == 0 && i < json_array_size(weighed); i++) {
		/* What speaks against a finding may be no words on a page. */
		item = json_obj(json_array_get(weighed, i), "quotation");
		rc = item ? add_citation(item, p, err) : 0;
	}
	if (rc)
		return rc;
	if (p->citations_n)
		qsort(p->citations, p->citations_n, sizeof(*p->citations), cmp_digest);
	for (i = 0; i < p->citations_n; i++)
		if (i == 0 || !sha256_eq(p->citations[i], p->citations[kept - 1]))
			p->citations[kept++] = p->citations[i];
	p->citations_n = kept;
	return 0;
}

int projection_of(struct slice type, const json_t *body, struct arena *a,
                  struct store_projection *out, struct err *err)
{
	struct store_projection p = { 0 };
	enum store_cell_from from = STORE_VERDICT;
	bool cells = has_cells(type, body, &from);
	const json_t *list = json_arr(body, "cells");
	size_t n = json_array_size(list);

	if (slice_eq_str(type, "finding")) {
		int rc = cite(body, a, &p, err);
		if (rc == 0)
			*out = p;
		return rc;
	}
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

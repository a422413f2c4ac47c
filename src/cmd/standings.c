#include "cmd/standings.h"

#include "cmd/acts.h"
#include "cmd/casefile.h"

static enum standing_from from_of(enum store_cell_from f)
{
	switch (f) {
	case STORE_DECISION: return STANDING_DECISION;
	case STORE_CORRECTION: return STANDING_CORRECTION;
	case STORE_VERDICT: break;
	}
	return STANDING_VERDICT;
}

int standings_from(const struct store_cell *cell, size_t cells, int64_t current,
                   struct arena *a, struct standing **out, size_t *n, struct err *err)
{
	struct standing_event *event = arena_array(a, cells, sizeof(*event));
	if (!event)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < cells; i++)
		event[i] = (struct standing_event){
			.from = from_of(cell[i].from), .destination = cell[i].destination,
			.class = cell[i].cls, .ground = cell[i].ground,
			.has_period = cell[i].period != STORE_NONE,
			.period = cell[i].period != STORE_NONE ? cell[i].period : 0,
			.at = cell[i].at, .order = cell[i].seq, .record = cell[i].record,
		};
	return standing_of(event, cells, current != STORE_NONE, current != STORE_NONE ? current : 0, a,
	                   out, n, err);
}

int acts_standing(struct store *store, struct subject subject, const struct suffixes *suffixes,
                  struct arena *a, struct standing **out, size_t *n, struct err *err)
{
	struct store_cell *cell = NULL;
	struct subject registered;
	int64_t current = STORE_NONE;
	size_t cells = 0;
	int rc = store_cells(store, slice_str(subject_kind_name(subject.kind)), subject.key, a, &cell,
	                     &cells, err);

	/* Most of what is asked for was never judged: then no registration has to be looked for. */
	if (rc == 0 && cells)
		rc = casefile_registered(subject, suffixes, a, &registered, err);
	if (rc == 0 && cells)
		rc = acts_current_period(store, &registered, &current, err);
	return rc ? rc : standings_from(cell, cells, current, a, out, n, err);
}

static int newest_period(void *ctx, const struct store_record *r, struct err *err)
{
	int64_t *newest = ctx, created;
	json_t *body = NULL;

	/* Most observations are pages. Bodies are canonical, so the member is written in one way. */
	if (slice_find_slice(r->body, SLICE("\"registration\":{")) == r->body.n)
		return 0;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);

	if (rc)
		return rc;
	if (casefile_created(body, &created) && created > *newest)
		*newest = created;
	json_decref(body);
	return 0;
}

int acts_current_period(struct store *store, const struct subject *registered, int64_t *out,
                        struct err *err)
{
	struct store_filter f = { .type = SLICE("observation"),
		                  .kind = slice_str(subject_kind_name(registered->kind)),
		                  .key = registered->key };

	*out = STORE_NONE;
	return store_each_record(store, &f, newest_period, out, err);
}

/* The standing that an act is about: of the latest registration that had begun by then. Cells of
 * other registrations are none of its business. */
int standings_at(struct store *store, const struct record *act, struct slice destination,
                 struct arena *a, const struct standing **out, struct err *err)
{
	struct store_cell *cell = NULL;
	struct standing *list = NULL;
	size_t cells = 0, n = 0, kept = 0;
	int64_t period = STORE_NONE;
	int rc = store_cells(store, act->kind, act->key, a, &cell, &cells, err);

	*out = NULL;
	if (rc)
		return rc;
	for (size_t i = 0; i < cells; i++)
		if (cell[i].period != STORE_NONE && cell[i].period <= act->at &&
		    slice_eq(cell[i].destination, destination) &&
		    (period == STORE_NONE || cell[i].period > period))
			period = cell[i].period;
	for (size_t i = 0; i < cells; i++)
		if (cell[i].period == period && slice_eq(cell[i].destination, destination))
			cell[kept++] = cell[i];
	rc = standings_from(cell, kept, period, a, &list, &n, err);
	if (rc == 0 && n)
		*out = list;
	return rc;
}

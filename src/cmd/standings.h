/* From the store's cells to how a subject stands (decide/standing.h). */
#ifndef CMD_STANDINGS_H
#define CMD_STANDINGS_H

#include "base/arena.h"
#include "decide/standing.h"
#include "model/record.h"
#include "store/store.h"

/* Standings of cells that store_cells gave; current: the creation date of the newest registration, or
 * STORE_NONE. All in the arena; slices point into cell. ERR_NOMEM. */
int standings_from(const struct store_cell *cell, size_t cells, int64_t current, struct arena *a,
                   struct standing **out, size_t *n, struct err *err);

/* The standing that an act is about: of the latest registration that had begun by then. Cells of
 * other registrations are none of its business. NULL where nothing was ever said. */
int standings_at(struct store *store, const struct record *act, struct slice destination,
                 struct arena *a, const struct standing **out, struct err *err);

#endif

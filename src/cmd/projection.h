/* What a record gives to lookups: its cells, its lists, the evidence that it quotes. One function for those who put records
 * and for assay store check, so that the two cannot disagree. */
#ifndef CMD_PROJECTION_H
#define CMD_PROJECTION_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "store/check.h"
#include "wire/json.h"

#include <stdbool.h>

/* Whether records of a type can give rows at all: asked before a body is parsed. */
bool projection_has_rows(struct slice type);

/* The rows of a record of that type: cells of a verdict, of a decision in force and of a
 * correction; lists of a listing; of a finding, the evidence of its quotations and of those that
 * were weighed against it; none of any other. Strings are slices of body. ERR_LIMIT over 256
 * cells; ERR_CORRUPT for a quotation of a finding without an address of evidence; ERR_NOMEM. */
int projection_of(struct slice type, const json_t *body, struct arena *a,
                  struct store_projection *out, struct err *err);

#endif

/* Domains under management: how many names a registrar, reseller or host keeps, as its operator was
 * told. Without such a file nothing is shown per thousand: nobody guesses.
 *
 *   file   UTF-8, one party a line, four columns with a tab between; empty lines and those that begin
 *          with '#' are passed over (doc/format/scorecard.md):
 *             registrar:146 TAB 61000000 TAB 2026-06-30 TAB registry reports of June 2026
 *   date   the day that the number is of; source: whose number it is. Neither may be missing
 *   owns   nothing: texts are slices of the file's bytes */
#ifndef MODEL_DUM_H
#define MODEL_DUM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum {
	DUM_BYTES_MAX = 16 << 20,
	DUM_TEXT_MAX = 200, /* bytes of a key or a source */
};
#define DUM_DOMAINS_MAX INT64_C(1000000000000) /* over all names that there are, by far */

struct dum {
	struct slice party;
	int64_t domains; /* 1 to DUM_DOMAINS_MAX */
	struct slice date; /* "2026-06-30" */
	struct slice source;
};

/* Read a file's bytes; rows in the arena, in the order of the file.
 *
 *   file    its name, for messages
 *   return  0; ERR_SYNTAX "FILE:3: ..." (a column is missing or empty, no number, no date, a party that
 *           stands there twice, not UTF-8); ERR_LIMIT; ERR_NOMEM. On failure out is untouched */
int dum_read(struct slice text, const char *file, struct arena *a, struct dum **out, size_t *n,
             struct err *err);

#endif

/* A country as records, indexes and callers write it. */
#ifndef MODEL_COUNTRY_H
#define MODEL_COUNTRY_H

#include "base/slice.h"

#include <stdbool.h>

/* Two upper-case letters (the form of ISO 3166-1 alpha-2), which need not be assigned. */
static inline bool country_is_code(struct slice s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

#endif

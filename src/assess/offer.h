/* The terms of an offer: strength, count, price, read where its price was found. */
#ifndef ASSESS_OFFER_H
#define ASSESS_OFFER_H

#include "assess/reading.h"
#include "model/fact.h"

/* Read the terms between a drug's name and its price, in their block or row. The terms and their
 * strength lie in `keep`; *out is NULL where the price may well be of something else. ERR_NOMEM. */
int offer_terms(const struct reading *r, const struct place *drug, const struct spot *price,
                struct arena *keep, const struct fact_terms **out, struct err *err);

#endif

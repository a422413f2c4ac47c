/* An exchange with its bytes: who carried it out keeps them no longer than its call. */
#ifndef MODEL_EXCHANGE_COPY_H
#define MODEL_EXCHANGE_COPY_H

#include "base/arena.h"
#include "model/exchange.h"

struct exchange_copy {
	struct exchange x;
	struct arena arena; /* holds all that x points to */
};

/* NULL: no memory. */
struct exchange_copy *exchange_copy_new(const struct exchange *x);
void exchange_copy_free(struct exchange_copy *c); /* NULL is fine */

#endif

#include "collect/ask.h"

#include <stdlib.h>

int64_t asks_put(struct asks *asks, struct ask *a, struct err *err)
{
	if (asks->n == asks->cap) {
		size_t cap = asks->cap ? asks->cap * 2 : 16;
		struct ask *grown = realloc(asks->ask, cap * sizeof(*grown));
		if (!grown)
			return err_set(err, ERR_NOMEM, 0, "ask: no memory for %zu", cap);
		asks->ask = grown;
		asks->cap = cap;
	}
	a->number = ++asks->next;
	asks->ask[asks->n++] = *a;
	return a->number;
}

void asks_release(struct asks *asks)
{
	free(asks->ask);
	*asks = (struct asks){ 0 };
}

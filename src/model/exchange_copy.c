#include "model/exchange_copy.h"

#include <stdlib.h>

struct exchange_copy *exchange_copy_new(const struct exchange *x)
{
	struct exchange_copy *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->x = *x;
	struct slice *texts[] = { &c->x.vantage, &c->x.uri,      &c->x.remote,
		                  &c->x.request, &c->x.response, &c->x.picture };
	bool bad = false;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = arena_copy(&c->arena, *texts[i]);
		bad = bad || !texts[i]->p;
	}
	struct slice *chain = arena_array(&c->arena, x->chain_n, sizeof(*chain));
	for (size_t i = 0; chain && i < x->chain_n; i++) {
		chain[i] = arena_copy(&c->arena, x->chain[i]);
		bad = bad || !chain[i].p;
	}
	c->x.chain = chain;
	if (x->tls_verify) {
		struct slice s = arena_copy(&c->arena, slice_str(x->tls_verify));
		c->x.tls_verify = s.p;
		bad = bad || !s.p;
	}
	if (bad || !chain) {
		exchange_copy_free(c);
		return NULL;
	}
	return c;
}

void exchange_copy_free(struct exchange_copy *c)
{
	if (!c)
		return;
	arena_release(&c->arena);
	free(c);
}

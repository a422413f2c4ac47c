/* Open addressing, linear probing, at most half full; the slots hold entry numbers, the entries
 * lie in order of insertion. Nothing is ever removed: no user needs it. */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

static size_t probe(const struct table *t, struct slice key)
{
	size_t at = (size_t)hash_bytes(t->key, key) & t->mask;

	while (t->slot[at] && !slice_eq(t->entry[t->slot[at] - 1].key, key))
		at = (at + 1) & t->mask;
	return at;
}

struct table_entry *table_find(const struct table *t, struct slice key)
{
	if (t->n == 0)
		return NULL;
	uint32_t slot = t->slot[probe(t, key)];
	return slot ? &t->entry[slot - 1] : NULL;
}

static int grow(struct table *t)
{
	size_t cap = t->cap ? t->cap * 2 : 8;
	if (cap > UINT32_MAX / 4)
		return -1;
	uint32_t *slot = calloc(cap * 2, sizeof(*slot));
	struct table_entry *entry = slot ? realloc(t->entry, cap * sizeof(*entry)) : NULL;
	if (!entry) {
		free(slot);
		return -1;
	}
	free(t->slot);
	t->slot = slot;
	t->entry = entry;
	t->cap = cap;
	t->mask = cap * 2 - 1;
	for (size_t i = 0; i < t->n; i++)
		t->slot[probe(t, t->entry[i].key)] = (uint32_t)(i + 1);
	return 0;
}

struct table_entry *table_put(struct table *t, struct slice key)
{
	struct table_entry *have = table_find(t, key);
	if (have)
		return have;
	if (t->n == t->cap && grow(t) < 0)
		return NULL;
	t->entry[t->n] = (struct table_entry){ key, NULL };
	t->slot[probe(t, key)] = (uint32_t)(t->n + 1);
	return &t->entry[t->n++];
}

void table_release(struct table *t)
{
	free(t->entry);
	free(t->slot);
	*t = (struct table){ .key = t->key };
}

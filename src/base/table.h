/* A hash table from bytes to a pointer, walked in the order of insertion (so that what is derived
 * from it never depends on the hash key).
 *
 * Zero-initialised is valid and empty with key 0; set .key before the first put where keys come
 * from outside. Neither keys nor values are owned or copied: they must outlive the table. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/hash.h"
#include "base/slice.h"

#include <stdint.h>

struct table_entry {
	struct slice key;
	void *value;
};

struct table {
	struct hash_key key;
	struct table_entry *entry; /* n of them, in the order of insertion */
	size_t n, cap;
	uint32_t *slot; /* 0 = free, else entry number + 1; mask + 1 of them */
	size_t mask;
};

/* The entry of key, or NULL. Valid until the next put. */
struct table_entry *table_find(const struct table *t, struct slice key);

/* The entry of key, made with value NULL where there was none; NULL when there is no memory.
 * Valid until the next put. */
struct table_entry *table_put(struct table *t, struct slice key);

void table_release(struct table *t);

#endif

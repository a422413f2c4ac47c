/* Memory of one unit of work (a case, a feed generation, a request), freed at once.
 *
 * Zero-initialised is valid and empty. Pointers stay valid until arena_release. Not thread-safe. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *head;
	size_t used; /* bytes handed out, for limits and reports */
};

/* n zeroed bytes aligned for any type, or NULL when there is no memory. n = 0 gives a valid
 * pointer that must not be read. */
void *arena_alloc(struct arena *a, size_t n);

/* count * size zeroed bytes; NULL when that overflows or there is no memory. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A copy of s with a NUL behind it (not counted in .n); .p is NULL when there is no memory. */
struct slice arena_copy(struct arena *a, struct slice s);

/* Format as printf does; NULL when there is no memory. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Free everything; the arena is empty again and may be used. */
void arena_release(struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif

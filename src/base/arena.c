/* Blocks double from 4 KiB to 1 MiB; a request larger than a block gets one of its own. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 4096, BLOCK_MAX = 1 << 20, ALIGN = _Alignof(max_align_t) };

struct arena_block {
	struct arena_block *next;
	size_t size, used; /* of data[] */
	_Alignas(max_align_t) char data[];
};

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > SIZE_MAX - 2 * (size_t)BLOCK_MAX)
		return NULL;
	size_t need = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct arena_block *b = a->head;

	if (!b || b->size - b->used < need) {
		size_t size = b ? b->size * 2 : (size_t)BLOCK_MIN;
		if (size > BLOCK_MAX)
			size = BLOCK_MAX;
		if (size < need)
			size = need;
		struct arena_block *fresh = malloc(sizeof(*fresh) + size);
		if (!fresh)
			return NULL;
		fresh->next = b;
		fresh->size = size;
		fresh->used = 0;
		a->head = b = fresh;
	}
	void *p = b->data + b->used;
	b->used += need;
	a->used += need;
	memset(p, 0, need);
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;
	if (__builtin_mul_overflow(count, size, &n))
		return NULL;
	return arena_alloc(a, n);
}

struct slice arena_copy(struct arena *a, struct slice s)
{
	if (s.n == SIZE_MAX)
		return (struct slice){ NULL, 0 };
	char *p = arena_alloc(a, s.n + 1);
	if (!p)
		return (struct slice){ NULL, 0 };
	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct slice){ p, s.n };
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

void arena_release(struct arena *a)
{
	for (struct arena_block *b = a->head, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ 0 };
}

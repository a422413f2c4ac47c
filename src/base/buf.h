/* Bytes that grow at their end.
 *
 * Zero-initialised is valid and empty. A failed allocation sets .failed and every later put does
 * nothing, so a writer puts ten things and asks once with buf_ok. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *p; /* owned; a NUL stands behind .n bytes whenever .p is not NULL */
	size_t n, cap;
	bool failed;
};

void buf_put(struct buf *b, struct slice s);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Decimal digits of v. */
void buf_put_i64(struct buf *b, int64_t v);

/* Room for n more bytes at .p + .n, or NULL; add to .n what was written. */
char *buf_reserve(struct buf *b, size_t n);

static inline bool buf_ok(const struct buf *b)
{
	return !b->failed;
}

/* What is in it: valid until the next put. */
static inline struct slice buf_slice(const struct buf *b)
{
	return (struct slice){ b->p, b->n };
}

/* As a C string, "" when empty: valid until the next put. */
static inline const char *buf_str(const struct buf *b)
{
	return b->p ? b->p : "";
}

/* Empty it and keep the memory. */
void buf_clear(struct buf *b);
void buf_release(struct buf *b);

#endif

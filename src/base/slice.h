/* A view of bytes that somebody else owns.
 *
 * Never NUL-terminated by hope: print with "%.*s" and SLICE_ARG. The empty slice may have a NULL
 * pointer. A slice is valid as long as what it was taken from. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *p;
	size_t n; /* bytes */
};

#define SLICE(literal) ((struct slice){ "" literal, sizeof(literal) - 1 })
/* For "%.*s". Cut at INT_MAX by the caller's own limits. */
#define SLICE_ARG(s) ((int)(s).n), ((s).p ? (s).p : "")

static inline struct slice slice_from(const char *p, size_t n)
{
	return (struct slice){ p, n };
}

/* Of a C string; NULL gives the empty slice. */
static inline struct slice slice_str(const char *s)
{
	return (struct slice){ s, s ? strlen(s) : 0 };
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool slice_eq_str(struct slice a, const char *s)
{
	return slice_eq(a, slice_str(s));
}

/* ASCII case only; other bytes compare as they are. */
static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline bool slice_eq_nocase(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

/* Bytewise order, shorter first where one is a prefix: -1, 0, 1. */
static inline int slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c)
		return c < 0 ? -1 : 1;
	return a.n < b.n ? -1 : a.n > b.n;
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool slice_ends(struct slice s, struct slice suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* From byte `from` to byte `to`, both clamped to what is there. */
static inline struct slice slice_sub(struct slice s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (struct slice){ s.p ? s.p + from : NULL, to - from };
}

/* Offset of the first byte c, or s.n. */
static inline size_t slice_find(struct slice s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

/* Offset of the first occurrence of needle, or s.n when there is none. */
static inline size_t slice_find_slice(struct slice s, struct slice needle)
{
	if (needle.n == 0)
		return 0;
	const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

static inline bool ascii_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* Without ASCII white space at both ends. */
static inline struct slice slice_trim(struct slice s)
{
	while (s.n && ascii_space(s.p[0]))
		s.p++, s.n--;
	while (s.n && ascii_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Cut the part before the next `sep` off *rest, which then starts behind it. False when *rest is
 * used up: `while (slice_cut(&rest, '\n', &line))`. A trailing separator yields no empty last part. */
static inline bool slice_cut(struct slice *rest, char sep, struct slice *part)
{
	if (rest->n == 0)
		return false;
	size_t at = slice_find(*rest, sep);
	*part = slice_sub(*rest, 0, at);
	*rest = slice_sub(*rest, at == rest->n ? at : at + 1, rest->n);
	return true;
}

#endif

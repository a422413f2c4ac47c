#include "wire/gzip.h"

#include <libdeflate.h>
#include <stdlib.h>

enum { MEMBER_MIN = 18 /* RFC 1952 2.3: 10 bytes before the data, 8 behind it */ };

struct gzip {
	struct libdeflate_compressor *into; /* NULL: only reads */
	struct libdeflate_decompressor *from;
};

int gzip_new(int level, struct gzip **out, struct err *err)
{
	struct gzip *z = calloc(1, sizeof(*z));

	if (z) {
		z->into = level ? libdeflate_alloc_compressor(level) : NULL;
		z->from = libdeflate_alloc_decompressor();
	}
	if (!z || !z->from || (level && !z->into)) {
		gzip_free(z);
		return err_set(err, ERR_NOMEM, 0, "gzip: no memory");
	}
	*out = z;
	return 0;
}

void gzip_free(struct gzip *z)
{
	if (!z)
		return;
	libdeflate_free_compressor(z->into);
	libdeflate_free_decompressor(z->from);
	free(z);
}

int gzip_put(struct gzip *z, struct slice bytes, struct buf *out, struct err *err)
{
	size_t bound = libdeflate_gzip_compress_bound(z->into, bytes.n);
	char *room = buf_reserve(out, bound);
	size_t n = room ? libdeflate_gzip_compress(z->into, bytes.p ? bytes.p : "", bytes.n, room, bound)
	                : 0;

	if (n == 0)
		return err_set(err, ERR_NOMEM, 0, "gzip: no memory");
	out->n += n;
	out->p[out->n] = '\0';
	return 0;
}

/* What a member says of its length, modulo 2^32 (ISIZE). */
static uint32_t length_of(struct slice member)
{
	const unsigned char *p = (const unsigned char *)member.p + member.n - 4;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

int gzip_get(struct gzip *z, struct slice member, size_t limit, struct buf *out, struct err *err)
{
	size_t used = 0, got = 0;

	if (member.n < MEMBER_MIN)
		return err_set(err, ERR_SYNTAX, 0, "gzip: %zu bytes are no member", member.n);
	size_t length = length_of(member);
	if (length > limit)
		return err_set(err, ERR_LIMIT, 0, "gzip: a member of %zu bytes is over %zu", length, limit);
	/* One byte more than it says, so that one that holds more is told from one that is damaged. */
	char *room = buf_reserve(out, length + 1);
	if (!room)
		return err_set(err, ERR_NOMEM, 0, "gzip: no memory");
	enum libdeflate_result rc = libdeflate_gzip_decompress_ex(z->from, member.p, member.n, room,
	                                                          length + 1, &used, &got);
	if (rc != LIBDEFLATE_SUCCESS || used != member.n) {
		out->p[out->n] = '\0';
		return err_set(err, ERR_SYNTAX, 0, "gzip: the member is damaged");
	}
	out->n += got;
	out->p[out->n] = '\0';
	return 0;
}

uint32_t gzip_crc32(uint32_t crc, struct slice bytes)
{
	return bytes.n ? libdeflate_crc32(crc, bytes.p, bytes.n) : crc;
}

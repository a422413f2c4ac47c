#include "wire/gzip.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
	HEADER = 10, /* RFC 1952 2.3 */
	MEMBER_MIN = HEADER + 8,
	SAMPLE = 4096,
	SAMPLE_OF = 4 * SAMPLE, /* shorter ones are tried whole */
};

struct gzip {
	struct libdeflate_compressor *into; /* NULL: only reads */
	struct libdeflate_compressor *stored; /* level 0: blocks as they are */
	struct libdeflate_decompressor *from;
};

int gzip_new(int level, struct gzip **out, struct err *err)
{
	struct gzip *z = calloc(1, sizeof(*z));

	if (z) {
		z->into = level ? libdeflate_alloc_compressor(level) : NULL;
		z->stored = level ? libdeflate_alloc_compressor(0) : NULL;
		z->from = libdeflate_alloc_decompressor();
	}
	if (!z || !z->from || (level && (!z->into || !z->stored))) {
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
	libdeflate_free_compressor(z->stored);
	libdeflate_free_decompressor(z->from);
	free(z);
}

/* Pictures and what comes in a content coding do not get smaller. libdeflate would still find some
 * bits to save in the header before them and write the whole in Huffman codes, which are read at a
 * twentieth of the speed of stored blocks (doc/decision/0019). */
static bool is_dense(struct gzip *z, struct slice bytes, char *room, size_t bound)
{
	if (bytes.n < SAMPLE_OF || bound < SAMPLE)
		return false;
	size_t n = libdeflate_deflate_compress(z->into, bytes.p + bytes.n / 2, SAMPLE, room, SAMPLE);
	return n == 0 || n > SAMPLE / 100 * 97;
}

static bool is_worth_it(size_t n, size_t bytes)
{
	return n && n < bytes / 100 * 97;
}

int gzip_put(struct gzip *z, struct slice bytes, struct buf *out, struct err *err)
{
	const char *p = bytes.p ? bytes.p : "";
	size_t n = 0, bound = libdeflate_gzip_compress_bound(z->into, bytes.n),
	       bound_stored = libdeflate_gzip_compress_bound(z->stored, bytes.n);

	bound = bound > bound_stored ? bound : bound_stored;
	char *room = buf_reserve(out, bound);
	if (room && !is_dense(z, bytes, room, bound))
		n = libdeflate_gzip_compress(z->into, p, bytes.n, room, bound);
	if (room && bytes.n >= SAMPLE && !is_worth_it(n, bytes.n))
		n = libdeflate_gzip_compress(z->stored, p, bytes.n, room, bound);
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

/* RFC 1952 2.3: a header of ten bytes, without a name or the like. */
static bool is_bare(struct slice member)
{
	return memcmp(member.p, "\x1f\x8b\x08\0", 4) == 0;
}

static int get(struct gzip *z, struct slice member, size_t limit, bool summed, struct buf *out,
               struct err *err)
{
	size_t used = 0, got = 0;
	enum libdeflate_result rc;

	if (member.n < MEMBER_MIN)
		return err_set(err, ERR_SYNTAX, 0, "gzip: %zu bytes are no member", member.n);
	size_t length = length_of(member);
	if (length > limit)
		return err_set(err, ERR_LIMIT, 0, "gzip: a member of %zu bytes is over %zu", length, limit);
	/* One byte more than it says, so that one that holds more is told from one that is damaged.
	 * */
	char *room = buf_reserve(out, length + 1);
	if (!room)
		return err_set(err, ERR_NOMEM, 0, "gzip: no memory");
	if (!summed && is_bare(member)) {
		rc = libdeflate_deflate_decompress_ex(z->from, member.p + HEADER, member.n - MEMBER_MIN,
		                                      room, length + 1, &used, &got);
		used += MEMBER_MIN;
		if (got != length)
			rc = LIBDEFLATE_BAD_DATA;
	} else {
		rc = libdeflate_gzip_decompress_ex(z->from, member.p, member.n, room, length + 1, &used,
		                                   &got);
	}
	if (rc != LIBDEFLATE_SUCCESS || used != member.n) {
		out->p[out->n] = '\0';
		return err_set(err, ERR_SYNTAX, 0, "gzip: the member is damaged");
	}
	out->n += got;
	out->p[out->n] = '\0';
	return 0;
}

int gzip_get(struct gzip *z, struct slice member, size_t limit, struct buf *out, struct err *err)
{
	return get(z, member, limit, true, out, err);
}

int gzip_get_unsummed(struct gzip *z, struct slice member, size_t limit, struct buf *out,
                      struct err *err)
{
	return get(z, member, limit, false, out, err);
}

uint32_t gzip_crc32(uint32_t crc, struct slice bytes)
{
	return bytes.n ? libdeflate_crc32(crc, bytes.p, bytes.n) : crc;
}

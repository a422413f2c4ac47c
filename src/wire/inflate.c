#include "wire/inflate.h"

#include <limits.h>
#include <zlib.h>

enum { STEP = 64 << 10, SKIP = 4 /* times the limit */ };

int inflate_stream(enum inflate_form form, struct slice in, size_t limit, struct buf *out,
                   size_t *used, bool *ended, struct err *err)
{
	static const int bits[] = { [INFLATE_GZIP] = 15 + 16, [INFLATE_ZLIB] = 15,
		                    [INFLATE_RAW] = -15 };
	unsigned char step[STEP];
	z_stream z = { 0 };
	size_t got = 0, fed = 0;
	int rc = Z_OK;

	*ended = false;
	*used = in.n;
	if (inflateInit2(&z, bits[form]) != Z_OK)
		return err_set(err, ERR_NOMEM, 0, "inflate: no memory");
	/* z_stream counts in unsigned int: feed at most that much at a time. */
	for (;;) {
		if (z.avail_in == 0 && fed < in.n) {
			size_t left = in.n - fed;
			z.next_in = (unsigned char *)(size_t)(in.p + fed);
			z.avail_in = left > INT_MAX ? INT_MAX : (unsigned)left;
			fed += z.avail_in;
		}
		z.next_out = step;
		z.avail_out = sizeof(step);
		rc = inflate(&z, Z_NO_FLUSH);
		size_t n = sizeof(step) - z.avail_out, room = got < limit ? limit - got : 0;
		buf_put(out, slice_from((char *)step, n < room ? n : room));
		got += n;
		if (rc != Z_OK || got / SKIP > limit)
			break;
	}
	*ended = rc == Z_STREAM_END;
	if (*ended)
		*used = fed - z.avail_in;
	inflateEnd(&z);
	if (rc == Z_MEM_ERROR || !buf_ok(out))
		return err_set(err, ERR_NOMEM, 0, "inflate: no memory");
	if (got > limit)
		return err_set(err, ERR_LIMIT, 0, "inflate: more than %zu bytes", limit);
	return 0;
}

int gzip_member(struct slice bytes, struct buf *out, struct err *err)
{
	z_stream z = { 0 };
	size_t fed = 0;
	int rc = Z_OK;

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, ERR_NOMEM, 0, "gzip: no memory");
	while (rc == Z_OK) {
		if (z.avail_in == 0 && fed < bytes.n) {
			size_t left = bytes.n - fed;
			z.next_in = (unsigned char *)(size_t)(bytes.p + fed);
			z.avail_in = left > INT_MAX ? INT_MAX : (unsigned)left;
			fed += z.avail_in;
		}
		char *room = buf_reserve(out, STEP);
		if (!room)
			break;
		z.next_out = (unsigned char *)room;
		z.avail_out = STEP;
		rc = deflate(&z, fed == bytes.n ? Z_FINISH : Z_NO_FLUSH);
		out->n += STEP - z.avail_out;
	}
	deflateEnd(&z);
	return rc == Z_STREAM_END ? 0 : err_set(err, ERR_NOMEM, 0, "gzip: no memory");
}

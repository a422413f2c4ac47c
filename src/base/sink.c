#include "base/sink.h"

static int put_buf(void *ctx, struct slice s, struct err *err)
{
	struct buf *b = ctx;

	buf_put(b, s);
	if (!buf_ok(b))
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	return 0;
}

struct sink sink_to_buf(struct buf *b)
{
	return (struct sink){ put_buf, b };
}

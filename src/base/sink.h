/* Where a writer's bytes go, so that ten million lines stream in constant memory.
 *
 * put takes all of s or fails; after a failure the sink must not be used again. */
#ifndef BASE_SINK_H
#define BASE_SINK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct sink {
	int (*put)(void *ctx, struct slice s, struct err *err);
	void *ctx; /* not owned */
};

static inline int sink_put(struct sink s, struct slice bytes, struct err *err)
{
	return s.put(s.ctx, bytes, err);
}

/* A sink that appends to b; fails with ERR_NOMEM. */
struct sink sink_to_buf(struct buf *b);

#endif

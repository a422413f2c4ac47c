/* Handles of the store for the threads that answer: one each, taken and given back.
 *
 * A handle is for one thread at a time. They are opened when they are needed, to look only, and
 * kept; there are never more than threads. Any number of threads may use the pool. */
#ifndef CMD_SERVE_POOL_H
#define CMD_SERVE_POOL_H

#include "base/err.h"
#include "store/store.h"

struct serve_pool;

/* dir must outlive the pool. The first handle is opened, so that a store that is not there shows at
 * once: as store_open. */
int serve_pool_new(const char *dir, struct serve_pool **out, struct err *err);
void serve_pool_free(struct serve_pool *pool);

/* Take a handle; as store_open. Give it back in any case of success. While it is taken everything is
 * read as it was then: an answer is of one moment, and the database is locked once and not for
 * every query. */
int serve_pool_take(struct serve_pool *pool, struct store **out, struct err *err);

/* is_bad: a call on it failed in a way that may last (its file was replaced): it is closed, and the
 * next one is opened anew. */
void serve_pool_give(struct serve_pool *pool, struct store *store, bool is_bad);

#endif

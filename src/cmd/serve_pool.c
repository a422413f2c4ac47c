#include "cmd/serve_pool.h"

#include <pthread.h>
#include <stdlib.h>

enum { POOL_MAX = 64 }; /* idle handles that are kept */

struct serve_pool {
	const char *dir;
	pthread_mutex_t lock;
	struct store *idle[POOL_MAX];
	size_t n;
};

int serve_pool_new(const char *dir, struct serve_pool **out, struct err *err)
{
	struct serve_pool *pool = calloc(1, sizeof(*pool));
	struct store *first = NULL;

	if (!pool)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	pool->dir = dir;
	pthread_mutex_init(&pool->lock, NULL);
	int rc = serve_pool_take(pool, &first, err);
	if (rc) {
		serve_pool_free(pool);
		return rc;
	}
	serve_pool_give(pool, first, false);
	*out = pool;
	return 0;
}

void serve_pool_free(struct serve_pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i < pool->n; i++)
		store_close(pool->idle[i]);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

int serve_pool_take(struct serve_pool *pool, struct store **out, struct err *err)
{
	struct store *store = NULL;

	pthread_mutex_lock(&pool->lock);
	if (pool->n)
		store = pool->idle[--pool->n];
	pthread_mutex_unlock(&pool->lock);
	int rc = store ? 0 : store_open(pool->dir, STORE_READ, NULL, &store, err);
	if (rc == 0)
		rc = store_snapshot(store, err);
	if (rc)
		store_close(store);
	else
		*out = store;
	return rc;
}

void serve_pool_give(struct serve_pool *pool, struct store *store, bool is_bad)
{
	if (!is_bad) {
		store_snapshot_end(store);
		pthread_mutex_lock(&pool->lock);
		if (pool->n < POOL_MAX) {
			pool->idle[pool->n++] = store;
			store = NULL;
		}
		pthread_mutex_unlock(&pool->lock);
	}
	store_close(store);
}

#include "cmd/attempts.h"

#include "base/hash.h"
#include "sys/random.h"

#include <pthread.h>
#include <stdlib.h>

enum { PLACES = 8192 };

struct place {
	int64_t since; /* its window began */
	uint32_t failures;
};

struct attempts {
	pthread_mutex_t lock;
	struct hash_key key[2]; /* of addresses, of names */
	struct place place[2][PLACES];
};

static const uint32_t most[2] = { ATTEMPTS_ADDRESS, ATTEMPTS_NAME };

int attempts_new(struct attempts **out, struct err *err)
{
	struct attempts *a = calloc(1, sizeof(*a));

	if (!a)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	int rc = random_bytes((uint8_t *)a->key, sizeof(a->key), err);
	if (rc) {
		free(a);
		return rc;
	}
	pthread_mutex_init(&a->lock, NULL); /* cannot fail with default attributes on Linux */
	*out = a;
	return 0;
}

void attempts_free(struct attempts *a)
{
	if (!a)
		return;
	pthread_mutex_destroy(&a->lock);
	free(a);
}

static struct place *place_of(struct attempts *a, unsigned kind, struct slice s, int64_t now)
{
	struct place *p = &a->place[kind][hash_bytes(a->key[kind], s) % PLACES];

	/* A clock that was set back begins a new window too. */
	if (now - p->since >= ATTEMPTS_WINDOW_S || now < p->since)
		*p = (struct place){ now, 0 };
	return p;
}

int64_t attempts_wait(struct attempts *a, struct slice address, struct slice name, int64_t now)
{
	const struct slice what[2] = { address, name };
	int64_t wait = 0;

	pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < 2; i++) {
		const struct place *p = place_of(a, i, what[i], now);
		int64_t left = p->since + ATTEMPTS_WINDOW_S - now;
		if (p->failures >= most[i] && left > wait)
			wait = left;
	}
	pthread_mutex_unlock(&a->lock);
	return wait;
}

void attempts_failed(struct attempts *a, struct slice address, struct slice name, int64_t now)
{
	const struct slice what[2] = { address, name };

	pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < 2; i++) {
		struct place *p = place_of(a, i, what[i], now);
		if (p->failures < most[i])
			p->failures++;
	}
	pthread_mutex_unlock(&a->lock);
}

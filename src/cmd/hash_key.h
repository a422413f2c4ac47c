/* A key for a table whose keys come from outside (base/table.h): random, so that nobody can choose
 * keys that collide. What is derived from such a table never depends on it. */
#ifndef CMD_HASH_KEY_H
#define CMD_HASH_KEY_H

#include "base/err.h"
#include "base/hash.h"
#include "sys/random.h"

#include <string.h>

static inline int hash_key_random(struct hash_key *out, struct err *err)
{
	uint8_t b[sizeof(*out)];
	int rc = random_bytes(b, sizeof(b), err);

	if (rc == 0)
		memcpy(out, b, sizeof(b));
	return rc;
}

#endif

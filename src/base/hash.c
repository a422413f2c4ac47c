#include "base/hash.h"

static uint64_t rotl(uint64_t v, unsigned by)
{
	return v << by | v >> (64 - by);
}

static void round1(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

/* Little-endian load of n <= 8 bytes; compilers turn n = 8 into one load. */
static uint64_t load(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

uint64_t hash_bytes(struct hash_key key, struct slice s)
{
	uint64_t v[4] = { key.k0 ^ 0x736f6d6570736575u, key.k1 ^ 0x646f72616e646f6du,
		          key.k0 ^ 0x6c7967656e657261u, key.k1 ^ 0x7465646279746573u };
	const unsigned char *p = (const unsigned char *)s.p;
	size_t left = s.n;

	for (; left >= 8; p += 8, left -= 8) {
		uint64_t m = load(p, 8);
		v[3] ^= m;
		round1(v);
		v[0] ^= m;
	}
	uint64_t m = (uint64_t)s.n << 56 | (left ? load(p, left) : 0);
	v[3] ^= m;
	round1(v);
	v[0] ^= m;
	v[2] ^= 0xff;
	round1(v);
	round1(v);
	round1(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

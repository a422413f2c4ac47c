#include "wire/minhash.h"

#include "base/hash.h"
#include "base/utf8.h"

/* One of a family of mixings: the finisher of SplitMix64 over value and number. */
static uint32_t mix(uint64_t v, uint64_t number)
{
	v += number * UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ (v >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ (v >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((v ^ (v >> 31)) >> 32);
}

bool minhash_of(struct slice folded, struct minhash *out)
{
	static const struct hash_key key = { UINT64_C(0x61737361792f6d68), 1 };
	struct minhash m;
	size_t start[MINHASH_SHINGLE], n = 0; /* where the last characters begin */
	char text[MINHASH_SHINGLE * 4];

	memset(&m, 0xff, sizeof(m));
	folded = slice_sub(folded, 0, MINHASH_BYTES);
	for (size_t at = 0; at < folded.n;) {
		size_t from = at, length = 0;
		utf8_next(folded, &at);
		start[n++ % MINHASH_SHINGLE] = from;
		if (n < MINHASH_SHINGLE)
			continue;
		for (size_t i = start[n % MINHASH_SHINGLE]; i < at && length < sizeof(text); i++)
			text[length++] = folded.p[i] == '\n' ? ' ' : folded.p[i];
		uint64_t v = hash_bytes(key, slice_from(text, length));
		for (size_t i = 0; i < MINHASH_N; i++) {
			uint32_t h = mix(v, i + 1);
			if (h < m.minimum[i])
				m.minimum[i] = h;
		}
	}
	if (n < MINHASH_SHINGLE)
		return false;
	*out = m;
	return true;
}

uint32_t minhash_ppm(const struct minhash *a, const struct minhash *b)
{
	uint32_t same = 0;

	for (size_t i = 0; i < MINHASH_N; i++)
		same += a->minimum[i] == b->minimum[i];
	return same * (1000000 / MINHASH_N);
}

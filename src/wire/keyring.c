/* Each line is taken from its front: key, from, to. */
#include "wire/keyring.h"

#include <inttypes.h>

struct keyring keyring_of(const struct note_key *key)
{
	struct keyring ring = { .n = 1 };

	ring.key[0] = (struct keyring_key){ *key, 0, INT64_MAX };
	return ring;
}

struct slice keyring_name(const struct keyring *ring)
{
	return ring->n ? ring->key[0].key.name : SLICE("");
}

static bool same_key(const struct note_key *a, const struct note_key *b)
{
	return a->id == b->id && slice_eq(a->name, b->name) &&
	       memcmp(a->public.b, b->public.b, sizeof(a->public.b)) == 0;
}

struct keyring_key *keyring_find(struct keyring *ring, const struct note_key *key)
{
	for (size_t i = 0; i < ring->n; i++)
		if (same_key(&ring->key[i].key, key))
			return &ring->key[i];
	return NULL;
}

/* Decimal, no leading zeroes but "0" itself, at most INT64_MAX. */
static bool parse_size(struct slice s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 19 || (s.p[0] == '0' && s.n > 1))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0'); /* 19 digits fit */
	}
	*out = v;
	return v <= INT64_MAX;
}

static int parse_line(struct slice line, struct keyring_key *out, struct err *err)
{
	struct keyring_key k = { .to = INT64_MAX };
	struct slice rest = line, part = { 0 };

	slice_cut(&rest, ' ', &part);
	int rc = note_key_parse(part, &k.key, err);
	if (rc)
		return rc;
	if (line.n && line.p[line.n - 1] == ' ')
		return err_set(err, ERR_SYNTAX, 0, "keys: a line ends in a space");
	if (slice_cut(&rest, ' ', &part) && !parse_size(part, &k.from))
		return err_set(err, ERR_SYNTAX, 0, "keys: '%.*s' is no size of a tree",
		               SLICE_ARG(slice_sub(part, 0, 30)));
	if (slice_cut(&rest, ' ', &part) && !parse_size(part, &k.to))
		return err_set(err, ERR_SYNTAX, 0, "keys: '%.*s' is no size of a tree",
		               SLICE_ARG(slice_sub(part, 0, 30)));
	if (rest.n || k.to < k.from)
		return err_set(err, ERR_SYNTAX, 0, "keys: not a key, a first and a last size");
	*out = k;
	return 0;
}

int keyring_parse(struct slice text, struct keyring *out, struct err *err)
{
	struct keyring ring = { .n = 0 };
	struct slice rest = text, line;

	while (slice_cut(&rest, '\n', &line)) {
		struct keyring_key k;
		if (ring.n == KEYRING_MAX)
			return err_set(err, ERR_LIMIT, (size_t)(line.p - text.p),
			               "keys: over %d keys", KEYRING_MAX);
		int rc = parse_line(line, &k, err);
		if (rc == 0 && keyring_find(&ring, &k.key))
			rc = err_set(err, ERR_SYNTAX, 0, "keys: a key that is there twice");
		if (rc == 0 && ring.n && !slice_eq(k.key.name, keyring_name(&ring)))
			rc = err_set(err, ERR_SYNTAX, 0,
			             "keys: of two logs, '%.*s' and another",
			             SLICE_ARG(slice_sub(keyring_name(&ring), 0, 80)));
		if (rc) {
			if (err)
				err->at = (size_t)(line.p - text.p);
			return rc;
		}
		ring.key[ring.n++] = k;
	}
	if (ring.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "keys: there is none");
	*out = ring;
	return 0;
}

void keyring_format(const struct keyring *ring, struct buf *out)
{
	for (size_t i = 0; i < ring->n; i++) {
		const struct keyring_key *k = &ring->key[i];
		note_key_format(&k->key, out);
		buf_printf(out, " %" PRIu64, k->from);
		if (k->to != INT64_MAX)
			buf_printf(out, " %" PRIu64, k->to);
		buf_putc(out, '\n');
	}
}

int keyring_check(const struct keyring *ring, const struct note *note, uint64_t size,
                  struct err *err)
{
	const struct keyring_key *past = NULL;
	size_t good = 0;

	for (size_t i = 0; i < ring->n; i++) {
		const struct keyring_key *k = &ring->key[i];
		struct err why = { 0 };
		int rc = note_check(note, &k->key, &why);
		if (rc == 0 && size >= k->from && size <= k->to)
			good++;
		else if (rc == 0)
			past = k;
		if (rc && rc != ERR_NOTFOUND) {
			if (err)
				*err = why;
			return rc;
		}
	}
	if (good)
		return 0;
	if (past)
		return err_set(err, ERR_NOTFOUND, 0,
		               "signed by %.*s+%08" PRIx32 " alone, which does not sign for %" PRIu64
		               " entries",
		               SLICE_ARG(past->key.name), past->key.id, size);
	if (ring->n == 1)
		return note_check(note, &ring->key[0].key, err);
	return err_set(err, ERR_NOTFOUND, 0, "not signed by any of the %zu keys of %.*s", ring->n,
	               SLICE_ARG(keyring_name(ring)));
}

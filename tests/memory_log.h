/* A tiled log in memory, for tests: it can fail at the n-th write, and its files can be altered. */
#ifndef TEST_MEMORY_LOG_H
#define TEST_MEMORY_LOG_H

#include "check.h"

#include "account/ledger.h"
#include "base/buf.h"
#include "wire/tile_store.h"

#include <stdlib.h>

struct memory_file {
	char path[TILE_PATH_SIZE];
	struct buf bytes;
};

struct memory_log {
	struct memory_file *files; /* sorted by path */
	size_t n, cap;
	long writes_left; /* before the next write fails; below 0 = never */
	long writes;      /* done so far */
};

static inline struct memory_file *memory_find(struct memory_log *m, const char *path)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->files[i].path, path) == 0)
			return &m->files[i];
	return NULL;
}

static inline int memory_read(void *ctx, const char *path, size_t limit, struct buf *out,
                              struct err *err)
{
	struct memory_file *f = memory_find(ctx, path);

	if (!f)
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such file", path);
	if (f->bytes.n > limit)
		return err_set(err, ERR_LIMIT, limit, "%s: longer than %zu bytes", path, limit);
	buf_put(out, buf_slice(&f->bytes));
	return 0;
}

static inline void memory_put(struct memory_log *m, const char *path, struct slice bytes)
{
	struct memory_file *f = memory_find(m, path);

	if (!f) {
		if (m->n == m->cap) {
			m->cap = m->cap ? 2 * m->cap : 64;
			m->files = realloc(m->files, m->cap * sizeof(*m->files));
			assert_non_null(m->files);
		}
		size_t at = m->n++;
		while (at && strcmp(m->files[at - 1].path, path) > 0) {
			m->files[at] = m->files[at - 1];
			at--;
		}
		f = &m->files[at];
		*f = (struct memory_file){ 0 };
		snprintf(f->path, sizeof(f->path), "%s", path);
	}
	buf_clear(&f->bytes);
	buf_put(&f->bytes, bytes);
}

static inline void memory_remove(struct memory_log *m, const char *path)
{
	struct memory_file *f = memory_find(m, path);

	assert_non_null(f);
	buf_release(&f->bytes);
	size_t at = (size_t)(f - m->files);
	memmove(f, f + 1, (m->n - at - 1) * sizeof(*f));
	m->n--;
}

static inline int memory_write(void *ctx, const char *path, struct slice bytes, struct err *err)
{
	struct memory_log *m = ctx;

	if (m->writes_left == 0)
		return err_set(err, ERR_IO, 0, "%s: No space left on device", path);
	if (m->writes_left > 0)
		m->writes_left--;
	m->writes++;
	memory_put(m, path, bytes);
	return 0;
}

static inline int memory_sync(void *ctx, struct err *err)
{
	(void)ctx;
	(void)err;
	return 0;
}

static inline int memory_move(void *ctx, const char *from, const char *to, struct err *err)
{
	struct memory_log *m = ctx;
	struct memory_file *f = memory_find(m, from);
	struct buf bytes = { 0 };

	assert_non_null(f);
	buf_put(&bytes, buf_slice(&f->bytes));
	int rc = memory_write(m, to, buf_slice(&bytes), err);
	buf_release(&bytes);
	if (rc == 0)
		memory_remove(m, from);
	return rc;
}

static inline int memory_drop(void *ctx, const char *folder, struct err *err)
{
	struct memory_log *m = ctx;
	size_t n = strlen(folder);

	(void)err;
	for (size_t i = 0; i < m->n;)
		if (strncmp(m->files[i].path, folder, n) == 0 && m->files[i].path[n] == '/')
			memory_remove(m, m->files[i].path);
		else
			i++;
	return 0;
}

static inline int memory_trim(void *ctx, struct tile t, bool *any, struct err *err)
{
	struct memory_log *m = ctx;

	(void)err;
	*any = false;
	for (unsigned w = t.width + 1; w <= TILE_WIDTH; w++) {
		char path[TILE_PATH_SIZE];
		tile_path((struct tile){ t.level, t.index, w }, path);
		if (!memory_find(m, path))
			continue;
		*any = true;
		memory_remove(m, path);
	}
	return 0;
}

static inline int memory_walk(void *ctx, tile_seen_fn seen, void *arg, struct err *err)
{
	struct memory_log *m = ctx;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->n; i++)
		if (strncmp(m->files[i].path, "tile/", 5) == 0)
			rc = seen(arg, m->files[i].path, err);
	return rc;
}

static inline struct tile_store memory_files(struct memory_log *m)
{
	return (struct tile_store){ .read = memory_read, .write = memory_write,
		                    .put = memory_write, .sync = memory_sync, .move = memory_move,
		                    .drop = memory_drop, .trim = memory_trim, .walk = memory_walk, .ctx = m };
}

static inline void memory_init(struct memory_log *m)
{
	*m = (struct memory_log){ .writes_left = -1 };
}

static inline void memory_release(struct memory_log *m)
{
	for (size_t i = 0; i < m->n; i++)
		buf_release(&m->files[i].bytes);
	free(m->files);
	memory_init(m);
}

static inline void memory_copy(struct memory_log *to, const struct memory_log *from)
{
	memory_init(to);
	for (size_t i = 0; i < from->n; i++)
		memory_put(to, from->files[i].path, buf_slice(&from->files[i].bytes));
}

/* Entries that a test's store holds: "entry 17", with entry `altered` spelled otherwise. */
struct numbered_source {
	uint64_t altered;  /* UINT64_MAX = none */
	uint64_t too_long; /* entry with one byte too many; UINT64_MAX = none */
	uint64_t missing;  /* from here on nothing comes; UINT64_MAX = none */
};

static inline int numbered_read(void *ctx, uint64_t from, uint64_t to, ledger_entry_fn each,
                                void *arg, struct err *err)
{
	static const char long_entry[TILE_ENTRY_MAX + 1] = "long";
	const struct numbered_source *s = ctx;
	int rc = 0;

	for (uint64_t i = from; rc == 0 && i < to && i < s->missing; i++) {
		char entry[40];
		int n = snprintf(entry, sizeof(entry), "%s %llu",
		                 i == s->altered ? "Entry" : "entry", (unsigned long long)i);
		rc = i == s->too_long ? each(arg, slice_from(long_entry, sizeof(long_entry)), err)
		                      : each(arg, slice_from(entry, (size_t)n), err);
	}
	return rc;
}

static inline struct numbered_source numbered(void)
{
	return (struct numbered_source){ UINT64_MAX, UINT64_MAX, UINT64_MAX };
}

static inline struct ledger_source source_of(struct numbered_source *s, uint64_t size)
{
	return (struct ledger_source){ size, numbered_read, s };
}

/* A key that is the same in every run: of a seed of 32 bytes `fill`. */
static inline struct note_signer test_signer_of(const char *name, uint8_t fill)
{
	struct ed25519_seed seed;
	struct note_signer signer;

	memset(seed.b, fill, sizeof(seed.b));
	assert_int_equal(note_signer_init(slice_str(name), &seed, &signer, NULL), 0);
	return signer;
}

static inline struct note_signer test_signer(const char *name)
{
	return test_signer_of(name, 7);
}

/* The ring of one key, valid until the next call. */
static inline const struct keyring *ring_of(const struct note_key *key)
{
	static struct keyring ring;

	ring = keyring_of(key);
	return &ring;
}

/* Random tests print their seed; ASSAY_TEST_SEED repeats one. */
static inline uint64_t test_seed(void)
{
	const char *given = getenv("ASSAY_TEST_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 0) : 0;

	if (!given) {
		FILE *f = fopen("/dev/urandom", "rb");
		assert_non_null(f);
		assert_int_equal(fread(&seed, sizeof(seed), 1, f), 1);
		fclose(f);
	}
	printf("# seed: ASSAY_TEST_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

/* splitmix64 (S. Vigna, public domain), for test data only. */
static inline uint64_t test_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

#endif

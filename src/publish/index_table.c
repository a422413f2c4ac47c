/* Open addressing: slots of half a hash and a record's place, then the records. A key is compared
 * with the record's own bytes before anything is answered. */
#include "publish/index_table.h"

#include "publish/index_layout.h"
#include "wire/dname.h"

static int check_block(const struct index_span *s, uint64_t block, struct err *err)
{
	uint64_t from = block * INDEX_BLOCK;
	uint64_t n = s->n - from < INDEX_BLOCK ? s->n - from : INDEX_BLOCK;
	struct sha256 d = sha256_of(slice_from((const char *)s->p + from, n));

	if (memcmp(d.b, s->digests + block * SHA256_LEN, SHA256_LEN) != 0)
		return err_set(err, ERR_CORRUPT, from,
		               "index: block %llu of section %s is damaged", (unsigned long long)block,
		               s->name);
	/* Two threads may both have checked it: they found the same. */
	atomic_store_explicit(&s->checked[block], 1, memory_order_release);
	return 0;
}

/* Bytes at to at + n of a section, which may then be read. */
static inline int touch(const struct index_span *s, uint64_t at, uint64_t n, struct err *err)
{
	if (n > s->n || at > s->n - n)
		return err_set(err, ERR_CORRUPT, at, "index: section %s points outside of itself",
		               s->name);
	for (uint64_t b = at >> INDEX_BLOCK_BITS; n && b <= (at + n - 1) >> INDEX_BLOCK_BITS; b++) {
		if (atomic_load_explicit(&s->checked[b], memory_order_acquire))
			continue;
		int rc = check_block(s, b, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int damaged(const struct index_span *s, uint64_t at, const char *what, struct err *err)
{
	return err_set(err, ERR_CORRUPT, at, "index: section %s: %s", s->name, what);
}

int index_table_init(struct index_table *t, struct err *err)
{
	const struct index_span *s = &t->section;

	int rc = touch(s, 0, INDEX_TABLE_HEAD, err);
	if (rc)
		return rc;
	t->keys = index_u32(s->p);
	t->slots = index_u32(s->p + 4);
	t->longest = index_u32(s->p + 8);
	t->subjects = index_u32(s->p + 12);
	t->key = (struct hash_key){ index_u64(s->p + 16), index_u64(s->p + 24) };
	t->end = index_u64(s->p + 32);
	t->records = INDEX_TABLE_HEAD + (uint64_t)INDEX_SLOT * t->slots;
	if (t->slots <= t->keys || t->longest > INDEX_PROBE_MAX || t->records > t->end || t->end > s->n)
		return damaged(s, 0, "its head makes no sense", err);
	return 0;
}

static int read_record(const struct index_table *t, uint64_t at, struct index_record *out, struct err *err)
{
	const struct index_span *s = &t->section;

	if (at < t->records || at > t->end || t->end - at < INDEX_RECORD_HEAD)
		return damaged(s, at, "a slot points outside of the records", err);
	int rc = touch(s, at, INDEX_RECORD_HEAD, err);
	if (rc)
		return rc;
	const uint8_t *p = s->p + at;
	uint64_t key = index_u16(p), cells = p[2], borders = index_u32(p + 4);
	uint64_t n = INDEX_RECORD_HEAD + key + INDEX_CELL * cells + borders;
	if (key == 0 || cells == 0 || p[3] || n > t->end - at)
		return damaged(s, at, "a record is longer than its section", err);
	rc = touch(s, at, n, err);
	if (rc)
		return rc;
	*out = (struct index_record){
		.key = { (const char *)p + INDEX_RECORD_HEAD, key },
		.cell = p + INDEX_RECORD_HEAD + key,
		.cells = cells,
		.borders = { (const char *)p + INDEX_RECORD_HEAD + key + INDEX_CELL * cells, borders },
		.length = index_round(n, INDEX_UNIT),
	};
	return 0;
}

int index_table_find(const struct index_table *t, struct slice key, struct index_record *out,
                     struct err *err)
{
	const struct index_span *s = &t->section;
	uint64_t hash = hash_bytes(t->key, key);
	uint32_t slot = index_slot(hash, t->slots);

	for (uint32_t probe = 0; probe <= t->longest; probe++) {
		uint64_t at = INDEX_TABLE_HEAD + (uint64_t)INDEX_SLOT * slot;
		int rc = touch(s, at, INDEX_SLOT, err);
		if (rc)
			return rc;
		uint32_t record = index_u32(s->p + at + 4);
		if (record == 0)
			return 0;
		if (index_u32(s->p + at) == (uint32_t)hash) {
			rc = read_record(t, (uint64_t)record * INDEX_UNIT, out, err);
			if (rc)
				return rc;
			if (slice_eq(out->key, key))
				return 1;
		}
		slot = slot + 1 == t->slots ? 0 : slot + 1;
	}
	return 0;
}

int index_table_bars(const struct index_table *t, const struct index_record *r, struct slice labels,
                     struct err *err)
{
	const struct index_span *s = &t->section;
	uint8_t rule[INDEX_DEPTH_MAX]; /* by labels below the listed name: flags, and HERE */
	enum { HERE = 0x80 };
	size_t depth = 1;
	bool barred = false;
	struct slice rest = r->borders;

	if (labels.n == 0 || rest.n == 0)
		return 0;
	for (size_t i = 0; i < labels.n; i++)
		depth += labels.p[i] == '.';
	if (depth >= INDEX_DEPTH_MAX)
		return damaged(s, 0, "a name of over 127 labels", err);
	memset(rule, 0, depth + 1);
	while (rest.n) {
		size_t n = (uint8_t)rest.p[0];
		if (rest.n < INDEX_BORDER_HEAD + n)
			return damaged(s, 0, "a border is longer than its record", err);
		struct slice at = slice_sub(rest, INDEX_BORDER_HEAD, INDEX_BORDER_HEAD + n);
		if (n == 0 || dname_is_under(labels, at)) {
			size_t place = n > 0;
			for (size_t i = 0; i < n; i++)
				place += at.p[i] == '.';
			rule[place] = HERE | (uint8_t)rest.p[1];
		}
		rest = slice_sub(rest, INDEX_BORDER_HEAD + n, rest.n);
	}
	for (size_t i = 0; i <= depth; i++) {
		uint8_t flags = rule[i];
		if (!(flags & HERE) && i > 0)
			flags = (uint8_t)(rule[i - 1] >> 2 & 3); /* a wildcard */
		if (flags & SUFFIX_ICANN)
			return 1;
		/* The name asked for being a platform itself, its site is above all platforms. */
		if (flags & SUFFIX_PLATFORM)
			barred = i < depth;
	}
	return barred;
}

int index_table_cell(const struct index_table *t, const struct index_record *r, size_t i,
                     struct slice key, struct index_row *out, struct err *err)
{
	const struct index_span *s = &t->section;
	const uint8_t *p = r->cell + i * INDEX_CELL;
	unsigned class = p[3] & INDEX_CELL_CLASS;

	if (p[0] < 'A' || p[0] > 'Z' || p[1] < 'A' || p[1] > 'Z' || p[2] > SUBJECT_PREFIX ||
	    (class != INDEX_UNAPPROVED && class != INDEX_ROGUE))
		return damaged(s, (uint64_t)(p - s->p), "a cell makes no sense", err);
	*out = (struct index_row){
		.subject = { (enum subject_kind)p[2], key },
		.destination = { (char)p[0], (char)p[1], '\0' },
		.class = (enum index_class)class,
		.automatic = p[3] & INDEX_CELL_AUTOMATIC,
		.has_period = p[3] & INDEX_CELL_PERIOD,
		.period = (int64_t)index_u64(p + 12),
		.at = (int64_t)index_u64(p + 4),
	};
	memcpy(out->decision.b, p + 20, SHA256_LEN);
	return 0;
}

static int check_record(const struct index_table *t, uint32_t slot, struct err *err)
{
	const struct index_span *s = &t->section;
	uint64_t at = INDEX_TABLE_HEAD + (uint64_t)INDEX_SLOT * slot;
	struct index_record r, found;
	struct index_row row;
	int rc = read_record(t, (uint64_t)index_u32(s->p + at + 4) * INDEX_UNIT, &r, err);

	for (size_t i = 0; rc == 0 && i < r.cells; i++)
		rc = index_table_cell(t, &r, i, r.key, &row, err);
	if (rc == 0)
		rc = index_table_bars(t, &r, SLICE("x"), err);
	if (rc >= 0)
		rc = index_table_find(t, r.key, &found, err);
	if (rc < 0)
		return rc;
	return rc && found.key.p == r.key.p ? 0 : damaged(s, at, "a record cannot be found", err);
}

int index_table_check(const struct index_table *t, struct err *err)
{
	const struct index_span *s = &t->section;
	uint32_t keys = 0;
	int rc = touch(s, 0, s->n, err);

	for (uint32_t slot = 0; rc == 0 && slot < t->slots; slot++) {
		if (index_u32(s->p + INDEX_TABLE_HEAD + (uint64_t)INDEX_SLOT * slot + 4) == 0)
			continue;
		keys++;
		rc = check_record(t, slot, err);
	}
	if (rc)
		return rc;
	return keys == t->keys ? 0 : damaged(s, 0, "it does not hold as many names as it says", err);
}

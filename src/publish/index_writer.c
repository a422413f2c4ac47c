/* Rows are sorted by table, key, kind and destination. Then, per table: the records are drawn one
 * behind the other, the hash key is made of them, and the slots in front of them are filled in the
 * order of the records. Nothing depends on the order of arrival, the machine or the time. */
#include "publish/index_writer.h"

#include "base/arena.h"
#include "publish/index_layout.h"
#include "wire/dname.h"

#include <stdlib.h>

enum { KEY_MAX = 65535, CELLS_MAX = 255 };

struct index_writer {
	const struct suffixes *suffixes;
	struct suffix_rules *rules;
	struct index_row *row;
	size_t n, cap;
	struct arena arena; /* keys */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "index: no memory");
}

int index_writer_new(const struct suffixes *suffixes, struct index_writer **out, struct err *err)
{
	struct index_writer *w = calloc(1, sizeof(*w));
	int rc = w ? suffix_rules_new(suffixes, &w->rules, err) : no_memory(err);

	if (rc) {
		free(w);
		return rc;
	}
	w->suffixes = suffixes;
	*out = w;
	return 0;
}

void index_writer_free(struct index_writer *w)
{
	if (!w)
		return;
	suffix_rules_free(w->rules);
	free(w->row);
	arena_release(&w->arena);
	free(w);
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

int index_writer_add(struct index_writer *w, const struct index_row *row, struct err *err)
{
	const char *d = row->destination;

	if (!is_capital(d[0]) || !is_capital(d[1]) || d[2])
		return err_set(err, ERR_SYNTAX, 0, "index: a destination that is no country");
	if (row->class != INDEX_UNAPPROVED && row->class != INDEX_ROGUE)
		return err_set(err, ERR_SYNTAX, 0, "index: a class that is not listed");
	if (row->subject.key.n == 0 || row->subject.key.n > KEY_MAX)
		return err_set(err, ERR_LIMIT, 0, "index: a key of %zu bytes", row->subject.key.n);
	if (w->n == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 64;
		struct index_row *more = realloc(w->row, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		w->row = more;
		w->cap = cap;
	}
	struct slice key = arena_copy(&w->arena, row->subject.key);
	if (!key.p)
		return no_memory(err);
	w->row[w->n] = *row;
	if (!row->has_period)
		w->row[w->n].period = 0;
	w->row[w->n++].subject.key = key;
	return 0;
}

/* ---- order ---- */

static int by_key(const struct index_row *x, const struct index_row *y)
{
	size_t a = index_table_of(x->subject.kind), b = index_table_of(y->subject.kind);

	return a != b ? (a < b ? -1 : 1) : slice_cmp(x->subject.key, y->subject.key);
}

static int by_row(const void *a, const void *b)
{
	const struct index_row *x = a, *y = b;
	int c = by_key(x, y);

	if (c == 0 && x->subject.kind != y->subject.kind)
		c = x->subject.kind < y->subject.kind ? -1 : 1;
	return c ? c : memcmp(x->destination, y->destination, 2);
}

static bool same_cell(const struct index_row *x, const struct index_row *y)
{
	return by_row(x, y) == 0;
}

static bool same_row(const struct index_row *x, const struct index_row *y)
{
	return same_cell(x, y) && x->class == y->class && x->automatic == y->automatic &&
	       x->has_period == y->has_period && x->period == y->period && x->at == y->at &&
	       sha256_eq(x->decision, y->decision);
}

/* Sort, and leave one of rows that are equal. */
static int settle(struct index_writer *w, struct err *err)
{
	size_t kept = 0;

	if (w->n)
		qsort(w->row, w->n, sizeof(*w->row), by_row);
	for (size_t i = 0; i < w->n; i++) {
		const struct index_row *last = kept ? &w->row[kept - 1] : NULL;
		if (last && same_row(last, &w->row[i]))
			continue;
		if (last && same_cell(last, &w->row[i]))
			return err_set(err, ERR_SYNTAX, 0, "index: two listings of %.*s for %s",
			               SLICE_ARG(w->row[i].subject.key), w->row[i].destination);
		w->row[kept++] = w->row[i];
	}
	w->n = kept;
	return 0;
}

/* ---- numbers ---- */

static void put_number(struct buf *b, uint64_t v, unsigned bytes)
{
	char c[8];

	for (unsigned i = 0; i < bytes; i++)
		c[i] = (char)(v >> 8 * i);
	buf_put(b, slice_from(c, bytes));
}

static void put_zeros(struct buf *b, uint64_t n)
{
	while (n--)
		buf_putc(b, '\0');
}

static void put_digest(struct buf *b, struct sha256 d)
{
	buf_put(b, slice_from((const char *)d.b, SHA256_LEN));
}

/* ---- records ---- */

static void put_cell(struct buf *b, const struct index_row *r)
{
	unsigned flags = (unsigned)r->class | (r->automatic ? INDEX_CELL_AUTOMATIC : 0u) |
	                 (r->has_period ? INDEX_CELL_PERIOD : 0u);

	buf_put(b, slice_from(r->destination, 2));
	put_number(b, (uint64_t)r->subject.kind, 1);
	put_number(b, flags, 1);
	put_number(b, (uint64_t)r->at, 8);
	put_number(b, (uint64_t)r->period, 8);
	put_digest(b, r->decision);
}

static void put_border(struct buf *b, struct slice labels, unsigned flags)
{
	put_number(b, labels.n, 1);
	put_number(b, flags, 1);
	buf_put(b, labels);
}

/* What a wildcard right above a name says of it, where it has no rule of its own. */
static unsigned wildcard_above(const struct index_writer *w, struct slice name)
{
	struct slice parent = dname_parent(name);
	const struct suffix_rule *rule;

	if (parent.n == 0 || suffix_rules_under(w->rules, parent, &rule) == 0 ||
	    !slice_eq(rule->name, parent))
		return 0;
	return (rule->flags & SUFFIX_BELOW_ICANN ? SUFFIX_ICANN : 0u) |
	       (rule->flags & SUFFIX_BELOW_PLATFORM ? SUFFIX_PLATFORM : 0u);
}

/* The rules at or below a name, as labels below it. A name that is a registry's suffix answers for
 * nothing below it, whatever stands there. */
static int put_borders(const struct index_writer *w, struct slice key, struct buf *b, struct err *err)
{
	const struct suffix_rule *rule;
	size_t n = suffix_rules_under(w->rules, key, &rule);

	if (domain_of(w->suffixes, key).suffix.n == key.n) {
		put_border(b, SLICE(""), SUFFIX_ICANN);
		return 0;
	}
	if ((n == 0 || !slice_eq(rule->name, key)) && wildcard_above(w, key))
		put_border(b, SLICE(""), wildcard_above(w, key));
	for (size_t i = 0; i < n; i++) {
		size_t below = rule[i].name.n - key.n; /* with the dot between them */
		put_border(b, slice_sub(rule[i].name, 0, below ? below - 1 : 0), rule[i].flags);
	}
	return b->n > UINT32_MAX / 2 ? err_set(err, ERR_LIMIT, 0, "index: too many rules below %.*s",
	                                       SLICE_ARG(key))
	                             : 0;
}

/* Rows of one key; where it is both registrable and host, first those of what it is by today's
 * list. */
static void put_cells(const struct index_writer *w, const struct index_row *row, size_t n,
                      struct buf *b)
{
	size_t first = 0;

	if (index_table_of(row->subject.kind) == 0 &&
	    row[0].subject.kind != row[n - 1].subject.kind) {
		struct domain d = domain_of(w->suffixes, row->subject.key);
		bool registrable = !d.tenant.n && slice_eq(row->subject.key, d.registrable);
		while (!registrable && row[first].subject.kind == SUBJECT_REGISTRABLE)
			first++;
	}
	for (size_t i = 0; i < n; i++)
		put_cell(b, &row[(first + i) % n]);
}

struct drawing {
	uint32_t keys, subjects;
	struct buf at;      /* offsets of the records, uint64_t each */
	struct buf records;
};

static int draw_record(const struct index_writer *w, const struct index_row *row, size_t n,
                       struct drawing *d, struct err *err)
{
	struct slice key = row->subject.key;
	struct buf borders = { 0 };
	uint64_t at = d->records.n;
	int rc = index_table_of(row->subject.kind) ? 0 : put_borders(w, key, &borders, err);

	if (rc == 0 && n > CELLS_MAX)
		rc = err_set(err, ERR_LIMIT, 0, "index: %zu listings of %.*s", n, SLICE_ARG(key));
	if (rc == 0 && d->keys == UINT32_MAX)
		rc = err_set(err, ERR_LIMIT, 0, "index: too many names");
	if (rc == 0) {
		buf_put(&d->at, slice_from((const char *)&at, sizeof(at)));
		put_number(&d->records, key.n, 2);
		put_number(&d->records, n, 1);
		put_number(&d->records, 0, 1);
		put_number(&d->records, borders.n, 4);
		buf_put(&d->records, key);
		put_cells(w, row, n, &d->records);
		buf_put(&d->records, buf_slice(&borders));
		put_zeros(&d->records, index_round(d->records.n, INDEX_UNIT) - d->records.n);
		d->keys++;
		d->subjects += row[0].subject.kind != row[n - 1].subject.kind ? 2u : 1u;
		rc = buf_ok(&borders) && buf_ok(&d->at) && buf_ok(&d->records) ? 0 : no_memory(err);
	}
	buf_release(&borders);
	return rc;
}

/* ---- a table ---- */

struct slot {
	uint32_t hash, record;
};

/* Fill the slots; false when a key would stand too far from where it is looked for. */
static bool fill(const struct drawing *d, struct hash_key key,
                 uint64_t before, struct slot *slot, uint32_t slots, uint32_t *longest)
{
	*longest = 0;
	memset(slot, 0, slots * sizeof(*slot));
	for (uint32_t i = 0; i < d->keys; i++) {
		uint64_t offset;
		memcpy(&offset, d->at.p + i * sizeof(offset), sizeof(offset));
		const uint8_t *record = (const uint8_t *)d->records.p + offset;
		uint64_t hash = hash_bytes(key, slice_from((const char *)record + INDEX_RECORD_HEAD,
		                                           index_u16(record)));
		uint32_t at = index_slot(hash, slots), probe = 0;
		for (; slot[at].record; probe++)
			at = at + 1 == slots ? 0 : at + 1;
		if (probe > *longest)
			*longest = probe;
		slot[at] = (struct slot){ (uint32_t)hash, (uint32_t)((before + offset) / INDEX_UNIT) };
	}
	return *longest <= INDEX_PROBE_MAX;
}

static int draw_table(uint32_t id, const struct drawing *d, struct buf *out, struct err *err)
{
	uint64_t slots = (uint64_t)d->keys + d->keys / 3 * 2 + 1; /* at most six tenths are taken */
	uint64_t before = INDEX_TABLE_HEAD + INDEX_SLOT * slots;
	uint32_t longest = 0;
	struct hash_key key = { 0, 0 };
	uint8_t turn = 0;

	if (slots > UINT32_MAX || (before + d->records.n) / INDEX_UNIT > UINT32_MAX)
		return err_set(err, ERR_LIMIT, 0, "index: a section would be over 32 GiB");
	struct slot *slot = calloc(slots, sizeof(*slot));
	if (!slot)
		return no_memory(err);
	do {
		key = index_hash_key(id, turn, buf_slice(&d->records));
	} while (!fill(d, key, before, slot, (uint32_t)slots, &longest) && ++turn);
	if (longest > INDEX_PROBE_MAX) {
		free(slot);
		return err_set(err, ERR_LIMIT, 0, "index: no hash key spreads these names");
	}
	put_number(out, d->keys, 4);
	put_number(out, slots, 4);
	put_number(out, longest, 4);
	put_number(out, d->subjects, 4);
	put_number(out, key.k0, 8);
	put_number(out, key.k1, 8);
	put_number(out, before + d->records.n, 8);
	put_zeros(out, 24);
	for (uint64_t i = 0; i < slots; i++) {
		put_number(out, slot[i].hash, 4);
		put_number(out, slot[i].record, 4);
	}
	free(slot);
	buf_put(out, buf_slice(&d->records));
	put_zeros(out, index_round(out->n, INDEX_ALIGN) - out->n);
	return buf_ok(out) ? 0 : no_memory(err);
}

/* ---- the file ---- */

static int put_head(const struct index_section *section, size_t n, struct buf *out)
{
	struct buf digests = { 0 };
	uint64_t at = INDEX_HEAD + INDEX_ENTRY * n, note;

	for (size_t i = 0; i < n; i++)
		at += SHA256_LEN * index_blocks(section[i].content.n);
	note = at;
	for (size_t i = 0; i < n; i++)
		note += section[i].content.n;
	buf_puts(out, INDEX_MAGIC);
	put_number(out, INDEX_VERSION, 4);
	put_number(out, n, 4);
	put_number(out, note, 8);
	put_zeros(out, 8);
	for (size_t i = 0; i < n; i++) {
		struct slice content = section[i].content;
		size_t from = digests.n;
		for (size_t k = 0; k < content.n; k += INDEX_BLOCK)
			put_digest(&digests, sha256_of(slice_sub(content, k, k + INDEX_BLOCK)));
		put_number(out, section[i].id, 4);
		put_number(out, section[i].flags, 4);
		put_number(out, at, 8);
		put_number(out, content.n, 8);
		put_zeros(out, 8);
		put_digest(out, sha256_of(slice_sub(buf_slice(&digests), from, digests.n)));
		at += content.n;
	}
	buf_put(out, buf_slice(&digests));
	int ok = buf_ok(&digests) && buf_ok(out);
	buf_release(&digests);
	return ok ? 0 : ERR_NOMEM;
}

int index_seal(const struct index_section *sections, size_t n, const struct index_about *about,
               const struct note_signer *signer, struct buf *out, struct sha256 *root,
               struct err *err)
{
	struct index_about signed_ = *about;
	struct buf text = { 0 };

	if (n == 0 || n > INDEX_SECTIONS_MAX)
		return err_set(err, ERR_LIMIT, 0, "index: %zu sections", n);
	if (put_head(sections, n, out))
		return no_memory(err);
	signed_.root = index_root(slice_sub(buf_slice(out), 0, INDEX_HEAD + INDEX_ENTRY * n));
	for (size_t i = 0; i < n; i++)
		buf_put(out, sections[i].content);
	int rc = index_put_note(&signed_, &text, err);
	if (rc == 0)
		rc = note_sign(buf_slice(&text), signer, out, err);
	if (rc == 0 && !buf_ok(out))
		rc = no_memory(err);
	if (rc == 0 && root)
		*root = signed_.root;
	buf_release(&text);
	return rc;
}

/* The rows of one table, from *at on. */
static int draw_section(struct index_writer *w, size_t table, size_t *at, struct buf *content,
                        uint64_t *subjects, struct err *err)
{
	struct drawing d = { 0 };
	int rc = 0;

	while (rc == 0 && *at < w->n && index_table_of(w->row[*at].subject.kind) == table) {
		size_t n = 1;
		while (*at + n < w->n && by_key(&w->row[*at], &w->row[*at + n]) == 0)
			n++;
		rc = draw_record(w, w->row + *at, n, &d, err);
		*at += n;
	}
	if (rc == 0)
		rc = draw_table((uint32_t)table + 1, &d, content, err);
	*subjects += d.subjects;
	buf_release(&d.at);
	buf_release(&d.records);
	return rc;
}

int index_writer_end(struct index_writer *w, uint64_t ledger_size, int64_t time,
                     const struct note_signer *signer, struct buf *out, struct index_about *about,
                     struct err *err)
{
	struct index_about a = { .origin = signer->key.name, .ledger_size = ledger_size,
		                 .time = time, .suffixes = suffixes_digest(w->suffixes) };
	struct buf content[INDEX_TABLES] = { { 0 } };
	struct index_section section[INDEX_TABLES];
	size_t at = 0;
	int rc = settle(w, err);

	for (size_t i = 0; rc == 0 && i < INDEX_TABLES; i++)
		rc = draw_section(w, i, &at, &content[i], &a.entries, err);
	for (size_t i = 0; i < INDEX_TABLES; i++)
		section[i] = (struct index_section){ (uint32_t)i + 1, INDEX_SECTION_NEEDED,
			                             buf_slice(&content[i]) };
	if (rc == 0)
		rc = index_seal(section, INDEX_TABLES, &a, signer, out, &a.root, err);
	if (rc == 0 && about)
		*about = a;
	for (size_t i = 0; i < INDEX_TABLES; i++)
		buf_release(&content[i]);
	return rc;
}

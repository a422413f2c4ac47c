/* The head: sections, and the note that signs them. What is in a section is index_table's. */
#include "publish/index.h"

#include "publish/index_layout.h"
#include "publish/index_table.h"
#include "wire/dname.h"

#include <stdatomic.h>
#include <stdlib.h>

struct index {
	struct slice bytes;
	struct index_about about;
	struct index_table table[INDEX_TABLES];
	atomic_uchar *checked; /* owned: of all sections */
};

static const char *const table_names[INDEX_TABLES] = { "names", "urls", "addresses" };

const char *index_class_name(enum index_class c)
{
	return c == INDEX_ROGUE ? "rogue" : "unapproved";
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "index: no memory");
}

/* ---- opening ---- */

static int corrupt(const char *what, struct err *err)
{
	return err_set(err, ERR_CORRUPT, 0, "index: %s", what);
}

/* The note, and what it says; that it covers this head. */
static int read_note(struct slice bytes, struct slice head, uint64_t at, const struct note_key *key,
                     struct index_about *out, struct err *err)
{
	struct note note;
	struct slice text = slice_sub(bytes, at, bytes.n);
	struct err why = { 0 };

	if (text.n > INDEX_NOTE_MAX || note_parse(text, &note, &why) < 0)
		return corrupt("the signed note at its end cannot be read", err);
	int rc = key ? note_check(&note, key, &why) : 0;
	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_REFUSED, 0, "index: it is not signed by %.*s",
		               SLICE_ARG(key->name));
	if (rc)
		return rc == ERR_NOMEM ? no_memory(err) : corrupt("its signature is wrong", err);
	rc = index_parse_note(note.text, out, err);
	if (rc == 0 && key && !slice_eq(out->origin, key->name))
		return corrupt("its origin is not the name of its key", err);
	if (rc == 0 && !sha256_eq(out->root, index_root(head)))
		return corrupt("its head is damaged", err);
	return rc;
}

/* Walk the sections of a checked head. blocks: how many there are; then, with the bitmap there,
 * a second walk fills the tables in. */
static int read_sections(struct index *ix, uint32_t sections, uint64_t note, uint64_t *blocks,
                         struct err *err)
{
	const uint8_t *p = (const uint8_t *)ix->bytes.p;
	uint64_t digests = INDEX_HEAD + (uint64_t)INDEX_ENTRY * sections, at = digests, count = 0;

	for (uint32_t i = 0; i < sections; i++) {
		uint64_t n = index_u64(p + INDEX_HEAD + INDEX_ENTRY * i + 16);
		if (n == 0 || n % INDEX_ALIGN || n > note)
			return corrupt("a section has an impossible length", err);
		at += SHA256_LEN * index_blocks(n);
	}
	if (at > note)
		return corrupt("its sections are longer than it is", err);
	for (uint32_t i = 0; i < sections; i++) {
		const uint8_t *e = p + INDEX_HEAD + INDEX_ENTRY * i;
		uint32_t id = index_u32(e), flags = index_u32(e + 4);
		uint64_t n = index_u64(e + 16), own = index_blocks(n);
		struct slice list = { (const char *)p + digests, SHA256_LEN * own };
		if (index_u64(e + 8) != at || n > note - at)
			return corrupt("its sections do not lie one behind the other", err);
		if (!ix->checked && memcmp(sha256_of(list).b, e + 32, SHA256_LEN) != 0)
			return err_set(err, ERR_CORRUPT, digests,
			               "index: the digests of section %u are damaged", (unsigned)id);
		if (id >= 1 && id <= INDEX_TABLES && ix->table[id - 1].section.p && !ix->checked)
			return corrupt("a section is there twice", err);
		if (id >= 1 && id <= INDEX_TABLES) {
			ix->table[id - 1].section = (struct index_span){
				table_names[id - 1], p + at, n, p + digests,
				ix->checked ? ix->checked + count : NULL,
			};
		} else if (flags & INDEX_SECTION_NEEDED) {
			return err_set(err, ERR_REFUSED, 0,
			               "index: section %u is not known to this program: use a newer one",
			               (unsigned)id);
		}
		at += n;
		digests += list.n;
		count += own;
	}
	*blocks = count;
	return at == note ? 0 : corrupt("bytes lie between its sections and its note", err);
}

int index_open(struct slice bytes, const struct note_key *key, struct index **out, struct err *err)
{
	const uint8_t *p = (const uint8_t *)bytes.p;

	if (bytes.n < INDEX_HEAD || memcmp(p, INDEX_MAGIC, 8) != 0)
		return corrupt("this is no index of assay", err);
	uint32_t version = index_u32(p + 8), sections = index_u32(p + 12);
	uint64_t note = index_u64(p + 16), blocks = 0;
	if (version != INDEX_VERSION)
		return err_set(err, ERR_REFUSED, 8,
		               "index: format version %u is not known to this program, which reads %d",
		               (unsigned)version, INDEX_VERSION);
	if (sections == 0 || sections > INDEX_SECTIONS_MAX || note >= bytes.n ||
	    note < INDEX_HEAD + (uint64_t)INDEX_ENTRY * sections)
		return corrupt("it is cut short, or its head is damaged", err);
	struct slice head = slice_sub(bytes, 0, INDEX_HEAD + (size_t)INDEX_ENTRY * sections);
	struct index *ix = calloc(1, sizeof(*ix));
	if (!ix)
		return no_memory(err);
	ix->bytes = bytes;
	int rc = read_note(bytes, head, note, key, &ix->about, err);
	if (rc == 0)
		rc = read_sections(ix, sections, note, &blocks, err);
	if (rc == 0) {
		ix->checked = calloc(blocks, sizeof(*ix->checked));
		rc = ix->checked ? read_sections(ix, sections, note, &blocks, err) : no_memory(err);
	}
	uint64_t entries = 0;
	for (size_t i = 0; rc == 0 && i < INDEX_TABLES; i++) {
		rc = ix->table[i].section.p
		             ? index_table_init(&ix->table[i], err)
		             : err_set(err, ERR_REFUSED, 0,
		                       "index: it has no section %s that this program knows: use a "
		                       "newer one",
		                       table_names[i]);
		entries += ix->table[i].subjects;
	}
	if (rc == 0 && entries != ix->about.entries)
		rc = corrupt("it does not hold as many entries as its note says", err);
	if (rc) {
		index_close(ix);
		return rc;
	}
	*out = ix;
	return 0;
}

void index_close(struct index *ix)
{
	if (!ix)
		return;
	free(ix->checked);
	free(ix);
}

const struct index_about *index_about(const struct index *ix)
{
	return &ix->about;
}

/* ---- a subject ---- */

struct asking {
	const struct index *ix;
	struct arena *arena;
	struct index_answer answer;
};

static int take_cells(struct asking *a, const struct index_table *t, const struct index_record *r,
                      struct slice key, struct err *err)
{
	size_t n = a->answer.n + r->cells;
	struct index_row *row = arena_array(a->arena, n, sizeof(*row));
	int rc = 0;

	if (!row)
		return no_memory(err);
	if (a->answer.n)
		memcpy(row, a->answer.row, a->answer.n * sizeof(*row));
	for (size_t i = 0; rc == 0 && i < r->cells; i++)
		rc = index_table_cell(t, r, i, key, &row[a->answer.n + i], err);
	a->answer = (struct index_answer){ row, n };
	return rc;
}

/* A key whose listing speaks for the subject wherever it is in its chain: a url or an address. */
static int ask_key(struct asking *a, struct subject of, struct err *err)
{
	const struct index_table *t = &a->ix->table[index_table_of(of.kind)];
	struct index_record r;
	int rc = index_table_find(t, of.key, &r, err);

	return rc > 0 ? take_cells(a, t, &r, of.key, err) : rc;
}

/* A name and each above it. The last label alone can be listed, and answers for itself only. */
static int ask_name(struct asking *a, struct slice name, struct err *err)
{
	const struct index_table *t = &a->ix->table[0];

	for (struct slice at = name; at.n; at = dname_parent(at)) {
		struct index_record r;
		if (at.n < name.n && slice_find(at, '.') == at.n)
			break;
		int rc = index_table_find(t, at, &r, err);
		if (rc > 0) {
			size_t above = name.n - at.n; /* with the dot between them */
			rc = index_table_bars(t, &r, slice_sub(name, 0, above ? above - 1 : 0), err);
			if (rc == 0)
				rc = take_cells(a, t, &r, at, err);
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

int index_find(const struct index *ix, struct subject of, struct arena *arena,
               struct index_answer *out, struct err *err)
{
	struct asking a = { .ix = ix, .arena = arena };
	struct subject *chain = NULL;
	size_t n = 0;
	int rc = 0;

	if (index_table_of(of.kind) == 0) {
		rc = ask_name(&a, of.key, err);
	} else {
		/* Without a list the chain has every name that the real one has. The first name in
		 * it is the host, and ask_name walks on from there. */
		rc = subject_chain(of, NULL, arena, &chain, &n, err);
		for (size_t i = 0; rc == 0 && i < n; i++) {
			if (index_table_of(chain[i].kind) == 0) {
				rc = ask_name(&a, chain[i].key, err);
				break;
			}
			rc = ask_key(&a, chain[i], err);
		}
	}
	if (rc == 0)
		*out = a.answer;
	return rc;
}

/* ---- everything ---- */

int index_check(const struct index *ix, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < INDEX_TABLES; i++)
		rc = index_table_check(&ix->table[i], err);
	return rc;
}

int index_open_whole(void *ctx, struct slice bytes, void **out, struct err *err)
{
	struct index *ix = NULL;
	int rc = index_open(bytes, ctx, &ix, err);

	if (rc == 0)
		rc = index_check(ix, err);
	if (rc) {
		index_close(ix);
		return rc;
	}
	*out = ix;
	return 0;
}

void index_close_any(void *ix)
{
	index_close(ix);
}

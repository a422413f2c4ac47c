/* A lookup index. The first byte chooses:
 *
 *   'F'     the rest is a whole file, opened unsigned: head, note, digests
 *   others  the rest is three tables behind two lengths (4 bytes each, little-endian), sealed with
 *           right digests and a right signature: what only its publisher could hand out, and what
 *           digests would otherwise keep from the fuzzer
 *
 * Whatever is opened is asked, and answers with what was asked for or refuses. */
#include "model/subject.h"
#include "publish/index.h"
#include "publish/index_layout.h"
#include "publish/index_writer.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const asked[] = {
	"pills.example", "www.pills.example", "a.b.c.d.pills.example", "x.shops.example", "com",
	"www.x.co.uk", "https://charity.example/shop/a/b", "192.0.2.1", "2001:db8::7",
};

/* A row answers for what was asked: its key is the name or one above it, or has its kind. */
static void check_row(struct subject of, const struct index_row *row)
{
	struct slice key = row->subject.key;

	if (row->class != INDEX_UNAPPROVED && row->class != INDEX_ROGUE)
		abort();
	if (of.kind == SUBJECT_REGISTRABLE || of.kind == SUBJECT_HOST)
		if (!slice_ends(of.key, key) ||
		    (key.n < of.key.n && of.key.p[of.key.n - key.n - 1] != '.'))
			abort();
}

static void ask(const struct index *ix)
{
	struct err err = { 0 };
	bool whole = index_check(ix, &err) == 0;

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct arena a = { 0 };
		struct subject of;
		struct index_answer got = { 0 };
		if (subject_parse(slice_str(asked[i]), NULL, &a, &of, NULL))
			abort();
		int rc = index_find(ix, of, &a, &got, &err);
		if (rc && rc != ERR_CORRUPT && rc != ERR_NOMEM)
			abort();
		if (rc && whole && rc != ERR_NOMEM)
			abort(); /* what was checked before it was served never fails later */
		for (size_t k = 0; rc == 0 && k < got.n; k++)
			check_row(of, &got.row[k]);
		arena_release(&a);
	}
}

static void try_file(struct slice file, const struct note_key *key)
{
	struct index *ix = NULL;
	struct err err = { 0 };
	int rc = index_open(file, key, &ix, &err);

	if (rc == 0)
		ask(ix);
	else if (rc != ERR_CORRUPT && rc != ERR_REFUSED && rc != ERR_NOMEM)
		abort();
	index_close(ix);
}

/* A section has a multiple of 32 bytes, and at least a table's head. */
static void put_section(struct slice content, struct buf *out)
{
	buf_put(out, content);
	while (out->n < INDEX_TABLE_HEAD || out->n % INDEX_ALIGN)
		buf_putc(out, '\0');
}

static void try_tables(struct slice in)
{
	static const struct ed25519_seed seed = { .b = { 7 } };
	struct index_section section[INDEX_TABLES];
	struct buf content[INDEX_TABLES] = { { 0 } }, file = { 0 };
	struct note_signer signer;
	struct index_about about = { .origin = SLICE("demo.example/ledger"), .ledger_size = 1 };

	if (in.n < 8)
		return;
	size_t first = index_u32((const uint8_t *)in.p), second = index_u32((const uint8_t *)in.p + 4);
	in = slice_sub(in, 8, in.n);
	first = first < in.n ? first : in.n;
	second = second < in.n - first ? second : in.n - first;
	put_section(slice_sub(in, 0, first), &content[0]);
	put_section(slice_sub(in, first, first + second), &content[1]);
	put_section(slice_sub(in, first + second, in.n), &content[2]);
	for (size_t i = 0; i < INDEX_TABLES; i++) {
		section[i] = (struct index_section){ (uint32_t)i + 1, INDEX_SECTION_NEEDED,
			                             buf_slice(&content[i]) };
		about.entries += index_u32((const uint8_t *)content[i].p + 12);
	}
	if (note_signer_init(about.origin, &seed, &signer, NULL) == 0 &&
	    index_seal(section, INDEX_TABLES, &about, &signer, &file, NULL, NULL) == 0)
		try_file(buf_slice(&file), &signer.key);
	for (size_t i = 0; i < INDEX_TABLES; i++)
		buf_release(&content[i]);
	buf_release(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);

	if (size == 0)
		return 0;
	if (in.p[0] == 'F')
		try_file(slice_sub(in, 1, in.n), NULL);
	else
		try_tables(slice_sub(in, 1, in.n));
	return 0;
}

/* Where things lie in a lookup index: what reader and writer share. doc/format/index.md draws it.
 *
 * All numbers are little-endian. */
#ifndef PUBLISH_INDEX_LAYOUT_H
#define PUBLISH_INDEX_LAYOUT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "model/subject.h"
#include "publish/index.h"

#include <stddef.h>
#include <stdint.h>

#define INDEX_MAGIC "assayidx"

enum {
	INDEX_VERSION = 1,

	/* head: magic 8, version 4, sections 4, offset of the note 8, zero 8 */
	INDEX_HEAD = 32,
	/* a section in the head: id 4, flags 4, offset 8, length 8, zero 8, digest 32 */
	INDEX_ENTRY = 64,
	INDEX_SECTIONS_MAX = 64,
	INDEX_SECTION_NEEDED = 1, /* who does not know it must refuse the file */
	INDEX_ALIGN = 32,         /* sections have whole multiples of it */
	INDEX_NOTE_MAX = 1 << 16, /* bytes */
	INDEX_BLOCK_BITS = 16,    /* 64 KiB: what one SHA-256 covers */
	INDEX_BLOCK = 1 << INDEX_BLOCK_BITS,

	/* ids: three tables of one form, by the kind of key */
	INDEX_NAMES = 1,     /* registrable and host */
	INDEX_URLS = 2,
	INDEX_ADDRESSES = 3, /* ip and prefix */
	INDEX_TABLES = 3,

	/* a table's head: keys 4, slots 4, longest probe 4, subjects 4, hash key 16, bytes used 8,
	 * zero 24 */
	INDEX_TABLE_HEAD = 64,
	INDEX_SLOT = 8,        /* low half of the hash 4, record's offset / 8 or 0 = free 4 */
	INDEX_PROBE_MAX = 1023,
	INDEX_UNIT = 8,        /* records begin at multiples of it */
	/* a record: key length 2, cells 1, zero 1, bytes of borders 4; key; cells; borders */
	INDEX_RECORD_HEAD = 8,
	/* a cell: destination 2, kind 1, class and flags 1, decided at 8, period 8, record id 32 */
	INDEX_CELL = 52,
	INDEX_CELL_CLASS = 0x0f,
	INDEX_CELL_AUTOMATIC = 0x10,
	INDEX_CELL_PERIOD = 0x20,
	/* a border: length 1, flags 1 (enum suffix_flags), labels below the key */
	INDEX_BORDER_HEAD = 2,
	INDEX_DEPTH_MAX = 128, /* labels of a name: 253 octets hold 127 */
};

static inline uint16_t index_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t index_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t index_u64(const uint8_t *p)
{
	return index_u32(p) | (uint64_t)index_u32(p + 4) << 32;
}

static inline uint64_t index_round(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

/* Digests of blocks that a section of n bytes has. */
static inline uint64_t index_blocks(uint64_t n)
{
	return n / INDEX_BLOCK + (n % INDEX_BLOCK != 0);
}

/* The slot that a key is looked for first: the upper half of its hash, scaled. */
static inline uint32_t index_slot(uint64_t hash, uint32_t slots)
{
	return (uint32_t)((hash >> 32) * slots >> 32);
}

/* The table that holds a kind, 0 to INDEX_TABLES - 1; its section's id is one more. */
static inline size_t index_table_of(enum subject_kind kind)
{
	return kind == SUBJECT_URL ? 1 : kind == SUBJECT_IP || kind == SUBJECT_PREFIX ? 2 : 0;
}

/* The hash key of a table, made of what it holds (section id, then all records), so that the same
 * set gives the same file; `turn` counts up while the longest probe is over INDEX_PROBE_MAX. */
struct hash_key index_hash_key(uint32_t id, uint8_t turn, struct slice records);

/* The root: SHA-256 of "assay-index" NUL, head, and section entries. */
struct sha256 index_root(struct slice head);

/* The text that is signed, without signature. ERR_NOMEM. */
int index_put_note(const struct index_about *about, struct buf *out, struct err *err);
/* Read it; origin points into text. ERR_CORRUPT. */
int index_parse_note(struct slice text, struct index_about *out, struct err *err);

#endif

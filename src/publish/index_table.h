/* One table of a lookup index: keys to cells, in a section whose blocks are checked when they are
 * first looked at. Private to publish/index.c; doc/format/index.md draws the bytes.
 *
 *   bounds   every number of the section is checked before it is followed, signed or not
 *   threads  any number; .checked is all that is ever written */
#ifndef PUBLISH_INDEX_TABLE_H
#define PUBLISH_INDEX_TABLE_H

#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"
#include "publish/index.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a file, with the digests of their blocks. */
struct index_span {
	const char *name; /* for messages */
	const uint8_t *p;
	uint64_t n;
	const uint8_t *digests;
	atomic_uchar *checked; /* one a block: its digest was right */
};

struct index_table {
	struct index_span section;
	uint32_t keys, slots, longest, subjects;
	struct hash_key key;
	uint64_t records, end; /* offsets in the section */
};

/* A record whose parts lie in the section. */
struct index_record {
	struct slice key;
	const uint8_t *cell;
	size_t cells;
	struct slice borders;
	uint64_t length;
};

/* Read the head of a table whose .section is set. ERR_CORRUPT. */
int index_table_init(struct index_table *t, struct err *err);

/* 1 and the record of a key, 0 when there is none, or ERR_CORRUPT. */
int index_table_find(const struct index_table *t, struct slice key, struct index_record *out,
                     struct err *err);

/* Cell i of a record, its subject's key given. ERR_CORRUPT. */
int index_table_cell(const struct index_table *t, const struct index_record *r, size_t i,
                     struct slice key, struct index_row *out, struct err *err);

/* Whether a site's border lies between a listed name and one below it that is asked for, so that
 * the listed name is the landlord of the other's site. As model/domain.c, domain_of and
 * domain_site: a registry's suffix is a border for every name; the longest platform is one for all
 * but itself.
 *
 *   labels   those that stand before the listed name in the one asked for; empty: the name itself
 *   return   1 yes, 0 no, ERR_CORRUPT */
int index_table_bars(const struct index_table *t, const struct index_record *r, struct slice labels,
                     struct err *err);

/* Check every block and every record. ERR_CORRUPT. */
int index_table_check(const struct index_table *t, struct err *err);

#endif

/* Rows for an index and the file made of them, for tests. */
#ifndef TEST_INDEX_ROWS_H
#define TEST_INDEX_ROWS_H

#include "memory_log.h"

#include "publish/index.h"
#include "publish/index_layout.h"
#include "publish/index_writer.h"

#define INDEX_ORIGIN "demo.example/ledger"

/* A row whose decision and time follow from its subject and destination. */
static inline struct index_row index_row_of(enum subject_kind kind, struct slice key,
                                            const char *destination, enum index_class class)
{
	struct index_row row = { .subject = { kind, key }, .class = class, .at = 1790000000 };
	char text[8400];

	memcpy(row.destination, destination, 3);
	snprintf(text, sizeof(text), "%s %.*s %s", subject_kind_name(kind), SLICE_ARG(key), destination);
	row.decision = sha256_of(slice_str(text));
	row.at += row.decision.b[0];
	row.automatic = row.decision.b[1] & 1;
	row.has_period = row.decision.b[2] & 1;
	row.period = row.has_period ? 1700000000 + row.decision.b[3] : 0;
	return row;
}

static inline bool index_row_eq(const struct index_row *a, const struct index_row *b)
{
	return subject_eq(a->subject, b->subject) && strcmp(a->destination, b->destination) == 0 &&
	       a->class == b->class && a->automatic == b->automatic &&
	       a->has_period == b->has_period && a->period == b->period && a->at == b->at &&
	       sha256_eq(a->decision, b->decision);
}

/* The file of n rows, taken in the order given. */
static inline void index_make(const struct suffixes *s, const struct index_row *row, size_t n,
                              struct buf *out)
{
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct index_writer *w = NULL;
	struct err err = { 0 };

	assert_int_equal(index_writer_new(s, &w, &err), 0);
	for (size_t i = 0; i < n; i++)
		if (index_writer_add(w, &row[i], &err))
			fail_msg("row %zu: %s", i, err.what);
	if (index_writer_end(w, 17, 1795305600, &signer, out, NULL, &err))
		fail_msg("%s", err.what);
	index_writer_free(w);
}

#endif

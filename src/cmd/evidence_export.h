/* Write a folder from which a stranger can make verdicts again (doc/format/evidence.md).
 *
 *   DIR/observations.jsonl  what was observed, and redactions
 *   DIR/blob/ab/cdef...     pages by digest
 *   DIR/packs, lexicon, suffixes.dat, assay.yaml   what they were judged by
 *
 * Only evidence of class public goes in. The folder is new or empty. */
#ifndef CMD_EVIDENCE_EXPORT_H
#define CMD_EVIDENCE_EXPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/arena.h"
#include "base/table.h"
#include "cmd/intake_memory.h"
#include "model/config.h"
#include "model/record.h"
#include "store/store.h"

struct evidence_export {
	const char *path;
	struct buf lines;   /* observations to come */
	struct table known; /* ids of records that are in lines; none where an intake tells them */
	struct arena arena; /* of known */
	struct buf name;    /* paths while they are made */
};

/* Zero-initialise out. ERR_REFUSED for a folder with something in it; ERR_IO. Copies packs, lexicon,
 * suffix list and platforms of the configuration. Release it in any case. */
int evidence_export_begin(const char *path, const struct config *config,
                          struct evidence_export *out, struct err *err);

/* Be told of what an intake takes in. */
void evidence_export_from(struct evidence_export *x, struct intake_memory *m);

/* What a verdict needs out of a store: observations of its subject and of the registration that it
 * has, register rows, redactions, and the pages that are public; of what came before a place in the
 * order of arrival. A record that is there already is not written again. ERR_IO, ERR_NOMEM, what
 * the store says. */
int evidence_export_verdict(struct evidence_export *x, struct store *store,
                            const struct suffixes *suffixes, const struct record *verdict,
                            int64_t before, struct err *err);

/* Write the observations, behind the last. ERR_IO, ERR_NOMEM. */
int evidence_export_end(struct evidence_export *x, struct err *err);
void evidence_export_release(struct evidence_export *x);

#endif

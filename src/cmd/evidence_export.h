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
#include "cmd/intake_memory.h"
#include "model/config.h"

struct evidence_export {
	const char *path;
	struct buf lines;   /* observations to come */
	struct buf name;    /* paths while they are made */
};

/* Zero-initialise out. ERR_REFUSED for a folder with something in it; ERR_IO. Copies packs, lexicon,
 * suffix list and platforms of the configuration. Release it in any case. */
int evidence_export_begin(const char *path, const struct config *config,
                          struct evidence_export *out, struct err *err);

/* Be told of what an intake takes in. */
void evidence_export_from(struct evidence_export *x, struct intake_memory *m);

/* Write the observations, behind the last. ERR_IO, ERR_NOMEM. */
int evidence_export_end(struct evidence_export *x, struct err *err);
void evidence_export_release(struct evidence_export *x);

#endif

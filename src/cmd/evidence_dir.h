/* Stored evidence from which a verdict is made again: a store, or a folder that was made to be
 * handed on (doc/format/evidence.md).
 *
 *   DIR/assay.db          there: it is a store, and nothing else is read. What came into it behind a
 *                         verdict is left aside, where the store has the verdict
 *   DIR/blob/ab/cdef...   bytes by digest, as a store keeps them
 *   DIR/packs, lexicon    as policy/packs and policy/lexicon
 *   DIR/suffixes.dat      public suffix list; DIR/assay.yaml the platforms beside it
 *   all else in DIR       read as assay assess reads it: observations and redactions in JSON lines,
 *                         saved pages, WARC files */
#ifndef CMD_EVIDENCE_DIR_H
#define CMD_EVIDENCE_DIR_H

#include "base/arena.h"
#include "base/err.h"
#include "cmd/casefile.h"
#include "cmd/intake_memory.h"
#include "cmd/log.h"
#include "model/config.h"
#include "model/record.h"
#include "store/store.h"

struct evidence_dir {
	const char *path;
	const struct suffixes *suffixes;
	struct arena arena;
	struct store *store;          /* NULL: a folder */
	struct intake_memory memory;  /* of a folder */
	struct casefile *file;        /* of a folder: files of them, in the order of subject_cmp */
	size_t files;
	struct registers registers;   /* all that are there now */
};

/* Let a folder's own packs, lexicon, suffix list and platforms stand for the configured ones; its
 * packs not where keep_packs. A store has none. Texts in the arena. ERR_SYNTAX, ERR_IO, ERR_NOMEM. */
int evidence_dir_config(const char *path, bool keep_packs, struct config *config,
                        struct arena *arena, struct err *err);

/* Zero-initialise out; it must stay where it is; release it in any case. ERR_NOTFOUND; what
 * store_open or an intake says. */
int evidence_dir_open(const char *path, const struct suffixes *suffixes, const struct log *log,
                      struct evidence_dir *out, struct err *err);
void evidence_dir_release(struct evidence_dir *d);

/* What a verdict is made again from. */
struct evidence_case {
	const struct casefile *file;  /* NULL: nothing is there of its subject */
	struct registers registers;
	bool redacted;                /* something was taken out that it may rest on */
};

/* The case of a verdict. made: for what the case owns. */
int evidence_dir_case(struct evidence_dir *d, const struct record *verdict, struct arena *made,
                      struct evidence_case *out, struct err *err);

/* The place of a verdict in the store's order of arrival; INT64_MAX where it is not there. */
int evidence_dir_place(struct evidence_dir *d, const struct record *verdict, int64_t *out,
                       struct err *err);

/* Ask whether a piece of evidence is there and unaltered. ERR_NOTFOUND: err says "redacted" or "not
 * there" behind its address, and *redacted which; ERR_CORRUPT names the file. */
int evidence_dir_has(struct evidence_dir *d, struct sha256 digest, bool *redacted, struct err *err);

#endif

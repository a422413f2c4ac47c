/* The intake's sink into memory: case files and registers without a store, the same as a store
 * would give for the same input (cmd/casefile.h). */
#ifndef CMD_INTAKE_MEMORY_H
#define CMD_INTAKE_MEMORY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/table.h"
#include "cmd/casefile.h"
#include "cmd/intake.h"
#include "model/domain.h"
#include "model/site.h"

#include <stddef.h>

struct intake_memory_subject;

/* Zero-initialise, set suffixes and arena, then intake_to_memory. What was read stays in the arena
 * until that is released. */
struct intake_memory {
	const struct suffixes *suffixes;
	struct arena *arena;
	const char *blobs;                   /* folder with evidence that records name and nobody
	                                        gives (store/blob.h); NULL: none */
	/* Told of all that is taken in, each once; NULL: nobody is. bytes: of a page that came with
	 * them, else NULL. What it returns, where that is not 0, ends the intake. */
	int (*took)(void *ctx, const struct record *r, const struct slice *bytes, struct err *err);
	void *took_ctx;
	struct table subjects;               /* "kind key" to struct intake_memory_subject */
	struct table known;                  /* pages, by what makes an undated one known */
	struct table evidence;               /* digest to its bytes, a struct slice */
	struct table records;                /* ids of the records that were taken */
	struct table gone;                   /* digests of evidence that a redaction took out */
	struct buf blob;                     /* evidence that was read last */
	struct casefile_register *registers; /* bodies are references of ours */
	size_t registers_n, registers_cap;
	int64_t left_out; /* records that are no page, registration, register row or redaction */
};

/* Fill the sink of an intake. The struct must stay where it is. ERR_IO where the kernel gives no
 * random bytes. */
int intake_to_memory(struct intake_memory *m, struct intake_sink *out, struct err *err);

/* Whether evidence is at hand: 0 and its bytes, valid until the next call; ERR_NOTFOUND, "redacted"
 * where that is why; ERR_CORRUPT names the file that was altered; ERR_IO, ERR_NOMEM. */
int intake_memory_evidence(struct intake_memory *m, struct sha256 digest, struct slice *out,
                           struct err *err);

/* What was taken in: a case file for each subject with pages, in the order of subject_cmp, and the
 * registers. ERR_NOMEM. */
int intake_memory_cases(struct intake_memory *m, struct casefile **out, size_t *n,
                        struct registers *registers, struct err *err);

/* Free what is not in the arena. */
void intake_memory_release(struct intake_memory *m);

#endif

/* The intake's sink into memory: case files and registers without a store, the same as a store
 * would give for the same input (cmd/casefile.h). */
#ifndef CMD_INTAKE_MEMORY_H
#define CMD_INTAKE_MEMORY_H

#include "base/arena.h"
#include "base/err.h"
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
	struct table subjects;               /* "kind key" to struct intake_memory_subject */
	struct table known;                  /* pages, by what makes an undated one known */
	struct table evidence;               /* digest to its bytes, a struct slice */
	struct table records;                /* ids of the observations that were taken */
	struct casefile_register *registers; /* bodies are references of ours */
	size_t registers_n, registers_cap;
	int64_t left_out; /* records that are no page, registration or register row */
};

/* Fill the sink of an intake. The struct must stay where it is. ERR_IO where the kernel gives no
 * random bytes. */
int intake_to_memory(struct intake_memory *m, struct intake_sink *out, struct err *err);

/* What was taken in: a case file for each subject with pages, in the order of subject_cmp, and the
 * registers. ERR_NOMEM. */
int intake_memory_cases(struct intake_memory *m, struct casefile **out, size_t *n,
                        struct registers *registers, struct err *err);

/* Free what is not in the arena. */
void intake_memory_release(struct intake_memory *m);

#endif

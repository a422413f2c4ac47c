/* Which subjects are to be collected: of names, suspects, or any record with a subject, in the
 * order in which they came, each once.
 *
 * A name stands for its site (model/subject.h). Addresses and prefixes have no name to collect:
 * counted and left out. */
#ifndef CMD_COLLECT_INPUT_H
#define CMD_COLLECT_INPUT_H

#include "base/arena.h"
#include "base/table.h"
#include "cmd/intake.h"
#include "model/subject.h"

struct collect_input {
	const struct suffixes *suffixes;
	struct subject *subject; /* texts in the arena */
	size_t n, cap;
	size_t nameless; /* left out */
	struct table seen;
	struct arena arena;
};

/* Zero-initialise out but for suffixes; release it in any case. What intake_path says. */
int collect_input_read(struct collect_input *in, const struct log *log, int argc, char **argv,
                       int64_t at, struct err *err);
void collect_input_release(struct collect_input *in);

#endif

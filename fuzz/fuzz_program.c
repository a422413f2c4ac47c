#include "link/program.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes twice: what was taken once must be refused the second time, and each of its marks is
 * found again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_from((const char *)data, size);
	struct programs *p = NULL;
	struct err err;

	if (programs_new(&p, &err))
		return 0;
	if (programs_add(p, text, "f", NULL, &err) == 0) {
		const struct program *one = programs_at(p, 0);
		if (!one || programs_at(p, 1) || (one->mark_n == 0) == (one->no_marks.n == 0))
			__builtin_trap();
		for (size_t i = 0; i < one->mark_n; i++) {
			const struct program_mark *m = &one->mark[i];
			if (!m->is_phrase && programs_find(p, m->kind, m->value) != m)
				__builtin_trap();
		}
		if (programs_add(p, text, "g", NULL, &err) == 0)
			__builtin_trap();
	}
	programs_free(p);
	return 0;
}

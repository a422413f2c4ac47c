#include "model/registrar_list.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each row is found by its number, and some row by its name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct registrar_list l = { 0 };
	struct arena a = { 0 };
	struct err err;

	if (registrar_list_read(slice_from((const char *)data, size), "f", &a, &l, &err) == 0)
		for (size_t i = 0; i < l.n && i < 64; i++)
			if (registrar_list_find(&l, l.registrar[i].id) != &l.registrar[i] ||
			    (l.registrar[i].folded.n &&
			     !registrar_list_named(&l, l.registrar[i].name)))
				__builtin_trap();
	arena_release(&a);
	return 0;
}

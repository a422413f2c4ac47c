#include "model/contacts.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes twice: what was taken once must be refused the second time. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_from((const char *)data, size);
	struct contacts *c = NULL;
	struct err err;
	size_t n;

	if (contacts_new(&c, &err))
		return 0;
	if (contacts_add(c, text, "f", &err) == 0) {
		const struct contacts_country *all = contacts_all(c, &n);
		if (n != 1 || contacts_find(c, all[0].country) != all)
			__builtin_trap();
		if (contacts_add(c, text, "g", &err) == 0)
			__builtin_trap();
	}
	contacts_free(c);
	return 0;
}

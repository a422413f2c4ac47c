#include "model/provider.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was taken is found by all that is its own, and is refused the second time. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_from((const char *)data, size);
	struct providers *p = NULL;
	struct err err;
	size_t n;

	if (providers_new(&p, &err))
		return 0;
	if (providers_add(p, text, "f", &err) == 0) {
		const struct provider *one = providers_all(p, &n);
		if (n != 1 || providers_find(p, one->key) != one)
			__builtin_trap();
		if (one->iana_id && providers_registrar(p, one->iana_id, SLICE("")) != one)
			__builtin_trap();
		for (size_t i = 0; i < one->nameserver_n; i++)
			if (providers_of_nameserver(p, one->nameserver[i]) != one)
				__builtin_trap();
		for (size_t i = 0; i < one->tld_n; i++)
			if (providers_of_tld(p, one->tld[i]) != one)
				__builtin_trap();
		if (providers_add(p, text, "g", &err) == 0)
			__builtin_trap();
	}
	providers_free(p);
	return 0;
}

/* Domains under management: every row that is read is whole, and each party stands there once. */
#include "model/dum.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct dum *row = NULL;
	struct err err = { 0 };
	size_t n = 0;

	if (dum_read(slice_from((const char *)data, size), "f", &a, &row, &n, &err) == 0) {
		for (size_t i = 0; i < n; i++) {
			if (row[i].domains <= 0 || row[i].domains > DUM_DOMAINS_MAX ||
			    row[i].party.n == 0 || row[i].source.n == 0 || row[i].date.n != 10)
				abort();
			for (size_t k = 0; k < i && i < 64; k++)
				if (slice_eq(row[k].party, row[i].party))
					abort();
		}
	} else if (row || err.what[0] == '\0') {
		abort();
	}
	arena_release(&a);
	return 0;
}

/* The first byte says which form the rest is read as, and in pieces of how many bytes. */
#include "wire/tabular.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_row(void *ctx, const struct tabular_row *row, struct err *err)
{
	size_t *bytes = ctx;

	(void)err;
	for (size_t i = 0; !row->bad && i < 3; i++)
		*bytes += row->cell[i].n;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct slice columns[] = { { "number", 6 }, { "a/name", 6 }, { "@id", 3 } };
	struct tabular_spec spec = { TABULAR_CSV, ',', CHARSET_UTF_8, 1, { 0 }, columns, 3 };
	struct tabular *t;
	struct err err;
	size_t bytes = 0;

	if (size == 0)
		return 0;
	switch (data[0] % 5) {
	case 0: break;
	case 1: spec.charset = CHARSET_SHIFT_JIS; break;
	case 2: spec.charset = CHARSET_WINDOWS_1252; spec.header = 2; break;
	case 3: spec.format = TABULAR_JSON; spec.rows = SLICE("d/items"); break;
	case 4: spec.format = TABULAR_XML; spec.rows = SLICE("r/p"); break;
	}
	struct slice rest = slice_from((const char *)data + 1, size - 1);
	size_t step = 1 + data[0] / 5u;
	if (tabular_new(&spec, on_row, &bytes, &t, &err))
		return 0;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < rest.n; i += step)
		rc = tabular_push(t, slice_sub(rest, i, i + step), &err);
	if (rc == 0)
		tabular_end(t, &err);
	tabular_free(t);
	return 0;
}

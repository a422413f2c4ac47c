/* A name in text, and the same bytes in wire form. */
#include "wire/dname.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);
	struct dname d, again;
	struct buf shown = { 0 };
	uint8_t wire[DNAME_WIRE_MAX];
	size_t at = 0;

	if (dname_parse(in, &d, NULL) == 0) {
		/* What is canonical stays as it is, and survives the wire. */
		if (!dname_is_canonical(dname_slice(&d)))
			abort();
		size_t n = dname_to_wire(&d, wire);
		if (dname_from_wire(slice_from((char *)wire, n), &at, &again, NULL) < 0 ||
		    !slice_eq(dname_slice(&d), dname_slice(&again)))
			abort();
		dname_display(dname_slice(&d), &shown);
	}
	at = 0;
	dname_from_wire(in, &at, &d, NULL);
	buf_release(&shown);
	return 0;
}

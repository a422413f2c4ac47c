/* A file of names, whatever its form. */
#include "wire/namelist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_from((const char *)data, size), line;
	struct namelist list = { 0 };
	struct arena arena = { 0 };
	struct namelist_line out;
	size_t octets = 0;

	while (slice_cut(&rest, '\n', &line)) {
		if (namelist_read(&list, line, &arena, &out, NULL) < 0)
			continue;
		for (size_t i = 0; i < out.n; i++)
			for (size_t k = 0; k < out.names[i].n; k++)
				octets += (unsigned char)out.names[i].p[k];
	}
	arena_release(&arena);
	/* Every octet told was read, so that a bad slice shows. */
	return octets == SIZE_MAX;
}

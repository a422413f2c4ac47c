/* Ids and the fingerprint of a page's structure. */
#include "wire/mark.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);
	struct mark mark[MARKS_MAX];
	char template[TEMPLATE_SIZE];
	size_t n = marks_read(in, mark);

	for (size_t i = 1; i < n; i++)
		if (strcmp(mark[i - 1].value, mark[i].value) >= 0)
			abort();
	if (template_read(in, template) != strlen(template))
		abort();
	return 0;
}

/* What is left stands where it is said to have stood, in order, and nothing is added. */
#include "wire/html_cut.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *html = malloc(size + 1);
	struct arena a = { 0 };
	struct html_cuts cuts;
	size_t n = size, last = 0;

	if (!html)
		return 0;
	memcpy(html, data, size);
	if (html_cut(html, &n, &a, &cuts, NULL) == 0) {
		for (size_t i = 0; i < n; i++) {
			size_t from = html_cut_origin(&cuts, i);
			if (from >= size || (i && from <= last) || (uint8_t)html[i] != data[from])
				__builtin_trap();
			last = from;
		}
	}
	arena_release(&a);
	free(html);
	return 0;
}

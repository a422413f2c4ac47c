#include "account/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct arena a = { 0 };
	struct entry e;

	entry_parse(in, &a, &e, NULL);
	arena_release(&a);
	return 0;
}

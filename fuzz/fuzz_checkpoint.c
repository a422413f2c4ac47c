#include "wire/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct checkpoint c;

	checkpoint_parse(in, &c, NULL);
	return 0;
}

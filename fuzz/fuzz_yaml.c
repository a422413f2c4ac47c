#include "wire/yaml.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	const struct yaml_node *root;
	struct err err;

	yaml_parse(slice_from((const char *)data, size), "f", &arena, &root, &err);
	arena_release(&arena);
	return 0;
}

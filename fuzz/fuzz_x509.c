/* Certificates as a server presents them, alone and as a job of the reading process. */
#include "collect/chain_reading.h"
#include "wire/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);
	struct arena arena = { 0 };
	struct x509_certificate c;
	json_t *reading;

	x509_parse(in, &arena, &c, NULL);
	if (chain_read(in, &reading, NULL) == 0)
		json_decref(reading);
	arena_release(&arena);
	return 0;
}

#include "wire/tlog_proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct tlog_proof proof;
	struct buf extra = { 0 };

	tlog_proof_parse(in, &extra, &proof, NULL);
	buf_release(&extra);
	return 0;
}

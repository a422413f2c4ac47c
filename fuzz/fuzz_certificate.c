/* Certificates: what is taken is signed by the root that was asked, and signs to the same text. */
#include "account/certificate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ed25519_seed seed = { { 7 } };
	struct slice in = { (const char *)data, size };
	struct certificate c;
	struct note_signer root;
	struct buf again = { 0 };

	/* The seeds are signed by this root; libFuzzer's changes fail at the signature, or before. */
	if (note_signer_init(SLICE("seeds.example/ledger/root"), &seed, &root, NULL))
		return 0;
	if (certificate_check(in, &root.key, &c, NULL) == 0) {
		if (certificate_sign(&c.key, c.purpose, c.from, &root, &again, NULL) ||
		    !slice_starts(in, buf_slice(&again)))
			abort();
	}
	buf_release(&again);
	return 0;
}

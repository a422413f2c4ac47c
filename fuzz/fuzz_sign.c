/* Signed acts: what parses has one spelling, and is signed by nobody whose key was not asked. */
#include "decide/sign.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ed25519_seed seed = { { 1, 2, 3 } };
	struct slice in = { (const char *)data, size };
	struct signed_act s;
	struct note_signer signer;
	struct buf again = { 0 };

	if (signed_act_parse(in, &s, NULL))
		return 0;
	if (note_signer_init(s.reviewer, &seed, &signer, NULL) == 0 &&
	    signed_act_format(&s.act, &signer, &again, NULL) == 0) {
		struct signed_act back;
		if (signed_act_parse(buf_slice(&again), &back, NULL) ||
		    signed_act_check(&back, &signer.key, NULL) ||
		    !slice_eq(back.note.text, s.note.text))
			abort();
		signed_act_release(&back);
	}
	buf_release(&again);
	signed_act_release(&s);
	return 0;
}

/* Notes and keys in their text forms: parse, look at each signature, free. */
#include "wire/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct note_signer signer;
	struct note_signature s;
	struct note_key key;
	struct note note;
	size_t at = 0;

	if (note_parse(in, &note, NULL) == 0)
		while (note_next_signature(&note, &at, &s))
			continue;
	note_key_parse(in, &key, NULL);
	if (note_signer_parse(in, &signer, NULL) == 0)
		ed25519_wipe(&signer.seed);
	return 0;
}

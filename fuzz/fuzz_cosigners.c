/* A list of witnesses, and the same bytes as a note of which each of ours is asked for. */
#include "wire/cosignature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct ed25519_seed seed = { { 1 } };
	struct note_signer signer;
	struct note_signature s;
	struct cosigners list;
	struct slice line;
	struct note note;
	int64_t when;
	size_t at = 0;

	cosigners_parse(in, &list, NULL);
	if (note_parse(in, &note, NULL))
		return 0;
	/* Each name that signs is taken for a witness with the id that it claims. */
	while (note_next_signature(&note, &at, &s)) {
		if (note_signer_init_as(NOTE_COSIGNATURE, s.name, &seed, &signer, NULL))
			continue;
		signer.key.id = s.key_id;
		cosignature_check(&note, &signer.key, &when, &line, NULL);
	}
	return 0;
}

/* make_ledger DIR SIZE...: a ledger on disk that grows through these sizes, for tests/e2e.
 *
 * DIR gets ledger/ (with key and key.pub), kept-SIZE (the checkpoint at each size), and
 * proof-INDEX for some entries of the last size. Entries are "entry N". */
#include "account/consistency.h"
#include "account/ledger.h"
#include "account/witness.h"
#include "store/log.h"
#include "sys/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int read_numbered(void *ctx, uint64_t from, uint64_t to, ledger_entry_fn each, void *arg,
                         struct err *err)
{
	(void)ctx;
	for (uint64_t i = from; i < to; i++) {
		char text[40];
		int n = snprintf(text, sizeof(text), "entry %" PRIu64, i);
		int rc = each(arg, slice_from(text, (size_t)n), err);
		if (rc)
			return rc;
	}
	return 0;
}

static int write_in(const char *dir, const char *kind, uint64_t number, const struct buf *b,
                    struct err *err)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s-%" PRIu64, dir, kind, number);
	return file_write_whole(path, buf_slice(b), err);
}

/* The last checkpoint with the signature of a witness of a known seed, and its verifier key. */
static int write_cosigned(const char *dir, const struct tile_store *files,
                          const struct note_key *key, struct err *err)
{
	struct ed25519_seed seed = { { 8, 8, 8 } };
	struct note_signer witness;
	struct buf note = { 0 }, text = { 0 };
	struct ledger_head head;

	int rc = note_signer_init_as(NOTE_COSIGNATURE, SLICE("witness.example/w1"), &seed, &witness,
	                             err);
	if (rc == 0)
		rc = ledger_read_head(files, key, &note, &head, err);
	if (rc == 0)
		rc = witness_cosign(buf_slice(&note), &witness, 1795392000, &text, err);
	if (rc == 0)
		rc = write_in(dir, "cosigned", head.size, &text, err);
	buf_clear(&text);
	note_key_format(&witness.key, &text);
	if (rc == 0)
		rc = write_in(dir, "witness", 0, &text, err);
	buf_release(&note);
	buf_release(&text);
	return rc;
}

int main(int argc, char **argv)
{
	struct ledger_source source = { 0, read_numbered, NULL };
	struct ledger_head head = { 0 };
	struct log_folder *log = NULL;
	struct note_signer signer = { 0 };
	struct buf key = { 0 }, text = { 0 };
	struct err err = { 0 };
	char dir[4000];

	if (argc < 3)
		return 2;
	snprintf(dir, sizeof(dir), "%s/ledger", argv[1]);
	int rc = log_open(dir, true, &log, &err);
	if (rc == 0)
		rc = log_key_new(log, SLICE("demo.example/ledger"), &err);
	if (rc == 0)
		rc = log_key_read(log, &key, &signer, &err);
	struct tile_store files = log ? log_files(log) : (struct tile_store){ 0 };
	for (int i = 2; rc == 0 && i < argc; i++) {
		source.size = strtoull(argv[i], NULL, 10);
		rc = ledger_append(&files, &signer, &source, NULL, &err);
		buf_clear(&text);
		if (rc == 0)
			rc = ledger_read_head(&files, &signer.key, &text, &head, &err);
		if (rc == 0)
			rc = write_in(argv[1], "kept", head.size, &text, &err);
	}
	/* For each kept size the proof that it is the past of the last. */
	for (int i = 2; rc == 0 && i < argc; i++) {
		const struct keyring keys = keyring_of(&signer.key);
		uint64_t old = strtoull(argv[i], NULL, 10);
		buf_clear(&text);
		rc = consistency_prove(&files, &keys, old, &text, &err);
		if (rc == 0)
			rc = write_in(argv[1], "since", old, &text, &err);
	}
	if (rc == 0)
		rc = write_cosigned(argv[1], &files, &signer.key, &err);
	for (uint64_t i = 0; rc == 0 && i < head.size; i += 1 + i / 3) {
		const struct keyring keys = keyring_of(&signer.key);
		buf_clear(&text);
		rc = ledger_prove(&files, &keys, i, SLICE("extra"), &text, &err);
		if (rc == 0)
			rc = write_in(argv[1], "proof", i, &text, &err);
	}
	if (rc)
		fprintf(stderr, "make_ledger: %s\n", err.what);
	log_key_wipe(&key, &signer);
	buf_release(&text);
	log_close(log);
	return rc ? 2 : 0;
}

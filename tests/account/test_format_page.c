/* The example of doc/format/ledger.md, made again; with ASSAY_PRINT=1 it is printed. */
#include "format_page.h"
#include "memory_log.h"

#include "account/consistency.h"
#include "account/entry.h"
#include "account/ledger.h"
#include "account/witness.h"
#include "wire/timestamp.h"

#define ORIGIN "demo.example/ledger"

static const struct {
	const char *type, *key, *at, *record;
	unsigned char salt; /* every byte of it */
} acts[] = {
	{ "decision", "x.example", "2026-11-22T04:05:06Z", "{\"an\":\"example\"}", 0x01 },
	{ "correction", "x.example", "2026-11-23T00:00:00Z", "{\"another\":\"example\"}", 0x02 },
};

static int read_acts(void *ctx, uint64_t from, uint64_t to, ledger_entry_fn each, void *arg,
                     struct err *err)
{
	(void)ctx;
	for (uint64_t i = from; i < to; i++) {
		struct entry e = { .type = slice_str(acts[i].type), .key = slice_str(acts[i].key) };
		uint8_t salt[ENTRY_SALT];
		struct buf bytes = { 0 };

		memset(salt, acts[i].salt, sizeof(salt));
		e.record = sha256_of(slice_str(acts[i].record));
		int rc = timestamp_parse(slice_str(acts[i].at), &e.at, err);
		if (rc == 0)
			rc = entry_commit(salt, slice_str(acts[i].record), &e.commit, err);
		if (rc == 0)
			rc = entry_format(&e, &bytes, err);
		if (rc == 0)
			rc = each(arg, buf_slice(&bytes), err);
		buf_release(&bytes);
		if (rc)
			return rc;
	}
	return 0;
}

static void the_example_of_the_format_page_is_what_the_program_writes(void **state)
{
	struct ledger_source source = { ROWS(acts), read_acts, NULL };
	struct note_signer signer = test_signer(ORIGIN);
	struct buf block[9] = { { 0 } }, text = { 0 };
	struct memory_log m;
	struct ledger_head head;
	struct err err = { 0 };

	(void)state;
	memory_init(&m);
	struct tile_store files = memory_files(&m);
	assert_int_equal(ledger_append(&files, &signer, &source, &head, &err), 0);
	note_key_format(&signer.key, &text);
	page_lines(&block[0], buf_slice(&text));
	buf_clear(&text);
	assert_int_equal(ledger_read_entry(&files, &head, 0, &text, &err), 0);
	page_lines(&block[1], buf_slice(&text));
	page_hex(&block[2], buf_slice(&memory_find(&m, "tile/entries/000.p/2")->bytes), 0);
	page_hex(&block[3], buf_slice(&memory_find(&m, "tile/0/000.p/2")->bytes), 0);
	page_lines(&block[4], buf_slice(&memory_find(&m, "checkpoint")->bytes));
	buf_clear(&text);
	assert_int_equal(ledger_prove(&files, ring_of(&signer.key), 1, SLICE(""), &text, &err), 0);
	page_lines(&block[5], buf_slice(&text));
	buf_clear(&text);
	assert_int_equal(consistency_prove(&files, ring_of(&signer.key), 1, &text, &err), 0);
	page_lines(&block[6], buf_slice(&text));
	struct note_signer witness;
	struct ed25519_seed seed;
	memset(seed.b, 8, sizeof(seed.b));
	assert_int_equal(note_signer_init_as(NOTE_COSIGNATURE, SLICE("witness.example/w1"), &seed,
	                                     &witness, &err), 0);
	buf_clear(&text);
	note_key_format(&witness.key, &text);
	page_lines(&block[7], buf_slice(&text));
	buf_clear(&text);
	assert_int_equal(witness_cosign(buf_slice(&memory_find(&m, "checkpoint")->bytes), &witness,
	                                1795392000, &text, &err), 0);
	page_lines(&block[8], buf_slice(&text));

	page_holds("ledger.md", block, ROWS(block));
	buf_release(&text);
	memory_release(&m);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_format_page_is_what_the_program_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

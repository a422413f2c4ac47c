#include "memory_log.h"

#include "account/audit.h"
#include "account/consistency.h"
#include "account/witness.h"

#define ORIGIN "demo.example/ledger"

static struct note_signer witness_of(const char *name, unsigned char fill)
{
	struct ed25519_seed seed;
	struct note_signer s;

	memset(seed.b, fill, sizeof(seed.b));
	assert_int_equal(note_signer_init_as(NOTE_COSIGNATURE, slice_str(name), &seed, &s, NULL), 0);
	return s;
}

static void grow_to(struct memory_log *m, const struct note_signer *signer, uint64_t altered,
                    uint64_t size)
{
	struct numbered_source entries = numbered();
	struct tile_store files = memory_files(m);

	entries.altered = altered;
	struct ledger_source source = source_of(&entries, size);
	assert_int_equal(ledger_append(&files, signer, &source, NULL, NULL), 0);
}

static struct slice checkpoint_of(struct memory_log *m)
{
	return buf_slice(&memory_find(m, "checkpoint")->bytes);
}

static void every_size_is_proved_to_be_the_past_of_every_later_one(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 2, 3, 7, 8, 255, 256, 257, 300, 511, 512, 700 };
	struct note_signer signer = test_signer(ORIGIN);
	struct memory_log m[ROWS(sizes)], forked;
	struct ledger_head head[ROWS(sizes)], got;
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(sizes); i++) {
		memory_init(&m[i]);
		grow_to(&m[i], &signer, UINT64_MAX, sizes[i]);
		struct tile_store files = memory_files(&m[i]);
		assert_int_equal(ledger_read_head(&files, &signer.key, NULL, &head[i], NULL), 0);
	}
	for (size_t i = 0; i < ROWS(sizes); i++) {
		struct tile_store files = memory_files(&m[i]);
		const struct keyring *ring = ring_of(&signer.key);
		for (size_t k = 0; k <= i; k++) {
			struct buf text = { 0 };
			CHECK_INT(sizes[k], "prove",
			          consistency_prove(&files, ring, sizes[k], &text, &err), 0);
			CHECK_INT(sizes[k], "check",
			          consistency_check(buf_slice(&text), ring, &head[k], &got, &err), 0);
			CHECK_INT(sizes[k], "size", got.size, sizes[i]);
			struct ledger_head lie = head[k];
			lie.root.b[3] ^= 1;
			CHECK_INT(sizes[k], "another past",
			          consistency_check(buf_slice(&text), ring, &lie, &got, &err),
			          k == i ? ERR_REFUSED : ERR_CORRUPT);
			buf_release(&text);
		}
		struct buf text = { 0 };
		CHECK_INT(i, "of a tree that is longer",
		          consistency_prove(&files, ring, sizes[i] + 1, &text, &err), ERR_NOTFOUND);
		buf_release(&text);
	}
	/* A ledger that was rewritten proves nothing about the one before. */
	memory_init(&forked);
	grow_to(&forked, &signer, 100, 700);
	struct tile_store files = memory_files(&forked);
	struct buf text = { 0 };
	assert_int_equal(consistency_prove(&files, ring_of(&signer.key), 300, &text, &err), 0);
	CHECK_INT(0, "fork", consistency_check(buf_slice(&text), ring_of(&signer.key), &head[9], &got,
	                                       &err), ERR_CORRUPT);
	CHECK_INT(0, "rollback", consistency_check(buf_slice(&text), ring_of(&signer.key),
	                                           &(struct ledger_head){ 900, head[9].root }, &got,
	                                           &err), ERR_REFUSED);
	CHECK_INT(0, "from elsewhere", consistency_check(buf_slice(&text), ring_of(&signer.key),
	                                                 &head[8], &got, &err), ERR_SYNTAX);
	memory_find(&forked, "tile/1/000.p/2")->bytes.p[7] ^= 1;
	buf_clear(&text);
	CHECK_INT(0, "tiles that are not what is signed",
	          consistency_prove(&files, ring_of(&signer.key), 300, &text, &err), ERR_CORRUPT);
	assert_int_equal(text.n, 0);
	buf_release(&text);
	memory_release(&forked);
	for (size_t i = 0; i < ROWS(sizes); i++)
		memory_release(&m[i]);
	check_done();
}

/* A witness follows a log by its state and what it is asked, and by nothing else. */
static void a_witness_signs_what_continues_what_it_signed(void **state)
{
	struct note_signer signer = test_signer(ORIGIN), other = test_signer_of("other.example/x", 9);
	struct memory_log at100, at300, at700, forked;
	struct buf from100 = { 0 }, from300 = { 0 }, fork = { 0 };
	const struct keyring ring = keyring_of(&signer.key), others = keyring_of(&other.key);

	(void)state;
	struct memory_log *all[] = { &at100, &at300, &at700, &forked };
	static const uint64_t sizes[] = { 100, 300, 700, 700 };
	for (size_t i = 0; i < 4; i++) {
		memory_init(all[i]);
		grow_to(all[i], &signer, i == 3 ? 50 : UINT64_MAX, sizes[i]);
	}
	struct tile_store files = memory_files(&at700), false_files = memory_files(&forked);
	assert_int_equal(consistency_prove(&files, &ring, 100, &from100, NULL), 0);
	assert_int_equal(consistency_prove(&files, &ring, 300, &from300, NULL), 0);
	assert_int_equal(consistency_prove(&false_files, &ring, 300, &fork, NULL), 0);
	struct slice c100 = checkpoint_of(&at100), c300 = checkpoint_of(&at300),
		     c700 = checkpoint_of(&at700), c700f = checkpoint_of(&forked);
	const struct {
		const char *says;
		struct slice known, request;
		int rc;
	} rows[] = {
		{ "the first checkpoint, alone", SLICE(""), c300, 0 },
		{ "the same again", c300, c300, 0 },
		{ "a longer one with its proof", c300, buf_slice(&from300), 0 },
		{ "a longer one without", c300, c700, ERR_SYNTAX },
		{ "a proof from another size", c300, buf_slice(&from100), ERR_SYNTAX },
		{ "a shorter one", c300, c100, ERR_REFUSED },
		{ "another of the same size", c700, c700f, ERR_REFUSED },
		{ "a longer one of another history", c300, buf_slice(&fork), ERR_CORRUPT },
		{ "no checkpoint", c300, SLICE("text\n"), ERR_SYNTAX },
		{ "a state that is none", SLICE("?"), c300, ERR_SYNTAX },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct slice told = { 0 };
		struct err err = { 0 };
		CHECK_INT(i, rows[i].says,
		          witness_judge(rows[i].request, &ring, rows[i].known, &told, &err),
		          rows[i].rc);
		CHECK_INT(i, "told", told.n > 0, rows[i].rc == 0);
	}
	struct slice told;
	CHECK_INT(0, "of a log that is not ours to witness",
	          witness_judge(c300, &others, SLICE(""), &told, NULL), ERR_NOTFOUND);
	buf_release(&from100);
	buf_release(&from300);
	buf_release(&fork);
	for (size_t i = 0; i < 4; i++)
		memory_release(all[i]);
	check_done();
}

static void a_cosigned_checkpoint_is_kept_and_never_undercut(void **state)
{
	struct note_signer signer = test_signer(ORIGIN), w = witness_of("witness.example/w", 1),
			   v = witness_of("witness.example/v", 2);
	const struct keyring ring = keyring_of(&signer.key);
	struct cosigners known = { .key = { w.key, v.key }, .n = 2 }, none = { .n = 0 };
	struct memory_log m, forked;
	struct witness_taken taken;
	struct buf note = { 0 }, later = { 0 };
	struct err err = { 0 };
	char path[40];
	int64_t when;
	struct note read;

	(void)state;
	memory_init(&m);
	grow_to(&m, &signer, UINT64_MAX, 300);
	struct tile_store files = memory_files(&m);
	assert_int_equal(witness_cosign(checkpoint_of(&m), &w, 1000, &note, &err), 0);
	CHECK_INT(0, "nobody is known", witness_take(&files, &ring, &none, buf_slice(&note), 2000,
	                                             &taken, &err), ERR_REFUSED);
	CHECK_INT(0, "of the future", witness_take(&files, &ring, &known, buf_slice(&note), 999,
	                                           &taken, &err), ERR_REFUSED);
	assert_int_equal(witness_take(&files, &ring, &known, buf_slice(&note), 2000, &taken, &err), 0);
	CHECK_INT(0, "one", taken.cosignatures, 1);
	CHECK_INT(0, "in the checkpoint", taken.published, 1);
	snprintf(path, sizeof(path), "witnessed/%08x", w.key.id);
	assert_non_null(memory_find(&m, path));
	assert_int_equal(note_parse(checkpoint_of(&m), &read, &err), 0);
	CHECK_INT(0, "published", cosignature_check(&read, &w.key, &when, NULL, &err), 0);
	CHECK_INT(0, "still ours", note_check(&read, &signer.key, &err), 0);

	/* Taken twice it stands once; another witness stands beside it. */
	assert_int_equal(witness_take(&files, &ring, &known, buf_slice(&note), 2000, &taken, &err), 0);
	assert_int_equal(witness_cosign(checkpoint_of(&m), &v, 1500, &later, &err), 0);
	assert_int_equal(witness_take(&files, &ring, &known, buf_slice(&later), 2000, &taken, &err), 0);
	CHECK_INT(0, "both", taken.cosignatures, 2);
	assert_int_equal(note_parse(checkpoint_of(&m), &read, &err), 0);
	struct note_signature s;
	size_t at = 0, lines = 0;
	while (note_next_signature(&read, &at, &s))
		lines++;
	CHECK_INT(0, "lines", lines, 3);

	/* The ledger grows: what is kept is its past, and the checkpoint has no cosignature. */
	grow_to(&m, &signer, UINT64_MAX, 400);
	assert_int_equal(note_parse(checkpoint_of(&m), &read, &err), 0);
	CHECK_INT(0, "not seen yet", cosignature_check(&read, &w.key, &when, NULL, &err),
	          ERR_NOTFOUND);
	CHECK_INT(0, "past", audit_since(&files, &ring,
	                                 buf_slice(&memory_find(&m, path)->bytes), &err), 0);
	buf_clear(&later);
	assert_int_equal(witness_cosign(checkpoint_of(&m), &w, 1800, &later, &err), 0);
	assert_int_equal(witness_take(&files, &ring, &known, buf_slice(&later), 2000, &taken, &err), 0);
	struct buf kept = { 0 };
	buf_put(&kept, buf_slice(&memory_find(&m, path)->bytes));
	assert_int_equal(witness_take(&files, &ring, &known, buf_slice(&note), 2000, &taken, &err), 0);
	CHECK_INT(0, "an older one is no news", taken.published, 0);
	CHECK_SLICE(0, "the later one stays", buf_slice(&memory_find(&m, path)->bytes),
	            buf_slice(&kept));

	/* Rolled back or rewritten, the ledger is not what the witness saw. */
	memory_init(&forked);
	grow_to(&forked, &signer, UINT64_MAX, 350);
	files = memory_files(&forked);
	CHECK_INT(0, "rollback", audit_since(&files, &ring, buf_slice(&kept), &err), ERR_REFUSED);
	CHECK_INT(0, "not taken", witness_take(&files, &ring, &known, buf_slice(&later), 2000, &taken,
	                                       &err), ERR_REFUSED);
	memory_release(&forked);
	grow_to(&forked, &signer, 7, 500);
	files = memory_files(&forked);
	CHECK_INT(0, "fork", audit_since(&files, &ring, buf_slice(&kept), &err), ERR_REFUSED);

	/* A false line by a known witness spoils it, whatever else is there. */
	buf_clear(&later);
	assert_int_equal(witness_cosign(checkpoint_of(&m), &w, 1900, &later, &err), 0);
	assert_int_equal(cosignature_sign(SLICE("lie\n"), &v, 1900, &later, &err), 0);
	files = memory_files(&m);
	CHECK_INT(0, "a false one", witness_take(&files, &ring, &known, buf_slice(&later), 2000,
	                                         &taken, &err), ERR_CORRUPT);
	buf_release(&kept);
	buf_release(&note);
	buf_release(&later);
	memory_release(&m);
	memory_release(&forked);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_is_proved_to_be_the_past_of_every_later_one),
		cmocka_unit_test(a_witness_signs_what_continues_what_it_signed),
		cmocka_unit_test(a_cosigned_checkpoint_is_kept_and_never_undercut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "memory_log.h"

#include "account/audit.h"
#include "account/ledger.h"
#include "account/proof.h"
#include "wire/tlog_proof.h"

#define ORIGIN "demo.example/ledger"

static void a_new_ledger_begins_with_the_empty_tree(void **state)
{
	struct numbered_source none = numbered();
	struct ledger_source source = source_of(&none, 0);
	struct note_signer signer = test_signer(ORIGIN);
	struct memory_log m;
	struct ledger_head head;

	(void)state;
	memory_init(&m);
	struct tile_store files = memory_files(&m);
	assert_int_equal(ledger_read_head(&files, &signer.key, NULL, &head, NULL), ERR_NOTFOUND);
	assert_int_equal(ledger_append(&files, &signer, &source, &head, NULL), 0);
	assert_int_equal(m.n, 1);
	assert_true(slice_starts(
		buf_slice(&m.files[0].bytes),
		SLICE(ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n")));
	memory_release(&m);
}

/* Where growth went by steps and where it went at once, the same entries must give the same files,
 * but for partial tiles, which remember the steps. */
static void growing_by_steps_or_at_once_gives_the_same_tree(void **state)
{
	struct note_signer signer = test_signer(ORIGIN);
	struct numbered_source entries = numbered();
	uint64_t random = test_seed(), size = 0;
	struct memory_log stepped;
	struct ledger_head by_steps, at_once;

	(void)state;
	memory_init(&stepped);
	struct tile_store files = memory_files(&stepped);
	for (int i = 0; i < 40; i++) {
		struct memory_log fresh;
		memory_init(&fresh);
		struct tile_store fresh_files = memory_files(&fresh);
		size += test_random(&random) % (i % 4 ? 9 : 300);
		struct ledger_source source = source_of(&entries, size);
		assert_int_equal(ledger_append(&files, &signer, &source, &by_steps, NULL), 0);
		long writes = stepped.writes;
		assert_int_equal(ledger_append(&files, &signer, &source, &by_steps, NULL), 0);
		CHECK_INT(i, "a second append writes nothing", stepped.writes, writes);
		assert_int_equal(ledger_append(&fresh_files, &signer, &source, &at_once, NULL), 0);
		CHECK_INT(i, "size", by_steps.size, size);
		CHECK_INT(i, "root", sha256_eq(by_steps.root, at_once.root), 1);
		for (size_t k = 0; k < fresh.n; k++) {
			struct memory_file *f = memory_find(&stepped, fresh.files[k].path);
			CHECK_INT(i, fresh.files[k].path, f != NULL, 1);
			if (f)
				CHECK_INT(i, fresh.files[k].path,
				          slice_eq(buf_slice(&f->bytes),
				                   buf_slice(&fresh.files[k].bytes)),
				          1);
		}
		for (size_t k = 0; k < stepped.n; k++) {
			struct tile t, full;
			if (tile_parse_path(slice_str(stepped.files[k].path), &t, NULL))
				continue;
			char path[TILE_PATH_SIZE];
			full = t;
			full.width = TILE_WIDTH;
			tile_path(full, path);
			CHECK_INT(i, "no partial tile stays beside its full one",
			          t.width < TILE_WIDTH && memory_find(&stepped, path), 0);
		}
		memory_release(&fresh);
	}
	memory_release(&stepped);
	check_done();
}

static void a_writer_that_stops_after_any_write_is_followed_by_one_that_ends(void **state)
{
	static const struct {
		uint64_t from, to;
	} rows[] = { { 0, 3 }, { 3, 5 }, { 250, 256 }, { 255, 257 }, { 256, 600 }, { 200, 1100 } };
	struct note_signer signer = test_signer(ORIGIN);
	struct numbered_source entries = numbered();

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		for (long stop = 0;; stop++) {
			struct ledger_source from = source_of(&entries, rows[i].from);
			struct ledger_source to = source_of(&entries, rows[i].to);
			struct ledger_source later = source_of(&entries, rows[i].to + 2);
			struct ledger_head before, head = { 0 };
			struct audit_result result;
			struct memory_log m;
			struct err err = { 0 };

			memory_init(&m);
			struct tile_store files = memory_files(&m);
			assert_int_equal(ledger_append(&files, &signer, &from, &before, NULL), 0);
			m.writes_left = stop;
			int rc = ledger_append(&files, &signer, &to, &head, &err);
			m.writes_left = -1;
			CHECK_INT(i, "stopped or done", rc, rc ? ERR_IO : 0);
			/* What is there now is the old ledger, whole. */
			assert_int_equal(ledger_read_head(&files, &signer.key, NULL, &head, &err),
			                 0);
			CHECK_INT(i, "size after the stop", head.size,
			          rc ? rows[i].from : rows[i].to);
			CHECK_INT(i, "audit after the stop",
			          audit_ledger(&files, ring_of(&signer.key), &to, NULL, &result, &err), 0);
			/* More has come meanwhile; the next writer takes it all. */
			assert_int_equal(ledger_append(&files, &signer, &later, &head, &err), 0);
			CHECK_INT(i, "size", head.size, rows[i].to + 2);
			CHECK_INT(i, "audit at last",
			          audit_ledger(&files, ring_of(&signer.key), &later, NULL, &result, &err),
			          0);
			memory_release(&m);
			if (rc == 0)
				break;
		}
	}
	check_done();
}

static void a_store_that_is_not_the_logs_is_refused_and_nothing_is_written(void **state)
{
	static const struct {
		const char *says;
		uint64_t size, altered, too_long, missing;
		int want;
		const char *what;
	} rows[] = {
		{ "shorter", 299, -1ul, -1ul, -1ul, ERR_REFUSED, "299 ledger entries" },
		{ "longer, an old entry of the last group altered", 310, 260, -1ul, -1ul,
		  ERR_CORRUPT, "ledger entry 260" },
		{ "a new entry is too long", 310, -1ul, 305, -1ul, ERR_LIMIT, "ledger entry 305" },
		{ "holds less than it counts", 310, -1ul, -1ul, 302, ERR_CORRUPT,
		  "ledger entry 302" },
	};
	struct note_signer signer = test_signer(ORIGIN);

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct numbered_source entries = numbered();
		struct ledger_source source = source_of(&entries, 300);
		struct memory_log m;
		struct ledger_head head;
		struct err err = { 0 };

		memory_init(&m);
		struct tile_store files = memory_files(&m);
		assert_int_equal(ledger_append(&files, &signer, &source, &head, NULL), 0);
		long writes = m.writes;
		entries = (struct numbered_source){ rows[i].altered, rows[i].too_long,
			                            rows[i].missing };
		source.size = rows[i].size;
		CHECK_INT(i, rows[i].says, ledger_append(&files, &signer, &source, &head, &err),
		          rows[i].want);
		CHECK_INT(i, err.what, strstr(err.what, rows[i].what) != NULL, 1);
		CHECK_INT(i, rows[i].says, m.writes, writes);
		assert_int_equal(ledger_read_head(&files, &signer.key, NULL, &head, NULL), 0);
		CHECK_INT(i, rows[i].says, head.size, 300);
		memory_release(&m);
	}
	check_done();
}

static void a_damaged_log_is_not_continued(void **state)
{
	static const struct {
		const char *says, *path;
		bool remove;
		int want;
		const char *what;
	} rows[] = {
		{ "checkpoint taken away", "checkpoint", true, ERR_CORRUPT, "checkpoint: missing" },
		{ "checkpoint altered", "checkpoint", false, ERR_CORRUPT, "checkpoint" },
		{ "right edge altered", "tile/0/001.p/44", false, ERR_CORRUPT, "root" },
		{ "right edge of level 1 altered", "tile/1/000.p/1", false, ERR_CORRUPT, "root" },
		{ "right edge taken away", "tile/0/001.p/44", true, ERR_REFUSED, "rolled back" },
	};
	struct note_signer signer = test_signer(ORIGIN);
	struct numbered_source entries = numbered();

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ledger_source source = source_of(&entries, 300);
		struct memory_log m;
		struct ledger_head head;
		struct err err = { 0 };

		memory_init(&m);
		struct tile_store files = memory_files(&m);
		assert_int_equal(ledger_append(&files, &signer, &source, &head, NULL), 0);
		if (rows[i].remove)
			memory_remove(&m, rows[i].path);
		else
			memory_find(&m, rows[i].path)->bytes.p[25] ^= 1;
		long writes = m.writes;
		source.size = 310;
		CHECK_INT(i, rows[i].says, ledger_append(&files, &signer, &source, &head, &err),
		          rows[i].want);
		CHECK_INT(i, err.what, strstr(err.what, rows[i].what) != NULL, 1);
		CHECK_INT(i, rows[i].says, m.writes, writes);
		memory_release(&m);
	}
	check_done();
}

static void every_entry_is_proved_to_somebody_who_has_the_key_alone(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 5, 255, 256, 257, 600 };
	struct note_signer signer = test_signer(ORIGIN),
			   other = test_signer("other.example/ledger");
	struct numbered_source entries = numbered();

	(void)state;
	for (size_t i = 0; i < ROWS(sizes); i++) {
		struct ledger_source source = source_of(&entries, sizes[i]);
		struct memory_log m;
		struct ledger_head head;
		struct err err = { 0 };

		memory_init(&m);
		struct tile_store files = memory_files(&m);
		assert_int_equal(ledger_append(&files, &signer, &source, &head, NULL), 0);
		for (uint64_t k = 0; k < sizes[i]; k += 1 + k / 7) {
			struct buf text = { 0 }, entry = { 0 };
			CHECK_INT(k, "prove",
			          ledger_prove(&files, ring_of(&signer.key), k, SLICE("salt"), &text,
			                       &err),
			          0);
			CHECK_INT(k, "entry", ledger_read_entry(&files, &head, k, &entry, &err), 0);
			CHECK_INT(k, "check",
			          ledger_check_proof(buf_slice(&text), ring_of(&signer.key),
			                             buf_slice(&entry), &head, &err),
			          0);
			CHECK_INT(k, "size", head.size, sizes[i]);
			CHECK_INT(k, "of another entry",
			          ledger_check_proof(buf_slice(&text), ring_of(&signer.key),
			                             SLICE("entry"), NULL, &err),
			          ERR_CORRUPT);
			CHECK_INT(k, "by another key",
			          ledger_check_proof(buf_slice(&text), ring_of(&other.key),
			                             buf_slice(&entry), NULL, &err),
			          ERR_NOTFOUND);
			buf_release(&text);
			buf_release(&entry);
		}
		struct buf text = { 0 };
		CHECK_INT(i, "no such entry",
		          ledger_prove(&files, ring_of(&signer.key), sizes[i], SLICE(""), &text,
		                       &err),
		          ERR_NOTFOUND);
		memory_find(&m, "checkpoint")->bytes.p[3] ^= 1;
		CHECK_INT(i, "an altered checkpoint",
		          ledger_prove(&files, ring_of(&signer.key), 0, SLICE(""), &text, &err),
		          ERR_CORRUPT);
		assert_int_equal(text.n, 0);
		memory_release(&m);
	}
	check_done();
}

static void tiles_that_do_not_prove_give_no_proof(void **state)
{
	struct note_signer signer = test_signer(ORIGIN);
	struct numbered_source entries = numbered();
	struct ledger_source source = source_of(&entries, 300);
	struct memory_log m;
	struct ledger_head head;
	struct buf text = { 0 };
	struct err err = { 0 };

	(void)state;
	memory_init(&m);
	struct tile_store files = memory_files(&m);
	assert_int_equal(ledger_append(&files, &signer, &source, &head, NULL), 0);
	memory_find(&m, "tile/0/000")->bytes.p[32 * 9] ^= 1;
	assert_int_equal(ledger_prove(&files, ring_of(&signer.key), 8, SLICE(""), &text, &err),
	                 ERR_CORRUPT);
	assert_int_equal(ledger_prove(&files, ring_of(&signer.key), 9, SLICE(""), &text, &err),
	                 ERR_CORRUPT);
	memory_find(&m, "tile/0/000")->bytes.n--;
	assert_int_equal(ledger_prove(&files, ring_of(&signer.key), 8, SLICE(""), &text, &err),
	                 ERR_CORRUPT);
	assert_non_null(strstr(err.what, "tile/0/000"));
	assert_int_equal(text.n, 0);
	memory_release(&m);
}

/* How many signature lines a checkpoint has. */
static size_t signatures(struct memory_log *m)
{
	struct note note;
	struct note_signature s;
	size_t at = 0, n = 0;

	assert_int_equal(note_parse(buf_slice(&memory_find(m, "checkpoint")->bytes), &note, NULL), 0);
	while (note_next_signature(&note, &at, &s))
		n++;
	return n;
}

static void a_key_is_replaced_while_the_log_grows(void **state)
{
	struct note_signer both[2] = { test_signer(ORIGIN), test_signer_of(ORIGIN, 8) };
	const struct note_signer *old = &both[0], *next = &both[1];
	struct keyring ring = keyring_of(&old->key);
	struct numbered_source entries = numbered();
	struct memory_log m;
	struct ledger_head head, other;
	struct err err = { 0 };

	(void)state;
	memory_init(&m);
	struct tile_store files = memory_files(&m);
	struct ledger_source source = source_of(&entries, 300);
	assert_int_equal(ledger_append_by(&files, old, 1, &ring, &source, &head, &err), 0);

	/* Both sign, though nothing was added. */
	ring.key[ring.n++] = (struct keyring_key){ next->key, 300, INT64_MAX };
	assert_int_equal(ledger_append_by(&files, both, 2, &ring, &source, &other, &err), 0);
	assert_true(sha256_eq(head.root, other.root));
	CHECK_INT(0, "two signatures", signatures(&m), 2);
	CHECK_INT(0, "old", ledger_read_head(&files, &old->key, NULL, &head, &err), 0);
	CHECK_INT(0, "new", ledger_read_head(&files, &next->key, NULL, &head, &err), 0);
	long writes = m.writes;
	assert_int_equal(ledger_append_by(&files, both, 2, &ring, &source, &other, &err), 0);
	CHECK_INT(0, "done twice it writes nothing", m.writes, writes);
	source.size = 310;
	assert_int_equal(ledger_append_by(&files, both, 2, &ring, &source, &head, &err), 0);
	CHECK_INT(0, "both sign what is added", signatures(&m), 2);

	/* The old one retires: its signature goes, and it signs no later tree. */
	ring.key[0].to = 310;
	assert_int_equal(ledger_append_by(&files, next, 1, &ring, &source, &head, &err), 0);
	CHECK_INT(0, "one signature", signatures(&m), 1);
	CHECK_INT(0, "of the new", ledger_read_head(&files, &next->key, NULL, &head, &err), 0);
	CHECK_INT(0, "not of the old", ledger_read_head(&files, &old->key, NULL, &head, &err),
	          ERR_CORRUPT);
	source.size = 700;
	assert_int_equal(ledger_append_by(&files, next, 1, &ring, &source, &head, &err), 0);
	CHECK_INT(0, "by the ring", ledger_read_head_by(&files, &ring, NULL, &other, &err), 0);

	/* Who has stolen the old key cannot go on with it. */
	struct ledger_source more = source_of(&entries, 720);
	const struct keyring thief = keyring_of(&old->key);
	CHECK_INT(0, "the thief's own ring does not know the log",
	          ledger_append_by(&files, old, 1, &thief, &more, NULL, &err), ERR_CORRUPT);
	assert_int_equal(ledger_append_by(&files, old, 1, &ring, &more, NULL, &err), 0);
	CHECK_INT(0, "signed by the retired key alone",
	          ledger_read_head_by(&files, &ring, NULL, &other, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.what, "does not sign for 720 entries"));
	memory_release(&m);
	check_done();
}

static void signatures_of_others_stay_while_the_tree_is_the_same(void **state)
{
	struct note_signer both[2] = { test_signer(ORIGIN), test_signer_of(ORIGIN, 8) };
	struct keyring ring = keyring_of(&both[0].key);
	struct numbered_source entries = numbered();
	struct ledger_source source = source_of(&entries, 5);
	struct memory_log m;

	(void)state;
	memory_init(&m);
	struct tile_store files = memory_files(&m);
	assert_int_equal(ledger_append_by(&files, both, 1, &ring, &source, NULL, NULL), 0);
	buf_puts(&memory_find(&m, "checkpoint")->bytes, "\xe2\x80\x94 witness.example/w AAAAAQID\n");
	ring.key[ring.n++] = (struct keyring_key){ both[1].key, 5, INT64_MAX };
	assert_int_equal(ledger_append_by(&files, both, 2, &ring, &source, NULL, NULL), 0);
	CHECK_INT(0, "two of the log, one of the witness", signatures(&m), 3);
	source.size = 6;
	assert_int_equal(ledger_append_by(&files, both, 2, &ring, &source, NULL, NULL), 0);
	CHECK_INT(0, "another tree is not what the witness saw", signatures(&m), 2);
	memory_release(&m);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_ledger_begins_with_the_empty_tree),
		cmocka_unit_test(growing_by_steps_or_at_once_gives_the_same_tree),
		cmocka_unit_test(a_writer_that_stops_after_any_write_is_followed_by_one_that_ends),
		cmocka_unit_test(a_store_that_is_not_the_logs_is_refused_and_nothing_is_written),
		cmocka_unit_test(a_damaged_log_is_not_continued),
		cmocka_unit_test(every_entry_is_proved_to_somebody_who_has_the_key_alone),
		cmocka_unit_test(tiles_that_do_not_prove_give_no_proof),
		cmocka_unit_test(a_key_is_replaced_while_the_log_grows),
		cmocka_unit_test(signatures_of_others_stay_while_the_tree_is_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "memory_log.h"

#include "account/audit.h"

#define ORIGIN "demo.example/ledger"

struct told {
	size_t n;
	char path[8][TILE_PATH_SIZE];
	uint64_t index[8];
	char what[8][240];
};

static void tell(void *ctx, const char *path, uint64_t index, const char *what)
{
	struct told *t = ctx;

	if (t->n < 8) {
		snprintf(t->path[t->n], sizeof(t->path[0]), "%s", path);
		snprintf(t->what[t->n], sizeof(t->what[0]), "%s", what);
		t->index[t->n] = index;
	}
	t->n++;
}

/* A ledger of 515 entries that grew through 200, 250, 513 and 514: it has full and partial tiles on
 * two levels, and partial tiles of the last two checkpoints. */
static void make_ledger(struct memory_log *m, struct numbered_source *entries)
{
	static const uint64_t sizes[] = { 200, 250, 513, 514, 515 };
	struct note_signer signer = test_signer(ORIGIN);
	struct tile_store files = memory_files(m);

	memory_init(m);
	for (size_t i = 0; i < ROWS(sizes); i++) {
		struct ledger_source source = source_of(entries, sizes[i]);
		assert_int_equal(ledger_append(&files, &signer, &source, NULL, NULL), 0);
	}
}

static int audit(struct memory_log *m, const struct ledger_source *source, struct told *told,
                 struct audit_result *result, struct err *err)
{
	struct note_signer signer = test_signer(ORIGIN);
	struct audit_report report = { .problem = tell, .ctx = told };
	struct tile_store files = memory_files(m);

	*told = (struct told){ 0 };
	return audit_ledger(&files, ring_of(&signer.key), source, &report, result, err);
}

static void a_whole_ledger_passes_with_and_without_the_store(void **state)
{
	struct numbered_source entries = numbered();
	struct ledger_source source = source_of(&entries, 515);
	struct audit_result result;
	struct memory_log m;
	struct told told;
	struct err err;

	(void)state;
	make_ledger(&m, &entries);
	assert_int_equal(audit(&m, NULL, &told, &result, &err), 0);
	assert_int_equal(result.head.size, 515);
	assert_int_equal(audit(&m, &source, &told, &result, &err), 0);
	assert_int_equal(result.behind, 0);
	source.size = 520;
	assert_int_equal(audit(&m, &source, &told, &result, &err), 0);
	assert_int_equal(result.behind, 5);
	assert_int_equal(told.n, 0);
	memory_release(&m);
}

static void a_flipped_byte_in_any_file_is_found_and_the_file_named(void **state)
{
	struct numbered_source entries = numbered();
	struct memory_log whole, m;
	uint64_t random = test_seed();

	(void)state;
	make_ledger(&whole, &entries);
	assert_int_equal(whole.n, 12);
	for (size_t f = 0; f < whole.n; f++) {
		/* The first and last bytes, and some between. */
		size_t length = whole.files[f].bytes.n;
		for (size_t k = 0; k < 20; k++) {
			struct audit_result result;
			struct told told;
			struct err err = { 0 };
			size_t at = k == 0   ? 0
			            : k == 1 ? length - 1
			                     : test_random(&random) % length;
			char what[100];

			memory_copy(&m, &whole);
			m.files[f].bytes.p[at] = (char)(m.files[f].bytes.p[at] ^ (1 << k % 8));
			snprintf(what, sizeof(what), "%s, byte %zu", m.files[f].path, at);
			CHECK_INT(k, what, audit(&m, NULL, &told, &result, &err), ERR_CORRUPT);
			CHECK_INT(k, what, told.n, 1);
			CHECK_SLICE(k, what, slice_str(told.path[0]), slice_str(m.files[f].path));
			CHECK_INT(k, err.what,
			          strncmp(err.what, m.files[f].path, strlen(m.files[f].path)), 0);
			memory_release(&m);
		}
	}
	memory_release(&whole);
	check_done();
}

static void a_truncated_lengthened_emptied_or_missing_file_is_named(void **state)
{
	static const char *const how[] = { "one byte less", "one byte more", "empty", "missing" };
	struct numbered_source entries = numbered();
	struct memory_log whole, m;

	(void)state;
	make_ledger(&whole, &entries);
	for (size_t f = 0; f < whole.n; f++) {
		struct tile t;
		bool needed = tile_parse_path(slice_str(whole.files[f].path), &t, NULL) ||
		              t.width == TILE_WIDTH || t.width == 515 % 256 || t.level == 1;
		for (size_t k = 0; k < ROWS(how); k++) {
			struct audit_result result;
			struct told told;
			struct err err = { 0 };
			char path[TILE_PATH_SIZE], what[100];

			memory_copy(&m, &whole);
			memcpy(path, m.files[f].path, sizeof(path));
			snprintf(what, sizeof(what), "%s: %s", path, how[k]);
			if (k == 0)
				m.files[f].bytes.n--;
			else if (k == 1)
				buf_putc(&m.files[f].bytes, 'x');
			else if (k == 2)
				m.files[f].bytes.n = 0;
			else
				memory_remove(&m, path);
			/* Partial tiles of earlier checkpoints may be missing: tlog-tiles. */
			bool bad = needed || k != 3;
			CHECK_INT(k, what, audit(&m, NULL, &told, &result, &err),
			          bad ? ERR_CORRUPT : 0);
			CHECK_INT(k, what, told.n, bad);
			if (bad)
				CHECK_SLICE(k, what, slice_str(told.path[0]), slice_str(path));
			memory_release(&m);
		}
	}
	memory_release(&whole);
	check_done();
}

static void an_altered_entry_or_hash_is_named_by_its_number(void **state)
{
	static const struct {
		const char *path;
		size_t byte; /* to alter */
		uint64_t index;
		const char *what;
	} rows[] = {
		/* entries 0 to 9 of a bundle take 2 + 7 bytes, 10 to 99 take 2 + 8 */
		{ "tile/entries/000", 2, 0,
		  "tile/entries/000: entry 0 is not the one that was signed" },
		{ "tile/entries/000", 9 * 10 + 10 * 7 + 9, 17,
		  "tile/entries/000: entry 17 is not the one that was signed" },
		{ "tile/entries/002.p/3", 2 + 9 + 2, 513,
		  "tile/entries/002.p/3: entry 513 is not the one that was signed" },
		{ "tile/0/001", 32 * 40, 40,
		  "tile/0/001: hash 40 is not that of the entry that was signed" },
		{ "tile/0/002.p/3", 95, 2,
		  "tile/0/002.p/3: hash 2 is not that of the entry that was signed" },
		{ "tile/1/000.p/2", 32, 1, "tile/1/000.p/2: hash 1 is not that of tile/0/001" },
	};
	struct numbered_source entries = numbered();
	struct memory_log m;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct audit_result result;
		struct told told;
		struct err err = { 0 };

		make_ledger(&m, &entries);
		memory_find(&m, rows[i].path)->bytes.p[rows[i].byte] ^= 2;
		CHECK_INT(i, rows[i].path, audit(&m, NULL, &told, &result, &err), ERR_CORRUPT);
		CHECK_SLICE(i, rows[i].path, slice_str(err.what), slice_str(rows[i].what));
		CHECK_INT(i, rows[i].path, told.index[0], rows[i].index);
		memory_release(&m);
	}
	check_done();
}

static void several_altered_files_are_all_named(void **state)
{
	struct numbered_source entries = numbered();
	struct audit_result result;
	struct memory_log m;
	struct told told;
	struct err err = { 0 };

	(void)state;
	make_ledger(&m, &entries);
	memory_find(&m, "tile/entries/000")->bytes.p[2] ^= 1;
	memory_find(&m, "tile/entries/001")->bytes.p[2] ^= 1;
	memory_find(&m, "tile/1/000.p/2")->bytes.p[0] ^= 1;
	assert_int_equal(audit(&m, NULL, &told, &result, &err), ERR_CORRUPT);
	assert_int_equal(told.n, 3);
	assert_int_equal(result.problems, 3);
	assert_string_equal(told.path[0], "tile/entries/000");
	assert_string_equal(told.path[1], "tile/entries/001");
	assert_string_equal(told.path[2], "tile/1/000.p/2");
	assert_string_equal(err.what, "tile/entries/000: entry 0 is not the one that was signed "
	                              "(and 2 more)");
	memory_release(&m);

	/* Where bundles and tiles are both altered, nobody is believed and both sides are named. */
	make_ledger(&m, &entries);
	memory_find(&m, "tile/entries/000")->bytes.p[2] ^= 1;
	memory_find(&m, "tile/0/001")->bytes.p[0] ^= 1;
	assert_int_equal(audit(&m, NULL, &told, &result, &err), ERR_CORRUPT);
	bool bundle = false, tile = false;
	for (size_t i = 0; i < told.n && i < 8; i++) {
		bundle = bundle || strcmp(told.path[i], "tile/entries/000") == 0;
		tile = tile || strcmp(told.path[i], "tile/0/001") == 0;
	}
	assert_true(bundle && tile);
	memory_release(&m);
	check_done();
}

static void a_rewritten_ledger_is_told_by_its_checkpoint(void **state)
{
	struct numbered_source entries = numbered(), others = numbered();
	struct audit_result result;
	struct memory_log m, forged;
	struct told told;
	struct err err = { 0 };

	(void)state;
	others.altered = 3;
	make_ledger(&m, &entries);
	make_ledger(&forged, &others);
	struct memory_file *f = memory_find(&forged, "checkpoint");
	buf_clear(&f->bytes);
	buf_put(&f->bytes, buf_slice(&memory_find(&m, "checkpoint")->bytes));
	assert_int_equal(audit(&forged, NULL, &told, &result, &err), ERR_CORRUPT);
	assert_int_equal(told.n, 1);
	assert_string_equal(told.path[0], "checkpoint");
	assert_non_null(strstr(err.what, "rewritten"));
	memory_release(&m);
	memory_release(&forged);
}

static void a_store_that_differs_is_named_by_entry(void **state)
{
	struct numbered_source entries = numbered();
	struct ledger_source source = source_of(&entries, 515);
	struct audit_result result;
	struct memory_log m;
	struct told told;
	struct err err = { 0 };

	(void)state;
	make_ledger(&m, &entries);
	entries.altered = 300;
	assert_int_equal(audit(&m, &source, &told, &result, &err), ERR_CORRUPT);
	assert_string_equal(err.what, "store: ledger entry 300 is not the one in the ledger");
	assert_int_equal(told.index[0], 300);
	/* Whoever alters the bundle too is found there, and the store still. */
	memory_find(&m, "tile/entries/001")->bytes.p[2] ^= 1;
	assert_int_equal(audit(&m, &source, &told, &result, &err), ERR_CORRUPT);
	assert_int_equal(told.n, 2);
	assert_string_equal(told.path[0], "tile/entries/001");
	assert_string_equal(told.path[1], "store");
	memory_release(&m);
}

static void a_rollback_is_refused_by_name(void **state)
{
	struct numbered_source entries = numbered();
	struct ledger_source source = source_of(&entries, 400);
	struct audit_result result;
	struct memory_log m, earlier;
	struct told told;
	struct err err = { 0 };

	(void)state;
	make_ledger(&m, &entries);
	assert_int_equal(audit(&m, &source, &told, &result, &err), ERR_REFUSED);
	assert_string_equal(err.what,
	                    "store: holds 400 ledger entries, the checkpoint signs 515: the "
	                    "store was rolled back");

	/* Tiles of an earlier day under the checkpoint of today. */
	memory_init(&earlier);
	struct tile_store files = memory_files(&earlier);
	struct note_signer signer = test_signer(ORIGIN);
	assert_int_equal(ledger_append(&files, &signer, &source, NULL, &err), 0);
	memory_put(&earlier, "checkpoint", buf_slice(&memory_find(&m, "checkpoint")->bytes));
	assert_int_equal(audit(&earlier, NULL, &told, &result, &err), ERR_REFUSED);
	assert_int_equal(strncmp(err.what, "tile/0/002.p/3: missing, as are its entries", 43), 0);
	assert_int_equal(ledger_append(&files, &signer, &source, NULL, &err), ERR_REFUSED);
	memory_release(&earlier);

	memory_init(&earlier);
	memory_put(&earlier, "checkpoint", buf_slice(&memory_find(&m, "checkpoint")->bytes));
	assert_int_equal(audit(&earlier, NULL, &told, &result, &err), ERR_REFUSED);
	memory_release(&earlier);
	memory_release(&m);
}

static void a_kept_checkpoint_is_the_past_of_the_ledger_or_refused(void **state)
{
	static const struct {
		const char *says;
		uint64_t kept, now, altered;
		int want;
		const char *what;
	} rows[] = {
		{ "the same", 300, 300, UINT64_MAX, 0, "" },
		{ "grown", 5, 300, UINT64_MAX, 0, "" },
		{ "grown from nothing", 0, 300, UINT64_MAX, 0, "" },
		{ "shorter", 300, 299, UINT64_MAX, ERR_REFUSED, "rolled back" },
		{ "grown from another", 200, 300, 199, ERR_REFUSED, "forked" },
		{ "as long, and another", 300, 300, 0, ERR_REFUSED, "forked" },
		{ "altered behind it", 200, 300, 200, 0, "" },
	};
	struct note_signer signer = test_signer(ORIGIN);

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct numbered_source entries = numbered(), later = numbered();
		struct ledger_source kept = source_of(&entries, rows[i].kept);
		struct ledger_source now = source_of(&later, rows[i].now);
		struct memory_log a, b;
		struct err err = { 0 };

		memory_init(&a);
		memory_init(&b);
		struct tile_store old = memory_files(&a), files = memory_files(&b);
		later.altered = rows[i].altered;
		assert_int_equal(ledger_append(&old, &signer, &kept, NULL, NULL), 0);
		assert_int_equal(ledger_append(&files, &signer, &now, NULL, NULL), 0);
		CHECK_INT(i, rows[i].says,
		          audit_since(&files, ring_of(&signer.key),
		                      buf_slice(&memory_find(&a, "checkpoint")->bytes), &err),
		          rows[i].want);
		CHECK_INT(i, err.what, strstr(err.what, rows[i].what) != NULL, 1);
		memory_release(&a);
		memory_release(&b);
	}
	check_done();
}

static void a_signature_of_somebody_else_is_no_checkpoint(void **state)
{
	struct note_signer other = test_signer("other.example/ledger");
	struct numbered_source entries = numbered();
	struct audit_result result;
	struct memory_log m;
	struct told told;
	struct err err = { 0 };

	(void)state;
	memory_init(&m);
	struct tile_store files = memory_files(&m);
	struct ledger_source source = source_of(&entries, 9);
	assert_int_equal(ledger_append(&files, &other, &source, NULL, NULL), 0);
	assert_int_equal(audit(&m, NULL, &told, &result, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.what, "checkpoint: not signed by " ORIGIN "+"));
	memory_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_ledger_passes_with_and_without_the_store),
		cmocka_unit_test(a_flipped_byte_in_any_file_is_found_and_the_file_named),
		cmocka_unit_test(a_truncated_lengthened_emptied_or_missing_file_is_named),
		cmocka_unit_test(an_altered_entry_or_hash_is_named_by_its_number),
		cmocka_unit_test(several_altered_files_are_all_named),
		cmocka_unit_test(a_rewritten_ledger_is_told_by_its_checkpoint),
		cmocka_unit_test(a_store_that_differs_is_named_by_entry),
		cmocka_unit_test(a_rollback_is_refused_by_name),
		cmocka_unit_test(a_kept_checkpoint_is_the_past_of_the_ledger_or_refused),
		cmocka_unit_test(a_signature_of_somebody_else_is_no_checkpoint),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

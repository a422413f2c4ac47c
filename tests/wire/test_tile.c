#include "check.h"

#include "wire/tile.h"

#include <stdlib.h>

static void a_tile_has_one_path_and_reads_back(void **state)
{
	static const struct {
		struct tile tile;
		const char *path;
	} rows[] = {
		{ { 0, 0, 256 }, "tile/0/000" },
		{ { 0, 0, 1 }, "tile/0/000.p/1" },
		{ { 63, 5, 255 }, "tile/63/005.p/255" },
		{ { 1, 999, 17 }, "tile/1/999.p/17" },
		{ { 1, 1000, 256 }, "tile/1/x001/000" },
		/* tlog-tiles, "Merkle Tree": index 1234067 */
		{ { 2, 1234067, 256 }, "tile/2/x001/x234/067" },
		{ { TILE_ENTRIES, 1234067, 8 }, "tile/entries/x001/x234/067.p/8" },
		{ { TILE_ENTRIES, 0, 256 }, "tile/entries/000" },
		{ { 0, TILE_INDEX_END - 1, 255 }, "tile/0/x072/x057/x594/x037/x927/935.p/255" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char path[TILE_PATH_SIZE];
		struct tile back = { 0 };
		struct err err = { 0 };

		tile_path(rows[i].tile, path);
		CHECK_SLICE(i, rows[i].path, slice_str(path), slice_str(rows[i].path));
		CHECK_INT(i, err.what, tile_parse_path(slice_str(rows[i].path), &back, &err), 0);
		CHECK_INT(i, rows[i].path, back.level, rows[i].tile.level);
		CHECK_INT(i, rows[i].path, back.index, rows[i].tile.index);
		CHECK_INT(i, rows[i].path, back.width, rows[i].tile.width);
	}
	check_done();
}

static void other_paths_are_refused_with_the_place(void **state)
{
	static const struct {
		const char *path;
		size_t at;
	} rows[] = {
		{ "", 0 },
		{ "tiles/0/000", 0 },
		{ "tile/", 5 },
		{ "tile//000", 5 },
		{ "tile/64/000", 7 },
		{ "tile/00/000", 7 },
		{ "tile/-1/000", 5 },
		{ "tile/data/000", 5 },
		{ "tile/0", 6 },
		{ "tile/0/", 7 },
		{ "tile/0/0", 8 },
		{ "tile/0/00", 9 },
		{ "tile/0/0000", 10 },
		{ "tile/0/x000/001", 11 },
		{ "tile/0/x001", 11 },
		{ "tile/0/x001/", 12 },
		{ "tile/0/x001/x00", 15 },
		{ "tile/0/001/002", 10 },
		{ "tile/0/x072/x057/x594/x037/x927/936", 35 },
		{ "tile/0/x999/x999/x999/x999/x999/x999/x999/999", 36 },
		{ "tile/0/000.p/", 13 },
		{ "tile/0/000.p/0", 14 },
		{ "tile/0/000.p/01", 15 },
		{ "tile/0/000.p/256", 16 },
		{ "tile/0/000.p/1/", 14 },
		{ "tile/0/000.tmp-abcdef", 10 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct tile t = { 7, 7, 7 };
		struct err err = { 0 };

		CHECK_INT(i, rows[i].path, tile_parse_path(slice_str(rows[i].path), &t, &err),
		          ERR_SYNTAX);
		CHECK_INT(i, rows[i].path, err.at, rows[i].at);
		CHECK_INT(i, rows[i].path, t.index, 7);
	}
	check_done();
}

static void a_bundle_gives_its_entries_back(void **state)
{
	static const struct slice entries[] = { SLICE("one"), SLICE(""), SLICE("\x00\xff"),
		                                SLICE("last") };
	struct buf bundle = { 0 };
	struct slice rest, entry;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ROWS(entries); i++)
		assert_int_equal(tile_put_entry(&bundle, entries[i], &err), 0);
	CHECK_SLICE(0, "bytes", buf_slice(&bundle), SLICE("\0\003one\0\0\0\002\x00\xff\0\004last"));
	rest = buf_slice(&bundle);
	for (size_t i = 0; i < ROWS(entries); i++) {
		assert_int_equal(tile_next_entry(&rest, &entry, &err), 1);
		CHECK_SLICE(i, "entry", entry, entries[i]);
	}
	assert_int_equal(tile_next_entry(&rest, &entry, &err), 0);
	buf_release(&bundle);
	check_done();
}

static void a_length_beyond_the_end_is_refused(void **state)
{
	static const struct slice rows[] = { SLICE("\0"), SLICE("\0\001"),
		                             SLICE("\xff\xff"
		                                   "ab") };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct slice rest = rows[i], entry;
		CHECK_INT(i, "bundle", tile_next_entry(&rest, &entry, NULL), ERR_SYNTAX);
		CHECK_SLICE(i, "rest", rest, rows[i]);
	}
	check_done();
}

static void an_entry_has_at_most_65535_bytes(void **state)
{
	char *bytes = calloc(1, TILE_ENTRY_MAX + 1);
	struct buf bundle = { 0 };
	struct slice rest, entry;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(tile_put_entry(&bundle, slice_from(bytes, TILE_ENTRY_MAX + 1), &err),
	                 ERR_LIMIT);
	assert_int_equal(bundle.n, 0);
	assert_int_equal(tile_put_entry(&bundle, slice_from(bytes, TILE_ENTRY_MAX), &err), 0);
	rest = buf_slice(&bundle);
	assert_int_equal(tile_next_entry(&rest, &entry, &err), 1);
	assert_int_equal(entry.n, TILE_ENTRY_MAX);
	free(bytes);
	buf_release(&bundle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tile_has_one_path_and_reads_back),
		cmocka_unit_test(other_paths_are_refused_with_the_place),
		cmocka_unit_test(a_bundle_gives_its_entries_back),
		cmocka_unit_test(a_length_beyond_the_end_is_refused),
		cmocka_unit_test(an_entry_has_at_most_65535_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "check.h"

#include "account/tlog.h"

#include <stdlib.h>

enum { SIZES = 600 };

/* The tree by its definition, RFC 6962 section 2.1. */
static struct sha256 naive_root(const struct sha256 *leaf, size_t n)
{
	size_t k = 1;

	if (n == 0)
		return sha256_of(SLICE(""));
	if (n == 1)
		return leaf[0];
	while (2 * k < n)
		k *= 2;
	return tlog_node_hash(naive_root(leaf, k), naive_root(leaf + k, n - k));
}

static struct sha256 numbered_leaf(size_t i)
{
	char text[32];

	snprintf(text, sizeof(text), "leaf %zu", i);
	return tlog_leaf_hash(slice_str(text));
}

/* Tiles as a growing tree gave them out: the last ones of each place. */
struct tiles {
	struct sha256 level0[SIZES + TILE_WIDTH], level1[TILE_WIDTH];
	size_t full, partial;
	unsigned last_width;
};

static int keep_tile(void *ctx, struct tile t, const struct sha256 *hash, struct err *err)
{
	struct tiles *s = ctx;

	(void)err;
	if (t.width == TILE_WIDTH)
		s->full++;
	else
		s->partial++;
	s->last_width = t.width;
	memcpy((t.level == 0 ? s->level0 : s->level1) + t.index * TILE_WIDTH, hash,
	       t.width * sizeof(*hash));
	return 0;
}

static int give_tile(void *ctx, struct tile t, struct sha256 *hash, struct err *err)
{
	struct tiles *s = ctx;

	(void)err;
	assert_true(t.width > 0 && t.width <= TILE_WIDTH);
	memcpy(hash, (t.level == 0 ? s->level0 : s->level1) + t.index * TILE_WIDTH,
	       t.width * sizeof(*hash));
	return 0;
}

static void known_trees_have_their_published_roots(void **state)
{
	/* Leaves and roots of the test data of the Certificate Transparency reference code. */
	static const struct {
		struct slice leaf;
		const char *root; /* of this leaf and those before */
	} rows[] = {
		{ SLICE(""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
		{ SLICE("\x00"),
		  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
		{ SLICE("\x10"),
		  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
		{ SLICE("\x20\x21"),
		  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
		{ SLICE("\x30\x31"),
		  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
		{ SLICE("\x40\x41\x42\x43"),
		  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
		{ SLICE("\x50\x51\x52\x53\x54\x55\x56\x57"),
		  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
		{ SLICE("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
		  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
	};
	struct tlog_edge *e = calloc(1, sizeof(*e));
	char hex[SHA256_HEX];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_int_equal(tlog_edge_add(e, tlog_leaf_hash(rows[i].leaf), NULL, NULL, NULL),
		                 0);
		sha256_hex(tlog_edge_root(e), hex);
		CHECK_SLICE(i, "tree", slice_str(hex), slice_str(rows[i].root));
	}
	free(e);
	check_done();
}

static void every_size_has_the_root_of_the_definition(void **state)
{
	struct tlog_edge *e = calloc(1, sizeof(*e)), *loaded = calloc(1, sizeof(*loaded));
	struct tiles *tiles = calloc(1, sizeof(*tiles));
	struct sha256 leaf[SIZES], root;

	(void)state;
	for (size_t n = 0; n <= SIZES; n++) {
		struct sha256 want = naive_root(leaf, n);
		assert_int_equal(tlog_edge_partials(e, keep_tile, tiles, NULL), 0);
		CHECK_INT(n, "root of the edge", sha256_eq(tlog_edge_root(e), want), 1);
		assert_int_equal(tlog_root(n, give_tile, tiles, &root, NULL), 0);
		CHECK_INT(n, "root of the tiles", sha256_eq(root, want), 1);
		assert_int_equal(tlog_edge_load(n, give_tile, tiles, loaded, NULL), 0);
		CHECK_INT(n, "root of the loaded edge", sha256_eq(tlog_edge_root(loaded), want), 1);
		if (n == SIZES)
			break;
		leaf[n] = numbered_leaf(n);
		assert_int_equal(tlog_edge_add(e, leaf[n], keep_tile, tiles, NULL), 0);
	}
	free(e);
	free(loaded);
	free(tiles);
	check_done();
}

static void full_tiles_come_when_they_fill_and_partial_ones_at_the_end(void **state)
{
	/* tlog-tiles, "Partial Tiles": a tree of 70,000. */
	struct counted {
		size_t full[2], partial[3];
		unsigned width[3];
	} c = { 0 };
	struct tlog_edge *e = calloc(1, sizeof(*e));
	struct sha256 leaf = numbered_leaf(0);
	struct tiles *tiles = calloc(1, sizeof(*tiles));

	(void)state;
	for (int i = 0; i < 512; i++)
		assert_int_equal(tlog_edge_add(e, leaf, keep_tile, tiles, NULL), 0);
	assert_int_equal(tiles->full, 2);
	assert_int_equal(tlog_edge_partials(e, keep_tile, tiles, NULL), 0);
	assert_int_equal(tiles->partial, 1);
	assert_int_equal(tiles->last_width, 2);
	for (int level = 0; level < 3; level++)
		c.width[level] = tlog_partial_width(70000, level);
	assert_int_equal(c.width[0], 112);
	assert_int_equal(c.width[1], 17);
	assert_int_equal(c.width[2], 1);
	assert_int_equal(tlog_level_size(70000, 1), 273);
	free(e);
	free(tiles);
}

static int must_not_be_asked(void *ctx, struct tile t, struct sha256 *hash, struct err *err)
{
	(void)ctx;
	(void)t;
	(void)hash;
	return err_set(err, ERR_IO, 0, "asked");
}

static void impossible_requests_are_refused_before_a_tile_is_read(void **state)
{
	struct sha256 out[TLOG_PROOF_MAX];
	size_t n = 99;

	(void)state;
	assert_int_equal(tlog_prove_inclusion(5, 5, must_not_be_asked, NULL, out, &n, NULL),
	                 ERR_USAGE);
	assert_int_equal(tlog_prove_inclusion(0, 0, must_not_be_asked, NULL, out, &n, NULL),
	                 ERR_USAGE);
	assert_int_equal(tlog_prove_consistency(6, 5, must_not_be_asked, NULL, out, &n, NULL),
	                 ERR_USAGE);
	assert_int_equal(
		tlog_prove_inclusion(0, UINT64_C(1) << 63, must_not_be_asked, NULL, out, &n, NULL),
		ERR_LIMIT);
	assert_int_equal(n, 99);
	assert_int_equal(tlog_prove_inclusion(0, 5, must_not_be_asked, NULL, out, &n, NULL),
	                 ERR_IO);
}

static int any_hash(void *ctx, struct tile t, struct sha256 *hash, struct err *err)
{
	(void)err;
	memset(hash, 1, t.width * sizeof(*hash));
	++*(size_t *)ctx;
	return 0;
}

static void a_proof_in_the_largest_tree_reads_each_level_a_few_times(void **state)
{
	struct sha256 out[TLOG_PROOF_MAX];
	size_t n = 0, tiles = 0;

	(void)state;
	assert_int_equal(tlog_prove_inclusion(12345678, INT64_MAX, any_hash, &tiles, out, &n, NULL),
	                 0);
	assert_int_equal(n, 63);
	assert_true(tiles <= 3 * TLOG_LEVELS);
	assert_int_equal(
		tlog_prove_consistency(INT64_MAX / 3, INT64_MAX, any_hash, &tiles, out, &n, NULL),
		0);
	assert_true(n <= TLOG_PROOF_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_trees_have_their_published_roots),
		cmocka_unit_test(every_size_has_the_root_of_the_definition),
		cmocka_unit_test(full_tiles_come_when_they_fill_and_partial_ones_at_the_end),
		cmocka_unit_test(impossible_requests_are_refused_before_a_tile_is_read),
		cmocka_unit_test(a_proof_in_the_largest_tree_reads_each_level_a_few_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

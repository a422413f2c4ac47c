#include "check.h"

#include "account/proof.h"
#include "account/tlog.h"

#include <stdlib.h>

enum { PAIRS = 130 };

static struct sha256 leaf[2 * TILE_WIDTH], root[PAIRS + 1];

static int give_tile(void *ctx, struct tile t, struct sha256 *hash, struct err *err)
{
	(void)ctx;
	(void)err;
	assert_int_equal(t.level, 0);
	memcpy(hash, leaf + t.index * TILE_WIDTH, t.width * sizeof(*hash));
	return 0;
}

static int make_trees(void **state)
{
	struct tlog_edge *e = calloc(1, sizeof(*e));

	(void)state;
	for (size_t i = 0; i <= PAIRS; i++) {
		char text[32];
		root[i] = tlog_edge_root(e);
		snprintf(text, sizeof(text), "leaf %zu", i);
		leaf[i] = tlog_leaf_hash(slice_str(text));
		tlog_edge_add(e, leaf[i], NULL, NULL, NULL);
	}
	free(e);
	return 0;
}

/* PATH of RFC 6962 section 2.1.1, by its definition. */
static struct sha256 naive_root(const struct sha256 *d, size_t n)
{
	size_t k = 1;

	if (n == 1)
		return d[0];
	while (2 * k < n)
		k *= 2;
	return tlog_node_hash(naive_root(d, k), naive_root(d + k, n - k));
}

static size_t naive_path(size_t m, const struct sha256 *d, size_t n, struct sha256 *out)
{
	size_t k = 1, have;

	if (n == 1)
		return 0;
	while (2 * k < n)
		k *= 2;
	if (m < k) {
		have = naive_path(m, d, k, out);
		out[have] = naive_root(d + k, n - k);
	} else {
		have = naive_path(m - k, d + k, n - k, out);
		out[have] = naive_root(d, k);
	}
	return have + 1;
}

static void every_leaf_of_every_tree_is_proved_by_the_path_of_the_definition(void **state)
{
	struct sha256 got[TLOG_PROOF_MAX], want[TLOG_PROOF_MAX];
	char what[60];
	size_t n = 0;

	(void)state;
	for (size_t size = 1; size <= PAIRS; size++) {
		for (size_t i = 0; i < size; i++) {
			snprintf(what, sizeof(what), "leaf %zu of %zu", i, size);
			assert_int_equal(
				tlog_prove_inclusion(i, size, give_tile, NULL, got, &n, NULL), 0);
			CHECK_INT(size, what, n, naive_path(i, leaf, size, want));
			CHECK_INT(size, what, memcmp(got, want, n * sizeof(got[0])), 0);
			CHECK_INT(size, what,
			          proof_check_inclusion(got, n, i, size, leaf[i], root[size]), 1);
		}
	}
	check_done();
}

static void a_proof_of_inclusion_proves_nothing_else(void **state)
{
	struct sha256 proof[TLOG_PROOF_MAX] = { 0 };
	char what[60];
	size_t n = 0;

	(void)state;
	for (size_t size = 1; size <= PAIRS; size += 1 + size / 9) {
		for (size_t i = 0; i < size; i++) {
			snprintf(what, sizeof(what), "leaf %zu of %zu", i, size);
			assert_int_equal(
				tlog_prove_inclusion(i, size, give_tile, NULL, proof, &n, NULL), 0);
			struct sha256 *r = &root[size], other = leaf[i];
			CHECK_INT(1, what,
			          proof_check_inclusion(proof, n + 1, i, size, leaf[i], *r), 0);
			if (n)
				CHECK_INT(2, what,
				          proof_check_inclusion(proof, n - 1, i, size, leaf[i], *r),
				          0);
			CHECK_INT(3, what, proof_check_inclusion(proof, n, size, size, leaf[i], *r),
			          0);
			if (size > 1)
				CHECK_INT(4, what,
				          proof_check_inclusion(proof, n, (i + 1) % size, size,
				                                leaf[i], *r),
				          0);
			other.b[31] ^= 1;
			CHECK_INT(5, what, proof_check_inclusion(proof, n, i, size, other, *r), 0);
			CHECK_INT(6, what, proof_check_inclusion(proof, n, i, size, leaf[i], other),
			          0);
			for (size_t k = 0; k < n; k++) {
				proof[k].b[k % 32] ^= 0x80;
				CHECK_INT(7, what,
				          proof_check_inclusion(proof, n, i, size, leaf[i], *r), 0);
				proof[k].b[k % 32] ^= 0x80;
			}
		}
	}
	check_done();
}

static void every_tree_is_proved_to_begin_with_every_smaller_one(void **state)
{
	struct sha256 proof[TLOG_PROOF_MAX];
	char what[60];
	size_t n = 0;

	(void)state;
	for (size_t size = 0; size <= PAIRS; size++) {
		for (size_t old = 0; old <= size; old++) {
			snprintf(what, sizeof(what), "tree of %zu in %zu", old, size);
			assert_int_equal(
				tlog_prove_consistency(old, size, give_tile, NULL, proof, &n, NULL),
				0);
			CHECK_INT(
				0, what,
				proof_check_consistency(proof, n, old, root[old], size, root[size]),
				1);
		}
	}
	check_done();
}

static void a_proof_of_consistency_proves_nothing_else(void **state)
{
	struct sha256 proof[TLOG_PROOF_MAX] = { 0 };
	char what[60];
	size_t n = 0;

	(void)state;
	for (size_t size = 1; size <= PAIRS; size += 1 + size / 9) {
		for (size_t old = 0; old <= size; old++) {
			snprintf(what, sizeof(what), "tree of %zu in %zu", old, size);
			assert_int_equal(
				tlog_prove_consistency(old, size, give_tile, NULL, proof, &n, NULL),
				0);
			struct sha256 a = root[old], b = root[size], bad_a = a, bad_b = b;
			bad_a.b[0] ^= 1;
			bad_b.b[0] ^= 1;
			CHECK_INT(1, what, proof_check_consistency(proof, n, old, bad_a, size, b),
			          0);
			if (old)
				CHECK_INT(2, what,
				          proof_check_consistency(proof, n, old, a, size, bad_b),
				          0);
			CHECK_INT(3, what, proof_check_consistency(proof, n + 1, old, a, size, b),
			          0);
			if (n)
				CHECK_INT(4, what,
				          proof_check_consistency(proof, n - 1, old, a, size, b),
				          0);
			CHECK_INT(5, what, proof_check_consistency(proof, n, size + 1, a, size, b),
			          0);
			for (size_t k = 0; k < n; k++) {
				proof[k].b[k % 32] ^= 4;
				CHECK_INT(6, what,
				          proof_check_consistency(proof, n, old, a, size, b), 0);
				proof[k].b[k % 32] ^= 4;
			}
		}
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_leaf_of_every_tree_is_proved_by_the_path_of_the_definition),
		cmocka_unit_test(a_proof_of_inclusion_proves_nothing_else),
		cmocka_unit_test(every_tree_is_proved_to_begin_with_every_smaller_one),
		cmocka_unit_test(a_proof_of_consistency_proves_nothing_else),
	};
	return cmocka_run_group_tests(tests, make_trees, NULL);
}

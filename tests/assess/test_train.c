/* Examples out of words: bucket numbers stand for them. */
#include "check.h"

#include "assess/train.h"

#include <stdlib.h>

enum { EXAMPLES = 40, COMMON = 1, PILLS = 2, TEA = 3, NAME = 100 };

static struct train_example example[EXAMPLES];
static struct feature feature[EXAMPLES][3];
static char name[EXAMPLES][8];

/* Shops say PILLS and the others TEA; all say COMMON; each says its own name. */
static void make(void)
{
	for (size_t i = 0; i < EXAMPLES; i++) {
		bool positive = i % 2;
		feature[i][0].bucket = COMMON;
		feature[i][1].bucket = positive ? PILLS : TEA;
		feature[i][2].bucket = (uint16_t)(NAME + i);
		snprintf(name[i], sizeof(name[i]), "site%zu", i);
		example[i] = (struct train_example){ { feature[i], 3 }, slice_str(name[i]), positive };
	}
}

static int64_t score(const struct rank_model *m, const struct train_example *e)
{
	struct rank_score s;

	rank_model_score(m, &e->features, &s);
	return s.ppm;
}

static void what_tells_the_kinds_apart_is_learnt_and_names_are_not(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rank_model m;

	make();
	assert_int_equal(train_model(example, EXAMPLES, NULL, &a, &m, NULL), 0);
	assert_int_equal(m.n, 3);
	assert_int_equal(m.weight[0].bucket, COMMON);
	assert_true(labs(m.weight[0].weight) < RANK_MODEL_ONE / 8);
	assert_true(m.weight[1].bucket == PILLS && m.weight[1].weight > RANK_MODEL_ONE);
	assert_true(m.weight[2].bucket == TEA && m.weight[2].weight < -RANK_MODEL_ONE);
	assert_true(m.examples == EXAMPLES && m.trained_n == EXAMPLES);
	assert_true(rank_model_knows(&m, slice_str("site7")));
	for (size_t i = 0; i < EXAMPLES; i++)
		CHECK_INT(i, name[i], score(&m, &example[i]) > 500000, example[i].positive);
	arena_release(&a);
	check_done();
}

static void the_order_of_examples_does_not_matter(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rank_model m, other;
	struct train_example turned[EXAMPLES];
	struct buf one = { 0 }, two = { 0 };

	make();
	for (size_t i = 0; i < EXAMPLES; i++)
		turned[EXAMPLES - 1 - i] = example[i];
	assert_int_equal(train_model(example, EXAMPLES, NULL, &a, &m, NULL), 0);
	assert_int_equal(train_model(turned, EXAMPLES, NULL, &a, &other, NULL), 0);
	assert_int_equal(rank_model_format(&m, &one, NULL) | rank_model_format(&other, &two, NULL), 0);
	assert_true(slice_eq(buf_slice(&one), buf_slice(&two)));
	buf_release(&one);
	buf_release(&two);
	arena_release(&a);
}

/* Thirty-eight sites of one engine say what one other says. */
static void a_cluster_counts_once(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rank_model m;

	make();
	for (size_t i = 0; i < EXAMPLES; i++) {
		example[i].positive = i >= 2;
		feature[i][1].bucket = PILLS;
		if (i >= 2)
			example[i].cluster = SLICE("engine");
	}
	assert_int_equal(train_model(example, EXAMPLES, NULL, &a, &m, NULL), 0);
	/* One cluster against two, all alike: 1/3 and not 38/40. */
	assert_in_range(score(&m, &example[0]), 320000, 350000);
	arena_release(&a);
}

static void a_model_takes_both_kinds(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rank_model m;
	struct err err = { 0 };

	make();
	for (size_t i = 0; i < EXAMPLES; i++)
		example[i].positive = true;
	assert_int_equal(train_model(example, EXAMPLES, NULL, &a, &m, &err), ERR_USAGE);
	assert_string_equal(err.what, "training takes sites to act on and sites to leave alone: there "
	                              "are 40 and 0");
	arena_release(&a);
}

static void folds_keep_clusters_together_and_kinds_apart(void **state)
{
	(void)state;
	size_t fold[EXAMPLES], count[5][2] = { { 0 } };
	struct err err = { 0 };

	make();
	example[1].cluster = example[3].cluster = example[5].cluster = SLICE("engine");
	assert_int_equal(train_folds(example, EXAMPLES, 5, fold, NULL), 0);
	assert_true(fold[1] == fold[3] && fold[3] == fold[5]);
	for (size_t i = 0; i < EXAMPLES; i++)
		count[fold[i]][example[i].positive]++;
	for (size_t k = 0; k < 5; k++)
		assert_true(count[k][0] == 4 && count[k][1] >= 3);
	assert_int_equal(train_folds(example, 6, 5, fold, &err), ERR_USAGE);
}

static void what_is_held_out_is_scored_by_others(void **state)
{
	(void)state;
	struct calibration c;

	make();
	assert_int_equal(train_held_out(example, EXAMPLES, 5, &c, NULL), 0);
	assert_true(c.n == EXAMPLES && c.positives == EXAMPLES / 2);
	assert_int_equal(c.auc_ppm, 1000000);
	assert_true(c.brier_ppm < c.base_brier_ppm);
	/* A word that is one site's alone teaches nothing of others: then scores say the share. */
	for (size_t i = 0; i < EXAMPLES; i++)
		feature[i][1].bucket = (uint16_t)(1000 + i);
	assert_int_equal(train_held_out(example, EXAMPLES, 5, &c, NULL), 0);
	assert_in_range(c.brier_ppm, 240000, 275000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_tells_the_kinds_apart_is_learnt_and_names_are_not),
		cmocka_unit_test(the_order_of_examples_does_not_matter),
		cmocka_unit_test(a_cluster_counts_once),
		cmocka_unit_test(a_model_takes_both_kinds),
		cmocka_unit_test(folds_keep_clusters_together_and_kinds_apart),
		cmocka_unit_test(what_is_held_out_is_scored_by_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

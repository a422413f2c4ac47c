#include "check.h"

#include "assess/evaluation.h"

static const struct label *of(const char *name)
{
	const struct label *l = label_find(slice_str(name));

	assert_non_null(l);
	return l;
}

static void a_class_is_right_wrong_no_answer_or_harm(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		enum verdict_class class;
		const char *ground;
		enum outcome want;
	} rows[] = {
		{ "rogue_pharmacy", CLASS_ROGUE, "", OUTCOME_RIGHT },
		{ "rogue_pharmacy", CLASS_UNAPPROVED, "x", OUTCOME_RIGHT },
		{ "rogue_pharmacy", CLASS_UNVERIFIED, "", OUTCOME_ABSTAINED },
		{ "rogue_pharmacy", CLASS_OUT_OF_SCOPE, "", OUTCOME_ABSTAINED },
		{ "rogue_pharmacy", CLASS_NOT_A_PHARMACY, "", OUTCOME_WRONG },
		{ "rogue_pharmacy", CLASS_LEGITIMATE, "", OUTCOME_WRONG },
		{ "licensed_pharmacy", CLASS_LEGITIMATE, "", OUTCOME_RIGHT },
		{ "licensed_pharmacy", CLASS_UNVERIFIED, "", OUTCOME_ABSTAINED },
		{ "licensed_pharmacy", CLASS_UNAPPROVED, "foreign_legal", OUTCOME_RIGHT },
		{ "licensed_pharmacy", CLASS_UNAPPROVED, "us-rx", OUTCOME_WRONG },
		{ "licensed_pharmacy", CLASS_ROGUE, "us-rx", OUTCOME_CONDEMNED },
		{ "foreign_licensed", CLASS_UNAPPROVED, "us-rx", OUTCOME_RIGHT },
		{ "foreign_licensed", CLASS_ROGUE, "", OUTCOME_CONDEMNED },
		{ "drug_information", CLASS_NOT_A_PHARMACY, "", OUTCOME_RIGHT },
		{ "drug_information", CLASS_UNAPPROVED, "foreign_legal", OUTCOME_WRONG },
		{ "news_or_research", CLASS_ROGUE, "", OUTCOME_CONDEMNED },
		{ "other_commerce", CLASS_ROGUE, "", OUTCOME_CONDEMNED },
		{ "designer_drug_or_supplement", CLASS_ROGUE, "", OUTCOME_RIGHT },
		{ "designer_drug_or_supplement", CLASS_LEGITIMATE, "", OUTCOME_WRONG },
		{ "spam_on_unrelated_site", CLASS_NOT_A_PHARMACY, "abused_legit", OUTCOME_RIGHT },
		{ "spam_on_unrelated_site", CLASS_ROGUE, "", OUTCOME_CONDEMNED },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].label,
		          label_outcome(of(rows[i].label), rows[i].class, slice_str(rows[i].ground)),
		          rows[i].want);
	assert_null(label_find(SLICE("rogue")));
	check_done();
}

static struct eval_cell us[] = { { .destination = { "US", 2 }, .class = CLASS_ROGUE },
	                         { .destination = { "JP", 2 }, .class = CLASS_OUT_OF_SCOPE,
	                           .is_stated = true } };
static struct eval_cell both[] = { { .destination = { "US", 2 }, .class = CLASS_LEGITIMATE },
	                           { .destination = { "JP", 2 }, .class = CLASS_UNVERIFIED } };
static struct eval_cell info[] = { { .destination = { "US", 2 }, .class = CLASS_NOT_A_PHARMACY },
	                           { .destination = { "JP", 2 }, .class = CLASS_NOT_A_PHARMACY } };

static void a_view_is_the_worst_of_what_it_looks_at(void **state)
{
	(void)state;
	struct eval_unit u = { .cell = us, .cell_n = 2 }, l = { .cell = both, .cell_n = 2 };

	assert_int_equal(evaluation_view(&u, VIEW_ANY)->class, CLASS_ROGUE);
	assert_int_equal(evaluation_view(&u, VIEW_STATED)->class, CLASS_OUT_OF_SCOPE);
	assert_int_equal(evaluation_view(&u, VIEW_DESTINATION + 1)->class, CLASS_OUT_OF_SCOPE);
	assert_null(evaluation_view(&u, VIEW_DESTINATION + 2));
	/* Nothing is stated: all are looked at, and unverified is worse than legitimate. */
	assert_int_equal(evaluation_view(&l, VIEW_STATED)->class, CLASS_UNVERIFIED);
}

static void shares_count_units_and_clusters(void **state)
{
	(void)state;
	struct eval_unit unit[6] = {
		{ of("rogue_pharmacy"), SLICE("a"), SLICE("engine"), SLICE("en"), us, 2 },
		{ of("rogue_pharmacy"), SLICE("b"), SLICE("engine"), SLICE("en"), us, 2 },
		{ of("rogue_pharmacy"), SLICE("c"), SLICE("c"), SLICE("en"), info, 2 },
		{ of("licensed_pharmacy"), SLICE("d"), SLICE("d"), SLICE("en"), both, 2 },
		{ of("drug_information"), SLICE("e"), SLICE("e"), SLICE("en"), info, 2 },
		{ of("drug_information"), SLICE("f"), SLICE("f"), SLICE("en"), us, 2 },
	};
	struct evaluation e;

	assert_int_equal(evaluation_of(unit, 6, VIEW_ANY, &e, NULL), 0);
	const struct measure *caught = &e.recall[MEASURE_CAUGHT];
	assert_true(caught->k == 2 && caught->n == 3 && caught->clusters == 2 && !caught->is_exact);
	assert_true(caught->clustered.low_ppm == 0 && caught->clustered.high_ppm == INTERVAL_PPM);
	const struct measure *precise = &e.precision[CLASS_ROGUE];
	assert_true(precise->k == 2 && precise->n == 3 && precise->clusters == 2);
	assert_true(e.recall[CLASS_NOT_A_PHARMACY].k == 1 && e.recall[CLASS_NOT_A_PHARMACY].n == 2);
	assert_true(e.recall[MEASURE_ABSTAINED].k == 1 && e.recall[MEASURE_ABSTAINED].n == 6);
	assert_int_equal(e.outcome[of("drug_information") - labels][OUTCOME_CONDEMNED], 1);
	assert_int_equal(e.matrix[of("rogue_pharmacy") - labels][CLASS_ROGUE], 2);
	/* Where nothing counts there is no share. */
	assert_int_equal(e.recall[CLASS_UNVERIFIED].n, 0);
}

static void a_class_without_evidence_counts_as_unverified(void **state)
{
	(void)state;
	struct site site = { .page_n = 1 };
	struct assessment x = { .site = &site };
	struct finding bare = { .quote_n = 0 }, cited = { .quote_n = 1 };
	const struct finding *one[] = { &cited }, *two[] = { &cited, &bare };
	struct cell c = { .class = CLASS_ROGUE, .ground = SLICE("g"), .finding = one, .finding_n = 1 };

	assert_int_equal(evaluation_cell(&x, &c).class, CLASS_ROGUE);
	c.finding = two;
	c.finding_n = 2;
	assert_int_equal(evaluation_cell(&x, &c).class, CLASS_UNVERIFIED);
	assert_true(evaluation_cell(&x, &c).is_uncited);
	c.finding_n = 0;
	assert_int_equal(evaluation_cell(&x, &c).class, CLASS_UNVERIFIED);
	c.class = CLASS_NOT_A_PHARMACY;
	assert_false(evaluation_cell(&x, &c).is_uncited);
}

static void a_path_speaks_for_the_innocent_alone(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		enum verdict_class site, path;
		size_t want;
	} rows[] = {
		{ "licensed_pharmacy", CLASS_LEGITIMATE, CLASS_ROGUE, 1 },
		{ "licensed_pharmacy", CLASS_UNVERIFIED, CLASS_UNAPPROVED, 1 },
		{ "licensed_pharmacy", CLASS_LEGITIMATE, CLASS_UNVERIFIED, 0 },
		{ "news_or_research", CLASS_NOT_A_PHARMACY, CLASS_ROGUE, 1 },
		{ "spam_on_unrelated_site", CLASS_NOT_A_PHARMACY, CLASS_ROGUE, 0 },
		{ "rogue_pharmacy", CLASS_NOT_A_PHARMACY, CLASS_ROGUE, 0 },
	};
	struct site site = { .page_n = 1 };
	struct finding cited = { .quote_n = 1 };
	const struct finding *one[] = { &cited };
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct cell cell[] = { { .class = rows[i].site, .finding = one, .finding_n = 1 },
			               { .class = rows[i].path, .finding = one, .finding_n = 1 } };
		struct assessment made[] = { { .site = &site, .cell = &cell[0], .cell_n = 1 },
			                     { .site = &site, .cell = &cell[1], .cell_n = 1 } };
		CHECK_INT(i, rows[i].label,
		          evaluation_speaker(of(rows[i].label), made, 2, 0) - made, rows[i].want);
		CHECK_INT(i, "no path", evaluation_speaker(of(rows[i].label), made, 1, 0) - made, 0);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_class_is_right_wrong_no_answer_or_harm),
		cmocka_unit_test(a_view_is_the_worst_of_what_it_looks_at),
		cmocka_unit_test(shares_count_units_and_clusters),
		cmocka_unit_test(a_class_without_evidence_counts_as_unverified),
		cmocka_unit_test(a_path_speaks_for_the_innocent_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

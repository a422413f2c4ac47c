/* Screening as an embedder does it, with the lexicon of the source tree. */
#include "lib/world.h"

static struct assay_lexicon *open_lexicon(void)
{
	struct assay_lexicon *l = NULL;
	struct assay_error error = { 0 };

	if (assay_lexicon_open(lexicon_dir(), NULL, &l, &error))
		fail_msg("%s", error.text);
	return l;
}

static void tell(const struct assay_suspect *s, struct buf *out)
{
	buf_printf(out, "%s %s", assay_suspect_name(s), assay_suspect_tier(s));
	for (size_t i = 0; i < assay_suspect_reasons(s); i++)
		buf_printf(out, "; %s %s/%s/%s %zu-%zu", assay_reason_rule(s, i),
		           assay_reason_word(s, i), assay_reason_substance(s, i),
		           assay_reason_folding(s, i), assay_reason_start(s, i),
		           assay_reason_end(s, i));
}

#define NAME(literal) literal, sizeof(literal) - 1

static const struct {
	const char *name;
	size_t n;
	const char *want;
} rows[] = {
	{ NAME("viagra-online.com"),
	  "viagra-online.com drug; drug-name Viagra/sildenafil/none 0-6; "
	  "commerce-word online//none 7-13" },
	{ NAME("V1AGRA-shop.com."), "v1agra-shop.com drug; drug-name Viagra/sildenafil/leet 0-6; "
	                            "commerce-word shop//none 7-11" },
	{ "viagra.com.example", 10, "viagra.com drug; drug-name Viagra/sildenafil/none 0-6" },
	{ NAME("lakeside-quilting-club.example"), "lakeside-quilting-club.example nothing" },
	{ NAME("specialist.com"), "specialist.com nothing" },
};

static void names_are_screened_with_reasons(void **state)
{
	struct assay_lexicon *l = open_lexicon();

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct assay_suspect *s = NULL;
		struct assay_error error = { 0 };
		struct buf got = { 0 };
		uint32_t score = 7;
		if (assay_screen(l, rows[i].name, rows[i].n, &s, &error))
			fail_msg("%s: %s", rows[i].name, error.text);
		tell(s, &got);
		CHECK_SLICE(i, rows[i].name, buf_slice(&got), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].name,
		          assay_screen_score(l, rows[i].name, rows[i].n, &score, NULL), 0);
		CHECK_INT(i, "both scores", assay_suspect_score(s), score);
		CHECK_INT(i, "a score if and only if a reason", score > 0,
		          assay_suspect_reasons(s) > 0);
		CHECK_INT(i, "at most a million", score <= 1000000, true);
		for (size_t k = 0; k < assay_suspect_reasons(s); k++)
			CHECK_INT(i, "weight", assay_reason_weight(s, k) > 0, true);
		buf_release(&got);
		assay_suspect_free(s);
	}
	assay_lexicon_close(l);
	check_done();
}

static void a_result_outlives_its_lexicon(void **state)
{
	struct assay_lexicon *l = open_lexicon();
	struct assay_suspect *s = NULL;
	struct buf got = { 0 };

	(void)state;
	assert_int_equal(strlen(assay_lexicon_digest(l)), 64);
	assert_int_equal(assay_screen(l, rows[0].name, rows[0].n, &s, NULL), 0);
	assay_lexicon_close(l);
	tell(s, &got);
	assert_string_equal(buf_str(&got), rows[0].want);
	size_t n = assay_suspect_reasons(s);
	assert_null(assay_reason_rule(s, n));
	assert_null(assay_reason_word(s, n));
	assert_null(assay_reason_substance(s, SIZE_MAX));
	assert_null(assay_reason_folding(s, n));
	assert_int_equal(assay_reason_start(s, n) + assay_reason_end(s, n), 0);
	assert_int_equal(assay_reason_weight(s, n), 0);
	assay_suspect_free(s);
	buf_release(&got);
}

static const struct {
	const char *name;
	size_t n;
	int want;
} refused[] = {
	{ NAME(""), ASSAY_SYNTAX },
	{ NULL, 0, ASSAY_SYNTAX },
	{ NULL, 9, ASSAY_USAGE },
	{ NAME("a..example"), ASSAY_SYNTAX },
	{ NAME("viagra.com\0"), ASSAY_SYNTAX },
	{ NAME("viagra .com"), ASSAY_SYNTAX },
	{ NAME("*.viagra.com"), ASSAY_SYNTAX },
	{ NAME("https://viagra.com/"), ASSAY_SYNTAX },
	{ NAME("\xc3"), ASSAY_SYNTAX },
	{ NAME("192.0.2.1"), ASSAY_SYNTAX },
};

static void what_is_no_name_is_refused(void **state)
{
	struct assay_lexicon *l = open_lexicon();
	char *longer = malloc(1 << 20);

	(void)state;
	for (size_t i = 0; i < ROWS(refused); i++) {
		const char *shown = refused[i].name ? refused[i].name : "NULL";
		struct assay_suspect *s = NULL;
		struct assay_error error = { 0 };
		uint32_t score = 7;
		CHECK_INT(i, shown, assay_screen(l, refused[i].name, refused[i].n, &s, &error),
		          refused[i].want);
		CHECK_INT(i, shown, error.code, refused[i].want);
		CHECK_INT(i, shown, error.text[0] != '\0' && s == NULL, true);
		CHECK_INT(i, shown,
		          assay_screen_score(l, refused[i].name, refused[i].n, &score, NULL),
		          refused[i].want);
		CHECK_INT(i, "score is untouched", score, 7);
	}
	assert_non_null(longer);
	memset(longer, 'a', 1 << 20);
	assert_int_equal(assay_screen_score(l, longer, 1 << 20, &(uint32_t){ 0 }, NULL),
	                 ASSAY_LIMIT);
	free(longer);
	assay_lexicon_close(l);
	check_done();
}

static void a_lexicon_that_is_not_there_is_told(void **state)
{
	static char none[300];
	struct assay_lexicon *l = NULL;
	struct assay_suspect *s = NULL;
	struct assay_error error = { 0 };

	(void)state;
	snprintf(none, sizeof(none), "%s/none", scratch);
	assert_int_equal(assay_lexicon_open(none, NULL, &l, &error), ASSAY_NOTFOUND);
	assert_non_null(strstr(error.text, "none/drugs.tsv"));
	assert_int_equal(assay_lexicon_open(lexicon_dir(), none, &l, &error), ASSAY_NOTFOUND);
	assert_non_null(strstr(error.text, "/none"));
	assert_int_equal(assay_lexicon_open(NULL, NULL, &l, NULL), ASSAY_USAGE);
	assert_int_equal(assay_lexicon_open(lexicon_dir(), NULL, NULL, NULL), ASSAY_USAGE);
	assert_int_equal(assay_screen(NULL, "a.example", 9, &s, NULL), ASSAY_USAGE);
	assert_int_equal(assay_screen_score(NULL, "a.example", 9, &(uint32_t){ 0 }, NULL),
	                 ASSAY_USAGE);
	assert_null(l);
	assay_lexicon_close(NULL);
	assay_suspect_free(NULL);
	assert_null(assay_lexicon_digest(NULL));
	assert_null(assay_suspect_name(NULL));
	assert_null(assay_suspect_tier(NULL));
	assert_int_equal(assay_suspect_score(NULL), 0);
	assert_int_equal(assay_suspect_reasons(NULL), 0);
	assert_null(assay_reason_word(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_screened_with_reasons),
		cmocka_unit_test(a_result_outlives_its_lexicon),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(a_lexicon_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, world_make, world_remove);
}

/* The lexicon and the suffix list as they lie on disk; what is said when they do not. */
#include "store/scratch.h"

#include "store/reference.h"
#include "sys/file.h"

static const char *in_source(const char *name)
{
	static char path[1024];
	const char *root = getenv("ASSAY_SOURCE");

	if (!root)
		fail_msg("ASSAY_SOURCE is not set");
	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static void the_shipped_lexicon_is_read(void **state)
{
	struct lexicon *l = NULL;
	struct err err = { 0 };

	(void)state;
	if (reference_load_lexicon(in_source("policy/lexicon"), &l, &err))
		fail_msg("%s", err.what);
	assert_true(l->terms > 100 && l->words > 100 && l->phrases > 100 && l->substances > 50);
	lexicon_free(l);
}

static void a_lexicon_that_cannot_be_read_is_told_with_its_file(void **state)
{
	static char longer[5000];
	struct lexicon *l = NULL;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(reference_load_lexicon(at_scratch("none"), &l, &err), ERR_NOTFOUND);
	assert_non_null(strstr(err.what, "none/drugs.tsv"));
	memset(longer, 'x', sizeof(longer) - 1);
	assert_int_equal(reference_load_lexicon(longer, &l, &err), ERR_LIMIT);
	assert_int_equal(shell("cp -r '%s' '%s'", in_source("policy/lexicon"), at_scratch("bad")),
	                 0);
	assert_int_equal(file_write_whole(at_scratch("bad/drugs.tsv"), SLICE("nonsense\n"), &err),
	                 0);
	assert_int_equal(reference_load_lexicon(at_scratch("bad"), &l, &err), ERR_SYNTAX);
	assert_non_null(strstr(err.what, "bad: drugs.tsv:1:"));
	assert_int_equal(reference_load_lexicon(at_scratch("bad"), &l, NULL), ERR_SYNTAX);
	assert_null(l);
}

static void the_suffix_list_takes_platforms(void **state)
{
	static const struct slice platform[] = { { "shops.example", 13 } };
	struct suffixes *s = NULL;
	struct err err = { 0 };

	(void)state;
	if (reference_load_suffixes(NULL, platform, 1, &s, &err))
		fail_msg("%s", err.what);
	CHECK_SLICE(0, "tenant", domain_of(s, SLICE("x.shops.example")).tenant,
	            SLICE("x.shops.example"));
	CHECK_SLICE(1, "suffix", domain_of(s, SLICE("a.co.uk")).suffix, SLICE("co.uk"));
	suffixes_free(s);
	s = NULL;
	assert_int_equal(reference_load_suffixes(at_scratch("none"), NULL, 0, &s, &err),
	                 ERR_NOTFOUND);
	assert_null(s);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_lexicon_is_read),
		cmocka_unit_test(a_lexicon_that_cannot_be_read_is_told_with_its_file),
		cmocka_unit_test(the_suffix_list_takes_platforms),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

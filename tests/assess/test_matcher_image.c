/* The image of the shipped lexicon: the same hits, and what is not taken for one. */
#include "fixture.h"

#include "assess/matcher_image.h"

static struct matcher *built;
static struct buf image; /* of it; malloc aligns it */

static int load(void **state)
{
	struct err err = { 0 };

	shipped_load(state);
	if (matcher_new(shipped.lexicon, &built, &err) ||
	    matcher_image_format(built, shipped.lexicon, &image, &err))
		fail_msg("%s", err.what);
	return 0;
}

static int unload(void **state)
{
	buf_release(&image);
	matcher_free(built);
	return shipped_free(state);
}

static void an_image_gives_the_hits_of_what_was_built(void **state)
{
	(void)state;
	static const char *const pages[] = { "tests/corpus/rogue_pharmacy.jsonl",
		                             "tests/corpus/licensed_pharmacy.jsonl",
		                             "tests/corpus/drug_information.jsonl" };
	struct matcher *opened = NULL;
	struct err err = { 0 };

	assert_int_equal(matcher_image_open(buf_slice(&image), shipped.lexicon, &opened, &err), 0);
	assert_int_equal(matcher_patterns(opened), matcher_patterns(built));
	for (size_t i = 0; i < ROWS(pages); i++) {
		struct arena a = { 0 };
		struct buf text = { 0 };
		struct folded f;
		struct hit *got, *want;
		size_t n_got = 0, n_want = 0;
		source_file(pages[i], &text);
		assert_int_equal(fold(buf_slice(&text), &a, &f, &err), 0);
		assert_int_equal(matcher_scan(opened, &f, &a, &got, &n_got, &err), 0);
		assert_int_equal(matcher_scan(built, &f, &a, &want, &n_want, &err), 0);
		assert_true(n_want > 100);
		CHECK_INT(i, pages[i], n_got, n_want);
		for (size_t k = 0; k < n_want && k < n_got; k++) {
			CHECK_INT(i, "start", got[k].start, want[k].start);
			CHECK_INT(i, "end", got[k].end, want[k].end);
			CHECK_INT(i, "phrase", got[k].is_phrase, want[k].is_phrase);
			CHECK_INT(i, "index", got[k].index, want[k].index);
		}
		buf_release(&text);
		arena_release(&a);
	}
	matcher_free(opened);
	check_done();
}

static void an_image_made_twice_is_the_same_bytes(void **state)
{
	struct matcher *opened = NULL;
	struct buf again = { 0 };

	(void)state;
	assert_int_equal(matcher_image_open(buf_slice(&image), shipped.lexicon, &opened, NULL), 0);
	assert_int_equal(matcher_image_format(opened, shipped.lexicon, &again, NULL), 0);
	assert_true(slice_eq(buf_slice(&again), buf_slice(&image)));
	buf_release(&again);
	matcher_free(opened);
}

/* Other tests read with that file; `ninja` makes it again when the code or the lexicon changes. */
static void the_build_left_what_the_code_makes(void **state)
{
	(void)state;
	assert_true(shipped.image.bytes.n > 0); /* or it does not fit: run ninja */
	assert_true(slice_eq(shipped.image.bytes, buf_slice(&image)));
}

/* Offsets are those of doc/format/matcher.md. */
static void what_does_not_fit_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		size_t at;
		int want;
	} rows[] = {
		{ "another magic", 0, ERR_CORRUPT },
		{ "the magic's last byte", 7, ERR_CORRUPT },
		{ "another byte order", 8, ERR_REFUSED },
		{ "another version", 12, ERR_REFUSED },
		{ "another lexicon, first byte", 16, ERR_REFUSED },
		{ "another lexicon, last byte", 47, ERR_REFUSED },
		{ "another folding, first byte", 48, ERR_REFUSED },
		{ "another folding, last byte", 111, ERR_REFUSED },
		{ "another length", 112, ERR_CORRUPT },
		{ "another digest, first byte", 120, ERR_CORRUPT },
		{ "another digest, last byte", 151, ERR_CORRUPT },
		{ "the automaton's first byte", 152, ERR_CORRUPT },
		{ "a byte of its rows", 100000, ERR_CORRUPT },
		{ "a byte of its slots", 4000000, ERR_CORRUPT },
	};
	struct matcher *m = NULL;
	struct err err = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_true(rows[i].at < image.n);
		image.p[rows[i].at] ^= 1;
		CHECK_INT(i, rows[i].what, matcher_image_open(buf_slice(&image), shipped.lexicon, &m, &err),
		          rows[i].want);
		image.p[rows[i].at] ^= 1;
	}
	image.p[image.n - 1] ^= 1;
	CHECK_INT(0, "the last byte", matcher_image_open(buf_slice(&image), shipped.lexicon, &m, &err),
	          ERR_CORRUPT);
	image.p[image.n - 1] ^= 1;
	static const size_t cuts[] = { 0, 1, 151, 152, 153, 100000 };
	for (size_t i = 0; i < ROWS(cuts); i++)
		CHECK_INT(i, "cut off",
		          matcher_image_open(slice_sub(buf_slice(&image), 0, cuts[i]),
		                             shipped.lexicon, &m, &err),
		          ERR_CORRUPT);
	CHECK_INT(0, "a byte short",
	          matcher_image_open(slice_sub(buf_slice(&image), 0, image.n - 1), shipped.lexicon, &m,
	                             &err),
	          ERR_CORRUPT);
	assert_null(m);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_gives_the_hits_of_what_was_built),
		cmocka_unit_test(an_image_made_twice_is_the_same_bytes),
		cmocka_unit_test(the_build_left_what_the_code_makes),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};
	return cmocka_run_group_tests_name("assess/matcher_image", tests, load, unload);
}

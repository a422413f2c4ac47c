/* None but a fitting image is used. */
#include "scratch.h"

#include "assess/matcher_image.h"
#include "cmd/matcher_load.h"
#include "store/reference.h"

static const struct {
	const char *name, *bytes;
} files[] = {
	{ "lexicon/substances.tsv",
	  "substance\tclass\trisk\tUS\tJP\tGB\tDE\tFR\tCA\tIN\tAU\tsource\n"
	  "sildenafil\tpde5\thigh\trx\trx\trx\trx\trx\trx\trx\trx\tINN\n" },
	{ "lexicon/drugs.tsv", "term\tkind\tsubstance\tlang\nViagra\tbrand\tsildenafil\tmul\n" },
	{ "lexicon/phrases.tsv", "class\tlang\tpattern\targ\n"
				 "norx\ten\tno {prescription|rx} [is] {needed|required}\n" },
	{ "lexicon/words.tsv", "word\tclass\tlang\tedge\n" },
};

static struct lexicon *lexicon;
static struct buf image;

static int load(void **state)
{
	struct matcher *m = NULL;

	if (scratch_make(state))
		return -1;
	for (size_t i = 0; i < ROWS(files); i++)
		put_file(files[i].name, slice_str(files[i].bytes));
	ASSERT_OK(reference_load_lexicon(at_scratch("lexicon"), &lexicon, err));
	ASSERT_OK(matcher_new(lexicon, &m, err));
	ASSERT_OK(matcher_image_format(m, lexicon, &image, err));
	matcher_free(m);
	return 0;
}

static int unload(void **state)
{
	buf_release(&image);
	lexicon_free(lexicon);
	return scratch_remove(state);
}

/* The hits of a text with the matcher that is loaded now, and whether it was mapped. */
static bool hits_now(char *out, size_t size)
{
	struct arena a = { 0 };
	struct matcher *m = NULL;
	struct mmap_file mapped = { { 0 } };
	struct folded f;
	struct hit *hit = NULL;
	size_t n = 0, used = 0;

	ASSERT_OK(matcher_load_from(at_scratch("image"), lexicon, &mapped, &m, err));
	ASSERT_OK(fold(SLICE("Viagra: no rx is needed, no prescription required"), &a, &f, err));
	ASSERT_OK(matcher_scan(m, &f, &a, &hit, &n, err));
	out[0] = 0;
	for (size_t i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%c%u:%zu-%zu ",
		                         hit[i].is_phrase ? 'p' : 'd', (unsigned)hit[i].index,
		                         hit[i].start, hit[i].end);
	matcher_free(m);
	bool is_mapped = mapped.bytes.n > 0;
	mmap_file_release(&mapped);
	arena_release(&a);
	return is_mapped;
}

static void an_image_is_used_if_it_fits_and_the_hits_are_the_same_if_not(void **state)
{
	(void)state;
	static const char want[] = "d0:0-6 p0:7-22 p0:23-47 ";
	static const struct {
		const char *what;
		int flip;      /* byte that differs, or -1 */
		size_t length; /* of the file; 0 for all of it */
		bool absent, mapped;
	} rows[] = {
		{ "no image", -1, 0, true, false },
		{ "an image", -1, 0, false, true },
		{ "no image at all, but a file", -1, 3, false, false },
		{ "the header alone", -1, MATCHER_IMAGE_HEADER, false, false },
		{ "cut in the middle", -1, 800, false, false },
		{ "of another magic", 1, 0, false, false },
		{ "of another machine", 8, 0, false, false },
		{ "of another version", 12, 0, false, false },
		{ "of another lexicon", 20, 0, false, false },
		{ "of another folding", 50, 0, false, false },
		{ "of another length", 112, 0, false, false },
		{ "with another digest", 130, 0, false, false },
		{ "with another body", 500, 0, false, false },
		{ "whole again", -1, 0, false, true },
	};
	char path[600];

	snprintf(path, sizeof(path), "%s", at_scratch("image"));
	for (size_t i = 0; i < ROWS(rows); i++) {
		char got[200];
		assert_true(image.n > 1000);
		if (rows[i].flip >= 0)
			image.p[rows[i].flip] ^= 4;
		if (!rows[i].absent)
			put_file("image",
			         slice_sub(buf_slice(&image), 0, rows[i].length ? rows[i].length : image.n));
		if (rows[i].flip >= 0)
			image.p[rows[i].flip] ^= 4;
		CHECK_INT(i, rows[i].what, hits_now(got, sizeof(got)), rows[i].mapped);
		CHECK_SLICE(i, rows[i].what, slice_str(got), slice_str(want));
	}
	assert_int_equal(unlink(path), 0);
	check_done();
}

static void an_image_that_is_no_file_is_passed_over(void **state)
{
	char got[200], path[600];

	(void)state;
	snprintf(path, sizeof(path), "%s", at_scratch("image"));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(hits_now(got, sizeof(got)));
	assert_int_equal(rmdir(path), 0);
	/* Nobody writes to it: it must not be waited for. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(hits_now(got, sizeof(got)));
	assert_int_equal(unlink(path), 0);
	put_file("image", SLICE(""));
	assert_false(hits_now(got, sizeof(got)));
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_is_used_if_it_fits_and_the_hits_are_the_same_if_not),
		cmocka_unit_test(an_image_that_is_no_file_is_passed_over),
	};
	return cmocka_run_group_tests_name("cmd/matcher_load", tests, load, unload);
}

/* A small lexicon of our own, so that a row says all that matters. */
#include "check.h"

#include "assess/matcher.h"


#define SUBSTANCES "substance\tclass\trisk\tUS\tJP\tGB\tDE\tFR\tCA\tIN\tAU\tsource\n" \
	"sildenafil\tpde5\thigh\trx\trx\trx\trx\trx\trx\trx\trx\tINN\n"
#define DRUGS "term\tkind\tsubstance\tlang\n" \
	"Viagra\tbrand\tsildenafil\tmul\n" \
	"Viagra Soft\tbrand\tsildenafil\tmul\n" \
	"\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9\tbrand\tsildenafil\tja\n" \
	"\xe4\xbc\x9f\xe5\x93\xa5\talias\tsildenafil\tzh-Hans\n"
#define PHRASES "class\tlang\tpattern\targ\n" \
	"norx\ten\tno {prescription|rx} [is] {needed|required}\n" \
	"rx_required\ten\tprescription needed\n" \
	"sell\ten\tbuy\n" \
	"reship\tfr\tcolis [d\xc3\xa9j\xc3\xa0] saisi\n" \
	"norx\tja\t\xe5\x87\xa6\xe6\x96\xb9\xe7\xae\x8b\xe4\xb8\x8d\xe8\xa6\x81\n"

static struct lexicon *lexicon;
static struct matcher *matcher;

static int load(void **state)
{
	const struct lexicon_files files = { SLICE(DRUGS), SLICE(PHRASES), SLICE(SUBSTANCES),
		                             SLICE("word\tclass\tlang\tedge\n") };
	struct err err = { 0 };

	(void)state;
	if (lexicon_load(&files, &lexicon, &err) || matcher_new(lexicon, &matcher, &err))
		fail_msg("%s", err.what);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	matcher_free(matcher);
	lexicon_free(lexicon);
	return 0;
}

static void hits_of(struct slice text, char *out, size_t size)
{
	struct arena a = { 0 };
	struct folded f;
	struct hit *hit = NULL;
	size_t n = 0, used = 0;
	struct err err = { 0 };

	assert_int_equal(fold(text, &a, &f, &err), 0);
	assert_int_equal(matcher_scan(matcher, &f, &a, &hit, &n, &err), 0);
	out[0] = 0;
	for (size_t i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s:%.*s", i ? "|" : "",
		                         hit[i].is_phrase
		                                 ? phrase_class_name(lexicon->phrase[hit[i].index].class)
		                                 : "drug",
		                         SLICE_ARG(slice_sub(f.text, hit[i].start, hit[i].end)));
	arena_release(&a);
}

static void hits_are_whole_words_in_the_order_of_the_text(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "Viagra", "drug:viagra" },
		{ "buy VIAGRA!", "sell:buy|drug:viagra" },
		{ "v\xc3\xad" "agra", "drug:viagra" },
		/* full width, and a zero-width space within the word */
		{ "\xef\xbc\xb6\xef\xbd\x89\xef\xbd\x81\xef\xbd\x87\xef\xbd\x92\xef\xbd\x81", "drug:viagra" },
		{ "via\xe2\x80\x8bgra", "drug:viagra" },
		/* never inside a word of letters; digits bind to digits alone */
		{ "viagras", "" },
		{ "xviagra", "" },
		{ "Viagra100", "drug:viagra" },
		{ "viagra-100", "drug:viagra" },
		/* the longest of its sort */
		{ "viagra soft tabs", "drug:viagra soft" },
		{ "no prescription needed", "norx:no prescription needed" },
		{ "no prescription is required", "norx:no prescription is required" },
		{ "No Rx needed", "norx:no rx needed" },
		{ "prescription needed", "rx_required:prescription needed" },
		/* [x] may be left out, marks are folded */
		{ "colis saisi", "reship:colis saisi" },
		{ "colis deja saisi", "reship:colis deja saisi" },
		/* a phrase does not reach over a line's end */
		{ "no prescription\nneeded", "" },
		/* Han and kana need no edge; a run of katakana does */
		{ "\xe5\xbd\x93\xe5\xba\x97\xe3\x81\xaf\xe5\x87\xa6\xe6\x96\xb9\xe7\xae\x8b\xe4\xb8\x8d\xe8\xa6\x81\xe3\x81\xa7",
		  "norx:\xe5\x87\xa6\xe6\x96\xb9\xe7\xae\x8b\xe4\xb8\x8d\xe8\xa6\x81" },
		{ "\xe5\xa4\xa7\xe4\xbc\x9f\xe5\x93\xa5\xe7\x9a\x84", "drug:\xe4\xbc\x9f\xe5\x93\xa5" },
		{ "\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9\xe3\x82\x92",
		  "drug:\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9" },
		{ "\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9\xe3\x83\xa0", "" },
		/* but for "generic", which Japanese writes without a space */
		{ "\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9\xe3\x82\xb8\xe3\x82\xa7\xe3\x83\x8d"
		  "\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf",
		  "drug:\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9" },
		/* half-width katakana with voicing marks apart */
		{ "\xef\xbe\x8a\xef\xbe\x9e\xef\xbd\xb2\xef\xbd\xb1\xef\xbd\xb8\xef\xbe\x9e\xef\xbe\x97",
		  "drug:\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9" },
		{ "", "" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char got[512];
		hits_of(slice_str(rows[i].text), got, sizeof(got));
		CHECK_SLICE(i, rows[i].text, slice_str(got), slice_str(rows[i].want));
	}
	check_done();
}

static void a_pattern_that_cannot_be_spelled_is_refused_with_its_line(void **state)
{
	/* 8^6 = 262,144 spellings */
	static const char many[] = "class\tlang\tpattern\n"
		"norx\ten\t{a|b|c|d|e|f|g|h} {a|b|c|d|e|f|g|h} {a|b|c|d|e|f|g|h} {a|b|c|d|e|f|g|h} "
		"{a|b|c|d|e|f|g|h} {a|b|c|d|e|f|g|h}\n";
	const struct lexicon_files files = { SLICE(DRUGS), slice_str(many), SLICE(SUBSTANCES),
		                             SLICE("word\tclass\tlang\tedge\n") };
	struct lexicon *l = NULL;
	struct matcher *m = NULL;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(lexicon_load(&files, &l, &err), 0);
	assert_int_equal(matcher_new(l, &m, &err), ERR_LIMIT);
	assert_string_equal(err.what, "phrases.tsv:2: more than 65536 spellings");
	assert_null(m);
	lexicon_free(l);
}

static void every_spelling_is_a_pattern(void **state)
{
	(void)state;
	/* 4 drugs; norx 2*2*2, rx_required 1, sell 1, reship 2, norx ja 1 */
	assert_int_equal(matcher_patterns(matcher), 4 + 8 + 1 + 1 + 2 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hits_are_whole_words_in_the_order_of_the_text),
		cmocka_unit_test(a_pattern_that_cannot_be_spelled_is_refused_with_its_line),
		cmocka_unit_test(every_spelling_is_a_pattern),
	};
	return cmocka_run_group_tests_name("assess/matcher", tests, load, unload);
}

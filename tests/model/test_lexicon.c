#include "check.h"

#include "model/lexicon.h"

#include "base/buf.h"
#include "sys/file.h"

#include <stdlib.h>

#define SUBSTANCE_COLUMNS "substance\tclass\trisk\tUS\tJP\tGB\tDE\tFR\tCA\tIN\tAU\tsource\n"
#define SILDENAFIL        "sildenafil\tpde5\thigh\trx\trx\tpharmacy\trx\trx\trx\trx\t-\tINN\n"

static const struct lexicon_files small = {
	.drugs = SLICE("# comment\nterm\tkind\tsubstance\tlang\tambiguous\n"
	               "Viagra\tbrand\tsildenafil\tmul\n"
	               "\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9\tbrand\t"
	               "sildenafil\tja\tyes\n"),
	.substances = SLICE(SUBSTANCE_COLUMNS SILDENAFIL),
	.words = SLICE(
		"word\tclass\tlang\tedge\npharmacy\tpharmacy\ten\tany\nrx\tweak\tmul\tlabel\n"),
	.phrases = SLICE(
		"class\tlang\tpattern\targ\nnorx\ten\tno {prescription|rx} [is {needed|due}]\n"
		"ship_to\ten\tship to japan\tJP\n"),
};

static void lexicon_gives_every_row_with_its_classes(void **state)
{
	(void)state;
	struct lexicon *l = NULL;
	struct err err = { 0 };
	enum lexicon_country gb;

	if (lexicon_load(&small, &l, &err) < 0)
		fail_msg("%s", err.what);
	assert_int_equal(l->substances, 1);
	assert_int_equal(l->terms, 2);
	assert_int_equal(l->words, 2);
	assert_int_equal(l->phrases, 2);
	assert_true(slice_eq_str(l->term[0].text, "Viagra"));
	assert_int_equal(l->term[0].kind, TERM_BRAND);
	assert_int_equal(l->term[0].line, 3);
	assert_false(l->term[0].is_ambiguous);
	assert_true(l->term[1].is_ambiguous);
	const struct lexicon_substance *s = lexicon_substance_find(l, SLICE("sildenafil"));
	assert_ptr_equal(s, &l->substance[l->term[1].substance]);
	assert_true(lexicon_country_parse(SLICE("GB"), &gb));
	assert_int_equal(s->supply[gb], SUPPLY_PHARMACY);
	assert_int_equal(s->supply[LEXICON_AU], SUPPLY_UNKNOWN);
	assert_int_equal(s->risk, RISK_HIGH);
	assert_false(l->word[0].label_only);
	assert_true(l->word[1].label_only);
	assert_int_equal(l->phrase[0].class, PHRASE_NORX);
	assert_int_equal(l->phrase[0].arg.n, 0);
	assert_true(slice_eq_str(l->phrase[1].arg, "JP"));
	assert_null(lexicon_substance_find(l, SLICE("viagra")));
	lexicon_free(l);
	lexicon_free(NULL);
}

static void lexicon_errors_name_the_file_the_line_and_the_word(void **state)
{
	(void)state;
	enum { DRUGS, SUBSTANCES, WORDS, PHRASES };
	static const struct {
		int file;
		const char *bytes;
		const char *want;
	} rows[] = {
		{ DRUGS, "", "drugs.tsv:0: empty" },
		{ DRUGS, "term\tkind\tlang\n", "drugs.tsv:1: no column 'substance'" },
		{ DRUGS, "term\tkind\tsubstance\tlang\na\tdrug\tsildenafil\ten\n",
		  "drugs.tsv:2: unknown kind 'drug'" },
		{ DRUGS, "term\tkind\tsubstance\tlang\n\n# x\na\tinn\tsalt\ten\n",
		  "drugs.tsv:4: substance 'salt' is not in substances.tsv" },
		{ DRUGS,
		  "term\tkind\tsubstance\tlang\na\tinn\tsildenafil\ten\na\tinn\tsildenafil\ten\n",
		  "drugs.tsv:3: 'a' (en) stands here twice" },
		{ DRUGS, "term\tkind\tsubstance\tlang\na \tinn\tsildenafil\ten\n",
		  "drugs.tsv:2: white space around 'a '" },
		{ DRUGS, "term\tkind\tsubstance\tlang\na\tinn\tsildenafil\n",
		  "drugs.tsv:2: 'lang' is empty" },
		{ DRUGS, "term\tkind\tsubstance\tlang\na\tinn\tsildenafil\ten\tyes\n",
		  "drugs.tsv:2: 5 cells, 4 columns" },
		{ DRUGS, "term\tkind\tsubstance\tlang\n\xff\tinn\tsildenafil\ten\n",
		  "drugs.tsv:2: not UTF-8 at column 1" },
		{ SUBSTANCES, SUBSTANCE_COLUMNS SILDENAFIL SILDENAFIL,
		  "substances.tsv:3: 'sildenafil' stands here twice" },
		{ SUBSTANCES, SUBSTANCE_COLUMNS "a\tb\thigh\tyes\t-\t-\t-\t-\t-\t-\t-\tx\n",
		  "substances.tsv:2: unknown supply 'yes'" },
		{ WORDS, "word\tclass\tlang\tedge\na\tmerchant\ten\tany\n",
		  "words.tsv:2: unknown class 'merchant'" },
		{ WORDS, "word\tclass\tlang\tedge\na\tweak\ten\tleft\n",
		  "words.tsv:2: unknown edge 'left'" },
		{ PHRASES, "class\tlang\tpattern\nnorx\ten\tno {a|{b}}\n",
		  "phrases.tsv:2: pattern nests too deep" },
		{ PHRASES, "class\tlang\tpattern\nnorx\ten\tno [a [b]]\n",
		  "phrases.tsv:2: pattern nests too deep" },
		{ PHRASES, "class\tlang\tpattern\nnorx\ten\tno {a|}\n",
		  "phrases.tsv:2: pattern has an empty alternative" },
		{ PHRASES, "class\tlang\tpattern\nnorx\ten\ta|b\n",
		  "phrases.tsv:2: pattern has '|' outside brackets" },
		{ PHRASES, "class\tlang\tpattern\nnorx\ten\t{a|b\n",
		  "phrases.tsv:2: pattern has a bracket that nothing closes" },
		{ PHRASES, "class\tlang\tpattern\nnorx\ten\ta]\n",
		  "phrases.tsv:2: pattern has a bracket that nothing opened" },
		{ PHRASES, "class\tlang\tpattern\nship_to\ten\tto japan\n",
		  "phrases.tsv:2: ship_to needs a country (two capitals) as 'arg'" },
		{ PHRASES, "class\tlang\tpattern\targ\nnorx\ten\tno rx\tUS\n",
		  "phrases.tsv:2: norx has an 'arg', but its class takes none" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lexicon_files f = small;
		struct slice *file[] = { &f.drugs, &f.substances, &f.words, &f.phrases };
		struct lexicon *l = NULL;
		struct err err = { 0 };
		*file[rows[i].file] = slice_str(rows[i].bytes);
		CHECK_INT(i, rows[i].bytes, lexicon_load(&f, &l, &err), ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].bytes, slice_str(err.what), slice_str(rows[i].want));
		lexicon_free(l);
	}
	check_done();
}

static void lexicon_digest_changes_with_any_byte(void **state)
{
	(void)state;
	struct lexicon_files other = small;
	struct lexicon *a = NULL, *b = NULL, *c = NULL;

	other.words = SLICE("word\tclass\tlang\tedge\npharmacy\tpharmacy\ten\tany\n");
	assert_int_equal(lexicon_load(&small, &a, NULL), 0);
	assert_int_equal(lexicon_load(&small, &b, NULL), 0);
	assert_int_equal(lexicon_load(&other, &c, NULL), 0);
	assert_true(sha256_eq(a->digest, b->digest));
	assert_false(sha256_eq(a->digest, c->digest));
	lexicon_free(a);
	lexicon_free(b);
	lexicon_free(c);
}

static void lexicon_names_and_parses_every_class(void **state)
{
	(void)state;
	for (int i = 0; i < PHRASE_CLASSES; i++) {
		enum phrase_class back = PHRASE_NORX;
		assert_non_null(phrase_class_name((enum phrase_class)i));
		assert_true(phrase_class_parse(slice_str(phrase_class_name((enum phrase_class)i)),
		                               &back));
		assert_int_equal(back, i);
	}
	for (int i = 0; i < LEXICON_COUNTRIES; i++) {
		enum lexicon_country back = LEXICON_US;
		assert_true(lexicon_country_parse(
			slice_str(lexicon_country_name((enum lexicon_country)i)), &back));
		assert_int_equal(back, i);
	}
	enum phrase_class none;
	assert_false(phrase_class_parse(SLICE("norxx"), &none));
}

static void the_shipped_lexicon_loads(void **state)
{
	(void)state;
	static const char *const names[] = { "drugs", "phrases", "substances", "words" };
	struct buf bytes[4] = { 0 };
	const char *source = getenv("ASSAY_SOURCE");
	struct lexicon *l = NULL;
	struct err err = { 0 };

	assert_non_null(source);
	for (int i = 0; i < 4; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/policy/lexicon/%s.tsv", source, names[i]);
		if (file_read(path, 16 << 20, &bytes[i], &err) < 0)
			fail_msg("%s", err.what);
	}
	struct lexicon_files f = { buf_slice(&bytes[0]), buf_slice(&bytes[1]), buf_slice(&bytes[2]),
		                   buf_slice(&bytes[3]) };
	if (lexicon_load(&f, &l, &err) < 0)
		fail_msg("%s", err.what);
	/* Issue 2, item 5: at least 1,500 terms with class and language. */
	assert_true(l->terms + l->words >= 1500);
	assert_true(l->phrases >= 700);
	for (size_t i = 0; i < l->terms; i++)
		assert_true(l->term[i].substance < l->substances);
	lexicon_free(l);
	for (int i = 0; i < 4; i++)
		buf_release(&bytes[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lexicon_gives_every_row_with_its_classes),
		cmocka_unit_test(lexicon_errors_name_the_file_the_line_and_the_word),
		cmocka_unit_test(lexicon_digest_changes_with_any_byte),
		cmocka_unit_test(lexicon_names_and_parses_every_class),
		cmocka_unit_test(the_shipped_lexicon_loads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "check.h"

#include "model/catalogue.h"
#include "model/lexicon.h"
#include "sys/file.h"

#include <stdlib.h>

#define HEAD "key\ten\tja\n"

static void a_broken_file_is_refused_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "c.tsv:0: the head is not key, en, ja with a tab between" },
		{ "key\tja\ten\n", "c.tsv:1: the head is not key, en, ja with a tab between" },
		{ HEAD "a\tx\n", "c.tsv:2: the sentence in ja is missing" },
		{ HEAD "a\t\ty\n", "c.tsv:2: the sentence in en is missing" },
		{ HEAD "a\tx\ty\tz\n", "c.tsv:2: over 3 columns" },
		{ HEAD "a\tx\ty \n", "c.tsv:2: white space around the sentence in ja" },
		{ HEAD "a\tx\x01\ty\n", "c.tsv:2: control character in en" },
		{ HEAD "a\tx\xff\ty\n", "c.tsv:2: not UTF-8 at byte 4" },
		{ HEAD "a b\tx\ty\n",
		  "c.tsv:2: the key 'a b' has other characters than A-Z a-z 0-9 . _ -" },
		{ HEAD "\tx\ty\n", "c.tsv:2: a key of 1 to 80 characters stands first" },
		{ HEAD "# c\n\na\tx\ty\na\tx\ty\n", "c.tsv:5: the key 'a' stands here twice" },
		{ HEAD "b\tx\ty\na\tx\ty\n", "c.tsv:3: the key 'a' is out of order: sort by bytes" },
		{ HEAD "a\t{n}\ty\n", "c.tsv:2: {n} is missing in ja" },
		{ HEAD "a\tx\t{m}\n", "c.tsv:2: {m} stands in ja and not in English" },
		{ HEAD "a\tx{\ty\n", "c.tsv:2: '{' begins no placeholder such as {name}" },
		{ HEAD "a\tx{N}\ty\n", "c.tsv:2: '{' begins no placeholder such as {name}" },
		{ HEAD "a\tx}\ty\n", "c.tsv:2: '}' without '{'" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct catalogue *c = NULL;
		struct err err = { .what = "" };
		CHECK_INT(i, rows[i].in, catalogue_parse(slice_str(rows[i].in), "c.tsv", &c, &err),
		          ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].in, c == NULL, true);
	}
	check_done();
}

static void a_sentence_is_found_in_its_language(void **state)
{
	(void)state;
	static const char text[] = "# first\n" HEAD "A.b\tcapital\t大\n"
	                           "a.b\tFor {country}, {name}.\t{name}は{country}で\n"
	                           "a.b-c\tlonger\t長\n";
	static const struct {
		const char *key;
		enum catalogue_language language;
		const char *want; /* NULL: not there */
	} rows[] = {
		{ "a.b", LANGUAGE_EN, "For {country}, {name}." },
		{ "a.b", LANGUAGE_JA, "{name}は{country}で" },
		{ "a.b-c", LANGUAGE_JA, "長" },
		{ "A.b", LANGUAGE_EN, "capital" },
		{ "a.", LANGUAGE_EN, NULL },
		{ "a.c", LANGUAGE_EN, NULL },
		{ "", LANGUAGE_EN, NULL },
	};
	struct catalogue *c = NULL;

	assert_int_equal(catalogue_parse(slice_str(text), "c.tsv", &c, NULL), 0);
	assert_int_equal(catalogue_keys(c), 3);
	for (size_t i = 0; i < ROWS(rows); i++) {
		bool known;
		struct slice s = catalogue_get(c, rows[i].language, slice_str(rows[i].key), &known);
		CHECK_INT(i, rows[i].key, known, rows[i].want != NULL);
		CHECK_SLICE(i, rows[i].key, s, slice_str(rows[i].want));
	}
	catalogue_free(c);
	catalogue_free(NULL);
	check_done();
}

/* RFC 9110 section 12.5.4. */
static void the_best_language_is_taken(void **state)
{
	(void)state;
	static const struct {
		const char *field;
		enum catalogue_language want;
	} rows[] = {
		{ "", LANGUAGE_EN },
		{ "ja", LANGUAGE_JA },
		{ "ja-JP", LANGUAGE_JA },
		{ "JA-jp, en;q=0.5", LANGUAGE_JA },
		{ "ja,en", LANGUAGE_JA },
		{ "en,ja", LANGUAGE_EN },
		{ "en;q=0.5 , ja;q=0.9", LANGUAGE_JA },
		{ "fr, de;q=0.9", LANGUAGE_EN },
		{ "fr, ja;q=0.1", LANGUAGE_JA },
		{ "*", LANGUAGE_EN },
		{ "ja, *", LANGUAGE_JA },
		{ "*, ja", LANGUAGE_JA },
		{ "ja;q=0.5, *;q=0.8", LANGUAGE_EN },
		{ "ja;q=0", LANGUAGE_EN },
		{ "en;q=0, *;q=0.1", LANGUAGE_JA },
		{ "jav", LANGUAGE_EN },
		{ "ja;q=2, en;q=0.1", LANGUAGE_EN },
		{ "ja;q=1.000, en;q=0.999", LANGUAGE_JA },
		{ "ja;q=abc, en", LANGUAGE_EN },
		{ ";;;,,,q=1", LANGUAGE_EN },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].field, catalogue_language_accept(slice_str(rows[i].field)),
		          rows[i].want);
	check_done();
}

static void a_tag_names_a_language_or_none(void **state)
{
	(void)state;
	static const struct {
		const char *tag;
		int want; /* -1: none */
	} rows[] = {
		{ "en", LANGUAGE_EN }, { "EN-GB", LANGUAGE_EN }, { "ja", LANGUAGE_JA },
		{ "jap", -1 },         { "", -1 },               { "fr", -1 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		enum catalogue_language l = LANGUAGE_EN;
		bool is = catalogue_language_of(slice_str(rows[i].tag), &l);
		CHECK_INT(i, rows[i].tag, is ? (int)l : -1, rows[i].want);
	}
	assert_string_equal(catalogue_language_tag(LANGUAGE_JA), "ja");
	check_done();
}

static void the_head_of_a_letter_file_names_its_languages(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want; /* want NULL: taken */
	} rows[] = {
		{ "key\ten\na\tx\n", NULL },
		{ "key\ten\tja\tde\na\tx {n}\ty {n}\t{n} z\n", NULL },
		{ "key\ten\tja\tde\na\tx\ty\n", "c.tsv:2: the sentence in de is missing" },
		{ "key\ten\tde\na\t{n}\ty\n", "c.tsv:2: {n} is missing in de" },
		{ "key\ten\tde\na\tx\ty\tz\n", "c.tsv:2: over 3 columns" },
		{ "key\tja\ten\n", "c.tsv:1: the head is not key, en and up to 15 further languages, each "
		                    "once, with a tab between" },
		{ "key\ten\tde\tde\n", "c.tsv:1: the head is not key, en and up to 15 further languages, "
		                        "each once, with a tab between" },
		{ "key\ten\tpt-BR\n", "c.tsv:1: the head is not key, en and up to 15 further languages, "
		                       "each once, with a tab between" },
		{ "key\ten\ta1\n", "c.tsv:1: the head is not key, en and up to 15 further languages, each "
		                    "once, with a tab between" },
		{ "key\ten\taa\tab\tac\tad\tae\taf\tag\tah\tai\taj\tak\tal\tam\tan\tao\tap\n",
		  "c.tsv:1: the head is not key, en and up to 15 further languages, each once, with a tab "
		  "between" },
		{ "key\n", "c.tsv:1: the head is not key, en and up to 15 further languages, each once, with "
		           "a tab between" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct catalogue *c = NULL;
		struct err err = { .what = "" };
		CHECK_INT(i, rows[i].in,
		          catalogue_parse_languages(slice_str(rows[i].in), "c.tsv", &c, &err),
		          rows[i].want ? ERR_SYNTAX : 0);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
		catalogue_free(c);
	}
	check_done();
}

static void a_column_is_found_by_a_tag_and_has_its_sentence(void **state)
{
	(void)state;
	struct catalogue *c = NULL;
	size_t column = 9;
	bool known = false;

	assert_int_equal(catalogue_parse_languages(SLICE("key\ten\tja\tde\na\tx\ty\tz\n"), "c", &c, NULL),
	                 0);
	assert_int_equal(catalogue_columns(c), 3);
	assert_true(catalogue_column_of(c, SLICE("DE-at"), &column));
	assert_int_equal(column, 2);
	assert_false(catalogue_column_of(c, SLICE("fr"), &column));
	assert_false(catalogue_column_of(c, SLICE("d"), &column));
	assert_true(slice_eq_str(catalogue_sentence(c, 2, SLICE("a"), &known), "z") && known);
	assert_true(slice_eq_str(catalogue_tag(c, 1), "ja"));
	catalogue_sentence(c, 1, SLICE("b"), &known);
	assert_false(known);
	catalogue_free(c);
}

static struct catalogue *shipped_catalogue(void)
{
	const char *root = getenv("ASSAY_SOURCE");
	struct catalogue *c = NULL;
	struct buf text = { 0 };
	struct err err = { .what = "" };
	char path[4096];

	snprintf(path, sizeof(path), "%s/web/catalogue.tsv", root ? root : ".");
	if (file_read(path, 1 << 20, &text, &err) ||
	    catalogue_parse(buf_slice(&text), path, &c, &err))
		fail_msg("%s", err.what);
	buf_release(&text);
	return c;
}

/* The pages say in the reader's language what the words of a quotation mean. */
static void the_pages_have_a_sentence_for_whatever_words_can_mean(void **state)
{
	(void)state;
	struct catalogue *c = shipped_catalogue();
	char key[96];

	for (int language = 0; language < CATALOGUE_LANGUAGES; language++) {
		for (unsigned i = 0; i < PHRASE_CLASSES; i++) {
			bool known = false;
			snprintf(key, sizeof(key), "phrase.%s", phrase_class_name((enum phrase_class)i));
			catalogue_get(c, (enum catalogue_language)language, slice_str(key), &known);
			CHECK_INT(i, key, known, true);
		}
		for (unsigned i = SUPPLY_UNKNOWN + 1; i < SUPPLIES; i++) {
			bool known = false;
			snprintf(key, sizeof(key), "supply.%s", supply_name((enum supply)i));
			catalogue_get(c, (enum catalogue_language)language, slice_str(key), &known);
			CHECK_INT(i, key, known, true);
		}
	}
	catalogue_free(c);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_broken_file_is_refused_with_its_line),
		cmocka_unit_test(a_sentence_is_found_in_its_language),
		cmocka_unit_test(the_best_language_is_taken),
		cmocka_unit_test(a_tag_names_a_language_or_none),
		cmocka_unit_test(the_head_of_a_letter_file_names_its_languages),
		cmocka_unit_test(a_column_is_found_by_a_tag_and_has_its_sentence),
		cmocka_unit_test(the_pages_have_a_sentence_for_whatever_words_can_mean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "check.h"

#include "link/program.h"

#include <dirent.h>
#include <stdlib.h>

/* A file that is right but for what is under test; marks begin in line 5. */
#define HEAD              "program: x\ntitle: X\nsources: {s: a paper}\n"
#define MARKS             HEAD "marks:\n"
#define MARK(kind, value) "  - {kind: " kind ", value: " value ", source: s}\n"

static void a_wrong_file_is_refused_with_file_and_line(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "x.yaml:1: program is missing" },
		{ "[a]\n", "x.yaml:1: this is not a mapping of keys" },
		{ "progam: x\n", "x.yaml:1: unknown key 'progam' (did you mean 'program'?)" },
		{ "program: X\n",
		  "x.yaml:1: the id of a programme is lower-case letters, digits, hyphens" },
		{ "program: x\n", "x.yaml:1: title is missing" },
		{ "program: x\ntitle: X\n", "x.yaml:1: sources is missing" },
		{ "program: x\ntitle: X\nsources: [a]\n",
		  "x.yaml:3: sources is not a mapping of keys" },
		{ HEAD, "x.yaml:1: marks, or no_marks that says why there are none: one of them" },
		{ MARKS MARK("phrase", "ab cd") "no_marks: none\n",
		  "x.yaml:1: marks, or no_marks that says why there are none: one of them" },
		{ HEAD "no_marks: none\n",
		  "x.yaml:3: nothing rests on the source 's': remove it, or name "
		  "it where it tells something" },
		{ HEAD "marks: []\n", "x.yaml:4: marks is empty: name one, or leave the key out" },
		{ MARKS "  - redirect\n", "x.yaml:5: this is not a mapping of keys" },
		{ MARKS "  - {kind: redirect, value: a.test}\n", "x.yaml:5: source is missing" },
		{ MARKS "  - {kind: redirect, value: a.test, source: t}\n",
		  "x.yaml:5: no source 't' stands under sources" },
		{ MARKS MARK("colour", "red"),
		  "x.yaml:5: kind is phrase or a kind of attribute, not 'colour'" },
		{ MARKS MARK("prefix", "192.0.2.0/24"),
		  "x.yaml:5: kind prefix is no mark: strangers live there" },
		{ MARKS MARK("phrase", "a-b"),
		  "x.yaml:5: the phrase 'a-b' is too short to tell anything" },
		{ MARKS MARK("redirect", "www.A.test"),
		  "x.yaml:5: 'www.A.test' is not written as records have it: write a.test" },
		{ MARKS MARK("address", "2001:DB8::1"),
		  "x.yaml:5: '2001:DB8::1' is not written as records have it: write 2001:db8::1" },
		{ MARKS MARK("name_server", "'a b'"),
		  "x.yaml:5: 'a b' is not written as records have it" },
		{ MARKS MARK("payment", "Hinode"),
		  "x.yaml:5: 'Hinode' is not written as records have it: write hinode" },
		{ MARKS MARK("phrase", "one shop") MARK("redirect", "a.test")
		          MARK("phrase", "ONE  SHOP"),
		  "x.yaml:7: the mark stands in x.yaml:5 already: what two have tells neither" },
		{ HEAD "seen: [{domains: 0, when: '2010', source: s}]\nno_marks: none\n",
		  "x.yaml:4: domains is not from 1 to 100000000" },
		{ HEAD "seen: [{domains: 3, when: last year, source: s}]\nno_marks: none\n",
		  "x.yaml:4: when is a year, month or day: 2010-08" },
		{ HEAD "suppliers: [{source: s}]\nno_marks: none\n", "x.yaml:4: name is missing" },
		{ "program: x\ntitle: \"a\\nb\"\n",
		  "x.yaml:2: title has a line break or a control character" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct programs *p = NULL;
		struct err err = { 0 };
		assert_int_equal(programs_new(&p, &err), 0);
		int rc = programs_add(p, slice_str(rows[i].in), "x.yaml", NULL, &err);
		CHECK_INT(i, rows[i].in, rc, ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].in, programs_at(p, 0) == NULL && programs_phrase(p, 0) == NULL,
		          true);
		programs_free(p);
	}
	check_done();
}

static void marks_are_found_by_kind_and_value(void **state)
{
	(void)state;
	static const char one[] = MARKS MARK("redirect", "a.test") MARK("affiliate", "pay.a.test")
		MARK("phrase", "Ａ  good-Shop") MARK("telephone", "'+81355501234'");
	static const char two[] = "program: b\ntitle: B\nsources: {s: a paper}\nmarks:\n" MARK(
		"phrase", "a GOOD shop");
	static const char three[] = "program: a\ntitle: A\nsources: {s: a paper}\nmarks:\n" MARK(
		"redirect", "b.test") "names: [Aa, Ab]\nsuppliers: [{name: S, source: s}]\n"
				      "seen: [{domains: 7, when: 2010-08, source: s}]\n";
	static const struct {
		enum signal_kind kind;
		const char *value;
		bool found;
	} rows[] = {
		{ SIGNAL_REDIRECT, "a.test", true },
		{ SIGNAL_REDIRECT, "b.test", true },
		{ SIGNAL_REDIRECT, "c.test", false },
		{ SIGNAL_CART, "a.test", false },
		{ SIGNAL_TELEPHONE, "+81355501234", true },
		{ SIGNAL_AFFILIATE, "pay.a.test?aff=7", true },
		{ SIGNAL_AFFILIATE, "www.pay.a.test/go?aff=7", true },
		{ SIGNAL_AFFILIATE, "a.test?aff=7", false },
		{ SIGNAL_AFFILIATE, "notpay.a.test?aff=7", false },
		{ SIGNAL_AFFILIATE, "?", false },
		{ SIGNAL_AFFILIATE, "", false },
	};
	struct programs *p;
	struct err err = { 0 };

	assert_int_equal(programs_new(&p, &err), 0);
	assert_null(programs_find(p, SIGNAL_REDIRECT, SLICE("a.test")));
	assert_int_equal(programs_add(p, slice_str(one), "x.yaml", NULL, &err), 0);
	/* A phrase that another programme has tells neither; the set is as it was. */
	assert_int_equal(programs_add(p, slice_str(two), "b.yaml", NULL, &err), ERR_SYNTAX);
	assert_string_equal(
		err.what,
		"b.yaml:5: the mark stands in x.yaml:7 already: what two have tells neither");
	assert_int_equal(programs_add(p, slice_str(one), "y.yaml", NULL, &err), ERR_SYNTAX);
	assert_string_equal(err.what, "y.yaml:1: x is in x.yaml already");
	assert_int_equal(programs_add(p, slice_str(three), "a.yaml", NULL, &err), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct program_mark *m =
			programs_find(p, rows[i].kind, slice_str(rows[i].value));
		CHECK_INT(i, rows[i].value, m != NULL, rows[i].found);
	}
	check_done();
	assert_true(slice_eq_str(programs_at(p, 0)->id, "a") &&
	            slice_eq_str(programs_at(p, 1)->id, "x"));
	assert_null(programs_at(p, 2));
	const struct program *a = programs_at(p, 0);
	assert_true(a->name_n == 2 && a->supplier_n == 1 && a->seen_n == 1 &&
	            a->seen[0].domains == 7);
	assert_true(slice_eq_str(a->mark[0].source, "a paper") && a->mark[0].program == a);
	const struct program_mark *phrase = programs_phrase(p, 0);
	assert_true(slice_eq_str(phrase->value, "a good shop") &&
	            program_mark_is_plantable(phrase));
	assert_string_equal(program_mark_kind(phrase), "phrase");
	assert_string_equal(program_mark_kind(&a->mark[0]), "redirect");
	assert_false(program_mark_is_plantable(&a->mark[0]));
	assert_null(programs_phrase(p, 1));
	programs_free(p);
}

static char *read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *text = malloc(1 << 16);

	assert_non_null(f);
	assert_non_null(text);
	*n = fread(text, 1, 1 << 16, f);
	fclose(f);
	return text;
}

/* Every file that ships, and that no mark stands in two of them. */
static void the_shipped_files_are_whole(void **state)
{
	(void)state;
	const char *root = getenv("ASSAY_SOURCE");
	struct programs *p;
	struct err err = { 0 };
	char folder[3000], path[4096];
	const struct dirent *e;
	size_t files = 0, marks = 0;

	snprintf(folder, sizeof(folder), "%s/policy/programs", root ? root : ".");
	DIR *d = opendir(folder);
	assert_non_null(d);
	assert_int_equal(programs_new(&p, &err), 0);
	while ((e = readdir(d))) {
		size_t n;
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		char *text = read_file(path, &n);
		if (programs_add(p, slice_from(text, n), e->d_name, NULL, &err))
			fail_msg("%s", err.what);
		free(text);
		files++;
	}
	closedir(d);
	for (size_t i = 0; programs_at(p, i); i++) {
		const struct program *one = programs_at(p, i);
		marks += one->mark_n;
		/* A file is named by its programme. */
		assert_true(slice_starts(slice_str(one->file), one->id) &&
		            strlen(one->file) == one->id.n + strlen(".yaml"));
		assert_true(one->seen_n > 0);
	}
	assert_true(files >= 33 && marks >= 6);
	programs_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_file_is_refused_with_file_and_line),
		cmocka_unit_test(marks_are_found_by_kind_and_value),
		cmocka_unit_test(the_shipped_files_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Lookups as an embedder makes them: what is answered, what is refused, and with which words. */
#include "lib/world.h"

static const struct {
	enum subject_kind kind;
	const char *key, *destination;
	enum index_class class;
} listed[] = {
	{ SUBJECT_REGISTRABLE, "pills.example", "JP", INDEX_ROGUE },
	{ SUBJECT_REGISTRABLE, "pills.example", "US", INDEX_UNAPPROVED },
	{ SUBJECT_HOST, "x.shops.example", "US", INDEX_ROGUE },
	{ SUBJECT_URL, "https://charity.example/shop/", "JP", INDEX_ROGUE },
	{ SUBJECT_PREFIX, "192.0.2.0/24", "JP", INDEX_ROGUE },
};

static size_t rows_of(struct index_row *out)
{
	for (size_t i = 0; i < ROWS(listed); i++)
		out[i] = index_row_of(listed[i].kind, slice_str(listed[i].key),
		                      listed[i].destination, listed[i].class);
	return ROWS(listed);
}

static struct assay_index *open_listed(void)
{
	struct index_row row[ROWS(listed)];
	struct assay_index *ix = NULL;
	struct assay_error error = { 0 };

	put_rows(row, rows_of(row));
	if (assay_index_open(index_path, key_text, &ix, &error))
		fail_msg("%s", error.text);
	return ix;
}

#define NAME(literal) literal, sizeof(literal) - 1

static const struct {
	const char *name;
	size_t n;
	const char *destination, *want; /* rows; or the code and what the text holds */
} rows[] = {
	{ NAME("pills.example"), NULL,
	  "registrable pills.example JP rogue; "
	  "registrable pills.example US unapproved" },
	{ NAME("WWW.Pills.Example."), "JP", "registrable pills.example JP rogue" },
	{ NAME("https://pills.example/a?b"), "US", "registrable pills.example US unapproved" },
	{ NAME("pills.example"), "FR", "" },
	{ NAME("xpills.example"), NULL, "" },
	{ NAME("x.shops.example"), NULL, "host x.shops.example US rogue" },
	{ NAME("y.shops.example"), NULL, "" },
	{ NAME("shops.example"), NULL, "" },
	{ NAME("charity.example"), NULL, "" },
	{ NAME("http://charity.example/shop/x"), NULL,
	  "url https://charity.example/shop/ JP rogue" },
	{ NAME("192.0.2.77"), NULL, "prefix 192.0.2.0/24 JP rogue" },
	/* a longer buffer, of which only the first bytes are the name */
	{ "pills.example.com", 13, "JP", "registrable pills.example JP rogue" },
	{ NAME(""), NULL, "ASSAY_SYNTAX empty" },
	{ NULL, 0, NULL, "ASSAY_SYNTAX empty" },
	{ NULL, 5, NULL, "ASSAY_USAGE the name is NULL" },
	{ NAME("not a name"), NULL, "ASSAY_SYNTAX " },
	{ NAME("pills.example\0.org"), NULL, "ASSAY_SYNTAX " },
	{ NAME("\xff\xfe\x80"), NULL, "ASSAY_SYNTAX " },
	{ NAME("evil\x1b[2J\xe2\x80\xae.example"), NULL, "ASSAY_SYNTAX " },
	{ NAME("pills.example"), "jp", "ASSAY_USAGE two letters A to Z" },
	{ NAME("pills.example"), "JPN", "ASSAY_USAGE two letters A to Z" },
	{ NAME("pills.example"), "", "ASSAY_USAGE two letters A to Z" },
};

static void tell(struct assay_index *ix, size_t i, struct buf *out)
{
	struct assay_answer *a = NULL;
	struct assay_error error = { 1, "untouched" };
	int rc = assay_index_lookup(ix, rows[i].name, rows[i].n, rows[i].destination, &a, &error);

	if (rc) {
		buf_printf(out, "%s %s", assay_code_name(rc), error.text);
		CHECK_INT(i, rows[i].want, error.code, rc);
		CHECK_INT(i, rows[i].want, a == NULL, true);
		return;
	}
	CHECK_SLICE(i, rows[i].want, slice_str(error.text), SLICE("untouched"));
	for (size_t k = 0; k < assay_answer_rows(a); k++)
		buf_printf(out, "%s%s %s %s %s", k ? "; " : "", assay_row_kind(a, k),
		           assay_row_subject(a, k), assay_row_destination(a, k),
		           assay_row_class(a, k));
	CHECK_INT(i, "time", assay_answer_time(a), 1795305600);
	CHECK_INT(i, "ledger", assay_answer_ledger_size(a), 17);
	assay_answer_free(a);
}

static void names_are_answered_or_refused(void **state)
{
	struct assay_index *ix = open_listed();

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf got = { 0 };
		tell(ix, i, &got);
		size_t code = strcspn(rows[i].want, " ") + 1;
		bool is_error = strncmp(rows[i].want, "ASSAY_", 6) == 0;
		bool same = is_error ? strncmp(buf_str(&got), rows[i].want, code) == 0 &&
		                               strstr(buf_str(&got), rows[i].want + code)
		                     : slice_eq_str(buf_slice(&got), rows[i].want);
		if (!same)
			CHECK_SLICE(i, rows[i].want, buf_slice(&got), slice_str(rows[i].want));
		CHECK_INT(i, "a control character", !!strpbrk(buf_str(&got), "\x1b\n"), false);
		CHECK_INT(i, "U+202E", !!strstr(buf_str(&got), "\xe2\x80\xae"), false);
		buf_release(&got);
	}
	assay_index_close(ix);
	check_done();
}

static void a_name_over_the_limit_is_refused(void **state)
{
	struct assay_index *ix = open_listed();
	struct assay_answer *a = NULL;
	char *name = malloc(1 << 20);

	(void)state;
	assert_non_null(name);
	memset(name, 'a', 1 << 20);
	assert_int_equal(assay_index_lookup(ix, name, 1 << 20, NULL, &a, NULL), ASSAY_LIMIT);
	assert_int_equal(assay_index_lookup(ix, name, 8001, NULL, &a, NULL), ASSAY_LIMIT);
	assert_int_equal(assay_index_lookup(ix, name, 64, NULL, &a, NULL), ASSAY_LIMIT);
	assert_null(a);
	free(name);
	assay_index_close(ix);
}

static void a_row_has_all_that_the_index_knows(void **state)
{
	struct index_row row[ROWS(listed)];
	size_t n = rows_of(row);
	struct assay_index *ix = open_listed();

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct assay_answer *a = NULL;
		char hex[SHA256_HEX];
		int64_t created = -5;
		struct slice key = row[i].subject.key;
		assert_int_equal(assay_index_lookup(ix, key.p, key.n, row[i].destination, &a, NULL),
		                 0);
		/* The answer stands alone. */
		if (i + 1 == n)
			assay_index_close(ix);
		CHECK_INT(i, listed[i].key, assay_answer_rows(a), 1);
		sha256_hex(row[i].decision, hex);
		CHECK_SLICE(i, "decision", slice_str(assay_row_decision(a, 0)), slice_str(hex));
		CHECK_INT(i, "decided at", assay_row_decided_at(a, 0), row[i].at);
		CHECK_INT(i, "automatic", assay_row_automatic(a, 0), row[i].automatic);
		CHECK_INT(i, "period", assay_row_period(a, 0, &created), row[i].has_period);
		CHECK_INT(i, "created", created, row[i].has_period ? row[i].period : -5);
		CHECK_INT(i, "created, not asked", assay_row_period(a, 0, NULL), row[i].has_period);
		CHECK_INT(i, "no such row",
		          !assay_row_kind(a, 1) && !assay_row_subject(a, 1) &&
		                  !assay_row_destination(a, 1) && !assay_row_class(a, 1) &&
		                  !assay_row_decision(a, 1) && assay_row_decided_at(a, 1) == 0 &&
		                  assay_row_automatic(a, 1) == -1 &&
		                  assay_row_period(a, SIZE_MAX, &created) == -1,
		          true);
		assay_answer_free(a);
	}
	check_done();
}

static void expect_open(size_t row, const char *what, const char *path, const char *key, int want,
                        const char *text)
{
	struct assay_index *ix = NULL;
	struct assay_error error = { 0 };

	CHECK_INT(row, what, assay_index_open(path, key, &ix, &error), want);
	CHECK_INT(row, what, error.code, want);
	CHECK_INT(row, what, assay_index_open(path, key, &ix, NULL), want);
	if (want && !strstr(error.text, text))
		CHECK_SLICE(row, what, slice_str(error.text), slice_str(text));
	CHECK_INT(row, what, ix == NULL, true);
}

static void a_file_that_is_not_the_publishers_is_refused(void **state)
{
	static char long_key[5000], other_key[200], none[300];
	struct index_row row[ROWS(listed)];
	struct buf file = { 0 };

	(void)state;
	make_bytes(row, rows_of(row), &file);
	put_bytes(buf_slice(&file));
	key_text_of("other.example/ledger", other_key, sizeof(other_key));
	memset(long_key, 'k', sizeof(long_key) - 1);
	snprintf(none, sizeof(none), "%s/none", scratch);
	expect_open(0, "another key", index_path, other_key, ASSAY_REFUSED,
	            "not signed by other.example/ledger");
	expect_open(1, "no key", index_path, "key", ASSAY_SYNTAX, "the verifier key: ");
	expect_open(2, "an empty key", index_path, "", ASSAY_SYNTAX, "the verifier key: ");
	expect_open(3, "a long key", index_path, long_key, ASSAY_LIMIT, "4096");
	expect_open(4, "no file", none, key_text, ASSAY_NOTFOUND, "/none: no such file");
	expect_open(5, "a folder", scratch, key_text, ASSAY_REFUSED, "no regular file");
	expect_open(6, "no path", NULL, key_text, ASSAY_USAGE, "NULL");
	for (size_t n = 0; n < file.n; n += n < 64 ? 1 : 97) {
		put_bytes(slice_sub(buf_slice(&file), 0, n));
		expect_open(n, "cut to this length", index_path, key_text, ASSAY_CORRUPT,
		            "/index: ");
		expect_open(n, "cut, without a key", index_path, NULL, ASSAY_CORRUPT, "/index: ");
	}
	/* The signature is the last line: its base64 changes, the rest stays. */
	char *last = memmem(file.p, file.n, "\xe2\x80\x94 ", 4);
	assert_non_null(last);
	last += strlen("\xe2\x80\x94 " INDEX_ORIGIN " ") + 40;
	*last = *last == 'A' ? 'B' : 'A';
	put_bytes(buf_slice(&file));
	expect_open(8, "a bad signature", index_path, key_text, ASSAY_CORRUPT,
	            "signature is wrong");
	struct assay_index *ix = NULL;
	assert_int_equal(assay_index_open(index_path, NULL, &ix, NULL), 0); /* as the header says */
	assay_index_close(ix);
	buf_release(&file);
	check_done();
}

static void a_new_file_is_taken_and_a_bad_one_is_not(void **state)
{
	struct index_row row[2] = {
		index_row_of(SUBJECT_REGISTRABLE, SLICE("a.example"), "JP", INDEX_ROGUE),
		index_row_of(SUBJECT_REGISTRABLE, SLICE("b.example"), "JP", INDEX_ROGUE)
	};
	struct assay_index *ix = NULL;
	struct assay_answer *before = NULL, *after = NULL;
	struct assay_error error = { 0 };
	int swapped = -1;

	(void)state;
	put_rows(&row[0], 1);
	assert_int_equal(assay_index_open(index_path, key_text, &ix, NULL), 0);
	assert_int_equal(assay_index_refresh(ix, &swapped, NULL), 0);
	assert_int_equal(swapped, 0);
	assert_int_equal(assay_index_lookup(ix, NAME("a.example"), NULL, &before, NULL), 0);
	put_bytes(SLICE("nonsense"));
	assert_int_equal(assay_index_refresh(ix, &swapped, &error), ASSAY_CORRUPT);
	assert_int_equal(swapped, 0);
	assert_non_null(strstr(error.text, "no index of assay"));
	assert_int_equal(assay_index_lookup(ix, NAME("a.example"), NULL, &after, NULL), 0);
	assert_int_equal(assay_answer_rows(after), 1);
	assay_answer_free(after);
	put_rows(&row[1], 1);
	assert_int_equal(assay_index_refresh(ix, &swapped, &error), 0);
	assert_int_equal(swapped, 1);
	assert_int_equal(assay_index_lookup(ix, NAME("a.example"), NULL, &after, NULL), 0);
	assert_int_equal(assay_answer_rows(after), 0);
	/* What was answered before stays whole. */
	assert_string_equal(assay_row_subject(before, 0), "a.example");
	assay_answer_free(before);
	assay_answer_free(after);
	assay_index_close(ix);
}

static void an_index_tells_of_itself(void **state)
{
	struct assay_index *ix = open_listed();
	struct assay_about *about = NULL;

	(void)state;
	assert_int_equal(assay_index_about(ix, &about, NULL), 0);
	assay_index_close(ix);
	assert_int_equal(assay_about_time(about), 1795305600);
	assert_int_equal(assay_about_entries(about), 4);
	assert_int_equal(assay_about_ledger_size(about), 17);
	assert_string_equal(assay_about_origin(about), INDEX_ORIGIN);
	assay_about_free(about);
}

static void null_is_refused_or_harmless(void **state)
{
	struct assay_index *ix = open_listed();
	struct assay_answer *a = NULL;
	struct assay_about *about = NULL;

	(void)state;
	assert_int_equal(assay_index_open(index_path, key_text, NULL, NULL), ASSAY_USAGE);
	assert_int_equal(assay_index_lookup(NULL, NAME("a.example"), NULL, &a, NULL), ASSAY_USAGE);
	assert_int_equal(assay_index_lookup(ix, NAME("a.example"), NULL, NULL, NULL), ASSAY_USAGE);
	assert_int_equal(assay_index_refresh(NULL, NULL, NULL), ASSAY_USAGE);
	assert_int_equal(assay_index_refresh(ix, NULL, NULL), 0);
	assert_int_equal(assay_index_about(NULL, &about, NULL), ASSAY_USAGE);
	assert_int_equal(assay_index_about(ix, NULL, NULL), ASSAY_USAGE);
	assay_index_close(ix);
	assay_index_close(NULL);
	assay_answer_free(NULL);
	assay_about_free(NULL);
	assert_int_equal(assay_answer_rows(NULL), 0);
	assert_int_equal(assay_answer_time(NULL), 0);
	assert_int_equal(assay_answer_ledger_size(NULL), 0);
	assert_null(assay_row_subject(NULL, 0));
	assert_int_equal(assay_row_automatic(NULL, 0), -1);
	assert_int_equal(assay_about_time(NULL), 0);
	assert_int_equal(assay_about_entries(NULL), 0);
	assert_int_equal(assay_about_ledger_size(NULL), 0);
	assert_null(assay_about_origin(NULL));
}

static void every_code_has_its_name(void **state)
{
	(void)state;
	for (int code = ASSAY_USAGE; code <= ASSAY_OK; code++)
		CHECK_INT(code, assay_code_name(code),
		          strncmp(assay_code_name(code), "ASSAY_", 6) == 0, code != -4);
	assert_string_equal(assay_code_name(-99), "unknown code");
	assert_string_equal(assay_version(), ASSAY_VERSION);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_answered_or_refused),
		cmocka_unit_test(a_name_over_the_limit_is_refused),
		cmocka_unit_test(a_row_has_all_that_the_index_knows),
		cmocka_unit_test(a_file_that_is_not_the_publishers_is_refused),
		cmocka_unit_test(a_new_file_is_taken_and_a_bad_one_is_not),
		cmocka_unit_test(an_index_tells_of_itself),
		cmocka_unit_test(null_is_refused_or_harmless),
		cmocka_unit_test(every_code_has_its_name),
	};

	return cmocka_run_group_tests(tests, world_make, world_remove);
}

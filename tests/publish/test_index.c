/* The file of the index: the same bytes for the same rows, and no damage that gives another answer. */
#include "publish/index_rows.h"

#include "wire/dname.h"

#define LIST                                                                                       \
	"// ===BEGIN ICANN DOMAINS===\ncom\nuk\nco.uk\n// ===END ICANN DOMAINS===\n"               \
	"// ===BEGIN PRIVATE DOMAINS===\nblogspot.com\n// ===END PRIVATE DOMAINS===\n"

static const struct slice platforms[] = { SLICE("shops.example") };

static struct suffixes *suffixes(void)
{
	struct suffixes *s = NULL;

	assert_int_equal(suffixes_new(SLICE(LIST), platforms, 1, &s, NULL), 0);
	return s;
}

static const struct {
	enum subject_kind kind;
	const char *key, *destination;
	enum index_class class;
} listed[] = {
	{ SUBJECT_REGISTRABLE, "pills.example", "JP", INDEX_ROGUE },
	{ SUBJECT_REGISTRABLE, "pills.example", "US", INDEX_UNAPPROVED },
	{ SUBJECT_HOST, "pills.example", "GB", INDEX_UNAPPROVED },
	{ SUBJECT_HOST, "x.shops.example", "US", INDEX_ROGUE },
	{ SUBJECT_REGISTRABLE, "shops.example", "US", INDEX_ROGUE },
	{ SUBJECT_URL, "https://charity.example/shop/", "JP", INDEX_ROGUE },
	{ SUBJECT_IP, "192.0.2.1", "JP", INDEX_UNAPPROVED },
	{ SUBJECT_PREFIX, "2001:db8::/32", "JP", INDEX_ROGUE },
};

static size_t rows_of(struct index_row *out)
{
	for (size_t i = 0; i < ROWS(listed); i++)
		out[i] = index_row_of(listed[i].kind, slice_str(listed[i].key), listed[i].destination,
		                      listed[i].class);
	return ROWS(listed);
}

static void make(struct buf *out)
{
	struct index_row row[ROWS(listed)];
	struct suffixes *s = suffixes();

	index_make(s, row, rows_of(row), out);
	suffixes_free(s);
}

/* "JP rogue pills.example; ..." of what is asked for, as a person types it; or the failure. */
static void answer_of(const struct index *ix, const char *asked, struct buf *out)
{
	struct arena a = { 0 };
	struct subject of;
	struct index_answer got = { 0 };
	struct err err = { 0 };
	int rc = subject_parse(slice_str(asked), NULL, &a, &of, &err);

	if (rc == 0)
		rc = index_find(ix, of, &a, &got, &err);
	if (rc)
		buf_printf(out, "%s", err_name(rc));
	for (size_t i = 0; rc == 0 && i < got.n; i++) {
		const struct index_row *r = &got.row[i];
		struct index_row want = index_row_of(r->subject.kind, r->subject.key, r->destination,
		                                     r->class);
		buf_printf(out, "%s%s %s %s:%.*s%s", i ? "; " : "", r->destination,
		           index_class_name(r->class), subject_kind_name(r->subject.kind),
		           SLICE_ARG(r->subject.key), index_row_eq(r, &want) ? "" : " (altered)");
	}
	arena_release(&a);
}

static const struct {
	const char *asked, *want;
} answers[] = {
	{ "pills.example", "JP rogue registrable:pills.example; US unapproved registrable:pills.example; "
	                   "GB unapproved host:pills.example" },
	{ "www.pills.example", "JP rogue registrable:pills.example; US unapproved "
	                       "registrable:pills.example; GB unapproved host:pills.example" },
	{ "https://pills.example:8080/x?y", "JP rogue registrable:pills.example; US unapproved "
	                                    "registrable:pills.example; GB unapproved "
	                                    "host:pills.example" },
	{ "xpills.example", "" },
	{ "example", "" },
	{ "pills.example.com", "" },
	/* landlord and tenants: each for itself */
	{ "shops.example", "US rogue registrable:shops.example" },
	{ "x.shops.example", "US rogue host:x.shops.example" },
	{ "www.x.shops.example", "US rogue host:x.shops.example" },
	{ "y.shops.example", "" },
	{ "https://y.shops.example/x", "" },
	/* a path never answers for its host */
	{ "charity.example", "" },
	{ "https://charity.example/", "" },
	{ "https://charity.example/shopping/", "" },
	{ "charity.example/shop/", "JP rogue url:https://charity.example/shop/" },
	{ "http://charity.example/shop/a/b?c", "JP rogue url:https://charity.example/shop/" },
	{ "https://charity.example:8080/shop/", "" },
	{ "192.0.2.1", "JP unapproved ip:192.0.2.1" },
	{ "192.0.2.2", "" },
	{ "192.0.2.0/24", "" },
	{ "http://192.0.2.1/x", "JP unapproved ip:192.0.2.1" },
	{ "2001:db8::7", "JP rogue prefix:2001:db8::/32" },
	{ "2001:db8::/48", "JP rogue prefix:2001:db8::/32" },
	{ "2001:db9::", "" },
};

static void a_listed_name_answers_and_an_innocent_does_not(void **state)
{
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct buf file = { 0 };
	struct index *ix = NULL;
	struct err err = { 0 };

	(void)state;
	make(&file);
	if (index_open(buf_slice(&file), &signer.key, &ix, &err))
		fail_msg("%s", err.what);
	assert_int_equal(index_check(ix, &err), 0);
	for (size_t i = 0; i < ROWS(answers); i++) {
		struct buf got = { 0 };
		answer_of(ix, answers[i].asked, &got);
		CHECK_SLICE(i, answers[i].asked, buf_slice(&got), slice_str(answers[i].want));
		buf_release(&got);
	}
	const struct index_about *about = index_about(ix);
	assert_int_equal(about->entries, 7);
	assert_int_equal(about->ledger_size, 17);
	assert_int_equal(about->time, 1795305600);
	CHECK_SLICE(0, "origin", about->origin, SLICE(INDEX_ORIGIN));
	index_close(ix);
	buf_release(&file);
	check_done();
}

static void the_order_of_the_rows_does_not_matter(void **state)
{
	uint64_t seed = test_seed();
	struct index_row row[2 * ROWS(listed)];
	size_t n = rows_of(row);
	struct suffixes *s = suffixes();
	struct buf first = { 0 };

	(void)state;
	index_make(s, row, n, &first);
	n += rows_of(row + n); /* each twice: one of two that are the same is left */
	for (int round = 0; round < 50; round++) {
		struct buf again = { 0 };
		for (size_t i = n; i > 1; i--) {
			size_t k = (size_t)((seed = seed * 6364136223846793005u + 1) >> 33) % i;
			struct index_row t = row[i - 1];
			row[i - 1] = row[k];
			row[k] = t;
		}
		index_make(s, row, n, &again);
		CHECK_INT(round, "bytes", slice_eq(buf_slice(&first), buf_slice(&again)), true);
		buf_release(&again);
	}
	buf_release(&first);
	suffixes_free(s);
	check_done();
}

/* Whether a damaged file answers anything other than the whole one. */
static bool is_harmless(struct slice file, const struct note_key *key, const struct buf *want)
{
	struct index *ix = NULL;
	struct err err = { 0 };
	bool same = true;
	int rc = index_open(file, key, &ix, &err);

	if (rc)
		return rc == ERR_CORRUPT || rc == ERR_REFUSED;
	for (size_t i = 0; i < ROWS(answers); i++) {
		struct buf got = { 0 };
		answer_of(ix, answers[i].asked, &got);
		same = same && (slice_eq(buf_slice(&got), buf_slice(&want[i])) ||
		                slice_eq_str(buf_slice(&got), "ERR_CORRUPT"));
		buf_release(&got);
	}
	index_close(ix);
	return same;
}

static void no_single_bit_flip_gives_another_answer(void **state)
{
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct buf file = { 0 }, want[ROWS(answers)] = { { 0 } };
	size_t accepted = 0;

	(void)state;
	make(&file);
	for (size_t i = 0; i < ROWS(answers); i++)
		buf_puts(&want[i], answers[i].want);
	assert_true(is_harmless(buf_slice(&file), &signer.key, want));
	for (size_t bit = 0; bit < 8 * file.n; bit++) {
		struct index *ix = NULL;
		file.p[bit / 8] = (char)(file.p[bit / 8] ^ 1 << bit % 8);
		CHECK_INT(bit / 8, "a flipped bit at this byte",
		          is_harmless(buf_slice(&file), &signer.key, want), true);
		accepted += index_open(buf_slice(&file), &signer.key, &ix, NULL) == 0;
		index_close(ix);
		file.p[bit / 8] = (char)(file.p[bit / 8] ^ 1 << bit % 8);
	}
	printf("# %zu bits of %zu bytes; %zu files were opened in spite of one\n", 8 * file.n, file.n,
	       accepted);
	/* All sections of so small a file are used when it is opened. */
	assert_int_equal(accepted, 0);
	for (size_t i = 0; i < ROWS(answers); i++)
		buf_release(&want[i]);
	buf_release(&file);
	check_done();
}

static void no_file_cut_short_or_lengthened_is_opened(void **state)
{
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct buf file = { 0 };
	struct index *ix = NULL;

	(void)state;
	make(&file);
	for (size_t n = 0; n < file.n; n++) {
		/* Where it ends, so that a read too far is seen. */
		char *exact = malloc(n ? n : 1);
		assert_non_null(exact);
		memcpy(exact, file.p, n);
		CHECK_INT(n, "length", index_open(slice_from(exact, n), &signer.key, &ix, NULL),
		          ERR_CORRUPT);
		free(exact);
	}
	for (int more = 0; more < 256; more++) {
		struct buf longer = { 0 };
		buf_put(&longer, buf_slice(&file));
		buf_putc(&longer, (char)more);
		CHECK_INT(more, "one byte more", index_open(buf_slice(&longer), &signer.key, &ix, NULL),
		          ERR_CORRUPT);
		buf_release(&longer);
	}
	buf_release(&file);
	check_done();
}

/* A block that nobody has asked for may be damaged: it is found when it is used, and said where. */
static void a_damaged_block_is_found_when_it_is_first_used(void **state)
{
	enum { NAMES = 3000 };
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct index_row *row = calloc(NAMES, sizeof(*row));
	struct arena a = { 0 };
	struct suffixes *s = suffixes();
	struct buf file = { 0 };
	struct index *ix = NULL;
	struct err err = { 0 };
	size_t good = 0, bad = 0, wrong = 0;

	(void)state;
	for (size_t i = 0; i < NAMES; i++)
		row[i] = index_row_of(SUBJECT_REGISTRABLE,
		                      slice_str(arena_printf(&a, "name-%zu.example", i)), "JP",
		                      INDEX_ROGUE);
	index_make(s, row, NAMES, &file);
	file.p[200000] ^= 1;
	if (index_open(buf_slice(&file), &signer.key, &ix, &err))
		fail_msg("%s", err.what);
	for (size_t i = 0; i < NAMES; i++) {
		struct index_answer got = { 0 };
		int rc = index_find(ix, row[i].subject, &a, &got, &err);
		good += rc == 0 && got.n == 1 && index_row_eq(&got.row[0], &row[i]);
		wrong += rc == 0 && (got.n != 1 || !index_row_eq(&got.row[0], &row[i]));
		bad += rc == ERR_CORRUPT;
	}
	printf("# %zu answers, %zu refused: %s\n", good, bad, err.what);
	assert_int_equal(wrong, 0);
	assert_true(good > 0 && bad > 0);
	assert_non_null(strstr(err.what, "block 3 of section names is damaged"));
	assert_int_equal(index_check(ix, &err), ERR_CORRUPT);
	index_close(ix);
	buf_release(&file);
	suffixes_free(s);
	arena_release(&a);
	free(row);
}

/* ---- files that are whole and signed, and wrong ---- */

struct parts {
	struct buf file;
	struct index *ix;
	struct index_section section[INDEX_TABLES];
	struct index_about about;
};

/* The sections of the file of make(). */
static void take_apart(struct parts *p)
{
	struct note_signer signer = test_signer(INDEX_ORIGIN);

	*p = (struct parts){ 0 };
	make(&p->file);
	assert_int_equal(index_open(buf_slice(&p->file), &signer.key, &p->ix, NULL), 0);
	p->about = *index_about(p->ix);
	for (size_t i = 0; i < INDEX_TABLES; i++) {
		const uint8_t *e = (const uint8_t *)p->file.p + INDEX_HEAD + i * INDEX_ENTRY;
		p->section[i] = (struct index_section){ index_u32(e), index_u32(e + 4),
			                                slice_sub(buf_slice(&p->file),
			                                          index_u64(e + 8),
			                                          index_u64(e + 8) + index_u64(e + 16)) };
	}
}

/* Sign the sections as they are; what opening it and asking for pills.example comes to. */
static void expect(size_t row, const char *what, const struct index_section *section, size_t n,
                   const struct index_about *about, const char *want)
{
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct buf file = { 0 }, got = { 0 };
	struct index *ix = NULL;
	struct err err = { 0 };

	assert_int_equal(index_seal(section, n, about, &signer, &file, NULL, &err), 0);
	int rc = index_open(buf_slice(&file), &signer.key, &ix, &err);
	if (rc)
		buf_printf(&got, "%s %s", err_name(rc), err.what);
	else
		answer_of(ix, "pills.example", &got);
	index_close(ix);
	if (!strstr(buf_str(&got), want))
		CHECK_SLICE(row, what, buf_slice(&got), slice_str(want));
	buf_release(&got);
	buf_release(&file);
}

static void sections_are_known_skipped_or_refused(void **state)
{
	static const char zeros[64];
	struct parts p;

	(void)state;
	take_apart(&p);
	struct index_section *s = p.section;
	struct index_section other = { 77, 0, { zeros, 64 } };
	struct index_section needed = { 78, INDEX_SECTION_NEEDED, { zeros, 32 } };
	const struct {
		const char *what;
		struct index_section section[5];
		size_t n;
		const char *want;
	} rows[] = {
		{ "as they are", { s[0], s[1], s[2] }, 3, "JP rogue registrable:pills.example" },
		{ "in another order", { s[2], s[0], s[1] }, 3, "JP rogue registrable:pills.example" },
		{ "one that is not known", { s[0], other, s[1], s[2] }, 4, "JP rogue" },
		{ "one that must be known", { s[0], s[1], s[2], needed }, 4,
		  "ERR_REFUSED index: section 78 is not known to this program" },
		{ "no names", { s[1], s[2] }, 2, "ERR_REFUSED index: it has no section names" },
		{ "no addresses", { s[0], s[1] }, 2, "ERR_REFUSED index: it has no section addresses" },
		{ "names twice", { s[0], s[0], s[1], s[2] }, 4,
		  "ERR_CORRUPT index: a section is there twice" },
		{ "urls where names are", { { 1, 1, s[1].content }, { 2, 1, s[0].content }, s[2] }, 3,
		  "" },
		{ "only the first 32 bytes", { { 1, 1, slice_sub(s[0].content, 0, 32) }, s[1], s[2] }, 3,
		  "ERR_CORRUPT index: section names points outside of itself" },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		expect(i, rows[i].what, rows[i].section, rows[i].n, &p.about, rows[i].want);
	struct index_about about = p.about;
	about.entries++;
	expect(0, "another number of entries", s, 3, &about,
	       "ERR_CORRUPT index: it does not hold as many entries");
	about = p.about;
	about.origin = SLICE("other.example/ledger");
	expect(0, "another origin", s, 3, &about, "ERR_CORRUPT index: its origin is not the name");
	index_close(p.ix);
	buf_release(&p.file);
	check_done();
}

/* Every byte of the names' section set to each of a few values: whole, signed, and never a read
 * outside (the sanitizers see it). */
static void a_signed_section_full_of_nonsense_is_survived(void **state)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct parts p;
	size_t opened = 0;

	(void)state;
	take_apart(&p);
	struct slice original = p.section[0].content;
	char *copy = malloc(original.n);
	assert_non_null(copy);
	p.section[0].content.p = copy;
	for (size_t i = 0; i < original.n; i++) {
		for (size_t k = 0; k < ROWS(values); k++) {
			struct buf file = { 0 }, got = { 0 };
			struct index *ix = NULL;
			memcpy(copy, original.p, original.n);
			copy[i] = (char)values[k];
			assert_int_equal(index_seal(p.section, 3, &p.about, &signer, &file, NULL, NULL), 0);
			if (index_open(buf_slice(&file), NULL, &ix, NULL) == 0) {
				opened++;
				for (size_t q = 0; q < 12; q++)
					answer_of(ix, answers[q].asked, &got);
				index_check(ix, NULL);
			}
			index_close(ix);
			buf_release(&got);
			buf_release(&file);
		}
	}
	printf("# %zu of %zu were opened\n", opened, original.n * ROWS(values));
	free(copy);
	index_close(p.ix);
	buf_release(&p.file);
}

static void another_version_key_or_file_is_refused_with_the_reason(void **state)
{
	struct note_signer other = test_signer("other.example/ledger");
	struct note_signer mine = test_signer(INDEX_ORIGIN);
	struct buf file = { 0 };
	struct index *ix = NULL;
	struct err err = { 0 };

	(void)state;
	make(&file);
	assert_int_equal(index_open(buf_slice(&file), &other.key, &ix, &err), ERR_REFUSED);
	assert_non_null(strstr(err.what, "not signed by other.example/ledger"));
	assert_int_equal(index_open(buf_slice(&file), NULL, &ix, &err), 0);
	index_close(ix);
	file.p[8] = 2;
	assert_int_equal(index_open(buf_slice(&file), &mine.key, &ix, &err), ERR_REFUSED);
	assert_non_null(strstr(err.what, "format version 2"));
	assert_int_equal(index_open(SLICE("<html>this is no index, of course</html>"), NULL, &ix, &err),
	                 ERR_CORRUPT);
	assert_non_null(strstr(err.what, "no index of assay"));
	buf_release(&file);
}

static void a_row_that_makes_no_sense_is_refused(void **state)
{
	static const struct {
		const char *destination;
		int class;
		int want;
	} rows[] = {
		{ "JP", INDEX_ROGUE, 0 },   { "jp", INDEX_ROGUE, ERR_SYNTAX },
		{ "J", INDEX_ROGUE, ERR_SYNTAX }, { "", INDEX_ROGUE, ERR_SYNTAX },
		{ "JP", 0, ERR_SYNTAX },    { "JP", 3, ERR_SYNTAX },
	};
	struct suffixes *s = suffixes();
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct index_writer *w = NULL;
	struct buf out = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(index_writer_new(s, &w, &err), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct index_row row = index_row_of(SUBJECT_HOST, SLICE("a.example"), "JP", INDEX_ROGUE);
		memset(row.destination, 0, 3);
		memcpy(row.destination, rows[i].destination, strlen(rows[i].destination));
		row.class = (enum index_class)rows[i].class;
		CHECK_INT(i, rows[i].destination, index_writer_add(w, &row, &err), rows[i].want);
	}
	/* the same name and country with another decision */
	struct index_row again = index_row_of(SUBJECT_HOST, SLICE("a.example"), "JP", INDEX_UNAPPROVED);
	assert_int_equal(index_writer_add(w, &again, &err), 0);
	assert_int_equal(index_writer_end(w, 1, 0, &signer, &out, NULL, &err), ERR_SYNTAX);
	assert_int_equal(out.n, 0);
	index_writer_free(w);
	suffixes_free(s);
	assert_int_equal(suffixes_new(SLICE(""), NULL, 0, &s, &err), 0);
	assert_int_equal(index_writer_new(s, &w, &err), ERR_REFUSED);
	suffixes_free(s);
	buf_release(&out);
	check_done();
}

static void an_index_of_nothing_answers_nothing(void **state)
{
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct suffixes *s = suffixes();
	struct buf file = { 0 };
	struct index *ix = NULL;

	(void)state;
	index_make(s, NULL, 0, &file);
	assert_int_equal(index_open(buf_slice(&file), &signer.key, &ix, NULL), 0);
	assert_int_equal(index_check(ix, NULL), 0);
	for (size_t i = 0; i < ROWS(answers); i++) {
		struct buf got = { 0 };
		answer_of(ix, answers[i].asked, &got);
		CHECK_SLICE(i, answers[i].asked, buf_slice(&got), SLICE(""));
		buf_release(&got);
	}
	index_close(ix);
	buf_release(&file);
	suffixes_free(s);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listed_name_answers_and_an_innocent_does_not),
		cmocka_unit_test(the_order_of_the_rows_does_not_matter),
		cmocka_unit_test(no_single_bit_flip_gives_another_answer),
		cmocka_unit_test(no_file_cut_short_or_lengthened_is_opened),
		cmocka_unit_test(a_damaged_block_is_found_when_it_is_first_used),
		cmocka_unit_test(sections_are_known_skipped_or_refused),
		cmocka_unit_test(a_signed_section_full_of_nonsense_is_survived),
		cmocka_unit_test(another_version_key_or_file_is_refused_with_the_reason),
		cmocka_unit_test(a_row_that_makes_no_sense_is_refused),
		cmocka_unit_test(an_index_of_nothing_answers_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

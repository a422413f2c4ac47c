#include "check.h"

#include "base/buf.h"
#include "base/hex.h"
#include "model/domain.h"
#include "sys/file.h"
#include "wire/dname.h"

#include <stdlib.h>

/* A list of our own in the form of publicsuffix.org, with both sections. */
#define LIST                                                                                       \
	"// ===BEGIN ICANN DOMAINS===\n"                                                           \
	"com\njp\n*.kobe.jp\n!city.kobe.jp\nuk\nco.uk\n*.mm\n"                                     \
	"\xe4\xb8\xad\xe5\x9b\xbd\n"                                                               \
	"// ===END ICANN DOMAINS===\n"                                                             \
	"// ===BEGIN PRIVATE DOMAINS===\n"                                                         \
	"blogspot.com\nuk.com\n*.hosted.com\n"                                                     \
	"// ===END PRIVATE DOMAINS===\n"

static struct suffixes *open_list(void)
{
	static const struct slice platforms[] = { SLICE("Shops.Example"),
		                                  SLICE("deep.pages.test") };
	struct suffixes *s = NULL;
	struct err err = { 0 };

	if (suffixes_new(SLICE(LIST), platforms, 2, &s, &err) < 0)
		fail_msg("%s", err.what);
	return s;
}

static void names_divide_as_the_list_says(void **state)
{
	(void)state;
	static const struct {
		const char *name, *suffix, *registrable, *platform, *tenant, *site;
	} rows[] = {
		{ "pharm.com", "com", "pharm.com", "", "", "pharm.com" },
		{ "www.pharm.com", "com", "pharm.com", "", "", "pharm.com" },
		{ "com", "com", "", "", "", "com" },
		{ "www.pharm.co.uk", "co.uk", "pharm.co.uk", "", "", "pharm.co.uk" },
		{ "co.uk", "co.uk", "", "", "", "co.uk" },
		{ "pills.blogspot.com", "com", "blogspot.com", "blogspot.com", "pills.blogspot.com",
		  "pills.blogspot.com" },
		{ "a.pills.blogspot.com", "com", "blogspot.com", "blogspot.com",
		  "pills.blogspot.com", "pills.blogspot.com" },
		{ "blogspot.com", "com", "blogspot.com", "blogspot.com", "", "blogspot.com" },
		{ "notblogspot.com", "com", "notblogspot.com", "", "", "notblogspot.com" },
		{ "x.eu.hosted.com", "com", "hosted.com", "eu.hosted.com", "x.eu.hosted.com",
		  "x.eu.hosted.com" },
		{ "b.c.kobe.jp", "c.kobe.jp", "b.c.kobe.jp", "", "", "b.c.kobe.jp" },
		{ "www.city.kobe.jp", "kobe.jp", "city.kobe.jp", "", "", "city.kobe.jp" },
		{ "c.mm", "c.mm", "", "", "", "c.mm" },
		{ "x.xn--fiqs8s", "xn--fiqs8s", "x.xn--fiqs8s", "", "", "x.xn--fiqs8s" },
		/* a last label that the list does not know is a suffix: its rule "*" */
		{ "a.b.example", "example", "b.example", "", "", "b.example" },
		{ "example", "example", "", "", "", "example" },
		/* platforms of the configuration */
		{ "a.b.shops.example", "example", "shops.example", "shops.example",
		  "b.shops.example", "b.shops.example" },
		{ "shops.example", "example", "shops.example", "shops.example", "",
		  "shops.example" },
		{ "x.deep.pages.test", "test", "pages.test", "deep.pages.test", "x.deep.pages.test",
		  "x.deep.pages.test" },
		{ "a.a.a.a.a.a.a.a.a.a.a.b.com", "com", "b.com", "", "", "b.com" },
	};
	struct suffixes *s = open_list();

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct domain d = domain_of(s, slice_str(rows[i].name));
		CHECK_SLICE(i, rows[i].name, d.suffix, slice_str(rows[i].suffix));
		CHECK_SLICE(i, rows[i].name, d.registrable, slice_str(rows[i].registrable));
		CHECK_SLICE(i, rows[i].name, d.platform, slice_str(rows[i].platform));
		CHECK_SLICE(i, rows[i].name, d.tenant, slice_str(rows[i].tenant));
		CHECK_SLICE(i, rows[i].name, domain_site(&d), slice_str(rows[i].site));
	}
	suffixes_free(s);
	check_done();
}

static void the_digest_is_that_of_the_list_and_the_platforms(void **state)
{
	(void)state;
	static const struct slice ab[] = { SLICE("a.example"), SLICE("b.example") };
	static const struct slice ba[] = { SLICE("B.example."), SLICE("a.example"),
		                           SLICE("a.example") };
	struct suffixes *bare = NULL, *one = NULL, *two = NULL;

	assert_int_equal(suffixes_new(SLICE(LIST), NULL, 0, &bare, NULL), 0);
	assert_int_equal(suffixes_new(SLICE(LIST), ab, 2, &one, NULL), 0);
	assert_int_equal(suffixes_new(SLICE(LIST), ba, 3, &two, NULL), 0);
	assert_true(sha256_eq(suffixes_digest(bare), sha256_of(SLICE(LIST))));
	assert_true(sha256_eq(suffixes_digest(one), suffixes_digest(two)));
	assert_false(sha256_eq(suffixes_digest(bare), suffixes_digest(one)));
	suffixes_free(bare);
	suffixes_free(one);
	suffixes_free(two);
	suffixes_free(NULL);
}

static void a_list_without_rules_or_with_a_bad_platform_is_refused(void **state)
{
	(void)state;
	static const struct slice bad[] = { SLICE("a.example"), SLICE("b..example") };
	struct suffixes *s = NULL;
	struct err err = { 0 };

	assert_int_equal(suffixes_new(SLICE("// nothing\n"), NULL, 0, &s, &err), ERR_SYNTAX);
	assert_string_equal(err.what, "suffixes: no rule in the list");
	assert_int_equal(suffixes_new(SLICE(LIST), bad, 2, &s, &err), ERR_SYNTAX);
	assert_string_equal(err.what, "platform 2: name: empty label");
	assert_int_equal(err.at, 1);
	assert_null(s);
	assert_int_equal(suffixes_new(SLICE(""), NULL, 0, &s, NULL), 0); /* built in */
	assert_true(slice_eq_str(domain_of(s, SLICE("a.b.co.uk")).registrable, "b.co.uk"));
	suffixes_free(s);
}

/* publicsuffix/list tests/test_psl.txt (CC0): checkPublicSuffix('in', 'registrable' or null), where
 * both sections count alike. */
static void the_lists_own_vectors_hold(void **state)
{
	(void)state;
	struct buf bytes = { 0 }, vectors = { 0 };
	struct suffixes *s = NULL;
	struct err err = { 0 };
	char path[4096];
	int tried = 0;

	const char *folder = "/../shared/data/suffix-unicode-geo/";
	const char *source = getenv("ASSAY_SOURCE");
	assert_non_null(source);
	snprintf(path, sizeof(path), "%s%spublic_suffix_list.dat", source, folder);
	if (file_read(path, 16 << 20, &bytes, NULL) < 0) {
		snprintf(path, sizeof(path), "%s/..%spublic_suffix_list.dat", source, folder);
		if (file_read(path, 16 << 20, &bytes, NULL) < 0)
			skip();
	}
	memcpy(strrchr(path, '/'), "/test_psl.txt", sizeof("/test_psl.txt"));
	if (file_read(path, 1 << 20, &vectors, &err) < 0 ||
	    suffixes_new(buf_slice(&bytes), NULL, 0, &s, &err) < 0)
		fail_msg("%s", err.what);
	struct slice rest = buf_slice(&vectors), line, cell[5];
	while (slice_cut(&rest, '\n', &line)) {
		size_t n = 0;
		struct slice parts = line;
		while (n < 5 && slice_cut(&parts, '\'', &cell[n]))
			n++;
		if (!slice_eq_str(cell[0], "checkPublicSuffix(") || n < 3)
			continue;
		struct dname in, out;
		struct slice got = SLICE(""), want = SLICE("");
		tried++;
		if (n == 5 && dname_parse(cell[3], &out, NULL) == 0)
			want = dname_slice(&out);
		if (dname_parse(cell[1], &in, NULL) == 0) {
			struct domain d = domain_of(s, dname_slice(&in));
			got = d.platform.n ? d.tenant : d.registrable;
		}
		char text[300];
		snprintf(text, sizeof(text), "%.*s", SLICE_ARG(line));
		CHECK_SLICE(tried, text, got, want);
	}
	assert_true(tried > 60);
	suffixes_free(s);
	buf_release(&bytes);
	buf_release(&vectors);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_divide_as_the_list_says),
		cmocka_unit_test(the_digest_is_that_of_the_list_and_the_platforms),
		cmocka_unit_test(a_list_without_rules_or_with_a_bad_platform_is_refused),
		cmocka_unit_test(the_lists_own_vectors_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

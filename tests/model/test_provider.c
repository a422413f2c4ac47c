#include "check.h"

#include "model/provider.h"

#include "base/arena.h"

#include <dirent.h>
#include <stdlib.h>

#define CHECK_STR(row, input, got, want) CHECK_SLICE(row, input, slice_str(got), slice_str(want))

#define REGISTRAR "key: registrar:99001\nkind: registrar\nname: One\niana_id: 99001\n"
#define FACTS "mail: abuse@one.example\nchecked: 2026-11-22\nsource: its page\n"
#define HOST "key: host:kumo\nkind: host\nname: Kumo\n"

static void providers_refuse_with_file_and_line(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "x.yaml:1: kind is missing" },
		{ "[a]\n", "x.yaml:1: this is not a mapping of keys" },
		{ "kin: host\n", "x.yaml:1: unknown key 'kin' (did you mean 'kind'?)" },
		{ "kind: owner\n",
		  "x.yaml:1: kind is none of registrar, reseller, registry, host, search, "
		  "advertising, payment, platform, authority, rights: 'owner'" },
		{ "kind: host\n", "x.yaml:1: key is missing" },
		{ "kind: host\nkey: host:a\n", "x.yaml:1: name is missing" },
		{ HOST, "x.yaml:1: source is missing" },
		{ HOST "source: a\n", "x.yaml:1: checked is missing" },
		{ HOST "source: ''\n", "x.yaml:4: source is empty: write it, or leave the key out" },
		{ HOST "source: \"a\\nb\"\n",
		  "x.yaml:4: source has a line break or a control character: write it on one "
		  "line" },
		{ HOST "source: a\nchecked: soon\n",
		  "x.yaml:5: checked is not a date of the form 2026-11-22: 'soon'" },
		{ HOST "source: a\nchecked: 2026-02-30\n",
		  "x.yaml:5: checked is not a date of the form 2026-11-22: '2026-02-30'" },
		{ HOST "source: a\nchecked: 2026-11-22\n",
		  "x.yaml:1: neither mail nor form: give one of them" },
		{ HOST FACTS "iana_id: 3\n",
		  "x.yaml:7: iana_id is a registrar's, and this is of kind host" },
		{ REGISTRAR FACTS "prefix: 192.0.2.0/24\n",
		  "x.yaml:8: prefix is a host's, and this is of kind registrar" },
		{ REGISTRAR FACTS "tld: example\n",
		  "x.yaml:8: tld is a registry's, and this is of kind registrar" },
		{ "key: registry:a\nkind: registry\nname: A\n" FACTS,
		  "x.yaml:1: tld is missing: a registry is found by it" },
		{ HOST FACTS "prefix: 192.0.2.1/24\n",
		  "x.yaml:7: prefix: bits are set behind its length (192.0.2.0/24?)" },
		{ HOST FACTS "prefix: 2001:DB8::/32\n",
		  "x.yaml:7: prefix is not in normal form: write 2001:db8::/32" },
		{ HOST FACTS "prefix: []\n",
		  "x.yaml:7: prefix is empty: name one, or leave the key out" },
		{ HOST FACTS "prefix: [192.0.2.0/24, 192.0.2.0/24]\n",
		  "x.yaml:7: prefix names '192.0.2.0/24' twice" },
		{ HOST FACTS "nameserver: Kumo.example\n",
		  "x.yaml:7: nameserver: 'Kumo.example' is no domain name in lower case and "
		  "A-labels, without a dot at its ends" },
		{ HOST FACTS "country: jp\n",
		  "x.yaml:7: country is not two capital letters of ISO 3166-1, such as JP: 'jp'" },
		{ HOST FACTS "country: UK\n", "x.yaml:7: country UK: the code of ISO 3166-1 is GB" },
		{ HOST FACTS "form: http://one.example/\n",
		  "x.yaml:7: form is not https: give an address that is, or none" },
		{ HOST FACTS "form: https://one.example\n",
		  "x.yaml:7: form is not in normal form: write https://one.example/" },
		{ HOST FACTS "terms: https://192.0.2.1/\n",
		  "x.yaml:7: terms has a user name, a port or a bare address: name the public "
		  "page" },
		{ HOST FACTS "terms: https://one.example/\n",
		  "x.yaml:7: terms_says is missing: say in one sentence what they forbid" },
		{ HOST FACTS "terms_says: No pills.\n",
		  "x.yaml:7: terms is missing: give the page that says so" },
		{ HOST "mail: jane.roe@one.example\nsource: a\nchecked: 2026-11-22\n",
		  "x.yaml:4: mail names no function such as abuse or legal: a person's mailbox is "
		  "not kept here" },
		{ HOST "mail: abuse@One.example\nsource: a\nchecked: 2026-11-22\n",
		  "x.yaml:4: mail is not in normal form: write abuse@one.example" },
		{ "key: host:Kumo\nkind: host\nname: Kumo\n" FACTS,
		  "x.yaml:1: key is not 'host:' and a word of small letters, digits, '-' and '.': "
		  "'host:Kumo'" },
		{ "key: kumo\nkind: host\nname: Kumo\n" FACTS,
		  "x.yaml:1: key is not 'host:' and a word of small letters, digits, '-' and '.': "
		  "'kumo'" },
		{ "key: registrar:one\nkind: registrar\nname: One\niana_id: 99001\n" FACTS,
		  "x.yaml:1: key is not what observations give: write 'registrar:99001'" },
		{ "key: reseller:hanabi\nkind: reseller\nname: Hanabi Web, Inc.\n" FACTS,
		  "x.yaml:1: key is not what observations give: write 'reseller:hanabi web inc'" },
		{ "key: host:a\nkind: host\nname: '?!'\n" FACTS,
		  "x.yaml:3: name '?!' has neither letter nor digit" },
		{ HOST FACTS "alias: ['?']\n", "x.yaml:7: alias '?' has neither letter nor digit" },
		{ "key: registrar:0\nkind: registrar\nname: One\niana_id: 0\n" FACTS,
		  "x.yaml:4: iana_id is not from 1 to 99999999" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct providers *p = NULL;
		struct err err = { .what = "" };
		size_t n;
		assert_int_equal(providers_new(&p, &err), 0);
		CHECK_INT(i, rows[i].in, providers_add(p, slice_str(rows[i].in), "x.yaml", &err),
		          ERR_SYNTAX);
		CHECK_STR(i, rows[i].in, err.what, rows[i].want);
		providers_all(p, &n);
		CHECK_INT(i, rows[i].in, n, 0);
		providers_free(p);
	}
	check_done();
}

static struct providers *directory(void)
{
	static const char *const files[] = {
		REGISTRAR "alias: [One Names]\ncountry: [JP, US]\n" FACTS,
		"key: registrar:no number\nkind: registrar\nname: No Number\n" FACTS,
		"key: reseller:hanabi web services\nkind: reseller\nname: Hanabi Web Services\n"
		"alias: [Hanabi K.K.]\n" FACTS,
		HOST "prefix: [192.0.2.0/24, '2001:db8::/32']\nnameserver: [kumo.example]\n"
		     "demand: [The address of the page.]\nterms: https://kumo.example/terms\n"
		     "terms_says: No medicine that the law forbids.\n" FACTS,
		"key: host:tide\nkind: host\nname: Tide\nprefix: 192.0.2.128/25\n"
		"nameserver: dns.kumo.example\nform: https://tide.example/abuse\n"
		"checked: 2026-11-22\nsource: its page\n",
		"key: registry:dot\nkind: registry\nname: Dot\ntld: [example, xn--p1ai]\n" FACTS,
		"key: search:kumo\nkind: search\nname: Kumo\n" FACTS,
	};
	struct providers *p = NULL;
	struct err err = { .what = "" };

	assert_int_equal(providers_new(&p, &err), 0);
	for (size_t i = 0; i < ROWS(files); i++) {
		int rc = providers_add(p, slice_str(files[i]), "x.yaml", &err);
		if (rc)
			print_error("%s\n", err.what);
		assert_int_equal(rc, 0);
	}
	return p;
}

static const char *key(const struct provider *p)
{
	static char text[100];

	struct slice s = p ? p->key : SLICE("-");
	snprintf(text, sizeof(text), "%.*s", SLICE_ARG(s));
	return text;
}

static void a_provider_is_found_by_what_is_its_own(void **state)
{
	(void)state;
	struct providers *p = directory();
	static const struct {
		int64_t id;
		const char *name, *want;
	} registrars[] = {
		{ 99001, "Another Name", "registrar:99001" },
		{ 99001, "", "registrar:99001" },
		{ 0, "ONE", "registrar:99001" },
		{ 0, "one  names.", "registrar:99001" },
		{ 7, "One", "-" }, /* the row's number is another */
		{ 7, "No number", "registrar:no number" },
		{ 0, "Hanabi K.K.", "-" }, /* a reseller */
		{ 0, "", "-" },
	};
	static const struct {
		const char *in, *want;
	} addresses[] = {
		{ "192.0.2.5", "host:kumo" },  { "192.0.2.127", "host:kumo" },
		{ "192.0.2.128", "host:tide" }, { "192.0.2.200", "host:tide" },
		{ "192.0.3.1", "-" },          { "2001:db8::1", "host:kumo" },
		{ "2001:db9::1", "-" },        { "kumo", "-" },
	}, servers[] = {
		{ "ns1.kumo.example", "host:kumo" },   { "kumo.example", "host:kumo" },
		{ "a.dns.kumo.example", "host:tide" }, { "notkumo.example", "-" },
		{ "example", "-" },
	}, tlds[] = {
		{ "example", "registry:dot" }, { "xn--p1ai", "registry:dot" }, { "com", "-" },
	};

	for (size_t i = 0; i < ROWS(registrars); i++)
		CHECK_STR(i, registrars[i].name,
		          key(providers_registrar(p, registrars[i].id, slice_str(registrars[i].name))),
		          registrars[i].want);
	for (size_t i = 0; i < ROWS(addresses); i++)
		CHECK_STR(i, addresses[i].in,
		          key(providers_of_address(p, slice_str(addresses[i].in))),
		          addresses[i].want);
	for (size_t i = 0; i < ROWS(servers); i++)
		CHECK_STR(i, servers[i].in,
		          key(providers_of_nameserver(p, slice_str(servers[i].in))),
		          servers[i].want);
	for (size_t i = 0; i < ROWS(tlds); i++)
		CHECK_STR(i, tlds[i].in, key(providers_of_tld(p, slice_str(tlds[i].in))),
		          tlds[i].want);
	CHECK_STR(0, "reseller", key(providers_named(p, NOTICE_RESELLER, SLICE("hanabi k k"))),
	          "reseller:hanabi web services");
	CHECK_STR(0, "search", key(providers_named(p, NOTICE_SEARCH, SLICE("kumo"))), "search:kumo");
	CHECK_STR(0, "host", key(providers_named(p, NOTICE_HOST, SLICE("KUMO"))), "host:kumo");
	CHECK_STR(0, "key", key(providers_find(p, SLICE("host:tide"))), "host:tide");
	CHECK_STR(0, "key", key(providers_find(p, SLICE("host:tid"))), "-");
	providers_free(p);
	check_done();
}

static void all_are_sorted_by_key_and_hold_what_was_written(void **state)
{
	(void)state;
	struct providers *p = directory();
	size_t n;
	const struct provider *all = providers_all(p, &n);

	assert_int_equal(n, 7);
	for (size_t i = 1; i < n; i++)
		CHECK_INT(i, "sorted", slice_cmp(all[i - 1].key, all[i].key) < 0, 1);
	const struct provider *kumo = providers_find(p, SLICE("host:kumo"));
	assert_non_null(kumo);
	assert_int_equal(kumo->prefix_n, 2);
	assert_int_equal(kumo->demand_n, 1);
	CHECK_SLICE(0, "demand", kumo->demand[0], SLICE("The address of the page."));
	CHECK_SLICE(0, "terms", kumo->terms, SLICE("https://kumo.example/terms"));
	CHECK_SLICE(0, "says", kumo->terms_says, SLICE("No medicine that the law forbids."));
	CHECK_SLICE(0, "mail", kumo->mail, SLICE("abuse@one.example"));
	CHECK_SLICE(0, "checked", kumo->checked, SLICE("2026-11-22"));
	CHECK_SLICE(0, "source", kumo->source, SLICE("its page"));
	const struct provider *one = providers_find(p, SLICE("registrar:99001"));
	assert_non_null(one);
	assert_int_equal(one->country_n, 2);
	assert_int_equal(one->iana_id, 99001);
	providers_free(p);
	check_done();
}

/* Whatever finds a row finds but one, so that the order of files decides nothing. */
static void what_is_anothers_is_refused_and_the_set_stays(void **state)
{
	(void)state;
	struct providers *p = directory();
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ HOST FACTS, "y.yaml:1: key is host:kumo's already, in x.yaml: one file a provider" },
		{ "key: host:k\nkind: host\nname: KUMO.\n" FACTS,
		  "y.yaml:3: name is host:kumo's already, in x.yaml: one file a provider" },
		{ "key: host:k\nkind: host\nname: K\nprefix: 192.0.2.0/24\n" FACTS,
		  "y.yaml:4: prefix is host:kumo's already, in x.yaml: one file a provider" },
		{ "key: host:k\nkind: host\nname: K\nnameserver: kumo.example\n" FACTS,
		  "y.yaml:4: nameserver is host:kumo's already, in x.yaml: one file a provider" },
		{ "key: registry:k\nkind: registry\nname: K\ntld: example\n" FACTS,
		  "y.yaml:4: tld is registry:dot's already, in x.yaml: one file a provider" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct err err = { .what = "" };
		size_t n;
		CHECK_INT(i, rows[i].in, providers_add(p, slice_str(rows[i].in), "y.yaml", &err),
		          ERR_SYNTAX);
		CHECK_STR(i, rows[i].in, err.what, rows[i].want);
		providers_all(p, &n);
		CHECK_INT(i, rows[i].in, n, 7);
	}
	providers_free(p);
	check_done();
}

/* --- what is shipped ------------------------------------------------------------------------- */

static void the_shipped_files_are_whole(void **state)
{
	(void)state;
	struct providers *p = NULL;
	struct arena a = { 0 };
	struct err err = { .what = "" };
	const char *root = getenv("ASSAY_SOURCE");
	char *folder = arena_printf(&a, "%s/policy/notice/providers", root ? root : ".");
	const struct dirent *e;
	unsigned kinds = 0;
	size_t n = 0, files = 0;

	assert_int_equal(providers_new(&p, &err), 0);
	DIR *d = opendir(folder);
	assert_non_null(d);
	while ((e = readdir(d))) {
		static char text[1 << 16];
		char *path = arena_printf(&a, "%s/%s", folder, e->d_name);
		size_t len = strlen(e->d_name);
		if (len < 6 || strcmp(e->d_name + len - 5, ".yaml") != 0)
			continue;
		FILE *f = fopen(path, "rb");
		assert_non_null(f);
		size_t size = fread(text, 1, sizeof(text), f);
		fclose(f);
		CHECK_INT(files, path, size < sizeof(text), 1);
		int rc = providers_add(p, slice_from(text, size), path, &err);
		if (rc)
			print_error("%s\n", err.what);
		CHECK_INT(files, path, rc, 0);
		files++;
	}
	closedir(d);
	const struct provider *all = providers_all(p, &n);
	for (size_t i = 0; i < n; i++)
		kinds |= 1U << all[i].to;
	CHECK_INT(0, "registrars are among them", (kinds >> NOTICE_REGISTRAR) & 1, 1);
	CHECK_INT(0, "one file a provider", n, files);
	providers_free(p);
	arena_release(&a);
	check_done();
}

/* The page's example is read as it stands there. */
static void the_example_of_the_page_is_read(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct providers *p = NULL;
	struct err err = { .what = "" };
	const char *root = getenv("ASSAY_SOURCE");
	static char page[1 << 16], text[1 << 12];
	FILE *f = fopen(arena_printf(&a, "%s/doc/format/provider.md", root ? root : "."), "rb");
	size_t n = 0;

	assert_non_null(f);
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	fclose(f);
	const char *example = strstr(page, "## Example");
	assert_non_null(example);
	struct slice rest = slice_str(example), line;
	while (slice_cut(&rest, '\n', &line)) {
		if (!slice_starts(line, SLICE("    ")))
			continue;
		assert_true(n + line.n < sizeof(text));
		memcpy(text + n, line.p + 4, line.n - 4);
		n += line.n - 4;
		text[n++] = '\n';
	}
	assert_int_equal(providers_new(&p, &err), 0);
	int rc = providers_add(p, slice_from(text, n), "provider.md", &err);
	if (rc)
		print_error("%s\n", err.what);
	assert_int_equal(rc, 0);
	const struct provider *one = providers_find(p, SLICE("registrar:99001"));
	assert_non_null(one);
	assert_int_equal(one->demand_n, 2);
	providers_free(p);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(providers_refuse_with_file_and_line),
		cmocka_unit_test(a_provider_is_found_by_what_is_its_own),
		cmocka_unit_test(all_are_sorted_by_key_and_hold_what_was_written),
		cmocka_unit_test(what_is_anothers_is_refused_and_the_set_stays),
		cmocka_unit_test(the_example_of_the_page_is_read),
		cmocka_unit_test(the_shipped_files_are_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

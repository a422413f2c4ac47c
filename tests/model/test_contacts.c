#include "check.h"

#include "model/contacts.h"

#include "base/arena.h"

#include <stdlib.h>

/* A file that is right but for one line; the head has two lines, the contact begins in the third. */
#define HEAD "country: XX\ncontacts:\n"
#define GOOD                                                                       \
	"  - kind: regulator\n    name_en: Office\n    says_en: Ask.\n    says_ja: 質問。\n" \
	"    source: its page\n    checked: 2026-11-22\n"

static void contacts_refuses_with_file_and_line(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "xx.yaml:1: country is missing" },
		{ "[a]\n", "xx.yaml:1: this is not a mapping of keys" },
		{ "contry: XX\n", "xx.yaml:1: unknown key 'contry' (did you mean 'country'?)" },
		{ "country: jp\n",
		  "xx.yaml:1: country is not two capital letters of ISO 3166-1, such as JP: 'jp'" },
		{ "country: JPN\n",
		  "xx.yaml:1: country is not two capital letters of ISO 3166-1, such as JP: 'JPN'" },
		{ "country: UK\n", "xx.yaml:1: country UK: the code of ISO 3166-1 is GB" },
		{ "country: XX\n", "xx.yaml:1: contacts is missing" },
		{ "country: XX\ncontacts: a\n", "xx.yaml:2: contacts is not a list" },
		{ "country: XX\ncontacts: []\n",
		  "xx.yaml:2: contacts is empty: name one, or remove the file" },
		{ HEAD "  - a\n", "xx.yaml:3: this is not a mapping of keys" },
		{ HEAD "  - name_en: a\n", "xx.yaml:3: kind is missing" },
		{ HEAD "  - kind: shop\n", "xx.yaml:3: kind is none of register, regulator, poison, "
					   "police, emergency: 'shop'" },
		{ HEAD GOOD "    telphone: '112'\n",
		  "xx.yaml:9: unknown key 'telphone' (did you mean 'telephone'?)" },
		{ HEAD "  - kind: police\n    name_en: ''\n",
		  "xx.yaml:4: name_en is empty: write it, or leave the key out" },
		{ HEAD "  - kind: police\n    name_en: \"a\\nb\"\n",
		  "xx.yaml:4: name_en has a line break or a control character: write it on one "
		  "line" },
		{ HEAD "  - {kind: police, name_en: a, says_ja: b, source: c}\n",
		  "xx.yaml:3: says_en is missing" },
		{ HEAD "  - {kind: police, name_en: a, says_en: b, source: c}\n",
		  "xx.yaml:3: says_ja is missing" },
		{ HEAD "  - {kind: police, name_en: a, says_en: b, says_ja: c}\n",
		  "xx.yaml:3: source is missing" },
		{ HEAD GOOD, "xx.yaml:3: neither url nor telephone: give one of them" },
		{ HEAD GOOD "    url: http://office.example/\n",
		  "xx.yaml:9: url is not https: give an address that is, or none" },
		{ HEAD GOOD "    url: https://office.example\n",
		  "xx.yaml:9: url is not in normal form: write https://office.example/" },
		{ HEAD GOOD "    url: https://Office.example/#a\n",
		  "xx.yaml:9: url is not in normal form: write https://office.example/" },
		{ HEAD GOOD "    url: https://office.example:8443/\n",
		  "xx.yaml:9: url has a user name, a port or a bare address: name the public "
		  "page" },
		{ HEAD GOOD "    url: https://bank@office.example/\n",
		  "xx.yaml:9: url has a user name, a port or a bare address: name the public "
		  "page" },
		{ HEAD GOOD "    url: https://192.0.2.1/\n",
		  "xx.yaml:9: url has a user name, a port or a bare address: name the public "
		  "page" },
		{ HEAD "  - {kind: emergency, name_en: a, says_en: b, says_ja: c, source: d, "
		       "checked: 2026-11-22, url: 'https://office.example/'}\n",
		  "xx.yaml:3: telephone is missing: an emergency is called in" },
		{ HEAD "  - {kind: register, name_en: a, says_en: b, says_ja: c, source: d, "
		       "checked: 2026-11-22, telephone: '112'}\n",
		  "xx.yaml:3: url is missing: a register is looked up in" },
		{ HEAD "  - {kind: police, name_en: a, says_en: b, says_ja: c, source: d, "
		       "telephone: '112'}\n",
		  "xx.yaml:3: checked is missing: give the day the fact was seen, or the source "
		  "'general knowledge, unchecked'" },
		{ HEAD "  - {kind: police, name_en: a, says_en: b, says_ja: c, telephone: '112', "
		       "source: 'general knowledge, unchecked', checked: 2026-11-22}\n",
		  "xx.yaml:3: checked has a date, but source says that nobody looked: name where "
		  "the fact was seen" },
		{ HEAD "  - {kind: police, name_en: a, says_en: b, says_ja: c, telephone: '112', "
		       "source: d, checked: 2026-02-30}\n",
		  "xx.yaml:3: checked is not a date of the form 2026-11-22: '2026-02-30'" },
		{ HEAD "  - {kind: police, name_en: a, says_en: b, says_ja: c, telephone: '112', "
		       "source: d, checked: 2026-11-22T00:00:00Z}\n",
		  "xx.yaml:3: checked is not a date of the form 2026-11-22: "
		  "'2026-11-22T00:00:00Z'" },
		{ HEAD GOOD "    telephone: '112'\n" GOOD "    telephone: '112'\n",
		  "xx.yaml:10: the same kind, url and telephone as in line 3: remove one" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct contacts *c = NULL;
		struct err err = { .what = "" };
		size_t n = 1;
		assert_int_equal(contacts_new(&c, &err), 0);
		int rc = contacts_add(c, slice_str(rows[i].in), "xx.yaml", &err);
		CHECK_INT(i, rows[i].in, rc, ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].in, contacts_add(c, slice_str(rows[i].in), "x", NULL), rc);
		contacts_all(c, &n);
		CHECK_INT(i, rows[i].in, n, 0);
		contacts_free(c);
	}
	check_done();
}

static void telephones_are_digits_as_dialled(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int want;
	} rows[] = {
		{ "112", 0 },
		{ "15", 0 },
		{ "000", 0 },
		{ "#9110", 0 },
		{ "*144", 0 },
		{ "+44 20 7946 0000", 0 },
		{ "1-800-555-0100", 0 },
		{ "(555) 010-0100", 0 },
		{ "+1 (555) 010-0100", 0 },
		{ "1", ERR_SYNTAX },
		{ "1234567890123456", ERR_SYNTAX },
		{ "1-800-FLOWERS", ERR_SYNTAX },
		{ "112 or 110", ERR_SYNTAX },
		{ "112/110", ERR_SYNTAX },
		{ "112-", ERR_SYNTAX },
		{ "-112", ERR_SYNTAX },
		{ " 112", ERR_SYNTAX },
		{ "1--12", ERR_SYNTAX },
		{ "11+2", ERR_SYNTAX },
		{ "+", ERR_SYNTAX },
		{ "(112", ERR_SYNTAX },
		{ "1)12", ERR_SYNTAX },
		{ "(555)", ERR_SYNTAX },
		{ "(55) (01) 0100", ERR_SYNTAX },
		{ "１１２", ERR_SYNTAX },
		{ "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", ERR_SYNTAX },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct contacts *c = NULL;
		struct arena a = { 0 };
		struct err err;
		assert_int_equal(contacts_new(&c, NULL), 0);
		char *text = arena_printf(&a, HEAD GOOD "    telephone: '%s'\n", rows[i].in);
		int rc = contacts_add(c, slice_str(text), "f", &err);
		CHECK_INT(i, rows[i].in, rc, rows[i].want);
		if (rc == 0)
			CHECK_SLICE(i, rows[i].in, contacts_find(c, SLICE("XX"))->contact[0].telephone,
				    slice_str(rows[i].in));
		else
			CHECK_INT(i, rows[i].in, strncmp(err.what, "f:9: telephone ", 15), 0);
		contacts_free(c);
		arena_release(&a);
	}
	check_done();
}

static void a_text_of_401_bytes_is_too_long(void **state)
{
	(void)state;
	for (int n = 400; n <= 401; n++) {
		struct contacts *c = NULL;
		struct arena a = { 0 };
		struct err err;
		assert_int_equal(contacts_new(&c, NULL), 0);
		char *text = arena_printf(&a, HEAD GOOD "    telephone: '112'\n    name_local: %0*d\n",
					  n, 0);
		int rc = contacts_add(c, slice_str(text), "f", &err);
		assert_int_equal(rc, n == 400 ? 0 : ERR_SYNTAX);
		if (rc)
			assert_string_equal(err.what, "f:10: name_local has 401 bytes, more than "
						      "400: shorten it");
		contacts_free(c);
		arena_release(&a);
	}
}

static void a_country_is_found_whole_and_all_are_sorted(void **state)
{
	(void)state;
	struct contacts *c = NULL;
	struct err err;
	size_t n = 0;
	char text[] = "contacts:\n"
		      "  - kind: register\n"
		      "    name_en: Register\n"
		      "    name_local: 登録簿\n"
		      "    url: https://register.example/find?a=b\n"
		      "    telephone: 0120-000-000\n"
		      "    says_en: Look it up.\n"
		      "    says_ja: 調べられます。\n"
		      "    checked: 2026-11-22\n"
		      "    source: https://register.example/\n"
		      "  - {kind: emergency, name_en: Help, telephone: '119', says_en: Call.,\n"
		      "     says_ja: 電話。, source: 'general knowledge, unchecked'}\n"
		      "country: JP\n";

	assert_int_equal(contacts_new(&c, &err), 0);
	assert_null(contacts_find(c, SLICE("JP")));
	assert_int_equal(contacts_add(c, slice_str(text), "jp.yaml", &err), 0);
	memset(text, 'x', sizeof(text) - 1); /* the set keeps its own copy */
	assert_int_equal(contacts_add(c, SLICE("country: AT\n"
					       "contacts: [{kind: police, name_en: a, says_en: b, "
					       "says_ja: c, telephone: '133', source: d, "
					       "checked: 2026-11-22}]\n"),
				      "at.yaml", &err),
			 0);
	const struct contacts_country *all = contacts_all(c, &n);
	assert_int_equal(n, 2);
	assert_true(slice_eq_str(all[0].country, "AT") && slice_eq_str(all[1].country, "JP"));
	const struct contacts_country *jp = contacts_find(c, SLICE("JP"));
	assert_ptr_equal(jp, &all[1]);
	assert_null(contacts_find(c, SLICE("J")));
	assert_null(contacts_find(c, SLICE("")));
	assert_int_equal(jp->n, 2);
	const struct contact *one = &jp->contact[0];
	assert_int_equal(one->kind, CONTACT_REGISTER);
	CHECK_SLICE(0, "name_en", one->name_en, SLICE("Register"));
	CHECK_SLICE(0, "name_local", one->name_local, SLICE("登録簿"));
	CHECK_SLICE(0, "url", one->url, SLICE("https://register.example/find?a=b"));
	CHECK_SLICE(0, "telephone", one->telephone, SLICE("0120-000-000"));
	CHECK_SLICE(0, "says_en", one->says_en, SLICE("Look it up."));
	CHECK_SLICE(0, "says_ja", one->says_ja, SLICE("調べられます。"));
	CHECK_SLICE(0, "checked", one->checked, SLICE("2026-11-22"));
	CHECK_SLICE(0, "source", one->source, SLICE("https://register.example/"));
	assert_int_equal(jp->contact[1].kind, CONTACT_EMERGENCY);
	assert_int_equal(jp->contact[1].url.n, 0);
	assert_int_equal(jp->contact[1].checked.n, 0);

	/* A second file of the country is refused, and the set is as it was. */
	assert_int_equal(contacts_add(c, SLICE("country: JP\n"
					       "contacts: [{kind: police, name_en: a, says_en: b, "
					       "says_ja: c, telephone: '110', source: d, "
					       "checked: 2026-11-22}]\n"),
				      "jp2.yaml", &err),
			 ERR_SYNTAX);
	assert_string_equal(err.what, "jp2.yaml:1: JP is in jp.yaml already: one file a country");
	contacts_all(c, &n);
	assert_int_equal(n, 2);
	assert_ptr_equal(contacts_find(c, SLICE("JP"))->contact, one);
	contacts_free(c);
	contacts_free(NULL);
	check_done();
}

/* --- what is shipped --------------------------------------------------------------------------- */

static struct slice slurp(const char *path, struct arena *a)
{
	static char buf[1 << 16];
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(buf, 1, sizeof(buf), f) : 0;

	if (f)
		fclose(f);
	assert_true(n < sizeof(buf)); /* cut off else */
	return n ? arena_copy(a, slice_from(buf, n)) : (struct slice){ 0 };
}

/* Every country that the brief of lookup names can be read, and says where help is called. */
static void the_shipped_files_are_whole(void **state)
{
	(void)state;
	static const char *const countries[] = { "AT", "AU", "CA", "CH", "DE", "ES", "EU",
						 "FR", "GB", "IE", "IN", "IT", "JP", "KR",
						 "NL", "NZ", "SE", "SG", "US" };
	struct contacts *c = NULL;
	struct arena a = { 0 };
	struct err err = { .what = "" };

	assert_int_equal(contacts_new(&c, &err), 0);
	for (size_t i = 0; i < ROWS(countries); i++) {
		const char *name = countries[i];
		char *path = arena_printf(&a, "%s/policy/contacts/%c%c.yaml", getenv("ASSAY_SOURCE"),
					  ascii_lower(name[0]), ascii_lower(name[1]));
		int rc = contacts_add(c, slurp(path, &a), path, &err);
		if (rc)
			printf("# %s\n", err.what);
		CHECK_INT(i, path, rc, 0);
		const struct contacts_country *country = contacts_find(c, slice_str(name));
		CHECK_INT(i, name, country != NULL, 1);
		unsigned kinds = 0;
		for (size_t k = 0; country && k < country->n; k++)
			kinds |= 1U << country->contact[k].kind;
		CHECK_INT(i, name, (kinds >> CONTACT_EMERGENCY) & 1, 1);
	}
	contacts_free(c);
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contacts_refuses_with_file_and_line),
		cmocka_unit_test(telephones_are_digits_as_dialled),
		cmocka_unit_test(a_text_of_401_bytes_is_too_long),
		cmocka_unit_test(a_country_is_found_whole_and_all_are_sorted),
		cmocka_unit_test(the_shipped_files_are_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "check.h"

#include "act/mandate.h"

#include "base/buf.h"
#include "format_page.h"
#include "wire/note.h"
#include "wire/timestamp.h"

#include <stdlib.h>

#define CHECK_STR(row, input, got, want) CHECK_SLICE(row, input, slice_str(got), slice_str(want))

/* As a person writes it, before it is signed. */
#define MANDATE                                                                              \
	"{\"mandate\": \"jp-1\", \"issuer\": \"Ministry (synthetic)\", \"country\": \"JP\",\n"      \
	" \"holder\": \"Desk\", \"designated\": true, \"private_delegate\": true,\n"            \
	" \"clauses\": [\"RAA 3.18.3\", \"Act 145 of 1960\"], \"scope\": [\n"                   \
	"  {\"destinations\": [\"JP\"], \"recipients\": [\"registrar\", \"reseller\"],\n"        \
	"   \"matters\": [\"rogue\"], \"groups\": [\"pde5\"]},\n"                               \
	"  {\"destinations\": [\"JP\", \"KR\"], \"recipients\": [\"host\"]}],\n"                 \
	" \"from\": \"2026-01-01T00:00:00Z\", \"until\": \"2027-01-01T00:00:00Z\",\n"           \
	" \"feed\": \"https://ministry.example/feed\"}"

struct keys {
	struct note_signer signer[2];
	struct buf text[2]; /* verifier keys */
	struct config_mandate pin[2];
};

/* Keys that are made of nothing secret: 0, 1, 2, ... and the like. */
static void keys_make(struct keys *k)
{
	static const char *const names[] = { "ministry.example", "brand.example" };

	*k = (struct keys){ 0 };
	for (size_t i = 0; i < 2; i++) {
		struct ed25519_seed seed;
		struct err err = { .what = "" };
		for (size_t b = 0; b < sizeof(seed.b); b++)
			seed.b[b] = (uint8_t)(b + 100 * i);
		assert_int_equal(note_signer_init(slice_str(names[i]), &seed, &k->signer[i], &err), 0);
		note_key_format(&k->signer[i].key, &k->text[i]);
		k->pin[i] = (struct config_mandate){ .key = buf_slice(&k->text[i]) };
	}
	k->pin[0].issuer = SLICE("Ministry (synthetic)");
	k->pin[0].country = SLICE("JP");
	k->pin[1].issuer = SLICE("Brand");
}

static void keys_release(struct keys *k)
{
	buf_release(&k->text[0]);
	buf_release(&k->text[1]);
}

static void sign(const char *json, const struct note_signer *signer, struct buf *out)
{
	struct buf text = { 0 };
	struct err err = { .what = "" };
	int rc = mandate_text(slice_str(json), &text, &err);

	if (rc)
		print_error("%s\n", err.what);
	assert_int_equal(rc, 0);
	assert_int_equal(note_sign(buf_slice(&text), signer, out, &err), 0);
	buf_release(&text);
}

/* With a part of the text put in the place of another. */
static void replaced(struct slice text, const char *from, const char *to, struct buf *out)
{
	size_t at = slice_find_slice(text, slice_str(from));

	assert_true(at < text.n);
	buf_put(out, slice_sub(text, 0, at));
	buf_puts(out, to);
	buf_put(out, slice_sub(text, at + strlen(from), text.n));
}

static void a_signed_mandate_is_read_and_comes_back_from_its_record(void **state)
{
	(void)state;
	struct keys k;
	struct arena a = { 0 };
	struct buf note = { 0 };
	struct mandate m = { 0 }, again = { 0 };
	json_t *body = NULL;
	struct err err = { .what = "" };

	keys_make(&k);
	sign(MANDATE, &k.signer[0], &note);
	assert_int_equal(mandate_read(buf_slice(&note), k.pin, 2, &a, &m, &err), 0);
	assert_int_equal(mandate_to_json(&m, buf_slice(&note), &body, &err), 0);
	assert_int_equal(mandate_from_json(body, k.pin, 2, &a, &again, &err), 0);
	const struct mandate *both[] = { &m, &again };
	for (size_t i = 0; i < 2; i++) {
		const struct mandate *x = both[i];
		CHECK_SLICE(i, "name", x->name, SLICE("jp-1"));
		CHECK_SLICE(i, "issuer", x->issuer, SLICE("Ministry (synthetic)"));
		CHECK_SLICE(i, "country", x->issuer_country, SLICE("JP"));
		CHECK_SLICE(i, "holder", x->holder, SLICE("Desk"));
		CHECK_SLICE(i, "feed", x->feed, SLICE("https://ministry.example/feed"));
		CHECK_SLICE(i, "key", x->key, buf_slice(&k.text[0]));
		CHECK_INT(i, "designated", x->designated, 1);
		CHECK_INT(i, "delegate", x->private_delegate, 1);
		CHECK_INT(i, "clauses", x->clause_n, 2);
		CHECK_INT(i, "offices: the issuer's country", x->office_n, 1);
		CHECK_SLICE(i, "office", x->office[0], SLICE("JP"));
		CHECK_INT(i, "scope", x->scope_n, 2);
		CHECK_INT(i, "recipients", x->scope[0].to,
		          (1 << NOTICE_REGISTRAR) | (1 << NOTICE_RESELLER));
		CHECK_INT(i, "matters", x->scope[0].matter, 1 << MATTER_ROGUE);
		CHECK_INT(i, "any matter", x->scope[1].matter, 0);
		CHECK_INT(i, "countries", x->scope[1].country_n, 2);
		CHECK_INT(i, "from", x->from, 1767225600);
		CHECK_INT(i, "until", x->until, 1798761600);
		CHECK_INT(i, "revoked", x->revoked_at == NOTICE_NEVER, 1);
	}
	json_decref(body);
	buf_release(&note);
	arena_release(&a);
	keys_release(&k);
	check_done();
}

static void what_was_changed_or_signed_by_another_is_refused(void **state)
{
	(void)state;
	struct keys k;
	struct arena a = { 0 };
	struct buf note = { 0 }, other = { 0 };
	struct err err = { .what = "" };
	static const struct {
		const char *from, *to, *want;
	} rows[] = {
		{ "[\"JP\",\"KR\"]", "[\"JP\",\"US\"]",
		  "mandate: the signature of ministry.example does not hold: what it signed was "
		  "changed" },
		{ "2027-01-01", "2037-01-01",
		  "mandate: the signature of ministry.example does not hold: what it signed was "
		  "changed" },
		{ "\xe2\x80\x94 ministry.example ", "\xe2\x80\x94 minister.example ",
		  "mandate: signed by minister.example with a key that assay.yaml does not pin "
		  "(mandates)" },
		{ "assay-mandate/1", "assay-mandate/2",
		  "mandate: the first line is not assay-mandate/1" },
		{ "{\"clauses\"", "{ \"clauses\"",
		  "mandate: the second line is not canonical JSON (RFC 8785) and an end of line: let "
		  "assay mandate sign write it" },
		{ "\"holder\":", "\"howner\":",
		  "mandate: unknown member 'howner': it may be a limit that this program does not "
		  "understand" },
	};

	keys_make(&k);
	sign(MANDATE, &k.signer[0], &note);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf text = { 0 };
		struct mandate m = { .scope_n = 77 };
		replaced(buf_slice(&note), rows[i].from, rows[i].to, &text);
		int rc = mandate_read(buf_slice(&text), k.pin, 2, &a, &m, &err);
		CHECK_INT(i, rows[i].to, rc == ERR_REFUSED || rc == ERR_SYNTAX, 1);
		CHECK_STR(i, rows[i].to, err.what, rows[i].want);
		CHECK_INT(i, "untouched", m.scope_n, 77);
		buf_release(&text);
	}
	struct mandate m = { 0 };
	/* Nobody pins the key; another's is; the right one is pinned for somebody else. */
	CHECK_INT(0, "no pins", mandate_read(buf_slice(&note), NULL, 0, &a, &m, &err), ERR_REFUSED);
	CHECK_INT(0, "another's", mandate_read(buf_slice(&note), &k.pin[1], 1, &a, &m, &err),
	          ERR_REFUSED);
	sign(MANDATE, &k.signer[1], &other);
	CHECK_INT(0, "brand", mandate_read(buf_slice(&other), k.pin, 2, &a, &m, &err), ERR_REFUSED);
	CHECK_STR(0, "brand", err.what,
	          "mandate: names Ministry (synthetic) as issuer, and its key is Brand's "
	          "(assay.yaml, mandates)");
	k.pin[0].country = SLICE("KR");
	CHECK_INT(0, "country", mandate_read(buf_slice(&note), k.pin, 2, &a, &m, &err), ERR_REFUSED);
	CHECK_STR(0, "country", err.what,
	          "mandate: names JP as the issuer's country, and its key is of KR (assay.yaml, "
	          "mandates)");
	/* A key alone is believed for whoever it names. */
	k.pin[0] = (struct config_mandate){ .key = buf_slice(&k.text[0]) };
	CHECK_INT(0, "bare pin", mandate_read(buf_slice(&note), k.pin, 1, &a, &m, &err), 0);
	buf_release(&other);
	buf_release(&note);
	arena_release(&a);
	keys_release(&k);
	check_done();
}

static void a_record_that_was_changed_is_refused(void **state)
{
	(void)state;
	struct keys k;
	struct arena a = { 0 };
	struct buf note = { 0 };
	struct mandate m = { 0 };
	json_t *body = NULL;
	struct err err = { .what = "" };

	keys_make(&k);
	sign(MANDATE, &k.signer[0], &note);
	assert_int_equal(mandate_read(buf_slice(&note), k.pin, 2, &a, &m, &err), 0);
	assert_int_equal(mandate_to_json(&m, buf_slice(&note), &body, &err), 0);
	json_put_str(body, "until", SLICE("2099-01-01T00:00:00Z"));
	CHECK_INT(0, "until", mandate_from_json(body, k.pin, 2, &a, &m, &err), ERR_REFUSED);
	json_put_str(body, "until", SLICE("2027-01-01T00:00:00Z"));
	CHECK_INT(0, "as it was", mandate_from_json(body, k.pin, 2, &a, &m, &err), 0);
	/* Without its signature it is one without a document. */
	json_object_del(body, "signature");
	CHECK_INT(0, "no signature", mandate_from_json(body, k.pin, 2, &a, &m, &err), ERR_REFUSED);
	CHECK_STR(0, "no signature", err.what,
	          "mandate: it has neither a signature nor a document that somebody could look at");
	json_decref(body);
	buf_release(&note);
	arena_release(&a);
	keys_release(&k);
	check_done();
}

static void a_mandate_says_what_is_wrong_with_it(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *want;
	} rows[] = {
		{ "\"jp-1\"", "\"JP 1\"",
		  "mandate: mandate is no name of 1 to 64 of a-z, 0-9, '-', '_' and '.'" },
		{ "\"country\": \"JP\"", "\"country\": \"Japan\"",
		  "mandate: country is no country such as JP" },
		{ "\"holder\": \"Desk\",", "", "mandate: holder is missing" },
		{ "\"Desk\"", "\"a\\nb\"", "mandate: holder is not one line of 1 to 300 bytes" },
		{ "\"designated\": true", "\"designated\": 1",
		  "mandate: designated is neither true nor false" },
		{ "\"designated\": true", "\"designated\": false",
		  "mandate: clauses name RAA 3.18.3, which is for designated authorities: say "
		  "designated, or leave it out" },
		{ "RAA 3.18.3", "RAA 3.18.2",
		  "mandate: clauses name RAA 3.18.2, which is about DNS abuse and not about what a "
		  "page sells" },
		{ "2027-01-01", "2026-01-01", "mandate: until is not after from" },
		{ "2027-01-01T00:00:00Z", "2027-01-01",
		  "mandate: until is not a time such as 2026-01-01T00:00:00Z" },
		{ "\"registrar\",", "\"registrars\",",
		  "mandate: recipients has something else than kinds of recipient" },
		{ "\"registrar\",", "\"reseller\",", "mandate: recipients has a word twice" },
		{ "[\"rogue\"]", "[]", "mandate: matters is no list of at least one word" },
		{ "[\"rogue\"]", "[\"bad\"]", "mandate: matters has something else than matters" },
		{ "\"KR\"", "\"kr\"",
		  "mandate: destinations has something else than countries such as JP" },
		{ "\"KR\"", "\"JP\"", "mandate: destinations has an element twice" },
		{ "[\"pde5\"]", "\"pde5\"", "mandate: groups is no list of 1 to 512 elements" },
		{ "\"matters\"", "\"mater\"",
		  "mandate: unknown member 'mater': it may be a limit that this program does not "
		  "understand" },
		{ "https://ministry.example/feed", "http://ministry.example/feed",
		  "mandate: feed is no https address in normal form" },
		{ "\"feed\": \"https://ministry.example/feed\"", "\"document\": \"sha256:00\"",
		  "mandate: document is no address sha256:..." },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf json = { 0 }, out = { 0 };
		struct err err = { .what = "" };
		replaced(slice_str(MANDATE), rows[i].from, rows[i].to, &json);
		CHECK_INT(i, rows[i].to, mandate_text(buf_slice(&json), &out, &err), ERR_SYNTAX);
		CHECK_STR(i, rows[i].to, err.what, rows[i].want);
		CHECK_INT(i, "nothing written", out.n, 0);
		buf_release(&json);
		buf_release(&out);
	}
	struct err err = { .what = "" };
	struct buf out = { 0 };
	CHECK_INT(0, "no scope",
	          mandate_text(SLICE("{\"mandate\":\"a\",\"issuer\":\"b\",\"country\":\"JP\","
	                             "\"holder\":\"c\"}"), &out, &err), ERR_SYNTAX);
	CHECK_STR(0, "no scope", err.what,
	          "mandate: scope is no list of 1 to 512 elements: say what it is for");
	buf_release(&out);
	check_done();
}

static void an_unsigned_mandate_names_its_document(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct buf json = { 0 };
	struct mandate m = { 0 }, again = { 0 };
	json_t *body = NULL;
	struct err err = { .what = "" };

	CHECK_INT(0, "neither", mandate_read(slice_str(MANDATE), NULL, 0, &a, &m, &err), ERR_REFUSED);
	replaced(slice_str(MANDATE), "\"feed\": \"https://ministry.example/feed\"",
	         "\"document\": "
	         "\"sha256:8c0a5de89b4a437cb5d86bc788196b1a0a4ee4a64e9161241e59c25b880f9d3c\"",
	         &json);
	assert_int_equal(mandate_read(buf_slice(&json), NULL, 0, &a, &m, &err), 0);
	CHECK_INT(0, "no key", m.key.n, 0);
	CHECK_INT(0, "digest", m.document.b[0], 0x8c);
	assert_int_equal(mandate_to_json(&m, buf_slice(&json), &body, &err), 0);
	assert_int_equal(mandate_from_json(body, NULL, 0, &a, &again, &err), 0);
	CHECK_SLICE(0, "name", again.name, SLICE("jp-1"));
	json_decref(body);
	buf_release(&json);
	arena_release(&a);
	check_done();
}

/* --- use ------------------------------------------------------------------------------------- */

static int64_t at(const char *time)
{
	int64_t t = 0;

	assert_int_equal(timestamp_parse(slice_str(time), &t, NULL), 0);
	return t;
}

static void a_notice_outside_of_a_mandate_is_refused_with_the_limit(void **state)
{
	(void)state;
	static const struct slice jp[] = { { "JP", 2 } }, kr[] = { { "KR", 2 } },
	                          us_jp[] = { { "US", 2 }, { "JP", 2 } }, us[] = { { "US", 2 } },
	                          pde5[] = { { "opioid", 6 }, { "pde5", 4 } },
	                          opioid[] = { { "opioid", 6 } };
	static const struct {
		const char *says, *now;
		enum notice_to to;
		enum notice_matter matter;
		const struct slice *country;
		size_t country_n;
		const struct slice *group;
		size_t group_n;
		const char *revoked;
		const char *want; /* "": it is covered */
	} rows[] = {
		{ "good", "2026-06-01", NOTICE_REGISTRAR, MATTER_ROGUE, jp, 1, pde5, 2, NULL, "" },
		{ "one of two", "2026-06-01", NOTICE_RESELLER, MATTER_ROGUE, us_jp, 2, pde5, 2, NULL, "" },
		{ "the other row", "2026-06-01", NOTICE_HOST, MATTER_UNAPPROVED, kr, 1, opioid, 1, NULL, "" },
		{ "from", "2026-01-01", NOTICE_HOST, MATTER_ROGUE, jp, 1, NULL, 0, NULL, "" },
		{ "before", "2025-12-31", NOTICE_HOST, MATTER_ROGUE, jp, 1, NULL, 0, NULL,
		  "mandate jp-1: is in force from 2026-01-01T00:00:00Z on only" },
		{ "after", "2027-01-01", NOTICE_HOST, MATTER_ROGUE, jp, 1, NULL, 0, NULL,
		  "mandate jp-1: ended at 2027-01-01T00:00:00Z" },
		{ "revoked", "2026-06-01", NOTICE_HOST, MATTER_ROGUE, jp, 1, NULL, 0, "2026-06-01",
		  "mandate jp-1: was revoked at 2026-06-01T00:00:00Z" },
		{ "revoked later", "2026-06-01", NOTICE_HOST, MATTER_ROGUE, jp, 1, NULL, 0, "2026-06-02",
		  "" },
		{ "recipient", "2026-06-01", NOTICE_SEARCH, MATTER_ROGUE, jp, 1, pde5, 2, NULL,
		  "mandate jp-1: is not for recipients of kind search" },
		{ "matter", "2026-06-01", NOTICE_REGISTRAR, MATTER_REGISTRATION, jp, 1, pde5, 2, NULL,
		  "mandate jp-1: is not for the matter registration" },
		{ "country", "2026-06-01", NOTICE_REGISTRAR, MATTER_ROGUE, us, 1, pde5, 2, NULL,
		  "mandate jp-1: does not cover the countries of pills.example" },
		{ "country of one row", "2026-06-01", NOTICE_REGISTRAR, MATTER_ROGUE, kr, 1, pde5, 2, NULL,
		  "mandate jp-1: does not cover the countries of pills.example" },
		{ "no country", "2026-06-01", NOTICE_HOST, MATTER_ROGUE, NULL, 0, NULL, 0, NULL,
		  "mandate jp-1: does not cover the countries of pills.example" },
		{ "drugs", "2026-06-01", NOTICE_REGISTRAR, MATTER_ROGUE, jp, 1, opioid, 1, NULL,
		  "mandate jp-1: does not cover the drugs of pills.example" },
		{ "drugs unknown", "2026-06-01", NOTICE_REGISTRAR, MATTER_ROGUE, jp, 1, NULL, 0, NULL,
		  "mandate jp-1: does not cover the drugs of pills.example" },
	};
	struct keys k;
	struct arena a = { 0 };
	struct buf note = { 0 };
	struct mandate m = { 0 };
	struct err err = { .what = "" };

	keys_make(&k);
	sign(MANDATE, &k.signer[0], &note);
	assert_int_equal(mandate_read(buf_slice(&note), k.pin, 2, &a, &m, &err), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct notice_subject good = { .destination = jp, .destination_n = 1, .group = pde5,
			                       .group_n = 2 };
		struct notice_subject annex[2] = { good };
		annex[1] = (struct notice_subject){
			.subject = { SUBJECT_REGISTRABLE, SLICE("pills.example") },
			.destination = rows[i].country, .destination_n = rows[i].country_n,
			.group = rows[i].group, .group_n = rows[i].group_n };
		struct notice n = { .matter = rows[i].matter, .annex = annex, .annex_n = 2 };
		n.recipient.to = rows[i].to;
		err.what[0] = '\0';
		m.revoked_at = rows[i].revoked ? at(rows[i].revoked) : NOTICE_NEVER;
		int rc = mandate_covers(&m, &n, at(rows[i].now), &err);
		CHECK_INT(i, rows[i].says, rc, rows[i].want[0] ? ERR_REFUSED : 0);
		CHECK_STR(i, rows[i].says, err.what, rows[i].want);
	}
	struct notice n = { .matter = MATTER_ROGUE };
	m.revoked_at = NOTICE_NEVER;
	m.refused = SLICE("its key is pinned no longer");
	CHECK_INT(0, "refused", mandate_covers(&m, &n, at("2026-06-01"), &err), ERR_REFUSED);
	CHECK_STR(0, "refused", err.what, "its key is pinned no longer");
	buf_release(&note);
	arena_release(&a);
	keys_release(&k);
	check_done();
}

static void raa_3_18_3_is_used_where_the_registrar_has_an_office_there(void **state)
{
	(void)state;
	static const struct slice jp[] = { { "US", 2 }, { "JP", 2 } }, us[] = { { "US", 2 } };
	static const struct {
		enum notice_to to;
		const struct slice *country;
		size_t n;
		size_t want; /* clauses */
	} rows[] = {
		{ NOTICE_REGISTRAR, jp, 2, 2 },
		{ NOTICE_REGISTRAR, us, 1, 1 },
		{ NOTICE_REGISTRAR, NULL, 0, 1 }, /* nobody knows where it is */
		{ NOTICE_RESELLER, jp, 2, 1 },    /* no party to the agreement */
		{ NOTICE_HOST, jp, 2, 1 },
	};
	struct keys k;
	struct arena a = { 0 };
	struct buf note = { 0 };
	struct mandate m = { 0 };
	struct err err = { .what = "" };

	keys_make(&k);
	sign(MANDATE, &k.signer[0], &note);
	assert_int_equal(mandate_read(buf_slice(&note), k.pin, 2, &a, &m, &err), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct notice_recipient r = { .to = rows[i].to, .country = rows[i].country,
			                      .country_n = rows[i].n };
		struct notice_mandate out = { 0 };
		assert_int_equal(mandate_of_notice(&m, &r, &a, &out, &err), 0);
		CHECK_INT(i, notice_to_name(r.to), out.clause_n, rows[i].want);
		CHECK_SLICE(i, "last clause", out.clause[out.clause_n - 1], SLICE("Act 145 of 1960"));
		CHECK_INT(i, "says that it is a private delegate", out.private_delegate, 1);
		CHECK_SLICE(i, "issuer", out.issuer, SLICE("Ministry (synthetic)"));
		CHECK_SLICE(i, "country", out.country, SLICE("JP"));
	}
	buf_release(&note);
	arena_release(&a);
	keys_release(&k);
	check_done();
}

static void the_example_of_the_page_is_what_is_signed(void **state)
{
	(void)state;
	struct keys k;
	struct buf note = { 0 }, block[2] = { { 0 } };

	keys_make(&k);
	sign("{\"mandate\": \"mandate-demo-jp\", \"issuer\": \"Demonstration Ministry (synthetic)\","
	     "\"country\": \"JP\", \"holder\": \"assay demonstration desk\", \"designated\": true,"
	     "\"private_delegate\": true, \"clauses\": [\"RAA 3.18.3\"], \"offices\": [\"JP\"],"
	     "\"scope\": [{\"destinations\": [\"JP\"], \"matters\": [\"rogue\"],"
	     "\"recipients\": [\"registrar\", \"reseller\", \"host\"]}],"
	     "\"from\": \"2026-01-01T00:00:00Z\", \"until\": \"2026-12-31T23:59:59Z\","
	     "\"feed\": \"https://ministry.example/delegated-notices\"}", &k.signer[0], &note);
	page_lines(&block[0], buf_slice(&note));
	page_lines(&block[1], buf_slice(&k.text[0]));
	page_holds("mandate.md", block, 2);
	buf_release(&note);
	keys_release(&k);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signed_mandate_is_read_and_comes_back_from_its_record),
		cmocka_unit_test(what_was_changed_or_signed_by_another_is_refused),
		cmocka_unit_test(a_record_that_was_changed_is_refused),
		cmocka_unit_test(a_mandate_says_what_is_wrong_with_it),
		cmocka_unit_test(an_unsigned_mandate_names_its_document),
		cmocka_unit_test(a_notice_outside_of_a_mandate_is_refused_with_the_limit),
		cmocka_unit_test(raa_3_18_3_is_used_where_the_registrar_has_an_office_there),
		cmocka_unit_test(the_example_of_the_page_is_what_is_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a decision may rest on, and what one person or the machine may list: from a store. */
#include "check.h"
#include "scratch.h"

#include "cmd/guard.h"
#include "cmd/ledgerbook.h"
#include "cmd/packbook.h"
#include "sys/clock.h"

#define AT today /* the guards ask the clock too */
#define HEX "7777777777777777777777777777777777777777777777777777777777777777"

static int64_t today;
static struct store *store;
static struct ledgerbook book;
static struct config config;

static int store_make(void **state)
{
	struct err err = { 0 };
	int rc;

	(void)state;
	today = clock_now();
	config_init(&config);
	rc = store_open(at_scratch("store"), STORE_WRITE | STORE_CREATE, "test", &store, &err);
	if (rc == 0)
		rc = ledgerbook_open(store, &config, AT, &book, &err);
	if (rc)
		printf("# %s\n", err.what);
	return rc;
}

static int store_remove(void **state)
{
	(void)state;
	ledgerbook_close(&book);
	store_close(store);
	store = NULL;
	scratch_empty();
	return 0;
}

static void finish(struct record *r, bool ledger, int64_t at)
{
	ASSERT_OK(record_finish(r, err));
	book.at = at;
	if (ledger)
		ASSERT_OK(ledgerbook_put(&book, r, STORE_NONE, NULL, err));
	else
		ASSERT_OK(ledgerbook_store(store, r, STORE_NONE, NULL, NULL, err));
}

static json_t *json_of(const char *text)
{
	json_t *o = NULL;

	ASSERT_OK(json_parse(slice_str(text), 1 << 16, &o, err));
	return o;
}

static void put_pack(const char *id, const char *version, const char *digest, const char *state,
                     bool ledger)
{
	struct record r;

	record_new(&r, "pack", 1, SLICE(""), SLICE(""), AT, SLICE("administrator:chief"));
	record_set_str(&r, "pack", slice_str(id));
	record_set_str(&r, "pack_version", slice_str(version));
	record_set_str(&r, "digest", slice_str(digest));
	record_set_new(&r, "rules", json_of("[\"jp-a\",\"jp-b\"]"));
	record_set_str(&r, "state", slice_str(state));
	finish(&r, ledger, AT);
	record_release(&r);
}

static void put_finding(const char *rule, const char *version, const char *destination,
                        char id[SHA256_HEX])
{
	struct record r;

	record_new(&r, "finding", 1, SLICE("registrable"), SLICE("x.example"), AT, SLICE("pack"));
	record_set_str(&r, "rule", slice_str(rule));
	record_set_str(&r, "pack", SLICE("jp"));
	record_set_str(&r, "pack_version", slice_str(version));
	record_set_str(&r, "destination", slice_str(destination));
	record_set_new(&r, "quotations", json_array());
	finish(&r, false, AT);
	record_id_hex(&r, id);
	record_release(&r);
}

#define DIGEST(c) "sha256:" c "777777777777777777777777777777777777777777777777777777777777777"

static void a_decision_rests_on_rules_of_packs_that_are_on(void **state)
{
	enum { GOOD, OTHER_RULE, OTHER_VERSION, OTHER_COUNTRY, FINDINGS };
	char id[FINDINGS + 2][SHA256_HEX];
	static const struct {
		const char *what;
		int finding[2]; /* -1: none; FINDINGS: not there */
		const char *version, *digest;
		const char *why; /* "" = allowed */
	} rows[] = {
		{ "a rule of a pack that is on", { GOOD, -1 }, "1", DIGEST("a"), "" },
		{ "no finding", { -1, -1 }, "1", DIGEST("a"), "the verdict has no finding for JP" },
		{ "a finding that is not here", { GOOD, FINDINGS }, "1", DIGEST("a"),
		  "the verdict rests on a finding that is not here" },
		{ "what is no finding", { FINDINGS + 1, -1 }, "1", DIGEST("a"),
		  "the verdict rests on a finding that is not here" },
		{ "bytes that nobody entered", { GOOD, -1 }, "1", DIGEST("b"),
		  "no entry of the ledger says that pack jp 1 is on with these bytes" },
		{ "a record without an entry", { GOOD, -1 }, "1", DIGEST("c"),
		  "no entry of the ledger says that pack jp 1 is on with these bytes" },
		{ "no digest", { GOOD, -1 }, "1", "none", "the verdict names no digest of pack jp" },
		{ "a rule that it has not", { OTHER_RULE, -1 }, "1", DIGEST("a"),
		  "pack jp 1 has no rule jp-z" },
		{ "the second finding is wrong", { GOOD, OTHER_RULE }, "1", DIGEST("a"),
		  "pack jp 1 has no rule jp-z" },
		{ "another version", { OTHER_VERSION, -1 }, "2", DIGEST("a"),
		  "pack jp has these bytes, but not version 2" },
		{ "a version that is no input", { OTHER_VERSION, -1 }, "1", DIGEST("a"),
		  "a finding names pack jp 2, which is no input of the verdict" },
		{ "another country", { OTHER_COUNTRY, -1 }, "1", DIGEST("a"),
		  "the verdict rests on a finding for another destination" },
	};

	(void)state;
	put_pack("jp", "1", DIGEST("a"), "on", true);
	put_pack("jp", "1", DIGEST("c"), "on", false);
	put_finding("jp-a", "1", "JP", id[GOOD]);
	put_finding("jp-z", "1", "JP", id[OTHER_RULE]);
	put_finding("jp-a", "2", "JP", id[OTHER_VERSION]);
	put_finding("jp-a", "1", "US", id[OTHER_COUNTRY]);
	snprintf(id[FINDINGS], SHA256_HEX, "%s", HEX);
	struct record other;
	record_new(&other, "key", 1, SLICE(""), SLICE(""), AT, SLICE("assay"));
	record_set_str(&other, "key", SLICE("k"));
	record_set_str(&other, "action", SLICE("new"));
	finish(&other, true, AT);
	record_id_hex(&other, id[FINDINGS + 1]);
	record_release(&other);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf text = { 0 };
		struct err err = { .what = "" };
		buf_puts(&text, "{\"cells\":[{\"destination\":\"JP\",\"class\":\"rogue\",\"findings\":[");
		for (int k = 0; k < 2 && rows[i].finding[k] >= 0; k++)
			buf_printf(&text, "%s\"%s\"", k ? "," : "", id[rows[i].finding[k]]);
		buf_printf(&text,
		           "]}],\"inputs\":{\"packs\":{\"jp\":{\"version\":\"%s\",\"digest\":\"%s\"}}}}",
		           rows[i].version, rows[i].digest);
		json_t *verdict = json_of(buf_str(&text));
		CHECK_INT(i, rows[i].what, guard_basis(store, verdict, SLICE("JP"), &err),
		          rows[i].why[0] ? ERR_REFUSED : 0);
		CHECK_SLICE(i, rows[i].what, slice_str(err.what), slice_str(rows[i].why));
		json_decref(verdict);
		buf_release(&text);
	}
	check_done();

	/* Replaced or switched off, it carries nothing any more. */
	struct err err = { 0 };
	char text[512];
	snprintf(text, sizeof(text),
	         "{\"cells\":[{\"destination\":\"JP\",\"findings\":[\"%s\"]}],\"inputs\":{\"packs\":"
	         "{\"jp\":{\"version\":\"1\",\"digest\":\"" DIGEST("a") "\"}}}}",
	         id[GOOD]);
	json_t *verdict = json_of(text);
	assert_int_equal(guard_basis(store, verdict, SLICE("JP"), &err), 0);
	put_pack("jp", "2", DIGEST("b"), "on", true);
	assert_int_equal(guard_basis(store, verdict, SLICE("JP"), &err), ERR_REFUSED);
	assert_string_equal(err.what, "pack jp 1 was replaced by version 2: assess anew, or accept "
	                              "what that alters (assay reassess list)");
	put_pack("jp", "1", DIGEST("a"), "off", true);
	assert_int_equal(guard_basis(store, verdict, SLICE("JP"), &err), ERR_REFUSED);
	assert_string_equal(err.what, "no entry of the ledger says that pack jp 1 is on with these "
	                              "bytes");
	json_decref(verdict);
}

/* ---- how many, and whom ---- */

static void list_name(const char *name, const char *action, const char *destination, int64_t at)
{
	struct record r;
	char cells[80];

	snprintf(cells, sizeof(cells), "[{\"class\":\"unapproved\",\"destination\":\"%s\"}]",
	         destination);
	record_new(&r, "listing", 1, SLICE("registrable"), slice_str(name), AT - 400 * GUARD_DAY_S + at,
	           SLICE("assay"));
	record_set_str(&r, "list", SLICE("assay"));
	record_set_str(&r, "action", slice_str(action));
	record_set_new(&r, "cells", json_of(cells));
	record_set_str(&r, "reason", SLICE("r"));
	finish(&r, true, at);
	record_release(&r);
}

static struct guard_asked asked_of(const char *name, size_t reviewers, struct arena *a)
{
	struct guard_asked q = { .reviewers = reviewers, .automatic = reviewers == 0 };

	ASSERT_OK(subject_parse(slice_str(name), suffixes, a, &q.subject, err));
	return q;
}

static int ask(struct guard *g, struct guard_asked q)
{
	struct err err = { 0 };
	int rc = guard_listing(g, &q, &err);

	if (rc < 0 && rc != ERR_REFUSED)
		fail_msg("%s", err.what);
	if (rc == GUARD_PASS)
		guard_listed(g, &q);
	return rc;
}

static void a_day_is_counted_by_when_entries_were_made(void **state)
{
	struct arena a = { 0 };
	struct guard g;
	int64_t n = 0;

	(void)state;
	config.mass_floor = 3;
	config.mass_change_ppm = 500000;
	/* Ten names of last week, one of them taken off; what a record says of itself is far older. */
	for (int i = 0; i < 10; i++) {
		char name[32];
		snprintf(name, sizeof(name), "old%d.example", i);
		list_name(name, "add", "JP", AT - 7 * GUARD_DAY_S);
	}
	list_name("old0.example", "remove", "JP", AT - 6 * GUARD_DAY_S);
	/* Two of today; a second country is no second name, a change is no addition. */
	list_name("new0.example", "add", "JP", AT - 100);
	list_name("new0.example", "add", "US", AT - 90);
	list_name("new1.example", "add", "US", AT - 80);
	list_name("old1.example", "change", "JP", AT - 70);
	ASSERT_OK(store_listed(store, &n, err));
	assert_int_equal(n, 11);
	ASSERT_OK(store_listed_since(store, AT - GUARD_DAY_S, &n, err));
	assert_int_equal(n, 2);
	ASSERT_OK(store_listed_since(store, AT - 8 * GUARD_DAY_S, &n, err));
	assert_int_equal(n, 12);
	ASSERT_OK(store_listed_since(store, AT - 80, &n, err));
	assert_int_equal(n, 0);

	/* Half of nine may come today: four. Two are there. */
	ASSERT_OK(guard_open(store, &config, suffixes, AT, &g, err));
	assert_int_equal(ask(&g, asked_of("a.example", 1, &a)), GUARD_PASS);
	assert_int_equal(ask(&g, asked_of("b.example", 0, &a)), GUARD_PASS);
	assert_int_equal(ask(&g, asked_of("c.example", 0, &a)), ERR_REFUSED);
	assert_int_equal(ask(&g, asked_of("c.example", 1, &a)), ERR_REFUSED);
	struct guard_asked q = asked_of("c.example", 1, &a);
	q.mass = SLICE("one operator, one network");
	assert_int_equal(ask(&g, q), GUARD_PROPOSE);
	q.reviewers = 2;
	assert_int_equal(ask(&g, q), GUARD_PASS);
	/* A name that is listed already is none more. */
	assert_int_equal(ask(&g, asked_of("old1.example", 1, &a)), GUARD_PASS);
	assert_int_equal(ask(&g, asked_of("old0.example", 1, &a)), ERR_REFUSED);
	guard_close(&g);

	/* A network at once is counted at once. */
	ASSERT_OK(guard_open(store, &config, suffixes, AT, &g, err));
	q = asked_of("n0.example", 1, &a);
	g.batch = 2;
	assert_int_equal(ask(&g, q), ERR_REFUSED);
	q.proposed = true; /* which lists nothing yet */
	assert_int_equal(ask(&g, q), GUARD_PASS);
	assert_int_equal(g.added, 2);
	q.proposed = false;
	g.batch = 1;
	assert_int_equal(ask(&g, q), GUARD_PASS);
	g.batch = 0;
	assert_int_equal(ask(&g, asked_of("n1.example", 1, &a)), GUARD_PASS);
	assert_int_equal(ask(&g, asked_of("n2.example", 1, &a)), ERR_REFUSED);
	guard_close(&g);

	/* A date in the future opens no new day beyond the clock's. */
	list_name("now0.example", "add", "JP", clock_now());
	list_name("now1.example", "add", "JP", clock_now());
	list_name("now2.example", "add", "JP", clock_now());
	list_name("now3.example", "add", "JP", clock_now());
	config.mass_change_ppm = 0;
	ASSERT_OK(guard_open(store, &config, suffixes, clock_now() + 30 * GUARD_DAY_S, &g, err));
	assert_int_equal(ask(&g, asked_of("d.example", 1, &a)), ERR_REFUSED);
	guard_close(&g);
	arena_release(&a);
}

static void a_popular_name_is_known_by_what_was_registered(void **state)
{
	static const struct {
		const char *subject, *name;
		bool popular;
	} rows[] = {
		{ "google.com", "google.com", true },
		{ "https://sites.google.com/view/pills/", "google.com", true },
		{ "https://google.com/pills/", "google.com", true },
		{ "pills.shops.example", "pills.shops.example", false },
		{ "https://pills.shops.example/x/", "pills.shops.example", false },
		{ "shops.example", "shops.example", true },
		{ "notgoogle.com", "notgoogle.com", false },
		{ "192.0.2.1", "", false },
		{ "http://192.0.2.1/x/", "", false },
	};
	struct arena a = { 0 };
	struct guard g;

	(void)state;
	config_init(&config);
	put_file("top.csv", SLICE("1,google.com\n2,shops.example\n"));
	config.popular = at_scratch("top.csv");
	ASSERT_OK(guard_open(store, &config, suffixes, AT, &g, err));
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct guard_asked q = asked_of(rows[i].subject, 0, &a);
		struct slice name;
		ASSERT_OK(guard_name(q.subject, suffixes, &a, &name, err));
		CHECK_SLICE(i, rows[i].subject, name, slice_str(rows[i].name));
		CHECK_INT(i, rows[i].subject, ask(&g, q), rows[i].popular ? ERR_REFUSED : GUARD_PASS);
	}
	struct guard_asked q = asked_of("https://sites.google.com/view/pills/", 1, &a);
	assert_int_equal(ask(&g, q), ERR_REFUSED);
	q.popular = SLICE("the page sells, the platform was told");
	assert_int_equal(ask(&g, q), GUARD_PROPOSE);
	q.reviewers = 2;
	assert_int_equal(ask(&g, q), GUARD_PASS);
	guard_close(&g);

	config.popular = at_scratch("nothing");
	assert_int_equal(guard_open(store, &config, suffixes, AT, &g, NULL), ERR_NOTFOUND);
	guard_close(&g);
	put_file("empty.csv", SLICE("no names in it\n"));
	config.popular = at_scratch("empty.csv");
	assert_int_equal(guard_open(store, &config, suffixes, AT, &g, NULL), ERR_SYNTAX);
	guard_close(&g);
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_decision_rests_on_rules_of_packs_that_are_on,
		                                store_make, store_remove),
		cmocka_unit_test_setup_teardown(a_day_is_counted_by_when_entries_were_made, store_make,
		                                store_remove),
		cmocka_unit_test_setup_teardown(a_popular_name_is_known_by_what_was_registered,
		                                store_make, store_remove),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

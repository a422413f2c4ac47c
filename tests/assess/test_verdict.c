/* From pages and register rows to a class for each destination. */
#include "fixture.h"

#define ONE "2026-09-14T08:00:00Z"
#define TWO "2026-10-20T20:00:00Z"
#define BUY "<button>Add to cart</button>"
#define ROGUE "<h1>Tadalafil 20 mg</h1><p>$40.00 " BUY "</p><p>No prescription needed. We ship to the USA.</p>"
#define LAWFUL "<h1>Tadalafil 20 mg</h1><p>$40.00 " BUY "</p><p>Prescription required. We ship to the USA.</p>"
#define VITAMIN "<h1>Ibuprofen 200 mg</h1><p>$4.00 " BUY "</p><p>We ship to the USA.</p>"

struct row {
	const char *name, *html;
	const char *country, *serves; /* of a register row that names the site, or NULL */
	const char *class, *ground;   /* for the United States */
	const char *missing;          /* a word of what is missing, or NULL */
};

static bool notes_say(const char *const *note, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(note[i], word))
			return true;
	return false;
}

static void pages_and_registers_give_a_class(void **state)
{
	static const struct row rows[] = {
		{ "a rogue shop", ROGUE, NULL, NULL, "rogue", "us-rx-without-prescription", NULL },
		{ "a pharmacy that says once what it elsewhere denies is for a person",
		  "<h1>Tadalafil 20 mg</h1><p>$40.00 " BUY "</p><p>A valid prescription is required. Our pharmacist "
		  "checks each one; licensed by the state board of pharmacy.</p><p>No prescription needed. We "
		  "ship to the USA.</p>", NULL, NULL, "unverified", "", "says once" },
		{ "a shop that nothing is known of", LAWFUL, NULL, NULL, "unverified", "", "register row" },
		{ "a licensed pharmacy", LAWFUL, "US", "US", "legitimate", "licensed", NULL },
		{ "a foreign pharmacy", LAWFUL, "CA", "CA", "unapproved", "foreign_legal", NULL },
		{ "a foreign pharmacy that a rogue rule speaks against is for a person",
		  ROGUE, "CA", "CA", "unapproved", "foreign_legal", "a person" },
		{ "a foreign pharmacy that sells what needs no prescription",
		  VITAMIN, "CA", "CA", "unverified", "", "register row" },
		{ "a licensed pharmacy that a rule speaks against is for a person",
		  "<h1>Sibutramine 10 mg</h1><p>$40.00 " BUY "</p><p>We ship to the USA.</p>", "US", "US",
		  "unverified", "", "a person" },
		{ "a shop of medicine for somewhere else",
		  "<h1>Tadalafil 20 mg</h1><p>$40.00 " BUY "</p><p>No prescription needed. We ship to Germany.</p>",
		  NULL, NULL, "out_of_scope", "not_offered", NULL },
		{ "a place taken off the list",
		  "<h1>Tadalafil 20 mg</h1><p>$40.00 " BUY "</p><p>No prescription needed. We ship worldwide, "
		  "but not to the USA.</p>", NULL, NULL, "out_of_scope", "not_offered", NULL },
		{ "no medicine", "<h1>Tote bag</h1><p>$12.00 " BUY "</p>", NULL, NULL, "not_a_pharmacy", "",
		  NULL },
		{ "no text", "<img src=a.png>", NULL, NULL, "unverified", "", "no capture holds" },
		{ "pictures under a title", "<title>Welcome</title><img src=a.png><p>&copy; 2026", NULL,
		  NULL, "unverified", "", "no capture holds" },
		{ "a pharmacy by its words alone",
		  "<h1>Village pharmacy</h1><p>Our pharmacists help. Prescription required.</p><p>Our online "
		  "pharmacy opens in May.</p>", NULL, NULL, "unverified", "", "an offer" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		sample_begin(&s, "case.example");
		sample_page(&s, "/", ONE, rows[i].html);
		sample_page(&s, "/", TWO, rows[i].html);
		sample_from(&s, "us-desktop");
		if (rows[i].country)
			sample_row(&s, rows[i].country, "case.example", rows[i].serves);
		sample_assess(&s);
		const struct cell *c = cell_of(&s.out[0], "US");
		CHECK_SLICE(i, rows[i].name, slice_str(verdict_class_name(c->class)),
		            slice_str(rows[i].class));
		CHECK_SLICE(i, rows[i].name, c->ground, slice_str(rows[i].ground));
		if (rows[i].missing)
			CHECK_INT(i, rows[i].name, notes_say(c->missing, c->missing_n, rows[i].missing), 1);
		else
			CHECK_INT(i, rows[i].name, c->missing_n, 0);
		CHECK_INT(i, "a row makes it legitimate", c->row != NULL,
		          rows[i].serves && strcmp(rows[i].serves, "US") == 0);
		CHECK_INT(i, "confidence", c->confidence_ppm >= 200000 && c->confidence_ppm <= 950000, 1);
		CHECK_INT(i, "captures", s.out[0].captures, 2);
		sample_free(&s);
	}
	check_done();
}

static void one_capture_is_too_little_and_says_so(void **state)
{
	struct sample s;

	(void)state;
	sample_begin(&s, "case.example");
	sample_page(&s, "/", ONE, ROGUE);
	sample_assess(&s);
	const struct cell *c = cell_of(&s.out[0], "US");
	assert_int_equal(c->class, CLASS_ROGUE);
	assert_int_equal(s.out[0].captures, 1);
	assert_true(notes_say(c->missing, c->missing_n, "second capture"));
	int64_t once = c->confidence_ppm;
	sample_free(&s);
	sample_begin(&s, "case.example");
	sample_page(&s, "/", ONE, ROGUE);
	sample_page(&s, "/", TWO, ROGUE);
	sample_assess(&s);
	c = cell_of(&s.out[0], "US");
	assert_false(notes_say(c->missing, c->missing_n, "second capture"));
	assert_true(c->confidence_ppm > once);
	sample_free(&s);
}

/* "No prescription needed" for a controlled drug satisfies two rules; an order paid in coins, a third. */
static void rules_that_one_claim_satisfies_are_no_more_evidence_than_one(void **state)
{
	static const struct {
		const char *html;
		size_t findings;
		int64_t confidence;
	} rows[] = {
		{ "<h1>Tadalafil 20 mg</h1><p>$40.00 " BUY "</p><p>No prescription needed. We ship to the USA.</p>",
		  1, 300000 },
		{ "<h1>Zolpidem 10 mg</h1><p>$40.00 " BUY "</p><p>No prescription needed. We ship to the USA.</p>",
		  2, 300000 },
		{ "<h1>Zolpidem 10 mg</h1><p>$40.00 " BUY "</p><p>No prescription needed. We ship to the USA. "
		  "Pay with bitcoin.</p>", 3, 400000 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		sample_begin(&s, "case.example");
		sample_page(&s, "/", ONE, rows[i].html);
		sample_assess(&s);
		const struct cell *c = cell_of(&s.out[0], "US");
		CHECK_INT(i, "findings", c->finding_n, rows[i].findings);
		CHECK_INT(i, "confidence", c->confidence_ppm, rows[i].confidence);
		sample_free(&s);
	}
	check_done();
}

static void a_country_that_nobody_captured_from_is_named(void **state)
{
	static const struct {
		const char *from, *html;
		bool missing;
	} rows[] = {
		{ "local", ROGUE, true },
		{ "us", ROGUE, false },
		{ "us-desktop", ROGUE, false },
		{ "US-mobile", ROGUE, false },
		{ "usa", ROGUE, true }, /* no place that we know of */
		{ "jp-desktop", ROGUE, true },
		{ "local", "<h1>Tote bag</h1><p>$12.00 " BUY "</p>", true },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		sample_begin(&s, "case.example");
		sample_page(&s, "/", ONE, rows[i].html);
		sample_page(&s, "/", TWO, rows[i].html);
		sample_from(&s, rows[i].from);
		sample_assess(&s);
		const struct cell *c = cell_of(&s.out[0], "US");
		CHECK_INT(i, rows[i].from,
		          notes_say(c->missing, c->missing_n, "a capture from US: none was made from there"),
		          rows[i].missing);
		sample_free(&s);
	}
	check_done();
}

static void rules_hold_from_the_day_of_their_law(void **state)
{
	static const struct {
		const char *at;
		bool fires;
	} rows[] = {
		{ "1990-01-01T00:00:00Z", false }, /* 21 U.S.C. 829(e) came on 2009-04-13 */
		{ "2009-04-12T23:59:59Z", false },
		{ "2009-04-13T00:00:00Z", true },
		{ "2026-11-22T00:00:00Z", true },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		sample_begin(&s, "case.example");
		sample_page(&s, "/", ONE, "<h1>Zolpidem 10 mg</h1><p>$40.00 " BUY "</p><p>No prescription "
		                          "needed. We ship to the USA.</p>");
		sample_assess_at(&s, rows[i].at);
		CHECK_INT(i, rows[i].at, fired(&s.out[0], "us-controlled-without-prescription"),
		          rows[i].fires);
		sample_free(&s);
	}
	check_done();
}

static void a_shop_under_a_path_is_judged_apart_from_its_host(void **state)
{
	struct sample s;

	(void)state;
	sample_begin(&s, "club.example");
	sample_page(&s, "/", ONE, "<h1>Rowing club</h1><p>We row on Sundays.</p>");
	sample_page(&s, "/about", ONE, "<h1>About</h1><p>Since 1911.</p>");
	sample_page(&s, "/wp/pills.html", ONE, ROGUE);
	sample_assess(&s);
	assert_int_equal(s.n, 2);
	const struct cell *club = cell_of(&s.out[0], "US"), *shop = cell_of(&s.out[1], "US");
	assert_int_equal(club->class, CLASS_NOT_A_PHARMACY);
	assert_true(slice_eq_str(club->ground, "abused_legit"));
	assert_int_equal(club->finding_n, 0);
	assert_true(slice_eq_str(s.out[0].abused, "https://club.example/wp/"));
	assert_int_equal(s.out[1].subject.kind, SUBJECT_URL);
	assert_true(slice_eq_str(s.out[1].subject.key, "https://club.example/wp/"));
	assert_int_equal(shop->class, CLASS_ROGUE);
	sample_free(&s);
}

static void the_order_of_pages_changes_nothing(void **state)
{
	struct sample s[2];

	(void)state;
	for (int k = 0; k < 2; k++) {
		sample_begin(&s[k], "case.example");
		sample_page(&s[k], k ? "/b" : "/a", k ? TWO : ONE, k ? LAWFUL : ROGUE);
		sample_page(&s[k], k ? "/a" : "/b", k ? ONE : TWO, k ? ROGUE : LAWFUL);
		sample_assess(&s[k]);
	}
	assert_int_equal(s[0].out[0].finding_n, s[1].out[0].finding_n);
	for (size_t i = 0; i < s[0].out[0].cell_n; i++) {
		const struct cell *a = &s[0].out[0].cell[i], *b = &s[1].out[0].cell[i];
		CHECK_INT(i, "class", a->class, b->class);
		CHECK_INT(i, "confidence", a->confidence_ppm, b->confidence_ppm);
		CHECK_INT(i, "findings", a->finding_n, b->finding_n);
	}
	for (size_t i = 0; i < s[0].out[0].finding_n; i++)
		CHECK_INT(i, "quotes", memcmp(s[0].out[0].finding[i].quote, s[1].out[0].finding[i].quote,
		                              sizeof(s[0].out[0].finding[i].quote)), 0);
	sample_free(&s[0]);
	sample_free(&s[1]);
	check_done();
}

/* A pack that joins: its finding stands in the cell of a destination that it speaks for, and where no
 * pack of a jurisdiction makes a cell, it makes none. */
static void a_pack_that_joins_makes_no_cells(void **state)
{
	static const char text[] =
		"pack: all\nversion: 1\ntitle: All\njurisdiction: X\nkind: category\ndestinations: [US, ZZ]\n"
		"rules:\n  - id: all-offer\n    text: t\n    law:\n"
		"      - {cite: c, says: s, from: 2000-01-01}\n    severity: unapproved\n"
		"    reach: destination\n    evidence: e\n    when:\n      - offers: {status: [rx]}\n"
		"    recipients: [search]\n";
	struct pack packs[SHIPPED_PACKS_MAX + 1];
	struct sample s;
	struct err err = { 0 };
	size_t n = shipped.as.pack_n;

	(void)state;
	sample_begin(&s, "case.example");
	sample_page(&s, "/", ONE, LAWFUL);
	sample_assess(&s);
	size_t cells = s.out[0].cell_n, findings = s.out[0].finding_n;
	memcpy(packs, shipped.pack, n * sizeof(packs[0]));
	if (pack_parse(slice_str(text), "all.yaml", &s.arena, &packs[n], &err) ||
	    packs_check(packs, n + 1, &err))
		fail_msg("%s", err.what);
	struct assessor as = { shipped.lexicon, shipped.matcher, packs, n + 1 };
	assert_int_equal(assess_site(&as, &s.site, &s.registers, 1795392000, &s.arena, s.out, &err), 1);
	assert_int_equal(s.out[0].cell_n, cells);
	assert_int_equal(s.out[0].finding_n, findings + 1);
	for (size_t i = 0; i < cells; i++)
		CHECK_INT(i, "ground", slice_eq_str(s.out[0].cell[i].ground, "all-offer"),
		          slice_eq_str(s.out[0].cell[i].destination, "US"));
	arena_release(&s.arena);
	check_done();
}

/* A site that sells no medicine is asked by packs of categories alone, and only where it sells goods
 * of theirs; what fires is its class, else it is what it was. */
/* A rule of some of its pack's destinations is asked in their cells alone. */
static void a_rule_is_asked_for_its_own_destinations(void **state)
{
	static const char text[] =
		"pack: all\nversion: 1\ntitle: All\njurisdiction: X\nkind: common\ndestinations: [GB, US]\n"
		"rules:\n  - id: all-offer\n    text: t\n    destinations: [GB]\n    law:\n"
		"      - {cite: c, says: s, from: 2000-01-01}\n    severity: note\n"
		"    reach: destination\n    evidence: e\n    when:\n      - offers: {status: [rx, pharmacy]}\n"
		"    recipients: [search]\n";
	struct pack packs[SHIPPED_PACKS_MAX + 1];
	struct sample s;
	struct err err = { 0 };
	size_t n = shipped.as.pack_n, seen = 0;

	(void)state;
	sample_begin(&s, "case.example");
	sample_page(&s, "/", ONE, "<h1>Tadalafil 20 mg</h1><p>$40.00 " BUY "</p><p>We ship worldwide.</p>");
	memcpy(packs, shipped.pack, n * sizeof(packs[0]));
	if (pack_parse(slice_str(text), "all.yaml", &s.arena, &packs[n], &err))
		fail_msg("%s", err.what);
	struct assessor as = { shipped.lexicon, shipped.matcher, packs, n + 1 };
	site_sort(&s.site);
	assert_int_equal(assess_site(&as, &s.site, &s.registers, 1795392000, &s.arena, s.out, &err), 1);
	for (size_t i = 0; i < s.out[0].finding_n; i++) {
		const struct finding *f = &s.out[0].finding[i];
		seen += slice_eq_str(f->rule->id, "all-offer");
		CHECK_INT(i, "destination", slice_eq_str(f->rule->id, "all-offer") &&
		                                    !slice_eq_str(f->destination, "GB"), 0);
	}
	CHECK_INT(0, "findings", seen, 1);
	arena_release(&s.arena);
	check_done();
}

static void goods_that_are_no_medicine_are_judged_by_packs_of_categories(void **state)
{
#define TEA "<h1>Root tea</h1><p>A dietary supplement. $9.00 " BUY "</p>"
	static const char text[] =
		"pack: tea\nversion: 1\ntitle: Tea\njurisdiction: X\nkind: %s\ndestinations: [US]\n"
		"rules:\n  - id: tea-cure\n    text: t\n    law:\n"
		"      - {cite: c, says: s, from: 2000-01-01}\n    severity: %s\n"
		"    reach: global\n    evidence: e\n    when:\n"
		"      - sells: {goods: [supplement], class: [cure_claim]}\n    recipients: [search]\n";
	static const struct {
		const char *kind, *severity, *html, *country, *class, *ground;
	} rows[] = {
		{ "category", "unapproved", TEA "<p>A miracle cure. We ship to the USA.</p>", NULL,
		  "unapproved", "tea-cure" },
		{ "category", "note", TEA "<p>A miracle cure. We ship to the USA.</p>", NULL,
		  "not_a_pharmacy", "" },
		{ "category", "unapproved", TEA "<p>We ship to the USA.</p>", NULL, "not_a_pharmacy", "" },
		{ "category", "unapproved", TEA "<p>A miracle cure. We ship to Japan.</p>", NULL,
		  "not_a_pharmacy", "" },
		{ "category", "unapproved", "<h1>Bag</h1><p>$9.00 " BUY "</p><p>A miracle cure. We ship to "
		  "the USA.</p>", NULL, "not_a_pharmacy", "" },
		/* what some register vouches for is for a person */
		{ "category", "unapproved", TEA "<p>A miracle cure. We ship to the USA.</p>", "CA",
		  "unverified", "" },
		{ "category", "unapproved", TEA "<p>A miracle cure. We ship to the USA.</p>", "US",
		  "unverified", "" },
		{ "category", "unapproved", TEA "<p>We ship to the USA.</p>", "US", "legitimate", "licensed" },
		/* a pack of another kind is about medicine */
		{ "common", "unapproved", TEA "<p>A miracle cure. We ship to the USA.</p>", NULL,
		  "not_a_pharmacy", "" },
	};
	struct pack packs[2];

	(void)state;
	for (size_t k = 0; k < shipped.as.pack_n; k++)
		if (slice_eq_str(shipped.pack[k].id, "us"))
			packs[0] = shipped.pack[k];
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		struct err err = { 0 };
		sample_begin(&s, "case.example");
		sample_page(&s, "/", ONE, rows[i].html);
		sample_page(&s, "/", TWO, rows[i].html);
		if (rows[i].country)
			sample_row(&s, rows[i].country, "case.example", rows[i].country);
		const char *yaml = arena_printf(&s.arena, text, rows[i].kind,
		                                rows[i].severity);
		if (pack_parse(slice_str(yaml), "tea.yaml", &s.arena, &packs[1], &err))
			fail_msg("%s", err.what);
		struct assessor as = { shipped.lexicon, shipped.matcher, packs, 2 };
		site_sort(&s.site);
		assert_int_equal(assess_site(&as, &s.site, &s.registers, 1795392000, &s.arena, s.out,
		                             &err), 1);
		const struct cell *c = cell_of(&s.out[0], "US");
		CHECK_SLICE(i, rows[i].html, slice_str(verdict_class_name(c->class)),
		            slice_str(rows[i].class));
		CHECK_SLICE(i, rows[i].html, c->ground, slice_str(rows[i].ground));
		sample_free(&s);
	}
	check_done();
}

static void a_class_has_one_name(void **state)
{
	(void)state;
	for (int c = CLASS_LEGITIMATE; c <= CLASS_OUT_OF_SCOPE; c++) {
		enum verdict_class back = CLASS_LEGITIMATE;
		assert_true(verdict_class_parse(slice_str(verdict_class_name((enum verdict_class)c)), &back));
		assert_int_equal(back, c);
	}
	enum verdict_class untouched = CLASS_ROGUE;
	assert_false(verdict_class_parse(SLICE("Rogue"), &untouched));
	assert_false(verdict_class_parse(SLICE(""), &untouched));
	assert_int_equal(untouched, CLASS_ROGUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_and_registers_give_a_class),
		cmocka_unit_test(one_capture_is_too_little_and_says_so),
		cmocka_unit_test(rules_that_one_claim_satisfies_are_no_more_evidence_than_one),
		cmocka_unit_test(a_country_that_nobody_captured_from_is_named),
		cmocka_unit_test(rules_hold_from_the_day_of_their_law),
		cmocka_unit_test(a_shop_under_a_path_is_judged_apart_from_its_host),
		cmocka_unit_test(the_order_of_pages_changes_nothing),
		cmocka_unit_test(a_pack_that_joins_makes_no_cells),
		cmocka_unit_test(a_rule_is_asked_for_its_own_destinations),
		cmocka_unit_test(goods_that_are_no_medicine_are_judged_by_packs_of_categories),
		cmocka_unit_test(a_class_has_one_name),
	};
	return cmocka_run_group_tests_name("assess/verdict", tests, shipped_load, shipped_free);
}

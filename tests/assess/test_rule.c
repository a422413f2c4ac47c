/* Each condition of a rule, alone, asked of a site; then exceptions, weighing and what is quoted. */
#include "fixture.h"

#include "assess/rule.h"

#define AT "2026-09-14T08:00:00Z"
#define BUY " <button>Add to cart</button>"
#define SHOP "<h1>Tadalafil 20 mg</h1><p>$40.00" BUY "</p>"
#define TEA "<h1>Root tea, a dietary supplement</h1><p>$9.00" BUY "</p>"
#define PACK "pack: xx\nversion: 1\ntitle: X\njurisdiction: XX\ndestinations: [US]\nrules:\n" \
	"  - id: xx-a\n    text: t\n    law: [{cite: c, says: s, from: 2000-01-01}]\n" \
	"    severity: rogue\n    reach: global\n    evidence: e\n    recipients: [search]\n"

static void parse(const char *conditions, struct arena *a, struct pack *pack)
{
	struct err err = { 0 };
	const char *text = arena_printf(a, PACK "%s", conditions);

	if (pack_parse(slice_str(text), "xx.yaml", a, pack, &err))
		fail_msg("%s", err.what);
}

static enum rule_answer ask(struct sample *s, const char *conditions, struct finding *f)
{
	static const bool mine[SAMPLE_PAGES] = { true, true, true, true };
	struct pack *pack = ARENA_NEW(&s->arena, struct pack);

	parse(conditions, &s->arena, pack);
	sample_extract(s);
	struct question q = { .as = &shipped.as, .site = &s->site, .extract = &s->extract,
		              .mine = mine, .registers = &s->registers,
		              .destination = SLICE("US"), .offers_because = UINT32_MAX };
	memset(f, 0, sizeof(*f));
	return rule_ask(&q, pack, &pack->rule[0], f);
}

static void a_condition_holds_or_not(void **state)
{
	static const struct {
		const char *when, *html;
		bool holds;
	} rows[] = {
		{ "offers: {status: [rx]}", SHOP, true },
		{ "offers: {status: [otc]}", SHOP, false },
		{ "offers: {status: [otc, rx]}", SHOP, true },
		{ "offers: {class: [pde5]}", SHOP, true },
		{ "offers: {class: [opioid]}", SHOP, false },
		{ "offers: {status: [rx], class: [opioid]}", SHOP, false },
		{ "offers: {status: [rx]}", "<p>Tadalafil 20 mg cost $40.00 last year.</p>", false },
		/* everywhere: in three quarters of the countries known, on general sale in none */
		{ "offers: {status: [rx], everywhere: true}",
		  "<h1>Amoxicillin 500 mg</h1><p>$9.00" BUY "</p>", true },
		{ "offers: {class: [nsaid], everywhere: true}",
		  "<h1>Ibuprofen 400 mg</h1><p>$9.00" BUY "</p>", false },
		{ "claims: {class: [norx]}", SHOP "<p>No prescription needed.</p>", true },
		{ "claims: {class: [norx]}", SHOP "<p>Beware: no prescription needed.</p>", false },
		{ "claims: {class: [reship]}", SHOP "<p>No prescription needed.</p>", false },
		{ "claims: {class: [reship, norx]}", SHOP "<p>No prescription needed.</p>", true },
		{ "claims: {class: [seal], arg: [gphc]}", SHOP "<p>GPhC registered pharmacy.</p>", true },
		{ "claims: {class: [seal], arg: [nabp]}", SHOP "<p>GPhC registered pharmacy.</p>", false },
		{ "claims: {class: [ship_to], arg: [JP]}", SHOP "<p>We ship to Japan.</p>", true },
		/* goods of a category: named where they are ordered, beside what is asked for */
		{ "sells: {goods: [supplement]}", TEA, true },
		{ "sells: {goods: [research_use]}", TEA, false },
		{ "sells: {goods: [research_use, supplement]}", TEA, true },
		{ "sells: {goods: [supplement]}", "<p>What a dietary supplement is.</p>", false },
		{ "sells: {goods: [supplement]}",
		  "<header><a href='/cart'>Cart</a></header><p>What a dietary supplement is.</p>", false },
		{ "sells: {goods: [supplement], class: [cure_claim]}", TEA "<p>A miracle cure.</p>", true },
		{ "sells: {goods: [supplement], class: [cure_claim]}", "<p>A miracle cure.</p>" TEA, true },
		{ "sells: {goods: [supplement], class: [cure_claim]}", TEA, false },
		{ "sells: {goods: [supplement], class: [cure_claim]}",
		  TEA "<p>Beware of any miracle cure.</p>", false },
		{ "sells: {goods: [supplement], class: [seal], arg: [gphc]}",
		  TEA "<p>GPhC registered pharmacy.</p>", true },
		{ "sells: {goods: [supplement], class: [seal], arg: [nabp]}",
		  TEA "<p>GPhC registered pharmacy.</p>", false },
		{ "sells: {goods: [supplement], class: [cure_claim], arg: [disease]}",
		  TEA "<p>It cures diabetes.</p>", true },
		{ "sells: {goods: [supplement], class: [cure_claim], arg: [disease]}",
		  TEA "<p>A miracle cure.</p>", false },
		{ "sells: {goods: [supplement], class: [cure_claim], arg: [disease]}",
		  TEA "<p>It does not cure diabetes.</p>", false },
		{ "sells: {goods: [supplement], class: [cure_claim], arg: [disease]}",
		  TEA "<p>Does it cure diabetes?</p>", false },
		/* what goods are said to contain, in one breath */
		{ "sells: {goods: [supplement], contains: [rx]}", TEA "<p>Ingredients: maca, sildenafil 50 mg</p>",
		  true },
		{ "sells: {goods: [supplement], contains: [otc]}", TEA "<p>Ingredients: maca, sildenafil 50 mg</p>",
		  false },
		{ "sells: {goods: [supplement], contains: [rx]}",
		  TEA "<table><tr><td>Active ingredient</td><td>Sildenafil 50 mg</td></tr></table>", true },
		{ "sells: {goods: [supplement], contains: [rx]}",
		  TEA "<table><tr><td>Active ingredient</td><td>Maca</td></tr><tr><td>Not with</td>"
		  "<td>Sildenafil</td></tr></table>", false },
		{ "sells: {goods: [supplement], contains: [rx]}", TEA "<p>Contains no sildenafil.</p>", false },
		{ "sells: {goods: [supplement], contains: [rx]}",
		  TEA "<p>Contains ginkgo. Ask a doctor if you take warfarin.</p>", false },
		{ "sells: {goods: [supplement], contains: [rx]}",
		  "<nav><a href='/s'>Dietary supplements</a></nav>" SHOP "<p>Active ingredient: tadalafil</p>", false },
		{ "sells: {goods: [supplement], contains: [rx]}",
		  "<h1>Capsules</h1><p>$9.00" BUY "</p><p>Herbal supplement containing sildenafil</p>", true },
		{ "sells: {goods: [supplement], contains: [rx]}",
		  "<h1>Capsules</h1><p>$9.00" BUY "</p><p>Contains tadalafil: no herbal supplement is</p>", true },
		{ "combination: {classes: [nitrate, pde5]}",
		  "<p>Viagra 100 mg with isosorbide mononitrate 20 mg $40.00" BUY "</p>", true },
		{ "combination: {classes: [pde5, nitrate]}",
		  "<p>Viagra 100 mg with isosorbide mononitrate 20 mg $40.00" BUY "</p>", true },
		{ "combination: {classes: [nitrate, pde5]}",
		  "<p>Viagra 100 mg $40.00" BUY "</p><p>Isosorbide mononitrate 20 mg $9.00" BUY "</p>",
		  false },
		{ "combination: {classes: [nitrate, pde5]}",
		  "<p>Viagra with isosorbide mononitrate kills.</p>", false },
		{ "any:\n          - claims: {class: [reship]}\n          - claims: {class: [norx]}",
		  SHOP "<p>No prescription needed.</p>", true },
		{ "any:\n          - claims: {class: [reship]}\n          - claims: {class: [conceal]}",
		  SHOP "<p>No prescription needed.</p>", false },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		struct finding f;
		char when[400];
		sample_begin(&s, "x.example");
		sample_page(&s, "/", AT, rows[i].html);
		snprintf(when, sizeof(when), "    when:\n      - %s\n", rows[i].when);
		CHECK_INT(i, rows[i].when, ask(&s, when, &f), rows[i].holds ? RULE_FIRES : RULE_SILENT);
		if (rows[i].holds)
			CHECK_INT(i, "quotes what it rests on", f.quote_n > 0, 1);
		sample_free(&s);
	}
	check_done();
}

/* What goods are said to do counts on the page that sells them. */
static void goods_and_what_is_said_of_them_stand_on_one_page(void **state)
{
	static const char *const when = "    when:\n      - sells: {goods: [supplement], class: [cure_claim]}\n";
	struct sample s;
	struct finding f;

	(void)state;
	sample_begin(&s, "x.example");
	sample_page(&s, "/", AT, TEA);
	sample_page(&s, "/story", AT, "<p>A miracle cure, they said.</p>");
	assert_int_equal(ask(&s, when, &f), RULE_SILENT);
	sample_free(&s);
	sample_begin(&s, "x.example");
	sample_page(&s, "/", AT, TEA TEA);
	sample_page(&s, "/tea", AT, TEA "<p>A miracle cure.</p>");
	assert_int_equal(ask(&s, when, &f), RULE_FIRES);
	assert_int_equal(f.quote_n, 2);
	assert_int_equal(s.extract.facts.fact[f.quote[0]].page, 1);
	assert_int_equal(s.extract.facts.fact[f.quote[1]].phrase, PHRASE_CURE_CLAIM);
	sample_free(&s);
}

static void registers_are_asked_by_domain_country_and_status(void **state)
{
	static const struct {
		const char *when, *site, *country, *domain, *serves;
		bool active, holds;
	} rows[] = {
		{ "registered: {any: true}", "x.example", "CA", "x.example", "CA", true, true },
		{ "registered: {any: true}", "x.example", "CA", "x.example", "CA", false, false },
		{ "registered: {any: true}", "x.example", "CA", "y.example", "CA", true, false },
		{ "registered: {serves: US}", "x.example", "US", "x.example", "US", true, true },
		{ "registered: {serves: US}", "x.example", "CA", "x.example", "CA", true, false },
		{ "registered: {serves: CA}", "x.example", "CA", "x.example", "CA", true, true },
		{ "registered: {elsewhere: true}", "x.example", "CA", "x.example", "CA", true, true },
		{ "registered: {elsewhere: true}", "x.example", "US", "x.example", "US", true, false },
		{ "registered: {elsewhere: true}", "x.example", "CA", "y.example", "CA", true, false },
		{ "register_loaded: {country: GB}", "x.example", "GB", "y.example", "GB", true, true },
		{ "register_loaded: {country: GB}", "x.example", "US", "y.example", "US", true, false },
		{ "register_loaded: {country: any}", "x.example", "US", "y.example", "US", true, true },
		/* the country that the rule is asked for */
		{ "registered: {serves: destination}", "x.example", "US", "x.example", "US", true, true },
		{ "registered: {serves: destination}", "x.example", "CA", "x.example", "CA", true, false },
		{ "register_loaded: {country: destination}", "x.example", "US", "y.example", "US", true, true },
		{ "register_loaded: {country: destination}", "x.example", "GB", "y.example", "GB", true, false },
		{ "imitates: {country: destination}", "millbrok.example", "US", "millbrook.example", "US",
		  true, true },
		{ "imitates: {country: destination}", "millbrok.example", "GB", "millbrook.example", "GB",
		  true, false },
		/* one letter off; two where both names are long; swapped neighbours count as one */
		{ "imitates: {country: any}", "millbrok.example", "US", "millbrook.example", "US", true, true },
		{ "imitates: {country: any}", "millborok.example", "US", "millbrook.example", "US", true, true },
		{ "imitates: {country: any}", "milbrok.example", "US", "millbrook.example", "US", true, false },
		{ "imitates: {country: any}", "milbrok-chemist.example", "US", "millbrook-chemist.example",
		  "US", true, true },
		{ "imitates: {country: any}", "millbrok.test", "US", "millbrook.example", "US", true, true },
		{ "imitates: {country: any}", "millbrook.example", "US", "millbrook.example", "US", true, false },
		{ "imitates: {country: any}", "pill.example", "US", "pills.example", "US", true, false },
		{ "imitates: {country: GB}", "millbrok.example", "US", "millbrook.example", "US", true, false },
		{ "imitates: {country: any}", "millbrok.example", "US", "millbrook.example", "US", false, false },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		struct finding f;
		char when[200];
		sample_begin(&s, rows[i].site);
		sample_page(&s, "/", AT, SHOP);
		sample_row(&s, rows[i].country, rows[i].domain, rows[i].serves)->active = rows[i].active;
		snprintf(when, sizeof(when), "    when:\n      - %s\n", rows[i].when);
		CHECK_INT(i, rows[i].site, ask(&s, when, &f), rows[i].holds ? RULE_FIRES : RULE_SILENT);
		sample_free(&s);
	}
	check_done();
}

static void all_conditions_must_hold_and_no_exception(void **state)
{
	static const struct {
		const char *text;
		enum rule_answer want;
	} rows[] = {
		{ "    when:\n      - offers: {status: [rx]}\n      - claims: {class: [norx]}\n", RULE_FIRES },
		{ "    when:\n      - offers: {status: [rx]}\n      - claims: {class: [reship]}\n", RULE_SILENT },
		{ "    when:\n      - offers: {status: [rx]}\n    unless:\n      - registered: {any: true}\n",
		  RULE_DEFEATED },
		{ "    when:\n      - offers: {status: [rx]}\n    unless:\n      - registered: {serves: GB}\n",
		  RULE_FIRES },
		{ "    when:\n      - offers: {status: [rx]}\n    unless:\n      - registered: {serves: GB}\n"
		  "      - claims: {class: [norx]}\n", RULE_DEFEATED },
		/* an exception of a rule whose conditions do not hold defeats nothing */
		{ "    when:\n      - offers: {status: [otc]}\n    unless:\n      - registered: {any: true}\n",
		  RULE_SILENT },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		struct finding f;
		sample_begin(&s, "x.example");
		sample_page(&s, "/", AT, SHOP "<p>No prescription needed.</p>");
		sample_row(&s, "CA", "x.example", "CA");
		CHECK_INT(i, rows[i].text, ask(&s, rows[i].text, &f), rows[i].want);
		sample_free(&s);
	}
	check_done();
}

static void what_is_weighed_is_shown_and_decides_nothing(void **state)
{
	struct sample s;
	struct finding f;

	(void)state;
	sample_begin(&s, "x.example");
	sample_page(&s, "/", AT, SHOP "<p>No prescription needed.</p><p>A prescription is required.</p>"
	                         "<p>Prescription required, always.</p>");
	sample_row(&s, "CA", "x.example", "CA");
	assert_int_equal(ask(&s, "    when:\n      - claims: {class: [norx]}\n"
	                         "    weigh: [rx_required, pharmacist, registered]\n", &f), RULE_FIRES);
	assert_int_equal(f.weighed_n, 1); /* one of each class */
	assert_int_equal(s.extract.facts.fact[f.weighed[0]].phrase, PHRASE_RX_REQUIRED);
	assert_non_null(f.row);
	assert_true(slice_eq_str(f.row->country, "CA"));
	sample_free(&s);
}

static void a_second_page_is_quoted_before_a_second_sentence(void **state)
{
	struct sample s;
	struct finding f;

	(void)state;
	sample_begin(&s, "x.example");
	sample_page(&s, "/", AT, SHOP "<p>No prescription needed.</p><p>You do not need a prescription.</p>");
	sample_page(&s, "/faq", AT, SHOP "<p>No prescription required.</p>");
	assert_int_equal(ask(&s, "    when:\n      - claims: {class: [norx]}\n", &f), RULE_FIRES);
	assert_int_equal(f.quote_n, 2);
	assert_int_equal(s.extract.facts.fact[f.quote[0]].page, 0);
	assert_int_equal(s.extract.facts.fact[f.quote[1]].page, 1);
	sample_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_condition_holds_or_not),
		cmocka_unit_test(goods_and_what_is_said_of_them_stand_on_one_page),
		cmocka_unit_test(registers_are_asked_by_domain_country_and_status),
		cmocka_unit_test(all_conditions_must_hold_and_no_exception),
		cmocka_unit_test(what_is_weighed_is_shown_and_decides_nothing),
		cmocka_unit_test(a_second_page_is_quoted_before_a_second_sentence),
	};
	return cmocka_run_group_tests_name("assess/rule", tests, shipped_load, shipped_free);
}

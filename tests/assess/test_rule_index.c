/* The index of rules leaves out only what would be silent: random packs, asked with and without it, come
 * to the same findings in the same order. */
#include "fixture.h"

#include "assess/rule.h"

enum { PACKS = 60, PACKS_LONG = 2000, RULES = 150 };

/* xorshift64*, seeded by the round and printed, so that a failure can be run again. */
static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (uint32_t)((*seed * 0x2545f4914f6cdd1dull) >> 32) % below;
}

static void put_one(uint64_t *seed, struct buf *b)
{
	static const char *const phrases[] = { "norx", "norx_bare", "ship_from", "reship", "seal",
		                               "licence_claim", "rx_required", "supplement" };
	static const char *const statuses[] = { "rx", "otc", "controlled", "unapproved" };

	switch (draw(seed, 9)) {
	case 0: buf_printf(b, "claims: {class: [%s, %s]}", phrases[draw(seed, 8)],
	                   phrases[draw(seed, 8)]); break;
	case 1: buf_printf(b, "claims: {class: [%s], arg: [GB, gphc, \"\"]}", phrases[draw(seed, 8)]);
		break;
	case 2: buf_printf(b, "offers: {status: [%s, %s]}", statuses[draw(seed, 4)],
	                   statuses[draw(seed, 4)]); break;
	case 3: buf_puts(b, "offers: {class: [pde5]}"); break;
	case 4: buf_puts(b, draw(seed, 2) ? "registered: {any: true}" : "registered: {serves: GB}");
		break;
	case 5: buf_puts(b, draw(seed, 2) ? "register_loaded: {country: any}"
		                          : "imitates: {country: any}"); break;
	case 6: buf_puts(b, draw(seed, 2) ? "licence: {scheme: gphc-premises, register: [unknown, no_site]}"
		                          : "seal: {name: gphc, leads: nowhere}"); break;
	case 7: buf_puts(b, "combination: {classes: [nitrate, pde5]}"); break;
	case 8: buf_printf(b, "sells: {goods: supplement, class: [%s]}", phrases[draw(seed, 8)]); break;
	}
}

static void put_condition(uint64_t *seed, struct buf *b)
{
	buf_puts(b, "      - ");
	if (draw(seed, 4)) {
		put_one(seed, b);
	} else {
		buf_puts(b, "any:\n          - ");
		put_one(seed, b);
		buf_puts(b, "\n          - ");
		put_one(seed, b);
	}
	buf_putc(b, '\n');
}

static bool make_pack(uint64_t *seed, struct arena *a, struct pack *out)
{
	struct buf b = { 0 };
	struct err err = { 0 };

	buf_puts(&b, "pack: xx\nversion: 1\ntitle: X\njurisdiction: XX\ndestinations: [GB]\nrules:\n");
	for (int i = 0; i < RULES; i++) {
		buf_printf(&b, "  - id: xx-%d\n    text: t\n    law: [{cite: c, says: s, from: 2000-01-01}]\n"
		               "    severity: note\n    reach: global\n    evidence: e\n"
		               "    recipients: [search]\n    when:\n", i);
		for (uint32_t n = 1 + draw(seed, 4); n; n--)
			put_condition(seed, &b);
	}
	int rc = pack_parse(buf_slice(&b), "xx.yaml", a, out, &err);
	/* Some wanted a row that covers the destination, and none that does: another round is drawn. */
	if (rc)
		assert_non_null(strstr(err.what, "never fires"));
	buf_release(&b);
	return rc == 0;
}

static const char *const pages[] = {
	"<h1>Tadalafil 20 mg</h1><p>$40.00 <button>Add to cart</button></p><p>No prescription needed.</p>",
	"<h1>Ibuprofen 200 mg</h1><p>&pound;4.00 <button>Add to basket</button></p><p>GPhC premises number "
	"1098765</p><img src=\"/gphc.png\" alt=\"GPhC logo\">",
	"<h1>Root tea, a dietary supplement</h1><p>$9.00 <button>Add to cart</button></p><p>Registered "
	"pharmacy. We ship from India.</p>",
	"<h1>Offers</h1><p>Sildenafil 100 mg $2.00 with free isosorbide mononitrate <button>Buy</button></p>"
	"<p>We reship if customs seize it.</p>",
	"<p>Nothing is sold here.</p>",
};

static void check_pack(const struct pack *pack, const char *html, bool row, uint64_t round)
{
	static const bool mine[SAMPLE_PAGES] = { true };
	struct sample s;
	struct err err = { 0 };
	struct numbers numbers;
	size_t with[RULES], without[RULES], n = 0, m = 0;

	sample_begin(&s, "case.example");
	sample_page(&s, "/", "2026-09-14T08:00:00Z", html);
	if (row) {
		sample_row(&s, "GB", "case.example", "GB");
		sample_row(&s, "GB", "cases.example", "GB")->scheme = SLICE("gphc-premises");
	}
	sample_extract(&s);
	int64_t at = time_of("2026-10-01");
	if (numbers_match(&s.extract, &s.site, mine, &s.registers, at, &s.arena, &numbers, &err))
		fail_msg("%s", err.what);
	struct question q = { .as = &shipped.as, .site = &s.site, .extract = &s.extract, .mine = mine,
		              .registers = &s.registers, .destination = SLICE("GB"),
		              .offers_because = UINT32_MAX, .at = at, .numbers = &numbers };
	const struct rule_present present = rule_present_of(&q);
	struct rule_walk walk = rule_walk_begin(pack, &present);
	const struct rule *rule;
	struct finding f;
	while ((rule = rule_walk_next(&walk)))
		if (rule_ask(&q, pack, rule, &f) != RULE_SILENT)
			with[n++] = (size_t)(rule - pack->rule);
	for (size_t i = 0; i < pack->rule_n; i++)
		if (rule_ask(&q, pack, &pack->rule[i], &f) != RULE_SILENT)
			without[m++] = i;
	if (n != m || memcmp(with, without, n * sizeof(*with)) != 0)
		fail_msg("round %llu, page '%s': %zu rules fire with the index, %zu without",
		         (unsigned long long)round, html, n, m);
	sample_free(&s);
}

static void random_packs_come_to_the_same_with_the_index_and_without(void **state)
{
	uint64_t rounds = getenv("ASSAY_TEST_LONG") ? PACKS_LONG : PACKS;
	size_t packs = 0;

	(void)state;
	for (uint64_t round = 1; round <= rounds; round++) {
		uint64_t seed = round * 0x9e3779b97f4a7c15ull;
		struct arena a = { 0 };
		struct pack pack;
		if (make_pack(&seed, &a, &pack)) {
			packs++;
			assert_non_null(pack.index);
			const size_t page = round % ROWS(pages);
			check_pack(&pack, pages[page], round % 2, round);
		}
		arena_release(&a);
	}
	assert_true(packs > rounds / 2);
}

/* What cannot fire is not asked: else the index would be of no use. */
static void a_page_is_asked_few_of_many_rules(void **state)
{
	struct arena a = { 0 };
	struct pack pack;
	const struct rule_present none = { 0 };
	uint64_t seed = 7;
	size_t asked = 0;

	(void)state;
	while (!make_pack(&seed, &a, &pack))
		;
	struct rule_walk walk = rule_walk_begin(&pack, &none);
	for (const struct rule *rule; (rule = rule_walk_next(&walk)); asked++)
		;
	assert_true(asked * 5 < pack.rule_n); /* those whose every condition is one of several */
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_packs_come_to_the_same_with_the_index_and_without),
		cmocka_unit_test(a_page_is_asked_few_of_many_rules),
	};
	return cmocka_run_group_tests_name("assess/rule_index", tests, shipped_load, shipped_free);
}

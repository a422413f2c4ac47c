/* What registers say of numbers that a site shows, and of seals that lead nowhere. */
#include "fixture.h"

#include "assess/rule.h"

#define AT "2026-09-14T08:00:00Z"
#define SHOP "<h1>Atorvastatin 20mg</h1><p>&pound;12.00</p><button>Add to basket</button>"
#define GPHC(n) "<p>GPhC premises number " n "</p>"
#define PACK "pack: xx\nversion: 1\ntitle: X\njurisdiction: XX\ndestinations: [GB]\nrules:\n" \
	"  - id: xx-a\n    text: t\n    law: [{cite: c, says: s, from: 2000-01-01}]\n" \
	"    severity: note\n    reach: global\n    evidence: e\n    recipients: [search]\n    when:\n" \
	"      - %s\n"

/* A row of the register of premises. */
static void put(struct sample *s, const char *number, const char *name, const char *domain,
                bool active)
{
	struct register_row *row = sample_row(s, "GB", domain ? domain : "none.example", "GB");

	row->domain_n = domain != NULL;
	row->scheme = SLICE("gphc-premises");
	row->source = SLICE("register:gphc");
	row->number = slice_str(number);
	row->name = slice_str(name);
	row->active = active;
}

static bool holds(struct sample *s, const char *condition, struct finding *f)
{
	static const bool mine[SAMPLE_PAGES] = { true, true, true, true };
	struct pack *pack = ARENA_NEW(&s->arena, struct pack);
	struct numbers *numbers = ARENA_NEW(&s->arena, struct numbers);
	struct err err = { 0 };
	int64_t at = time_of(AT);
	const char *text = arena_printf(&s->arena, PACK, condition);

	sample_extract(s);
	if (pack_parse(slice_str(text), "xx.yaml", &s->arena, pack, &err) ||
	    registers_index(&s->registers, &s->arena, &err) ||
	    numbers_match(&s->extract, &s->site, mine, &s->registers, at, &s->arena, numbers, &err))
		fail_msg("%s", err.what);
	struct question q = { .as = &shipped.as, .site = &s->site, .extract = &s->extract,
		              .mine = mine, .registers = &s->registers, .destination = SLICE("GB"),
		              .offers_because = UINT32_MAX, .at = at, .numbers = numbers };
	memset(f, 0, sizeof(*f));
	return rule_ask(&q, pack, &pack->rule[0], f) == RULE_FIRES;
}

static void a_register_says_of_a_number_what_it_can(void **state)
{
	static const struct {
		const char *html;
		unsigned found;
		int row; /* whose row is named; -1 none */
	} rows[] = {
		{ SHOP GPHC("1012345"), NUMBER_NO_SITE | NUMBER_OTHER_NAME, 0 },
		{ SHOP GPHC("1012345") "<p>Harbour Remedies Limited</p>",
		  NUMBER_NO_SITE | NUMBER_SAME_NAME, 0 },
		{ SHOP GPHC("1012346"), NUMBER_OTHER_SITE | NUMBER_OTHER_NAME, 1 },
		{ SHOP GPHC("1012347"), NUMBER_THIS_SITE, 2 },
		{ SHOP GPHC("1012348"), NUMBER_INACTIVE | NUMBER_OTHER_NAME, 3 },
		{ SHOP GPHC("1098765"), NUMBER_UNKNOWN, -1 },
		/* a slip of the pen, and an old number: the name of an active row stands there */
		{ SHOP GPHC("1012354") "<p>Harbour Remedies</p>", NUMBER_RENUMBERED, 0 },
		{ SHOP GPHC("1012348") "<p>Harbour Remedies</p>", NUMBER_RENUMBERED, 0 },
		/* a name that is no longer active helps nobody */
		{ SHOP GPHC("1098765") "<p>Larkhill Chemists</p>", NUMBER_UNKNOWN, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		struct finding f;
		sample_begin(&s, "case.example");
		sample_page(&s, "/", AT, rows[i].html);
		put(&s, "1012345", "Harbour Remedies Ltd", NULL, true);
		put(&s, "1012346", "Quay Ltd", "quay.example", true);
		put(&s, "1012347", "Unlike Ltd", "case.example", true);
		put(&s, "1012348", "Larkhill Chemists Ltd", NULL, false);
		bool fired = holds(&s, "licence: {scheme: gphc-premises, register: [unknown, renumbered, "
		                       "inactive, this_site, other_site, no_site]}", &f);
		CHECK_INT(i, rows[i].html, fired, 1);
		CHECK_INT(i, rows[i].html, f.number ? f.number->found : 0, rows[i].found);
		CHECK_INT(i, rows[i].html, f.number && f.number->row ? f.number->row - s.row : -1,
		          rows[i].row);
		CHECK_INT(i, "quoted", f.quote_n, 1);
		CHECK_INT(i, "a number is no register row", f.row != NULL, 0);
		sample_free(&s);
	}
	check_done();
}

static void a_number_is_asked_for_where_it_is_shown_as_ones_own(void **state)
{
	static const struct {
		const char *html, *condition;
		bool loaded, holds;
	} rows[] = {
		{ SHOP GPHC("1098765"), "licence: {scheme: gphc-premises, register: unknown}", true, true },
		{ SHOP GPHC("1098765"), "licence: {scheme: gphc-premises, register: unknown}", false, false },
		{ SHOP GPHC("1098765"), "licence: {scheme: us-npi, register: unknown}", true, false },
		{ SHOP GPHC("1098765"), "licence: {scheme: gphc-premises, register: inactive}", true, false },
		{ SHOP, "licence: {scheme: gphc-premises, register: unknown}", true, false },
		{ "<p>Warning: the site x.example shows the GPhC premises number 1098765. The regulator "
		  "warns patients; report it.</p><p>The MHRA seized counterfeit medicine, police said.</p>",
		  "licence: {scheme: gphc-premises, register: unknown}", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		struct finding f;
		sample_begin(&s, "case.example");
		sample_page(&s, "/", AT, rows[i].html);
		if (rows[i].loaded)
			put(&s, "1012345", "Harbour Remedies Ltd", NULL, true);
		CHECK_INT(i, rows[i].html, holds(&s, rows[i].condition, &f), rows[i].holds);
		sample_free(&s);
	}
	check_done();
}

#define SEAL(to) "<a href=\"" to "\"><img src=\"/gphc-logo.png\" alt=\"GPhC logo\"></a>"
#define PICTURE "<img src=\"/gphc-logo.png\" alt=\"GPhC logo\">"
#define BACK "https://www.pharmacyregulation.org/registers/pharmacy/1012345"

static void a_seal_leads_back_or_not(void **state)
{
	static const char elsewhere[] =
		"seal: {name: [gphc], leads: elsewhere, to: [pharmacyregulation.org]}";
	static const char nowhere[] = "seal: {name: [gphc], leads: nowhere}";
	static const struct {
		const char *html, *condition;
		bool holds;
	} rows[] = {
		{ SHOP SEAL("/about"), elsewhere, true },
		{ SHOP SEAL("/about"), nowhere, false },
		{ SHOP SEAL(BACK), elsewhere, false },
		{ SHOP SEAL(BACK), nowhere, false },
		{ SHOP SEAL("https://pharmacyregulation.org.evil.example/registers/"), elsewhere, true },
		/* one that leads back is enough */
		{ SHOP SEAL("/about") SEAL(BACK), elsewhere, false },
		{ SHOP PICTURE SEAL(BACK), nowhere, false },
		{ SHOP PICTURE, nowhere, true },
		{ SHOP PICTURE, elsewhere, false },
		/* no seal is no finding */
		{ SHOP, nowhere, false },
		{ SHOP, elsewhere, false },
		{ SHOP "<p>GPhC registered pharmacy.</p>", nowhere, false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		struct finding f;
		sample_begin(&s, "case.example");
		sample_page(&s, "/", AT, rows[i].html);
		CHECK_INT(i, rows[i].html, holds(&s, rows[i].condition, &f), rows[i].holds);
		sample_free(&s);
	}
	check_done();
}

/* The same site, with and without proof: what a person is asked for. */
static void a_number_without_a_site_asks_for_proof_and_makes_nobody_legitimate(void **state)
{
	struct sample s;

	(void)state;
	sample_begin(&s, "case.example");
	sample_page(&s, "/", AT, SHOP GPHC("1012345") "<p>Prescription required. We deliver to the UK.</p>");
	put(&s, "1012345", "Harbour Remedies Ltd", NULL, true);
	sample_assess(&s);
	const struct cell *c = cell_of(&s.out[0], "GB");
	assert_string_equal(verdict_class_name(c->class), "unverified");
	bool asked = false;
	for (size_t i = 0; i < c->missing_n; i++)
		asked = asked || strstr(c->missing[i], "proof that this site is Harbour Remedies Ltd: the "
		                                       "number 1012345 is in the register of");
	assert_true(asked);
	sample_free(&s);
}

/* A register row that names the site counts, its licence having ended or not; a document says so. */
static void a_licence_counts_until_it_ends_and_a_document_says_that_it_is_one(void **state)
{
	static const struct {
		const char *kind, *until, *class, *counter;
	} rows[] = {
		{ "pharmacy", NULL, "legitimate", "Demonstration Board (synthetic) names this site (DEMO-1)" },
		{ "pharmacy", "2026-11-22", "unverified", NULL },
		{ "pharmacy", "2026-11-23", "legitimate", "names this site" },
		{ "reviewed_document", NULL, "legitimate",
		  "no register: a reviewer has read the licence of Demonstration Board (synthetic) for this "
		  "site (DEMO-1)" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		sample_begin(&s, "case.example");
		sample_page(&s, "/", AT, SHOP "<p>Prescription required. We deliver to the UK.</p>");
		struct register_row *row = sample_row(&s, "GB", "case.example", "GB");
		row->kind = slice_str(rows[i].kind);
		row->until = rows[i].until ? time_of(rows[i].until) : 0;
		sample_assess(&s);
		const struct cell *c = cell_of(&s.out[0], "GB");
		CHECK_SLICE(i, rows[i].kind, slice_str(verdict_class_name(c->class)),
		            slice_str(rows[i].class));
		bool said = !rows[i].counter;
		for (size_t k = 0; k < c->counter_n; k++)
			said = said || strstr(c->counter[k], rows[i].counter);
		CHECK_INT(i, rows[i].kind, said, 1);
		sample_free(&s);
	}
	check_done();
}

/* Whoever shows a wrong number, or the number and the seal of another, is not condemned for it. */
static void innocents_with_wrong_numbers_and_seals_of_others_are_not_condemned(void **state)
{
#define RX SHOP "<p>A valid prescription is required. We deliver to the UK.</p>"
	static const struct {
		const char *who, *html;
	} rows[] = {
		{ "a pharmacy with a slip of the pen in its number, and its name on the site",
		  RX "<p>Harbour Remedies Ltd</p>" GPHC("1012354") "<p>GPhC registered pharmacy</p>" },
		{ "the same without its name: the register names no site, and licences have other names",
		  RX GPHC("1012354") "<p>GPhC registered pharmacy</p>" },
		{ "a pharmacy with the number it had before it moved",
		  RX "<p>Harbour Remedies Ltd</p>" GPHC("1012348") },
		{ "a pharmacy whose licence lapsed, on nothing but the number", RX GPHC("1012348") },
		{ "a pharmacist's blog that shows the number of another",
		  "<article><h1>How to check a pharmacy</h1><p>Look for the GPhC premises number, such as "
		  "1098765, before you buy atorvastatin.</p></article>" PICTURE },
		{ "a site that compares prices, with the seals of its partners",
		  "<h1>Compare prices of atorvastatin</h1><table><tr><td>Harbour Remedies</td><td>&pound;12.00"
		  "</td><td><a href=\"https://harbour.example/\">Visit shop</a></td></tr><tr><td>Quay</td><td>"
		  "&pound;11.00</td><td><a href=\"https://quay.example/\">Visit shop</a></td></tr></table>"
		  SEAL("https://harbour.example/") "<p>Our partners are registered: GPhC premises number "
		  "1098765.</p><p>A prescription is required.</p>" },
		{ "the same with a button that takes orders",
		  RX SEAL("https://harbour.example/") "<img src=\"/nabp-seal.png\" alt=\"NABP accredited\">"
		  GPHC("1098765") },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		struct err err = { 0 };
		sample_begin(&s, "case.example");
		sample_page(&s, "/", AT, rows[i].html);
		sample_page(&s, "/", "2026-10-20T20:00:00Z", rows[i].html);
		put(&s, "1012345", "Harbour Remedies Ltd", NULL, true);
		put(&s, "1012348", "Larkhill Chemists Ltd", NULL, false);
		struct register_row *nabp = sample_row(&s, "US", "other.example", "US");
		nabp->source = SLICE("register:nabp");
		if (registers_index(&s.registers, &s.arena, &err))
			fail_msg("%s", err.what);
		sample_assess(&s);
		for (int k = 0; k < s.n; k++)
			for (size_t c = 0; c < s.out[k].cell_n; c++) {
				enum verdict_class class = s.out[k].cell[c].class;
				CHECK_INT(c, rows[i].who, class == CLASS_ROGUE || class == CLASS_UNAPPROVED,
				          0);
			}
		sample_free(&s);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_register_says_of_a_number_what_it_can),
		cmocka_unit_test(a_number_is_asked_for_where_it_is_shown_as_ones_own),
		cmocka_unit_test(a_seal_leads_back_or_not),
		cmocka_unit_test(a_number_without_a_site_asks_for_proof_and_makes_nobody_legitimate),
		cmocka_unit_test(innocents_with_wrong_numbers_and_seals_of_others_are_not_condemned),
		cmocka_unit_test(a_licence_counts_until_it_ends_and_a_document_says_that_it_is_one),
	};
	return cmocka_run_group_tests_name("assess/numbers", tests, shipped_load, shipped_free);
}

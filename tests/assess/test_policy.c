/* Packs are read whole or refused whole, and a refusal names file, line and rule. */
#include "check.h"
#include "shipped.h"

#include "assess/numbers.h"
#include "assess/policy.h"
#include "base/buf.h"
#include "model/lexicon.h"
#include "sys/file.h"
#include "wire/timestamp.h"

#include <stdlib.h>

#define HEAD "pack: xx\nversion: 1\ntitle: X\njurisdiction: XX\ndestinations: [XX]\nrules:\n"
#define RULE(id, law, severity, reach, rest)                                                       \
	"  - id: " id "\n    text: t\n    law:\n" law "    severity: " severity "\n    reach: " reach  \
	"\n    evidence: e\n" rest
#define LAW "      - {cite: c, says: s, from: 2000-01-01}\n"
#define WHEN "    when:\n      - offers: {status: [rx]}\n"
#define SEND "    recipients: [search]\n"
#define GOOD RULE("xx-a", LAW, "unapproved", "destination", WHEN SEND)

static int parse(const char *text, struct arena *a, struct pack *pack, struct err *err)
{
	return pack_parse(slice_str(text), "xx.yaml", a, pack, err);
}

static void a_pack_gives_every_key_that_was_written(void **state)
{
	static const char text[] =
		"pack: xx\nversion: 2026-11-22\ntitle: Exland\njurisdiction: XX\ndestinations: [XX, XY]\n"
		"rules:\n"
		"  - id: xx-a\n    text: says\n    evidence: shows\n"
		"    law:\n"
		"      - {cite: Act 1, says: one, from: 2000-01-01, until: 2010-01-01}\n"
		"      - {cite: Act 2, says: two, from: 2005-01-01}\n"
		"    severity: rogue\n    reach: global\n"
		"    when:\n"
		"      - offers: {status: [rx, controlled], everywhere: true, class: [pde5]}\n"
		"      - claims: {class: [norx, seal], arg: [gphc, \"\"]}\n"
		"      - sells: {goods: supplement, class: [norx, seal], arg: [gphc], contains: [rx]}\n"
		"      - registered: {elsewhere: true}\n"
		"      - register_loaded: {country: GB}\n"
		"      - imitates: {country: any}\n"
		"      - combination: {classes: [nitrate, pde5]}\n"
		"      - licence: {scheme: [gphc-premises, us-npi], register: [unknown, inactive]}\n"
		"      - seal: {name: [gphc], leads: elsewhere, to: [pharmacyregulation.org]}\n"
		"      - register_loaded: {country: destination, register: gphc, sites: true}\n"
		"      - any:\n"
		"          - claims: {class: conceal}\n"
		"          - registered: {serves: JP}\n"
		"          - registered: {serves: destination}\n"
		"    unless:\n      - registered: {serves: XY}\n"
		"    weigh: [rx_required, registered]\n"
		"    recipients: [registrar, search]\n    automatic: true\n    destinations: [XY]\n"
		"  - id: xx-b\n    text: t\n    evidence: e\n    law:\n" LAW
		"    severity: unapproved\n    reach: destination\n    ground: foreign_legal\n" WHEN SEND;
	struct arena a = { 0 };
	struct pack p;
	struct err err = { 0 };

	(void)state;
	if (parse(text, &a, &p, &err))
		fail_msg("%s", err.what);
	assert_true(slice_eq_str(p.id, "xx"));
	assert_true(slice_eq_str(p.version, "2026-11-22"));
	assert_true(slice_eq_str(p.title, "Exland"));
	assert_true(slice_eq_str(p.jurisdiction, "XX"));
	assert_int_equal(p.destination_n, 2);
	assert_true(slice_eq_str(p.destinations[1], "XY"));
	assert_string_equal(p.file, "xx.yaml");
	struct sha256 digest = sha256_of(slice_str(text));
	assert_memory_equal(&p.digest, &digest, sizeof(digest));
	assert_int_equal(p.rule_n, 2);
	const struct rule *r = &p.rule[0];
	assert_true(slice_eq_str(r->id, "xx-a"));
	assert_true(slice_eq_str(r->text, "says"));
	assert_true(slice_eq_str(r->evidence, "shows"));
	assert_int_equal(r->law_n, 2);
	assert_true(slice_eq_str(r->law[0].cite, "Act 1"));
	assert_true(slice_eq_str(r->law[1].says, "two"));
	assert_true(r->law[1].until == INT64_MAX);
	assert_int_equal(r->severity, SEVERITY_ROGUE);
	assert_int_equal(r->reach, REACH_GLOBAL);
	assert_true(slice_eq_str(r->ground, "xx-a"));
	assert_int_equal(r->when_n, 11);
	assert_int_equal(r->line, 7);
	assert_int_equal(r->when[0].kind, CONDITION_OFFERS);
	assert_int_equal(r->when[0].statuses, 1 << SUPPLY_RX | 1 << SUPPLY_CONTROLLED);
	assert_true(r->when[0].everywhere);
	assert_int_equal(r->when[0].class_n, 1);
	assert_int_equal(r->when[1].kind, CONDITION_CLAIMS);
	assert_true(r->when[1].phrases ==
	            (UINT64_C(1) << PHRASE_NORX | UINT64_C(1) << PHRASE_SEAL));
	assert_int_equal(r->when[1].arg_n, 2);
	assert_int_equal(r->when[1].args[1].n, 0);
	assert_int_equal(r->when[2].kind, CONDITION_SELLS);
	assert_true(r->when[2].goods == UINT64_C(1) << PHRASE_SUPPLEMENT);
	assert_true(r->when[2].phrases == r->when[1].phrases);
	assert_int_equal(r->when[2].held, 1 << SUPPLY_RX);
	assert_int_equal(r->when[2].arg_n, 1);
	assert_int_equal(r->when[3].kind, CONDITION_REGISTERED);
	assert_int_equal(r->when[3].test, REGISTER_ELSEWHERE);
	assert_int_equal(r->when[4].kind, CONDITION_REGISTER_LOADED);
	assert_true(slice_eq_str(r->when[4].country, "GB"));
	assert_int_equal(r->when[5].kind, CONDITION_IMITATES);
	assert_int_equal(r->when[5].country.n, 0);
	assert_int_equal(r->when[6].kind, CONDITION_COMBINATION);
	assert_int_equal(r->when[6].class_n, 2);
	assert_int_equal(r->when[7].kind, CONDITION_LICENCE);
	assert_int_equal(r->when[7].arg_n, 2);
	assert_int_equal(r->when[7].found, NUMBER_UNKNOWN | NUMBER_INACTIVE);
	assert_int_equal(r->when[8].kind, CONDITION_SEAL);
	assert_true(r->when[8].leads_elsewhere);
	assert_true(slice_eq_str(r->when[8].hosts[0], "pharmacyregulation.org"));
	assert_true(r->when[9].of_destination);
	assert_true(r->when[9].sites);
	assert_true(slice_eq_str(r->when[9].source, "gphc"));
	assert_int_equal(r->when[10].kind, CONDITION_ANY);
	assert_int_equal(r->when[10].sub_n, 3);
	assert_true(slice_eq_str(r->when[10].sub[1].country, "JP"));
	assert_false(r->when[10].sub[1].of_destination);
	assert_true(r->when[10].sub[2].of_destination);
	assert_int_equal(r->unless_n, 1);
	assert_int_equal(r->unless[0].test, REGISTER_SERVES);
	assert_true(r->weigh == UINT64_C(1) << PHRASE_RX_REQUIRED);
	assert_true(r->weigh_registered);
	assert_int_equal(r->recipient_n, 2);
	assert_true(r->automatic);
	assert_true(rule_covers(r, SLICE("XY")));
	assert_false(rule_covers(r, SLICE("XX")));
	assert_true(rule_covers(&p.rule[1], SLICE("XX")));
	assert_true(slice_eq_str(p.rule[1].ground, "foreign_legal"));
	assert_false(p.rule[1].automatic);
	assert_int_equal(p.rule[1].unless_n, 0);
	arena_release(&a);
}

static void a_refusal_names_the_file_the_line_and_the_rule(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		/* the pack */
		{ "", "xx.yaml:1: pack is missing" },
		{ "- a\n", "xx.yaml:1: this is not a mapping of keys" },
		{ "pack: xx\nrule: []\n", "xx.yaml:2: unknown key 'rule' (did you mean 'rules'?)" },
		{ "pack: X X\n", "xx.yaml:1: the id of a pack is letters in lower case" },
		{ "pack: xx\n", "xx.yaml:1: version is missing" },
		{ "pack: xx\nversion: 1\n", "xx.yaml:1: title is missing" },
		{ "pack: xx\nversion: 1\ntitle: X\n", "xx.yaml:1: jurisdiction is missing" },
		{ "pack: xx\nversion: 1\ntitle: X\njurisdiction: XX\n",
		  "xx.yaml:1: destinations is missing" },
		{ "pack: xx\nversion: 1\ntitle: X\njurisdiction: XX\nkind: law\ndestinations: [XX]\n",
		  "xx.yaml:5: kind is jurisdiction, common or category, not 'law'" },
		{ "pack: xx\nversion: 1\ntitle: X\njurisdiction: XX\ndestinations: [xx]\n",
		  "xx.yaml:5: 'xx' is not an ISO 3166-1 country code" },
		{ "pack: xx\nversion: 1\ntitle: X\njurisdiction: XX\ndestinations: [XX]\n",
		  "xx.yaml:1: rules is missing" },
		{ HEAD "  []\n", "xx.yaml:6: a pack has at least one rule" },
		{ HEAD "  a: b\n", "xx.yaml:6: rules is not a list" },
		{ HEAD GOOD GOOD, "xx.yaml:17: rule 'xx-a' is there twice" },
		/* a rule */
		{ HEAD "  - text: t\n", "xx.yaml:7: id is missing" },
		{ HEAD "  - id: yy-a\n", "rule yy-a: xx.yaml:7: the id of a rule is 'xx-' and a name in "
		                         "lower case" },
		{ HEAD "  - id: xx-A\n", "rule xx-A: xx.yaml:7: the id of a rule is 'xx-' and a name in "
		                         "lower case" },
		{ HEAD "  - id: xx-\n", "rule xx-: xx.yaml:7: the id of a rule is 'xx-' and a name in "
		                        "lower case" },
		{ HEAD "  - id: xxa\n", "rule xxa: xx.yaml:7: the id of a rule is 'xx-' and a name in "
		                        "lower case" },
		{ HEAD "  - id: xx-a\n    wen: x\n",
		  "xx.yaml:8: unknown key 'wen' (did you mean 'when'?)" },
		{ HEAD "  - id: xx-a\n", "rule xx-a: xx.yaml:7: text is missing" },
		{ HEAD "  - id: xx-a\n    text: t\n", "rule xx-a: xx.yaml:7: evidence is missing" },
		{ HEAD "  - id: xx-a\n    text: t\n    evidence: e\n",
		  "rule xx-a: xx.yaml:7: law is missing" },
		/* its law */
		{ HEAD RULE("xx-a", "      []\n", "rogue", "global", WHEN SEND),
		  "rule xx-a: xx.yaml:9: a rule names its law" },
		{ HEAD RULE("xx-a", "      - {cite: c, from: 2000-01-01}\n", "rogue", "global", WHEN SEND),
		  "rule xx-a: xx.yaml:10: says is missing" },
		{ HEAD RULE("xx-a", "      - {cite: c, says: s}\n", "rogue", "global", WHEN SEND),
		  "rule xx-a: xx.yaml:10: from is missing" },
		{ HEAD RULE("xx-a", "      - {cite: c, says: s, from: soon}\n", "rogue", "global", WHEN SEND),
		  "rule xx-a: xx.yaml:10: 'soon' is not a date of the form 2026-11-22" },
		{ HEAD RULE("xx-a", "      - {cite: c, says: s, from: 2001-01-01, until: 2000-01-01}\n",
		            "rogue", "global", WHEN SEND),
		  "rule xx-a: xx.yaml:10: law that ends before it begins" },
		{ HEAD RULE("xx-a", "      - {site: c, says: s, from: 2001-01-01}\n", "rogue", "global",
		            WHEN SEND),
		  "rule xx-a: xx.yaml:10: unknown key 'site' (did you mean 'cite'?)" },
		/* its words */
		{ HEAD RULE("xx-a", LAW, "bad", "global", WHEN SEND),
		  "rule xx-a: xx.yaml:11: severity is note, unapproved or rogue, not 'bad'" },
		{ HEAD RULE("xx-a", LAW, "rogue", "local", WHEN SEND),
		  "rule xx-a: xx.yaml:12: reach is global or destination, not 'local'" },
		{ HEAD RULE("xx-a", LAW, "unapproved", "destination", "    ground: mine\n" WHEN SEND),
		  "rule xx-a: xx.yaml:14: the only ground with a name of its own is foreign_legal" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    ground: foreign_legal\n" WHEN SEND),
		  "rule xx-a: xx.yaml:14: foreign_legal is a ground of unapproved alone" },
		/* its conditions */
		{ HEAD RULE("xx-a", LAW, "rogue", "global", SEND),
		  "rule xx-a: xx.yaml:7: when is missing" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when: []\n" SEND),
		  "rule xx-a: xx.yaml:14: an empty list of conditions" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", WHEN "    unless: []\n" SEND),
		  "rule xx-a: xx.yaml:16: an empty list of conditions" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when: [x]\n" SEND),
		  "rule xx-a: xx.yaml:14: this is not a mapping of keys" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global",
		            "    when:\n      - offers: {status: [rx]}\n        claims: {class: norx}\n" SEND),
		  "rule xx-a: xx.yaml:15: a condition is one word and what belongs to it" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - trades: {status: [rx]}\n" SEND),
		  "rule xx-a: xx.yaml:15: unknown condition 'trades' (known: offers, claims, pages, sells, registered, "
		  "register_loaded, imitates, licence, seal, combination, any)" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - sells: {class: [norx]}\n" SEND),
		  "rule xx-a: xx.yaml:15: goods is missing" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - sells: {goods: [clinic]}\n" SEND),
		  "rule xx-a: xx.yaml:15: goods are supplement or research_use" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - sells: {goods: []}\n" SEND),
		  NULL },
		{ HEAD RULE("xx-a", LAW, "rogue", "global",
		            "    when:\n      - sells: {goods: [supplement], arg: [x]}\n" SEND),
		  "rule xx-a: xx.yaml:15: arg is of a class of phrases, and none is given" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - offers: {}\n" SEND),
		  "rule xx-a: xx.yaml:15: offers needs a status or a class" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - offers: {everywhere: true}\n" SEND),
		  "rule xx-a: xx.yaml:15: offers needs a status or a class" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global",
		            "    when:\n      - offers: {status: [prescription]}\n" SEND),
		  "rule xx-a: xx.yaml:15: unknown status 'prescription' of a drug" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - offers: {status: [-]}\n" SEND),
		  NULL },
		{ HEAD RULE("xx-a", LAW, "rogue", "global",
		            "    when:\n      - offers: {status: [rx], everywhere: yes}\n" SEND),
		  NULL },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - claims: {arg: [x]}\n" SEND),
		  "rule xx-a: xx.yaml:15: class is missing" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - claims: {class: [noRX]}\n" SEND),
		  "rule xx-a: xx.yaml:15: unknown class of phrases 'noRX'" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - claims: {class: [registered]}\n" SEND),
		  "rule xx-a: xx.yaml:15: unknown class of phrases 'registered'" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - registered: {}\n" SEND),
		  "rule xx-a: xx.yaml:15: registered takes one of serves, any, elsewhere" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global",
		            "    when:\n      - registered: {any: true, serves: US}\n" SEND),
		  "rule xx-a: xx.yaml:15: registered takes one of serves, any, elsewhere" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - registered: {any: false}\n" SEND),
		  "rule xx-a: xx.yaml:15: use 'unless' to ask for the absence of a register row" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - registered: {serves: any}\n" SEND),
		  "rule xx-a: xx.yaml:15: 'any' is not an ISO 3166-1 country code" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - register_loaded: {}\n" SEND),
		  "rule xx-a: xx.yaml:15: country is missing" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", "    when:\n      - imitates: {country: Japan}\n" SEND),
		  "rule xx-a: xx.yaml:15: 'Japan' is not an ISO 3166-1 country code" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global",
		            "    when:\n      - combination: {classes: [pde5]}\n" SEND),
		  "rule xx-a: xx.yaml:15: a combination is of two classes" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global",
		            "    when:\n      - any:\n          - any:\n              - offers: {status: [rx]}\n" SEND),
		  "rule xx-a: xx.yaml:16: any within any" },
		/* the rest */
		{ HEAD RULE("xx-a", LAW, "rogue", "global", WHEN "    weigh: [price]\n" SEND),
		  "rule xx-a: xx.yaml:16: unknown class of phrases 'price'" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", WHEN),
		  "rule xx-a: xx.yaml:7: recipients is missing" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", WHEN "    recipients: [police]\n"),
		  "rule xx-a: xx.yaml:16: unknown recipient 'police'" },
		{ HEAD RULE("xx-a", LAW, "rogue", "destination", WHEN "    recipients: [registrar]\n"),
		  "rule xx-a: xx.yaml:16: a registrar is asked only on grounds of global reach" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", WHEN SEND "    automatic: maybe\n"), NULL },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", WHEN SEND "    destinations: [YY]\n"),
		  "rule xx-a: xx.yaml:17: 'YY' is no destination of the pack" },
		{ HEAD RULE("xx-a", LAW, "rogue", "global", WHEN SEND "    destinations: []\n"),
		  "rule xx-a: xx.yaml:17: an empty list of destinations" },
		/* YAML itself: the file and the line, whatever the words */
		{ "pack: [\n", NULL },
		{ "pack: xx\npack: xx\n", NULL },
		{ "pack: &a xx\n", NULL },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct pack p = { .rule_n = 77 };
		struct err err = { 0 };
		CHECK_INT(i, rows[i].text, parse(rows[i].text, &a, &p, &err), ERR_SYNTAX);
		if (rows[i].want)
			CHECK_SLICE(i, rows[i].text, slice_str(err.what), slice_str(rows[i].want));
		else
			CHECK_INT(i, err.what, strstr(err.what, "xx.yaml:") != NULL, 1);
		CHECK_INT(i, "untouched", p.rule_n, 77);
		arena_release(&a);
	}
	check_done();
}

static void packs_that_contradict_each_other_are_refused(void **state)
{
	static const struct {
		const char *a, *b, *want; /* want NULL: fine */
	} rows[] = {
		{ "pack: aa\ndestinations: [AA]", "pack: bb\ndestinations: [BB]", NULL },
		{ "pack: aa\ndestinations: [AA]", "pack: aa\ndestinations: [BB]",
		  "b.yaml: pack 'aa' is in a.yaml already" },
		{ "pack: aa\ndestinations: [AA, CC]", "pack: bb\ndestinations: [BB, CC]",
		  "b.yaml: a.yaml speaks for CC already" },
		{ "pack: aa\ndestinations: [AA]", "pack: aa-bb\ndestinations: [BB]", NULL },
		/* packs that join */
		{ "pack: aa\ndestinations: [AA]", "pack: bb\nkind: common\ndestinations: [AA, BB]", NULL },
		{ "pack: aa\nkind: category\ndestinations: [AA]", "pack: bb\ndestinations: [AA]", NULL },
		{ "pack: aa\nkind: category\ndestinations: [AA]",
		  "pack: aa\nkind: common\ndestinations: [AA]", "b.yaml: pack 'aa' is in a.yaml already" },
		{ "pack: aa\nkind: category\ndestinations: [AA]",
		  "pack: bb\nkind: common\ndestinations: [AA]",
		  "a.yaml: a pack of kind category joins what packs of jurisdictions say of a country, and "
		  "none of those is here" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct pack p[2];
		struct err err = { 0 };
		const char *const text[2] = { rows[i].a, rows[i].b };
		for (size_t k = 0; k < 2; k++) {
			const char *id = text[k] + strlen("pack: ");
			const char *full = arena_printf(&a, "%s\nversion: 1\ntitle: X\njurisdiction: X\nrules:\n"
			        "  - id: %.*s-a\n    text: t\n    law:\n" LAW "    severity: rogue\n"
			        "    reach: global\n    evidence: e\n" WHEN SEND, text[k],
			        (int)strcspn(id, "\n"), id);
			if (pack_parse(slice_str(full), k ? "b.yaml" : "a.yaml", &a, &p[k], &err))
				fail_msg("%s", err.what);
		}
		CHECK_INT(i, rows[i].b, packs_check(p, 2, &err), rows[i].want ? ERR_SYNTAX : 0);
		if (rows[i].want)
			CHECK_SLICE(i, rows[i].b, slice_str(err.what), slice_str(rows[i].want));
		arena_release(&a);
	}
	check_done();
}

/* A rule of an id, a severity, law and conditions. */
#define ONE(id, severity, law, conditions)                                                         \
	"  - id: " id "\n    text: t\n    law:\n" law "    severity: " severity                       \
	"\n    reach: global\n    evidence: e\n    recipients: [search]\n" conditions
#define OFFER "    when:\n      - offers: {status: [rx]}\n"
#define OLD "      - {cite: c, says: s, from: 1990-01-01, until: 2000-01-01}\n"

static void rules_that_never_fire_or_contradict_are_refused(void **state)
{
	static const struct {
		const char *a, *b, *want; /* bodies of two packs, aa and aa-b; b may be NULL */
	} rows[] = {
		{ ONE("aa-x", "rogue", LAW, OFFER "    unless:\n      - offers: {status: [rx, otc]}\n"), NULL,
		  "rule aa-x: a.yaml:7: the rule never fires: where the condition of line 16 holds, so does "
		  "the exception of line 18" },
		{ ONE("aa-x", "rogue", LAW, OFFER "    unless:\n      - offers: {status: [rx], class: [pde5]}\n"),
		  NULL, NULL },
		{ ONE("aa-x", "rogue", LAW,
		      "    when:\n      - claims: {class: [norx], arg: [JP]}\n"
		      "    unless:\n      - claims: {class: [norx, seal]}\n"),
		  NULL,
		  "rule aa-x: a.yaml:7: the rule never fires: where the condition of line 16 holds, so does "
		  "the exception of line 18" },
		{ ONE("aa-x", "rogue", LAW,
		      "    when:\n      - claims: {class: [norx]}\n"
		      "    unless:\n      - claims: {class: [norx], arg: [JP]}\n"), NULL, NULL },
		{ ONE("aa-x", "rogue", LAW,
		      "    when:\n      - registered: {elsewhere: true}\n"
		      "    unless:\n      - registered: {any: true}\n"),
		  NULL,
		  "rule aa-x: a.yaml:7: the rule never fires: where the condition of line 16 holds, so does "
		  "the exception of line 18" },
		{ ONE("aa-x", "rogue", LAW,
		      "    when:\n      - registered: {elsewhere: true}\n      - registered: {serves: AA}\n"),
		  NULL,
		  "rule aa-x: a.yaml:7: the rule never fires: it wants a register row that covers the "
		  "destination, and that none does" },
		{ ONE("aa-x", "rogue", LAW,
		      "    when:\n      - licence: {scheme: s, register: unknown}\n"
		      "    unless:\n      - licence: {scheme: [s, t], register: [unknown, no_site]}\n"),
		  NULL,
		  "rule aa-x: a.yaml:7: the rule never fires: where the condition of line 16 holds, so does "
		  "the exception of line 18" },
		{ ONE("aa-x", "rogue", OLD LAW, OFFER), NULL,
		  "rule aa-x: a.yaml:7: the rule is never in force: one law of it has ended before another "
		  "begins" },
		/* across packs: one id, and the same question with another answer */
		{ ONE("aa-b-x", "rogue", LAW, OFFER), ONE("aa-b-x", "note", LAW, OFFER),
		  "rule aa-b-x: b.yaml:8: is in a.yaml:7 already" },
		{ ONE("aa-x", "rogue", LAW, OFFER), ONE("aa-b-x", "note", LAW, OFFER),
		  "rule aa-b-x: b.yaml:8: asks what aa-x (a.yaml:7) asks, and is note where that is rogue" },
		{ ONE("aa-x", "rogue", LAW, OFFER), ONE("aa-b-x", "note", OLD, OFFER), NULL },
		{ ONE("aa-x", "rogue", LAW, OFFER),
		  ONE("aa-b-x", "note", LAW, OFFER "      - claims: {class: [norx]}\n"), NULL },
		{ ONE("aa-x", "rogue", LAW, OFFER) ONE("aa-y", "note", LAW, OFFER), NULL,
		  "rule aa-y: a.yaml:17: asks what aa-x (a.yaml:7) asks, and is note where that is rogue" },
		{ ONE("aa-x", "rogue", LAW, OFFER) ONE("aa-y", "note", LAW, OFFER "    destinations: AA\n"),
		  NULL,
		  "rule aa-y: a.yaml:17: asks what aa-x (a.yaml:7) asks, and is note where that is rogue" },
		{ ONE("aa-x", "unapproved", LAW, OFFER "    ground: foreign_legal\n"), NULL, NULL },
		{ ONE("aa-x", "rogue", LAW, OFFER "    ground: foreign_legal\n"), NULL,
		  "rule aa-x: a.yaml:17: foreign_legal is a ground of unapproved alone" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct pack p[2];
		struct err err = { 0 };
		const char *const text[2] = { rows[i].a, rows[i].b };
		size_t n = 0;
		int rc = 0;
		for (size_t k = 0; rc == 0 && k < 2 && text[k]; k++) {
			const char *full = arena_printf(&a, "pack: %s\nversion: 1\ntitle: X\n%s\n"
			        "destinations: [AA]\nrules:\n%s", k ? "aa-b" : "aa",
			        k ? "jurisdiction: X\nkind: common" : "jurisdiction: X", text[k]);
			rc = pack_parse(slice_str(full), k ? "b.yaml" : "a.yaml", &a, &p[k], &err);
			n++;
		}
		if (rc == 0)
			rc = packs_check(p, n, &err);
		CHECK_INT(i, rows[i].a, rc, rows[i].want ? ERR_SYNTAX : 0);
		CHECK_SLICE(i, rows[i].a, slice_str(rc ? err.what : ""),
		            slice_str(rows[i].want ? rows[i].want : ""));
		arena_release(&a);
	}
	check_done();
}

static void a_rule_holds_while_all_its_law_is_in_force(void **state)
{
	static const char law[] = "      - {cite: a, says: s, from: 2000-01-01, until: 2010-01-01}\n"
				  "      - {cite: b, says: s, from: 2005-01-01}\n";
	static const struct {
		const char *at;
		bool want;
	} rows[] = {
		{ "1999-12-31T23:59:59Z", false }, { "2004-12-31T23:59:59Z", false },
		{ "2005-01-01T00:00:00Z", true },  { "2009-12-31T23:59:59Z", true },
		{ "2010-01-01T00:00:00Z", false }, { "2026-01-01T00:00:00Z", false },
	};
	struct arena a = { 0 };
	struct pack p;
	struct err err = { 0 };
	const char *text = arena_printf(&a, HEAD "  - id: xx-a\n    text: t\n    law:\n%s    severity: rogue\n"
	                                    "    reach: global\n    evidence: e\n" WHEN SEND, law);

	(void)state;
	if (parse(text, &a, &p, &err))
		fail_msg("%s", err.what);
	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t at = 0;
		assert_int_equal(timestamp_parse(slice_str(rows[i].at), &at, NULL), 0);
		CHECK_INT(i, rows[i].at, rule_in_force(&p.rule[0], at), rows[i].want);
	}
	arena_release(&a);
	check_done();
}

/* What rogue stands on must not be one country's law alone where a name may fall for it. */
static void the_shipped_packs_are_read_and_agree(void **state)
{
	char files[SHIPPED_PACKS_MAX][SHIPPED_NAME];
	const char *root = getenv("ASSAY_SOURCE");
	struct arena a = { 0 };
	struct pack p[SHIPPED_PACKS_MAX];
	struct err err = { 0 };
	size_t n = shipped_pack_names(files);

	(void)state;
	assert_true(n >= 3);
	for (size_t i = 0; i < n; i++) {
		struct buf text = { 0 };
		char path[4200];
		snprintf(path, sizeof(path), "%s/%s", root ? root : ".", files[i]);
		if (file_read(path, 1 << 20, &text, &err) ||
		    pack_parse(buf_slice(&text), files[i], &a, &p[i], &err))
			fail_msg("%s", err.what);
		buf_release(&text);
		for (size_t r = 0; r < p[i].rule_n; r++)
			CHECK_INT(r, p[i].rule[r].id.p,
			          p[i].rule[r].severity == SEVERITY_ROGUE &&
			                  p[i].rule[r].reach != REACH_GLOBAL,
			          0);
	}
	if (packs_check(p, n, &err))
		fail_msg("%s", err.what);
	arena_release(&a);
	check_done();
}

/* Whether a row of a table begins with the word: "| `offers` | ...". */
static bool page_names(struct slice page, const char *word)
{
	char row[64];

	snprintf(row, sizeof(row), "\n| `%s` |", word);
	return slice_find_slice(page, slice_str(row)) < page.n;
}

static void the_page_of_the_format_names_every_key_and_its_example_is_read(void **state)
{
	static const char *const words[] = {
		"pack", "version", "title", "jurisdiction", "kind", "destinations", "rules", /* a pack */
		"id", "text", "law", "severity", "reach", "ground", "evidence", "when", "unless", "weigh",
		"recipients", "automatic", "destinations",                           /* a rule */
		"cite", "says", "from", "until",                                     /* law */
		"offers", "claims", "sells", "registered", "register_loaded", "imitates", "licence", "seal", "pages",
		"combination", "any",
		"unknown", "renumbered", "inactive", "this_site", "other_site", "no_site", "same_name",
		"other_name", /* of a number */
	};
	const char *root = getenv("ASSAY_SOURCE");
	struct buf text = { 0 }, example = { 0 };
	struct err err = { 0 };
	struct arena a = { 0 };
	struct pack pack;
	char path[4200];

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/format/pack.md", root ? root : ".");
	if (file_read(path, 1 << 20, &text, &err))
		fail_msg("%s", err.what);
	struct slice page = buf_slice(&text);
	size_t known = 0, rows = 0;
	for (size_t i = 0; i < ROWS(words); i++) {
		CHECK_INT(i, words[i], page_names(page, words[i]), 1);
		known += page_names(page, words[i]);
	}
	for (size_t at = 0; at + 4 < page.n; at++)
		rows += memcmp(page.p + at, "\n| `", 4) == 0;
	CHECK_INT(0, "no key that the reader does not know", rows, known);
	struct slice line, rest = slice_sub(page, slice_find_slice(page, SLICE("\n    pack: ")) + 1, page.n);
	while (slice_cut(&rest, '\n', &line) && slice_starts(line, SLICE("    "))) {
		buf_put(&example, slice_sub(line, 4, line.n));
		buf_putc(&example, '\n');
	}
	if (pack_parse(buf_slice(&example), "pack.md", &a, &pack, &err))
		fail_msg("%s", err.what);
	CHECK_INT(0, "the example's conditions", pack.rule[0].when_n + pack.rule[0].unless_n, 3);
	arena_release(&a);
	buf_release(&example);
	buf_release(&text);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pack_gives_every_key_that_was_written),
		cmocka_unit_test(a_refusal_names_the_file_the_line_and_the_rule),
		cmocka_unit_test(packs_that_contradict_each_other_are_refused),
		cmocka_unit_test(rules_that_never_fire_or_contradict_are_refused),
		cmocka_unit_test(a_rule_holds_while_all_its_law_is_in_force),
		cmocka_unit_test(the_shipped_packs_are_read_and_agree),
		cmocka_unit_test(the_page_of_the_format_names_every_key_and_its_example_is_read),
	};
	return cmocka_run_group_tests_name("assess/policy", tests, NULL, NULL);
}

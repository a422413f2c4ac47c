/* A verdict and its findings in, reasons out: as an object, and as text that is compared whole. */
#include "check.h"

#include "assess/reasons.h"
#include "assess/remedy.h"

static const char pack_text[] =
	"pack: xx\n"
	"version: 2026-11-22\n"
	"title: Exland\n"
	"jurisdiction: XX\n"
	"destinations: [XX, YY]\n"
	"rules:\n"
	"  - id: xx-norx\n"
	"    text: Sells prescription medicine without one.\n"
	"    law:\n"
	"      - cite: Act 1, s. 2\n"
	"        says: no sale without a prescription\n"
	"        from: 2001-02-03\n"
	"    severity: rogue\n"
	"    reach: global\n"
	"    evidence: An offer and the claim that no prescription is needed.\n"
	"    when:\n"
	"      - offers: {status: [rx, controlled]}\n"
	"      - claims: {class: [norx, norx_bare, rx_by_form]}\n"
	"    unless:\n"
	"      - registered: {serves: XX}\n"
	"      - registered: {any: true}\n"
	"    weigh: [rx_required]\n"
	"    recipients: [registrar, host]\n"
	"    automatic: true\n"
	"  - id: xx-kit\n"
	"    text: Sells two things together that kill.\n"
	"    law: [{cite: Act 2, says: no, from: 2001-02-03}]\n"
	"    severity: rogue\n"
	"    reach: global\n"
	"    evidence: One block that offers both.\n"
	"    when:\n"
	"      - combination: {classes: [nitrate, pde5]}\n"
	"      - imitates: {country: any}\n"
	"    recipients: [host]\n";

static const char finding_text[] =
	"{\"id\":\"f1\",\"rule\":\"xx-norx\",\"pack\":\"xx\",\"pack_version\":\"2026-11-22\",\"destination\":"
	"\"XX\",\"severity\":\"rogue\",\"reach\":\"global\",\"ground\":\"xx-norx\",\"text\":"
	"\"Sells prescription medicine without one.\",\"law\":[{\"cite\":\"Act 1, s. 2\",\"says\":"
	"\"no sale without a prescription\",\"from\":\"2001-02-03\"}],\"quotations\":[{\"quote\":"
	"\"No \\u001b[1mprescription\",\"url\":\"https://x.example/\",\"at\":\"2026-09-14T08:00:00Z\","
	"\"vantage\":\"local\",\"extractor\":\"html-text/1\",\"evidence\":\"sha256:00\",\"start\":3,"
	"\"end\":22,\"matched\":[{\"start\":3,\"end\":22,\"words\":\"No \\u001b[1mprescription\","
	"\"phrase\":\"norx\",\"language\":\"en\"}]}],"
	"\"weighed\":[{\"kind\":\"claim\",\"text\":\"rx_required\",\"quotation\":{\"quote\":"
	"\"Rx only\",\"url\":\"https://x.example/a\",\"at\":\"2026-09-14T08:00:00Z\",\"vantage\":\"local\","
	"\"extractor\":\"html-text/1\",\"evidence\":\"sha256:01\",\"start\":8,\"end\":15}}]}";

static const char verdict_text[] =
	"{\"id\":\"v1\",\"at\":\"2026-11-01T00:00:00Z\",\"src\":\"assess/1\",\"subject\":{\"kind\":"
	"\"registrable\",\"key\":\"x.example\"},\"captures\":1,\"cells\":["
	"{\"destination\":\"YY\",\"class\":\"out_of_scope\",\"ground\":\"not_offered\",\"findings\":[],"
	"\"counter\":[],\"missing\":[\"a capture from YY: none was made from there\"]},"
	"{\"destination\":\"XX\",\"class\":\"rogue\",\"ground\":\"xx-norx\",\"findings\":[\"f1\"],"
	"\"counter\":[],\"missing\":[\"a second capture, apart in time or vantage\"]},"
	"{\"destination\":\"ZZ\",\"class\":\"out_of_scope\",\"ground\":\"not_offered\",\"findings\":[],"
	"\"counter\":[],\"missing\":[\"a capture from ZZ: none was made from there\"]}],"
	"\"inputs\":{\"assess\":\"assess/1\",\"evidence\":[\"sha256:00\"],\"extractor\":[\"html-text/1\"],"
	"\"lexicon\":\"sha256:02\",\"packs\":{\"xx\":{\"version\":\"2026-11-22\",\"digest\":\"%s\"}},"
	"\"registers\":\"sha256:03\",\"suffixes\":\"sha256:04\",\"unicode\":\"fold/1\"}}";

static const char want[] =
	"x.example, for buyers in Exland (XX): rogue, on the ground xx-norx\n"
	"  What was found breaks the law of this territory in a way that hangs on\n"
	"  no one country's rules: medicine is sold past the safeguards that\n"
	"  protect buyers. Measures that take effect everywhere may rest on it,\n"
	"  once people have decided so.\n"
	"\n"
	"Why\n"
	"1. Sells prescription medicine without one.\n"
	"   What stands on the site:\n"
	"     (Between stars: the words that the rule took; the stars are not the\n"
	"     site's. What words of that kind mean is told below each quotation;\n"
	"     it is no translation of the sentence.)\n"
	"     > \"*No [1mprescription*\"\n"
	"       *No [1mprescription* (English): these words say that no\n"
	"       prescription is needed\n"
	"       at https://x.example/\n"
	"       seen 2026-09-14 08:00:00 UTC from local, bytes 3 to 22 of the\n"
	"       page's text (html-text/1)\n"
	"       page sha256:00\n"
	"   What the law says:\n"
	"     - Act 1, s. 2, in force since 2001-02-03: no sale without a\n"
	"       prescription\n"
	"   Rule: xx-norx of pack xx, version 2026-11-22; it supports rogue, and\n"
	"         the ground hangs on no one country's law\n"
	"   What the rule takes as proof:\n"
	"     An offer and the claim that no prescription is needed.\n"
	"   What speaks against it, and was not enough:\n"
	"     - the site says that a prescription is required\n"
	"     > \"Rx only\"\n"
	"       at https://x.example/a\n"
	"       seen 2026-09-14 08:00:00 UTC from local, bytes 8 to 15 of the\n"
	"       page's text (html-text/1)\n"
	"       page sha256:01\n"
	"   Any one of these clears this point:\n"
	"     - an official register names this site's domain, and that entry\n"
	"       covers buyers in Exland\n"
	"     - an official register names this site's domain\n"
	"     - the site does not offer what is quoted to buyers in Exland, or it\n"
	"       is not controlled or prescription-only there\n"
	"     - the site does not say that no prescription is needed, or that a\n"
	"       form or questionnaire takes the place of a prescription: what is\n"
	"       quoted is a warning, somebody else's words, or misread\n"
	"   Who may be asked to act on it, once people have decided so:\n"
	"     registrar, host\n"
	"\n"
	"What was found in the site's favour\n"
	"  Nothing that a rule asks for.\n"
	"\n"
	"What evidence is missing\n"
	"  - a second capture, apart in time or vantage\n"
	"\n"
	"Was it automated?\n"
	"  A program found this. A verdict is no decision: nothing is published,\n"
	"  and nobody is asked to act, before people have looked and decided.\n"
	"  Rules that may do without them are named here.\n"
	"  Rule xx-norx may be listed without a person, where the list has\n"
	"  switched that on.\n"
	"\n"
	"If this is wrong\n"
	"  To whom: appeals@desk.example\n"
	"  - Name the site and the verdict below.\n"
	"  - If the site is licensed: send the register's name and the number in\n"
	"    it. An entry that names this domain and covers this territory\n"
	"    settles it; nobody need argue.\n"
	"  - If a quotation is misread or not yours: say which. It is looked up\n"
	"    in the page as it was received.\n"
	"  - If the page was changed since: say so. It is captured anew, and the\n"
	"    verdict is made anew from that.\n"
	"\n"
	"x.example, for buyers in YY, ZZ: out_of_scope, on the ground not_offered\n";

struct made {
	struct arena arena;
	struct pack pack;
	json_t *verdict;
	json_t *reasons[3];
};

static int find(void *ctx, struct slice id, json_t **out, struct err *err)
{
	(void)ctx;
	*out = NULL;
	return slice_eq_str(id, "f1") ? json_parse_object(slice_str(finding_text), 1 << 16, out, err) : 0;
}

/* known: the verdict was made with the very pack that is at hand. */
static void make(struct made *m, bool known)
{
	struct err err = { 0 };
	char digest[7 + SHA256_HEX] = "sha256:", text[8192];
	const json_t *cell;
	size_t i;

	*m = (struct made){ 0 };
	if (pack_parse(slice_str(pack_text), "xx.yaml", &m->arena, &m->pack, &err))
		fail_msg("%s", err.what);
	sha256_hex(m->pack.digest, digest + 7);
	snprintf(text, sizeof(text), verdict_text, known ? digest : "sha256:05");
	assert_int_equal(json_parse_object(slice_str(text), 1 << 16, &m->verdict, &err), 0);
	struct reasons_source from = { { find, NULL }, &m->pack, 1, "appeals@desk.example" };
	json_array_foreach(json_arr(m->verdict, "cells"), i, cell)
		assert_int_equal(reasons_of(m->verdict, cell, &from, &m->reasons[i], &err), 0);
}

static void release(struct made *m)
{
	for (size_t i = 0; i < 3; i++)
		json_decref(m->reasons[i]);
	json_decref(m->verdict);
	arena_release(&m->arena);
}

static void the_text_is_what_a_person_reads(void **state)
{
	struct made m;
	struct buf out = { 0 };
	struct err err = { 0 };

	(void)state;
	make(&m, true);
	assert_int_equal(reasons_put_text(m.verdict, m.reasons, 3, &out, &err), 0);
	CHECK_SLICE(0, "text", slice_sub(buf_slice(&out), 0, strlen(want)), slice_str(want));
	assert_true(slice_find_slice(buf_slice(&out), SLICE("  - a capture from YY: none")) < out.n);
	assert_true(slice_find_slice(buf_slice(&out), SLICE("  - a capture from ZZ: none")) < out.n);
	buf_release(&out);
	release(&m);
	check_done();
}

static void a_rule_of_other_bytes_is_not_explained_by_those_at_hand(void **state)
{
	struct made m;

	(void)state;
	for (int known = 0; known < 2; known++) {
		make(&m, known);
		const json_t *fact = json_array_get(json_arr(m.reasons[1], "facts"), 0);
		assert_true(slice_eq_str(json_str(fact, "rule"), "xx-norx"));
		assert_int_equal(json_str(fact, "proof").n > 0, known);
		assert_int_equal(json_arr(fact, "cleared_by") != NULL, known);
		release(&m);
	}
}

static void what_words_mean_stands_in_the_object_and_not_in_the_finding(void **state)
{
	struct made m;

	(void)state;
	make(&m, true);
	const json_t *fact = json_array_get(json_arr(m.reasons[1], "facts"), 0);
	const json_t *q = json_array_get(json_arr(fact, "quotations"), 0);
	const json_t *words = json_array_get(json_arr(q, "matched"), 0);
	CHECK_SLICE(0, "means", json_str(words, "means"), SLICE("say that no prescription is needed"));
	assert_null(strstr(finding_text, "means"));
	release(&m);
	check_done();
}

static void a_finding_that_is_not_there_is_an_error(void **state)
{
	struct reasons_source from = { { find, NULL }, NULL, 0, NULL };
	struct err err = { 0 };
	json_t *cell = NULL, *out = NULL;

	(void)state;
	assert_int_equal(json_parse_object(SLICE("{\"destination\":\"XX\",\"class\":\"rogue\",\"findings\":"
	                                         "[\"gone\"]}"), 1 << 10, &cell, &err), 0);
	assert_int_equal(reasons_of(NULL, cell, &from, &out, &err), ERR_CORRUPT);
	assert_null(out);
	json_decref(cell);
}

static void each_condition_is_turned_round(void **state)
{
	static const char *const wanted[] = {
		"what is quoted together is not sold together (nitrate and pde5)",
		"the name belongs to the pharmacy that it resembles, or has a use of its own that has "
		"nothing to do with it",
	};
	struct made m;

	(void)state;
	make(&m, true);
	json_t *list = remedy_of(&m.pack.rule[1], SLICE("XX"), SLICE("Exland"));
	assert_int_equal(json_array_size(list), 2);
	for (size_t i = 0; i < 2; i++)
		CHECK_SLICE(i, "remedy", json_text(json_array_get(list, i)), slice_str(wanted[i]));
	json_decref(list);
	release(&m);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_what_a_person_reads),
		cmocka_unit_test(a_rule_of_other_bytes_is_not_explained_by_those_at_hand),
		cmocka_unit_test(what_words_mean_stands_in_the_object_and_not_in_the_finding),
		cmocka_unit_test(a_finding_that_is_not_there_is_an_error),
		cmocka_unit_test(each_condition_is_turned_round),
	};
	return cmocka_run_group_tests_name("assess/reasons", tests, NULL, NULL);
}

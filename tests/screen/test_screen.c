#include "check.h"

#include "base/buf.h"
#include "screen/screen.h"
#include "screen/skeleton.h"
#include "wire/dname.h"

#include <jansson.h>
#include <stdlib.h>

#define ALL "\t-\t-\t-\t-\t-\t-\t-\t-\tINN\n"

static const char substances[] =
	"substance\tclass\trisk\tUS\tJP\tGB\tDE\tFR\tCA\tIN\tAU\tsource\n"
	"sildenafil\tpde5\thigh" ALL "tadalafil\tpde5\thigh" ALL "alprazolam\tbenzo\thigh" ALL
	"carisoprodol\tmuscle_relaxant\thigh" ALL "raloxifene\tbone\tlow" ALL
	"loratadine\tallergy\tlow" ALL "methyltestosterone\tandrogen\thigh" ALL;

static const char drugs[] =
	"term\tkind\tsubstance\tlang\tambiguous\n"
	"sildenafil\tinn\tsildenafil\tmul\n"
	"\xd1\x81\xd0\xb8\xd0\xbb\xd0\xb4\xd0\xb5\xd0\xbd\xd0\xb0\xd1\x84\xd0\xb8\xd0\xbb"
	"\tinn\tsildenafil\tru\n"
	"\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9\tbrand\tsildenafil\tja\n"
	"Viagra\tbrand\tsildenafil\tmul\nCialis\tbrand\ttadalafil\tmul\n"
	"Xanax\tbrand\talprazolam\tmul\nSoma\tbrand\tcarisoprodol\tmul\n"
	"Evista\tbrand\traloxifene\tmul\nloratadine\tinn\tloratadine\tmul\n"
	"Android\tbrand\tmethyltestosterone\ten\tyes\n";

static const char words[] =
	"word\tclass\tlang\tedge\n"
	"pharmacy\tpharmacy\ten\tany\nfarmacia\tpharmacy\tes\tany\n"
	"farm\xc3\xa1"
	"cia\tpharmacy\tpt\tany\napotheke\tpharmacy\tde\tany\n"
	"\xe8\x96\xac\xe5\xb1\x80\tpharmacy\tja\tany\n"
	"\xd0\xb0\xd0\xbf\xd1\x82\xd0\xb5\xd0\xba\xd0\xb0\tpharmacy\tru\tany\n"
	"pill\tweak\ten\tlabel\nmeds\tweak\ten\tlabel\nrx\tweak\tmul\tlabel\n"
	"ed\tweak\ten\tlabel\n"
	"buy\tcommerce\ten\tlabel\ncheap\tcommerce\ten\tlabel\nshop\tcommerce\ten\tlabel\n"
	"online\tcommerce\ten\tlabel\n24h\tcommerce\tmul\tlabel\n"
	"g\xc3\xbcnstig\tcommerce\tde\tany\n"
	"canadian\tcountry\ten\tany\nca\tcountry\tmul\tlabel\n"
	"noprescription\tnorx\ten\tany\n"
	"specialist\tordinary\ten\tany\nsocialist\tordinary\ten\tany\n"
	"vistaline\tordinary\ten\tany\n"
	"pharmacology\tordinary\ten\tany\n";

static const char list[] =
	"// ===BEGIN ICANN DOMAINS===\ncom\nuk\nco.uk\nexample\npharmacy\nshop\n"
	"pharmacy.uk\n// ===END ICANN DOMAINS===\n"
	"// ===BEGIN PRIVATE DOMAINS===\nviagra-pages.com\n// ===END PRIVATE DOMAINS===\n";

struct world {
	struct lexicon *lexicon;
	struct suffixes *suffixes;
	struct screen *screen;
};

static int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err err = { 0 };
	const struct lexicon_files files = { slice_str(drugs),
		                             SLICE("class\tlang\tpattern\nnorx\ten\tno rx\n"),
		                             slice_str(substances), slice_str(words) };

	if (!w || lexicon_load(&files, &w->lexicon, &err) < 0 ||
	    suffixes_new(slice_str(list), NULL, 0, &w->suffixes, &err) < 0 ||
	    screen_new(w->lexicon, w->suffixes, &w->screen, &err) < 0) {
		printf("# %s\n", err.what);
		return -1;
	}
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	screen_free(w->screen);
	suffixes_free(w->suffixes);
	lexicon_free(w->lexicon);
	free(w);
	return 0;
}

/* "tier: class word@start-end(folding) ..." */
static void look(const struct world *w, const char *as_written, struct buf *got)
{
	struct dname name;
	struct suspect s;

	buf_clear(got);
	if (dname_parse(slice_str(as_written), &name, NULL) < 0) {
		buf_puts(got, "no name");
		return;
	}
	enum screen_tier tier = screen_name(w->screen, dname_slice(&name), &s);
	buf_printf(got, "%s:", screen_tier_name(tier));
	for (uint32_t i = 0; i < s.n; i++) {
		const struct screen_reason *r = &s.reason[i];
		char folding[FOLDING_TEXT];
		screen_folding_name(r->folding, folding);
		buf_printf(got, " %s %.*s@%u-%u", screen_class_name(r->class), SLICE_ARG(r->word),
		           r->start, r->end);
		if (r->folding)
			buf_printf(got, "(%s)", folding);
	}
}

static void names_are_seen_through_to_their_words(void **state)
{
	static const struct {
		const char *name;
		const char *want;
	} rows[] = {
		/* tiers */
		{ "bakery.example", "nothing:" },
		{ "sildenafil.example", "drug: drug sildenafil@0-10" },
		{ "buyviagra.example", "drug: commerce buy@0-3 drug Viagra@3-9" },
		{ "pharmacy.example", "word: pharmacy pharmacy@0-8" },
		{ "smithpharmacy.example", "word: pharmacy pharmacy@5-13" },
		{ "canadianpharmacy.example",
		  "combined: country canadian@0-8 pharmacy pharmacy@8-16" },
		{ "noprescription.example", "combined: norx noprescription@0-14" },
		{ "meds.example", "nothing:" },
		{ "pill-meds.example", "word: weak pill@0-4 weak meds@5-9" },
		{ "meds-meds.example", "nothing:" },
		{ "shop-canadian.example", "nothing:" },
		/* words inside others do not count */
		{ "specialist.example", "nothing:" },
		{ "superspecialisten.example", "nothing:" },
		{ "liberalsocialisterna.example", "nothing:" },
		{ "nevistaline.example",
		  "nothing:" }, /* all but a letter of Evista, in "vistaline" */
		{ "pharmacology-shop.example", "nothing:" },
		{ "cialisspecialist.example", "drug: drug Cialis@0-6" },
		/* label words need borders */
		{ "smedslatten.example", "nothing:" },
		{ "cheapmeds.example", "combined: commerce cheap@0-5 weak meds@5-9" },
		{ "cheapmedsx.example", "nothing:" },
		{ "meds24h.example", "combined: weak meds@0-4 commerce 24h@4-7" },
		{ "pharmacyrx.example", "word: pharmacy pharmacy@0-8 weak rx@8-10" },
		{ "buycheapviagra.example",
		  "drug: commerce buy@0-3 commerce cheap@3-8 drug Viagra@8-14" },
		/* two letters by chance */
		{ "ca-rx.example", "combined: country ca@0-2 weak rx@3-5" },
		{ "carx.example", "nothing:" },
		{ "onlinerx.example", "combined: commerce online@0-6 weak rx@6-8" },
		/* short and ambiguous names of drugs */
		{ "soma.example", "nothing:" },
		{ "buysoma.example", "combined: commerce buy@0-3 drug Soma@3-7" },
		{ "xanax.example", "drug: drug Xanax@0-5" },
		{ "axanaxb.example", "nothing:" },
		{ "android.example", "nothing:" },
		{ "android-shop.example", "combined: drug Android@0-7 commerce shop@8-12" },
		/* amid other letters */
		{ "revista.example", "word: drug Evista@1-7" },
		{ "vista-evista.example", "drug: drug Evista@6-12" },
		{ "viagrainfo.example", "drug: drug Viagra@0-6" },
		{ "infoviagra.example", "drug: drug Viagra@4-10" },
		{ "abcviagraxyz.example", "word: drug Viagra@3-9" },
		{ "viagraxy.example", "word: drug Viagra@0-6" },
		{ "viagraxy-shop.example", "word: drug Viagra@0-6 commerce shop@9-13" },
		{ "viagraincanadian.example", "drug: drug Viagra@0-6 country canadian@8-16" },
		{ "viagras.example", "drug: drug Viagra@0-6" },
		{ "viagraaa.example", "drug: drug Viagra@0-6" },
		{ "viagraa24.example", "drug: drug Viagra@0-6" },
		{ "abcsildenafilxyz.example", "drug: drug sildenafil@3-13" },
		/* disguises */
		{ "v1agra.example", "drug: drug Viagra@0-6(leet)" },
		{ "sild3naf1l.example", "drug: drug sildenafil@0-10(leet)" },
		{ "cia1is.example", "drug: drug Cialis@0-6(leet)" },
		{ "viaggra.example", "drug: drug Viagra@0-7(doubled)" },
		{ "vviiaaggrraa.example", "drug: drug Viagra@1-11(doubled)" },
		{ "via-gra.example", "drug: drug Viagra@0-7(hyphen)" },
		{ "v-i-a-g-r-a.example", "drug: drug Viagra@0-11(hyphen)" },
		{ "mega-via-grand.example", "nothing:" },
		{ "v\xc3\xad"
		  "agra.example",
		  "drug: drug Viagra@0-13(confusable)" },
		{ "vi\xd0\xb0gra.example", "drug: drug Viagra@0-13(confusable)" },
		{ "ph4rmacy.example", "word: pharmacy pharmacy@0-8(leet)" },
		/* not disguises */
		{ "10ratadine.example", "drug: drug loratadine@0-10(leet)" },
		{ "210ratadine.example", "nothing:" },
		{ "m3ds-shop.example", "nothing:" },
		{ "pil-shop.example", "nothing:" },
		{ "zah-meds.example", "nothing:" },
		/* a repeated letter where two words meet is nobody's disguise */
		{ "cheappill.example", "combined: commerce cheap@0-5 weak pill@5-9" },
		{ "apothekeed.example", "word: pharmacy apotheke@0-8 weak ed@8-10" },
		/* other scripts and accents */
		{ "g\xc3\xbcnstigpill.example",
		  "combined: weak pill@0-18 commerce g\xc3\xbcnstig@0-18" },
		{ "gunstig-apotheke.example",
		  "combined: commerce g\xc3\xbcnstig@0-7 pharmacy apotheke@8-16" },
		{ "farm\xc3\xa1"
		  "cia.example",
		  "word: pharmacy farm\xc3\xa1"
		  "cia@0-15" },
		{ "\xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9.example",
		  "drug: drug \xe3\x83\x90\xe3\x82\xa4\xe3\x82\xa2\xe3\x82\xb0\xe3\x83\xa9@0-14" },
		{ "\xe8\x96\xac\xe5\xb1\x80rx.example",
		  "word: pharmacy \xe8\x96\xac\xe5\xb1\x80@0-15 weak rx@0-15" },
		{ "\xd0\xb0\xd0\xbf\xd1\x82\xd0\xb5\xd0\xba\xd0\xb0.example",
		  "word: pharmacy \xd0\xb0\xd0\xbf\xd1\x82\xd0\xb5\xd0\xba\xd0\xb0@0-12" },
		{ "xn--i-7iq.example", "nothing:" },
		/* only what the owner chose is read */
		{ "viagra", "nothing:" },
		{ "x.viagra-pages.com", "nothing:" },
		{ "viagra-pages.com", "drug: drug Viagra@0-6" },
		{ "viagra.viagra-pages.com", "drug: drug Viagra@0-6" },
		{ "shop.pharmacy.uk", "nothing:" },
		{ "buy.pharmacy", "combined: commerce buy@0-3 pharmacy pharmacy@4-12" },
		{ "smith.pharmacy", "word: pharmacy pharmacy@6-14" },
		{ "pharmacy", "nothing:" },
		{ "www.viagra.bakery.example", "drug: drug Viagra@4-10" },
	};
	struct buf got = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		look(*state, rows[i].name, &got);
		CHECK_SLICE(i, rows[i].name, buf_slice(&got), slice_str(rows[i].want));
	}
	buf_release(&got);
	check_done();
}

static uint32_t score_of(const struct world *w, const char *name)
{
	struct suspect s;

	screen_name(w->screen, slice_str(name), &s);
	return s.score;
}

static void a_graver_name_scores_higher(void **state)
{
	/* Each row's first name ranks above its second. */
	static const struct {
		const char *higher, *lower;
	} rows[] = {
		{ "viagra.example", "canadian-pharmacy-shop.example" },
		{ "buy-viagra.example", "viagra.example" },
		{ "v1agra.example", "viagra.example" },
		{ "viagra.example", "evista.example" },
		{ "canadian-pharmacy.example", "pharmacy.example" },
		{ "pharmacy.example", "abcviagraxyz.example" },
		{ "abcviagraxyz.example", "meds.example" },
		{ "pill-meds.example", "meds.example" },
		{ "noprescription-pharmacy.example", "noprescription.example" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint32_t high = score_of(*state, rows[i].higher),
			 low = score_of(*state, rows[i].lower);
		CHECK_INT(i, rows[i].higher, high > low, 1);
		CHECK_INT(i, rows[i].higher, high <= 1000000, 1);
	}
	check_done();
}

static void a_name_full_of_words_is_bounded(void **state)
{
	const struct world *w = *state;
	struct buf name = { 0 };
	struct suspect s;

	for (int i = 0; i < 40; i++)
		buf_printf(&name, "%sviagra", i > 0 && i % 10 == 0 ? "." : "");
	buf_puts(&name, ".com");
	assert_int_equal(screen_name(w->screen, buf_slice(&name), &s), SCREEN_DRUG);
	assert_int_equal(s.n, SCREEN_REASONS);
	for (uint32_t i = 1; i < s.n; i++)
		assert_true(s.reason[i - 1].start < s.reason[i].start);
	buf_release(&name);
}

static void a_suspect_becomes_a_record_with_one_id(void **state)
{
	const struct world *w = *state;
	struct slice name = SLICE("www.v1agra.viagra-pages.com");
	struct suspect s;
	struct record a, b;
	struct buf line = { 0 };
	struct err err = { 0 };

	assert_int_equal(screen_name(w->screen, name, &s), SCREEN_DRUG);
	if (suspect_record(w->screen, name, &s, SLICE("list.txt"), 0, &a, &err) < 0)
		fail_msg("%s", err.what);
	assert_int_equal(suspect_record(w->screen, name, &s, SLICE("list.txt"), 86400, &b, &err),
	                 0);
	assert_true(sha256_eq(a.id, b.id)); /* a pure output's time is no part of it */
	assert_true(slice_eq_str(a.kind, "host"));
	assert_true(slice_eq_str(a.key, "v1agra.viagra-pages.com"));
	assert_int_equal(record_format(&a, &line, &err), 0);
	record_release(&a);
	assert_int_equal(record_parse(buf_slice(&line), &a, &err), 0);
	const json_t *reason = json_array_get(json_object_get(a.body, "reasons"), 0);
	assert_string_equal(json_string_value(json_object_get(reason, "word")), "Viagra");
	assert_string_equal(json_string_value(json_object_get(reason, "folding")), "leet");
	assert_string_equal(json_string_value(json_object_get(reason, "substance")), "sildenafil");
	assert_int_equal(json_integer_value(json_object_get(reason, "start")), 4);
	assert_int_equal(json_integer_value(json_object_get(a.body, "score")), s.score);
	record_release(&a);
	record_release(&b);
	buf_release(&line);
}

static void a_skeleton_is_what_the_eye_reads(void **state)
{
	(void)state;
	static const struct {
		uint32_t c, want;
	} rows[] = {
		{ 'a', 'a' },       { 0xe9, 'e' },      { 0x1ebf, 'e' },    { 0xf8, 'o' },
		{ 0x430, 'a' },     { 0x451, 'e' },     { 0x3bf, 'o' },     { 0x131, 'i' },
		{ 0x3ac, 'a' },     { 0x304c, 0x304c }, { 0x85ac, 0x85ac }, { 0x448, 0x448 },
		{ 0xd55c, 0xd55c },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[16];
		snprintf(text, sizeof(text), "U+%04X", (unsigned)rows[i].c);
		CHECK_INT(i, text, skeleton_letter(rows[i].c), rows[i].want);
	}
	check_done();
}

/* Every name that can be is folded within its bounds: the longest ones, all of one letter, of
 * A-labels that decode to as many characters and bytes as they can. */
static void the_longest_names_fit(void **state)
{
	const struct world *w = *state;
	static const char *const labels[] = {
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"abababababababababababababababababababababababababababababababa",
		"xn--ls8haaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"xn--99zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
		"xn--1111111111111111111111111111111111111111111111111-1111111111",
		"1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1",
	};
	struct skeleton *k = malloc(sizeof(*k));

	assert_non_null(k);
	for (size_t i = 0; i < ROWS(labels); i++) {
		char name[400];
		struct suspect s;
		int n = snprintf(name, sizeof(name), "%.63s.%.63s.%.63s.%.61s", labels[i],
		                 labels[i], labels[i], labels[i]);
		struct slice text = slice_from(name, (size_t)n);
		assert_int_equal(n, 253);
		assert_true(skeleton_of_name(text, SKELETON_ONE_IS_I, k));
		assert_true(k->chars <= SKELETON_CHARS && k->bytes <= SKELETON_BYTES);
		screen_name(w->screen, text, &s);
		assert_false(skeleton_of_name(slice_from(name, 254), SKELETON_ONE_IS_I, k));
	}
	free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_seen_through_to_their_words),
		cmocka_unit_test(a_graver_name_scores_higher),
		cmocka_unit_test(a_name_full_of_words_is_bounded),
		cmocka_unit_test(a_suspect_becomes_a_record_with_one_id),
		cmocka_unit_test(a_skeleton_is_what_the_eye_reads),
		cmocka_unit_test(the_longest_names_fit),
	};
	return cmocka_run_group_tests(tests, open_world, close_world);
}

/* Which words of a quotation count, and what words of their kind mean. */
#include "fixture.h"

#include "assess/gloss.h"
#include "assess/report.h"

/* "*sildenafil rx*, *price*": what the matched words are, each found again in the page's text. */
static void say_matched(const struct sample *s, const json_t *q, struct buf *out)
{
	struct slice text = s->site.page[0].page->text;
	const json_t *m;
	size_t i;

	json_array_foreach(json_arr(q, "matched"), i, m) {
		int64_t start = json_i64(m, "start", -1), end = json_i64(m, "end", -1);
		assert_true(start >= json_i64(q, "start", 0) && end <= json_i64(q, "end", 0));
		assert_true(slice_eq(json_str(m, "words"),
		                     slice_sub(text, (size_t)start, (size_t)end)));
		buf_printf(out, "%s%.*s=%.*s%.*s%.*s%.*s%s", i ? ", " : "",
		           SLICE_ARG(json_str(m, "words")), SLICE_ARG(json_str(m, "phrase")),
		           SLICE_ARG(json_str(m, "substance")), SLICE_ARG(json_str(m, "language")),
		           SLICE_ARG(json_str(m, "supply")),
		           json_flag(m, "price", false) ? "price" : "");
	}
}

static void the_words_that_count_are_told_apart_from_their_sentence(void **state)
{
	static const struct {
		const char *html;
		enum fact_kind kind;
		const char *destination, *want; /* of the first fact of the kind, of norx for claims */
	} rows[] = {
		{ "<p>Viagra 100 mg, 10 tablets $40.00 <button>Add to cart</button></p>", FACT_OFFER,
		  "JP", "Viagra=sildenafilrx, $40.00=price" },
		/* a fact is of no destination */
		{ "<p>Viagra 100 mg, 10 tablets $40.00 <button>Add to cart</button></p>", FACT_OFFER,
		  "", "Viagra=sildenafil, $40.00=price" },
		/* a word that sells stands before the drug: words are in their order */
		{ "<p>Here you can buy Viagra at any hour of the day.</p>", FACT_OFFER, "US",
		  "buy=sellen, Viagra=sildenafilrx" },
		/* a price elsewhere is no part of the quotation */
		{ "<p>Only $40.00 for Viagra 100 mg today <button>Add to cart</button></p>",
		  FACT_OFFER, "US", "Viagra=sildenafilrx" },
		{ "<p>バイアグラ 50mg 10錠 4,980円 <button>カートに入れる</button></p>", FACT_OFFER, "JP",
		  "バイアグラ=sildenafilrx, 4,980円=price" },
		{ "<p>Sildenafil</p><p>At our shop, as ever, no prescription needed for any of it.</p>",
		  FACT_CLAIM, "US", "no prescription needed=norxen" },
		{ "<p>バイアグラ</p><p>当店の商品はすべて処方箋不要でご購入いただけます。</p>", FACT_CLAIM,
		  "JP", "処方箋不要=norxja" },
		{ "<p>Виагра</p><p>У нас вы можете купить всё без рецепта врача, быстро.</p>", FACT_CLAIM,
		  "US", "без рецепта врача=norx_bareru" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sample s;
		struct buf out = { 0 };
		sample_begin(&s, "shop.example");
		sample_page(&s, "/", "2026-09-14T08:00:00Z", rows[i].html);
		sample_assess(&s);
		const struct facts *facts = &s.out[0].extract->facts;
		size_t k = 0;
		while (k < facts->n && (facts->fact[k].kind != rows[i].kind ||
		                        (rows[i].kind == FACT_CLAIM &&
		                         facts->fact[k].phrase > PHRASE_NORX_BARE)))
			k++;
		if (k == facts->n)
			fail_msg("row %zu gives no such fact: %s", i, rows[i].html);
		json_t *q = report_quotation(&s.out[0], (uint32_t)k, slice_str(rows[i].destination));
		assert_non_null(q);
		say_matched(&s, q, &out);
		CHECK_SLICE(i, rows[i].html, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
		json_decref(q);
		sample_free(&s);
	}
	check_done();
}

static void a_country_is_matched_with_the_word_of_shipping(void **state)
{
	struct sample s;
	struct buf out = { 0 };

	(void)state;
	sample_begin(&s, "shop.example");
	sample_page(&s, "/", "2026-09-14T08:00:00Z", "<p>Sildenafil</p><p>To France we deliver in a week.</p>");
	sample_assess(&s);
	const struct facts *facts = &s.out[0].extract->facts;
	for (size_t k = 0; k < facts->n; k++) {
		if (facts->fact[k].kind != FACT_CLAIM || facts->fact[k].phrase != PHRASE_SHIP_TO)
			continue;
		json_t *q = report_quotation(&s.out[0], (uint32_t)k, SLICE("FR"));
		say_matched(&s, q, &out);
		json_decref(q);
		break;
	}
	CHECK_SLICE(0, "shipping", buf_slice(&out), SLICE("France=placeen, deliver=shipen"));
	buf_release(&out);
	sample_free(&s);
	check_done();
}

static void what_was_read_without_the_lexicon_has_no_such_words(void **state)
{
	struct sample s;
	bool seen = false;

	(void)state;
	sample_begin(&s, "shop.example");
	sample_page(&s, "/", "2026-09-14T08:00:00Z", "<p>GPhC premises number: 1099123</p>");
	sample_assess(&s);
	const struct facts *facts = &s.out[0].extract->facts;
	for (size_t k = 0; k < facts->n; k++) {
		if (facts->fact[k].kind != FACT_LICENCE)
			continue;
		json_t *q = report_quotation(&s.out[0], (uint32_t)k, SLICE("GB"));
		assert_non_null(q);
		assert_null(json_object_get(q, "matched"));
		json_decref(q);
		seen = true;
	}
	assert_true(seen);
	sample_free(&s);
}

static void matched_words_mean_what_their_class_does(void **state)
{
	static const struct {
		const char *matched, *want;
	} rows[] = {
		{ "{\"phrase\":\"norx\",\"language\":\"ja\"}", "say that no prescription is needed" },
		{ "{\"phrase\":\"cart\",\"language\":\"en\"}", "say that orders are taken" },
		{ "{\"substance\":\"sildenafil\"}", "name sildenafil" },
		{ "{\"substance\":\"sildenafil\",\"supply\":\"rx\"}",
		  "name sildenafil, which the lexicon has as prescription-only in Japan" },
		{ "{\"substance\":\"diazepam\",\"supply\":\"controlled\"}",
		  "name diazepam, which the lexicon has as a controlled drug in Japan" },
		{ "{\"substance\":\"x\",\"supply\":\"surprise\"}", "name x" },
		{ "{\"price\":true}", "state a price" },
		{ "{\"price\":false}", "" },
		{ "{\"phrase\":\"surprise\"}", "" },
		{ "{}", "" },
	};
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		json_t *m = NULL;
		assert_int_equal(json_parse_object(slice_str(rows[i].matched), 1 << 10, &m, NULL), 0);
		gloss_put(m, SLICE("Japan"), &out);
		CHECK_SLICE(i, rows[i].matched, buf_slice(&out), slice_str(rows[i].want));
		json_decref(m);
		buf_release(&out);
	}
	check_done();
}

static void every_class_of_phrases_has_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PHRASE_CLASSES; i++) {
		const char *says = gloss_phrase((enum phrase_class)i);
		assert_non_null(says);
		assert_null(strchr(says, '_'));
	}
	assert_ptr_equal(gloss_phrase(PHRASE_NORX), gloss_phrase(PHRASE_NORX_BARE));
}

static void every_language_of_the_lexicon_has_a_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < shipped.lexicon->phrases; i++) {
		struct slice tag = shipped.lexicon->phrase[i].lang;
		if (slice_eq(gloss_language(tag), tag))
			fail_msg("phrases.tsv:%u: %.*s has no name", shipped.lexicon->phrase[i].line,
			         SLICE_ARG(tag));
	}
	assert_true(slice_eq_str(gloss_language(SLICE("tlh")), "tlh"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_that_count_are_told_apart_from_their_sentence),
		cmocka_unit_test(a_country_is_matched_with_the_word_of_shipping),
		cmocka_unit_test(what_was_read_without_the_lexicon_has_no_such_words),
		cmocka_unit_test(matched_words_mean_what_their_class_does),
		cmocka_unit_test(every_class_of_phrases_has_words),
		cmocka_unit_test(every_language_of_the_lexicon_has_a_name),
	};
	return cmocka_run_group_tests_name("assess/gloss", tests, shipped_load, shipped_free);
}

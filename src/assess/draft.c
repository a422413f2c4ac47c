#include "assess/draft.h"

#include "assess/media.h"
#include "assess/offer.h"
#include "assess/trade.h"

#include <stdlib.h>

enum { NEAR_BLOCKS = 4, NEAR_BYTES = 400, ROW_BYTES = 1500, DOSE_BYTES = 48 };
enum { REFUSED_BYTES = 60, ONLY_BYTES = 16, ANSWER_BYTES = 24, FREE_NEAR = 80, HEADING_NEAR = 80 };
enum { LABEL_BYTES = 100 }; /* of a price tag; more is running text */

/* A dose ("100 mg") close behind a term. */
static bool has_dose(const struct reading *r, const struct place *p)
{
	size_t to = p->hit.end + DOSE_BYTES;

	return text_has_dose(slice_sub(r->folded->text, p->hit.end, to));
}

/* A dose or a price close to a term. */
static bool has_dose_or_price(const struct reading *r, const struct place *p)
{
	if (has_dose(r, p))
		return true;
	for (size_t i = reading_first_price(r, p->start > DOSE_BYTES ? p->start - DOSE_BYTES : 0);
	     i < r->price_n && r->price[i].start < p->end + DOSE_BYTES; i++)
		if (r->price[i].block == p->block)
			return true;
	return false;
}

/* The price that stands with a drug: in its block or row, a few blocks on, or anywhere on a page
 * whose title or first heading is the drug. */
static const struct spot *price_of(const struct reading *r, const struct place *p)
{
	const struct page_block *block = &r->page->block[p->block];
	bool names_page = block->role == ROLE_TITLE || (block->role == ROLE_HEADING && block->level <= 2);
	const struct spot *best = NULL;
	size_t rank = reading_rank(r, p->block);

	size_t from = reading_first_price(r, p->start > ROW_BYTES ? p->start - ROW_BYTES : 0);
	for (size_t i = from; i < r->price_n && r->price[i].start < p->end + ROW_BYTES; i++) {
		const struct spot *s = &r->price[i];
		const struct page_block *b = &r->page->block[s->block];
		if (s->block == p->block && s->start < p->end + NEAR_BYTES &&
		    p->start < s->end + NEAR_BYTES)
			return s;
		if (block->table && b->table == block->table && b->row == block->row)
			return s;
		size_t there = reading_rank(r, s->block);
		if (!best && there > rank && there - rank <= NEAR_BLOCKS &&
		    s->start < p->end + NEAR_BYTES)
			best = s;
	}
	if (!best && names_page && r->price_n)
		best = &r->price[0];
	return best;
}

/* "without a prescription" is a claim only where something is sold in the same breath. */
static bool bare_claim_sells(const struct reading *r, const struct place *p)
{
	const struct page_block *block = &r->page->block[p->block];

	for (size_t i = reading_first(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if (q == p)
			continue;
		if (!q->hit.is_phrase || q->phrase == PHRASE_SELL || q->phrase == PHRASE_CART ||
		    q->phrase == PHRASE_SHOP_PHARMACY)
			return true;
	}
	return block->role == ROLE_TITLE || block->role == ROLE_HEADING ||
	       block->role == ROLE_META_DESCRIPTION || block->role == ROLE_TABLE_CELL;
}

static struct matched matched_of(const struct place *p)
{
	return (struct matched){ p->hit.is_phrase ? MATCHED_PHRASE : MATCHED_TERM, p->start, p->end,
		                 p->hit.index };
}

static int put_draft(struct drafts *g, const struct draft *d, struct err *err)
{
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 256;
		struct draft *more = realloc(g->draft, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		g->draft = more;
		g->cap = cap;
	}
	g->draft[g->n++] = *d;
	return 0;
}

int drafts_put_fact(struct drafts *g, const struct fact *f, struct err *err)
{
	struct draft d = { .fact = *f };

	return put_draft(g, &d, err);
}

/* Whether a drug stands as goods do, in a table, a list, a heading or the title, and its price by
 * itself, not in the midst of an article. */
static bool is_list_of_goods(const struct reading *r, const struct place *p, const struct spot *price)
{
	const struct page_block *block = &r->page->block[p->block];
	const struct page_block *at = &r->page->block[price->block];

	if (at->role == ROLE_PARAGRAPH && at->end - at->start > LABEL_BYTES)
		return false;
	return block->table || block->role == ROLE_LIST_ITEM || block->role == ROLE_HEADING ||
	       block->role == ROLE_TITLE;
}

/* The nearest sign of trade to a drug, or NULL. One that is negated says no to what is near. */
static const struct place *sign_near(const struct reading *r, const struct place *p)
{
	const struct place *best = NULL;
	uint32_t far = TRADE_NEAR + 1;
	uint32_t from = p->start > TRADE_NEAR ? p->start - TRADE_NEAR : 0;

	for (size_t i = reading_first(r, from); i < r->n && r->place[i].start <= p->end + TRADE_NEAR; i++) {
		const struct place *q = &r->place[i];
		if (!q->hit.is_phrase || !(trade_is_sign(q->phrase) || q->phrase == PHRASE_SELL))
			continue;
		if (q->phrase == PHRASE_SELL && reading_is_negated(r, q))
			return NULL; /* "we do not sell these" speaks of what is named around it */
		uint32_t away = q->start >= p->end ? q->start - p->end
		                                   : p->start >= q->end ? p->start - q->end : 0;
		if (away < far && !page_is_frame(r, q) && !reading_is_quoted(r, q) && !reading_is_negated(r, q)) {
			far = away;
			best = q;
		}
	}
	return best;
}

/* A drug term as a fact: named, with what would make it an offer. */
int drafts_put_drug(const struct reading *r, const struct place *p, uint32_t page,
                    const struct page_profile *profile, struct arena *keep, struct drafts *g,
                    struct err *err)
{
	const struct lexicon_term *term = &r->lexicon->term[p->hit.index];
	struct draft d = { .fact = { .kind = FACT_DRUG, .substance = term->substance, .page = page,
		                     .block = p->block, .start = p->start, .end = p->end,
		                     .matched = { matched_of(p) } } };

	if (term->is_ambiguous && !has_dose_or_price(r, p))
		return 0;
	/* "Viagra? No." asks after it. */
	d.fact.negated = reading_is_negated(r, p) ||
	                 slice_starts(slice_sub(r->page->text, p->end, p->end + 1), SLICE("?"));
	d.dosed = has_dose(r, p);
	/* "The Viagra Story, paperback": a name in a title is named, no more. */
	if (profile->is_media || (profile->names_media && place_is_of_media(r, p)))
		return put_draft(g, &d, err);
	const struct spot *price = price_of(r, p);
	/* "As blue as Viagra" is a coat, and a letter quotes what a shop asks. */
	if (price && !reading_is_quoted(r, p)) {
		d.priced = true;
		d.goods = is_list_of_goods(r, p, price);
		/* Quote from the name to the price where they stand together. */
		if (price->start > p->start && price->end - p->start <= READING_QUOTE)
			d.price = (struct matched){ MATCHED_PRICE, price->start, price->end, 0 };
		int rc = offer_terms(r, p, price, keep, &d.fact.terms, err);
		if (rc)
			return rc;
	}
	const struct place *seller = reading_seller(r, p, false);
	d.stated = !d.fact.negated && seller && !reading_is_question(r, p) && !reading_is_quoted(r, p);
	if (d.stated)
		d.seller = matched_of(seller);
	d.sentence = p->sentence;
	d.sentence_end = p->sentence_end;
	const struct place *sign = d.fact.negated || reading_is_quoted(r, p) ? NULL : sign_near(r, p);
	if (sign)
		d.sign = matched_of(sign);
	return put_draft(g, &d, err);
}

/* Japanese puts the negation at the end of the sentence. */
static bool is_verb_last(const struct reading *r, const struct place *p)
{
	return reading_has_kana(slice_sub(r->page->text, p->sentence, p->sentence_end));
}

/* "From India", "aus Indien", "made in India", "生産国: インド": where something comes from is not where it
 * goes. */
static bool is_behind_origin(struct slice said)
{
	static const char *const before[] = { "from", "aus", "depuis", "desde", "dalla", "dall'", "из",
		"made in", "manufactured in", "produced in", "country of origin", "生産国", "製造国", "原産国",
		"発送元", "発送国", "出荷元" };

	said = slice_trim(said);
	while (said.n && (slice_ends(said, SLICE(":")) || slice_ends(said, SLICE(" "))))
		said.n--;
	if (slice_ends(said, SLICE("："))) /* a full-width colon */
		said.n -= 3;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		struct slice word = slice_str(before[i]);
		size_t from = said.n >= word.n ? said.n - word.n : 0;
		bool whole = from == 0 || said.p[from - 1] == ' ' || (unsigned char)word.p[0] >= 0x80;
		if (whole && slice_eq_nocase(slice_sub(said, from, said.n), word))
			return true;
	}
	return false;
}

/* Japanese says it behind: "インドの倉庫より". What goes somewhere says so at once: "日本へ", "日本国内に". */
static bool is_before_origin(struct slice rest)
{
	static const char *const to[] = { "へ", "に", "まで", "向け", "国内", "全国" };

	if (!rest.p)
		return false;
	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++)
		if (slice_starts(rest, slice_str(to[i])))
			return false;
	return slice_find_slice(rest, SLICE("から")) < rest.n || slice_find_slice(rest, SLICE("より")) < rest.n;
}

static bool is_origin(const struct reading *r, const struct place *p)
{
	struct slice t = r->page->text;

	return is_behind_origin(slice_sub(t, p->sentence, p->start)) ||
	       is_before_origin(slice_sub(t, p->end, p->sentence_end));
}

/* A country's name in a sentence of shipping: shipped to, or, with a negation, not. */
int drafts_put_place(const struct reading *r, const struct place *p, uint32_t page,
                     struct drafts *g, struct err *err)
{
	struct fact f = { .kind = FACT_CLAIM, .phrase = PHRASE_SHIP_TO, .page = page,
		          .block = p->block, .start = p->sentence, .end = p->sentence_end,
		          .arg = r->lexicon->phrase[p->hit.index].arg,
		          .matched = { matched_of(p) } };
	bool negated = false;

	if (is_origin(r, p))
		return 0;
	for (size_t i = reading_first(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end)
			break;
		if (!q->hit.is_phrase)
			continue;
		bool ships = q->phrase == PHRASE_SHIP || q->phrase == PHRASE_SHIP_TO ||
		             q->phrase == PHRASE_SHIP_WORLD || q->phrase == PHRASE_NOT_TO ||
		             q->phrase == PHRASE_CONCEAL; /* "anonymous delivery to France" */
		if (ships && !f.matched[1].kind)
			f.matched[1] = matched_of(q);
		/* "Not outside of A": two negations before the place lift each other; one behind it
		 * is about somewhere else, but for languages that put the verb last. */
		if (q->start < p->start)
			negated ^= q->phrase == PHRASE_NOT || q->phrase == PHRASE_NOT_TO;
		else if (q->phrase == PHRASE_NOT && is_verb_last(r, p))
			negated = true;
	}
	if (!f.matched[1].kind)
		return 0;
	if (negated)
		f.phrase = PHRASE_NOT_TO;
	return drafts_put_fact(g, &f, err);
}

/* "Does not cure": a plain negation in front of it. One behind it, but for languages that put the verb
 * last, is about something else. */
static bool is_denied(const struct reading *r, const struct place *p)
{
	for (size_t i = reading_first(r, p->sentence); i < r->n; i++) {
		const struct place *q = &r->place[i];
		if (q->start >= p->sentence_end || (q->start >= p->start && !is_verb_last(r, p)))
			return false;
		if (place_says(q, PHRASE_NOT))
			return true;
	}
	return false;
}

/* "We do not sell it without a prescription": a plain no shortly before. */
static bool is_refused(const struct reading *r, const struct place *p)
{
	uint32_t from = p->start > REFUSED_BYTES ? p->start - REFUSED_BYTES : 0;

	for (size_t i = reading_first(r, from > p->sentence ? from : p->sentence);
	     i < r->n && r->place[i].end <= p->start; i++)
		if (place_says(&r->place[i], PHRASE_NOT))
			return true;
	return false;
}

/* "Do you ship abroad? No.": a question, and an answer that begins with a no. */
static bool is_answered_no(const struct reading *r, const struct place *p)
{
	static const char *const no[] = { "no", "nein", "non", "não", "nee", "nie", "nej",
		                          "нет", "Нет",
		                          "いいえ", "不" };
	struct slice answer = slice_sub(r->page->text, p->sentence_end, p->sentence_end + ANSWER_BYTES);

	if (!reading_is_question(r, p))
		return false;
	while (answer.n && (ascii_space(answer.p[0]) || answer.p[0] == '?' || answer.p[0] == 'A' ||
	                    answer.p[0] == ':' || answer.p[0] == '.'))
		answer = slice_sub(answer, 1, answer.n);
	if (slice_starts(answer, SLICE("？")))
		answer = slice_trim(slice_sub(answer, 3, answer.n));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		struct slice word = slice_str(no[i]);
		if (slice_eq_nocase(slice_sub(answer, 0, word.n), word) &&
		    (word.n == answer.n || (unsigned char)word.p[0] >= 0xe0 ||
		     !((answer.p[word.n] | 0x20) >= 'a' && (answer.p[word.n] | 0x20) <= 'z')))
			return true;
	}
	return false;
}

static bool is_way_to_pay(enum phrase_class class)
{
	return class == PHRASE_PAY_CRYPTO || class == PHRASE_PAY_WIRE || class == PHRASE_PAY_GIFTCARD ||
	       class == PHRASE_PAY_P2P || class == PHRASE_PAY_CARD;
}

/* Whether a stretch of a sentence turns to something else: a clause ends in it, or "but", "only". */
static bool turns(struct slice s)
{
	static const char *const marks[] = {
		";", ":", " but ", " only", "except", "instead", "other than", "just ", " yes", "sondern", " nur ",
		"stattdessen", "außer", " mais ", " sauf ", "seulement", "uniquement", " sino ",
		" solo", "sólo", "excepto", "salvo", " mas ", " apenas", " ma ", "soltanto", "tranne",
		" maar ", "alleen", "tylko", "но ", "только",
		"が、", "のみ", "但", "只",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		struct slice mark = slice_str(marks[i]);
		for (size_t at = 0; at + mark.n <= s.n; at++)
			if (slice_eq_nocase(slice_sub(s, at, at + mark.n), mark))
				return true;
	}
	return false;
}

/* "We do not accept cryptocurrency", "Bitcoin nehmen wir nicht an", "暗号資産はご利用いただけません": a plain no
 * before it in the sentence, or right behind it; nothing between the two, and nothing behind it, turns
 * the sentence to what is accepted ("no cards, Bitcoin only"). */
static bool is_way_refused(const struct reading *r, const struct place *p)
{
	struct slice t = r->page->text;
	uint32_t behind = p->end + REFUSED_BYTES < p->sentence_end ? p->end + REFUSED_BYTES : p->sentence_end;

	for (size_t i = reading_first(r, p->sentence); i < r->n && r->place[i].start < behind; i++) {
		const struct place *q = &r->place[i];
		if (!place_says(q, PHRASE_NOT))
			continue;
		if (q->start < p->start && !is_verb_last(r, p) &&
		    !turns(slice_sub(t, q->end, p->end + ONLY_BYTES)))
			return true;
		struct slice between = slice_sub(t, p->end, q->start);
		if (q->start >= p->end && !turns(between) && slice_find(between, ',') == between.n)
			return true;
	}
	return false;
}

/* "No prescription needed" beside a medicine that needs none is true: of the drugs close to the
 * claim, the nearest decides. */
static bool is_of_free_medicine(const struct reading *r, const struct place *p)
{
	const struct lexicon_substance *nearest = NULL;
	uint32_t far = FREE_NEAR + 1, from = p->start > FREE_NEAR ? p->start - FREE_NEAR : 0;

	for (size_t i = reading_first(r, from); i < r->n && r->place[i].start <= p->end + FREE_NEAR; i++) {
		const struct place *q = &r->place[i];
		if (q->hit.is_phrase)
			continue;
		uint32_t away = q->start >= p->end ? q->start - p->end
		                                   : p->start >= q->end ? p->start - q->end : 0;
		if (away < far) {
			far = away;
			nearest = &r->lexicon->substance[r->lexicon->term[q->hit.index].substance];
		}
	}
	return nearest && substance_is_free(nearest);
}

/* A heading speaks of what follows: "No script needed", then "pharmacist-only medicines". */
static bool is_heading_of_no(const struct reading *r, const struct place *p)
{
	if (r->page->block[p->block].role != ROLE_HEADING)
		return false;
	for (size_t i = reading_first(r, p->end); i < r->n && r->place[i].start <= p->end + HEADING_NEAR; i++)
		if (place_says(&r->place[i], PHRASE_NEGATION))
			return true;
	return false;
}

/* "International shipping on vitamins only": of some goods, not of all. */
static bool is_of_some_goods(const struct reading *r, const struct place *p)
{
	struct slice rest = slice_trim(slice_sub(r->page->text, p->end, p->sentence_end));

	return (slice_starts(rest, SLICE("on ")) || slice_starts(rest, SLICE("for ")) ||
	        slice_starts(rest, SLICE("of "))) &&
	       (slice_ends(rest, SLICE(" only")) || slice_ends(rest, SLICE(" only.")));
}

int drafts_put_claim(const struct reading *r, const struct place *p, uint32_t page,
                     const struct page_profile *profile, struct drafts *g, struct err *err)
{
	const struct lexicon_phrase *phrase = &r->lexicon->phrase[p->hit.index];
	struct fact f = { .kind = FACT_CLAIM, .phrase = p->phrase, .page = page, .block = p->block,
		          .start = p->start, .end = p->end, .arg = phrase->arg,
		          .matched = { matched_of(p) } };

	if (p->phrase == PHRASE_MEDIA || (p->phrase == PHRASE_SHIP_WORLD && is_of_some_goods(r, p)))
		return 0;
	f.negated = reading_is_negated(r, p) ||
	            (p->phrase <= PHRASE_NORX_BARE && reading_is_question(r, p)) ||
	            (p->phrase == PHRASE_NORX_BARE && is_refused(r, p)) ||
	            (p->phrase <= PHRASE_NORX_BARE && is_heading_of_no(r, p)) ||
	            (p->phrase <= PHRASE_NORX_BARE && is_of_free_medicine(r, p)) ||
	            (is_way_to_pay(p->phrase) && (is_way_refused(r, p) || is_answered_no(r, p))) ||
	            (p->phrase == PHRASE_SHIP_WORLD && is_answered_no(r, p)) ||
	            (p->phrase == PHRASE_CURE_CLAIM && (reading_is_question(r, p) || is_denied(r, p)));
	/* "No Rx." as a sentence of its own is a slogan where orders are taken. */
	bool slogan = profile->orders == ORDERS_HERE &&
	              p->end - p->start + 1 >= p->sentence_end - p->sentence;
	if ((p->phrase == PHRASE_NORX_BARE && !slogan && !bare_claim_sells(r, p)) ||
	    ((profile->orders != ORDERS_HERE || p->phrase > PHRASE_NORX_BARE) &&
	     reading_is_quoted(r, p)) ||
	    (profile->is_media && p->phrase <= PHRASE_FDA_GENERIC))
		f.reported = true;
	/* What decides most is quoted with its sentence, so that a reader sees the context. */
	if (p->phrase == PHRASE_NORX || p->phrase == PHRASE_NORX_BARE ||
	    p->phrase == PHRASE_RX_BY_FORM || p->phrase == PHRASE_RESHIP ||
	    p->phrase == PHRASE_FDA_GENERIC) {
		f.start = p->sentence;
		f.end = p->sentence_end;
	}
	return drafts_put_fact(g, &f, err);
}

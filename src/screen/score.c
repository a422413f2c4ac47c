#include "screen/score.h"

enum { MILLION = 1000000 };

/* Bounds of the score by tier. */
static const struct {
	uint32_t low, high;
} bounds[] = {
	[SCREEN_NOTHING] = { 0, 0 },
	[SCREEN_WORD] = { 100000, 399999 },
	[SCREEN_COMBINED] = { 400000, 799999 },
	[SCREEN_DRUG] = { 800000, MILLION },
};

uint32_t score_weight(const struct screen_reason *r, size_t letters, enum risk risk)
{
	/* Nobody disguises a word that he may use. */
	bool is_disguised = r->folding & (FOLDING_LEET | FOLDING_CONFUSABLE);
	uint32_t w = 0;

	switch (r->class) {
	case SCREEN_CLASS_DRUG:
		if (r->is_loose)
			return 100000;
		if (r->is_faint)
			return 200000;
		/* A longer name is less often part of something else. */
		w = letters >= 8 ? 880000 : letters >= 6 ? 840000 : 800000;
		w += risk == RISK_HIGH ? 60000 : risk == RISK_MEDIUM ? 30000 : 0;
		return is_disguised ? w + 40000 : w;
	case SCREEN_CLASS_PHARMACY: w = 250000; break;
	case SCREEN_CLASS_WEAK: w = 120000; break;
	case SCREEN_CLASS_NORX: w = 600000; break;
	case SCREEN_CLASS_COMMERCE: w = 300000; break;
	case SCREEN_CLASS_COUNTRY: w = 200000; break;
	}
	return is_disguised ? w + 150000 : w;
}

static bool overlap(const struct screen_reason *a, const struct screen_reason *b)
{
	return a->start < b->end && b->start < a->end;
}

static enum screen_tier tier_of(const struct suspect *s)
{
	bool drug = false, faint = false, loose = false, pharmacy = false, norx = false,
	     companion = false;
	const struct screen_reason *weak = NULL;
	bool two_weak = false;

	for (uint32_t i = 0; i < s->n; i++) {
		const struct screen_reason *r = &s->reason[i];
		switch (r->class) {
		case SCREEN_CLASS_DRUG:
			drug = drug || (!r->is_faint && !r->is_loose);
			faint = faint || (r->is_faint && !r->is_loose);
			loose = loose || r->is_loose;
			break;
		case SCREEN_CLASS_PHARMACY: pharmacy = true; break;
		case SCREEN_CLASS_WEAK:
			two_weak = two_weak ||
			           (weak && !overlap(weak, r) && !slice_eq(weak->word, r->word));
			weak = weak ? weak : r;
			break;
		case SCREEN_CLASS_NORX: norx = true; break;
		case SCREEN_CLASS_COMMERCE:
		case SCREEN_CLASS_COUNTRY: companion = true; break;
		}
	}
	if (drug)
		return SCREEN_DRUG;
	if (norx || ((pharmacy || weak || faint) && companion) || (faint && (pharmacy || weak)))
		return SCREEN_COMBINED;
	return pharmacy || two_weak || loose ? SCREEN_WORD : SCREEN_NOTHING;
}

void score_suspect(struct suspect *s)
{
	uint32_t heaviest[SCREEN_CLASSES] = { 0 };
	uint64_t rest = MILLION; /* what no reason has explained yet */

	for (uint32_t i = 0; i < s->n; i++) {
		const struct screen_reason *r = &s->reason[i];
		if (r->weight > heaviest[r->class])
			heaviest[r->class] = r->weight;
	}
	for (int i = 0; i < SCREEN_CLASSES; i++)
		rest = rest * (MILLION - heaviest[i]) / MILLION;
	uint32_t score = (uint32_t)(MILLION - rest);
	s->tier = tier_of(s);
	if (score < bounds[s->tier].low)
		score = bounds[s->tier].low;
	if (score > bounds[s->tier].high)
		score = bounds[s->tier].high;
	s->score = score;
	if (s->tier == SCREEN_NOTHING)
		s->n = 0;
}

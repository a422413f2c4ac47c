#include "decide/rank.h"

enum {
	HARM_UNAPPROVED = 300000,
	DESTINATION_TENTHS = 7,
	RULES_TENTHS_MAX = 5,
	CAPTURES_NEEDED = 2,
	MEMBERS_MAX = 1000000,
};

struct rank rank_of(const struct rank_case *c)
{
	struct rank r = { 0 };
	uint64_t more = c->rules > 1 ? c->rules - 1 : 0;
	uint64_t members = c->members == 0 ? 1 : c->members < MEMBERS_MAX ? c->members : MEMBERS_MAX;
	/* Counts of notices come from records: no sum of them may overflow. */
	uint64_t asked = c->asked < UINT32_MAX ? c->asked : UINT32_MAX;
	uint64_t acted = c->acted < asked ? c->acted : asked;

	if (slice_eq_str(c->class, "rogue"))
		r.harm = RANK_PPM;
	else if (slice_eq_str(c->class, "unapproved"))
		r.harm = HARM_UNAPPROVED;
	if (!c->is_global)
		r.harm = r.harm * DESTINATION_TENTHS / 10;
	r.harm += r.harm * (more < RULES_TENTHS_MAX ? more : RULES_TENTHS_MAX) / 10;
	r.harm *= members; /* at most 1.5e12 */
	r.chance = (acted + 1) * RANK_PPM / (asked + 2);
	r.value = r.harm / 1000 * r.chance / 1000;
	if (c->captures < CAPTURES_NEEDED)
		r.value /= 10;
	return r;
}

struct rank rank_with_score(struct rank r, int64_t score_ppm)
{
	uint64_t score = score_ppm < RANK_SCORE_MIN ? RANK_SCORE_MIN
	                 : score_ppm > RANK_PPM     ? RANK_PPM
	                                            : (uint64_t)score_ppm;

	r.harm = r.harm * score / RANK_PPM; /* at most 1.5e18 before it is divided */
	r.value = r.value * score / RANK_PPM;
	return r;
}

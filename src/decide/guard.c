#include "decide/guard.h"

enum { PPM = 1000000 };

enum guard_pack_state guard_pack(const struct guard_pack_entry *entry, size_t n, struct slice id,
                                 struct sha256 digest, bool published)
{
	bool on = false, other = false, off = false;

	for (size_t i = 0; i < n; i++) {
		if (!slice_eq(entry[i].id, id) || (entry[i].automatic && !published))
			continue;
		off = !entry[i].on;
		if (off) {
			on = other = false;
		} else if (sha256_eq(entry[i].digest, digest)) {
			on = true;
		} else {
			other = true;
		}
	}
	if (on)
		return GUARD_PACK_ON;
	if (off)
		return GUARD_PACK_OFF;
	if (published)
		return GUARD_PACK_TRUSTED;
	return other ? GUARD_PACK_ALTERED : GUARD_PACK_NEVER;
}

const char *guard_pack_why(enum guard_pack_state state)
{
	switch (state) {
	case GUARD_PACK_NEVER: return "nobody has switched it on";
	case GUARD_PACK_ALTERED: return "it was altered since it was switched on";
	case GUARD_PACK_OFF: return "it was switched off";
	case GUARD_PACK_ON:
	case GUARD_PACK_TRUSTED: break;
	}
	return "";
}

int64_t guard_mass_limit(int64_t listed, int64_t change_ppm, int64_t floor)
{
	/* A share of up to one of at most INT64_MAX names: the whole part first, lest it overflow. */
	int64_t share = listed / PPM * change_ppm + listed % PPM * change_ppm / PPM;

	return share > floor ? share : floor;
}

static int judge_popular(const struct guard_listing *g, struct err *err)
{
	if (!g->is_popular)
		return GUARD_PASS;
	if (g->automatic)
		return err_set(err, ERR_REFUSED, 0,
		               "%.*s is a popular name: no machine lists it",
		               SLICE_ARG(slice_sub(g->name, 0, 100)));
	if (!g->popular_reason)
		return err_set(err, ERR_REFUSED, 0,
		               "%.*s is a popular name: say with --popular why it is listed all the "
		               "same; it takes two reviewers",
		               SLICE_ARG(slice_sub(g->name, 0, 100)));
	return g->reviewers < GUARD_REVIEWERS ? GUARD_PROPOSE : GUARD_PASS;
}

static int judge_mass(const struct guard_listing *g, struct err *err)
{
	int64_t limit = guard_mass_limit(g->listed, g->change_ppm, g->floor);

	if (g->adding <= 0 || g->added + g->adding <= limit)
		return GUARD_PASS;
	if (g->automatic)
		return err_set(err, ERR_REFUSED, 0,
		               "a day lists at most %lld names without a person, and %lld were listed",
		               (long long)limit, (long long)g->added);
	if (!g->mass_reason)
		return err_set(err, ERR_REFUSED, 0,
		               "a day lists at most %lld names, and this would make %lld: say with "
		               "--mass why so many; it takes two reviewers",
		               (long long)limit, (long long)(g->added + g->adding));
	return g->reviewers < GUARD_REVIEWERS ? GUARD_PROPOSE : GUARD_PASS;
}

int guard_listing_judge(const struct guard_listing *g, struct err *err)
{
	int popular = judge_popular(g, err);
	int mass = popular < 0 ? popular : judge_mass(g, err);

	if (mass < 0)
		return mass;
	return popular == GUARD_PROPOSE || mass == GUARD_PROPOSE ? GUARD_PROPOSE : GUARD_PASS;
}

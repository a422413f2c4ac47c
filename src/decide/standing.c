#include "decide/standing.h"

const char *standing_state_name(enum standing_state s)
{
	static const char *const names[] = { "none", "pending", "listed", "corrected", "ended",
		                              "dismissed" };

	return names[s];
}

int standing_harshness(struct slice class)
{
	return slice_eq_str(class, "rogue") ? 2 : slice_eq_str(class, "unapproved");
}

bool standing_is_listed_class(struct slice class)
{
	return standing_harshness(class) > 0;
}

struct slice standing_in_force(const struct standing *s)
{
	const struct standing_event *e = s->correction ? s->correction : s->decision;

	return e && !s->expiry && standing_is_listed_class(e->class) ? e->class : SLICE("");
}

static bool same_period(const struct standing *s, const struct standing_event *e)
{
	return s->has_period == e->has_period && (!s->has_period || s->period == e->period);
}

static struct standing *find(struct standing *list, size_t n, const struct standing_event *e)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(list[i].destination, e->destination) && same_period(&list[i], e))
			return &list[i];
	return NULL;
}

static void take(struct standing *s, const struct standing_event *e)
{
	switch (e->from) {
	case STANDING_VERDICT:
		s->verdict = e;
		break;
	case STANDING_DECISION:
		if (slice_eq(e->ground, STANDING_EXPIRED)) {
			s->expiry = s->decision ? e : NULL;
			break;
		}
		s->decision = e;
		s->correction = s->expiry = NULL;
		s->seen = s->verdict ? standing_harshness(s->verdict->class) : 0;
		break;
	case STANDING_CORRECTION:
		if (s->decision)
			s->correction = e;
		break;
	}
}

/* What the verdict alone makes of it. */
static void settle_by_verdict(struct standing *s)
{
	if (!s->verdict)
		return;
	s->state = s->is_current && standing_is_listed_class(s->verdict->class) ? STATE_PENDING
	                                                                       : STATE_NONE;
	s->class = s->verdict->class;
	s->ground = s->verdict->ground;
}

static void settle(struct standing *s)
{
	struct slice in_force = standing_in_force(s);

	if (in_force.n) {
		s->state = s->is_current ? STATE_LISTED : STATE_ENDED;
		s->class = in_force;
		if (s->verdict && slice_eq(s->verdict->class, s->class))
			s->ground = s->verdict->ground;
	} else if (s->correction && !s->expiry) {
		s->state = s->is_current ? STATE_CORRECTED : STATE_ENDED;
		s->class = s->correction->class;
	} else if (s->expiry && !s->is_current) {
		s->state = STATE_ENDED;
		s->class = s->decision->class;
	} else if (s->decision && !s->expiry && s->verdict &&
	           standing_harshness(s->verdict->class) <= s->seen) {
		s->state = s->is_current ? STATE_DISMISSED : STATE_NONE;
		s->class = s->decision->class;
	} else {
		settle_by_verdict(s);
	}
}

int standing_of(const struct standing_event *events, size_t n, bool has_current, int64_t current,
                struct arena *a, struct standing **out, size_t *out_n, struct err *err)
{
	struct standing *list = arena_array(a, n, sizeof(*list));
	struct standing *sorted = arena_array(a, n, sizeof(*sorted));
	size_t have = 0, kept = 0;
	bool dated = false; /* some event tells its registration */

	if (!list || !sorted)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < n; i++) {
		const struct standing_event *e = &events[i];
		struct standing *s = find(list, have, e);
		if (!s) {
			s = &list[have++];
			s->destination = e->destination;
			s->has_period = e->has_period;
			s->period = e->period;
		}
		take(s, e);
		dated = dated || e->has_period;
		s->at = e->at;
		if (e->from == STANDING_VERDICT && e->has_period && (!has_current || e->period > current)) {
			has_current = true;
			current = e->period;
		}
	}
	for (size_t i = 0; i < have; i++) {
		struct standing *s = &list[i];
		/* Where no event tells its registration, those since the newest one are of it. */
		if (!has_current)
			s->is_current = true;
		else if (dated)
			s->is_current = s->has_period && s->period == current;
		else
			s->is_current = s->at >= current;
		settle(s);
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < have; i++)
			if (pass == 0 ? list[i].is_current : !list[i].is_current && list[i].decision)
				sorted[kept++] = list[i];
	*out = sorted;
	*out_n = kept;
	return 0;
}

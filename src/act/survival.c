/* Cases are sorted by time, effects first, and walked once: at each time with an effect
 *
 *     S  <-  S (n - d) / n          n at risk just before, d effects
 *     G  <-  G + d / (n (n - d))    Greenwood's sum: Var S = S^2 G
 *
 * The interval is S^exp(+-z sqrt(G) / log S), which never leaves [0, 1]. Where nothing has happened
 * S is 1, and once everybody's case has come to its effect S is 0, and that scale says nothing: then
 * the exact bounds hold of none, or all, of those at risk (Clopper and Pearson). */
#include "act/survival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The 0.975 quantile of the normal distribution. */
static const double Z = 1.959963984540054, TAIL = 0.025;

static int64_t seconds(const struct survival_case *c)
{
	return c->s < 0 ? 0 : c->s;
}

static int by_time(const void *a, const void *b)
{
	const struct survival_case *x = a, *y = b;
	int64_t s = seconds(x), t = seconds(y);

	if (s != t)
		return s < t ? -1 : 1;
	return (int)y->effect - (int)x->effect;
}

static int64_t ppm(double share)
{
	if (share <= 0)
		return 0;
	return share >= 1 ? SURVIVAL_PPM : (int64_t)(share * SURVIVAL_PPM + 0.5);
}

static void set_interval(struct survival_step *t, double share, double greenwood, int64_t before)
{
	t->still_ppm = ppm(share);
	if (share <= 0) {
		int64_t most = ppm(1 - pow(TAIL, 1 / (double)t->at_risk));
		t->low_ppm = 0;
		t->high_ppm = most < before ? most : before;
		t->error_ppm = 0;
		return;
	}
	double root = sqrt(greenwood), reach = Z * root / log(share); /* negative */

	t->low_ppm = ppm(pow(share, exp(-reach)));
	t->high_ppm = ppm(pow(share, exp(reach)));
	t->error_ppm = ppm(share * root);
}

int survival_estimate(const struct survival_case *c, size_t n, struct arena *a,
                      struct survival *out, struct err *err)
{
	struct survival s = { .n = n };
	struct survival_case *sorted = arena_array(a, n, sizeof(*sorted));
	double share = 1, greenwood = 0;

	s.step = arena_array(a, n, sizeof(*s.step));
	if (!sorted || !s.step)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	if (n) {
		memcpy(sorted, c, n * sizeof(*c));
		qsort(sorted, n, sizeof(*sorted), by_time);
		s.watched_s = seconds(&sorted[n - 1]);
	}
	for (size_t i = 0; i < n;) {
		if (!sorted[i].effect) {
			if (s.step_n)
				s.step[s.step_n - 1].censored++;
			else
				s.censored_before++;
			i++;
			continue;
		}
		size_t first = i, at_risk = n - i;
		while (i < n && sorted[i].effect && seconds(&sorted[i]) == seconds(&sorted[first]))
			i++;
		double left = (double)(n - i), all = (double)at_risk, d = (double)(i - first);
		struct survival_step *t = &s.step[s.step_n++];
		t->s = seconds(&sorted[first]);
		t->at_risk = at_risk;
		t->effects = i - first;
		s.effects += t->effects;
		share = share * left / all;
		if (left > 0)
			greenwood += d / (all * left);
		set_interval(t, share, greenwood, s.step_n > 1 ? t[-1].high_ppm : SURVIVAL_PPM);
	}
	*out = s;
	return 0;
}

struct survival_quantile survival_quantile(const struct survival *s, int64_t share_ppm)
{
	struct survival_quantile q = { SURVIVAL_NEVER, SURVIVAL_NEVER, SURVIVAL_NEVER };
	int64_t rest = SURVIVAL_PPM - share_ppm;

	for (size_t i = s->step_n; i-- > 0;) {
		const struct survival_step *t = &s->step[i];
		if (t->still_ppm <= rest)
			q.s = t->s;
		if (t->low_ppm <= rest)
			q.low_s = t->s;
		if (t->high_ppm <= rest)
			q.high_s = t->s;
	}
	return q;
}

struct survival_at survival_at(const struct survival *s, const struct survival_case *c, size_t n,
                               int64_t time_s)
{
	struct survival_at at = { .still_ppm = SURVIVAL_PPM,
		                  .low_ppm = SURVIVAL_PPM,
		                  .high_ppm = SURVIVAL_PPM };

	for (size_t i = 0; i < s->step_n && s->step[i].s <= time_s; i++) {
		at.still_ppm = s->step[i].still_ppm;
		at.low_ppm = s->step[i].low_ppm;
		at.high_ppm = s->step[i].high_ppm;
	}
	for (size_t i = 0; i < n; i++)
		at.at_risk += seconds(&c[i]) > time_s;
	if (at.still_ppm == SURVIVAL_PPM)
		at.low_ppm = at.at_risk ? ppm(pow(TAIL, 1 / (double)at.at_risk)) : 0;
	at.known = s->n && (time_s <= s->watched_s || at.still_ppm == 0);
	return at;
}

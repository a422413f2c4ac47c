#include "act/outcome.h"

#include <stdlib.h>
#include <string.h>

enum { NEAR_S = 86400 }; /* signs of one event are seen within a day: orders take their time */

struct line {
	const struct outcome_line *of;
	const struct outcome_clock *clock;
	struct outcome_step *step;
	size_t n;
	enum notice_outcome now;
	bool answered;       /* anything was ever heard or seen: silence is over for good */
};

static bool is_of(const struct outcome_change *c, const char *of, const char *by)
{
	return slice_eq_str(c->of, of) && (!by || slice_eq_str(c->by, by));
}

static bool has_word(struct slice list, const char *word)
{
	struct slice one;

	while (slice_cut(&list, ' ', &one))
		if (slice_eq_str(one, word))
			return true;
	return false;
}

static void step(struct line *l, enum notice_outcome outcome, int64_t at, struct slice by,
                 struct slice moved_to, const struct outcome_change *shown)
{
	struct outcome_step *s = &l->step[l->n++];

	*s = (struct outcome_step){ .outcome = outcome, .at = at, .by = by, .moved_to = moved_to };
	if (shown)
		s->record = shown->record;
	l->now = outcome;
}

/* ---- what counts as the effect ---- */

/* A hold that the registry set, and no one else: it is not the registrar's doing. */
static bool is_registry_hold(const struct outcome_change *c)
{
	return is_of(c, "suspended", "status") && has_word(c->after, "serverHold") &&
	       !has_word(c->after, "clientHold");
}

static bool is_near(const struct outcome_change *a, const struct outcome_change *b)
{
	int64_t apart = a->at < b->at ? b->at - a->at : a->at - b->at;

	return apart <= NEAR_S;
}

/* Whether something else explains that a name is gone: it ran out, or the registry held it. */
static bool is_explained(const struct outcome_line *of, const struct outcome_change *c)
{
	bool registrars = of->to == NOTICE_REGISTRAR || of->to == NOTICE_RESELLER;

	for (size_t i = 0; i < of->change_n; i++) {
		const struct outcome_change *o = &of->change[i];
		if (is_of(o, "expired", "status") && o->at <= c->at + NEAR_S)
			return true;
		if (registrars && is_registry_hold(o) && is_near(o, c))
			return true;
	}
	return false;
}

/* The sign of an effect: "status" for the hold, "dns" for the name that is gone. */
static bool is_suspension(const struct outcome_line *of, const struct outcome_change *c)
{
	if (is_of(c, "suspended", "status"))
		return of->to == NOTICE_REGISTRY || has_word(c->after, "clientHold");
	return is_of(c, "suspended", "dns") && !is_explained(of, c);
}

/* Answers by which a server says that a page is gone (RFC 9110, 15.5.5 and 15.5.11; RFC 7725). */
static bool is_gone(struct slice s)
{
	static const char *const words[] = { "404", "410", "451" };

	if (slice_starts(s, SLICE("http-")))
		s = slice_sub(s, 5, s.n);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_eq_str(s, words[i]))
			return true;
	return false;
}

/* Content is gone where the server says so, or shows another page. A server that does not answer,
 * or a name that is gone, is nobody's removal of content. */
static bool is_removal(const struct outcome_change *c)
{
	if (is_of(c, "content_changed", "likeness"))
		return true;
	return (is_of(c, "content_changed", "status") || is_of(c, "content_changed", "absence")) &&
	       is_gone(c->after);
}

/* The page is there again. */
static bool is_return(const struct outcome_change *c)
{
	return is_of(c, "back_online", "page") ||
	       (is_of(c, "content_changed", "status") && slice_eq_str(c->after, "200"));
}

static bool is_effect(const struct outcome_line *of, const struct outcome_change *c)
{
	switch (of->action) {
	case NOTICE_SUSPEND:
	case NOTICE_SUSPEND_AND_LOCK:
	case NOTICE_DISABLE_DNS: return is_suspension(of, c);
	case NOTICE_REMOVE_CONTENT: return is_removal(c);
	case NOTICE_STOP_PAYMENT:
	case NOTICE_DISCLOSE:
	case NOTICE_NONE: break; /* nothing that can be observed from outside */
	}
	return false;
}

static struct slice sign_of(const struct outcome_line *of, const struct outcome_change *c)
{
	return of->action == NOTICE_REMOVE_CONTENT ? SLICE("page") : c->by;
}

/* ---- what ends it ---- */

/* The party that can act is another one since. */
static bool is_move(const struct outcome_line *of, const struct outcome_change *c,
                    struct slice *by)
{
	if (is_of(c, "transferred", NULL) &&
	    (slice_eq_str(c->by, "registrar") ? of->to == NOTICE_REGISTRAR ||
	                                                of->to == NOTICE_RESELLER :
	                                        of->to == NOTICE_RESELLER)) {
		*by = c->by;
		return true;
	}
	if (is_of(c, "moved_host", NULL) && of->to == NOTICE_HOST) {
		*by = SLICE("host");
		return true;
	}
	return false;
}

/* Whether the effect that holds is undone. A hold that is lifted and a name that is back are two
 * signs of the same. */
static bool is_undone(const struct line *l, const struct outcome_change *c)
{
	if (l->of->action == NOTICE_REMOVE_CONTENT)
		return is_return(c);
	return is_of(c, "back_online", "status") || is_of(c, "back_online", "dns");
}

/* ---- the events ---- */

static void on_change(struct line *l, const struct outcome_change *c)
{
	const struct outcome_line *of = l->of;
	struct slice by;

	if (is_move(of, c, &by)) {
		/* It may come back to the party that was told. */
		if (l->now == OUTCOME_MOVED && c->party.n && slice_eq(c->party, of->party))
			step(l, OUTCOME_PENDING, c->at, by, SLICE(""), c);
		else if (l->now != OUTCOME_MOVED && !(c->party.n && slice_eq(c->party, of->party)))
			step(l, OUTCOME_MOVED, c->at, by, c->party, c);
		return;
	}
	if (l->now == OUTCOME_MOVED)
		return;
	if (l->now != OUTCOME_ACTED && is_effect(of, c)) {
		l->answered = true;
		step(l, OUTCOME_ACTED, c->at, sign_of(of, c), SLICE(""), c);
	} else if (l->now == OUTCOME_ACTED && is_undone(l, c)) {
		step(l, OUTCOME_PENDING, c->at, sign_of(of, c), SLICE(""), c);
	}
}

static void on_mail(struct line *l, const struct outcome_mail *m)
{
	enum reply_class class = m->class;
	enum notice_outcome next;

	if (class == REPLY_DELAY || class == REPLY_OTHER)
		return;
	if (m->stranger && (class == REPLY_REFUSAL || class == REPLY_CLAIM))
		class = REPLY_ACKNOWLEDGEMENT;
	next = class == REPLY_BOUNCE    ? OUTCOME_BOUNCED
	       : class == REPLY_REFUSAL ? OUTCOME_REFUSED
	                                : OUTCOME_ACKNOWLEDGED;
	/* Whoever takes it is there: a later number does not take a refusal back, words do. */
	if (l->now == OUTCOME_REFUSED && class != REPLY_CLAIM && class != REPLY_REQUEST)
		return;
	if (class != REPLY_BOUNCE)
		l->answered = true;
	if (l->now == OUTCOME_ACTED || l->now == OUTCOME_MOVED || l->now == next)
		return;
	/* One copy of several that came back says nothing against an answer. */
	if (next == OUTCOME_BOUNCED && l->now == OUTCOME_ACKNOWLEDGED)
		return;
	step(l, next, m->at, SLICE("mail"), SLICE(""), NULL);
}

/* Silence ends what is waited for until a time. */
static void wait_until(struct line *l, int64_t at)
{
	int64_t due = l->of->sent_at + l->clock->silent_s;
	bool asks = l->of->purpose == PURPOSE_REQUEST || l->of->purpose == PURPOSE_ARRIVED;

	if (asks && l->now == OUTCOME_PENDING && !l->answered && due <= at &&
	    due <= l->clock->now)
		step(l, OUTCOME_SILENT, due, SLICE("clock"), SLICE(""), NULL);
}

int outcome_steps(const struct outcome_line *line, const struct outcome_clock *clock,
                  struct arena *a, struct outcome_step **out, size_t *n, struct err *err)
{
	struct line l = { .of = line, .clock = clock, .now = OUTCOME_PENDING };
	size_t c = 0, m = 0;
	bool is_over = line->sent_at == NOTICE_NEVER;

	/* One each, one for silence, one for the end. */
	l.step = arena_array(a, line->change_n + line->mail_n + 2, sizeof(*l.step));
	if (!l.step)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	while (!is_over && (c < line->change_n || m < line->mail_n)) {
		bool change = m == line->mail_n ||
		              (c < line->change_n && line->change[c].at <= line->mail[m].at);
		int64_t at = change ? line->change[c].at : line->mail[m].at;
		if (line->withdrawn_at != NOTICE_NEVER && at >= line->withdrawn_at)
			break;
		/* A newer registration is another matter. */
		is_over = change && is_of(&line->change[c], "reregistered", NULL) &&
		          at > line->sent_at;
		if (at > line->sent_at && !is_over) {
			wait_until(&l, at);
			if (change)
				on_change(&l, &line->change[c]);
			else
				on_mail(&l, &line->mail[m]);
		}
		c += change;
		m += !change;
	}
	if (line->sent_at != NOTICE_NEVER && line->withdrawn_at != NOTICE_NEVER)
		step(&l, OUTCOME_WITHDRAWN, line->withdrawn_at, SLICE("correction"), SLICE(""),
		     NULL);
	else if (!is_over)
		wait_until(&l, clock->now);
	*out = l.step;
	*n = l.n;
	return 0;
}

/* ---- still up ---- */

void outcome_survival(const struct outcome_survivor *list, size_t list_n,
                      struct outcome_still *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct outcome_still *r = &row[i];
		r->told = r->acted = r->moved = r->up = r->open = 0;
		for (size_t k = 0; k < list_n; k++) {
			bool within = list[k].until - list[k].sent_at <= r->days * 86400;
			r->told++;
			if (!within || (list[k].until - list[k].sent_at == r->days * 86400 &&
			                !list[k].acted && !list[k].moved))
				r->up++;
			else if (list[k].acted)
				r->acted++;
			else if (list[k].moved)
				r->moved++;
			else
				r->open++;
		}
	}
}

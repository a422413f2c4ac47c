/* One pass over the notices makes the parties and, for each, its domains (a table by subject and
 * period); what several notices say of one domain is merged; then the curves, the networks that
 * came back, and the ranks. */
#include "act/scorecard.h"

#include "base/table.h"

#include <stdlib.h>
#include <string.h>

static const char *const reply_classes[SCORECARD_REPLIES] = {
	"acknowledgement", "ticket", "refusal", "request", "claim", "bounce", "delay", "other",
};

const char *scorecard_reply_class(size_t i)
{
	return reply_classes[i];
}

/* A domain of one party. */
struct told {
	const struct scorecard_line *first;
	enum notice_basis basis;
	int64_t sent_at;                     /* the first notice */
	int64_t acted_at, moved_at, seen_at; /* NOTICE_NEVER */
	enum notice_outcome newest;          /* of those that left no effect */
	int64_t newest_at;
	size_t lines, withdrawn;
};

/* A network, from the first notice on. */
struct known {
	struct slice network;
	int64_t at;
};

struct party {
	struct scorecard card;
	struct table domains;  /* -> struct told */
	struct table networks; /* -> struct known */
	struct table moved_in; /* keys alone */
	struct survival_case *answer;
	size_t answer_n;
	struct scorecard_refusal *refusal;
	size_t notices, replies; /* at most so many of the two */
	struct party *next;      /* in the order in which they were met */
};

struct work {
	const struct scorecard_input *in;
	struct arena *a;
	struct table parties;
	struct party *first, **last;
	size_t n;
	const struct scorecard_member **member; /* by network */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static bool is_scored(enum notice_to to)
{
	return to == NOTICE_REGISTRAR || to == NOTICE_RESELLER || to == NOTICE_HOST;
}

static int party_of(struct work *w, enum notice_to to, struct slice key, struct slice name,
                    struct party **out, struct err *err)
{
	struct table_entry *e = table_put(&w->parties, key);

	if (!e)
		return no_memory(err);
	if (!e->value) {
		struct party *p = ARENA_NEW(w->a, struct party);
		if (!p)
			return no_memory(err);
		p->card.to = to;
		p->card.key = key;
		p->card.name = key;
		p->card.first_at = p->card.last_at = NOTICE_NEVER;
		e->value = p;
		*w->last = p;
		w->last = &p->next;
		w->n++;
	}
	*out = e->value;
	if (name.n)
		(*out)->card.name = name;
	return 0;
}

/* "registrable x.example 1772478123". */
static int domain_key(struct work *w, const struct scorecard_line *l, struct slice *out,
                      struct err *err)
{
	char *s = arena_printf(w->a, "%d %.*s %lld", (int)l->subject.kind,
	                       SLICE_ARG(l->subject.key), (long long)l->period);

	if (!s)
		return no_memory(err);
	*out = slice_str(s);
	return 0;
}

/* An outcome that was observed behind the card's time is none yet. */
static enum notice_outcome outcome_by(const struct scorecard_line *l, int64_t at)
{
	return l->outcome_at != NOTICE_NEVER && l->outcome_at > at ? OUTCOME_PENDING : l->outcome;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b; /* NOTICE_NEVER is the least of all */
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a == NOTICE_NEVER || (b != NOTICE_NEVER && b < a) ? b : a;
}

static bool is_answer(struct slice class)
{
	return !slice_eq_str(class, "bounce") && !slice_eq_str(class, "delay");
}

static int64_t answered_at(const struct scorecard_notice *n, int64_t at)
{
	int64_t first = NOTICE_NEVER;

	for (size_t i = 0; i < n->reply_n; i++)
		if (n->reply[i].at <= at && is_answer(n->reply[i].class))
			first = earlier(first, n->reply[i].at);
	return first;
}

static int take_line(struct work *w, struct party *p, const struct scorecard_notice *n,
                     const struct scorecard_line *l, struct err *err)
{
	enum notice_outcome outcome = n->withdrawn ? OUTCOME_WITHDRAWN : outcome_by(l, w->in->at);
	struct slice key;
	int rc = domain_key(w, l, &key, err);
	struct table_entry *e = rc ? NULL : table_put(&p->domains, key);

	if (!e)
		return rc ? rc : no_memory(err);
	struct told *t = e->value;
	if (!t) {
		e->value = t = ARENA_NEW(w->a, struct told);
		if (!t)
			return no_memory(err);
		*t = (struct told){ .first = l,
			            .basis = n->basis,
			            .sent_at = n->sent_at,
			            .acted_at = NOTICE_NEVER,
			            .moved_at = NOTICE_NEVER,
			            .seen_at = NOTICE_NEVER,
			            .newest_at = NOTICE_NEVER };
	}
	if (n->sent_at < t->sent_at) {
		t->sent_at = n->sent_at;
		t->basis = n->basis;
		t->first = l;
	}
	t->lines++;
	if (l->seen_at != NOTICE_NEVER && l->seen_at <= w->in->at)
		t->seen_at = later(t->seen_at, l->seen_at);
	if (outcome == OUTCOME_WITHDRAWN)
		t->withdrawn++;
	else if (outcome == OUTCOME_ACTED)
		t->acted_at = earlier(t->acted_at, l->outcome_at);
	else if (outcome == OUTCOME_MOVED)
		t->moved_at = earlier(t->moved_at, l->outcome_at);
	else if (t->newest_at <= l->outcome_at)
		t->newest = outcome, t->newest_at = l->outcome_at;
	if (l->network.n && outcome != OUTCOME_WITHDRAWN) {
		struct table_entry *of = table_put(&p->networks, l->network);
		struct known *k = of ? of->value : NULL;
		if (of && !k) {
			of->value = k = ARENA_NEW(w->a, struct known);
			if (k)
				*k = (struct known){ l->network, n->sent_at };
		}
		if (!k)
			return no_memory(err);
		k->at = earlier(k->at, n->sent_at);
	}
	return 0;
}

static void take_replies(struct work *w, struct party *p, const struct scorecard_notice *n)
{
	for (size_t i = 0; i < n->reply_n; i++) {
		const struct scorecard_reply *r = &n->reply[i];
		if (r->at > w->in->at)
			continue;
		for (size_t k = 0; k < SCORECARD_REPLIES; k++)
			p->card.reply[k] += slice_eq_str(r->class, reply_classes[k]);
		if (slice_eq_str(r->class, "refusal"))
			p->refusal[p->card.refusal_n++] =
				(struct scorecard_refusal){ n->reference, r->words, r->ticket,
				                            r->at };
	}
}

static int make_room(struct work *w, struct err *err)
{
	for (struct party *p = w->first; p; p = p->next) {
		p->refusal = arena_array(w->a, p->replies, sizeof(*p->refusal));
		p->answer = arena_array(w->a, p->notices, sizeof(*p->answer));
		if (!p->refusal || !p->answer)
			return no_memory(err);
	}
	return 0;
}

/* Whether it asks something of a party that has a card, in the time of the cards. */
static bool counts(const struct scorecard_input *in, const struct scorecard_notice *n)
{
	bool asks = (n->purpose == PURPOSE_REQUEST || n->purpose == PURPOSE_ARRIVED) &&
	            n->action != NOTICE_NONE && is_scored(n->to);

	int64_t at = n->undelivered ? n->at : n->sent_at;

	return asks && n->party.n && at != NOTICE_NEVER && at <= in->at && at >= in->since;
}

static int take_notice(struct work *w, const struct scorecard_notice *n, struct err *err)
{
	struct table_entry *e = table_find(&w->parties, n->party);
	struct party *p = e->value;
	int64_t answered = answered_at(n, w->in->at);
	int rc = 0;

	take_replies(w, p, n);
	if (n->undelivered) {
		p->card.undelivered++;
		return 0;
	}
	if (n->uncertain && answered == NOTICE_NEVER) {
		p->card.uncertain++;
		return 0;
	}
	p->card.notices++;
	p->card.first_at = earlier(p->card.first_at, n->sent_at);
	p->card.last_at = later(p->card.last_at, n->sent_at);
	if (!n->withdrawn)
		p->answer[p->answer_n++] = (struct survival_case){
			(answered == NOTICE_NEVER ? w->in->at : answered) - n->sent_at,
			answered != NOTICE_NEVER,
		};
	for (size_t i = 0; rc == 0 && i < n->line_n; i++)
		rc = take_line(w, p, n, &n->line[i], err);
	return rc;
}

/* ---- escapes ---- */

static enum notice_to kind_of_key(struct slice key)
{
	if (slice_starts(key, SLICE("reseller:")))
		return NOTICE_RESELLER;
	return slice_starts(key, SLICE("host:")) ? NOTICE_HOST : NOTICE_REGISTRAR;
}

static int take_escapes(struct work *w, const struct scorecard_notice *n, struct err *err)
{
	for (size_t i = 0; i < n->line_n; i++) {
		const struct scorecard_line *l = &n->line[i];
		struct party *p;
		struct slice key;
		if (n->withdrawn || outcome_by(l, w->in->at) != OUTCOME_MOVED || !l->moved_to.n)
			continue;
		int rc = party_of(w, kind_of_key(l->moved_to), l->moved_to, (struct slice){ 0 }, &p,
		                  err);
		if (rc == 0)
			rc = domain_key(w, l, &key, err);
		if (rc)
			return rc;
		if (!table_put(&p->moved_in, key))
			return no_memory(err);
	}
	return 0;
}

/* ---- a card ---- */

static int set_time(struct scorecard_time *t, const struct survival_case *c, size_t n,
                    struct arena *a, struct err *err)
{
	int rc = survival_estimate(c, n, a, &t->curve, err);

	t->c = c;
	t->n = n;
	if (rc == 0) {
		t->median = survival_quantile(&t->curve, SURVIVAL_PPM / 2);
		t->p90 = survival_quantile(&t->curve, SURVIVAL_PPM / 10 * 9);
	}
	return rc;
}

static enum notice_outcome outcome_of(const struct told *t)
{
	if (t->withdrawn == t->lines)
		return OUTCOME_WITHDRAWN;
	if (t->acted_at != NOTICE_NEVER)
		return OUTCOME_ACTED;
	return t->moved_at != NOTICE_NEVER ? OUTCOME_MOVED : t->newest;
}

static int count_domains(struct work *w, struct party *p, struct err *err)
{
	struct survival_case *c = arena_array(w->a, p->domains.n, sizeof(*c));
	size_t n = 0;

	if (!c)
		return no_memory(err);
	for (size_t i = 0; i < p->domains.n; i++) {
		const struct told *t = p->domains.entry[i].value;
		enum notice_outcome o = outcome_of(t);
		struct scorecard_counts *basis = &p->card.by_basis[t->basis];
		int64_t end = o == OUTCOME_ACTED   ? t->acted_at
		              : o == OUTCOME_MOVED ? t->moved_at
		                                   : t->seen_at;
		p->card.all.outcome[o]++;
		basis->outcome[o]++;
		if (o == OUTCOME_WITHDRAWN)
			continue;
		p->card.all.told++;
		basis->told++;
		p->card.escaped_out += o == OUTCOME_MOVED;
		if (end == NOTICE_NEVER || end < t->sent_at)
			end = t->sent_at;
		c[n++] = (struct survival_case){ end - t->sent_at, o == OUTCOME_ACTED };
	}
	int rc = set_time(&p->card.effect, c, n, w->a, err);
	return rc ? rc : set_time(&p->card.answer, p->answer, p->answer_n, w->a, err);
}

static struct slice member_at(const struct scorecard_member *m, enum notice_to to)
{
	return to == NOTICE_RESELLER ? m->reseller : to == NOTICE_HOST ? m->host : m->registrar;
}

static int by_network(const void *a, const void *b)
{
	const struct scorecard_member *const *x = a, *const *y = b;

	return slice_cmp((*x)->network, (*y)->network);
}

static int sort_members(struct work *w, struct err *err)
{
	static const enum notice_to kinds[] = { NOTICE_REGISTRAR, NOTICE_RESELLER, NOTICE_HOST };
	size_t n = w->in->member_n;

	w->member = arena_array(w->a, n, sizeof(*w->member));
	if (!w->member)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		w->member[i] = &w->in->member[i];
		for (size_t k = 0; w->member[i]->holding && k < 3; k++) {
			struct slice key = member_at(w->member[i], kinds[k]);
			struct table_entry *e = key.n ? table_find(&w->parties, key) : NULL;
			if (e)
				((struct party *)e->value)->card.holding++;
		}
	}
	if (n)
		qsort(w->member, n, sizeof(*w->member), by_network);
	return 0;
}

static size_t first_of(const struct work *w, struct slice network)
{
	size_t low = 0, high = w->in->member_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (slice_cmp(w->member[mid]->network, network) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What came back. When a site came to a host is written nowhere. */
static void count_newcomers(struct work *w, struct party *p)
{
	for (size_t i = 0; p->card.to != NOTICE_HOST && i < p->networks.n; i++) {
		const struct known *k = p->networks.entry[i].value;
		for (size_t m = first_of(w, k->network);
		     m < w->in->member_n && slice_eq(w->member[m]->network, k->network); m++) {
			struct slice where = member_at(w->member[m], p->card.to);
			int64_t created = w->member[m]->created;
			if (created <= k->at || created > w->in->at || !where.n)
				continue;
			p->card.newcomers++;
			p->card.repeated += slice_eq(where, p->card.key);
		}
	}
}

static int set_beside(struct work *w, struct party *p, struct err *err)
{
	const struct scorecard_input *in = w->in;
	struct commitment *claim = arena_array(w->a, in->claim_n, sizeof(*claim));

	if (!claim)
		return no_memory(err);
	for (size_t i = 0; i < in->dum_n; i++)
		if (slice_eq(in->dum[i].party, p->card.key) && in->dum[i].domains > 0)
			p->card.dum = &in->dum[i];
	if (p->card.dum) {
		uint64_t of = (uint64_t)p->card.dum->domains;
		p->card.told_per_million =
			(int64_t)((p->card.all.told * SURVIVAL_PPM + of / 2) / of);
	}
	for (size_t i = 0; i < in->statement_n; i++)
		if (slice_eq(in->statement[i].party, p->card.key) &&
		    in->statement[i].at <= in->at &&
		    (!p->card.statement || in->statement[i].at >= p->card.statement->at))
			p->card.statement = &in->statement[i];
	for (size_t i = 0; i < in->claim_n; i++)
		if (slice_eq(in->claim[i].adopter, p->card.key))
			claim[p->card.claim_n++] = in->claim[i];
	p->card.claim = claim;
	p->card.refusal = p->refusal;
	p->card.escaped_in = p->moved_in.n;
	return 0;
}

/* ---- ranks ---- */

/* Before when the median surely does not lie: behind the watch nobody knows. */
static int64_t soonest(const struct scorecard *c)
{
	int64_t low = c->effect.median.low_s;

	return low < c->effect.curve.watched_s ? low : c->effect.curve.watched_s;
}

static bool surely_quicker(const struct scorecard *x, const struct scorecard *y)
{
	return x->effect.median.high_s < soonest(y);
}

static void set_ranks(struct scorecard *card, size_t n, size_t least)
{
	for (size_t i = 0; i < n; i++) {
		if (card[i].all.told < least)
			continue;
		size_t quicker = 0, slower = 0;
		for (size_t k = 0; k < n; k++) {
			if (card[k].to != card[i].to || card[k].all.told < least)
				continue;
			card[i].ranked++;
			quicker += surely_quicker(&card[k], &card[i]);
			slower += surely_quicker(&card[i], &card[k]);
		}
		card[i].best = 1 + quicker;
		card[i].worst = card[i].ranked - slower;
	}
}

static int by_rank(const void *a, const void *b)
{
	const struct scorecard *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (!x->ranked != !y->ranked)
		return x->ranked ? -1 : 1;
	if (x->ranked && x->effect.median.s != y->effect.median.s)
		return x->effect.median.s < y->effect.median.s ? -1 : 1;
	return slice_cmp(x->key, y->key);
}

static int finish(struct work *w, struct scorecard **out, struct err *err)
{
	struct scorecard *card = arena_array(w->a, w->n, sizeof(*card));
	size_t n = 0;
	int rc = 0;

	if (!card)
		return no_memory(err);
	rc = sort_members(w, err);
	for (struct party *p = w->first; rc == 0 && p; p = p->next) {
		rc = count_domains(w, p, err);
		if (rc == 0)
			rc = set_beside(w, p, err);
		if (rc == 0)
			count_newcomers(w, p);
		card[n++] = p->card;
	}
	if (rc)
		return rc;
	set_ranks(card, n, w->in->least);
	if (n)
		qsort(card, n, sizeof(*card), by_rank);
	*out = card;
	return 0;
}

int scorecard_make(const struct scorecard_input *in, struct arena *a, struct scorecard **out,
                   size_t *n, struct err *err)
{
	struct work w = { .in = in, .a = a, .last = &w.first };
	struct party *p;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < in->notice_n; i++) {
		const struct scorecard_notice *notice = &in->notice[i];
		if (!counts(in, notice))
			continue;
		rc = party_of(&w, notice->to, notice->party, notice->name, &p, err);
		if (rc == 0)
			p->notices++, p->replies += notice->reply_n;
	}
	if (rc == 0)
		rc = make_room(&w, err);
	for (size_t i = 0; rc == 0 && i < in->notice_n; i++) {
		if (!counts(in, &in->notice[i]))
			continue;
		rc = take_notice(&w, &in->notice[i], err);
		if (rc == 0)
			rc = take_escapes(&w, &in->notice[i], err);
	}
	if (rc == 0)
		rc = finish(&w, out, err);
	if (rc == 0)
		*n = w.n;
	for (p = w.first; p; p = p->next) {
		table_release(&p->domains);
		table_release(&p->networks);
		table_release(&p->moved_in);
	}
	table_release(&w.parties);
	return rc;
}

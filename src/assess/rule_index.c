/* A set of rules is a row of bits, 64 of them a word. For each need there are the rules that have it for
 * every value, and those that do not have it at all:
 *
 *     can fire = AND over needs of (free of it  OR  has it for a value that is present)
 *
 * The word of 64 rules is made anew when the walk enters it: a few hundred operations for 64 rules. */
#include "assess/rule_index.h"

enum { CLAIM_NEEDS = 3, PHRASES = 64 };

enum flag_need { NEED_OFFERS, NEED_NUMBERS, NEED_SEALS, NEED_REGISTERED, NEED_REGISTERS, FLAG_NEEDS };

/* 64 rules. */
struct word {
	uint64_t claim[CLAIM_NEEDS][PHRASES], claim_free[CLAIM_NEEDS];
	uint64_t used[CLAIM_NEEDS]; /* classes for which claim[] has any bit */
	uint64_t supply[SUPPLIES], supply_free;
	uint64_t flag_free[FLAG_NEEDS];
	uint64_t all;
};

struct rule_index {
	struct word *word;
	size_t n;
};

/* What one rule needs: 0 = nothing of that kind. */
struct needs {
	uint64_t claim[CLAIM_NEEDS];
	unsigned claims;
	uint32_t supplies;
	bool flag[FLAG_NEEDS];
};

static void need_claim(struct needs *n, uint64_t phrases)
{
	if (n->claims < CLAIM_NEEDS)
		n->claim[n->claims++] = phrases;
}

/* Of several conditions one holds: what they need together is known where all are claims. */
static void need_any(struct needs *n, const struct condition *c)
{
	uint64_t phrases = 0;

	for (size_t i = 0; i < c->sub_n; i++) {
		if (c->sub[i].kind != CONDITION_CLAIMS)
			return;
		phrases |= c->sub[i].phrases;
	}
	need_claim(n, phrases);
}

static void need(struct needs *n, const struct condition *c)
{
	switch (c->kind) {
	case CONDITION_OFFERS:
		n->flag[NEED_OFFERS] = true;
		/* Of two such conditions one is enough: two substances may hold them, one each. */
		if (!n->supplies)
			n->supplies = c->statuses;
		break;
	case CONDITION_CLAIMS: need_claim(n, c->phrases); break;
	case CONDITION_SELLS:
		need_claim(n, c->goods);
		if (c->phrases)
			need_claim(n, c->phrases);
		break;
	case CONDITION_REGISTERED:
	case CONDITION_IMITATES:
		n->flag[NEED_REGISTERS] = true;
		n->flag[NEED_REGISTERED] = n->flag[NEED_REGISTERED] || c->kind == CONDITION_REGISTERED;
		break;
	case CONDITION_REGISTER_LOADED: n->flag[NEED_REGISTERS] = true; break;
	case CONDITION_LICENCE: n->flag[NEED_NUMBERS] = true; break;
	case CONDITION_SEAL: n->flag[NEED_SEALS] = true; break;
	case CONDITION_COMBINATION: n->flag[NEED_OFFERS] = true; break;
	case CONDITION_PAGES: break;
	case CONDITION_ANY: need_any(n, c); break;
	}
}

static void put(struct word *w, uint64_t bit, const struct rule *rule)
{
	struct needs n = { 0 };

	for (size_t i = 0; i < rule->when_n; i++)
		need(&n, &rule->when[i]);
	w->all |= bit;
	for (size_t k = 0; k < CLAIM_NEEDS; k++) {
		w->used[k] |= n.claim[k];
		if (!n.claim[k])
			w->claim_free[k] |= bit;
		for (unsigned p = 0; p < PHRASES; p++)
			if (n.claim[k] >> p & 1)
				w->claim[k][p] |= bit;
	}
	if (!n.supplies)
		w->supply_free |= bit;
	for (unsigned s = 0; s < SUPPLIES; s++)
		if (n.supplies >> s & 1)
			w->supply[s] |= bit;
	for (size_t f = 0; f < FLAG_NEEDS; f++)
		if (!n.flag[f])
			w->flag_free[f] |= bit;
}

int rule_index_make(const struct pack *pack, struct arena *a, const struct rule_index **out,
                    struct err *err)
{
	struct rule_index *x = ARENA_NEW(a, struct rule_index);
	size_t n = (pack->rule_n + 63) / 64;
	struct word *word = arena_array(a, n, sizeof(*word));

	if (!x || !word)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < pack->rule_n; i++)
		put(&word[i / 64], UINT64_C(1) << i % 64, &pack->rule[i]);
	*x = (struct rule_index){ word, n };
	*out = x;
	return 0;
}

static uint64_t can_fire(const struct word *w, const struct rule_present *p)
{
	const bool flag[FLAG_NEEDS] = { p->offers, p->numbers, p->seals, p->registered, p->registers };
	uint64_t can = w->all, of = w->supply_free;

	for (size_t f = 0; f < FLAG_NEEDS; f++)
		if (!flag[f])
			can &= w->flag_free[f];
	for (unsigned s = 0; can && s < SUPPLIES; s++)
		if (p->supplies >> s & 1)
			of |= w->supply[s];
	can &= of;
	for (size_t k = 0; can && k < CLAIM_NEEDS; k++) {
		of = w->claim_free[k];
		for (uint64_t rest = p->phrases & w->used[k]; rest; rest &= rest - 1)
			of |= w->claim[k][__builtin_ctzll(rest)];
		can &= of;
	}
	return can;
}

struct rule_walk rule_walk_begin(const struct pack *pack, const struct rule_present *present)
{
	return (struct rule_walk){ .pack = pack, .present = present };
}

const struct rule *rule_walk_next(struct rule_walk *w)
{
	const struct rule_index *x = w->pack->index;

	if (!x)
		return w->at < w->pack->rule_n ? &w->pack->rule[w->at++] : NULL;
	while (!w->can) {
		if (w->at == x->n)
			return NULL;
		w->can = can_fire(&x->word[w->at++], w->present);
	}
	size_t bit = (size_t)__builtin_ctzll(w->can);
	w->can &= w->can - 1;
	return &w->pack->rule[(w->at - 1) * 64 + bit];
}

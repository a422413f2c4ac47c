#include "sys/fetch_budget.h"

static void unlink_share(struct fetch_budget *b, struct fetch_share *s)
{
	*(s->prev ? &s->prev->next : &b->first) = s->next;
	*(s->next ? &s->next->prev : &b->last) = s->prev;
	s->next = s->prev = NULL;
	s->is_paused = false;
	b->paused_n--;
}

static bool has_room(const struct fetch_budget *b, uint64_t n)
{
	return b->used <= b->most && n <= b->most - b->used;
}

bool fetch_budget_take(struct fetch_budget *b, struct fetch_share *s, uint64_t n)
{
	if (!s->flows) {
		s->flows = true;
		b->flowing++;
	}
	if (has_room(b, n) || b->flowing == 1) {
		b->used += n;
		s->held += n;
		return true;
	}
	s->flows = false;
	b->flowing--;
	s->is_paused = true;
	s->prev = b->last;
	s->next = NULL;
	*(b->last ? &b->last->next : &b->first) = s;
	b->last = s;
	b->paused_n++;
	return false;
}

void fetch_budget_end(struct fetch_budget *b, struct fetch_share *s)
{
	if (s->is_paused)
		unlink_share(b, s);
	if (s->flows)
		b->flowing--;
	s->flows = false;
	b->used -= s->held;
	s->held = 0;
}

void fetch_budget_hold(struct fetch_budget *b, uint64_t n)
{
	b->used += n;
}

void fetch_budget_let_go(struct fetch_budget *b, uint64_t n)
{
	b->used -= n;
}

struct fetch_share *fetch_budget_next(struct fetch_budget *b)
{
	struct fetch_share *s = b->first;

	if (!s || (b->flowing && !has_room(b, 1)))
		return NULL;
	unlink_share(b, s);
	s->flows = true;
	b->flowing++;
	return s;
}

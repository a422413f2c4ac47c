/* A lookup is asked for and kept in one place: it is open while its queries are under way, told to
 * all who asked meanwhile, and answers those who ask until its time is over. */
#include "sys/lookups.h"

#include "base/hash.h"
#include "sys/clock.h"
#include "sys/random.h"
#include "wire/dname.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
	BUCKETS = 4096,
	KEEP_LEAST_MS = 5000,
	KEEP_MOST_MS = 300000,
	AAAA_AFTER_A_MS = 200, /* RFC 8305 3 names 50 ms; some resolvers are far away */
};

enum family { V4, V6, FAMILIES };

struct waiter {
	struct waiter *next;
	resolver_addresses_fn fn;
	void *ctx;
};

struct lookup {
	struct lookup *chained;      /* in its bucket */
	struct lookup *older, *newer;
	struct lookup *next_told;    /* in lookups.told */
	struct lookups *s;
	struct waiter *waiters, **last;
	struct loop_timer *hurry;    /* set while AAAA keeps A waiting */
	int64_t until_ms;            /* of clock_ticks_ns; valid once it is answered */
	enum exchange_fault fault[FAMILIES], whole;
	bool open[FAMILIES], answered, to_be_told, being_told;
	struct ip address[FAMILIES][LOOKUP_ADDRESSES_MAX];
	size_t address_n[FAMILIES];
	struct dname name;
};

struct lookups {
	struct loop *loop;
	struct resolver *r;
	struct hash_key key;
	struct lookup *bucket[BUCKETS];
	struct lookup *oldest, *newest;
	size_t n;
	struct lookup *told, **told_last; /* their waiters are told in the next round */
	struct loop_timer *soon;
};

static int64_t now_ms(void)
{
	return clock_ticks_ns() / 1000000;
}

static struct lookup **bucket_of(struct lookups *s, const struct dname *name)
{
	return &s->bucket[hash_bytes(s->key, dname_slice(name)) % BUCKETS];
}

static void tell(struct lookup *u)
{
	struct ip all[FAMILIES * LOOKUP_ADDRESSES_MAX];
	size_t n = u->address_n[V4];
	struct waiter *w = u->waiters, *next;

	memcpy(all, u->address[V4], n * sizeof(*all));
	memcpy(all + n, u->address[V6], u->address_n[V6] * sizeof(*all));
	n += u->address_n[V6];
	u->waiters = NULL;
	u->last = &u->waiters;
	enum exchange_fault fault = u->whole;
	if (fault != FAULT_NONE)
		n = 0;
	for (; w; w = next) {
		next = w->next;
		w->fn(w->ctx, all, n, fault);
		free(w);
	}
}

static bool is_in_use(const struct lookup *u)
{
	return u->open[V4] || u->open[V6] || u->waiters || u->to_be_told || u->being_told;
}

static void lookup_drop(struct lookup *u)
{
	struct lookups *s = u->s;
	struct lookup **at = bucket_of(s, &u->name);

	while (*at != u)
		at = &(*at)->chained;
	*at = u->chained;
	*(u->older ? &u->older->newer : &s->oldest) = u->newer;
	*(u->newer ? &u->newer->older : &s->newest) = u->older;
	s->n--;
	if (u->hurry)
		loop_cancel(u->hurry);
	free(u);
}

static void tell_now(struct lookup *u)
{
	u->being_told = true;
	tell(u);
	u->being_told = false;
}

/* What both families come to. */
static void conclude(struct lookup *u)
{
	enum exchange_fault a = u->fault[V4], b = u->fault[V6];

	if (u->address_n[V4] + u->address_n[V6])
		u->whole = FAULT_NONE;
	else if (a == FAULT_NAME && b == FAULT_NAME)
		u->whole = FAULT_NAME;
	else
		u->whole = a != FAULT_NAME ? a : b;
	u->answered = true;
	if (u->hurry)
		loop_cancel(u->hurry);
	u->hurry = NULL;
	tell_now(u);
}

static void hurry(void *ctx)
{
	struct lookup *u = ctx;

	u->hurry = NULL;
	conclude(u);
}

static int read_addresses(struct lookup *u, enum family f, struct slice m, int *ttl)
{
	const unsigned char *b = (const unsigned char *)m.p;
	struct ares_addrttl v4[LOOKUP_ADDRESSES_MAX];
	struct ares_addr6ttl v6[LOOKUP_ADDRESSES_MAX];
	int n = LOOKUP_ADDRESSES_MAX, len = (int)m.n;
	int rc = f == V4 ? ares_parse_a_reply(b, len, NULL, v4, &n) :
	                   ares_parse_aaaa_reply(b, len, NULL, v6, &n);

	if (rc != ARES_SUCCESS)
		return rc;
	for (int i = 0; i < n; i++) {
		struct ip *ip = &u->address[f][i];
		int one = f == V4 ? v4[i].ttl : v6[i].ttl;
		*ip = (struct ip){ .is_v6 = f == V6 };
		if (f == V4)
			memcpy(ip->b, &v4[i].ipaddr, 4);
		else
			memcpy(ip->b, &v6[i].ip6addr, 16);
		if (i == 0 || one < *ttl)
			*ttl = one;
	}
	u->address_n[f] = (size_t)n;
	return n ? ARES_SUCCESS : ARES_ENODATA;
}

static void family_came(struct lookup *u, enum family f, const struct exchange *x)
{
	unsigned rcode = x->response.n > 3 ? (unsigned)x->response.p[3] & 15 : ns_r_servfail;
	int64_t keep = KEEP_LEAST_MS, until;
	int ttl = 0;

	u->open[f] = false;
	if (x->fault != FAULT_NONE) {
		u->fault[f] = x->fault;
		keep = 0;
	} else if (rcode == ns_r_nxdomain) {
		u->fault[f] = FAULT_NAME;
	} else if (rcode != ns_r_noerror) {
		u->fault[f] = FAULT_RESOLVE;
		keep = 0;
	} else {
		int rc = read_addresses(u, f, x->response, &ttl);
		u->fault[f] = rc == ARES_SUCCESS ? FAULT_NONE :
		              rc == ARES_ENODATA ? FAULT_NAME :
		                                   FAULT_RESOLVE;
		keep = rc == ARES_SUCCESS  ? (int64_t)ttl * 1000 :
		       rc == ARES_ENODATA ? KEEP_LEAST_MS :
		                            0;
		if (rc == ARES_SUCCESS && keep < KEEP_LEAST_MS)
			keep = KEEP_LEAST_MS;
		if (keep > KEEP_MOST_MS)
			keep = KEEP_MOST_MS;
	}
	until = now_ms() + keep;
	/* One family may be missing for a while: what is there is good. */
	if (f == V4 || until < u->until_ms || u->address_n[V4] == 0)
		u->until_ms = until;
	if (u->answered)
		return;
	bool more = u->open[V4] || u->open[V6];
	if (!more)
		conclude(u);
	else if (f == V4 && u->address_n[V4] &&
	         loop_after(u->s->loop, AAAA_AFTER_A_MS, hurry, u, &u->hurry, NULL) < 0)
		u->hurry = NULL; /* no memory: AAAA is waited for */
}

static void a_came(void *ctx, const struct exchange *x)
{
	family_came(ctx, V4, x);
}

static void aaaa_came(void *ctx, const struct exchange *x)
{
	family_came(ctx, V6, x);
}

static void tell_known(void *ctx)
{
	struct lookups *s = ctx;
	struct lookup *u = s->told, *next;

	s->soon = NULL;
	s->told = NULL;
	s->told_last = &s->told;
	for (; u; u = next) {
		next = u->next_told;
		u->to_be_told = false;
		tell_now(u);
	}
}

/* Make room; what is under way or waited for stays. */
static void evict(struct lookups *s)
{
	for (struct lookup *u = s->oldest, *newer; u && s->n >= LOOKUPS_MAX; u = newer) {
		newer = u->newer;
		if (!is_in_use(u))
			lookup_drop(u);
	}
}

static int ask_both(struct lookup *u, struct err *err)
{
	int rc = resolver_query(u->s->r, dname_slice(&u->name), ns_t_a, a_came, u, err);

	if (rc < 0)
		return rc;
	u->open[V4] = true;
	rc = resolver_query(u->s->r, dname_slice(&u->name), ns_t_aaaa, aaaa_came, u, err);
	if (rc < 0) {
		u->fault[V6] = FAULT_RESOLVE; /* no memory: A is under way and shall do */
		return 0;
	}
	u->open[V6] = true;
	return 0;
}

static int lookup_new(struct lookups *s, const struct dname *name, struct lookup **out,
                      struct err *err)
{
	evict(s);
	struct lookup *u = calloc(1, sizeof(*u)), **at = bucket_of(s, name);
	if (!u)
		return err_set(err, ERR_NOMEM, 0, "resolver: no memory");
	u->s = s;
	u->name = *name;
	u->last = &u->waiters;
	u->chained = *at;
	*at = u;
	u->older = s->newest;
	*(s->newest ? &s->newest->newer : &s->oldest) = u;
	s->newest = u;
	s->n++;
	int rc = ask_both(u, err);
	if (rc < 0) {
		lookup_drop(u);
		return rc;
	}
	*out = u;
	return 0;
}

static int tell_soon(struct lookup *u, struct err *err)
{
	struct lookups *s = u->s;
	int rc = s->soon ? 0 : loop_after(s->loop, 0, tell_known, s, &s->soon, err);

	if (rc < 0)
		return rc;
	u->to_be_told = true;
	u->next_told = NULL;
	*s->told_last = u;
	s->told_last = &u->next_told;
	return 0;
}

int lookups_ask(struct lookups *s, struct slice name, resolver_addresses_fn fn, void *ctx,
                struct err *err)
{
	struct dname d;
	struct lookup *u;
	int rc = dname_parse(name, &d, err);

	if (rc < 0)
		return rc == ERR_NOMEM ? rc : err_set(err, ERR_SYNTAX, 0, "resolver: no name");
	struct waiter *w = calloc(1, sizeof(*w));
	if (!w)
		return err_set(err, ERR_NOMEM, 0, "resolver: no memory");
	*w = (struct waiter){ .fn = fn, .ctx = ctx };
	u = *bucket_of(s, &d);
	while (u && !slice_eq(dname_slice(&u->name), dname_slice(&d)))
		u = u->chained;
	if (u && !is_in_use(u) && u->until_ms <= now_ms()) {
		lookup_drop(u);
		u = NULL;
	}
	rc = u ? 0 : lookup_new(s, &d, &u, err);
	if (rc == 0 && u->answered && !u->to_be_told)
		rc = tell_soon(u, err);
	if (rc < 0) {
		free(w);
		return rc;
	}
	*u->last = w;
	u->last = &w->next;
	return 0;
}

int lookups_new(struct loop *l, struct resolver *r, struct lookups **out, struct err *err)
{
	struct lookups *s = calloc(1, sizeof(*s));

	if (!s)
		return err_set(err, ERR_NOMEM, 0, "resolver: no memory");
	*s = (struct lookups){ .loop = l, .r = r };
	s->told_last = &s->told;
	int rc = random_bytes((uint8_t *)&s->key, sizeof(s->key), err);
	if (rc < 0) {
		free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void lookups_free(struct lookups *s)
{
	if (!s)
		return;
	if (s->soon)
		loop_cancel(s->soon);
	while (s->oldest) {
		struct lookup *u = s->oldest;
		if (u->waiters) {
			u->whole = FAULT_STOPPED;
			tell(u);
		}
		lookup_drop(u);
	}
	free(s);
}

/* A table of questions; each answer fills its row, and the last one makes the observation. So the
 * order in which answers come changes nothing. */
#include "collect/delegation.h"

#include "base/arena.h"
#include "wire/dname.h"
#include "wire/dnspkt.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

enum { QUESTIONS = 9, CHAIN_MAX = 16, LIST_MAX = 64 /* of one kind: what is more is not told */ };

static const struct asked {
	uint16_t type;
	bool www;
} asked[QUESTIONS] = {
	{ DNSPKT_NS, false },  { DNSPKT_SOA, false },  { DNSPKT_A, false },
	{ DNSPKT_AAAA, false }, { DNSPKT_MX, false },  { DNSPKT_TXT, false },
	{ DNSPKT_CAA, false }, { DNSPKT_A, true },     { DNSPKT_AAAA, true },
};

struct question {
	uint32_t number; /* 0: not asked */
	bool answered, failed; /* failed: nothing was learned of the name */
	const char *rcode;     /* "noerror"; of a fault its name */
	struct slice text[LIST_MAX];
	size_t n;
	bool more;
	struct slice chain[CHAIN_MAX];
	size_t chain_n;
	int64_t ttl; /* the lowest; -1: none */
	int64_t at_ms;
	json_t *evidence;
};

struct delegation {
	struct delegation_options o;
	struct arena arena;
	struct slice name, www;
	struct question q[QUESTIONS];
	size_t waiting;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "delegation: out of memory");
}

int delegation_new(const struct delegation_options *o, struct delegation **out, struct err *err)
{
	struct delegation *d = calloc(1, sizeof(*d));

	if (!d)
		return no_memory(err);
	d->o = *o;
	d->name = arena_copy(&d->arena, o->name);
	char *www = arena_printf(&d->arena, "www.%.*s", SLICE_ARG(o->name));
	if (!d->name.p || !www) {
		delegation_free(d);
		return no_memory(err);
	}
	if (o->is_registrable && strlen(www) <= DNAME_MAX)
		d->www = slice_str(www);
	*out = d;
	return 0;
}

void delegation_free(struct delegation *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < QUESTIONS; i++)
		json_decref(d->q[i].evidence);
	arena_release(&d->arena);
	free(d);
}

int delegation_start(struct delegation *d, struct asks *asks, struct err *err)
{
	for (size_t i = 0; i < QUESTIONS; i++) {
		struct ask a = { .kind = ASK_DNS, .purpose = PURPOSE_DNS, .rrtype = asked[i].type,
			         .name = asked[i].www ? d->www : d->name };
		if (a.name.n == 0)
			continue;
		int64_t rc = asks_put(asks, &a, err);
		if (rc < 0)
			return (int)rc;
		d->q[i].number = a.number;
		d->q[i].ttl = -1;
		d->waiting++;
	}
	return 0;
}

bool delegation_is_done(const struct delegation *d)
{
	return d->waiting == 0;
}

/* ---- one answer ---- */

static void lowest_ttl(struct question *q, uint32_t ttl)
{
	if (q->ttl < 0 || ttl < q->ttl)
		q->ttl = ttl;
}

/* From the name that was asked for along its aliases; loops end with the room. */
static struct slice follow(const struct dnspkt *p, struct slice name, struct question *q)
{
	bool found = true;

	while (found && q->chain_n < CHAIN_MAX) {
		found = false;
		for (size_t i = 0; i < p->n && !found; i++) {
			const struct dnspkt_record *r = &p->record[i];
			if (r->section != DNSPKT_ANSWER || r->type != DNSPKT_CNAME ||
			    !slice_eq(r->name, name))
				continue;
			found = true;
			name = q->chain[q->chain_n++] = r->text;
			lowest_ttl(q, r->ttl);
		}
	}
	return name;
}

static int cmp_slice(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* The records of the type asked for, sorted: resolvers turn lists round. */
static void take_records(const struct dnspkt *p, struct slice name, uint16_t type,
                         struct question *q)
{
	/* A delegation is the name's own, not that of an alias. */
	struct slice end = follow(p, name, q);
	struct slice owner = type == DNSPKT_NS || type == DNSPKT_SOA ? name : end;

	for (size_t i = 0; i < p->n; i++) {
		const struct dnspkt_record *r = &p->record[i];
		bool seen = false;
		if (r->section != DNSPKT_ANSWER || r->type != type || !slice_eq(r->name, owner))
			continue;
		lowest_ttl(q, r->ttl);
		for (size_t k = 0; k < q->n && !seen; k++)
			seen = slice_eq(q->text[k], r->text);
		if (seen)
			continue;
		if (q->n < LIST_MAX)
			q->text[q->n++] = r->text;
		else
			q->more = true;
	}
	if (q->n)
		qsort(q->text, q->n, sizeof(q->text[0]), cmp_slice);
}

static int read_answer(struct delegation *d, size_t i, const struct answer *a, struct err *err)
{
	struct question *q = &d->q[i];
	struct slice name = asked[i].www ? d->www : d->name;
	struct dnspkt p;
	struct err why = { 0 };

	q->failed = true;
	q->rcode = exchange_fault_name(a->fault);
	if (a->fault != FAULT_NONE || !a->exchange)
		return 0;
	int rc = dnspkt_parse(a->exchange->response, &d->arena, &p, &why);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc || !p.response) {
		q->rcode = exchange_fault_name(FAULT_PROTOCOL);
		return 0;
	}
	q->failed = p.rcode != DNSPKT_NOERROR && p.rcode != DNSPKT_NXDOMAIN;
	q->rcode = dnspkt_rcode_name(p.rcode);
	if (!q->rcode)
		q->rcode = arena_printf(&d->arena, "rcode-%u", p.rcode);
	if (!q->rcode)
		return no_memory(err);
	/* With an alias, NXDOMAIN is said of its end (RFC 2308 2.1). */
	take_records(&p, name, asked[i].type, q);
	return 0;
}

/* ---- all together ---- */

enum state {
	STATE_DELEGATED,
	STATE_NXDOMAIN,
	STATE_NO_DELEGATION,
	STATE_NO_DATA,
	STATE_UNRESOLVED,
	STATES
};

static const char *const states[STATES] = {
	[STATE_DELEGATED] = "delegated",
	[STATE_NXDOMAIN] = "nxdomain",
	[STATE_NO_DELEGATION] = "no_delegation",
	[STATE_NO_DATA] = "no_data",
	[STATE_UNRESOLVED] = "unresolved",
};

enum { NS = 0, SOA = 1, A = 2, AAAA = 3 }; /* rows of asked */

static enum state state_of(const struct delegation *d)
{
	bool failed = false, gone = false;

	for (size_t i = NS; i <= AAAA; i++) {
		const struct question *q = &d->q[i];
		if (q->n || q->chain_n)
			return STATE_DELEGATED;
		failed = failed || q->failed;
		gone = gone || strcmp(q->rcode, "nxdomain") == 0;
	}
	/* No such name is said of all types at once (RFC 8020 2). */
	if (gone)
		return STATE_NXDOMAIN;
	if (failed)
		return STATE_UNRESOLVED;
	return d->o.is_registrable ? STATE_NO_DELEGATION : STATE_NO_DATA;
}

static const struct parking_row *parked_at(const struct delegation *d)
{
	const struct parking_row *row = NULL;

	if (!d->o.parking)
		return NULL;
	for (size_t i = 0; i < d->q[NS].n && !row; i++)
		row = parking_of_name(d->o.parking, d->q[NS].text[i]);
	for (size_t k = A; k <= AAAA && !row; k++)
		for (size_t i = 0; i < d->q[k].n && !row; i++)
			row = parking_of_address(d->o.parking, d->q[k].text[i]);
	return row;
}

static json_t *list_of(const struct slice *text, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < n; i++)
		if (json_add_str(list, text[i])) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* Lists, TTLs and codes of the name, or of the one below it. */
static int put_questions(const struct delegation *d, bool www, json_t *out)
{
	json_t *ttl = json_object(), *rcode = json_object();
	bool chain = false, more = false;
	int bad = 0;

	for (size_t i = 0; i < QUESTIONS; i++) {
		const struct question *q = &d->q[i];
		const char *kind = dnspkt_type_name(asked[i].type);
		if (asked[i].www != www || !q->number)
			continue;
		if (q->n)
			bad |= json_put_new(out, kind, list_of(q->text, q->n));
		if (q->ttl >= 0)
			bad |= json_put_i64(ttl, kind, q->ttl);
		bad |= json_put_str(rcode, kind, slice_str(q->rcode));
		bool leads = asked[i].type == DNSPKT_A || asked[i].type == DNSPKT_AAAA;
		if (leads && q->chain_n && !chain) {
			chain = true;
			bad |= json_put_new(out, "cname", list_of(q->chain, q->chain_n));
		}
		more = more || q->more;
	}
	if (more)
		bad |= json_put_flag(out, "more", true);
	if (json_object_size(ttl))
		bad |= json_put_new(out, "ttl", json_incref(ttl));
	bad |= json_put_new(out, "rcode", rcode);
	json_decref(ttl);
	return bad;
}

static json_t *evidence_of(const struct delegation *d)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < QUESTIONS; i++)
		if (d->q[i].evidence && json_array_append(list, d->q[i].evidence)) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static int64_t earliest(const struct delegation *d)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < QUESTIONS; i++)
		if (d->q[i].number && d->q[i].at_ms < at)
			at = d->q[i].at_ms;
	return at / 1000;
}

/* What every observation of this errand has; takes the reference of value. */
static json_t *observation(const struct delegation *d, const char *what, json_t *value)
{
	json_t *o = json_object(), *evidence = evidence_of(d);
	char at[TIMESTAMP_SIZE];
	int bad = !evidence;

	timestamp_format(earliest(d), at);
	bad |= json_put_str(o, "what", slice_str(what));
	bad |= json_put_str(o, "at", slice_str(at));
	bad |= json_put_str(o, "src", SLICE("collector"));
	bad |= json_put_str(o, "vantage", SLICE("collector"));
	bad |= json_put_new(o, what, value);
	if (json_array_size(evidence))
		bad |= json_put_new(o, "evidence", json_incref(evidence));
	json_decref(evidence);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int tell(struct delegation *d, json_t *o, struct err *err)
{
	return o ? d->o.observe(d->o.ctx, o, err) : no_memory(err);
}

static int finish(struct delegation *d, struct err *err)
{
	enum state state = state_of(d);
	const struct parking_row *row = state == STATE_DELEGATED ? parked_at(d) : NULL;
	const char *word = row ? parking_kind_name(row->kind) : states[state];
	json_t *dns = json_object();
	int bad = json_put_str(dns, "name", d->name) | json_put_str(dns, "state", slice_str(word)) |
	          put_questions(d, false, dns);

	if (row)
		bad |= json_put_str(dns, "operator", row->operator);
	if (d->www.n) {
		json_t *www = json_object();
		bad |= put_questions(d, true, www);
		bad |= json_put_new(dns, "www", www);
	}
	if (bad) {
		json_decref(dns);
		return no_memory(err);
	}
	int rc = tell(d, observation(d, "dns", dns), err);
	if (rc || state == STATE_DELEGATED)
		return rc;
	json_t *absence = json_object();
	/* Why it could not be learned is what is missing then. */
	const char *how = state == STATE_UNRESOLVED ? d->q[A].rcode : states[state];
	if (json_put_str(absence, "of", SLICE("dns")) |
	    json_put_str(absence, "how", slice_str(how))) {
		json_decref(absence);
		return no_memory(err);
	}
	return tell(d, observation(d, "absence", absence), err);
}

int delegation_answer(struct delegation *d, const struct answer *a, struct err *err)
{
	for (size_t i = 0; i < QUESTIONS; i++) {
		struct question *q = &d->q[i];
		if (q->number != a->number || q->answered || !q->number)
			continue;
		q->answered = true;
		q->at_ms = a->at_ms;
		if (a->has_evidence && !(q->evidence = evidence_to_json(&a->evidence)))
			return no_memory(err);
		int rc = read_answer(d, i, a, err);
		if (rc)
			return rc;
		return --d->waiting ? 0 : finish(d, err);
	}
	return err_set(err, ERR_USAGE, 0, "delegation: ask %u is none of its own", a->number);
}

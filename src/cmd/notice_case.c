#include "cmd/notice_case.h"

#include "cmd/acts.h"
#include "cmd/casefile.h"
#include "cmd/networks.h"
#include "decide/standing.h"
#include "model/evidence.h"
#include "model/quotation.h"
#include "publish/redaction.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

enum { FINDINGS_MAX = 64, LAWS_MAX = 8, PAGES_MAX = 4096, WORDS_MAX = 200 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* One page observation of the subject. */
struct page {
	struct sha256 evidence;
	struct slice url, vantage, title;
	int64_t at, status;
	bool quoted, construction;
};

struct gathering {
	struct notice_desk *desk;
	struct subject subject;
	struct arena *a;
	struct notice_subject *out;
	struct party_seen *seen;
	struct page *page;
	size_t page_n, page_cap;
	const json_t *verdict;
};

static int copy(struct gathering *g, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(g->a, s);
	return out->p ? 0 : no_memory(err);
}

static int copy_list(struct gathering *g, const json_t *list, const struct slice **out, size_t *n,
                     struct err *err)
{
	struct slice *texts = arena_array(g->a, json_array_size(list), sizeof(*texts));
	int rc = texts ? 0 : no_memory(err);

	*n = 0;
	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
		struct slice s = json_text(json_array_get(list, i));
		if (s.n)
			rc = copy(g, s, &texts[(*n)++], err);
	}
	*out = texts;
	return rc;
}

/* With personal contact data masked. */
static int mask(struct gathering *g, struct slice text, struct slice *out, struct err *err)
{
	struct redaction *found = NULL;
	struct buf masked = { 0 };
	size_t n = 0;
	int rc = redaction_find(text, g->a, &found, &n, err);

	if (rc == 0) {
		redaction_put(text, 0, text.n, found, n, &masked);
		rc = buf_ok(&masked) ? copy(g, buf_slice(&masked), out, err) : no_memory(err);
	}
	buf_release(&masked);
	return rc;
}

static int read_body(struct gathering *g, struct sha256 id, json_t **out, struct err *err)
{
	struct store_record r;
	int rc = store_get_record(g->desk->store, id, g->a, &r, err);

	return rc ? rc : json_parse_object(r.body, STORE_BODY_MAX, out, err);
}

/* ---- what was decided ---- */

static struct slice class_of(const struct standing *s)
{
	struct slice held = standing_in_force(s);

	return held.n ? held : s->class;
}

/* The gravest class that people decided; else, where nothing was, that of the verdict: the checker
 * then says that it waits for people. */
static int take_standings(struct gathering *g, const struct standing *list, size_t n,
                          struct err *err)
{
	struct notice_subject *s = g->out;
	struct slice *places = arena_array(g->a, n, sizeof(*places));
	const struct standing *gravest = NULL;

	if (!places)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct standing *t = &list[i];
		if (!t->is_current)
			continue;
		s->foreign_legal |= t->verdict && slice_eq_str(t->verdict->ground, "foreign_legal");
		s->abused |= t->verdict && slice_eq_str(t->verdict->ground, "abused_legit");
		s->legitimate |= slice_eq_str(class_of(t), "legitimate");
		int more = !gravest ? 1
		                    : (standing_in_force(t).n > 0) - (standing_in_force(gravest).n > 0);
		if (more == 0)
			more = standing_harshness(class_of(t)) - standing_harshness(class_of(gravest));
		if (more > 0)
			gravest = t;
	}
	if (!gravest)
		return 0;
	bool decided = standing_in_force(gravest).n > 0;
	int rc = copy(g, class_of(gravest), &s->class, err);
	if (rc == 0 && gravest->verdict)
		rc = copy(g, gravest->verdict->ground, &s->ground, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (list[i].is_current && slice_eq(class_of(&list[i]), s->class) &&
		    (standing_in_force(&list[i]).n > 0) == decided)
			rc = copy(g, list[i].destination, &places[s->destination_n++], err);
	s->destination = places;
	s->period = gravest->has_period ? gravest->period : NOTICE_NEVER;
	if (gravest->verdict)
		s->verdict = gravest->verdict->record;
	if (decided && gravest->decision) {
		s->decision = gravest->decision->record;
		s->decided = gravest->decision->at;
	}
	return rc;
}

static int find_entry(struct gathering *g, struct err *err)
{
	struct err why = { 0 };
	int rc = 0;

	g->out->entry = -1;
	if (!sha256_eq(g->out->decision, (struct sha256){ { 0 } }))
		rc = store_ledger_find(g->desk->store, g->out->decision, &g->out->entry, &why);
	if (rc && rc != ERR_NOTFOUND && err)
		*err = why;
	return rc == ERR_NOTFOUND ? 0 : rc;
}

/* ---- what was found ---- */

static int take_quote(struct gathering *g, const json_t *o, struct notice_quote *out, bool *taken,
                      struct err *err)
{
	struct quotation q;

	*taken = false;
	/* A malformed one is told of by assay store check; nothing can be said with it. */
	if (quotation_from_json(o, &q, NULL) || json_str(o, "url").n == 0 ||
	    timestamp_parse(json_str(o, "at"), &out->at, NULL))
		return 0;
	out->evidence = q.evidence;
	int rc = mask(g, q.quote, &out->quote, err);
	if (rc == 0)
		rc = copy(g, json_str(o, "url"), &out->url, err);
	if (rc == 0)
		rc = copy(g, json_str(o, "vantage"), &out->vantage, err);
	*taken = rc == 0;
	return rc;
}

static int take_law(struct gathering *g, const json_t *list, struct notice_finding *out,
                    struct err *err)
{
	struct notice_law *law = arena_array(g->a, LAWS_MAX, sizeof(*law));
	int rc = law ? 0 : no_memory(err);

	for (size_t i = 0; rc == 0 && i < json_array_size(list) && i < LAWS_MAX; i++) {
		const json_t *o = json_array_get(list, i);
		rc = copy(g, json_str(o, "cite"), &law[i].cite, err);
		if (rc == 0)
			rc = copy(g, json_str(o, "says"), &law[i].says, err);
		out->law_n += rc == 0;
	}
	out->law = law;
	return rc;
}

static int take_finding(struct gathering *g, struct sha256 id, const json_t *body,
                        struct notice_finding *out, struct err *err)
{
	const json_t *quotes = json_arr(body, "quotations");
	struct notice_quote *quote = arena_array(g->a, NOTICE_QUOTES, sizeof(*quote));
	int rc = quote ? 0 : no_memory(err);

	*out = (struct notice_finding){
		.id = id, .global = slice_eq_str(json_str(body, "reach"), "global")
	};
	if (rc == 0)
		rc = copy(g, json_str(body, "rule"), &out->rule, err);
	if (rc == 0)
		rc = copy(g, json_str(body, "text"), &out->text, err);
	if (rc == 0)
		rc = copy(g, json_str(body, "destination"), &out->destination, err);
	if (rc == 0)
		rc = copy(g, json_str(body, "severity"), &out->severity, err);
	if (rc == 0)
		rc = take_law(g, json_arr(body, "law"), out, err);
	for (size_t i = 0; rc == 0 && i < json_array_size(quotes); i++) {
		bool taken = false;
		if (out->quote_n == NOTICE_QUOTES)
			break;
		rc = take_quote(g, json_array_get(quotes, i), &quote[out->quote_n], &taken, err);
		out->quote_n += taken;
	}
	out->quote = quote;
	return rc;
}

static bool is_asked(const struct notice_subject *s, struct slice destination)
{
	for (size_t i = 0; i < s->destination_n; i++)
		if (slice_eq(s->destination[i], destination))
			return true;
	return false;
}

static int take_cell(struct gathering *g, const json_t *cell, struct notice_finding *list,
                     struct err *err)
{
	const json_t *ids = json_arr(cell, "findings");
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(ids); i++) {
		struct sha256 id;
		json_t *body = NULL;
		if (g->out->finding_n == FINDINGS_MAX ||
		    !sha256_parse_hex(json_text(json_array_get(ids, i)), &id))
			continue;
		rc = read_body(g, id, &body, err);
		/* A note decides nothing and is not held against anybody. */
		if (rc == 0 && standing_harshness(json_str(body, "severity")) > 0) {
			rc = take_finding(g, id, body, &list[g->out->finding_n], err);
			g->out->finding_n += rc == 0;
		}
		json_decref(body);
	}
	return rc;
}

static int take_findings(struct gathering *g, struct err *err)
{
	struct notice_finding *list = arena_array(g->a, FINDINGS_MAX, sizeof(*list));
	json_t *verdict = NULL;
	int rc = list ? 0 : no_memory(err);

	if (rc == 0 && !sha256_eq(g->out->verdict, (struct sha256){ { 0 } }))
		rc = read_body(g, g->out->verdict, &verdict, err);
	const json_t *cells = json_arr(verdict, "cells");
	for (size_t i = 0; rc == 0 && i < json_array_size(cells); i++) {
		const json_t *cell = json_array_get(cells, i);
		if (is_asked(g->out, json_str(cell, "destination")))
			rc = take_cell(g, cell, list, err);
	}
	json_decref(verdict);
	g->out->finding = list;
	return rc;
}

/* ---- what was observed ---- */

static bool has_hint(const json_t *body, const char *hint)
{
	const json_t *list = json_arr(body, "hints");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (slice_eq_str(json_text(json_array_get(list, i)), hint))
			return true;
	return false;
}

static int take_page(struct gathering *g, const struct store_record *r, const json_t *body,
                     struct err *err)
{
	const json_t *evidence = json_array_get(json_arr(body, "evidence"), 0);
	struct page p = { .at = r->at,
		          .status = json_i64(body, "status", 0),
		          .construction = has_hint(body, "under_construction") };

	if (evidence_address_parse(json_str(evidence, "address"), &p.evidence, NULL) ||
	    g->page_n == PAGES_MAX)
		return 0;
	int rc = copy(g, json_str(body, "url"), &p.url, err);
	if (rc == 0)
		rc = copy(g, json_str(body, "vantage"), &p.vantage, err);
	if (rc == 0)
		rc = mask(g, json_str(body, "title"), &p.title, err);
	if (rc)
		return rc;
	if (g->page_n == g->page_cap) {
		size_t cap = g->page_cap ? 2 * g->page_cap : 32;
		struct page *more = arena_array(g->a, cap, sizeof(*more));
		if (!more)
			return no_memory(err);
		if (g->page_n)
			memcpy(more, g->page, g->page_n * sizeof(*more));
		g->page = more;
		g->page_cap = cap;
	}
	g->page[g->page_n++] = p;
	return 0;
}

static int take_registration(struct gathering *g, const struct store_record *r, const json_t *body,
                             struct err *err)
{
	const json_t *o = json_obj(body, "registration"), *abuse = json_obj(o, "abuse");
	struct notice_registration *to = &g->out->registration;
	struct slice source = json_str(json_array_get(json_arr(o, "sources"), 0), "source");
	int rc = 0;

	if (!o || r->at < to->at)
		return 0;
	*to = (struct notice_registration){ .created = NOTICE_NEVER, .at = r->at, .record = r->id };
	timestamp_parse(json_str(o, "created"), &to->created, NULL);
	to->registrar_id = json_i64(o, "registrar_id", 0);
	to->verified = json_flag(o, "identity_verified", false);
	rc = copy(g, json_str(o, "registrar"), &to->registrar, err);
	if (rc == 0)
		rc = copy(g, json_str(o, "reseller"), &to->reseller, err);
	if (rc == 0)
		rc = copy_list(g, json_arr(o, "status"), &to->status, &to->status_n, err);
	if (rc == 0)
		rc = copy_list(g, json_arr(o, "nameservers"), &to->nameserver, &to->nameserver_n, err);
	g->seen->source = slice_starts(source, SLICE("whois")) ? SLICE("whois") : SLICE("rdap");
	if (rc == 0)
		rc = copy(g, json_str(abuse, "mail"), &g->seen->abuse_mail, err);
	return rc;
}

static int take_dns(struct gathering *g, const struct store_record *r, const json_t *body,
                    struct err *err)
{
	const json_t *o = json_obj(body, "dns"), *a = json_arr(o, "a"), *aaaa = json_arr(o, "aaaa");
	size_t n = json_array_size(a) + json_array_size(aaaa);
	struct slice *list;
	int rc = 0;

	if (n == 0 || r->at < g->out->ip_at)
		return 0;
	list = arena_array(g->a, n, sizeof(*list));
	if (!list)
		return no_memory(err);
	n = 0;
	for (size_t i = 0; rc == 0 && i < json_array_size(a); i++)
		rc = copy(g, json_text(json_array_get(a, i)), &list[n++], err);
	for (size_t i = 0; rc == 0 && i < json_array_size(aaaa); i++)
		rc = copy(g, json_text(json_array_get(aaaa, i)), &list[n++], err);
	g->out->ip = list;
	g->out->ip_n = n;
	g->out->ip_at = r->at;
	g->seen->ip_record = r->id;
	return rc;
}

static int take_observation(void *ctx, const struct store_record *r, struct err *err)
{
	struct gathering *g = ctx;
	json_t *body = NULL;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);

	if (rc)
		return rc;
	struct slice what = json_str(body, "what");
	if (slice_eq_str(what, "page"))
		rc = take_page(g, r, body, err);
	else if (slice_eq_str(what, "registration"))
		rc = take_registration(g, r, body, err);
	else if (slice_eq_str(what, "dns"))
		rc = take_dns(g, r, body, err);
	json_decref(body);
	return rc;
}

static int observe(struct gathering *g, struct subject of, struct err *err)
{
	struct store_filter f = { .type = SLICE("observation"),
		                  .kind = slice_str(subject_kind_name(of.kind)),
		                  .key = of.key };

	return store_each_record(g->desk->store, &f, take_observation, g, err);
}

/* ---- captures ---- */

static void mark_quoted(struct gathering *g)
{
	for (size_t p = 0; p < g->page_n; p++)
		for (size_t i = 0; i < g->out->finding_n; i++)
			for (size_t k = 0; k < g->out->finding[i].quote_n; k++)
				if (sha256_eq(g->out->finding[i].quote[k].evidence,
				              g->page[p].evidence))
					g->page[p].quoted = true;
}

/* A page serves as a capture where findings quote it, or where it shows what they quote again: the
 * same address with the same bytes is the same evidence, so a later one has other bytes. */
static bool shows_quoted(const struct gathering *g, const struct page *p)
{
	for (size_t i = 0; i < g->page_n; i++)
		if (g->page[i].quoted && slice_eq(g->page[i].url, p->url) &&
		    slice_eq(g->page[i].vantage, p->vantage))
			return true;
	return false;
}

/* Quoted ones first, then the newest. */
static int by_use(const void *a, const void *b)
{
	const struct page *x = a, *y = b;

	if (x->quoted != y->quoted)
		return x->quoted ? -1 : 1;
	if (x->at != y->at)
		return x->at > y->at ? -1 : 1;
	int c = slice_cmp(x->url, y->url);
	return c ? c : slice_cmp(x->vantage, y->vantage);
}

static struct slice expected(const struct gathering *g, const struct page *p)
{
	for (size_t i = 0; i < g->out->finding_n; i++)
		for (size_t k = 0; k < g->out->finding[i].quote_n; k++) {
			const struct notice_quote *q = &g->out->finding[i].quote[k];
			if (slice_eq(q->url, p->url) && q->quote.n <= WORDS_MAX)
				return q->quote;
		}
	return p->title;
}

/* What other vantages were shown at that address, near in time. */
static int others_of(struct gathering *g, const struct page *p, struct notice_capture *out,
                     struct err *err)
{
	struct buf text = { 0 };
	int rc = 0;

	for (size_t i = 0; i < g->page_n; i++) {
		const struct page *o = &g->page[i];
		bool hides = o->construction && !p->construction;
		if (!hides || !slice_eq(o->url, p->url) || slice_eq(o->vantage, p->vantage) ||
		    text.n > WORDS_MAX)
			continue;
		buf_printf(&text, "%s%.*s: under construction", text.n ? "; " : "",
		           SLICE_ARG(o->vantage));
	}
	out->hidden = text.n > 0;
	if (!buf_ok(&text))
		rc = no_memory(err);
	else if (text.n)
		rc = copy(g, buf_slice(&text), &out->others, err);
	buf_release(&text);
	return rc;
}

static bool is_taken(const struct notice_subject *s, const struct page *p)
{
	for (size_t i = 0; i < s->capture_n; i++)
		if (sha256_eq(s->capture[i].evidence, p->evidence) && s->capture[i].at == p->at &&
		    slice_eq(s->capture[i].vantage, p->vantage))
			return true;
	return false;
}

static int take_captures(struct gathering *g, struct err *err)
{
	struct notice_capture *list = arena_array(g->a, NOTICE_CAPTURES, sizeof(*list));
	struct notice_subject *s = g->out;
	int rc = list ? 0 : no_memory(err);

	s->capture = list;
	mark_quoted(g);
	if (g->page_n)
		qsort(g->page, g->page_n, sizeof(*g->page), by_use);
	for (size_t i = 0; rc == 0 && i < g->page_n && s->capture_n < NOTICE_CAPTURES; i++) {
		const struct page *p = &g->page[i];
		if ((!p->quoted && !shows_quoted(g, p)) || is_taken(s, p))
			continue;
		struct notice_capture *c = &list[s->capture_n];
		*c = (struct notice_capture){ .evidence = p->evidence,
			                      .url = p->url,
			                      .vantage = p->vantage,
			                      .at = p->at,
			                      .status = p->status,
			                      .expect = expected(g, p) };
		c->profile = notice_desk_vantage(g->desk, p->vantage);
		rc = others_of(g, p, c, err);
		s->capture_n += rc == 0;
	}
	return rc;
}

/* ---- beside ---- */

static void look_beside(struct gathering *g)
{
	struct domain d;

	if (g->subject.kind == SUBJECT_URL || g->subject.kind == SUBJECT_IP ||
	    g->subject.kind == SUBJECT_PREFIX)
		return;
	d = domain_of(g->desk->suffixes, g->subject.key);
	g->out->platform = d.platform.n && slice_eq(d.platform, g->subject.key);
	g->out->popular =
		popular_rank(g->desk->popular, d.registrable.n ? d.registrable : d.name) > 0;
}

static int find_network(struct gathering *g, struct err *err)
{
	struct network network = { .members_n = 0 };
	int rc = network_of(g->desk->store, g->subject.key, g->a, &network, err);

	if (rc == 0 && network.members_n)
		g->out->network = network.id;
	return rc;
}

int notice_case_subject(struct notice_desk *desk, struct subject subject, struct arena *a,
                        struct notice_subject *out, struct party_seen *seen, struct err *err)
{
	struct gathering g = {
		.desk = desk, .subject = subject, .a = a, .out = out, .seen = seen
	};
	struct standing *list = NULL;
	struct subject registered;
	size_t n = 0;

	*out = (struct notice_subject){ .subject = subject,
		                        .period = NOTICE_NEVER,
		                        .decided = NOTICE_NEVER,
		                        .ip_at = NOTICE_NEVER,
		                        .registration = { .created = NOTICE_NEVER,
		                                          .at = NOTICE_NEVER } };
	*seen = (struct party_seen){ .subject = subject, .ip_at = NOTICE_NEVER, .at = NOTICE_NEVER };
	int rc = acts_standing(desk->store, subject, desk->suffixes, a, &list, &n, err);
	if (rc == 0)
		rc = take_standings(&g, list, n, err);
	if (rc == 0)
		rc = find_entry(&g, err);
	if (rc == 0)
		rc = take_findings(&g, err);
	if (rc == 0)
		rc = observe(&g, subject, err);
	if (rc == 0)
		rc = casefile_registered(subject, desk->suffixes, a, &registered, err);
	if (rc == 0 && !subject_eq(registered, subject))
		rc = observe(&g, registered, err);
	if (rc == 0)
		rc = take_captures(&g, err);
	if (rc == 0)
		rc = find_network(&g, err);
	if (rc)
		return rc;
	look_beside(&g);
	seen->registrar = out->registration.registrar;
	seen->registrar_id = out->registration.registrar_id;
	seen->reseller = out->registration.reseller;
	seen->at = out->registration.at;
	seen->record = out->registration.record;
	seen->nameserver = out->registration.nameserver;
	seen->nameserver_n = out->registration.nameserver_n;
	seen->ip = out->ip;
	seen->ip_n = out->ip_n;
	seen->ip_at = out->ip_at;
	return 0;
}

/* ---- tenants ---- */

struct counting {
	struct notice_desk *desk;
	struct notice_subject *list;
	size_t n;
};

static int count_tenant(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct counting *c = ctx;
	struct domain d = domain_of(c->desk->suffixes, key);

	(void)kind;
	(void)err;
	for (size_t i = 0; i < c->n; i++) {
		struct slice name = c->list[i].subject.key;
		if (!slice_eq(name, key) &&
		    (slice_eq(d.registrable, name) || slice_eq(d.platform, name)))
			c->list[i].tenants++;
	}
	return 0;
}

int notice_case_tenants(struct notice_desk *desk, struct notice_subject *list, size_t n,
                        struct err *err)
{
	struct counting c = { desk, list, n };

	return store_subjects(desk->store, SLICE("host"), false, count_tenant, &c, err);
}

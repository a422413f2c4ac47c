#include "cmd/notice_gather.h"

#include "base/table.h"
#include "cmd/acts.h"
#include "cmd/casefile.h"
#include "cmd/networks.h"
#include "decide/standing.h"
#include "model/quotation.h"
#include "wire/redaction.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

enum { FINDINGS_MAX = 64, LAWS_MAX = 8 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

int notice_gather_copy(struct notice_gather *g, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(g->a, s);
	return out->p ? 0 : no_memory(err);
}

static int read_body(struct notice_gather *g, struct sha256 id, json_t **out, struct err *err)
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
static int take_standings(struct notice_gather *g, const struct standing *list, size_t n,
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
		                    : (standing_in_force(t).n > 0) -
		                              (standing_in_force(gravest).n > 0);
		if (more == 0)
			more = standing_harshness(class_of(t)) -
			       standing_harshness(class_of(gravest));
		if (more > 0)
			gravest = t;
	}
	if (!gravest)
		return 0;
	bool decided = standing_in_force(gravest).n > 0;
	int rc = notice_gather_copy(g, class_of(gravest), &s->class, err);
	if (rc == 0 && gravest->verdict)
		rc = notice_gather_copy(g, gravest->verdict->ground, &s->ground, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (list[i].is_current && slice_eq(class_of(&list[i]), s->class) &&
		    (standing_in_force(&list[i]).n > 0) == decided)
			rc = notice_gather_copy(g, list[i].destination, &places[s->destination_n++],
			                        err);
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

static int find_entry(struct notice_gather *g, struct err *err)
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

static int take_quote(struct notice_gather *g, const json_t *o, struct notice_quote *out,
                      bool *taken, struct err *err)
{
	struct quotation q;

	*taken = false;
	/* A malformed one is told of by assay store check; nothing can be said with it. */
	if (quotation_from_json(o, &q, NULL) || json_str(o, "url").n == 0 ||
	    timestamp_parse(json_str(o, "at"), &out->at, NULL))
		return 0;
	out->evidence = q.evidence;
	int rc = redaction_mask(q.quote, g->a, &out->quote, err);
	if (rc == 0)
		rc = notice_gather_copy(g, json_str(o, "url"), &out->url, err);
	if (rc == 0)
		rc = notice_gather_copy(g, json_str(o, "vantage"), &out->vantage, err);
	*taken = rc == 0;
	return rc;
}

static int take_law(struct notice_gather *g, const json_t *list, struct notice_finding *out,
                    struct err *err)
{
	struct notice_law *law = arena_array(g->a, LAWS_MAX, sizeof(*law));
	int rc = law ? 0 : no_memory(err);

	for (size_t i = 0; rc == 0 && i < json_array_size(list) && i < LAWS_MAX; i++) {
		const json_t *o = json_array_get(list, i);
		rc = notice_gather_copy(g, json_str(o, "cite"), &law[i].cite, err);
		if (rc == 0)
			rc = notice_gather_copy(g, json_str(o, "says"), &law[i].says, err);
		out->law_n += rc == 0;
	}
	out->law = law;
	return rc;
}

static int take_finding(struct notice_gather *g, struct sha256 id, const json_t *body,
                        struct notice_finding *out, struct err *err)
{
	const json_t *quotes = json_arr(body, "quotations");
	struct notice_quote *quote = arena_array(g->a, NOTICE_QUOTES, sizeof(*quote));
	int rc = quote ? 0 : no_memory(err);

	*out = (struct notice_finding){ .id = id,
		                        .global = slice_eq_str(json_str(body, "reach"), "global") };
	if (rc == 0)
		rc = notice_gather_copy(g, json_str(body, "rule"), &out->rule, err);
	if (rc == 0)
		rc = notice_gather_copy(g, json_str(body, "text"), &out->text, err);
	if (rc == 0)
		rc = notice_gather_copy(g, json_str(body, "destination"), &out->destination, err);
	if (rc == 0)
		rc = notice_gather_copy(g, json_str(body, "severity"), &out->severity, err);
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

static int take_cell(struct notice_gather *g, const json_t *cell, struct notice_finding *list,
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

static int take_findings(struct notice_gather *g, struct err *err)
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

/* ---- beside ---- */

static void look_beside(struct notice_gather *g)
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

static int find_network(struct notice_gather *g, struct err *err)
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
	struct notice_gather g = {
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
	*seen = (struct party_seen){ .subject = subject,
		                     .ip_at = NOTICE_NEVER,
		                     .at = NOTICE_NEVER };
	int rc = acts_standing(desk->store, subject, desk->suffixes, a, &list, &n, err);
	if (rc == 0)
		rc = take_standings(&g, list, n, err);
	if (rc == 0)
		rc = find_entry(&g, err);
	if (rc == 0)
		rc = take_findings(&g, err);
	if (rc == 0)
		rc = notice_gather_seen(&g, subject, err);
	if (rc == 0)
		rc = casefile_registered(subject, desk->suffixes, a, &registered, err);
	if (rc == 0 && !subject_eq(registered, subject))
		rc = notice_gather_seen(&g, registered, err);
	if (rc == 0)
		rc = notice_gather_captures(&g, err);
	if (rc == 0 && desk->lexicon)
		rc = notice_gather_groups(&g, err);
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
	struct table names; /* of the subjects, to struct notice_subject */
};

static void count_under(struct counting *c, struct slice name, struct slice key)
{
	struct table_entry *e =
		name.n && !slice_eq(name, key) ? table_find(&c->names, name) : NULL;

	if (e)
		((struct notice_subject *)e->value)->tenants++;
}

static int count_tenant(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	struct counting *c = ctx;
	struct domain d = domain_of(c->desk->suffixes, key);

	(void)kind;
	(void)err;
	count_under(c, d.registrable, key);
	if (!slice_eq(d.platform, d.registrable))
		count_under(c, d.platform, key);
	return 0;
}

int notice_case_tenants(struct notice_desk *desk, struct notice_subject *list, size_t n,
                        struct err *err)
{
	struct counting c = { .desk = desk };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct table_entry *e = table_put(&c.names, list[i].subject.key);
		if (e)
			e->value = &list[i];
		else
			rc = no_memory(err);
	}
	if (rc == 0)
		rc = store_subjects(desk->store, SLICE("host"), false, count_tenant, &c, err);
	table_release(&c.names);
	return rc;
}

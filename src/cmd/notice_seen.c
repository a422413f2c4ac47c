/* What was observed of a subject: pages, registration, DNS; and which pages serve as captures. */
#include "cmd/notice_gather.h"

#include "model/evidence.h"
#include "wire/redaction.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES_MAX = 4096, WORDS_MAX = 200 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int copy_list(struct notice_gather *g, const json_t *list, const struct slice **out,
                     size_t *n, struct err *err)
{
	struct slice *texts = arena_array(g->a, json_array_size(list), sizeof(*texts));
	int rc = texts ? 0 : no_memory(err);

	*n = 0;
	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
		struct slice s = json_text(json_array_get(list, i));
		if (s.n)
			rc = notice_gather_copy(g, s, &texts[(*n)++], err);
	}
	*out = texts;
	return rc;
}

/* ---- what was observed ---- */

bool notice_page_is_shown(const json_t *body)
{
	const json_t *list = json_arr(body, "hints");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (slice_eq_str(json_text(json_array_get(list, i)), "under_construction"))
			return false;
	return true;
}

static int take_page(struct notice_gather *g, const struct store_record *r, const json_t *body,
                     struct err *err)
{
	const json_t *evidence = json_array_get(json_arr(body, "evidence"), 0);
	struct notice_page p = { .at = r->at,
		                 .status = json_i64(body, "status", 0),
		                 .construction = !notice_page_is_shown(body) };

	if (evidence_address_parse(json_str(evidence, "address"), &p.evidence, NULL) ||
	    g->page_n == PAGES_MAX)
		return 0;
	int rc = notice_gather_copy(g, json_str(body, "url"), &p.url, err);
	if (rc == 0)
		rc = notice_gather_copy(g, json_str(body, "vantage"), &p.vantage, err);
	if (rc == 0)
		rc = redaction_mask(json_str(body, "title"), g->a, &p.title, err);
	if (rc == 0 && g->desk->lexicon)
		rc = copy_list(g, json_arr(body, "drugs"), &p.drug, &p.drug_n, err);
	if (rc)
		return rc;
	if (g->page_n == g->page_cap) {
		size_t cap = g->page_cap ? 2 * g->page_cap : 32;
		struct notice_page *more = arena_array(g->a, cap, sizeof(*more));
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

static int take_registration(struct notice_gather *g, const struct store_record *r,
                             const json_t *body, struct err *err)
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
	rc = notice_gather_copy(g, json_str(o, "registrar"), &to->registrar, err);
	if (rc == 0)
		rc = notice_gather_copy(g, json_str(o, "reseller"), &to->reseller, err);
	if (rc == 0)
		rc = copy_list(g, json_arr(o, "status"), &to->status, &to->status_n, err);
	if (rc == 0)
		rc = copy_list(g, json_arr(o, "nameservers"), &to->nameserver, &to->nameserver_n,
		               err);
	g->seen->source = slice_starts(source, SLICE("whois")) ? SLICE("whois") : SLICE("rdap");
	if (rc == 0)
		rc = notice_gather_copy(g, json_str(abuse, "mail"), &g->seen->abuse_mail, err);
	return rc;
}

static int take_dns(struct notice_gather *g, const struct store_record *r, const json_t *body,
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
		rc = notice_gather_copy(g, json_text(json_array_get(a, i)), &list[n++], err);
	for (size_t i = 0; rc == 0 && i < json_array_size(aaaa); i++)
		rc = notice_gather_copy(g, json_text(json_array_get(aaaa, i)), &list[n++], err);
	g->out->ip = list;
	g->out->ip_n = n;
	g->out->ip_at = r->at;
	g->seen->ip_record = r->id;
	return rc;
}

static int take_observation(void *ctx, const struct store_record *r, struct err *err)
{
	struct notice_gather *g = ctx;
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

int notice_gather_seen(struct notice_gather *g, struct subject of, struct err *err)
{
	struct store_filter f = { .type = SLICE("observation"),
		                  .kind = slice_str(subject_kind_name(of.kind)),
		                  .key = of.key };

	return store_each_record(g->desk->store, &f, take_observation, g, err);
}

/* ---- captures ---- */

static void mark_quoted(struct notice_gather *g)
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
static bool shows_quoted(const struct notice_gather *g, const struct notice_page *p)
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
	const struct notice_page *x = a, *y = b;

	if (x->quoted != y->quoted)
		return x->quoted ? -1 : 1;
	if (x->at != y->at)
		return x->at > y->at ? -1 : 1;
	int c = slice_cmp(x->url, y->url);
	return c ? c : slice_cmp(x->vantage, y->vantage);
}

/* What a desk shall look for on a page: of what the gravest findings quote there the shortest, which
 * says it in few words ("no prescription needed"); else the title. */
static struct slice expected(const struct notice_gather *g, const struct notice_page *p)
{
	const struct notice_quote *best = NULL;
	bool grave = false;

	for (size_t i = 0; i < g->out->finding_n; i++) {
		const struct notice_finding *f = &g->out->finding[i];
		bool weighs = f->global && slice_eq_str(f->severity, "rogue");
		for (size_t k = 0; k < f->quote_n; k++) {
			const struct notice_quote *q = &f->quote[k];
			if (!slice_eq(q->url, p->url) || q->quote.n == 0 ||
			    q->quote.n > WORDS_MAX || (grave && !weighs))
				continue;
			if (best && weighs == grave && q->quote.n >= best->quote.n)
				continue;
			best = q;
			grave = weighs;
		}
	}
	return best ? best->quote : p->title;
}

/* What other vantages were shown at that address, near in time. */
static int others_of(struct notice_gather *g, const struct notice_page *p,
                     struct notice_capture *out, struct err *err)
{
	struct buf text = { 0 };
	int rc = 0;

	for (size_t i = 0; i < g->page_n; i++) {
		const struct notice_page *o = &g->page[i];
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
		rc = notice_gather_copy(g, buf_slice(&text), &out->others, err);
	buf_release(&text);
	return rc;
}

static bool is_taken(const struct notice_subject *s, const struct notice_page *p)
{
	for (size_t i = 0; i < s->capture_n; i++)
		if (sha256_eq(s->capture[i].evidence, p->evidence) && s->capture[i].at == p->at &&
		    slice_eq(s->capture[i].vantage, p->vantage))
			return true;
	return false;
}

static bool has(const struct slice *list, size_t n, struct slice s)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(list[i], s))
			return true;
	return false;
}

int notice_gather_groups(struct notice_gather *g, struct err *err)
{
	size_t most = 0, n = 0;

	for (size_t i = 0; i < g->page_n; i++)
		most += g->page[i].quoted ? g->page[i].drug_n : 0;
	struct slice *list = arena_array(g->a, most, sizeof(*list));
	if (!list)
		return no_memory(err);
	for (size_t i = 0; i < g->page_n; i++)
		for (size_t k = 0; g->page[i].quoted && k < g->page[i].drug_n; k++) {
			const struct lexicon_substance *s =
				lexicon_substance_find(g->desk->lexicon, g->page[i].drug[k]);
			if (s && !has(list, n, s->group))
				list[n++] = s->group;
		}
	g->out->group = list;
	g->out->group_n = n;
	return 0;
}

int notice_gather_captures(struct notice_gather *g, struct err *err)
{
	struct notice_capture *list = arena_array(g->a, NOTICE_CAPTURES, sizeof(*list));
	struct notice_subject *s = g->out;
	int rc = list ? 0 : no_memory(err);

	s->capture = list;
	mark_quoted(g);
	if (g->page_n)
		qsort(g->page, g->page_n, sizeof(*g->page), by_use);
	for (size_t i = 0; rc == 0 && i < g->page_n && s->capture_n < NOTICE_CAPTURES; i++) {
		const struct notice_page *p = &g->page[i];
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

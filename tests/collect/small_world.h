/* A web of a few pages, without a network: what is asked of it is answered in order. */
#ifndef TESTS_COLLECT_SMALL_WORLD_H
#define TESTS_COLLECT_SMALL_WORLD_H

#include "collect/chain_reading.h"
#include "collect/visit.h"
#include "tables.h"

#include <string.h>

struct small_page {
	const char *url, *response; /* response NULL: nothing came */
	enum exchange_fault fault;
	const char *vantage; /* NULL: all */
};

struct small_world {
	const struct small_page *page;
	size_t n;
	const struct tables *tables;
	const char *rendered;      /* document of a rendering; NULL: the browser fails */
	const struct slice *chain; /* of https */
	size_t chain_n;
	const char *kills; /* a page whose reading dies */
	json_t *seen;      /* observations */
	struct buf log;    /* "GET url referer" LF */
};

static inline int small_observe(void *ctx, json_t *o, struct err *err)
{
	struct small_world *w = ctx;

	(void)err;
	return json_array_append_new(w->seen, o);
}

static inline const struct small_page *small_find(const struct small_world *w, const struct ask *a)
{
	for (size_t i = 0; i < w->n; i++)
		if (slice_eq_str(a->url, w->page[i].url) &&
		    (!w->page[i].vantage || slice_eq_str(a->vantage->name, w->page[i].vantage)))
			return &w->page[i];
	return NULL;
}

/* The bytes that the exchange of a number brought. */
static inline struct slice small_bytes(const struct small_world *w, const struct asks *asks,
                                       uint32_t number)
{
	const struct ask *a = &asks->ask[number - 1];
	const struct small_page *p = small_find(w, a);

	if (a->kind == ASK_RENDER)
		return slice_str(w->rendered);
	return slice_str(p && p->response ? p->response : "HTTP/1.1 404 Not Found\r\n\r\nno");
}

static inline json_t *small_read(const struct small_world *w, const struct asks *asks,
                                 const struct ask *a, struct err *err)
{
	struct buf job = { 0 };
	json_t *reading = NULL;
	struct page_job page = { .url = a->url,
		                 .site = a->site,
		                 .rendered = asks->ask[a->of - 1].kind == ASK_RENDER,
		                 .bytes = small_bytes(w, asks, a->of) };

	if (a->reading == READ_CHAIN) {
		if (chain_job_put(w->chain, w->chain_n, &job, err) == 0 &&
		    chain_read(buf_slice(&job), &reading, err))
			reading = NULL;
	} else if (!w->kills || !slice_eq_str(a->url, w->kills)) {
		struct page_job back;
		if (page_job_put(&page, &job, err) == 0 &&
		    page_job_parse(buf_slice(&job), &back, err) == 0 &&
		    page_read(w->tables->reader, &back, &reading, err))
			reading = NULL;
	}
	buf_release(&job);
	return reading;
}

static inline int small_answer(struct small_world *w, struct visit *v, struct asks *asks, size_t i,
                               struct err *err)
{
	struct ask a = asks->ask[i];
	const struct small_page *p = a.kind == ASK_FETCH ? small_find(w, &a) : NULL;
	struct exchange x = { .kind = a.kind == ASK_RENDER ? EXCHANGE_RENDER : EXCHANGE_HTTP,
		              .number = a.number,
		              .uri = a.url,
		              .at_ms = 1790000000000 + a.number };
	struct answer answer = { .number = a.number, .at_ms = x.at_ms };

	if (a.kind == ASK_READ) {
		json_t *reading = small_read(w, asks, &a, err);
		answer.reading = reading;
		answer.fault = reading ? FAULT_NONE : FAULT_PARSER;
		int rc = visit_answer(v, &answer, asks, err);
		json_decref(reading);
		return rc;
	}
	buf_printf(&w->log, "%s %.*s %.*s\n",
	           a.kind == ASK_RENDER         ? "SHOW"
	           : a.purpose == PURPOSE_IMAGE ? "IMAGE"
	                                        : "GET",
	           SLICE_ARG(a.url), SLICE_ARG(a.referer));
	if (a.kind == ASK_RENDER)
		x.fault = w->rendered ? FAULT_NONE : FAULT_BROWSER;
	else
		x.fault = p ? p->fault : FAULT_NONE;
	answer.fault = x.fault;
	answer.has_evidence = a.kind == ASK_RENDER ? w->rendered != NULL : !p || p->response;
	if (answer.has_evidence)
		x.response = small_bytes(w, asks, a.number);
	if (a.kind == ASK_FETCH && slice_starts(a.url, SLICE("https:")) && answer.has_evidence) {
		x.chain = w->chain;
		x.chain_n = w->chain_n;
		x.tls_verify = w->chain_n ? "self-signed certificate" : NULL;
	}
	answer.exchange = &x;
	answer.evidence = (struct evidence){ .address = sha256_of(x.response),
		                             .length = x.response.n,
		                             .media_type = SLICE("text/html") };
	return visit_answer(v, &answer, asks, err);
}

/* Visit; the observations are in w->seen. */
static inline int small_visit(struct small_world *w, struct subject subject,
                              const struct vantage *vantage, unsigned pages, unsigned depth,
                              bool render, struct err *err)
{
	struct arena arena = { 0 };
	struct asks asks = { 0 };
	struct visit *v = NULL;
	struct visit_options o = { .subject = subject, .observe = small_observe, .ctx = w };
	int rc = recipe_for(subject, vantage, &arena, &o.recipe, err);

	if (!w->seen)
		w->seen = json_array();
	o.recipe.pages = pages;
	o.recipe.depth = depth;
	o.recipe.render = render;
	if (rc == 0)
		rc = visit_new(&o, &v, err);
	if (rc == 0)
		rc = visit_start(v, &asks, err);
	for (size_t i = 0; rc == 0 && i < asks.n && i < 2000; i++)
		rc = small_answer(w, v, &asks, i, err);
	if (rc == 0 && !visit_is_done(v))
		rc = err_set(err, ERR_CORRUPT, 0, "the visit waits for nothing");
	visit_free(v);
	asks_release(&asks);
	arena_release(&arena);
	return rc;
}

static inline void small_release(struct small_world *w)
{
	json_decref(w->seen);
	buf_release(&w->log);
	w->seen = NULL;
	w->log = (struct buf){ 0 };
}

#endif

/* Stops (the home page, inner pages) go through fetch, read and perhaps render; a hop is one more
 * fetch of the same stop. Which answer belongs to what stands in a list of jobs that is searched:
 * it is as short as the asks that are under way. */
#include "collect/visit.h"

#include "base/table.h"
#include "collect/frontier.h"
#include "collect/visit_record.h"

#include <stdio.h>
#include <stdlib.h>

struct stop {
	struct slice url; /* asked for now */
	struct slice referer;
	bool is_home, is_rendered, is_on_site;
	enum link_class class;
	unsigned depth;
	bool nofollow;
	bool is_empty; /* without script */
	json_t *hops;  /* of the chain that led here */
	json_t *tried; /* starts that failed */
	json_t *page;  /* observation in the making */
};

struct image {
	struct slice url;
	const char *role;
};

enum job_kind { JOB_FETCH, JOB_READ, JOB_RENDER, JOB_READ_RENDERED, JOB_IMAGE, JOB_CHAIN };

struct job {
	uint32_t number;
	enum job_kind kind;
	void *of; /* stop, image, or observation of tls */
};

struct link {
	struct slice from; /* page that has it */
	bool nofollow;
};

struct visit {
	struct visit_options o;
	struct subject subject;
	struct arena arena;
	struct job *job;
	size_t job_n, job_cap;
	struct stop **stop;
	size_t stop_n, stop_cap;
	struct frontier_link *link; /* and for each: */
	struct link *more;
	size_t link_n, link_cap;
	struct table seen;  /* pages that were asked for, and links */
	struct table hosts; /* whose certificates were told */
	unsigned had[LINK_CLASSES];
	size_t inner, inner_open; /* chosen; of them not finished */
	unsigned attempt;         /* of the start */
	unsigned depth;           /* whose pages were chosen */
	bool started;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "visit: no memory");
}

static void *grow(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	size_t more = *cap ? *cap * 2 : 16;
	void *grown = reallocarray(p, more, size);
	if (grown)
		*cap = more;
	return grown;
}

int visit_new(const struct visit_options *o, struct visit **out, struct err *err)
{
	struct visit *v = calloc(1, sizeof(*v));
	struct url u;

	if (!v)
		return no_memory(err);
	v->o = *o;
	v->subject = (struct subject){ o->subject.kind, arena_copy(&v->arena, o->subject.key) };
	int rc = v->subject.key.p ? 0 : no_memory(err);
	if (rc == 0)
		rc = url_parse(o->recipe.start, &v->arena, &u, err);
	if (rc) {
		if (rc != ERR_NOMEM)
			rc = err_set(err, ERR_USAGE, 0, "visit: the start is no web address");
		visit_free(v);
		return rc;
	}
	v->o.recipe.start = u.text;
	*out = v;
	return 0;
}

void visit_free(struct visit *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->job_n; i++)
		if (v->job[i].kind == JOB_CHAIN)
			json_decref(v->job[i].of);
	for (size_t i = 0; i < v->stop_n; i++) {
		json_decref(v->stop[i]->hops);
		json_decref(v->stop[i]->tried);
		json_decref(v->stop[i]->page);
	}
	free(v->job);
	free(v->stop);
	free(v->link);
	free(v->more);
	table_release(&v->seen);
	table_release(&v->hosts);
	arena_release(&v->arena);
	free(v);
}

bool visit_is_done(const struct visit *v)
{
	return v->started && v->job_n == 0;
}

/* ---- asking ---- */

static int put_job(struct visit *v, struct asks *asks, struct ask *a, enum job_kind kind, void *of,
                   struct err *err)
{
	struct job *job = grow(v->job, v->job_n, &v->job_cap, sizeof(*job));

	if (!job)
		return no_memory(err);
	v->job = job;
	int64_t number = asks_put(asks, a, err);
	if (number < 0)
		return (int)number;
	v->job[v->job_n++] = (struct job){ (uint32_t)number, kind, of };
	return 0;
}

static int ask_fetch(struct visit *v, struct stop *s, struct asks *asks, struct err *err)
{
	struct ask a = { .kind = ASK_FETCH,
		         .purpose = PURPOSE_PAGE,
		         .vantage = v->o.recipe.vantage,
		         .url = s->url,
		         .referer = s->referer };

	if (!table_put(&v->seen, s->url))
		return no_memory(err);
	return put_job(v, asks, &a, JOB_FETCH, s, err);
}

static int ask_read(struct visit *v, struct stop *s, uint32_t of, struct asks *asks,
                    struct err *err)
{
	struct ask a = { .kind = ASK_READ,
		         .purpose = PURPOSE_PAGE,
		         .of = of,
		         .reading = READ_PAGE,
		         .url = s->url,
		         .site = v->subject };

	return put_job(v, asks, &a, s->is_rendered ? JOB_READ_RENDERED : JOB_READ, s, err);
}

static struct stop *add_stop(struct visit *v, struct slice url)
{
	struct stop **stop = grow(v->stop, v->stop_n, &v->stop_cap, sizeof(*stop));

	if (!stop)
		return NULL;
	v->stop = stop;
	struct stop *s = ARENA_NEW(&v->arena, struct stop);
	if (!s)
		return NULL;
	s->url = url;
	s->hops = json_array();
	s->tried = json_array();
	v->stop[v->stop_n++] = s;
	return s->hops && s->tried ? s : NULL;
}

int visit_start(struct visit *v, struct asks *asks, struct err *err)
{
	struct stop *s = add_stop(v, v->o.recipe.start);

	if (!s)
		return no_memory(err);
	v->started = true;
	s->is_home = true;
	s->class = LINK_OTHER;
	s->referer = v->o.recipe.vantage->referer;
	return ask_fetch(v, s, asks, err);
}

/* What a browser says of the page that led to `to` (Referrer Policy, the default
 * strict-origin-when-cross-origin). */
static struct slice referer_for(struct visit *v, struct slice from, const struct url *to)
{
	struct url u;

	if (url_parse(from, &v->arena, &u, NULL) ||
	    (slice_eq_str(u.scheme, "https") && !slice_eq_str(to->scheme, "https")))
		return (struct slice){ 0 };
	if (slice_eq(u.scheme, to->scheme) && slice_eq(u.host, to->host) && u.port == to->port)
		return u.text;
	return slice_sub(u.text, 0, (size_t)(u.path.p - u.text.p) + 1);
}

/* ---- the frontier ---- */

/* Links that a page hands on: the reading process is believed in nothing that could do harm. */
static int add_links(struct visit *v, const json_t *reading, struct slice from, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_arr(reading, "links"), i, one)
	{
		struct frontier_link link = { 0 };
		struct url u;
		if (i >= FRONTIER_LINKS_MAX)
			break;
		if (!link_class_of(json_str(one, "class"), &link.class) ||
		    url_parse(json_str(one, "url"), &v->arena, &u, NULL) || u.had_userinfo ||
		    !frontier_is_of(v->subject, &u) || frontier_acts(&u) || frontier_is_file(&u) ||
		    (link.class == LINK_OTHER && u.has_query) || table_find(&v->seen, u.text))
			continue;
		link.url = u.text;
		size_t cap = v->link_cap;
		struct frontier_link *links =
			grow(v->link, v->link_n, &v->link_cap, sizeof(*links));
		if (!links)
			return no_memory(err);
		v->link = links;
		struct link *more = grow(v->more, v->link_n, &cap, sizeof(*more));
		if (!more || !table_put(&v->seen, u.text))
			return no_memory(err);
		v->more = more;
		v->more[v->link_n] = (struct link){ from, json_flag(one, "nofollow", false) };
		v->link[v->link_n++] = link;
	}
	return 0;
}

static int choose(struct visit *v, unsigned depth, struct asks *asks, struct err *err)
{
	size_t budget = v->o.recipe.pages - v->inner, n;
	size_t *chosen = calloc(budget + 1, sizeof(*chosen));
	int rc = chosen ? 0 : no_memory(err);

	if (rc)
		return rc;
	v->depth = depth;
	n = frontier_choose(v->link, v->link_n, v->had, budget, chosen);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct frontier_link *link = &v->link[chosen[i]];
		struct stop *s = add_stop(v, link->url);
		struct url u;
		if (!s || url_parse(link->url, &v->arena, &u, NULL)) {
			rc = no_memory(err);
			break;
		}
		s->class = link->class;
		s->depth = depth;
		s->nofollow = v->more[chosen[i]].nofollow;
		s->referer = referer_for(v, v->more[chosen[i]].from, &u);
		v->inner++;
		v->inner_open++;
		rc = ask_fetch(v, s, asks, err);
	}
	free(chosen);
	return rc;
}

static int ask_image(struct visit *v, struct slice url, const char *role, struct stop *s,
                     struct asks *asks, struct err *err)
{
	struct url u;

	if (url_parse(url, &v->arena, &u, NULL) || u.had_userinfo || frontier_acts(&u) ||
	    table_find(&v->seen, u.text))
		return 0;
	struct image *image = ARENA_NEW(&v->arena, struct image);
	if (!image || !table_put(&v->seen, u.text))
		return no_memory(err);
	*image = (struct image){ u.text, role };
	struct ask a = { .kind = ASK_FETCH,
		         .purpose = PURPOSE_IMAGE,
		         .url = u.text,
		         .vantage = v->o.recipe.vantage,
		         .referer = referer_for(v, s->url, &u),
		         .accept = SLICE("image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5") };
	return put_job(v, asks, &a, JOB_IMAGE, image, err);
}

/* The icon, by the page or where it is by custom, and the seals. */
static int ask_images(struct visit *v, struct stop *s, const json_t *reading, struct asks *asks,
                      struct err *err)
{
	struct slice icon = json_str(reading, "icon");
	const json_t *one;
	struct url base, u;
	unsigned n = 0;
	size_t i;
	int rc = 0;

	if (!icon.n && url_parse(s->url, &v->arena, &base, NULL) == 0 &&
	    url_resolve(&base, SLICE("/favicon.ico"), &v->arena, &u, NULL) == 0)
		icon = u.text;
	if (v->o.recipe.images && icon.n)
		rc = ask_image(v, icon, "icon", s, asks, err);
	json_array_foreach(json_arr(reading, "seals"), i,
	                   one) if (rc == 0 && n++ < v->o.recipe.images) rc =
		ask_image(v, json_text(one), "seal", s, asks, err);
	return rc;
}

/* ---- the end of a stop ---- */

static int put_role(struct visit *v, struct stop *s, json_t *o)
{
	struct url u;
	int bad = json_put_str(o, "role",
	                       s->is_home ? s->is_on_site ? SLICE("home") : SLICE("landing")
	                                  : SLICE("inner"));

	if (!s->is_home)
		bad |= json_put_str(o, "class", slice_str(link_class_name(s->class)));
	if (s->nofollow)
		bad |= json_put_flag(o, "nofollow", true);
	if (!s->is_on_site && url_parse(s->url, &v->arena, &u, NULL) == 0)
		bad |= json_put_str(o, "lands_on", u.host);
	return bad;
}

static int put_chain(struct stop *s, json_t *o)
{
	int bad = 0;

	if (json_array_size(s->hops))
		bad |= json_put_new(o, "redirects", json_deep_copy(s->hops));
	if (json_array_size(s->tried))
		bad |= json_put_new(o, "tried", json_deep_copy(s->tried));
	return bad;
}

static int observe(struct visit *v, json_t *o, int bad, struct err *err)
{
	if (bad || !o) {
		json_decref(o);
		return no_memory(err);
	}
	return v->o.observe(v->o.ctx, o, err);
}

/* When the last page of a depth has come: those below. */
static int settle(struct visit *v, struct asks *asks, struct err *err)
{
	if (v->inner_open || v->depth == 0 || v->depth >= v->o.recipe.depth ||
	    v->inner >= v->o.recipe.pages)
		return 0;
	return choose(v, v->depth + 1, asks, err);
}

/* The stop has its page, or none (reading NULL). */
static int leave(struct visit *v, struct stop *s, const json_t *reading, struct asks *asks,
                 struct err *err)
{
	bool render = v->o.recipe.render && reading && !s->is_rendered &&
	              slice_eq_str(json_str(reading, "kind"), "html") &&
	              (s->is_home || s->is_empty);
	int rc = 0;

	if (s->is_home && reading && !s->is_rendered)
		rc = ask_images(v, s, reading, asks, err);
	if (rc == 0 && reading && s->is_on_site && s->depth < v->o.recipe.depth)
		rc = add_links(v, reading, s->url, err);
	if (rc == 0 && render) {
		struct ask a = { .kind = ASK_RENDER,
			         .purpose = PURPOSE_PAGE,
			         .url = s->url,
			         .vantage = v->o.recipe.vantage,
			         .referer = s->referer };
		return put_job(v, asks, &a, JOB_RENDER, s, err);
	}
	/* A page that is shown by a browser, too, is left when that has come. */
	if (rc == 0 && s->is_home && s->is_on_site && v->o.recipe.depth)
		rc = choose(v, 1, asks, err);
	if (!s->is_home)
		v->inner_open--;
	return rc ? rc : settle(v, asks, err);
}

static int finish(struct visit *v, struct stop *s, const json_t *reading, const struct answer *a,
                  struct asks *asks, struct err *err)
{
	json_t *page = s->page;
	int64_t status = json_i64(page, "status", 0);
	struct url u;
	int rc = url_parse(s->url, &v->arena, &u, err);

	if (rc)
		return rc;
	s->page = NULL;
	s->is_on_site = frontier_is_of(v->subject, &u);
	json_t *absence = NULL;
	int bad = put_role(v, s, page) | (s->is_rendered ? 0 : put_chain(s, page));
	if (s->is_home && !s->is_rendered && status >= 400) {
		char how[32];
		snprintf(how, sizeof(how), "http-%d", (int)status);
		absence = visit_record("absence", v->o.recipe.vantage->name, a->at_ms);
		bad |= visit_put_absence(absence, "page", slice_str(how)) |
		       json_put_str(absence, "url", s->url) |
		       json_put_new(absence, "evidence",
		                    json_deep_copy(json_arr(page, "evidence")));
	}
	rc = observe(v, page, bad, err);
	if (rc == 0 && absence)
		rc = observe(v, absence, 0, err);
	else if (rc)
		json_decref(absence);
	return rc ? rc : leave(v, s, reading, asks, err);
}

/* Nothing came of it. */
static int miss(struct visit *v, struct stop *s, const char *of, const struct answer *a,
                struct asks *asks, struct err *err)
{
	json_t *o = visit_record("absence", v->o.recipe.vantage->name, a->at_ms);
	struct url u;
	int bad = visit_put_absence(o, of, slice_str(visit_how(a->fault))) |
	          json_put_str(o, "url", s->url) | put_chain(s, o);

	s->is_on_site =
		url_parse(s->url, &v->arena, &u, NULL) == 0 && frontier_is_of(v->subject, &u);
	if (!s->is_home)
		bad |= json_put_str(o, "class", slice_str(link_class_name(s->class)));
	int rc = observe(v, o, bad, err);
	if (rc)
		return rc;
	if (s->is_rendered) /* its plain form was left without a choice: now it is chosen from */
		return leave(v, s, NULL, asks, err);
	if (!s->is_home) {
		v->inner_open--;
		return settle(v, asks, err);
	}
	return 0;
}

/* ---- answers ---- */

/* The certificates of a host, the first time that they are seen. */
static int note_tls(struct visit *v, struct stop *s, const struct answer *a, struct asks *asks,
                    struct err *err)
{
	const struct exchange *x = a->exchange;
	struct url u;

	if (!x->chain_n || url_parse(s->url, &v->arena, &u, NULL) || table_find(&v->hosts, u.host))
		return 0;
	json_t *o = visit_record("tls", v->o.recipe.vantage->name, a->at_ms);
	int bad = json_put_new(o, "tls", visit_tls(x, u.host)) | json_put_str(o, "url", u.text) |
	          visit_put_evidence(o, a);
	if (bad || !table_put(&v->hosts, u.host)) {
		json_decref(o);
		return no_memory(err);
	}
	struct ask read = { .kind = ASK_READ,
		            .purpose = PURPOSE_PAGE,
		            .of = a->number,
		            .reading = READ_CHAIN,
		            .url = u.text };
	int rc = put_job(v, asks, &read, JOB_CHAIN, o, err);
	if (rc)
		json_decref(o);
	return rc;
}

static int read_chain(struct visit *v, json_t *o, const struct answer *a, struct err *err)
{
	json_t *tls = json_obj(o, "tls");

	return observe(v, o, visit_put_chain(tls, a->fault == FAULT_NONE ? a->reading : NULL), err);
}

/* The next start, where one is: https, then http; "www." where a registrable name has no address.
 * */
static bool next_start(struct visit *v, struct stop *s, enum exchange_fault fault, bool *failed)
{
	struct subject on = v->subject;
	struct url u;
	const char *format = NULL;

	if ((on.kind != SUBJECT_REGISTRABLE && on.kind != SUBJECT_HOST) ||
	    json_array_size(s->hops) || url_parse(s->url, &v->arena, &u, NULL))
		return false;
	bool no_address = fault == FAULT_NAME;
	bool no_session = fault == FAULT_CONNECT || fault == FAULT_TLS || fault == FAULT_CLOSED ||
	                  fault == FAULT_PROTOCOL || fault == FAULT_TIMEOUT;
	bool is_www = u.host.n == on.key.n + 4;
	bool is_https = slice_eq_str(u.scheme, "https");
	if (!slice_eq_str(u.path, "/") || u.has_query)
		return false;
	if (no_session && is_https)
		format = is_www ? "http://www.%.*s/" : "http://%.*s/";
	else if (no_address && !is_www && on.kind == SUBJECT_REGISTRABLE)
		format = "https://www.%.*s/";
	if (!format || v->attempt >= 3)
		return false;
	v->attempt++;
	json_t *one = json_object();
	int bad = json_put_str(one, "url", s->url) |
	          json_put_str(one, "how", slice_str(visit_how(fault))) |
	          json_add_new(s->tried, one);
	/* The format is one of the literals above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	s->url = slice_str(arena_printf(&v->arena, format, SLICE_ARG(on.key)));
#pragma GCC diagnostic pop
	*failed = bad || !s->url.p;
	return true;
}

static int fetched(struct visit *v, struct stop *s, const struct answer *a, struct asks *asks,
                   struct err *err)
{
	bool failed = false, is_http = false;
	int status, rc = note_tls(v, s, a, asks, err);

	if (rc)
		return rc;
	if (!a->has_evidence) {
		bool ours = a->fault == FAULT_PROXY || a->fault == FAULT_STOPPED;
		if (s->is_home && next_start(v, s, a->fault, &failed))
			return failed ? no_memory(err) : ask_fetch(v, s, asks, err);
		return miss(v, s, ours ? "capture" : "page", a, asks, err);
	}
	json_decref(s->page);
	s->page = visit_record("page", v->o.recipe.vantage->name, a->at_ms);
	int bad = json_put_str(s->page, "url", s->url) | visit_put_evidence(s->page, a) |
	          visit_put_response(s->page, a->exchange, &status, &is_http);
	if (bad)
		return no_memory(err);
	if (!is_http) /* no response, but bytes of something else: kept, and not read */
		return finish(v, s, NULL, a, asks, err);
	return ask_read(v, s, a->number, asks, err);
}

static bool was_there(const struct stop *s, struct slice url)
{
	const json_t *one;
	size_t i;

	if (slice_eq(s->url, url))
		return true;
	json_array_foreach(s->hops, i, one) if (slice_eq(json_str(one, "url"), url)) return true;
	return false;
}

/* Why a redirect is not followed; NULL: it is. */
static const char *why_not(struct visit *v, struct stop *s, const json_t *redirect,
                           const struct url *to)
{
	if (json_i64(redirect, "seconds", 0) > VISIT_REFRESH_S)
		return "later";
	if (was_there(s, to->text))
		return "loop";
	if (json_array_size(s->hops) >= v->o.recipe.redirects)
		return "limit";
	if (frontier_acts(to))
		return "acts";
	return NULL;
}

/* One hop on. */
static int hop(struct visit *v, struct stop *s, struct slice how, const struct url *to,
               struct asks *asks, struct err *err)
{
	const json_t *evidence = json_array_get(json_arr(s->page, "evidence"), 0);
	json_t *one = json_object();
	int bad = json_put_str(one, "url", s->url) | json_put_str(one, "how", how) |
	          json_put_i64(one, "status", json_i64(s->page, "status", 0)) |
	          json_put_str(one, "evidence", json_str(evidence, "address"));

	if (bad | json_add_new(s->hops, one))
		return no_memory(err);
	if (!slice_eq_str(how, "http"))
		s->referer = referer_for(v, s->url, to);
	json_decref(s->page);
	s->page = NULL;
	s->url = to->text;
	return ask_fetch(v, s, asks, err);
}

/* The redirect of a reading, if any, and what becomes of it. *on: there is a hop. */
static int follow(struct visit *v, struct stop *s, const json_t *reading, bool *on,
                  struct asks *asks, struct err *err)
{
	const json_t *r = json_array_get(json_arr(reading, "redirects"), 0);
	struct slice how = json_str(r, "how"), target = json_str(r, "target");
	const char *why;
	struct url to;

	*on = false;
	if (!r)
		return 0;
	if (url_parse(target, &v->arena, &to, NULL)) {
		struct slice refused = slice_sub(json_str(r, "refused"), 0, 200);
		if (json_put_str(s->page, "stopped", SLICE("refused")) |
		    json_put_str(s->page, "leads_to", refused))
			return no_memory(err);
		return 0;
	}
	why = why_not(v, s, r, &to);
	if (!why) {
		*on = true;
		return hop(v, s, how, &to, asks, err);
	}
	if (json_put_str(s->page, "stopped", slice_str(why)) |
	    json_put_str(s->page, "leads_to", to.text))
		return no_memory(err);
	return 0;
}

static int was_read(struct visit *v, struct stop *s, const struct answer *a, struct asks *asks,
                    struct err *err)
{
	const json_t *reading = a->fault == FAULT_NONE ? a->reading : NULL;
	bool on = false;
	int rc = 0;

	if (!reading) {
		if (json_put_str(s->page, "unread", SLICE("parser")))
			return no_memory(err);
		return finish(v, s, NULL, a, asks, err);
	}
	s->is_empty = json_flag(reading, "empty_without_script", false);
	if (!s->is_rendered)
		rc = follow(v, s, reading, &on, asks, err);
	if (rc || on)
		return rc;
	if (visit_put_reading(s->page, reading, s->is_home))
		return no_memory(err);
	return finish(v, s, reading, a, asks, err);
}

static int rendered(struct visit *v, struct stop *s, const struct answer *a, struct asks *asks,
                    struct err *err)
{
	s->is_rendered = true;
	if (!a->has_evidence)
		return miss(v, s, "rendering", a, asks, err);
	s->page = visit_record("page", v->o.recipe.vantage->name, a->at_ms);
	int bad = json_put_str(s->page, "url", s->url) | visit_put_evidence(s->page, a) |
	          json_put_flag(s->page, "rendered", true);
	if (a->exchange->cut != CUT_NONE)
		bad |= json_put_str(s->page, "truncated",
		                    slice_str(exchange_cut_name(a->exchange->cut)));
	if (bad)
		return no_memory(err);
	return ask_read(v, s, a->number, asks, err);
}

static int saw_image(struct visit *v, const struct image *image, const struct answer *a,
                     struct err *err)
{
	bool is_http;
	int status, bad;

	json_t *o = visit_record(a->has_evidence ? "image" : "absence", v->o.recipe.vantage->name,
	                         a->at_ms);
	if (a->has_evidence)
		bad = visit_put_evidence(o, a) |
		      visit_put_response(o, a->exchange, &status, &is_http);
	else
		bad = visit_put_absence(o, "image", slice_str(visit_how(a->fault)));
	bad |= json_put_str(o, "url", image->url) | json_put_str(o, "role", slice_str(image->role));
	return observe(v, o, bad, err);
}

int visit_answer(struct visit *v, const struct answer *a, struct asks *asks, struct err *err)
{
	size_t i = 0;

	while (i < v->job_n && v->job[i].number != a->number)
		i++;
	if (i == v->job_n)
		return err_set(err, ERR_USAGE, 0, "visit: nobody asked for answer %u", a->number);
	struct job job = v->job[i];
	memmove(v->job + i, v->job + i + 1, (v->job_n - i - 1) * sizeof(*v->job));
	v->job_n--;
	switch (job.kind) {
	case JOB_FETCH: return fetched(v, job.of, a, asks, err);
	case JOB_READ:
	case JOB_READ_RENDERED: return was_read(v, job.of, a, asks, err);
	case JOB_RENDER: return rendered(v, job.of, a, asks, err);
	case JOB_IMAGE: return saw_image(v, job.of, a, err);
	case JOB_CHAIN: return read_chain(v, job.of, a, err);
	}
	return 0;
}

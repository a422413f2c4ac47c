/* From the observations of a site to what an assessment reads.
 *
 *     observations --> casefile_page, sorted --> bytes --> page_text --> site per period
 *                      (what was said)         (evidence) (wire/html)
 *
 * Bytes are fetched one page at a time and let go once they are text: a site of many pages takes
 * the memory of its texts. */
#include "cmd/casefile.h"

#include "base/buf.h"
#include "base/table.h"
#include "cmd/hash_key.h"
#include "model/evidence.h"
#include "store/redact.h"
#include "wire/charset.h"
#include "wire/html.h"
#include "wire/http_response.h"
#include "wire/page.h"
#include "wire/timestamp.h"
#include "wire/url.h"

#include <stdlib.h>
#include <string.h>

static const struct slice vantage_prefix = { "vantage:", 8 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "case file: out of memory");
}

static int cmp_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int cmp_digest(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

/* A total order, so that nothing depends on the order of arrival. */
static int cmp_page(const void *a, const void *b)
{
	const struct casefile_page *x = a, *y = b;
	int c = slice_cmp(x->url, y->url);

	if (c == 0)
		c = cmp_i64(&x->at, &y->at);
	if (c == 0)
		c = slice_cmp(x->vantage, y->vantage);
	if (c == 0)
		c = memcmp(x->evidence.b, y->evidence.b, SHA256_LEN);
	if (c == 0)
		c = slice_cmp(x->media_type, y->media_type);
	if (c == 0)
		c = slice_cmp(x->content_type, y->content_type);
	return c ? c : slice_cmp(x->content_encoding, y->content_encoding);
}

/* ---- what an observation says ---- */

static int copy(struct slice s, struct arena *a, struct slice *out, struct err *err)
{
	struct slice c = arena_copy(a, s);

	if (!c.p)
		return no_memory(err);
	*out = c;
	return 0;
}

int casefile_page_from(const json_t *body, int64_t at, struct slice src, struct arena *arena,
                       struct casefile_page *out, struct err *err)
{
	struct casefile_page p = { .at = at };
	struct slice vantage = json_str(body, "vantage");
	struct evidence e;
	int rc;

	if (vantage.n == 0 && slice_starts(src, vantage_prefix))
		vantage = slice_sub(src, vantage_prefix.n, src.n);
	if ((rc = copy(json_str(body, "url"), arena, &p.url, err)) < 0 ||
	    (rc = copy(vantage, arena, &p.vantage, err)) < 0 ||
	    (rc = copy(json_str(body, "content_type"), arena, &p.content_type, err)) < 0 ||
	    (rc = copy(json_str(body, "content_encoding"), arena, &p.content_encoding, err)) < 0)
		return rc;
	const json_t *list = json_arr(body, "evidence");
	if (p.url.n == 0) {
		p.missing = SLICE("its observation has no url");
	} else if (json_array_size(list) == 0) {
		p.missing = SLICE("its observation names no evidence");
	} else if (evidence_from_json(json_array_get(list, 0), &e, NULL) < 0) {
		p.missing = SLICE("its observation has a malformed evidence");
	} else {
		p.evidence = e.address;
		if ((rc = copy(e.media_type, arena, &p.media_type, err)) < 0)
			return rc;
	}
	*out = p;
	return 0;
}

bool casefile_created(const json_t *body, int64_t *out)
{
	struct slice s = json_str(json_obj(body, "registration"), "created");

	return s.n > 0 && timestamp_parse(s, out, NULL) == 0;
}

/* ---- pages as text ---- */

static bool is_html(struct slice media_type)
{
	/* Without a type the reader looks at the bytes itself. */
	return media_type.n == 0 || slice_eq_nocase(media_type, SLICE("text/html")) ||
	       slice_eq_nocase(media_type, SLICE("application/xhtml+xml"));
}

/* Plain text in the charset that its header names; UTF-8 without one. */
static int read_plain(const struct casefile_page *p, struct slice bytes, struct arena *arena,
                      struct page_text *out, struct err *err)
{
	enum charset charset = charset_of_label(charset_label_in(p->content_type));
	struct slice text = bytes;
	int rc = 0;

	if (charset != CHARSET_NONE && charset != CHARSET_UTF_8)
		rc = charset_decode(charset, bytes, HTML_BYTES, arena, &text, err);
	return rc < 0 ? rc : page_plain(text, arena, out, err);
}

int casefile_page_text(const struct casefile_page *p, struct arena *arena, struct page_text *out,
                       struct slice *reason, struct err *err)
{
	struct slice bytes = p->bytes;
	struct err why = { 0 };
	int rc = 0;

	*reason = p->missing;
	if (reason->n)
		return 0;
	/* Evidence is what was received, compressed if it was. */
	if (p->content_encoding.n)
		rc = http_content_decode(p->content_encoding, p->bytes, HTML_BYTES, arena, &bytes,
		                         &why);
	if (rc == 0 && is_html(p->media_type))
		rc = html_text(bytes, p->content_type, NULL, arena, out, &why);
	else if (rc == 0 && slice_eq_nocase(p->media_type, SLICE("text/plain")))
		rc = read_plain(p, bytes, arena, out, &why);
	else if (rc == 0)
		rc = err_set(&why, ERR_SYNTAX, 0, "not a page: %.*s", SLICE_ARG(p->media_type));
	if (rc == ERR_NOMEM)
		return no_memory(err);
	return rc < 0 ? copy(slice_str(why.what), arena, reason, err) : 0;
}

/* Read p into out. An unreadable page is no failure: *reason then is not empty. */
static int read_page(const struct casefile_page *p, struct arena *arena, struct site_page *out,
                     struct slice *reason, struct err *err)
{
	struct page_text *text = ARENA_NEW(arena, struct page_text);
	struct url url;
	struct err why = { 0 };
	int rc;

	if (!text)
		return no_memory(err);
	*reason = p->missing;
	rc = reason->n ? 0 : url_parse(p->url, arena, &url, &why);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc < 0)
		return copy(slice_str(why.what), arena, reason, err);
	rc = casefile_page_text(p, arena, text, reason, err);
	if (rc < 0 || reason->n)
		return rc;
	*out = (struct site_page){
		.url = url.text,
		.path = url.path,
		.vantage = p->vantage,
		.at = p->at,
		.evidence = p->evidence,
		.text = sha256_of(text->text),
		.page = text,
	};
	return 0;
}

/* SHA-256 over the evidence of a site's pages, sorted, each once. */
static int digest_of(const struct site *site, struct sha256 *out, struct err *err)
{
	struct sha256 *all = calloc(site->page_n + 1, sizeof(*all));
	struct sha256_stream *h = sha256_new();

	if (!all || !h) {
		free(all);
		if (h)
			sha256_end(h);
		return no_memory(err);
	}
	for (size_t i = 0; i < site->page_n; i++)
		all[i] = site->page[i].evidence;
	qsort(all, site->page_n, sizeof(*all), cmp_digest);
	for (size_t i = 0; i < site->page_n; i++)
		if (i == 0 || !sha256_eq(all[i - 1], all[i]))
			sha256_add(h, slice_from((const char *)all[i].b, SHA256_LEN));
	*out = sha256_end(h);
	free(all);
	return 0;
}

/* Number of the period that a time lies in, from 1; 0 before the first. */
static size_t period_at(const int64_t *period, size_t n, int64_t at)
{
	while (n > 0 && period[n - 1] > at)
		n--;
	return n;
}

/* Cut the pages, which have a period number each, into sites. */
static int make_sites(struct casefile *c, const struct site_page *page, const size_t *of, size_t n,
                      struct arena *arena, struct err *err)
{
	c->site = arena_array(arena, c->period_n + 1, sizeof(*c->site));
	c->digest = arena_array(arena, c->period_n + 1, sizeof(*c->digest));
	if (!c->site || !c->digest)
		return no_memory(err);
	for (size_t k = 0; k <= c->period_n; k++) {
		struct site site = { .subject = c->subject };
		size_t count = 0;
		for (size_t i = 0; i < n; i++)
			count += of[i] == k;
		if (count == 0)
			continue;
		site.page = arena_array(arena, count, sizeof(*site.page));
		if (!site.page)
			return no_memory(err);
		for (size_t i = 0; i < n; i++)
			if (of[i] == k)
				site.page[site.page_n++] = page[i];
		if (k > 0) {
			site.has_period = true;
			site.period = c->period[k - 1];
		}
		site_sort(&site);
		int rc = digest_of(&site, &c->digest[c->n], err);
		if (rc < 0)
			return rc;
		c->site[c->n++] = site;
	}
	return 0;
}

int casefile_build(struct subject subject, struct casefile_page *pages, size_t n, int64_t *created,
                   size_t created_n, casefile_bytes_fn fn, void *ctx, struct arena *arena,
                   struct casefile *out, struct err *err)
{
	struct casefile c = { .subject = subject, .redacted_at = STORE_NONE };
	struct site_page *page = calloc(n + 1, sizeof(*page));
	size_t *of = calloc(n + 1, sizeof(*of));
	size_t readable = 0;
	int rc = 0;

	c.period = arena_array(arena, created_n, sizeof(*c.period));
	c.unreadable = arena_array(arena, n, sizeof(*c.unreadable));
	if (!page || !of || !c.period || !c.unreadable) {
		rc = no_memory(err);
		goto done;
	}
	if (created_n)
		qsort(created, created_n, sizeof(*created), cmp_i64);
	for (size_t i = 0; i < created_n; i++)
		if (i == 0 || created[i] != created[i - 1])
			c.period[c.period_n++] = created[i];
	if (n)
		qsort(pages, n, sizeof(*pages), cmp_page);
	for (size_t i = 0; i < n; i++) {
		struct slice reason = { NULL, 0 };
		if (i > 0 && cmp_page(&pages[i - 1], &pages[i]) == 0)
			continue;
		if (fn && pages[i].missing.n == 0 && (rc = fn(ctx, &pages[i], err)) < 0)
			goto done;
		rc = read_page(&pages[i], arena, &page[readable], &reason, err);
		if (rc < 0)
			goto done;
		if (reason.n) {
			c.unreadable[c.unreadable_n++] = (struct casefile_unreadable){
				.url = pages[i].url,
				.vantage = pages[i].vantage,
				.at = pages[i].at,
				.evidence = pages[i].evidence,
				.reason = reason,
			};
			continue;
		}
		of[readable++] = period_at(c.period, c.period_n, pages[i].at);
	}
	rc = make_sites(&c, page, of, readable, arena, err);
	if (rc == 0)
		*out = c;
done:
	free(page);
	free(of);
	return rc;
}

/* ---- out of the store ---- */

struct gather {
	struct arena *arena;
	struct store *store;
	struct buf bytes;
	struct casefile_page *page;
	size_t n, cap;
	int64_t *created;
	size_t created_n, created_cap;
	int64_t redacted_at;
	int64_t before; /* place of the first record that is too late */
};

static void note_redaction(struct gather *g, int64_t at)
{
	if (g->redacted_at == STORE_NONE || at > g->redacted_at)
		g->redacted_at = at;
}

/* An observation that was taken out: of what, nobody can tell any more. */
static int take_redacted(struct gather *g, struct sha256 id, struct err *err)
{
	struct store_redaction red;
	struct err why = { 0 };
	int rc = store_find_redaction(g->store, id, &red, &why);

	if (rc == ERR_NOTFOUND) /* told of by assay store check */
		return 0;
	if (rc == 0)
		note_redaction(g, red.at);
	else if (err)
		*err = why;
	return rc;
}

/* Room for one more element: the list, moved where that was needed, or NULL. */
static void *grow(void *list, size_t size, size_t n, size_t *cap)
{
	if (n < *cap)
		return list;
	size_t more = *cap ? *cap * 2 : 16;
	void *moved = reallocarray(list, more, size);
	if (moved)
		*cap = more;
	return moved;
}

/* The object of an observation's body if its `what` is this word. Bodies are canonical JSON, so
 * those of other kinds are told apart before they are parsed. */
static int body_of(const struct store_record *r, struct slice quick, const char *what, json_t **out,
                   struct err *err)
{
	*out = NULL;
	if (slice_find_slice(r->body, quick) == r->body.n)
		return 0;
	json_t *body = NULL;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc < 0) {
		char id[SHA256_HEX];
		sha256_hex(r->id, id);
		err_wrap(err, "store: record %s", id);
		return rc == ERR_NOMEM ? rc : ERR_CORRUPT;
	}
	if (slice_eq_str(json_str(body, "what"), what))
		*out = body;
	else
		json_decref(body);
	return 0;
}

static int gather_page(void *ctx, const struct store_record *r, struct err *err)
{
	struct gather *g = ctx;
	json_t *body;

	if (r->seq >= g->before)
		return 0;
	if (store_is_redacted(r->body))
		return take_redacted(g, r->id, err);
	int rc = body_of(r, SLICE("\"what\":\"page\""), "page", &body, err);

	if (rc < 0 || !body)
		return rc;
	struct casefile_page *page = grow(g->page, sizeof(*page), g->n, &g->cap);
	if (page) {
		g->page = page;
		rc = casefile_page_from(body, r->at, r->src, g->arena, &page[g->n], err);
		g->n += rc == 0;
	} else {
		rc = no_memory(err);
	}
	json_decref(body);
	return rc;
}

static int gather_created(void *ctx, const struct store_record *r, struct err *err)
{
	struct gather *g = ctx;
	json_t *body;

	if (r->seq >= g->before)
		return 0;
	if (store_is_redacted(r->body))
		return take_redacted(g, r->id, err);
	int rc = body_of(r, SLICE("\"what\":\"registration\""), "registration", &body, err);

	if (rc < 0 || !body)
		return rc;
	int64_t *created = grow(g->created, sizeof(*created), g->created_n, &g->created_cap);
	if (created) {
		g->created = created;
		g->created_n += casefile_created(body, &created[g->created_n]);
	} else {
		rc = no_memory(err);
	}
	json_decref(body);
	return rc;
}

static int bytes_from_store(void *ctx, struct casefile_page *p, struct err *err)
{
	struct gather *g = ctx;
	struct store_evidence e;
	struct store_gone gone;

	buf_clear(&g->bytes);
	int rc = store_get_evidence(g->store, p->evidence, &g->bytes, g->arena, &e, err);
	if (rc == ERR_NOTFOUND && store_find_gone(g->store, p->evidence, &gone, NULL) == 0) {
		p->missing = slice_str(store_why_said(gone.why));
		note_redaction(g, gone.at);
		return 0;
	}
	if (rc == ERR_NOTFOUND) {
		p->missing = SLICE("its evidence is not in the store");
		return 0;
	}
	if (rc < 0)
		return rc;
	if (!slice_eq_str(e.cls, "public"))
		p->missing = SLICE("its evidence is restricted");
	p->bytes = buf_slice(&g->bytes);
	return 0;
}

int casefile_registered(struct subject subject, const struct suffixes *suffixes,
                        struct arena *arena, struct subject *out, struct err *err)
{
	struct subject site;
	int rc = subject_site(subject, suffixes, arena, &site, err);

	if (rc < 0)
		return rc;
	*out = site;
	return 0;
}

int casefile_load(struct store *s, struct subject subject, const struct suffixes *suffixes,
                  struct arena *arena, struct casefile *out, struct err *err)
{
	return casefile_load_before(s, subject, suffixes, INT64_MAX, arena, out, err);
}

int casefile_load_before(struct store *s, struct subject subject, const struct suffixes *suffixes,
                         int64_t before, struct arena *arena, struct casefile *out,
                         struct err *err)
{
	struct gather g = {
		.arena = arena, .store = s, .redacted_at = STORE_NONE, .before = before
	};
	struct store_filter f = {
		.type = SLICE("observation"),
		.kind = slice_str(subject_kind_name(subject.kind)),
		.key = subject.key,
	};
	struct subject registered;
	int rc = copy(subject.key, arena, &subject.key, err);

	if (rc == 0)
		rc = store_each_record(s, &f, gather_page, &g, err);
	if (rc == 0)
		rc = casefile_registered(subject, suffixes, arena, &registered, err);
	if (rc == 0) {
		f.kind = slice_str(subject_kind_name(registered.kind));
		f.key = registered.key;
		rc = store_each_record(s, &f, gather_created, &g, err);
	}
	if (rc == 0)
		rc = casefile_build(subject, g.page, g.n, g.created, g.created_n, bytes_from_store,
		                    &g, arena, out, err);
	if (rc == 0)
		out->redacted_at = g.redacted_at;
	free(g.page);
	free(g.created);
	buf_release(&g.bytes);
	return rc;
}

/* ---- which subjects there are ---- */

struct subjects {
	struct arena arena;
	struct buf name;
	struct table seen; /* "kind key", to a struct subject */
};

static int gather_subject(void *ctx, const struct store_record *r, struct err *err)
{
	struct subjects *all = ctx;
	struct err why = { 0 };
	struct subject subject;
	json_t *body;

	buf_clear(&all->name);
	buf_put(&all->name, r->kind);
	buf_putc(&all->name, ' ');
	buf_put(&all->name, r->key);
	if (!buf_ok(&all->name))
		return no_memory(err);
	if (table_find(&all->seen, buf_slice(&all->name)))
		return 0;
	int rc = body_of(r, SLICE("\"what\":\"page\""), "page", &body, err);
	if (rc < 0 || !body)
		return rc;
	json_decref(body);
	struct slice name = arena_copy(&all->arena, buf_slice(&all->name));
	if (!name.p)
		return no_memory(err);
	struct slice key = slice_sub(name, r->kind.n + 1, name.n);
	/* One that is not canonical has no case file; the intake takes in none. */
	if (subject_from_key(r->kind, key, &subject, &why) < 0)
		return 0;
	struct table_entry *e = table_put(&all->seen, name);
	struct subject *kept = ARENA_NEW(&all->arena, struct subject);
	if (!e || !kept)
		return no_memory(err);
	*kept = subject;
	e->value = kept;
	return 0;
}

static int cmp_subject(const void *a, const void *b)
{
	return subject_cmp(*(const struct subject *)a, *(const struct subject *)b);
}

int casefile_subjects(struct store *s, casefile_subject_fn fn, void *ctx, struct err *err)
{
	struct subjects all = { 0 };
	struct store_filter f = { .type = SLICE("observation") };
	struct subject *list = NULL;
	int rc = hash_key_random(&all.seen.key, err);
	if (rc == 0)
		rc = store_each_record(s, &f, gather_subject, &all, err);

	if (rc == 0 && !(list = calloc(all.seen.n + 1, sizeof(*list))))
		rc = no_memory(err);
	if (rc == 0) {
		for (size_t i = 0; i < all.seen.n; i++)
			list[i] = *(const struct subject *)all.seen.entry[i].value;
		qsort(list, all.seen.n, sizeof(*list), cmp_subject);
		for (size_t i = 0; rc == 0 && i < all.seen.n; i++)
			rc = fn(ctx, list[i], err);
	}
	free(list);
	table_release(&all.seen);
	buf_release(&all.name);
	arena_release(&all.arena);
	return rc;
}

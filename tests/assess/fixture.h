/* Sites out of strings, judged by the lexicon and the packs that are shipped.
 *
 * The shipped words are read once a program (shipped_load is a group's setup); a sample is one site
 * and all that was made from it. Whatever goes wrong in here fails the running test. */
#ifndef TEST_ASSESS_FIXTURE_H
#define TEST_ASSESS_FIXTURE_H

#include "check.h"
#include "shipped.h"

#include "assess/matcher_image.h"
#include "assess/policy.h"
#include "assess/profile.h"
#include "assess/verdict.h"
#include "base/buf.h"
#include "sys/file.h"
#include "sys/location.h"
#include "sys/mmap.h"
#include "wire/html.h"
#include "wire/timestamp.h"

#include <stdlib.h>

enum { SAMPLE_PAGES = 16, SAMPLE_ROWS = 8, FILE_BYTES = 64 << 20 };

static struct shipped {
	struct arena arena;
	struct lexicon *lexicon;
	struct matcher *matcher;
	struct mmap_file image; /* what it reads, where it was not built */
	struct pack pack[SHIPPED_PACKS_MAX];
	struct assessor as;
} shipped;

/* A file of the source tree; everything that is printed of it names this path. */
static inline void source_file(const char *path, struct buf *out)
{
	const char *root = getenv("ASSAY_SOURCE");
	char full[8192];
	struct err err = { 0 };

	snprintf(full, sizeof(full), "%s/%s", root ? root : ".", path);
	if (file_read(full, FILE_BYTES, out, &err))
		fail_msg("%s", err.what);
}

static inline void shipped_pack(size_t i, const char *path)
{
	struct buf text = { 0 };
	struct err err = { 0 };

	source_file(path, &text);
	if (pack_parse(buf_slice(&text), path, &shipped.arena, &shipped.pack[i], &err))
		fail_msg("%s", err.what);
	buf_release(&text);
}

/* The matcher that the build made, which test_matcher_image.c compares with what the code makes: to
 * build it takes longer than most tests do. Where it is absent or of other words it is built. */
static inline int shipped_matcher(struct err *err)
{
	char path[8192];
	int rc = location_beside_program("../matcher.img", path, sizeof(path), err);

	if (rc == 0 && mmap_file_open(path, &shipped.image, NULL) == 0) {
		if (matcher_image_open(shipped.image.bytes, shipped.lexicon, &shipped.matcher, NULL) == 0)
			return 0;
		mmap_file_release(&shipped.image);
	}
	return rc ? rc : matcher_new(shipped.lexicon, &shipped.matcher, err);
}

static inline int shipped_load(void **state)
{
	static const char *const names[] = { "drugs", "phrases", "substances", "words" };
	struct buf text[4] = { 0 };
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char path[80];
		snprintf(path, sizeof(path), "policy/lexicon/%s.tsv", names[i]);
		source_file(path, &text[i]);
	}
	struct lexicon_files files = { buf_slice(&text[0]), buf_slice(&text[1]), buf_slice(&text[2]),
		                       buf_slice(&text[3]) };
	if (lexicon_load(&files, &shipped.lexicon, &err) ||
	    shipped_matcher(&err))
		fail_msg("%s", err.what);
	for (size_t i = 0; i < 4; i++)
		buf_release(&text[i]);
	char pack[SHIPPED_PACKS_MAX][SHIPPED_NAME];
	size_t packs = shipped_pack_names(pack);
	for (size_t i = 0; i < packs; i++)
		shipped_pack(i, pack[i]);
	assert_true(packs >= 3);
	shipped.as = (struct assessor){ shipped.lexicon, shipped.matcher, shipped.pack, packs };
	return 0;
}

static inline int shipped_free(void **state)
{
	(void)state;
	matcher_free(shipped.matcher);
	mmap_file_release(&shipped.image);
	lexicon_free(shipped.lexicon);
	arena_release(&shipped.arena);
	shipped = (struct shipped){ 0 };
	return 0;
}

struct sample {
	struct arena arena;
	struct site site;
	struct site_page page[SAMPLE_PAGES];
	struct register_row row[SAMPLE_ROWS];
	struct registers registers;
	struct extract extract;        /* of sample_extract */
	struct assessment out[2];      /* of sample_assess */
	int n;                         /* of them */
};

static inline int64_t time_of(const char *text)
{
	int64_t at = 0;

	if (timestamp_parse(slice_str(text), &at, NULL))
		fail_msg("'%s' is no time", text);
	return at;
}

static inline void sample_begin(struct sample *s, const char *host)
{
	memset(s, 0, sizeof(*s));
	s->site.subject = (struct subject){ SUBJECT_REGISTRABLE, slice_str(host) };
	s->site.page = s->page;
}

static inline void sample_put(struct sample *s, const char *path, const char *at, struct slice bytes,
                              bool plain)
{
	struct page_text *page = ARENA_NEW(&s->arena, struct page_text);
	struct site_page *p = &s->page[s->site.page_n++];
	struct err err = { 0 };

	assert_true(s->site.page_n <= SAMPLE_PAGES);
	if (plain ? page_plain(bytes, &s->arena, page, &err)
	          : html_text(bytes, SLICE("text/html; charset=utf-8"), NULL, &s->arena, page, &err))
		fail_msg("%s", err.what);
	*p = (struct site_page){
		.url = slice_str(arena_printf(&s->arena, "https://%.*s%s",
		                              SLICE_ARG(s->site.subject.key), path)),
		.vantage = SLICE("local"), .at = time_of(at), .evidence = sha256_of(bytes),
		.text = sha256_of(page->text), .page = page };
	p->path = slice_sub(p->url, 8 + s->site.subject.key.n, p->url.n);
}

/* A page of HTML at a path ("/"), captured at a time. */
static inline void sample_page(struct sample *s, const char *path, const char *at, const char *html)
{
	sample_put(s, path, at, slice_str(html), false);
}

/* Where the page that was put last was captured from. */
static inline void sample_from(struct sample *s, const char *vantage)
{
	s->page[s->site.page_n - 1].vantage = slice_str(vantage);
}

static inline void sample_text(struct sample *s, const char *path, const char *at, const char *text)
{
	sample_put(s, path, at, slice_str(text), true);
}

/* An active register row that names one domain and serves one country. */
static inline struct register_row *sample_row(struct sample *s, const char *country,
                                              const char *domain, const char *serves)
{
	struct register_row *row = &s->row[s->registers.n++];
	struct slice *lists = arena_array(&s->arena, 2, sizeof(*lists));

	assert_true(s->registers.n <= SAMPLE_ROWS);
	lists[0] = slice_str(domain);
	lists[1] = slice_str(serves);
	*row = (struct register_row){ .record = sha256_of(lists[0]),
		.authority = SLICE("Demonstration Board (synthetic)"), .country = slice_str(country),
		.number = SLICE("DEMO-1"), .name = SLICE("Demo"), .kind = SLICE("pharmacy"),
		.active = true, .domain = &lists[0], .domain_n = 1, .serves = &lists[1],
		.serves_n = lists[1].n ? 1 : 0 };
	s->registers.row = s->row;
	return row;
}

static inline void sample_extract(struct sample *s)
{
	struct err err = { 0 };

	site_sort(&s->site);
	if (extract_site(shipped.matcher, shipped.lexicon, &s->site, &s->arena, &s->extract, &err))
		fail_msg("%s", err.what);
}

static inline void sample_assess_at(struct sample *s, const char *at)
{
	struct err err = { 0 };

	site_sort(&s->site);
	s->n = assess_site(&shipped.as, &s->site, &s->registers, time_of(at), &s->arena, s->out, &err);
	if (s->n < 0)
		fail_msg("%s", err.what);
}

static inline void sample_assess(struct sample *s)
{
	sample_assess_at(s, "2026-11-22T00:00:00Z");
}

static inline const struct cell *cell_of(const struct assessment *x, const char *destination)
{
	for (size_t i = 0; i < x->cell_n; i++)
		if (slice_eq_str(x->cell[i].destination, destination))
			return &x->cell[i];
	fail_msg("no cell for %s", destination);
	return NULL;
}

static inline bool fired(const struct assessment *x, const char *rule)
{
	for (size_t i = 0; i < x->finding_n; i++)
		if (slice_eq_str(x->finding[i].rule->id, rule))
			return true;
	return false;
}

static inline void sample_free(struct sample *s)
{
	arena_release(&s->arena);
}

/* The bytes of a fact's quotation. */
static inline struct slice fact_text(const struct sample *s, const struct extract *x, size_t i)
{
	const struct fact *f = &x->facts.fact[i];

	return slice_sub(s->site.page[f->page].page->text, f->start, f->end);
}

/* The first fact of a claim's class, or NULL. */
static inline const struct fact *claim_of(const struct extract *x, enum phrase_class class)
{
	for (size_t i = 0; i < x->facts.n; i++)
		if (x->facts.fact[i].kind == FACT_CLAIM && x->facts.fact[i].phrase == class)
			return &x->facts.fact[i];
	return NULL;
}

/* The first fact of a kind, of one sort unless arg is NULL; or NULL. */
static inline const struct fact *fact_of(const struct extract *x, enum fact_kind kind, const char *arg)
{
	for (size_t i = 0; i < x->facts.n; i++)
		if (x->facts.fact[i].kind == kind && (!arg || slice_eq_str(x->facts.fact[i].arg, arg)))
			return &x->facts.fact[i];
	return NULL;
}

/* Whether the site claims something that counts: not negated, not told by others. */
static inline bool claims(const struct extract *x, enum phrase_class class)
{
	for (size_t i = 0; i < x->facts.n; i++) {
		const struct fact *f = &x->facts.fact[i];
		if (f->kind == FACT_CLAIM && f->phrase == class && !f->negated && !f->reported)
			return true;
	}
	return false;
}

#endif

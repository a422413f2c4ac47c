#include "cmd/intake_memory.h"

#include "base/buf.h"
#include "cmd/hash_key.h"
#include "cmd/intake_source.h"
#include "cmd/intake_store.h"
#include "model/evidence.h"
#include "store/blob.h"

#include <stdlib.h>
#include <string.h>

struct intake_memory_subject {
	struct subject subject;
	struct casefile_page *page; /* heap, as created */
	size_t page_n, page_cap;
	int64_t *created;
	size_t created_n, created_cap;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "intake: out of memory");
}

static void *grow(void *list, size_t size, size_t n, size_t *cap)
{
	if (n < *cap)
		return list;
	size_t more = *cap ? *cap * 2 : 8;
	void *moved = reallocarray(list, more, size);
	if (moved)
		*cap = more;
	return moved;
}

static int copy(struct intake_memory *m, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(m->arena, s);
	return out->p ? 0 : no_memory(err);
}

static struct slice digest_slice(const struct sha256 *d)
{
	return slice_from((const char *)d->b, SHA256_LEN);
}

/* The entry of a key, made with a copy of it where there was none. */
static struct table_entry *entry_of(struct intake_memory *m, struct table *t, struct slice key)
{
	struct table_entry *e = table_find(t, key);

	if (e)
		return e;
	struct slice kept = arena_copy(m->arena, key);
	return kept.p ? table_put(t, kept) : NULL;
}

static int subject_of(struct intake_memory *m, struct subject subject,
                      struct intake_memory_subject **out, struct err *err)
{
	struct buf name = { 0 };
	struct table_entry *e = NULL;
	int rc = 0;

	buf_printf(&name, "%s %.*s", subject_kind_name(subject.kind), SLICE_ARG(subject.key));
	if (buf_ok(&name))
		e = entry_of(m, &m->subjects, buf_slice(&name));
	buf_release(&name);
	if (!e)
		return no_memory(err);
	if (!e->value) {
		struct intake_memory_subject *s = ARENA_NEW(m->arena, struct intake_memory_subject);
		if (!s)
			return no_memory(err);
		s->subject.kind = subject.kind;
		rc = copy(m, subject.key, &s->subject.key, err);
		e->value = s;
	}
	*out = e->value;
	return rc;
}

/* Add a page whose texts are in the arena. */
static int add_page(struct intake_memory *m, struct subject subject, const struct casefile_page *p,
                    struct err *err)
{
	struct intake_memory_subject *s = NULL;
	int rc = subject_of(m, subject, &s, err);

	if (rc < 0)
		return rc;
	struct casefile_page *page = grow(s->page, sizeof(*page), s->page_n, &s->page_cap);
	if (!page)
		return no_memory(err);
	s->page = page;
	page[s->page_n++] = *p;
	return 0;
}

/* Note that a page is there; *was tells whether it was before. */
static int note_page(struct intake_memory *m, struct subject subject, struct slice url,
                     struct slice vantage, struct sha256 evidence, bool *was, struct err *err)
{
	struct buf key = { 0 };
	struct table_entry *e = NULL;

	intake_page_key(slice_str(subject_kind_name(subject.kind)), subject.key, url, vantage,
	                evidence, &key);
	if (buf_ok(&key))
		e = entry_of(m, &m->known, buf_slice(&key));
	buf_release(&key);
	if (!e)
		return no_memory(err);
	*was = e->value != NULL;
	e->value = m;
	return 0;
}

static int tell(struct intake_memory *m, const struct record *r, const struct slice *bytes,
                struct err *err)
{
	return m->took ? m->took(m->took_ctx, r, bytes, err) : 0;
}

/* A page as the observation that a store would keep of it. */
static int tell_page(struct intake_memory *m, const struct intake_page *p, struct sha256 digest,
                     struct err *err)
{
	struct record r = { 0 };
	int rc = m->took ? intake_store_page(p, digest, &r, err) : 0;

	if (rc == 0 && m->took)
		rc = tell(m, &r, &p->bytes, err);
	record_release(&r);
	return rc;
}

static int take_page(void *ctx, const struct intake_page *p, const struct intake_where *w,
                     struct err *err)
{
	struct intake_memory *m = ctx;
	struct casefile_page page = { .at = p->at, .evidence = sha256_of(p->bytes) };
	bool was;
	int rc = note_page(m, p->subject, p->url, p->vantage, page.evidence, &was, err);

	(void)w;
	/* As in a store: a second reading of an undated page is no second capture. */
	if (rc < 0 || (was && !p->is_dated))
		return rc;
	struct table_entry *e = entry_of(m, &m->evidence, digest_slice(&page.evidence));
	if (!e)
		return no_memory(err);
	if (!e->value) {
		struct slice *bytes = ARENA_NEW(m->arena, struct slice);
		if (!bytes)
			return no_memory(err);
		if ((rc = copy(m, p->bytes, bytes, err)) < 0)
			return rc;
		e->value = bytes;
	}
	if ((rc = copy(m, p->url, &page.url, err)) < 0 ||
	    (rc = copy(m, p->vantage, &page.vantage, err)) < 0 ||
	    (rc = copy(m, p->media_type, &page.media_type, err)) < 0 ||
	    (rc = copy(m, p->content_type, &page.content_type, err)) < 0 ||
	    (rc = copy(m, p->content_encoding, &page.content_encoding, err)) < 0)
		return rc;
	rc = add_page(m, p->subject, &page, err);
	return rc < 0 ? rc : tell_page(m, p, page.evidence, err);
}

static int take_register(struct intake_memory *m, const struct record *r, struct err *err)
{
	struct casefile_register *row =
		grow(m->registers, sizeof(*row), m->registers_n, &m->registers_cap);

	if (!row)
		return no_memory(err);
	m->registers = row;
	row[m->registers_n++] = (struct casefile_register){
		.id = r->id, .at = r->at, .src = r->src, .body = json_incref(r->body)
	};
	return 0;
}

static int take_created(struct intake_memory *m, struct subject subject, const struct record *r,
                        struct err *err)
{
	struct intake_memory_subject *s = NULL;
	int rc = subject_of(m, subject, &s, err);

	if (rc < 0)
		return rc;
	int64_t *created = grow(s->created, sizeof(*created), s->created_n, &s->created_cap);
	if (!created)
		return no_memory(err);
	s->created = created;
	s->created_n += casefile_created(r->body, &created[s->created_n]);
	return 0;
}

/* What was taken out, of which the bytes are not missing by mistake. */
static int take_redaction(struct intake_memory *m, const struct record *r, struct err *err)
{
	const json_t *item;
	struct sha256 digest;
	size_t i;

	json_array_foreach(json_arr(r->body, "evidence"), i, item)
	{
		if (evidence_address_parse(json_text(item), &digest, NULL) < 0)
			continue;
		struct table_entry *e = entry_of(m, &m->gone, digest_slice(&digest));
		if (!e)
			return no_memory(err);
		e->value = m;
	}
	return 0;
}

static int take_record(void *ctx, const struct record *r, const struct intake_where *w,
                       struct err *err)
{
	struct intake_memory *m = ctx;
	struct slice what = json_str(r->body, "what");
	struct casefile_page page;
	struct subject subject;
	bool was;

	(void)w;
	bool is_redaction = slice_eq_str(r->type_name, "redaction");
	if (!is_redaction && !slice_eq_str(r->type_name, "observation")) {
		m->left_out++;
		return 0;
	}
	struct table_entry *e = entry_of(m, &m->records, digest_slice(&r->id));
	if (!e)
		return no_memory(err);
	if (e->value)
		return 0; /* the same record again */
	e->value = m;
	int rc = tell(m, r, NULL, err);
	if (rc)
		return rc;
	if (is_redaction)
		return take_redaction(m, r, err);
	if (slice_eq_str(what, "register"))
		return take_register(m, r, err);
	rc = subject_from_key(r->kind, r->key, &subject, err);
	if (rc < 0)
		return rc;
	if (slice_eq_str(what, "registration"))
		return take_created(m, subject, r, err);
	if (!slice_eq_str(what, "page")) {
		m->left_out++;
		return 0;
	}
	rc = casefile_page_from(r->body, r->at, r->src, m->arena, &page, err);
	if (rc == 0)
		rc = note_page(m, subject, page.url, page.vantage, page.evidence, &was, err);
	return rc < 0 ? rc : add_page(m, subject, &page, err);
}

int intake_to_memory(struct intake_memory *m, struct intake_sink *out, struct err *err)
{
	struct hash_key key = { 0 };
	int rc = hash_key_random(&key, err);

	if (rc < 0)
		return rc;
	m->subjects.key = m->known.key = m->evidence.key = m->records.key = m->gone.key = key;
	*out = (struct intake_sink){ .ctx = m, .page = take_page, .record = take_record };
	return 0;
}

/* ---- what was taken in ---- */

int intake_memory_evidence(struct intake_memory *m, struct sha256 digest, struct slice *out,
                           struct err *err)
{
	const struct table_entry *e = table_find(&m->evidence, digest_slice(&digest));
	char address[EVIDENCE_ADDRESS_SIZE];

	if (e) {
		*out = *(const struct slice *)e->value;
		return 0;
	}
	buf_clear(&m->blob);
	int rc = ERR_NOTFOUND;

	if (m->blobs)
		rc = blob_get(m->blobs, digest, STORE_EVIDENCE_MAX, &m->blob, err);
	if (rc == 0)
		*out = buf_slice(&m->blob);
	if (rc != ERR_NOTFOUND)
		return rc;
	evidence_address_format(digest, address);
	return err_set(err, ERR_NOTFOUND, 0, "%s: %s", address,
	               table_find(&m->gone, digest_slice(&digest)) ? "redacted" : "not there");
}

static int bytes_of(void *ctx, struct casefile_page *p, struct err *err)
{
	struct intake_memory *m = ctx;
	struct err why = { 0 };
	int rc = intake_memory_evidence(m, p->evidence, &p->bytes, &why);

	if (rc == ERR_NOTFOUND) {
		p->missing = table_find(&m->gone, digest_slice(&p->evidence))
		                     ? SLICE("redacted") : SLICE("its evidence was not read");
		return 0;
	}
	if (rc == ERR_CORRUPT) {
		p->missing = SLICE("its evidence was altered");
		return 0;
	}
	if (rc && err)
		*err = why;
	return rc;
}

static int cmp_subject(const void *a, const void *b)
{
	const struct intake_memory_subject *const *x = a, *const *y = b;

	return subject_cmp((*x)->subject, (*y)->subject);
}

static int build(struct intake_memory *m, struct intake_memory_subject *s, struct casefile *out,
                 struct err *err)
{
	struct intake_memory_subject *of = NULL;
	struct subject registered;
	int rc = casefile_registered(s->subject, m->suffixes, m->arena, &registered, err);

	if (rc == 0)
		rc = subject_of(m, registered, &of, err);
	return rc < 0 ? rc
	              : casefile_build(s->subject, s->page, s->page_n, of->created, of->created_n,
	                               bytes_of, m, m->arena, out, err);
}

int intake_memory_cases(struct intake_memory *m, struct casefile **out, size_t *n,
                        struct registers *registers, struct err *err)
{
	size_t all = m->subjects.n, count = 0;
	struct intake_memory_subject **list =
		calloc(all + 1, sizeof(struct intake_memory_subject *));
	struct casefile *cases = arena_array(m->arena, all, sizeof(*cases));
	int rc = 0;

	if (!list || !cases)
		rc = no_memory(err);
	for (size_t i = 0; rc == 0 && i < all; i++) {
		struct intake_memory_subject *s = m->subjects.entry[i].value;
		if (s->page_n)
			list[count++] = s;
	}
	if (rc == 0 && count)
		qsort(list, count, sizeof(*list), cmp_subject);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = build(m, list[i], &cases[i], err);
	if (rc == 0)
		rc = registers_build(m->registers, m->registers_n, m->suffixes, m->arena, registers,
		                     err);
	if (rc == 0) {
		*out = cases;
		*n = count;
	}
	free(list);
	return rc;
}

void intake_memory_release(struct intake_memory *m)
{
	for (size_t i = 0; i < m->subjects.n; i++) {
		struct intake_memory_subject *s = m->subjects.entry[i].value;
		if (!s)
			continue;
		free(s->page);
		free(s->created);
	}
	for (size_t i = 0; i < m->registers_n; i++)
		json_decref(m->registers[i].body);
	free(m->registers);
	table_release(&m->subjects);
	table_release(&m->known);
	table_release(&m->evidence);
	table_release(&m->records);
	table_release(&m->gone);
	buf_release(&m->blob);
	*m = (struct intake_memory){ .suffixes = m->suffixes, .arena = m->arena };
}

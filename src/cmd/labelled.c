#include "cmd/labelled.h"

#include "base/buf.h"
#include "cmd/hash_key.h"
#include "model/record.h"
#include "sys/file.h"

#include <stdlib.h>
#include <string.h>

enum { BAD_TOLD = 10 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int copy(struct labelled *l, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(l->arena, s);
	return out->p ? 0 : no_memory(err);
}

int labelled_begin(struct labelled *l, struct err *err)
{
	struct hash_key key = { 0 };
	int rc = hash_key_random(&key, err);

	l->by_subject.key = l->language.key = key;
	l->memory = (struct intake_memory){ .suffixes = l->suffixes, .arena = l->arena };
	l->intake = (struct intake){ .suffixes = l->suffixes, .log = l->log, .at = l->at };
	return rc ? rc : intake_to_memory(&l->memory, &l->intake.sink, err);
}

/* ---- the site of a row ---- */

static void put_page_key(struct buf *key, const struct subject *s, struct slice url,
                         struct sha256 evidence)
{
	buf_printf(key, "%s %.*s %.*s ", subject_kind_name(s->kind), SLICE_ARG(s->key), SLICE_ARG(url));
	buf_put(key, slice_from((const char *)evidence.b, SHA256_LEN));
}

/* *list is grown by one each time, and has few members. */
static int add_word(struct labelled *l, struct slice word, struct slice **list, size_t *n,
                    struct err *err)
{
	for (size_t i = 0; i < *n; i++)
		if (slice_eq((*list)[i], word))
			return 0;
	struct slice *more = arena_array(l->arena, *n + 1, sizeof(*more));
	if (!more)
		return no_memory(err);
	if (*n)
		memcpy(more, *list, *n * sizeof(*more));
	int rc = copy(l, word, &more[*n], err);
	if (rc == 0) {
		*list = more;
		(*n)++;
	}
	return rc;
}

static int add_destinations(struct labelled *l, struct labelled_site *s, const json_t *row,
                            struct err *err)
{
	const json_t *value = json_object_get(row, "destination"), *one;
	size_t i;
	int rc = 0;

	if (json_is_string(value))
		return add_word(l, json_text(value), &s->destination, &s->destination_n, err);
	json_array_foreach(value, i, one)
		if (rc == 0 && json_is_string(one))
			rc = add_word(l, json_text(one), &s->destination, &s->destination_n, err);
	return rc;
}

static int new_site(struct labelled *l, const json_t *row, const struct intake_page *p,
                    const struct label *label, struct err *err)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		struct labelled_site *more = realloc(l->site, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		l->site = more;
		l->cap = cap;
	}
	struct slice name = json_str(row, "site"), cluster = json_str(row, "cluster");
	struct labelled_site s = { .subject.kind = p->subject.kind, .label = label };
	int rc = copy(l, p->subject.key, &s.subject.key, err);

	if (rc == 0)
		rc = copy(l, name.n ? name : p->subject.key, &s.name, err);
	if (rc == 0)
		rc = copy(l, cluster.n ? cluster : s.name, &s.cluster, err);
	if (rc == 0)
		l->site[l->n++] = s;
	return rc;
}

static int site_of(struct labelled *l, const json_t *row, const struct intake_page *p,
                   const struct label *label, struct labelled_site **out, struct err *err)
{
	char *key = arena_printf(l->arena, "%s %.*s", subject_kind_name(p->subject.kind),
	                         SLICE_ARG(p->subject.key));
	struct table_entry *e = key ? table_put(&l->by_subject, slice_str(key)) : NULL;
	int rc = 0;

	if (!e)
		return no_memory(err);
	if (!e->value) {
		rc = new_site(l, row, p, label, err);
		if (rc)
			return rc;
		e->value = (void *)(uintptr_t)l->n;
	}
	*out = &l->site[(uintptr_t)e->value - 1];
	if ((*out)->label != label)
		return err_set(err, ERR_SYNTAX, 0, "label %s: other rows of %.*s say %s", label->name,
		               SLICE_ARG(slice_sub((*out)->name, 0, 80)), (*out)->label->name);
	return 0;
}

/* ---- a row ---- */

static int take_row(struct labelled *l, const json_t *row, struct arena *a, int64_t line,
                    struct slice source, struct err *err)
{
	struct intake_page p = { 0 };
	struct intake_where where = { .source = source, .line = line };
	struct labelled_site *s = NULL;
	struct slice word;
	int rc = json_need_str(row, "label", &word, err);
	const struct label *label = rc == 0 ? label_find(word) : NULL;

	if (rc == 0 && !label)
		rc = err_set(err, ERR_SYNTAX, 0, "label '%.*s' is none of those of assay-eval(1)",
		             SLICE_ARG(slice_sub(word, 0, 40)));
	if (rc == 0)
		rc = intake_row(&l->intake, row, a, &p, err);
	if (rc == 0 && slice_eq_str(json_str(row, "text_kind"), "digest")) {
		l->rows++;
		l->digests[label - labels]++;
		return 0;
	}
	if (rc == 0)
		rc = site_of(l, row, &p, label, &s, err);
	if (rc)
		return rc;
	l->rows++;
	rc = add_destinations(l, s, row, err);
	if (rc == 0 && p.language.n)
		rc = add_word(l, p.language, &s->language, &s->language_n, err);
	if (rc == 0 && p.language.n) {
		struct buf key = { 0 };
		put_page_key(&key, &s->subject, p.url, sha256_of(p.bytes));
		struct slice kept = arena_copy(l->arena, buf_slice(&key));
		struct table_entry *e = kept.p ? table_put(&l->language, kept) : NULL;
		buf_release(&key);
		struct slice *language = ARENA_NEW(l->arena, struct slice);
		if (!e || !language)
			return no_memory(err);
		rc = copy(l, p.language, language, err);
		e->value = language;
	}
	return rc ? rc : l->intake.sink.page(l->intake.sink.ctx, &p, &where, err);
}

static int take_record(struct labelled *l, json_t *object, int64_t line, struct slice source,
                       struct err *err)
{
	struct record r;
	struct intake_where where = { .source = source, .line = line };
	int rc = record_from_json(json_incref(object), &r, err);

	if (rc) {
		json_decref(object);
		return rc;
	}
	rc = l->intake.sink.record(l->intake.sink.ctx, &r, &where, err);
	record_release(&r);
	return rc;
}

static int take_line(struct labelled *l, struct slice text, bool too_long, int64_t line,
                     struct slice source, struct err *err)
{
	struct arena a = { 0 };
	json_t *object = NULL;
	int rc;

	if (too_long)
		return err_set(err, ERR_LIMIT, 0, "the line is longer than %d bytes", RECORD_LINE_MAX);
	rc = json_parse_object(text, RECORD_LINE_MAX, &object, err);
	if (rc == 0 && json_object_get(object, "type"))
		rc = take_record(l, object, line, source, err);
	else if (rc == 0)
		rc = take_row(l, object, &a, line, source, err);
	json_decref(object);
	arena_release(&a);
	return rc;
}

int labelled_read(struct labelled *l, const char *path, struct err *err)
{
	struct file_lines *f = NULL;
	struct slice text;
	bool too_long = false;
	int64_t line = 0;
	int got = 0, rc = file_lines_open(path, RECORD_LINE_MAX, &f, err);

	if (rc)
		return rc;
	while (rc == 0 && (got = file_lines_next(f, &text, &too_long, err)) == 1) {
		struct err why = { 0 };
		line++;
		if (slice_trim(text).n == 0 && !too_long)
			continue;
		rc = take_line(l, slice_trim(text), too_long, line, slice_str(path), &why);
		if (rc == ERR_SYNTAX || rc == ERR_LIMIT) {
			if (l->bad++ < BAD_TOLD)
				LOG_PUT(l->log, LEVEL_WARNING, "a row cannot be used",
				        LOG_STR("file", slice_str(path)), LOG_INT("line", line),
				        LOG_STR("why", slice_str(why.what)));
			rc = 0;
		} else if (rc && err) {
			*err = why;
		}
	}
	file_lines_close(f);
	return rc ? rc : got < 0 ? got : 0;
}

int labelled_registers(struct labelled *l, const char *path, struct err *err)
{
	return intake_path(&l->intake, path, err);
}

/* ---- what was read ---- */

int labelled_end(struct labelled *l, struct err *err)
{
	struct casefile *file = NULL;
	size_t n = 0;

	if (l->rows == 0)
		return err_set(err, ERR_NOTFOUND, 0, "no labelled row could be read");
	int rc = intake_memory_cases(&l->memory, &file, &n, &l->registers, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		char *key = arena_printf(l->arena, "%s %.*s", subject_kind_name(file[i].subject.kind),
		                         SLICE_ARG(file[i].subject.key));
		if (!key)
			return no_memory(err);
		struct table_entry *e = table_find(&l->by_subject, slice_str(key));
		if (e) /* else a page that came with a register file, of no labelled site */
			l->site[(uintptr_t)e->value - 1].file = &file[i];
	}
	return rc;
}

void labelled_release(struct labelled *l)
{
	intake_memory_release(&l->memory);
	table_release(&l->by_subject);
	table_release(&l->language);
	free(l->site);
	l->site = NULL;
	l->n = l->cap = 0;
}

struct slice labelled_language(const struct labelled *l, const struct labelled_site *s,
                               const struct site_page *p)
{
	struct buf key = { 0 };

	put_page_key(&key, &s->subject, p->url, p->evidence);
	const struct table_entry *e = buf_ok(&key) ? table_find(&l->language, buf_slice(&key)) : NULL;
	buf_release(&key);
	return e ? *(const struct slice *)e->value : SLICE("");
}

int labelled_pages(const struct labelled *l, const struct labelled_site *s, struct slice language,
                   struct arena *a, struct site *out, struct err *err)
{
	*out = (struct site){ .subject = s->subject };
	if (!s->file || s->file->n == 0)
		return 0;
	const struct site *all = &s->file->site[s->file->n - 1];
	if (language.n == 0) {
		*out = *all;
		return 0;
	}
	struct site_page *page = arena_array(a, all->page_n, sizeof(*page));
	if (!page)
		return no_memory(err);
	struct site part = *all;
	part.page = page;
	part.page_n = 0;
	for (size_t i = 0; i < all->page_n; i++)
		if (slice_eq(labelled_language(l, s, &all->page[i]), language))
			page[part.page_n++] = all->page[i];
	site_sort(&part);
	*out = part;
	return 0;
}

/* One file, one arena: a file that is refused gives its arena back, and the set never saw it. The
 * reader is strict because a wrong mark names a programme for a shop that has nothing to do with it:
 * a value in another form than records have it would never match, and nobody would notice. */
#include "link/program.h"

#include "base/arena.h"
#include "link/attribute.h"
#include "wire/fold.h"
#include "wire/yaml.h"

#include <stdlib.h>

enum {
	TEXT_MAX = 400, /* bytes of a name or a source */
	PHRASE_MIN = 4, /* bytes of a phrase, folded: less is in every text */
};

struct loaded {
	struct arena arena; /* of one file */
	struct program *program;
};

struct programs {
	struct loaded *loaded; /* in the order of id */
	size_t n;
	const struct program_mark **attribute; /* in the order of kind and value */
	size_t attribute_n;
	const struct program_mark **phrase;
	size_t phrase_n;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "programs: no memory");
}

int programs_new(struct programs **out, struct err *err)
{
	struct programs *p = calloc(1, sizeof(*p));

	if (!p)
		return no_memory(err);
	*out = p;
	return 0;
}

void programs_free(struct programs *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		arena_release(&p->loaded[i].arena);
	free(p->loaded);
	free(p->attribute);
	free(p->phrase);
	free(p);
}

const char *program_mark_kind(const struct program_mark *m)
{
	return m->is_phrase ? "phrase" : signals[m->kind].name;
}

bool program_mark_is_plantable(const struct program_mark *m)
{
	return m->is_phrase || signals[m->kind].plantable;
}

/* ---- values ---- */

static int read_text(const struct yaml_node *node, struct slice *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (s.n == 0 || s.n > TEXT_MAX)
		return yaml_error(node, err, "%.*s is a text of 1 to %d bytes",
		                  SLICE_ARG(node->key), TEXT_MAX);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return yaml_error(node, err, "%.*s has a line break or a control character",
			                  SLICE_ARG(node->key));
	*out = s;
	return 0;
}

static int need_text(const struct yaml_node *map, const char *key, struct slice *out,
                     struct err *err)
{
	const struct yaml_node *node = NULL;
	int rc = yaml_need(map, key, &node, err);

	return rc ? rc : read_text(node, out, err);
}

static int read_id(const struct yaml_node *root, struct slice *out, struct err *err)
{
	int rc = need_text(root, "program", out, err);

	for (size_t i = 0; rc == 0 && i < out->n; i++) {
		char c = out->p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			rc = yaml_error(
				yaml_get(root, "program"), err,
				"the id of a programme is lower-case letters, digits, hyphens");
	}
	return rc;
}

/* "2010", "2010-08" or "2010-08-31". */
static bool is_when(struct slice s)
{
	if (s.n != 4 && s.n != 7 && s.n != 10)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (i == 4 || i == 7 ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* ---- one file ---- */

struct reading {
	struct arena *arena;
	const struct suffixes *suffixes;
	const struct yaml_node *sources; /* key: text */
	bool *used;                      /* of each source */
	struct program *out;
};

/* The text that a `source` key names. */
static int read_source(struct reading *r, const struct yaml_node *map, struct slice *out,
                       struct err *err)
{
	const struct yaml_node *node = NULL;
	struct slice key;
	int rc = yaml_need(map, "source", &node, err);

	if (rc == 0)
		rc = yaml_str(node, &key, err);
	for (size_t i = 0; rc == 0 && i < r->sources->n; i++) {
		if (slice_eq(r->sources->item[i].key, key)) {
			r->used[i] = true;
			return read_text(&r->sources->item[i], out, err);
		}
	}
	return rc ? rc
	          : yaml_error(node, err, "no source '%.*s' stands under sources", SLICE_ARG(key));
}

/* A list of mappings: room for its elements, or an error. */
static int list_of(struct reading *r, const struct yaml_node *list, size_t size, void **out,
                   struct err *err)
{
	int rc = yaml_expect(list, YAML_SEQUENCE, err);

	if (rc == 0 && list->n == 0)
		rc = yaml_error(list, err, "%.*s is empty: name one, or leave the key out",
		                SLICE_ARG(list->key));
	for (size_t i = 0; rc == 0 && i < list->n; i++)
		rc = yaml_expect(&list->item[i], YAML_MAPPING, err);
	if (rc)
		return rc;
	*out = arena_array(r->arena, list->n, size);
	return *out ? 0 : no_memory(err);
}

static int read_seen(struct reading *r, const struct yaml_node *list, struct err *err)
{
	static const char *const known[] = { "domains", "when", "source", NULL };
	const struct yaml_node *node = NULL;
	struct program_seen *seen;
	int rc = list_of(r, list, sizeof(*seen), (void **)&seen, err);

	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		const struct yaml_node *item = &list->item[i];
		rc = yaml_known_keys(item, known, err);
		if (rc == 0)
			rc = yaml_need(item, "domains", &node, err);
		if (rc == 0)
			rc = yaml_i64(node, 1, 100000000, &seen[i].domains, err);
		if (rc == 0)
			rc = need_text(item, "when", &seen[i].when, err);
		if (rc == 0 && !is_when(seen[i].when))
			rc = yaml_error(yaml_get(item, "when"), err,
			                "when is a year, month or day: 2010-08");
		if (rc == 0)
			rc = read_source(r, item, &seen[i].source, err);
	}
	if (rc == 0) {
		r->out->seen = seen;
		r->out->seen_n = list->n;
	}
	return rc;
}

static int read_suppliers(struct reading *r, const struct yaml_node *list, struct err *err)
{
	static const char *const known[] = { "name", "source", NULL };
	struct program_supplier *s;
	int rc = list_of(r, list, sizeof(*s), (void **)&s, err);

	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		rc = yaml_known_keys(&list->item[i], known, err);
		if (rc == 0)
			rc = need_text(&list->item[i], "name", &s[i].name, err);
		if (rc == 0)
			rc = read_source(r, &list->item[i], &s[i].source, err);
	}
	if (rc == 0) {
		r->out->supplier = s;
		r->out->supplier_n = list->n;
	}
	return rc;
}

static int read_phrase(struct reading *r, const struct yaml_node *node, struct program_mark *m,
                       struct err *err)
{
	struct folded folded;
	int rc = fold(m->shown, r->arena, &folded, err);

	if (rc)
		return rc;
	if (folded.text.n < PHRASE_MIN)
		return yaml_error(node, err, "the phrase '%.*s' is too short to tell anything",
		                  SLICE_ARG(m->shown));
	m->value = folded.text;
	return 0;
}

static int read_attribute(struct reading *r, const struct yaml_node *node, struct slice kind,
                          struct program_mark *m, struct err *err)
{
	if (!signal_of(kind, &m->kind))
		return yaml_error(node, err, "kind is phrase or a kind of attribute, not '%.*s'",
		                  SLICE_ARG(slice_sub(kind, 0, 40)));
	if (m->kind == SIGNAL_PREFIX)
		return yaml_error(node, err, "kind prefix is no mark: strangers live there");
	/* An affiliate's id is the affiliate's; the programme is known by where its links lead. */
	m->value = attribute_normal(m->kind == SIGNAL_AFFILIATE ? SIGNAL_NAME_SERVER : m->kind,
	                            m->shown, r->suffixes, r->arena);
	if (!slice_eq(m->value, m->shown))
		return yaml_error(node, err, "'%.*s' is not written as records have it%s%.*s",
		                  SLICE_ARG(slice_sub(m->shown, 0, 60)),
		                  m->value.n ? ": write " : "",
		                  SLICE_ARG(slice_sub(m->value, 0, 60)));
	return 0;
}

static int read_marks(struct reading *r, const struct yaml_node *list, struct err *err)
{
	static const char *const known[] = { "kind", "value", "source", NULL };
	struct program_mark *m;
	int rc = list_of(r, list, sizeof(*m), (void **)&m, err);

	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		const struct yaml_node *item = &list->item[i];
		struct slice kind;
		m[i] = (struct program_mark){ .program = r->out, .line = item->line };
		rc = yaml_known_keys(item, known, err);
		if (rc == 0)
			rc = need_text(item, "kind", &kind, err);
		if (rc == 0)
			rc = need_text(item, "value", &m[i].shown, err);
		if (rc == 0)
			rc = read_source(r, item, &m[i].source, err);
		if (rc == 0)
			m[i].is_phrase = slice_eq_str(kind, "phrase");
		if (rc == 0)
			rc = m[i].is_phrase ? read_phrase(r, item, &m[i], err)
			                    : read_attribute(r, item, kind, &m[i], err);
	}
	if (rc == 0) {
		r->out->mark = m;
		r->out->mark_n = list->n;
	}
	return rc;
}

static int read_names(struct reading *r, const struct yaml_node *node, struct err *err)
{
	struct slice *name = NULL;
	size_t n = 0;
	int rc = yaml_str_list(node, r->arena, &name, &n, err);

	if (rc == 0) {
		r->out->name = name;
		r->out->name_n = n;
	}
	return rc;
}

static int check_sources(const struct reading *r, struct err *err)
{
	for (size_t i = 0; i < r->sources->n; i++)
		if (!r->used[i])
			return yaml_error(
				&r->sources->item[i], err,
				"nothing rests on the source '%.*s': remove it, or name it where "
				"it tells something",
				SLICE_ARG(r->sources->item[i].key));
	return 0;
}

static int read_file(struct reading *r, const struct yaml_node *root, struct err *err)
{
	static const char *const known[] = { "program",   "title", "names",    "seen", "sources",
		                             "suppliers", "marks", "no_marks", NULL };
	const struct yaml_node *marks = yaml_get(root, "marks"), *none = yaml_get(root, "no_marks"),
			       *node;
	int rc = yaml_known_keys(root, known, err);

	if (rc == 0)
		rc = read_id(root, &r->out->id, err);
	if (rc == 0)
		rc = need_text(root, "title", &r->out->title, err);
	if (rc == 0)
		rc = yaml_need(root, "sources", &r->sources, err);
	if (rc == 0)
		rc = yaml_expect(r->sources, YAML_MAPPING, err);
	if (rc == 0) {
		r->used = arena_alloc(r->arena, r->sources->n + 1);
		rc = r->used ? 0 : no_memory(err);
	}
	for (size_t i = 0; rc == 0 && i < r->sources->n; i++)
		r->used[i] = false;
	if (rc == 0 && (node = yaml_get(root, "names")))
		rc = read_names(r, node, err);
	if (rc == 0 && (node = yaml_get(root, "seen")))
		rc = read_seen(r, node, err);
	if (rc == 0 && (node = yaml_get(root, "suppliers")))
		rc = read_suppliers(r, node, err);
	if (rc == 0 && !marks == !none)
		rc = yaml_error(root, err,
		                "marks, or no_marks that says why there are none: one of them");
	if (rc == 0 && marks)
		rc = read_marks(r, marks, err);
	if (rc == 0 && none)
		rc = read_text(none, &r->out->no_marks, err);
	return rc ? rc : check_sources(r, err);
}

/* ---- the set ---- */

static int compare_mark(const struct program_mark *m, enum signal_kind kind, struct slice value)
{
	if (m->kind != kind)
		return m->kind < kind ? -1 : 1;
	return slice_cmp(m->value, value);
}

/* Where the first mark of that kind and value stands or would. */
static size_t place_of(const struct programs *p, enum signal_kind kind, struct slice value)
{
	size_t from = 0, to = p->attribute_n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (compare_mark(p->attribute[middle], kind, value) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static const struct program_mark *find(const struct programs *p, enum signal_kind kind,
                                       struct slice value)
{
	size_t at = place_of(p, kind, value);

	if (at == p->attribute_n || compare_mark(p->attribute[at], kind, value) != 0)
		return NULL;
	return p->attribute[at];
}

static const struct program_mark *same_mark(const struct programs *p, const struct program_mark *m)
{
	if (!m->is_phrase)
		return find(p, m->kind, m->value);
	for (size_t i = 0; i < p->phrase_n; i++)
		if (slice_eq(p->phrase[i]->value, m->value))
			return p->phrase[i];
	return NULL;
}

static int check_marks(const struct programs *p, const struct program *one, struct err *err)
{
	for (size_t i = 0; i < one->mark_n; i++) {
		const struct program_mark *m = &one->mark[i], *same = same_mark(p, m);
		for (size_t k = 0; k < i && !same; k++)
			if (m->is_phrase == one->mark[k].is_phrase &&
			    m->kind == one->mark[k].kind && slice_eq(m->value, one->mark[k].value))
				same = &one->mark[k];
		if (same)
			return err_set(
				err, ERR_SYNTAX, m->line,
				"%s:%u: the mark stands in %s:%u already: what two have tells neither",
				one->file, m->line, same->program->file, same->line);
	}
	return 0;
}

/* Room for a file's programme and marks, so that nothing fails behind it. */
static int grow(struct programs *p, const struct program *one, struct err *err)
{
	struct loaded *loaded = realloc(p->loaded, (p->n + 1) * sizeof(*loaded));
	size_t more = one->mark_n + 1;

	if (loaded)
		p->loaded = loaded;
	const struct program_mark **attribute =
		realloc(p->attribute, (p->attribute_n + more) * sizeof(*attribute));
	if (attribute)
		p->attribute = attribute;
	const struct program_mark **phrase =
		realloc(p->phrase, (p->phrase_n + more) * sizeof(*phrase));
	if (phrase)
		p->phrase = phrase;
	return loaded && attribute && phrase ? 0 : no_memory(err);
}

static void put_mark(struct programs *p, const struct program_mark *m)
{
	if (m->is_phrase) {
		p->phrase[p->phrase_n++] = m;
		return;
	}
	size_t at = place_of(p, m->kind, m->value);
	memmove(&p->attribute[at + 1], &p->attribute[at],
	        (p->attribute_n - at) * sizeof(*p->attribute));
	p->attribute[at] = m;
	p->attribute_n++;
}

int programs_add(struct programs *p, struct slice text, const char *file,
                 const struct suffixes *suffixes, struct err *err)
{
	const struct yaml_node *root = NULL;
	struct arena arena = { 0 };
	struct program *one = arena_alloc(&arena, sizeof(*one));
	struct reading r = { .arena = &arena, .suffixes = suffixes, .out = one };
	int rc = one ? yaml_parse(text, file, &arena, &root, err) : no_memory(err);

	if (rc == 0)
		rc = yaml_expect(root, YAML_MAPPING, err);
	if (rc == 0) {
		*one = (struct program){ .file = root->file };
		rc = read_file(&r, root, err);
	}
	for (size_t i = 0; rc == 0 && i < p->n; i++)
		if (slice_eq(p->loaded[i].program->id, one->id))
			rc = yaml_error(yaml_get(root, "program"), err, "%.*s is in %s already",
			                SLICE_ARG(one->id), p->loaded[i].program->file);
	if (rc == 0)
		rc = check_marks(p, one, err);
	if (rc == 0)
		rc = grow(p, one, err);
	if (rc) {
		arena_release(&arena);
		return rc;
	}
	size_t at = p->n++;
	for (; at && slice_cmp(p->loaded[at - 1].program->id, one->id) > 0; at--)
		p->loaded[at] = p->loaded[at - 1];
	p->loaded[at] = (struct loaded){ arena, one };
	for (size_t i = 0; i < one->mark_n; i++)
		put_mark(p, &one->mark[i]);
	return 0;
}

const struct program *programs_at(const struct programs *p, size_t i)
{
	return i < p->n ? p->loaded[i].program : NULL;
}

const struct program_mark *programs_phrase(const struct programs *p, size_t i)
{
	return i < p->phrase_n ? p->phrase[i] : NULL;
}

const struct program_mark *programs_find(const struct programs *p, enum signal_kind kind,
                                         struct slice value)
{
	const struct program_mark *m = NULL;
	size_t end = 0;

	if (kind != SIGNAL_AFFILIATE)
		return find(p, kind, value);
	while (end < value.n && value.p[end] != '?' && value.p[end] != '/')
		end++;
	/* "shop.pay.test?aff=7": the host, then those that it is below. */
	for (struct slice host = slice_sub(value, 0, end); host.n && !m;) {
		m = find(p, kind, host);
		size_t dot = slice_find(host, '.');
		host = slice_sub(host, dot < host.n ? dot + 1 : host.n, host.n);
	}
	return m;
}

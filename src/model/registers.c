/* Three sorted arrays, each an entry a key and a row; rows of one key stand in their order, so that
 * the first of them is the one that a walk over all rows would find.
 *
 *     domain   "mill.example" -> row       number   scheme, "1012345" -> row
 *     name     scheme, "mill chemist" -> row                                   */
#include "model/registers.h"

#include "model/registers_name.h"

#include <stdlib.h>

struct entry {
	struct slice scheme, key;
	uint32_t row;
};

struct table_of {
	struct entry *entry;
	size_t n;
};

/* A register that has rows here: of a country, under a source. */
struct loaded {
	struct slice country, source;
	bool sites;
};

struct register_index {
	struct table_of domain, number, name;
	struct loaded *loaded; /* each once */
	size_t loaded_n;
};

/* ---- one row ---- */

bool register_names(const struct register_row *row, const struct subject *subject)
{
	/* A platform's tenant or a path on somebody's site is not what the register names. */
	if (subject->kind != SUBJECT_REGISTRABLE)
		return false;
	for (size_t i = 0; i < row->domain_n; i++)
		if (slice_eq(row->domain[i], subject->key))
			return true;
	return false;
}

bool register_holds(const struct register_row *row, int64_t at)
{
	return row->active && (!row->from || at >= row->from) && (!row->until || at < row->until);
}

bool register_serves(const struct register_row *row, struct slice destination)
{
	for (size_t i = 0; row->active && i < row->serves_n; i++)
		if (slice_eq(row->serves[i], destination))
			return true;
	return false;
}

bool register_is_document(const struct register_row *row)
{
	return slice_eq_str(row->kind, "reviewed_document");
}

/* ---- index ---- */

static int by_key(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = slice_cmp(x->scheme, y->scheme);

	if (c == 0)
		c = slice_cmp(x->key, y->key);
	return c ? c : x->row < y->row ? -1 : x->row > y->row;
}

static void sort(struct table_of *t)
{
	if (t->n)
		qsort(t->entry, t->n, sizeof(*t->entry), by_key);
}

/* The first entry of a key, or where it would stand. */
static size_t lower(const struct table_of *t, struct slice scheme, struct slice key)
{
	size_t from = 0, to = t->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = slice_cmp(t->entry[mid].scheme, scheme);
		if (c == 0)
			c = slice_cmp(t->entry[mid].key, key);
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static bool is_at(const struct table_of *t, size_t i, struct slice scheme, struct slice key)
{
	return i < t->n && slice_eq(t->entry[i].scheme, scheme) && slice_eq(t->entry[i].key, key);
}

enum { NUMBER_MAX = 64 };

/* "GB 1012-345" as "GB1012345"; how many bytes. */
static size_t plain_number(struct slice number, char out[NUMBER_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < number.n && n < NUMBER_MAX; i++) {
		char c = ascii_lower(number.p[i]);
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80)
			out[n++] = c;
	}
	return n;
}

static int index_names(const struct registers *r, struct table_of *t, struct arena *a,
                       struct err *err)
{
	struct arena scratch = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n; i++) {
		const struct register_row *row = &r->row[i];
		for (size_t k = 0; rc == 0 && row->scheme.n && k <= row->trading_n; k++) {
			struct slice name = { 0 };
			rc = registers_name_fold(k ? row->trading[k - 1] : row->name, &scratch, &name, err);
			if (rc || !name.n)
				continue;
			struct slice kept = arena_copy(a, name);
			if (!kept.p)
				rc = err_set(err, ERR_NOMEM, 0, "registers: out of memory");
			else
				t->entry[t->n++] = (struct entry){ row->scheme, kept, (uint32_t)i };
		}
		if (scratch.used > 1 << 16)
			arena_release(&scratch);
	}
	arena_release(&scratch);
	return rc;
}

static int index_loaded(const struct registers *r, struct register_index *x, struct arena *a,
                        struct err *err)
{
	size_t cap = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct register_row *row = &r->row[i];
		size_t k = 0;
		if (register_is_document(row))
			continue;
		while (k < x->loaded_n && !(slice_eq(x->loaded[k].country, row->country) &&
		                            slice_eq(x->loaded[k].source, row->source)))
			k++;
		if (k == cap) {
			struct loaded *more = arena_array(a, cap * 2 + 8, sizeof(*more));
			if (!more)
				return err_set(err, ERR_NOMEM, 0, "registers: out of memory");
			for (size_t j = 0; j < cap; j++)
				more[j] = x->loaded[j];
			x->loaded = more;
			cap = cap * 2 + 8;
		}
		if (k == x->loaded_n)
			x->loaded[x->loaded_n++] = (struct loaded){ row->country, row->source, false };
		x->loaded[k].sites = x->loaded[k].sites || row->domain_n;
	}
	return 0;
}

int registers_index(struct registers *r, struct arena *a, struct err *err)
{
	struct register_index *x = ARENA_NEW(a, struct register_index);
	size_t domains = 0, names = 0;

	if (r->n > UINT32_MAX)
		return err_set(err, ERR_LIMIT, 0, "registers: too many rows");
	for (size_t i = 0; i < r->n; i++) {
		domains += r->row[i].domain_n;
		names += 1 + r->row[i].trading_n;
	}
	if (x) {
		x->domain.entry = arena_array(a, domains, sizeof(struct entry));
		x->number.entry = arena_array(a, r->n, sizeof(struct entry));
		x->name.entry = arena_array(a, names, sizeof(struct entry));
	}
	if (!x || !x->domain.entry || !x->number.entry || !x->name.entry)
		return err_set(err, ERR_NOMEM, 0, "registers: out of memory");
	for (size_t i = 0; i < r->n; i++) {
		const struct register_row *row = &r->row[i];
		char text[NUMBER_MAX];
		for (size_t k = 0; k < row->domain_n; k++)
			x->domain.entry[x->domain.n++] =
				(struct entry){ { 0 }, row->domain[k], (uint32_t)i };
		size_t n = row->scheme.n ? plain_number(row->number, text) : 0;
		if (!n)
			continue;
		struct slice number = arena_copy(a, slice_from(text, n));
		if (!number.p)
			return err_set(err, ERR_NOMEM, 0, "registers: out of memory");
		x->number.entry[x->number.n++] = (struct entry){ row->scheme, number, (uint32_t)i };
	}
	int rc = index_names(r, &x->name, a, err);
	if (rc == 0)
		rc = index_loaded(r, x, a, err);
	if (rc)
		return rc;
	sort(&x->domain);
	sort(&x->number);
	sort(&x->name);
	r->index = x;
	return 0;
}

/* ---- by site ---- */

typedef bool (*row_test)(const struct register_row *row, struct slice destination);

static bool any_row(const struct register_row *row, struct slice destination)
{
	(void)row, (void)destination;
	return true;
}

static const struct register_row *find_site(const struct registers *r, const struct subject *s,
                                            row_test fits, struct slice destination, int64_t at)
{
	const struct slice none = { 0 };

	if (s->kind != SUBJECT_REGISTRABLE)
		return NULL;
	if (r->index) {
		const struct table_of *t = &r->index->domain;
		for (size_t i = lower(t, none, s->key); is_at(t, i, none, s->key); i++) {
			const struct register_row *row = &r->row[t->entry[i].row];
			if (register_holds(row, at) && fits(row, destination))
				return row;
		}
		return NULL;
	}
	for (size_t i = 0; i < r->n; i++)
		if (register_holds(&r->row[i], at) && fits(&r->row[i], destination) &&
		    register_names(&r->row[i], s))
			return &r->row[i];
	return NULL;
}

const struct register_row *registers_serving(const struct registers *r, const struct subject *s,
                                             struct slice destination, int64_t at)
{
	return find_site(r, s, register_serves, destination, at);
}

const struct register_row *registers_naming(const struct registers *r, const struct subject *s,
                                            int64_t at)
{
	return find_site(r, s, any_row, (struct slice){ 0 }, at);
}

/* ---- by number ---- */

static bool is_loaded(struct loaded l, struct slice country, struct slice source, bool sites)
{
	const struct slice prefix = SLICE("register:");
	struct slice id = slice_starts(l.source, prefix) ? slice_sub(l.source, prefix.n, l.source.n)
	                                                 : l.source;

	return (!country.n || slice_eq(l.country, country)) && (!sites || l.sites) &&
	       (!source.n || slice_eq(id, source));
}

bool registers_loaded(const struct registers *r, struct slice country, struct slice source,
                      bool sites)
{
	for (size_t i = 0; r->index && i < r->index->loaded_n; i++)
		if (is_loaded(r->index->loaded[i], country, source, sites))
			return true;
	for (size_t i = 0; !r->index && i < r->n; i++) {
		const struct register_row *row = &r->row[i];
		/* One licence that somebody read is no register of a country. */
		if (!register_is_document(row) &&
		    is_loaded((struct loaded){ row->country, row->source, row->domain_n > 0 }, country,
		              source, sites))
			return true;
	}
	return false;
}

bool registers_have_scheme(const struct registers *r, struct slice scheme)
{
	if (r->index) {
		const struct table_of *t = &r->index->number;
		size_t i = lower(t, scheme, (struct slice){ 0 });
		return i < t->n && slice_eq(t->entry[i].scheme, scheme);
	}
	for (size_t i = 0; i < r->n; i++)
		if (r->row[i].scheme.n && slice_eq(r->row[i].scheme, scheme))
			return true;
	return false;
}

const struct register_row *registers_number(const struct registers *r, struct slice scheme,
                                            struct slice number, const struct register_row *after)
{
	char want[NUMBER_MAX], have[NUMBER_MAX];
	struct slice key = slice_from(want, plain_number(number, want));
	size_t from = after ? (size_t)(after - r->row) + 1 : 0;

	if (!key.n || !scheme.n)
		return NULL;
	if (r->index) {
		const struct table_of *t = &r->index->number;
		for (size_t i = lower(t, scheme, key); is_at(t, i, scheme, key); i++)
			if (t->entry[i].row >= from)
				return &r->row[t->entry[i].row];
		return NULL;
	}
	for (size_t i = from; i < r->n; i++)
		if (slice_eq(r->row[i].scheme, scheme) &&
		    slice_eq(slice_from(have, plain_number(r->row[i].number, have)), key))
			return &r->row[i];
	return NULL;
}

/* ---- by name ---- */

const struct register_row *registers_named_in(const struct registers *r, struct slice scheme,
                                              struct slice folded, int64_t at)
{
	const struct register_row *best = NULL;
	struct registers_words words;

	if (!r->index)
		return NULL;
	registers_words_of(folded, &words);
	const struct table_of *t = &r->index->name;
	for (size_t i = lower(t, scheme, (struct slice){ 0 });
	     i < t->n && slice_eq(t->entry[i].scheme, scheme); i++) {
		const struct register_row *row = &r->row[t->entry[i].row];
		if (register_holds(row, at) && (!best || row < best) &&
		    registers_words_hold(&words, t->entry[i].key) &&
		    registers_name_stands(t->entry[i].key, folded))
			best = row;
	}
	return best;
}

int register_named_in(const struct register_row *row, struct slice folded, struct arena *a,
                      bool *out, struct err *err)
{
	bool found = false;

	for (size_t k = 0; k <= row->trading_n && !found; k++) {
		struct slice name = { 0 };
		int rc = registers_name_fold(k ? row->trading[k - 1] : row->name, a, &name, err);
		if (rc)
			return rc;
		found = name.n && registers_name_stands(name, folded);
	}
	*out = found;
	return 0;
}

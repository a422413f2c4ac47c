/* Some 4,000 rows: read once into an array that grows, sorted by number. */
#include "model/registrar_list.h"

#include "wire/fold.h"
#include "wire/tabular.h"
#include "wire/url.h"

#include <stdlib.h>
#include <string.h>

enum { ID, NAME, STATUS, RDAP, COLUMNS };

static const struct slice columns[COLUMNS] = {
	[ID] = { "ID", 2 },
	[NAME] = { "Registrar Name", 14 },
	[STATUS] = { "Status", 6 },
	[RDAP] = { "RDAP Base URL", 13 },
};

struct reading {
	struct arena *a;
	const char *file;
	struct registrar *list;
	size_t n, cap;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "registrars: no memory");
}

/* Twice the room, in the arena. */
static int grow(struct reading *r, struct err *err)
{
	size_t cap = r->cap ? 2 * r->cap : 1024;
	struct registrar *list = arena_array(r->a, cap, sizeof(*list));

	if (!list)
		return no_memory(err);
	if (r->n)
		memcpy(list, r->list, r->n * sizeof(*list));
	r->list = list;
	r->cap = cap;
	return 0;
}

static bool read_id(struct slice s, int64_t *out)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || n > REGISTRAR_ID_MAX / 10)
			return false;
		n = 10 * n + (s.p[i] - '0');
	}
	*out = n;
	return s.n > 0 && n > 0;
}

static int fold_line(struct slice name, struct arena *a, struct slice *out, struct err *err)
{
	struct folded f;
	int rc = fold(name, a, &f, err);

	if (rc == 0)
		*out = f.text;
	return rc;
}

/* An address that cannot be asked is as good as none. */
static int read_rdap(struct slice s, struct arena *a, struct slice *out, struct err *err)
{
	struct url url;
	int rc = s.n ? url_parse(s, a, &url, NULL) : ERR_SYNTAX;

	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc == 0 && slice_eq_str(url.scheme, "https") && !url.had_userinfo)
		*out = url.text;
	return 0;
}

static int take_row(void *ctx, const struct tabular_row *row, struct err *err)
{
	struct reading *r = ctx;
	struct registrar one = { 0 };

	if (row->bad)
		return err_set(err, ERR_SYNTAX, 0, "%s:%lld: %s", r->file, (long long)row->line,
		               row->bad);
	if (!row->cell[ID].p || !read_id(row->cell[ID], &one.id))
		return err_set(err, ERR_SYNTAX, 0, "%s:%lld: ID is no number from 1 on: '%.*s'",
		               r->file, (long long)row->line,
		               SLICE_ARG(slice_sub(row->cell[ID], 0, 40)));
	if (row->cell[NAME].n == 0)
		return err_set(err, ERR_SYNTAX, 0, "%s:%lld: Registrar Name is empty", r->file,
		               (long long)row->line);
	one.name = arena_copy(r->a, row->cell[NAME]);
	one.status = arena_copy(r->a, row->cell[STATUS]);
	int rc = one.name.p && one.status.p ? read_rdap(row->cell[RDAP], r->a, &one.rdap, err) :
	                                      no_memory(err);
	if (rc == 0)
		rc = fold_line(one.name, r->a, &one.folded, err);
	if (rc == 0 && r->n == r->cap)
		rc = grow(r, err);
	if (rc == 0)
		r->list[r->n++] = one;
	return rc;
}

static int by_id(const void *a, const void *b)
{
	const struct registrar *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* The list of IANA is sorted; any other order is taken too. */
static int sort_list(struct reading *r, struct err *err)
{
	if (r->n)
		qsort(r->list, r->n, sizeof(*r->list), by_id);
	for (size_t i = 1; i < r->n; i++)
		if (r->list[i - 1].id == r->list[i].id)
			return err_set(err, ERR_SYNTAX, 0, "%s: the ID %lld stands there twice",
			               r->file, (long long)r->list[i].id);
	return 0;
}

int registrar_list_read(struct slice text, const char *file, struct arena *a,
                        struct registrar_list *out, struct err *err)
{
	const struct tabular_spec spec = {
		.format = TABULAR_CSV,
		.separator = ',',
		.charset = CHARSET_UTF_8,
		.header = 1,
		.column = columns,
		.column_n = COLUMNS,
	};
	struct reading r = { .a = a, .file = file };
	struct tabular *t = NULL;
	int rc = text.n > REGISTRAR_LIST_BYTES_MAX ?
	                 err_set(err, ERR_LIMIT, 0, "%s: more than %d bytes", file,
	                         REGISTRAR_LIST_BYTES_MAX) :
	                 tabular_new(&spec, take_row, &r, &t, err);

	if (rc)
		return rc;
	rc = tabular_push(t, text, err);
	if (rc == 0)
		rc = tabular_end(t, err);
	/* What the rows say has its place already. */
	if ((rc == ERR_SYNTAX || rc == ERR_LIMIT) && err &&
	    !slice_starts(slice_str(err->what), slice_str(file)))
		err_wrap(err, "%s", file);
	for (size_t i = 0; rc == 0 && i < COLUMNS; i++)
		if (!tabular_has(t, i))
			rc = err_set(err, ERR_SYNTAX, 0, "%s:1: there is no column '%s'", file,
			             columns[i].p);
	tabular_free(t);
	if (rc == 0)
		rc = sort_list(&r, err);
	if (rc == 0) {
		out->registrar = r.list;
		out->n = r.n;
	}
	return rc;
}

const struct registrar *registrar_list_find(const struct registrar_list *l, int64_t id)
{
	struct registrar key = { .id = id };

	return l->n ? bsearch(&key, l->registrar, l->n, sizeof(key), by_id) : NULL;
}

bool registrar_is_accredited(const struct registrar *r)
{
	return slice_eq_str(r->status, "Accredited");
}

const struct registrar *registrar_list_named(const struct registrar_list *l, struct slice name)
{
	const struct registrar *found = NULL;
	struct arena a = { 0 };
	struct slice folded = { 0 };

	if (fold_line(name, &a, &folded, NULL) == 0 && folded.n)
		for (size_t i = 0; i < l->n; i++) {
			const struct registrar *r = &l->registrar[i];
			if (!slice_eq(r->folded, folded))
				continue;
			if (registrar_is_accredited(r) &&
			    !(found && registrar_is_accredited(found)))
				found = r;
			else if (!found)
				found = r;
		}
	arena_release(&a);
	return found;
}

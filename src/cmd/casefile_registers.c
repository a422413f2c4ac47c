/* Rows of licence registers, the newest of each number. */
#include "cmd/casefile.h"

#include "model/record.h"
#include "wire/dname.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

static const struct slice quick = { "\"what\":\"register\"", 17 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "registers: out of memory");
}

static int cmp_id(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

static const json_t *row_of(const struct casefile_register *r)
{
	return json_obj(r->body, "register");
}

/* What a row is known by in its register: the number, or the name where it has none. */
static struct slice number_of(const struct casefile_register *r)
{
	struct slice number = json_str(row_of(r), "number");

	return number.n ? number : json_str(row_of(r), "name");
}

/* Licence documents are one source, whoever read them: what one reviewer believes, another may find
 * forged. There the authority is a part of the number. */
static bool is_document(const struct casefile_register *r)
{
	return slice_eq_str(json_str(row_of(r), "kind"), "reviewed_document");
}

static int cmp_source(const struct casefile_register *x, const struct casefile_register *y)
{
	if (!is_document(x) || !is_document(y))
		return is_document(x) != is_document(y) ? (is_document(x) ? 1 : -1)
		                                        : slice_cmp(x->src, y->src);
	int c = slice_cmp(json_str(row_of(x), "country"), json_str(row_of(y), "country"));
	return c ? c : slice_cmp(json_str(row_of(x), "authority"), json_str(row_of(y), "authority"));
}

/* By register and number; of one number the newest first. The id settles what is left, so that the
 * order is the same whatever order they came in. */
static int cmp_row(const void *a, const void *b)
{
	const struct casefile_register *x = a, *y = b;
	int c = cmp_source(x, y);

	if (c == 0)
		c = slice_cmp(number_of(x), number_of(y));
	if (c == 0 && x->at != y->at)
		c = x->at > y->at ? -1 : 1;
	return c ? c : memcmp(y->id.b, x->id.b, SHA256_LEN);
}

static bool same_number(const struct casefile_register *x, const struct casefile_register *y)
{
	return cmp_source(x, y) == 0 && slice_eq(number_of(x), number_of(y));
}

static int copy(const json_t *object, const char *key, struct arena *a, struct slice *out,
                struct err *err)
{
	*out = arena_copy(a, json_str(object, key));
	return out->p ? 0 : no_memory(err);
}

/* The sites that a row names. A tenant of a platform is none of them: its licence says nothing of
 * the platform, and register_names is asked for registrable names only. */
static int domains_of(const json_t *list, const struct suffixes *suffixes, struct arena *a,
                      struct register_row *out, struct err *err)
{
	size_t n = json_array_size(list);
	struct slice *domain = arena_array(a, n, sizeof(*domain));

	if (!domain)
		return no_memory(err);
	out->domain = domain;
	for (size_t i = 0; i < n; i++) {
		struct dname name;
		/* A register with a misspelt name among others still names the others. */
		if (dname_parse(slice_trim(json_text(json_array_get(list, i))), &name, NULL) < 0)
			continue;
		struct subject site = subject_of_name(dname_slice(&name), suffixes);
		if (site.kind != SUBJECT_REGISTRABLE)
			continue;
		domain[out->domain_n] = arena_copy(a, site.key);
		if (!domain[out->domain_n++].p)
			return no_memory(err);
	}
	return 0;
}

static int serves_of(const json_t *list, struct arena *a, struct register_row *out, struct err *err)
{
	size_t n = json_array_size(list);
	struct slice *serves = arena_array(a, n, sizeof(*serves));

	if (!serves)
		return no_memory(err);
	out->serves = serves;
	for (size_t i = 0; i < n; i++) {
		struct slice country = json_text(json_array_get(list, i));
		if (!record_is_country(country))
			continue;
		serves[out->serves_n] = arena_copy(a, country);
		if (!serves[out->serves_n++].p)
			return no_memory(err);
	}
	return 0;
}

static int trading_of(const json_t *list, struct arena *a, struct register_row *out, struct err *err)
{
	size_t n = json_array_size(list);
	struct slice *name = arena_array(a, n, sizeof(*name));

	if (!name)
		return no_memory(err);
	out->trading = name;
	for (size_t i = 0; i < n; i++) {
		struct slice text = json_text(json_array_get(list, i));
		if (!text.n)
			continue;
		name[out->trading_n] = arena_copy(a, text);
		if (!name[out->trading_n++].p)
			return no_memory(err);
	}
	return 0;
}

/* The days that the licence holds. One that cannot be read is not stated. */
static void days_of(const json_t *row, struct register_row *out)
{
	int64_t day;

	if (timestamp_parse(json_str(row, "from"), &day, NULL) == 0)
		out->from = day;
	if (timestamp_parse(json_str(row, "until"), &day, NULL) == 0)
		out->until = day + 86400; /* the last day that it holds */
}

int registers_build(const struct casefile_register *rows, size_t n, const struct suffixes *suffixes,
                    struct arena *arena, struct registers *out, struct err *err)
{
	struct casefile_register *sorted = calloc(n + 1, sizeof(*sorted));
	struct sha256 *id = calloc(n + 1, sizeof(*id));
	struct register_row *row = arena_array(arena, n, sizeof(*row));
	struct sha256_stream *h = sha256_new();
	const struct casefile_register *last = NULL;
	size_t kept = 0;
	int rc = 0;

	if (!sorted || !id || !row || !h) {
		rc = no_memory(err);
		goto done;
	}
	if (n) {
		memcpy(sorted, rows, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), cmp_row);
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *object = row_of(&sorted[i]);
		struct register_row *r = &row[kept];
		if (!object || number_of(&sorted[i]).n == 0 ||
		    !record_is_country(json_str(object, "country")))
			continue;
		if (last && same_number(last, &sorted[i]))
			continue;
		last = &sorted[i];
		r->record = sorted[i].id;
		r->active = slice_eq_str(json_str(object, "status"), "active");
		r->source = arena_copy(arena, sorted[i].src);
		if (!r->source.p) {
			rc = no_memory(err);
			goto done;
		}
		days_of(object, r);
		if ((rc = copy(object, "authority", arena, &r->authority, err)) < 0 ||
		    (rc = copy(object, "country", arena, &r->country, err)) < 0 ||
		    (rc = copy(object, "number", arena, &r->number, err)) < 0 ||
		    (rc = copy(object, "name", arena, &r->name, err)) < 0 ||
		    (rc = copy(object, "kind", arena, &r->kind, err)) < 0 ||
		    (rc = copy(object, "scheme", arena, &r->scheme, err)) < 0 ||
		    (rc = trading_of(json_arr(object, "trading"), arena, r, err)) < 0 ||
		    (rc = domains_of(json_arr(object, "domains"), suffixes, arena, r, err)) < 0 ||
		    (rc = serves_of(json_arr(object, "serves"), arena, r, err)) < 0)
			goto done;
		id[kept++] = sorted[i].id;
	}
	qsort(id, kept, sizeof(*id), cmp_id);
	for (size_t i = 0; i < kept; i++)
		sha256_add(h, slice_from((const char *)id[i].b, SHA256_LEN));
	struct registers built = { .row = row, .n = kept, .digest = sha256_end(h) };
	h = NULL;
	rc = registers_index(&built, arena, err);
	if (rc == 0)
		*out = built;
done:
	if (h)
		sha256_end(h);
	free(sorted);
	free(id);
	return rc;
}

/* ---- out of the store ---- */

struct gather {
	struct arena *arena; /* of src */
	struct casefile_register *row;
	size_t n, cap;
	int64_t before;
};

static int gather_row(void *ctx, const struct store_record *r, struct err *err)
{
	struct gather *g = ctx;
	json_t *body = NULL;

	if (r->seq >= g->before || slice_find_slice(r->body, quick) == r->body.n)
		return 0;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc < 0) {
		char hex[SHA256_HEX];
		sha256_hex(r->id, hex);
		err_wrap(err, "store: record %s", hex);
		return rc == ERR_NOMEM ? rc : ERR_CORRUPT;
	}
	if (!slice_eq_str(json_str(body, "what"), "register")) {
		json_decref(body);
		return 0;
	}
	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 64;
		void *moved = reallocarray(g->row, cap, sizeof(*g->row));
		if (!moved) {
			json_decref(body);
			return no_memory(err);
		}
		g->row = moved;
		g->cap = cap;
	}
	g->row[g->n++] = (struct casefile_register){
		.id = r->id, .at = r->at, .src = arena_copy(g->arena, r->src), .body = body
	};
	return g->row[g->n - 1].src.p ? 0 : no_memory(err);
}

int registers_load(struct store *s, const struct suffixes *suffixes, struct arena *arena,
                   struct registers *out, struct err *err)
{
	return registers_load_before(s, suffixes, INT64_MAX, arena, out, err);
}

int registers_load_before(struct store *s, const struct suffixes *suffixes, int64_t before,
                          struct arena *arena, struct registers *out, struct err *err)
{
	struct gather g = { .arena = arena, .before = before };
	struct store_filter f = { .type = SLICE("observation") };
	int rc = store_each_record(s, &f, gather_row, &g, err);

	if (rc == 0)
		rc = registers_build(g.row, g.n, suffixes, arena, out, err);
	for (size_t i = 0; i < g.n; i++)
		json_decref(g.row[i].body);
	free(g.row);
	return rc;
}

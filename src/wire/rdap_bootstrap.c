#include "wire/rdap_bootstrap.h"

#include "wire/dname.h"
#include "wire/url.h"

#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "rdap bootstrap: no memory");
}

/* The canonical address with a slash at its end; empty where it is none that can be asked. */
static int base_of(struct slice text, struct arena *a, struct slice *out, struct err *err)
{
	struct url u;
	int rc = url_parse(text, a, &u, NULL);

	*out = (struct slice){ 0 };
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc || u.has_query || u.had_userinfo)
		return 0;
	if (u.text.p[u.text.n - 1] == '/') {
		*out = u.text;
		return 0;
	}
	char *slashed = arena_printf(a, "%.*s/", SLICE_ARG(u.text));
	if (!slashed)
		return no_memory(err);
	*out = slice_str(slashed);
	return 0;
}

static int best_base(const json_t *addresses, struct arena *a, struct slice *out, struct err *err)
{
	*out = (struct slice){ 0 };
	for (size_t i = 0; i < json_array_size(addresses) && i < 8; i++) {
		struct slice base;
		int rc = base_of(json_text(json_array_get(addresses, i)), a, &base, err);
		if (rc)
			return rc;
		bool secure = slice_starts(base, SLICE("https:"));
		if (base.n && (!out->n || (secure && !slice_starts(*out, SLICE("https:")))))
			*out = base;
	}
	return 0;
}

static int by_suffix(const void *a, const void *b)
{
	const struct rdap_bootstrap_entry *x = a, *y = b;

	return slice_cmp(x->suffix, y->suffix);
}

/* qsort keeps no order among equals: of a name that is listed twice, the address that sorts
 * first. */
static int by_all(const void *a, const void *b)
{
	const struct rdap_bootstrap_entry *x = a, *y = b;
	int c = slice_cmp(x->suffix, y->suffix);

	return c ? c : slice_cmp(x->base, y->base);
}

static void sort(struct rdap_bootstrap *b)
{
	size_t kept = 0;

	if (b->n)
		qsort(b->entry, b->n, sizeof(*b->entry), by_all);
	for (size_t i = 0; i < b->n; i++)
		if (!kept || !slice_eq(b->entry[kept - 1].suffix, b->entry[i].suffix))
			b->entry[kept++] = b->entry[i];
	b->n = kept;
}

static int take(struct rdap_bootstrap *b, struct slice name, struct slice base, struct arena *a,
                struct err *err)
{
	struct dname d;

	if (dname_parse(name, &d, NULL) != 0)
		return 0;
	if (b->n == RDAP_BOOTSTRAP_MAX)
		return err_set(err, ERR_LIMIT, 0, "rdap bootstrap: more than %d names",
		               RDAP_BOOTSTRAP_MAX);
	struct slice suffix = arena_copy(a, dname_slice(&d));
	if (!suffix.p)
		return no_memory(err);
	b->entry[b->n++] = (struct rdap_bootstrap_entry){ suffix, base };
	return 0;
}

static int take_service(struct rdap_bootstrap *b, const json_t *service, struct arena *a,
                        struct err *err)
{
	const json_t *names = json_array_get(service, 0);
	struct slice base;
	int rc = best_base(json_array_get(service, 1), a, &base, err);

	for (size_t i = 0; rc == 0 && base.n && i < json_array_size(names); i++)
		rc = take(b, json_text(json_array_get(names, i)), base, a, err);
	return rc;
}

static int room_for(struct rdap_bootstrap *b, struct arena *a, struct err *err)
{
	b->entry = arena_array(a, RDAP_BOOTSTRAP_MAX, sizeof(*b->entry));
	return b->entry ? 0 : no_memory(err);
}

int rdap_bootstrap_parse(struct slice bytes, struct arena *a, struct rdap_bootstrap *out,
                         struct err *err)
{
	struct rdap_bootstrap b = { 0 };
	json_t *file;
	int rc = json_parse_object(bytes, RDAP_BOOTSTRAP_BYTES, &file, err);

	if (rc)
		return err ? err_wrap(err, "rdap bootstrap") : rc;
	const json_t *services = json_arr(file, "services");
	if (!services)
		rc = err_set(err, ERR_SYNTAX, 0, "rdap bootstrap: no list of services");
	if (rc == 0)
		rc = room_for(&b, a, err);
	for (size_t i = 0; rc == 0 && i < json_array_size(services); i++)
		rc = take_service(&b, json_array_get(services, i), a, err);
	json_decref(file);
	if (rc)
		return rc;
	sort(&b);
	*out = b;
	return 0;
}

struct slice rdap_bootstrap_find(const struct rdap_bootstrap *b, struct slice name)
{
	for (struct slice suffix = name; b && b->n && suffix.n; suffix = dname_parent(suffix)) {
		const struct rdap_bootstrap_entry key = { suffix, { 0 } };
		const struct rdap_bootstrap_entry *e =
			bsearch(&key, b->entry, b->n, sizeof(*b->entry), by_suffix);
		if (e)
			return e->base;
	}
	return (struct slice){ 0 };
}

json_t *rdap_bootstrap_to_json(const struct rdap_bootstrap *b)
{
	json_t *object = json_object();
	int failed = object ? 0 : 1;

	for (size_t i = 0; i < b->n; i++) {
		char name[DNAME_MAX + 1];
		memcpy(name, b->entry[i].suffix.p, b->entry[i].suffix.n);
		name[b->entry[i].suffix.n] = 0;
		failed |= json_put_str(object, name, b->entry[i].base);
	}
	if (failed) {
		json_decref(object);
		return NULL;
	}
	return object;
}

int rdap_bootstrap_from_json(const json_t *object, struct arena *a, struct rdap_bootstrap *out,
                             struct err *err)
{
	struct rdap_bootstrap b = { 0 };
	const char *name;
	json_t *value;
	int rc = json_is_object(object) ? room_for(&b, a, err)
	                                : err_set(err, ERR_SYNTAX, 0, "rdap bootstrap: no object");

	if (rc)
		return rc;
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		struct slice base;
		rc = base_of(json_text(value), a, &base, err);
		if (rc == 0 && (!slice_eq(base, json_text(value)) || !base.n ||
		                !dname_is_canonical(slice_str(name))))
			rc = err_set(err, ERR_SYNTAX, 0, "rdap bootstrap: not canonical");
		if (rc == 0)
			rc = take(&b, slice_str(name), base, a, err);
		if (rc)
			return rc;
	}
	sort(&b);
	*out = b;
	return 0;
}

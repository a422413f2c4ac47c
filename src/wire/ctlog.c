#include "wire/ctlog.h"

#include <jansson.h>

struct names {
	struct arena *arena;
	struct slice *p;
	size_t n, cap, max;
	int failed; /* the first error's code */
};

static bool is_there(const struct names *out, struct slice name)
{
	/* A certificate has at most some hundred names; the limit keeps the square small. */
	for (size_t i = 0; i < out->n; i++)
		if (slice_eq(out->p[i], name))
			return true;
	return false;
}

static void add(struct names *out, struct slice name)
{
	name = slice_trim(name);
	if (slice_starts(name, SLICE("*.")))
		name = slice_sub(name, 2, name.n);
	if (name.n == 0 || slice_find(name, '@') < name.n || slice_find(name, ' ') < name.n ||
	    out->failed || is_there(out, name))
		return;
	if (out->n == out->max) {
		out->failed = ERR_LIMIT;
		return;
	}
	if (out->n == out->cap) {
		size_t cap = out->cap ? out->cap * 2 : 8;
		struct slice *more = arena_array(out->arena, cap, sizeof(*more));
		if (!more) {
			out->failed = ERR_NOMEM;
			return;
		}
		if (out->n)
			memcpy(more, out->p, out->n * sizeof(*more));
		out->p = more;
		out->cap = cap;
	}
	struct slice copy = arena_copy(out->arena, name);
	if (!copy.p)
		out->failed = ERR_NOMEM;
	else
		out->p[out->n++] = copy;
}

static bool add_string(struct names *out, const json_t *value)
{
	struct slice rest, line;

	if (!json_is_string(value))
		return false;
	rest = slice_from(json_string_value(value), json_string_length(value));
	while (slice_cut(&rest, '\n', &line))
		add(out, line);
	return true;
}

static bool add_array(struct names *out, const json_t *value)
{
	if (!json_is_array(value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!add_string(out, json_array_get(value, i)))
			return false;
	return true;
}

static bool add_object(struct names *out, const json_t *o)
{
	const json_t *leaf = json_object_get(json_object_get(o, "data"), "leaf_cert");
	const json_t *type = json_object_get(o, "message_type");

	if (json_is_string(type) && strcmp(json_string_value(type), "certificate_update") != 0)
		return true;
	return add_array(out, json_object_get(leaf, "all_domains")) ||
	       add_string(out, json_object_get(o, "name_value")) ||
	       add_array(out, json_object_get(o, "dns_names")) ||
	       add_string(out, json_object_get(o, "domain")) ||
	       add_string(out, json_object_get(o, "url"));
}

int ctlog_names(struct slice line, size_t max, struct arena *arena, struct slice **names, size_t *n,
                struct err *err)
{
	struct names out = { .arena = arena, .max = max };
	json_error_t wrong;
	json_t *root = json_loadb(line.p ? line.p : "", line.n, 0, &wrong);
	bool known = true;

	if (!root)
		return err_set(err, ERR_SYNTAX, wrong.position > 0 ? (size_t)wrong.position : 0,
		               "certificate log: no JSON: %s", wrong.text);
	if (json_is_array(root)) {
		for (size_t i = 0; i < json_array_size(root) && known; i++)
			known = add_object(&out, json_array_get(root, i));
	} else {
		known = add_object(&out, root);
	}
	json_decref(root);
	if (!known)
		return err_set(err, ERR_SYNTAX, 0,
		               "certificate log: neither certstream's nor crt.sh's fields");
	if (out.failed == ERR_LIMIT)
		return err_set(err, ERR_LIMIT, 0, "certificate log: over %zu names", max);
	if (out.failed)
		return err_set(err, ERR_NOMEM, 0, "certificate log: no memory");
	*names = out.p;
	*n = out.n;
	return 0;
}

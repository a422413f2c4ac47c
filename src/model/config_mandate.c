#include "model/config_mandate.h"

#include "wire/note.h"

static int read_country(const struct yaml_node *node, struct slice *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (s.n != 2 || s.p[0] < 'A' || s.p[0] > 'Z' || s.p[1] < 'A' || s.p[1] > 'Z')
		return yaml_error(node, err,
		                  "country is not two capital letters such as JP: '%.*s'",
		                  SLICE_ARG(slice_sub(s, 0, 40)));
	*out = s;
	return 0;
}

static int read_one(const struct yaml_node *item, struct config_mandate *out, struct err *err)
{
	static const char *const known[] = { "key", "issuer", "country", NULL };
	const struct yaml_node *key = item, *node;
	struct config_mandate m = { { 0 }, { 0 }, { 0 } };
	struct note_key parsed;
	struct err why = { .what = "" };
	int rc = 0;

	if (item->kind == YAML_MAPPING) {
		rc = yaml_known_keys(item, known, err);
		if (rc == 0)
			rc = yaml_need(item, "key", &key, err);
		if (rc == 0 && (node = yaml_get(item, "issuer")))
			rc = yaml_str(node, &m.issuer, err);
		if (rc == 0 && (node = yaml_get(item, "country")))
			rc = read_country(node, &m.country, err);
	}
	if (rc == 0)
		rc = yaml_str(key, &m.key, err);
	if (rc == 0 && (rc = note_key_parse(m.key, &parsed, &why)) != 0)
		rc = rc == ERR_NOMEM ? err_set(err, rc, 0, "%s: no memory", item->file) :
		                       yaml_error(item, err, "mandates: %s", why.what);
	if (rc == 0)
		*out = m;
	return rc;
}

int config_mandates_read(const struct yaml_node *node, struct arena *arena,
                         const struct config_mandate **out, size_t *n, struct err *err)
{
	size_t count = node->kind == YAML_SEQUENCE ? node->n : 1;
	struct config_mandate *list = arena_array(arena, count, sizeof(*list));
	int rc = list ? 0 : err_set(err, ERR_NOMEM, 0, "%s: no memory", node->file);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct yaml_node *item = node->kind == YAML_SEQUENCE ? &node->item[i] : node;
		rc = read_one(item, &list[i], err);
		if (rc == 0 && count > 1 && list[i].issuer.n == 0)
			rc = yaml_error(
				item, err,
				"mandates: of several keys each needs its issuer: write key "
				"and issuer");
		for (size_t k = 0; rc == 0 && k < i; k++)
			if (slice_eq(list[k].key, list[i].key))
				rc = yaml_error(item, err, "mandates: this key stands here twice");
	}
	if (rc == 0) {
		*out = list;
		*n = count;
	}
	return rc;
}

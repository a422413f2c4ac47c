#include "model/vantages.h"

#include "wire/yaml.h"

static const struct yaml_node *member(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);
	return node ? node : map;
}

/* A text that may be left out. */
static int read_text(const struct yaml_node *map, const char *key, struct slice *out,
                     struct err *err)
{
	const struct yaml_node *node = yaml_get(map, key);
	return node ? yaml_str(node, out, err) : 0;
}

static int read_one(const struct yaml_node *map, struct vantage *out, struct err *err)
{
	static const char *const keys[] = { "name",          "country",         "proxy",
		                            "local_address", "accept_language", "user_agent",
		                            "referer",       "trusted",         NULL };
	struct vantage v = { .user_agent = vantage_direct()->user_agent };
	const struct yaml_node *node;
	struct err why = { 0 };
	int rc = yaml_expect(map, YAML_MAPPING, err);

	if (rc == 0)
		rc = yaml_known_keys(map, keys, err);
	if (rc == 0)
		rc = yaml_need(map, "name", &node, err);
	if (rc == 0)
		rc = yaml_str(node, &v.name, err);
	if (rc == 0)
		rc = yaml_need(map, "country", &node, err);
	if (rc == 0)
		rc = yaml_str(node, &v.country, err);
	if (rc == 0)
		rc = read_text(map, "proxy", &v.proxy, err);
	if (rc == 0)
		rc = read_text(map, "local_address", &v.local_address, err);
	if (rc == 0)
		rc = read_text(map, "accept_language", &v.accept_language, err);
	if (rc == 0)
		rc = read_text(map, "user_agent", &v.user_agent, err);
	if (rc == 0)
		rc = read_text(map, "referer", &v.referer, err);
	node = yaml_get(map, "trusted");
	if (rc == 0 && node)
		rc = yaml_flag(node, &v.trusted, err);
	if (rc)
		return rc;
	if (vantage_check(&v, &why)) {
		/* "proxy: write ..." stands at the line of the proxy. */
		char key[VANTAGE_NAME_MAX] = "";
		size_t n = slice_find(slice_str(why.what), ':');
		if (n < sizeof(key))
			memcpy(key, why.what, n);
		return yaml_error(member(map, key), err, "%s", why.what);
	}
	*out = v;
	return 0;
}

int vantages_parse(struct slice text, const char *file, struct arena *arena, struct vantages *out,
                   struct err *err)
{
	static const char *const keys[] = { "vantages", NULL };
	const struct yaml_node *root, *list;
	int rc = yaml_parse(text, file, arena, &root, err);

	if (rc == 0)
		rc = yaml_expect(root, YAML_MAPPING, err);
	if (rc == 0)
		rc = yaml_known_keys(root, keys, err);
	if (rc == 0)
		rc = yaml_need(root, "vantages", &list, err);
	if (rc == 0)
		rc = yaml_expect(list, YAML_SEQUENCE, err);
	if (rc)
		return rc;
	if (list->n == 0)
		return yaml_error(list, err,
		                  "no vantage is listed: write one, or leave the file away");
	if (list->n > VANTAGES_MAX)
		return yaml_error(&list->item[VANTAGES_MAX], err,
		                  "more than %d vantages: split the file", (int)VANTAGES_MAX);
	struct vantage *v = arena_array(arena, list->n, sizeof(*v));
	if (!v)
		return err_set(err, ERR_NOMEM, 0, "vantages: no memory");
	for (size_t i = 0; i < list->n; i++) {
		rc = read_one(&list->item[i], &v[i], err);
		if (rc)
			return rc;
		for (size_t k = 0; k < i; k++)
			if (slice_eq_nocase(v[k].name, v[i].name))
				return yaml_error(&list->item[i], err,
				                  "a vantage named '%.*s' stands there already: "
				                  "give it another name",
				                  SLICE_ARG(v[i].name));
	}
	*out = (struct vantages){ v, list->n };
	return 0;
}

struct vantages vantages_default(void)
{
	return (struct vantages){ vantage_direct(), 1 };
}

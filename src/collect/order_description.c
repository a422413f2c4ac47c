#include "collect/order_description.h"

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "order: out of memory");
}

int order_describe(const struct order_description *d, json_t **out, struct err *err)
{
	json_t *o = json_object(), *recipe = json_object(), *vantages = json_array();
	json_t *subject = json_object();
	char before[SHA256_HEX];
	int bad = 0;

	bad |= json_put_str(subject, "kind", slice_str(subject_kind_name(d->subject.kind)));
	bad |= json_put_str(subject, "key", d->subject.key);
	bad |= json_put_i64(recipe, "pages", d->pages);
	bad |= json_put_flag(recipe, "render", d->render);
	for (size_t i = 0; i < d->vantage_n; i++)
		bad |= json_add_new(vantages, vantage_to_json(&d->vantage[i]));
	bad |= json_put_i64(o, "v", 1);
	bad |= json_put_i64(o, "round", d->round);
	bad |= json_put_new(o, "subject", subject);
	bad |= json_put_new(o, "recipe", recipe);
	bad |= json_put_new(o, "vantages", vantages);
	if (d->inputs)
		bad |= json_put_new(o, "inputs", json_deep_copy(d->inputs));
	if (d->has_before) {
		sha256_hex(d->before, before);
		bad |= json_put_str(o, "before", slice_str(before));
	}
	if (bad) {
		json_decref(o);
		return no_memory(err);
	}
	*out = o;
	return 0;
}

static int vantages_of(const json_t *about, struct arena *a, struct order_description *d,
                       struct err *err)
{
	json_t *list, *one;
	size_t i;
	int rc = json_need_arr(about, "vantages", &list, err);

	if (rc)
		return rc;
	if (json_array_size(list) > ORDER_VANTAGES_MAX)
		return err_set(err, ERR_SYNTAX, 0, "order: more than %d vantages",
		               ORDER_VANTAGES_MAX);
	struct vantage *v = arena_array(a, json_array_size(list), sizeof(*v));
	if (!v)
		return no_memory(err);
	json_array_foreach(list, i, one)
	{
		rc = vantage_from_json(one, a, &v[i], err);
		if (rc)
			return rc;
	}
	d->vantage = v;
	d->vantage_n = json_array_size(list);
	return 0;
}

int order_description_read(const json_t *about, struct arena *arena, struct order_description *out,
                           struct err *err)
{
	struct order_description d = { .inputs = json_obj(about, "inputs") };
	struct slice before = json_str(about, "before");
	json_t *subject, *recipe;
	struct slice key;
	int64_t pages = 0;
	int rc = json_need_obj(about, "subject", &subject, err);

	if (rc == 0)
		rc = json_need_obj(about, "recipe", &recipe, err);
	if (rc == 0)
		rc = json_need_i64(about, "round", &d.round, err);
	if (rc == 0)
		rc = json_need_i64(recipe, "pages", &pages, err);
	if (rc)
		return rc;
	if (pages < 0 || pages > ORDER_PAGES_MAX)
		return err_set(err, ERR_SYNTAX, 0, "order: more than %d pages", ORDER_PAGES_MAX);
	d.pages = (unsigned)pages;
	d.render = json_flag(recipe, "render", false);
	key = arena_copy(arena, json_str(subject, "key"));
	if (!key.p)
		return no_memory(err);
	rc = subject_from_key(json_str(subject, "kind"), key, &d.subject, err);
	if (rc == 0)
		rc = vantages_of(about, arena, &d, err);
	d.has_before = before.n > 0;
	if (rc == 0 && d.has_before && !sha256_parse_hex(before, &d.before))
		rc = err_set(err, ERR_SYNTAX, 0, "order: before is no id");
	if (rc == 0)
		*out = d;
	return rc;
}

int order_description_same(const json_t *about, struct sha256 *out, struct err *err)
{
	static const char *const skip[] = { "round", "before", "inputs", NULL };
	struct buf text = { 0 };
	int rc = json_canonical_except(about, skip, &text, err);

	if (rc == 0)
		*out = sha256_of(buf_slice(&text));
	buf_release(&text);
	return rc;
}

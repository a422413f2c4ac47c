#include "collect/recipe.h"

#include "wire/url.h"

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "recipe: no memory");
}

int recipe_for(struct subject subject, const struct vantage *vantage, struct arena *arena,
               struct recipe *out, struct err *err)
{
	struct recipe r = { .vantage = vantage,
		            .pages = RECIPE_PAGES,
		            .depth = 1,
		            .redirects = RECIPE_REDIRECTS,
		            .images = RECIPE_IMAGES };
	bool v6 = subject.kind == SUBJECT_IP && slice_find(subject.key, ':') < subject.key.n;

	if (subject.kind == SUBJECT_PREFIX)
		return err_set(err, ERR_USAGE, 0, "recipe: %.*s is a prefix and has no page",
		               SLICE_ARG(slice_sub(subject.key, 0, 120)));
	if (subject.kind == SUBJECT_URL)
		r.start = arena_copy(arena, subject.key);
	else
		r.start = slice_str(arena_printf(arena, v6 ? "https://[%.*s]/" : "https://%.*s/",
		                                 SLICE_ARG(subject.key)));
	if (!r.start.p)
		return no_memory(err);
	*out = r;
	return 0;
}

json_t *recipe_to_json(const struct recipe *r)
{
	json_t *o = json_object();
	int bad = json_put_i64(o, "v", 1);

	bad |= json_put_new(o, "vantage", vantage_to_json(r->vantage));
	bad |= json_put_str(o, "start", r->start);
	bad |= json_put_i64(o, "pages", r->pages);
	bad |= json_put_i64(o, "depth", r->depth);
	bad |= json_put_i64(o, "redirects", r->redirects);
	bad |= json_put_i64(o, "images", r->images);
	bad |= json_put_flag(o, "render", r->render);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int number(const json_t *o, const char *key, int64_t max, unsigned *out, struct err *err)
{
	int64_t n;
	int rc = json_need_i64(o, key, &n, err);

	if (rc && err)
		err_wrap(err, "recipe");
	if (rc)
		return rc;
	if (n < 0 || n > max)
		return err_set(err, ERR_SYNTAX, 0, "recipe: %s is not 0 to %lld", key,
		               (long long)max);
	*out = (unsigned)n;
	return 0;
}

int recipe_from_json(const json_t *object, struct arena *arena, struct recipe *out, struct err *err)
{
	struct recipe r = { .render = json_flag(object, "render", false) };
	struct vantage *v = ARENA_NEW(arena, struct vantage);
	json_t *vantage;
	struct url start;
	struct slice s;

	if (!v)
		return no_memory(err);
	if (json_i64(object, "v", 0) != 1)
		return err_set(err, ERR_SYNTAX, 0, "recipe: not of version 1");
	int rc = json_need_obj(object, "vantage", &vantage, err);
	if (rc == 0)
		rc = vantage_from_json(vantage, arena, v, err);
	if (rc == 0)
		rc = json_need_str(object, "start", &s, err);
	if (rc == 0)
		rc = url_parse(s, arena, &start, err);
	if (rc && err)
		err_wrap(err, "recipe");
	if (rc)
		return rc;
	if (!slice_eq(start.text, s))
		return err_set(err, ERR_SYNTAX, 0, "recipe: start is not canonical");
	rc = number(object, "pages", RECIPE_PAGES_MAX, &r.pages, err);
	if (rc == 0)
		rc = number(object, "depth", RECIPE_DEPTH_MAX, &r.depth, err);
	if (rc == 0)
		rc = number(object, "redirects", RECIPE_REDIRECTS_MAX, &r.redirects, err);
	if (rc == 0)
		rc = number(object, "images", RECIPE_IMAGES_MAX, &r.images, err);
	if (rc)
		return rc;
	r.vantage = v;
	r.start = start.text;
	*out = r;
	return 0;
}

int recipe_digest(const struct recipe *r, struct sha256 *out, struct err *err)
{
	json_t *o = recipe_to_json(r);
	struct buf text = { 0 };
	int rc = o ? json_canonical(o, &text, err) : no_memory(err);

	if (rc == 0)
		*out = sha256_of(buf_slice(&text));
	buf_release(&text);
	json_decref(o);
	return rc;
}

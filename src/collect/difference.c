#include "collect/difference.h"

#include "wire/minhash.h"

#include <stdlib.h>

/* What one vantage saw; everything is borrowed. */
struct seen {
	struct slice vantage;
	const json_t *home;    /* page; NULL: none */
	const json_t *absence; /* of the page; NULL: none */
	const json_t *tls;     /* of the home page's host */
	json_t *drugs;         /* named on any page, sorted; owned */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "difference: no memory");
}

static bool is_what(const json_t *o, const char *what)
{
	return slice_eq_str(json_str(o, "what"), what);
}

static bool has_hint(const json_t *page, const char *hint)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_arr(page, "hints"), i,
	                   one) if (slice_eq_str(json_text(one), hint)) return true;
	return false;
}

static bool list_has(const json_t *list, struct slice s)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) if (slice_eq(json_text(one), s)) return true;
	return false;
}

/* Put s where it belongs in a sorted list. */
static int insert(json_t *list, struct slice s)
{
	size_t i = 0;

	while (i < json_array_size(list) && slice_cmp(json_text(json_array_get(list, i)), s) < 0)
		i++;
	if (slice_eq(json_text(json_array_get(list, i)), s))
		return 0;
	json_t *text = json_stringn(s.p, s.n);
	return text && json_array_insert_new(list, i, text) == 0 ? 0 : -1;
}

static bool is_home(const json_t *o)
{
	struct slice role = json_str(o, "role");

	return is_what(o, "page") && (slice_eq_str(role, "home") || slice_eq_str(role, "landing"));
}

/* A fact of ours about the capture, not of the site. */
static bool is_absence_of_page(const json_t *o)
{
	return is_what(o, "absence") && !json_str(o, "class").n &&
	       slice_eq_str(json_str(json_obj(o, "absence"), "of"), "page");
}

/* A canonical address without its scheme. */
static struct slice without_scheme(struct slice url)
{
	size_t at = slice_find_slice(url, SLICE("://"));

	return at + 3 > url.n ? url : slice_from(url.p + at + 3, url.n - at - 3);
}

static struct slice host_of(struct slice url)
{
	struct slice rest = without_scheme(url);

	return slice_sub(rest, 0, slice_find(rest, '/'));
}

static int look(const json_t *observations, struct slice vantage, struct seen *out)
{
	struct seen s = { .vantage = vantage, .drugs = json_array() };
	const json_t *o, *plain = NULL, *shown = NULL, *drug;
	size_t i, k;
	int bad = s.drugs ? 0 : -1;

	json_array_foreach(observations, i, o)
	{
		if (!slice_eq(json_str(o, "vantage"), vantage))
			continue;
		if (is_what(o, "page"))
			json_array_foreach(json_arr(o, "drugs"), k, drug) bad |=
				insert(s.drugs, json_text(drug));
		if (is_home(o) && json_flag(o, "rendered", false))
			shown = shown ? shown : o;
		else if (is_home(o))
			plain = plain ? plain : o;
		else if (is_absence_of_page(o) && !s.absence)
			s.absence = o;
	}
	s.home = plain && shown && has_hint(plain, "empty_without_script") ? shown : plain;
	json_array_foreach(observations, i, o) if (s.home && !s.tls && is_what(o, "tls") &&
	                                           slice_eq(json_str(o, "vantage"), vantage) &&
	                                           slice_eq(json_str(json_obj(o, "tls"), "host"),
	                                                    host_of(json_str(s.home, "url"))))
		s.tls = o;
	*out = s;
	return bad;
}

/* [what the first saw, what the other saw]; a text that is not there is "". */
static int put_pair(json_t *d, const char *key, struct slice a, struct slice b)
{
	json_t *pair = json_array();
	int bad = json_add_str(pair, a.p ? a : SLICE("")) | json_add_str(pair, b.p ? b : SLICE(""));

	return bad | json_put_new(d, key, pair);
}

static int compare_text(json_t *d, const char *key, struct slice a, struct slice b)
{
	return slice_eq(a, b) ? 0 : put_pair(d, key, a, b);
}

static bool sketch_of(const json_t *page, struct minhash *out)
{
	const json_t *list = json_arr(page, "sketch");

	if (json_array_size(list) != MINHASH_N)
		return false;
	for (size_t i = 0; i < MINHASH_N; i++)
		out->minimum[i] = (uint32_t)json_integer_value(json_array_get(list, i));
	return true;
}

static int compare_status(json_t *d, const json_t *a, const json_t *b)
{
	int64_t x = json_i64(a, "status", 0), y = json_i64(b, "status", 0);
	json_t *pair;

	/* A rendering has none. */
	if (x == y || x == 0 || y == 0)
		return 0;
	pair = json_array();
	int bad = json_add_new(pair, json_integer(x)) | json_add_new(pair, json_integer(y));
	return bad | json_put_new(d, "status", pair);
}

/* Where both came to, less what differs by nature: which of two schemes answered is no target. */
static int compare_target(json_t *d, const json_t *a, const json_t *b)
{
	struct slice x = json_str(a, "url"), y = json_str(b, "url");

	return slice_eq(without_scheme(x), without_scheme(y)) ? 0 : put_pair(d, "target", x, y);
}

static int compare_likeness(json_t *d, const json_t *a, const json_t *b, bool *differs)
{
	struct minhash x, y;
	bool has_x = sketch_of(a, &x), has_y = sketch_of(b, &y);

	if (!has_x && !has_y)
		return 0;
	uint32_t ppm = has_x && has_y ? minhash_ppm(&x, &y) : 0;
	*differs |= ppm < DIFFERENCE_ALIKE_PPM;
	return json_put_i64(d, "likeness", ppm);
}

/* What one list has and the other has not. */
static int put_only(json_t *d, const char *key, const json_t *has, const json_t * not )
{
	json_t *only = json_array();
	const json_t *one;
	size_t i;
	int bad = 0;

	json_array_foreach(has, i, one) if (!list_has(not, json_text(one))) bad |=
		json_add_str(only, json_text(one));
	if (json_array_size(only))
		return bad | json_put_new(d, key, only);
	json_decref(only);
	return bad;
}

/* A hint of one page that the other has not: which vantage has it. */
static int compare_hint(json_t *d, const char *hint, const struct seen *a, const struct seen *b)
{
	bool x = has_hint(a->home, hint), y = has_hint(b->home, hint);

	return x == y ? 0 : json_put_str(d, hint, x ? a->vantage : b->vantage);
}

/* Compare; *differs: more than the likeness of two alike pages was found. */
static int compare(json_t *d, const struct seen *a, const struct seen *b, bool *differs)
{
	int bad = json_put_str(d, "against", a->vantage);
	size_t before = json_object_size(d);

	bad |= compare_text(d, "absence", json_str(json_obj(a->absence, "absence"), "how"),
	                    json_str(json_obj(b->absence, "absence"), "how"));
	bad |= put_only(d, "drugs_there", a->drugs, b->drugs);
	bad |= put_only(d, "drugs_here", b->drugs, a->drugs);
	if (a->home && b->home) {
		bad |= compare_status(d, a->home, b->home);
		bad |= compare_target(d, a->home, b->home);
		bad |= compare_text(d, "title", json_str(a->home, "title"),
		                    json_str(b->home, "title"));
		bad |= compare_text(d, "lang", json_str(a->home, "lang"),
		                    json_str(b->home, "lang"));
		bad |= compare_hint(d, "under_construction", a, b);
		bad |= compare_hint(d, "parked", a, b);
		if (a->tls && b->tls)
			bad |= compare_text(d, "tls", json_str(json_obj(a->tls, "tls"), "sha256"),
			                    json_str(json_obj(b->tls, "tls"), "sha256"));
	}
	*differs = json_object_size(d) > before;
	if (a->home && b->home)
		bad |= compare_likeness(d, a->home, b->home, differs);
	return bad;
}

static struct slice later(struct slice a, struct slice b)
{
	return slice_cmp(a, b) < 0 ? b : a; /* one spelling, so that bytes sort as times */
}

static struct slice time_of(const struct seen *s)
{
	return later(json_str(s->home, "at"), json_str(s->absence, "at"));
}

static json_t *record(struct slice at)
{
	json_t *o = json_object();

	if (json_put_str(o, "what", SLICE("difference")) | json_put_str(o, "at", at) |
	    json_put_str(o, "src", SLICE("collect/1"))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int add_evidence(json_t *list, const json_t *of)
{
	const json_t *one;
	size_t i;
	int bad = 0;

	json_array_foreach(json_arr(of, "evidence"), i, one) bad |=
		json_add_new(list, json_deep_copy(one));
	return bad;
}

static int observe_pair(const struct seen *a, const struct seen *b, json_t *d, observe_fn observe,
                        void *ctx, struct err *err)
{
	json_t *o = record(later(time_of(a), time_of(b))), *evidence = json_array();
	int bad = json_put_str(o, "vantage", b->vantage) | json_put_new(o, "difference", d);

	bad |= add_evidence(evidence, a->home ? a->home : a->absence);
	bad |= add_evidence(evidence, b->home ? b->home : b->absence);
	if (json_array_size(evidence))
		bad |= json_put_new(o, "evidence", evidence);
	else
		json_decref(evidence);
	if (bad) {
		json_decref(o);
		return no_memory(err);
	}
	return observe(ctx, o, err);
}

static int observe_all(const struct seen *seen, size_t n, json_t *differ, json_t *same,
                       observe_fn observe, void *ctx, struct err *err)
{
	struct slice at = { 0 };
	json_t *d = json_object();

	for (size_t i = 0; i < n; i++)
		at = later(at, time_of(&seen[i]));
	json_t *o = record(at);
	int bad = json_put_str(d, "against", seen[0].vantage) |
	          json_put_new(d, "differ", json_incref(differ)) |
	          json_put_new(d, "same", json_incref(same));
	bad |= json_put_str(o, "vantage", seen[0].vantage) | json_put_new(o, "difference", d);
	if (bad) {
		json_decref(o);
		return no_memory(err);
	}
	return observe(ctx, o, err);
}

static bool saw_something(const struct seen *s)
{
	return s->home || s->absence;
}

static int observe_each(const struct seen *seen, size_t n, observe_fn observe, void *ctx,
                        struct err *err)
{
	json_t *differ = json_array(), *same = json_array();
	int rc = 0;

	for (size_t i = 1; rc == 0 && i < n; i++) {
		bool differs;
		json_t *d = json_object();
		int bad = compare(d, &seen[0], &seen[i], &differs) |
		          json_add_str(differs ? differ : same, seen[i].vantage);
		if (bad)
			rc = no_memory(err);
		else if (differs)
			rc = observe_pair(&seen[0], &seen[i], json_incref(d), observe, ctx, err);
		json_decref(d);
	}
	if (rc == 0 && json_array_size(differ) + json_array_size(same))
		rc = observe_all(seen, n, differ, same, observe, ctx, err);
	json_decref(differ);
	json_decref(same);
	return rc;
}

int difference_observe(const json_t *observations, const struct vantage *vantage, size_t n,
                       observe_fn observe, void *ctx, struct err *err)
{
	struct seen *seen = calloc(n + 1, sizeof(*seen));
	int bad = seen ? 0 : -1, rc = 0;
	size_t count = 0;

	/* A vantage whose own proxy failed saw nothing, and is compared with nobody. */
	for (size_t i = 0; seen && i < n; i++) {
		bad |= look(observations, vantage[i].name, &seen[count]);
		if (saw_something(&seen[count]))
			count++;
		else
			json_decref(seen[count].drugs);
	}
	if (bad)
		rc = no_memory(err);
	else if (count > 1)
		rc = observe_each(seen, count, observe, ctx, err);
	for (size_t i = 0; seen && i < count; i++)
		json_decref(seen[i].drugs);
	free(seen);
	return rc;
}

#include "collect/change.h"

#include "base/buf.h"
#include "wire/ip.h"
#include "wire/minhash.h"

#include <string.h>

enum { V4_BITS = 24, V6_BITS = 48 };

/* The two sides, and where events go. */
struct comparing {
	const json_t *before, *after;
	observe_fn observe;
	void *ctx;
	struct err *err;
	int rc;
};

static void no_memory(struct comparing *c)
{
	if (c->rc == 0)
		c->rc = err_set(c->err, ERR_NOMEM, 0, "change: out of memory");
}

static bool is_what(const json_t *o, const char *what)
{
	return slice_eq_str(json_str(o, "what"), what);
}

static const json_t *first(const json_t *observations, const char *what)
{
	const json_t *o;
	size_t i;

	json_array_foreach(observations, i, o)
		if (is_what(o, what))
			return o;
	return NULL;
}

static bool list_has(const json_t *list, struct slice s)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (slice_eq(json_text(one), s))
			return true;
	return false;
}

static bool has_word(const json_t *list, const char *word)
{
	return list_has(list, slice_str(word));
}

/* ---- an event ---- */

static int add_evidence(json_t *list, const json_t *of)
{
	const json_t *one, *there;
	size_t i, k;
	int bad = 0;

	json_array_foreach(json_arr(of, "evidence"), i, one)
	{
		bool seen = false;
		json_array_foreach(list, k, there)
			seen = seen || json_equal(one, there);
		if (!seen)
			bad |= json_add_new(list, json_deep_copy(one));
	}
	return bad;
}

/* a, b: the observations of before and after that it rests on. */
static void event(struct comparing *c, const char *of, const char *by, const json_t *a,
                  const json_t *b, struct slice before, struct slice after)
{
	json_t *o = json_object(), *change = json_object(), *evidence = json_array();
	struct slice vantage = json_str(b, "vantage");
	int bad = 0;

	if (c->rc) {
		json_decref(o);
		json_decref(change);
		json_decref(evidence);
		return;
	}
	bad |= json_put_str(change, "of", slice_str(of)) |
	       json_put_str(change, "by", slice_str(by));
	bad |= json_put_str(change, "before", before.p ? before : SLICE(""));
	bad |= json_put_str(change, "after", after.p ? after : SLICE(""));
	bad |= json_put_str(change, "since", json_str(a, "at"));
	bad |= json_put_str(o, "what", SLICE("change")) |
	       json_put_str(o, "src", SLICE("collect/1"));
	bad |= json_put_str(o, "at", json_str(b, "at"));
	if (vantage.n)
		bad |= json_put_str(o, "vantage", vantage);
	bad |= json_put_new(o, "change", change);
	bad |= add_evidence(evidence, a) | add_evidence(evidence, b);
	if (json_array_size(evidence))
		bad |= json_put_new(o, "evidence", json_incref(evidence));
	json_decref(evidence);
	if (bad) {
		json_decref(o);
		no_memory(c);
		return;
	}
	c->rc = c->observe(c->ctx, o, c->err);
}

/* An event whose sides are lists. */
static void event_of_lists(struct comparing *c, const char *of, const char *by, const json_t *a,
                           const json_t *b, const json_t *before, const json_t *after)
{
	const json_t *list[2] = { before, after }, *one;
	struct buf text[2] = { { 0 }, { 0 } };
	size_t i;

	for (int k = 0; k < 2; k++)
		json_array_foreach(list[k], i, one)
		{
			if (i)
				buf_putc(&text[k], ' ');
			buf_put(&text[k], json_text(one));
		}
	if (buf_ok(&text[0]) && buf_ok(&text[1]))
		event(c, of, by, a, b, buf_slice(&text[0]), buf_slice(&text[1]));
	else
		no_memory(c);
	buf_release(&text[0]);
	buf_release(&text[1]);
}

/* ---- the registration ---- */

static bool is_held(const json_t *registration)
{
	const json_t *status = json_arr(registration, "status");

	return has_word(status, "clientHold") || has_word(status, "serverHold");
}

static bool is_ending(const json_t *registration)
{
	const json_t *status = json_arr(registration, "status");

	return has_word(status, "redemptionPeriod") || has_word(status, "pendingDelete");
}

/* Names of registrars are written in many ways; their numbers are not. */
static bool same_registrar(const json_t *x, const json_t *y)
{
	int64_t a = json_i64(x, "registrar_id", 0), b = json_i64(y, "registrar_id", 0);
	struct slice s = json_str(x, "registrar"), t = json_str(y, "registrar");

	if (a && b)
		return a == b;
	return s.n == 0 || t.n == 0 || slice_eq_nocase(s, t);
}

static void compare_registration(struct comparing *c)
{
	const json_t *a = first(c->before, "registration"), *b = first(c->after, "registration");
	const json_t *x = json_obj(a, "registration"), *y = json_obj(b, "registration");
	const json_t *was = json_arr(x, "status"), *is = json_arr(y, "status");
	/* One spelling, so that times sort as their bytes do. */
	struct slice created[] = { json_str(x, "created"), json_str(y, "created") };
	struct slice expires = json_str(y, "expires");
	struct slice reseller[] = { json_str(x, "reseller"), json_str(y, "reseller") };

	if (!x || !y)
		return;
	if (created[0].n && created[1].n && slice_cmp(created[0], created[1]) < 0)
		event(c, "reregistered", "created", a, b, created[0], created[1]);
	if (!same_registrar(x, y))
		event(c, "transferred", "registrar", a, b, json_str(x, "registrar"),
		      json_str(y, "registrar"));
	if (reseller[1].n && !slice_eq_nocase(reseller[0], reseller[1]))
		event(c, "transferred", "reseller", a, b, reseller[0], reseller[1]);
	if (!is_held(x) && is_held(y))
		event_of_lists(c, "suspended", "status", a, b, was, is);
	if (is_held(x) && !is_held(y))
		event_of_lists(c, "back_online", "status", a, b, was, is);
	if (!is_ending(x) && is_ending(y))
		event_of_lists(c, "expired", "status", a, b, was, is);
	else if (expires.n && slice_cmp(json_str(a, "at"), expires) <= 0 &&
	         slice_cmp(expires, json_str(b, "at")) < 0)
		event(c, "expired", "expires", a, b, json_str(x, "expires"), expires);
}

/* ---- the DNS ---- */

static bool is_one_of(struct slice word, const char *const *words)
{
	for (; *words; words++)
		if (slice_eq_str(word, *words))
			return true;
	return false;
}

static bool is_up(struct slice state)
{
	static const char *const words[] = { "delegated", "parked", NULL };

	return is_one_of(state, words);
}

static bool is_down(struct slice state)
{
	static const char *const words[] = { "nxdomain", "no_delegation", "no_data", "sinkholed",
		                             "suspended", NULL };

	return is_one_of(state, words);
}

static bool same_net(struct slice s, struct slice t)
{
	struct ip a, b;

	if (ip_parse(s, &a, NULL) || ip_parse(t, &b, NULL) || a.is_v6 != b.is_v6)
		return false;
	struct ip_prefix net = ip_prefix_of(&a, a.is_v6 ? V6_BITS : V4_BITS);
	return ip_prefix_holds(&net, &b);
}

static bool shares_net(const json_t *list, const json_t *other)
{
	const json_t *one, *two;
	size_t i, k;

	json_array_foreach(list, i, one)
		json_array_foreach(other, k, two)
			if (same_net(json_text(one), json_text(two)))
				return true;
	return false;
}

static bool shares_name(const json_t *list, const json_t *other)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (list_has(other, json_text(one)))
			return true;
	return false;
}

static void compare_addresses(struct comparing *c, const json_t *a, const json_t *b,
                              const json_t *x, const json_t *y)
{
	static const char *const kinds[] = { "a", "aaaa" };
	bool shares = false, has_before = false, has_after = false;
	const char *told = NULL;

	for (size_t i = 0; i < 2; i++) {
		const json_t *s = json_arr(x, kinds[i]), *t = json_arr(y, kinds[i]);
		has_before = has_before || json_array_size(s);
		has_after = has_after || json_array_size(t);
		shares = shares || shares_net(s, t);
		if (!told && json_array_size(s) && json_array_size(t))
			told = kinds[i];
	}
	if (told && has_before && has_after && !shares)
		event_of_lists(c, "moved_host", "addresses", a, b, json_arr(x, told),
		               json_arr(y, told));
}

static void compare_dns(struct comparing *c)
{
	const json_t *a = first(c->before, "dns"), *b = first(c->after, "dns");
	const json_t *x = json_obj(a, "dns"), *y = json_obj(b, "dns");
	struct slice was = json_str(x, "state"), is = json_str(y, "state");

	if (!x || !y)
		return;
	if (is_up(was) && is_down(is))
		event(c, "suspended", "dns", a, b, was, is);
	if (is_down(was) && is_up(is))
		event(c, "back_online", "dns", a, b, was, is);
	if (!is_up(was) || !is_up(is))
		return;
	const json_t *s = json_arr(x, "ns"), *t = json_arr(y, "ns");
	if (json_array_size(s) && json_array_size(t) && !shares_name(s, t))
		event_of_lists(c, "moved_host", "nameservers", a, b, s, t);
	compare_addresses(c, a, b, x, y);
}

/* ---- pages ---- */

/* What a vantage saw first: a page as it was received, or that there was none. */
struct seen {
	const json_t *home, *absence;
};

static struct seen look(const json_t *observations, struct slice vantage)
{
	struct seen s = { NULL, NULL };
	const json_t *o;
	size_t i;

	json_array_foreach(observations, i, o)
	{
		struct slice role = json_str(o, "role");
		if (!slice_eq(json_str(o, "vantage"), vantage))
			continue;
		if (!s.home && is_what(o, "page") && !json_flag(o, "rendered", false) &&
		    (slice_eq_str(role, "home") || slice_eq_str(role, "landing")))
			s.home = o;
		if (!s.absence && is_what(o, "absence") &&
		    slice_eq_str(json_str(json_obj(o, "absence"), "of"), "page"))
			s.absence = o;
	}
	return s;
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

static void compare_home(struct comparing *c, const json_t *a, const json_t *b)
{
	struct slice title[] = { json_str(a, "title"), json_str(b, "title") };
	int64_t status[] = { json_i64(a, "status", 0), json_i64(b, "status", 0) };
	struct minhash x, y;
	char text[2][24];

	if (!slice_eq(title[0], title[1]))
		event(c, "content_changed", "title", a, b, title[0], title[1]);
	if (status[0] != status[1]) {
		for (int i = 0; i < 2; i++)
			snprintf(text[i], sizeof(text[i]), "%lld", (long long)status[i]);
		event(c, "content_changed", "status", a, b, slice_str(text[0]), slice_str(text[1]));
	}
	if (!sketch_of(a, &x) || !sketch_of(b, &y))
		return;
	uint32_t ppm = minhash_ppm(&x, &y);
	if (ppm >= CHANGE_ALIKE_PPM)
		return;
	snprintf(text[1], sizeof(text[1]), "%u", ppm);
	event(c, "content_changed", "likeness", a, b, SLICE("1000000"), slice_str(text[1]));
}

static void compare_vantage(struct comparing *c, struct slice vantage)
{
	struct seen a = look(c->before, vantage), b = look(c->after, vantage);

	if (a.home && b.home)
		compare_home(c, a.home, b.home);
	else if (a.home && b.absence)
		event(c, "content_changed", "absence", a.home, b.absence, json_str(a.home, "url"),
		      json_str(json_obj(b.absence, "absence"), "how"));
	else if (a.absence && b.home)
		event(c, "back_online", "page", a.absence, b.home,
		      json_str(json_obj(a.absence, "absence"), "how"), json_str(b.home, "url"));
}

static void compare_pages(struct comparing *c)
{
	const json_t *o, *was;
	size_t i, k;

	json_array_foreach(c->after, i, o)
	{
		struct slice vantage = json_str(o, "vantage");
		bool seen = !slice_starts(json_str(o, "src"), SLICE("vantage:"));
		for (k = 0; k < i && !seen; k++) {
			was = json_array_get(c->after, k);
			seen = slice_eq(json_str(was, "vantage"), vantage) &&
			       slice_starts(json_str(was, "src"), SLICE("vantage:"));
		}
		if (!seen)
			compare_vantage(c, vantage);
	}
}

int change_observe(const json_t *before, const json_t *after, observe_fn observe, void *ctx,
                   struct err *err)
{
	/* What is observed may be put behind `after`: a copy of the list keeps the walk short. */
	json_t *list = json_copy((json_t *)(uintptr_t)after);
	struct comparing c = { before, list, observe, ctx, err, 0 };

	if (!list) {
		no_memory(&c);
		return c.rc;
	}
	compare_registration(&c);
	compare_dns(&c);
	compare_pages(&c);
	json_decref(list);
	return c.rc;
}

#include "cmd/link_networks.h"

#include "base/hex.h"
#include "base/sha256.h"

#include <stdio.h>
#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
}

static struct link_earlier *find_earlier(struct link_networks *n, struct slice name)
{
	for (size_t k = 0; k < n->earlier_n; k++)
		if (slice_eq(n->earlier[k].name, name))
			return &n->earlier[k];
	return NULL;
}

static int take_texts(const json_t *list, struct arena *arena, struct slice **out, size_t *n)
{
	const json_t *text;
	size_t i;

	*out = arena_array(arena, json_array_size(list) + 1, sizeof(**out));
	*n = 0;
	if (!*out)
		return ERR_NOMEM;
	json_array_foreach(list, i, text)
		if (!((*out)[(*n)++] = arena_copy(arena, json_text(text))).p)
			return ERR_NOMEM;
	return 0;
}

static int take_events(struct link_networks *n, const json_t *list, struct link_earlier *e,
                       struct arena *arena)
{
	const json_t *event;
	size_t i;

	e->event = arena_array(arena, json_array_size(list) + 1, sizeof(*e->event));
	e->event_n = 0;
	if (!e->event)
		return ERR_NOMEM;
	json_array_foreach(list, i, event) {
		struct link_event *x = &e->event[e->event_n++];
		*x = (struct link_event){ arena_copy(arena, json_str(event, "event")),
			                  arena_copy(arena, json_str(event, "with")),
			                  arena_copy(arena, json_str(event, "at")) };
		if (!x->event.p || !x->with.p || !x->at.p)
			return ERR_NOMEM;
		struct link_earlier *other = find_earlier(n, x->with);
		if (other && other != e && slice_eq_str(x->event, "merge"))
			other->gone = true;
	}
	return 0;
}

int link_networks_earlier(struct link_networks *n, const struct record *r, struct arena *arena,
                          struct err *err)
{
	struct slice name = json_str(r->body, "network");
	json_t *members = json_arr(r->body, "members"), *member;
	size_t i;

	if (!slice_eq_str(r->type_name, "network"))
		return 0;
	struct link_earlier *e = find_earlier(n, name);
	if (!e) {
		if (n->earlier_n == n->earlier_cap) {
			size_t cap = n->earlier_cap ? n->earlier_cap * 2 : 16;
			struct link_earlier *more = realloc(n->earlier, cap * sizeof(*more));
			if (!more)
				return no_memory(err);
			n->earlier = more;
			n->earlier_cap = cap;
		}
		e = &n->earlier[n->earlier_n++];
		*e = (struct link_earlier){ .name = arena_copy(arena, name) };
	}
	e->gone = false;
	e->own = slice_eq_str(r->src, "link/1");
	e->key = arena_array(arena, json_array_size(members) + 1, sizeof(*e->key));
	e->key_n = 0;
	e->flagship = arena_copy(arena, json_str(r->body, "flagship"));
	if (!e->name.p || !e->key || !e->flagship.p)
		return no_memory(err);
	json_array_foreach(members, i, member) {
		e->key[e->key_n] = arena_copy(arena, json_str(member, "key"));
		if (!e->key[e->key_n++].p)
			return no_memory(err);
	}
	if (take_texts(json_arr(r->body, "aliases"), arena, &e->alias, &e->alias_n) ||
	    take_events(n, json_arr(r->body, "events"), e, arena))
		return no_memory(err);
	return 0;
}

/* ---- members ---- */

struct candidate {
	const struct link_domain *d;
	uint32_t number, in_links;
};

static int compare_flagship(const struct candidate *x, const struct candidate *y)
{
	if (x->in_links != y->in_links)
		return x->in_links > y->in_links ? -1 : 1;
	int64_t a = x->d->created ? x->d->created : INT64_MAX;
	int64_t b = y->d->created ? y->d->created : INT64_MAX;
	if (a != b)
		return a < b ? -1 : 1;
	if (x->d->first_seen != y->d->first_seen)
		return x->d->first_seen < y->d->first_seen ? -1 : 1;
	return slice_cmp(x->d->subject.key, y->d->subject.key);
}

static int compare_key(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return slice_cmp(x->d->subject.key, y->d->subject.key);
}

/* How often each domain is where a member of its network redirects to. */
static void count_in_links(const struct link_input *in, const struct networks *found, uint32_t *n)
{
	for (size_t i = 0; i < in->edge_n; i++) {
		const struct link_value *v = &in->value[in->edge[i].value];
		if (v->kind != SIGNAL_REDIRECT)
			continue;
		uint32_t to = link_input_find(in, v->text);
		if (to != NETWORK_NONE && found->network[to] == found->network[in->edge[i].domain])
			n[to]++;
	}
}

static int fill_members(struct link_network *w, const struct link_input *in, struct candidate *c,
                        uint32_t n, struct arena *arena, struct err *err)
{
	uint32_t *member = arena_array(arena, n, sizeof(*member)), best = 0;

	if (!member)
		return no_memory(err);
	qsort(c, n, sizeof(*c), compare_key);
	for (uint32_t i = 1; i < n; i++)
		if (compare_flagship(&c[i], &c[best]) < 0)
			best = i;
	member[0] = c[best].number;
	for (uint32_t i = 0, at = 1; i < n; i++)
		if (i != best)
			member[at++] = c[i].number;
	for (uint32_t i = 0; i < n; i++)
		w->status[in->domain[c[i].number].status]++;
	w->member = member;
	w->member_n = n;
	return 0;
}

/* ---- names ---- */

static int name_new(struct link_network *w, const struct link_input *in, struct arena *arena,
                    struct err *err)
{
	const struct link_domain *founder = &in->domain[w->member[0]];
	char hex[SHA256_HEX], name[24];

	for (uint32_t i = 1; i < w->member_n; i++) {
		const struct link_domain *d = &in->domain[w->member[i]];
		if (d->first_seen < founder->first_seen ||
		    (d->first_seen == founder->first_seen &&
		     slice_cmp(d->subject.key, founder->subject.key) < 0))
			founder = d;
	}
	struct buf text = { 0 };
	buf_puts(&text, "network\n");
	buf_put(&text, founder->subject.key);
	struct sha256 digest = sha256_of(buf_slice(&text));
	bool failed = !buf_ok(&text);
	buf_release(&text);
	sha256_hex(digest, hex);
	snprintf(name, sizeof(name), "net-%.16s", hex);
	w->name = arena_copy(arena, slice_str(name));
	return failed || !w->name.p ? no_memory(err) : 0;
}

/* How an earlier network and one of now overlap. */
struct overlap {
	uint32_t earlier, now, members;
};

static int compare_overlap(const void *a, const void *b)
{
	const struct overlap *x = a, *y = b;

	if (x->members != y->members)
		return x->members > y->members ? -1 : 1;
	if (x->earlier != y->earlier)
		return x->earlier < y->earlier ? -1 : 1;
	return x->now < y->now ? -1 : x->now > y->now;
}

static int add_event(struct link_network *w, const char *event, struct slice with,
                     struct arena *arena, struct err *err)
{
	struct link_event *more = arena_array(arena, w->event_n + 1, sizeof(*more));

	if (!more)
		return no_memory(err);
	if (w->event_n)
		memcpy(more, w->event, w->event_n * sizeof(*more));
	more[w->event_n++] = (struct link_event){ slice_str(event), with, { "", 0 } };
	w->event = more;
	return 0;
}

/* Once, and never what it is called by now. */
static int add_alias(struct link_network *w, struct slice name, struct slice flagship,
                     struct arena *arena, struct err *err)
{
	if (name.n == 0 || slice_eq(name, w->name) || slice_eq(name, flagship))
		return 0;
	for (size_t i = 0; i < w->alias_n; i++)
		if (slice_eq(w->alias[i], name))
			return 0;
	struct slice *more = arena_array(arena, w->alias_n + 1, sizeof(*more));
	if (!more)
		return no_memory(err);
	if (w->alias_n)
		memcpy(more, w->alias, w->alias_n * sizeof(*more));
	more[w->alias_n++] = name;
	w->alias = more;
	return 0;
}

/* What an earlier network was called is an alias of the one that has its name or took it over. */
static int take_aliases(struct link_network *w, const struct link_earlier *e, struct slice flagship,
                        struct arena *arena, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < e->alias_n && !rc; i++)
		rc = add_alias(w, e->alias[i], flagship, arena, err);
	if (!rc)
		rc = add_alias(w, e->name, flagship, arena, err);
	return rc ? rc : add_alias(w, e->flagship, flagship, arena, err);
}

static bool same_members(const struct link_network *w, const struct link_earlier *e,
                         const struct link_input *in)
{
	if (w->member_n != e->key_n)
		return false;
	for (uint32_t i = 0; i < w->member_n; i++)
		if (!slice_eq(in->domain[w->member[i]].subject.key, e->key[i]))
			return false;
	return true;
}

static int compare_earlier(const void *a, const void *b)
{
	const struct link_earlier *x = a, *y = b;

	return slice_cmp(x->name, y->name);
}

/* Give each network the name of the earlier one that it has most of, each name once, and tell merges
 * and splits. of: for each label the number of its network + 1. */
static int inherit(struct link_networks *n, const struct link_input *in,
                   const struct networks *found, const uint32_t *of, struct arena *arena,
                   struct err *err)
{
	size_t most = 1, count = 0;
	int rc = 0;

	if (n->earlier_n)
		qsort(n->earlier, n->earlier_n, sizeof(*n->earlier), compare_earlier);
	for (size_t e = 0; e < n->earlier_n; e++)
		most += n->earlier[e].key_n;
	struct overlap *all = calloc(most, sizeof(*all));
	uint32_t *hit = calloc(n->n + 1, sizeof(*hit));
	if (!all || !hit)
		rc = no_memory(err);
	for (uint32_t e = 0; e < n->earlier_n && !rc; e++) {
		if (n->earlier[e].gone)
			continue;
		for (size_t k = 0; k < n->earlier[e].key_n; k++) {
			uint32_t d = link_input_find(in, n->earlier[e].key[k]);
			if (d != NETWORK_NONE && of[found->network[d]])
				hit[of[found->network[d]] - 1]++;
		}
		for (uint32_t w = 0; w < n->n; w++)
			if (hit[w])
				all[count++] = (struct overlap){ e, w, hit[w] };
		memset(hit, 0, n->n * sizeof(*hit));
	}
	if (!rc)
		qsort(all, count, sizeof(*all), compare_overlap);
	for (size_t i = 0; i < count && !rc; i++) {
		struct link_network *w = &n->network[all[i].now];
		struct link_earlier *e = &n->earlier[all[i].earlier];
		if (!w->name.p && !e->taken) {
			w->name = e->name;
			e->taken = true;
		}
	}
	for (size_t i = 0; i < n->n && !rc; i++)
		if (!n->network[i].name.p)
			rc = name_new(&n->network[i], in, arena, err);
	/* Who has members of an earlier network but not its name: they merged into it where that name
	 * is gone, and split off where it lives on. */
	for (size_t i = 0; i < count && !rc; i++) {
		struct link_network *w = &n->network[all[i].now];
		struct link_earlier *e = &n->earlier[all[i].earlier];
		struct slice flagship = in->domain[w->member[0]].subject.key;
		if (!slice_eq(w->name, e->name))
			rc = add_event(w, e->taken ? "split" : "merge", e->name, arena, err);
		if (!rc && (slice_eq(w->name, e->name) || !e->taken))
			rc = take_aliases(w, e, flagship, arena, err);
	}
	for (size_t i = 0; i < count && !rc; i++) {
		struct link_network *w = &n->network[all[i].now];
		const struct link_earlier *e = &n->earlier[all[i].earlier];
		if (slice_eq(w->name, e->name) && !w->event_n && same_members(w, e, in)) {
			w->event = e->event;
			w->event_n = e->event_n;
		}
	}
	free(all);
	free(hit);
	return rc;
}

static int compare_network(const void *a, const void *b)
{
	const struct link_network *x = a, *y = b;

	if (x->member_n != y->member_n)
		return x->member_n > y->member_n ? -1 : 1;
	return slice_cmp(x->name, y->name);
}

int link_networks_make(struct link_networks *n, struct link_input *in, const struct networks *found,
                       struct err *err)
{
	uint32_t domains = found->domain_n;
	uint32_t *size = calloc((size_t)domains + 1, sizeof(*size));
	uint32_t *of = calloc((size_t)domains + 1, sizeof(*of));
	uint32_t *in_links = calloc((size_t)domains + 1, sizeof(*in_links));
	uint32_t *filled = calloc((size_t)domains + 1, sizeof(*filled));
	struct candidate **list = calloc((size_t)domains + 1, sizeof(*list));
	int rc = size && of && in_links && filled && list ? 0 : no_memory(err);

	for (uint32_t d = 0; d < domains && !rc; d++)
		size[found->network[d]]++;
	if (!rc)
		count_in_links(in, found, in_links);
	size_t networks = 0;
	for (uint32_t d = 0; d < domains && !rc; d++)
		networks += size[d] > 1;
	if (!rc) {
		n->network = calloc(networks + 1, sizeof(*n->network));
		rc = n->network ? 0 : no_memory(err);
	}
	for (uint32_t d = 0; d < domains && !rc; d++) {
		uint32_t label = found->network[d];
		if (size[label] < 2)
			continue;
		if (!of[label]) {
			n->network[n->n].label = label;
			of[label] = (uint32_t)++n->n;
			list[label] = arena_array(&in->arena, size[label], sizeof(**list));
			rc = list[label] ? 0 : no_memory(err);
		}
		if (!rc)
			list[label][filled[label]++] =
				(struct candidate){ &in->domain[d], d, in_links[d] };
	}
	for (size_t i = 0; i < n->n && !rc; i++) {
		struct link_network *w = &n->network[i];
		rc = fill_members(w, in, list[w->label], size[w->label], &in->arena, err);
	}
	if (!rc)
		rc = inherit(n, in, found, of, &in->arena, err);
	if (!rc)
		qsort(n->network, n->n, sizeof(*n->network), compare_network);
	free(size);
	free(of);
	free(in_links);
	free(filled);
	free(list);
	return rc;
}

void link_networks_release(struct link_networks *n)
{
	free(n->network);
	free(n->earlier);
	*n = (struct link_networks){ 0 };
}

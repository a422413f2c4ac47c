#include "cmd/networks.h"

#include "model/record.h"

#include <stdlib.h>
#include <string.h>

struct search {
	struct slice id, key; /* one of them is empty */
	int64_t seq;          /* of the newest record that fits; 0 = none */
};

static bool has_member(const json_t *body, struct slice key)
{
	const json_t *member;
	size_t i;

	json_array_foreach(json_arr(body, "members"), i, member)
		if (slice_eq(json_str(member, "key"), key))
			return true;
	return false;
}

static int see(void *ctx, const struct store_record *r, struct err *err)
{
	struct search *s = ctx;
	json_t *body = NULL;

	/* Bodies are canonical: what is not in the bytes is no member. */
	if (slice_find_slice(r->body, s->id.n ? s->id : s->key) == r->body.n)
		return 0;
	int rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);
	if (rc == 0 && (s->id.n ? slice_eq(json_str(body, "network"), s->id) : has_member(body, s->key)))
		s->seq = r->seq;
	json_decref(body);
	return rc;
}

struct member {
	struct slice kind, key;
};

static int by_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = slice_cmp(x->key, y->key);

	return c ? c : slice_cmp(x->kind, y->kind);
}

static int take_members(const json_t *body, struct arena *a, struct network *out, struct err *err)
{
	const json_t *list = json_arr(body, "members"), *item;
	size_t n = json_array_size(list), i, kept = 0;
	struct member *member = arena_array(a, n, sizeof(*member));

	out->id = arena_copy(a, json_str(body, "network"));
	out->kind = arena_array(a, n, sizeof(*out->kind));
	out->key = arena_array(a, n, sizeof(*out->key));
	if (!member || !out->id.p || !out->kind || !out->key)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	json_array_foreach(list, i, item)
	{
		member[i] = (struct member){ arena_copy(a, json_str(item, "kind")),
			                     arena_copy(a, json_str(item, "key")) };
		if (!member[i].kind.p || !member[i].key.p)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	if (n)
		qsort(member, n, sizeof(*member), by_key);
	for (i = 0; i < n; i++) {
		if (kept && slice_eq(out->key[kept - 1], member[i].key) &&
		    slice_eq(out->kind[kept - 1], member[i].kind))
			continue;
		out->kind[kept] = member[i].kind;
		out->key[kept++] = member[i].key;
	}
	out->members_n = kept;
	return 0;
}

static int find(struct store *store, struct search *s, struct arena *a, struct network *out,
                struct err *err)
{
	struct store_filter f = { .type = SLICE("network") };
	struct store_record r;
	json_t *body = NULL;

	*out = (struct network){ 0 };
	int rc = store_each_record(store, &f, see, s, err);
	if (rc || s->seq == 0)
		return rc;
	rc = store_get_record_at(store, s->seq, a, &r, err);
	if (rc == 0)
		rc = json_parse_object(r.body, RECORD_LINE_MAX, &body, err);
	if (rc == 0)
		rc = take_members(body, a, out, err);
	json_decref(body);
	return rc;
}

int network_find(struct store *store, struct slice id, struct arena *a, struct network *out,
                 struct err *err)
{
	struct search s = { .id = id };

	*out = (struct network){ 0 };
	return id.n ? find(store, &s, a, out, err) : 0;
}

/* A record that has the key may be an old one of a network that lost it since. */
int network_of(struct store *store, struct slice key, struct arena *a, struct network *out,
               struct err *err)
{
	struct search s = { .key = key };
	struct network old;
	bool member = false;

	*out = (struct network){ 0 };
	int rc = key.n ? find(store, &s, a, &old, err) : 0;
	if (rc || !s.seq)
		return rc;
	rc = network_find(store, old.id, a, out, err);
	for (size_t i = 0; rc == 0 && i < out->members_n; i++)
		member = member || slice_eq(out->key[i], key);
	if (!member || out->members_n < 2)
		*out = (struct network){ 0 };
	return rc;
}

#include "cmd/register_known.h"

#include "cmd/hash_key.h"

#include <string.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

int register_row_digest(const json_t *row, struct sha256 *out, struct err *err)
{
	struct buf text = { 0 };
	int rc = json_canonical(row, &text, err);

	if (rc == 0)
		*out = sha256_of(buf_slice(&text));
	buf_release(&text);
	return rc;
}

struct slice register_row_key(const json_t *row)
{
	struct slice number = json_str(row, "number");

	return number.n ? number : json_str(row, "name");
}

int register_known_find(struct register_known *k, struct slice number, struct register_number **out,
                        struct err *err)
{
	struct table_entry *e = table_find(&k->table, number);

	if (!e) {
		struct slice kept = arena_copy(&k->arena, number);
		struct register_number *fresh = ARENA_NEW(&k->arena, struct register_number);
		if (!kept.p || !fresh || !(e = table_put(&k->table, kept)))
			return no_memory(err);
		e->value = fresh;
	}
	*out = e->value;
	return 0;
}

static int load_row(void *ctx, const struct store_record *r, struct err *err)
{
	struct register_known *known = ctx;
	struct register_number *n = NULL;
	json_t *body = NULL;

	if (!slice_eq(r->src, known->src))
		return 0;
	if (json_parse_object(r->body, STORE_BODY_MAX, &body, err) < 0)
		return err_set(err, ERR_CORRUPT, 0, "store: a record is damaged");
	const json_t *row = json_obj(body, "register");
	int rc = 0;
	if (slice_eq_str(json_str(body, "what"), "register") && row && register_row_key(row).n)
		rc = register_known_find(known, register_row_key(row), &n, err);
	/* The order of cmd/casefile_registers.c: the newest, then the greater id. */
	if (rc == 0 && n && (!n->is_stored || r->at > n->at ||
	                     (r->at == n->at && memcmp(r->id.b, n->id.b, SHA256_LEN) > 0))) {
		n->id = r->id;
		n->at = r->at;
		n->is_stored = true;
		n->active = slice_eq_str(json_str(row, "status"), "active");
		rc = register_row_digest(row, &n->digest, err);
	}
	json_decref(body);
	return rc;
}

int register_known_load(struct register_known *k, struct store *store, struct slice src,
                        struct err *err)
{
	struct store_filter f = { .type = SLICE("observation") };
	int rc = hash_key_random(&k->table.key, err);

	k->src = src;
	return rc || !store ? rc : store_each_record(store, &f, load_row, k, err);
}

void register_known_release(struct register_known *k)
{
	table_release(&k->table);
	arena_release(&k->arena);
	*k = (struct register_known){ 0 };
}

#include "cmd/packbook.h"

#include "model/evidence.h"

#include <stdlib.h>

/* ---- entries ---- */

struct entries {
	struct store *store;
	struct packbook *book;
};

static int grow(struct packbook *p, struct err *err)
{
	size_t cap = p->cap ? p->cap * 2 : 16;
	struct guard_pack_entry *entry = arena_array(&p->arena, cap, sizeof(*entry));
	json_t **body = arena_array(&p->arena, cap, sizeof(*body));
	int64_t *seq = arena_array(&p->arena, cap, sizeof(*seq));

	if (!entry || !body || !seq)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < p->n; i++) {
		entry[i] = p->entry[i];
		body[i] = p->body[i];
		seq[i] = p->seq[i];
	}
	p->entry = entry;
	p->body = body;
	p->seq = seq;
	p->cap = cap;
	return 0;
}

static int see_pack(void *ctx, const struct store_record *r, struct err *err)
{
	struct entries *into = ctx;
	struct packbook *p = into->book;
	struct guard_pack_entry e;
	json_t *body = NULL;
	int64_t index;
	int rc = store_ledger_find(into->store, r->id, &index, NULL);

	if (rc == ERR_NOTFOUND)
		return 0; /* not an entry: whoever put it there, it switches nothing */
	if (rc)
		return store_ledger_find(into->store, r->id, &index, err);
	rc = json_parse_object(r->body, RECORD_LINE_MAX, &body, err);
	if (rc == 0 && p->n == p->cap)
		rc = grow(p, err);
	if (rc == 0)
		rc = evidence_address_parse(json_str(body, "digest"), &e.digest, err);
	if (rc) {
		json_decref(body);
		return rc;
	}
	e.id = json_str(body, "pack");
	e.automatic = slice_eq_str(r->src, "assay");
	e.on = !slice_eq_str(json_str(body, "state"), "off");
	p->entry[p->n] = e;
	p->seq[p->n] = index;
	p->body[p->n++] = body;
	return 0;
}

int packbook_load(struct store *store, struct packbook *out, struct err *err)
{
	struct entries into = { store, out };
	struct store_filter f = { .type = SLICE("pack") };

	*out = (struct packbook){ 0 };
	return store ? store_each_record(store, &f, see_pack, &into, err) : 0;
}

void packbook_release(struct packbook *p)
{
	for (size_t i = 0; i < p->n; i++)
		json_decref(p->body[i]);
	arena_release(&p->arena);
	*p = (struct packbook){ 0 };
}

enum guard_pack_state packbook_state(const struct packbook *p, const struct pack *pack,
                                     const struct pack_signer *signer)
{
	return guard_pack(p->entry, p->n, pack->id, pack->digest, signer->trust == PACK_PUBLISHED);
}

static bool names_rule(const json_t *body, struct slice rule)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_arr(body, "rules"), i, item)
		if (slice_eq(json_text(item), rule))
			return true;
	return false;
}

/* The last entry about a pack, and whether it is of these bytes. NULL where there is none. */
static const json_t *last_of(const struct packbook *p, struct slice id, bool *is_newest,
                             struct sha256 digest)
{
	const json_t *body = NULL;

	*is_newest = false;
	for (size_t i = 0; i < p->n; i++)
		if (slice_eq(p->entry[i].id, id)) {
			body = p->body[i];
			*is_newest = sha256_eq(p->entry[i].digest, digest);
		}
	return body;
}

int packbook_has_rule(const struct packbook *p, struct slice id, struct slice version,
                      struct slice digest, struct slice rule, struct err *err)
{
	struct sha256 sum;
	bool entered = false, is_newest = false;
	int rc = evidence_address_parse(digest, &sum, NULL);

	if (rc)
		return err_set(err, ERR_REFUSED, 0, "the verdict names no digest of pack %.*s",
		               SLICE_ARG(slice_sub(id, 0, 60)));
	if (guard_pack(p->entry, p->n, id, sum, true) != GUARD_PACK_ON)
		return err_set(err, ERR_REFUSED, 0,
		               "no entry of the ledger says that pack %.*s %.*s is on with these bytes",
		               SLICE_ARG(slice_sub(id, 0, 60)), SLICE_ARG(slice_sub(version, 0, 40)));
	const json_t *newest = last_of(p, id, &is_newest, sum);
	if (!is_newest)
		return err_set(err, ERR_REFUSED, 0,
		               "pack %.*s %.*s was replaced by version %.*s: assess anew, or accept what "
		               "that alters (assay reassess list)",
		               SLICE_ARG(slice_sub(id, 0, 60)), SLICE_ARG(slice_sub(version, 0, 40)),
		               SLICE_ARG(slice_sub(json_str(newest, "pack_version"), 0, 40)));
	for (size_t i = 0; i < p->n; i++) {
		if (!slice_eq(p->entry[i].id, id) || !sha256_eq(p->entry[i].digest, sum) ||
		    !slice_eq(json_str(p->body[i], "pack_version"), version))
			continue;
		entered = true;
		if (names_rule(p->body[i], rule))
			return 0;
	}
	if (!entered)
		return err_set(err, ERR_REFUSED, 0, "pack %.*s has these bytes, but not version %.*s",
		               SLICE_ARG(slice_sub(id, 0, 60)), SLICE_ARG(slice_sub(version, 0, 40)));
	return err_set(err, ERR_REFUSED, 0, "pack %.*s %.*s has no rule %.*s",
	               SLICE_ARG(slice_sub(id, 0, 60)), SLICE_ARG(slice_sub(version, 0, 40)),
	               SLICE_ARG(slice_sub(rule, 0, 60)));
}

/* ---- who judges ---- */

static void warn(const struct log *log, const struct pack *p, const struct pack_signer *s,
                 enum guard_pack_state state)
{
	if (log)
		LOG_PUT(log, LEVEL_WARNING, "a pack is off and judges nothing", LOG_STR("pack", p->id),
		        LOG_STR("version", p->version), LOG_STR("file", slice_str(p->file)),
		        LOG_STR("why", slice_str(guard_pack_why(state))),
		        LOG_STR("signature", slice_str(s->why)));
}

int packbook_apply(const struct packbook *p, struct rulebook *rules, const struct log *log,
                   struct err *err)
{
	size_t n = rules->pack_n, on = 0, off = 0;
	struct pack *pack = arena_array(&rules->arena, n, sizeof(*pack));
	struct pack_signer *signer = arena_array(&rules->arena, n, sizeof(*signer));

	if (!pack || !signer)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < n; i++)
		on += packbook_state(p, &rules->pack[i], &rules->signer[i]) <= GUARD_PACK_TRUSTED;
	off = on;
	on = 0;
	for (size_t i = 0; i < n; i++) {
		enum guard_pack_state s = packbook_state(p, &rules->pack[i], &rules->signer[i]);
		size_t to = s <= GUARD_PACK_TRUSTED ? on++ : off++;
		pack[to] = rules->pack[i];
		signer[to] = rules->signer[i];
		if (s <= GUARD_PACK_TRUSTED)
			continue;
		warn(log, &rules->pack[i], &rules->signer[i], s);
		signer[to].why = arena_printf(&rules->arena, "%s; %s", guard_pack_why(s),
		                              rules->signer[i].why);
		if (!signer[to].why)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	rules->pack = pack;
	rules->signer = signer;
	rules->assessor.pack = pack;
	rules->assessor.pack_n = on;
	return packs_check(pack, on, err);
}

/* ---- entering ---- */

static json_t *texts_json(const struct slice *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < n; i++)
		if (json_add_str(array, list[i])) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *rules_json(const struct pack *p)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < p->rule_n; i++)
		if (json_add_str(array, p->rule[i].id)) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static int make_record(const struct pack *p, const struct pack_signer *s,
                       const struct packbook_act *act, int64_t at, struct record *out,
                       struct err *err)
{
	char digest[EVIDENCE_ADDRESS_SIZE], src[80] = "assay";

	evidence_address_format(p->digest, digest);
	if (act)
		snprintf(src, sizeof(src), "administrator:%s", act->by);
	record_new(out, "pack", 1, SLICE(""), SLICE(""), at, slice_str(src));
	record_set_str(out, "pack", p->id);
	record_set_str(out, "pack_version", p->version);
	record_set_str(out, "digest", slice_str(digest));
	record_set_str(out, "jurisdiction", p->jurisdiction);
	if (p->kind != PACK_JURISDICTION)
		record_set_str(out, "kind", slice_str(pack_kind_name(p->kind)));
	record_set_new(out, "destinations", texts_json(p->destinations, p->destination_n));
	record_set_new(out, "rules", rules_json(p));
	record_set_str(out, "trust", slice_str(pack_trust_name(s->trust)));
	if (s->name.n)
		record_set_str(out, "signer", s->name);
	record_set_str(out, "state", !act || act->on ? SLICE("on") : SLICE("off"));
	if (act)
		record_set_str(out, "reason", slice_str(act->reason));
	return record_finish(out, err);
}

int packbook_enter(struct ledgerbook *book, const struct rulebook *rules, struct err *err)
{
	struct packbook known = { 0 };
	int rc = packbook_load(book->store, &known, err);

	if (rc == 0)
		rc = store_begin(book->store, err);
	for (size_t i = 0; rc == 0 && i < rules->assessor.pack_n; i++) {
		struct record r = { 0 };
		bool is_new = false, is_newest = false;
		last_of(&known, rules->pack[i].id, &is_newest, rules->pack[i].digest);
		if (is_newest &&
		    packbook_state(&known, &rules->pack[i], &rules->signer[i]) == GUARD_PACK_ON)
			continue;
		/* No time of its own: the same pack is the same record, whenever it is loaded. But for
		 * one that was replaced or switched off since: it is entered again. */
		rc = make_record(&rules->pack[i], &rules->signer[i], NULL, 0, &r, err);
		if (rc == 0)
			rc = ledgerbook_put(book, &r, STORE_NONE, &is_new, err);
		record_release(&r);
		if (rc == 0 && !is_new)
			rc = make_record(&rules->pack[i], &rules->signer[i], NULL, book->at, &r, err);
		if (rc == 0 && !is_new)
			rc = ledgerbook_put(book, &r, STORE_NONE, NULL, err);
		record_release(&r);
	}
	if (rc == 0)
		rc = store_commit(book->store, err);
	if (rc)
		store_rollback(book->store);
	packbook_release(&known);
	return rc;
}

int packbook_switch(struct ledgerbook *book, const struct pack *pack,
                    const struct pack_signer *signer, const struct packbook_act *act,
                    struct record *out, int64_t *index, struct err *err)
{
	int rc = make_record(pack, signer, act, act->at, out, err);

	if (rc == 0)
		rc = store_begin(book->store, err);
	if (rc == 0)
		rc = ledgerbook_put(book, out, STORE_NONE, NULL, err);
	if (rc == 0)
		rc = store_ledger_find(book->store, out->id, index, err);
	if (rc == 0)
		rc = store_commit(book->store, err);
	if (rc)
		store_rollback(book->store);
	return rc;
}

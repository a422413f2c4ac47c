#include "cmd/intake_store.h"

#include "cmd/hash_key.h"
#include "cmd/intake_source.h"
#include "model/evidence.h"
#include "store/quota.h"
#include "store/redact.h"

#include <string.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "intake: out of memory");
}

/* ---- batches ---- */

static int begin(struct intake_store *to, struct err *err)
{
	if (to->open)
		return 0;
	int rc = store_room(to->store, 0, err);
	if (rc == 0)
		rc = store_begin(to->store, err);
	to->open = rc == 0;
	return rc;
}

int intake_store_flush(struct intake_store *to, struct err *err)
{
	if (!to->open)
		return 0;
	int rc = store_commit(to->store, err);
	if (rc == 0) {
		to->open = false;
		to->in_batch = 0;
	}
	return rc;
}

int intake_store_record(const struct record *r, struct buf *body, struct store_record *out,
                        struct err *err)
{
	size_t keep = body->n;
	int rc = record_format_body(r, body, err);

	if (rc < 0)
		return rc;
	*out = (struct store_record){
		.id = r->id,
		.type = r->type_name,
		.v = r->v,
		.kind = r->kind,
		.key = r->key,
		.period = r->has_period ? r->period : STORE_NONE,
		.at = r->at,
		.src = r->src,
		.body = slice_sub(buf_slice(body), keep, body->n),
	};
	return 0;
}

int intake_store_put(struct intake_store *to, const struct record *r, int64_t *seq, bool *is_new,
                     struct err *err)
{
	struct buf body = { 0 };
	struct store_record row;
	bool fresh = false;
	int rc = intake_store_record(r, &body, &row, err);

	/* Asked here, so that a record too long is one bad line and not a broken batch. */
	if (rc == 0 && row.body.n > STORE_BODY_MAX)
		rc = err_set(err, ERR_LIMIT, 0, "the record is longer than %d bytes",
		             STORE_BODY_MAX);
	if (rc == 0)
		rc = begin(to, err);
	if (rc == 0)
		rc = store_put_record(to->store, &row, seq, &fresh, err);
	buf_release(&body);
	if (rc < 0)
		return rc;
	to->new_records += fresh;
	to->known_records += !fresh;
	if (is_new)
		*is_new = fresh;
	return ++to->in_batch >= INTAKE_BATCH ? intake_store_flush(to, err) : 0;
}

/* ---- pages without a stated time ---- */

static int remember(struct intake_store *to, struct table *table, struct slice key, struct err *err)
{
	if (table_find(table, key))
		return 0;
	struct slice kept = arena_copy(&to->arena, key);
	if (!kept.p || !table_put(table, kept))
		return no_memory(err);
	return 0;
}

static int load_page(void *ctx, const struct store_record *r, struct err *err)
{
	struct intake_store *to = ctx;
	struct evidence e;
	struct buf key = { 0 };
	json_t *body = NULL;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);

	if (rc < 0)
		return rc == ERR_NOMEM ? rc
		                       : err_set(err, ERR_CORRUPT, 0, "store: a record is damaged");
	if (slice_eq_str(json_str(body, "what"), "page") &&
	    evidence_from_json(json_array_get(json_arr(body, "evidence"), 0), &e, NULL) == 0) {
		intake_page_key(r->kind, r->key, json_str(body, "url"), json_str(body, "vantage"),
		                e.address, &key);
		rc = buf_ok(&key) ? remember(to, &to->undated, buf_slice(&key), err)
		                  : no_memory(err);
	}
	buf_release(&key);
	json_decref(body);
	return rc;
}

/* Whether a page is there already but for its time; if not, it will be. */
static int is_known(struct intake_store *to, const struct intake_page *p, struct sha256 evidence,
                    bool *known, struct err *err)
{
	struct slice kind = slice_str(subject_kind_name(p->subject.kind));
	struct buf name = { 0 }, key = { 0 };
	int rc = 0;

	*known = false;
	buf_printf(&name, "%.*s %.*s", SLICE_ARG(kind), SLICE_ARG(p->subject.key));
	intake_page_key(kind, p->subject.key, p->url, p->vantage, evidence, &key);
	if (!buf_ok(&name) || !buf_ok(&key)) {
		rc = no_memory(err);
	} else if (!p->is_dated && !table_find(&to->loaded, buf_slice(&name))) {
		struct store_filter f = { .type = SLICE("observation"),
			                  .kind = kind,
			                  .key = p->subject.key };
		rc = store_each_record(to->store, &f, load_page, to, err);
		if (rc == 0)
			rc = remember(to, &to->loaded, buf_slice(&name), err);
	}
	if (rc == 0 && table_find(&to->loaded, buf_slice(&name))) {
		*known = !p->is_dated && table_find(&to->undated, buf_slice(&key));
		rc = remember(to, &to->undated, buf_slice(&key), err);
	}
	buf_release(&name);
	buf_release(&key);
	return rc;
}

/* ---- the sink ---- */

int intake_store_page(const struct intake_page *p, struct sha256 digest, struct record *r,
                      struct err *err)
{
	struct buf src = { 0 };
	struct evidence e = {
		.address = digest,
		.class = EVIDENCE_PUBLIC,
		.media_type = p->media_type,
		.length = p->bytes.n,
	};

	buf_puts(&src, "vantage:");
	buf_put(&src, p->vantage);
	if (!buf_ok(&src)) {
		buf_release(&src);
		return no_memory(err);
	}
	record_new(r, "observation", 1, slice_str(subject_kind_name(p->subject.kind)),
	           p->subject.key, p->at, buf_slice(&src));
	record_set_str(r, "what", SLICE("page"));
	record_set_str(r, "url", p->url);
	record_set_str(r, "vantage", p->vantage);
	if (p->status)
		record_set_i64(r, "status", p->status);
	if (p->content_type.n)
		record_set_str(r, "content_type", p->content_type);
	if (p->content_encoding.n)
		record_set_str(r, "content_encoding", p->content_encoding);
	if (p->language.n)
		record_set_str(r, "lang", p->language);
	json_t *list = json_array();
	if (list && json_add_new(list, evidence_to_json(&e)) < 0) {
		json_decref(list);
		list = NULL;
	}
	record_set_new(r, "evidence", list);
	int rc = record_finish(r, err);
	buf_release(&src);
	return rc;
}

static int put_page(void *ctx, const struct intake_page *p, const struct intake_where *w,
                    struct err *err)
{
	struct intake_store *to = ctx;
	struct buf origin = { 0 };
	struct store_evidence e = { .cls = SLICE("public"),
		                    .media_type = p->media_type,
		                    .at = p->at };
	struct record r;
	bool known, is_new;
	struct sha256 digest = sha256_of(p->bytes);
	struct store_gone gone;
	int rc = is_known(to, p, digest, &known, err);

	if (rc < 0)
		return rc;
	/* What was taken out does not come in again by another door. */
	known = known || (!p->is_dated && store_find_gone(to->store, digest, &gone, NULL) == 0);
	if (known) {
		to->known_records++;
		return 0;
	}
	rc = intake_store_page(p, digest, &r, err);
	if (rc < 0)
		goto done;
	buf_put(&origin, w->source);
	if (w->line)
		buf_printf(&origin, ":%lld", (long long)w->line);
	else if (w->offset)
		buf_printf(&origin, "@%llu", (unsigned long long)w->offset);
	e.origin = buf_slice(&origin);
	rc = buf_ok(&origin) ? begin(to, err) : no_memory(err);
	if (rc == 0)
		rc = store_put_evidence(to->store, &e, p->bytes, &is_new, err);
	if (rc == 0) {
		to->new_evidence += is_new;
		rc = intake_store_put(to, &r, NULL, NULL, err);
	}
done:
	record_release(&r);
	buf_release(&origin);
	return rc;
}

static int put_record(void *ctx, const struct record *r, const struct intake_where *w,
                      struct err *err)
{
	struct intake_store *to = ctx;

	if (slice_eq_str(r->type_name, "observation"))
		return intake_store_put(to, r, NULL, NULL, err);
	if (to->other)
		return to->other(to->ctx, r, w, err);
	to->left_out++;
	return 0;
}

static int put_name(void *ctx, struct slice name, const struct intake_where *w, struct err *err)
{
	struct intake_store *to = ctx;

	return to->name ? to->name(to->ctx, name, w, err) : 0;
}

static int put_source(void *ctx, struct slice source, const struct intake_counts *c,
                      struct err *err)
{
	struct intake_store *to = ctx;
	struct table_entry *e = table_find(&to->sources, source);

	if (c->names == 0 && c->bad_lines == 0)
		return 0;
	if (!e) {
		struct slice name = arena_copy(&to->arena, source);
		struct store_source *fresh = ARENA_NEW(&to->arena, struct store_source);
		if (!name.p || !fresh || !(e = table_put(&to->sources, name)))
			return no_memory(err);
		fresh->name = name;
		fresh->at = to->at;
		e->value = fresh;
	}
	struct store_source *sum = e->value;
	sum->seen += c->names;
	sum->suspects += c->suspects;
	sum->bad += c->bad_lines;
	int rc = begin(to, err);
	return rc < 0 ? rc : store_put_source(to->store, sum, err);
}

int intake_to_store(struct intake_store *to, struct intake_sink *out, struct err *err)
{
	struct hash_key key = { 0 };
	int rc = hash_key_random(&key, err);

	if (rc < 0)
		return rc;
	to->undated.key = to->loaded.key = to->sources.key = key;
	*out = (struct intake_sink){
		.ctx = to,
		.name = put_name,
		.page = put_page,
		.record = put_record,
		.source = put_source,
	};
	return 0;
}

void intake_store_release(struct intake_store *to)
{
	if (to->open)
		store_rollback(to->store);
	to->open = false;
	table_release(&to->undated);
	table_release(&to->loaded);
	table_release(&to->sources);
	arena_release(&to->arena);
}

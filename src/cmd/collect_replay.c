#include "cmd/collect_replay.h"

#include "base/table.h"
#include "cmd/collect_bootstrap.h"
#include "cmd/collect_reader.h"
#include "cmd/hash_key.h"
#include "collect/order_description.h"
#include "model/evidence.h"
#include "sys/file.h"

#include <stdlib.h>

enum { READING_MAX = 64 << 20, FAULTS_MAX = 4096, TOLD_MAX = 1 << 30 };

/* An order that is there. */
struct kept {
	struct sha256 id;
	json_t *manifest;     /* without its exchanges */
	json_t *observations; /* once it was made again, where another order was compared with it */
	bool is_needed, is_done;
};

struct all {
	struct replay *r;
	struct table id; /* to struct kept, in the order of beginning */
	struct arena arena;
};

struct one {
	struct replay *r;
	struct order *order;
	struct slice subject;
	uint32_t fault[FAULTS_MAX]; /* readings that failed */
	size_t fault_n;
	const struct exchange *x;   /* the one just told */
	bool differs;               /* what was kept is not what it asks for */
	/* of a reading */
	bool is_read;
	enum worker_end end;
	int code;
	json_t *reading;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "replay: out of memory");
}

static struct slice bytes_of(const struct sha256 *d)
{
	return slice_from((const char *)d->b, SHA256_LEN);
}

/* ---- readings ---- */

static void was_read(void *ctx, enum worker_end end, int code, struct slice result)
{
	struct one *o = ctx;
	struct err why = { 0 };

	o->is_read = true;
	o->end = end;
	o->code = code;
	if (end == WORKER_DONE && code == 0)
		o->code = json_parse_object(result, READING_MAX, &o->reading, &why);
	loop_stop(o->r->loop);
}

static bool has_failed(const struct one *o, uint32_t number)
{
	for (size_t i = 0; i < o->fault_n; i++)
		if (o->fault[i] == number)
			return true;
	return false;
}

static int read_one(struct one *o, const struct ask *a, struct err *err)
{
	struct buf job = { 0 };
	int rc = 0;

	o->is_read = false;
	o->reading = NULL;
	o->end = WORKER_DIED;
	if (!has_failed(o, a->number)) {
		rc = collect_reader_job(a, o->x, &job, err);
		if (rc == 0)
			rc = worker_run(o->r->workers, a->reading, buf_slice(&job), was_read, o,
			                err);
		while (rc == 0 && !o->is_read)
			loop_run(o->r->loop);
	}
	buf_release(&job);
	struct answer answer = { .number = a->number, .reading = o->reading, .at_ms = o->x->at_ms };
	if (o->end != WORKER_DONE || o->code)
		answer.fault = FAULT_PARSER;
	if (rc == 0)
		rc = order_step(o->order, &answer, err);
	json_decref(o->reading);
	return rc;
}

/* All that it wants to have read of the exchange that it was told last. */
static int read_all(struct one *o, struct err *err)
{
	struct asks *asks = order_asks(o->order);
	int rc = 0;

	/* Other asks are those whose exchanges follow. */
	while (rc == 0 && asks->taken < asks->n) {
		struct ask a = asks->ask[asks->taken++];
		if (a.kind != ASK_READ)
			continue;
		if (!o->x || a.of != o->x->number)
			return err_set(err, ERR_USAGE, 0, "replay: a reading of what came before");
		rc = read_one(o, &a, err);
	}
	return rc;
}

/* ---- exchanges ---- */

/* Failures of readings lie behind the exchange that was read, so they are gathered first. */
static int note_fault(void *ctx, const struct archive_kept *kept, struct err *err)
{
	struct one *o = ctx;

	if (kept->x)
		return 0;
	if (o->fault_n == FAULTS_MAX)
		return err_set(err, ERR_CORRUPT, 0, "replay: more than %d failed readings",
		               FAULTS_MAX);
	o->fault[o->fault_n++] = kept->number;
	return 0;
}

static int tell(void *ctx, const struct archive_kept *kept, struct err *err)
{
	struct one *o = ctx;
	struct err why = { 0 };

	if (!kept->x || o->differs)
		return 0;
	struct answer a = {
		.exchange = kept->x,
		.number = kept->number,
		.fault = kept->x->fault,
		.at_ms = kept->x->at_ms,
		.evidence = kept->response,
		.has_evidence = kept->has_response,
		.picture = kept->picture,
		.has_picture = kept->has_picture,
	};
	o->x = kept->x;
	int rc = order_step(o->order, &a, &why);
	if (rc == 0)
		rc = read_all(o, &why);
	o->x = NULL;
	if (rc == ERR_USAGE) { /* what was kept was not asked for, now */
		o->differs = true;
		return 0;
	}
	if (rc && err)
		*err = why;
	return rc;
}

/* ---- orders ---- */

static int gather(void *ctx, struct sha256 order, const json_t *manifest, struct err *err)
{
	static const char *const keys[] = { "about", "observations", "order" };
	struct all *all = ctx;
	struct kept *k = ARENA_NEW(&all->arena, struct kept);
	struct table_entry *e;
	int bad = 0;

	if (!k)
		return no_memory(err);
	k->id = order;
	k->manifest = json_object();
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		bad |= json_put_new(k->manifest, keys[i],
		                    json_incref(json_object_get(manifest, keys[i])));
	e = table_put(&all->id, bytes_of(&k->id));
	if (!e || bad) {
		json_decref(k->manifest);
		return no_memory(err);
	}
	e->value = k;
	return 0;
}

static struct kept *kept_of(const struct all *all, struct sha256 id)
{
	const struct table_entry *e = table_find(&all->id, bytes_of(&id));

	return e ? e->value : NULL;
}

static struct kept *before_of(const struct all *all, const struct kept *k)
{
	struct slice before = json_str(json_obj(k->manifest, "about"), "before");
	struct sha256 id;

	return before.n && sha256_parse_hex(before, &id) ? kept_of(all, id) : NULL;
}

/* Which inputs were others then. */
static void say_inputs(const struct replay *r, const json_t *then, struct slice subject)
{
	const char *name;
	json_t *value;

	json_object_foreach(json_obj(then, "inputs"), name, value)
	{
		/* The list of RDAP servers is the one of then. */
		if (slice_eq_str(slice_str(name), "bootstrap") ||
		    json_equal(value, json_object_get(r->inputs, name)))
			continue;
		LOG_PUT(r->log, LEVEL_WARNING, "an input is another version",
		        LOG_STR("subject", subject), LOG_STR("input", slice_str(name)),
		        LOG_STR("then", json_text(value)),
		        LOG_STR("now", json_str(r->inputs, name)));
	}
}

static int compare(struct replay *r, const struct one *o, const json_t *manifest, struct err *err)
{
	struct slice digest = json_str(json_obj(manifest, "observations"), "digest");
	struct slice lines = order_lines(o->order);
	struct sha256 was = { { 0 } };
	bool whole = order_is_done(o->order) && !o->differs;
	int rc = evidence_address_parse(digest, &was, err);

	if (rc)
		return rc;
	if (whole && sha256_eq(was, sha256_of(lines))) {
		r->same++;
	} else {
		r->different++;
		LOG_PUT(r->log, LEVEL_ERROR,
		        whole ? "the observations are others now"
		              : "it asks for other things now than were kept",
		        LOG_STR("subject", o->subject),
		        LOG_STR("order", json_str(manifest, "order")));
		say_inputs(r, json_obj(manifest, "about"), o->subject);
	}
	return whole ? r->put(r->ctx, lines, err) : 0;
}

static int run(struct all *all, struct kept *k, const struct order_description *d, struct err *err)
{
	struct replay *r = all->r;
	const struct kept *before = before_of(all, k);
	struct one *o = calloc(1, sizeof(*o));
	struct order_tables tables = *r->tables;
	struct rdap_bootstrap bootstrap = { 0 };
	struct arena a = { 0 };
	struct sha256 digest;
	struct order_options how = {
		.subject = d->subject,
		.vantage = d->vantage,
		.vantage_n = d->vantage_n,
		.pages = d->pages,
		.render = d->render,
		.tables = &tables,
		.before = before ? before->observations : NULL,
	};
	int rc = o ? 0 : no_memory(err);

	if (rc)
		return rc;
	o->r = r;
	o->subject = d->subject.key;
	if (evidence_address_parse(json_str(d->inputs, "bootstrap"), &digest, NULL) == 0) {
		rc = collect_bootstrap_again(r->dir, digest, &a, &bootstrap, err);
		tables.bootstrap = &bootstrap;
	}
	if (rc == 0)
		rc = order_new(&how, &o->order, err);
	if (rc == 0)
		rc = archive_each_kept(r->archive, k->id, note_fault, o, err);
	if (rc == 0)
		rc = order_start(o->order, err);
	if (rc == 0)
		rc = archive_each_kept(r->archive, k->id, tell, o, err);
	if (rc == 0)
		rc = compare(r, o, k->manifest, err);
	if (rc == 0 && k->is_needed)
		k->observations = json_deep_copy(order_observations(o->order));
	order_free(o->order);
	free(o);
	arena_release(&a);
	return rc;
}

static int again(struct all *all, struct kept *k, struct err *err)
{
	struct arena a = { 0 };
	struct order_description d;
	struct kept *before;
	int rc = 0;

	if (k->is_done)
		return 0;
	k->is_done = true; /* so that orders which name each other end */
	before = before_of(all, k);
	if (before)
		rc = again(all, before, err);
	if (rc == 0)
		rc = order_description_read(json_obj(k->manifest, "about"), &a, &d, err);
	if (rc == 0)
		rc = run(all, k, &d, err);
	arena_release(&a);
	return rc;
}

static int again_as_told(struct all *all, struct err *err)
{
	struct buf text = { 0 }, path = { 0 };
	struct slice rest, line;
	int rc;

	buf_printf(&path, "%s/told", all->r->dir);
	rc = buf_ok(&path) ? file_read(buf_str(&path), TOLD_MAX, &text, err) : no_memory(err);
	if (rc == ERR_NOTFOUND)
		rc = 0;
	rest = buf_slice(&text);
	while (rc == 0 && slice_cut(&rest, '\n', &line)) {
		struct sha256 id;
		struct kept *k = sha256_parse_hex(line, &id) ? kept_of(all, id) : NULL;
		if (k)
			rc = again(all, k, err);
	}
	buf_release(&text);
	buf_release(&path);
	return rc;
}

int replay_all(struct replay *r, struct err *err)
{
	struct all all = { .r = r };
	int rc = hash_key_random(&all.id.key, err);

	r->same = r->different = 0;
	if (rc == 0)
		rc = archive_each(r->archive, gather, &all, err);
	for (size_t i = 0; i < all.id.n; i++) {
		struct kept *before = before_of(&all, all.id.entry[i].value);
		if (before)
			before->is_needed = true;
	}
	if (rc == 0)
		rc = again_as_told(&all, err);
	for (size_t i = 0; rc == 0 && i < all.id.n; i++)
		rc = again(&all, all.id.entry[i].value, err);
	for (size_t i = 0; i < all.id.n; i++) {
		const struct kept *k = all.id.entry[i].value;
		json_decref(k->manifest);
		json_decref(k->observations);
	}
	table_release(&all.id);
	arena_release(&all.arena);
	return rc;
}

#include "cmd/collect_past.h"

#include "base/arena.h"
#include "base/table.h"
#include "cmd/hash_key.h"
#include "collect/order_description.h"
#include "model/evidence.h"
#include "model/record.h"
#include "sys/file.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

enum {
	PATH_SIZE = 4096,
	ROUND_MAX = 4096,            /* bytes of round.json */
	TOLD_MAX = 1 << 30,          /* bytes of the journal */
	LINES_MAX = 256 << 20,       /* of one order */
	HEX = SHA256_HEX - 1,
};

/* One order that is there. */
struct kept {
	struct sha256 id, observations;
	int64_t round;
	bool told;
};

struct past {
	const char *dir;
	struct arena arena;
	struct table same, subject, id; /* to the newest struct kept; `id`: each */
	int64_t round;
	bool again, resumed;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
}

static int path_of(const struct past *p, const char *name, char path[PATH_SIZE], struct err *err)
{
	int n = snprintf(path, PATH_SIZE, "%s/%s", p->dir, name);

	return n > 0 && n < PATH_SIZE ? 0 : err_set(err, ERR_LIMIT, 0, "%s: too long", p->dir);
}

static struct slice bytes_of(const struct sha256 *d)
{
	return slice_from((const char *)d->b, SHA256_LEN);
}

/* ---- the orders that are there ---- */

static int put(struct table *t, struct slice key, struct kept *k, bool before, int64_t round,
               struct err *err)
{
	struct table_entry *e;
	const struct kept *was;

	/* Of the orders before this round. */
	if (before && k->round >= round)
		return 0;
	e = table_put(t, key);
	if (!e)
		return no_memory(err);
	was = e->value;
	if (!was || was->round <= k->round)
		e->value = k;
	return 0;
}

static int subject_key(struct past *p, struct subject s, struct slice *out, struct err *err)
{
	char *key = arena_printf(&p->arena, "%s %.*s", subject_kind_name(s.kind), SLICE_ARG(s.key));

	*out = slice_str(key);
	return key ? 0 : no_memory(err);
}

static int see(void *ctx, struct sha256 order, const json_t *manifest, struct err *err)
{
	struct past *p = ctx;
	const json_t *about = json_obj(manifest, "about");
	struct order_description d;
	struct arena a = { 0 };
	struct slice key = { 0 };
	struct kept *k = ARENA_NEW(&p->arena, struct kept);
	struct sha256 *same = ARENA_NEW(&p->arena, struct sha256);
	int rc = k && same ? order_description_read(about, &a, &d, err) : no_memory(err);

	if (rc == 0)
		rc = order_description_same(about, same, err);
	if (rc == 0)
		rc = evidence_address_parse(json_str(json_obj(manifest, "observations"), "digest"),
		                            &k->observations, err);
	if (rc == 0)
		rc = subject_key(p, d.subject, &key, err);
	if (rc == 0) {
		k->id = order;
		k->round = d.round;
		rc = put(&p->same, bytes_of(same), k, false, 0, err);
	}
	if (rc == 0)
		rc = put(&p->subject, key, k, true, p->round, err);
	if (rc == 0)
		rc = put(&p->id, bytes_of(&k->id), k, false, 0, err);
	arena_release(&a);
	return rc;
}

/* ---- the round ---- */

static int read_round(struct past *p, bool *is_open, struct err *err)
{
	char path[PATH_SIZE];
	struct buf text = { 0 };
	json_t *o = NULL;
	struct err why = { 0 };
	int rc = path_of(p, "round.json", path, err);

	if (rc)
		return rc;
	p->round = 1;
	*is_open = false;
	rc = file_read(path, ROUND_MAX, &text, &why);
	if (rc == 0)
		rc = json_parse_object(buf_slice(&text), ROUND_MAX, &o, &why);
	if (rc == 0)
		rc = json_need_i64(o, "round", &p->round, &why);
	if (rc == 0 && p->round < 1)
		rc = err_set(&why, ERR_CORRUPT, 0, "no round");
	*is_open = json_flag(o, "open", false);
	json_decref(o);
	buf_release(&text);
	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc == 0 || rc == ERR_NOMEM || rc == ERR_IO) {
		if (rc && err)
			*err = why;
		return rc;
	}
	return err_set(err, ERR_CORRUPT, 0, "%s: %s", path, why.what);
}

static int write_round(const struct past *p, bool is_open, struct err *err)
{
	char path[PATH_SIZE];
	struct buf text = { 0 };
	int rc = path_of(p, "round.json", path, err);

	buf_printf(&text, "{\"open\":%s,\"round\":%lld}\n", is_open ? "true" : "false",
	           (long long)p->round);
	if (rc == 0)
		rc = buf_ok(&text) ? file_write_whole(path, buf_slice(&text), err) : no_memory(err);
	buf_release(&text);
	return rc;
}

int past_begin(struct past *p, struct err *err)
{
	return p->again ? write_round(p, true, err) : 0;
}

int past_end(struct past *p, struct err *err)
{
	return p->again ? write_round(p, false, err) : 0;
}

/* ---- what was told ---- */

static int read_told(struct past *p, struct err *err)
{
	char path[PATH_SIZE];
	struct buf text = { 0 };
	struct err why = { 0 };
	struct slice rest, line;
	int rc = path_of(p, "told", path, err);

	if (rc)
		return rc;
	rc = file_read(path, TOLD_MAX, &text, &why);
	rest = buf_slice(&text);
	/* A line that a power cut left in parts is none: its order is told again. */
	while (rc == 0 && slice_cut(&rest, '\n', &line)) {
		struct sha256 id;
		const struct table_entry *e;
		if (line.n != HEX || !sha256_parse_hex(line, &id))
			continue;
		e = table_find(&p->id, bytes_of(&id));
		if (e)
			((struct kept *)e->value)->told = true;
	}
	buf_release(&text);
	if (rc && rc != ERR_NOTFOUND) {
		if (err)
			*err = why;
		return rc;
	}
	return 0;
}

bool past_was_told(const struct past *p, struct sha256 id)
{
	const struct table_entry *e = table_find(&p->id, bytes_of(&id));

	return e && ((const struct kept *)e->value)->told;
}

int past_note_told(struct past *p, struct sha256 id, struct err *err)
{
	char path[PATH_SIZE], line[SHA256_HEX + 1];
	int rc = path_of(p, "told", path, err);

	sha256_hex(id, line);
	line[HEX] = '\n';
	return rc ? rc : file_append(path, slice_from(line, SHA256_HEX), err);
}

/* ---- the whole ---- */

int past_open(const char *dir, struct archive *a, bool again, struct past **out, struct err *err)
{
	struct past *p = calloc(1, sizeof(*p));
	struct hash_key key = { 0 };
	bool is_open = false;
	int rc = p ? hash_key_random(&key, err) : no_memory(err);

	if (rc) {
		free(p);
		return rc;
	}
	p->dir = dir;
	p->again = again;
	p->same.key = p->subject.key = p->id.key = key;
	rc = read_round(p, &is_open, err);
	if (rc == 0 && again) {
		p->resumed = is_open;
		p->round += !is_open;
	}
	if (rc == 0)
		rc = archive_each(a, see, p, err);
	if (rc == 0)
		rc = read_told(p, err);
	if (rc)
		past_free(p);
	else
		*out = p;
	return rc;
}

void past_free(struct past *p)
{
	if (!p)
		return;
	table_release(&p->same);
	table_release(&p->subject);
	table_release(&p->id);
	arena_release(&p->arena);
	free(p);
}

int64_t past_round(const struct past *p)
{
	return p->round;
}

bool past_is_resumed(const struct past *p)
{
	return p->resumed;
}

bool past_has(const struct past *p, struct sha256 same, struct sha256 *id)
{
	const struct table_entry *e = table_find(&p->same, bytes_of(&same));
	const struct kept *k = e ? e->value : NULL;

	if (!k || (p->again && k->round < p->round))
		return false;
	*id = k->id;
	return true;
}

bool past_before(const struct past *p, struct subject subject, struct sha256 *id)
{
	struct arena a = { 0 };
	const struct table_entry *e = NULL;
	char *key = arena_printf(&a, "%s %.*s", subject_kind_name(subject.kind),
	                         SLICE_ARG(subject.key));

	if (key)
		e = table_find(&p->subject, slice_str(key));
	if (e)
		*id = ((const struct kept *)e->value)->id;
	arena_release(&a);
	return e != NULL;
}

/* ---- lines ---- */

static int lines_path(const struct past *p, struct sha256 id, bool make, char path[PATH_SIZE],
                      struct err *err)
{
	char hex[SHA256_HEX], name[SHA256_HEX + 64];

	sha256_hex(id, hex);
	snprintf(name, sizeof(name), "observations/%.2s", hex);
	int rc = path_of(p, name, path, err);
	if (rc == 0 && make)
		rc = file_make_dir(path, err);
	snprintf(name, sizeof(name), "observations/%.2s/%s.jsonl", hex, hex);
	return rc ? rc : path_of(p, name, path, err);
}

int past_keep(struct past *p, struct sha256 id, struct slice lines, struct err *err)
{
	char path[PATH_SIZE];
	int rc = lines_path(p, id, true, path, err);

	return rc ? rc : file_write_unsynced(path, lines, err);
}

int past_lines(struct past *p, struct sha256 id, struct buf *out, struct err *err)
{
	const struct table_entry *e = table_find(&p->id, bytes_of(&id));
	char path[PATH_SIZE];
	size_t from = out->n;
	int rc = e ? lines_path(p, id, false, path, err)
	           : err_set(err, ERR_NOTFOUND, 0, "collect: no such order");

	if (rc == 0)
		rc = file_read(path, LINES_MAX, out, err);
	if (rc)
		return rc;
	const struct kept *k = e->value;
	if (!sha256_eq(sha256_of(slice_sub(buf_slice(out), from, out->n)), k->observations)) {
		out->n = from;
		return err_set(err, ERR_CORRUPT, 0,
		               "%s: it was altered: its manifest has another digest", path);
	}
	return 0;
}

int past_observations(struct past *p, struct sha256 id, json_t **out, struct err *err)
{
	struct buf text = { 0 };
	struct slice rest, line;
	json_t *list = json_array();
	int rc = list ? past_lines(p, id, &text, err) : no_memory(err);

	rest = buf_slice(&text);
	while (rc == 0 && slice_cut(&rest, '\n', &line)) {
		json_t *one;
		rc = json_parse_object(line, RECORD_LINE_MAX, &one, err);
		if (rc == 0 && json_add_new(list, one))
			rc = no_memory(err);
	}
	buf_release(&text);
	if (rc)
		json_decref(list);
	else
		*out = list;
	return rc;
}

#include "cmd/collect_bootstrap.h"

#include "cmd/collect_reader.h"
#include "sys/file.h"
#include "wire/json.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096, FRESH_S = 86400 };

struct fetching {
	const struct bootstrap_edges *e;
	struct buf text;      /* canonical JSON of the list */
	bool is_done;
	struct err why;       /* set where there is none */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "bootstrap: out of memory");
}

static int path_of(const char *dir, const char *name, char path[PATH_SIZE], struct err *err)
{
	int n = snprintf(path, PATH_SIZE, "%s/bootstrap/%s", dir, name);

	return n > 0 && n < PATH_SIZE ? 0 : err_set(err, ERR_LIMIT, 0, "%s: too long", dir);
}

/* The name of a list by its digest. */
static int path_of_list(const char *dir, struct sha256 digest, char path[PATH_SIZE],
                        struct err *err)
{
	char hex[SHA256_HEX], name[SHA256_HEX + 5];

	sha256_hex(digest, hex);
	snprintf(name, sizeof(name), "%s.json", hex);
	return path_of(dir, name, path, err);
}

static int read_list(struct slice text, struct arena *arena, struct rdap_bootstrap *out,
                     struct err *err)
{
	json_t *o;
	int rc = json_parse_object(text, RDAP_BOOTSTRAP_BYTES * 2, &o, err);

	if (rc)
		return rc;
	rc = rdap_bootstrap_from_json(o, arena, out, err);
	json_decref(o);
	return rc;
}

int collect_bootstrap_again(const char *dir, struct sha256 digest, struct arena *arena,
                            struct rdap_bootstrap *out, struct err *err)
{
	char path[PATH_SIZE];
	struct buf text = { 0 };
	int rc = path_of_list(dir, digest, path, err);

	if (rc == 0)
		rc = file_read(path, RDAP_BOOTSTRAP_BYTES * 2, &text, err);
	if (rc == 0 && !sha256_eq(sha256_of(buf_slice(&text)), digest))
		rc = err_set(err, ERR_CORRUPT, 0, "%s: it was altered", path);
	if (rc == 0)
		rc = read_list(buf_slice(&text), arena, out, err);
	buf_release(&text);
	return rc;
}

/* ---- from the network ---- */

static void was_read(void *ctx, enum worker_end end, int code, struct slice result)
{
	struct fetching *f = ctx;
	json_t *reading = NULL;
	int rc = ERR_SYNTAX;

	f->is_done = true;
	if (end == WORKER_DONE && code == 0)
		rc = json_parse_object(result, RDAP_BOOTSTRAP_BYTES * 4, &reading, &f->why);
	if (rc == 0 && json_obj(reading, "bootstrap"))
		rc = json_canonical(json_obj(reading, "bootstrap"), &f->text, &f->why);
	if (rc || f->text.n == 0)
		err_set(&f->why, ERR_SYNTAX, 0, "it is no list of RDAP servers");
	json_decref(reading);
	loop_stop(f->e->loop);
}

static void came(void *ctx, const struct exchange *x)
{
	struct fetching *f = ctx;
	struct ask read = { .kind = ASK_READ, .reading = READ_RDAP };
	struct buf job = { 0 };
	int rc = 0;

	if (x->fault != FAULT_NONE)
		rc = err_set(&f->why, ERR_IO, 0, "%s", exchange_fault_name(x->fault));
	if (rc == 0)
		rc = collect_reader_job(&read, x, &job, &f->why);
	if (rc == 0)
		rc = worker_run(f->e->workers, READ_RDAP, buf_slice(&job), was_read, f, &f->why);
	buf_release(&job);
	if (rc) {
		f->is_done = true;
		loop_stop(f->e->loop);
	}
}

static int fetch(struct fetching *f, struct err *err)
{
	struct fetch_request q = {
		.url = slice_str(f->e->config->bootstrap),
		.user_agent = slice_str(f->e->config->user_agent),
		.limits = { .body_bytes = RDAP_BOOTSTRAP_BYTES,
		            .total_ms = f->e->config->seconds * 1000 },
	};
	int rc = fetch_start(f->e->fetcher, &q, came, f, err);

	while (rc == 0 && !f->is_done)
		loop_run(f->e->loop);
	return rc;
}

/* ---- from where it lies ---- */

static int from_file(const char *path, struct buf *out, struct err *err)
{
	struct buf text = { 0 };
	struct arena a = { 0 };
	struct rdap_bootstrap list;
	int rc = file_read(path, RDAP_BOOTSTRAP_BYTES, &text, err);

	if (rc == 0 && (rc = rdap_bootstrap_parse(buf_slice(&text), &a, &list, err)))
		err_wrap(err, "%s", path);
	if (rc == 0) {
		json_t *o = rdap_bootstrap_to_json(&list);
		rc = o ? json_canonical(o, out, err) : no_memory(err);
		json_decref(o);
	}
	buf_release(&text);
	arena_release(&a);
	return rc;
}

/* An empty one stands for none, and is not to be gone by for a day. */
static int keep(const char *dir, struct slice text, bool is_empty, struct err *err)
{
	char path[PATH_SIZE];
	int rc = path_of(dir, "", path, err);

	if (rc == 0)
		rc = file_make_dir(path, err);
	if (rc == 0)
		rc = path_of_list(dir, sha256_of(text), path, err);
	if (rc == 0)
		rc = file_write_whole(path, text, err);
	if (rc || is_empty)
		return rc;
	rc = path_of(dir, "latest.json", path, err);
	return rc ? rc : file_write_whole(path, text, err);
}

static bool is_address(const char *s)
{
	return strncmp(s, "https://", 8) == 0 || strncmp(s, "http://", 7) == 0;
}

static int from_network(const struct bootstrap_edges *e, const char *latest, struct buf *out,
                        struct err *err)
{
	struct fetching f = { .e = e };
	int64_t at = 0;
	uint64_t length = 0;
	bool is_there = file_stat(latest, &at, &length, NULL) == 0;

	if (is_there && e->now - at < FRESH_S)
		return file_read(latest, RDAP_BOOTSTRAP_BYTES * 2, out, err);
	int rc = fetch(&f, &f.why);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (f.text.n) {
		buf_put(out, buf_slice(&f.text));
		buf_release(&f.text);
		return buf_ok(out) ? 0 : no_memory(err);
	}
	LOG_PUT(e->log, LEVEL_WARNING,
	        is_there ? "the list of RDAP servers cannot be had: an older one is gone by"
	                 : "the list of RDAP servers cannot be had: WHOIS is asked instead",
	        LOG_STR("url", slice_str(e->config->bootstrap)),
	        LOG_STR("why", slice_str(f.why.what)));
	if (is_there)
		return file_read(latest, RDAP_BOOTSTRAP_BYTES * 2, out, err);
	buf_puts(out, "{}");
	return buf_ok(out) ? 0 : no_memory(err);
}

int collect_bootstrap_load(const struct bootstrap_edges *e, const char *dir, struct arena *arena,
                           struct rdap_bootstrap *out, struct sha256 *digest, struct err *err)
{
	struct buf text = { 0 };
	char latest[PATH_SIZE];
	int rc = path_of(dir, "latest.json", latest, err);

	if (rc == 0)
		rc = is_address(e->config->bootstrap)
		             ? from_network(e, latest, &text, err)
		             : from_file(e->config->bootstrap, &text, err);
	if (rc == 0)
		rc = read_list(buf_slice(&text), arena, out, err);
	if (rc == 0)
		*digest = sha256_of(buf_slice(&text));
	if (rc == 0)
		rc = keep(dir, buf_slice(&text), out->n == 0, err);
	buf_release(&text);
	return rc;
}

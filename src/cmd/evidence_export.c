#include "cmd/evidence_export.h"

#include "cmd/casefile.h"
#include "cmd/hash_key.h"
#include "model/evidence.h"
#include "store/blob.h"
#include "store/redact.h"
#include "store/reference.h"
#include "sys/file.h"

enum { FILE_MAX = 64 << 20 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* "PATH/A" or "PATH/A/B", in x->name. */
static const char *named(struct evidence_export *x, const char *a, const char *b)
{
	buf_clear(&x->name);
	buf_printf(&x->name, "%s/%s%s%s", x->path, a, b ? "/" : "", b ? b : "");
	return buf_ok(&x->name) ? buf_str(&x->name) : NULL;
}

static int write_file(struct evidence_export *x, const char *a, const char *b, struct slice bytes,
                      struct err *err)
{
	const char *path = named(x, a, b);

	return path ? file_write_whole(path, bytes, err) : no_memory(err);
}

static int copy_file(struct evidence_export *x, const char *from, const char *a, const char *b,
                     struct err *err)
{
	struct buf bytes = { 0 };
	int rc = file_read(from, FILE_MAX, &bytes, err);

	if (rc == 0)
		rc = write_file(x, a, b, buf_slice(&bytes), err);
	buf_release(&bytes);
	return rc;
}

/* The files of a folder whose names end so. */
static int copy_folder(struct evidence_export *x, const char *from, const char *a,
                       const char *const *ends, struct err *err)
{
	const char *to = named(x, a, NULL);
	char **names = NULL;
	size_t n = 0;
	int rc = to ? file_make_dir(to, err) : no_memory(err);

	if (rc == 0)
		rc = file_list(from, &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct buf path = { 0 };
		bool wanted = false;
		for (const char *const *end = ends; *end; end++)
			wanted = wanted || slice_ends(slice_str(names[i]), slice_str(*end));
		buf_printf(&path, "%s/%s", from, names[i]);
		if (wanted)
			rc = buf_ok(&path) ? copy_file(x, buf_str(&path), a, names[i], err)
			                   : no_memory(err);
		buf_release(&path);
	}
	file_list_free(names, n);
	return rc;
}

static int write_platforms(struct evidence_export *x, const struct config *config, struct err *err)
{
	struct buf text = { 0 };

	buf_puts(&text, "# Suffixes under which tenants were subjects of their own.\nplatforms:");
	for (size_t i = 0; i < config->n_platforms; i++)
		buf_printf(&text, "\n  - %.*s", SLICE_ARG(config->platforms[i]));
	buf_puts(&text, config->n_platforms ? "\n" : " []\n");
	int rc = buf_ok(&text) ? write_file(x, "assay.yaml", NULL, buf_slice(&text), err)
	                       : no_memory(err);
	buf_release(&text);
	return rc;
}

static int refuse_others(const char *path, struct err *err)
{
	char **names = NULL;
	size_t n = 0;
	int rc = file_list(path, &names, &n, err);

	file_list_free(names, n);
	if (rc == 0 && n)
		rc = err_set(err, ERR_REFUSED, 0,
		             "%s: something is in it already; name a new folder", path);
	return rc;
}

int evidence_export_begin(const char *path, const struct config *config,
                          struct evidence_export *out, struct err *err)
{
	static const char *const packs[] = { ".yaml", ".yaml.sig", ".pub", NULL };
	static const char *const lexicon[] = { ".tsv", NULL };
	int rc;

	out->path = path;
	if ((rc = hash_key_random(&out->known.key, err)))
		return rc;
	if ((rc = file_make_dir(path, err)) || (rc = refuse_others(path, err)) ||
	    (rc = copy_folder(out, config->packs, "packs", packs, err)) ||
	    (rc = copy_folder(out, config->lexicon, "lexicon", lexicon, err)))
		return rc;
	rc = copy_file(out, config->suffixes ? config->suffixes : REFERENCE_SUFFIXES,
	               "suffixes.dat", NULL, err);
	return rc ? rc : write_platforms(out, config, err);
}

static int took(void *ctx, const struct record *r, const struct slice *bytes, struct err *err)
{
	struct evidence_export *x = ctx;
	struct sha256 digest;
	int rc = record_format(r, &x->lines, err);

	buf_putc(&x->lines, '\n');
	if (rc == 0 && bytes) {
		const char *blobs = named(x, "blob", NULL);
		rc = blobs ? blob_put(blobs, *bytes, false, &digest, err) : no_memory(err);
	}
	return rc;
}

void evidence_export_from(struct evidence_export *x, struct intake_memory *m)
{
	m->took = took;
	m->took_ctx = x;
}

/* ---- out of a store ---- */

struct taking {
	struct evidence_export *x;
	struct store *store;
	int64_t before;
	struct slice what; /* only observations of this kind, as their bytes say it; empty: all */
};

static int put_line(struct taking *t, const struct store_record *r, struct err *err)
{
	struct evidence_export *x = t->x;
	struct slice id = slice_from((const char *)r->id.b, SHA256_LEN);

	if (table_find(&x->known, id))
		return 0;
	struct slice kept = arena_copy(&x->arena, id);
	if (!kept.p || !table_put(&x->known, kept))
		return no_memory(err);
	buf_put(&x->lines, r->body);
	buf_putc(&x->lines, '\n');
	return buf_ok(&x->lines) ? 0 : no_memory(err);
}

/* The bytes of a page, where they may be handed on and are still there. What was taken out is told by
 * the record that took it out. */
static int put_bytes(struct taking *t, struct sha256 digest, struct err *err)
{
	struct buf bytes = { 0 };
	struct arena a = { 0 };
	struct store_evidence e;
	struct store_gone gone;
	struct store_record by;
	struct err why = { 0 };
	int rc = store_get_evidence(t->store, digest, &bytes, &a, &e, &why);

	if (rc == ERR_NOTFOUND && store_find_gone(t->store, digest, &gone, NULL) == 0) {
		rc = store_get_record_at(t->store, gone.by, &a, &by, err);
		if (rc == 0)
			rc = put_line(t, &by, err);
	} else if (rc == ERR_NOTFOUND) {
		rc = 0;
	} else if (rc == 0 && slice_eq_str(e.cls, "public")) {
		const char *blobs = named(t->x, "blob", NULL);
		rc = blobs ? blob_put(blobs, buf_slice(&bytes), false, &digest, err)
		           : no_memory(err);
	} else if (rc && err) {
		*err = why;
	}
	buf_release(&bytes);
	arena_release(&a);
	return rc;
}

static int take(void *ctx, const struct store_record *r, struct err *err)
{
	struct taking *t = ctx;
	json_t *body = NULL;
	struct evidence e;

	if (r->seq >= t->before || store_is_redacted(r->body) ||
	    (t->what.n && slice_find_slice(r->body, t->what) == r->body.n))
		return 0;
	int rc = put_line(t, r, err);
	if (rc == 0)
		rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc == 0 && slice_eq_str(json_str(body, "what"), "page") &&
	    evidence_from_json(json_array_get(json_arr(body, "evidence"), 0), &e, NULL) == 0)
		rc = put_bytes(t, e.address, err);
	json_decref(body);
	return rc;
}

static int take_subject(struct taking *t, struct subject subject, struct err *err)
{
	struct store_filter f = { .type = SLICE("observation"),
		                  .kind = slice_str(subject_kind_name(subject.kind)),
		                  .key = subject.key };

	return store_each_record(t->store, &f, take, t, err);
}

int evidence_export_verdict(struct evidence_export *x, struct store *store,
                            const struct suffixes *suffixes, const struct record *verdict,
                            int64_t before, struct err *err)
{
	struct store_filter registers = { .type = SLICE("observation") };
	struct taking t = { x, store, before, { NULL, 0 } };
	struct arena a = { 0 };
	struct subject site, registered;
	/* Pages under an address may have been split off a site, whose pages then count too. */
	int rc = take_subject(&t, verdict->subject, err);

	if (rc == 0)
		rc = subject_site(verdict->subject, suffixes, &a, &site, err);
	if (rc == 0)
		rc = take_subject(&t, site, err);
	if (rc == 0)
		rc = casefile_registered(verdict->subject, suffixes, &a, &registered, err);
	if (rc == 0) {
		t.what = SLICE("\"what\":\"registration\"");
		rc = take_subject(&t, registered, err);
	}
	if (rc == 0) {
		t.what = SLICE("\"what\":\"register\"");
		rc = store_each_record(store, &registers, take, &t, err);
	}
	arena_release(&a);
	return rc;
}

int evidence_export_end(struct evidence_export *x, struct err *err)
{
	if (!buf_ok(&x->lines))
		return no_memory(err);
	return write_file(x, "observations.jsonl", NULL, buf_slice(&x->lines), err);
}

void evidence_export_release(struct evidence_export *x)
{
	buf_release(&x->lines);
	buf_release(&x->name);
	table_release(&x->known);
	arena_release(&x->arena);
}

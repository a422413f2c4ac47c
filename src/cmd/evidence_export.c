#include "cmd/evidence_export.h"

#include "store/blob.h"
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
}

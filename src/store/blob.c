#include "store/blob.h"

#include "sys/file.h"
#include "sys/remove.h"

#include <stdio.h>

void blob_path(const char *root, struct sha256 digest, struct buf *out)
{
	char hex[SHA256_HEX];

	sha256_hex(digest, hex);
	buf_printf(out, "%s/%.2s/%s", root, hex, hex + 2);
}

/* ROOT/ab */
static int make_folder(const char *root, struct sha256 digest, struct err *err)
{
	struct buf dir = { 0 };
	enum file_kind kind;
	char hex[SHA256_HEX];

	sha256_hex(digest, hex);
	buf_printf(&dir, "%s/%.2s", root, hex);
	if (!buf_ok(&dir))
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", root);
	int rc = file_kind_of(buf_str(&dir), &kind, err);
	if (rc == 0 && kind == FILE_ABSENT)
		rc = file_make_dir(buf_str(&dir), err);
	buf_release(&dir);
	return rc;
}

int blob_clean(const char *root, struct err *err)
{
	char tmp[4200];
	int n = snprintf(tmp, sizeof(tmp), "%s/tmp", root);

	if (n < 0 || (size_t)n >= sizeof(tmp))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", root);
	return remove_flat_folder(tmp, err);
}

int blob_remove(const char *root, struct sha256 digest, struct err *err)
{
	struct buf path = { 0 };

	blob_path(root, digest, &path);
	int rc = buf_ok(&path) ? remove_file(buf_str(&path), err)
			       : err_set(err, ERR_NOMEM, 0, "%s: out of memory", root);
	buf_release(&path);
	return rc;
}

/* Written under a name of its own first, so that what a killed writer leaves is told apart. */
static int write_blob(const char *root, const char *path, struct sha256 digest, struct slice bytes,
		      struct err *err)
{
	struct buf tmp = { 0 };
	enum file_kind kind;
	char hex[SHA256_HEX];

	sha256_hex(digest, hex);
	buf_printf(&tmp, "%s/tmp", root);
	int rc = buf_ok(&tmp) ? file_kind_of(buf_str(&tmp), &kind, err)
			      : err_set(err, ERR_NOMEM, 0, "%s: out of memory", root);
	if (rc == 0 && kind == FILE_ABSENT)
		rc = file_make_dir(buf_str(&tmp), err);
	buf_printf(&tmp, "/%s", hex);
	if (rc == 0 && !buf_ok(&tmp))
		rc = err_set(err, ERR_NOMEM, 0, "%s: out of memory", root);
	if (rc == 0)
		rc = file_write_unsynced(buf_str(&tmp), bytes, err);
	if (rc == 0)
		rc = file_move(buf_str(&tmp), path, err);
	buf_release(&tmp);
	return rc;
}

int blob_sync(const char *root, struct err *err)
{
	enum file_kind kind;
	int rc = file_kind_of(root, &kind, err);

	return rc || kind == FILE_ABSENT ? rc : file_sync_all(root, err);
}

static int compare(const char *path, struct slice bytes, struct err *err)
{
	struct buf have = { 0 };
	int rc = file_read(path, bytes.n, &have, err);
	if (rc == ERR_LIMIT || (rc == 0 && !slice_eq(buf_slice(&have), bytes)))
		rc = err_set(err, ERR_CORRUPT, 0,
			     "%s: the evidence kept under this name was altered: move the file "
			     "away and run again", path);
	buf_release(&have);
	return rc;
}

int blob_put(const char *root, struct slice bytes, bool known, struct sha256 *digest,
	     struct err *err)
{
	struct sha256 d = sha256_of(bytes);
	struct buf path = { 0 };
	enum file_kind kind;

	blob_path(root, d, &path);
	if (!buf_ok(&path))
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", root);
	int rc = file_kind_of(buf_str(&path), &kind, err);
	if (rc == 0 && kind != FILE_ABSENT) {
		rc = compare(buf_str(&path), bytes, err);
		if (rc == ERR_CORRUPT && !known)
			rc = write_blob(root, buf_str(&path), d, bytes, err);
	} else if (rc == 0) {
		rc = make_folder(root, d, err);
		if (rc == 0)
			rc = write_blob(root, buf_str(&path), d, bytes, err);
	}
	buf_release(&path);
	if (rc == 0)
		*digest = d;
	return rc;
}

int blob_get(const char *root, struct sha256 digest, size_t limit, struct buf *out,
	     struct err *err)
{
	struct buf path = { 0 };
	size_t keep = out->n;

	blob_path(root, digest, &path);
	if (!buf_ok(&path))
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", root);
	int rc = file_read(buf_str(&path), limit, out, err);
	if (rc == 0) {
		struct slice got = slice_sub(buf_slice(out), keep, out->n);
		if (!sha256_eq(sha256_of(got), digest)) {
			out->n = keep;
			if (out->p)
				out->p[keep] = '\0';
			rc = err_set(err, ERR_CORRUPT, 0,
				     "%s: the evidence was altered (its SHA-256 is another): "
				     "restore this file from a backup", buf_str(&path));
		}
	}
	buf_release(&path);
	return rc;
}

static int each_in(const char *root, const char *folder, blob_fn fn, void *ctx, struct err *err)
{
	struct buf path = { 0 };
	char **names = NULL;
	size_t n = 0;

	buf_printf(&path, "%s/%s", root, folder);
	int rc = buf_ok(&path) ? file_list(buf_str(&path), &names, &n, err) :
				 err_set(err, ERR_NOMEM, 0, "%s: out of memory", root);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		char hex[SHA256_HEX];
		struct sha256 digest = { 0 };
		bool is_blob = false;
		if (strlen(folder) == 2 && strlen(names[i]) == SHA256_HEX - 3) {
			snprintf(hex, sizeof(hex), "%s%s", folder, names[i]);
			is_blob = sha256_parse_hex(slice_str(hex), &digest);
		}
		buf_clear(&path);
		buf_printf(&path, "%s/%s", folder, names[i]);
		rc = buf_ok(&path) ? fn(ctx, buf_str(&path), is_blob, digest, err) :
				     err_set(err, ERR_NOMEM, 0, "%s: out of memory", root);
	}
	file_list_free(names, n);
	buf_release(&path);
	return rc;
}

int blob_each(const char *root, blob_fn fn, void *ctx, struct err *err)
{
	char **names = NULL;
	size_t n = 0;
	enum file_kind kind;
	int rc = file_kind_of(root, &kind, err);
	if (rc || kind == FILE_ABSENT)
		return rc;
	rc = file_list(root, &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		char path[4096];
		int len = snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		if (len < 0 || (size_t)len >= sizeof(path)) {
			rc = err_set(err, ERR_LIMIT, 0, "%s: path too long", root);
			break;
		}
		rc = file_kind_of(path, &kind, err);
		if (rc)
			break;
		if (kind == FILE_DIRECTORY)
			rc = each_in(root, names[i], fn, ctx, err);
		else
			rc = fn(ctx, names[i], false, (struct sha256){ 0 }, err);
	}
	file_list_free(names, n);
	return rc;
}

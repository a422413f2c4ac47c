#include "cmd/serve_assets.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/hex.h"
#include "base/sha256.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { ASSETS_MAX = 64, ASSET_BYTES_MAX = 4 << 20, LIST_BYTES_MAX = 64 << 10 };

struct serve_assets {
	struct serve_asset asset[ASSETS_MAX];
	size_t n;
	struct arena arena;
};

static const char *keep(struct serve_assets *a, struct slice s)
{
	return arena_copy(&a->arena, s).p;
}

static void put_etag(struct serve_asset *asset)
{
	struct sha256 digest = sha256_of(asset->bytes);
	char hex[17];

	hex_encode(digest.b, 8, hex);
	snprintf(asset->etag, sizeof(asset->etag), "\"%s\"", hex);
}

static int load_file(struct serve_assets *a, const char *folder, struct slice path,
                     struct slice file, struct slice type, size_t *missing, struct err *err)
{
	struct serve_asset *asset = &a->asset[a->n];
	struct buf bytes = { 0 };
	char full[4096];
	int n = snprintf(full, sizeof(full), "%s/%.*s", folder, SLICE_ARG(file));

	if (n < 0 || (size_t)n >= sizeof(full))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", folder);
	int rc = file_read(full, ASSET_BYTES_MAX, &bytes, err);
	if (rc == ERR_NOTFOUND && slice_starts(file, SLICE("node_modules/"))) {
		buf_release(&bytes);
		++*missing;
		return 0;
	}
	if (rc == 0) {
		asset->path = keep(a, path);
		asset->media_type = keep(a, type);
		asset->bytes = arena_copy(&a->arena, buf_slice(&bytes));
		if (!asset->path || !asset->media_type || (bytes.n && !asset->bytes.p))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	if (rc == 0) {
		put_etag(asset);
		a->n++;
	}
	buf_release(&bytes);
	return rc;
}

static int load_all(struct serve_assets *a, const char *folder, size_t *missing, struct err *err)
{
	char list[4096];
	struct buf text = { 0 };
	struct slice rest, line;
	int number = 0, n = snprintf(list, sizeof(list), "%s/assets.tsv", folder);

	if (n < 0 || (size_t)n >= sizeof(list))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", folder);
	int rc = file_read(list, LIST_BYTES_MAX, &text, err);
	rest = buf_slice(&text);
	while (rc == 0 && slice_cut(&rest, '\n', &line)) {
		struct slice path, file, type = line;
		number++;
		if (number == 1 || line.n == 0)
			continue; /* the head */
		if (!slice_cut(&type, '\t', &path) || !slice_cut(&type, '\t', &file) || type.n == 0 ||
		    slice_find(type, '\t') < type.n || path.n == 0 || file.n == 0)
			rc = err_set(err, ERR_SYNTAX, 0,
			             "%s:%d: a line is path, file and media type, with tabs between",
			             list, number);
		else if (a->n == ASSETS_MAX)
			rc = err_set(err, ERR_LIMIT, 0, "%s:%d: over %d files", list, number,
			             (int)ASSETS_MAX);
		else
			rc = load_file(a, folder, path, file, type, missing, err);
	}
	buf_release(&text);
	return rc;
}

int serve_assets_load(const char *folder, struct serve_assets **out, size_t *missing,
                      struct err *err)
{
	struct serve_assets *a = calloc(1, sizeof(*a));

	if (!a)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	*missing = 0;
	int rc = load_all(a, folder, missing, err);
	if (rc)
		serve_assets_free(a);
	else
		*out = a;
	return rc;
}

void serve_assets_free(struct serve_assets *a)
{
	if (!a)
		return;
	arena_release(&a->arena);
	free(a);
}

const struct serve_asset *serve_assets_find(const struct serve_assets *a, struct slice path)
{
	for (size_t i = 0; i < a->n; i++)
		if (slice_eq_str(path, a->asset[i].path))
			return &a->asset[i];
	return NULL;
}

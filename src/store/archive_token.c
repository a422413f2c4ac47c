#include "store/archive_token.h"

#include "store/archive_inside.h"
#include "sys/file.h"
#include "wire/tsp.h"

#include <string.h>

enum { MANIFEST_MAX = 256 << 20 };

/* "orders/ab/ID.json" and, in its place, ".tsr". */
static int path_of(struct archive *a, struct sha256 order, const char *ending, struct buf *path,
                   struct err *err)
{
	char name[90];

	archive_manifest_name(order, name);
	memcpy(name + strlen(name) - strlen(".json"), ending, strlen(ending) + 1);
	buf_clear(path);
	return archive_path(a, name, path, err);
}

int archive_token_is(struct archive *a, struct sha256 order, bool *out, struct err *err)
{
	enum file_kind kind = FILE_ABSENT;
	struct buf path = { 0 };
	int rc = path_of(a, order, ".tsr", &path, err);

	if (rc == 0)
		rc = file_kind_of(buf_str(&path), &kind, err);
	*out = rc == 0 && kind != FILE_ABSENT;
	buf_release(&path);
	return rc;
}

int archive_token_imprint(struct archive *a, struct sha256 order, struct sha256 *out,
                          struct err *err)
{
	struct buf path = { 0 }, manifest = { 0 };
	int rc = path_of(a, order, ".json", &path, err);

	if (rc == 0)
		rc = file_read(buf_str(&path), MANIFEST_MAX, &manifest, err);
	if (rc == 0)
		*out = sha256_of(buf_slice(&manifest));
	buf_release(&path);
	buf_release(&manifest);
	return rc;
}

int archive_token_put(struct archive *a, struct sha256 order, uint64_t nonce, struct slice response,
                      int64_t *at, struct err *err)
{
	struct sha256 imprint;
	struct buf path = { 0 };
	int rc = archive_token_imprint(a, order, &imprint, err);

	if (rc == 0)
		rc = tsp_response(response, imprint, nonce, at, err);
	if (rc == 0)
		rc = path_of(a, order, ".tsr", &path, err);
	if (rc == 0)
		rc = file_write_whole(buf_str(&path), response, err);
	buf_release(&path);
	return rc;
}

int archive_token_check(struct archive *a, struct sha256 order, int64_t *at, struct err *err)
{
	struct sha256 imprint;
	struct buf path = { 0 }, response = { 0 };
	int rc = path_of(a, order, ".tsr", &path, err);

	if (rc == 0)
		rc = file_read(buf_str(&path), TSP_RESPONSE_MAX, &response, err);
	if (rc == 0)
		rc = archive_token_imprint(a, order, &imprint, err);
	if (rc == 0)
		rc = tsp_response(buf_slice(&response), imprint, 0, at, err);
	buf_release(&path);
	buf_release(&response);
	return rc;
}

/* Files that pages are made of, read once and served from memory.
 *
 *   list   web/assets.tsv: a head, then path under /assets/, file under web/, media type
 *   owns   all bytes, until it is freed: an answer may point into them */
#ifndef CMD_SERVE_ASSETS_H
#define CMD_SERVE_ASSETS_H

#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>

struct serve_asset {
	const char *path, *media_type;
	struct slice bytes;
	char etag[20]; /* with its quotation marks: of the bytes' digest */
};

struct serve_assets;

/* Read the list and its files from a folder. A file of npm's (node_modules/...) that is not there is
 * counted in *missing, and pages do without; any other is ERR_NOTFOUND. ERR_SYNTAX "FILE:LINE",
 * ERR_IO, ERR_NOMEM. */
int serve_assets_load(const char *folder, struct serve_assets **out, size_t *missing,
                      struct err *err);
void serve_assets_free(struct serve_assets *assets);

/* By its path under /assets/, or NULL. */
const struct serve_asset *serve_assets_find(const struct serve_assets *assets, struct slice path);

#endif

/* Where the files of a tiled log are kept: a folder, memory, a server.
 *
 * Paths are those of wire/tile.h ("checkpoint", "tile/0/000"). An implementation names the path in
 * every failure. ctx is not owned. */
#ifndef WIRE_TILE_STORE_H
#define WIRE_TILE_STORE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include "wire/tile.h"

#include <stdbool.h>
#include <stddef.h>

/* Called per file; a value other than 0 ends the walk and is returned by it. */
typedef int (*tile_seen_fn)(void *arg, const char *path, struct err *err);

struct tile_store {
	/* Append the whole file to out. ERR_NOTFOUND when it is absent; ERR_LIMIT when it is longer
	 * than limit bytes, and then out is as it was; ERR_IO, ERR_NOMEM. */
	int (*read)(void *ctx, const char *path, size_t limit, struct buf *out, struct err *err);

	/* Write a file whole and make it durable, with the folders that lead to it: when this
	 * returns 0 a power cut loses nothing; when it fails the old bytes, or none, are there. */
	int (*write)(void *ctx, const char *path, struct slice bytes, struct err *err);

	/* Write a file whole: a crash of the program leaves the old bytes, none or the new ones, but a
	 * power cut before `sync` returns 0 may leave any. Only for a file that nothing relies on yet.
	 * One sync for many costs little more than one write. */
	int (*put)(void *ctx, const char *path, struct slice bytes, struct err *err);

	/* Make all that was put durable, with the folders that lead to it. */
	int (*sync)(void *ctx, struct err *err);

	/* Give a file that was put, and synced, another name, in place of the file of that name, and
	 * make that durable: when this returns 0 a power cut shows the new one, else one of both. */
	int (*move)(void *ctx, const char *from, const char *to, struct err *err);

	/* Take the partial tiles of a folder ("tile/0/000.p") away; absent is fine. */
	int (*drop)(void *ctx, const char *folder, struct err *err);

	/* Take away what lies at the place of t and is wider than t.width, or is of any width where that
	 * is 0: the full tile, and partial ones. *any tells whether there was something. */
	int (*trim)(void *ctx, struct tile t, bool *any, struct err *err);

	/* Every file below "tile", folders in bytewise order. */
	int (*walk)(void *ctx, tile_seen_fn seen, void *arg, struct err *err);

	void *ctx;
};

#endif

/* Files of a tiled transparency log: their names, and the bytes of an entry bundle.
 *
 *   source  c2sp.org/tlog-tiles, "Merkle Tree" and "Log entries"
 *
 *   checkpoint                    the signed tree head (wire/checkpoint.h)
 *   tile/<L>/<N>[.p/<W>]          W hashes of level L, 32 bytes each; full tiles have 256
 *   tile/entries/<N>[.p/<W>]      W entries, each behind its length in two bytes, big-endian
 *
 * <N> is written in groups of three digits, all but the last behind an 'x': x001/x234/067. */
#ifndef WIRE_TILE_H
#define WIRE_TILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum {
	TILE_ENTRIES = -1,      /* in place of a level: the bundle of entries */
	TILE_LEVEL_MAX = 63,    /* tlog-tiles, "Merkle Tree" */
	TILE_HEIGHT = 8,        /* binary levels in a tile */
	TILE_WIDTH = 256,       /* hashes, or entries, when full */
	TILE_ENTRY_MAX = 65535, /* bytes of an entry: its length has 16 bits */
	TILE_BYTES_MAX = TILE_WIDTH * SHA256_LEN,
	TILE_BUNDLE_MAX = TILE_WIDTH * (2 + TILE_ENTRY_MAX),
	TILE_PATH_SIZE = 64, /* the longest path and its NUL */
};

/* Indexes stay below this: 2^64 leaves, 256 a tile. */
#define TILE_INDEX_END (UINT64_C(1) << 56)

struct tile {
	int level;      /* 0 to TILE_LEVEL_MAX, or TILE_ENTRIES */
	uint64_t index; /* in its level, below TILE_INDEX_END */
	unsigned width; /* 1 to TILE_WIDTH */
};

/* Write the path of t, which must be in range, with its NUL. */
void tile_path(struct tile t, char out[TILE_PATH_SIZE]);

/* Read a path. One tile has one spelling: leading zeroes, a group of zeroes that is not needed, a
 * width of 0 or above 255 behind ".p/" are ERR_SYNTAX, with err->at = where. */
int tile_parse_path(struct slice path, struct tile *out, struct err *err);

/* Append one entry to a bundle. ERR_LIMIT over TILE_ENTRY_MAX bytes; ERR_NOMEM. */
int tile_put_entry(struct buf *bundle, struct slice entry, struct err *err);

/* Take the first entry off *rest: 1 and the entry (a slice into the bundle), 0 at the end, or
 * ERR_SYNTAX when the length points behind the end (*rest is as it was). */
int tile_next_entry(struct slice *rest, struct slice *entry, struct err *err);

#endif

/* Paths are read like the grammar stands: prefix, level, groups of the index, width. */
#include "wire/tile.h"

#include <inttypes.h>
#include <stdbool.h>

void tile_path(struct tile t, char out[TILE_PATH_SIZE])
{
	unsigned group[7];
	size_t groups = 0;
	uint64_t n = t.index;

	do {
		group[groups++] = (unsigned)(n % 1000);
		n /= 1000;
	} while (n && groups < 7);
	int at = t.level == TILE_ENTRIES ? snprintf(out, TILE_PATH_SIZE, "tile/entries")
	                                 : snprintf(out, TILE_PATH_SIZE, "tile/%d", t.level);
	while (groups-- && at < TILE_PATH_SIZE)
		at += snprintf(out + at, (size_t)(TILE_PATH_SIZE - at), groups ? "/x%03u" : "/%03u",
		               group[groups]);
	if (t.width < TILE_WIDTH && at < TILE_PATH_SIZE)
		snprintf(out + at, (size_t)(TILE_PATH_SIZE - at), ".p/%u", t.width);
}

static bool is_digit(struct slice s, size_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

/* A decimal number without leading zeroes, of at most three digits; -1 for anything else. */
static int small_number(struct slice s, size_t *at)
{
	size_t from = *at;
	int v = 0;

	while (*at - from < 3 && is_digit(s, *at))
		v = v * 10 + (s.p[(*at)++] - '0');
	if (*at == from || (s.p[from] == '0' && *at - from > 1))
		return -1;
	return v;
}

/* Three digits; -1 for anything else. */
static int group_of_three(struct slice s, size_t *at)
{
	int v = 0;

	for (int i = 0; i < 3; i++) {
		if (!is_digit(s, *at))
			return -1;
		v = v * 10 + (s.p[(*at)++] - '0');
	}
	return v;
}

static bool skip(struct slice s, size_t *at, struct slice word)
{
	if (!slice_starts(slice_sub(s, *at, s.n), word))
		return false;
	*at += word.n;
	return true;
}

static int bad_path(struct err *err, size_t at, const char *what)
{
	return err_set(err, ERR_SYNTAX, at, "tile path: %s", what);
}

static int parse_level(struct slice s, size_t *at, int *level, struct err *err)
{
	if (skip(s, at, SLICE("entries"))) {
		*level = TILE_ENTRIES;
		return 0;
	}
	int v = small_number(s, at);
	if (v < 0 || v > TILE_LEVEL_MAX)
		return bad_path(err, *at, "the level is not 0 to 63 or 'entries'");
	*level = v;
	return 0;
}

static int parse_index(struct slice s, size_t *at, uint64_t *index, struct err *err)
{
	uint64_t n = 0;
	bool first = true;

	for (;;) {
		bool more = skip(s, at, SLICE("x"));
		int v = group_of_three(s, at);
		if (v < 0)
			return bad_path(err, *at, "the index is not in groups of three digits");
		if (first && more && v == 0)
			return bad_path(err, *at, "the index begins with a group of zeroes");
		if (n > TILE_INDEX_END / 1000 || n * 1000 + (uint64_t)v >= TILE_INDEX_END)
			return bad_path(err, *at, "the index is too large");
		n = n * 1000 + (uint64_t)v;
		if (!more)
			break;
		if (!skip(s, at, SLICE("/")))
			return bad_path(err, *at, "a group is missing behind 'x'");
		first = false;
	}
	*index = n;
	return 0;
}

static int parse_width(struct slice s, size_t *at, unsigned *width, struct err *err)
{
	if (*at == s.n) {
		*width = TILE_WIDTH;
		return 0;
	}
	if (!skip(s, at, SLICE(".p/")))
		return bad_path(err, *at, "neither the end nor '.p/' follows the index");
	int v = small_number(s, at);
	if (v < 1 || v >= TILE_WIDTH || *at != s.n)
		return bad_path(err, *at, "the width of a partial tile is not 1 to 255");
	*width = (unsigned)v;
	return 0;
}

int tile_parse_path(struct slice path, struct tile *out, struct err *err)
{
	struct tile t = { 0, 0, 0 };
	size_t at = 0;
	int rc = 0;

	if (!skip(path, &at, SLICE("tile/")))
		return bad_path(err, at, "does not begin with 'tile/'");
	if ((rc = parse_level(path, &at, &t.level, err)))
		return rc;
	if (!skip(path, &at, SLICE("/")))
		return bad_path(err, at, "no index");
	if ((rc = parse_index(path, &at, &t.index, err)))
		return rc;
	if ((rc = parse_width(path, &at, &t.width, err)))
		return rc;
	*out = t;
	return 0;
}

int tile_put_entry(struct buf *bundle, struct slice entry, struct err *err)
{
	if (entry.n > TILE_ENTRY_MAX)
		return err_set(err, ERR_LIMIT, TILE_ENTRY_MAX,
		               "an entry of %zu bytes; a ledger takes at most %d", entry.n,
		               TILE_ENTRY_MAX);
	char length[2] = { (char)(entry.n >> 8), (char)(entry.n & 0xff) };
	size_t keep = bundle->n;
	buf_put(bundle, slice_from(length, 2));
	buf_put(bundle, entry);
	if (!buf_ok(bundle)) {
		bundle->n = keep;
		return err_set(err, ERR_NOMEM, 0, "entry bundle: out of memory");
	}
	return 0;
}

int tile_next_entry(struct slice *rest, struct slice *entry, struct err *err)
{
	if (rest->n == 0)
		return 0;
	if (rest->n < 2)
		return err_set(err, ERR_SYNTAX, 0, "entry bundle: half a length at its end");
	size_t n = (size_t)(unsigned char)rest->p[0] << 8 | (unsigned char)rest->p[1];
	if (n > rest->n - 2)
		return err_set(err, ERR_SYNTAX, 0,
		               "entry bundle: an entry of %zu bytes where %zu are left", n,
		               rest->n - 2);
	*entry = slice_sub(*rest, 2, 2 + n);
	*rest = slice_sub(*rest, 2 + n, rest->n);
	return 1;
}

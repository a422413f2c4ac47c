/* Two trees are computed beside one another, one from the entries in the bundles, one from the leaf
 * hashes in the level-0 tiles:
 *
 *   bundles    ->  leaf hashes  ->  tree E  ->  root E  \
 *   tile/0/..  ->  leaf hashes  ->  tree T  ->  root T   } which of them is the signed one?
 *   tile/1.. must be the hashes of the tiles below       /
 *
 * A tree that gives the signed root is true in every leaf, so where the other one differs, the file
 * of the other one is altered. The first walk only looks whether all agree, which is the common
 * case; the second one, made when they do not, knows whom to believe and names files and entries. */
#include "account/audit.h"

#include "account/entry.h"
#include "account/proof.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum trust { TRUST_UNKNOWN, TRUST_BUNDLES, TRUST_TILES, TRUST_NEITHER };

enum { PROBLEMS_MAX = 1000 }; /* then the walks end: a lost disk is not told of file by file */

struct group {
	bool has_bundle, has_tile;
	struct sha256 bundle[TILE_WIDTH], tile[TILE_WIDTH];
};

struct audit {
	const struct tile_store *files;
	const struct audit_report *report;
	struct ledger_head head;
	uint64_t problems;
	struct err first;
	bool naming;  /* the second walk */
	bool differs; /* found by the first walk */
	enum trust trust;
	struct group group;
	struct sha256 upper[TILE_WIDTH];
	struct tlog_edge bundles, tiles;
	struct buf bytes; /* of the group's bundle */
	uint64_t next; /* of the store's entries */
	uint64_t from; /* first entry of the group */
};

static void problem(struct audit *a, enum err_code code, const char *path, uint64_t index,
                    const char *what)
{
	/* A rollback says most, whatever was found before it. */
	if (a->problems++ == 0 || (code == ERR_REFUSED && a->first.code != ERR_REFUSED))
		err_set(&a->first, code, 0, "%s", what);
	if (a->report && a->report->problem)
		a->report->problem(a->report->ctx, path, index, what);
}

enum { ABOUT_SIZE = 220 };

/* " (about x.example)", from an entry that may be altered: its key, or what stands where one should;
 * empty where nothing does. */
static const char *about(struct slice entry, char out[ABOUT_SIZE])
{
	static const char mark[] = "\"key\":\"";
	struct arena a = { 0 };
	struct entry e;
	struct slice key;

	out[0] = '\0';
	if (!entry.p)
		return out;
	if (entry_parse(entry, &a, &e, NULL) == 0) {
		key = e.key;
	} else {
		size_t at = slice_find_slice(entry, SLICE("\"key\":\""));
		key = slice_sub(entry, at + sizeof(mark) - 1, entry.n);
		key = slice_sub(key, 0, slice_find(key, '"'));
	}
	size_t n = 0, max = 160;
	if (key.n)
		n = (size_t)snprintf(out, ABOUT_SIZE, " (about ");
	/* It may come from a file that somebody altered: what a terminal would act on is not shown. */
	for (size_t i = 0; i < key.n && i < max; i++)
		out[n++] = key.p[i] > 0x20 && key.p[i] < 0x7f ? key.p[i] : '?';
	if (key.n)
		snprintf(out + n, ABOUT_SIZE - n, "%s)", key.n > max ? "..." : "");
	arena_release(&a);
	return out;
}

/* Entry i of the group's bundle, or nothing. */
static struct slice entry_of_group(const struct audit *a, unsigned i)
{
	struct slice rest = buf_slice(&a->bytes), entry = { 0 };

	for (unsigned k = 0; k <= i; k++)
		if (tile_next_entry(&rest, &entry, NULL) != 1)
			return SLICE("");
	return entry;
}

static void altered(struct audit *a, struct tile t, uint64_t index, const char *why,
                    struct slice entry)
{
	char path[TILE_PATH_SIZE], what[200 + ABOUT_SIZE], whom[ABOUT_SIZE];

	tile_path(t, path);
	snprintf(what, sizeof(what), "%s: %s %" PRIu64 " %s%s", path,
	         t.level == TILE_ENTRIES ? "entry" : "hash", index, why, about(entry, whom));
	problem(a, ERR_CORRUPT, path, index, what);
}

/* An entry that is signed and yet none of ours: whoever wrote the ledger wrote it so. */
static void check_form(struct audit *a, struct tile bundle, uint64_t index, struct slice entry)
{
	char path[TILE_PATH_SIZE], what[400 + ABOUT_SIZE], whom[ABOUT_SIZE];
	struct arena arena = { 0 };
	struct entry e;
	struct err why = { 0 };

	int rc = entry_parse(entry, &arena, &e, &why);
	arena_release(&arena);
	if (rc == 0)
		return;
	tile_path(bundle, path);
	snprintf(what, sizeof(what), "%s: entry %" PRIu64 ": %s at byte %zu%s", path, index,
	         why.what, why.at, about(entry, whom));
	problem(a, ERR_CORRUPT, path, index, what);
}

/* A file that cannot be read or is malformed is a problem, told of once; a system that fails, or
 * has no memory, ends the audit. */
static int unreadable(struct audit *a, struct tile t, int rc, const struct err *why,
                      struct err *err)
{
	char path[TILE_PATH_SIZE];

	if (rc != ERR_NOTFOUND && rc != ERR_CORRUPT) {
		if (err)
			*err = *why;
		return rc;
	}
	tile_path(t, path);
	if (a->naming)
		return 0;
	char what[300];
	if (rc == ERR_NOTFOUND)
		snprintf(what, sizeof(what), "%s: missing", path);
	else
		snprintf(what, sizeof(what), "%s", why->what);
	problem(a, ERR_CORRUPT, path, 0, what);
	return 0;
}

static struct tile group_tile(const struct audit *a, int level, uint64_t n)
{
	uint64_t left = a->head.size - n * TILE_WIDTH;

	return (struct tile){ level, n, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH };
}

/* Bundle and tile of group n; what is missing is taken from the other, so that trees go on. */
static int load_group(struct audit *a, uint64_t n, struct err *err)
{
	struct tile bundle = group_tile(a, TILE_ENTRIES, n), tile = group_tile(a, 0, n);
	struct group *g = &a->group;
	struct slice rest, entry;
	struct err why_bundle, why_tile;

	buf_clear(&a->bytes);
	int no_bundle = ledger_read_bundle(a->files, bundle, &a->bytes, &why_bundle);
	int no_tile = ledger_read_tile(a->files, tile, g->tile, &why_tile);
	g->has_bundle = no_bundle == 0;
	g->has_tile = no_tile == 0;
	rest = buf_slice(&a->bytes);
	for (unsigned i = 0; g->has_bundle && i < bundle.width; i++) {
		if (tile_next_entry(&rest, &entry, NULL) != 1)
			continue;
		g->bundle[i] = tlog_leaf_hash(entry);
		/* One that its tile does not have is told of as altered. */
		if (a->report && a->report->entries && !a->naming &&
		    (!g->has_tile || sha256_eq(g->bundle[i], g->tile[i])))
			check_form(a, bundle, n * TILE_WIDTH + i, entry);
	}

	bool last = (n + 1) * TILE_WIDTH >= a->head.size;
	if (last && no_bundle == ERR_NOTFOUND && no_tile == ERR_NOTFOUND && !a->naming) {
		char path[TILE_PATH_SIZE], what[200];
		tile_path(tile, path);
		snprintf(what, sizeof(what),
		         "%s: missing, as are its entries: the checkpoint signs %" PRIu64
		         " entries, the ledger was rolled back",
		         path, a->head.size);
		problem(a, ERR_REFUSED, path, 0, what);
	} else {
		int rc = no_bundle ? unreadable(a, bundle, no_bundle, &why_bundle, err) : 0;
		if (rc == 0 && no_tile)
			rc = unreadable(a, tile, no_tile, &why_tile, err);
		if (rc)
			return rc;
	}
	if (!g->has_bundle && !g->has_tile)
		memset(g->tile, 0, sizeof(g->tile));
	if (!g->has_bundle)
		memcpy(g->bundle, g->tile, sizeof(g->bundle));
	if (!g->has_tile)
		memcpy(g->tile, g->bundle, sizeof(g->tile));
	return 0;
}

static void compare_group(struct audit *a, uint64_t n)
{
	struct tile bundle = group_tile(a, TILE_ENTRIES, n), tile = group_tile(a, 0, n);
	const struct group *g = &a->group;
	unsigned i = 0;

	while (i < tile.width && sha256_eq(g->bundle[i], g->tile[i]))
		i++;
	if (i == tile.width)
		return;
	a->differs = true;
	if (!a->naming)
		return;
	uint64_t entry = n * TILE_WIDTH + i;
	struct slice bytes = entry_of_group(a, i);
	if (a->trust != TRUST_BUNDLES)
		altered(a, bundle, entry,
		        a->trust == TRUST_TILES ? "is not the one that was signed"
		                                : "is not the one in the level-0 tile",
		        bytes);
	if (a->trust != TRUST_TILES)
		altered(a, tile, i,
		        a->trust == TRUST_BUNDLES ? "is not that of the entry that was signed"
		                                  : "is not that of the entry in the bundle",
		        bytes);
}

/* A tile of level 1 or above, as it follows from the tree that is believed. */
static int compare_upper(void *ctx, struct tile t, const struct sha256 *want, struct err *err)
{
	struct audit *a = ctx;
	struct err why;
	unsigned i = 0;

	if (t.level == 0)
		return 0;
	int rc = ledger_read_tile(a->files, t, a->upper, &why);
	if (rc)
		return unreadable(a, t, rc, &why, err);
	while (i < t.width && sha256_eq(a->upper[i], want[i]))
		i++;
	if (i == t.width)
		return 0;
	a->differs = true;
	if (!a->naming)
		return 0;
	struct tile below = { t.level - 1, t.index * TILE_WIDTH + i, TILE_WIDTH };
	char path[TILE_PATH_SIZE], why_not[TILE_PATH_SIZE + 32];
	tile_path(below, path);
	snprintf(why_not, sizeof(why_not), "is not that of %s", path);
	altered(a, t, i, why_not, SLICE(""));
	return 0;
}

/* Both trees from the first group to the last. */
static int walk(struct audit *a, struct err *err)
{
	bool by_tiles = a->trust == TRUST_TILES;
	int rc = 0;

	a->bundles.size = a->tiles.size = 0;
	for (uint64_t n = 0; n * TILE_WIDTH < a->head.size; n++) {
		if (a->problems >= PROBLEMS_MAX)
			return 0;
		struct tile t = group_tile(a, 0, n);
		rc = load_group(a, n, err);
		if (rc)
			return rc;
		compare_group(a, n);
		for (unsigned i = 0; rc == 0 && i < t.width; i++) {
			rc = tlog_edge_add(&a->bundles, a->group.bundle[i],
			                   by_tiles ? NULL : compare_upper, a, err);
			if (rc == 0)
				rc = tlog_edge_add(&a->tiles, a->group.tile[i],
				                   by_tiles ? compare_upper : NULL, a, err);
		}
		if (rc)
			return rc;
	}
	return tlog_edge_partials(by_tiles ? &a->tiles : &a->bundles, compare_upper, a, err);
}

static int audit_files(struct audit *a, struct err *err)
{
	int rc = walk(a, err);
	if (rc || a->problems >= PROBLEMS_MAX)
		return rc;
	bool bundles = sha256_eq(tlog_edge_root(&a->bundles), a->head.root);
	bool tiles = sha256_eq(tlog_edge_root(&a->tiles), a->head.root);
	a->trust = bundles ? TRUST_BUNDLES : tiles ? TRUST_TILES : TRUST_NEITHER;
	if (a->differs) {
		a->naming = true;
		rc = walk(a, err);
	}
	if (rc == 0 && a->trust == TRUST_NEITHER && a->problems == 0)
		problem(a, ERR_CORRUPT, "checkpoint", 0,
		        "checkpoint: bundles and tiles agree on another root than it signs: "
		        "the ledger was rewritten");
	return rc;
}

/* ---- what stands beside: partial tiles of earlier checkpoints ---- */

/* `narrow` is the beginning of what its place holds now. */
static int compare_old_partial(struct audit *a, struct tile t, struct tile now, struct err *err)
{
	struct buf old = { 0 }, wide = { 0 };
	char path[TILE_PATH_SIZE];
	struct err why;

	tile_path(t, path);
	size_t limit = t.level == TILE_ENTRIES ? TILE_BUNDLE_MAX : TILE_BYTES_MAX;
	int rc = a->files->read(a->files->ctx, path, limit, &old, &why);
	if (rc == 0 && t.level == TILE_ENTRIES) {
		rc = ledger_read_bundle(a->files, now, &wide, &why);
	} else if (rc == 0) {
		rc = ledger_read_tile(a->files, now, a->upper, &why);
		buf_put(&wide,
		        slice_from((const char *)a->upper[0].b, (size_t)t.width * SHA256_LEN));
	}
	if (rc == 0 && t.level == TILE_ENTRIES) {
		struct slice rest = buf_slice(&wide), entry;
		for (unsigned i = 0; i < t.width; i++)
			tile_next_entry(&rest, &entry, NULL); /* read_bundle has checked the form */
		wide.n -= rest.n;
	}
	if (rc == 0 && !buf_ok(&wide))
		rc = err_set(&why, ERR_NOMEM, 0, "%s: out of memory", path);
	if (rc == 0 && !slice_eq(buf_slice(&old), buf_slice(&wide))) {
		size_t at = 0;
		while (at < old.n && at < wide.n && old.p[at] == wide.p[at])
			at++;
		char what[200];
		snprintf(what, sizeof(what),
		         "%s: byte %zu is not as in the wider tile that followed it", path, at);
		problem(a, ERR_CORRUPT, path, 0, what);
	} else if (rc == ERR_LIMIT) {
		rc = ERR_CORRUPT;
	}
	buf_release(&old);
	buf_release(&wide);
	/* One that was dropped meanwhile, by a writer beside us, is no problem. */
	return rc == 0 || rc == ERR_NOTFOUND ? 0 : unreadable(a, t, rc, &why, err);
}

static int seen_file(void *arg, const char *path, struct err *err)
{
	struct audit *a = arg;
	struct tile t;

	/* Files of others, and temporary ones that a crash has left, are not the ledger's. */
	if (tile_parse_path(slice_str(path), &t, NULL) || t.level >= TLOG_LEVELS)
		return 0;
	uint64_t have = tlog_level_size(a->head.size, t.level == TILE_ENTRIES ? 0 : t.level);
	uint64_t first = t.index * TILE_WIDTH;
	/* What a stopped writer has left ahead of the checkpoint is not signed and not served. */
	if (first >= have || t.width >= TILE_WIDTH || have - first <= t.width)
		return 0;
	struct tile now = { t.level, t.index,
		            have - first < TILE_WIDTH ? (unsigned)(have - first) : TILE_WIDTH };
	return compare_old_partial(a, t, now, err);
}

/* ---- the store's entries against the tree ---- */

static int seen_entry(void *arg, struct slice entry, struct err *err)
{
	struct audit *a = arg;
	unsigned i = (unsigned)(a->next % TILE_WIDTH);
	const struct sha256 *want = a->trust == TRUST_TILES ? a->group.tile : a->group.bundle;
	char what[120 + ABOUT_SIZE], whom[ABOUT_SIZE];

	(void)err;
	if (!sha256_eq(tlog_leaf_hash(entry), want[i])) {
		snprintf(what, sizeof(what),
		         "store: ledger entry %" PRIu64 " is not the one in the ledger%s", a->next,
		         about(entry, whom));
		problem(a, ERR_CORRUPT, "store", a->next, what);
	}
	a->next++;
	return 0;
}

static int audit_source(struct audit *a, const struct ledger_source *source, struct err *err)
{
	uint64_t size = source->size < a->head.size ? source->size : a->head.size;
	char what[200];
	int rc = 0;

	if (source->size < a->head.size) {
		snprintf(what, sizeof(what),
		         "store: holds %" PRIu64 " ledger entries, the checkpoint signs %" PRIu64
		         ": the store was rolled back",
		         source->size, a->head.size);
		problem(a, ERR_REFUSED, "store", source->size, what);
	}
	a->naming = true; /* files have been told of */
	for (uint64_t from = 0; rc == 0 && from < size && a->problems < PROBLEMS_MAX;
	     from += TILE_WIDTH) {
		uint64_t to = size - from < TILE_WIDTH ? size : from + TILE_WIDTH;
		rc = load_group(a, from / TILE_WIDTH, err);
		if (rc)
			break;
		a->next = from;
		rc = source->read(source->ctx, from, to, seen_entry, a, err);
		if (rc == 0 && a->next != to) {
			snprintf(what, sizeof(what), "store: ledger entry %" PRIu64 " is missing",
			         a->next);
			problem(a, ERR_CORRUPT, "store", a->next, what);
		}
	}
	return rc;
}

static int audit_head(struct audit *a, const struct keyring *keys, struct err *err)
{
	struct err why;
	int rc = ledger_read_head_by(a->files, keys, NULL, &a->head, &why);

	if (rc == ERR_NOTFOUND) {
		problem(a, ERR_CORRUPT, "checkpoint", 0, "checkpoint: missing");
		return 0;
	}
	if (rc == ERR_CORRUPT) {
		problem(a, ERR_CORRUPT, "checkpoint", 0, why.what);
		return 0;
	}
	if (rc && err)
		*err = why;
	return rc;
}

int audit_ledger(const struct tile_store *files, const struct keyring *keys,
                 const struct ledger_source *source, const struct audit_report *report,
                 struct audit_result *out, struct err *err)
{
	struct audit *a = calloc(1, sizeof(*a));

	*out = (struct audit_result){ 0 };
	if (!a)
		return err_set(err, ERR_NOMEM, 0, "ledger: out of memory");
	a->files = files;
	a->report = report;
	int rc = audit_head(a, keys, err);
	if (rc == 0 && a->problems == 0) {
		rc = audit_files(a, err);
		if (rc == 0 && a->problems == 0)
			rc = files->walk(files->ctx, seen_file, a, err);
		if (rc == 0 && source)
			rc = audit_source(a, source, err);
	}
	out->head = a->head;
	out->problems = a->problems;
	out->behind = source && source->size > a->head.size ? source->size - a->head.size : 0;
	if (rc == 0 && a->problems == 1)
		rc = err_set(err, a->first.code, 0, "%s", a->first.what);
	else if (rc == 0 && a->problems)
		rc = err_set(err, a->first.code, 0, "%s (and %" PRIu64 " more)", a->first.what,
		             a->problems - 1);
	buf_release(&a->bytes);
	free(a);
	return rc;
}

static int get_tile(void *ctx, struct tile t, struct sha256 *hash, struct err *err)
{
	return ledger_read_tile(ctx, t, hash, err);
}

int audit_since(const struct tile_store *files, const struct keyring *keys, struct slice old_note,
                struct err *err)
{
	struct sha256 hash[TLOG_PROOF_MAX];
	struct ledger_head head, old;
	size_t n = 0;

	int rc = ledger_check_head(old_note, keys, &old, err);
	if (rc == 0)
		rc = ledger_read_head_by(files, keys, NULL, &head, err);
	if (rc)
		return rc;
	if (head.size < old.size)
		return err_set(err, ERR_REFUSED, 0,
		               "checkpoint: of %" PRIu64 " entries, though one of %" PRIu64
		               " is known: the ledger was rolled back",
		               head.size, old.size);
	rc = tlog_prove_consistency(old.size, head.size, get_tile, (void *)files, hash, &n, err);
	if (rc == 0 && !proof_check_consistency(hash, n, old.size, old.root, head.size, head.root))
		rc = err_set(err, ERR_REFUSED, 0,
		             "checkpoint: does not continue the known one of %" PRIu64
		             " entries: the ledger was forked or rewritten",
		             old.size);
	return rc;
}

/* A file is durable when its bytes, its name, and the names of all folders above it are. A folder's
 * name is synced the first time that this process writes below it, whoever made it: a process that
 * was killed may have left folders that no power cut should meet. */
#include "store/log.h"

#include "sys/file.h"
#include "sys/remove.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	DIR_MAX = 2048,
	PATH_MAX_OURS = 4096,
	DEPTH_MAX = 16, /* tile/0/x001/x002/.../003.p/4 has at most ten folders */
	SYNCED = 8, /* folders remembered: one or two a level are in use */
};

struct log_folder {
	char dir[DIR_MAX];
	char synced[SYNCED][128]; /* relative paths, whose chain of names is durable */
	unsigned turn;
};

static int path_in(const struct log_folder *log, const char *path, char out[PATH_MAX_OURS],
                   struct err *err)
{
	int n = snprintf(out, PATH_MAX_OURS, "%s/%s", log->dir, path);

	if (n < 0 || n >= PATH_MAX_OURS)
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", path);
	return 0;
}

static int read_file(void *ctx, const char *path, size_t limit, struct buf *out, struct err *err)
{
	char full[PATH_MAX_OURS];
	int rc = path_in(ctx, path, full, err);

	return rc ? rc : file_read(full, limit, out, err);
}

static bool is_synced(const struct log_folder *log, struct slice folder)
{
	for (size_t i = 0; i < SYNCED; i++)
		if (slice_eq_str(folder, log->synced[i]))
			return true;
	return false;
}

/* Make the folders that lead to path, and their names durable. */
static int make_folders(struct log_folder *log, const char *path, struct err *err)
{
	const char *last = strrchr(path, '/');
	char part[PATH_MAX_OURS], full[PATH_MAX_OURS];
	int rc = 0;

	if (!last || is_synced(log, slice_from(path, (size_t)(last - path))))
		return 0;
	struct slice folder = { path, (size_t)(last - path) };
	rc = path_in(log, path, full, err);
	if (rc)
		return rc;
	/* From the ledger's own folder down: make the child, sync the parent. */
	snprintf(part, sizeof(part), "%s", log->dir);
	for (size_t at = 0; rc == 0 && at < folder.n;) {
		size_t end = at + slice_find(slice_sub(folder, at, folder.n), '/');
		size_t n = strlen(part);
		char parent[PATH_MAX_OURS];
		memcpy(parent, part, n + 1);
		snprintf(part + n, sizeof(part) - n, "/%.*s", (int)(end - at), folder.p + at);
		rc = file_make_dir(part, err);
		if (rc == 0)
			rc = file_sync_dir(parent, err);
		at = end + 1;
	}
	if (rc == 0 && folder.n < sizeof(log->synced[0])) {
		char *slot = log->synced[log->turn++ % SYNCED];
		memcpy(slot, folder.p, folder.n);
		slot[folder.n] = '\0';
	}
	return rc;
}

static int write_file(void *ctx, const char *path, struct slice bytes, struct err *err)
{
	char full[PATH_MAX_OURS];

	int rc = path_in(ctx, path, full, err);
	if (rc == 0)
		rc = make_folders(ctx, path, err);
	return rc ? rc : file_write_whole(full, bytes, err);
}

/* ---- many files, one wait ----
 *
 * One flush of the file system takes one commit of its journal, however many files are new; fsync of
 * each file and folder took one each, when others wrote to the disk beside us. */

static int put_file(void *ctx, const char *path, struct slice bytes, struct err *err)
{
	char full[PATH_MAX_OURS], folder[PATH_MAX_OURS];

	int rc = path_in(ctx, path, full, err);
	if (rc)
		return rc;
	memcpy(folder, full, sizeof(folder));
	*strrchr(folder, '/') = '\0';
	rc = file_make_dir(folder, err);
	return rc ? rc : file_write_unsynced(full, bytes, err);
}

static int sync_files(void *ctx, struct err *err)
{
	const struct log_folder *log = ctx;

	return file_sync_all(log->dir, err);
}

static int move_file(void *ctx, const char *from, const char *to, struct err *err)
{
	char old[PATH_MAX_OURS], full[PATH_MAX_OURS];

	int rc = path_in(ctx, from, old, err);
	if (rc == 0)
		rc = path_in(ctx, to, full, err);
	if (rc == 0)
		rc = file_move(old, full, err);
	if (rc == 0) {
		*strrchr(full, '/') = '\0';
		rc = file_sync_dir(full, err);
	}
	return rc;
}

static int drop_folder(void *ctx, const char *folder, struct err *err)
{
	struct log_folder *log = ctx;
	char full[PATH_MAX_OURS];

	int rc = path_in(log, folder, full, err);
	for (size_t i = 0; i < SYNCED; i++)
		if (strcmp(log->synced[i], folder) == 0)
			log->synced[i][0] = '\0';
	return rc ? rc : remove_flat_folder(full, err);
}

/* "97" as a width, or 0. */
static unsigned width_of(const char *name)
{
	unsigned w = 0;

	for (; *name >= '0' && *name <= '9' && w < TILE_WIDTH; name++)
		w = w * 10 + (unsigned)(*name - '0');
	return *name ? 0 : w;
}

static int trim_tile(void *ctx, struct tile t, bool *any, struct err *err)
{
	char path[TILE_PATH_SIZE + 2], full[PATH_MAX_OURS], file[PATH_MAX_OURS], **names = NULL;
	enum file_kind kind = FILE_ABSENT;
	size_t n = 0;

	*any = false;
	tile_path((struct tile){ t.level, t.index, TILE_WIDTH }, path);
	int rc = path_in(ctx, path, full, err);
	if (rc == 0)
		rc = file_kind_of(full, &kind, err);
	if (rc == 0 && kind != FILE_ABSENT) {
		*any = true;
		rc = remove_file(full, err);
	}
	memcpy(path + strlen(path), ".p", 3);
	if (rc == 0)
		rc = path_in(ctx, path, full, err);
	if (rc == 0)
		rc = file_list(full, &names, &n, err);
	if (rc == ERR_NOTFOUND)
		return 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		int length = snprintf(file, sizeof(file), "%s/%s", full, names[i]);
		if (width_of(names[i]) <= t.width || length < 0 || (size_t)length >= sizeof(file))
			continue;
		*any = true;
		rc = remove_file(file, err);
	}
	file_list_free(names, n);
	return rc;
}

struct walker {
	const struct log_folder *log;
	tile_seen_fn seen;
	void *arg;
};

static int walk_below(const struct walker *w, const char *folder, int depth, struct err *err)
{
	char full[PATH_MAX_OURS], path[PATH_MAX_OURS], **names = NULL;
	enum file_kind kind = FILE_OTHER;
	size_t n = 0;

	if (depth == DEPTH_MAX)
		return 0; /* none of the ledger's files lie so deep */
	int rc = path_in(w->log, folder, full, err);
	if (rc == 0)
		rc = file_list(full, &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		int length = snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		if (length < 0 || (size_t)length >= sizeof(path))
			rc = err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", folder);
		if (rc == 0)
			rc = path_in(w->log, path, full, err);
		if (rc == 0)
			rc = file_kind_of(full, &kind, err);
		if (rc == 0 && kind == FILE_DIRECTORY)
			rc = walk_below(w, path, depth + 1, err);
		else if (rc == 0 && kind == FILE_REGULAR)
			rc = w->seen(w->arg, path, err);
	}
	file_list_free(names, n);
	return rc;
}

static int walk_tiles(void *ctx, tile_seen_fn seen, void *arg, struct err *err)
{
	struct walker w = { ctx, seen, arg };
	char full[PATH_MAX_OURS];
	enum file_kind kind = FILE_ABSENT;

	int rc = path_in(ctx, "tile", full, err);
	if (rc == 0)
		rc = file_kind_of(full, &kind, err);
	return rc || kind != FILE_DIRECTORY ? rc : walk_below(&w, "tile", 0, err);
}

int log_open(const char *dir, bool create, struct log_folder **out, struct err *err)
{
	enum file_kind kind = FILE_ABSENT;

	if (strlen(dir) >= DIR_MAX || dir[0] == '\0')
		return err_set(err, ERR_LIMIT, 0,
		               "ledger: the name of its folder is empty or too long");
	/* Its name too: the key is in it, without which the entries cannot be signed any more. */
	int rc = create ? file_make_dir_durable(dir, err) : file_kind_of(dir, &kind, err);
	if (rc)
		return rc;
	if (!create && kind != FILE_DIRECTORY)
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such folder", dir);
	struct log_folder *log = calloc(1, sizeof(*log));
	if (!log)
		return err_set(err, ERR_NOMEM, 0, "ledger: out of memory");
	memcpy(log->dir, dir, strlen(dir) + 1);
	*out = log;
	return 0;
}

void log_close(struct log_folder *log)
{
	free(log);
}

struct tile_store log_files(struct log_folder *log)
{
	return (struct tile_store){ .read = read_file, .write = write_file, .put = put_file,
		                    .sync = sync_files, .move = move_file, .drop = drop_folder,
		                    .trim = trim_tile,
		                    .walk = walk_tiles, .ctx = log };
}

const char *log_dir(const struct log_folder *log)
{
	return log->dir;
}

int log_witnessed_each(struct log_folder *log, log_witnessed_fn fn, void *ctx, struct err *err)
{
	char full[PATH_MAX_OURS], path[300], **names = NULL;
	enum file_kind kind = FILE_ABSENT;
	struct buf note = { 0 };
	size_t n = 0;

	int rc = path_in(log, "witnessed", full, err);
	if (rc == 0)
		rc = file_kind_of(full, &kind, err);
	if (rc || kind != FILE_DIRECTORY)
		return rc;
	rc = file_list(full, &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		/* What a writer that was stopped has left is nothing that was kept. */
		if (names[i][0] == '.')
			continue;
		snprintf(path, sizeof(path), "witnessed/%s", names[i]);
		buf_clear(&note);
		rc = read_file(log, path, NOTE_BYTES_MAX, &note, err);
		if (rc == 0)
			rc = fn(ctx, path, buf_slice(&note), err);
	}
	file_list_free(names, n);
	buf_release(&note);
	return rc;
}

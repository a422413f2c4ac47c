#include "sys/tree.h"

#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 16, DEPTH_MAX = 32 };

static int no_memory(const char *path, struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
}

static int check_free(const char *path, struct err *err)
{
	enum file_kind kind;
	char **names = NULL;
	size_t n = 0;
	int rc = file_kind_of(path, &kind, err);

	if (rc || kind == FILE_ABSENT)
		return rc;
	if (kind != FILE_DIRECTORY)
		return err_set(err, ERR_REFUSED, 0, "%s: is there already: give a new name", path);
	rc = file_list(path, &names, &n, err);
	file_list_free(names, n);
	if (rc == 0 && n)
		rc = err_set(err, ERR_REFUSED, 0,
			     "%s: is not empty: give a new name or an empty folder", path);
	return rc;
}

int tree_begin(const char *path, struct tree *out, struct err *err)
{
	struct tree t = { 0 };
	struct buf temp = { 0 };
	size_t n = strlen(path);
	int rc = check_free(path, err);

	if (rc)
		return rc;
	while (n > 1 && path[n - 1] == '/')
		n--;
	buf_put(&temp, slice_from(path, n));
	t.path = strdup(buf_str(&temp));
	buf_puts(&temp, ".partial-XXXXXX");
	t.temp = strdup(buf_str(&temp));
	bool ok = buf_ok(&temp) && t.path && t.temp;
	buf_release(&temp);
	if (!ok)
		rc = no_memory(path, err);
	else if (!mkdtemp(t.temp))
		rc = err_sys(err, "%s: a folder beside it cannot be made", path);
	if (rc) {
		free(t.path);
		free(t.temp);
		return rc;
	}
	*out = t;
	return 0;
}

void tree_where(const struct tree *t, const char *rel, struct buf *out)
{
	buf_printf(out, "%s/%s", t->temp, rel);
}

/* The folders above a file, and the file, new and empty. */
static int create(struct tree *t, const char *rel, int *fd, struct err *err)
{
	struct buf path = { 0 };
	int rc = 0;

	tree_where(t, rel, &path);
	if (!buf_ok(&path)) {
		buf_release(&path);
		return no_memory(rel, err);
	}
	for (size_t i = strlen(t->temp) + 1; i < path.n && rc == 0; i++) {
		if (path.p[i] != '/')
			continue;
		path.p[i] = '\0';
		if (mkdir(path.p, 0700) < 0 && errno != EEXIST)
			rc = err_sys(err, "%s", path.p);
		path.p[i] = '/';
	}
	if (rc == 0) {
		*fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (*fd < 0)
			rc = err_sys(err, "%s", path.p);
	}
	buf_release(&path);
	return rc;
}

static int write_all(int fd, struct slice bytes)
{
	while (bytes.n) {
		ssize_t did = write(fd, bytes.p, bytes.n);
		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return -1;
		bytes = slice_sub(bytes, (size_t)did, bytes.n);
	}
	return 0;
}

int tree_put(struct tree *t, const char *rel, struct slice bytes, struct err *err)
{
	int fd;
	int rc = create(t, rel, &fd, err);
	if (rc)
		return rc;
	if (write_all(fd, bytes) < 0)
		rc = err_sys(err, "%s/%s", t->temp, rel);
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(err, "%s/%s", t->temp, rel);
	return rc;
}

/* Read a file through a digest, and into out_fd where that is not negative. */
static int pump(const char *path, int out_fd, struct sha256 *digest, uint64_t *length,
		struct err *err)
{
	int in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in < 0 && errno == ENOENT)
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such file", path);
	if (in < 0)
		return err_sys(err, "%s", path);
	char *block = malloc(BLOCK);
	struct sha256_stream *h = sha256_new();
	uint64_t n = 0;
	int rc = block && h ? 0 : no_memory(path, err);
	while (rc == 0) {
		ssize_t got = read(in, block, BLOCK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			rc = err_sys(err, "%s", path);
		if (got <= 0)
			break;
		struct slice part = slice_from(block, (size_t)got);
		sha256_add(h, part);
		n += part.n;
		if (out_fd >= 0 && write_all(out_fd, part) < 0)
			rc = err_sys(err, "copy of %s", path);
	}
	close(in); /* reading only: nothing is lost when this fails */
	free(block);
	if (h) {
		struct sha256 d = sha256_end(h);
		if (rc == 0) {
			*digest = d;
			*length = n;
		}
	}
	return rc;
}

int tree_copy(struct tree *t, const char *rel, const char *from, struct sha256 *digest,
	      uint64_t *length, struct err *err)
{
	int fd;
	enum file_kind kind;
	int rc = file_kind_of(from, &kind, err);
	if (rc == 0 && kind == FILE_ABSENT)
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no such file", from);
	if (rc == 0)
		rc = create(t, rel, &fd, err);
	if (rc)
		return rc;
	rc = pump(from, fd, digest, length, err);
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(err, "%s/%s", t->temp, rel);
	return rc;
}

int tree_digest(const char *path, struct sha256 *digest, uint64_t *length, struct err *err)
{
	return pump(path, -1, digest, length, err);
}

static int put_in_place(const struct tree *t, struct err *err)
{
	char parent[4200];
	int fd = open(t->temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "%s", t->temp);
	/* One sync of the file system instead of one per file: a hundred thousand blobs would
	 * otherwise take minutes. */
	int rc = syncfs(fd) < 0 ? err_sys(err, "%s: sync", t->temp) : 0;
	close(fd);
	/* Over an empty folder this replaces it; over anything else it fails. */
	if (rc == 0 && rename(t->temp, t->path) < 0)
		rc = err_sys(err, "%s", t->path);
	if (rc)
		return rc;
	int n = snprintf(parent, sizeof(parent), "%s/..", t->path);
	return n < 0 || (size_t)n >= sizeof(parent) ? 0 : file_sync_dir(parent, err);
}

int tree_end(struct tree *t, struct err *err)
{
	int rc = put_in_place(t, err);

	if (rc) {
		tree_abort(t);
		return rc;
	}
	free(t->path);
	free(t->temp);
	*t = (struct tree){ 0 };
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	remove(path); /* best effort: what stays is named .partial- */
	return 0;
}

void tree_abort(struct tree *t)
{
	if (t->temp)
		nftw(t->temp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(t->path);
	free(t->temp);
	*t = (struct tree){ 0 };
}

static int walk(const char *root, const char *below, int depth, tree_fn fn, void *ctx,
		struct err *err)
{
	struct buf path = { 0 };
	char **names = NULL;
	size_t n = 0;

	if (depth > DEPTH_MAX)
		return err_set(err, ERR_LIMIT, 0, "%s/%s: folders are too deep", root, below);
	buf_printf(&path, "%s/%s", root, below);
	int rc = buf_ok(&path) ? file_list(buf_str(&path), &names, &n, err) : no_memory(root, err);
	if (rc == ERR_NOTFOUND)
		rc = 0; /* gone meanwhile, or never there */
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct stat st;
		buf_clear(&path);
		buf_printf(&path, "%s/%s%s%s", root, below, *below ? "/" : "", names[i]);
		if (!buf_ok(&path)) {
			rc = no_memory(root, err);
			break;
		}
		const char *rel = path.p + strlen(root) + 1;
		if (lstat(path.p, &st) < 0)
			rc = errno == ENOENT ? 0 : err_sys(err, "%s", path.p);
		else if (S_ISDIR(st.st_mode))
			rc = walk(root, rel, depth + 1, fn, ctx, err);
		else if (S_ISREG(st.st_mode))
			rc = fn(ctx, rel, err);
	}
	file_list_free(names, n);
	buf_release(&path);
	return rc;
}

int tree_each(const char *path, tree_fn fn, void *ctx, struct err *err)
{
	return walk(path, "", 0, fn, ctx, err);
}

#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int open_for_reading(const char *path, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return STDIN_FILENO;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such file", path);
	if (fd < 0)
		return err_sys(err, "%s", path);
	struct stat st;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		errno = EISDIR;
		return err_sys(err, "%s", path);
	}
	return fd;
}

static void close_read(int fd)
{
	if (fd > STDIN_FILENO)
		close(fd); /* reading only: nothing is lost when this fails */
}

int file_read(const char *path, size_t limit, struct buf *out, struct err *err)
{
	size_t keep = out->n;
	int rc = 0;
	int fd = open_for_reading(path, err);
	if (fd < 0)
		return fd;
	for (;;) {
		char *p = buf_reserve(out, 1 << 16);
		if (!p) {
			rc = err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
			break;
		}
		ssize_t got = read(fd, p, 1 << 16);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			rc = err_sys(err, "%s", path);
			break;
		}
		if (got == 0)
			break;
		out->n += (size_t)got;
		if (out->n - keep > limit) {
			rc = err_set(err, ERR_LIMIT, limit, "%s: longer than %zu bytes", path, limit);
			break;
		}
	}
	close_read(fd);
	if (rc)
		out->n = keep;
	if (out->p)
		out->p[out->n] = '\0';
	return rc;
}

int file_read_pieces(const char *path, file_piece_fn fn, void *ctx, struct err *err)
{
	enum { PIECE = 1 << 17 };
	int rc = 0;
	int fd = open_for_reading(path, err);
	if (fd < 0)
		return fd;
	char *piece = malloc(PIECE);
	if (!piece)
		rc = err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
	while (rc == 0) {
		ssize_t got = read(fd, piece, PIECE);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			break;
		rc = got < 0 ? err_sys(err, "%s", path)
		             : fn(ctx, slice_from(piece, (size_t)got), err);
	}
	free(piece);
	close_read(fd);
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

/* The folder that holds path, in out. */
static void parent_of(const char *path, char *out, size_t room)
{
	const char *cut = strrchr(path, '/');
	if (!cut)
		snprintf(out, room, ".");
	else if (cut == path)
		snprintf(out, room, "/");
	else
		snprintf(out, room, "%.*s", (int)(cut - path), path);
}

int file_sync_dir(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "%s", path);
	int rc = fsync(fd) < 0 ? err_sys(err, "%s: fsync", path) : 0;
	close(fd);
	return rc;
}

static int write_file(const char *path, struct slice bytes, bool durable, struct err *err)
{
	char temp[4096], dir[4096];
	int n = snprintf(temp, sizeof(temp), "%s.tmp-XXXXXX", path);
	if (n < 0 || (size_t)n >= sizeof(temp))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", path);
	int fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "%s", path);
	/* mkstemp makes 0600; a published file is readable as the umask allows. */
	mode_t mask = umask(0);
	umask(mask);
	int rc = 0;
	if (fchmod(fd, 0666 & ~mask) < 0 || write_all(fd, bytes) < 0 ||
	    (durable && fsync(fd) < 0))
		rc = err_sys(err, "%s", path);
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(err, "%s", path);
	if (rc == 0 && rename(temp, path) < 0)
		rc = err_sys(err, "%s", path);
	if (rc) {
		unlink(temp); /* best effort: a stray temporary file is harmless and named so */
		return rc;
	}
	if (!durable)
		return 0;
	parent_of(path, dir, sizeof(dir));
	return file_sync_dir(dir, err);
}

int file_write_whole(const char *path, struct slice bytes, struct err *err)
{
	return write_file(path, bytes, true, err);
}

int file_write_unsynced(const char *path, struct slice bytes, struct err *err)
{
	return write_file(path, bytes, false, err);
}

int file_append(const char *path, struct slice bytes, struct err *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_sys(err, "%s", path);
	ssize_t n = write(fd, bytes.p, bytes.n);
	if (n >= 0 && (size_t)n < bytes.n)
		errno = ENOSPC;
	int rc = n < 0 || (size_t)n < bytes.n ? err_sys(err, "%s", path) : 0;
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(err, "%s", path);
	return rc;
}

int file_move(const char *from, const char *to, struct err *err)
{
	return rename(from, to) < 0 ? err_sys(err, "%s", to) : 0;
}

int file_sync_all(const char *dir, struct err *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, "%s", dir);
	int rc = syncfs(fd) < 0 ? err_sys(err, "%s: syncfs", dir) : 0;
	close(fd);
	return rc;
}

/* Make the folder name of the path's first n bytes durable. Somebody else's folder that may not be
 * read cannot be synced, and was there before us. */
static int sync_name(char *path, size_t n, bool made, struct err *err)
{
	char parent[4096], was = path[n];

	path[n] = '\0';
	parent_of(path, parent, sizeof(parent));
	path[n] = was;
	if (!made && access(parent, R_OK) < 0 && errno == EACCES)
		return 0;
	return file_sync_dir(parent, err);
}

static int make_dir(const char *path, bool durable, struct err *err)
{
	char part[4096];
	size_t n = strlen(path);
	int rc = 0;

	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n == 0 || n >= sizeof(part))
		return err_set(err, ERR_LIMIT, 0, "folder name is empty or too long");
	memcpy(part, path, n);
	part[n] = '\0';
	for (size_t i = 1; i <= n && rc == 0; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		char was = part[i];
		part[i] = '\0';
		bool made = mkdir(part, 0777) == 0;
		if (!made && errno != EEXIST)
			return err_sys(err, "%s", part);
		part[i] = was;
		if (durable && (made || i == n))
			rc = sync_name(part, i, made, err);
	}
	enum file_kind kind;
	if (rc == 0)
		rc = file_kind_of(path, &kind, err);
	if (rc == 0 && kind != FILE_DIRECTORY) {
		errno = ENOTDIR;
		rc = err_sys(err, "%s", path);
	}
	return rc;
}

int file_make_dir(const char *path, struct err *err)
{
	return make_dir(path, false, err);
}

int file_make_dir_durable(const char *path, struct err *err)
{
	return make_dir(path, true, err);
}

int file_kind_of(const char *path, enum file_kind *out, struct err *err)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return err_sys(err, "%s", path);
		*out = FILE_ABSENT;
		return 0;
	}
	*out = S_ISREG(st.st_mode) ? FILE_REGULAR : S_ISDIR(st.st_mode) ? FILE_DIRECTORY : FILE_OTHER;
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int file_list(const char *path, char ***names, size_t *n, struct err *err)
{
	DIR *dir = opendir(path);
	if (!dir && errno == ENOENT)
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such folder", path);
	if (!dir)
		return err_sys(err, "%s", path);
	char **list = NULL;
	size_t have = 0, cap = 0;
	int rc = 0;
	for (;;) {
		errno = 0;
		struct dirent *e = readdir(dir);
		if (!e) {
			if (errno)
				rc = err_sys(err, "%s", path);
			break;
		}
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (have == cap) {
			char **more = realloc(list, (cap ? cap * 2 : 16) * sizeof(*more));
			if (!more) {
				rc = err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
				break;
			}
			list = more;
			cap = cap ? cap * 2 : 16;
		}
		list[have] = strdup(e->d_name);
		if (!list[have]) {
			rc = err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
			break;
		}
		have++;
	}
	closedir(dir);
	if (rc) {
		file_list_free(list, have);
		return rc;
	}
	if (have)
		qsort(list, have, sizeof(*list), by_bytes);
	*names = list;
	*n = have;
	return 0;
}

void file_list_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

int file_stat(const char *path, int64_t *mtime, uint64_t *length, struct err *err)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return err_set(err, ERR_NOTFOUND, 0, "%s: no such file", path);
		return err_sys(err, "%s", path);
	}
	*mtime = (int64_t)st.st_mtime;
	*length = (uint64_t)st.st_size;
	return 0;
}

int file_space(const char *path, uint64_t *space, uint64_t *size, struct err *err)
{
	struct statvfs st;
	if (statvfs(path, &st) < 0)
		return err_sys(err, "%s", path);
	*space = (uint64_t)st.f_bavail * st.f_frsize;
	*size = (uint64_t)st.f_blocks * st.f_frsize;
	return 0;
}

struct file_lines {
	int fd;
	size_t limit;
	size_t start, end; /* unread bytes of block */
	uint64_t offset;
	bool at_end;
	struct buf line; /* holds a line that crosses blocks */
	char *path;
	char block[1 << 16];
};

int file_lines_open(const char *path, size_t limit, struct file_lines **out, struct err *err)
{
	int fd = open_for_reading(path, err);
	if (fd < 0)
		return fd;
	struct file_lines *f = malloc(sizeof(*f));
	char *copy = strdup(path);
	if (!f || !copy) {
		free(f);
		free(copy);
		close_read(fd);
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
	}
	f->fd = fd;
	f->limit = limit;
	f->start = f->end = 0;
	f->offset = 0;
	f->at_end = false;
	f->line = (struct buf){ 0 };
	f->path = copy;
	*out = f;
	return 0;
}

static struct slice without_cr(struct slice s)
{
	return s.n && s.p[s.n - 1] == '\r' ? slice_sub(s, 0, s.n - 1) : s;
}

int file_lines_next(struct file_lines *f, struct slice *line, bool *too_long, struct err *err)
{
	bool any = false, cut = false;

	buf_clear(&f->line);
	for (;;) {
		if (f->start == f->end) {
			if (f->at_end)
				break;
			ssize_t got = read(f->fd, f->block, sizeof(f->block));
			if (got < 0 && errno == EINTR)
				continue;
			if (got < 0)
				return err_sys(err, "%s", f->path);
			if (got == 0) {
				f->at_end = true;
				break;
			}
			f->start = 0;
			f->end = (size_t)got;
			f->offset += (uint64_t)got;
		}
		struct slice rest = { f->block + f->start, f->end - f->start };
		size_t lf = slice_find(rest, '\n');
		struct slice part = slice_sub(rest, 0, lf);
		bool ends = lf < rest.n;
		any = true;
		f->start += ends ? lf + 1 : lf;
		if (ends && f->line.n == 0 && !cut && part.n <= f->limit) {
			*line = without_cr(part);
			*too_long = false;
			return 1;
		}
		size_t room = f->limit - f->line.n;
		if (part.n > room) {
			part = slice_sub(part, 0, room);
			cut = true;
		}
		buf_put(&f->line, part);
		if (!buf_ok(&f->line))
			return err_set(err, ERR_NOMEM, 0, "%s: out of memory", f->path);
		if (ends)
			break;
	}
	if (!any)
		return 0;
	*line = cut ? buf_slice(&f->line) : without_cr(buf_slice(&f->line));
	*too_long = cut;
	return 1;
}

uint64_t file_lines_offset(const struct file_lines *f)
{
	return f->offset - (f->end - f->start);
}

void file_lines_close(struct file_lines *f)
{
	if (!f)
		return;
	close_read(f->fd);
	buf_release(&f->line);
	free(f->path);
	free(f);
}

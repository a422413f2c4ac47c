/* The archive's files: found by a folder and a name below it, written and read at offsets. No file
 * is kept open: thousands of orders are under way at once, each with files of its own. */
#include "store/archive_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int archive_path(const struct archive *a, const char *name, struct buf *out, struct err *err)
{
	buf_clear(out);
	buf_printf(out, "%s/%s", a->dir, name);
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "archive: out of memory");
}

static int open_name(const struct archive *a, const char *name, int how, struct err *err)
{
	struct buf path = { 0 };
	int rc = archive_path(a, name, &path, err);

	if (rc == 0) {
		int fd = open(buf_str(&path), how | O_CLOEXEC, 0666);
		rc = fd >= 0 ? fd
		     : errno == ENOENT && !(how & O_CREAT)
		             ? err_set(err, ERR_NOTFOUND, 0, "%s: no such file", buf_str(&path))
		             : err_sys(err, "%s", buf_str(&path));
	}
	buf_release(&path);
	return rc;
}

void archive_close_appending(struct archive *a)
{
	for (int i = 0; i < ARCHIVE_APPENDED; i++) {
		if (a->appending[i].fd)
			close(a->appending[i].fd - 1); /* each write's failure was seen */
		a->appending[i].fd = 0;
	}
}

/* *kept: it stays open. The files of many orders lie in the archive's own folder. */
static int open_for_writing(struct archive *a, const char *name, bool *kept, struct err *err)
{
	int free_one = 0, fd;

	*kept = !strchr(name, '/');
	for (int i = 0; *kept && i < ARCHIVE_APPENDED; i++) {
		if (!a->appending[i].fd)
			free_one = i;
		else if (strcmp(a->appending[i].name, name) == 0)
			return a->appending[i].fd - 1;
	}
	fd = open_name(a, name, O_WRONLY | O_CREAT, err);
	if (fd >= 0 && *kept) {
		if (a->appending[free_one].fd)
			close(a->appending[free_one].fd - 1);
		a->appending[free_one].fd = fd + 1;
		snprintf(a->appending[free_one].name, sizeof(a->appending[free_one].name), "%s", name);
	}
	return fd;
}

int archive_write_at(struct archive *a, const char *name, uint64_t at, struct slice bytes,
                     struct err *err)
{
	bool kept;
	int fd = open_for_writing(a, name, &kept, err), rc = 0;

	if (fd < 0)
		return fd;
	while (rc == 0 && bytes.n) {
		ssize_t did = pwrite(fd, bytes.p, bytes.n, (off_t)at);
		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0) {
			rc = err_sys(err, "%s/%s", a->dir, name);
			break;
		}
		at += (uint64_t)did;
		bytes = slice_sub(bytes, (size_t)did, bytes.n);
	}
	if (!kept && close(fd) < 0 && rc == 0)
		rc = err_sys(err, "%s/%s", a->dir, name);
	return rc;
}

int archive_flush(struct archive_order *o, enum archive_part part, struct err *err)
{
	struct buf *b = &o->pending[part];

	if (b->n == 0)
		return 0;
	int rc = archive_write_at(o->archive, o->lane->file[part], o->end[part] - b->n, buf_slice(b), err);
	if (rc == 0)
		buf_clear(b);
	else
		o->torn = true;
	return rc;
}

/* The file that was read last stays open: an order's records lie in one or two. */
static int open_cached(struct archive *a, const char *name, struct err *err)
{
	if (a->reading && strcmp(a->reading_name, name) == 0)
		return a->reading - 1;
	archive_close_reading(a);
	int fd = open_name(a, name, O_RDONLY, err);
	if (fd >= 0) {
		a->reading = fd + 1;
		snprintf(a->reading_name, sizeof(a->reading_name), "%s", name);
	}
	return fd;
}

void archive_close_reading(struct archive *a)
{
	if (a->reading)
		close(a->reading - 1); /* reading only: nothing is lost */
	a->reading = 0;
}

int archive_read_at(struct archive *a, const char *name, uint64_t at, uint64_t length,
                    struct buf *out, struct err *err)
{
	size_t keep = out->n, want = (size_t)length;
	int fd = open_cached(a, name, err), rc = 0;

	if (fd < 0)
		return fd;
	struct stat st;
	if (fstat(fd, &st) < 0)
		rc = err_sys(err, "%s/%s", a->dir, name);
	else if (at > (uint64_t)st.st_size || length > (uint64_t)st.st_size - at)
		rc = err_set(err, ERR_CORRUPT, 0, "%s/%s: is cut off at %lld", a->dir, name,
		             (long long)st.st_size);
	char *room = rc ? NULL : buf_reserve(out, want);
	if (rc == 0 && !room)
		rc = err_set(err, ERR_NOMEM, 0, "%s: out of memory", name);
	while (rc == 0 && want) {
		ssize_t got = pread(fd, room, want, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			rc = got < 0 ? err_sys(err, "%s/%s", a->dir, name)
			             : err_set(err, ERR_CORRUPT, 0, "%s/%s: is cut off", a->dir, name);
			break;
		}
		room += got;
		at += (uint64_t)got;
		want -= (size_t)got;
		out->n += (size_t)got;
	}
	if (rc)
		out->n = keep;
	return rc;
}

int archive_length(const struct archive *a, const char *name, uint64_t *out, struct err *err)
{
	struct buf path = { 0 };
	struct stat st;
	int rc = archive_path(a, name, &path, err);

	if (rc == 0 && stat(buf_str(&path), &st) < 0) {
		if (errno != ENOENT)
			rc = err_sys(err, "%s", buf_str(&path));
		st.st_size = 0;
	}
	if (rc == 0)
		*out = (uint64_t)st.st_size;
	buf_release(&path);
	return rc;
}

int archive_cut(struct archive *a, const char *name, uint64_t length, struct err *err)
{
	struct buf path = { 0 };
	uint64_t have = 0;
	int rc = archive_length(a, name, &have, err);

	if (rc == 0 && have < length)
		rc = err_set(err, ERR_CORRUPT, 0,
		             "%s/%s: has %llu bytes of the %llu that are sealed: restore it", a->dir,
		             name, (unsigned long long)have, (unsigned long long)length);
	if (rc == 0 && have > length) {
		rc = archive_path(a, name, &path, err);
		archive_close_reading(a); /* another may get its name */
		archive_close_appending(a);
		if (rc == 0 && length == 0 && unlink(buf_str(&path)) < 0 && errno != ENOENT)
			rc = err_sys(err, "%s", buf_str(&path));
		int fd = rc == 0 && length ? open(buf_str(&path), O_WRONLY | O_CLOEXEC) : -1;
		if (rc == 0 && length && (fd < 0 || ftruncate(fd, (off_t)length) < 0))
			rc = err_sys(err, "%s", buf_str(&path));
		if (fd >= 0)
			close(fd);
	}
	buf_release(&path);
	return rc;
}

/* ---- lanes ---- */

void archive_file_name(unsigned lane, enum archive_part part, char out[40])
{
	snprintf(out, 40, part == ARCHIVE_WARC ? "warc/%06u.warc.gz" : "sealed/%06u.warc.sealed", lane);
}

bool archive_file_of(struct slice name, unsigned *lane, enum archive_part *part)
{
	static const struct slice before[ARCHIVE_PARTS] = { SLICE("warc/"), SLICE("sealed/") },
	                          behind[ARCHIVE_PARTS] = { SLICE(".warc.gz"), SLICE(".warc.sealed") };
	enum { DIGITS = 6 };
	unsigned n = 0;
	int p = slice_starts(name, before[ARCHIVE_WARC]) ? ARCHIVE_WARC : ARCHIVE_SEALED;

	if (!slice_starts(name, before[p]) || name.n != before[p].n + DIGITS + behind[p].n ||
	    !slice_ends(name, behind[p]))
		return false;
	for (const char *digit = name.p + before[p].n; digit < name.p + before[p].n + DIGITS; digit++) {
		if (*digit < '0' || *digit > '9')
			return false;
		n = n * 10 + (unsigned)(*digit - '0');
	}
	if (n == 0)
		return false;
	*lane = n;
	*part = (enum archive_part)p;
	return true;
}

struct archive_lane *archive_lane(struct archive *a, unsigned number)
{
	if (number == 0 || number > ARCHIVE_LANES_MAX)
		return NULL;
	if (number > a->lanes_cap) {
		size_t cap = number + number / 2 + 16;
		struct archive_lane **more = realloc(a->lane, cap * sizeof(struct archive_lane *));
		if (!more)
			return NULL;
		a->lane = more;
		a->lanes_cap = cap;
	}
	while (a->lanes < number) {
		struct archive_lane *l = calloc(1, sizeof(*l));
		if (!l)
			return NULL;
		l->number = (unsigned)a->lanes + 1;
		for (int p = 0; p < ARCHIVE_PARTS; p++)
			archive_file_name(l->number, (enum archive_part)p, l->file[p]);
		a->lane[a->lanes++] = l;
	}
	return a->lane[number - 1];
}

/* Folders: every file below one, in bytewise order of names, so that two runs over the same folder
 * read the same things in the same order on any file system. */
#include "cmd/intake_source.h"
#include "sys/file.h"
#include "sys/link.h"

#include <string.h>

/* Called per file of a walk; path is what opens it, name what it is called below the folder. */
typedef int (*file_fn)(void *ctx, const char *path, struct slice name, enum file_kind kind,
                       const struct err *trouble, struct err *err);

struct walk {
	struct buf path;
	size_t root; /* bytes of path before the names below the folder */
	file_fn fn;
	void *ctx;
};

static int visit(struct walk *w, unsigned depth, struct err *err);

/* Tell fn of a path that cannot be looked into. */
static int trouble(struct walk *w, const struct err *why, struct err *err)
{
	if (why->code == ERR_NOMEM)
		return err_set(err, ERR_NOMEM, 0, "%s", why->what);
	return w->fn(w->ctx, buf_str(&w->path), slice_sub(buf_slice(&w->path), w->root, w->path.n),
	             FILE_ABSENT, why, err);
}

static int visit_folder(struct walk *w, unsigned depth, struct err *err)
{
	struct err why = { 0 };
	char **names;
	size_t n, keep = w->path.n;
	int rc;

	if (depth == INTAKE_DEPTH_MAX) {
		err_set(&why, ERR_LIMIT, 0, "more than %d folders inside one another",
		        INTAKE_DEPTH_MAX);
		return trouble(w, &why, err);
	}
	rc = file_list(buf_str(&w->path), &names, &n, &why);
	if (rc < 0)
		return trouble(w, &why, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (w->path.p[keep - 1] != '/')
			buf_putc(&w->path, '/');
		buf_puts(&w->path, names[i]);
		rc = buf_ok(&w->path) ? visit(w, depth + 1, err)
		                      : err_set(err, ERR_NOMEM, 0, "intake: out of memory");
		w->path.n = keep;
		w->path.p[keep] = '\0';
	}
	file_list_free(names, n);
	return rc;
}

static int visit(struct walk *w, unsigned depth, struct err *err)
{
	struct err why = { 0 };
	enum file_kind kind;

	if (file_kind_of(buf_str(&w->path), &kind, &why) < 0)
		return trouble(w, &why, err);
	if (kind == FILE_DIRECTORY) {
		bool is_link;
		if (link_is(buf_str(&w->path), &is_link, &why) < 0)
			return trouble(w, &why, err);
		/* Two links that lead back up would make a walk without end. */
		if (is_link) {
			err_set(&why, ERR_REFUSED, 0,
			        "a link to a folder: give that folder itself");
			return trouble(w, &why, err);
		}
		return visit_folder(w, depth, err);
	}
	/* A link that leads nowhere, a socket, a device: nothing to read. */
	if (kind == FILE_ABSENT || kind == FILE_OTHER) {
		err_set(&why, ERR_NOTFOUND, 0, "not a file");
		return trouble(w, &why, err);
	}
	return w->fn(w->ctx, buf_str(&w->path), slice_sub(buf_slice(&w->path), w->root, w->path.n),
	             kind, NULL, err);
}

static int walk_folder(const char *path, file_fn fn, void *ctx, struct err *err)
{
	struct walk w = { .fn = fn, .ctx = ctx };

	buf_puts(&w.path, path);
	w.root = w.path.n + (w.path.n && w.path.p[w.path.n - 1] != '/');
	int rc = buf_ok(&w.path) ? visit_folder(&w, 0, err)
	                         : err_set(err, ERR_NOMEM, 0, "intake: out of memory");
	buf_release(&w.path);
	return rc;
}

/* ---- reading ---- */

static int read_found(void *ctx, const char *path, struct slice name, enum file_kind kind,
                      const struct err *why, struct err *err)
{
	struct intake *in = ctx;

	if (why) {
		struct intake_source s = { .in = in, .path = path, .name = name };
		source_bad_file(&s, "%s", why->what);
		in->total.bad_files++;
		return 0;
	}
	return intake_file(in, path, name, kind == FILE_REGULAR, false, err);
}

int intake_path(struct intake *in, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	enum file_kind kind;

	if (strcmp(path, "-") == 0)
		return intake_file(in, path, SLICE("standard input"), false, true, err);
	int rc = file_kind_of(path, &kind, err);
	if (rc < 0)
		return rc;
	if (kind == FILE_ABSENT)
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such file or folder", path);
	if (kind == FILE_DIRECTORY)
		return walk_folder(path, read_found, in, err);
	return intake_file(in, path, slice_str(slash ? slash + 1 : path), kind == FILE_REGULAR,
	                   true, err);
}

/* ---- measuring ---- */

static int add_size(void *ctx, const char *path, struct slice name, enum file_kind kind,
                    const struct err *why, struct err *err)
{
	uint64_t *bytes = ctx, length;
	int64_t mtime;

	(void)name;
	(void)kind;
	(void)err;
	/* What cannot be read is told when it is to be read. */
	if (!why && file_stat(path, &mtime, &length, NULL) == 0)
		*bytes += length;
	return 0;
}

int intake_size(const char *path, uint64_t *bytes, struct err *err)
{
	uint64_t sum = 0;
	enum file_kind kind = FILE_OTHER;
	int rc = strcmp(path, "-") == 0 ? 0 : file_kind_of(path, &kind, err);

	if (rc == 0 && kind == FILE_ABSENT)
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such file or folder", path);
	if (rc == 0 && kind == FILE_DIRECTORY)
		rc = walk_folder(path, add_size, &sum, err);
	else if (rc == 0 && kind == FILE_REGULAR)
		rc = add_size(&sum, path, slice_str(path), kind, NULL, err);
	if (rc == 0)
		*bytes = sum;
	return rc;
}

/* index.cdxj and what is derived beside it.
 *
 * Sealing appends the order's lines to index.tail.cdxj. Closing sorts the tail, and merges it into
 * index.cdxj once it has an eighth of its length (or the index is small): so the whole is written
 * nine times at most however many closings there are, and a closing after a few orders is cheap
 * beside a hundred million captures. The two files together are the index; each is sorted once the
 * archive was closed. Sorting maps the tail and holds 16 bytes a line. */
#include "store/archive_listing.h"

#include "sys/file.h"
#include "wire/cdxj.h"
#include "wire/warc_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALL = 64 << 20, SHARE = 8, PIECE = 1 << 20 };

/* ---- lines and payloads of a manifest ---- */

static int add_payload(struct archive_indexed *add, struct sha256 digest, const struct archive_place *place,
                       struct err *err)
{
	if (add->n == add->cap) {
		size_t cap = add->cap ? add->cap * 2 : 16;
		struct archive_payload *more = realloc(add->payload, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
		add->payload = more;
		add->cap = cap;
	}
	add->payload[add->n++] = (struct archive_payload){
		.digest = digest, .lane = place->lane, .length = (uint32_t)place->length, .at = place->at };
	return 0;
}

static int add_record(struct archive_indexed *add, const struct listed_exchange *x,
                      enum listed_part part, struct err *err)
{
	const struct listed_record *r = &x->part[part];
	/* That of the record may be another than that of the exchange. */
	struct cdxj line = { .uri = r->uri.p ? r->uri : x->uri };
	struct archive_place place;
	struct sha256 digest;
	int rc;

	if (!r->is_there || !r->file.p)
		return 0; /* no record of its own */
	if ((rc = listed_place(r, &place, err)) ||
	    (rc = evidence_address_parse(r->address, &digest, err)))
		return rc;
	if (place.part == ARCHIVE_SEALED)
		return 0;
	if (!r->has_payload && r->bytes > 0 && (rc = add_payload(add, digest, &place, err)))
		return rc;
	if (part == LISTED_CHAIN)
		return 0;
	line.mime = r->has_payload ? SLICE("warc/revisit") : r->media_type;
	line.status = r->status > 0 ? r->status : 0;
	line.digest = r->address;
	line.filename = r->file;
	line.offset = place.at;
	line.length = place.length;
	if ((rc = warc_date_parse(x->at, &line.at_ms, err)))
		return rc;
	return cdxj_put(&line, &add->lines, err);
}

int archive_index_of(const struct listed_exchange *x, struct archive_indexed *out, struct err *err)
{
	static const enum listed_part parts[] = { LISTED_RESPONSE, LISTED_PICTURE, LISTED_CHAIN };
	int rc = 0;

	for (size_t p = 0; rc == 0 && p < sizeof(parts) / sizeof(*parts); p++)
		rc = add_record(out, x, parts[p], err);
	return rc;
}

void archive_indexed_release(struct archive_indexed *x)
{
	buf_release(&x->lines);
	free(x->payload);
}

int archive_index_enter(struct archive *a, const struct archive_indexed *x, struct err *err)
{
	int rc = 0;

	if (x->lines.n)
		rc = archive_write_at(a, ARCHIVE_TAIL, a->tail_length, buf_slice(&x->lines), err);
	if (rc == 0)
		rc = archive_payloads_add(&a->payloads, x->payload, x->n, err);
	if (rc == 0)
		a->tail_length += x->lines.n;
	return rc;
}

int archive_index_add(struct archive *a, const json_t *manifest, struct err *err)
{
	struct archive_indexed add = { .n = 0 };
	struct listed_exchange one;
	size_t i;
	json_t *x;
	int rc = 0;

	json_array_foreach(json_arr(manifest, "exchanges"), i, x) {
		listed_exchange_of(x, &one);
		if (rc == 0)
			rc = archive_index_of(&one, &add, err);
	}
	if (rc == 0)
		rc = archive_index_enter(a, &add, err);
	archive_indexed_release(&add);
	return rc;
}

static int add_again(void *ctx, struct sha256 order, struct err *err)
{
	struct archive *a = ctx;
	json_t *manifest = NULL;
	int rc = archive_manifest_read(a, order, &manifest, err);

	if (rc == 0)
		rc = archive_index_add(a, manifest, err);
	json_decref(manifest);
	return rc;
}

int archive_index_rebuild(struct archive *a, struct err *err)
{
	int rc = archive_cut(a, ARCHIVE_TAIL, 0, err);

	if (rc == 0)
		rc = archive_cut(a, ARCHIVE_INDEX, 0, err);
	a->tail_length = 0;
	if (rc == 0)
		rc = archive_journal_each(a, add_again, a, err);
	return rc ? rc : archive_journal_index(a, err);
}

/* ---- sorting and merging ---- */

struct mapped {
	const char *p;
	size_t n;
};

static int map_file(const struct archive *a, const char *name, size_t n, struct mapped *out,
                    struct err *err)
{
	struct buf path = { 0 };
	int rc = archive_path(a, name, &path, err);

	*out = (struct mapped){ NULL, 0 };
	if (rc == 0 && n) {
		int fd = open(buf_str(&path), O_RDONLY | O_CLOEXEC);
		void *p = fd < 0 ? MAP_FAILED : mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED)
			rc = err_sys(err, "%s", buf_str(&path));
		else
			*out = (struct mapped){ p, n };
		if (fd >= 0)
			close(fd);
	}
	buf_release(&path);
	return rc;
}

static void unmap(struct mapped *m)
{
	if (m->p)
		munmap((void *)(uintptr_t)m->p, m->n);
}

static int by_line(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	return slice_cmp(*x, *y);
}

static int lines_of(struct slice text, struct slice **out, size_t *n, struct err *err)
{
	struct slice *line = NULL, one;
	size_t count = 0, i = 0;

	for (struct slice rest = text; slice_cut(&rest, '\n', &one);)
		count++;
	line = malloc((count + 1) * sizeof(*line));
	if (!line)
		return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	for (struct slice rest = text; slice_cut(&rest, '\n', &one);)
		line[i++] = one;
	qsort(line, count, sizeof(*line), by_line);
	*out = line;
	*n = count;
	return 0;
}

struct writing {
	int fd;
	struct buf buf;
	struct slice last; /* a line that is there already is not written again */
};

static int flush(struct writing *w, struct err *err)
{
	struct slice left = buf_slice(&w->buf);

	while (left.n) {
		ssize_t did = write(w->fd, left.p, left.n);
		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return err_sys(err, "archive: the index");
		left = slice_sub(left, (size_t)did, left.n);
	}
	buf_clear(&w->buf);
	return 0;
}

static int put_line(struct writing *w, struct slice line, struct err *err)
{
	if (w->last.p && slice_eq(line, w->last))
		return 0;
	w->last = line;
	buf_put(&w->buf, line);
	buf_putc(&w->buf, '\n');
	if (!buf_ok(&w->buf))
		return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	return w->buf.n > PIECE ? flush(w, err) : 0;
}

/* Both sorted, line by line, into one file that appears whole. */
static int write_merged(struct archive *a, const char *name, struct slice old,
                        const struct slice *fresh, size_t n, struct err *err)
{
	struct buf tmp = { 0 }, path = { 0 };
	struct writing w = { .fd = -1 };
	struct slice one = { NULL, 0 };
	bool have;
	size_t i = 0;
	int rc = archive_path(a, name, &path, err);

	buf_printf(&tmp, "%s.tmp", buf_str(&path));
	if (rc == 0 && !buf_ok(&tmp))
		rc = err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	if (rc == 0 && (w.fd = open(buf_str(&tmp), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) < 0)
		rc = err_sys(err, "%s", buf_str(&tmp));
	have = slice_cut(&old, '\n', &one);
	while (rc == 0 && (have || i < n)) {
		if (have && (i == n || slice_cmp(one, fresh[i]) <= 0)) {
			rc = put_line(&w, one, err);
			have = slice_cut(&old, '\n', &one);
		} else {
			rc = put_line(&w, fresh[i++], err);
		}
	}
	if (rc == 0)
		rc = flush(&w, err);
	if (rc == 0 && a->options.sync && fsync(w.fd) < 0)
		rc = err_sys(err, "%s", buf_str(&tmp));
	if (w.fd >= 0 && close(w.fd) < 0 && rc == 0)
		rc = err_sys(err, "%s", buf_str(&tmp));
	archive_close_appending(a); /* another may get the name */
	if (rc == 0)
		rc = file_move(buf_str(&tmp), buf_str(&path), err);
	else if (w.fd >= 0)
		unlink(buf_str(&tmp));
	buf_release(&w.buf);
	buf_release(&tmp);
	buf_release(&path);
	return rc;
}

int archive_index_merge(struct archive *a, bool whole, struct err *err)
{
	struct mapped tail, index = { NULL, 0 };
	struct slice *line = NULL;
	uint64_t length = 0;
	size_t n = 0;
	int rc = archive_length(a, ARCHIVE_INDEX, &length, err);

	if (rc || a->tail_length == 0)
		return rc;
	whole = whole || length < SMALL || a->tail_length > length / SHARE;
	rc = map_file(a, ARCHIVE_TAIL, (size_t)a->tail_length, &tail, err);
	if (rc)
		return rc;
	rc = lines_of(slice_from(tail.p, tail.n), &line, &n, err);
	if (rc == 0 && whole)
		rc = map_file(a, ARCHIVE_INDEX, (size_t)length, &index, err);
	if (rc == 0)
		rc = write_merged(a, whole ? ARCHIVE_INDEX : ARCHIVE_TAIL,
		                  slice_from(index.p, index.n), line, n, err);
	free(line);
	unmap(&index);
	unmap(&tail);
	/* Lines that are in both files after a crash here are written once by the next merge. */
	if (rc == 0 && !whole)
		rc = archive_length(a, ARCHIVE_TAIL, &a->tail_length, err);
	if (rc == 0 && whole)
		a->tail_length = 0;
	if (rc == 0)
		rc = archive_journal_index(a, err);
	if (rc == 0 && whole)
		rc = archive_cut(a, ARCHIVE_TAIL, 0, err);
	return rc;
}

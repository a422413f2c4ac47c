/* The intake: which reader an input goes to, and the counting.
 *
 *     argument --> file or folder (intake_tree.c finds the files)
 *                    |
 *                    v  by path, name, first bytes
 *          capture  HTML  WARC  lines --> source_name, source_page, source_record --> the sink
 */
#include "cmd/intake.h"

#include "base/utf8.h"
#include "cmd/intake_source.h"
#include "sys/file.h"
#include "wire/dname.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { HEAD_MAX = 4096, HEAD_LINES = 64 };

/* ---- counting and telling ---- */

void source_progress(struct intake_source *s, uint64_t bytes)
{
	struct intake *in = s->in;
	const struct intake_counts *c = &s->counts;

	if (in->progress)
		progress_set(in->progress, s->began + bytes,
		             (uint64_t)(in->total.names + in->total.pages + in->total.records +
		                        c->names + c->pages + c->records));
}

/* Whether the sink's answer ends the intake; if not, it was about one item. */
static bool is_end(int rc)
{
	return rc < 0 && rc != ERR_SYNTAX && rc != ERR_LIMIT;
}

static int taken(struct intake_source *s, int rc, const struct err *why, int64_t line,
                 struct err *err)
{
	if (is_end(rc)) {
		if (err)
			*err = *why;
		return rc;
	}
	if (rc < 0)
		source_bad_line(s, line, why);
	return 0;
}

int source_name(struct intake_source *s, struct slice name, int64_t line, struct err *err)
{
	const struct intake_sink *sink = &s->in->sink;
	struct intake_where w = { s->name, line, 0 };
	struct err why = { 0 };

	s->counts.names++;
	if (!sink->name)
		return 0;
	int rc = sink->name(sink->ctx, name, &w, &why);
	s->counts.suspects += rc == 1;
	return taken(s, rc, &why, line, err);
}

int source_page(struct intake_source *s, const struct intake_page *p, int64_t line, uint64_t offset,
                struct err *err)
{
	const struct intake_sink *sink = &s->in->sink;
	struct intake_where w = { s->name, line, offset };
	struct err why = { 0 };
	int rc = sink->page ? sink->page(sink->ctx, p, &w, &why) : 0;

	s->counts.pages += rc >= 0;
	return taken(s, rc, &why, line, err);
}

int source_record(struct intake_source *s, const struct record *r, int64_t line, struct err *err)
{
	const struct intake_sink *sink = &s->in->sink;
	struct intake_where w = { s->name, line, 0 };
	struct err why = { 0 };
	int rc = sink->record ? sink->record(sink->ctx, r, &w, &why) : 0;

	s->counts.records += rc >= 0;
	return taken(s, rc, &why, line, err);
}

static const struct log *log_of(struct intake_source *s)
{
	if (s->in->log)
		progress_hide(s->in->progress);
	return s->in->log;
}

void source_bad_line(struct intake_source *s, int64_t line, const struct err *why)
{
	s->counts.bad_lines++;
	if (!s->in->log || s->in->told > INTAKE_BAD_TOLD)
		return;
	if (s->in->told++ < INTAKE_BAD_TOLD)
		log_put(log_of(s), LEVEL_WARNING, why->what,
		        (const struct log_field[]){ LOG_STR("file", s->name),
		                                    LOG_INT("line", line) },
		        line ? 2 : 1);
	else
		log_printf(log_of(s), LEVEL_WARNING,
		           "there are more bad lines: from here on they are only counted");
}

void source_bad_file(struct intake_source *s, const char *fmt, ...)
{
	char what[300];
	va_list ap;

	s->counts.bad_files++;
	if (!s->in->log)
		return;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	LOG_PUT(log_of(s), LEVEL_WARNING, what, LOG_STR("file", s->name));
}

void source_skipped(struct intake_source *s, const char *why)
{
	s->counts.skipped++;
	if (s->in->log && s->in->log->level >= LEVEL_DEBUG)
		LOG_PUT(log_of(s), LEVEL_DEBUG, "skipped", LOG_STR("file", s->name),
		        LOG_STR("why", slice_str(why)));
}

void intake_log_totals(const struct intake *in)
{
	const struct intake_counts *t = &in->total;
	bool bad = t->bad_lines || t->bad_files;

	if (!in->log)
		return;
	progress_hide(in->progress);
	LOG_PUT(in->log, bad ? LEVEL_WARNING : LEVEL_INFO, bad ? "read, but not all" : "read",
	        LOG_INT("files", t->files), LOG_INT("names", t->names), LOG_INT("pages", t->pages),
	        LOG_INT("records", t->records), LOG_INT("bad_lines", t->bad_lines),
	        LOG_INT("bad_files", t->bad_files), LOG_INT("skipped", t->skipped));
}

/* ---- what a file holds ---- */

/* The first bytes, for a look; line ends count as LF. */
static int head_of(const char *path, struct buf *out, struct err *err)
{
	struct file_lines *f;
	struct slice line;
	bool too_long;
	int rc = file_lines_open(path, HEAD_MAX, &f, err);

	if (rc < 0)
		return rc;
	for (int i = 0; i < HEAD_LINES && out->n < HEAD_MAX; i++) {
		rc = file_lines_next(f, &line, &too_long, err);
		if (rc <= 0)
			break;
		buf_put(out, line);
		buf_putc(out, '\n');
	}
	file_lines_close(f);
	if (rc >= 0 && !buf_ok(out))
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
	return rc < 0 ? rc : 0;
}

/* A file whose name does not settle it. */
static int read_by_bytes(struct intake_source *s, enum intake_form by_name, struct err *err)
{
	struct buf head = { 0 };
	struct err why = { 0 };
	const char *binary = NULL;
	int rc = head_of(s->path, &head, &why);

	if (rc < 0) {
		buf_release(&head);
		if (rc == ERR_NOMEM)
			return err_set(err, ERR_NOMEM, 0, "%s", why.what);
		source_bad_file(s, "%s", why.what);
		return 0;
	}
	bool is_empty = head.n == 0;
	enum intake_form form = intake_form_of_bytes(buf_slice(&head), &binary);
	buf_release(&head);
	if (by_name == FORM_WARC || by_name == FORM_HTML || by_name == FORM_LINES)
		form = by_name;
	if (is_empty) {
		source_bad_file(s, "the file is empty");
		return 0;
	}
	if (form == FORM_WARC)
		return intake_warc(s, err);
	if (binary && !(binary == intake_utf16 && by_name == FORM_HTML)) {
		source_bad_file(s, "%s: neither names, records, a page nor a WARC file", binary);
		return 0;
	}
	return form == FORM_HTML ? intake_html(s, err) : intake_lines(s, err);
}

/* The last part of a path. */
static struct slice file_name_of(struct slice path)
{
	for (size_t i = path.n; i > 0; i--)
		if (path.p[i - 1] == '/')
			return slice_sub(path, i, path.n);
	return path;
}

static int read_source(struct intake_source *s, bool is_regular, struct err *err)
{
	enum intake_form form = intake_form_of_name(file_name_of(slice_str(s->path)));
	struct intake_capture capture;

	if (!is_regular)
		return intake_lines(s, err);
	if (form == FORM_ASSET || (form == FORM_NOTES && !s->is_explicit)) {
		if (s->is_explicit)
			source_bad_file(s, "a part of a page or an archive, no input of its own");
		else
			source_skipped(s, form == FORM_ASSET ? "part of a page" : "notes");
		return 0;
	}
	if (form != FORM_WARC && form != FORM_LINES &&
	    intake_capture_of(slice_str(s->path), &capture))
		return intake_captured(s, &capture, err);
	return read_by_bytes(s, form, err);
}

/* ---- sources ---- */

static void add(struct intake_counts *t, const struct intake_counts *c)
{
	t->names += c->names;
	t->suspects += c->suspects;
	t->pages += c->pages;
	t->records += c->records;
	t->bad_lines += c->bad_lines;
	t->bad_files += c->bad_files;
	t->skipped += c->skipped;
	t->files += c->files;
}

/* name as well-formed UTF-8: file names may hold any byte, and logs and the store may not. */
static void put_well_formed(struct slice name, struct buf *out)
{
	char c[4];

	for (size_t at = 0; at < name.n;)
		buf_put(out, slice_from(c, utf8_encode(utf8_next(name, &at), c)));
}

int intake_file(struct intake *in, const char *path, struct slice name, bool is_regular,
                bool is_explicit, struct err *err)
{
	struct intake_source s = { .in = in, .path = path, .is_explicit = is_explicit };
	struct buf shown = { 0 };
	uint64_t length = 0;
	int64_t mtime;

	put_well_formed(name, &shown);
	if (!buf_ok(&shown)) {
		buf_release(&shown);
		return err_set(err, ERR_NOMEM, 0, "intake: out of memory");
	}
	s.name = buf_slice(&shown);
	s.began = in->progress ? in->progress->done : 0;
	int rc = read_source(&s, is_regular, err);
	/* Without a length the progress line alone is wrong. */
	if (is_regular && file_stat(path, &mtime, &length, NULL) == 0)
		source_progress(&s, length);
	s.counts.files = s.counts.skipped == 0 || s.counts.pages > 0;
	add(&in->total, &s.counts);
	if (rc == 0 && in->sink.source)
		rc = in->sink.source(in->sink.ctx, s.name, &s.counts, err);
	arena_release(&s.arena);
	buf_release(&shown);
	return rc;
}

/* Lines: records, page rows and names, told apart line by line.
 *
 *     {"type": ...}            a record              (doc/format/record.md)
 *     {"url": ..., "text": ..} a page row; "html" in place of "text" is read as HTML
 *     anything else            a line of a list of names, JSON of certificate logs included
 */
#include "cmd/intake_source.h"

#include "base/sha256.h"
#include "sys/file.h"
#include "wire/dname.h"
#include "wire/namelist.h"
#include "wire/timestamp.h"
#include "wire/url.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_KEEP = 1 << 16 }; /* bytes of memory kept from line to line */

struct lines {
	struct intake_source *s;
	struct namelist list;
	int64_t line;
};

/* A failure to read a line: a bad line, unless there is no memory. */
static int bad(struct lines *l, int rc, const struct err *why, struct err *err)
{
	if (rc == ERR_NOMEM)
		return err_set(err, ERR_NOMEM, 0, "%s", why->what);
	source_bad_line(l->s, l->line, why);
	return 0;
}

/* ---- the site of a row ---- */

/* "gh:Some+shop" as "gh-some-shop". */
static size_t slug(struct slice s, char *out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < room; i++) {
		char c = ascii_lower(s.p[i]);
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = c;
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && out[n - 1] == '-')
		n--;
	return n;
}

int intake_site(struct slice site, const struct suffixes *suffixes, struct arena *arena,
                struct subject *out, struct err *err)
{
	char hex[SHA256_HEX], word[DNAME_LABEL_MAX + 1];
	struct dname name;
	struct subject subject;

	site = slice_trim(site);
	if (site.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "site is empty");
	/* A single label is a word: nobody sells on a top-level domain. */
	if (dname_parse(site, &name, NULL) == 0 && name.labels > 1) {
		struct slice kept = arena_copy(arena, dname_slice(&name));
		if (!kept.p)
			return err_set(err, ERR_NOMEM, 0, "intake: out of memory");
		*out = subject_of_name(kept, suffixes);
		return 0;
	}
	if ((slice_find(site, '.') < site.n || slice_find(site, ':') < site.n) &&
	    subject_parse(site, suffixes, arena, &subject, NULL) == 0 &&
	    subject.kind != SUBJECT_PREFIX) {
		if (subject.kind == SUBJECT_REGISTRABLE || subject.kind == SUBJECT_HOST)
			subject = subject_of_name(subject.key, suffixes);
		*out = subject;
		return 0;
	}
	/* Words that differ must not become one site because they are long or have no letter that
	 * a name may hold: those end in a part of their digest. */
	size_t n = slug(site, word, sizeof(word));
	if (n == 0 || n > DNAME_LABEL_MAX) {
		sha256_hex(sha256_of(site), hex);
		n = n ? 46 : 0;
		while (n && word[n - 1] == '-')
			n--;
		n += (size_t)snprintf(word + n, sizeof(word) - n, "%s%.16s", n ? "-" : "site-",
		                      hex);
	}
	char *key = arena_printf(arena, "%.*s.invalid", (int)n, word);
	if (!key)
		return err_set(err, ERR_NOMEM, 0, "intake: out of memory");
	*out = (struct subject){ SUBJECT_HOST, slice_str(key) };
	return 0;
}

/* ---- page rows ---- */

/* A member that, where it is there, is a string. */
static int optional(const json_t *row, const char *key, struct slice *out, struct err *err)
{
	const json_t *value = json_object_get(row, key);

	if (value && !json_is_null(value) && !json_is_string(value))
		return err_set(err, ERR_SYNTAX, 0, "page row: %s is not a string", key);
	*out = json_str(row, key);
	return 0;
}

int intake_row(const struct intake *in, const json_t *row, struct arena *arena,
               struct intake_page *p, struct err *err)
{
	bool is_html = json_object_get(row, "html") != NULL;
	struct slice text, site, at, address;
	struct url url;
	int rc;

	if ((rc = json_need_str(row, "url", &address, err)) < 0 ||
	    (rc = json_need_str(row, is_html ? "html" : "text", &text, err)) < 0 ||
	    (rc = optional(row, "site", &site, err)) < 0 ||
	    (rc = optional(row, "at", &at, err)) < 0 ||
	    (rc = optional(row, "vantage", &p->vantage, err)) < 0 ||
	    (rc = optional(row, "language", &p->language, err)) < 0)
		return rc == ERR_NOMEM ? rc : err_wrap(err, "page row");
	if ((rc = url_parse(address, arena, &url, err)) < 0)
		return rc;
	p->url = url.text;
	p->subject = subject_of_url(&url, in->suffixes);
	if (site.n && (rc = intake_site(site, in->suffixes, arena, &p->subject, err)) < 0)
		return rc;
	p->at = in->at;
	p->is_dated = at.n > 0;
	if (at.n && (rc = timestamp_parse(at, &p->at, err)) < 0)
		return err_wrap(err, "page row");
	if (p->vantage.n == 0)
		p->vantage = SLICE("local");
	else if (!intake_is_vantage(p->vantage))
		return err_set(err, ERR_SYNTAX, 0, "page row: vantage is no word: \"%.40s\"",
		               p->vantage.p);
	/* JSON is UTF-8, whatever the page itself declares. */
	p->media_type = is_html ? SLICE("text/html") : SLICE("text/plain");
	p->content_type = is_html ? SLICE("text/html; charset=utf-8") : SLICE("");
	p->bytes = text;
	return 0;
}

static int read_row(struct lines *l, const json_t *row, struct err *err)
{
	struct intake_page page = { 0 };
	struct err why = { 0 };
	int rc = intake_row(l->s->in, row, &l->s->arena, &page, &why);

	if (rc < 0)
		return bad(l, rc, &why, err);
	return source_page(l->s, &page, l->line, 0, err);
}

/* ---- records ---- */

/* Takes the reference of body. */
static int read_record(struct lines *l, json_t *body, struct err *err)
{
	struct record record;
	struct err why = { 0 };
	int rc = record_from_json(body, &record, &why);

	if (rc < 0) {
		json_decref(body);
		return bad(l, rc, &why, err);
	}
	rc = source_record(l->s, &record, l->line, err);
	record_release(&record);
	return rc;
}

/* ---- names ---- */

static int read_names(struct lines *l, struct slice line, const struct err *strict, struct err *err)
{
	struct namelist_line got;
	struct dname name;
	struct err why = { 0 };
	int rc = namelist_read(&l->list, line, &l->s->arena, &got, &why);

	if (rc < 0)
		return bad(l, rc, strict ? strict : &why, err);
	if (got.form == NAMELIST_IP)
		return 0; /* an address is no name to be screened */
	for (size_t i = 0; i < got.n; i++) {
		rc = dname_parse(got.names[i], &name, &why);
		rc = rc < 0 ? bad(l, rc, &why, err)
		            : source_name(l->s, dname_slice(&name), l->line, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* ---- a line ---- */

static int read_object(struct lines *l, struct slice line, struct err *err)
{
	struct err why = { 0 };
	json_t *object = NULL;
	int rc = json_parse_object(line, RECORD_LINE_MAX, &object, &why);

	if (rc == ERR_NOMEM)
		return bad(l, rc, &why, err);
	/* Logs of certificates hold numbers that our records may not; if it is none of them
	 * either, the strict reader's word is the one to tell. */
	if (rc < 0)
		return read_names(l, line, &why, err);
	if (json_object_get(object, "type"))
		return read_record(l, object, err);
	bool is_row = json_object_get(object, "url") &&
	              (json_object_get(object, "text") || json_object_get(object, "html"));
	rc = is_row ? read_row(l, object, err) : read_names(l, line, NULL, err);
	json_decref(object);
	return rc;
}

static int read_line(struct lines *l, struct slice line, bool too_long, struct err *err)
{
	struct err why = { 0 };

	if (l->line == 1 && slice_starts(line, SLICE("\xef\xbb\xbf")))
		line = slice_sub(line, 3, line.n);
	if (too_long) {
		int rc = err_set(&why, ERR_LIMIT, RECORD_LINE_MAX,
		                 "the line is longer than %d bytes", RECORD_LINE_MAX);
		return bad(l, rc, &why, err);
	}
	struct slice text = slice_trim(line);
	if (text.n && text.p[0] == '{')
		return read_object(l, text, err);
	return read_names(l, line, NULL, err);
}

/* Standard input is not looked into before it is read; what can only be read whole is refused. */
static const char *refused(const struct intake_source *s, struct slice first)
{
	const char *binary = NULL;
	enum intake_form form = intake_form_of_bytes(slice_sub(first, 0, 4096), &binary);

	if (s->path[0] != '-' || s->path[1])
		return NULL;
	if (form == FORM_HTML)
		return "a page: give it as a file";
	if (form == FORM_WARC)
		return "a WARC or gzip file: give it by its name";
	return binary;
}

int intake_lines(struct intake_source *s, struct err *err)
{
	struct lines l = { .s = s };
	struct file_lines *f;
	struct err why = { 0 };
	struct slice line;
	bool too_long;
	int rc = file_lines_open(s->path, RECORD_LINE_MAX, &f, &why);

	if (rc == ERR_NOMEM)
		return err_set(err, ERR_NOMEM, 0, "%s", why.what);
	if (rc < 0) {
		source_bad_file(s, "%s", why.what);
		return 0;
	}
	int got;
	while ((got = file_lines_next(f, &line, &too_long, &why)) == 1) {
		const char *no = ++l.line == 1 ? refused(s, line) : NULL;
		if (no) {
			source_bad_file(s, "%s", no);
			break;
		}
		rc = read_line(&l, line, too_long, err);
		if (rc < 0)
			break;
		if (s->arena.used > ARENA_KEEP)
			arena_release(&s->arena);
		if ((l.line & 0xff) == 0)
			source_progress(s, file_lines_offset(f));
	}
	/* A file that breaks off under our hands is told; what came before it was read. */
	if (got == ERR_NOMEM)
		rc = err_set(err, ERR_NOMEM, 0, "%s", why.what);
	else if (got < 0)
		source_bad_file(s, "%s", why.what);
	file_lines_close(f);
	return rc;
}

/* WARC files: the answers in them that are pages.
 *
 *   response  an HTTP message: a page where it succeeded (2xx) and holds text. Its payload is the
 *             evidence, as received but for the transfer coding
 *   resource  the payload alone; that of a rendering ("urn:dom:https://…") is a page of the address
 *   revisit   the HTTP header is its own, the payload that of the record which it refers to, where
 *             this file has that one; else it is skipped
 *   others    requests, metadata, failures, pictures, other schemes, what was asked of the DNS and
 *             of registries: skipped */
#include "cmd/intake_source.h"

#include "base/table.h"
#include "base/utf8.h"
#include "cmd/hash_key.h"
#include "sys/file.h"
#include "wire/http_response.h"
#include "wire/url.h"
#include "wire/warc.h"

/* "text/html" of "Text/HTML; charset=x", in lower case in the arena; .p NULL without memory. */
static struct slice media_type_of(struct slice content_type, struct arena *arena)
{
	struct slice type = slice_trim(slice_sub(content_type, 0, slice_find(content_type, ';')));
	char *low = arena_alloc(arena, type.n + 1);

	for (size_t i = 0; low && i < type.n; i++)
		low[i] = ascii_lower(type.p[i]);
	return slice_from(low, low ? type.n : 0);
}

/* A page that came without a type is left to the reader of HTML. */
static bool is_text(struct slice media_type)
{
	return media_type.n == 0 || slice_eq_str(media_type, "text/html") ||
	       slice_eq_str(media_type, "application/xhtml+xml") ||
	       slice_eq_str(media_type, "text/plain");
}

/* A header of odd bytes says nothing, and could not stand in a record. */
static struct slice well_formed(struct slice s)
{
	return utf8_valid(s, NULL) ? s : slice_from(NULL, 0);
}

static bool is_web(struct slice uri)
{
	return slice_eq_nocase(slice_sub(uri, 0, 7), SLICE("http://")) ||
	       slice_eq_nocase(slice_sub(uri, 0, 8), SLICE("https://"));
}

/* "https://…" of "urn:dom:https://…", as store/archive_put.c names the document of a rendering. */
static struct slice address_of(const struct warc_record *r)
{
	static const struct slice prefix = SLICE("urn:dom:");

	return r->type == WARC_RESOURCE && slice_starts(r->target_uri, prefix)
	               ? slice_sub(r->target_uri, prefix.n, r->target_uri.n)
	               : r->target_uri;
}

/* Records of a file that revisits may refer to: their offsets by their ids. */
struct originals {
	struct slice file;
	struct table by_id;
	struct arena arena;
};

static int note_original(struct originals *o, const struct warc_record *r, struct err *err)
{
	struct slice id = arena_copy(&o->arena, r->id);
	struct table_entry *e = id.p ? table_put(&o->by_id, id) : NULL;
	size_t *at = e ? ARENA_NEW(&o->arena, size_t) : NULL;

	if (!at)
		return err_set(err, ERR_NOMEM, 0, "intake: out of memory");
	*at = r->offset;
	e->value = at;
	return 0;
}

/* The payload that a revisit refers to; 0 where the file has it not. Copied into the arena. */
static int read_original(const struct originals *o, const struct warc_record *revisit,
                         struct arena *arena, struct slice *payload, struct err *err)
{
	const struct table_entry *e = table_find(&o->by_id, revisit->refers_to);
	struct warc_reader reader;
	struct warc_record r;
	struct http_response http = { .status = 0 };
	int rc = 0, got;

	if (!e)
		return 0;
	warc_open(&reader, slice_sub(o->file, *(const size_t *)e->value, o->file.n), 0);
	while ((got = warc_next(&reader, &r, err)) == 1 && !slice_eq(r.id, revisit->refers_to))
		; /* a member may hold several */
	if (got == 1 && r.type == WARC_RESPONSE) {
		struct slice block = arena_copy(arena, r.block);
		rc = block.p ? http_response_parse(block, arena, &http, err)
		             : err_set(err, ERR_NOMEM, 0, "intake: out of memory");
		*payload = http.payload;
	} else if (got == 1) {
		*payload = arena_copy(arena, r.block);
		if (!payload->p)
			rc = err_set(err, ERR_NOMEM, 0, "intake: out of memory");
	}
	warc_release(&reader);
	return rc ? rc : got;
}

/* 1 and the page of a record, 0 where it holds none, or why it is a bad one. */
static int page_of(struct intake_source *s, const struct originals *o, const struct warc_record *r,
                   struct intake_page *out, struct err *err)
{
	struct intake_page p = { .at = r->at, .is_dated = true,
		                 .vantage = intake_is_vantage(r->vantage) ? r->vantage
		                                                          : SLICE("local") };
	struct slice address = address_of(r), original = { NULL, 0 };
	struct http_response http;
	struct url url;
	int rc = 0;

	if ((r->type != WARC_RESPONSE && r->type != WARC_RESOURCE && r->type != WARC_REVISIT) ||
	    !is_web(address))
		return 0;
	if (r->type == WARC_REVISIT && (r->block.n == 0 || /* of a resource, or without its header */
	                                (rc = read_original(o, r, &s->arena, &original, err)) == 0))
		return 0;
	else if (r->type == WARC_REVISIT && rc < 0)
		return rc;
	if (r->type != WARC_RESOURCE) {
		if ((rc = http_response_parse(r->block, &s->arena, &http, err)) < 0)
			return rc;
		if (http.status < 200 || http.status > 299)
			return 0;
		p.status = http.status;
		p.content_type = well_formed(http.content_type);
		p.content_encoding = well_formed(http.content_encoding);
		p.bytes = r->type == WARC_REVISIT ? original : http.payload;
	} else {
		p.content_type = well_formed(r->content_type);
		p.bytes = r->block;
	}
	p.media_type = media_type_of(p.content_type, &s->arena);
	if (!p.media_type.p)
		return err_set(err, ERR_NOMEM, 0, "intake: out of memory");
	if (!is_text(p.media_type))
		return 0;
	if (p.media_type.n == 0)
		p.media_type = SLICE("text/html");
	if ((rc = url_parse(address, &s->arena, &url, err)) < 0)
		return rc;
	p.url = url.text;
	p.subject = subject_of_url(&url, s->in->suffixes);
	*out = p;
	return 1;
}

static int read_record(struct intake_source *s, struct originals *o, const struct warc_record *r,
                       struct err *err)
{
	struct intake_page page;
	struct err why = { 0 };
	int rc = page_of(s, o, r, &page, &why);

	if (rc >= 0 && (r->type == WARC_RESPONSE || r->type == WARC_RESOURCE) && r->id.n &&
	    note_original(o, r, &why))
		rc = ERR_NOMEM;

	if (rc == ERR_NOMEM)
		return err_set(err, ERR_NOMEM, 0, "%s", why.what);
	if (rc < 0) {
		err_wrap(&why, "record at %zu", r->offset);
		source_bad_line(s, 0, &why);
		return 0;
	}
	if (rc == 0) {
		s->counts.skipped++;
		return 0;
	}
	return source_page(s, &page, 0, r->offset, err);
}

int intake_warc(struct intake_source *s, struct err *err)
{
	struct buf file = { 0 };
	struct warc_reader reader;
	struct warc_record record;
	struct originals originals = { .file = { NULL, 0 } };
	struct err why = { 0 };
	size_t records = 0;
	int rc = file_read(s->path, INTAKE_WARC_MAX, &file, &why), got;

	if (rc == ERR_NOMEM)
		return err_set(err, ERR_NOMEM, 0, "%s", why.what);
	if (rc < 0) {
		source_bad_file(s, "%s", why.what);
		return 0;
	}
	originals.file = buf_slice(&file);
	rc = hash_key_random(&originals.by_id.key, err);
	warc_open(&reader, originals.file, 0);
	while (rc == 0 && (got = warc_next(&reader, &record, &why)) != 0) {
		if (got == ERR_NOMEM) {
			rc = err_set(err, ERR_NOMEM, 0, "%s", why.what);
		} else if (got < 0 && records == 0) {
			/* A gzip file of something else, or a page that tells of the format. */
			source_bad_file(s, "no WARC file: %s", why.what);
			break;
		} else if (got < 0) {
			source_bad_line(s, 0, &why);
		} else {
			records++;
			rc = read_record(s, &originals, &record, err);
		}
		arena_release(&s->arena);
		source_progress(s, reader.at);
	}
	warc_release(&reader);
	table_release(&originals.by_id);
	arena_release(&originals.arena);
	buf_release(&file);
	return rc;
}

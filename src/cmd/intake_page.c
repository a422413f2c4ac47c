/* Saved pages: of a capture tree, and HTML files that say themselves where they are from. */
#include "cmd/intake_source.h"

#include "sys/file.h"
#include "wire/html.h"
#include "wire/url.h"

void intake_page_key(struct slice kind, struct slice key, struct slice url, struct slice vantage,
                     struct sha256 evidence, struct buf *out)
{
	/* None of these holds an LF. */
	buf_printf(out, "%.*s\n%.*s\n%.*s\n%.*s\n", SLICE_ARG(kind), SLICE_ARG(key), SLICE_ARG(url),
	           SLICE_ARG(vantage));
	buf_put(out, slice_from((const char *)evidence.b, SHA256_LEN));
}

/* Read the file whole. 1 when it was read, 0 when it is no good and that is told. */
static int read_whole(struct intake_source *s, struct buf *out, struct err *err)
{
	struct err why = { 0 };
	int rc = file_read(s->path, INTAKE_PAGE_MAX, out, &why);

	if (rc == ERR_NOMEM)
		return err_set(err, ERR_NOMEM, 0, "%s", why.what);
	if (rc < 0) {
		source_bad_file(s, "%s", why.what);
		return 0;
	}
	return 1;
}

int intake_captured(struct intake_source *s, const struct intake_capture *c, struct err *err)
{
	struct slice name = slice_str(s->path);
	struct buf bytes = { 0 }, address = { 0 };
	struct err why = { 0 };
	struct url url;
	const char *binary = NULL;
	int rc = read_whole(s, &bytes, err);

	if (rc <= 0)
		goto done;
	rc = 0;
	intake_form_of_bytes(slice_sub(buf_slice(&bytes), 0, 4096), &binary);
	if (binary && binary != intake_utf16) {
		source_bad_file(s, "not a page: %s", binary);
		goto done;
	}
	intake_capture_url(c, &address);
	if (!buf_ok(&address)) {
		rc = err_set(err, ERR_NOMEM, 0, "intake: out of memory");
		goto done;
	}
	rc = url_parse(buf_slice(&address), &s->arena, &url, &why);
	if (rc == ERR_NOMEM) {
		err_set(err, ERR_NOMEM, 0, "%s", why.what);
		goto done;
	}
	if (rc < 0) {
		source_bad_file(s, "its path is no web address: %s", why.what);
		rc = 0;
		goto done;
	}
	struct intake_page page = {
		.subject = subject_of_url(&url, s->in->suffixes),
		.url = url.text,
		.vantage = c->vantage,
		.at = c->at,
		.is_dated = true,
		.media_type = intake_form_of_name(name) == FORM_PLAIN ? SLICE("text/plain")
		                                                      : SLICE("text/html"),
		.bytes = buf_slice(&bytes),
	};
	rc = source_page(s, &page, 0, 0, err);
done:
	buf_release(&bytes);
	buf_release(&address);
	return rc;
}

/* The address of a page that lies in no capture tree. The saving browser's word comes first: the
 * canonical link is the page author's, who may name somebody else's site. */
static bool address_of(const struct page_text *text, struct arena *arena, struct url *out,
                       bool *by_author)
{
	*by_author = false;
	if (text->saved_from.n && url_parse(text->saved_from, arena, out, NULL) == 0)
		return true;
	*by_author = true;
	return text->canonical.n && url_parse(text->canonical, arena, out, NULL) == 0;
}

int intake_html(struct intake_source *s, struct err *err)
{
	struct buf bytes = { 0 };
	struct err why = { 0 };
	struct page_text text;
	struct url url;
	uint64_t length;
	int64_t mtime;
	bool by_author;
	int rc = read_whole(s, &bytes, err);

	if (rc <= 0)
		goto done;
	rc = file_stat(s->path, &mtime, &length, &why);
	if (rc == 0)
		rc = html_text(buf_slice(&bytes), slice_from(NULL, 0), NULL, &s->arena, &text,
		               &why);
	if (rc == ERR_NOMEM) {
		err_set(err, ERR_NOMEM, 0, "%s", why.what);
		goto done;
	}
	if (rc < 0) {
		source_bad_file(s, "%s", why.what);
		rc = 0;
		goto done;
	}
	if (!address_of(&text, &s->arena, &url, &by_author)) {
		source_bad_file(s,
		                "a page without its address: put it at HOST/YYYY-MM-DD/PATH, for "
		                "example shop.example/2026-10-01/index.html, or save it with a "
		                "browser that notes the address");
		goto done;
	}
	if (by_author && s->in->log) {
		progress_hide(s->in->progress);
		LOG_PUT(s->in->log, LEVEL_INFO, "address taken from the page's own canonical link",
		        LOG_STR("file", s->name), LOG_STR("url", url.text));
	}
	struct intake_page page = {
		.subject = subject_of_url(&url, s->in->suffixes),
		.url = url.text,
		.vantage = SLICE("local"),
		.at = mtime,
		.media_type = SLICE("text/html"),
		.bytes = buf_slice(&bytes),
	};
	rc = source_page(s, &page, 0, 0, err);
done:
	buf_release(&bytes);
	return rc;
}

/* The pages that people read: home, search, a name. A browser gets HTML, curl plain text.
 *
 * The reader's country and language come from the address alone (?for=JP&lang=ja); the language also
 * from what the browser asks for. A country is never guessed. */
#include "cmd/serve.h"
#include "model/record.h"
#include "publish/answer.h"
#include "publish/asked.h"
#include "publish/page.h"
#include "wire/markup.h"

enum { FORM_HTML, FORM_TEXT, FORM_JSON };

static int read_reader(struct serve_call *c, struct page_reader *out, struct err *err)
{
	struct serve *s = c->serve;
	struct slice lang = { 0 }, country = { 0 };
	enum catalogue_language language =
		catalogue_language_accept(http_request_field(c->request, "Accept-Language"));
	int rc = serve_parameter(c, "lang", &lang, err);

	if (rc >= 0)
		rc = serve_parameter(c, "for", &country, err);
	if (rc < 0)
		return rc;
	if (lang.n)
		catalogue_language_of(lang, &language); /* one we have not: as the browser asks */
	*out = (struct page_reader){
		.catalogue = s->catalogue,
		.language = language,
		.contacts = s->contacts,
		.destination = record_is_country(country) ? country : SLICE(""),
		.destinations = s->destinations,
		.destinations_n = s->destinations_n,
		.appeal_address = slice_str(s->config->appeal_address),
		.demonstration = s->demonstration,
	};
	return 0;
}

static int form_of(struct serve_call *c)
{
	struct slice format = { 0 }, accept = http_request_field(c->request, "Accept");

	if (serve_parameter(c, "format", &format, NULL) == 1) {
		if (slice_eq_str(format, "html"))
			return FORM_HTML;
		return slice_eq_str(format, "json") ? FORM_JSON : FORM_TEXT;
	}
	if (serve_wants_html(c->request))
		return FORM_HTML;
	return slice_find_slice(accept, SLICE("application/json")) < accept.n ? FORM_JSON : FORM_TEXT;
}

/* What depends on who asks must not be kept for somebody else; what was looked up must not be kept
 * at all. */
static void put_fields(struct serve_call *c, enum catalogue_language language, bool is_html)
{
	c->out->media_type = is_html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
	serve_field(c, "Content-Language", slice_str(catalogue_language_tag(language)));
	serve_field(c, "Vary", SLICE("Accept, Accept-Language"));
	serve_field(c, "Cache-Control", SLICE("no-store"));
}

static void put_home(struct serve_call *c, const struct page_reader *reader, struct slice query,
                     const char *why)
{
	bool is_html = form_of(c) == FORM_HTML;
	struct err err = { 0 };
	int rc = is_html ? page_home(reader, query, why, &c->out->body, &err)
	                 : page_home_text(reader, &c->out->body, &err);

	if (rc)
		serve_failure(c, rc, &err);
	else
		put_fields(c, reader->language, is_html);
}

void serve_home(struct serve_call *c)
{
	struct page_reader reader;
	struct err err = { 0 };
	int rc = read_reader(c, &reader, &err);

	if (rc)
		serve_failure(c, rc, &err);
	else
		put_home(c, &reader, SLICE(""), NULL);
}

/* Search without script: what was typed becomes the address of a page. */
static int put_location(struct serve_call *c, struct slice name, const struct page_reader *reader,
                        struct err *err)
{
	struct buf to = { 0 };

	buf_puts(&to, "/d/");
	markup_percent(&to, name);
	buf_printf(&to, "?lang=%s", catalogue_language_tag(reader->language));
	if (reader->destination.n)
		buf_printf(&to, "&for=%.*s", SLICE_ARG(reader->destination));
	struct slice value = arena_copy(c->arena, buf_slice(&to));
	bool ok = buf_ok(&to) && value.p;
	buf_release(&to);
	if (!ok)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	serve_field(c, "Location", value);
	serve_field(c, "Cache-Control", SLICE("no-store"));
	c->out->status = 303;
	return 0;
}

void serve_search(struct serve_call *c)
{
	struct page_reader reader;
	struct slice typed = { 0 };
	struct buf asked = { 0 };
	struct subject subject;
	struct err err = { 0 };
	int rc = read_reader(c, &reader, &err);

	if (rc == 0)
		rc = serve_parameter(c, "q", &typed, &err);
	if (rc >= 0) {
		asked_name(typed, &asked);
		rc = buf_ok(&asked) ? 0 : err_set(&err, ERR_NOMEM, 0, "out of memory");
	}
	if (rc == 0)
		rc = subject_parse(buf_slice(&asked), c->serve->rules.suffixes, c->arena, &subject, &err);
	/* A word is a name to the DNS, a top-level domain; to a shopper it is a word. */
	if (rc == 0 && subject.kind <= SUBJECT_HOST && slice_find(subject.key, '.') == subject.key.n)
		rc = err_set(&err, ERR_SYNTAX, 0, "a word, not a name");
	if (rc == 0)
		rc = put_location(c, subject.key, &reader, &err);
	if (rc == ERR_SYNTAX || rc == ERR_LIMIT) {
		put_home(c, &reader, typed, asked.n ? "search.not_a_name" : "search.nothing");
		c->out->status = 400;
	} else if (rc) {
		serve_failure(c, rc, &err);
	}
	buf_release(&asked);
}

void serve_name(struct serve_call *c)
{
	struct page_reader reader;
	struct slice name;
	json_t *answer = NULL;
	struct err err = { 0 };
	int form = form_of(c), rc = read_reader(c, &reader, &err);

	if (rc == 0)
		rc = serve_rest(c, &name, &err);
	if (rc == 0)
		rc = serve_answer(c->serve, name, reader.destination, VIEW_TOLD, &answer, &err);
	if (rc) {
		serve_failure(c, rc, &err);
		return;
	}
	bool known = json_flag(answer, "known", false);
	if (form == FORM_JSON) {
		put_fields(c, reader.language, false);
		serve_json(c, answer);
		return;
	}
	rc = form == FORM_HTML ? page_of_name(answer, &reader, &c->out->body, &err)
	                       : page_of_name_text(answer, &reader, &c->out->body, &err);
	json_decref(answer);
	if (rc) {
		serve_failure(c, rc, &err);
		return;
	}
	put_fields(c, reader.language, form == FORM_HTML);
	if (!known) /* a page that says so; 404 keeps it out of search engines */
		c->out->status = 404;
}

void serve_failure_page(struct serve_call *c, unsigned status)
{
	struct page_reader reader;
	struct buf page = { 0 };

	/* A query that cannot be read must not keep the page away. */
	if (read_reader(c, &reader, NULL))
		reader = (struct page_reader){ .catalogue = c->serve->catalogue,
			                       .contacts = c->serve->contacts };
	if (c->out->body.n && slice_starts(slice_str(c->out->media_type), SLICE("text/html")))
		return; /* a page already: what could not be read, with the box to try again */
	if (page_failure(&reader, status, &page, NULL) == 0) {
		buf_release(&c->out->body);
		c->out->body = page;
		page = (struct buf){ 0 };
		c->out->media_type = "text/html; charset=utf-8";
	}
	buf_release(&page);
}

void serve_asset(struct serve_call *c)
{
	const struct serve_asset *asset = serve_assets_find(c->serve->assets, c->rest);

	if (!asset) {
		serve_problem(c, 404, "there is no such file");
		return;
	}
	serve_field(c, "ETag", slice_str(asset->etag));
	serve_field(c, "Cache-Control", SLICE("no-cache")); /* ask again; mostly it is a 304 */
	if (slice_eq_str(http_request_field(c->request, "If-None-Match"), asset->etag)) {
		c->out->status = 304;
		return;
	}
	c->out->media_type = asset->media_type;
	c->out->fixed = asset->bytes;
}

void serve_openapi(struct serve_call *c)
{
	c->rest = SLICE("openapi.json");
	serve_asset(c);
}

/* What stands around every page: the document's head, the way home, language, country, search, and
 * at the foot who speaks here. */
#include "publish/page_part.h"

int part_open(struct part *p, const struct page_reader *reader, const char *kind, bool plain,
              struct slice path, struct buf *out)
{
	*p = (struct part){ .own = *reader, .kind = kind };
	if (!part_is_country(p->own.destination))
		p->own.destination = (struct slice){ "", 0 };
	p->reader = &p->own;
	buf_put(&p->path, path);
	sheet_open(&p->sheet, plain, out);
	return buf_ok(&p->path) ? 0 : ERR_NOMEM;
}

int part_close(struct part *p, struct err *err)
{
	bool failed = !buf_ok(&p->path) || !buf_ok(&p->fill);
	int rc = sheet_close(&p->sheet, err);

	buf_release(&p->path);
	buf_release(&p->fill);
	if (failed)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	return rc;
}

/* <meta name=... content=...> */
static void meta(struct sheet *s, const char *name, struct slice content)
{
	sheet_begin(s, "meta");
	sheet_attr(s, "name", slice_str(name));
	sheet_attr(s, "content", content);
	sheet_end(s);
}

static void draw_document_head(struct part *p, struct slice title)
{
	struct sheet *s = &p->sheet;

	sheet_begin(s, "head");
	sheet_begin(s, "meta");
	sheet_attr(s, "charset", SLICE("utf-8"));
	sheet_end(s);
	meta(s, "viewport", SLICE("width=device-width, initial-scale=1"));
	meta(s, "referrer", SLICE("no-referrer")); /* whom somebody asks about is nobody's business */
	meta(s, "color-scheme", SLICE("light dark"));
	meta(s, "format-detection", SLICE("telephone=no"));
	sheet_begin(s, "title");
	sheet_text(s, title);
	sheet_end(s);
	sheet_begin(s, "link");
	sheet_attr(s, "rel", SLICE("stylesheet"));
	sheet_link(s, "href", SLICE("/assets/assay.css"));
	sheet_end(s);
	sheet_begin(s, "link");
	sheet_attr(s, "rel", SLICE("icon"));
	sheet_attr(s, "type", SLICE("image/svg+xml"));
	sheet_link(s, "href", SLICE("/assets/icon-mark.svg"));
	sheet_end(s);
	sheet_begin(s, "script");
	sheet_attr(s, "type", SLICE("module"));
	sheet_link(s, "src", SLICE("/assets/app.js"));
	sheet_end(s);
	sheet_end(s);
}

/* Each language by its own name, the present one marked. */
static void draw_languages(struct part *p)
{
	static const char *const names[CATALOGUE_LANGUAGES] = { "English", "日本語" };
	struct sheet *s = &p->sheet;

	sheet_begin_class(s, "ul", "languages");
	for (int i = 0; i < CATALOGUE_LANGUAGES; i++) {
		enum catalogue_language l = (enum catalogue_language)i;
		struct slice tag = slice_str(catalogue_language_tag(l));
		sheet_begin(s, "li");
		sheet_begin(s, "a");
		part_href(p, buf_slice(&p->path), p->reader->destination, l);
		sheet_attr(s, "lang", tag);
		sheet_attr(s, "hreflang", tag);
		if (l == p->reader->language)
			sheet_attr(s, "aria-current", SLICE("true"));
		sheet_text(s, slice_str(names[i]));
		sheet_end(s);
		sheet_end(s);
	}
	sheet_end(s);
}

static void hidden(struct sheet *s, const char *name, struct slice value)
{
	sheet_begin(s, "input");
	sheet_attr(s, "type", SLICE("hidden"));
	sheet_attr(s, "name", slice_str(name));
	sheet_attr(s, "value", value);
	sheet_end(s);
}

static void option(struct part *p, struct slice country)
{
	struct sheet *s = &p->sheet;

	sheet_begin(s, "option");
	sheet_attr(s, "value", country);
	if (slice_eq(country, p->reader->destination))
		sheet_attr(s, "selected", SLICE(""));
	if (country.n)
		sheet_text(s, part_country(p, country));
	else
		part_say(p, "choose.none");
	sheet_end(s);
}

void part_choose(struct part *p)
{
	struct sheet *s = &p->sheet;
	const struct page_reader *r = p->reader;

	sheet_begin(s, "form");
	sheet_attr(s, "id", SLICE("choose"));
	sheet_attr(s, "method", SLICE("get"));
	sheet_link(s, "action", buf_slice(&p->path));
	sheet_begin(s, "label");
	sheet_attr(s, "for", SLICE("for"));
	part_say(p, "choose.label");
	sheet_end(s);
	sheet_begin(s, "select");
	sheet_attr(s, "id", SLICE("for"));
	sheet_attr(s, "name", SLICE("for"));
	option(p, SLICE(""));
	for (size_t i = 0; i < r->destinations_n; i++)
		option(p, r->destinations[i]);
	sheet_end(s);
	hidden(s, "lang", slice_str(catalogue_language_tag(r->language)));
	sheet_begin(s, "button");
	sheet_attr(s, "type", SLICE("submit"));
	part_say(p, "choose.button");
	sheet_end(s);
	sheet_end(s);
}

void part_search(struct part *p, struct slice query, bool is_wrong)
{
	struct sheet *s = &p->sheet;
	struct buf clean = { 0 };

	markup_clean(&clean, query, PART_NAME);
	sheet_begin_class(s, "form", "search");
	sheet_attr(s, "method", SLICE("get"));
	sheet_attr(s, "role", SLICE("search"));
	sheet_link(s, "action", SLICE("/search"));
	part_attr(p, "data-text-search-will", "search.will");
	part_attr(p, "data-text-search-not", "search.not_yet");
	sheet_begin(s, "label");
	sheet_attr(s, "for", SLICE("q"));
	part_say(p, "search.label");
	sheet_end(s);
	sheet_begin(s, "input");
	sheet_attr(s, "id", SLICE("q"));
	sheet_attr(s, "name", SLICE("q"));
	sheet_attr(s, "type", SLICE("text"));
	sheet_attr(s, "inputmode", SLICE("url"));
	sheet_attr(s, "autocomplete", SLICE("off"));
	sheet_attr(s, "autocapitalize", SLICE("none"));
	sheet_attr(s, "spellcheck", SLICE("false"));
	sheet_attr(s, "maxlength", SLICE("2000"));
	sheet_attr(s, "required", SLICE(""));
	sheet_attr(s, "aria-describedby", is_wrong ? SLICE("q-why q-help") : SLICE("q-help"));
	if (is_wrong)
		sheet_attr(s, "aria-invalid", SLICE("true"));
	if (clean.n)
		sheet_attr(s, "value", buf_slice(&clean));
	sheet_end(s);
	if (p->reader->destination.n)
		hidden(s, "for", p->reader->destination);
	hidden(s, "lang", slice_str(catalogue_language_tag(p->reader->language)));
	sheet_begin(s, "button");
	sheet_attr(s, "type", SLICE("submit"));
	part_say(p, "search.button");
	sheet_end(s);
	sheet_begin_class(s, "p", "help");
	sheet_attr(s, "id", SLICE("q-help"));
	part_say(p, "search.help");
	sheet_end(s);
	sheet_end(s);
	p->fill.failed |= clean.failed;
	buf_release(&clean);
}

void part_head(struct part *p, struct slice title)
{
	struct sheet *s = &p->sheet;

	if (s->plain)
		return;
	sheet_begin(s, "html");
	sheet_attr(s, "lang", slice_str(catalogue_language_tag(p->reader->language)));
	draw_document_head(p, title);
	sheet_begin(s, "body");
	sheet_attr(s, "data-page", slice_str(p->kind));
	sheet_begin_class(s, "a", "skip");
	sheet_link(s, "href", SLICE("#answer"));
	part_say(p, "frame.skip");
	sheet_end(s);
	sheet_begin_class(s, "header", "top");
	sheet_begin_class(s, "a", "home");
	part_href(p, SLICE("/"), p->reader->destination, p->reader->language);
	part_say(p, "frame.home");
	sheet_end(s);
	if (p->reader->demonstration)
		part_line(p, "p", "demonstration", "frame.demonstration_short");
	if (strcmp(p->kind, "failure") != 0) {
		sheet_begin(s, "nav");
		part_attr(p, "aria-label", "frame.languages");
		draw_languages(p);
		sheet_end(s);
		part_choose(p);
	}
	sheet_end(s);
	sheet_begin(s, "main");
	sheet_attr(s, "id", SLICE("answer"));
}

/* What the machine reads is the same answer. */
static void draw_machine(struct part *p)
{
	struct sheet *s = &p->sheet;

	sheet_begin_class(s, "ul", "machine");
	if (p->answer) {
		buf_clear(&p->fill);
		buf_puts(&p->fill, "/v1/lookup?name=");
		markup_percent(&p->fill, p->name);
		if (p->reader->destination.n) {
			buf_puts(&p->fill, "&destination=");
			markup_percent(&p->fill, p->reader->destination);
		}
		sheet_begin(s, "li");
		part_link(p, buf_slice(&p->fill), "frame.machine");
		sheet_end(s);
	}
	sheet_begin(s, "li");
	part_link(p, SLICE("/v1/openapi.json"), "frame.api");
	sheet_end(s);
	sheet_end(s);
}

void part_foot(struct part *p)
{
	struct sheet *s = &p->sheet;

	if (!s->plain) {
		sheet_end(s); /* main */
		if (strcmp(p->kind, "name") == 0) {
			sheet_begin_class(s, "aside", "again");
			part_line(p, "h2", NULL, "search.again");
			part_search(p, SLICE(""), false);
			sheet_end(s);
		}
	}
	sheet_begin_class(s, "footer", "foot");
	if (s->plain)
		part_line(p, "h2", NULL, "frame.about_title");
	if (p->reader->demonstration)
		part_line(p, "p", "demonstration", "frame.demonstration");
	part_line(p, "p", NULL, "frame.about");
	part_line(p, "p", NULL, "frame.no_advice");
	draw_machine(p);
	sheet_end(s);
	if (!s->plain) {
		sheet_end(s); /* body */
		sheet_end(s); /* html */
	}
}

/* Home with its search box, and the pages of failures. */
#include "publish/page_part.h"

#include <stdio.h>

static void draw_words(struct part *p)
{
	static const char *const classes[] = { "legitimate",     "rogue",        "unapproved",
		                               "foreign_legal",  "unverified",   "not_a_pharmacy",
		                               "out_of_scope",   NULL };

	sheet_begin(&p->sheet, "section");
	sheet_attr(&p->sheet, "id", SLICE("words"));
	part_line(p, "h2", NULL, "home.words");
	sheet_begin_class(&p->sheet, "dl", "words");
	for (size_t i = 0; classes[i]; i++) {
		struct slice id = slice_str(classes[i]);
		bool foreign = strcmp(classes[i], "foreign_legal") == 0;
		sheet_begin_class(&p->sheet, "dt", "verdict");
		sheet_attr(&p->sheet, "data-class", foreign ? SLICE("unapproved") : id);
		sheet_text(&p->sheet, part_word(p, "class", id));
		sheet_end(&p->sheet);
		sheet_begin(&p->sheet, "dd");
		sheet_text(&p->sheet, part_word(p, "meaning", id));
		sheet_end(&p->sheet);
	}
	sheet_end(&p->sheet);
	sheet_end(&p->sheet);
}

static void draw_home(struct part *p, struct slice query, const char *why)
{
	struct sheet *s = &p->sheet;

	part_line(p, "h1", NULL, "home.title");
	part_line(p, "p", "lead", "home.lead");
	if (why) {
		sheet_begin_class(s, "p", "wrong");
		sheet_attr(s, "id", SLICE("q-why"));
		sheet_attr(s, "role", SLICE("alert"));
		part_say(p, why);
		sheet_end(s);
	}
	if (s->plain)
		part_line(p, "p", NULL, "plain.home");
	else
		part_search(p, query, why != NULL);
	sheet_begin(s, "section");
	sheet_attr(s, "id", SLICE("reads"));
	part_line(p, "h2", NULL, "home.reads");
	sheet_begin(s, "ul");
	part_line(p, "li", NULL, "home.reads_name");
	part_line(p, "li", NULL, "home.reads_address");
	part_line(p, "li", NULL, "home.reads_mail");
	part_line(p, "li", NULL, "home.reads_own_script");
	sheet_end(s);
	sheet_end(s);
	draw_words(p);
	part_safer(p);
}

static int draw(const struct page_reader *reader, bool plain, struct slice query, const char *why,
                struct buf *out, struct err *err)
{
	struct part p;
	struct slice title;

	if (part_open(&p, reader, "home", plain, SLICE("/"), out)) {
		part_close(&p, NULL);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	title = catalogue_get(reader->catalogue, reader->language, SLICE("home.title"), NULL);
	part_head(&p, title);
	draw_home(&p, query, why);
	part_foot(&p);
	return part_close(&p, err);
}

int page_home(const struct page_reader *reader, struct slice query, const char *why,
              struct buf *out, struct err *err)
{
	return draw(reader, false, query, why, out, err);
}

int page_home_text(const struct page_reader *reader, struct buf *out, struct err *err)
{
	return draw(reader, true, (struct slice){ "", 0 }, NULL, out, err);
}

int page_failure(const struct page_reader *reader, unsigned status, struct buf *out,
                 struct err *err)
{
	static const struct {
		unsigned status;
		const char *title, *says;
	} known[] = {
		{ 400, "failure.400", "failure.400_says" },
		{ 404, "failure.404", "failure.404_says" },
		{ 503, "failure.503", "failure.503_says" },
		{ 500, "failure.500", "failure.500_says" },
	};
	enum { LAST = sizeof(known) / sizeof(known[0]) - 1 };
	struct part p;
	char number[16];
	size_t i = 0;

	while (i < LAST && known[i].status != status)
		i++;
	if (part_open(&p, reader, "failure", false, SLICE("/"), out)) {
		part_close(&p, NULL);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	snprintf(number, sizeof(number), "%u", status);
	const struct part_value v = { "status", slice_str(number), PART_OWN };
	part_head(&p, catalogue_get(reader->catalogue, reader->language, slice_str(known[i].title), NULL));
	part_line(&p, "h1", NULL, known[i].title);
	part_line(&p, "p", "lead", known[i].says);
	part_line_with(&p, "p", "status", "failure.status", &v, 1);
	part_search(&p, (struct slice){ "", 0 }, false);
	part_foot(&p);
	return part_close(&p, err);
}

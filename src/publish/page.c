/* The page of a name: the answer, then the table it stands in, then the reasons, then what a reader
 * can do. Both forms run through the same calls (publish/sheet.h). */
#include "publish/page.h"

#include "publish/page_part.h"

/* "x.example: Do not buy medicine here" for the window and the bookmark. */
static void put_title(const struct part *p, struct buf *out)
{
	markup_clean(out, p->name, PART_NAME);
	buf_puts(out, " - assay");
}

static int draw(const json_t *answer, const struct page_reader *reader, bool plain, struct buf *out,
                struct err *err)
{
	struct slice d[PART_DESTINATIONS], name = json_str(answer, "name");
	struct buf path = { 0 }, title = { 0 };
	struct part p;
	struct telling t;

	buf_puts(&path, "/d/");
	markup_percent(&path, name);
	int rc = part_open(&p, reader, "name", plain, buf_slice(&path), out);
	p.answer = answer;
	p.name = name;
	put_title(&p, &title);
	if (rc == 0 && buf_ok(&path) && buf_ok(&title)) {
		part_head(&p, buf_slice(&title));
		part_answer(&p);
		part_contents(&p);
		part_matrix(&p);
		size_t n = part_destinations(&p, d, PART_DESTINATIONS);
		for (size_t i = 0; i < n && json_flag(answer, "known", false); i++) {
			telling_of(&p, d[i], &t);
			if (telling_has_section(&t))
				part_destination(&p, &t);
		}
		part_proofs(&p);
		part_appeal(&p);
		part_bought(&p);
		part_safer(&p);
		part_foot(&p);
		rc = part_close(&p, err);
	} else {
		part_close(&p, NULL);
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	buf_release(&path);
	buf_release(&title);
	return rc;
}

int page_of_name(const json_t *answer, const struct page_reader *reader, struct buf *out,
                 struct err *err)
{
	return draw(answer, reader, false, out, err);
}

int page_of_name_text(const json_t *answer, const struct page_reader *reader, struct buf *out,
                      struct err *err)
{
	return draw(answer, reader, true, out, err);
}

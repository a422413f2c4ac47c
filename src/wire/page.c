/* Names of roles, and the reader of plain text. */
#include "wire/page.h"

#include "base/utf8.h"
#include "wire/page_language.h"
#include "wire/page_writer.h"

enum { PLAIN_BYTES = 16 << 20 };

const char *block_role_name(enum block_role r)
{
	static const char *const name[ROLES_N] = {
		[ROLE_PARAGRAPH] = "paragraph",   [ROLE_TITLE] = "title",
		[ROLE_META_DESCRIPTION] = "meta_description",
		[ROLE_HEADING] = "heading",       [ROLE_LIST_ITEM] = "list_item",
		[ROLE_TABLE_CELL] = "table_cell", [ROLE_FORM_LABEL] = "form_label",
		[ROLE_OPTION] = "option",         [ROLE_LINK] = "link",
		[ROLE_BUTTON] = "button",         [ROLE_ALT] = "alt",
	};
	return r < ROLES_N ? name[r] : "unknown";
}

const char *block_region_name(enum block_region r)
{
	static const char *const name[REGIONS_N] = {
		[REGION_BODY] = "body", [REGION_HEADER] = "header", [REGION_NAV] = "nav",
		[REGION_MAIN] = "main", [REGION_ASIDE] = "aside",   [REGION_FOOTER] = "footer",
	};
	return r < REGIONS_N ? name[r] : "unknown";
}

struct slice page_block_text(const struct page_text *p, const struct page_block *b)
{
	return slice_sub(b->hidden ? p->hidden : p->text, b->start, b->end);
}

/* Append s to b as well-formed UTF-8 without NUL. */
static void put_clean(struct buf *b, struct slice s)
{
	size_t from = 0;

	for (size_t at = 0; at < s.n;) {
		size_t start = at;
		uint32_t c = utf8_next(s, &at);
		if (c != UTF8_BAD && c != 0)
			continue;
		buf_put(b, slice_sub(s, from, start));
		buf_puts(b, "\xef\xbf\xbd");
		from = at;
	}
	buf_put(b, slice_sub(s, from, s.n));
}

int page_plain(struct slice text, struct arena *a, struct page_text *out, struct err *err)
{
	struct buf clean = { 0 }, seen = { 0 }, hidden = { 0 };
	struct page_text page = { .charset = "UTF-8", .extractor = PAGE_EXTRACTOR_PLAIN };
	struct page_writer w;
	struct slice line;
	int rc;

	if (text.n > PLAIN_BYTES)
		return err_set(err, ERR_LIMIT, PLAIN_BYTES, "page: text of %zu bytes is over %d",
		               text.n, PLAIN_BYTES);
	put_clean(&clean, text);
	page_writer_init(&w, a, &seen, &hidden);
	for (struct slice rest = buf_slice(&clean); slice_cut(&rest, '\n', &line);) {
		struct page_block like = { .role = ROLE_PARAGRAPH,
			                   .source = (uint32_t)(line.p - clean.p) };
		page_writer_text(&w, &like, line);
		page_writer_break(&w, false);
	}
	rc = page_writer_finish(&w, &page, err);
	if (rc == 0 && !buf_ok(&clean))
		rc = err_set(err, ERR_NOMEM, 0, "page: no memory");
	if (rc == 0) {
		page_languages(&page);
		*out = page;
	}
	buf_release(&clean);
	buf_release(&seen);
	buf_release(&hidden);
	return rc;
}

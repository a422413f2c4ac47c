/* The example of a page in doc/format/: blocks that must stand in it as the program makes them. */
#ifndef TEST_FORMAT_PAGE_H
#define TEST_FORMAT_PAGE_H

#include "check.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

/* As `hexdump -C` prints, indented as the pages are; offsets begin at `from`. */
static inline void page_hex(struct buf *out, struct slice s, size_t from)
{
	for (size_t at = 0; at < s.n; at += 16) {
		buf_printf(out, "    %08zx", from + at);
		for (size_t i = at; i < at + 16; i++)
			if (i < s.n)
				buf_printf(out, "%s%02x", i % 8 ? " " : "  ",
				           (unsigned char)s.p[i]);
			else
				buf_puts(out, i % 8 ? "   " : "    ");
		buf_puts(out, "  |");
		for (size_t i = at; i < at + 16 && i < s.n; i++)
			buf_putc(out, s.p[i] >= 0x20 && s.p[i] < 0x7f ? s.p[i] : '.');
		buf_puts(out, "|\n");
	}
}

static inline void page_lines(struct buf *out, struct slice s)
{
	struct slice line;

	while (slice_cut(&s, '\n', &line)) {
		if (line.n)
			buf_puts(out, "    ");
		buf_put(out, line);
		buf_putc(out, '\n');
	}
}

/* Each block stands in doc/format/NAME; with ASSAY_PRINT=1 they are printed. Releases them. */
static inline void page_holds(const char *name, struct buf *block, size_t n)
{
	const char *source_dir = getenv("ASSAY_SOURCE");
	struct buf page = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/doc/format/%s", source_dir ? source_dir : ".", name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	for (int c; (c = fgetc(f)) != EOF;)
		buf_putc(&page, (char)c);
	fclose(f);
	for (size_t i = 0; i < n; i++) {
		if (getenv("ASSAY_PRINT"))
			printf("%s\n", buf_str(&block[i]));
		assert_true(block[i].n > 0);
		CHECK_INT(i, "block of the page in doc/format (ASSAY_PRINT=1 prints it)",
		          slice_find_slice(buf_slice(&page), buf_slice(&block[i])) < page.n, 1);
		buf_release(&block[i]);
	}
	buf_release(&page);
}

#endif

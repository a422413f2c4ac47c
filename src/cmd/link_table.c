#include "cmd/link_table.h"

#include "base/buf.h"
#include "sys/file.h"

#include <string.h>

enum { LINK_FILE_MAX = 1 << 30 };

struct slice link_table_cell(struct slice *row)
{
	size_t n = 0;

	while (n < row->n && row->p[n] != '\t')
		n++;
	struct slice cell = slice_sub(*row, 0, n);
	*row = slice_sub(*row, n + (n < row->n), row->n);
	return cell;
}

int link_table_read(const char *path, const char *header, const char *note, link_row_fn fn,
                    void *ctx, struct err *err)
{
	struct buf text = { 0 };
	int rc = file_read(path, LINK_FILE_MAX, &text, err);
	bool begun = false;

	for (size_t at = 0, number = 1; rc == 0 && at < text.n; number++) {
		const char *end = memchr(text.p + at, '\n', text.n - at);
		size_t n = end ? (size_t)(end - text.p) - at : text.n - at;
		struct slice line = slice_from(text.p + at, n);
		at += n + 1;
		bool noted = note && slice_starts(line, slice_str(note));
		if (line.n == 0 || (line.p[0] == '#' && !noted))
			continue;
		if (!begun && slice_eq_str(line, header)) {
			begun = true;
			continue;
		}
		if (!begun && !noted)
			rc = err_set(err, ERR_SYNTAX, 0, "the first line is not \"%s\"", header);
		else
			rc = fn(ctx, line, err);
		if (rc)
			err_wrap(err, "%s:%zu", path, number);
	}
	buf_release(&text);
	return rc;
}

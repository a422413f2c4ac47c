/* Lines of standard input through record_parse and record_format, for tests/e2e/test_schema.py:
 * the canonical line with its id, or "error: " and why. One line out for each line in. */
#include "base/buf.h"
#include "model/record.h"
#include "sys/file.h"

#include <stdio.h>

int main(void)
{
	struct file_lines *lines = NULL;
	struct slice line;
	struct err err;
	bool too_long;
	int rc = file_lines_open("-", RECORD_LINE_MAX, &lines, &err);

	while (rc == 0 && (rc = file_lines_next(lines, &line, &too_long, &err)) == 1) {
		struct record r;
		struct buf out = { 0 };
		rc = record_parse(line, &r, &err);
		if (rc == 0) {
			rc = record_format(&r, &out, &err);
			record_release(&r);
		}
		if (rc)
			printf("error: %s\n", err.what);
		else
			printf("%.*s\n", SLICE_ARG(buf_slice(&out)));
		buf_release(&out);
		rc = 0;
	}
	file_lines_close(lines);
	return rc < 0 ? 2 : 0;
}

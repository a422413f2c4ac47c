#include "model/dum.h"

#include "base/table.h"
#include "base/utf8.h"
#include "wire/timestamp.h"

#include <string.h>

enum { COLUMNS = 4 };

static int bad(struct err *err, const char *file, size_t line, const char *what)
{
	return err_set(err, ERR_SYNTAX, line, "%s:%zu: %s", file, line, what);
}

static bool read_number(struct slice s, int64_t *out)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || n > DUM_DOMAINS_MAX)
			return false;
		n = n * 10 + (s.p[i] - '0');
	}
	*out = n;
	return s.n && n > 0 && n <= DUM_DOMAINS_MAX;
}

static bool is_date(struct slice s)
{
	int64_t at;

	return s.n == 10 && timestamp_parse(s, &at, NULL) == 0;
}

static int read_row(struct slice text, const char *file, size_t line, struct dum *out,
                    struct err *err)
{
	struct slice rest = text, cell[COLUMNS];
	size_t n = 0;

	while (n < COLUMNS && slice_cut(&rest, '\t', &cell[n]))
		cell[n] = slice_trim(cell[n]), n++;
	if (n < COLUMNS || rest.n)
		return bad(err, file, line,
		           "four columns are wanted: party, domains, date, source");
	if (cell[0].n == 0 || cell[0].n > DUM_TEXT_MAX)
		return bad(err, file, line, "no key of a party, such as registrar:146");
	if (!read_number(cell[1], &out->domains))
		return bad(err, file, line, "domains is no number above 0");
	if (!is_date(cell[2]))
		return bad(err, file, line, "date is no day such as 2026-06-30");
	if (cell[3].n == 0 || cell[3].n > DUM_TEXT_MAX)
		return bad(err, file, line, "no source, or one over 200 bytes");
	out->party = cell[0];
	out->date = cell[2];
	out->source = cell[3];
	return 0;
}

static size_t lines_of(struct slice text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

int dum_read(struct slice text, const char *file, struct arena *a, struct dum **out, size_t *n,
             struct err *err)
{
	struct table seen = { 0 }; /* an operator's own file: nobody attacks it */
	struct slice rest = text, line;
	size_t at = 0, rows = 0;
	int rc = 0;

	if (text.n > DUM_BYTES_MAX)
		return err_set(err, ERR_LIMIT, 0, "%s: over %d bytes", file, DUM_BYTES_MAX);
	struct dum *row = arena_array(a, lines_of(text), sizeof(*row));
	if (!row)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	while (rc == 0 && slice_cut(&rest, '\n', &line)) {
		at++;
		if (slice_trim(line).n == 0 || line.p[0] == '#')
			continue;
		if (!utf8_valid(line, NULL)) {
			rc = bad(err, file, at, "not UTF-8");
			break;
		}
		rc = read_row(line, file, at, &row[rows], err);
		struct table_entry *e = rc ? NULL : table_put(&seen, row[rows].party);
		if (rc == 0 && !e)
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
		else if (rc == 0 && e->value)
			rc = bad(err, file, at, "that party stands there already");
		else if (rc == 0)
			e->value = &row[rows++];
	}
	table_release(&seen);
	if (rc)
		return rc;
	*out = row;
	*n = rows;
	return 0;
}

/* A state machine over bytes. Text of a row is gathered in one buffer, cells as offsets into it:
 *
 *     START --"--> QUOTED --"--> QUOTE --other--> PLAIN
 *       |            ^------"------'
 *       '--other--> PLAIN --separator--> START of the next cell */
#include "wire/csv.h"

#include "base/buf.h"

#include <stdlib.h>

enum state { START, PLAIN, QUOTED, QUOTE };

struct csv {
	csv_row_fn fn;
	void *ctx;
	char separator;
	enum state state;
	bool after_cr; /* an LF now belongs to the CR before it */
	bool over;     /* the row is over a limit: skip to its end */
	int64_t line, row_line, quote_line;
	struct buf text;
	size_t end[CSV_CELLS_MAX]; /* of each cell within text */
	size_t n;
	struct slice cell[CSV_CELLS_MAX];
};

int csv_new(char separator, csv_row_fn fn, void *ctx, struct csv **out, struct err *err)
{
	if (separator == '"' || separator == '\n' || separator == '\r' || separator <= 0)
		return err_set(err, ERR_USAGE, 0, "csv: no separator");
	struct csv *c = calloc(1, sizeof(*c));
	if (!c)
		return err_set(err, ERR_NOMEM, 0, "csv: out of memory");
	c->fn = fn;
	c->ctx = ctx;
	c->separator = separator;
	c->line = c->row_line = 1;
	*out = c;
	return 0;
}

static void put(struct csv *c, char byte)
{
	if (c->over)
		return;
	if (c->text.n >= CSV_ROW_MAX)
		c->over = true;
	else
		buf_putc(&c->text, byte);
}

static void end_cell(struct csv *c)
{
	c->state = START;
	if (c->over)
		return;
	if (c->n == CSV_CELLS_MAX)
		c->over = true;
	else
		c->end[c->n++] = c->text.n;
}

static int end_row(struct csv *c, struct err *err)
{
	bool empty = c->n == 0 && c->text.n == 0 && c->state == START && !c->over;
	int rc = 0;

	if (!empty) {
		end_cell(c);
		if (!buf_ok(&c->text))
			return err_set(err, ERR_NOMEM, 0, "csv: out of memory");
		for (size_t i = 0, from = 0; i < c->n; from = c->end[i++])
			c->cell[i] = slice_from(c->text.p ? c->text.p + from : "",
			                        c->end[i] - from);
		rc = c->over ? c->fn(c->ctx, NULL, 0, c->row_line,
		                     "the row is longer than 1 MiB or has more than 4096 cells", err)
		             : c->fn(c->ctx, c->cell, c->n, c->row_line, NULL, err);
	}
	buf_clear(&c->text);
	c->n = 0;
	c->over = false;
	c->state = START;
	c->row_line = c->line;
	return rc;
}

static int read_byte(struct csv *c, char byte, struct err *err)
{
	bool after_cr = c->after_cr;

	c->after_cr = byte == '\r';
	if (byte == '\n' && after_cr) {
		/* Within quotes it is a letter like the CR before it; else the row has ended. */
		if (c->state == QUOTED)
			put(c, byte);
		return 0;
	}
	if (byte == '\n' || byte == '\r')
		c->line++;
	if (c->state == QUOTED) {
		if (byte == '"')
			c->state = QUOTE;
		else
			put(c, byte);
		return 0;
	}
	if (byte == '\n' || byte == '\r')
		return end_row(c, err);
	if (byte == c->separator) {
		end_cell(c);
		return 0;
	}
	if (byte == '"' && c->state == START) {
		c->state = QUOTED;
		c->quote_line = c->line;
		return 0;
	}
	if (byte == '"' && c->state == QUOTE) {
		c->state = QUOTED; /* two quotes are one */
		put(c, byte);
		return 0;
	}
	c->state = PLAIN;
	put(c, byte);
	return 0;
}

int csv_push(struct csv *c, struct slice bytes, struct err *err)
{
	for (size_t i = 0; i < bytes.n; i++) {
		int rc = read_byte(c, bytes.p[i], err);
		if (rc)
			return rc;
	}
	return 0;
}

int csv_end(struct csv *c, struct err *err)
{
	if (c->state == QUOTED)
		return err_set(err, ERR_SYNTAX, (size_t)c->quote_line,
		               "line %lld: a quote is opened here and never closed",
		               (long long)c->quote_line);
	return end_row(c, err);
}

void csv_free(struct csv *c)
{
	if (!c)
		return;
	buf_release(&c->text);
	free(c);
}

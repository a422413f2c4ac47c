#include "cmd/assess_print.h"

#include "assess/reasons.h"

#include <stdlib.h>

static int find_finding(void *ctx, struct slice id, json_t **out, struct err *err)
{
	const struct report *r = ctx;

	(void)err;
	*out = NULL;
	for (size_t i = 0; i < r->n && !*out; i++)
		if (slice_eq(json_str(r->finding[i].body, "id"), id))
			*out = json_incref(r->finding[i].body);
	return 0;
}

static int print_lines(const struct report *r, struct buf *out, struct err *err)
{
	struct explain_source from = { find_finding, (void *)(uintptr_t)r };
	const json_t *cell;
	size_t i;

	json_array_foreach(json_arr(r->verdict.body, "cells"), i, cell) {
		struct slice ground = json_str(cell, "ground");
		explain_put_foreign(out, r->verdict.key, 200);
		buf_printf(out, " for %.*s: %.*s", SLICE_ARG(json_str(cell, "destination")),
		           SLICE_ARG(json_str(cell, "class")));
		if (ground.n)
			buf_printf(out, " (%.*s)", SLICE_ARG(ground));
		buf_puts(out, "\n  ");
		size_t before = out->n;
		int rc = explain_line(cell, &from, out, err);
		if (rc)
			return rc;
		if (out->n == before)
			out->n -= 2;
		else
			buf_putc(out, '\n');
	}
	return 0;
}

static int put_object(const json_t *o, struct buf *out, struct err *err)
{
	int rc = json_canonical(o, out, err);

	buf_putc(out, '\n');
	return rc;
}

static int print_reasons(const struct assess_print *p, const struct report *r, struct buf *out,
                         struct err *err)
{
	const struct assessor *as = &p->rules->assessor;
	struct reasons_source from = { { find_finding, (void *)(uintptr_t)r },
		                       as->pack,
		                       as->pack_n,
		                       p->cmd->config.appeal_address };
	const json_t *cells = json_arr(r->verdict.body, "cells"), *cell;
	json_t **reasons = calloc(json_array_size(cells) + 1, sizeof(json_t *));
	size_t i, n = 0;
	int rc = reasons ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");

	json_array_foreach(cells, i, cell) {
		if (rc == 0)
			rc = reasons_of(r->verdict.body, cell, &from, &reasons[n], err);
		n += rc == 0;
	}
	if (rc == 0 && p->cmd->format != FORMAT_JSON)
		rc = reasons_put_text(r->verdict.body, reasons, n, out, err);
	for (i = 0; i < n; i++) {
		if (rc == 0 && p->cmd->format == FORMAT_JSON)
			rc = put_object(reasons[i], out, err);
		json_decref(reasons[i]);
	}
	free(reasons);
	return rc;
}

int assess_print(const struct assess_print *p, const struct report *r, struct buf *out,
                 struct err *err)
{
	int rc = 0;

	if (p->explain && p->cmd->format != FORMAT_JSON)
		return print_reasons(p, r, out, err);
	if (p->cmd->format == FORMAT_TEXT)
		return print_lines(r, out, err);
	for (size_t i = 0; rc == 0 && i < r->n; i++)
		rc = put_object(r->finding[i].body, out, err);
	if (rc == 0)
		rc = put_object(r->verdict.body, out, err);
	return rc == 0 && p->explain ? print_reasons(p, r, out, err) : rc;
}

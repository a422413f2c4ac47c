#include "cmd/link_hypotheses.h"

#include "cmd/link_records.h"

#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
}

int link_hypotheses_take(struct link_hypotheses *h, const struct record *r, struct arena *arena,
                         struct err *err)
{
	struct buf text = { 0 };

	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 16;
		struct slice *more = realloc(h->line, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		h->line = more;
		h->cap = cap;
	}
	int rc = record_format(r, &text, err);
	if (rc == 0) {
		h->line[h->n] = arena_copy(arena, buf_slice(&text));
		rc = h->line[h->n].p ? 0 : no_memory(err);
	}
	h->n += rc == 0;
	buf_release(&text);
	return rc;
}

static int compare_line(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	return slice_cmp(*x, *y);
}

static int put_line(struct slice line, bool text, struct buf *out, struct err *err)
{
	struct record r;

	if (!text) {
		buf_put(out, line);
		buf_putc(out, '\n');
		return 0;
	}
	int rc = record_parse(line, &r, err);
	if (rc)
		return rc;
	buf_printf(out, "  %.*s: %.*s (%.*s)\n", SLICE_ARG(r.key),
	           SLICE_ARG(json_str(r.body, "claim")), SLICE_ARG(r.src));
	record_release(&r);
	return 0;
}

static int put_all(const struct link_told *t, struct link_hypotheses *h, bool text, int64_t at,
                   struct buf *out, struct err *err)
{
	struct buf record = { 0 };
	int rc = 0;

	if (h->n)
		qsort(h->line, h->n, sizeof(*h->line), compare_line);
	for (size_t i = 0; i < h->n && rc == 0; i++)
		if (i == 0 || !slice_eq(h->line[i], h->line[i - 1]))
			rc = put_line(h->line[i], text, out, err);
	for (size_t i = 0; i < t->in->programs.made_n && rc == 0; i++) {
		const struct link_attribution *a = &t->in->programs.made[i];
		if (a->grade != ATTRIBUTION_GUESS)
			continue;
		buf_clear(&record);
		rc = link_put_guess(t, a, at, &record, err);
		if (rc == 0)
			rc = put_line(slice_trim(buf_slice(&record)), text, out, err);
	}
	buf_release(&record);
	return rc;
}

int link_put_hypotheses(const struct link_told *t, struct link_hypotheses *h, bool text, int64_t at,
                        struct buf *out, struct err *err)
{
	size_t before;

	if (text)
		buf_puts(out, "hypotheses: guesses, no evidence, not for publication\n");
	before = out->n;
	int rc = put_all(t, h, text, at, out, err);
	if (rc == 0 && text && out->n == before)
		buf_puts(out, "  none\n");
	return rc ? rc : buf_ok(out) ? 0 : no_memory(err);
}

void link_hypotheses_release(struct link_hypotheses *h)
{
	free(h->line);
	*h = (struct link_hypotheses){ 0 };
}

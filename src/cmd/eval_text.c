/* The report of assay eval for people. It reads the JSON that machines get, so that both say the
 * same. */
#include "cmd/eval_report.h"

#include "assess/explain.h"
#include "cmd/model_report.h"

static void put_share(struct buf *out, int64_t ppm)
{
	buf_printf(out, "%d.%03d", (int)(ppm / INTERVAL_PPM), (int)(ppm % INTERVAL_PPM / 1000));
}

static void put_interval(struct buf *out, const json_t *pair)
{
	put_share(out, json_integer_value(json_array_get(pair, 0)));
	buf_puts(out, " to ");
	put_share(out, json_integer_value(json_array_get(pair, 1)));
}

/* "0.950 (19 of 20; Wilson 0.764 to 0.991; clustered 0.500 to 1.000, bootstrap over 6 clusters)" */
static void put_measure(struct buf *out, const char *name, const json_t *m)
{
	buf_printf(out, "  %-16s ", name);
	if (!json_is_object(m)) {
		buf_puts(out, "-\n");
		return;
	}
	put_share(out, json_i64(m, "ppm", 0));
	buf_printf(out, " (%d of %d; Wilson ", (int)json_i64(m, "k", 0), (int)json_i64(m, "n", 0));
	put_interval(out, json_arr(m, "wilson_ppm"));
	buf_puts(out, "; clustered ");
	put_interval(out, json_arr(m, "clustered_ppm"));
	buf_printf(out, ", %.*s over %d)\n", SLICE_ARG(json_str(m, "clustered_by")),
	           (int)json_i64(m, "clusters", 0));
}

static void put_matrix(struct buf *out, const json_t *view)
{
	const json_t *row;
	const char *label;

	buf_printf(out, "  %-28s", "label");
	for (size_t c = 0; c < VERDICT_CLASSES; c++)
		buf_printf(out, " %14s", verdict_class_name((enum verdict_class)c));
	buf_putc(out, '\n');
	json_object_foreach(json_obj(view, "matrix"), label, row)
	{
		buf_printf(out, "  %-28s", label);
		for (size_t c = 0; c < VERDICT_CLASSES; c++)
			buf_printf(out, " %14d",
			           (int)json_i64(row, verdict_class_name((enum verdict_class)c), 0));
		buf_putc(out, '\n');
	}
}

static void put_measures(struct buf *out, const json_t *view)
{
	buf_puts(out, "  recall\n");
	put_measure(out, "  rogue/unappr.", json_object_get(view, "caught"));
	for (size_t c = 0; c < VERDICT_CLASSES; c++) {
		const json_t *m = json_object_get(json_obj(view, "recall"), measure_name(c));
		char name[32];
		if (!json_is_object(m))
			continue;
		snprintf(name, sizeof(name), "  %s", measure_name(c));
		put_measure(out, name, m);
	}
	buf_puts(out, "  precision\n");
	put_measure(out, "  rogue/unappr.", json_object_get(view, "caught_precision"));
	for (size_t c = 0; c < VERDICT_CLASSES; c++) {
		const json_t *m = json_object_get(json_obj(view, "precision"), measure_name(c));
		char name[32];
		if (!json_is_object(m) || c == CLASS_UNVERIFIED || c == CLASS_OUT_OF_SCOPE)
			continue; /* abstaining is neither right nor wrong */
		snprintf(name, sizeof(name), "  %s", measure_name(c));
		put_measure(out, name, m);
	}
	put_measure(out, "abstained", json_object_get(view, "abstained"));
	buf_printf(out, "  uncited, counted as unverified: %d\n", (int)json_i64(view, "uncited", 0));
}

static void put_names(struct buf *out, const char *what, const json_t *names, size_t of)
{
	const json_t *name;
	size_t i;

	buf_printf(out, "  %s: %zu of %zu", what, json_array_size(names), of);
	json_array_foreach(names, i, name)
	{
		buf_puts(out, i ? ", " : ": ");
		explain_put_foreign(out, json_text(name), 100);
	}
	buf_putc(out, '\n');
}

static void put_language(struct buf *out, const json_t *l)
{
	buf_printf(out, "  %-10.*s %-28.*s %5d", SLICE_ARG(json_str(l, "language")),
	           SLICE_ARG(json_str(l, "label")), (int)json_i64(l, "units", 0));
	buf_printf(out, " %9d", (int)json_i64(l, "rogue_or_unapproved", 0));
	for (size_t i = 0; i < OUTCOMES; i++)
		buf_printf(out, " %9d", (int)json_i64(l, outcome_name((enum outcome)i), 0));
	buf_putc(out, '\n');
}

static void put_error(struct buf *out, const json_t *e)
{
	const json_t *one, *quotation;
	size_t i, k;

	buf_puts(out, "  ");
	explain_put_foreign(out, json_str(e, "site"), 100);
	buf_printf(out, " (%.*s, %.*s): %.*s for", SLICE_ARG(json_str(e, "label")),
	           SLICE_ARG(json_str(e, "language")), SLICE_ARG(json_str(e, "class")));
	json_array_foreach(json_arr(e, "destinations"), i, one)
		buf_printf(out, " %.*s", SLICE_ARG(json_text(one)));
	buf_printf(out, " [%.*s]\n", SLICE_ARG(json_str(e, "outcome")));
	json_array_foreach(json_arr(e, "rules"), i, one)
	{
		buf_printf(out, "    %.*s (%.*s)\n", SLICE_ARG(json_str(one, "rule")),
		           SLICE_ARG(json_str(one, "severity")));
		json_array_foreach(json_arr(one, "quotations"), k, quotation)
			buf_printf(out, "      \"%.*s\" at %.*s\n", SLICE_ARG(json_str(quotation, "quote")),
			           SLICE_ARG(json_str(quotation, "url")));
	}
	json_array_foreach(json_arr(e, "gates"), i, one)
		buf_printf(out, "    %.*s\n", SLICE_ARG(json_text(one)));
}

static void put_input(struct buf *out, const json_t *r)
{
	const json_t *in = json_obj(r, "input"), *assumed = json_obj(r, "assumed"), *count;
	const char *label;
	int digests = 0;

	json_object_foreach(json_obj(in, "digests"), label, count)
		digests += (int)json_integer_value(count);
	buf_printf(out, "%d rows of %d sites", (int)json_i64(in, "rows", 0),
	           (int)json_i64(in, "sites", 0));
	buf_printf(out, "; left out: %d digests, %d bad rows, %d sites without a page that can be read\n",
	           digests, (int)json_i64(in, "bad_rows", 0),
	           (int)json_i64(in, "unread_sites", 0));
	buf_printf(out, "judged: %d sites in %d clusters; %d of them state their destination, for %d the "
	                "worst of %d destinations is assumed\n",
	           (int)json_i64(in, "judged_sites", 0), (int)json_i64(in, "clusters", 0),
	           (int)json_i64(assumed, "stated", 0), (int)json_i64(assumed, "any", 0),
	           (int)json_array_size(json_arr(assumed, "destinations")));
}

int eval_put_text(const json_t *r, struct buf *out, struct err *err)
{
	const json_t *innocent = json_obj(r, "innocent"), *one;
	size_t i, sites = (size_t)json_i64(innocent, "sites", 0);

	put_input(out, r);
	json_array_foreach(json_arr(r, "views"), i, one)
	{
		struct slice view = json_str(one, "view");
		if (i == VIEW_STATED && json_i64(json_obj(r, "assumed"), "stated", 0) == 0)
			continue; /* it is the one before */
		if (slice_eq_str(view, "any"))
			buf_puts(out, "\nThe worst for any destination\n");
		else if (slice_eq_str(view, "stated"))
			buf_puts(out, "\nThe worst for the destination stated, else for any\n");
		else
			buf_printf(out, "\nFor %.*s\n", SLICE_ARG(view));
		put_matrix(out, one);
		if (i < VIEW_DESTINATION)
			put_measures(out, one);
	}
	buf_puts(out, "\nInnocent sites\n");
	put_names(out, "rogue", json_arr(innocent, "rogue"), sites);
	put_names(out, "unapproved where that is wrong", json_arr(innocent, "unapproved"), sites);
	buf_puts(out, "\nEach language of a site by itself\n");
	put_measure(out, "rogue/unappr.", json_object_get(r, "caught_by_language"));
	put_measure(out, "rogue alone", json_object_get(r, "rogue_by_language"));
	buf_printf(out, "  %-10s %-28s %5s %9s %9s %9s %9s %9s\n", "language", "label", "units",
	           "rogue/un.", "right", "abstained", "wrong", "condemned");
	json_array_foreach(json_arr(r, "languages"), i, one)
		put_language(out, one);
	buf_printf(out, "\nNot right: %zu\n", json_array_size(json_arr(r, "errors")));
	json_array_foreach(json_arr(r, "errors"), i, one)
		put_error(out, one);
	if (json_obj(r, "model")) {
		buf_puts(out, "\nRanking model, on clusters that it was not trained from\n");
		calibration_put_text(json_obj(json_obj(r, "model"), "held_out"), out);
		buf_puts(out, "and on those that it was, which proves nothing\n");
		calibration_put_text(json_obj(json_obj(r, "model"), "trained"), out);
	}
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

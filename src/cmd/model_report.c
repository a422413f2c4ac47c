#include "cmd/model_report.h"

#include "assess/explain.h"

enum { PPM = 1000000 };

static json_t *done(json_t *o, int failed)
{
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

json_t *calibration_json(const struct calibration *c)
{
	json_t *o = json_object(), *bins = json_array();
	int failed = json_put_i64(o, "n", (int64_t)c->n);

	failed |= json_put_i64(o, "positives", (int64_t)c->positives);
	for (size_t i = 0; c->n && i < CALIBRATION_BINS; i++) {
		json_t *bin = json_object();
		failed |= json_put_i64(bin, "from_ppm", (int64_t)i * (PPM / CALIBRATION_BINS));
		failed |= json_put_i64(bin, "n", (int64_t)c->bin[i].n);
		failed |= json_put_i64(bin, "positives", (int64_t)c->bin[i].positives);
		failed |= json_put_i64(bin, "mean_ppm", c->bin[i].mean_ppm);
		failed |= json_add_new(bins, bin);
	}
	if (c->n) {
		failed |= json_put_i64(o, "brier_ppm", c->brier_ppm);
		failed |= json_put_i64(o, "base_brier_ppm", c->base_brier_ppm);
	}
	if (c->auc_ppm >= 0)
		failed |= json_put_i64(o, "auc_ppm", c->auc_ppm);
	failed |= json_put_new(o, "bins", bins);
	return done(o, failed);
}

static void put_share(struct buf *out, int64_t ppm)
{
	buf_printf(out, "%d.%03d", (int)(ppm / PPM), (int)(ppm % PPM / 1000));
}

void calibration_put_text(const json_t *from, struct buf *out)
{
	const json_t *bin;
	size_t i;
	int64_t n = json_i64(from, "n", 0);

	buf_printf(out, "  %d units, %d to act on", (int)n, (int)json_i64(from, "positives", 0));
	if (n) {
		buf_puts(out, "; Brier score ");
		put_share(out, json_i64(from, "brier_ppm", 0));
		buf_puts(out, " (of the share alone ");
		put_share(out, json_i64(from, "base_brier_ppm", 0));
		buf_putc(out, ')');
	}
	if (json_object_get(from, "auc_ppm")) {
		buf_puts(out, "; ordered rightly ");
		put_share(out, json_i64(from, "auc_ppm", 0));
	}
	buf_putc(out, '\n');
	if (n)
		buf_puts(out, "  score from  units  mean score  to act on\n");
	json_array_foreach(json_arr(from, "bins"), i, bin)
	{
		int64_t units = json_i64(bin, "n", 0);
		if (units == 0)
			continue;
		buf_puts(out, "       ");
		put_share(out, json_i64(bin, "from_ppm", 0));
		buf_printf(out, "  %5d       ", (int)units);
		put_share(out, json_i64(bin, "mean_ppm", 0));
		buf_puts(out, "      ");
		put_share(out, json_i64(bin, "positives", 0) * PPM / units);
		buf_putc(out, '\n');
	}
}

json_t *rank_score_json(const struct rank_score *s)
{
	json_t *o = json_object(), *reasons = json_array();
	int failed = json_put_i64(o, "score_ppm", s->ppm);

	failed |= json_put_i64(o, "known", (int64_t)s->known);
	for (size_t i = 0; i < s->reasons; i++) {
		json_t *one = json_object();
		struct buf name = { 0 };
		explain_put_foreign(&name, s->reason[i].name, 100);
		failed |= json_put_str(one, "feature", buf_slice(&name)) | !buf_ok(&name);
		failed |= json_put_i64(one, "logit_ppm", s->reason[i].logit_ppm);
		failed |= json_add_new(reasons, one);
		buf_release(&name);
	}
	failed |= json_put_new(o, "reasons", reasons);
	return done(o, failed);
}

void rank_score_put_text(const struct rank_score *s, struct buf *out)
{
	buf_puts(out, "model ");
	put_share(out, s->ppm);
	for (size_t i = 0; i < s->reasons; i++) {
		int64_t adds = s->reason[i].logit_ppm;
		buf_puts(out, i ? ", " : ": ");
		explain_put_foreign(out, s->reason[i].name, 100);
		buf_puts(out, adds < 0 ? " -" : " +");
		put_share(out, adds < 0 ? -adds : adds);
	}
}

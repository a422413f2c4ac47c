#include "assess/evaluation.h"

#include "base/table.h"

#include <stdlib.h>

static bool is_cited(const struct finding *f)
{
	return f->quote_n > 0 || f->row != NULL;
}

static bool is_condemning(enum verdict_class c)
{
	return c == CLASS_ROGUE || c == CLASS_UNAPPROVED;
}

struct eval_cell evaluation_cell(const struct assessment *x, const struct cell *c)
{
	struct eval_cell out = { .destination = c->destination, .class = c->class, .ground = c->ground };
	bool cited = c->finding_n > 0;

	for (size_t i = 0; i < c->finding_n; i++)
		cited = cited && is_cited(c->finding[i]);
	if (is_condemning(c->class) && (!cited || x->site->page_n == 0)) {
		out.class = CLASS_UNVERIFIED;
		out.ground = SLICE("");
		out.is_uncited = true;
	}
	return out;
}

const struct assessment *evaluation_speaker(const struct label *l, const struct assessment *made,
                                            size_t n, size_t destination)
{
	if (n < 2 || !l->is_innocent || l->is_host)
		return &made[0];
	struct eval_cell site = evaluation_cell(&made[0], &made[0].cell[destination]);
	struct eval_cell path = evaluation_cell(&made[1], &made[1].cell[destination]);

	/* What is no pharmacy under its path says nothing of the site. */
	return is_condemning(path.class) && verdict_class_harshness(path.class) >
	                                            verdict_class_harshness(site.class)
	               ? &made[1]
	               : &made[0];
}

const struct eval_cell *evaluation_view(const struct eval_unit *u, size_t view)
{
	const struct eval_cell *worst = NULL;
	bool stated = false;

	if (view >= VIEW_DESTINATION)
		return view - VIEW_DESTINATION < u->cell_n ? &u->cell[view - VIEW_DESTINATION] : NULL;
	for (size_t i = 0; i < u->cell_n; i++)
		stated = stated || u->cell[i].is_stated;
	for (size_t i = 0; i < u->cell_n; i++) {
		const struct eval_cell *c = &u->cell[i];
		if (view == VIEW_STATED && stated && !c->is_stated)
			continue;
		if (!worst || verdict_class_harshness(c->class) > verdict_class_harshness(worst->class))
			worst = c;
	}
	return worst;
}

const char *measure_name(size_t measure)
{
	if (measure == MEASURE_CAUGHT)
		return "caught";
	return measure == MEASURE_ABSTAINED ? "abstained"
	                                    : verdict_class_name((enum verdict_class)measure);
}

/* ---- shares ---- */

/* Whether a unit counts for a measure, and whether it is a success there. */
typedef bool (*counts_fn)(const struct eval_unit *u, const struct eval_cell *c, size_t measure,
                          bool *success);

static bool recall_counts(const struct eval_unit *u, const struct eval_cell *c, size_t measure,
                          bool *success)
{
	if (measure == MEASURE_ABSTAINED) {
		*success = label_outcome(u->label, c->class, c->ground) == OUTCOME_ABSTAINED;
		return true;
	}
	if (measure == MEASURE_CAUGHT) {
		*success = is_condemning(c->class);
		return u->label->expected == CLASS_ROGUE;
	}
	*success = (size_t)c->class == measure;
	return (size_t)u->label->expected == measure;
}

static bool precision_counts(const struct eval_unit *u, const struct eval_cell *c, size_t measure,
                             bool *success)
{
	*success = label_outcome(u->label, c->class, c->ground) == OUTCOME_RIGHT;
	if (measure == MEASURE_CAUGHT)
		return is_condemning(c->class);
	return (size_t)c->class == measure;
}

struct counting {
	const struct eval_unit *unit;
	const size_t *cluster; /* number of each unit's */
	size_t n, clusters, view;
	struct interval_cluster *count; /* one a cluster, used anew for each measure */
};

static struct measure measure_of(const struct counting *g, size_t measure, counts_fn counts)
{
	struct measure m = { 0 };
	int exact = 0;

	for (size_t i = 0; i < g->clusters; i++)
		g->count[i] = (struct interval_cluster){ 0, 0 };
	for (size_t i = 0; i < g->n; i++) {
		const struct eval_cell *c = evaluation_view(&g->unit[i], g->view);
		bool success = false;
		if (!c || !counts(&g->unit[i], c, measure, &success))
			continue;
		g->count[g->cluster[i]].n++;
		g->count[g->cluster[i]].k += success;
		m.n++;
		m.k += success;
	}
	/* Clusters without a unit that counts are no observations of this share. */
	for (size_t i = 0; i < g->clusters; i++)
		if (g->count[i].n)
			g->count[m.clusters++] = g->count[i];
	m.wilson = interval_wilson(m.k, m.n);
	m.clustered = interval_clustered(g->count, m.clusters, &exact);
	m.is_exact = exact != 0;
	return m;
}

static int number_clusters(const struct eval_unit *unit, size_t n, size_t *cluster, size_t *count,
                           struct err *err)
{
	struct table seen = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct table_entry *e = table_put(&seen, unit[i].cluster);
		if (!e) {
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
			break;
		}
		if (!e->value)
			e->value = (void *)(uintptr_t)seen.n;
		cluster[i] = (size_t)(uintptr_t)e->value - 1;
	}
	*count = seen.n;
	table_release(&seen);
	return rc;
}

int evaluation_of(const struct eval_unit *unit, size_t n, size_t view, struct evaluation *out,
                  struct err *err)
{
	struct evaluation e = { .view = view };
	struct counting g = { .unit = unit, .n = n, .view = view };
	size_t *cluster = calloc(n + 1, sizeof(*cluster));
	int rc = 0;

	g.count = calloc(n + 1, sizeof(*g.count));
	if (!cluster || !g.count)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0)
		rc = number_clusters(unit, n, cluster, &g.clusters, err);
	g.cluster = cluster;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct eval_cell *c = evaluation_view(&unit[i], view);
		size_t l = (size_t)(unit[i].label - labels);
		if (!c)
			continue;
		e.units++;
		e.matrix[l][c->class]++;
		e.outcome[l][label_outcome(unit[i].label, c->class, c->ground)]++;
		e.uncited += c->is_uncited;
	}
	for (size_t m = 0; rc == 0 && m < MEASURES; m++) {
		e.recall[m] = measure_of(&g, m, recall_counts);
		e.precision[m] = measure_of(&g, m, precision_counts);
	}
	if (rc == 0)
		*out = e;
	free(cluster);
	free(g.count);
	return rc;
}

/* Verdicts held against labels: who was called what, and how often that was right.
 *
 *   unit      a site as it was labelled, or the pages of one language of it
 *   cluster   what units have in common that makes them no separate observations: one shop engine
 *   views     VIEW_ANY: the worst class for any destination; VIEW_STATED: the worst for those that the
 *             rows of the site state, all of them where they state none; then one a destination
 *   counts    a class below unverified counts only where every finding of its cell is cited; else the
 *             cell counts as unverified, and as uncited
 *   pure      integers in, integers out */
#ifndef ASSESS_EVALUATION_H
#define ASSESS_EVALUATION_H

#include "assess/label.h"
#include "assess/interval.h"

enum { VIEW_ANY, VIEW_STATED, VIEW_DESTINATION };

/* What one destination was told of a unit. */
struct eval_cell {
	struct slice destination;
	enum verdict_class class;
	struct slice ground;
	bool is_stated;  /* a row of the site states this destination */
	bool is_uncited; /* class was worse than unverified, without evidence */
};

struct eval_unit {
	const struct label *label;
	struct slice site, cluster;
	struct slice language;  /* BCP 47 of its rows; "mul" for several, "und" for none */
	struct eval_cell *cell; /* in the order of the destinations */
	size_t cell_n;
};

/* A cell of an assessment, as it counts. */
struct eval_cell evaluation_cell(const struct assessment *x, const struct cell *c);

/* The assessment that speaks for a label and a destination (by number), of the site's and of that of the
 * pages split off from it (n of them). An innocent site is also hit where only its path is; the host of
 * somebody else's pages is not, and a rogue pharmacy is not caught by a path of it. */
const struct assessment *evaluation_speaker(const struct label *l, const struct assessment *made,
                                            size_t n, size_t destination);

/* The cell that a view shows of a unit. view - VIEW_DESTINATION is the number of a destination; a
 * unit without cells gives NULL. */
const struct eval_cell *evaluation_view(const struct eval_unit *u, size_t view);

/* A share, with what it rests on. */
struct measure {
	uint64_t k, n;
	struct interval wilson;    /* as if each unit stood for itself */
	uint64_t clusters;
	struct interval clustered; /* interval_clustered */
	bool is_exact;
};

enum { MEASURE_CAUGHT = VERDICT_CLASSES, MEASURE_ABSTAINED, MEASURES };

struct evaluation {
	size_t view, units;
	uint64_t matrix[LABELS][VERDICT_CLASSES]; /* by place in labels */
	uint64_t outcome[LABELS][OUTCOMES];
	/* By class, and caught: rogue or unapproved of rogue_pharmacy; abstained: of all units. recall: of
	 * the units whose label expects the class; precision: of those so classed. */
	struct measure recall[MEASURES], precision[MEASURES];
	uint64_t uncited;
};

/* "caught", "abstained", or the class. */
const char *measure_name(size_t measure);

/* ERR_NOMEM. */
int evaluation_of(const struct eval_unit *unit, size_t n, size_t view, struct evaluation *out,
                  struct err *err);

#endif

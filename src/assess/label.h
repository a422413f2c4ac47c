/* What people called a page's site, and which classes then are right, wrong, or no answer.
 *
 *   source  doc/format/eval.md; LAW.md of the design (classes)
 *
 * unverified and out_of_scope are no answer for every label: abstaining is allowed, and counted.
 * rogue for a label that is innocent is the mistake that this project exists not to make. */
#ifndef ASSESS_LABEL_H
#define ASSESS_LABEL_H

#include "assess/verdict.h"

enum outcome {
	OUTCOME_RIGHT,
	OUTCOME_ABSTAINED, /* unverified, out_of_scope */
	OUTCOME_WRONG,
	OUTCOME_CONDEMNED, /* innocent, and called rogue */
};
enum { OUTCOMES = OUTCOME_CONDEMNED + 1, VERDICT_CLASSES = CLASS_OUT_OF_SCOPE + 1 };

struct label {
	const char *name;
	bool is_innocent;            /* never rogue */
	bool is_host;                /* of somebody else's pages: those are judged apart and not here */
	unsigned accepted;           /* bits of enum verdict_class */
	bool accepts_foreign_legal;  /* unapproved on that ground alone, where it is not accepted */
	enum verdict_class expected; /* whose recall it counts for */
	int taught;                  /* for the ranking model: 1 to be looked at first, -1 last, 0 no
	                                example of either */
};

/* The table: a list that ends with a name of NULL. */
enum { LABELS = 8 };
extern const struct label labels[LABELS + 1];

/* The label of that name, or NULL. */
const struct label *label_find(struct slice name);

/* "right", "abstained", "wrong", "condemned". */
const char *outcome_name(enum outcome o);

/* What a class on a ground means for a label. */
enum outcome label_outcome(const struct label *l, enum verdict_class class, struct slice ground);

/* Order in which a class is the worst of several for its site: rogue, unapproved, unverified,
 * out_of_scope, not_a_pharmacy, legitimate; larger is worse. */
int verdict_class_harshness(enum verdict_class c);

#endif

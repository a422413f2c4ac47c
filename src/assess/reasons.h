/* The statement of reasons of a verdict, one for each destination: for whoever is spoken of, and
 * for whoever is asked to act.
 *
 *   source  Regulation (EU) 2022/2065 (Digital Services Act), Article 17(3): what follows and where
 *           it applies; the facts relied on; whether automated means were used to detect and to
 *           decide; the legal ground and why the facts come under it; how to seek redress
 *   form    doc/format/reasons.md
 *   pure    works on records, and on the packs that they name
 *
 * The text is written from the object, so that both say the same. */
#ifndef ASSESS_REASONS_H
#define ASSESS_REASONS_H

#include "assess/explain.h"
#include "assess/policy.h"

/* What reasons are given from, beside the verdict itself. */
struct reasons_source {
	struct explain_source records;   /* findings by id */
	/* Packs at hand; may be none. A rule of another pack, or of other bytes than the verdict
	 * names, is told without its standard of proof and what would clear it. */
	const struct pack *pack;
	size_t pack_n;
	const char *appeal_address;      /* where an operator turns to; NULL: none is set */
};

/* The reasons of one cell of a verdict: a new reference. ERR_CORRUPT where a finding that the cell
 * names is not there; ERR_NOMEM; what records.finding returns. */
int reasons_of(const json_t *verdict, const json_t *cell, const struct reasons_source *from,
               json_t **out, struct err *err);

/* A verdict's reasons in plain words, in lines of 72 columns; destinations of which the same is
 * said are said together, the harshest class first. reasons: n objects of reasons_of. ERR_NOMEM. */
int reasons_put_text(const json_t *verdict, json_t *const *reasons, size_t n, struct buf *out,
                     struct err *err);

/* Add the law of a finding to a list, each once. Returns 0, or negative: no memory. */
int reasons_add_law(json_t *list, const json_t *finding);

/* Where to turn to, of an address that may be NULL. */
struct slice reasons_redress(const char *appeal_address);

#endif

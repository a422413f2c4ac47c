/* Networks of what a store holds, kept in it: assay run's stage between assessing and review.
 *
 *   in     observations, corrections and answered appeals of the store; facts as they are found
 *          (judge.h); networks of earlier runs, whose names stay
 *   out    records network, link and attribution. The same inputs give the same records, so a second
 *          run adds nothing. A network that is no more is told once more, with one member
 *   none   without the table of shared services beside the packs nobody is linked: who shares a CDN
 *          would be */
#ifndef CMD_LINK_STORE_H
#define CMD_LINK_STORE_H

#include "cmd/link_input.h"
#include "model/config.h"
#include "store/store.h"

struct link_store {
	struct link_input input;
	bool on;                 /* the tables are there */
	size_t networks, fresh;  /* that there are; records that were new */
};

/* Read the tables: folders link and programs, beside that of the packs. ERR_SYNTAX, ERR_IO, ERR_NOMEM. */
int link_store_open(struct link_store *l, const struct config *config, const struct suffixes *suffixes,
                    const struct log *log, struct err *err);

/* Take a fact: a judge's `fact` callback. ERR_LIMIT, ERR_NOMEM. */
int link_store_fact(void *link_store, const struct record *r, struct err *err);

/* Link, and keep what comes of it: one transaction. ERR_LIMIT, ERR_NOMEM, what the store returns. */
int link_store_keep(struct link_store *l, struct store *store, int64_t at, struct err *err);

void link_store_close(struct link_store *l);

#endif

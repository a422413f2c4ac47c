/* Orders in flight: what they ask is carried out by sys/, kept in the archive, and told to them.
 *
 *     next --> order --> asks --> resolver, fetcher, browser --> put (archive) --> order_step
 *                                                                                     |
 *                                       told <-- seal (archive) <-- keep <---- done --+
 *
 *   sequence  the exchanges of an order are put and told one after the other. While something that
 *             it wants to have read is with a worker, or what came before is being put into the
 *             archive by its thread (store/archive_writer.h), what comes for it waits: so the
 *             sequence in the archive is the sequence that it was told
 *   at once   a new order starts when there is room. All asks that it begins with are made in one
 *             round of the loop: its vantages start together
 *   thread    that of the loop */
#ifndef CMD_COLLECT_PUMP_H
#define CMD_COLLECT_PUMP_H

#include "cmd/log.h"
#include "collect/order.h"
#include "collect/order_description.h"
#include "model/config.h"
#include "store/archive.h"
#include "sys/browser.h"
#include "sys/fetch.h"
#include "sys/loop.h"
#include "sys/resolve.h"
#include "sys/worker.h"

/* What it works with; all outlive it. */
struct pump_edges {
	struct loop *loop;
	struct resolver *resolver;
	struct fetcher *fetcher;
	struct workers *workers;
	struct browser *browser; /* NULL: renderings end with FAULT_BROWSER */
	struct archive *archive;
	const struct config_collect *config;
	const struct order_tables *tables;
	const struct log *log;
};

/* An order that is wanted. */
struct pump_order {
	struct order_description description; /* texts outlive the order */
	json_t *before; /* observations of the order before, taken over; NULL */
};

struct pump_source {
	void *ctx;
	/* 1 and the next order; 0: no more; negative ends the run. */
	int (*next)(void *ctx, struct pump_order *out, struct err *err);
	/* The lines of an order that is about to be sealed. */
	int (*keep)(void *ctx, struct sha256 order, struct slice lines, struct err *err);
	/* It is sealed: they may be told. */
	int (*told)(void *ctx, struct sha256 order, const struct order_description *d,
	            struct slice lines, struct err *err);
};

struct pump_counts {
	uint64_t done, failed; /* orders: sealed; given up (logged) */
	size_t in_flight;      /* orders */
	uint64_t pages;        /* exchanges of pages */
	uint64_t fault[EXCHANGE_FAULTS]; /* exchanges */
};

struct pump;

int pump_new(const struct pump_edges *e, const struct pump_source *s, size_t at_once,
             struct pump **out, struct err *err);
/* After the edges' own are gone: exchanges that were under way come back stopped. */
void pump_free(struct pump *p);

/* Until no order is left, or it was stopped. The first failure that is not an order's own. */
int pump_run(struct pump *p, struct err *err);
/* Start no new orders; those in flight finish. */
void pump_stop(struct pump *p);
/* Give up those in flight too: what they had put is taken back. Those that are being sealed end
 * first. */
void pump_abort(struct pump *p);

const struct pump_counts *pump_counts(const struct pump *p);

/* The words of manifests. */
const char *ask_purpose_name(enum ask_purpose purpose);

#endif

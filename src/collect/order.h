/* One order: a subject, and what is to be learned of it.
 *
 *   errands     the DNS of its name (collect/delegation.h), its registration, a visit from each
 *               vantage; behind them the differences between vantages, and the changes since the
 *               order before (collect/change.h)
 *   step        an answer goes to the errand whose ask it answers. Everything depends on the
 *               sequence of answers alone: the same answers in the same sequence give the same
 *               observations, byte for byte (doc/decision/0021-orders-and-replay.md)
 *   readings    an answer that makes an errand ask for a reading is followed by that reading's
 *               answer, before any further exchange is told: so the sequence of exchanges is the
 *               whole sequence
 *   describes   collect/order_description.h says all that its outcome depends
 *               on beside the answers */
#ifndef COLLECT_ORDER_H
#define COLLECT_ORDER_H

#include "base/buf.h"
#include "collect/ask.h"
#include "collect/parking.h"
#include "model/registration.h"
#include "model/subject.h"
#include "model/vantage.h"
#include "wire/rdap_bootstrap.h"

/* How a kind of errand is driven. asks: what it asks is appended. */
struct errand_kind {
	const char *name;
	int (*start)(void *self, struct asks *asks, struct err *err);
	int (*answer)(void *self, const struct answer *a, struct asks *asks, struct err *err);
	bool (*is_done)(const void *self);
	void (*free)(void *self);
};

/* What every order of a command has in common; outlives its orders. */
struct order_tables {
	const struct suffixes *suffixes;
	const struct parking *parking; /* NULL: none */
	const struct rdap_bootstrap *bootstrap; /* NULL: no RDAP server is known */
	struct slice iana_whois;       /* empty: "whois.iana.org" */
	const struct registration_key *key; /* NULL: personal data is not hashed */
};

struct order_options {
	struct subject subject;        /* registrable, host or url */
	const struct vantage *vantage; /* outlive the order */
	size_t vantage_n;
	unsigned pages;                /* inner pages of a visit, at most */
	bool render;
	const struct order_tables *tables;
	const json_t *before;          /* array: observations of the order before; NULL: none */
};

struct order;

/* ERR_USAGE: a subject without a name. Texts of the subject are copied. */
int order_new(const struct order_options *o, struct order **out, struct err *err);
void order_free(struct order *o); /* NULL is fine */

/* Begin. What is to be carried out stands in order_asks. */
int order_start(struct order *o, struct err *err);
struct asks *order_asks(struct order *o);
/* Tell an answer. ERR_USAGE: nobody asked. Other failures end the order. */
int order_step(struct order *o, const struct answer *a, struct err *err);
/* Nothing is asked for any more; the observations are complete. */
bool order_is_done(const struct order *o);

/* Of an order that is done: canonical lines, each with its LF and its id; how many; the values. */
struct slice order_lines(const struct order *o);
size_t order_observation_n(const struct order *o);
const json_t *order_observations(const struct order *o);

/* The name whose DNS is asked for: of a url its host. Empty where there is none (an address). */
struct slice order_host(const struct subject *subject);

#endif

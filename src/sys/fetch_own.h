/* What sys/fetch.c and sys/whois.c know of a fetcher, and nobody else. */
#ifndef SYS_FETCH_OWN_H
#define SYS_FETCH_OWN_H

#include "sys/fetch.h"
#include "sys/fetch_budget.h"
#include "sys/fetch_queue.h"

#include <openssl/ssl.h>

struct whois;
struct transfer;
struct route;

struct fetcher {
	struct loop *loop;
	struct resolver *resolver;
	struct reach reach;
	unsigned most;
	struct fetch_queue *queue;
	struct fetch_budget budget;
	struct route **route;
	size_t route_n;
	struct transfer *transfers; /* under way */
	struct whois *whois;        /* the same */
	struct uv_timer_s *tick;    /* sees to silence and length while transfers are under way */
	X509_STORE *trust;          /* the system's certificates, once they were needed */
	bool is_ticking, stopping;
	size_t rested;              /* transfers that gave memory back since the system was given it */
	int64_t trimmed_ms;         /* when that was, of clock_ticks_ns */
};

/* Whether text may stand in a line of a request. */
bool fetch_is_text(struct slice s);

/* Take those of the addresses that may be connected to to the front; returns how many. */
size_t fetch_allowed(const struct fetcher *f, struct ip *address, size_t n);

/* End all queries under way, as fetcher_free does. */
void whois_stop(struct fetcher *f);
/* One that waited and was taken from the queue. */
void whois_drop(struct fetch_job *job);
bool whois_is(const struct fetch_job *job);

#endif

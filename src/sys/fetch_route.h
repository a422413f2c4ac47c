/* The way of one vantage to the sites: its connections and libcurl's multi handle, on the loop.
 * Each vantage has its own, so that no connection of one is ever used by another. For sys/fetch.c
 * alone. */
#ifndef SYS_FETCH_ROUTE_H
#define SYS_FETCH_ROUTE_H

#include "base/err.h"
#include "model/vantage.h"
#include "sys/fetch_wire.h"
#include "sys/loop.h"

#include <stdbool.h>

enum { ROUTE_IDLE_WIRES = 64 /* of each kind */ };

struct route;

/* Called from the loop when an exchange is over; the wire is off the route then. */
typedef void (*route_done_fn)(struct wire *w, CURLcode rc);

/* The vantage is copied; NULL is one without anything. most: exchanges at once. */
int route_new(struct loop *l, const struct vantage *v, unsigned most, route_done_fn done,
              struct route **out, struct err *err);
/* When no exchange is under way. */
void route_free(struct route *r);

const struct vantage *route_vantage(const struct route *r);
bool route_is_of(const struct route *r, const struct vantage *v);

/* A wire to be set up and started, or given back. */
int route_wire(struct route *r, bool is_tls, struct wire **out, struct err *err);
int route_start(struct route *r, struct wire *w, struct err *err);
/* End one that is under way. */
void route_abort(struct route *r, struct wire *w);
void route_give_back(struct route *r, struct wire *w);

#endif

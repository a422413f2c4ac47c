/* The proxy that the browser is given: whatever it asks goes by the rules of sys/reach.h and the
 * way of the vantage, or not at all.
 *
 *   client   HTTP/1.1: CONNECT, and addresses in absolute form (wire/proxy.h)
 *   names    are resolved here, once for each connection; the addresses that may be reached are
 *            connected to by number, so a name that answers otherwise the next time gains nothing
 *   vantage  its proxy is given a checked address unless it is trusted (as sys/fetch.h does it);
 *            its local address is bound
 *   refused  gets no page: 502 for a tunnel, else the connection is closed. Why is kept
 *   gate     one listening socket, for one page at a time. Who may connect to it is the caller's
 *            business: sys/browser_process.c lets it listen where nobody but the browser is
 *   limits   on connections, octets, silence */
#ifndef SYS_FILTER_H
#define SYS_FILTER_H

#include "base/err.h"
#include "base/slice.h"
#include "model/exchange.h"
#include "model/vantage.h"
#include "sys/loop.h"
#include "sys/reach.h"
#include "sys/resolve.h"

#include <stdbool.h>
#include <stdint.h>

struct filter;
struct gate;

struct filter_options {
	struct reach reach;   /* the prefixes stay the caller's */
	unsigned connections; /* at once of one gate; 0: 128 */
	uint64_t bytes;       /* of one page, both ways; 0: 128 MiB */
	int64_t connect_ms;   /* 0: 15,000 */
	int64_t idle_ms;      /* longest silence of a connection; 0: 30,000 */
};

int filter_new(struct loop *l, struct resolver *r, const struct filter_options *o,
               struct filter **out, struct err *err);
/* When its gates are freed. */
void filter_free(struct filter *f);

/* Listen on fd, a TCP socket that is bound and is ours from now on. Nobody passes until it is open.
 * */
int gate_new(struct filter *f, int fd, struct gate **out, struct err *err);
void gate_free(struct gate *g);

/* Let the connections of one page pass. The vantage (NULL: none) stays until the gate is shut,
 * which ends what is under way. ERR_USAGE: the vantage's proxy or local address is none. */
int gate_open(struct gate *g, const struct vantage *v, struct err *err);
void gate_shut(struct gate *g);

/* What came of the last try to reach a host since the gate was opened: FAULT_NONE where it was
 * reached, or was not asked for. */
enum exchange_fault gate_fault(const struct gate *g, struct slice host, uint16_t port);
uint64_t gate_bytes(const struct gate *g);
/* Whether the limit of octets ended it. */
bool gate_is_over(const struct gate *g);

#endif

/* What changed between two orders of the same subject.
 *
 *   in        the observations of both, as arrays of JSON
 *   observes  `change`, one for each sign (doc/format/record.md): `of`, `by`, `before`, `after`,
 *             and the evidence of both sides
 *
 *     suspended        status: a hold was set (EPP clientHold, serverHold; RFC 5731 2.3); dns: the
 *                      name, its delegation or its addresses are gone, or lead to a sinkhole or to
 *                      where a registrar leads what it suspended
 *     back_online      status: the holds are gone; dns: it is delegated again; page: there is one
 *                      again
 *     transferred      registrar, reseller: it is another
 *     expired          status: redemptionPeriod or pendingDelete was set (RFC 3915); expires: that
 *                      day has passed
 *     reregistered     created: the registration is a newer one
 *     moved_host       nameservers: none is one of before; addresses: none lies in a /24 (IPv6:
 *                      /48) of before
 *     content_changed  title, status, likeness, absence: of the home page, from the same vantage
 *
 *   silent    what one side did not learn is no change: a resolver that failed took nothing away */
#ifndef COLLECT_CHANGE_H
#define COLLECT_CHANGE_H

#include "collect/ask.h"

/* Less alike than that, and it is another page (parts per million). */
enum { CHANGE_ALIKE_PPM = 700000 };

/* ERR_NOMEM; what observe returned. */
int change_observe(const json_t *before, const json_t *after, observe_fn observe, void *ctx,
                   struct err *err);

#endif

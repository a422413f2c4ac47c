/* The observations of a visit as they are put together. Part of visit.c, which alone uses it. */
#ifndef COLLECT_VISIT_RECORD_H
#define COLLECT_VISIT_RECORD_H

#include "collect/ask.h"
#include "wire/json.h"

/* {what, at, src, vantage}: a new reference, or NULL. */
json_t *visit_record(const char *what, struct slice vantage, int64_t at_ms);
/* Put the evidence of an answer, and its picture. Non-zero: no memory. */
int visit_put_evidence(json_t *o, const struct answer *a);
/* Put status, content_type, content_encoding of a response, its fault and its cut. *is_http: it has
 * a status line. Non-zero: no memory. */
int visit_put_response(json_t *o, const struct exchange *x, int *status, bool *is_http);
/* Put what a reading says of the page. sketch: with its sketch. */
int visit_put_reading(json_t *o, const json_t *reading, bool sketch);
/* Put {of, how}; text of a fault as `how` says it: "no-address", "special-address", "timeout". */
int visit_put_absence(json_t *o, const char *of, struct slice how);
const char *visit_how(enum exchange_fault fault);
/* {fields of the exchange's certificates as far as they need no parsing}: sha256, chain, verify. */
json_t *visit_tls(const struct exchange *x, struct slice host);
int visit_put_chain(json_t *tls, const json_t *reading);

#endif

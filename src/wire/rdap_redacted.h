/* Fields that an RDAP server says it holds back: the "redacted" member, RFC 9537 section 4.2. */
#ifndef WIRE_RDAP_REDACTED_H
#define WIRE_RDAP_REDACTED_H

#include "wire/json.h"
#include "wire/rdap.h"

/* Entries that name no field are passed over. 0 or ERR_NOMEM. */
int rdap_redacted_read(const json_t *redacted, struct arena *a, struct rdap_redaction **out,
                       size_t *n, struct err *err);

#endif

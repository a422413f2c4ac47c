/* Names of a certificate as certificate-log watchers print it, one JSON value a line.
 *
 *   certstream  {"message_type":"certificate_update","data":{"leaf_cert":{"all_domains":[...]}}};
 *               other message types (heartbeat) hold no names
 *   crt.sh      {"name_value":"a.example\n*.a.example", ...}, or an array of such
 *   other       {"dns_names":[...]}, {"domain":"..."}, {"url":"..."}
 *
 * Wildcards lose their "*."; a name that a certificate gives twice comes once; mail addresses and
 * other subjects that hold a space or "@" are passed over. */
#ifndef WIRE_CTLOG_H
#define WIRE_CTLOG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>

/* The names, in their order, in the arena. ERR_SYNTAX (no JSON, or none of the shapes above);
 * ERR_LIMIT (over max names); ERR_NOMEM. */
int ctlog_names(struct slice line, size_t max, struct arena *arena, struct slice **names, size_t *n,
                struct err *err);

#endif

/* When a registration server may be asked again.
 *
 *   why     RDAP and WHOIS servers ban who asks in bursts: for some, five a second are too many
 *   rule    a bucket for each server: `burst` requests at once, then one each `interval_ms`. A
 *           server that says it is asked too much (RDAP 429 or 503, a WHOIS text) is left alone for
 *           as long as it says (Retry-After, RFC 9110 10.2.3), else for twice as long each time,
 *           10 s to 15 minutes, and a part of that again that differs from server to server
 *   time    is the caller's, milliseconds of any clock that does not go back; nothing here is
 *           random, so that the same calls give the same times
 *   owns    the servers it was asked of: at most PACE_SERVERS_MAX, beyond them the one longest
 *           unused is forgotten */
#ifndef COLLECT_PACE_H
#define COLLECT_PACE_H

#include "base/err.h"
#include "base/slice.h"
#include "model/exchange.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	PACE_INTERVAL_MS = 1000,
	PACE_BURST = 1,
	PACE_BACKOFF_MS = 10000,
	PACE_BACKOFF_MAX_MS = 900000,
	PACE_RETRY_AFTER_MAX_S = 3600, /* what a server may ask of us; more is cut to that */
	PACE_SERVERS_MAX = 10000,
};

struct pace_rule {
	struct slice server; /* host as in the ask: "rdap.example", "whois.example:4343" */
	int64_t interval_ms; /* 0: PACE_INTERVAL_MS */
	int64_t burst;       /* 0: PACE_BURST */
};

enum pace_outcome {
	PACE_ANSWERED, /* anything that is no refusal */
	PACE_BUSY,     /* asked too much */
	PACE_FAILED,   /* no answer: no reason to hurry, none to wait long */
};

struct pace;

/* rule: those of the configuration; the texts are copied. usual: of all others (its server is not
 * looked at); NULL: the defaults. ERR_NOMEM. */
int pace_new(const struct pace_rule *rule, size_t n, const struct pace_rule *usual,
             struct pace **out, struct err *err);
void pace_free(struct pace *p);

/* From when on the server may be asked: now or later. Asking changes nothing. */
int64_t pace_when(const struct pace *p, struct slice server, int64_t now_ms);
/* A request is being sent. ERR_NOMEM. */
int pace_sent(struct pace *p, struct slice server, int64_t now_ms, struct err *err);
/* What came of it. retry_after_s: as told, 0 where nothing is told. ERR_NOMEM. */
int pace_told(struct pace *p, struct slice server, enum pace_outcome outcome, int64_t retry_after_s,
              int64_t now_ms, struct err *err);

/* What an exchange says of it: HTTP 429, and 503 with Retry-After (seconds, or a date as of the
 * exchange's own time), are PACE_BUSY. A WHOIS text is told by its reading. */
enum pace_outcome pace_of_exchange(const struct exchange *x, int64_t *retry_after_s);
/* The same of what READ_WHOIS gave (collect/registration_reading.h). */
enum pace_outcome pace_of_reading(const json_t *reading, int64_t *retry_after_s);

#endif

/* Times as RFC 3339 writes them, in UTC with whole seconds: 2026-11-22T04:05:06Z.
 *
 * Inside the program a time is int64_t seconds since 1970-01-01T00:00:00Z, no leap seconds. */
#ifndef WIRE_TIMESTAMP_H
#define WIRE_TIMESTAMP_H

#include "base/err.h"
#include "base/slice.h"

#include <stdint.h>

enum { TIMESTAMP_LEN = 20, TIMESTAMP_SIZE = 21 /* with its NUL */ };

/* Read "YYYY-MM-DDThh:mm:ssZ" or "YYYY-MM-DD" (midnight). An offset other than Z, a fraction of a
 * second, a day that the month has not, and leap seconds are ERR_SYNTAX: our own records carry
 * none, and foreign formats are read by their own readers. Years 0001 to 9999. */
int timestamp_parse(struct slice s, int64_t *out, struct err *err);

/* Write it with its NUL. A value outside years 0001 to 9999 is clamped. */
void timestamp_format(int64_t t, char out[TIMESTAMP_SIZE]);

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar; month 1 to 12, day 1 to 31
 * (not checked). */
int64_t timestamp_days(int64_t year, unsigned month, unsigned day);

#endif

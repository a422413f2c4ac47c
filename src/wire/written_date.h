/* Dates as registries and registrars write them.
 *
 *   source  RFC 3339 (RDAP); for WHOIS no rule exists: the shapes are those of real answers
 *               2011-03-30T19:36:27+02:00   2013-04-21 01:05:35.123 UTC   1999/09/11
 *               14-Feb-1999   Tue Sep 10 2013 11:22:33 GMT   27/07/2000   16/09/03   30.12.2011
 *               19990518 #162310   20100520   2007. 03. 02.   June 3, 1997   before Aug-1996
 *   zone    that which is written; UTC where none is, or where its name is not known
 *   order   year-month-day and day-month-year; month-day-year where the second number cannot be a
 *           month, or where the caller knows that this hand writes so */
#ifndef WIRE_WRITTEN_DATE_H
#define WIRE_WRITTEN_DATE_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct written_date {
	int64_t at;    /* seconds since 1970; midnight where no time of day is written */
	bool has_time; /* a time of day is written */
};

/* Find the first date in a text; what stands around it is passed over. False where there is none
 * that the calendar has, and then *out is untouched. Years 1900 to 9999. */
bool written_date_read(struct slice text, bool month_first, struct written_date *out);

/* Whether a text holds a date of three numbers, the year last, that can only be month-day-year. */
bool written_date_is_month_first(struct slice text);

#endif

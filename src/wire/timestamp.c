/* The calendar arithmetic counts days in eras of 400 years that start on 1 March, so that the leap
 * day is the last day of its year. No locale, no time zone, no library state. */
#include "wire/timestamp.h"

#include <stdio.h>

int64_t timestamp_days(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;
	int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
	int64_t days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return era * 146097 + days - 719468;
}

static void date_of(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t doe = days - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	*month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	*year = yoe + era * 400 + (*month <= 2);
}

static unsigned month_days(int64_t year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29u : days[month - 1];
}

/* n decimal digits at s[at]; -1 when one is none. */
static int digits(struct slice s, size_t at, size_t n)
{
	int v = 0;

	for (size_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

int timestamp_parse(struct slice s, int64_t *out, struct err *err)
{
	static const char form[] = "0000-00-00T00:00:00Z";

	if (s.n != 10 && s.n != TIMESTAMP_LEN)
		goto bad;
	for (size_t i = 0; i < s.n; i++)
		if (form[i] != '0' && s.p[i] != form[i])
			goto bad;
	int year = digits(s, 0, 4), month = digits(s, 5, 2), day = digits(s, 8, 2);
	int hour = 0, minute = 0, second = 0;
	if (s.n == TIMESTAMP_LEN) {
		hour = digits(s, 11, 2);
		minute = digits(s, 14, 2);
		second = digits(s, 17, 2);
	}
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    (unsigned)day > month_days(year, (unsigned)month) || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59 || second < 0 || second > 59)
		goto bad;
	*out = timestamp_days(year, (unsigned)month, (unsigned)day) * 86400 + hour * 3600 +
	       minute * 60 + second;
	return 0;
bad:
	return err_set(err, ERR_SYNTAX, 0, "time '%.*s' is not of the form 2026-11-22T04:05:06Z",
	               s.n > 40 ? 40 : (int)s.n, s.p ? s.p : "");
}

/* Two digits. */
static char *put_two(char *p, unsigned n)
{
	*p++ = (char)('0' + n / 10 % 10);
	*p++ = (char)('0' + n % 10);
	return p;
}

void timestamp_format(int64_t t, char out[TIMESTAMP_SIZE])
{
	const int64_t first = -62135596800, last = 253402300799; /* years 0001 and 9999 */
	if (t < first)
		t = first;
	if (t > last)
		t = last;
	int64_t days = t / 86400, rest = t % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	int64_t year;
	unsigned month, day;
	date_of(days, &year, &month, &day);
	char *p = put_two(out, (unsigned)year / 100);
	p = put_two(p, (unsigned)year % 100);
	*p++ = '-';
	p = put_two(p, month);
	*p++ = '-';
	p = put_two(p, day);
	*p++ = 'T';
	p = put_two(p, (unsigned)(rest / 3600));
	*p++ = ':';
	p = put_two(p, (unsigned)(rest / 60 % 60));
	*p++ = ':';
	p = put_two(p, (unsigned)(rest % 60));
	*p++ = 'Z';
	*p = '\0';
}

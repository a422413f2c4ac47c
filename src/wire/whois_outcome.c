/* Phrases in lower case, looked for in lines of the answer; those that mean more come first. They are
 * long enough that terms of use ("exceeding query rate", "reserves the right") do not hold them. */
#include "wire/whois_outcome.h"

enum { LINE_MAX = 400, LINES_MAX = 2000 };

struct phrase {
	const char *text; /* "$" behind it: at the end of a line */
	enum whois_state state;
};

/* clang-format off */
static const struct phrase phrases[] = {
	{ "limit exceeded", WHOIS_THROTTLED }, { "limit reached", WHOIS_THROTTLED },
	{ "limit was exceeded", WHOIS_THROTTLED }, { "whois-limit exceeded", WHOIS_THROTTLED },
	{ "quota exceeded", WHOIS_THROTTLED }, { "quota of queries", WHOIS_THROTTLED },
	{ "quota has been exceeded", WHOIS_THROTTLED }, { "been exceeded", WHOIS_THROTTLED },
	{ "exceeded the maximum allowable number of", WHOIS_THROTTLED },
	{ "exceeded your quer", WHOIS_THROTTLED }, { "exceeded your daily", WHOIS_THROTTLED },
	{ "too many requests", WHOIS_THROTTLED }, { "too many connections", WHOIS_THROTTLED },
	{ "too many queries", WHOIS_THROTTLED }, { "too many simultaneous", WHOIS_THROTTLED },
	{ "excessive querying, grace period", WHOIS_THROTTLED },
	{ "maximum queries per hour reached", WHOIS_THROTTLED },
	{ "request per second allowed", WHOIS_THROTTLED }, { "still in grace period", WHOIS_THROTTLED },
	{ "please go away for", WHOIS_THROTTLED }, { "wait a while and try again", WHOIS_UNAVAILABLE },
	{ "maximum query rate reached", WHOIS_THROTTLED },
	{ "requests are limited", WHOIS_THROTTLED }, { "lookup quota exceeded", WHOIS_THROTTLED },
	{ "please slow down", WHOIS_THROTTLED }, { "denied access to whois", WHOIS_THROTTLED },
	{ "440 request denied", WHOIS_THROTTLED },

	{ "server too busy", WHOIS_UNAVAILABLE }, { "temporarily unavailable", WHOIS_UNAVAILABLE },
	{ "database is currently down", WHOIS_UNAVAILABLE }, { "ip address blocked", WHOIS_UNAVAILABLE },
	{ "system is temporarily", WHOIS_UNAVAILABLE }, { "service unavailable", WHOIS_UNAVAILABLE },
	{ "not authorised or has exceeded", WHOIS_UNAVAILABLE },
	{ "ip address used to perform the query is not authorised", WHOIS_UNAVAILABLE },
	{ "access denied", WHOIS_UNAVAILABLE }, { "access control limit", WHOIS_THROTTLED },
	{ "unable to connect to", WHOIS_UNAVAILABLE }, { "connection to database failed", WHOIS_UNAVAILABLE },
	{ "internal error", WHOIS_UNAVAILABLE }, { "unexpected error", WHOIS_UNAVAILABLE },
	{ "the service is not available", WHOIS_UNAVAILABLE }, { "is blacklisted", WHOIS_UNAVAILABLE },
	{ "has been blacklisted", WHOIS_UNAVAILABLE }, { "your ip is restricted", WHOIS_UNAVAILABLE },
	{ "your access has been", WHOIS_UNAVAILABLE },

	{ "can't process your request", WHOIS_UNAVAILABLE },
	{ "tld is not supported", WHOIS_INVALID }, { "solo acepta consultas con dominios", WHOIS_INVALID },
	{ "invalid input", WHOIS_INVALID }, { "cannot be registered because", WHOIS_INVALID },
	{ "does not have any records for that zone", WHOIS_INVALID },
	{ "invalid characters in query", WHOIS_INVALID }, { "invalid domain name", WHOIS_INVALID },
	{ "malformed request", WHOIS_INVALID }, { "syntax error", WHOIS_INVALID },
	{ "invalid request", WHOIS_INVALID }, { "not a valid domain", WHOIS_INVALID },
	{ "not valid domain name", WHOIS_INVALID }, { "invalid parameter", WHOIS_INVALID },
	{ "domain name is invalid", WHOIS_INVALID }, { "no whois server is known", WHOIS_INVALID },
	{ "this tld has no whois server", WHOIS_INVALID }, { "unknown tld", WHOIS_INVALID },
	{ "invalid object", WHOIS_INVALID }, { "error: invalid", WHOIS_INVALID },
	{ "this server does not have a record", WHOIS_INVALID }, { "bad request", WHOIS_INVALID },
	{ "requests of this client are not permitted", WHOIS_UNAVAILABLE },
	{ "invalid query or domain name not known", WHOIS_AVAILABLE },
	{ "invalid query", WHOIS_INVALID }, { "is not a valid", WHOIS_INVALID },

	{ "has usage restrictions applied to it", WHOIS_RESERVED },
	{ "domain you requested is prohibited", WHOIS_RESERVED },
	{ "name is restricted from registration", WHOIS_RESERVED },
	{ "restricted - restricted domain name", WHOIS_RESERVED },
	{ "reserved by", WHOIS_RESERVED }, { "name is reserved", WHOIS_RESERVED },
	{ "is reserved by", WHOIS_RESERVED }, { "is in the reserved list", WHOIS_RESERVED },
	{ "in the reserved list", WHOIS_RESERVED }, { "domain is reserved", WHOIS_RESERVED },
	{ "domain reserved", WHOIS_RESERVED }, { "reserved name", WHOIS_RESERVED },
	{ "domain not available", WHOIS_RESERVED }, { "is registry reserved", WHOIS_RESERVED },
	{ "reserved domain name", WHOIS_RESERVED }, { "has been reserved", WHOIS_RESERVED },
	{ "is restricted, and can be registered but", WHOIS_RESERVED },
	{ "this name is not available for registration", WHOIS_RESERVED },
	{ "not available for registration", WHOIS_RESERVED }, { "cannot be registered", WHOIS_RESERVED },
	{ "can not be registered", WHOIS_RESERVED }, { "can not be registered online", WHOIS_RESERVED },
	{ "prohibited string", WHOIS_RESERVED }, { "domain is not available or is reserved", WHOIS_RESERVED },
	{ "is on the list of reserved", WHOIS_RESERVED }, { "is blocked", WHOIS_RESERVED },

	{ "no match", WHOIS_AVAILABLE }, { "not found", WHOIS_AVAILABLE },
	{ "no data found", WHOIS_AVAILABLE }, { "no object found", WHOIS_AVAILABLE },
	{ "no objects found", WHOIS_AVAILABLE }, { "no results were found", WHOIS_AVAILABLE },
	{ "no entries found", WHOIS_AVAILABLE }, { "no entries were found", WHOIS_AVAILABLE },
	{ "no records found", WHOIS_AVAILABLE }, { "no records matching", WHOIS_AVAILABLE },
	{ "no matching", WHOIS_AVAILABLE }, { "no such domain", WHOIS_AVAILABLE },
	{ "no found", WHOIS_AVAILABLE }, { "nothing found", WHOIS_AVAILABLE },
	{ "no information available about domain", WHOIS_AVAILABLE },
	{ "no domain records were found", WHOIS_AVAILABLE }, { "no information was found", WHOIS_AVAILABLE },
	{ "no domain registered", WHOIS_AVAILABLE }, { "no name found", WHOIS_AVAILABLE },
	{ "object does not exist", WHOIS_AVAILABLE }, { "does not exist in", WHOIS_AVAILABLE },
	{ "does not exist", WHOIS_AVAILABLE }, { "no existe", WHOIS_AVAILABLE },
	{ "not registered", WHOIS_AVAILABLE }, { "not been registered", WHOIS_AVAILABLE },
	{ "not registred", WHOIS_AVAILABLE }, { "unregistered", WHOIS_AVAILABLE },
	{ "is free$", WHOIS_AVAILABLE }, { "is available for", WHOIS_AVAILABLE },
	{ "key not found", WHOIS_AVAILABLE }, { "domain unknown", WHOIS_AVAILABLE },
	{ "not known in", WHOIS_AVAILABLE }, { "do not have an entry in our database", WHOIS_AVAILABLE },
	{ "could not find the requested domain", WHOIS_AVAILABLE },
	{ "not available in the registry", WHOIS_AVAILABLE }, { "not find match", WHOIS_AVAILABLE },
	{ "no se encontro", WHOIS_AVAILABLE }, { "objeto no existe", WHOIS_AVAILABLE },
	{ "nao existe", WHOIS_AVAILABLE }, { "not in our database", WHOIS_AVAILABLE },
	{ "can be registered", WHOIS_AVAILABLE }, { "does not have data for", WHOIS_AVAILABLE },
	{ "but this server does not have", WHOIS_AVAILABLE }, { "not exist in database", WHOIS_AVAILABLE },
	{ "nincs tal\xc3\xa1lat", WHOIS_AVAILABLE }, { "nu a fost gasit", WHOIS_AVAILABLE },
	{ "no record found", WHOIS_AVAILABLE },
	{ "there is no information available on the domain", WHOIS_AVAILABLE },
	{ "is not available in our whois database", WHOIS_AVAILABLE },
	{ "object_not_found", WHOIS_AVAILABLE }, { "no data was found", WHOIS_AVAILABLE }, { "available for purchase", WHOIS_AVAILABLE },
	{ "this domain is available", WHOIS_AVAILABLE }, { "domain is available", WHOIS_AVAILABLE },
	{ " is available.", WHOIS_AVAILABLE },
	{ "no existeix", WHOIS_AVAILABLE }, { "not have a registration", WHOIS_AVAILABLE },
};

/* A status that is nothing but this. */
static const struct phrase statuses[] = {
	{ "free", WHOIS_AVAILABLE }, { "available", WHOIS_AVAILABLE }, { "not registered", WHOIS_AVAILABLE },
	{ "no object found", WHOIS_AVAILABLE }, { "object does not exist", WHOIS_AVAILABLE },
	{ "220 available", WHOIS_AVAILABLE }, { "unregistered", WHOIS_AVAILABLE },
	{ "not found", WHOIS_AVAILABLE }, { "unassigned", WHOIS_AVAILABLE },
	{ "no match", WHOIS_AVAILABLE }, { "not_registered", WHOIS_AVAILABLE },
	{ "invalid", WHOIS_INVALID }, { "not allowed", WHOIS_INVALID }, { "unassignable", WHOIS_INVALID },
	{ "500 invalid characters in query string", WHOIS_INVALID }, { "unavailable", WHOIS_RESERVED },
	{ "reserved", WHOIS_RESERVED }, { "premium name", WHOIS_RESERVED }, { "blocked", WHOIS_RESERVED },
	{ "not assigned", WHOIS_AVAILABLE }, { "prohibited string - object cannot be registered",
	                                       WHOIS_RESERVED },
	{ "restricted", WHOIS_RESERVED }, { "forbidden", WHOIS_RESERVED },
	{ "440 request denied", WHOIS_THROTTLED },
	{ "this whois server does not have any records for that zone.", WHOIS_INVALID },
	{ "not-registrable", WHOIS_RESERVED }, { "unavailable - reserved", WHOIS_RESERVED },
};
/* clang-format on */

#define N(table) (sizeof(table) / sizeof((table)[0]))

static size_t lower(struct slice s, char *out, size_t room)
{
	size_t n = s.n < room ? s.n : room;

	for (size_t i = 0; i < n; i++)
		out[i] = ascii_lower(s.p[i]);
	return n;
}

enum whois_state whois_outcome_of_status(struct slice status)
{
	char buf[128];
	/* AVAILABLE (No match for domain "x") */
	size_t bracket = slice_find(status, '(');
	struct slice s = slice_trim(bracket ? slice_sub(status, 0, bracket) : status);

	s = slice_from(buf, lower(s, buf, sizeof(buf)));
	for (size_t i = 0; i < N(statuses); i++)
		if (slice_eq_str(s, statuses[i].text))
			return statuses[i].state;
	return WHOIS_RAW;
}

/* "wait 7777777 seconds", "replenished in 50 seconds": a number before "second". */
static int64_t seconds_in(struct slice s)
{
	size_t at = slice_find_slice(s, SLICE(" second"));
	int64_t n = 0, unit = 1;

	if (at == s.n || at == 0)
		return 0;
	while (at > 0 && s.p[at - 1] >= '0' && s.p[at - 1] <= '9' && unit < 1000000000) {
		n += (s.p[at - 1] - '0') * unit;
		unit *= 10;
		at--;
	}
	return n;
}

static bool says(struct slice line, struct slice phrase)
{
	if (phrase.p[phrase.n - 1] == '$')
		return slice_ends(line, slice_sub(phrase, 0, phrase.n - 1));
	return slice_find_slice(line, phrase) < line.n;
}

enum whois_state whois_outcome_of_text(struct slice text, int64_t *wait_s)
{
	enum whois_state best = WHOIS_RAW;
	size_t best_at = N(phrases), lines = 0;
	struct slice rest = text, line;
	int64_t seconds = 0;

	while (lines++ < LINES_MAX && slice_cut(&rest, '\n', &line)) {
		char buf[LINE_MAX];
		struct slice s = slice_trim(line);
		s = slice_from(buf, lower(s, buf, sizeof(buf)));
		if (!seconds)
			seconds = seconds_in(s);
		/* A line that is nothing but a state: "Available". */
		if (best == WHOIS_RAW && s.n && (best = whois_outcome_of_status(s)) != WHOIS_RAW)
			best_at = N(phrases);
		for (size_t i = 0; i < best_at; i++)
			if (says(s, slice_str(phrases[i].text))) {
				best = phrases[i].state;
				best_at = i;
			}
	}
	*wait_s = best == WHOIS_THROTTLED ? seconds : 0;
	return best;
}

/* Phrases in lower case, looked for in lines of the answer; those that mean more come first. They
 * are long enough that terms of use ("exceeding query rate", "reserves the right") do not hold
 * them. */
#include "wire/whois_outcome.h"

enum { LINE_MAX = 400, LINES_MAX = 2000 };

/* Phrases of one meaning, each between two bars; "$" behind one: at the end of a line. */
struct phrases {
	enum whois_state state;
	const char *list;
};

/* clang-format off */
static const struct phrases phrases[] = {
	{ WHOIS_THROTTLED,
	  "|limit exceeded|limit reached|limit was exceeded|whois-limit exceeded|"
	  "quota exceeded|quota of queries|quota has been exceeded|been exceeded|"
	  "exceeded the maximum allowable number of|exceeded your quer|exceeded your daily|"
	  "too many requests|too many connections|too many queries|too many simultaneous|"
	  "excessive querying, grace period|maximum queries per hour reached|"
	  "request per second allowed|still in grace period|please go away for|"
	  "maximum query rate reached|requests are limited|lookup quota exceeded|"
	  "please slow down|denied access to whois|440 request denied|access control limit|" },
	{ WHOIS_UNAVAILABLE,
	  "|wait a while and try again|server too busy|temporarily unavailable|"
	  "database is currently down|ip address blocked|system is temporarily|"
	  "service unavailable|not authorised or has exceeded|"
	  "ip address used to perform the query is not authorised|access denied|"
	  "unable to connect to|connection to database failed|internal error|"
	  "unexpected error|the service is not available|is blacklisted|has been blacklisted|"
	  "your ip is restricted|your access has been|can't process your request|"
	  "requests of this client are not permitted|" },
	/* One registry's way to say both. */
	{ WHOIS_AVAILABLE,
	  "|invalid query or domain name not known|" },
	{ WHOIS_INVALID,
	  "|tld is not supported|solo acepta consultas con dominios|invalid input|"
	  "cannot be registered because|does not have any records for that zone|"
	  "invalid characters in query|invalid domain name|malformed request|syntax error|"
	  "invalid request|not a valid domain|not valid domain name|invalid parameter|"
	  "domain name is invalid|no whois server is known|this tld has no whois server|"
	  "unknown tld|invalid object|error: invalid|this server does not have a record|"
	  "bad request|invalid query|is not a valid|" },
	{ WHOIS_RESERVED,
	  "|has usage restrictions applied to it|domain you requested is prohibited|"
	  "name is restricted from registration|restricted - restricted domain name|"
	  "reserved by|name is reserved|is reserved by|is in the reserved list|"
	  "in the reserved list|domain is reserved|domain reserved|reserved name|"
	  "domain not available|is registry reserved|reserved domain name|has been reserved|"
	  "is restricted, and can be registered but|"
	  "this name is not available for registration|not available for registration|"
	  "cannot be registered|can not be registered|can not be registered online|"
	  "prohibited string|domain is not available or is reserved|"
	  "is on the list of reserved|is blocked|" },
	{ WHOIS_AVAILABLE,
	  "|no match|not found|no data found|no object found|no objects found|"
	  "no results were found|no entries found|no entries were found|no records found|"
	  "no records matching|no matching|no such domain|no found|nothing found|"
	  "no information available about domain|no domain records were found|"
	  "no information was found|no domain registered|no name found|object does not exist|"
	  "does not exist in|does not exist|no existe|not registered|not been registered|"
	  "not registred|unregistered|is free$|is available for|key not found|domain unknown|"
	  "not known in|do not have an entry in our database|"
	  "could not find the requested domain|not available in the registry|not find match|"
	  "no se encontro|objeto no existe|nao existe|not in our database|can be registered|"
	  "does not have data for|but this server does not have|not exist in database|"
	  "nincs találat|nu a fost gasit|no record found|"
	  "there is no information available on the domain|"
	  "is not available in our whois database|object_not_found|no data was found|"
	  "available for purchase|this domain is available|domain is available|"
	  " is available.|no existeix|not have a registration|" },
};

/* A status that is nothing but this. */
static const struct phrases statuses[] = {
	{ WHOIS_AVAILABLE,
	  "|free|available|not registered|no object found|object does not exist|"
	  "220 available|unregistered|not found|unassigned|no match|not_registered|"
	  "not assigned|" },
	{ WHOIS_INVALID,
	  "|invalid|not allowed|unassignable|500 invalid characters in query string|"
	  "this whois server does not have any records for that zone.|" },
	{ WHOIS_RESERVED,
	  "|unavailable|reserved|premium name|blocked|"
	  "prohibited string - object cannot be registered|restricted|forbidden|"
	  "not-registrable|unavailable - reserved|" },
	{ WHOIS_THROTTLED,
	  "|440 request denied|" },
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
		for (struct slice rest = slice_str(statuses[i].list), one;
		     slice_cut(&rest, '|', &one);)
			if (s.n && slice_eq(s, one))
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
	if (!phrase.n)
		return false;
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
			for (struct slice list = slice_str(phrases[i].list), one;
			     slice_cut(&list, '|', &one);)
				if (says(s, one)) {
					best = phrases[i].state;
					best_at = i;
					break;
				}
	}
	*wait_s = best == WHOIS_THROTTLED ? seconds : 0;
	return best;
}

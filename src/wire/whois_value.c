/* What the value behind a label says. */
#include "wire/dname.h"
#include "wire/rdap_vcard.h"
#include "wire/whois_parser.h"
#include "wire/written_date.h"

struct slice whois_kept(struct whois_parser *p, struct slice s)
{
	struct slice text = rdap_text(s, p->a);

	p->failed |= !text.p;
	return text;
}

void whois_first(struct whois_parser *p, struct slice *field, struct slice value)
{
	if (!field->n)
		*field = whois_kept(p, value);
}

/* A host, with its port where one is written ("whois.example:4343"). */
bool whois_host(struct whois_parser *p, struct slice value, struct slice *out)
{
	static const char *const schemes[] = { "http://", "https://", "whois://", "rwhois://" };
	struct dname d;
	size_t end = 0, port;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (slice_starts(value, slice_str(schemes[i])))
			value = slice_sub(value, strlen(schemes[i]), value.n);
	while (end < value.n && !ascii_space(value.p[end]) && value.p[end] != '/' &&
	       value.p[end] != ',' && value.p[end] != '(' && value.p[end] != '[')
		end++;
	value = slice_sub(value, 0, end);
	port = slice_find(value, ':');
	if (value.n - port > 6 || dname_parse(slice_sub(value, 0, port), &d, NULL) != 0 ||
	    d.labels < 2)
		return false;
	for (size_t i = port + 1; i < value.n; i++)
		if (value.p[i] < '0' || value.p[i] > '9')
			return false;
	if (port + 1 >= value.n) {
		*out = whois_kept(p, dname_slice(&d));
		return true;
	}
	char *both =
		arena_printf(p->a, "%s%.*s", d.text, SLICE_ARG(slice_sub(value, port, value.n)));
	p->failed |= !both;
	*out = slice_str(both);
	return both != NULL;
}

/* ---- single fields ---- */

void whois_take_time(struct whois_parser *p, int64_t *field, struct slice value)
{
	struct written_date d;

	if (*field == WHOIS_NO_TIME && written_date_read(value, p->month_first, &d)) {
		*field = d.at;
		p->told++;
	}
}

void whois_take_newer(struct whois_parser *p, int64_t *field, struct slice value)
{
	struct written_date d;

	if (written_date_read(value, p->month_first, &d) && d.at > *field)
		*field = d.at;
}

void whois_take_status(struct whois_parser *p, struct slice value)
{
	struct whois_answer *out = p->out;
	/* Where there are no bytes, there is nothing to look for. */
	if (!value.p)
		return;
	size_t bracket = slice_find_slice(value, SLICE(" (2"));
	size_t link = slice_find_slice(value, SLICE(" http"));
	struct slice rest = value, part;

	/* "OK-UNTIL 20140903121852" (UANIC), "Connected (2010/09/30)" (JPRS): the end is in it. */
	if (slice_starts(value, SLICE("OK-UNTIL ")))
		whois_take_time(p, &out->expires, slice_sub(value, 9, value.n));
	if (bracket < value.n && value.p[value.n - 1] == ')') {
		whois_take_time(p, &out->expires, slice_sub(value, bracket, value.n));
		rest = slice_sub(value, 0, bracket);
	}

	/* "ok https://icann.org/epp#ok", "ok (https://icann.org/epp#ok)" */
	if (link == value.n)
		link = slice_find_slice(value, SLICE(" (http"));
	if (link < rest.n)
		rest = slice_sub(rest, 0, link);
	while (slice_cut(&rest, ',', &part)) {
		part = slice_trim(part);
		if (!part.n || out->status_n == WHOIS_STATUSES_MAX)
			continue;
		out->status[out->status_n] = whois_kept(p, part);
		/* Control characters alone leave nothing. */
		out->status_n += out->status[out->status_n].n > 0;
	}
}

void whois_take_nameservers(struct whois_parser *p, struct slice value)
{
	struct whois_answer *out = p->out;
	size_t from = out->nameserver_n;

	for (size_t i = 0; i < value.n;) {
		struct dname d;
		size_t end = i;
		while (end < value.n && !ascii_space(value.p[end]) && value.p[end] != ',' &&
		       value.p[end] != ';')
			end++;
		struct slice token = slice_sub(value, i, end);
		i = end + 1;
		if (slice_eq_str(token, "NS")) {
			out->nameserver_n = from; /* "google.pt NS ns1.google.com." */
			continue;
		}
		/* What follows is an address, or a remark. */
		if (token.n && (token.p[0] == '(' || token.p[0] == '['))
			return;
		if (!token.n || slice_starts(token, SLICE("not.defined")) ||
		    dname_parse(token, &d, NULL) != 0 || d.labels < 2)
			continue;
		bool seen = false;
		for (size_t k = 0; k < out->nameserver_n; k++)
			seen |= slice_eq(out->nameserver[k], dname_slice(&d));
		if (!seen && out->nameserver_n < WHOIS_NAMESERVERS_MAX) {
			out->nameserver[out->nameserver_n++] = whois_kept(p, dname_slice(&d));
			p->told++;
		}
	}
}

void whois_take_number(int64_t *field, struct slice value)
{
	int64_t n = 0;

	if (*field || !value.n || value.n > 9)
		return;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return;
		n = n * 10 + (value.p[i] - '0');
	}
	*field = n;
}

/* What stands in brackets at the end of a name; its length is 0 where nothing does. */
static struct slice bracketed(struct slice name)
{
	size_t at = name.n;

	if (!name.n || name.p[name.n - 1] != ')')
		return (struct slice){ 0 };
	while (at > 0 && name.p[at - 1] != '(')
		at--;
	return at > 1 ? slice_sub(name, at, name.n - 1) : (struct slice){ 0 };
}

/* "R22-LRCC": a registry's own code of a registrar. */
static bool is_code(struct slice s)
{
	return s.n > 2 && s.p[0] == 'R' && s.p[1] >= '0' && s.p[1] <= '9' &&
	       slice_find(s, '-') < s.n && slice_find(s, ' ') == s.n;
}

/* "MarkMonitor, Inc. (R22-LRCC)", "Tuonome IT (380)", "X (http://x.example)", "X t/a Y [Tag =
 * Z]" */
void whois_take_registrar(struct whois_parser *p, struct slice value)
{
	size_t tag = slice_find_slice(value, SLICE("[Tag"));
	int64_t id = 0;

	value = slice_trim(slice_sub(value, 0, tag));
	struct slice code = bracketed(value);
	whois_take_number(&id, code);
	if (slice_starts(code, SLICE("http")))
		whois_first(p, &p->out->registrar_url, code);
	else if (id)
		whois_take_number(&p->out->registrar_id, code);
	if (id || slice_starts(code, SLICE("http")) || is_code(code))
		value = slice_trim(slice_sub(value, 0, value.n - code.n - 2));
	if (!value.n)
		return;
	whois_first(p, &p->out->registrar, value);
	p->told++;
}

void whois_take_dnssec(struct whois_parser *p, struct slice value)
{
	static const char *const no[] = { "unsigned", "no",       "n",
		                          "false",    "inactive", "unsigned delegation" };
	static const char *const yes[] = {
		"signed", "yes", "y", "true", "active", "signeddelegation", "signed delegation"
	};

	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (slice_eq_nocase(value, slice_str(no[i])))
			p->out->dnssec_told = true;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (slice_eq_nocase(value, slice_str(yes[i])))
			p->out->dnssec_told = p->out->is_signed = true;
}

/* The line is cut into words once; then the forms are asked in the order in which they can be told
 * apart for sure: what starts with a mark of its own, then hosts (an address first), then zone
 * (a record type at its place), then columns, then a word alone. */
#include "wire/namelist.h"

#include "base/utf8.h"
#include "wire/ctlog.h"
#include "wire/dname.h"
#include "wire/ip.h"

#include <stdio.h>

static const char *const form_names[NAMELIST_FORMS] = {
	"none",    "plain", "wildcard", "url", "ip",     "hosts",
	"adblock", "rpz",   "zone",     "csv", "ct_log",
};

const char *namelist_form_name(enum namelist_form form)
{
	return form_names[form];
}

static int tell(struct namelist_line *out, enum namelist_form form, struct slice name,
                struct arena *arena, struct err *err)
{
	struct slice *one = arena_alloc(arena, sizeof(*one));

	if (!one)
		return err_set(err, ERR_NOMEM, 0, "list: no memory");
	*one = name;
	*out = (struct namelist_line){ form, one, 1 };
	return 0;
}

static int tell_none(struct namelist_line *out)
{
	*out = (struct namelist_line){ NAMELIST_NONE, NULL, 0 };
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word of *rest, which then starts behind it. */
static bool next_word(struct slice *rest, struct slice *word)
{
	size_t from = 0, to;

	while (from < rest->n && is_blank(rest->p[from]))
		from++;
	for (to = from; to < rest->n && !is_blank(rest->p[to]);)
		to++;
	*word = slice_sub(*rest, from, to);
	*rest = slice_sub(*rest, to, rest->n);
	return word->n > 0;
}

/* Without a comment that stands behind white space. */
static struct slice without_comment(struct slice line, const char *marks)
{
	for (size_t i = 1; i < line.n; i++)
		if (line.p[i] && strchr(marks, line.p[i]) && is_blank(line.p[i - 1]))
			return slice_trim(slice_sub(line, 0, i));
	return line;
}

static struct slice without_final_dot(struct slice name)
{
	return name.n > 1 && name.p[name.n - 1] == '.' ? slice_sub(name, 0, name.n - 1) : name;
}

static bool is_address(struct slice s)
{
	struct ip ip;
	struct ip_prefix prefix;

	return ip_parse(s, &ip, NULL) == 0 ||
	       (slice_find(s, '/') < s.n && ip_prefix_parse(s, &prefix, NULL) == 0);
}

/* The host of an address with or without its scheme: up to the port, path or query. */
static struct slice host_of(struct slice s)
{
	size_t scheme = slice_find_slice(s, SLICE("://")), end;

	if (scheme < s.n)
		s = slice_sub(s, scheme + 3, s.n);
	for (end = 0; end < s.n && !strchr("/?#\\", s.p[end]);)
		end++;
	s = slice_sub(s, 0, end);
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '@') {
			s = slice_sub(s, i, s.n);
			break;
		}
	if (s.n && s.p[0] == '[') /* an IPv6 address */
		return slice_sub(s, 1, slice_find(s, ']'));
	return slice_sub(s, 0, slice_find(s, ':'));
}

/* A word alone, which is a name in one of its spellings. */
static int read_word(struct slice word, struct arena *arena, struct namelist_line *out,
                     struct err *err)
{
	if (is_address(word))
		return tell(out, NAMELIST_IP, word, arena, err);
	if (slice_starts(word, SLICE("*.")))
		return tell(out, NAMELIST_WILDCARD, without_final_dot(slice_sub(word, 2, word.n)),
		            arena, err);
	if (word.n > 1 && word.p[0] == '.') /* ".pills.example", as squid and dnsmasq write it */
		return tell(out, NAMELIST_WILDCARD, without_final_dot(slice_sub(word, 1, word.n)),
		            arena, err);
	if (slice_find(word, '/') < word.n || slice_find(word, ':') < word.n ||
	    slice_find(word, '?') < word.n) {
		struct slice host = host_of(word);
		if (host.n == 0)
			return err_set(err, ERR_SYNTAX, 0, "list: no host in '%.*s'",
			               word.n > 60 ? 60 : (int)word.n, word.p);
		return tell(out, is_address(host) ? NAMELIST_IP : NAMELIST_URL,
		            without_final_dot(host), arena, err);
	}
	return tell(out, NAMELIST_PLAIN, without_final_dot(word), arena, err);
}

/* Adblock Plus filters: "||host^" and its options name a site; everything else is about a part of
 * a page or a path, or is an exception. */
static int read_adblock(struct slice s, struct arena *arena, struct namelist_line *out,
                        struct err *err)
{
	size_t end = 2;

	while (end < s.n && !strchr("^$/|:?", s.p[end]))
		end++;
	struct slice host = slice_sub(s, 2, end), rest = slice_sub(s, end, s.n);
	if (rest.n && rest.p[0] == '^')
		rest = slice_sub(rest, 1, rest.n);
	if (rest.n && rest.p[0] == '|')
		rest = slice_sub(rest, 1, rest.n);
	if (rest.n && rest.p[0] != '$')
		return tell_none(out);
	if (slice_find_slice(rest, SLICE("badfilter")) < rest.n)
		return tell_none(out);
	if (slice_starts(host, SLICE("*.")))
		host = slice_sub(host, 2, host.n);
	if (slice_find(host, '*') < host.n)
		return tell_none(out);
	if (host.n == 0)
		return err_set(err, ERR_SYNTAX, 2, "adblock: no host behind '||'");
	return tell(out, is_address(host) ? NAMELIST_IP : NAMELIST_ADBLOCK, without_final_dot(host),
	            arena, err);
}

static bool is_cosmetic(struct slice s)
{
	static const struct slice marks[] = { SLICE("##"), SLICE("#@#"), SLICE("#?#"), SLICE("#$#"),
		                              SLICE("#%#") };
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (slice_find_slice(s, marks[i]) < s.n)
			return true;
	return false;
}

/* Names that every hosts file gives to the machine itself. */
static bool is_own_host(struct slice name)
{
	static const char *const own[] = { "localhost", "localhost.localdomain", "localdomain",
		                           "local",     "broadcasthost",         "0.0.0.0" };
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (slice_eq_nocase(name, slice_str(own[i])))
			return true;
	return slice_starts(name, SLICE("ip6-"));
}

static int read_hosts(struct slice rest, struct arena *arena, struct namelist_line *out,
                      struct err *err)
{
	struct slice word, count = rest;
	size_t n = 0, told = 0;

	while (next_word(&count, &word))
		n++;
	if (n > NAMELIST_NAMES_MAX)
		return err_set(err, ERR_LIMIT, 0, "hosts: %zu names in a line, %d are allowed", n,
		               NAMELIST_NAMES_MAX);
	struct slice *names = arena_array(arena, n, sizeof(*names));
	if (!names)
		return err_set(err, ERR_NOMEM, 0, "list: no memory");
	while (next_word(&rest, &word))
		if (!is_own_host(word))
			names[told++] = without_final_dot(word);
	*out = (struct namelist_line){ told ? NAMELIST_HOSTS : NAMELIST_NONE, names, told };
	return 0;
}

static bool is_one_of(struct slice s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq_nocase(s, slice_str(words[i])))
			return true;
	return false;
}

#define IS_ONE_OF(s, words) is_one_of(s, words, sizeof(words) / sizeof((words)[0]))

static bool is_ttl(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(i && strchr("smhdwSMHDW", s.p[i])))
			return false;
	return s.n > 0;
}

/* Types whose owner names a site, and those whose owner is a hash, a key or the zone itself. */
static const char *const site_types[] = {
	"NS",   "A",     "AAAA", "CNAME", "DNAME", "MX",    "TXT", "SRV",   "CAA", "PTR",
	"TLSA", "HTTPS", "SVCB", "SPF",   "NAPTR", "HINFO", "LOC", "SSHFP", "DS",
};
static const char *const other_types[] = {
	"SOA", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY", "ZONEMD",
};
static const char *const classes[] = { "IN", "CH", "HS", "CS" };

static unsigned depth_after(struct slice s, unsigned depth)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == ';')
			break;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth)
			depth--;
	}
	return depth;
}

struct resource {
	struct slice owner, type, data;
};

/* owner [ttl] [class] type data, with ttl and class in either order: RFC 1035 section 5.1. */
static bool cut_record(const struct namelist *list, struct slice line, bool has_owner,
                       struct resource *out)
{
	struct resource r = { .owner = { "", 0 } };
	struct slice word;
	bool sure = list->is_zone || !has_owner;

	if (has_owner && !next_word(&line, &r.owner))
		return false;
	if (r.owner.n > 1 && r.owner.p[r.owner.n - 1] == '.')
		sure = true;
	while (next_word(&line, &word) && (is_ttl(word) || IS_ONE_OF(word, classes)))
		sure = true;
	r.type = word;
	if (!IS_ONE_OF(word, site_types) && !IS_ONE_OF(word, other_types))
		return false;
	/* "x a b" may be words; "x A b" is a record. */
	if (!sure && word.n && word.p[0] >= 'a')
		return false;
	if (!next_word(&line, &r.data))
		return false;
	*out = r;
	return true;
}

static void remember(char to[256], struct slice name)
{
	name = without_final_dot(name);
	if (name.n >= 256)
		name.n = 0;
	if (name.n)
		memcpy(to, name.p, name.n);
	to[name.n] = '\0';
}

static bool is_rpz_data(struct slice s)
{
	static const char *const actions[] = { ".",
		                               "*.",
		                               "rpz-drop.",
		                               "rpz-drop",
		                               "rpz-tcp-only.",
		                               "rpz-tcp-only",
		                               "rpz-passthru.",
		                               "rpz-passthru" };
	return IS_ONE_OF(s, actions);
}

static bool is_rpz_trigger_of_another_kind(struct slice owner)
{
	static const char *const kinds[] = { "rpz-ip", "rpz-client-ip", "rpz-nsdname", "rpz-nsip" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (dname_is_under(owner, slice_str(kinds[i])))
			return true;
	return false;
}

static int read_record(struct namelist *list, const struct resource *r, struct arena *arena,
                       struct namelist_line *out, struct err *err)
{
	static const char *const passthru[] = { "rpz-passthru", "rpz-passthru." };
	struct slice owner = r->owner, origin = slice_str(list->origin);
	bool is_rpz = slice_eq_nocase(r->type, SLICE("CNAME")) && is_rpz_data(r->data);
	bool is_absolute = owner.n > 1 && owner.p[owner.n - 1] == '.';

	if (owner.n == 0 || IS_ONE_OF(r->type, other_types))
		return tell_none(out);
	if (slice_eq_str(owner, "@")) {
		if (is_rpz || origin.n == 0)
			return tell_none(out);
		owner = origin;
		is_absolute = true;
	}
	owner = without_final_dot(owner);
	if (is_rpz) {
		if (is_absolute && origin.n && owner.n > origin.n &&
		    slice_eq_nocase(slice_sub(owner, owner.n - origin.n, owner.n), origin) &&
		    owner.p[owner.n - origin.n - 1] == '.')
			owner = slice_sub(owner, 0, owner.n - origin.n - 1);
		if (is_rpz_trigger_of_another_kind(owner) || IS_ONE_OF(r->data, passthru))
			return tell_none(out);
	} else if (!is_absolute && origin.n) {
		char *full = arena_printf(arena, "%.*s.%s", SLICE_ARG(owner), list->origin);
		if (!full)
			return err_set(err, ERR_NOMEM, 0, "list: no memory");
		owner = slice_str(full);
	}
	if (slice_starts(owner, SLICE("*.")))
		owner = slice_sub(owner, 2, owner.n);
	if (owner.n && slice_eq_nocase(owner, slice_str(list->last)))
		return tell_none(out);
	remember(list->last, owner);
	return tell(out, is_rpz ? NAMELIST_RPZ : NAMELIST_ZONE, owner, arena, err);
}

/* One cell of a row, without its quotes. */
static bool next_cell(struct slice *rest, char separator, struct slice *cell, bool *more)
{
	size_t end = 0;

	if (!*more)
		return false;
	if (separator == ' ') {
		*more = next_word(rest, cell);
		return *more;
	}
	if (rest->n && rest->p[0] == '"') {
		end = 1;
		while (end < rest->n && (rest->p[end] != '"' ||
		                         (end + 1 < rest->n && rest->p[end + 1] == '"' && end++)))
			end++;
		*cell = slice_trim(slice_sub(*rest, 1, end));
		end += end < rest->n;
		while (end < rest->n && rest->p[end] != separator)
			end++;
	} else {
		end = slice_find(*rest, separator);
		*cell = slice_trim(slice_sub(*rest, 0, end));
	}
	*more = end < rest->n;
	*rest = slice_sub(*rest, end + 1, rest->n);
	return true;
}

/* A dotted name, perhaps as the host of an address, perhaps below "*.". */
static bool looks_like_name(struct slice cell, struct slice *name)
{
	struct dname d;

	if (cell.n > 4096)
		return false;
	if (slice_find_slice(cell, SLICE("://")) < cell.n)
		cell = host_of(cell);
	if (slice_starts(cell, SLICE("*.")))
		cell = slice_sub(cell, 2, cell.n);
	cell = without_final_dot(cell);
	if (slice_find(cell, '.') == cell.n || dname_parse(cell, &d, NULL) < 0)
		return false;
	*name = cell;
	return true;
}

static bool is_heading(struct slice cell)
{
	static const char *const headings[] = {
		"domain", "domains",  "domain_name", "domain name", "domainname", "fqdn",
		"host",   "hostname", "name",        "site",        "url",        "website",
	};
	return IS_ONE_OF(cell, headings);
}

static char separator_of(const struct namelist *list, struct slice line)
{
	static const char known[] = ",;\t";

	if (list->separator && slice_find(line, list->separator) < line.n)
		return list->separator;
	for (const char *c = known; *c; c++)
		if (slice_find(line, *c) < line.n)
			return *c;
	return slice_find(line, ' ') < line.n ? ' ' : '\0';
}

static int read_row(struct namelist *list, struct slice line, char separator, struct arena *arena,
                    struct namelist_line *out, struct err *err)
{
	struct slice rest = line, cell, name = { 0 }, found = { 0 };
	size_t heading = 0, first = 0, cells = 0;
	bool more = true;

	for (size_t i = 1; next_cell(&rest, separator, &cell, &more); i++) {
		cells = i;
		if (!heading && is_heading(cell))
			heading = i;
		if (!looks_like_name(cell, &name))
			continue;
		if (!first) {
			first = i;
			found = name;
		}
		if (i == list->column) {
			first = i;
			found = name;
			break;
		}
	}
	/* A sentence with "name" in it heads no columns. */
	if (!first && heading && !list->column && (separator != ' ' || cells <= 3)) {
		list->column = heading;
		list->separator = separator;
		return tell_none(out);
	}
	if (!first)
		return err_set(err, ERR_SYNTAX, 0, "list: no name in a line of several %s",
		               separator == ' ' ? "words" : "columns");
	if (!list->column) {
		list->column = first;
		list->separator = separator;
	}
	return tell(out, NAMELIST_CSV, found, arena, err);
}

static int check_bytes(struct slice line, struct err *err)
{
	size_t bad = 0;
	bool ascii = true;

	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		ascii = ascii && c < 0x80;
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return err_set(err, ERR_SYNTAX, i, "list: binary data (octet 0x%02x)", c);
	}
	if (!ascii && !utf8_valid(line, &bad))
		return err_set(err, ERR_SYNTAX, bad, "list: not UTF-8");
	return 0;
}

static int read_json(struct slice line, struct arena *arena, struct namelist_line *out,
                     struct err *err)
{
	struct slice *names = NULL;
	size_t n = 0;
	int rc = ctlog_names(line, NAMELIST_NAMES_MAX, arena, &names, &n, err);

	if (rc < 0)
		return rc;
	*out = (struct namelist_line){ n ? NAMELIST_CT_LOG : NAMELIST_NONE, names, n };
	return 0;
}

/* Comments, headings, and the marks that a form puts first. 1 when the line was one of these. */
static int read_marked(struct namelist *list, struct slice s, struct arena *arena,
                       struct namelist_line *out, struct err *err)
{
	struct slice word, rest = s;
	int rc = 0;

	if (s.n == 0 || strchr("#;!", s.p[0]) || slice_starts(s, SLICE("//")) ||
	    slice_starts(s, SLICE("@@")) || is_cosmetic(s)) {
		tell_none(out);
	} else if (s.p[0] == '{' || slice_starts(s, SLICE("[{"))) {
		rc = read_json(s, arena, out, err);
	} else if (s.p[0] == '[' && s.p[s.n - 1] == ']') { /* [Adblock Plus 2.0] */
		tell_none(out);
	} else if (s.p[0] == '/' && slice_find(slice_sub(s, 1, s.n), '/') < s.n - 1) {
		tell_none(out); /* an expression or a path of adblock */
	} else if (slice_starts(s, SLICE("||"))) {
		rc = read_adblock(s, arena, out, err);
	} else if (s.p[0] == '$') {
		next_word(&rest, &word);
		list->is_zone = true;
		if (slice_eq_nocase(word, SLICE("$ORIGIN")) && next_word(&rest, &word))
			remember(list->origin, word);
		tell_none(out);
	} else {
		return 0;
	}
	return rc < 0 ? rc : 1;
}

int namelist_read(struct namelist *list, struct slice line, struct arena *arena,
                  struct namelist_line *out, struct err *err)
{
	struct resource record;
	struct slice first, rest;

	if (line.n > NAMELIST_LINE_MAX)
		return err_set(err, ERR_LIMIT, NAMELIST_LINE_MAX, "list: line of over %d bytes",
		               NAMELIST_LINE_MAX);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (slice_starts(line, SLICE("\xef\xbb\xbf"))) /* a byte order mark */
		line = slice_sub(line, 3, line.n);
	int rc = check_bytes(line, err);
	if (rc < 0)
		return rc;
	if (list->depth) {
		list->depth = depth_after(line, list->depth);
		return tell_none(out);
	}
	bool has_owner = line.n == 0 || !is_blank(line.p[0]);
	struct slice s = slice_trim(line);
	rc = read_marked(list, s, arena, out, err);
	if (rc)
		return rc < 0 ? rc : 0;
	if (s.p[0] == '|') /* "|https://pills.example/": an adblock rule from the address's start */
		s = slice_sub(s, 1, s.n);
	struct slice data = without_comment(s, "#;");
	rest = data;
	if (!next_word(&rest, &first))
		return tell_none(out);
	if (slice_trim(rest).n == 0 && separator_of(list, data) == '\0') {
		if (slice_find(first, '.') == first.n && is_heading(first))
			return tell_none(out);
		return read_word(first, arena, out, err);
	}
	if (is_address(first) && slice_trim(rest).n)
		return read_hosts(rest, arena, out, err);
	if (cut_record(list, data, has_owner || !list->is_zone, &record)) {
		list->is_zone = true;
		list->depth = depth_after(line, 0);
		return read_record(list, &record, arena, out, err);
	}
	return read_row(list, data, separator_of(list, data), arena, out, err);
}

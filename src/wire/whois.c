/* Lines are cut into pairs (whois_lines), labels looked up (whois_label); here the pairs become
 * fields. The first value of a field wins: registries name the domain before the people, and repeat
 * themselves in a second language. */
#include "wire/whois.h"

#include "base/utf8.h"
#include "wire/charset.h"
#include "wire/dname.h"
#include "wire/rdap_vcard.h"
#include "wire/whois_lines.h"
#include "wire/whois_outcome.h"
#include "wire/written_date.h"

enum { HANDLES_MAX = 16 };

struct handle {
	struct slice text;
	enum whois_role role;
};

struct parser {
	struct whois_answer *out;
	struct arena *a;
	const struct whois_lines *lines;
	struct handle handle[HANDLES_MAX]; /* "admin-c: X1": who is whom in paragraphs below */
	size_t handle_n;
	bool month_first;
	bool failed;
	uint32_t updated_in; /* paragraph of the date of update, and 1; 0: none */
	size_t told;         /* fields that speak for a registration */
};

static struct slice kept(struct parser *p, struct slice s)
{
	struct slice text = rdap_text(s, p->a);

	p->failed |= !text.p;
	return text;
}

static void first(struct parser *p, struct slice *field, struct slice value)
{
	if (!field->n)
		*field = kept(p, value);
}

/* A host, with its port where one is written ("whois.example:4343"). */
static bool host_of(struct parser *p, struct slice value, struct slice *out)
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
		*out = kept(p, dname_slice(&d));
		return true;
	}
	char *both =
		arena_printf(p->a, "%s%.*s", d.text, SLICE_ARG(slice_sub(value, port, value.n)));
	p->failed |= !both;
	*out = slice_str(both);
	return both != NULL;
}

/* ---- single fields ---- */

static void take_time(struct parser *p, int64_t *field, struct slice value)
{
	struct written_date d;

	if (*field == WHOIS_NO_TIME && written_date_read(value, p->month_first, &d)) {
		*field = d.at;
		p->told++;
	}
}

static void take_newer(struct parser *p, int64_t *field, struct slice value)
{
	struct written_date d;

	if (written_date_read(value, p->month_first, &d) && d.at > *field)
		*field = d.at;
}

static void take_status(struct parser *p, struct slice value)
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
		take_time(p, &out->expires, slice_sub(value, 9, value.n));
	if (bracket < value.n && value.p[value.n - 1] == ')') {
		take_time(p, &out->expires, slice_sub(value, bracket, value.n));
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
		out->status[out->status_n++] = kept(p, part);
	}
}

static void take_nameservers(struct parser *p, struct slice value)
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
			out->nameserver[out->nameserver_n++] = kept(p, dname_slice(&d));
			p->told++;
		}
	}
}

static void take_number(int64_t *field, struct slice value)
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

/* "MarkMonitor, Inc. (R22-LRCC)", "Tuonome IT (380)", "X (http://x.example)", "X t/a Y [Tag = Z]" */
static void take_registrar(struct parser *p, struct slice value)
{
	size_t tag = slice_find_slice(value, SLICE("[Tag"));
	int64_t id = 0;

	value = slice_trim(slice_sub(value, 0, tag));
	struct slice code = bracketed(value);
	take_number(&id, code);
	if (slice_starts(code, SLICE("http")))
		first(p, &p->out->registrar_url, code);
	else if (id)
		take_number(&p->out->registrar_id, code);
	if (id || slice_starts(code, SLICE("http")) || is_code(code))
		value = slice_trim(slice_sub(value, 0, value.n - code.n - 2));
	if (!value.n)
		return;
	first(p, &p->out->registrar, value);
	p->told++;
}

static void take_dnssec(struct parser *p, struct slice value)
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

/* ---- contacts ---- */

static bool is_mail(struct slice s)
{
	size_t at = slice_find(s, '@');

	return at > 0 && at + 1 < s.n && slice_find(s, ' ') == s.n;
}

static void list(struct parser *p, struct slice *to, size_t *n, struct slice value)
{
	if (*n < CARD_LIST_MAX)
		to[(*n)++] = kept(p, value);
}

/* Lines of an address in the order they come, joined. */
static void joined(struct parser *p, struct slice *field, struct slice value)
{
	if (!field->n) {
		*field = kept(p, value);
		return;
	}
	if (field->n + value.n + 2 > WHOIS_TEXT_MAX)
		return;
	char *both = arena_printf(p->a, "%.*s, %.*s", SLICE_ARG(*field), SLICE_ARG(value));
	if (both)
		*field = kept(p, slice_str(both));
	p->failed |= !both;
}

static void take_part(struct parser *p, struct contact_card *c, enum whois_part part,
                      struct slice value)
{
	switch (part) {
	case WHOIS_NO_PART: break;
	case WHOIS_NAME: first(p, &c->name, value); break;
	case WHOIS_ORGANISATION: first(p, &c->organisation, value); break;
	case WHOIS_STREET: joined(p, &c->street, value); break;
	case WHOIS_CITY: first(p, &c->city, value); break;
	case WHOIS_REGION: first(p, &c->region, value); break;
	case WHOIS_POSTCODE: first(p, &c->postcode, value); break;
	case WHOIS_COUNTRY: first(p, &c->country, value); break;
	case WHOIS_PHONE: list(p, c->phone, &c->phone_n, value); break;
	case WHOIS_MAIL:
		/* An address of a form, or words, are no mail address. */
		if (is_mail(value))
			list(p, c->mail, &c->mail_n, value);
		else if (!c->mail_n)
			first(p, &c->url, value);
		break;
	case WHOIS_WHOLE:
		if (is_mail(value))
			list(p, c->mail, &c->mail_n, value);
		else if (!c->name.n)
			c->name = kept(p, value);
		else
			joined(p, &c->street, value);
		break;
	}
}

static void take_contact(struct parser *p, enum whois_role role, enum whois_part part,
                         struct slice value)
{
	if (role == WHOIS_NO_ROLE)
		return;
	take_part(p, &p->out->contact[role], part, value);
	if (role == WHOIS_REGISTRANT && part != WHOIS_NO_PART)
		p->told++;
}

/* A reference to a paragraph below: one word with a digit in it, of letters, digits and marks. */
static bool is_handle(struct slice s)
{
	bool digit = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		digit |= c >= '0' && c <= '9';
		if (ascii_space(c) || c == '@' || (unsigned char)c >= 0x80)
			return false;
	}
	return digit && s.n <= 40;
}

/* Roles, as bits by enum whois_role: one person may be all of them. */
static unsigned roles_of_handle(const struct parser *p, struct slice s)
{
	unsigned roles = 0;

	for (size_t i = 0; i < p->handle_n; i++)
		if (slice_eq_nocase(p->handle[i].text, s))
			roles |= 1u << p->handle[i].role;
	return roles;
}

/* First pass: the references, and how this hand writes dates. */
static void take_references(struct parser *p)
{
	for (size_t i = 0; i < p->lines->n; i++) {
		const struct whois_pair *pair = &p->lines->pair[i];
		struct whois_meaning m = whois_meaning_of(pair->label);
		p->month_first |= written_date_is_month_first(pair->value) &&
		                  m.field >= WHOIS_CREATED && m.field <= WHOIS_DELETED;
		if (m.role == WHOIS_NO_ROLE || pair->section.n || pair->continues ||
		    !is_handle(pair->value) || p->handle_n == HANDLES_MAX)
			continue;
		p->handle[p->handle_n++] = (struct handle){ pair->value, m.role };
	}
}

/* The paragraph that begins at pair i is about: contacts of those roles, another object (then *skip),
 * or the domain. */
static unsigned paragraph_roles(const struct parser *p, size_t i, bool *skip)
{
	const struct whois_pair *all = p->lines->pair;
	uint32_t paragraph = all[i].paragraph;
	bool object = false;

	*skip = false;
	for (size_t k = i; k < p->lines->n && all[k].paragraph == paragraph; k++) {
		struct whois_meaning m = whois_meaning_of(all[k].label);
		if (m.field == WHOIS_DOMAIN && !all[k].section.n)
			return 0;
		if (m.field != WHOIS_OBJECT || all[k].section.n)
			continue;
		unsigned roles = roles_of_handle(p, all[k].value);
		char label[WHOIS_LABEL_MAX];
		size_t n = whois_label(all[k].value, label);
		if (!roles && n && whois_role_of(slice_from(label, n)) != WHOIS_NO_ROLE)
			roles = 1u << whois_role_of(slice_from(label, n));
		if (roles)
			return roles;
		object |= k == i || !slice_eq_str(all[k].label, "contact");
	}
	*skip = object;
	return 0;
}

/* ---- pairs ---- */

static void take_registrar_part(struct parser *p, struct slice label, struct slice value)
{
	struct whois_answer *out = p->out;
	enum whois_part part;

	if (slice_eq_str(label, "iana id"))
		take_number(&out->registrar_id, value);
	else if (slice_eq_str(label, "url") || slice_eq_str(label, "website") ||
	         slice_eq_str(label, "web") || slice_eq_str(label, "registration url"))
		first(p, &out->registrar_url, value);
	else if (slice_eq_str(label, "trouble") || slice_eq_str(label, "abuse contact email"))
		first(p, &out->abuse_mail, value);
	else if (slice_eq_str(label, "registrar name"))
		take_registrar(p, value);
	else if (whois_part_of(label, &part) && (part == WHOIS_NAME || part == WHOIS_ORGANISATION))
		take_registrar(p, value);
}

static void take_field(struct parser *p, const struct whois_pair *pair, struct whois_meaning m)
{
	struct whois_answer *out = p->out;
	struct slice value = pair->value;

	switch (m.field) {
	case WHOIS_NO_FIELD:
	case WHOIS_OBJECT:
	case WHOIS_NOTE: break;
	case WHOIS_DOMAIN:
		if (!out->name.n && slice_find(value, ':') == value.n)
			host_of(p, value, &out->name);
		break;
	case WHOIS_HANDLE: first(p, &out->handle, value); break;
	case WHOIS_CREATED: take_time(p, &out->created, value); break;
	case WHOIS_UPDATED:
		/* A registry that lists every change: the newest. */
		if (p->updated_in == pair->paragraph + 1 && !pair->section.n)
			take_newer(p, &out->updated, value);
		else if (out->updated == WHOIS_NO_TIME)
			p->updated_in = pair->section.n ? 0 : pair->paragraph + 1;
		take_time(p, &out->updated, value);
		break;
	case WHOIS_EXPIRES: take_time(p, &out->expires, value); break;
	case WHOIS_REGISTRAR_EXPIRES: take_time(p, &out->registrar_expires, value); break;
	case WHOIS_TRANSFERRED: take_time(p, &out->transferred, value); break;
	case WHOIS_DELETED: take_time(p, &out->deleted, value); break;
	case WHOIS_STATUS: take_status(p, value); break;
	case WHOIS_HOLD:
		if (slice_eq_nocase(value, SLICE("yes")))
			take_status(p, SLICE("serverHold"));
		break;
	case WHOIS_REGISTRAR:
		if (!pair->continues)
			take_registrar(p, value);
		break;
	case WHOIS_REGISTRAR_ID: take_number(&out->registrar_id, value); break;
	case WHOIS_REGISTRAR_URL: first(p, &out->registrar_url, value); break;
	case WHOIS_REGISTRAR_WHOIS:
		if (!out->registrar_whois.n)
			host_of(p, value, &out->registrar_whois);
		break;
	case WHOIS_REFER:
		if (!out->refer.n)
			host_of(p, value, &out->refer);
		break;
	case WHOIS_ABUSE_MAIL: first(p, &out->abuse_mail, value); break;
	case WHOIS_ABUSE_PHONE: first(p, &out->abuse_phone, value); break;
	case WHOIS_RESELLER:
		if (!pair->continues)
			first(p, &out->reseller, value);
		break;
	case WHOIS_NAMESERVER: take_nameservers(p, value); break;
	case WHOIS_DNSSEC: take_dnssec(p, value); break;
	case WHOIS_DS: out->dnssec_told = out->is_signed = true; break;
	case WHOIS_CONTACT:
		/* "registrant: X1" refers to what stands below. */
		if (m.part != WHOIS_WHOLE || !roles_of_handle(p, value))
			take_contact(p, m.role, m.part, value);
		else if (m.role == WHOIS_REGISTRANT)
			p->told++;
		break;
	}
}

static void take_in_section(struct parser *p, const struct whois_pair *pair)
{
	struct whois_meaning section = whois_meaning_of(pair->section);
	struct whois_meaning m = whois_meaning_of(pair->label);
	enum whois_part part;

	if (section.role != WHOIS_NO_ROLE) {
		if (whois_part_of(pair->label, &part))
			take_contact(p, section.role, part, pair->value);
		else if (m.field == WHOIS_CONTACT && m.part != WHOIS_WHOLE)
			take_contact(p, m.role, m.part, pair->value);
		else if (m.field != WHOIS_CONTACT && m.field != WHOIS_REGISTRAR_URL)
			take_field(p, pair, m);
		return;
	}
	if (section.field == WHOIS_REGISTRAR) {
		take_registrar_part(p, pair->label, pair->value);
		return;
	}
	if (section.field == WHOIS_REFER ||
	    (section.field == WHOIS_NAMESERVER && m.field != WHOIS_NAMESERVER))
		return;
	/* "Domain:" over "name: example.ee" */
	if (section.field == WHOIS_DOMAIN && slice_eq_str(pair->label, "name"))
		m.field = WHOIS_DOMAIN;
	if (section.field == WHOIS_NO_FIELD && whois_part_of(pair->label, &part) &&
	    m.field == WHOIS_NO_FIELD)
		return;
	take_field(p, pair, m);
}

static void take_pairs(struct parser *p)
{
	const struct whois_pair *all = p->lines->pair;
	unsigned roles = 0;
	bool skip = false;

	for (size_t i = 0; i < p->lines->n; i++) {
		enum whois_part part;
		if (i == 0 || all[i].paragraph != all[i - 1].paragraph)
			roles = paragraph_roles(p, i, &skip);
		if (all[i].section.n) {
			take_in_section(p, &all[i]);
			continue;
		}
		struct whois_meaning m = whois_meaning_of(all[i].label);
		bool is_server = m.field == WHOIS_NAMESERVER;
		if (roles && !is_server) {
			bool is_part = whois_part_of(all[i].label, &part) &&
			               !roles_of_handle(p, all[i].value);
			for (int r = WHOIS_REGISTRANT; is_part && r < WHOIS_ROLES; r++)
				if (roles & 1u << r)
					take_contact(p, (enum whois_role)r, part, all[i].value);
			continue;
		}
		if (!skip || is_server)
			take_field(p, &all[i], m);
	}
}

/* ---- the whole ---- */

static int decode(struct slice bytes, struct slice server, struct arena *a, struct slice *out,
                  struct err *err)
{
	static const struct {
		const char *suffix, *charset;
	} known[] = {
		{ ".kr", "euc-kr" },       { ".jp", "iso-2022-jp" }, { ".hu", "iso-8859-2" },
		{ ".tr", "windows-1254" }, { ".ru", "koi8-r" },      { ".pl", "iso-8859-2" },
		{ ".tw", "big5" },         { ".cn", "gb18030" },     { ".cz", "iso-8859-2" },
	};
	enum charset c = CHARSET_UTF_8;
	size_t bad;

	if (slice_find_slice(bytes, SLICE("\x1b$")) < bytes.n)
		c = CHARSET_ISO_2022_JP;
	else if (!utf8_valid(bytes, &bad)) {
		c = CHARSET_WINDOWS_1252;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (slice_ends(server, slice_str(known[i].suffix)))
				c = charset_of_label(slice_str(known[i].charset));
	}
	return charset_decode(c, bytes, (size_t)WHOIS_BYTES_MAX * 3, a, out, err);
}

static enum whois_state state_of(const struct parser *p, struct slice text, int64_t *wait_s)
{
	const struct whois_answer *out = p->out;
	enum whois_state said = WHOIS_RAW;

	*wait_s = 0;
	for (size_t i = 0; i < out->status_n && said == WHOIS_RAW; i++)
		said = whois_outcome_of_status(out->status[i]);
	/* Registries keep names of their own with all the fields of a registration. */
	for (size_t i = 0; i < out->status_n; i++)
		if (slice_eq_nocase(out->status[i], SLICE("reserved")))
			return WHOIS_RESERVED;
	if (said != WHOIS_RAW && !out->nameserver_n && out->created == WHOIS_NO_TIME)
		return said;
	if (p->told)
		return WHOIS_REGISTERED;
	if (out->refer.n)
		return WHOIS_REFERRAL;
	said = whois_outcome_of_text(text, wait_s);
	if (said != WHOIS_RAW)
		return said;
	return out->status_n ? WHOIS_REGISTERED : WHOIS_RAW;
}

int whois_parse(struct slice bytes, struct slice server, struct arena *a, struct whois_answer *out,
                struct err *err)
{
	struct whois_answer answer = { .created = WHOIS_NO_TIME,
		                       .updated = WHOIS_NO_TIME,
		                       .expires = WHOIS_NO_TIME,
		                       .registrar_expires = WHOIS_NO_TIME,
		                       .transferred = WHOIS_NO_TIME,
		                       .deleted = WHOIS_NO_TIME };
	struct whois_lines lines;
	struct parser p = { .out = &answer, .a = a, .lines = &lines };
	struct slice text;

	if (bytes.n > WHOIS_BYTES_MAX)
		return err_set(err, ERR_LIMIT, WHOIS_BYTES_MAX, "whois: %zu bytes, the limit is %d",
		               bytes.n, WHOIS_BYTES_MAX);
	int rc = decode(bytes, server, a, &text, err);
	if (rc == 0)
		rc = whois_lines_read(text, a, &lines, err);
	if (rc)
		return rc;
	answer.status = arena_array(a, WHOIS_STATUSES_MAX, sizeof(*answer.status));
	answer.nameserver = arena_array(a, WHOIS_NAMESERVERS_MAX, sizeof(*answer.nameserver));
	if (!answer.status || !answer.nameserver)
		return err_set(err, ERR_NOMEM, 0, "whois: no memory");
	take_references(&p);
	take_pairs(&p);
	answer.state = state_of(&p, text, &answer.wait_s);
	if (p.failed)
		return err_set(err, ERR_NOMEM, 0, "whois: no memory");
	*out = answer;
	return 0;
}

/* What these servers want: DENIC's manual (-T dn, ace: the technical data, A-labels), JPRS ("/e": in
 * English), Verisign ("domain": no name servers of the same beginning), DK Hostmaster. */
void whois_query(struct slice server, struct slice name, struct buf *out)
{
	static const struct {
		const char *server, *before, *behind;
	} wants[] = {
		{ "whois.denic.de", "-T dn,ace ", "" },
		{ "whois.jprs.jp", "", "/e" },
		{ "whois.verisign-grs.com", "domain ", "" },
		{ "whois.dk-hostmaster.dk", "--show-handles ", "" },
	};
	const char *before = "", *behind = "";

	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
		if (slice_eq_str(server, wants[i].server)) {
			before = wants[i].before;
			behind = wants[i].behind;
		}
	buf_puts(out, before);
	buf_put(out, name);
	buf_puts(out, behind);
}

const char *whois_state_name(enum whois_state s)
{
	static const char *const names[WHOIS_STATES] = {
		[WHOIS_RAW] = "raw",
		[WHOIS_REGISTERED] = "registered",
		[WHOIS_AVAILABLE] = "available",
		[WHOIS_RESERVED] = "reserved",
		[WHOIS_INVALID] = "invalid",
		[WHOIS_THROTTLED] = "throttled",
		[WHOIS_UNAVAILABLE] = "unavailable",
		[WHOIS_REFERRAL] = "referral",
	};

	return (unsigned)s < WHOIS_STATES ? names[s] : names[WHOIS_RAW];
}

/* Lines are cut into pairs (whois_lines), labels looked up (whois_label); here the pairs become
 * fields. The first value of a field wins: registries name the domain before the people, and repeat
 * themselves in a second language. */
#include "wire/whois.h"

#include "base/utf8.h"
#include "wire/charset.h"
#include "wire/whois_outcome.h"
#include "wire/whois_parser.h"

static void take_registrar_part(struct whois_parser *p, struct slice label, struct slice value)
{
	struct whois_answer *out = p->out;
	enum whois_part part;

	if (slice_eq_str(label, "iana id"))
		whois_take_number(&out->registrar_id, value);
	else if (slice_eq_str(label, "url") || slice_eq_str(label, "website") ||
	         slice_eq_str(label, "web") || slice_eq_str(label, "registration url"))
		whois_first(p, &out->registrar_url, value);
	else if (slice_eq_str(label, "trouble") || slice_eq_str(label, "abuse contact email"))
		whois_first(p, &out->abuse_mail, value);
	else if (slice_eq_str(label, "registrar name"))
		whois_take_registrar(p, value);
	else if (whois_part_of(label, &part) && (part == WHOIS_NAME || part == WHOIS_ORGANISATION))
		whois_take_registrar(p, value);
}

static void take_field(struct whois_parser *p, const struct whois_pair *pair,
                       struct whois_meaning m)
{
	struct whois_answer *out = p->out;
	struct slice value = pair->value;

	switch (m.field) {
	case WHOIS_NO_FIELD:
	case WHOIS_OBJECT:
	case WHOIS_NOTE: break;
	case WHOIS_DOMAIN:
		if (!out->name.n && slice_find(value, ':') == value.n)
			whois_host(p, value, &out->name);
		break;
	case WHOIS_HANDLE: whois_first(p, &out->handle, value); break;
	case WHOIS_CREATED: whois_take_time(p, &out->created, value); break;
	case WHOIS_UPDATED:
		/* A registry that lists every change: the newest. */
		if (p->updated_in == pair->paragraph + 1 && !pair->section.n)
			whois_take_newer(p, &out->updated, value);
		else if (out->updated == WHOIS_NO_TIME)
			p->updated_in = pair->section.n ? 0 : pair->paragraph + 1;
		whois_take_time(p, &out->updated, value);
		break;
	case WHOIS_EXPIRES: whois_take_time(p, &out->expires, value); break;
	case WHOIS_REGISTRAR_EXPIRES: whois_take_time(p, &out->registrar_expires, value); break;
	case WHOIS_TRANSFERRED: whois_take_time(p, &out->transferred, value); break;
	case WHOIS_DELETED: whois_take_time(p, &out->deleted, value); break;
	case WHOIS_STATUS: whois_take_status(p, value); break;
	case WHOIS_HOLD:
		if (slice_eq_nocase(value, SLICE("yes")))
			whois_take_status(p, SLICE("serverHold"));
		break;
	case WHOIS_REGISTRAR:
		if (!pair->continues)
			whois_take_registrar(p, value);
		break;
	case WHOIS_REGISTRAR_ID: whois_take_number(&out->registrar_id, value); break;
	case WHOIS_REGISTRAR_URL: whois_first(p, &out->registrar_url, value); break;
	case WHOIS_REGISTRAR_WHOIS:
		if (!out->registrar_whois.n)
			whois_host(p, value, &out->registrar_whois);
		break;
	case WHOIS_REFER:
		if (!out->refer.n)
			whois_host(p, value, &out->refer);
		break;
	case WHOIS_ABUSE_MAIL: whois_first(p, &out->abuse_mail, value); break;
	case WHOIS_ABUSE_PHONE: whois_first(p, &out->abuse_phone, value); break;
	case WHOIS_RESELLER:
		if (!pair->continues)
			whois_first(p, &out->reseller, value);
		break;
	case WHOIS_NAMESERVER: whois_take_nameservers(p, value); break;
	case WHOIS_DNSSEC: whois_take_dnssec(p, value); break;
	case WHOIS_DS: out->dnssec_told = out->is_signed = true; break;
	case WHOIS_CONTACT:
		/* "registrant: X1" refers to what stands below. */
		if (m.part != WHOIS_WHOLE || !whois_roles_of_handle(p, value))
			whois_take_contact(p, m.role, m.part, value);
		else if (m.role == WHOIS_REGISTRANT)
			p->told++;
		break;
	}
}

static void take_in_section(struct whois_parser *p, const struct whois_pair *pair)
{
	struct whois_meaning section = whois_meaning_of(pair->section);
	struct whois_meaning m = whois_meaning_of(pair->label);
	enum whois_part part;

	if (section.role != WHOIS_NO_ROLE) {
		if (whois_part_of(pair->label, &part))
			whois_take_contact(p, section.role, part, pair->value);
		else if (m.field == WHOIS_CONTACT && m.part != WHOIS_WHOLE)
			whois_take_contact(p, m.role, m.part, pair->value);
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

static void take_pairs(struct whois_parser *p)
{
	const struct whois_pair *all = p->lines->pair;
	unsigned roles = 0;
	bool skip = false;

	for (size_t i = 0; i < p->lines->n; i++) {
		enum whois_part part;
		if (i == 0 || all[i].paragraph != all[i - 1].paragraph)
			roles = whois_paragraph_roles(p, i, &skip);
		if (all[i].section.n) {
			take_in_section(p, &all[i]);
			continue;
		}
		struct whois_meaning m = whois_meaning_of(all[i].label);
		bool is_server = m.field == WHOIS_NAMESERVER;
		if (roles && !is_server) {
			bool is_part = whois_part_of(all[i].label, &part) &&
			               !whois_roles_of_handle(p, all[i].value);
			for (int r = WHOIS_REGISTRANT; is_part && r < WHOIS_ROLES; r++)
				if (roles & 1u << r)
					whois_take_contact(p, (enum whois_role)r, part,
					                   all[i].value);
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

static enum whois_state state_of(const struct whois_parser *p, struct slice text, int64_t *wait_s)
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
	struct whois_parser p = { .out = &answer, .a = a, .lines = &lines };
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
	whois_take_references(&p);
	take_pairs(&p);
	answer.state = state_of(&p, text, &answer.wait_s);
	if (p.failed)
		return err_set(err, ERR_NOMEM, 0, "whois: no memory");
	*out = answer;
	return 0;
}

/* What these servers want: DENIC's manual (-T dn, ace: the technical data, A-labels), JPRS ("/e":
 * in English), Verisign ("domain": no name servers of the same beginning), DK Hostmaster. */
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

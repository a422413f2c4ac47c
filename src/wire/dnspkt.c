/* A cursor that fails once and for all: fields are read one behind the other and asked for once.
 *
 *      0  id      2  flags     4 QDCOUNT  6 ANCOUNT  8 NSCOUNT  10 ARCOUNT
 *     12  question: name, type, class
 *         records:  name, type, class, ttl, length, data */
#include "wire/dnspkt.h"

#include "wire/dname.h"
#include "wire/ip.h"

#include <string.h>

enum {
	HEADER = 12,
	POINTER = 0xc0, /* RFC 1035 4.1.4 */
	OFFSET = 0x3fff,
	QR = 0x8000,
	TC = 0x0200,
	AD = 0x0020, /* RFC 4035 3.2.3 */
	RCODE = 0x000f,
	CLASS_IN = 1,
};

struct reader {
	struct slice m;
	size_t at;
	bool failed;
	struct arena *arena;
};

static uint64_t number(struct reader *r, unsigned octets)
{
	uint64_t v = 0;

	if (r->failed || r->m.n - r->at < octets) {
		r->failed = true;
		return 0;
	}
	for (unsigned i = 0; i < octets; i++)
		v = v << 8 | (uint8_t)r->m.p[r->at++];
	return v;
}

/* One octet as master files write it; `plain` says which stand for themselves. */
static void put_octet(struct buf *out, uint8_t c, bool plain)
{
	if (plain)
		buf_putc(out, (char)c);
	else
		buf_printf(out, "\\%03u", c);
}

static bool is_name_octet(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	       c == '*';
}

/* The name at r->at, which moves behind it. */
static void name(struct reader *r, struct buf *out)
{
	size_t at = r->at, behind = 0, before = r->at, length = 1, start = out->n;
	bool jumped = false;

	while (!r->failed) {
		if (at >= r->m.n) {
			r->failed = true;
			return;
		}
		uint8_t c = (uint8_t)r->m.p[at];
		if ((c & POINTER) == POINTER) {
			if (r->m.n - at < 2) {
				r->failed = true;
				return;
			}
			size_t to = ((size_t)c << 8 | (uint8_t)r->m.p[at + 1]) & OFFSET;
			if (!jumped)
				behind = at + 2;
			jumped = true;
			if (to >= before) {
				r->failed = true;
				return;
			}
			before = at = to;
			continue;
		}
		if (c & POINTER || (size_t)c + 1 > r->m.n - at) {
			r->failed = true;
			return;
		}
		at++;
		if (c == 0)
			break;
		length += (size_t)c + 1;
		if (length > DNAME_WIRE_MAX) {
			r->failed = true;
			return;
		}
		if (out->n > start)
			buf_putc(out, '.');
		for (uint8_t i = 0; i < c; i++) {
			uint8_t o = (uint8_t)ascii_lower(r->m.p[at + i]);
			put_octet(out, o, is_name_octet(o));
		}
		at += c;
	}
	if (out->n == start)
		buf_putc(out, '.');
	r->at = jumped ? behind : at;
}

/* n octets: of a tag, in lower case (RFC 8659 4.1), or of a text. */
static void octets(struct reader *r, size_t n, bool tag, struct buf *out)
{
	if (r->failed || r->m.n - r->at < n) {
		r->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)r->m.p[r->at++];
		if (tag)
			c = (uint8_t)ascii_lower((char)c);
		put_octet(out, c, tag ? is_name_octet(c) : c >= ' ' && c <= '~' && c != '\\');
	}
}

static void address(struct reader *r, bool is_v6, struct buf *out)
{
	struct ip ip = { .is_v6 = is_v6 };
	char text[IP_TEXT];

	for (size_t i = 0; i < (is_v6 ? 16 : 4); i++)
		ip.b[i] = (uint8_t)number(r, 1);
	ip_format(&ip, text);
	buf_puts(out, text);
}

/* The data, r->m being cut off behind it. */
static void data(struct reader *r, uint16_t type, struct buf *out)
{
	switch (type) {
	case DNSPKT_A:
	case DNSPKT_AAAA:
		address(r, type == DNSPKT_AAAA, out);
		break;
	case DNSPKT_NS:
	case DNSPKT_CNAME:
	case DNSPKT_DNAME:
	case DNSPKT_PTR:
		name(r, out);
		break;
	case DNSPKT_MX:
		buf_put_i64(out, (int64_t)number(r, 2));
		buf_putc(out, ' ');
		name(r, out);
		break;
	case DNSPKT_SOA:
		name(r, out);
		buf_putc(out, ' ');
		name(r, out);
		for (int i = 0; i < 5; i++) {
			buf_putc(out, ' ');
			buf_put_i64(out, (int64_t)number(r, 4));
		}
		break;
	case DNSPKT_TXT:
		while (!r->failed && r->at < r->m.n)
			octets(r, (size_t)number(r, 1), false, out);
		break;
	case DNSPKT_CAA: /* RFC 8659 4.1 */
		buf_put_i64(out, (int64_t)number(r, 1));
		buf_putc(out, ' ');
		octets(r, (size_t)number(r, 1), true, out);
		buf_putc(out, ' ');
		octets(r, r->m.n - r->at, false, out);
		break;
	default:
		r->at = r->m.n;
		return;
	}
	if (r->at != r->m.n)
		r->failed = true; /* the length of the data says something else */
}

static struct slice keep(struct reader *r, struct buf *text)
{
	struct slice s = arena_copy(r->arena, buf_slice(text));

	buf_clear(text);
	return s;
}

/* One record. 1: it is an OPT, whose upper bits of RCODE are in *extended. */
static int record(struct reader *r, struct buf *text, struct dnspkt_record *out,
                  unsigned *extended)
{
	struct reader inside;

	name(r, text);
	out->name = keep(r, text);
	out->type = (uint16_t)number(r, 2);
	out->class = (uint16_t)number(r, 2);
	out->ttl = (uint32_t)number(r, 4);
	size_t length = (size_t)number(r, 2);
	if (r->failed || r->m.n - r->at < length) {
		r->failed = true;
		return 0;
	}
	if (out->type == DNSPKT_OPT) { /* RFC 6891 6.1.3 */
		*extended = out->ttl >> 24;
		r->at += length;
		return 1;
	}
	if (out->ttl > INT32_MAX)
		out->ttl = 0;
	inside = *r;
	inside.m.n = r->at + length;
	if (out->class == CLASS_IN) /* the data of another class may be anything */
		data(&inside, out->type, text);
	out->cut = text->n > DNSPKT_TEXT_MAX;
	if (out->cut)
		text->n = DNSPKT_TEXT_MAX;
	out->text = keep(r, text);
	r->failed = inside.failed;
	r->at += length;
	return 0;
}

static int sections(struct reader *r, const unsigned count[3], struct buf *text, struct dnspkt *p,
                    struct err *err)
{
	size_t all = (size_t)count[0] + count[1] + count[2], n = 0;
	unsigned extended = 0;

	/* The least record has 11 octets: a count that cannot be true takes no memory. */
	if (all > DNSPKT_RECORDS_MAX)
		return err_set(err, ERR_LIMIT, 6, "dns: more than %d records", DNSPKT_RECORDS_MAX);
	if (all > (r->m.n - r->at) / 11)
		return err_set(err, ERR_SYNTAX, 6, "dns: fewer records than it says");
	struct dnspkt_record *list = arena_array(r->arena, all, sizeof(*list));
	if (!list)
		return err_set(err, ERR_NOMEM, 0, "dns: out of memory");
	for (int s = 0; s < 3; s++)
		for (unsigned i = 0; i < count[s]; i++) {
			size_t at = r->at;
			list[n].section = (enum dnspkt_section)s;
			if (record(r, text, &list[n], &extended) == 0)
				n++;
			if (r->failed)
				return err_set(err, ERR_SYNTAX, at, "dns: a record is malformed");
			if (!buf_ok(text) || (n && !list[n - 1].text.p))
				return err_set(err, ERR_NOMEM, 0, "dns: out of memory");
		}
	p->record = list;
	p->n = n;
	p->rcode |= extended << 4;
	return 0;
}

int dnspkt_parse(struct slice message, struct arena *arena, struct dnspkt *out, struct err *err)
{
	struct reader r = { .m = message, .arena = arena };
	struct buf text = { 0 };
	struct dnspkt p = { 0 };
	unsigned count[3];
	int rc = 0;

	if (message.n > DNSPKT_MAX)
		return err_set(err, ERR_LIMIT, DNSPKT_MAX, "dns: longer than %d bytes", DNSPKT_MAX);
	p.id = (uint16_t)number(&r, 2);
	unsigned flags = (unsigned)number(&r, 2), questions = (unsigned)number(&r, 2);
	for (int i = 0; i < 3; i++)
		count[i] = (unsigned)number(&r, 2);
	if (r.failed)
		return err_set(err, ERR_SYNTAX, message.n, "dns: shorter than its head");
	p.response = flags & QR;
	p.truncated = flags & TC;
	p.authentic = flags & AD;
	p.rcode = flags & RCODE;
	for (unsigned i = 0; i < questions && !r.failed; i++) {
		name(&r, &text);
		uint16_t type = (uint16_t)number(&r, 2);
		(void)number(&r, 2);
		if (i == 0) {
			p.qname = keep(&r, &text);
			p.qtype = type;
		}
		buf_clear(&text);
	}
	if (r.failed)
		rc = err_set(err, ERR_SYNTAX, r.at, "dns: the question is malformed");
	else if (!buf_ok(&text))
		rc = err_set(err, ERR_NOMEM, 0, "dns: out of memory");
	else
		rc = sections(&r, count, &text, &p, err);
	buf_release(&text);
	if (rc == 0)
		*out = p;
	return rc;
}

const char *dnspkt_type_name(uint16_t type)
{
	switch (type) {
	case DNSPKT_A: return "a";
	case DNSPKT_NS: return "ns";
	case DNSPKT_CNAME: return "cname";
	case DNSPKT_SOA: return "soa";
	case DNSPKT_PTR: return "ptr";
	case DNSPKT_MX: return "mx";
	case DNSPKT_TXT: return "txt";
	case DNSPKT_AAAA: return "aaaa";
	case DNSPKT_DNAME: return "dname";
	case DNSPKT_CAA: return "caa";
	default: return NULL;
	}
}

const char *dnspkt_rcode_name(unsigned rcode)
{
	switch (rcode) {
	case DNSPKT_NOERROR: return "noerror";
	case DNSPKT_FORMERR: return "formerr";
	case DNSPKT_SERVFAIL: return "servfail";
	case DNSPKT_NXDOMAIN: return "nxdomain";
	case DNSPKT_NOTIMP: return "notimp";
	case DNSPKT_REFUSED: return "refused";
	default: return NULL;
	}
}

/* --- writing --------------------------------------------------------------------------------- */

static void put_number(struct buf *out, uint64_t v, unsigned octets)
{
	while (octets--)
		buf_putc(out, (char)(v >> (8 * octets) & 0xff));
}

/* \DDD or an octet that stands for itself; moves *s behind it. */
static int octet(struct slice *s)
{
	if (s->n >= 4 && s->p[0] == '\\') {
		int v = 0;
		for (int i = 1; i < 4; i++) {
			if (s->p[i] < '0' || s->p[i] > '9')
				return -1;
			v = v * 10 + (s->p[i] - '0');
		}
		*s = slice_sub(*s, 4, s->n);
		return v > 255 ? -1 : v;
	}
	int c = (uint8_t)s->p[0];
	*s = slice_sub(*s, 1, s->n);
	return c == '\\' ? -1 : c;
}

/* Octets of a text: as a name's label (up to a dot), or all of it. */
static int put_label(struct slice *rest, struct buf *out)
{
	char label[DNAME_LABEL_MAX];
	size_t n = 0;

	while (rest->n && rest->p[0] != '.') {
		int c = octet(rest);
		if (c < 0 || n == sizeof(label))
			return -1;
		label[n++] = (char)c;
	}
	if (n == 0)
		return -1;
	put_number(out, n, 1);
	buf_put(out, slice_from(label, n));
	return 0;
}

static int put_name(struct slice text, struct buf *out)
{
	size_t start = out->n;

	while (text.n && !slice_eq_str(text, ".")) {
		if (put_label(&text, out))
			return -1;
		if (text.n)
			text = slice_sub(text, 1, text.n);
	}
	buf_putc(out, 0);
	return out->n - start > DNAME_WIRE_MAX ? -1 : 0;
}

static int put_decimal(struct slice word, unsigned octets, struct buf *out)
{
	uint64_t v = 0;

	if (word.n == 0 || word.n > 10)
		return -1;
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return -1;
		v = v * 10 + (uint64_t)(word.p[i] - '0');
	}
	put_number(out, v, octets);
	return v >> (8 * octets) ? -1 : 0;
}

static int put_text(struct slice text, struct buf *out)
{
	while (text.n) {
		int c = octet(&text);
		if (c < 0)
			return -1;
		buf_putc(out, (char)c);
	}
	return 0;
}

static int put_strings(struct slice text, struct buf *out)
{
	struct buf all = { 0 };
	int rc = put_text(text, &all);

	for (size_t at = 0; rc == 0 && (at == 0 || at < all.n); at += 255) {
		struct slice part = slice_sub(buf_slice(&all), at, at + 255);
		put_number(out, part.n, 1);
		buf_put(out, part);
	}
	buf_release(&all);
	return rc;
}

/* A text behind its length. */
static int put_string(struct slice text, struct buf *out)
{
	struct buf all = { 0 };
	int rc = put_text(text, &all);

	put_number(out, all.n, 1);
	buf_put(out, buf_slice(&all));
	rc = all.failed || all.n > 255 ? -1 : rc;
	buf_release(&all);
	return rc;
}

static int put_data(const struct dnspkt_record *r, struct buf *out)
{
	struct slice rest = r->text, word = { 0 };
	struct ip ip;
	int rc = 0;

	switch (r->type) {
	case DNSPKT_A:
	case DNSPKT_AAAA:
		if (ip_parse(r->text, &ip, NULL) || ip.is_v6 != (r->type == DNSPKT_AAAA))
			return -1;
		buf_put(out, slice_from((const char *)ip.b, ip.is_v6 ? 16 : 4));
		return 0;
	case DNSPKT_NS:
	case DNSPKT_CNAME:
	case DNSPKT_DNAME:
	case DNSPKT_PTR: return put_name(r->text, out);
	case DNSPKT_MX:
		(void)slice_cut(&rest, ' ', &word);
		return put_decimal(word, 2, out) ? -1 : put_name(rest, out);
	case DNSPKT_SOA:
		for (int i = 0; rc == 0 && i < 7; i++) {
			if (!slice_cut(&rest, ' ', &word))
				return -1;
			rc = i < 2 ? put_name(word, out) : put_decimal(word, 4, out);
		}
		return rc;
	case DNSPKT_TXT: return put_strings(r->text, out);
	case DNSPKT_CAA:
		(void)slice_cut(&rest, ' ', &word);
		rc = put_decimal(word, 1, out);
		if (rc || !slice_cut(&rest, ' ', &word))
			return -1;
		return put_string(word, out) ? -1 : put_text(rest, out);
	default: return -1;
	}
}

static int put_record(const struct dnspkt_record *r, struct buf *out)
{
	struct buf rdata = { 0 };
	int rc = put_name(r->name, out);

	put_number(out, r->type, 2);
	put_number(out, r->class, 2);
	put_number(out, r->ttl, 4);
	if (rc == 0)
		rc = put_data(r, &rdata);
	put_number(out, rdata.n, 2);
	buf_put(out, buf_slice(&rdata));
	rc = rdata.failed || rdata.n > UINT16_MAX ? -1 : rc;
	buf_release(&rdata);
	return rc;
}

int dnspkt_write(const struct dnspkt *p, struct buf *out, struct err *err)
{
	size_t start = out->n, count[3] = { 0 };
	int rc = 0;

	for (size_t i = 0; i < p->n; i++)
		count[p->record[i].section]++;
	put_number(out, p->id, 2);
	put_number(out, (p->response ? QR : 0U) | (p->truncated ? TC : 0U) |
	                        (p->authentic ? AD : 0U) | (p->rcode & RCODE), 2);
	put_number(out, p->qname.n ? 1 : 0, 2);
	for (int s = 0; s < 3; s++)
		put_number(out, count[s], 2);
	if (p->qname.n) {
		rc = put_name(p->qname, out);
		put_number(out, p->qtype, 2);
		put_number(out, CLASS_IN, 2);
	}
	for (int s = 0; s < 3; s++)
		for (size_t i = 0; rc == 0 && i < p->n; i++)
			if (p->record[i].section == (enum dnspkt_section)s)
				rc = put_record(&p->record[i], out);
	if (!buf_ok(out))
		return err_set(err, ERR_NOMEM, 0, "dns: out of memory");
	if (rc || out->n - start > DNSPKT_MAX) {
		out->n = start;
		return err_set(err, ERR_SYNTAX, 0, "dns: a record has no such text");
	}
	return 0;
}

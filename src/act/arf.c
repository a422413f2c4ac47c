#include "act/arf.h"

#include "model/evidence.h"
#include "wire/timestamp.h"

enum { VALUE_MAX = 900 /* bytes: RFC 5322 2.1.1 allows a line 998 */ };

static bool is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return s.n > 0 && s.n <= VALUE_MAX;
}

static void put_field(const char *name, struct slice value, struct buf *out)
{
	if (is_plain(value))
		buf_printf(out, "%s: %.*s\n", name, SLICE_ARG(value));
}

/* RFC 5322 3.3, as "Sat, 28 Nov 2026 04:05:06 +0000". */
static void put_date(const char *name, int64_t at, struct buf *out)
{
	static const char days[] = "ThuFriSatSunMonTueWed"; /* from 1970-01-01 */
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char iso[TIMESTAMP_SIZE];

	timestamp_format(at, iso);
	int64_t day = (at >= 0 ? at : at - 86399) / 86400 % 7;
	size_t month = (size_t)((iso[5] - '0') * 10 + iso[6] - '1');
	buf_printf(out, "%s: %.3s, %.2s %.3s %.4s %.8s +0000\n", name, days + 3 * ((day + 7) % 7),
	           iso + 8, months + 3 * month, iso, iso + 11);
}

static const struct notice_capture *newest(const struct notice *n)
{
	const struct notice_capture *best = NULL;

	for (size_t i = 0; i < n->annex_n; i++)
		for (size_t k = 0; k < n->annex[i].capture_n; k++)
			if (!best || n->annex[i].capture[k].at > best->at)
				best = &n->annex[i].capture[k];
	return best;
}

/* RFC 5965 3.1 and 3.2: each of these once. */
static void put_once(const struct notice *n, struct buf *out)
{
	const struct notice_capture *c = newest(n);

	buf_printf(out, "Feedback-Type: %s\n", n->matter == MATTER_ROGUE ? "fraud" : "other");
	buf_puts(out, "User-Agent: assay/1\nVersion: 1\n");
	if (c)
		put_date("Arrival-Date", c->at, out);
	if (n->annex_n == 1 && n->annex[0].ip_n)
		put_field("Source-IP", n->annex[0].ip[0], out);
	buf_printf(out, "Incidents: %zu\n", n->annex_n);
	put_field("X-Assay-Reference", n->reference, out);
}

/* 3.3: these as often as there are. */
static void put_each(const struct notice *n, struct buf *out)
{
	for (size_t i = 0; i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		if (s->subject.kind == SUBJECT_REGISTRABLE || s->subject.kind == SUBJECT_HOST)
			put_field("Reported-Domain", s->subject.key, out);
		for (size_t k = 0; n->matter != MATTER_REGISTRATION && k < s->capture_n; k++) {
			bool again = false;
			for (size_t l = 0; l < k; l++)
				again = again || slice_eq(s->capture[l].url, s->capture[k].url);
			if (!again)
				put_field("Reported-URI", s->capture[k].url, out);
		}
	}
}

int arf_report(const struct notice *n, struct buf *fields, struct buf *headers, struct err *err)
{
	const struct notice_capture *c = n->matter == MATTER_REGISTRATION ? NULL : newest(n);
	char address[EVIDENCE_ADDRESS_SIZE];

	if (n->purpose != PURPOSE_REQUEST && n->purpose != PURPOSE_ARRIVED)
		return err_set(err, ERR_REFUSED, 0, "arf: a %s reports nothing",
		               notice_purpose_name(n->purpose));
	put_once(n, fields);
	put_each(n, fields);
	put_date("Date", c ? c->at : n->at, headers);
	if (c) {
		evidence_address_format(c->evidence, address);
		put_field("Content-Location", c->url, headers);
		put_field("X-Assay-Evidence", slice_str(address), headers);
		put_field("X-Assay-Vantage", c->vantage, headers);
	}
	return buf_ok(fields) && buf_ok(headers) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

#include "wire/warc_writer.h"

#include "wire/inflate.h"
#include "wire/timestamp.h"

#include <stdio.h>

static const char PROFILE[] = /* ISO 28500:2017 6.7.2 */
	"http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

void warc_date_format(int64_t at_ms, char out[WARC_DATE_SIZE])
{
	char whole[TIMESTAMP_SIZE];
	int64_t s = at_ms / 1000, ms = at_ms % 1000;

	if (ms < 0) {
		ms += 1000;
		s--;
	}
	timestamp_format(s, whole);
	if (ms)
		snprintf(out, WARC_DATE_SIZE, "%.19s.%03dZ", whole, (int)ms);
	else
		memcpy(out, whole, sizeof(whole));
}

int warc_date_parse(struct slice s, int64_t *at_ms, struct err *err)
{
	char whole[TIMESTAMP_LEN];
	int64_t at = 0, ms = 0, unit = 100;
	size_t dot = slice_find(s, '.');

	if (dot == TIMESTAMP_LEN - 1 && s.n > dot + 2 && s.n <= TIMESTAMP_LEN + 10 &&
	    slice_ends(s, SLICE("Z"))) {
		for (size_t i = dot + 1; i + 1 < s.n; i++, unit /= 10) {
			if (s.p[i] < '0' || s.p[i] > '9')
				return err_set(err, ERR_SYNTAX, i, "a time's fraction is not of digits");
			ms += (s.p[i] - '0') * unit;
		}
		memcpy(whole, s.p, dot);
		whole[dot] = 'Z';
		s = slice_from(whole, TIMESTAMP_LEN);
	}
	int rc = timestamp_parse(s, &at, err);
	if (rc == 0)
		*at_ms = at * 1000 + ms;
	return rc;
}

/* A version 8 UUID from the first 16 bytes of a digest. */
static void format_uuid(struct sha256 d, char id[WARC_ID_SIZE])
{
	size_t n = (size_t)snprintf(id, WARC_ID_SIZE, "urn:uuid:");

	d.b[6] = (uint8_t)(0x80 | (d.b[6] & 0x0f));
	d.b[8] = (uint8_t)(0x80 | (d.b[8] & 0x3f));
	for (size_t i = 0; i < 16; i++)
		n += (size_t)snprintf(id + n, WARC_ID_SIZE - n, "%s%02x",
		                      i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", d.b[i]);
}

/* May stand in a field's value: no control character; and no space where `space` is false. */
static bool fits(struct slice s, bool space)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f || (s.p[i] == ' ' && !space))
			return false;
	return true;
}

static void put_field(struct buf *b, const char *name, struct slice value)
{
	if (value.n == 0)
		return;
	buf_puts(b, name);
	buf_puts(b, ": ");
	buf_put(b, value);
	buf_puts(b, "\r\n");
}

static void put_id(struct buf *b, const char *name, struct slice id)
{
	if (id.n)
		buf_printf(b, "%s: <%.*s>\r\n", name, SLICE_ARG(id));
}

static void put_digest(struct buf *b, const char *name, struct sha256 d)
{
	char hex[SHA256_HEX];

	sha256_hex(d, hex);
	buf_printf(b, "%s: sha256:%s\r\n", name, hex);
}

/* The digest of a block may be that of its payload: then it is not computed twice. */
static struct sha256 block_digest(const struct warc_head *h, struct slice block)
{
	bool whole = h->payload && (h->type == WARC_RESOURCE || h->type == WARC_METADATA);

	return whole ? *h->payload : sha256_of(block);
}

static int put_record_id(const struct warc_head *h, struct sha256 block, const char *date,
                         char id[WARC_ID_SIZE], struct err *err)
{
	struct buf what = { 0 };
	char hex[SHA256_HEX];

	sha256_hex(block, hex);
	buf_printf(&what, "%s %s %s ", warc_type_name(h->type), date, hex);
	buf_put(&what, h->uri);
	buf_putc(&what, '\n');
	buf_put(&what, h->seed);
	bool ok = buf_ok(&what);
	if (ok)
		format_uuid(sha256_of(buf_slice(&what)), id);
	buf_release(&what);
	return ok ? 0 : err_set(err, ERR_NOMEM, 0, "warc: no memory");
}

int warc_put(struct buf *out, const struct warc_head *h, struct slice block,
             char id[WARC_ID_SIZE], size_t *block_at, struct err *err)
{
	char date[WARC_DATE_SIZE], then[WARC_DATE_SIZE];
	size_t keep = out->n;
	int rc;

	if (!fits(h->uri, false) || !fits(h->refers_to_uri, false))
		return err_set(err, ERR_USAGE, 0, "warc: white space or a control character in the "
		               "target URI");
	if (!fits(h->content_type, true) || !fits(h->payload_type, true) || !fits(h->ip, false) ||
	    !fits(h->filename, false))
		return err_set(err, ERR_USAGE, 0, "warc: a control character in a field");
	struct sha256 digest = block_digest(h, block);
	warc_date_format(h->at_ms, date);
	if ((rc = put_record_id(h, digest, date, id, err)))
		return rc;
	buf_printf(out, "WARC/1.1\r\nWARC-Type: %s\r\n", warc_type_name(h->type));
	put_id(out, "WARC-Record-ID", slice_str(id));
	put_field(out, "WARC-Date", slice_str(date));
	put_field(out, "WARC-Target-URI", h->uri);
	put_field(out, "WARC-Filename", h->filename);
	put_id(out, "WARC-Concurrent-To", h->concurrent_to);
	put_field(out, "WARC-IP-Address", h->ip);
	if (h->type == WARC_REVISIT) {
		warc_date_format(h->refers_to_at_ms, then);
		put_field(out, "WARC-Profile", slice_str(PROFILE));
		put_id(out, "WARC-Refers-To", h->refers_to);
		put_field(out, "WARC-Refers-To-Target-URI", h->refers_to_uri);
		put_field(out, "WARC-Refers-To-Date", slice_str(then));
	}
	put_field(out, "WARC-Truncated", h->truncated);
	put_field(out, "WARC-Identified-Payload-Type", h->payload_type);
	put_field(out, "Assay-Vantage", h->vantage);
	put_digest(out, "WARC-Block-Digest", digest);
	if (h->payload)
		put_digest(out, "WARC-Payload-Digest", *h->payload);
	put_field(out, "Content-Type", h->content_type);
	buf_printf(out, "Content-Length: %zu\r\n\r\n", block.n);
	if (block_at)
		*block_at = out->n - keep;
	buf_put(out, block);
	buf_puts(out, "\r\n\r\n");
	if (buf_ok(out))
		return 0;
	out->n = keep;
	return err_set(err, ERR_NOMEM, 0, "warc: no memory");
}

int warc_write_response(struct sink to, struct slice uri, int64_t at, struct slice http, bool gzip,
                        struct err *err)
{
	struct warc_head head = { .type = WARC_RESPONSE, .uri = uri, .at_ms = at * 1000,
		                  .content_type = SLICE("application/http; msgtype=response") };
	struct buf b = { 0 }, packed = { 0 };
	char id[WARC_ID_SIZE];
	int rc = warc_put(&b, &head, http, id, NULL, err);

	if (rc == 0 && gzip)
		rc = gzip_member(buf_slice(&b), &packed, err);
	if (rc == 0)
		rc = sink_put(to, gzip ? buf_slice(&packed) : buf_slice(&b), err);
	buf_release(&b);
	buf_release(&packed);
	return rc;
}

/* One exchange into records and an entry of the manifest.
 *
 *   HTTP      response; request; the certificates as one metadata record in PEM (RFC 8555 9.1)
 *   DNS       the answer as a resource of type application/dns-message (RFC 8484 6); the query as
 *             metadata of the same type
 *   WHOIS     the answer as a resource, text/plain; the query as metadata
 *   RENDER    the document as a resource at "urn:dom:ADDRESS", the picture at "urn:view:ADDRESS"
 *             (the latter as Browsertrix names its screenshots)
 *   what is not HTTP although it ought to be, as a resource, application/octet-stream
 *
 * All of an exchange is built in memory, then appended to what the order has; what fails leaves the
 * order as it was. */
#include "store/archive_putting.h"

#include "base/base64.h"
#include "store/archive_listing.h"
#include "wire/http_response.h"


static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
}

/* ---- the parts of an exchange ---- */

static struct slice truncated(enum exchange_cut cut)
{
	return cut == CUT_NONE ? (struct slice){ NULL, 0 } : slice_str(exchange_cut_name(cut));
}

/* "192.0.2.1" of "192.0.2.1:443", "2001:db8::1" of "[2001:db8::1]:443" */
static struct slice address_of(struct slice remote)
{
	if (remote.n && remote.p[0] == '[')
		return slice_sub(remote, 1, slice_find(remote, ']'));
	for (size_t i = remote.n; i-- > 0;)
		if (remote.p[i] == ':')
			return slice_sub(remote, 0, i);
	return remote;
}

/* "text/html" of "Text/HTML; charset=x"; empty where it is no media type (RFC 9110 8.3.1). */
static struct slice media_type_of(struct slice content_type, struct arena *arena)
{
	struct slice type = slice_trim(slice_sub(content_type, 0, slice_find(content_type, ';')));
	char *low = arena_alloc(arena, type.n + 1);
	size_t slashes = 0;

	for (size_t i = 0; low && i < type.n; i++) {
		unsigned char c = (unsigned char)type.p[i];
		if (c <= ' ' || c >= 0x7f || c == '"' || c == ',' || c == '<' || c == '>')
			return (struct slice){ NULL, 0 };
		slashes += c == '/';
		low[i] = ascii_lower(type.p[i]);
	}
	return slashes == 1 && type.n < 128 ? slice_from(low, type.n) : (struct slice){ NULL, 0 };
}

static const char *const prefix_of_dom = "urn:dom:", *const prefix_of_view = "urn:view:";

/* The address of a record that is not what the address gives: noted beside the record. */
static int rename_uri(struct putting *p, const char *prefix, struct warc_head *head, json_t *r,
                      struct err *err)
{
	char *uri = arena_printf(&p->arena, "%s%.*s", prefix, SLICE_ARG(p->x->uri));

	if (!uri || json_put_str(r, "uri", slice_str(uri)))
		return no_memory(err);
	head->uri = slice_str(uri);
	return 0;
}

static int put_http(struct putting *p, struct keeping *k, json_t *r, struct evidence *out,
                    struct err *err)
{
	struct http_response http;
	int rc = http_response_parse(p->x->response, &p->arena, &http, NULL);

	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc) {
		k->head.type = WARC_RESOURCE;
		k->head.content_type = out->media_type = SLICE("application/octet-stream");
		k->piece = &p->x->response;
		k->pieces = 1;
		return putting_payload(p, k, p->x->response, 0, PAYLOAD_DEDUPE, r, p->response_id, out, err);
	}
	size_t head_n = (size_t)(http.fields.p - p->x->response.p) + http.fields.n;
	size_t n = http_response_pieces(p->x->response, &http, NULL, 0);
	struct slice *piece = arena_array(&p->arena, n + 1, sizeof(*piece));
	if (!piece)
		return no_memory(err);
	k->piece = piece;
	k->pieces = http_response_pieces(p->x->response, &http, piece, n);
	k->head.type = WARC_RESPONSE;
	k->head.content_type = SLICE("application/http; msgtype=response");
	out->media_type = media_type_of(http.content_type, &p->o->arena);
	if (json_put_i64(r, "status", http.status))
		return no_memory(err);
	return putting_payload(p, k, http.payload, head_n, PAYLOAD_DEDUPE, r, p->response_id, out, err);
}

static int put_response(struct putting *p, struct evidence *out, struct err *err)
{
	static const struct {
		const char *type;
		enum payload_use use;
	} kinds[EXCHANGE_KINDS] = {
		[EXCHANGE_DNS] = { "application/dns-message", PAYLOAD_PLAIN },
		[EXCHANGE_WHOIS] = { "text/plain", PAYLOAD_DEDUPE },
		[EXCHANGE_RENDER] = { "text/html", PAYLOAD_DEDUPE },
	};
	struct keeping k = { .part = p->part, .role = 'r', .block = p->x->response };
	json_t *r = json_object();
	int rc = json_put_new(p->entry, "response", r) ? no_memory(err) : 0;

	k.head = (struct warc_head){ .type = WARC_RESOURCE, .uri = p->x->uri,
		                     .ip = address_of(p->x->remote), .truncated = truncated(p->x->cut) };
	if (rc)
		return rc;
	if (p->x->kind == EXCHANGE_HTTP)
		return put_http(p, &k, r, out, err);
	if (p->x->kind == EXCHANGE_RENDER &&
	    (rc = rename_uri(p, prefix_of_dom, &k.head, r, err)))
		return rc;
	k.head.content_type = out->media_type = slice_str(kinds[p->x->kind].type);
	k.piece = &p->x->response;
	k.pieces = 1;
	return putting_payload(p, &k, p->x->response, 0, kinds[p->x->kind].use, r, p->response_id, out,
	                    err);
}

static int put_request(struct putting *p, struct err *err)
{
	static const char *const types[EXCHANGE_KINDS] = {
		[EXCHANGE_DNS] = "application/dns-message",
		[EXCHANGE_HTTP] = "application/http; msgtype=request",
		[EXCHANGE_WHOIS] = "text/plain",
		[EXCHANGE_RENDER] = "text/plain",
	};
	struct keeping k = { .part = p->part, .role = 'q', .block = p->x->request };
	struct archive_place place;
	char id[WARC_ID_SIZE];
	json_t *r = json_object();

	if (json_put_new(p->entry, "request", r))
		return no_memory(err);
	/* Readers (warcio.js, warcio) take the block of every request and response for HTTP. */
	k.head = (struct warc_head){ .type = p->x->kind == EXCHANGE_HTTP ? WARC_REQUEST : WARC_METADATA,
		                     .uri = p->x->uri,
		                     .content_type = slice_str(types[p->x->kind]),
		                     .concurrent_to = slice_str(p->response_id) };
	return putting_record(p, &k, r, &place, id, err);
}

static int put_picture(struct putting *p, struct evidence *out, struct err *err)
{
	struct keeping k = { .part = p->part, .role = 'p', .block = p->x->picture };
	char id[WARC_ID_SIZE];
	json_t *r = json_object();
	int rc = json_put_new(p->entry, "picture", r) ? no_memory(err) : 0;

	k.head = (struct warc_head){ .type = WARC_RESOURCE, .content_type = SLICE("image/png"),
		                     .concurrent_to = slice_str(p->response_id) };
	if (rc == 0)
		rc = rename_uri(p, prefix_of_view, &k.head, r, err);
	if (rc)
		return rc;
	out->media_type = k.head.content_type;
	k.piece = &p->x->picture;
	k.pieces = 1;
	return putting_payload(p, &k, p->x->picture, 0, PAYLOAD_DEDUPE, r, id, out, err);
}

static int put_pem(const struct exchange *x, struct buf *pem, struct err *err)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < x->chain_n; i++) {
		buf_clear(&text);
		base64_encode(x->chain[i], &text);
		buf_puts(pem, "-----BEGIN CERTIFICATE-----\n");
		for (struct slice rest = buf_slice(&text); rest.n; rest = slice_sub(rest, 64, rest.n)) {
			buf_put(pem, slice_sub(rest, 0, 64)); /* RFC 7468 2 */
			buf_putc(pem, '\n');
		}
		buf_puts(pem, "-----END CERTIFICATE-----\n");
	}
	bool ok = buf_ok(pem) && buf_ok(&text);
	buf_release(&text);
	return ok ? 0 : no_memory(err);
}

/* A chain that is known is named, without a record of its own: it comes with every page of a
 * site. */
static int name_chain(struct putting *p, struct slice pem, json_t *r, bool *named, struct err *err)
{
	struct sha256 digest = sha256_of(pem);
	char address[EVIDENCE_ADDRESS_SIZE];
	struct archive_payload known;
	struct warc_head head = { .type = WARC_METADATA };
	struct buf text = { 0 };
	bool own = false;
	int rc = 0;

	*named = putting_find(p->o, digest, &known, &own) &&
	         (own || putting_refer(p, &known, &head, &text));
	buf_release(&text);
	if (!*named)
		return 0;
	evidence_address_format(digest, address);
	if (json_put_str(r, "address", slice_str(address)) | json_put_i64(r, "bytes", (int64_t)pem.n))
		rc = no_memory(err);
	if (rc == 0)
		rc = putting_known(r, &known, err);
	struct archive_place place = { known.lane, ARCHIVE_WARC, known.at, known.length };
	return rc || own ? rc : putting_note(p->o, digest, &place, err);
}

static int put_chain(struct putting *p, struct err *err)
{
	struct keeping k = { .part = ARCHIVE_WARC, .role = 'c', .pieces = 1 };
	struct evidence unused = { .media_type = SLICE(ARCHIVE_CHAIN_TYPE) };
	struct buf pem = { 0 };
	char id[WARC_ID_SIZE];
	bool named = false;
	json_t *r = json_object();
	int rc = json_put_new(p->entry, "chain", r) ? no_memory(err) : 0;

	if (rc == 0)
		rc = put_pem(p->x, &pem, err);
	k.block = buf_slice(&pem);
	k.piece = &k.block;
	k.head = (struct warc_head){ .type = WARC_METADATA, .uri = p->x->uri,
		                     .content_type = unused.media_type,
		                     .concurrent_to = slice_str(p->response_id) };
	if (rc == 0)
		rc = name_chain(p, k.block, r, &named, err);
	/* Never a revisit: those stand for what is at an address. */
	if (rc == 0 && !named)
		rc = putting_payload(p, &k, k.block, 0, PAYLOAD_NOTE, r, id, &unused, err);
	buf_release(&pem);
	return rc;
}

/* The first record of a file says what wrote it. */
static int put_warcinfo(struct putting *p, struct err *err)
{
	static const struct slice fields = SLICE(
		"software: assay/" ASSAY_VERSION "\r\nformat: WARC File Format 1.1\r\n"
		"conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/"
		"warc-1.1/\r\n");
	struct keeping k = { .part = ARCHIVE_WARC, .role = 'i', .block = fields };
	struct archive_place place;
	char id[WARC_ID_SIZE];
	json_t *r = json_object();

	k.head = (struct warc_head){ .type = WARC_WARCINFO,
		                     .content_type = SLICE("application/warc-fields"),
		                     .filename = slice_str(p->o->lane->file[ARCHIVE_WARC] + 5) };
	int rc = r ? putting_record(p, &k, r, &place, id, err) : no_memory(err);
	if (rc)
		json_decref(r);
	else
		p->o->warcinfo = r;
	return rc;
}

static int describe(const struct exchange *x, const char *purpose, enum evidence_class class,
                    json_t *entry, struct err *err)
{
	char at[WARC_DATE_SIZE];

	warc_date_format(x->at_ms, at);
	int bad = json_put_i64(entry, "number", x->number) |
	          json_put_str(entry, "kind", slice_str(exchange_kind_name(x->kind))) |
	          json_put_str(entry, "purpose", slice_str(purpose)) |
	          json_put_str(entry, "class", slice_str(evidence_class_name(class))) |
	          json_put_str(entry, "uri", x->uri) | json_put_str(entry, "at", slice_str(at)) |
	          json_put_i64(entry, "took_ms", x->took_ms);
	if (x->vantage.n)
		bad |= json_put_str(entry, "vantage", x->vantage);
	if (x->remote.n)
		bad |= json_put_str(entry, "remote", x->remote);
	if (x->fault)
		bad |= json_put_str(entry, "fault", slice_str(exchange_fault_name(x->fault)));
	if (x->cut)
		bad |= json_put_str(entry, "cut", slice_str(exchange_cut_name(x->cut)));
	if (x->tls_verify)
		bad |= json_put_str(entry, "tls_verify", slice_str(x->tls_verify));
	return bad ? err_set(err, ERR_USAGE, 0,
	                     "archive: an exchange's texts are not UTF-8, or there is no memory")
	           : 0;
}

static int build(struct putting *p, struct evidence *response, struct evidence *picture,
                 struct err *err)
{
	const struct exchange *x = p->x;
	bool any = x->request.n || x->response.n || x->picture.n || x->chain_n;
	int rc = 0;

	if (any && p->o->end[ARCHIVE_WARC] == 0 && !p->o->warcinfo)
		rc = put_warcinfo(p, err);
	if (rc == 0 && x->response.n)
		rc = put_response(p, response, err);
	if (rc == 0 && x->request.n)
		rc = put_request(p, err);
	if (rc == 0 && x->picture.n)
		rc = put_picture(p, picture, err);
	if (rc == 0 && x->chain_n)
		rc = put_chain(p, err);
	return rc;
}

static int write_out(struct putting *p, struct err *err)
{
	struct archive_order *o = p->o;
	int rc = 0;

	for (int i = 0; rc == 0 && i < ARCHIVE_PARTS; i++)
		if (!buf_reserve(&o->pending[i], p->out[i].n))
			rc = no_memory(err);
	if (rc)
		return rc;
	for (int i = 0; i < ARCHIVE_PARTS; i++) {
		buf_put(&o->pending[i], buf_slice(&p->out[i]));
		o->end[i] += p->out[i].n;
	}
	for (int i = 0; rc == 0 && i < ARCHIVE_PARTS; i++)
		if (o->pending[i].n > ARCHIVE_PENDING)
			rc = archive_flush(o, (enum archive_part)i, err);
	/* What was written before it failed lies behind the end then. */
	for (int i = 0; rc && i < ARCHIVE_PARTS; i++) {
		o->end[i] -= p->out[i].n;
		o->pending[i].n -= p->out[i].n < o->pending[i].n ? p->out[i].n : o->pending[i].n;
	}
	return rc;
}

int archive_put(struct archive_order *o, const struct exchange *x, const char *purpose,
                enum evidence_class class, struct evidence *response, bool *has_response,
                struct evidence *picture, bool *has_picture, struct err *err)
{
	struct putting p = { .o = o, .x = x, .entry = json_object(), .own_n = o->own_n };
	struct evidence got = { .class = class }, seen = { .class = class };
	struct listed_exchange listed;
	json_t *warcinfo = o->warcinfo;
	size_t keep_n = o->entries.n, lines_n = o->indexed.lines.n, payload_n = o->indexed.n;
	int rc = 0;

	p.part = class == EVIDENCE_RESTRICTED ? ARCHIVE_SEALED : ARCHIVE_WARC;
	if (o->archive->broken)
		rc = err_set(err, ERR_IO, 0, "archive %s: has to be opened again", o->archive->dir);
	else if (p.part == ARCHIVE_SEALED && !o->archive->has_key)
		rc = err_set(err, ERR_REFUSED, 0, "archive %s: no key for restricted evidence",
		             o->archive->dir);
	else if (x->response.n > WARC_RECORD_MAX || x->request.n > WARC_RECORD_MAX ||
	         x->picture.n > WARC_RECORD_MAX)
		rc = err_set(err, ERR_LIMIT, 0, "archive: an exchange of over %d bytes", WARC_RECORD_MAX);
	if (rc == 0)
		rc = describe(x, purpose, class, p.entry, err);
	if (rc == 0)
		rc = build(&p, &got, &seen, err);
	if (rc == 0) {
		if (o->entries.n)
			buf_putc(&o->entries, ',');
		rc = json_canonical(p.entry, &o->entries, err);
		if (rc == 0 && !buf_ok(&o->entries))
			rc = no_memory(err);
	}
	if (rc == 0) {
		listed_exchange_of(p.entry, &listed);
		rc = archive_index_of(&listed, &o->indexed, err);
	}
	if (rc == 0)
		rc = write_out(&p, err);
	if (rc == 0) {
		*has_response = x->response.n != 0;
		*has_picture = x->picture.n != 0;
		if (*has_response)
			*response = got;
		if (*has_picture)
			*picture = seen;
	} else {
		o->entries.n = keep_n;
		o->indexed.lines.n = lines_n;
		o->indexed.n = payload_n;
		o->own_n = p.own_n;
		if (o->warcinfo != warcinfo)
			json_decref(o->warcinfo);
		o->warcinfo = warcinfo;
	}
	json_decref(p.entry);
	for (int i = 0; i < ARCHIVE_PARTS; i++)
		buf_release(&p.out[i]);
	buf_release(&p.plain);
	arena_release(&p.arena);
	return rc;
}

int archive_put_fault(struct archive_order *o, uint32_t number, enum exchange_fault fault,
                      struct err *err)
{
	size_t keep_n = o->entries.n;

	buf_printf(&o->entries, "%s{\"fault\":\"%s\",\"kind\":\"reading\",\"number\":%u}",
	           o->entries.n ? "," : "", exchange_fault_name(fault), (unsigned)number);
	if (buf_ok(&o->entries))
		return 0;
	o->entries.n = keep_n;
	return no_memory(err);
}

#include "collect/visit_record.h"

#include "base/utf8.h"
#include "collect/chain_reading.h"
#include "wire/http_response.h"
#include "wire/timestamp.h"

json_t *visit_record(const char *what, struct slice vantage, int64_t at_ms)
{
	json_t *o = json_object();
	struct buf src = { 0 };
	char at[TIMESTAMP_SIZE];

	timestamp_format(at_ms / 1000, at);
	buf_puts(&src, "vantage:");
	buf_put(&src, vantage);
	int bad = json_put_str(o, "what", slice_str(what)) | json_put_str(o, "at", slice_str(at)) |
	          json_put_str(o, "src", buf_slice(&src)) | json_put_str(o, "vantage", vantage);
	buf_release(&src);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int visit_put_evidence(json_t *o, const struct answer *a)
{
	json_t *list = json_array();
	int bad = 0;

	if (a->has_evidence)
		bad |= json_add_new(list, evidence_to_json(&a->evidence));
	if (a->has_picture)
		bad |= json_add_new(list, evidence_to_json(&a->picture));
	if (json_array_size(list))
		return bad | json_put_new(o, "evidence", list);
	json_decref(list);
	return bad;
}

/* A field's value in a record: ISO 8859-1 (RFC 9110 5.5), without control characters, cut. */
static int put_field(json_t *o, const char *key, struct slice s)
{
	struct buf out = { 0 };
	char utf8[4];
	int bad = 0;

	s = slice_sub(s, 0, 200);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 && (c < 0x7f || c > 0x9f))
			buf_put(&out, slice_from(utf8, utf8_encode(c, utf8)));
	}
	if (out.n)
		bad = json_put_str(o, key, buf_slice(&out));
	bad |= out.failed;
	buf_release(&out);
	return bad;
}

int visit_put_response(json_t *o, const struct exchange *x, int *status, bool *is_http)
{
	struct arena arena = { 0 };
	struct http_response r = { 0 };
	int bad = 0;

	*is_http = http_response_parse(x->response, &arena, &r, NULL) == 0;
	*status = r.status;
	if (*is_http) {
		bad |= json_put_i64(o, "status", r.status);
		bad |= put_field(o, "content_type", r.content_type);
		bad |= put_field(o, "content_encoding", r.content_encoding);
	}
	if (x->fault != FAULT_NONE)
		bad |= json_put_str(o, "fault", slice_str(exchange_fault_name(x->fault)));
	if (x->cut != CUT_NONE)
		bad |= json_put_str(o, "truncated", slice_str(exchange_cut_name(x->cut)));
	else if (r.truncated)
		bad |= json_put_str(o, "truncated", slice_str(exchange_cut_name(CUT_CLOSED)));
	arena_release(&arena);
	return bad;
}

static int copy(json_t *o, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);

	return value ? json_put_new(o, key, json_deep_copy(value)) : 0;
}

int visit_put_reading(json_t *o, const json_t *reading, bool sketch)
{
	static const char *const keys[] = { "lang",          "title",     "text",
		                            "letters",       "drugs",     "forms",
		                            "decoded_limit", "undecoded", "charset", "marks" };
	static const char *const hints[] = { "empty_without_script", "frames", "parked",
		                             "script_may_redirect", "under_construction" };
	json_t *list = json_array();
	int bad = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		bad |= copy(o, reading, keys[i]);
	if (sketch)
		bad |= copy(o, reading, "sketch");
	if (!slice_eq_str(json_str(reading, "kind"), "html"))
		bad |= copy(o, reading, "kind");
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (json_flag(reading, hints[i], false))
			bad |= json_add_str(list, slice_str(hints[i]));
	if (json_array_size(list))
		return bad | json_put_new(o, "hints", list);
	json_decref(list);
	return bad;
}

const char *visit_how(enum exchange_fault fault)
{
	if (fault == FAULT_NAME)
		return "no-address";
	if (fault == FAULT_ADDRESS)
		return "special-address";
	return exchange_fault_name(fault);
}

int visit_put_absence(json_t *o, const char *of, struct slice how)
{
	json_t *absence = json_object();
	int bad = json_put_str(absence, "of", slice_str(of)) | json_put_str(absence, "how", how);

	return bad | json_put_new(o, "absence", absence);
}

json_t *visit_tls(const struct exchange *x, struct slice host)
{
	json_t *o = json_object(), *chain = json_array();
	char hex[SHA256_HEX];
	int bad = json_put_str(o, "host", host);

	for (size_t i = 0; i < x->chain_n && i < CHAIN_CERTIFICATES_MAX; i++) {
		sha256_hex(sha256_of(x->chain[i]), hex);
		if (i == 0)
			bad |= json_put_str(o, "sha256", slice_str(hex));
		else
			bad |= json_add_str(chain, slice_str(hex));
	}
	bad |= json_put_str(o, "verify",
	                    x->tls_verify ? slice_str(x->tls_verify) : SLICE("trusted"));
	if (json_array_size(chain))
		bad |= json_put_new(o, "chain", chain);
	else
		json_decref(chain);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int visit_put_chain(json_t *tls, const json_t *reading)
{
	static const char *const keys[] = { "issuer", "subject", "names", "from", "until" };
	const json_t *leaf = json_array_get(json_arr(reading, "chain"), 0);
	int bad = 0;

	/* What the reading process says is of the bytes that were hashed here. */
	if (!leaf || !slice_eq(json_str(leaf, "sha256"), json_str(tls, "sha256")))
		return json_put_str(tls, "unread", SLICE("parser"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		bad |= copy(tls, leaf, keys[i]);
	return bad;
}

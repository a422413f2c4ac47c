#include "wire/tsp.h"

#include <openssl/asn1.h>
#include <openssl/ts.h>
#include <string.h>
#include <time.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "timestamp: out of memory");
}

static TS_REQ *request_of(struct sha256 imprint, uint64_t nonce)
{
	TS_REQ *req = TS_REQ_new();
	TS_MSG_IMPRINT *print = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	bool ok = req && print && algorithm && number;

	if (ok) {
		X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
		ok = TS_REQ_set_version(req, 1) && TS_MSG_IMPRINT_set_algo(print, algorithm) &&
		     TS_MSG_IMPRINT_set_msg(print, imprint.b, SHA256_LEN) &&
		     TS_REQ_set_msg_imprint(req, print) &&
		     ASN1_INTEGER_set_uint64(number, nonce) && TS_REQ_set_nonce(req, number) &&
		     TS_REQ_set_cert_req(req, 1);
	}
	ASN1_INTEGER_free(number);
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(print);
	if (!ok) {
		TS_REQ_free(req);
		return NULL;
	}
	return req;
}

int tsp_request(struct sha256 imprint, uint64_t nonce, struct buf *out, struct err *err)
{
	TS_REQ *req = request_of(imprint, nonce);
	unsigned char *der = NULL;
	int n = req ? i2d_TS_REQ(req, &der) : -1;

	TS_REQ_free(req);
	if (n > 0)
		buf_put(out, slice_from((const char *)der, (size_t)n));
	OPENSSL_free(der);
	return n > 0 && buf_ok(out) ? 0 : no_memory(err);
}

static bool is_of(TS_TST_INFO *info, struct sha256 imprint)
{
	TS_MSG_IMPRINT *print = TS_TST_INFO_get_msg_imprint(info);
	X509_ALGOR *algorithm = print ? TS_MSG_IMPRINT_get_algo(print) : NULL;
	ASN1_OCTET_STRING *message = print ? TS_MSG_IMPRINT_get_msg(print) : NULL;

	return algorithm && message && OBJ_obj2nid(algorithm->algorithm) == NID_sha256 &&
	       ASN1_STRING_length(message) == SHA256_LEN &&
	       memcmp(ASN1_STRING_get0_data(message), imprint.b, SHA256_LEN) == 0;
}

static bool has_nonce(TS_TST_INFO *info, uint64_t nonce)
{
	const ASN1_INTEGER *given = TS_TST_INFO_get_nonce(info);
	uint64_t n = 0;

	return nonce == 0 || (given && ASN1_INTEGER_get_uint64(&n, given) == 1 && n == nonce);
}

static int take(TS_RESP *resp, struct sha256 imprint, uint64_t nonce, int64_t *at, struct err *err)
{
	TS_STATUS_INFO *status = TS_RESP_get_status_info(resp);
	const ASN1_INTEGER *code = status ? TS_STATUS_INFO_get0_status(status) : NULL;
	long granted = code ? ASN1_INTEGER_get(code) : -1;
	TS_TST_INFO *info = TS_RESP_get_tst_info(resp);
	struct tm tm;

	if (granted != TS_STATUS_GRANTED && granted != TS_STATUS_GRANTED_WITH_MODS)
		return err_set(err, ERR_REFUSED, 0, "timestamp: not granted (status %ld)", granted);
	if (!info)
		return err_set(err, ERR_SYNTAX, 0, "timestamp: granted, and no token in it");
	if (!is_of(info, imprint))
		return err_set(err, ERR_CORRUPT, 0, "timestamp: it is of something else");
	if (!has_nonce(info, nonce))
		return err_set(err, ERR_CORRUPT, 0, "timestamp: it answers another request");
	const ASN1_GENERALIZEDTIME *time = TS_TST_INFO_get_time(info);
	memset(&tm, 0, sizeof(tm));
	if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
		return err_set(err, ERR_SYNTAX, 0, "timestamp: its time cannot be read");
	*at = timegm(&tm);
	return 0;
}

int tsp_response(struct slice response, struct sha256 imprint, uint64_t nonce, int64_t *at,
                 struct err *err)
{
	const unsigned char *p = (const unsigned char *)response.p;

	if (response.n > TSP_RESPONSE_MAX)
		return err_set(err, ERR_LIMIT, 0, "timestamp: longer than %d bytes", TSP_RESPONSE_MAX);
	TS_RESP *resp = response.n ? d2i_TS_RESP(NULL, &p, (long)response.n) : NULL;
	if (!resp)
		return err_set(err, ERR_SYNTAX, 0, "timestamp: no response of RFC 3161");
	int rc = take(resp, imprint, nonce, at, err);
	TS_RESP_free(resp);
	return rc;
}

#include "wire/x509.h"

#include "wire/dname.h"
#include "wire/ip.h"

#include <openssl/crypto.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <time.h>

void x509_prepare(void)
{
	/* Without its configuration it has its defaults. */
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_DIGESTS |
	                    OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
	tzset();
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "x509: no memory");
}

/* RFC 2253 text; not-ASCII as it is in UTF-8, control characters escaped. */
static int text_of(X509_NAME *name, struct arena *a, struct slice *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;

	if (!bio)
		return -1;
	X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	long n = BIO_get_mem_data(bio, &p);
	struct slice s = slice_from(p, n > 0 ? (size_t)n : 0);
	size_t most = s.n < X509_TEXT_MAX ? s.n : X509_TEXT_MAX;
	while (most && most < s.n && ((unsigned char)s.p[most] & 0xc0) == 0x80)
		most--;
	*out = arena_copy(a, slice_sub(s, 0, most));
	BIO_free(bio);
	return out->p ? 0 : -1;
}

static int64_t time_of(const ASN1_TIME *t)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;
	int64_t at = 0;

	if (epoch && t && ASN1_TIME_diff(&days, &seconds, epoch, t))
		at = (int64_t)days * 86400 + seconds;
	ASN1_TIME_free(epoch);
	return at;
}

/* "*.Pills.example" in canonical form; empty where it is no name. */
static struct slice name_text(const ASN1_STRING *s, struct arena *a)
{
	struct slice text =
		slice_from((const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
	bool wild = slice_starts(text, SLICE("*."));
	struct dname d;

	if (dname_parse(wild ? slice_sub(text, 2, text.n) : text, &d, NULL))
		return (struct slice){ 0 };
	return slice_str(arena_printf(a, "%s%s", wild ? "*." : "", d.text));
}

static struct slice address_text(const ASN1_OCTET_STRING *s, struct arena *a)
{
	struct ip ip = { .is_v6 = ASN1_STRING_length(s) == 16 };
	char text[IP_TEXT];

	if (ASN1_STRING_length(s) != 16 && ASN1_STRING_length(s) != 4)
		return (struct slice){ 0 };
	memcpy(ip.b, ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
	ip_format(&ip, text);
	return arena_copy(a, slice_str(text));
}

static int slice_order(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static int names_of(X509 *x, struct arena *a, struct x509_certificate *out, struct err *err)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	int n = names ? sk_GENERAL_NAME_num(names) : 0;
	size_t kept = 0;

	out->name = arena_array(a, X509_NAMES_MAX, sizeof(*out->name));
	for (int i = 0; out->name && i < n && out->name_n < X509_NAMES_MAX; i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
		struct slice s = { 0 };
		if (g->type == GEN_DNS)
			s = name_text(g->d.dNSName, a);
		else if (g->type == GEN_IPADD)
			s = address_text(g->d.iPAddress, a);
		if (s.n)
			out->name[out->name_n++] = s;
	}
	GENERAL_NAMES_free(names);
	if (!out->name)
		return no_memory(err);
	qsort(out->name, out->name_n, sizeof(*out->name), slice_order);
	for (size_t i = 0; i < out->name_n; i++)
		if (kept == 0 || !slice_eq(out->name[kept - 1], out->name[i]))
			out->name[kept++] = out->name[i];
	out->name_n = kept;
	return 0;
}

int x509_parse(struct slice der, struct arena *a, struct x509_certificate *out, struct err *err)
{
	struct x509_certificate c = { .digest = sha256_of(der) };
	const unsigned char *p = (const unsigned char *)der.p;

	if (der.n > X509_BYTES_MAX)
		return err_set(err, ERR_LIMIT, 0, "x509: certificate of %zu bytes is over %d",
		               der.n, X509_BYTES_MAX);
	X509 *x = der.n ? d2i_X509(NULL, &p, (long)der.n) : NULL;
	if (!x || p != (const unsigned char *)der.p + der.n) {
		X509_free(x);
		return err_set(err, ERR_SYNTAX, 0, "x509: no certificate");
	}
	int rc = names_of(x, a, &c, err);
	if (rc == 0 && (text_of(X509_get_issuer_name(x), a, &c.issuer) ||
	                text_of(X509_get_subject_name(x), a, &c.subject)))
		rc = no_memory(err);
	c.from = time_of(X509_get0_notBefore(x));
	c.until = time_of(X509_get0_notAfter(x));
	X509_free(x);
	if (rc == 0)
		*out = c;
	return rc;
}

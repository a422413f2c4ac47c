#include "collect/chain_reading.h"

#include "wire/timestamp.h"
#include "wire/x509.h"

static const char head[] = "chain/1\n";

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "chain: no memory");
}

int chain_job_put(const struct slice *der, size_t n, struct buf *out, struct err *err)
{
	buf_puts(out, head);
	for (size_t i = 0; i < n && i < CHAIN_CERTIFICATES_MAX; i++) {
		for (int shift = 24; shift >= 0; shift -= 8)
			buf_putc(out, (char)(der[i].n >> shift & 0xff));
		buf_put(out, der[i]);
	}
	return buf_ok(out) ? 0 : no_memory(err);
}

static int put_time(json_t *o, const char *key, int64_t t)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(t, text);
	return json_put_str(o, key, slice_str(text));
}

static json_t *certificate(struct slice der, struct arena *a)
{
	struct x509_certificate c = { .digest = sha256_of(der) };
	json_t *o = json_object();
	char hex[SHA256_HEX];

	sha256_hex(c.digest, hex);
	int bad = json_put_str(o, "sha256", slice_str(hex));
	int rc = x509_parse(der, a, &c, NULL);
	if (rc == 0) {
		json_t *names = json_array();
		for (size_t i = 0; i < c.name_n; i++)
			bad |= json_add_str(names, c.name[i]);
		bad |= json_put_new(o, "names", names);
		bad |= put_time(o, "from", c.from) | put_time(o, "until", c.until);
		/* names that are not UTF-8 are left out */
		if (json_put_str(o, "issuer", c.issuer) == ERR_NOMEM ||
		    json_put_str(o, "subject", c.subject) == ERR_NOMEM)
			bad = 1;
	}
	if (bad || rc == ERR_NOMEM) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int chain_read(struct slice job, json_t **out, struct err *err)
{
	struct slice rest = slice_sub(job, sizeof(head) - 1, job.n);
	struct arena arena = { 0 };
	json_t *o = json_object(), *list = json_array();
	int rc = slice_starts(job, slice_str(head)) ? 0
	                                            : err_set(err, ERR_SYNTAX, 0, "chain: no job");

	while (rc == 0 && rest.n) {
		size_t n = 0;
		for (size_t i = 0; i < 4 && i < rest.n; i++)
			n = n << 8 | (unsigned char)rest.p[i];
		if (rest.n < 4 || n > rest.n - 4)
			rc = err_set(err, ERR_SYNTAX, 0, "chain: a certificate is cut off");
		else if (json_add_new(list, certificate(slice_sub(rest, 4, 4 + n), &arena)))
			rc = no_memory(err);
		rest = slice_sub(rest, 4 + n, rest.n);
	}
	arena_release(&arena);
	if (json_put_new(o, "chain", list) && rc == 0)
		rc = no_memory(err);
	if (rc)
		json_decref(o);
	else
		*out = o;
	return rc;
}

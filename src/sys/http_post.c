#include "sys/http_post.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

struct answer {
	struct buf *out;
	size_t limit;
	bool too_long;
};

static size_t take(char *from, size_t size, size_t n, void *ctx)
{
	struct answer *a = ctx;

	if (a->out->n + size * n > a->limit) {
		a->too_long = true;
		return 0;
	}
	buf_put(a->out, slice_from(from, size * n));
	return size * n;
}

static int conclude(CURL *easy, CURLcode rc, const struct answer *a, const char *url,
                    struct err *err)
{
	long status = 0;

	if (a->too_long)
		return err_set(err, ERR_LIMIT, 0, "%s: the answer is longer than %zu bytes", url,
		               a->limit);
	if (!buf_ok(a->out))
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", url);
	if (rc != CURLE_OK)
		return err_set(err, ERR_IO, 0, "%s: %s", url, curl_easy_strerror(rc));
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return err_set(err, ERR_IO, 0, "%s: answers with status %ld", url, status);
	return 0;
}

int http_post(const char *url, const char *type, struct slice body, size_t limit, int64_t timeout_s,
              struct buf *out, struct err *err)
{
	struct answer a = { .out = out, .limit = out->n + limit };
	char field[128];
	CURL *easy = curl_easy_init();
	struct curl_slist *fields = NULL;

	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) {
		curl_easy_cleanup(easy);
		return err_set(err, ERR_USAGE, 0, "'%s' is no http or https address", url);
	}
	snprintf(field, sizeof(field), "Content-Type: %s", type);
	fields = curl_slist_append(fields, field);
	if (!easy || !fields) {
		curl_easy_cleanup(easy);
		curl_slist_free_all(fields);
		return err_set(err, ERR_NOMEM, 0, "%s: out of memory", url);
	}
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.p);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 10L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)timeout_s);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &a);
	CURLcode rc = curl_easy_perform(easy);
	int result = conclude(easy, rc, &a, url, err);
	curl_easy_cleanup(easy);
	curl_slist_free_all(fields);
	return result;
}

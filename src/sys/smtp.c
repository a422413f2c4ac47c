/* libcurl says how the transfer ended; what it ended for is read from the server's lines and from the
 * command that was sent last: a 5xx to RCPT is about the recipient, one before is about us. */
#include "sys/smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { CONNECT_S = 10, URL_SIZE = 512, PATH_SIZE = 300 };

enum phase { PHASE_HELLO, PHASE_RECIPIENT, PHASE_DATA, PHASE_MESSAGE };

struct talk {
	struct slice rest;    /* of the message, still to be sent */
	enum phase phase;
	bool over;            /* we said good-bye: what comes then is no answer to the message */
	int code;             /* of the last whole answer; 0 */
	char line[256];       /* its last line */
};

bool smtp_is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
	       (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
}

static size_t give(char *to, size_t size, size_t n, void *ctx)
{
	struct talk *t = ctx;
	size_t take = size * n < t->rest.n ? size * n : t->rest.n;

	if (take)
		memcpy(to, t->rest.p, take);
	t->rest = slice_sub(t->rest, take, t->rest.n);
	if (t->rest.n == 0)
		t->phase = PHASE_MESSAGE;
	return take;
}

static void keep_line(char *out, size_t size, struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n + 1 < size; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\r' || c == '\n')
			break;
		out[n++] = c < 0x20 || c >= 0x7f ? '?' : s.p[i];
	}
	out[n] = '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A line of the server. The last of an answer has a space behind its code (RFC 5321 section 4.2.1). */
static size_t hear(char *from, size_t size, size_t n, void *ctx)
{
	struct talk *t = ctx;
	struct slice s = slice_from(from, size * n);

	if (!t->over && s.n >= 3 && is_digit(s.p[0]) && is_digit(s.p[1]) && is_digit(s.p[2]) &&
	    (s.n == 3 || s.p[3] != '-')) {
		t->code = (s.p[0] - '0') * 100 + (s.p[1] - '0') * 10 + (s.p[2] - '0');
		keep_line(t->line, sizeof(t->line), s);
	}
	return size * n;
}

static size_t drop(char *from, size_t size, size_t n, void *ctx)
{
	(void)from;
	(void)ctx;
	return size * n;
}

/* Which command went out. Nothing of it is kept: a login is among them. */
static int watch(CURL *curl, curl_infotype type, char *data, size_t n, void *ctx)
{
	struct talk *t = ctx;
	struct slice s = slice_from(data, n);

	(void)curl;
	if (type != CURLINFO_HEADER_OUT)
		return 0;
	if (slice_starts(s, SLICE("QUIT")))
		t->over = true;
	if (slice_starts(s, SLICE("RCPT ")) && t->phase == PHASE_HELLO)
		t->phase = PHASE_RECIPIENT;
	else if (slice_starts(s, SLICE("DATA")) && t->phase == PHASE_RECIPIENT)
		t->phase = PHASE_DATA;
	if (slice_starts(s, SLICE("RCPT ")) || slice_starts(s, SLICE("DATA")))
		t->code = 0; /* what was said before is no answer to it */
	return 0;
}

static bool is_command_word(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '<' || s.p[i] == '>')
			return false;
	return s.n > 0 && s.n < PATH_SIZE - 2;
}

/* What the talk came to. */
static void conclude(const struct talk *t, CURLcode rc, struct smtp_result *out)
{
	out->relay = t->phase == PHASE_HELLO;
	if (t->phase == PHASE_MESSAGE && rc == CURLE_OK && t->code >= 200 && t->code < 300)
		out->state = SMTP_ACCEPTED;
	else if (t->code >= 500 && t->phase != PHASE_HELLO)
		out->state = SMTP_REFUSED;
	else if (t->code >= 400)
		out->state = SMTP_DEFERRED;
	else if (t->phase == PHASE_MESSAGE)
		out->state = SMTP_UNKNOWN;
	else
		out->state = SMTP_DEFERRED;
	if (t->code >= 400 || out->state == SMTP_ACCEPTED) {
		memcpy(out->answer, t->line, sizeof(out->answer));
		return;
	}
	out->relay = out->state == SMTP_DEFERRED;
	keep_line(out->answer, sizeof(out->answer), slice_str(curl_easy_strerror(rc)));
}

static int set_options(CURL *c, const struct smtp_relay *r, const char *url, const char *from,
                       struct curl_slist *to, struct talk *t)
{
	long connect_s = r->timeout_s < CONNECT_S ? (long)r->timeout_s : CONNECT_S;
	int failed = 0;

#define SET(option, value) failed |= curl_easy_setopt(c, option, value) != CURLE_OK
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, connect_s);
	SET(CURLOPT_TIMEOUT, (long)r->timeout_s);
	SET(CURLOPT_USE_SSL, (long)(r->tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (r->ca_file)
		SET(CURLOPT_CAINFO, r->ca_file);
	if (r->user) {
		SET(CURLOPT_USERNAME, r->user);
		SET(CURLOPT_PASSWORD, r->password);
	}
	SET(CURLOPT_MAIL_FROM, from);
	SET(CURLOPT_MAIL_RCPT, to);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->rest.n);
	SET(CURLOPT_READFUNCTION, give);
	SET(CURLOPT_READDATA, t);
	SET(CURLOPT_HEADERFUNCTION, hear);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_WRITEFUNCTION, drop);
	SET(CURLOPT_VERBOSE, 1L); /* or watch is not called; nothing is printed */
	SET(CURLOPT_DEBUGFUNCTION, watch);
	SET(CURLOPT_DEBUGDATA, t);
#undef SET
	return failed;
}

int smtp_send(const struct smtp_relay *relay, struct slice from, struct slice to,
              struct slice message, struct smtp_result *out, struct err *err)
{
	char url[URL_SIZE], sender[PATH_SIZE], recipient[PATH_SIZE];
	struct talk talk = { .rest = message };
	bool is_v6 = strchr(relay->host, ':') != NULL;

	if (!relay->tls && !smtp_is_loopback(relay->host))
		return err_set(err, ERR_USAGE, 0, "mail to %s without TLS: only for a loopback address",
		               relay->host);
	if (!is_command_word(from) || !is_command_word(to) || !is_command_word(slice_str(relay->helo)))
		return err_set(err, ERR_USAGE, 0, "no address for a mail");
	snprintf(sender, sizeof(sender), "<%.*s>", SLICE_ARG(from));
	snprintf(recipient, sizeof(recipient), "<%.*s>", SLICE_ARG(to));
	int n = snprintf(url, sizeof(url), "smtp://%s%s%s:%u/%s", is_v6 ? "[" : "", relay->host,
	                 is_v6 ? "]" : "", relay->port, relay->helo);
	if (n < 0 || (size_t)n >= sizeof(url))
		return err_set(err, ERR_USAGE, 0, "the relay's name is too long");
	CURL *curl = curl_easy_init();
	struct curl_slist *list = curl_slist_append(NULL, recipient);
	int rc = curl && list ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0 && set_options(curl, relay, url, sender, list, &talk))
		rc = err_set(err, ERR_USAGE, 0, "libcurl does not know an option of ours");
	if (rc == 0) {
		*out = (struct smtp_result){ 0 };
		conclude(&talk, curl_easy_perform(curl), out);
	}
	curl_slist_free_all(list);
	curl_easy_cleanup(curl);
	return rc;
}

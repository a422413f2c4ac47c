/* Two handles of the store, each behind a lock: one for logins, which hash for a tenth of a second,
 * and one for everybody else. Who finds a login under way is asked to come back in a second: a flood
 * of them can so take one thread and 64 MiB, never all. */
#include "cmd/serve_desk.h"

#include "base/base64.h"
#include "sys/clock.h"
#include "wire/json.h"
#include "wire/timestamp.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MAX = 4096, COOKIES_MAX = 100 };

struct handle {
	pthread_mutex_t lock;
	struct store *store;
};

struct serve_desk {
	const char *dir;
	struct handle checks, logins;
	struct attempts *attempts;
};

int serve_desk_new(const char *dir, struct serve_desk **out, struct err *err)
{
	struct serve_desk *desk = calloc(1, sizeof(*desk));

	if (!desk)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	desk->dir = dir;
	/* Neither can fail with default attributes on Linux. */
	pthread_mutex_init(&desk->checks.lock, NULL);
	pthread_mutex_init(&desk->logins.lock, NULL);
	int rc = store_open(dir, STORE_ACCOUNTS, NULL, &desk->checks.store, err);
	if (rc == 0)
		rc = store_open(dir, STORE_ACCOUNTS, NULL, &desk->logins.store, err);
	if (rc == 0)
		rc = attempts_new(&desk->attempts, err);
	if (rc)
		serve_desk_free(desk);
	else
		*out = desk;
	return rc;
}

void serve_desk_free(struct serve_desk *desk)
{
	if (!desk)
		return;
	store_close(desk->checks.store);
	store_close(desk->logins.store);
	pthread_mutex_destroy(&desk->checks.lock);
	pthread_mutex_destroy(&desk->logins.lock);
	attempts_free(desk->attempts);
	free(desk);
}

/* A handle whose file failed is opened anew, under its lock. */
static int take(const struct serve_desk *desk, struct handle *h, struct store **out,
                struct err *err)
{
	int rc = h->store ? 0 : store_open(desk->dir, STORE_ACCOUNTS, NULL, &h->store, err);

	if (rc == 0)
		*out = h->store;
	return rc;
}

static void give(struct handle *h, int rc)
{
	if (rc == ERR_IO || rc == ERR_CORRUPT) {
		store_close(h->store);
		h->store = NULL;
	}
	pthread_mutex_unlock(&h->lock);
}

/* ---- where a request comes from ---- */

static struct slice host_name(struct slice host)
{
	if (host.n && host.p[0] == '[')
		return slice_sub(host, 0, slice_find(host, ']') + 1);
	return slice_sub(host, 0, slice_find(host, ':'));
}

static bool is_loopback(const struct http_request *request)
{
	uint8_t peer[HTTP_PEER];

	if (!http_request_peer(request, peer))
		return false;
	static const uint8_t v6[HTTP_PEER] = { [15] = 1 };
	static const uint8_t v4[12] = { [10] = 0xff, [11] = 0xff };
	return memcmp(peer, v6, sizeof(v6)) == 0 || (memcmp(peer, v4, 12) == 0 && peer[12] == 127);
}

/* Whether the one who asks came by TLS, as the proxy on our own machine says. */
static bool is_tls(const struct http_request *request)
{
	return is_loopback(request) &&
	       slice_eq_str(http_request_field(request, "X-Forwarded-Proto"), "https");
}

/* Plain HTTP at a name of this machine alone: then, and only then, the cookie is not Secure. */
static bool is_plain_loopback(const struct http_request *request)
{
	struct slice name = host_name(http_request_field(request, "Host"));

	return is_loopback(request) && !is_tls(request) &&
	       (slice_eq_nocase(name, SLICE("localhost")) || slice_eq_str(name, "127.0.0.1") ||
	        slice_eq_str(name, "[::1]"));
}

static const char *cookie_name(const struct http_request *request)
{
	return is_plain_loopback(request) ? "assay" : "__Host-assay";
}

/* The peer, or what the proxy on our own machine says of it: the last address of the list is the
 * one that the proxy itself saw. */
static struct slice address_of(const struct http_request *request, uint8_t peer[HTTP_PEER])
{
	struct slice by = http_request_field(request, "X-Forwarded-For");

	if (by.n && is_loopback(request)) {
		struct slice part, last = by;
		while (slice_cut(&by, ',', &part))
			last = part;
		return slice_trim(last);
	}
	return http_request_peer(request, peer) ? slice_from((const char *)peer, HTTP_PEER)
	                                        : SLICE("");
}

/* Whether our own pages sent it. What sends neither field is no browser, or one so old that the
 * CSRF token alone must do (every browser since 2020 sends Origin with a change). */
static bool is_same_origin(const struct http_request *request)
{
	struct slice site = http_request_field(request, "Sec-Fetch-Site");
	struct slice origin = http_request_field(request, "Origin");
	struct slice host = http_request_field(request, "Host");

	if (site.p && !slice_eq_str(site, "same-origin"))
		return false;
	if (!origin.p)
		return true;
	size_t scheme = slice_find_slice(origin, SLICE("://"));
	struct slice name = slice_sub(origin, 0, scheme);
	if (!slice_eq_str(name, "http") && !slice_eq_str(name, "https"))
		return false; /* "null" too: a sandboxed frame, a file */
	if (is_tls(request) && !slice_eq_str(name, "https"))
		return false;
	return host.n && slice_eq_nocase(slice_sub(origin, scheme + 3, origin.n), host);
}

/* ---- who asks ---- */

/* The value of our cookie; two of them are none, since somebody may have planted one. */
static struct slice cookie_of(const struct http_request *request)
{
	struct slice rest = http_request_field(request, "Cookie"), part, found = { 0 };
	struct slice name = slice_str(cookie_name(request));
	size_t n = 0;

	for (size_t i = 0; i < COOKIES_MAX && slice_cut(&rest, ';', &part); i++) {
		part = slice_trim(part);
		size_t eq = slice_find(part, '=');
		if (eq < part.n && slice_eq(slice_sub(part, 0, eq), name)) {
			found = slice_sub(part, eq + 1, part.n);
			n++;
		}
	}
	return n == 1 ? found : (struct slice){ 0 };
}

static struct slice bearer_of(const struct http_request *request)
{
	struct slice field = http_request_field(request, "Authorization");

	if (field.n < 7 || !slice_eq_nocase(slice_sub(field, 0, 7), SLICE("Bearer ")))
		return (struct slice){ 0 };
	return slice_trim(slice_sub(field, 7, field.n));
}

static bool has_csrf(const struct http_request *request, const struct identity *who)
{
	struct slice field = http_request_field(request, "X-CSRF-Token");
	struct buf wanted = { 0 };

	base64url_encode(slice_from((const char *)who->csrf, STORE_CSRF), &wanted);
	bool same = buf_ok(&wanted) && field.n == wanted.n &&
	            CRYPTO_memcmp(field.p, wanted.p, wanted.n) == 0;
	buf_release(&wanted);
	return same;
}

static void not_known(struct serve_call *c, const char *why)
{
	serve_problem(c, 401, "%s", why);
	serve_field(c, "WWW-Authenticate", SLICE("Bearer realm=\"assay\""));
}

static bool has_desk(struct serve_call *c)
{
	serve_field(c, "Cache-Control", SLICE("no-store"));
	if (c->serve->desk)
		return true;
	serve_problem(c, 404, "this instance has no desk; assay serve --desk has one");
	return false;
}

static int identify(struct serve_call *c, struct store *store, struct identity *who,
                    struct err *err)
{
	struct slice token = bearer_of(c->request), cookie = cookie_of(c->request);

	/* Of both the token counts: it was put there on purpose. */
	if (token.p)
		return identity_by_token(store, token, clock_now(), c->arena, who, err);
	if (cookie.n)
		return identity_by_session(store, cookie, clock_now(), c->arena, who, err);
	return err_set(err, ERR_REFUSED, 0, "log in at /v1/session, or send a bearer token");
}

bool serve_identity(struct serve_call *c, enum permission need, bool changes, struct identity *who)
{
	struct serve_desk *desk = c->serve->desk;
	struct store *store = NULL;
	struct err err = { 0 };

	if (!has_desk(c))
		return false;
	pthread_mutex_lock(&desk->checks.lock);
	int rc = take(desk, &desk->checks, &store, &err);
	if (rc == 0)
		rc = identify(c, store, who, &err);
	give(&desk->checks, rc);
	if (rc == ERR_REFUSED)
		not_known(c, err.what);
	else if (rc)
		serve_failure(c, rc, &err);
	else if (changes && who->by_session && !is_same_origin(c->request))
		serve_problem(c, 403, "a change by a session comes from the desk's own pages");
	else if (changes && who->by_session && !has_csrf(c->request, who))
		serve_problem(c, 403, "the field X-CSRF-Token is missing or wrong; GET /v1/session "
		                      "tells it");
	else if (need < PERMISSIONS && !role_may(who->roles, need))
		serve_problem(c, 403, "none of your roles may do that (%s)", permission_name(need));
	else
		return true;
	return false;
}

/* ---- /v1/session ---- */

static void put_identity(struct serve_call *c, const struct identity *who)
{
	json_t *o = json_object(), *roles = json_array();
	struct buf csrf = { 0 };
	char expires[TIMESTAMP_SIZE];
	int failed = 0;

	for (unsigned i = 0; i < ROLES; i++)
		if (who->roles & role_only((enum role)i))
			failed |= json_add_str(roles, slice_str(role_name((enum role)i)));
	timestamp_format(who->expires, expires);
	failed |= json_put_str(o, "name", who->name);
	failed |= json_put_new(o, "roles", roles);
	failed |= json_put_str(o, "by", who->by_session ? SLICE("session") : SLICE("token"));
	failed |= json_put_str(o, "expires", slice_str(expires));
	if (who->by_session) {
		base64url_encode(slice_from((const char *)who->csrf, STORE_CSRF), &csrf);
		failed |= json_put_str(o, "csrf", buf_slice(&csrf));
	}
	buf_release(&csrf);
	if (failed) {
		json_decref(o);
		o = NULL;
	}
	serve_json(c, o);
}

static void put_cookie(struct serve_call *c, const char *value, int64_t age_s)
{
	bool plain = is_plain_loopback(c->request);
	const char *text = arena_printf(c->arena, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s; "
	                                          "Max-Age=%lld",
	                                cookie_name(c->request), value, plain ? "" : "; Secure",
	                                (long long)age_s);

	if (text)
		serve_field(c, "Set-Cookie", slice_str(text));
}

static void too_many(struct serve_call *c, unsigned status, int64_t wait_s, const char *why)
{
	const char *text = arena_printf(c->arena, "%lld", (long long)wait_s);

	serve_problem(c, status, "%s", why);
	if (text)
		serve_field(c, "Retry-After", slice_str(text));
}

/* The body: {"name","password","totp"}; what is read points into *body. */
static int read_login(struct serve_call *c, json_t **body, struct identity_login *out,
                      struct err *err)
{
	struct slice type = http_request_field(c->request, "Content-Type"), kind = SLICE("");

	/* A form of another site cannot send this type without asking first. */
	if (!slice_cut(&type, ';', &kind) ||
	    !slice_eq_nocase(slice_trim(kind), SLICE("application/json")))
		return err_set(err, ERR_USAGE, 0, "send {\"name\", \"password\", \"totp\"} as "
		                                  "application/json");
	int rc = json_parse_object(c->request->body, BODY_MAX, body, err);
	if (rc == 0)
		rc = json_need_str(*body, "name", &out->name, err);
	if (rc == 0)
		rc = json_need_str(*body, "password", &out->password, err);
	out->code = json_str(*body, "totp");
	return rc ? err_wrap(err, "the body") : 0;
}

/* With the handle of logins taken. */
static int log_in(struct serve_call *c, struct store *store, const struct identity_login *login,
                  struct identity *who, char cookie[IDENTITY_TEXT], struct err *err)
{
	struct slice old = cookie_of(c->request);
	struct identity before;
	int rc = identity_login(store, login, clock_now(), c->arena, who, cookie, err);

	/* The session that was there ends: nobody goes on in one that another began. Where it cannot
	 * be ended it ends by itself. */
	if (rc == 0 && old.n &&
	    identity_by_session(store, old, clock_now(), c->arena, &before, NULL) == 0)
		identity_logout(store, &before, clock_now(), NULL);
	return rc;
}

static void begin(struct serve_call *c, const struct identity_login *login)
{
	struct serve_desk *desk = c->serve->desk;
	uint8_t peer[HTTP_PEER];
	struct slice address = address_of(c->request, peer);
	char cookie[IDENTITY_TEXT];
	struct identity who;
	struct store *store = NULL;
	struct err err = { 0 };

	int64_t wait = attempts_wait(desk->attempts, address, login->name, clock_now());
	if (wait) {
		too_many(c, 429, wait, "too many logins have failed; wait");
		return;
	}
	if (pthread_mutex_trylock(&desk->logins.lock)) {
		too_many(c, 503, 1, "another login is being checked; try again in a second");
		return;
	}
	int rc = take(desk, &desk->logins, &store, &err);
	if (rc == 0)
		rc = log_in(c, store, login, &who, cookie, &err);
	give(&desk->logins, rc);
	if (rc == ERR_REFUSED) {
		attempts_failed(desk->attempts, address, login->name, clock_now());
		not_known(c, err.what);
	} else if (rc) {
		serve_failure(c, rc, &err);
	} else {
		put_cookie(c, cookie, IDENTITY_SESSION_S);
		put_identity(c, &who);
	}
	explicit_bzero(cookie, sizeof(cookie));
}

void serve_session_begin(struct serve_call *c)
{
	struct identity_login login = { 0 };
	json_t *body = NULL;
	struct err err = { 0 };

	if (!has_desk(c))
		return;
	if (!is_same_origin(c->request)) {
		serve_problem(c, 403, "a login comes from the desk's own pages");
		return;
	}
	int rc = read_login(c, &body, &login, &err);
	if (rc == ERR_USAGE)
		serve_problem(c, 415, "%s", err.what);
	else if (rc)
		serve_failure(c, rc, &err);
	else
		begin(c, &login);
	json_decref(body);
}

void serve_session_get(struct serve_call *c)
{
	struct identity who;

	if (serve_identity(c, PERMISSIONS, false, &who))
		put_identity(c, &who);
}

void serve_session_end(struct serve_call *c)
{
	struct serve_desk *desk = c->serve->desk;
	struct store *store = NULL;
	struct identity who;
	struct err err = { 0 };

	if (!serve_identity(c, PERMISSIONS, true, &who))
		return;
	if (!who.by_session) {
		serve_problem(c, 400, "a token is no session; assay token revoke ends it");
		return;
	}
	pthread_mutex_lock(&desk->checks.lock);
	int rc = take(desk, &desk->checks, &store, &err);
	if (rc == 0)
		rc = identity_logout(store, &who, clock_now(), &err);
	give(&desk->checks, rc);
	if (rc) {
		serve_failure(c, rc, &err);
		return;
	}
	put_cookie(c, "", 0);
	c->out->status = 204;
}

/* The desk of assay serve --desk: who asks, and whether they may.
 *
 *   why apart   without --desk assay serve opens its store to look only, and nobody can log in. A
 *               desk writes sessions, uses of tokens and the audit trail, and nothing else: through
 *               handles of their own (STORE_ACCOUNTS), so that a login waits for no run of hours
 *   session     cookie "__Host-assay": Secure, HttpOnly, SameSite=Strict, Path=/. On plain HTTP at a
 *               loopback name "assay" without Secure, since a browser would drop it
 *   CSRF        a change by a session needs the field X-CSRF-Token with what GET /v1/session tells,
 *               and comes from our own pages: Sec-Fetch-Site is same-origin, Origin is our Host
 *   token       Authorization: Bearer assay_...: no browser adds it by itself, so no CSRF token
 *
 *   source      RFC 6265bis (cookies and their prefixes), RFC 6750 (bearer), W3C Fetch Metadata */
#ifndef CMD_SERVE_DESK_H
#define CMD_SERVE_DESK_H

#include "cmd/attempts.h"
#include "cmd/identity.h"
#include "cmd/serve.h"

struct serve_desk;

/* Open the desk of a store; as store_open. dir must outlive it. NULL is fine to free. */
int serve_desk_new(const char *dir, struct serve_desk **out, struct err *err);
void serve_desk_free(struct serve_desk *desk);

/* Who asks. false: the answer (401, 403, 404, 503) is made already. With `changes` the request
 * would change something, and is held to the rules against CSRF; `need` is PERMISSIONS for anybody
 * who is known. Names are in the call's arena. */
bool serve_identity(struct serve_call *c, enum permission need, bool changes,
                    struct identity *who);

/* POST, GET and DELETE /v1/session. */
void serve_session_begin(struct serve_call *c);
void serve_session_get(struct serve_call *c);
void serve_session_end(struct serve_call *c);

#endif

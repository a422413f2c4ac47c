/* Pages as a browser shows them: Debian's Chromium, headless, driven by the DevTools protocol over
 * a pair of pipes (--remote-debugging-pipe), through a filtering proxy of ours (sys/filter.h) that
 * applies the rules of sys/reach.h and the vantage's proxy.
 *
 *   user      never root: as root, Chromium runs as an unprivileged user with its own sandbox on
 *   network   a namespace of its own in which nothing but our proxy is to be reached
 *   profile   each page in a fresh context, in memory, thrown away afterwards
 *   refused   dialogs, downloads, permissions, further windows, and documents asked for by anything
 *             but GET: no form is submitted
 *   exchange  .request holds a line of JSON for each document that the main frame asked for, in
 *             order:
 *                 {"by":"us","method":"GET","url":"http://h.example/"}
 *             by: "us" (the first), "http" (a redirect of the server), "page" (a script's or meta
 *             element's); where there were any a last line counts what was refused:
 *                 {"dialogs":1,"forms":1,"popups":2}
 *             .remote and .chain are empty. A page that has loaded but is never quiet is no fault;
 *             one that does not load is FAULT_TIMEOUT, with what there is
 *   source    Chrome DevTools Protocol 1.3; doc/decision/0023-browser-apart.md */
#ifndef SYS_BROWSER_H
#define SYS_BROWSER_H

#include "base/err.h"
#include "base/slice.h"
#include "model/exchange.h"
#include "model/vantage.h"
#include "sys/loop.h"
#include "sys/reach.h"
#include "sys/resolve.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct browser;

struct browser_options {
	struct reach reach;
	const char *program;   /* NULL: /usr/lib/chromium/chromium, else chromium in PATH */
	const char *user;      /* to run as when we are root; NULL: "nobody" */
	unsigned at_once;      /* pages, at most 16; 0: 2 */
	int64_t load_ms;       /* longest wait for the page and its scripts; 0: 30,000 */
	uint64_t bytes;        /* longest document and picture; 0: 16 MiB */
	uint32_t width, height; /* of the picture, CSS pixels; 0: 1280 x 2000 */
};

/* Starts it and waits until it answers. ERR_NOTFOUND: no Chromium; the text says which package to
 * install. ERR_REFUSED: the kernel does not allow what keeps it apart; the text says what to do.
 * ERR_IO. */
int browser_new(struct loop *l, struct resolver *r, const struct browser_options *o,
                struct browser **out, struct err *err);
/* Pages under way end with FAULT_STOPPED first. Not from within a browser_fn. */
void browser_free(struct browser *b);

struct browser_request {
	uint32_t number;
	struct slice url;
	const struct vantage *vantage;
	struct slice referer;
};
/* Queue a page; all of the request is copied. fn is called once, from the loop; the exchange is
 * valid during the call. ERR_USAGE (no http or https address), ERR_LIMIT, ERR_NOMEM. */
typedef void (*browser_fn)(void *ctx, const struct exchange *x);
int browser_start(struct browser *b, const struct browser_request *q, browser_fn fn, void *ctx,
                  struct err *err);

/* The first process of it, the end of which is the end of all; 0: there is none now. */
pid_t browser_pid(const struct browser *b);

#endif

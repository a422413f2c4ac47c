/* Pages as a browser shows them: Debian's Chromium, headless, driven by the DevTools protocol over a
 * pair of pipes (--remote-debugging-pipe), through a filtering proxy of ours on loopback
 * (sys/filter.h) that applies the rules of sys/reach.h and the vantage's proxy.
 *
 *   user      never root: as root, Chromium runs as an unprivileged user with its own sandbox on
 *   profile   each page in a fresh one, taken away afterwards
 *   source    Chrome DevTools Protocol 1.3 (Target, Page, Runtime, Network, Emulation) */
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

struct browser;

struct browser_options {
	struct reach reach;
	const char *program;   /* NULL: chromium in PATH */
	const char *user;      /* to run as when we are root; NULL: "nobody" */
	unsigned at_once;      /* pages; 0: 2 */
	int64_t load_ms;       /* longest wait for the page and its scripts; 0: 30,000 */
	uint64_t bytes;        /* longest document and picture; 0: 16 MiB */
	uint32_t width, height; /* of the picture, CSS pixels; 0: 1280 x 2000 */
};

/* ERR_NOTFOUND: no Chromium; the text says which package to install. */
int browser_new(struct loop *l, struct resolver *r, const struct browser_options *o,
                struct browser **out, struct err *err);
void browser_free(struct browser *b);

struct browser_request {
	uint32_t number;
	struct slice url;
	const struct vantage *vantage;
	struct slice referer;
};
typedef void (*browser_fn)(void *ctx, const struct exchange *x);
int browser_start(struct browser *b, const struct browser_request *q, browser_fn fn, void *ctx,
                  struct err *err);

#endif

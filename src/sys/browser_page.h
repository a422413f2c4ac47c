/* One page in the browser: from a context of its own to the document and the picture. Driven by
 * what the browser says; for sys/browser.c alone.
 *
 *   source  Chrome DevTools Protocol 1.3: Browser, Target, Page, Emulation, Fetch, Runtime,
 *           Inspector
 *   order   context, target, session; what it shall look like; navigation; load and a quiet
 *           network; document, picture; the context is thrown away */
#ifndef SYS_BROWSER_PAGE_H
#define SYS_BROWSER_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/exchange.h"
#include "sys/browser.h"
#include "sys/filter.h"
#include "wire/cdp.h"

#include <jansson.h>

#include <stdbool.h>
#include <stdint.h>

enum { PAGE_ID = 80, PAGE_SESSIONS = 32 };

enum page_stage {
	PAGE_IDLE,
	PAGE_CONTEXT,
	PAGE_TARGET,
	PAGE_SESSION,
	PAGE_NAVIGATE,
	PAGE_LOAD,
	PAGE_WORLD,    /* a place for our script where the page's cannot reach */
	PAGE_MEASURE,
	PAGE_DOCUMENT,
	PAGE_PICTURE,
	PAGE_DONE,
};

struct page {
	struct browser *browser;
	const struct browser_options *o;
	struct gate *gate;
	uint16_t port;
	enum page_stage stage;
	int64_t awaited; /* number of the command whose answer goes on; 0: none */

	/* what is asked: stays until it is over */
	struct slice url, referer;
	const struct vantage *vantage;
	const char *timezone; /* NULL: the machine's */

	char context[PAGE_ID], target[PAGE_ID], session[PAGE_ID];
	int64_t world;
	char part[PAGE_SESSIONS][PAGE_ID]; /* sessions of its frames and workers */
	size_t part_n;
	bool is_begun;    /* a document of the site, not the blank one */
	bool is_loaded, is_quiet, is_error;
	bool is_scheduled, is_moving; /* another document is to come, or is asked for */
	bool is_late;     /* it was told to stop */
	bool is_again;    /* the document is taken once more */
	unsigned dialogs, popups, forms, requests, restarts;
	struct slice last; /* address that the main frame asked for last; in the arena */
	uint64_t size, at; /* octets of the document, and read of them */
	struct arena arena;
	struct buf chain, document, picture;
	enum exchange_fault fault;
	enum exchange_cut cut;
};

void page_begin(struct page *p);
/* A message that is for it. */
void page_hear(struct page *p, const struct cdp_message *m);
/* Whether an event of the browser itself, or of a session, is about this page. */
bool page_concerns(const struct page *p, const struct cdp_message *m);
/* Nothing has happened for as long as browser_page_settles says. */
void page_settled(struct page *p);
/* Time is up: for the load (first) what there is is taken, for the taking (later) it is over. */
void page_late(struct page *p);
/* Throw its context away and forget all but its gate. */
void page_clear(struct page *p);

/* By sys/browser.c: send a command; params is taken over. Its number. */
int64_t browser_send(struct browser *b, struct slice session, const char *method, json_t *params);
/* page_late comes in so many milliseconds, instead of when it would have come. */
void browser_page_within(struct browser *b, struct page *p, int64_t ms);
/* It seems to be whole: page_settled comes after a moment, which begins again with each call. */
void browser_page_settles(struct browser *b, struct page *p);
/* The page is over: its fault, document, picture are final. */
void browser_page_over(struct browser *b, struct page *p);

#endif

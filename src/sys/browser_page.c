/* The script that takes the document runs in a world of its own: it shares the document with the
 * page, but none of the page's functions. It is asked for octets of UTF-8 in base64, so many at a
 * time, so that no message is long. */
#include "sys/browser_page.h"

#include "base/base64.h"
#include "wire/json.h"
#include "wire/url.h"

#include <stdio.h>

enum {
	PART = 3 << 20,       /* octets of the document in one message */
	REQUESTS_MAX = 40,    /* of the main frame: longer chains of redirects are a trap */
	RESTARTS_MAX = 3,     /* documents that came while the one before was taken */
	DELAY_MAX_S = 10,     /* longest refresh that is waited for */
	TAKE_MS = 20 * 1000,     /* for document and picture, behind the load */
	EVALUATE_MS = 15 * 1000, /* of it, for one step of the document */
};

#define NONE ((struct slice){ NULL, 0 })

static struct slice session(const struct page *p)
{
	return slice_str(p->session);
}

static int64_t tell(struct page *p, const char *method, json_t *params)
{
	return browser_send(p->browser, session(p), method, params);
}

static json_t *flag(const char *key, bool value)
{
	json_t *o = json_object();

	json_put_flag(o, key, value);
	return o;
}

static json_t *text(const char *key, struct slice value)
{
	json_t *o = json_object();

	json_put_str(o, key, value);
	return o;
}

static void over(struct page *p, enum exchange_fault fault)
{
	if (p->stage == PAGE_DONE)
		return;
	p->stage = PAGE_DONE;
	p->awaited = 0;
	if (!p->fault)
		p->fault = fault;
	browser_page_over(p->browser, p);
}

/* ---- setting up ---- */

void page_begin(struct page *p)
{
	char proxy[40];
	json_t *params = flag("disposeOnDetach", true);

	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", (unsigned)p->port);
	json_put_str(params, "proxyServer", slice_str(proxy));
	json_put_str(params, "proxyBypassList", SLICE("<-loopback>"));
	p->stage = PAGE_CONTEXT;
	p->awaited = browser_send(p->browser, NONE, "Target.createBrowserContext", params);
}

static bool keep(char out[PAGE_ID], struct slice id)
{
	if (id.n == 0 || id.n >= PAGE_ID)
		return false;
	memcpy(out, id.p, id.n);
	out[id.n] = '\0';
	return true;
}

/* What the vantage's visitors look like, to a session of the page or of a part of it. */
static void dress(struct page *p, struct slice to)
{
	const struct vantage *v = p->vantage;
	json_t *agent = text("userAgent", v->user_agent);
	struct slice tag = slice_sub(v->accept_language, 0, slice_find(v->accept_language, ','));

	if (v->accept_language.n)
		json_put_str(agent, "acceptLanguage", v->accept_language);
	if (v->user_agent.n)
		browser_send(p->browser, to, "Emulation.setUserAgentOverride", agent);
	else
		json_decref(agent);
	if (p->timezone)
		browser_send(p->browser, to, "Emulation.setTimezoneOverride",
		             text("timezoneId", slice_str(p->timezone)));
	tag = slice_trim(slice_sub(tag, 0, slice_find(tag, ';')));
	if (tag.n && slice_find(tag, '*') == tag.n)
		browser_send(p->browser, to, "Emulation.setLocaleOverride", text("locale", tag));
}

static void watch_parts(struct page *p, struct slice of)
{
	json_t *o = flag("autoAttach", true);

	json_put_flag(o, "waitForDebuggerOnStart", true);
	json_put_flag(o, "flatten", true);
	browser_send(p->browser, of, "Target.setAutoAttach", o);
}

static json_t *pattern(const char *sort)
{
	json_t *o = text("resourceType", slice_str(sort));

	json_put_str(o, "requestStage", SLICE("Request"));
	return o;
}

static void set_up(struct page *p)
{
	json_t *size = flag("mobile", false), *fetch = json_object(), *patterns = json_array();

	if (slice_find_slice(p->vantage->user_agent, SLICE("Mobile")) < p->vantage->user_agent.n)
		json_put_flag(size, "mobile", true);
	json_put_i64(size, "width", p->o->width);
	json_put_i64(size, "height", p->o->height);
	json_put_i64(size, "deviceScaleFactor", 1);
	json_add_new(patterns, pattern("Document"));
	json_put_new(fetch, "patterns", patterns);
	tell(p, "Page.enable", NULL);
	tell(p, "Inspector.enable", NULL);
	tell(p, "Page.setLifecycleEventsEnabled", flag("enabled", true));
	tell(p, "Emulation.setDeviceMetricsOverride", size);
	dress(p, session(p));
	watch_parts(p, session(p));
	tell(p, "Fetch.enable", fetch);

	json_t *go = text("url", p->url);
	if (p->referer.n) {
		json_put_str(go, "referrer", p->referer);
		json_put_str(go, "referrerPolicy", SLICE("unsafeUrl"));
	}
	p->stage = PAGE_NAVIGATE;
	p->awaited = tell(p, "Page.navigate", go);
	browser_page_within(p->browser, p, p->o->load_ms);
}

/* ---- what went wrong on the way ---- */

/* What the filter knows of the address that was asked for last. */
static enum exchange_fault way_fault(const struct page *p)
{
	struct arena a = { 0 };
	struct url u;
	enum exchange_fault fault = FAULT_NONE;

	if (url_parse(p->last.n ? p->last : p->url, &a, &u, NULL) == 0)
		fault = gate_fault(p->gate, u.host, u.port);
	arena_release(&a);
	return fault;
}

/* Names of net/base/net_error_list.h. */
static enum exchange_fault fault_of(const struct page *p, struct slice name)
{
	static const struct {
		const char *start;
		enum exchange_fault fault;
	} rows[] = {
		{ "net::ERR_SSL", FAULT_TLS },
		{ "net::ERR_CERT", FAULT_TLS },
		{ "net::ERR_BAD_SSL", FAULT_TLS },
		{ "net::ERR_TIMED_OUT", FAULT_TIMEOUT },
		{ "net::ERR_CONNECTION_TIMED_OUT", FAULT_TIMEOUT },
		{ "net::ERR_EMPTY_RESPONSE", FAULT_CLOSED },
		{ "net::ERR_CONNECTION_CLOSED", FAULT_CLOSED },
		{ "net::ERR_CONNECTION_RESET", FAULT_CLOSED },
		{ "net::ERR_CONTENT_LENGTH_MISMATCH", FAULT_CLOSED },
		{ "net::ERR_INCOMPLETE_CHUNKED_ENCODING", FAULT_CLOSED },
		{ "net::ERR_CONNECTION", FAULT_CONNECT },
		{ "net::ERR_ADDRESS", FAULT_CONNECT },
		{ "net::ERR_TUNNEL", FAULT_CONNECT },
		{ "net::ERR_PROXY", FAULT_CONNECT },
	};
	enum exchange_fault fault = way_fault(p);

	for (size_t i = 0; !fault && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slice_starts(name, slice_str(rows[i].start)))
			fault = rows[i].fault;
	return fault ? fault : FAULT_PROTOCOL;
}

/* ---- taking what is there ---- */

static void evaluate(struct page *p, const char *script, enum page_stage next)
{
	json_t *o = text("expression", slice_str(script));

	json_put_i64(o, "contextId", p->world);
	json_put_flag(o, "returnByValue", true);
	json_put_i64(o, "timeout", EVALUATE_MS);
	p->stage = next;
	p->awaited = tell(p, "Runtime.evaluate", o);
}

static void take(struct page *p)
{
	json_t *o = text("frameId", slice_str(p->target));

	if (p->is_error) {
		over(p, fault_of(p, NONE));
		return;
	}
	browser_page_within(p->browser, p, TAKE_MS);
	json_put_str(o, "worldName", SLICE("reading"));
	p->stage = PAGE_WORLD;
	p->awaited = tell(p, "Page.createIsolatedWorld", o);
}

static void measure(struct page *p, int64_t world)
{
	/* A lone surrogate becomes U+FFFD. More is not encoded than is kept. */
	static const char script[] =
		"(() => {"
		" const t = document.doctype, e = document.documentElement, most = %llu;"
		" const s = (t ? new XMLSerializer().serializeToString(t) + '\\n' : '')"
		"  + (e ? e.outerHTML : '');"
		" const u = new TextEncoder().encode(s.length > most ? s.slice(0, most) : s);"
		" globalThis.octets = u.subarray(0, most);"
		" return (s.length > most || u.length > most ? 'cut ' : 'all ') + octets.length;"
		"})()";
	char line[sizeof(script) + 40];

	p->world = world;
	snprintf(line, sizeof(line), script, (unsigned long long)p->o->bytes);
	evaluate(p, line, PAGE_MEASURE);
}

static void ask_part(struct page *p)
{
	static const char script[] = "(() => {"
				     " const u = octets.subarray(%llu, %llu); let s = '';"
				     " for (let i = 0; i < u.length; i += 32768)"
				     "  s += String.fromCharCode.apply(null, u.subarray(i, i + 32768));"
				     " return btoa(s);"
				     "})()";
	char line[sizeof(script) + 60];

	snprintf(line, sizeof(line), script, (unsigned long long)p->at,
	         (unsigned long long)(p->at + PART));
	evaluate(p, line, PAGE_DOCUMENT);
}

static void ask_picture(struct page *p)
{
	json_t *o = text("format", SLICE("png"));

	p->stage = PAGE_PICTURE;
	p->awaited = tell(p, "Page.captureScreenshot", o);
}

static struct slice value_of(const struct cdp_message *m)
{
	return json_str(json_obj(m->result, "result"), "value");
}

static void measured(struct page *p, struct slice value)
{
	uint64_t n = 0;

	if (slice_starts(value, SLICE("cut "))) {
		p->cut = CUT_LENGTH;
	} else if (!slice_starts(value, SLICE("all ")) && p->is_late && !p->is_again) {
		/* What ends the page's scripts ends the next one where none runs: this one. */
		p->is_again = true;
		take(p);
		return;
	} else if (!slice_starts(value, SLICE("all "))) {
		p->fault = FAULT_TIMEOUT; /* it could not be written down in time */
		p->cut = CUT_TIME;
	}
	for (size_t i = 4; i < value.n && i < 20 && value.p[i] >= '0' && value.p[i] <= '9'; i++)
		n = n * 10 + (uint64_t)(value.p[i] - '0');
	p->size = n > p->o->bytes ? p->o->bytes : n;
	if (p->size)
		ask_part(p);
	else
		ask_picture(p);
}

/* A character that the limit cut in two is left out. */
static void trim_character(struct buf *b)
{
	size_t n = b->n, back = 0;

	while (n && back < 3 && ((unsigned char)b->p[n - 1] & 0xc0) == 0x80) {
		n--;
		back++;
	}
	if (!n)
		return;
	unsigned char first = (unsigned char)b->p[n - 1];
	size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
	if (length > 1 && back + 1 < length)
		b->n = n - 1;
}

static void took_part(struct page *p, struct slice value)
{
	size_t before = p->document.n;

	if (base64_decode(value, &p->document, NULL) < 0 || p->document.n == before ||
	    p->document.n > p->o->bytes) {
		p->document.n = before;
		p->fault = FAULT_TIMEOUT;
		p->cut = CUT_TIME;
		ask_picture(p);
		return;
	}
	p->at = p->document.n;
	if (p->at < p->size) {
		ask_part(p);
		return;
	}
	if (p->cut == CUT_LENGTH)
		trim_character(&p->document);
	ask_picture(p);
}

static void took_picture(struct page *p, struct slice data)
{
	if (data.n / 4 * 3 > p->o->bytes + 3 || base64_decode(data, &p->picture, NULL) < 0 ||
	    p->picture.n > p->o->bytes ||
	    !slice_starts(buf_slice(&p->picture), SLICE("\x89PNG\r\n\x1a\n")))
		p->picture.n = 0;
	over(p, p->is_late && !p->is_loaded ? FAULT_TIMEOUT : FAULT_NONE);
}

/* Loaded, quiet, and on its way to nowhere. Between the word that a redirect is due and the request
 * for it the browser says nothing for a moment. */
static bool is_whole(const struct page *p)
{
	return p->stage == PAGE_LOAD && p->is_loaded && p->is_quiet && !p->is_scheduled &&
	       !p->is_moving;
}

static void settle(struct page *p)
{
	if (is_whole(p))
		browser_page_settles(p->browser, p);
}

void page_settled(struct page *p)
{
	if (is_whole(p))
		take(p);
}

/* ---- the browser's answers ---- */

static void answered(struct page *p, const struct cdp_message *m)
{
	json_t *o;

	switch (p->stage) {
	case PAGE_CONTEXT:
		if (!keep(p->context, json_str(m->result, "browserContextId")))
			break;
		o = text("behavior", SLICE("deny"));
		json_put_str(o, "browserContextId", slice_str(p->context));
		browser_send(p->browser, NONE, "Browser.setDownloadBehavior", o);
		o = text("url", SLICE("about:blank"));
		json_put_str(o, "browserContextId", slice_str(p->context));
		p->stage = PAGE_TARGET;
		p->awaited = browser_send(p->browser, NONE, "Target.createTarget", o);
		return;
	case PAGE_TARGET:
		if (!keep(p->target, json_str(m->result, "targetId")))
			break;
		o = text("targetId", slice_str(p->target));
		json_put_flag(o, "flatten", true);
		p->stage = PAGE_SESSION;
		p->awaited = browser_send(p->browser, NONE, "Target.attachToTarget", o);
		return;
	case PAGE_SESSION:
		if (!keep(p->session, json_str(m->result, "sessionId")))
			break;
		set_up(p);
		return;
	case PAGE_NAVIGATE:
		p->stage = PAGE_LOAD;
		if (!m->result || json_str(m->result, "errorText").n) {
			over(p, fault_of(p, json_str(m->result, "errorText")));
			return;
		}
		settle(p);
		return;
	case PAGE_WORLD:
		if (!m->result)
			break;
		measure(p, json_i64(m->result, "executionContextId", 0));
		return;
	case PAGE_MEASURE: measured(p, value_of(m)); return;
	case PAGE_DOCUMENT: took_part(p, value_of(m)); return;
	case PAGE_PICTURE: took_picture(p, json_str(m->result, "data")); return;
	default: return;
	}
	over(p, FAULT_BROWSER);
}

/* ---- its events ---- */

static void note_request(struct page *p, struct slice url, struct slice method, const char *by)
{
	json_t *line = text("by", slice_str(by));

	json_put_str(line, "method", slice_sub(method, 0, 20));
	json_put_str(line, "url", slice_sub(url, 0, URL_MAX));
	if (json_canonical(line, &p->chain, NULL) == 0)
		buf_putc(&p->chain, '\n');
	json_decref(line);
	p->last = arena_copy(&p->arena, slice_sub(url, 0, URL_MAX));
}

/* A document is asked for, of the main frame or of one in it. */
static void request_paused(struct page *p, const struct cdp_message *m)
{
	const json_t *request = json_obj(m->params, "request");
	struct slice method = json_str(request, "method"), url = json_str(request, "url");
	json_t *o = text("requestId", json_str(m->params, "requestId"));
	bool refused = !slice_eq(method, SLICE("GET"));

	if (refused)
		p->forms++;
	if (slice_eq_str(json_str(m->params, "frameId"), p->target)) {
		refused = refused || p->requests >= REQUESTS_MAX;
		p->is_moving = p->is_moving || !refused;
		if (!refused)
			note_request(p, url, method,
			             p->requests == 0 ? "us" :
			             json_str(m->params, "redirectedRequestId").n ? "http" : "page");
		p->requests++;
	}
	/* The document that is there stays; other reasons show a page of the browser's in its
	 * place. */
	if (refused)
		json_put_str(o, "errorReason", SLICE("Aborted"));
	browser_send(p->browser, m->session,
	             refused ? "Fetch.failRequest" : "Fetch.continueRequest", o);
}

static void end_scripts(struct page *p)
{
	tell(p, "Emulation.setScriptExecutionDisabled", flag("value", true));
	tell(p, "Runtime.terminateExecution", NULL);
	tell(p, "Page.stopLoading", NULL);
}

static void dialog_opened(struct page *p, const struct cdp_message *m)
{
	p->dialogs++;
	browser_send(p->browser, m->session, "Page.handleJavaScriptDialog", flag("accept", false));
	/* A script that asks for ever has until the time of load is over. Ended while it waits for
	 * a dialog it may go on: it is tried with each. */
	if (p->is_late)
		tell(p, "Runtime.terminateExecution", NULL);
}

/* A frame of another site, a worker, or a window that the page opened. */
static void part_attached(struct page *p, const struct cdp_message *m)
{
	const json_t *info = json_obj(m->params, "targetInfo");
	struct slice to = json_str(m->params, "sessionId");

	if (slice_eq(json_str(info, "type"), SLICE("page"))) {
		browser_send(p->browser, NONE, "Target.closeTarget",
		             text("targetId", json_str(info, "targetId")));
		return;
	}
	if (p->part_n < PAGE_SESSIONS && keep(p->part[p->part_n], to))
		p->part_n++;
	dress(p, to);
	watch_parts(p, to);
	browser_send(p->browser, to, "Runtime.runIfWaitingForDebugger", NULL);
}

/* Another document came while the one before was taken: that one was a step on the way. */
static void wait_again(struct page *p)
{
	if (p->stage < PAGE_WORLD || p->stage > PAGE_PICTURE || p->is_late ||
	    p->restarts == RESTARTS_MAX)
		return;
	p->restarts++;
	p->stage = PAGE_LOAD;
	p->awaited = 0;
	p->fault = FAULT_NONE;
	p->cut = CUT_NONE;
	p->at = p->size = 0;
	buf_clear(&p->document);
	browser_page_within(p->browser, p, p->o->load_ms);
}

static void lived(struct page *p, const struct cdp_message *m)
{
	struct slice name = json_str(m->params, "name");

	if (!slice_eq_str(json_str(m->params, "frameId"), p->target))
		return;
	if (slice_eq(name, SLICE("init")))
		wait_again(p);
	if (p->stage != PAGE_LOAD && p->stage != PAGE_NAVIGATE)
		return;
	/* The blank page that it starts from has loaded and is quiet too. */
	if (slice_eq(name, SLICE("init")) && p->requests)
		p->is_begun = true;
	if (!p->is_begun)
		return;
	if (slice_eq(name, SLICE("init"))) {
		p->is_loaded = p->is_quiet = p->is_scheduled = p->is_moving = false;
	} else if (slice_eq(name, SLICE("load"))) {
		p->is_loaded = true;
	} else if (slice_eq(name, SLICE("networkIdle"))) {
		p->is_quiet = true;
	}
	settle(p);
}

static void scheduled(struct page *p, const struct cdp_message *m, bool is)
{
	if (!slice_eq_str(json_str(m->params, "frameId"), p->target))
		return;
	double delay = json_number_value(json_object_get(m->params, "delay"));
	p->is_scheduled = is && delay <= DELAY_MAX_S;
	settle(p);
}

static void event(struct page *p, const struct cdp_message *m)
{
	struct slice name = m->method;
	const json_t *info = json_obj(m->params, "targetInfo");

	if (slice_eq(name, SLICE("Fetch.requestPaused"))) {
		request_paused(p, m);
	} else if (slice_eq(name, SLICE("Page.lifecycleEvent"))) {
		lived(p, m);
	} else if (slice_eq(name, SLICE("Page.javascriptDialogOpening"))) {
		dialog_opened(p, m);
	} else if (slice_eq(name, SLICE("Page.frameScheduledNavigation"))) {
		scheduled(p, m, true);
	} else if (slice_eq(name, SLICE("Page.frameClearedScheduledNavigation"))) {
		scheduled(p, m, false);
	} else if (slice_eq(name, SLICE("Page.frameRequestedNavigation"))) {
		if (slice_eq_str(json_str(m->params, "frameId"), p->target) &&
		    slice_eq(json_str(m->params, "disposition"), SLICE("currentTab")))
			p->is_moving = true;
	} else if (slice_eq(name, SLICE("Page.frameStoppedLoading"))) {
		if (slice_eq_str(json_str(m->params, "frameId"), p->target))
			p->is_moving = false; /* also where nothing came of it: a download */
		settle(p);
	} else if (slice_eq(name, SLICE("Page.frameNavigated"))) {
		const json_t *frame = json_obj(m->params, "frame");
		if (slice_eq_str(json_str(frame, "id"), p->target))
			p->is_error = json_str(frame, "unreachableUrl").n > 0;
	} else if (slice_eq(name, SLICE("Target.attachedToTarget"))) {
		if (m->session.n) /* else it is told of our own session */
			part_attached(p, m);
	} else if (slice_eq(name, SLICE("Target.targetCreated"))) {
		if (p->target[0] && slice_eq(json_str(info, "type"), SLICE("page")) &&
		    !slice_eq_str(json_str(info, "targetId"), p->target)) {
			p->popups++;
			browser_send(p->browser, NONE, "Target.closeTarget",
			             text("targetId", json_str(info, "targetId")));
		}
	} else if ((slice_eq(name, SLICE("Inspector.targetCrashed")) &&
	            slice_eq(m->session, session(p))) ||
	           slice_eq(name, SLICE("Target.targetCrashed")) ||
	           slice_eq(name, SLICE("Target.targetDestroyed"))) {
		over(p, FAULT_BROWSER);
	}
}

bool page_concerns(const struct page *p, const struct cdp_message *m)
{
	if (p->stage == PAGE_IDLE || p->stage == PAGE_DONE)
		return false;
	if (m->id)
		return p->awaited == m->id;
	if (m->session.n == 0) {
		struct slice context = json_str(json_obj(m->params, "targetInfo"),
		                                "browserContextId");
		return (p->context[0] && slice_eq_str(context, p->context)) ||
		       (p->target[0] &&
		        slice_eq_str(json_str(m->params, "targetId"), p->target));
	}
	for (size_t i = 0; i < p->part_n; i++)
		if (slice_eq_str(m->session, p->part[i]))
			return true;
	return p->session[0] && slice_eq_str(m->session, p->session);
}

void page_hear(struct page *p, const struct cdp_message *m)
{
	if (m->id) {
		p->awaited = 0;
		answered(p, m);
	} else {
		event(p, m);
	}
}

void page_late(struct page *p)
{
	bool is_loading = p->stage == PAGE_LOAD || p->stage == PAGE_NAVIGATE;

	/* Before the site's own document there is the blank page, which is nobody's. */
	if (p->is_late || !is_loading || !p->is_begun) {
		over(p, p->stage < PAGE_NAVIGATE ? FAULT_BROWSER : FAULT_TIMEOUT);
		return;
	}
	p->is_late = true;
	if (!p->is_loaded) {
		p->fault = FAULT_TIMEOUT;
		p->cut = CUT_TIME;
	}
	end_scripts(p);
	take(p);
}

void page_clear(struct page *p)
{
	if (p->context[0])
		browser_send(p->browser, NONE, "Target.disposeBrowserContext",
		             text("browserContextId", slice_str(p->context)));
	gate_shut(p->gate);
	arena_release(&p->arena);
	buf_release(&p->chain);
	buf_release(&p->document);
	buf_release(&p->picture);
	*p = (struct page){ .browser = p->browser, .o = p->o, .gate = p->gate, .port = p->port };
}

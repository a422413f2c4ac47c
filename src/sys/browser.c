/* One browser for all pages; each page has a context, a gate of the filter and so many
 * milliseconds.
 *
 * What comes of a page is told from the loop. A browser that dies is started again; the pages that
 * it had are tried once more, since one of them alone may have been the cause. */
#include "sys/browser.h"

#include "sys/browser_page.h"
#include "sys/browser_process.h"
#include "sys/file.h"
#include "sys/filter.h"
#include "wire/cdp.h"
#include "wire/json.h"
#include "wire/url.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

enum {
	AT_ONCE = 2,
	LOAD_MS = 30 * 1000,
	SETTLE_MS = 300,
	BEGIN_MS = 30 * 1000, /* for a context and a page in it, before the load */
	HELLO_MS = 30 * 1000,
	WIDTH = 1280,
	HEIGHT = 2000,
	TRIES = 2,           /* of a page whose browser died */
	DEATHS_MAX = 5,      /* one after another, without a page between */
	MESSAGE_LEAST = 8 << 20,
	ERRORS = 2048,       /* octets kept of what it complains of at its start */
	ZONES_MAX = 1 << 20,
};

static const uint64_t bytes_default = UINT64_C(16) << 20;

/* chromium: content/public/common/content_switches.cc, chrome/common/chrome_switches.cc and others.
 * */
static const char *const flags[] = {
	"--headless",
	"--remote-debugging-pipe",
	"--user-data-dir=/tmp/home/profile",
	"--no-first-run",
	"--no-default-browser-check",
	/* No other traffic than the page's. */
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-default-apps",
	"--disable-domain-reliability",
	"--disable-extensions",
	"--disable-sync",
	"--disable-breakpad",
	"--no-pings",
	"--dns-prefetch-disable",
	"--disable-quic",
	"--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
	"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
	/* Nobody listens there: each page's context has a proxy of its own. */
	"--proxy-server=http://127.0.0.1:1",
	"--proxy-bypass-list=<-loopback>",
	"--disable-features=HttpsUpgrades,HttpsFirstModeV2,Translate,OptimizationHints,MediaRouter,"
	"DialMediaRouteProvider,Prerender2,WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
	"WebUIOmniboxFullPopup",
	/* Pictures by the processor: no driver of the machine is shown to a page. */
	"--disable-gpu",
	"--disable-software-rasterizer",
	/* An invalid certificate is a fact. */
	"--ignore-certificate-errors",
	"--deny-permission-prompts",
	"--block-new-web-contents",
	"--mute-audio",
	"--hide-scrollbars",
	/* Sites that look for robots find none by that. */
	"--disable-blink-features=AutomationControlled",
	"--js-flags=--max-old-space-size=1024",
	"about:blank",
	NULL,
};

struct job {
	struct job *next;
	struct arena arena;
	uint32_t number;
	struct slice url, referer;
	struct vantage vantage;
	const char *timezone;
	unsigned tries;
	int64_t at_ms;
	browser_fn fn;
	void *ctx;
};

struct slot {
	struct page page;
	struct browser *b;
	struct job *job;
	uv_timer_t timer, settle;
};

/* The pipes of one life of the browser; libuv closes them later. */
struct line {
	uv_pipe_t in, out, errors;
	struct browser *b; /* NULL when it is over */
	unsigned handles;
	char errors_room[ERRORS];
};

struct writing {
	uv_write_t write;
	struct buf bytes;
};

struct browser {
	struct browser_options o;
	char *user;
	char program[512];
	struct ip_prefix *opened;
	uv_loop_t *uv;
	struct loop *loop;
	struct filter *filter;
	struct browser_process process;
	struct gate *gate[BROWSER_GATES];
	struct line *line;
	struct cdp_reader reader;
	struct buf room;
	struct buf zones;
	uv_async_t kick; /* hands out pages from the loop, and holds it while there are some */
	struct slot *slot;
	struct job *first, **last;
	size_t jobs;
	int64_t commands;
	unsigned deaths;
	unsigned handles;
	bool stopping;
};

static void died(struct browser *b);

/* ---- the pipes ---- */

static void line_closed(uv_handle_t *h)
{
	struct line *line = h->data;

	if (--line->handles == 0)
		free(line);
}

static void written(uv_write_t *w, int status)
{
	struct writing *g = w->data;

	(void)status; /* that it has gone is read */
	buf_release(&g->bytes);
	free(g);
}

int64_t browser_send(struct browser *b, struct slice session, const char *method, json_t *params)
{
	struct writing *g = calloc(1, sizeof(*g));
	int64_t id = ++b->commands;

	if (!b->line || !g || cdp_put(id, session, method, params, &g->bytes, NULL) < 0) {
		if (!b->line || !g)
			json_decref(params);
		if (g)
			buf_release(&g->bytes);
		free(g);
		return id; /* never answered: the time of the page ends it */
	}
	g->write.data = g;
	uv_buf_t part = uv_buf_init(g->bytes.p, (unsigned)g->bytes.n);
	if (uv_write(&g->write, (uv_stream_t *)&b->line->in, &part, 1, written) < 0) {
		buf_release(&g->bytes);
		free(g);
	}
	return id;
}

static void room_for(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
	struct line *line = h->data;
	enum { STEP = 256 * 1024 };

	(void)suggested;
	buf_clear(&line->b->room);
	char *p = buf_reserve(&line->b->room, STEP);
	*out = uv_buf_init(p, p ? STEP : 0);
}

static void hear(struct browser *b, const struct cdp_message *m)
{
	for (unsigned i = 0; i < b->o.at_once; i++)
		if (page_concerns(&b->slot[i].page, m)) {
			page_hear(&b->slot[i].page, m);
			return;
		}
}

static void on_messages(uv_stream_t *s, ssize_t n, const uv_buf_t *got)
{
	struct line *line = s->data;
	struct browser *b = line->b;
	struct cdp_message m;
	struct err err;
	int rc;

	if (n == 0)
		return;
	if (n < 0 || cdp_feed(&b->reader, slice_from(got->base, (size_t)n), &err) < 0) {
		died(b);
		return;
	}
	while ((rc = cdp_next(&b->reader, &m, &err)) != 0) {
		if (rc != 1)
			continue; /* left out: who waits for it has his time */
		hear(b, &m);
		cdp_message_release(&m);
	}
}

/* Its complaints are read so that it does not wait for us, and are not kept. */
static void room_for_errors(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
	struct line *line = h->data;

	(void)suggested;
	*out = uv_buf_init(line->errors_room, ERRORS);
}

static void on_errors(uv_stream_t *s, ssize_t n, const uv_buf_t *got)
{
	(void)got;
	if (n < 0)
		uv_read_stop(s);
}

static int open_pipe(struct browser *b, uv_pipe_t *pipe, int *fd)
{
	if (uv_pipe_init(b->uv, pipe, 0) < 0)
		return -1;
	b->line->handles++;
	pipe->data = b->line;
	uv_unref((uv_handle_t *)pipe);
	if (uv_pipe_open(pipe, *fd) < 0)
		return -1;
	*fd = -1;
	return 0;
}

static void close_line(struct browser *b)
{
	struct line *line = b->line;
	uv_pipe_t *const pipes[] = { &line->in, &line->out, &line->errors };
	unsigned n = line->handles;

	b->line = NULL;
	for (unsigned i = 0; i < n; i++)
		uv_close((uv_handle_t *)pipes[i], line_closed);
	if (n == 0)
		free(line);
}

/* ---- the process ---- */

static void end_process(struct browser *b)
{
	if (b->line)
		close_line(b);
	browser_process_end(&b->process);
	for (unsigned i = 0; i < BROWSER_GATES; i++) {
		gate_free(b->gate[i]);
		b->gate[i] = NULL;
	}
	cdp_reader_release(&b->reader);
}

static int start_process(struct browser *b, struct err *err)
{
	const struct browser_process_options o = { .program = b->program, .user = b->user,
		                                   .gates = b->o.at_once, .flags = flags };
	int rc = browser_process_start(&o, &b->process, err);

	if (rc)
		return rc;
	for (unsigned i = 0; i < b->o.at_once; i++) {
		int fd = b->process.gate[i];
		if (rc)
			close(fd);
		else
			rc = gate_new(b->filter, fd, &b->gate[i], err);
		b->slot[i].page = (struct page){ .browser = b, .o = &b->o, .gate = b->gate[i],
			                         .port = b->process.port[i] };
	}
	if (rc)
		end_process(b);
	return rc;
}

static int open_line(struct browser *b, struct err *err)
{
	struct line *line = b->line = calloc(1, sizeof(*line));

	if (line)
		line->b = b;
	if (!line || open_pipe(b, &line->in, &b->process.in) < 0 ||
	    open_pipe(b, &line->out, &b->process.out) < 0 ||
	    open_pipe(b, &line->errors, &b->process.errors) < 0 ||
	    uv_read_start((uv_stream_t *)&line->out, room_for, on_messages) < 0 ||
	    uv_read_start((uv_stream_t *)&line->errors, room_for_errors, on_errors) < 0) {
		end_process(b);
		return err_set(err, ERR_NOMEM, 0, "browser: no memory");
	}
	json_t *discover = json_object();
	json_put_flag(discover, "discover", true);
	browser_send(b, (struct slice){ NULL, 0 }, "Target.setDiscoverTargets", discover);
	return 0;
}

static int unable(struct browser *b, struct err *err)
{
	char said[ERRORS];
	struct pollfd wait = { .fd = b->process.errors, .events = POLLIN };
	ssize_t n = poll(&wait, 1, 0) == 1 ? read(b->process.errors, said, sizeof(said)) : 0;
	struct slice text = slice_from(said, n > 0 ? (size_t)n : 0);

	if (slice_find_slice(text, SLICE("sandbox")) < text.n)
		return err_set(err, ERR_REFUSED, 0,
		               "browser: the kernel forbids Chromium's sandbox, and without it nothing "
		               "is rendered: allow user namespaces "
		               "(sysctl kernel.unprivileged_userns_clone=1)");
	return err_set(err, ERR_IO, 0, "browser: %s does not start: %.*s", b->program,
	               SLICE_ARG(slice_sub(text, 0, 120)));
}

/* Before anything is built on it: it answers. */
static int say_hello(struct browser *b, struct err *err)
{
	struct buf out = { 0 };
	struct cdp_message m;
	char room[4096];
	int rc = cdp_put(++b->commands, (struct slice){ NULL, 0 }, "Browser.getVersion", NULL, &out,
	                 err);

	if (rc == 0 && write(b->process.in, out.p, out.n) != (ssize_t)out.n)
		rc = unable(b, err);
	buf_release(&out);
	while (rc == 0) {
		struct pollfd wait = { .fd = b->process.out, .events = POLLIN };
		ssize_t n = poll(&wait, 1, HELLO_MS) == 1 ? read(b->process.out, room, sizeof(room))
		                                          : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return unable(b, err);
		rc = cdp_feed(&b->reader, slice_from(room, (size_t)n), err);
		while (rc == 0 && (rc = cdp_next(&b->reader, &m, err)) == 1) {
			bool is_it = m.id == b->commands && m.result;
			cdp_message_release(&m);
			if (is_it)
				return 0;
			rc = 0;
		}
	}
	return rc;
}

/* ---- pages ---- */

static void free_job(struct job *j)
{
	arena_release(&j->arena);
	free(j);
}

static void count(json_t *o, const char *key, unsigned n, bool *any)
{
	if (n == 0)
		return;
	json_put_i64(o, key, n);
	*any = true;
}

/* What it tried beside: the last line of the request. */
static void put_counts(struct page *p)
{
	json_t *o = json_object();
	bool any = false;

	count(o, "dialogs", p->dialogs, &any);
	count(o, "popups", p->popups, &any);
	count(o, "forms", p->forms, &any);
	if (any && json_canonical(o, &p->chain, NULL) == 0)
		buf_putc(&p->chain, '\n');
	json_decref(o);
}

static void tell(struct browser *b, struct job *j, struct page *p, enum exchange_fault fault)
{
	/* One that was never begun ends as it begins. */
	if (!j->at_ms)
		j->at_ms = loop_now_ms(b->loop);
	struct exchange x = {
		.kind = EXCHANGE_RENDER,
		.number = j->number,
		.vantage = j->vantage.name,
		.uri = j->url,
		.at_ms = j->at_ms,
		.took_ms = loop_now_ms(b->loop) - j->at_ms,
		.fault = fault,
	};

	if (p) {
		put_counts(p);
		x.cut = p->cut;
		x.request = buf_slice(&p->chain);
		x.response = buf_slice(&p->document);
		x.picture = buf_slice(&p->picture);
		if (gate_is_over(p->gate) && !x.cut)
			x.cut = CUT_LENGTH;
	}
	if (--b->jobs == 0)
		uv_unref((uv_handle_t *)&b->kick);
	j->fn(j->ctx, &x);
	free_job(j);
}

static void on_time(uv_timer_t *t)
{
	struct slot *s = t->data;

	page_late(&s->page);
}

static void on_settled(uv_timer_t *t)
{
	struct slot *s = t->data;

	page_settled(&s->page);
}

static struct slot *slot_of(struct browser *b, const struct page *p)
{
	for (unsigned i = 0; i < b->o.at_once; i++)
		if (p == &b->slot[i].page)
			return &b->slot[i];
	return NULL;
}

void browser_page_within(struct browser *b, struct page *p, int64_t ms)
{
	struct slot *s = slot_of(b, p);

	if (s)
		uv_timer_start(&s->timer, on_time, (uint64_t)ms, 0);
}

void browser_page_settles(struct browser *b, struct page *p)
{
	struct slot *s = slot_of(b, p);

	if (s)
		uv_timer_start(&s->settle, on_settled, SETTLE_MS, 0);
}

void browser_page_over(struct browser *b, struct page *p)
{
	struct slot *s = slot_of(b, p);

	if (!s || !s->job)
		return;
	struct job *j = s->job;
	s->job = NULL;
	uv_timer_stop(&s->timer);
	uv_timer_stop(&s->settle);
	if (p->fault != FAULT_BROWSER)
		b->deaths = 0;
	tell(b, j, p, p->fault);
	page_clear(p);
	uv_async_send(&b->kick);
}

static void begin(struct slot *s, struct job *j)
{
	struct browser *b = s->b;
	struct page *p = &s->page;
	struct err err;

	j->at_ms = loop_now_ms(b->loop);
	p->url = j->url;
	p->referer = j->referer;
	p->vantage = &j->vantage;
	p->timezone = j->timezone;
	if (gate_open(p->gate, &j->vantage, &err) < 0) {
		tell(b, j, NULL, FAULT_PROXY);
		return;
	}
	s->job = j;
	uv_timer_start(&s->timer, on_time, BEGIN_MS, 0);
	page_begin(p);
}

static struct job *take_job(struct browser *b)
{
	struct job *j = b->first;

	if (!j)
		return NULL;
	b->first = j->next;
	if (!b->first)
		b->last = &b->first;
	j->next = NULL;
	return j;
}

static void give_all_up(struct browser *b, enum exchange_fault fault)
{
	for (struct job *j; (j = take_job(b));)
		tell(b, j, NULL, fault);
}

static void hand_out(uv_async_t *a)
{
	struct browser *b = a->data;
	struct err err;
	struct job *j;

	if (b->stopping || !b->first)
		return;
	if (!b->line && (b->deaths >= DEATHS_MAX || start_process(b, &err) < 0 ||
	                 open_line(b, &err) < 0)) {
		give_all_up(b, FAULT_BROWSER);
		return;
	}
	for (unsigned i = 0; i < b->o.at_once; i++)
		if (!b->slot[i].job && (j = take_job(b)))
			begin(&b->slot[i], j);
}

static void died(struct browser *b)
{
	b->deaths++;
	end_process(b);
	for (unsigned i = 0; i < b->o.at_once; i++) {
		struct slot *s = &b->slot[i];
		struct job *j = s->job;
		if (!j)
			continue;
		s->job = NULL;
		uv_timer_stop(&s->timer);
		uv_timer_stop(&s->settle);
		s->page.stage = PAGE_DONE;
		s->page.context[0] = '\0';
		s->page.gate = NULL;
		if (++j->tries < TRIES) {
			j->next = b->first;
			b->first = j;
			if (!j->next)
				b->last = &j->next;
		} else {
			tell(b, j, NULL, FAULT_BROWSER);
		}
		arena_release(&s->page.arena);
		buf_release(&s->page.chain);
		buf_release(&s->page.document);
		buf_release(&s->page.picture);
	}
	uv_async_send(&b->kick);
}

/* ---- from outside ---- */

static void handle_closed(uv_handle_t *h)
{
	struct browser *b = h->data;

	if (--b->handles)
		return;
	free(b->slot);
	free(b->user);
	free(b->opened);
	buf_release(&b->room);
	buf_release(&b->zones);
	free(b);
}

static void timer_closed(uv_handle_t *h)
{
	struct slot *s = h->data;

	h->data = s->b;
	handle_closed(h);
}

static void set_defaults(struct browser_options *o)
{
	if (!o->at_once)
		o->at_once = AT_ONCE;
	if (o->at_once > BROWSER_GATES)
		o->at_once = BROWSER_GATES;
	if (!o->load_ms)
		o->load_ms = LOAD_MS;
	if (!o->bytes)
		o->bytes = bytes_default;
	if (!o->width || !o->height) {
		o->width = WIDTH;
		o->height = HEIGHT;
	}
}

static int prepare(struct browser *b, struct loop *l, struct resolver *r,
                   const struct browser_options *o, struct err *err)
{
	size_t n = o->reach.opened_n;

	b->o = *o;
	set_defaults(&b->o);
	b->loop = l;
	b->uv = loop_uv(l);
	b->last = &b->first;
	b->process.pidfd = -1;
	b->reader.limit = b->o.bytes / 3 * 4 + MESSAGE_LEAST;
	b->user = strdup(o->user ? o->user : "nobody");
	b->opened = calloc(n + 1, sizeof(*b->opened));
	b->slot = calloc(b->o.at_once, sizeof(*b->slot));
	if (!b->user || !b->opened || !b->slot)
		return err_set(err, ERR_NOMEM, 0, "browser: no memory");
	if (n)
		memcpy(b->opened, o->reach.opened, n * sizeof(*b->opened));
	for (unsigned i = 0; i < b->o.at_once; i++)
		b->slot[i].b = b;
	const struct filter_options f = { .reach = { b->opened, n } };
	return filter_new(l, r, &f, &b->filter, err);
}

int browser_new(struct loop *l, struct resolver *r, const struct browser_options *o,
                struct browser **out, struct err *err)
{
	struct browser *b = calloc(1, sizeof(*b));
	char program[sizeof(b->program)];
	int rc = b ? browser_program(o->program, program, sizeof(program), err)
	           : err_set(err, ERR_NOMEM, 0, "browser: no memory");

	if (rc) {
		free(b);
		return rc;
	}
	memcpy(b->program, program, sizeof(program));
	rc = prepare(b, l, r, o, err);
	if (rc == 0)
		rc = start_process(b, err);
	if (rc == 0)
		rc = say_hello(b, err);
	if (rc == 0)
		rc = open_line(b, err);
	if (rc || uv_async_init(b->uv, &b->kick, hand_out) < 0) {
		if (!rc)
			rc = err_set(err, ERR_NOMEM, 0, "browser: no memory");
		end_process(b);
		filter_free(b->filter);
		free(b->slot);
		free(b->user);
		free(b->opened);
		buf_release(&b->room);
		free(b);
		return rc;
	}
	/* Without the table a page has the time of this machine. */
	if (file_read("/usr/share/zoneinfo/zone.tab", ZONES_MAX, &b->zones, NULL) < 0)
		buf_clear(&b->zones);
	b->kick.data = b;
	uv_unref((uv_handle_t *)&b->kick);
	for (unsigned i = 0; i < b->o.at_once; i++) {
		struct slot *s = &b->slot[i];
		uv_timer_init(b->uv, &s->timer);
		uv_timer_init(b->uv, &s->settle);
		s->timer.data = s->settle.data = s;
		uv_unref((uv_handle_t *)&s->timer);
		uv_unref((uv_handle_t *)&s->settle);
	}
	b->handles = 1 + 2 * b->o.at_once;
	*out = b;
	return 0;
}

void browser_free(struct browser *b)
{
	if (!b)
		return;
	b->stopping = true;
	for (unsigned i = 0; i < b->o.at_once; i++) {
		struct slot *s = &b->slot[i];
		struct job *j = s->job;
		s->job = NULL;
		if (!j)
			continue;
		tell(b, j, &s->page, FAULT_STOPPED);
		page_clear(&s->page);
	}
	give_all_up(b, FAULT_STOPPED);
	end_process(b);
	filter_free(b->filter);
	uv_close((uv_handle_t *)&b->kick, handle_closed);
	for (unsigned i = 0; i < b->o.at_once; i++) {
		uv_close((uv_handle_t *)&b->slot[i].timer, timer_closed);
		uv_close((uv_handle_t *)&b->slot[i].settle, timer_closed);
	}
}

/* The zone of a country where most of its people live: its first row (tz database, zone.tab). */
static const char *timezone_of(const struct browser *b, struct slice country, struct arena *a)
{
	struct slice rest = buf_slice(&b->zones), line, part;

	while (country.n == 2 && slice_cut(&rest, '\n', &line)) {
		if (!slice_starts(line, country))
			continue;
		for (int i = 0; i < 3; i++)
			if (!slice_cut(&line, '\t', &part))
				return NULL;
		return arena_copy(a, part).p;
	}
	return NULL;
}

static bool copy(struct job *j, struct slice from, struct slice *to)
{
	*to = arena_copy(&j->arena, from);
	return to->p != NULL;
}

static int copy_request(struct browser *b, struct job *j, const struct browser_request *q,
                        struct err *err)
{
	static const struct vantage none;
	const struct vantage *v = q->vantage ? q->vantage : &none;
	struct url u;
	int rc = url_parse(q->url, &j->arena, &u, err);

	if (rc == ERR_SYNTAX)
		return err_set(err, ERR_USAGE, 0, "browser: no http or https address");
	if (rc)
		return rc;
	j->url = u.text;
	j->vantage.trusted = v->trusted;
	if (!copy(j, q->referer, &j->referer) || !copy(j, v->name, &j->vantage.name) ||
	    !copy(j, v->country, &j->vantage.country) || !copy(j, v->proxy, &j->vantage.proxy) ||
	    !copy(j, v->local_address, &j->vantage.local_address) ||
	    !copy(j, v->accept_language, &j->vantage.accept_language) ||
	    !copy(j, v->user_agent, &j->vantage.user_agent))
		return err_set(err, ERR_NOMEM, 0, "browser: no memory");
	j->timezone = timezone_of(b, j->vantage.country, &j->arena);
	return 0;
}

int browser_start(struct browser *b, const struct browser_request *q, browser_fn fn, void *ctx,
                  struct err *err)
{
	struct job *j = calloc(1, sizeof(*j));
	int rc = j ? copy_request(b, j, q, err) : err_set(err, ERR_NOMEM, 0, "browser: no memory");

	if (rc) {
		if (j)
			free_job(j);
		return rc;
	}
	j->number = q->number;
	j->fn = fn;
	j->ctx = ctx;
	*b->last = j;
	b->last = &j->next;
	if (b->jobs++ == 0)
		uv_ref((uv_handle_t *)&b->kick);
	uv_async_send(&b->kick);
	return 0;
}

pid_t browser_pid(const struct browser *b)
{
	return b->process.pid;
}

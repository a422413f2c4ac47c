/* Chromium over sites that want more than to be shown. Sites are on 127.0.0.2, which is opened for
 * the test; on 127.0.0.1 is what they must not reach. */
#include "check.h"

#include "sys/browser.h"
#include "sys/browser_process.h"
#include "sys/reach.h"
#include "sys/small_net.h"
#include "wire/http_response.h"
#include "wire/json.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 800, HEIGHT = 600, BYTES = 1 << 20, SITE = 0x7f000002, INNER = 0x7f000001 };

struct world {
	struct loop *loop;
	struct small_http site, inner;
	struct small_dns dns;
	struct resolver *resolver;
	struct browser *browser;
	unsigned posts;  /* forms that came through */
	unsigned kills;
	char host[64];   /* "shop.example:8080" */
};

static const char page_made[] =
	"<!doctype html><title>x</title><body><h1>before</h1><script>"
	"document.querySelector('h1').textContent = ['made by script', navigator.userAgent,"
	" navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone, document.referrer,"
	" navigator.webdriver].join('|')</script>";
static const char page_meta[] = "<meta http-equiv=refresh content='1;url=/by-script'>";
static const char page_script[] = "<script>location.href = '/made'</script>";
static const char page_alerts[] = "<p>shown</p><script>for (;;) alert('pay')</script>";
static const char page_loop[] = "<p>shown</p><script>for (;;);</script><p>never</p>";
static const char page_big[] =
	"<p>shown</p><div style='display: none'></div>"
	"<script>document.querySelector('div').append('\xc3\xa4'.repeat(%u << 20))</script>";
/* Shown, and never quiet. */
static const char page_restless[] = "<p>shown</p><script>fetch('/kill-renderer')</script>";
static const char page_deadly[] = "<p>shown</p><script>fetch('/kill-browser')</script>";
/* A window, a window that forgets its opener, a download, a form, a question for a permission. */
static const char page_greedy[] =
	"<form method=post action=/buy><input name=a></form><p>shown</p><script>"
	"open('/popup'); open('/popup', '', 'noopener');"
	"navigator.geolocation.getCurrentPosition(() => document.title = 'located');"
	"const a = document.createElement('a'); a.href = '/file'; a.download = 'f'; a.click();"
	"setTimeout(() => document.forms[0].submit(), 100)</script>";

/* Each way into the inside; the page writes down what came of it. %1$u: port of the inner service.
 * */
static const char page_attack[] =
	"<body><script>"
	"const done = (n, s) => document.body.append(n + '=' + s + ';');"
	"const urls = ['http://127.0.0.1:%1$u/', 'http://localhost:%1$u/', 'http://[::1]:%1$u/',"
	" 'http://inner.example:%1$u/', 'http://127.0.0.3:%1$u/', 'http://169.254.169.254/latest/',"
	" 'http://10.0.0.1/', 'http://2130706433:%1$u/', 'https://127.0.0.1:%1$u/',"
	" 'file:///etc/passwd', 'chrome://version/'];"
	"urls.forEach((u, n) => { fetch(u, {mode: 'no-cors'}).then(() => done(n, 'OPEN'),"
	"  () => done(n, 'shut'));"
	" const f = document.createElement('iframe'); f.src = u; document.body.append(f); });"
	"const w = new WebSocket('ws://127.0.0.1:%1$u/'); w.onerror = () => done('ws', 'shut');"
	"w.onopen = () => done('ws', 'OPEN');"
	"const c = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:%1$u'}]});"
	"c.createDataChannel('x'); c.createOffer().then(o => c.setLocalDescription(o));"
	"c.onicecandidate = e => { if (e.candidate && e.candidate.candidate)"
	" done('rtc', e.candidate.candidate); };"
	"try { location.href = 'file:///etc/passwd' } catch (e) { done('file', 'shut') }"
	"</script>";

/* Of the processes in the browser's namespace of mounts, by /proc of ours (renderers have
 * networks of their own): how many, of root, with a renderer's
 * command line, with a filter of calls. */
struct crowd {
	unsigned n, roots, renderers, filtered, unsandboxed;
	pid_t renderer[64];
};

static size_t read_proc(pid_t pid, const char *what, char *out, size_t size)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(out, 1, size - 1, f) : 0;

	if (f)
		fclose(f);
	out[n] = '\0';
	return n;
}

static bool space_of(pid_t pid, char out[64])
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	ssize_t n = readlink(path, out, 63);

	out[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static struct crowd look(const char *space)
{
	struct crowd c = { 0 };
	DIR *d = opendir("/proc");
	char text[8192], theirs[64];

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));) {
		pid_t pid = (pid_t)atoi(e->d_name);
		if (pid <= 0 || !space_of(pid, theirs) || strcmp(theirs, space) != 0)
			continue;
		struct stat st;
		char path[64];
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		c.n++;
		read_proc(pid, "status", text, sizeof(text));
		const char *uid = strstr(text, "\nUid:\t");
		c.roots += stat(path, &st) == 0 && uid && atoi(uid + 6) == 0;
		bool filtered = strstr(text, "\nSeccomp:\t2") != NULL;
		size_t n = read_proc(pid, "cmdline", text, sizeof(text));
		for (size_t i = 0; i < n; i++)
			if (!text[i])
				text[i] = ' ';
		c.unsandboxed += strstr(text, "--no-sandbox") != NULL;
		if (strstr(text, "--type=renderer")) {
			c.filtered += filtered;
			if (c.renderers < ROWS(c.renderer))
				c.renderer[c.renderers++] = pid;
		}
	}
	closedir(d);
	return c;
}

/* The same when no renderer is just being born: a browser keeps one ready, and it has a moment before
 * it shuts itself in. One that never does is still there at the end. */
static struct crowd look_settled(const char *space)
{
	const struct timespec moment = { .tv_nsec = 50000000 };
	struct crowd c = look(space);

	for (int i = 0; i < 100 && c.filtered != c.renderers; i++) {
		nanosleep(&moment, NULL);
		c = look(space);
	}
	return c;
}

/* All of them: which one has the page is not known. */
static void kill_renderers(pid_t browser)
{
	char space[64];
	struct crowd c;

	if (space_of(browser, space))
		for (c = look(space); c.renderers; c.renderers--)
			kill(c.renderer[c.renderers - 1], SIGKILL);
}

static void put_page(struct buf *out, const char *body)
{
	buf_printf(out,
	           "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
	           "Content-Length: %zu\r\n\r\n%s",
	           strlen(body), body);
}

static void serve(void *ctx, struct slice head, struct buf *out, uint64_t *more)
{
	struct world *w = ctx;
	struct slice target = small_http_target(head);
	static const struct {
		const char *target, *body;
	} pages[] = {
		{ "/made", page_made },     { "/meta", page_meta },     { "/by-script", page_script },
		{ "/alerts", page_alerts }, { "/loop", page_loop },
		{ "/greedy", page_greedy }, { "/popup", "<p>a window" },
		{ "/restless", page_restless }, { "/deadly", page_deadly },
	};

	(void)more;
	if (slice_starts(head, SLICE("POST ")))
		w->posts++;
	if (slice_eq(target, SLICE("/silent")))
		return;
	if (slice_starts(target, SLICE("/kill-")) && w->kills == 0) {
		w->kills++;
		if (slice_eq(target, SLICE("/kill-browser")))
			kill(browser_pid(w->browser), SIGKILL);
		else
			kill_renderers(browser_pid(w->browser));
		return;
	}
	if (slice_eq(target, SLICE("/start"))) {
		buf_puts(out, "HTTP/1.1 302 Found\r\nLocation: /meta\r\nContent-Length: 0\r\n\r\n");
	} else if (slice_eq(target, SLICE("/again"))) {
		buf_puts(out, "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
	} else if (slice_eq(target, SLICE("/file"))) {
		buf_puts(out, "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n"
		              "Content-Disposition: attachment\r\nContent-Length: 2\r\n\r\nPK");
	} else if (slice_eq(target, SLICE("/attack"))) {
		char body[sizeof(page_attack) + 100];
		snprintf(body, sizeof(body), page_attack, (unsigned)w->inner.port);
		put_page(out, body);
	} else if (slice_eq(target, SLICE("/big"))) {
		char body[sizeof(page_big) + 100];
		snprintf(body, sizeof(body), page_big, getenv("ASSAY_TEST_LONG") ? 100u : 20u);
		put_page(out, body);
	}
	for (size_t i = 0; i < ROWS(pages); i++)
		if (slice_eq_str(target, pages[i].target))
			put_page(out, pages[i].body);
	if (!out->n)
		buf_puts(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
}

static void serve_inside(void *ctx, struct slice head, struct buf *out, uint64_t *more)
{
	(void)ctx;
	(void)head;
	(void)more;
	put_page(out, "a secret");
}

static size_t names(void *ctx, const char *name, uint32_t address[4])
{
	(void)ctx;
	address[0] = SITE;
	if (strcmp(name, "inner.example") == 0) {
		address[0] = INNER;
	} else if (strcmp(name, "mixed.example") == 0) {
		address[0] = INNER;
		address[1] = SITE;
		return 2;
	}
	return strcmp(name, "nowhere.example") != 0;
}

static void set_up(struct world *w, int64_t load_ms, unsigned at_once)
{
	struct err err = { 0 };
	struct ip_prefix open;

	*w = (struct world){ 0 };
	assert_int_equal(loop_new(&w->loop, NULL), 0);
	assert_int_equal(small_http_start(&w->site, w->loop, SITE, serve, w), 0);
	assert_int_equal(small_http_start(&w->inner, w->loop, INNER, serve_inside, w), 0);
	assert_int_equal(small_dns_start(&w->dns, w->loop, names, w), 0);
	snprintf(w->host, sizeof(w->host), "shop.example:%u", (unsigned)w->site.port);
	const struct slice server = slice_str(w->dns.server);
	const struct resolver_options r = { .server = &server, .server_n = 1,
	                                   .timeout_ms = 5000, .tries = 4 };
	assert_int_equal(resolver_new(w->loop, &r, &w->resolver, NULL), 0);
	assert_int_equal(ip_prefix_parse(SLICE("127.0.0.2/32"), &open, NULL), 0);
	const struct browser_options o = { .reach = { &open, 1 }, .load_ms = load_ms,
		                           .at_once = at_once, .bytes = BYTES, .width = WIDTH,
		                           .height = HEIGHT };
	if (browser_new(w->loop, w->resolver, &o, &w->browser, &err))
		fail_msg("%s", err.what);
}

static void tear_down(struct world *w)
{
	browser_free(w->browser);
	resolver_free(w->resolver);
	small_http_stop(&w->site);
	small_http_stop(&w->inner);
	small_dns_stop(&w->dns);
	loop_free(w->loop);
}

struct seen {
	bool came;
	enum exchange_fault fault;
	enum exchange_cut cut;
	struct buf request, response, picture;
};

static void take(void *ctx, const struct exchange *x)
{
	struct seen *s = ctx;

	assert_false(s->came);
	s->came = true;
	s->fault = x->fault;
	s->cut = x->cut;
	buf_put(&s->request, x->request);
	buf_put(&s->response, x->response);
	buf_put(&s->picture, x->picture);
	assert_int_equal(x->kind, EXCHANGE_RENDER);
	assert_true(x->at_ms > 0 && x->took_ms >= 0);
}

static void release(struct seen *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_release(&s[i].request);
		buf_release(&s[i].response);
		buf_release(&s[i].picture);
	}
}

static void start(struct world *w, const char *host, const char *path, struct seen *s)
{
	static const struct vantage v = {
		.name = { "jp-desktop", 10 },
		.country = { "JP", 2 },
		.accept_language = { "ja-JP,ja;q=0.9", 14 },
		.user_agent = { "Mozilla/5.0 (Test)", 18 },
	};
	struct err err = { 0 };
	char url[200];
	const struct browser_request q = { .number = 7, .vantage = &v,
		                           .referer = SLICE("https://www.google.co.jp/"),
		                           .url = slice_from(url, (size_t)snprintf(
		                                   url, sizeof(url), "http://%s%s", host, path)) };

	if (browser_start(w->browser, &q, take, s, &err))
		fail_msg("%s", err.what);
}

static bool has(const struct buf *b, const char *text)
{
	return slice_find_slice(buf_slice(b), slice_str(text)) < b->n;
}

static uint32_t be32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Whether the browser's /tmp, where its profile is, is another than ours. */
static bool has_own_tmp(pid_t pid)
{
	struct stat ours, theirs;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root/tmp", (int)pid);
	return stat("/tmp", &ours) == 0 && stat(path, &theirs) == 0 && ours.st_dev != theirs.st_dev;
}

static void pages_are_shown_as_their_scripts_make_them(void **state)
{
	(void)state;
	struct world w;
	enum {
		MADE, CHAIN, GREEDY, BIG, ATTACK, MIXED, NOWHERE, INSIDE, SHUT, ROUND, PAGES
	};
	struct seen s[PAGES] = { 0 }, died = { 0 };
	char host[64], space[64];

	set_up(&w, 30000, 6);
	assert_true(space_of(browser_pid(w.browser), space));
	start(&w, w.host, "/made", &s[MADE]);
	start(&w, w.host, "/start", &s[CHAIN]);
	start(&w, w.host, "/greedy", &s[GREEDY]);
	start(&w, w.host, "/big", &s[BIG]);
	start(&w, w.host, "/attack", &s[ATTACK]);
	snprintf(host, sizeof(host), "mixed.example:%u", (unsigned)w.site.port);
	start(&w, host, "/made", &s[MIXED]);
	start(&w, "nowhere.example", "/", &s[NOWHERE]);
	snprintf(host, sizeof(host), "127.0.0.1:%u", (unsigned)w.inner.port);
	start(&w, host, "/", &s[INSIDE]);
	start(&w, "shop.example:8", "/", &s[SHUT]);
	start(&w, w.host, "/again", &s[ROUND]);
	loop_run(w.loop);
	struct crowd c = look_settled(space);

	assert_int_equal(s[MADE].fault, FAULT_NONE);
	assert_int_equal(s[MADE].cut, CUT_NONE);
	assert_true(slice_starts(buf_slice(&s[MADE].response), SLICE("<!DOCTYPE html>\n<html>")));
	if (!has(&s[MADE].response, "made by script|Mozilla/5.0 (Test)|ja-JP|Asia/Tokyo|"
	                            "https://www.google.co.jp/|false</h1>"))
		fail_msg("%s", buf_str(&s[MADE].response));
	assert_true(s[MADE].picture.n > 100);
	assert_memory_equal(s[MADE].picture.p, "\x89PNG\r\n\x1a\n", 8);
	assert_int_equal(be32(s[MADE].picture.p + 16), WIDTH);
	assert_int_equal(be32(s[MADE].picture.p + 20), HEIGHT);

	char want[600];
	snprintf(want, sizeof(want),
	         "{\"by\":\"us\",\"method\":\"GET\",\"url\":\"http://%1$s/start\"}\n"
	         "{\"by\":\"http\",\"method\":\"GET\",\"url\":\"http://%1$s/meta\"}\n"
	         "{\"by\":\"page\",\"method\":\"GET\",\"url\":\"http://%1$s/by-script\"}\n"
	         "{\"by\":\"page\",\"method\":\"GET\",\"url\":\"http://%1$s/made\"}\n",
	         w.host);
	assert_string_equal(buf_str(&s[CHAIN].request), want);
	assert_true(has(&s[CHAIN].response, "made by script"));

	assert_true(has(&s[GREEDY].response, "<p>shown</p>"));
	assert_false(has(&s[GREEDY].response, "<title>located"));
	if (!has(&s[GREEDY].request, "\"forms\":1"))
		fail_msg("%s", buf_str(&s[GREEDY].request));
	assert_int_equal(w.posts, 0);

	assert_int_equal(s[BIG].fault, FAULT_NONE);
	assert_int_equal(s[BIG].cut, CUT_LENGTH);
	assert_in_range(s[BIG].response.n, BYTES - 1, BYTES); /* a character is of two octets */
	assert_true(has(&s[BIG].response, "<p>shown</p>"));

	assert_int_equal(s[ATTACK].fault, FAULT_NONE);
	if (!has(&s[ATTACK].response, "shut;") || has(&s[ATTACK].response, "=OPEN;") ||
	    has(&s[ATTACK].response, "rtc=") || has(&s[ATTACK].response, "root:"))
		fail_msg("%s", buf_str(&s[ATTACK].response));
	assert_int_equal(w.inner.hits, 0);

	assert_int_equal(s[MIXED].fault, FAULT_NONE);
	assert_int_equal(s[NOWHERE].fault, FAULT_NAME);
	assert_int_equal(s[INSIDE].fault, FAULT_ADDRESS);
	assert_int_equal(s[INSIDE].response.n, 0);
	assert_int_equal(s[SHUT].fault, FAULT_CONNECT);
	assert_int_equal(s[ROUND].fault, FAULT_PROTOCOL);

	assert_true(c.n > 2);
	assert_true(has_own_tmp(browser_pid(w.browser)));
	if (getuid() == 0)
		assert_int_equal(c.roots, 0);
	assert_int_equal(c.unsandboxed, 0);
	assert_true(c.renderers > 0);
	assert_int_equal(c.filtered, c.renderers);
	/* One that dies is made good, and the page is shown by the next. */
	pid_t first = browser_pid(w.browser);
	start(&w, w.host, "/deadly", &died);
	loop_run(w.loop);
	assert_int_equal(w.kills, 1);
	assert_int_not_equal(browser_pid(w.browser), first);
	assert_int_equal(died.fault, FAULT_NONE);
	assert_true(has(&died.response, "<p>shown</p>"));

	assert_true(space_of(browser_pid(w.browser), space));
	tear_down(&w);
	assert_int_equal(look(space).n, 0);
	release(s, PAGES);
	release(&died, 1);
}

static void pages_that_hang_or_crash_end_in_a_record(void **state)
{
	(void)state;
	struct world w;
	enum { SILENT, LOOP, ALERTS, PAGES };
	struct seen s[PAGES] = { 0 }, crashed = { 0 }, stopped = { 0 };

	set_up(&w, 6000, 3);
	start(&w, w.host, "/silent", &s[SILENT]);
	start(&w, w.host, "/loop", &s[LOOP]);
	start(&w, w.host, "/alerts", &s[ALERTS]);
	loop_run(w.loop);
	assert_int_equal(s[SILENT].fault, FAULT_TIMEOUT);
	assert_true(has(&s[SILENT].request, "/silent"));
	assert_int_equal(s[SILENT].response.n, 0);
	assert_int_equal(s[LOOP].fault, FAULT_TIMEOUT);
	assert_int_equal(s[LOOP].cut, CUT_TIME);
	assert_true(has(&s[LOOP].response, "<p>shown</p>"));
	assert_int_equal(s[ALERTS].fault, FAULT_TIMEOUT);
	/* Its document comes if its script could be ended in time. */
	assert_true(has(&s[ALERTS].request, "{\"dialogs\":"));
	assert_true(s[ALERTS].response.n == 0 || has(&s[ALERTS].response, "<p>shown</p>"));

	start(&w, w.host, "/restless", &crashed);
	loop_run(w.loop);
	assert_int_equal(w.kills, 1);
	assert_int_equal(crashed.fault, FAULT_BROWSER);

	start(&w, w.host, "/silent", &stopped);
	tear_down(&w);
	assert_int_equal(stopped.fault, FAULT_STOPPED);
	release(s, PAGES);
	release(&crashed, 1);
	release(&stopped, 1);
}

static void what_is_missing_is_said(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct loop *l;
	struct browser *b = NULL;
	char path[200];
	const struct browser_options missing = { .program = "/nowhere/chromium" },
				     nobody = { .user = "not-there" }, root = { .user = "root" };

	assert_int_equal(loop_new(&l, NULL), 0);
	assert_int_equal(browser_new(l, NULL, &missing, &b, &err), ERR_NOTFOUND);
	assert_int_equal(browser_program("no-such-chromium", path, sizeof(path), &err), ERR_NOTFOUND);
	if (getuid() == 0) {
		assert_int_equal(browser_new(l, NULL, &nobody, &b, &err), ERR_REFUSED);
		assert_int_equal(browser_new(l, NULL, &root, &b, &err), ERR_REFUSED);
	}
	loop_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(pages_are_shown_as_their_scripts_make_them),
		cmocka_unit_test(pages_that_hang_or_crash_end_in_a_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

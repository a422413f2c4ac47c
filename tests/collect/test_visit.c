#include "check.h"

#include "small_world.h"

#include "model/vantage.h"

#define PAGE(body) "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" body
#define MOVED(to) "HTTP/1.1 302 Found\r\nLocation: " to "\r\n\r\n"

static struct tables tables;
static const struct vantage jp = { .name = { "jp", 2 }, .country = { "JP", 2 },
	.user_agent = { "x", 1 }, .referer = { "https://search.example/", 23 } };
static const struct subject shop = { SUBJECT_REGISTRABLE, { "shop.example", 12 } };

static int set_up(void **state)
{
	(void)state;
	tables = tables_load();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tables_release(&tables);
	return 0;
}

/* What an observation says under a path such as "absence/how", "redirects/0/how". */
static const json_t *at(const json_t *o, const char *path)
{
	struct slice rest = slice_str(path), part;

	while (o && slice_cut(&rest, '/', &part)) {
		char key[64] = "";
		memcpy(key, part.p, part.n < 63 ? part.n : 63);
		o = json_is_array(o) ? json_array_get(o, (size_t)atoi(key)) : json_object_get(o, key);
	}
	return o;
}

static struct slice text_at(const json_t *o, const char *path)
{
	return json_text(at(o, path));
}

/* The k-th observation of a kind. */
static const json_t *seen(const struct small_world *w, const char *what, size_t k)
{
	const json_t *o;
	size_t i;

	json_array_foreach(w->seen, i, o)
		if (slice_eq_str(json_str(o, "what"), what) && k-- == 0)
			return o;
	return NULL;
}

static void check_log(const struct small_world *w, const char *want)
{
	CHECK_SLICE(0, "what was asked for", buf_slice(&w->log), slice_str(want));
	check_done();
}

static void visit(struct small_world *w, unsigned pages, unsigned depth, bool render)
{
	struct err err = { 0 };

	w->tables = &tables;
	int rc = small_visit(w, shop, &jp, pages, depth, render, &err);
	if (rc)
		fail_msg("%s", err.what);
}

#define P(u, r) { .url = u, .response = r }
#define F(u, r, f) { .url = u, .response = r, .fault = f }
#define WORLD(...) { .page = (const struct small_page[]){ __VA_ARGS__ }, \
	.n = sizeof((const struct small_page[]){ __VA_ARGS__ }) / sizeof(struct small_page) }

static void a_site_is_seen_page_by_page(void **state)
{
	(void)state;
	struct small_world w = WORLD(
		P("https://shop.example/",
		  PAGE("<title>Pills</title><link rel=icon href=/i.png><p>Sildenafil tablets"
		       "<a href=/about>About us</a><a href=/ship?x=1 rel=nofollow>Shipping</a>"
		       "<a href=/cart?add=1>Cart</a><a href=/logout>About</a>"
		       "<a href=https://else.example/contact>Contact</a>"
		       "<a href=/x>Add to cart</a><form action=/buy method=post><input name=q></form>"
		       "<img src=//seal.example/legitscript.png alt=LegitScript>")),
		P("https://shop.example/about", PAGE("About <a href=/contact>Contact</a>")),
		P("https://shop.example/ship?x=1", PAGE("Shipping of viagra")));
	visit(&w, 12, 1, false);
	check_log(&w, "GET https://shop.example/ https://search.example/\n"
	              "IMAGE https://shop.example/i.png https://shop.example/\n"
	              "IMAGE https://seal.example/legitscript.png https://shop.example/\n"
	              "GET https://shop.example/ship?x=1 https://shop.example/\n"
	              "GET https://shop.example/about https://shop.example/\n");
	const json_t *home = seen(&w, "page", 0);
	CHECK_SLICE(0, "role", text_at(home, "role"), SLICE("home"));
	CHECK_SLICE(0, "title", text_at(home, "title"), SLICE("Pills"));
	CHECK_SLICE(0, "drugs", text_at(home, "drugs/0"), SLICE("sildenafil"));
	CHECK_SLICE(0, "vantage", text_at(home, "vantage"), SLICE("jp"));
	CHECK_SLICE(0, "src", text_at(home, "src"), SLICE("vantage:jp"));
	CHECK_INT(0, "forms", json_i64(at(home, "forms"), "n", 0), 1);
	CHECK_INT(0, "sketch", json_array_size(at(home, "sketch")), 64);
	const json_t *ship = seen(&w, "page", 1);
	CHECK_SLICE(0, "class", text_at(ship, "class"), SLICE("shipping"));
	CHECK_INT(0, "nofollow", json_flag(ship, "nofollow", false), true);
	CHECK_SLICE(0, "drugs", text_at(ship, "drugs/0"), SLICE("sildenafil"));
	CHECK_SLICE(0, "image", text_at(seen(&w, "image", 1), "role"), SLICE("seal"));
	CHECK_INT(0, "pages", seen(&w, "page", 3) == NULL, true);
	check_done();
	small_release(&w);
}

static void pages_below_inner_pages_come_at_depth_two(void **state)
{
	(void)state;
	struct small_world w = WORLD(
		P("https://shop.example/", PAGE("<link rel=icon href='data:,'>"
		                                "<a href=/about>About us</a>")),
		P("https://shop.example/about", PAGE("<a href=/c>Contact</a><a href=/about>About</a>")),
		P("https://shop.example/c", PAGE("<a href=/faq>FAQ</a>")));
	visit(&w, 12, 2, false);
	check_log(&w, "GET https://shop.example/ https://search.example/\n"
	              "IMAGE https://shop.example/favicon.ico https://shop.example/\n"
	              "GET https://shop.example/about https://shop.example/\n"
	              "GET https://shop.example/c https://shop.example/about\n");
	small_release(&w);
}

static void a_chain_is_told_hop_by_hop(void **state)
{
	(void)state;
	struct small_world w = WORLD(
		P("https://shop.example/", MOVED("/a")),
		P("https://shop.example/a",
		  "HTTP/1.1 200 OK\r\nRefresh: 0; url=/b\r\n\r\n<p>wait"),
		P("https://shop.example/b",
		  PAGE("<meta http-equiv=refresh content=\"3;url='https://next.example/c'\">")),
		P("https://next.example/c", PAGE("<script>location.href='http://flag.example/'</script>")),
		P("http://flag.example/", PAGE("<title>Flagship</title><a href=/about>About us</a>")));
	visit(&w, 12, 1, false);
	check_log(&w, "GET https://shop.example/ https://search.example/\n"
	              "GET https://shop.example/a https://search.example/\n"
	              "GET https://shop.example/b https://shop.example/a\n"
	              "GET https://next.example/c https://shop.example/\n"
	              "GET http://flag.example/ \n"
	              "IMAGE http://flag.example/favicon.ico http://flag.example/\n");
	const json_t *o = seen(&w, "page", 0);
	static const char *const how[] = { "http", "refresh", "meta", "script" };
	for (int i = 0; i < 4; i++) {
		char path[32];
		snprintf(path, sizeof(path), "redirects/%d/how", i);
		CHECK_SLICE(i, path, text_at(o, path), slice_str(how[i]));
		snprintf(path, sizeof(path), "redirects/%d/evidence", i);
		CHECK_INT(i, path, text_at(o, path).n, 71);
	}
	CHECK_INT(0, "status", json_i64(at(o, "redirects/0"), "status", 0), 302);
	CHECK_SLICE(0, "role", text_at(o, "role"), SLICE("landing"));
	CHECK_SLICE(0, "lands_on", text_at(o, "lands_on"), SLICE("flag.example"));
	check_done();
	small_release(&w);
}

/* Redirects that are not followed end the chain, and the page says why. */
static void a_chain_ends(void **state)
{
	(void)state;
	static const struct {
		const char *home, *stopped, *leads_to;
	} rows[] = {
		{ MOVED("https://shop.example/"), "loop", "https://shop.example/" },
		{ MOVED("javascript:alert(1)"), "refused", "javascript:alert(1)" },
		{ MOVED("data:text/html,<b>x"), "refused", "data:text/html,<b>x" },
		{ MOVED("ftp://files.example/"), "refused", "ftp://files.example/" },
		{ MOVED("/cart/add/7"), "acts", "https://shop.example/cart/add/7" },
		{ MOVED("/?action=confirm_order"), "acts", "https://shop.example/?action=confirm_order" },
		{ PAGE("<meta http-equiv=refresh content='600;url=/later'>"), "later",
		  "https://shop.example/later" },
		{ PAGE("<script>location='javascript:x'</script>"), "refused", "javascript:x" },
		{ PAGE("<meta http-equiv=refresh content='5'>"), NULL, NULL },
		{ PAGE("<meta http-equiv=refresh content='5;url=/'>"), NULL, NULL },
		{ PAGE("<noscript><meta http-equiv=refresh content='0;url=/js'></noscript>"), NULL, NULL },
		{ MOVED(""), NULL, NULL },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct small_page page = { .url = "https://shop.example/", .response = rows[i].home };
		struct small_world w = { .page = &page, .n = 1 };
		visit(&w, 0, 1, false);
		const json_t *o = seen(&w, "page", 0);
		CHECK_INT(i, rows[i].home, o != NULL, true);
		CHECK_SLICE(i, rows[i].home, text_at(o, "stopped"), slice_str(rows[i].stopped));
		CHECK_SLICE(i, rows[i].home, text_at(o, "leads_to"), slice_str(rows[i].leads_to));
		CHECK_INT(i, rows[i].home, at(o, "redirects") == NULL, true);
		small_release(&w);
	}
	check_done();
}

static void a_chain_without_end_is_cut(void **state)
{
	(void)state;
	static struct small_page page[40];
	static char url[40][64], response[40][128];
	for (int i = 0; i < 40; i++) {
		snprintf(url[i], 64, i ? "https://shop.example/%d" : "https://shop.example/", i);
		snprintf(response[i], 128, MOVED("/%d"), i + 1);
		page[i] = (struct small_page){ .url = url[i], .response = response[i] };
	}
	struct small_world w = { .page = page, .n = 40 };
	visit(&w, 12, 1, false);
	const json_t *o = seen(&w, "page", 0);
	CHECK_INT(0, "hops", json_array_size(at(o, "redirects")), RECIPE_REDIRECTS);
	CHECK_SLICE(0, "why", text_at(o, "stopped"), SLICE("limit"));
	check_done();
	small_release(&w);
}

static void a_start_that_fails_is_tried_otherwise(void **state)
{
	(void)state;
	static const struct {
		enum exchange_fault apex, plain, www;
		const char *want, *how;
	} rows[] = {
		{ FAULT_CONNECT, FAULT_NONE, FAULT_NONE,
		  "GET https://shop.example/ https://search.example/\n"
		  "GET http://shop.example/ https://search.example/\n", NULL },
		{ FAULT_TLS, FAULT_CONNECT, FAULT_NONE,
		  "GET https://shop.example/ https://search.example/\n"
		  "GET http://shop.example/ https://search.example/\n", "connect" },
		{ FAULT_NAME, FAULT_NAME, FAULT_NONE,
		  "GET https://shop.example/ https://search.example/\n"
		  "GET https://www.shop.example/ https://search.example/\n", NULL },
		{ FAULT_NAME, FAULT_NAME, FAULT_NAME,
		  "GET https://shop.example/ https://search.example/\n"
		  "GET https://www.shop.example/ https://search.example/\n", "no-address" },
		{ FAULT_ADDRESS, FAULT_NONE, FAULT_NONE,
		  "GET https://shop.example/ https://search.example/\n", "special-address" },
		{ FAULT_PROXY, FAULT_NONE, FAULT_NONE,
		  "GET https://shop.example/ https://search.example/\n", "proxy" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct small_page pages[] = {
			{ .url = "https://shop.example/", .fault = rows[i].apex },
			{ .url = "http://shop.example/", .fault = rows[i].plain },
			{ .url = "https://www.shop.example/", .fault = rows[i].www },
			{ .url = "https://www.shop.example/favicon.ico" },
		};
		for (int k = 0; k < 3; k++)
			if (pages[k].fault == FAULT_NONE)
				pages[k].response = PAGE("here");
		struct small_world w = { .page = pages, .n = 4 };
		visit(&w, 0, 0, false);
		struct slice log = buf_slice(&w.log);
		CHECK_SLICE(i, "asked", slice_sub(log, 0, strlen(rows[i].want)),
		            slice_str(rows[i].want));
		const json_t *absence = seen(&w, "absence", 0), *page = seen(&w, "page", 0);
		if (rows[i].how) {
			CHECK_SLICE(i, "how", text_at(absence, "absence/how"), slice_str(rows[i].how));
			CHECK_SLICE(i, "of", text_at(absence, "absence/of"),
			            rows[i].apex == FAULT_PROXY ? SLICE("capture") : SLICE("page"));
			CHECK_INT(i, "page", page == NULL, true);
		} else {
			CHECK_INT(i, "page", page != NULL, true);
			CHECK_SLICE(i, "tried", text_at(page, "tried/0/url"),
			            SLICE("https://shop.example/"));
		}
		small_release(&w);
	}
	check_done();
}

static void a_dead_end_is_told(void **state)
{
	(void)state;
	struct small_world w = WORLD(
		P("https://shop.example/", PAGE("<a href=/about>About us</a><a href=/c>Contact</a>"
		                                "<a href=/faq>FAQ</a><a href=/t>Terms</a>")),
		F("https://shop.example/about", NULL, FAULT_TIMEOUT),
		P("https://shop.example/c", PAGE("kills")),
		F("https://shop.example/faq", "no response", FAULT_PROTOCOL),
		F("https://shop.example/t", PAGE("cut"), FAULT_CLOSED));
	w.kills = "https://shop.example/c";
	visit(&w, 12, 1, false);
	CHECK_SLICE(0, "timeout", text_at(seen(&w, "absence", 0), "absence/how"), SLICE("timeout"));
	int unread = 0, protocol = 0, closed = 0;
	for (size_t k = 0; seen(&w, "page", k); k++) {
		const json_t *o = seen(&w, "page", k);
		unread += slice_eq_str(text_at(o, "unread"), "parser");
		protocol += slice_eq_str(text_at(o, "fault"), "protocol");
		closed += slice_eq_str(text_at(o, "fault"), "closed") && at(o, "text");
	}
	CHECK_INT(0, "unread", unread, 1);
	CHECK_INT(0, "protocol", protocol, 1);
	CHECK_INT(0, "closed", closed, 1);
	check_done();
	small_release(&w);

	struct small_page gone = { .url = "https://shop.example/",
		                   .response = "HTTP/1.1 410 Gone\r\n\r\ngone" };
	struct small_world g = { .page = &gone, .n = 1 };
	visit(&g, 12, 1, false);
	CHECK_SLICE(0, "gone", text_at(seen(&g, "absence", 0), "absence/how"), SLICE("http-410"));
	CHECK_INT(0, "page", json_i64(seen(&g, "page", 0), "status", 0), 410);
	check_done();
	small_release(&g);
}

static void a_page_without_text_is_shown_by_a_browser(void **state)
{
	(void)state;
	struct small_world w = WORLD(
		P("https://shop.example/", PAGE("<div id=root></div><script src=/a.js></script>")),
		P("https://shop.example/about", PAGE("<p>About our pharmacy and its people")));
	w.rendered = "<title>Shown</title><a href=/about>About us</a>";
	visit(&w, 12, 1, true);
	check_log(&w, "GET https://shop.example/ https://search.example/\n"
	              "IMAGE https://shop.example/favicon.ico https://shop.example/\n"
	              "SHOW https://shop.example/ https://search.example/\n"
	              "GET https://shop.example/about https://shop.example/\n");
	CHECK_SLICE(0, "hint", text_at(seen(&w, "page", 0), "hints/0"), SLICE("empty_without_script"));
	CHECK_INT(0, "rendered", json_flag(seen(&w, "page", 1), "rendered", false), true);
	CHECK_SLICE(0, "title", text_at(seen(&w, "page", 1), "title"), SLICE("Shown"));
	CHECK_SLICE(0, "inner", text_at(seen(&w, "page", 2), "class"), SLICE("about"));
	small_release(&w);

	w.rendered = NULL;
	visit(&w, 12, 1, true);
	CHECK_SLICE(0, "of", text_at(seen(&w, "absence", 0), "absence/of"), SLICE("rendering"));
	CHECK_SLICE(0, "how", text_at(seen(&w, "absence", 0), "absence/how"), SLICE("browser"));
	check_done();
	small_release(&w);
}

static void certificates_are_told_once_a_host(void **state)
{
	(void)state;
	struct slice chain[] = { SLICE("no certificate"), SLICE("nor this") };
	struct small_world w = WORLD(
		P("https://shop.example/", PAGE("<a href=/about>About us</a>")),
		P("https://shop.example/about", PAGE("x")));
	char hex[SHA256_HEX];
	w.chain = chain;
	w.chain_n = 2;
	visit(&w, 12, 1, false);
	sha256_hex(sha256_of(chain[0]), hex);
	const json_t *tls = seen(&w, "tls", 0);
	CHECK_SLICE(0, "sha256", text_at(tls, "tls/sha256"), slice_str(hex));
	CHECK_SLICE(0, "host", text_at(tls, "tls/host"), SLICE("shop.example"));
	CHECK_SLICE(0, "verify", text_at(tls, "tls/verify"), SLICE("self-signed certificate"));
	CHECK_INT(0, "chain", json_array_size(at(tls, "tls/chain")), 1);
	CHECK_INT(0, "once", seen(&w, "tls", 1) == NULL, true);
	check_done();
	small_release(&w);
}

/* The reading process may be taken over by what it reads: what it answers is only believed where it
 * can do no harm. */
static void a_lying_reading_does_no_harm(void **state)
{
	(void)state;
	static const char lies[] =
	    "{\"kind\":\"html\",\"icon\":\"http://shop.example/logout\",\"seals\":[\"file:///etc/passwd\"],"
	    "\"links\":[{\"class\":\"about\",\"url\":\"https://inner.example/about\"},"
	    "{\"class\":\"about\",\"url\":\"https://shop.example/?add=1\"},"
	    "{\"class\":\"acts\",\"url\":\"https://shop.example/y\"},"
	    "{\"class\":\"about\",\"url\":7},7,"
	    "{\"class\":\"about\",\"url\":\"https://u:p@shop.example/about\"}],"
	    "\"redirects\":[{\"how\":\"http\"}]}";
	struct visit_options o = { .subject = shop };
	struct small_world w = { .seen = json_array() };
	struct arena arena = { 0 };
	struct asks asks = { 0 };
	struct visit *v;
	json_t *reading;
	struct err err = { 0 };
	o.observe = small_observe;
	o.ctx = &w;
	assert_int_equal(recipe_for(shop, &jp, &arena, &o.recipe, &err), 0);
	assert_int_equal(visit_new(&o, &v, &err), 0);
	assert_int_equal(visit_start(v, &asks, &err), 0);
	struct exchange x = { .response = SLICE(PAGE("x")) };
	struct answer a = { .number = 1, .exchange = &x, .has_evidence = true,
		            .evidence = { .media_type = SLICE("text/html") } };
	assert_int_equal(visit_answer(v, &a, &asks, &err), 0);
	assert_int_equal(json_parse(slice_str(lies), 1 << 20, &reading, &err), 0);
	struct answer b = { .number = 2, .reading = reading };
	assert_int_equal(visit_answer(v, &b, &asks, &err), 0);
	assert_int_equal(asks.n, 2);
	assert_true(visit_is_done(v));
	assert_int_equal(visit_answer(v, &b, &asks, &err), ERR_USAGE);
	json_decref(reading);
	visit_free(v);
	asks_release(&asks);
	arena_release(&arena);
	small_release(&w);
}

/* The same answers give the same bytes. */
static void a_visit_is_repeatable(void **state)
{
	(void)state;
	char *line[2];
	for (int k = 0; k < 2; k++) {
		struct small_world w = WORLD(
			P("https://shop.example/", PAGE("<a href=/about>About us</a><a href=/p>Viagra</a>")),
			P("https://shop.example/about", MOVED("/us")));
		visit(&w, 12, 2, false);
		line[k] = json_dumps(w.seen, JSON_SORT_KEYS);
		small_release(&w);
	}
	assert_string_equal(line[0], line[1]);
	free(line[0]);
	free(line[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_site_is_seen_page_by_page),
		cmocka_unit_test(pages_below_inner_pages_come_at_depth_two),
		cmocka_unit_test(a_chain_is_told_hop_by_hop),
		cmocka_unit_test(a_chain_ends),
		cmocka_unit_test(a_chain_without_end_is_cut),
		cmocka_unit_test(a_start_that_fails_is_tried_otherwise),
		cmocka_unit_test(a_dead_end_is_told),
		cmocka_unit_test(a_page_without_text_is_shown_by_a_browser),
		cmocka_unit_test(certificates_are_told_once_a_host),
		cmocka_unit_test(a_lying_reading_does_no_harm),
		cmocka_unit_test(a_visit_is_repeatable),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* What passes the filter, by which way, and what it says of the rest. Sites are on 127.0.0.2, which
 * is opened for the test. */
#include "check.h"

#include "sys/filter.h"
#include "sys/small_net.h"

#include <unistd.h>

enum { SITE = 0x7f000002, INNER = 0x7f000001 };

struct world {
	struct loop *loop;
	struct small_http site, inner, http_proxy, socks_proxy;
	struct small_dns dns;
	struct resolver *resolver;
	struct filter *filter;
	struct gate *gate;
	uint16_t port;
	char asked[300], proxy_asked[300]; /* the last head */
	unsigned moves;                    /* rebinding: times that the name was asked for */
};

static void serve(void *ctx, struct slice head, struct buf *out, uint64_t *more)
{
	struct world *w = ctx;

	snprintf(w->asked, sizeof(w->asked), "%.*s", SLICE_ARG(head));
	if (slice_eq(small_http_target(head), SLICE("/endless")))
		*more = UINT64_MAX;
	if (slice_eq(small_http_target(head), SLICE("/silent")))
		return;
	buf_puts(out, "HTTP/1.1 200 OK\r\n\r\nthe site");
}

static void serve_inside(void *ctx, struct slice head, struct buf *out, uint64_t *more)
{
	(void)ctx;
	(void)head;
	(void)more;
	buf_puts(out, "HTTP/1.1 200 OK\r\n\r\na secret");
}

static void http_proxy(void *ctx, struct slice head, struct buf *out, uint64_t *more)
{
	struct world *w = ctx;

	(void)more;
	snprintf(w->proxy_asked, sizeof(w->proxy_asked), "%.*s", SLICE_ARG(head));
	if (slice_starts(head, SLICE("CONNECT ")))
		buf_puts(out, "HTTP/1.1 200 OK\r\n\r\n");
	buf_puts(out, "through http");
}

static void socks_proxy(void *ctx, struct slice bytes, struct buf *out, uint64_t *more)
{
	struct world *w = ctx;

	if (bytes.n == 3)
		buf_put(out, SLICE("\x05\x00"));
	if (bytes.n < 13)
		return;
	snprintf(w->proxy_asked, sizeof(w->proxy_asked), "%d.%d.%d.%d", bytes.p[7], bytes.p[8],
	         bytes.p[9], bytes.p[10]);
	buf_put(out, SLICE("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00through socks"));
	*more = 1;
}

static size_t names(void *ctx, const char *name, uint32_t address[4])
{
	struct world *w = ctx;

	address[0] = SITE;
	if (strcmp(name, "inner.example") == 0)
		address[0] = INNER;
	if (strcmp(name, "mixed.example") == 0) {
		address[0] = INNER;
		address[1] = SITE;
		return 2;
	}
	if (strcmp(name, "moves.example") == 0 && w->moves++)
		address[0] = INNER;
	return strcmp(name, "nowhere.example") != 0;
}

static int listening(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void set_up(struct world *w, struct filter_options o)
{
	static struct ip_prefix open;

	*w = (struct world){ 0 };
	assert_int_equal(loop_new(&w->loop, NULL), 0);
	assert_int_equal(small_http_start(&w->site, w->loop, SITE, serve, w), 0);
	assert_int_equal(small_http_start(&w->inner, w->loop, INNER, serve_inside, w), 0);
	assert_int_equal(small_http_start(&w->http_proxy, w->loop, INNER, http_proxy, w), 0);
	assert_int_equal(small_http_start(&w->socks_proxy, w->loop, INNER, socks_proxy, w), 0);
	w->socks_proxy.is_raw = true;
	assert_int_equal(small_dns_start(&w->dns, w->loop, names, w), 0);
	const struct slice server = slice_str(w->dns.server);
	const struct resolver_options r = { .server = &server, .server_n = 1,
	                                   .timeout_ms = 5000, .tries = 4 };
	assert_int_equal(resolver_new(w->loop, &r, &w->resolver, NULL), 0);
	assert_int_equal(ip_prefix_parse(SLICE("127.0.0.2/32"), &open, NULL), 0);
	o.reach = (struct reach){ &open, 1 };
	assert_int_equal(filter_new(w->loop, w->resolver, &o, &w->filter, NULL), 0);
	assert_int_equal(gate_new(w->filter, listening(&w->port), &w->gate, NULL), 0);
}

static void tear_down(struct world *w)
{
	gate_free(w->gate);
	resolver_free(w->resolver);
	filter_free(w->filter);
	small_http_stop(&w->site);
	small_http_stop(&w->inner);
	small_http_stop(&w->http_proxy);
	small_http_stop(&w->socks_proxy);
	small_dns_stop(&w->dns);
	loop_free(w->loop);
}

/* What is heard when that is said; %u in it is the site's port, %v the inner one. */
static void say(struct world *w, const char *format, char out[300])
{
	struct small_client c;
	char text[1000] = "";
	size_t n = 0;

	for (const char *f = format; *f && n < sizeof(text) - 10; f++) {
		if (*f == '%' && (f[1] == 'u' || f[1] == 'v'))
			n += (size_t)snprintf(text + n, 8, "%u",
			                      (unsigned)(*++f == 'u' ? w->site.port : w->inner.port));
		else
			text[n++] = *f;
	}
	small_client_start(&c, w->loop, w->port, text);
	loop_run(w->loop);
	assert_true(c.is_over);
	snprintf(out, 300, "%.*s", SLICE_ARG(slice_sub(buf_slice(&c.heard), 0, 299)));
	buf_release(&c.heard);
}

static void what_may_be_reached_is_and_nothing_else(void **state)
{
	(void)state;
	static const char refused[] = "HTTP/1.1 502 Bad Gateway\r\n",
			  site[] = "HTTP/1.1 200 OK\r\n\r\nthe site",
			  tunnel[] = "HTTP/1.1 200 Connection established\r\n\r\n"
				     "HTTP/1.1 200 OK\r\n\r\nthe site";
	static const struct {
		const char *says, *heard, *host;
		enum exchange_fault fault;
	} rows[] = {
		{ "GET http://shop.example:%u/a HTTP/1.1\r\nHost: x\r\n\r\n", site, "shop.example",
		  FAULT_NONE },
		{ "CONNECT shop.example:%u HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", tunnel,
		  "shop.example", FAULT_NONE },
		{ "CONNECT mixed.example:%u HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", tunnel,
		  "mixed.example", FAULT_NONE },
		{ "CONNECT 127.0.0.2:%u HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", tunnel, "127.0.0.2",
		  FAULT_NONE },
		{ "CONNECT 127.0.0.1:%v HTTP/1.1\r\n\r\n", refused, "127.0.0.1", FAULT_ADDRESS },
		{ "GET http://127.0.0.1:%v/ HTTP/1.1\r\n\r\n", "", "127.0.0.1", FAULT_ADDRESS },
		{ "GET http://inner.example:%v/ HTTP/1.1\r\n\r\n", "", "inner.example", FAULT_ADDRESS },
		{ "GET http://localhost:%v/ HTTP/1.1\r\n\r\n", "", "localhost", FAULT_ADDRESS },
		{ "GET http://a.localhost:%v/ HTTP/1.1\r\n\r\n", "", "a.localhost", FAULT_ADDRESS },
		{ "CONNECT [::1]:%v HTTP/1.1\r\n\r\n", refused, "::1", FAULT_ADDRESS },
		{ "CONNECT [::ffff:127.0.0.1]:%v HTTP/1.1\r\n\r\n", refused, "::ffff:127.0.0.1",
		  FAULT_ADDRESS },
		{ "GET http://169.254.169.254:%v/ HTTP/1.1\r\n\r\n", "", "169.254.169.254",
		  FAULT_ADDRESS },
		{ "GET http://2130706433:%v/ HTTP/1.1\r\n\r\n", "", "2130706433", FAULT_NONE },
		{ "CONNECT nowhere.example:%u HTTP/1.1\r\n\r\n", refused, "nowhere.example",
		  FAULT_NAME },
		{ "CONNECT 127.0.0.2:1 HTTP/1.1\r\n\r\n", refused, "127.0.0.2", FAULT_CONNECT },
		{ "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n", "", "shop.example", FAULT_NONE },
		{ "GET file:///etc/passwd HTTP/1.1\r\n\r\n", "", "", FAULT_NONE },
	};
	struct world w;
	char heard[300];

	set_up(&w, (struct filter_options){ 0 });
	say(&w, "CONNECT shop.example:%u HTTP/1.1\r\n\r\n", heard);
	assert_string_equal(heard, ""); /* it is not open */
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint16_t port = strstr(rows[i].says, ":1 ")   ? 1
		                : strstr(rows[i].says, "%v") ? w.inner.port
		                                             : w.site.port;
		assert_int_equal(gate_open(w.gate, NULL, NULL), 0);
		say(&w, rows[i].says, heard);
		CHECK_SLICE(i, rows[i].says, slice_sub(slice_str(heard), 0, strlen(rows[i].heard)),
		            slice_str(rows[i].heard));
		CHECK_INT(i, rows[i].says, heard[0] == 0, rows[i].heard[0] == 0);
		CHECK_INT(i, rows[i].says, gate_fault(w.gate, slice_str(rows[i].host), port),
		          rows[i].fault);
	}
	check_done();
	assert_int_equal(w.inner.hits, 0);
	say(&w, rows[0].says, heard);
	assert_non_null(strstr(w.asked, "GET /a HTTP/1.1\r\nHost: shop.example:"));
	tear_down(&w);
}

/* It is asked for once, and by its address; what it answers later is for later. */
static void a_name_that_moves_inside_is_not_followed(void **state)
{
	(void)state;
	struct world w;
	char heard[300];

	set_up(&w, (struct filter_options){ 0 });
	assert_int_equal(gate_open(w.gate, NULL, NULL), 0);
	for (int i = 0; i < 3; i++)
		say(&w, "GET http://moves.example:%v/ HTTP/1.1\r\n\r\n", heard);
	assert_int_equal(w.inner.hits, 0);
	tear_down(&w);
}

static void the_way_is_that_of_the_vantage(void **state)
{
	(void)state;
	static const char tunnel[] = "CONNECT shop.example:80 HTTP/1.1\r\n\r\n",
			  plain[] = "GET http://shop.example/a HTTP/1.1\r\n\r\n",
			  inside[] = "CONNECT inner.example:80 HTTP/1.1\r\n\r\n";
	static const struct {
		const char *what, *proxy, *says;
		bool trusted;
		const char *heard, *proxy_asked;
	} rows[] = {
		{ "a tunnel to the address", "http", tunnel, false, "through http",
		  "CONNECT 127.0.0.2:80 HTTP/1.1\r\n" },
		{ "a tunnel for plain HTTP too", "http", plain, false, "through http",
		  "CONNECT 127.0.0.2:80 HTTP/1.1\r\n" },
		{ "a trusted one is given the name", "http", tunnel, true, "through http",
		  "CONNECT shop.example:80 HTTP/1.1\r\n" },
		{ "and the whole address", "http", plain, true, "through http",
		  "GET http://shop.example/a HTTP/1.1\r\nHost: shop.example\r\n" },
		{ "not to the inside", "http", inside, false, "502", "" },
		{ "socks", "socks5", tunnel, false, "through socks", "127.0.0.2" },
		{ "socks for plain HTTP", "socks5", plain, false, "through socks", "127.0.0.2" },
	};
	struct world w;
	char heard[300], proxy[60];

	set_up(&w, (struct filter_options){ 0 });
	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(proxy, sizeof(proxy), "%s://127.0.0.1:%u", rows[i].proxy,
		         (unsigned)(rows[i].proxy[0] == 'h' ? w.http_proxy.port : w.socks_proxy.port));
		const struct vantage v = { .proxy = slice_str(proxy), .trusted = rows[i].trusted };
		w.proxy_asked[0] = '\0';
		assert_int_equal(gate_open(w.gate, &v, NULL), 0);
		say(&w, rows[i].says, heard);
		CHECK_INT(i, rows[i].what, strstr(heard, rows[i].heard) != NULL, 1);
		CHECK_SLICE(i, rows[i].what,
		            slice_sub(slice_str(w.proxy_asked), 0, strlen(rows[i].proxy_asked)),
		            slice_str(rows[i].proxy_asked));
		CHECK_INT(i, rows[i].what, w.proxy_asked[0] == 0, rows[i].proxy_asked[0] == 0);
	}
	check_done();
	/* One that is not there is the proxy's fault, not the site's. */
	const struct vantage dead = { .proxy = SLICE("http://127.0.0.1:1") },
			     local = { .local_address = SLICE("127.0.0.9") },
			     none = { .proxy = SLICE("ftp://127.0.0.1:1") };
	assert_int_equal(gate_open(w.gate, &dead, NULL), 0);
	say(&w, tunnel, heard);
	assert_int_equal(gate_fault(w.gate, SLICE("shop.example"), 80), FAULT_PROXY);
	assert_int_equal(gate_open(w.gate, &local, NULL), 0);
	say(&w, "CONNECT shop.example:%u HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", heard);
	assert_non_null(strstr(heard, "the site"));
	assert_int_equal(gate_open(w.gate, &none, NULL), ERR_USAGE);
	tear_down(&w);
}

static void limits_end_what_goes_on_for_ever(void **state)
{
	(void)state;
	struct world w;
	char heard[300];

	set_up(&w, (struct filter_options){ .bytes = 1 << 20, .idle_ms = 200, .connections = 2 });
	assert_int_equal(gate_open(w.gate, NULL, NULL), 0);
	say(&w, "GET http://shop.example:%u/silent HTTP/1.1\r\n\r\n", heard);
	assert_string_equal(heard, "");
	say(&w, "GET http://shop.exa", heard); /* no head comes */
	say(&w, "GET http://shop.example:%u/endless HTTP/1.1\r\n\r\n", heard);
	assert_true(gate_is_over(w.gate));
	assert_in_range(gate_bytes(w.gate), 1 << 20, 2 << 20);
	say(&w, "GET http://shop.example:%u/ HTTP/1.1\r\n\r\n", heard);
	assert_string_equal(heard, ""); /* its share is used up */

	struct small_client c[3];
	assert_int_equal(gate_open(w.gate, NULL, NULL), 0);
	for (size_t i = 0; i < ROWS(c); i++)
		small_client_start(&c[i], w.loop, w.port, "GET ");
	loop_run(w.loop);
	for (size_t i = 0; i < ROWS(c); i++)
		assert_true(c[i].is_over);
	tear_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_be_reached_is_and_nothing_else),
		cmocka_unit_test(a_name_that_moves_inside_is_not_followed),
		cmocka_unit_test(the_way_is_that_of_the_vantage),
		cmocka_unit_test(limits_end_what_goes_on_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

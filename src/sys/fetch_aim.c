/* How a transfer comes to its site.
 *
 *   direct           libcurl is given the checked addresses for the name, and asks nobody
 *   untrusted proxy  a tunnel (CONNECT, SOCKS5) to the first checked address, also for http: where
 *                    an address stands in a request line, a proxy replaces Host by it (RFC 9112
 *                    3.2.2)
 *   trusted proxy    a tunnel to the name for https, the whole address in the request line for
 *                    http */
#include "sys/fetch_transfer.h"

#include <stdio.h>

static const char accept_pages[] =
	"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";


static bool put_field(struct curl_slist **list, const char *name, struct slice value)
{
	struct buf line = { 0 };

	if (value.n == 0)
		return true;
	buf_puts(&line, name);
	buf_puts(&line, ": ");
	buf_put(&line, value);
	struct curl_slist *more = buf_ok(&line) ? curl_slist_append(*list, line.p) : NULL;
	buf_release(&line);
	if (more)
		*list = more;
	return more != NULL;
}

static bool put_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *more = curl_slist_append(*list, line);

	if (more)
		*list = more;
	return more != NULL;
}

static bool put_fields(struct transfer *t)
{
	const struct vantage *v = route_vantage(t->route);
	struct slice accept = t->accept.n ? t->accept : slice_str(accept_pages);
	bool is_browser = v->name.n > 0;

	return put_field(&t->fields, "User-Agent", is_browser ? v->user_agent : t->user_agent) &&
	       put_field(&t->fields, "Accept", accept) &&
	       put_field(&t->fields, "Accept-Language", v->accept_language) &&
	       /* As every browser does, or we are told apart; what comes is kept as it came. */
	       (!is_browser || put_line(&t->fields, "Accept-Encoding: gzip, deflate")) &&
	       put_field(&t->fields, "Referer", t->referer) &&
	       put_line(&t->fields, "Proxy-Connection:");
}

static bool put_address(struct buf *b, const struct ip *ip)
{
	char text[IP_TEXT];

	ip_format(ip, text);
	buf_printf(b, ip->is_v6 ? "[%s]" : "%s", text);
	return buf_ok(b);
}

/* For a direct transfer: "-old:port" takes the wire's last entry away, the next adds ours. */
static bool pin(struct transfer *t, const struct ip *address, size_t n)
{
	struct wire *w = t->wire;
	struct buf line = { 0 };
	bool ok = true;

	if (w->pinned[0]) {
		buf_printf(&line, "-%s", w->pinned);
		ok = buf_ok(&line) && put_line(&t->pins, line.p);
		w->pinned[0] = '\0';
	}
	buf_clear(&line);
	if (!t->host_is_ip) {
		snprintf(w->pinned, sizeof(w->pinned), "%s:%u", t->host.p, t->port);
		buf_printf(&line, "%s:", w->pinned);
		for (size_t i = 0; i < n; i++) {
			if (i)
				buf_putc(&line, ',');
			ok = ok && put_address(&line, &address[i]);
		}
		ok = ok && buf_ok(&line) && put_line(&t->pins, line.p);
	}
	buf_release(&line);
	return ok;
}

static bool detour(struct transfer *t, const struct ip *address)
{
	struct buf line = { 0 };

	buf_puts(&line, "::");
	put_address(&line, address);
	buf_printf(&line, ":%u", t->port);
	bool ok = buf_ok(&line) && put_line(&t->detour, line.p);
	buf_release(&line);
	return ok;
}

static bool set_options(struct transfer *t)
{
	const struct vantage *v = route_vantage(t->route);
	bool is_tunnel = v->proxy.n && (t->is_tls || !v->trusted);
	struct wire *w = t->wire;
	char local[IP_TEXT + 8], proxy[TRANSFER_PROXY_MAX + 2];
	int failed = 0;

	/* The name and not its address goes to a trusted one: "h" in libcurl's spelling. */
	if (v->trusted && slice_starts(v->proxy, SLICE("socks5://")))
		snprintf(proxy, sizeof(proxy), "socks5h://%s", v->proxy.p + strlen("socks5://"));
	else
		snprintf(proxy, sizeof(proxy), "%s", v->proxy.p);

#define SET(option, value) failed |= curl_easy_setopt(w->easy, option, value) != CURLE_OK
	SET(CURLOPT_URL, t->url.p);
	SET(CURLOPT_HTTPHEADER, t->fields);
	SET(CURLOPT_RESOLVE, t->pins);
	SET(CURLOPT_CONNECT_TO, t->detour);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)t->limits.connect_ms);
	SET(CURLOPT_PROXY, proxy);
	SET(CURLOPT_HTTPPROXYTUNNEL, (long)is_tunnel);
	if (v->local_address.n) {
		snprintf(local, sizeof(local), "host!%s", v->local_address.p);
		SET(CURLOPT_INTERFACE, local);
	}
#undef SET
	return !failed;
}

bool transfer_aim(struct transfer *t, const struct ip *address, size_t n)
{
	const struct vantage *v = route_vantage(t->route);
	bool ok = put_fields(t);

	if (v->proxy.n == 0)
		ok = ok && pin(t, address, n);
	else if (!v->trusted && !t->host_is_ip)
		ok = ok && detour(t, address);
	return ok && set_options(t);
}

void transfer_aim_release(struct transfer *t)
{
	curl_slist_free_all(t->fields);
	curl_slist_free_all(t->pins);
	curl_slist_free_all(t->detour);
}

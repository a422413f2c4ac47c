/* The head of a request to a proxy, what goes on of it, and the answers of two sorts of proxies. */
#include "base/arena.h"
#include "wire/proxy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What goes on is a request of its own, which an origin reads as we meant it. */
static void go_on(const struct proxy_request *q, struct arena *a)
{
	struct buf first = { 0 }, second = { 0 };
	struct proxy_request again;

	proxy_request_forward(q, true, &first);
	if (first.n <= PROXY_HEAD_MAX) {
		if (proxy_request_parse(buf_slice(&first), a, &again, NULL) < 0 ||
		    !slice_eq(again.host, q->host) || again.port != q->port ||
		    again.length != q->length)
			abort();
		proxy_request_forward(&again, true, &second);
		if (!slice_eq(buf_slice(&first), buf_slice(&second)))
			abort();
	}
	buf_release(&first);
	buf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);
	struct arena a = { 0 };
	struct proxy_request q;
	size_t used = proxy_head_length(in);
	bool open;

	if (used > size)
		abort();
	if (proxy_request_parse(slice_sub(in, 0, used), &a, &q, NULL) == 0 && !q.is_tunnel)
		go_on(&q, &a);
	if (proxy_connect_answer(in, &used, &open, NULL) == 1 && used > size)
		abort();
	if (proxy_socks_answer(in, &used, &open, NULL) == 1 && used > size)
		abort();
	arena_release(&a);
	return 0;
}

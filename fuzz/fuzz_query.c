/* A request target: its path and its query. What was read and is written again reads the same. */
#include "base/buf.h"
#include "base/utf8.h"
#include "wire/query.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_encoded(struct slice text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++)
		buf_printf(out, "%%%02X", (unsigned char)text.p[i]);
}

static void check_text(struct slice text)
{
	if (!utf8_valid(text, NULL) || slice_find(text, '\0') < text.n || text.p[text.n] != '\0')
		abort();
}

static void check_query(struct slice raw, struct arena *arena)
{
	struct query q, again;
	struct buf out = { 0 };

	if (query_parse(raw, arena, &q, NULL) < 0)
		return;
	for (size_t i = 0; i < q.n; i++) {
		check_text(q.pair[i].key);
		check_text(q.pair[i].value);
		put_encoded(q.pair[i].key, &out);
		buf_puts(&out, q.pair[i].has_value ? "=" : "");
		put_encoded(q.pair[i].value, &out);
		buf_putc(&out, '&');
		if (!query_count(&q, q.pair[i].key.p) || !query_get(&q, q.pair[i].key.p).p)
			abort();
	}
	if (query_parse(buf_slice(&out), arena, &again, NULL) < 0 || again.n != q.n)
		abort();
	for (size_t i = 0; i < q.n; i++)
		if (!slice_eq(q.pair[i].key, again.pair[i].key) ||
		    !slice_eq(q.pair[i].value, again.pair[i].value) ||
		    q.pair[i].has_value != again.pair[i].has_value)
			abort();
	buf_release(&out);
}

static void check_path(struct slice raw, struct arena *arena)
{
	struct path p, again;
	struct buf out = { 0 };

	if (path_parse(raw, arena, &p, NULL) < 0)
		return;
	for (size_t i = 0; i < p.n; i++) {
		check_text(p.segment[i]);
		buf_putc(&out, '/');
		put_encoded(p.segment[i], &out);
	}
	if (path_parse(buf_slice(&out), arena, &again, NULL) < 0 || again.n != p.n)
		abort();
	for (size_t i = 0; i < p.n; i++)
		if (!slice_eq(p.segment[i], again.segment[i]))
			abort();
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);
	struct arena arena = { 0 };
	size_t mark = slice_find(in, '?');

	check_path(slice_sub(in, 0, mark), &arena);
	check_query(slice_sub(in, mark + 1, in.n), &arena);
	arena_release(&arena);
	return 0;
}

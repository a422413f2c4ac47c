/* A walk sees the members of what json.h writes as they are, and ends within any text. */
#include "wire/json.h"
#include "wire/json_walk.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMBERS_MAX = 100000 };

/* Whether all is within the text and in its sequence. */
static void walk_any(struct slice text)
{
	struct json_walk w;
	struct slice name, value, inside;
	const char *at = text.p;
	int64_t number;

	json_walk_begin(&w, text);
	for (size_t n = 0; json_walk_next(&w, &name, &value); n++) {
		if (n > MEMBERS_MAX || value.n == 0 || value.p < at ||
		    value.p + value.n > text.p + text.n)
			abort();
		at = value.p + value.n;
		if (json_walk_str(value, &inside) && inside.n + 2 != value.n)
			abort();
		json_walk_i64(value, &number);
	}
	if (w.end)
		abort();
}

static void same(struct slice text, const json_t *value)
{
	struct json_walk w;
	struct slice name, part, inside;
	int64_t number;
	size_t n = 0;

	if (json_walk_str(text, &inside) &&
	    (!json_is_string(value) || !slice_eq(inside, json_text(value))))
		abort();
	if (json_walk_i64(text, &number) != (json_is_integer(value) != 0) ||
	    (json_is_integer(value) && number != json_integer_value(value)))
		abort();
	json_walk_begin(&w, text);
	while (json_walk_next(&w, &name, &part)) {
		const json_t *member = NULL;
		if (json_is_array(value)) {
			member = json_array_get(value, n);
		} else {
			char *key = name.n < 1000 ? strndup(name.p, name.n) : NULL;
			member = key ? json_object_get(value, key) : NULL;
			bool escaped = memchr(name.p, '\\', name.n) || name.n >= 1000;
			free(key);
			if (!member && escaped) {
				n++;
				continue;
			}
		}
		if (!member)
			abort();
		same(part, member);
		n++;
	}
	size_t want = json_is_array(value)    ? json_array_size(value)
	              : json_is_object(value) ? json_object_size(value)
	                                      : 0;
	if (n != want || w.bad != !(json_is_array(value) || json_is_object(value)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_from((const char *)data, size);
	struct buf canonical = { 0 };
	json_t *value = NULL;

	walk_any(text);
	if (json_parse(text, 1 << 20, &value, NULL))
		return 0;
	if (json_canonical(value, &canonical, NULL) == 0)
		same(buf_slice(&canonical), value);
	json_decref(value);
	buf_release(&canonical);
	return 0;
}

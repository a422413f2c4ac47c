/* What differs between two JSON values, by path. */
#include "cmd/rederive.h"

enum { SHOWN = 400 /* bytes of a value */ };

static int add(const char *path, const json_t *was, const json_t *now, json_t *list)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "path", slice_str(path));
	const json_t *side[] = { was, now };

	for (int i = 0; i < 2; i++) {
		struct buf text = { 0 };
		if (json_is_string(side[i]))
			buf_put(&text, json_text(side[i]));
		else if (side[i])
			failed |= json_canonical(side[i], &text, NULL);
		size_t n = text.n <= SHOWN ? text.n : SHOWN;
		while (n < text.n && n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
			n--; /* never within a character */
		if (side[i])
			failed |= json_put_str(o, i ? "now" : "was",
			                       slice_sub(buf_slice(&text), 0, n));
		failed |= buf_ok(&text) ? 0 : -1;
		buf_release(&text);
	}
	return failed | json_add_new(list, o);
}

static const json_t *with_destination(const json_t *list, struct slice destination)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (slice_eq(json_str(item, "destination"), destination))
			return item;
	return NULL;
}

static int below(const char *path, const char *key, const json_t *was, const json_t *now,
                 size_t max, json_t *list)
{
	struct buf name = { 0 };

	buf_printf(&name, "%s%s%s", path, *path ? "." : "", key);
	int failed = buf_ok(&name) ? rederive_differences(buf_str(&name), was, now, max, list) : -1;
	buf_release(&name);
	return failed;
}

static int of_objects(const char *path, json_t *was, json_t *now, size_t max, json_t *list)
{
	const char *key;
	json_t *value;
	int failed = 0;

	json_object_foreach(was, key, value)
		failed |= below(path, key, value, json_object_get(now, key), max, list);
	json_object_foreach(now, key, value)
		if (!json_object_get(was, key))
			failed |= below(path, key, NULL, value, max, list);
	return failed;
}

static int of_cells(const char *path, const json_t *was, const json_t *now, size_t max,
                    json_t *list)
{
	const json_t *cell;
	size_t i;
	int failed = 0;

	json_array_foreach(was, i, cell) {
		char key[64];
		struct slice destination = json_str(cell, "destination");
		snprintf(key, sizeof(key), "%.*s", SLICE_ARG(destination));
		failed |= below(path, key, cell, with_destination(now, destination), max, list);
	}
	json_array_foreach(now, i, cell) {
		char key[64];
		struct slice destination = json_str(cell, "destination");
		snprintf(key, sizeof(key), "%.*s", SLICE_ARG(destination));
		if (!with_destination(was, destination))
			failed |= below(path, key, NULL, cell, max, list);
	}
	if (!failed && json_array_size(list) == 0) /* the same cells, in another order */
		failed = add(path, was, now, list);
	return failed;
}

int rederive_differences(const char *path, const json_t *was, const json_t *now, size_t max,
                         json_t *list)
{
	if (json_array_size(list) >= max || (was && now && json_equal(was, now)))
		return 0;
	if (json_is_object(was) && json_is_object(now))
		return of_objects(path, (json_t *)(uintptr_t)was, (json_t *)(uintptr_t)now, max,
		                  list);
	if (json_is_array(was) && json_is_array(now) &&
	    json_str(json_array_get(was, 0), "destination").n)
		return of_cells(path, was, now, max, list);
	if (json_is_array(was) && json_is_array(now) &&
	    json_array_size(was) == json_array_size(now)) {
		int failed = 0;
		for (size_t i = 0; i < json_array_size(was); i++) {
			char key[24];
			snprintf(key, sizeof(key), "%zu", i);
			failed |= below(path, key, json_array_get(was, i), json_array_get(now, i),
			                max, list);
		}
		return failed;
	}
	return add(path, was, now, list);
}

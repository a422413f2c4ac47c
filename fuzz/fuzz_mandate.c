#include "act/mandate.h"

#include "base/buf.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key of doc/format/mandate.md's example. */
#define KEY "ministry.example+2996c43c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"

/* What is believed comes back from its record; what can be signed is one text, whoever writes it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_from((const char *)data, size);
	const struct config_mandate pin = { .key = SLICE(KEY) };
	struct mandate m = { 0 }, again = { 0 };
	struct arena a = { 0 };
	struct buf once = { 0 }, twice = { 0 };
	json_t *body = NULL;
	struct err err;

	if (mandate_read(text, &pin, 1, &a, &m, &err) == 0) {
		if (mandate_to_json(&m, text, &body, &err))
			__builtin_trap();
		if (mandate_from_json(body, &pin, 1, &a, &again, &err) ||
		    !slice_eq(m.name, again.name) || m.scope_n != again.scope_n)
			__builtin_trap();
		json_decref(body);
	}
	if (mandate_text(text, &once, &err) == 0) {
		size_t line = slice_find(buf_slice(&once), '\n') + 1;
		if (mandate_text(slice_sub(buf_slice(&once), line, once.n), &twice, &err) ||
		    !slice_eq(buf_slice(&once), buf_slice(&twice)))
			__builtin_trap();
	}
	buf_release(&once);
	buf_release(&twice);
	arena_release(&a);
	return 0;
}

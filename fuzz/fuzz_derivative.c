/* A text in which personal data is looked for, and a quotation of it: the first two bytes choose
 * where the quotation begins and ends. */
#include "base/buf.h"
#include "base/utf8.h"
#include "publish/derivative.h"
#include "wire/redaction.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool begins_character(struct slice text, size_t at)
{
	return at == text.n || ((unsigned char)text.p[at] & 0xc0) != 0x80;
}

static void check_spans(struct slice text)
{
	struct arena a = { 0 };
	struct redaction *r = NULL;
	struct buf out = { 0 };
	size_t n = 0, last = 0;

	if (redaction_find(text, &a, &r, &n, NULL))
		__builtin_trap();
	for (size_t i = 0; i < n; i++) {
		if (r[i].start >= r[i].end || r[i].end > text.n || (i && r[i].start <= last))
			__builtin_trap();
		last = r[i].end;
	}
	if (redaction_put(text, 0, text.n, r, n, &out) != n)
		__builtin_trap();
	if (utf8_valid(text, NULL) && !utf8_valid(buf_slice(&out), NULL))
		__builtin_trap();
	buf_release(&out);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	struct slice text = slice_from((const char *)data + 2, size - 2);
	size_t start = text.n * data[0] / 256, end = start + (text.n - start) * data[1] / 256;
	struct derivative_quotation q = { .extractor = SLICE("html-text/1"), .rule = SLICE("r"),
		                          .destination = SLICE("JP") };
	struct derivative d = { .quotation = &q, .n = 1, .has_text = true, .text = text };
	json_t *out = NULL;

	check_spans(text);
	if (!utf8_valid(text, NULL))
		return 0;
	while (!begins_character(text, start))
		start--;
	while (!begins_character(text, end))
		end++;
	q.quote = slice_sub(text, start, end);
	q.start = start;
	q.end = end;
	q.text = sha256_of(text);
	if (derivative_of(&d, &out, NULL) || json_array_size(json_arr(out, "quotations")) != 1)
		__builtin_trap();
	/* A quotation shows nothing that the text does not. */
	if (json_flag(json_array_get(json_arr(out, "quotations"), 0), "redacted", false) &&
	    json_i64(out, "redactions", 0) == 0)
		__builtin_trap();
	json_decref(out);
	return 0;
}

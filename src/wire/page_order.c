/* Texts without an override, which is nearly all, cost one search. */
#include "wire/page_order.h"

#include "base/utf8.h"

static const struct slice OVERRIDE = { "\xe2\x80\xae", 3 }, POP = { "\xe2\x80\xac", 3 },
                          NOTHING = { "\xe2\x80\x8b", 3 };

/* Runs that are set right; a page with more of them keeps the others as they are written, so that
 * runs times spans stays small. */
enum { RUNS_MAX = 256 };

struct run {
	size_t from, to; /* between the controls */
};

/* Hebrew, Arabic and the scripts between and behind them that run to the left. */
static bool runs_left(struct slice s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c = utf8_next(s, &i);
		if ((c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) ||
		    (c >= 0xfe70 && c <= 0xfefc) || (c >= 0x10800 && c <= 0x10fff))
			return true;
	}
	return false;
}

/* Reverse the characters of p[0..n): all bytes, then those of each character again. */
static void reverse(char *p, size_t n)
{
	for (size_t i = 0, k = n; i + 1 < k; i++) {
		char c = p[i];
		p[i] = p[--k];
		p[k] = c;
	}
	for (size_t i = 0; i < n;) {
		size_t end = i;
		while (end < n && ((unsigned char)p[end] & 0xc0) == 0x80)
			end++;
		end += end < n;
		for (size_t a = i, k = end; a + 1 < k; a++) {
			char c = p[a];
			p[a] = p[--k];
			p[k] = c;
		}
		i = end;
	}
}

/* The run whose override stands at `at`, within a block that ends at `end`. Overrides inside it, and
 * one directly behind its end, are part of it. */
static struct run take_run(char *text, size_t at, size_t end)
{
	struct run r = { at + 3, end };
	struct slice s = slice_from(text, end);

	memcpy(text + at, NOTHING.p, 3);
	for (size_t i = r.from; i + 3 <= end; i++) {
		struct slice rest = slice_sub(s, i, end);
		if (slice_starts(rest, OVERRIDE)) {
			memcpy(text + i, NOTHING.p, 3);
		} else if (slice_starts(rest, POP)) {
			memcpy(text + i, NOTHING.p, 3);
			if (!slice_starts(slice_sub(s, i + 3, end), OVERRIDE)) {
				r.to = i;
				break;
			}
		}
	}
	return r;
}

static void mirror_spans(struct run r, bool hidden, struct page_block *block, size_t block_n)
{
	for (size_t i = 0; i < block_n; i++) {
		struct page_block *b = &block[i];
		if (b->hidden != hidden || !block_role_is_inner(b->role) || b->start >= r.to ||
		    b->end <= r.from)
			continue;
		if (b->start >= r.from && b->end <= r.to) {
			uint32_t start = (uint32_t)(r.from + r.to) - b->end;
			b->end = (uint32_t)(r.from + r.to) - b->start;
			b->start = start;
			continue;
		}
		if (b->start > r.from)
			b->start = (uint32_t)r.from;
		if (b->end < r.to)
			b->end = (uint32_t)r.to;
	}
}

void page_order(char *text, size_t n, bool hidden, struct page_block *block, size_t block_n)
{
	struct slice all = slice_from(text, n);
	size_t at = slice_find_slice(all, OVERRIDE);

	for (size_t runs = 0; at < n && runs < RUNS_MAX; runs++) {
		size_t end = at + slice_find(slice_sub(all, at, n), '\n');
		struct run r = take_run(text, at, end);
		if (!runs_left(slice_sub(all, r.from, r.to))) {
			reverse(text + r.from, r.to - r.from);
			mirror_spans(r, hidden, block, block_n);
		}
		at = r.to + slice_find_slice(slice_sub(all, r.to, n), OVERRIDE);
	}
}

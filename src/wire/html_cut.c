#include "wire/html_cut.h"

#include "wire/html_guard.h"
#include "wire/html_tag.h"

#include <string.h>

struct cutter {
	char *html;
	size_t n;
	size_t read, write; /* html[read..n) is to come, html[0..write) is left */
	struct arena *arena;
	struct html_cuts *out;
	size_t cap;
	bool failed;
};

static void note(struct cutter *c)
{
	struct html_cuts *o = c->out;

	if (o->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 64;
		struct html_cut *more = arena_array(c->arena, cap, sizeof(*more));
		if (!more) {
			c->failed = true;
			return;
		}
		if (o->n)
			memcpy(more, o->cut, o->n * sizeof(*more));
		o->cut = more;
		c->cap = cap;
	}
	o->cut[o->n++] = (struct html_cut){ c->write, c->read - c->write };
}

/* Keep what comes up to `to`. */
static void keep(struct cutter *c, size_t to)
{
	if (c->write != c->read)
		memmove(c->html + c->write, c->html + c->read, to - c->read);
	c->write += to - c->read;
	c->read = to;
}

/* Leave out [from, to). */
static void cut(struct cutter *c, size_t from, size_t to)
{
	keep(c, from);
	c->read = to;
	note(c);
}

/* Text between tags, [read, to): runs of space become one. */
static void cut_space(struct cutter *c, size_t to)
{
	for (size_t i = c->read; i < to;) {
		const char *p = memchr(c->html + i, ' ', to - i);
		if (!p)
			break;
		i = (size_t)(p - c->html);
		size_t end = i + 1;
		while (end < to && c->html[end] == ' ')
			end++;
		if (end - i > HTML_CUT_SPACE)
			cut(c, i + 1, end);
		i = end;
	}
	keep(c, to);
}

/* A comment [from, to) that says nothing. */
static void cut_comment(struct cutter *c, size_t from, size_t to)
{
	struct slice whole = slice_from(c->html + from, to - from);

	if (whole.n > HTML_CUT_COMMENT && slice_ends(whole, SLICE("-->")) &&
	    slice_find_slice(whole, SLICE("saved ")) == whole.n)
		cut(c, from + 4, to - 3);
	keep(c, to);
}

/* What stands between two tags: text and comments. */
static void pass(struct cutter *c, size_t to)
{
	while (c->read < to) {
		size_t from = c->read + slice_find_slice(slice_from(c->html + c->read, to - c->read),
		                                         SLICE("<!--"));
		cut_space(c, from);
		if (from < to) {
			size_t end = html_tag_skip_markup(slice_from(c->html, c->n), from);
			cut_comment(c, from, end < to ? end : to);
		}
	}
}

/* Whether nobody reads what the raw text element holds. */
static bool is_dead(struct slice html, const struct html_tag *t)
{
	static const struct slice json = { "json", 4 };

	if (t->tag == GUMBO_TAG_STYLE)
		return true;
	if (t->tag != GUMBO_TAG_SCRIPT)
		return false;
	for (size_t i = t->from; i + json.n <= t->to; i++)
		if (slice_eq_nocase(slice_from(html.p + i, json.n), json))
			return false;
	return true;
}

int html_cut(char *html, size_t *n, struct arena *a, struct html_cuts *out, struct err *err)
{
	*out = (struct html_cuts){ 0 };
	struct cutter c = { .html = html, .n = *n, .arena = a, .out = out };
	struct html_tag t;

	if (*n == 0)
		return 0;
	/* What is to be read lies behind what is written, so the tags to come are as they were. */
	for (size_t at = 0; html_tag_next(slice_from(html, *n), HTML_GUARD_ATTRIBUTES, &at, &t);) {
		pass(&c, t.from);
		keep(&c, t.to);
		if (t.end || !(html_tag_kind[t.tag] & TAG_RAW))
			continue;
		size_t end = html_tag_skip_raw(slice_from(html, *n), &t);
		if (end > t.to && is_dead(slice_from(html, *n), &t))
			cut(&c, t.to, end);
		else
			keep(&c, end);
		at = end;
	}
	pass(&c, *n);
	*n = c.write;
	return c.failed ? err_set(err, ERR_NOMEM, 0, "html: no memory") : 0;
}

size_t html_cut_origin(const struct html_cuts *cuts, size_t at)
{
	size_t low = 0, high = cuts->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (cuts->cut[mid].at <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? at + cuts->cut[low - 1].gone : at;
}

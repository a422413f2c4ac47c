/* The text is laid out as characters once; each kind is looked for by itself; what was found is
 * sorted and joined. */
#include "wire/redaction.h"

#include "wire/glyphs.h"

#include <stdlib.h>
#include <string.h>

const char *redaction_kind_name(enum redaction_kind kind)
{
	static const char *const names[] = { "email", "telephone", "handle", "address", "name" };

	return names[kind];
}

/* 0: of no width, left out. */
static uint32_t fold(uint32_t c)
{
	if (c < 0x80)
		return c == '\t' ? ' ' : c;
	if (c >= 0xff01 && c <= 0xff5e)
		return c - 0xff01 + '!';
	if (c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000)
		return ' ';
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe63)
		return '-';
	if (c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	    c == 0x2060 || c == 0xfeff)
		return 0;
	return c;
}

static int lay_out(struct slice text, struct arena *a, struct glyphs *out, struct err *err)
{
	struct glyphs s = { .c = arena_array(a, text.n + 1, sizeof(*s.c)),
		           .at = arena_array(a, text.n + 1, sizeof(*s.at)) };

	if (!s.c || !s.at)
		return err_set(err, ERR_NOMEM, 0, "redaction: out of memory");
	for (size_t at = 0; at < text.n;) {
		size_t start = at;
		uint32_t c = fold(utf8_next(text, &at));
		if (c == 0)
			continue;
		s.c[s.n] = c;
		s.at[s.n++] = (uint32_t)start;
	}
	s.at[s.n] = (uint32_t)text.n;
	/* The mark of a long vowel is typed as a dash between digits. */
	for (size_t i = 1; i + 1 < s.n; i++)
		if (s.c[i] == 0x30fc && is_digit(s.c[i - 1]) && is_digit(s.c[i + 1]))
			s.c[i] = '-';
	*out = s;
	return 0;
}

size_t glyphs_spells(const struct glyphs *s, size_t i, const char *word)
{
	size_t from = i;

	for (; *word; i++) {
		unsigned char byte = (unsigned char)*word;
		uint32_t c = byte;
		if (i >= s->n)
			return 0;
		if (byte < 0x80) {
			word++;
		} else {
			struct slice rest = { word, strnlen(word, 4) };
			size_t n = 0;
			c = utf8_next(rest, &n);
			word += n;
		}
		if (to_lower(s->c[i]) != c)
			return 0;
	}
	return i - from;
}

size_t glyphs_spells_any(const struct glyphs *s, size_t i, const char *const *words)
{
	char first[4];
	size_t first_n = utf8_encode(to_lower(glyphs_c(s, i)), first);

	for (; *words; words++) {
		/* Most places begin no word: look at its first character before all of it. */
		if (**words != first[0] || memcmp(*words, first, strnlen(*words, first_n)) != 0)
			continue;
		size_t n = glyphs_spells(s, i, *words);
		if (n && !(is_alnum(glyphs_c(s, i + n - 1)) && is_alnum(glyphs_c(s, i + n))))
			return n;
	}
	return 0;
}

void redaction_add(struct redactions *f, size_t start, size_t end, enum redaction_kind kind)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 32;
		struct redaction *list = arena_array(f->a, cap, sizeof(*list));
		if (!list) {
			f->failed = true;
			return;
		}
		if (f->n)
			memcpy(list, f->list, f->n * sizeof(*list));
		f->list = list;
		f->cap = cap;
	}
	f->list[f->n++] = (struct redaction){ start, end, kind };
}

static int cmp_redaction(const void *a, const void *b)
{
	const struct redaction *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1; /* the longer first */
	return x->kind < y->kind ? -1 : x->kind > y->kind;
}

/* Sorted, joined, and by bytes. */
static size_t settle(struct redactions *f)
{
	size_t kept = 0;

	if (f->n)
		qsort(f->list, f->n, sizeof(*f->list), cmp_redaction);
	for (size_t i = 0; i < f->n; i++) {
		struct redaction r = f->list[i];
		r.start = f->s.at[r.start];
		r.end = f->s.at[r.end];
		if (kept && r.start <= f->list[kept - 1].end) {
			if (r.end > f->list[kept - 1].end)
				f->list[kept - 1].end = r.end;
			continue;
		}
		f->list[kept++] = r;
	}
	return kept;
}

int redaction_find(struct slice text, struct arena *a, struct redaction **out, size_t *n,
                   struct err *err)
{
	static void (*const find[])(struct redactions *) = {
		redaction_each_email, redaction_each_telephone, redaction_each_handle, redaction_each_address,
		redaction_each_name,
	};
	struct redactions f = { .a = a };

	if (text.n > REDACTION_TEXT_MAX)
		return err_set(err, ERR_LIMIT, 0, "redaction: a text of %zu bytes; %d is the most",
		               text.n, (int)REDACTION_TEXT_MAX);
	int rc = lay_out(text, a, &f.s, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < sizeof(find) / sizeof(find[0]); i++)
		find[i](&f);
	if (f.failed)
		return err_set(err, ERR_NOMEM, 0, "redaction: out of memory");
	*n = settle(&f);
	*out = f.list;
	return 0;
}

size_t redaction_put(struct slice text, size_t start, size_t end, const struct redaction *r,
                     size_t n, struct buf *out)
{
	size_t touched = 0, at = start;
	size_t low = 0, high = n;

	/* The first that ends behind start. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r[mid].end <= start)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < n && r[low].start < end; low++) {
		if (r[low].start > at)
			buf_put(out, slice_sub(text, at, r[low].start));
		buf_puts(out, REDACTION_MARK);
		at = r[low].end;
		touched++;
	}
	if (at < end)
		buf_put(out, slice_sub(text, at, end));
	return touched;
}

int redaction_mask(struct slice text, struct arena *a, struct slice *out, struct err *err)
{
	struct redaction *found = NULL;
	struct buf masked = { 0 };
	size_t n = 0;
	int rc = redaction_find(text, a, &found, &n, err);

	if (rc == 0) {
		redaction_put(text, 0, text.n, found, n, &masked);
		struct slice kept = arena_copy(a, buf_slice(&masked));
		if (buf_ok(&masked) && kept.p)
			*out = kept;
		else
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	buf_release(&masked);
	return rc;
}

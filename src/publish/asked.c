#include "publish/asked.h"

#include "base/utf8.h"

/* Characters that stand around a name and never in it. */
static bool is_wrapping(uint32_t c)
{
	static const uint32_t marks[] = {
		'"', '\'', '<', '>', '(', ')', '{', '}', ',', ';', '!', '?', '|', '`', 0xab, 0xbb,
		0x2018, 0x2019, 0x201c, 0x201d, 0x3001 /* 、 */, 0x3008, 0x3009, 0x300a, 0x300b,
		0x300c /* 「 */, 0x300d, 0x300e, 0x300f, 0x3010, 0x3011, 0xff08, 0xff09, 0xff0c,
		0xff1c, 0xff1e, 0xfeff,
	};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (c == marks[i])
			return true;
	return false;
}

static bool is_space(uint32_t c)
{
	return c <= 0x20 || c == 0x7f || c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200f) ||
	       c == 0x2028 || c == 0x2029;
}

/* Without wrapping marks at both ends. A '?' or ')' within stays: it may be of a path. */
static struct slice unwrap(struct slice s)
{
	while (s.n) {
		size_t at = 0;
		if (!is_wrapping(utf8_next(s, &at)))
			break;
		s = slice_sub(s, at, s.n);
	}
	for (;;) {
		size_t at = 0, last = 0;
		uint32_t c = 0;
		while (at < s.n) {
			last = at;
			c = utf8_next(s, &at);
		}
		/* A bracket that closes one within belongs to it: "pills[.]example/(a)" */
		if (s.n == 0 || !is_wrapping(c) || (c == ')' && slice_find(s, '(') < s.n))
			return s;
		s = slice_sub(s, 0, last);
	}
}

/* Whether a word can be a name at all: it has a dot of some kind, or a colon of an address. */
static bool has_dot(struct slice word)
{
	static const char *const dots[] = { ".", "\xe3\x80\x82", "\xef\xbc\x8e", "\xef\xbd\xa1",
		                            "[dot]", "(dot)", "::" };

	for (size_t i = 0; i < sizeof(dots) / sizeof(dots[0]); i++)
		if (slice_find_slice(word, slice_str(dots[i])) < word.n)
			return true;
	return false;
}

/* The first word that can be one; where none can, the first word. */
static struct slice choose(struct slice s)
{
	struct slice first = { 0 };
	size_t at = 0;

	while (at < s.n) {
		size_t from = at, to = at;
		while (at < s.n && !is_space(utf8_next(s, &at)))
			to = at;
		struct slice word = unwrap(slice_sub(s, from, to));
		if (word.n && has_dot(word))
			return word;
		if (first.n == 0)
			first = word;
	}
	return first;
}

/* Undo what makes an address harmless: hxxp, [.], (.), {.}, [dot], [:]. */
static void refang(struct slice s, struct buf *out)
{
	static const struct {
		const char *from, *to;
	} marks[] = {
		{ "[.]", "." },   { "(.)", "." },    { "{.}", "." },     { "[dot]", "." },
		{ "(dot)", "." }, { "[:]", ":" },    { "[://]", "://" }, { "[/]", "/" },
		{ "\\.", "." },
	};
	struct slice scheme = slice_sub(s, 0, 4);

	if (slice_eq_nocase(scheme, SLICE("hxxp")) || slice_eq_nocase(scheme, SLICE("h**p"))) {
		buf_puts(out, "http");
		s = slice_sub(s, 4, s.n);
	}
	while (s.n) {
		size_t taken = 0;
		for (size_t i = 0; taken == 0 && i < sizeof(marks) / sizeof(marks[0]); i++) {
			struct slice mark = slice_str(marks[i].from);
			if (!slice_eq_nocase(slice_sub(s, 0, mark.n), mark))
				continue;
			buf_puts(out, marks[i].to);
			taken = mark.n;
		}
		if (taken == 0) {
			buf_putc(out, s.p[0]);
			taken = 1;
		}
		s = slice_sub(s, taken, s.n);
	}
}

void asked_name(struct slice pasted, struct buf *out)
{
	struct buf clean = { 0 };
	struct slice word = choose(pasted);

	refang(word, &clean);
	word = buf_slice(&clean);
	if (slice_eq_nocase(slice_sub(word, 0, 7), SLICE("mailto:")))
		word = slice_sub(word, 7, slice_find(word, '?'));
	/* The user of a mail address; within a web address the reader of addresses drops it. */
	size_t at = slice_find(word, '@');
	if (at < word.n && slice_find(word, '/') > at)
		word = slice_sub(word, at + 1, word.n);
	if (!buf_ok(&clean))
		out->failed = true;
	buf_put(out, unwrap(word));
	buf_release(&clean);
}

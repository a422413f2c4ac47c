#include "wire/mark.h"

#include "base/hash.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which characters an id is made of. */
enum letters { DIGITS, HEX, UPPER, ALNUM };

struct service {
	const char *name;
	const char *before;    /* stands right before the id, but for what .skip allows */
	const char *skip;      /* characters between */
	enum letters letters;
	size_t least, most;    /* of the id */
	const char *keep;      /* of .before, put before the id: "UA-" */
	bool bounded;          /* no letter or digit may stand before .before */
};

static const struct service services[] = {
	{ "google", "UA-", "", DIGITS, 4, 10, "UA-", true },
	{ "google", "G-", "", UPPER, 8, 12, "G-", true },
	{ "google", "GTM-", "", UPPER, 5, 9, "GTM-", true },
	{ "google", "AW-", "", DIGITS, 8, 12, "AW-", true },
	{ "google", "ca-pub-", "", DIGITS, 14, 18, "pub-", true },
	{ "facebook", "fbq('init',", " '\"", DIGITS, 10, 18, "", false },
	{ "facebook", "fbq(\"init\",", " '\"", DIGITS, 10, 18, "", false },
	{ "facebook", "facebook.com/tr?id=", "", DIGITS, 10, 18, "", false },
	{ "yandex", "mc.yandex.ru/watch/", "", DIGITS, 5, 10, "", false },
	{ "yandex", "mc.yandex.com/watch/", "", DIGITS, 5, 10, "", false },
	{ "tawk", "embed.tawk.to/", "", HEX, 24, 24, "", false },
	{ "livechat", "__lc.license", " =", DIGITS, 5, 12, "", false },
	{ "zopim", "v2.zopim.com/?", "", ALNUM, 32, 32, "", false },
	{ "jivo", "code.jivosite.com/widget/", "", ALNUM, 10, 10, "", false },
	{ "jivo", "code.jivo.ru/widget/", "", ALNUM, 10, 10, "", false },
	{ "hotjar", "hjid:", " ", DIGITS, 5, 10, "", false },
	{ "statcounter", "sc_project", " =", DIGITS, 5, 10, "", false },
	{ "smartsupp", "_smartsupp.key", " ='\"", HEX, 40, 40, "", false },
	{ "tiktok", "ttq.load(", " '\"", UPPER, 18, 24, "", false },
	{ "clarity", "clarity.ms/tag/", "", ALNUM, 8, 14, "", false },
	{ "baidu", "hm.baidu.com/hm.js?", "", HEX, 32, 32, "", false },
	{ "cnzz", "cnzz.com/z_stat.php?id=", "", DIGITS, 6, 12, "", false },
};

static bool is_of(enum letters letters, char c)
{
	bool digit = c >= '0' && c <= '9';

	switch (letters) {
	case DIGITS: return digit;
	case HEX: return digit || (c >= 'a' && c <= 'f');
	case UPPER: return digit || (c >= 'A' && c <= 'Z');
	case ALNUM: return digit || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
	}
	return false;
}

/* The id behind `before`, which ends at `at`; 0: none there. */
static size_t id_at(const struct service *s, struct slice document, size_t *at)
{
	size_t from = *at, n = 0;

	while (from < document.n && from - *at < 8 && document.p[from] &&
	       strchr(s->skip, document.p[from]))
		from++;
	while (from + n < document.n && n <= s->most && is_of(s->letters, document.p[from + n]))
		n++;
	*at = from;
	/* An id of upper-case letters ends where a word of any letters does. */
	bool ends = from + n >= document.n || !is_of(ALNUM, document.p[from + n]);
	return n >= s->least && n <= s->most && ends ? n : 0;
}

static size_t put(struct mark out[MARKS_MAX], size_t n, const char *value)
{
	size_t at = 0;

	while (at < n && strcmp(out[at].value, value) < 0)
		at++;
	if ((at < n && strcmp(out[at].value, value) == 0) || n == MARKS_MAX)
		return n;
	memmove(&out[at + 1], &out[at], (n - at) * sizeof(*out));
	snprintf(out[at].value, sizeof(out[at].value), "%s", value);
	return n + 1;
}

size_t marks_read(struct slice document, struct mark out[MARKS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
		const struct service *s = &services[i];
		struct slice rest = document;
		const size_t before = strlen(s->before);
		for (;;) {
			const char *hit = rest.n ? memmem(rest.p, rest.n, s->before, before) : NULL;
			if (!hit)
				break;
			size_t at = (size_t)(hit - document.p) + before;
			bool inside = s->bounded && hit > document.p && is_of(ALNUM, hit[-1]);
			size_t length = inside ? 0 : id_at(s, document, &at);
			if (length) {
				char value[MARK_VALUE_MAX];
				snprintf(value, sizeof(value), "%s:%s%.*s", s->name, s->keep,
				         (int)length, document.p + at);
				n = put(out, n, value);
			}
			rest = slice_sub(document, (size_t)(hit - document.p) + before, document.n);
		}
	}
	return n;
}

/* ---- structure ---- */

static const char *const structural[] = {
	"body", "header", "nav",  "main",  "section", "article", "aside", "footer", "div",
	"form", "table",  "ul",   "ol",    "button",  "select",  "h1",    "h2",     "h3",
};

static bool is_structural(struct slice name)
{
	for (size_t i = 0; i < sizeof(structural) / sizeof(*structural); i++)
		if (slice_eq_nocase(name, slice_str(structural[i])))
			return true;
	return false;
}

/* The value of class in a tag, without quotes. */
static struct slice class_of(struct slice tag)
{
	for (size_t i = 0; i + 6 < tag.n; i++) {
		if (!slice_eq_nocase(slice_sub(tag, i, i + 6), SLICE("class=")) ||
		    (tag.p[i - (i > 0)] > ' ' && i > 0))
			continue;
		char quote = tag.p[i + 6];
		size_t from = i + 6 + (quote == '"' || quote == '\''), to = from;
		while (to < tag.n && (from == i + 7 ? tag.p[to] != quote : tag.p[to] > ' '))
			to++;
		return slice_sub(tag, from, to);
	}
	return (struct slice){ NULL, 0 };
}

size_t template_read(struct slice document, char out[TEMPLATE_SIZE])
{
	static const struct hash_key key = { 0x6173736179, 1 };
	uint64_t digest = 0;
	size_t elements = 0;

	out[0] = '\0';
	for (size_t at = 0; at < document.n && elements < TEMPLATE_MOST;) {
		const char *open = memchr(document.p + at, '<', document.n - at);
		if (!open)
			break;
		size_t from = (size_t)(open - document.p) + 1, end = from;
		while (end < document.n && document.p[end] != '>' && end - from < 1000)
			end++;
		struct slice tag = slice_sub(document, from, end);
		size_t n = 0;
		while (n < tag.n && is_of(ALNUM, tag.p[n]))
			n++;
		at = n ? end : from;
		struct slice name = slice_sub(tag, 0, n);
		if (!is_structural(name))
			continue;
		char word[200];
		size_t length = 0;
		for (size_t i = 0; i < name.n && length < 20; i++)
			word[length++] = ascii_lower(name.p[i]);
		word[length++] = ' ';
		struct slice class = class_of(slice_sub(tag, n, tag.n));
		for (size_t i = 0; i < class.n && length < sizeof(word); i++)
			if (class.p[i] < '0' || class.p[i] > '9')
				word[length++] = class.p[i];
		digest = digest * 0x9e3779b97f4a7c15ull + hash_bytes(key, slice_from(word, length));
		elements++;
	}
	if (elements < TEMPLATE_LEAST)
		return 0;
	snprintf(out, TEMPLATE_SIZE, "%016llx", (unsigned long long)digest);
	return TEMPLATE_SIZE - 1;
}

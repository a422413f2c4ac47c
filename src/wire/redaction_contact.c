/* E-mail addresses, messenger handles. */
#include "wire/glyphs.h"

/* ---- e-mail ---- */

/* RFC 5321 section 4.1.2: what may stand before the @ unquoted. */
static bool is_atext(uint32_t c)
{
	return is_alnum(c) || (c > ' ' && c < 0x7f && strchr("!#$%&'*+-/=?^_`{|}~.", (int)c));
}

/* Words that begin with a character of ASCII. */
static size_t spells_one(const struct glyphs *s, size_t i, const char *const *words)
{
	uint32_t first = to_lower(glyphs_c(s, i));

	for (; *words; words++) {
		size_t n = (unsigned char)**words == first ? glyphs_spells(s, i, *words) : 0;
		if (n)
			return n;
	}
	return 0;
}

/* "@", or the ways to write it for people alone: how many characters, 0 for none. Spaces around
 * the latter count. */
static size_t at_sign(const struct glyphs *s, size_t i)
{
	static const char *const forms[] = { "[at]", "(at)", "{at}", "[@]", "(@)", "<at>", NULL };
	uint32_t c = glyphs_c(s, i);
	size_t k = i;

	if (c == '@')
		return 1;
	if (c == ' ')
		c = glyphs_c(s, ++k);
	if (c != '[' && c != '(' && c != '{' && c != '<')
		return 0;
	size_t n = spells_one(s, k, forms);
	if (!n)
		return 0;
	k += n;
	return k + (glyphs_c(s, k) == ' ') - i;
}

static size_t dot_sign(const struct glyphs *s, size_t i)
{
	static const char *const forms[] = { "[dot]", "(dot)", "{dot}", "[.]", "(.)", "<dot>", NULL };
	size_t k = i;

	if (glyphs_c(s, i) == '.')
		return 1;
	if (glyphs_c(s, k) == ' ')
		k++;
	size_t n = spells_one(s, k, forms);
	if (!n)
		return 0;
	k += n;
	return k + (glyphs_c(s, k) == ' ') - i;
}

/* End of a domain name of two labels and more, the last of letters (or an A-label); 0 for none. */
static size_t domain_end(const struct glyphs *s, size_t i)
{
	size_t end = 0;

	for (size_t labels = 1;; labels++) {
		size_t from = i;
		bool letters = true;
		for (; is_alnum(glyphs_c(s, i)) || glyphs_c(s, i) == '-'; i++)
			letters = letters && !is_digit(glyphs_c(s, i)) && glyphs_c(s, i) != '-';
		if (i == from)
			return end;
		if (labels > 1 && i - from >= 2 && (letters || glyphs_spells(s, from, "xn--")))
			end = i;
		size_t dot = dot_sign(s, i);
		if (!dot)
			return end;
		i += dot;
	}
}

void redaction_each_email(struct redactions *f)
{
	const struct glyphs *s = &f->s;

	for (size_t i = 1; i < s->n; i++) {
		size_t sign = at_sign(s, i), start = i, end;
		if (!sign || !is_atext(s->c[i - 1]) || !(end = domain_end(s, i + sign)))
			continue;
		/* 64 octets are the most (RFC 5321 section 4.5.3.1.1). */
		while (start > 0 && i - start < 64 && is_atext(s->c[start - 1]))
			start--;
		redaction_add(f, start, end, REDACTION_EMAIL);
		i = end - 1;
	}
}

/* ---- messengers ---- */

/* What follows names a person or an account. */
static const char *const links[] = {
	"t.me/",            "telegram.me/",   "telegram.dog/",        "tg://resolve?domain=",
	"wa.me/",           "wa.link/",       "api.whatsapp.com/send", "chat.whatsapp.com/",
	"whatsapp://send?", "line.me/",       "lin.ee/",              "m.me/",
	"discord.gg/",      "join.skype.com/", "u.wechat.com/",       "signal.me/",
	"threema.id/",      "viber://",       NULL,
};

/* Names of messengers, as people write them before a handle. */
static const char *const messengers[] = {
	"telegram", "whatsapp", "wechat", "weixin", "skype",  "viber",   "threema", "wickr",
	"line",     "kakaotalk", "kakao", "qq",     "discord", "session", "微信",   "ライン", NULL,
};

static const char *const marks[] = { "id",       "handle",     "username", "user name",
				     "account", "アカウント", "号",       NULL };

static bool is_handle(uint32_t c)
{
	return is_alnum(c) || c == '_' || c == '.' || c == '-';
}

/* End of a handle that begins at i: three characters and more, no full stop at its end. */
static size_t handle_end(const struct glyphs *s, size_t i)
{
	size_t end = i;

	while (is_handle(glyphs_c(s, end)))
		end++;
	while (end > i && (glyphs_c(s, end - 1) == '.' || glyphs_c(s, end - 1) == '-'))
		end--;
	return end - i >= 3 ? end : 0;
}

/* "Telegram: @name", "LINE ID: name", "WeChat: name88". A word alone behind a colon may be any word
 * ("Telegram: available"), so then it needs a digit or an underscore. */
static void find_behind_messenger(struct redactions *f, size_t i)
{
	const struct glyphs *s = &f->s;
	bool marked = false, colon = false, sign = false, odd = false;
	size_t from = i, end;

	while (glyphs_c(s, i) == ' ' && i - from < 2)
		i++;
	size_t n = glyphs_spells_any(s, i, marks);
	marked = n > 0;
	i += n;
	for (size_t k = 0; k < 4; k++, i++) {
		uint32_t c = glyphs_c(s, i);
		if (c != ' ' && c != ':' && c != '=' && c != '@')
			break;
		colon = colon || c == ':' || c == '=';
		sign = sign || c == '@';
	}
	if (!(end = handle_end(s, i)) || (!marked && !sign && !colon))
		return;
	for (size_t k = i; k < end; k++)
		odd = odd || is_digit(s->c[k]) || s->c[k] == '_';
	if (sign || (marked && colon) || (marked && odd) ||
	    (colon && odd && end - i >= 5 && !is_digit(s->c[i])))
		redaction_add(f, i, end, REDACTION_HANDLE);
}

static bool ends_link(uint32_t c)
{
	return c <= ' ' || c >= 0x7f || strchr("\"'<>()[]{},;|", (int)c) != NULL;
}

void redaction_each_handle(struct redactions *f)
{
	const struct glyphs *s = &f->s;

	for (size_t i = 0; i < s->n; i++) {
		if (is_alnum(glyphs_before(s, i)) || glyphs_before(s, i) == '-')
			continue;
		size_t n = spells_one(s, i, links), end = i + n;
		if (n) {
			while (!ends_link(glyphs_c(s, end)))
				end++;
			if (end > i + n)
				redaction_add(f, i + n, end, REDACTION_HANDLE);
			i = end > i ? end - 1 : i;
			continue;
		}
		n = glyphs_spells_any(s, i, messengers);
		/* "line" is a word of its own: "line: 250". */
		if (n == 4 && glyphs_spells(s, i, "line") && !glyphs_spells(s, i + 4, "@") &&
		    !glyphs_spells(s, i + 4, " @") && !glyphs_spells(s, i + 4, ":@") &&
		    !glyphs_spells(s, i + 4, ": @") && !glyphs_spells(s, i + 4, "id") &&
		    !glyphs_spells(s, i + 4, " id"))
			continue;
		if (n)
			find_behind_messenger(f, i + n);
	}
}

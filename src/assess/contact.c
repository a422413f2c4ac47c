/* Mail addresses and messengers, in the text and behind links. */
#include "assess/particulars.h"

#include "wire/mail_address.h"

enum { ADDRESS_BYTES = 100, HANDLE_MIN = 4, HANDLE_MAX = 40, DIGITS_MAX = 15 };

static bool in_mail(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       memchr("._%+-", c, 5);
}

/* Names that stand for any name, and files that look like addresses. */
static bool is_example(struct slice domain, struct slice local)
{
	static const char *const anybody[] = { "example.com", "example.org", "example.net",
		                               "domain.com", "yourdomain.com", "email.com",
		                               "yoursite.com", "sentry.io" };
	static const char *const files[] = { ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".js",
		                             ".css" };

	for (size_t i = 0; i < sizeof(anybody) / sizeof(anybody[0]); i++)
		if (slice_eq_str(domain, anybody[i]))
			return true;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (slice_ends(domain, slice_str(files[i])))
			return true;
	return slice_eq_nocase(local, SLICE("yourname")) || slice_eq_nocase(local, SLICE("you"));
}

/* A fact of a mail address; false where the text is none. */
static bool mail_fact(struct slice text, struct mail_address *to, struct fact *f)
{
	struct err why = { 0 };

	if (mail_address_parse(text, to, &why) ||
	    is_example(mail_address_domain(to), mail_address_local(to)))
		return false;
	*f = (struct fact){ .kind = FACT_CONTACT, .arg = SLICE("email"),
		            .value = mail_address_slice(to), .restricted = !mail_address_is_role(to) };
	return true;
}

static void read_text(struct gathering *g)
{
	struct slice t = g->r->page->text;

	for (size_t at = 0; at < t.n && !gathering_is_full(g, FACT_CONTACT);) {
		size_t from = at + slice_find(slice_sub(t, at, t.n), '@'), to = from;
		at = from + 1;
		while (from > 0 && to - from < ADDRESS_BYTES && in_mail(t.p[from - 1]))
			from--;
		size_t sign = to++;
		while (to < t.n && to - sign < ADDRESS_BYTES && in_mail(t.p[to]))
			to++;
		while (to > sign && (t.p[to - 1] == '.' || t.p[to - 1] == '-'))
			to--;
		while (from < sign && (t.p[from] == '.' || t.p[from] == '-'))
			from++;
		struct mail_address address;
		struct fact f;
		if (sign >= t.n || !mail_fact(slice_sub(t, from, to), &address, &f))
			continue;
		f.start = (uint32_t)from;
		f.end = (uint32_t)to;
		gathering_put(g, &f);
	}
}

/* What follows `key` in a query or a path, up to a border. */
static struct slice part_after(struct slice text, const char *key)
{
	size_t at = text.p ? slice_find_slice(text, slice_str(key)) : text.n;
	if (at == text.n)
		return SLICE("");
	text = slice_sub(text, at + strlen(key), text.n);
	size_t n = 0;
	while (n < text.n && !memchr("/?&#", text.p[n], 4))
		n++;
	return slice_sub(text, 0, n);
}

static void put_handle(struct gathering *g, uint32_t block, const char *arg, struct slice handle)
{
	struct fact f = { .kind = FACT_CONTACT, .arg = slice_str(arg), .value = handle,
		          .source = SOURCE_LINK };

	if (handle.n >= HANDLE_MIN && handle.n <= HANDLE_MAX)
		gathering_put_at(g, block, &f);
}

/* A telephone number within a link: its digits as E.164. */
static void put_number(struct gathering *g, uint32_t block, struct slice text)
{
	char value[DIGITS_MAX + 2] = "+";
	size_t n = 1;

	if (slice_starts(text, SLICE("%2B")))
		text = slice_sub(text, 3, text.n);
	for (size_t i = 0; i < text.n && n <= DIGITS_MAX; i++) {
		if (text.p[i] >= '0' && text.p[i] <= '9')
			value[n++] = text.p[i];
		else if (text.p[i] != '+' && text.p[i] != '-' && text.p[i] != ' ')
			return;
	}
	if (n >= 9)
		put_handle(g, block, "whatsapp", slice_from(value, n));
}

static void read_link(struct gathering *g, uint32_t block)
{
	struct slice t = slice_trim(g->r->page->block[block].target);
	struct mail_address address;
	struct fact f;

	if (slice_eq_nocase(slice_sub(t, 0, 7), SLICE("mailto:"))) {
		t = slice_sub(t, 7, t.n);
		if (mail_fact(slice_trim(slice_sub(t, 0, slice_find(t, '?'))), &address, &f)) {
			f.source = SOURCE_LINK;
			gathering_put_at(g, block, &f);
		}
	} else if (text_holds(t, "://wa.me/")) {
		put_number(g, block, part_after(t, "://wa.me/"));
	} else if (text_holds(t, "whatsapp") && part_after(t, "phone=").n) {
		put_number(g, block, part_after(t, "phone="));
	} else if (text_holds(t, "://t.me/") ||
	           text_holds(t, "://telegram.me/")) {
		struct slice name = part_after(t, ".me/");
		/* A share button leads to nobody. */
		if (!slice_eq_str(name, "share") && !slice_eq_str(name, "joinchat"))
			put_handle(g, block, "telegram", name);
	} else if (slice_starts(t, SLICE("tg://resolve?domain="))) {
		put_handle(g, block, "telegram", part_after(t, "domain="));
	} else if (slice_starts(t, SLICE("skype:"))) {
		put_handle(g, block, "skype", part_after(t, "skype:"));
	}
}

/* "Telegram: @name", "Wickr: name". Telegram is spoken of in general, too: its names need the sign. */
static void read_words(struct gathering *g)
{
	static const struct {
		const char *word, *arg;
	} messengers[] = { { "telegram", "telegram" }, { "wickr", "wickr" }, { "threema", "threema" },
		           { "kik", "kik" } };
	struct slice t = g->r->page->text;

	for (size_t at = 0; at < t.n && !gathering_is_full(g, FACT_CONTACT); at++) {
		if (t.p[at] != ':')
			continue;
		for (size_t i = 0; i < sizeof(messengers) / sizeof(messengers[0]); i++) {
			size_t n = strlen(messengers[i].word);
			if (at < n || !slice_eq_nocase(slice_sub(t, at - n, at), slice_str(messengers[i].word)) ||
			    (at > n && in_mail(t.p[at - n - 1])))
				continue;
			size_t from = at + 1;
			from += from < t.n && t.p[from] == ' ';
			bool sign = from < t.n && t.p[from] == '@';
			from += sign;
			size_t to = from;
			while (to < t.n && to - from <= HANDLE_MAX && in_mail(t.p[to]))
				to++;
			while (to > from && t.p[to - 1] == '.')
				to--;
			struct fact f = { .kind = FACT_CONTACT, .arg = slice_str(messengers[i].arg),
				          .value = slice_sub(t, from, to), .start = (uint32_t)(at - n),
				          .end = (uint32_t)to };
			if (to - from >= HANDLE_MIN && to - from <= HANDLE_MAX && (sign || i > 0))
				gathering_put(g, &f);
		}
	}
}

void contact_read(struct gathering *g)
{
	const struct page_text *page = g->r->page;

	read_text(g);
	read_words(g);
	for (size_t i = 0; i < page->block_n && !gathering_is_full(g, FACT_CONTACT); i++)
		if (page->block[i].role == ROLE_LINK && !page->block[i].hidden)
			read_link(g, (uint32_t)i);
}

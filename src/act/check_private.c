/* Nobody's personal data leaves.
 *
 * A notice of a thousand names repeats itself: laws, rules, recipes, and all of it again in each of its
 * forms. So each text is looked through once: the texts of others that a notice holds, subject by subject,
 * then what is new in what was written, by lines of the letter and by strings of the attachments. (A line
 * is cut where the letter was folded; the texts behind it were looked through before they were.)
 * Digests and references are blanked: among so many digits some look like a telephone number. */
#include "act/checking.h"
#include "base/table.h"
#include "wire/mail_address.h"
#include "wire/redaction.h"
#include "wire/timestamp.h"

enum {
	HEX_RUN = 16,        /* digits from which on it is a digest */
	PIECE = 64 << 10,    /* bytes */
	LEAST = 5,           /* bytes of what can be personal: "a@b.c" */
	TELEPHONE_LEAST = 7, /* digits (wire/redaction.h) */
	LATEST = 256,
};

struct looking {
	struct checking *c;
	struct table seen; /* texts that were looked through, or will be with what is new */
	struct buf fresh;  /* texts that are new, each ended by LF */
	struct slice latest[LATEST]; /* of those seen: most come again soon */
};

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Of digests, references and UUIDs: a telephone number has at most 15 digits (E.164). */
static void blank_digests(struct buf *b)
{
	for (size_t at = 0; at < b->n;) {
		size_t end = at, digits = 0;
		while (end < b->n && (is_hex(b->p[end]) || (b->p[end] == '-' && digits)))
			digits += b->p[end++] != '-';
		if (digits >= HEX_RUN)
			memset(b->p + at, 'x', end - at);
		at = end + 1;
	}
}

/* Addresses that a notice has to name: of desks, and of functions. */
static bool is_ours(const struct notice *n, struct slice found)
{
	const struct slice named[] = { n->recipient.contact.address, n->sender_mail,
		                       n->appeal_address };
	struct mail_address address;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (named[i].n && slice_eq_nocase(found, named[i]))
			return true;
	return mail_address_parse(found, &address, NULL) == 0 && mail_address_is_role(&address);
}

/* Answer whether something was found. */
static bool look(struct looking *l, const struct notice_subject *s, const char *where,
                 struct slice text)
{
	struct arena a = { 0 };
	struct redaction *found;
	bool told = false;
	size_t n = 0;

	if (redaction_find(text, &a, &found, &n, NULL)) {
		l->c->failed = true; /* no memory: a piece is never too long */
		n = 0;
	}
	for (size_t i = 0; i < n && !told; i++) {
		struct slice is = slice_sub(text, found[i].start, found[i].end);
		if (found[i].kind == REDACTION_EMAIL && is_ours(l->c->n, is))
			continue;
		/* Not shown again in a message that may be logged. */
		checking_fail(l->c, s, "mask it", "%s holds what looks like personal data (%s)",
		              where, redaction_kind_name(found[i].kind));
		told = true;
	}
	arena_release(&a);
	return told;
}

/* Look through what is new, in pieces that end with a line; the first finding is told. */
static void look_through(struct looking *l, const struct notice_subject *s, const char *where)
{
	struct slice text;
	bool told = false;

	l->c->failed = l->c->failed || !buf_ok(&l->fresh);
	blank_digests(&l->fresh);
	for (text = buf_slice(&l->fresh); text.n && !told;) {
		size_t end = text.n < PIECE ? text.n : PIECE;
		while (end < text.n && text.p[end - 1] != '\n' && end < REDACTION_TEXT_MAX)
			end++;
		told = look(l, s, where, slice_sub(text, 0, end));
		text = slice_sub(text, end, text.n);
	}
	buf_clear(&l->fresh);
}

/* A word of names and codes ("jp-desktop", "kusuri.example", a digest, an UUID, a time): no space, no sign
 * that begins contact data, and too few digits for a telephone number or far too many. */
static bool is_code(struct slice s)
{
	size_t at = slice_starts(s, SLICE("sha256:")) ? sizeof("sha256:") - 1 : 0;
	size_t digits = 0, hex = 0, all = s.n - at;

	if (s.n == TIMESTAMP_LEN && s.p[s.n - 1] == 'Z')
		return timestamp_parse(s, &(int64_t){ 0 }, NULL) == 0;
	for (; at < s.n; at++) {
		char c = s.p[at];
		bool digit = c >= '0' && c <= '9';
		if (!digit && !(c >= 'a' && c <= 'z') && c != '-' && c != '.' && c != '_')
			return false;
		digits += digit;
		hex += is_hex(c) || c == '-';
	}
	return digits < TELEPHONE_LEAST || (hex == all && all >= 2 * HEX_RUN);
}

static void add(struct looking *l, struct slice text)
{
	struct table_entry *e;

	if (text.n < LEAST)
		return;
	const unsigned char *p = (const unsigned char *)text.p;
	struct slice *latest =
		&l->latest[(text.n * 31 + p[0] + p[text.n / 2] * 7u + p[text.n - 1] * 13u) %
	                   LATEST];
	if (slice_eq(*latest, text) || is_code(text))
		return;
	*latest = text;
	e = table_put(&l->seen, text);
	if (!e) {
		l->c->failed = true;
		return;
	}
	if (e->value)
		return;
	e->value = l; /* any mark */
	buf_put(&l->fresh, text);
	buf_putc(&l->fresh, '\n');
}

static void look_through_subject(struct looking *l, const struct notice_subject *s)
{
	add(l, s->collateral);
	for (size_t i = 0; i < s->finding_n; i++) {
		add(l, s->finding[i].text);
		for (size_t k = 0; k < s->finding[i].quote_n; k++)
			add(l, s->finding[i].quote[k].quote);
	}
	for (size_t i = 0; i < s->capture_n; i++) {
		add(l, s->capture[i].expect);
		add(l, s->capture[i].others);
	}
	look_through(l, s, "a text of its annex");
}

static void look_through_lines(struct looking *l, const char *where, struct slice text)
{
	struct slice line;

	while (slice_cut(&text, '\n', &line))
		add(l, slice_trim(line));
	look_through(l, NULL, where);
}

/* Whether the quotation mark at `at` is part of the string that begins at `start`. */
static bool is_quoted(struct slice text, size_t start, size_t at)
{
	size_t slashes = 0;

	while (at - slashes > start && text.p[at - slashes - 1] == '\\')
		slashes++;
	return slashes % 2;
}

/* The strings of a JSON text, but names of members and payloads, which are base64 of a capture's
 * expected text. */
static void look_through_json(struct looking *l, const char *where, struct slice text)
{
	struct slice name = { NULL, 0 };

	for (size_t at = 0; at < text.n;) {
		size_t start = at + slice_find(slice_sub(text, at, text.n), '"') + 1, end = start;
		do
			end += slice_find(slice_sub(text, end, text.n), '"') + 1;
		while (end < text.n && is_quoted(text, start, end - 1));
		end--;
		struct slice string = slice_sub(text, start, end);
		at = end + 1;
		if (at < text.n && text.p[at] == ':')
			name = string;
		else if (!slice_eq_str(name, "payload"))
			add(l, string);
	}
	look_through(l, NULL, where);
}

void check_private(struct checking *c)
{
	const struct notice *n = c->n;
	struct looking l = { .c = c, .seen = { .key = { 0x6e6f74696365, 0x61737361790a } } };

	add(&l, n->harm);
	add(&l, n->recipient.name);
	add(&l, n->recipient.terms_says);
	add(&l, n->retracts_reason);
	for (size_t i = 0; i < n->recipient.demand_n; i++)
		add(&l, n->recipient.demand[i]);
	for (size_t i = 0; i < n->statement_n; i++)
		add(&l, n->statement[i]);
	look_through(&l, NULL, "a text of the notice");
	for (size_t i = 0; i < n->annex_n; i++)
		look_through_subject(&l, &n->annex[i]);
	look_through_lines(&l, "the subject line", c->written->mail_subject);
	look_through_lines(&l, "the letter", c->written->letter);
	look_through_json(&l, "the annex", c->written->annex);
	look_through_json(&l, "the XARF report", c->written->xarf);
	table_release(&l.seen);
	buf_release(&l.fresh);
}

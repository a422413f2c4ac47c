/* What is written: nobody's personal data, no word too strong, and a form that desks can read.
 *
 * The texts of others in a notice are looked through by themselves, each once however often it is
 * repeated, and what was written is looked through as a whole. Digests and references are blanked before:
 * among so many digits some look like a telephone number. */
#include "act/checking.h"
#include "base/utf8.h"
#include "wire/mail_address.h"
#include "wire/redaction.h"
#include "wire/wrap.h"

#include <uniwidth.h>

enum {
	HEX_RUN = 16,         /* digits from which on it is a digest */
	SUBJECT_MAX = 200,    /* bytes */
	LETTER_MAX = 1 << 20, /* of a mail's text (wire/mail.h) */
	ATTACHMENT_MAX = 8 << 20,
	FIRST_LINES = 10,
	CITE_SHOWN = 24,
};

/* ---- personal data ---- */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* A copy with digests as 'x'; .p NULL: no memory. */
static struct slice blank_digests(struct arena *a, struct slice text)
{
	struct slice copy = arena_copy(a, text);
	char *p = (char *)(uintptr_t)copy.p;

	for (size_t at = 0; p && at < copy.n;) {
		size_t end = at;
		while (end < copy.n && is_hex(p[end]))
			end++;
		if (end - at >= HEX_RUN)
			memset(p + at, 'x', end - at);
		at = end + 1;
	}
	return copy;
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

static void look_through(struct checking *c, const struct notice_subject *s, const char *where,
                         struct slice text)
{
	struct arena a = { 0 };
	struct redaction *found;
	struct err err = { .what = "" };
	size_t n = 0;

	if (text.n == 0)
		return;
	struct slice blank = blank_digests(&a, text);
	int rc = blank.p ? redaction_find(blank, &a, &found, &n, &err) : ERR_NOMEM;
	if (rc == ERR_LIMIT)
		checking_fail(c, s, "draw up several notices", "%s is too long", where);
	else if (rc)
		c->failed = true;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct slice is = slice_sub(text, found[i].start, found[i].end);
		if (found[i].kind == REDACTION_EMAIL && is_ours(c->n, is))
			continue;
		/* Not shown again in a message that may be logged. */
		checking_fail(c, s, "mask it", "%s holds what looks like personal data (%s)", where,
		              redaction_kind_name(found[i].kind));
		break;
	}
	arena_release(&a);
}

static void look_through_subject(struct checking *c, const struct notice_subject *s,
                                 const struct notice_subject *before)
{
	look_through(c, s, "the statement on collateral damage", s->collateral);
	for (size_t i = 0; i < s->finding_n; i++)
		for (size_t k = 0; k < s->finding[i].quote_n; k++)
			look_through(c, s, "a quotation", s->finding[i].quote[k].quote);
	for (size_t i = 0; i < s->capture_n; i++) {
		const struct notice_capture *p = &s->capture[i];
		bool again = before && i < before->capture_n &&
		             slice_eq(before->capture[i].expect, p->expect);
		if (!again)
			look_through(c, s, "what is expected of a capture", p->expect);
		look_through(c, s, "what other vantages saw", p->others);
	}
}

void check_private(struct checking *c)
{
	const struct notice *n = c->n;
	const struct check_writing *w = c->written;

	look_through(c, NULL, "the harm", n->harm);
	look_through(c, NULL, "the recipient's name", n->recipient.name);
	look_through(c, NULL, "the reason", n->retracts_reason);
	for (size_t i = 0; i < n->recipient.demand_n; i++)
		look_through(c, NULL, "what the recipient demands", n->recipient.demand[i]);
	for (size_t i = 0; i < n->statement_n; i++)
		look_through(c, NULL, "a statement", n->statement[i]);
	for (size_t i = 0; i < n->annex_n; i++)
		look_through_subject(c, &n->annex[i], i ? &n->annex[i - 1] : NULL);
	look_through(c, NULL, "the subject line", w->mail_subject);
	look_through(c, NULL, "the letter", w->letter);
	look_through(c, NULL, "the annex", w->annex);
	look_through(c, NULL, "the XARF report", w->xarf);
}

/* ---- words too strong ---- */

static bool calls_fraud(struct slice text)
{
	return checking_holds_words(text, "fraud") || checking_holds_words(text, "scam") ||
	       slice_find_slice(text, SLICE("詐欺")) < text.n;
}

void check_no_fraud(struct checking *c)
{
	const struct notice *n = c->n;
	const char *todo = "say which licence or approval is missing; that is no fraud";
	const char *why = "%s speaks of fraud, in a matter of '%s'";
	const char *matter = notice_matter_name(n->matter);

	if (n->matter == MATTER_ROGUE)
		return;
	if (calls_fraud(n->harm))
		checking_fail(c, NULL, todo, why, "the harm", matter);
	if (calls_fraud(c->written->mail_subject))
		checking_fail(c, NULL, todo, why, "the subject line", matter);
	if (slice_find_slice(c->written->xarf, SLICE("\"fraud\"")) < c->written->xarf.n ||
	    slice_find_slice(c->written->xarf, SLICE("\"fraud_type\"")) < c->written->xarf.n)
		checking_fail(c, NULL, todo, why, "the XARF report", matter);
	for (size_t i = 0; i < n->annex_n; i++)
		if (calls_fraud(n->annex[i].collateral))
			checking_fail(c, &n->annex[i], todo, why, "the reviewer's statement",
			              matter);
}

/* ---- form ---- */

static size_t columns_of(struct slice line)
{
	size_t columns = 0;

	for (size_t at = 0; at < line.n;) {
		unsigned char first = (unsigned char)line.p[at];
		if (first < 0x80) {
			columns++;
			at++;
			continue;
		}
		int w = uc_width(utf8_next(line, &at), "UTF-8");
		columns += w > 0 ? (size_t)w : 0;
	}
	return columns;
}

/* The first lines that are not empty, as one: ends of lines become nothing, and so does the indent
 * behind them, for what is looked for is cut at any place. */
static void join_first(struct slice letter, struct buf *out)
{
	struct slice line;
	size_t n = 0;

	while (n < FIRST_LINES && slice_cut(&letter, '\n', &line)) {
		line = slice_trim(line);
		for (size_t i = 0; i < line.n; i++)
			if (line.p[i] != ' ')
				buf_putc(out, line.p[i]);
		n += line.n > 0;
	}
}

static bool is_among(const struct buf *first, struct slice words)
{
	struct buf packed = { 0 }, clean = { 0 };

	wrap_put_foreign(words, words.n, &clean);
	for (size_t i = 0; i < clean.n; i++)
		if (clean.p[i] != ' ')
			buf_putc(&packed, clean.p[i]);
	bool found = slice_find_slice(buf_slice(first), buf_slice(&packed)) < first->n;
	buf_release(&packed);
	buf_release(&clean);
	return found;
}

static void check_letter(struct checking *c, struct slice letter)
{
	const struct notice *n = c->n;
	struct buf first = { 0 };
	struct slice rest = letter, line;
	const char *todo = "write the letter anew";
	size_t number = 0;

	if (letter.n > LETTER_MAX || !utf8_valid(letter, NULL)) {
		checking_fail(c, NULL, "draw up several notices",
		              "the letter is no UTF-8, or longer than 1 MiB");
		return;
	}
	while (slice_cut(&rest, '\n', &line)) {
		number++;
		if (columns_of(line) > WRAP_WIDTH) {
			checking_fail(c, NULL, todo, "line %zu is wider than %d columns", number,
			              (int)WRAP_WIDTH);
			break;
		}
	}
	join_first(letter, &first);
	if (n->annex_n && !is_among(&first, n->annex[0].subject.key))
		checking_fail(c, NULL, todo, "its first ten lines name no subject");
	if (checking_asks(c) && n->law_n &&
	    !is_among(&first, slice_sub(n->law[0].cite, 0, CITE_SHOWN)))
		checking_fail(c, NULL, todo, "its first ten lines cite no clause");
	c->failed = c->failed || !buf_ok(&first);
	buf_release(&first);
}

static size_t count(struct slice text, struct slice word)
{
	size_t n = 0;

	for (size_t at; (at = slice_find_slice(text, word)) < text.n; n++)
		text = slice_sub(text, at + word.n, text.n);
	return n;
}

static void check_json(struct checking *c, const char *what, struct slice text)
{
	if (text.n > ATTACHMENT_MAX || !utf8_valid(text, NULL) || !slice_starts(text, SLICE("{")) ||
	    !slice_ends(text, SLICE("}\n")))
		checking_fail(c, NULL, "write the attachments anew",
		              "%s is no JSON object on one line, or longer than 8 MiB", what);
	else if (slice_find_slice(text, c->n->reference) == text.n)
		checking_fail(c, NULL, "write the attachments anew",
		              "%s does not name the reference", what);
}

void check_form(struct checking *c)
{
	const struct check_writing *w = c->written;
	const struct notice *n = c->n;

	if (w->mail_subject.n == 0 && w->letter.n == 0 && w->annex.n == 0 && w->xarf.n == 0)
		return;
	if (w->mail_subject.n > SUBJECT_MAX ||
	    slice_find(w->mail_subject, '\n') < w->mail_subject.n ||
	    slice_find_slice(w->mail_subject, n->reference) == w->mail_subject.n)
		checking_fail(
			c, NULL, "write the letter anew",
			"the subject line is long, is several, or does not name the reference");
	if (w->letter.n == 0)
		checking_fail(c, NULL, "write the letter", "there is no letter");
	else
		check_letter(c, w->letter);
	if (w->annex.n == 0)
		checking_fail(c, NULL, "write the annex", "a bare list of names is no notice");
	else
		check_json(c, "the annex", w->annex);
	if (w->annex.n && count(w->annex, SLICE("{\"addresses\":")) != n->annex_n)
		checking_fail(c, NULL, "write the attachments anew",
		              "the annex does not have one entry for each of %zu subjects",
		              n->annex_n);
	if (w->xarf.n)
		check_json(c, "the XARF report", w->xarf);
}

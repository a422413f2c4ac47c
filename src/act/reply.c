#include "act/reply.h"

#include "act/reply_table.h"
#include "base/utf8.h"
#include "wire/fold.h"
#include "wire/mail_address.h"

#include <string.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- sentences ---- */

static bool at_word(struct slice s, size_t i, const char *mark)
{
	return slice_starts(slice_sub(s, i, s.n), slice_str(mark));
}

/* How many bytes at i end a sentence; 0: none. A line end alone is only where it was wrapped. */
static size_t stop_at(struct slice s, size_t i)
{
	static const char *const wide[] = { "。", "！", "？", "．" };

	if (s.p[i] == '\n' && (i + 1 == s.n || s.p[i + 1] == '\n'))
		return 1;
	if (s.p[i] == '\n' && (at_word(s, i + 1, "- ") || at_word(s, i + 1, "* ") ||
	                       at_word(s, i + 1, "・")))
		return 1;
	if ((s.p[i] == '.' || s.p[i] == '!' || s.p[i] == '?') &&
	    (i + 1 == s.n || ascii_space(s.p[i + 1])))
		return 1;
	for (size_t k = 0; k < sizeof(wide) / sizeof(wide[0]); k++)
		if (at_word(s, i, wide[k]))
			return strlen(wide[k]);
	return 0;
}

static bool next_sentence(struct slice *rest, struct slice *out)
{
	size_t end = 0, stop = 0;

	while (end < rest->n && (stop = stop_at(*rest, end)) == 0)
		end++;
	if (rest->n == 0)
		return false;
	*out = slice_trim(slice_sub(*rest, 0, end + stop));
	*rest = slice_sub(*rest, end + stop, rest->n);
	return true;
}

/* ---- one sentence ---- */

static bool states_condition(const struct reply_table *t, struct slice folded)
{
	size_t start, end;

	for (size_t i = 0; i < t->n; i++) {
		const struct phrase *p = &t->phrase[i];
		if (p->kind == PHRASE_CONDITION && phrase_find(p, folded, 0, &start, &end) &&
		    (start == 0 || p->anywhere))
			return true;
	}
	return false;
}

/* Bytes that stand in no phrase. */
static void blank(const struct reply_table *t, char *folded, size_t n)
{
	size_t start, end;

	for (size_t i = 0; i < t->n; i++) {
		const struct phrase *p = &t->phrase[i];
		size_t from = 0;
		while (p->kind == PHRASE_COVER &&
		       phrase_find(p, slice_from(folded, n), from, &start, &end)) {
			memset(folded + start, 1, end - start);
			from = end;
		}
	}
}

/* Whether it is that, less than the kinds before. */
static bool says(const struct reply_table *t, enum phrase_kind kind, bool conditional,
                 struct slice folded)
{
	size_t start, end;

	for (size_t i = 0; i < t->n; i++) {
		const struct phrase *p = &t->phrase[i];
		if (p->kind == kind && (!conditional || p->strong) &&
		    phrase_find(p, folded, 0, &start, &end))
			return true;
	}
	return false;
}

/* Gravest first. */
static const struct {
	enum phrase_kind kind;
	enum reply_class class;
} order[] = {
	{ PHRASE_REFUSAL, REPLY_REFUSAL },
	{ PHRASE_REQUEST, REPLY_REQUEST },
	{ PHRASE_CLAIM, REPLY_CLAIM },
	{ PHRASE_ACKNOWLEDGEMENT, REPLY_ACKNOWLEDGEMENT },
};
enum { ORDER = sizeof(order) / sizeof(order[0]) };

/* The place in that order; ORDER: nothing. */
static int rank_sentence(const struct reply_table *t, struct slice sentence, struct arena *a,
                         size_t *rank, struct err *err)
{
	struct folded f;
	int rc = fold(sentence, a, &f, err);

	if (rc)
		return rc;
	char *text = arena_alloc(a, f.text.n + 1);
	if (!text)
		return no_memory(err);
	for (size_t i = 0; i < f.text.n; i++)
		text[i] = f.text.p[i] == '\n' ? ' ' : f.text.p[i];
	struct slice folded = slice_from(text, f.text.n);
	bool conditional = states_condition(t, folded);
	blank(t, text, folded.n);
	*rank = 0;
	while (*rank < ORDER && !says(t, order[*rank].kind, conditional, folded))
		++*rank;
	return 0;
}

/* ---- numbers ---- */

static bool is_alnum(char c)
{
	c = ascii_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* "N-" and 16 digits at an offset. */
static bool is_reference_at(struct slice s, size_t at)
{
	if (at + 18 > s.n || ascii_lower(s.p[at]) != 'n' || s.p[at + 1] != '-' ||
	    (at && is_alnum(s.p[at - 1])) || (at + 18 < s.n && is_alnum(s.p[at + 18])))
		return false;
	for (size_t i = 2; i < 18; i++)
		if (!is_hex(ascii_lower(s.p[at + i])))
			return false;
	return true;
}

static size_t token_at(struct slice s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && (is_alnum(s.p[at + n]) || s.p[at + n] == '-' || s.p[at + n] == '_' ||
	                        s.p[at + n] == '/'))
		n++;
	while (n && !is_alnum(s.p[at + n - 1]))
		n--;
	return n;
}

static bool is_date(struct slice s)
{
	return s.n >= 4 && s.n <= 10 && s.p[0] == '2' && s.p[1] == '0' &&
	       (s.n == 4 || ((s.p[4] == '-' || s.p[4] == '/') && s.n >= 8));
}

/* A number as ticket systems give them: three digits, or letters, a dash and two. Not a date, a
 * domain, an address, or our own reference. */
static bool is_number(struct slice all, size_t at, size_t n)
{
	struct slice s = slice_sub(all, at, at + n);
	size_t digits = 0, letters = 0, dashes = 0;

	for (size_t i = 0; i < n; i++) {
		digits += is_digit(s.p[i]);
		dashes += s.p[i] == '-';
		letters += is_alnum(s.p[i]) && !is_digit(s.p[i]);
	}
	bool part = (at + n + 1 < all.n && (all.p[at + n] == '.' || all.p[at + n] == '@') &&
	             is_alnum(all.p[at + n + 1])) ||
	            (at && (all.p[at - 1] == '.' || all.p[at - 1] == '@' || all.p[at - 1] == '+'));
	return n >= 3 && n <= REPLY_TICKET_MAX && !part && !is_date(s) &&
	       (digits >= 3 || (digits >= 2 && letters && dashes));
}

enum { TICKET_NEAR = 40 }; /* bytes between the word and the number */

static bool number_behind(struct slice s, size_t from, struct slice *out)
{
	for (size_t at = from; at < s.n && at < from + TICKET_NEAR;) {
		if (!is_alnum(s.p[at])) {
			if (s.p[at] == '\n' && at + 1 < s.n && s.p[at + 1] == '\n')
				return false;
			at++;
			continue;
		}
		if (is_reference_at(s, at))
			return false;
		size_t n = token_at(s, at);
		if (is_number(s, at, n)) {
			*out = slice_sub(s, at, at + n);
			return true;
		}
		at += n ? n : 1;
	}
	return false;
}

/* "[#4711]", "[ABC-4711]" in a subject: systems write them there without a word. */
static bool number_in_subject(struct slice s, struct slice *out)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		bool hash = s.p[i] == '#' && is_alnum(s.p[i + 1]);
		bool bracket = (s.p[i] == '[' || s.p[i] == '(') && is_alnum(s.p[i + 1]);
		size_t n = hash || bracket ? token_at(s, i + 1) : 0;
		if (n == 0 || is_reference_at(s, i + 1) || !is_number(s, i + 1, n))
			continue;
		char end = i + 1 + n < s.n ? s.p[i + 1 + n] : ' ';
		if (bracket && end != ']' && end != ')')
			continue;
		*out = slice_sub(s, i + 1, i + 1 + n);
		return true;
	}
	return false;
}

/* Behind a word for it. Compared as it is written, case aside: a number must not be folded. */
static bool number_behind_word(const struct reply_table *t, struct slice s, struct slice *out)
{
	for (size_t i = 0; i < s.n; i++)
		for (size_t k = 0; k < t->n; k++) {
			const struct phrase *p = &t->phrase[k];
			struct slice word = p->piece[0];
			if (p->kind != PHRASE_TICKET || i + word.n > s.n ||
			    !slice_eq_nocase(slice_sub(s, i, i + word.n), word) ||
			    (i && is_alnum(s.p[i - 1]) && is_alnum(s.p[i])))
				continue;
			if (number_behind(s, i + word.n, out))
				return true;
		}
	return false;
}

/* ---- the whole ---- */

static int one_line(struct slice s, struct arena *a, struct slice *out, struct err *err)
{
	char *line = arena_alloc(a, s.n + 1);
	size_t n = 0;

	if (!line)
		return no_memory(err);
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		uint32_t c = utf8_next(s, &at);
		if (c == ' ' || utf8_is_steering(c)) {
			if (n && line[n - 1] != ' ')
				line[n++] = ' ';
			continue;
		}
		if (n + at - from > REPLY_WORDS_MAX)
			break;
		memcpy(line + n, s.p + from, at - from);
		n += at - from;
	}
	*out = slice_trim(slice_from(line, n));
	return 0;
}

int reply_classify(const struct reply_table *t, struct slice subject, struct slice text,
                   struct arena *a, struct reply_reading *out, struct err *err)
{
	struct reply_reading r = { .class = REPLY_OTHER };
	struct slice own, rest, sentence, best = SLICE("");
	size_t least = ORDER, rank = ORDER;
	int rc = reply_own_text(t, text, a, &own, err);

	if (rc)
		return rc;
	for (rest = own; rc == 0 && next_sentence(&rest, &sentence);) {
		rc = rank_sentence(t, sentence, a, &rank, err);
		if (rc == 0 && rank < least) {
			least = rank;
			best = sentence;
		}
	}
	if (rc == 0)
		rc = one_line(best.n ? best : own, a, &r.words, err);
	if (rc)
		return rc;
	if (least < ORDER)
		r.class = order[least].class;
	if (!number_in_subject(subject, &r.ticket) && !number_behind_word(t, own, &r.ticket))
		number_behind_word(t, subject, &r.ticket);
	if (r.ticket.n && (r.class == REPLY_ACKNOWLEDGEMENT || r.class == REPLY_OTHER))
		r.class = REPLY_TICKET;
	*out = r;
	return 0;
}

/* ---- which notice ---- */

static bool has_id(const struct mail_read *m, struct slice id)
{
	for (size_t i = 0; id.n && i < m->answers_n; i++)
		if (slice_eq(m->answers[i], id))
			return true;
	return false;
}

static bool match_reference(struct slice s, const struct reply_known *known, size_t n,
                            size_t *which)
{
	for (size_t at = 0; at + 18 <= s.n; at++) {
		if (!is_reference_at(s, at))
			continue;
		for (size_t i = 0; i < n; i++)
			if (slice_eq_nocase(known[i].reference, slice_sub(s, at, at + 18))) {
				*which = i;
				return true;
			}
	}
	return false;
}

enum reply_link reply_match(const struct mail_read *m, const struct dsn *d,
                            const struct reply_known *known, size_t n, size_t *which)
{
	for (size_t i = 0; i < n; i++)
		if (has_id(m, known[i].message_id)) {
			*which = i;
			return REPLY_BY_ANSWER;
		}
	if (match_reference(m->subject, known, n, which) ||
	    match_reference(m->text, known, n, which))
		return REPLY_BY_REFERENCE;
	for (size_t i = 0; d && i < n; i++)
		if (d->original_id.n && slice_eq(d->original_id, known[i].message_id)) {
			*which = i;
			return REPLY_BY_BOUNCE;
		}
	return REPLY_UNLINKED;
}

static struct slice registrable_of(struct slice address, const struct suffixes *s)
{
	struct mail_address parsed;
	size_t at = slice_find(address, '@');

	if (mail_address_parse(address, &parsed, NULL) || at >= address.n)
		return SLICE("");
	struct domain d = domain_of(s, slice_sub(address, at + 1, address.n));
	return domain_site(&d);
}

bool reply_is_stranger(struct slice from, struct slice address, const struct suffixes *s)
{
	struct slice a = registrable_of(from, s), b = registrable_of(address, s);

	return a.n == 0 || !slice_eq_nocase(a, b);
}

const struct dsn_recipient *reply_bounced(const struct dsn *d, struct slice address)
{
	const struct dsn_recipient *found = NULL;

	for (size_t i = 0; i < d->recipient_n; i++) {
		const struct dsn_recipient *r = &d->recipient[i];
		/* A text may name nobody: then it is about the one mail that it names. */
		if (r->action == DSN_DELIVERED ||
		    (r->address.n && !slice_eq_nocase(r->address, address)))
			continue;
		if (!found || r->action < found->action)
			found = r;
	}
	return found;
}

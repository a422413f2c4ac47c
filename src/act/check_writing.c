/* What is written: no word too strong, and a form that desks can read. */
#include "act/checking.h"
#include "base/utf8.h"
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

	if (letter.n > LETTER_MAX) {
		checking_fail(c, NULL, "draw up several notices",
		              "the letter has %zu bytes, more than a mail's text may have", letter.n);
		return;
	}
	if (!utf8_valid(letter, NULL)) {
		checking_fail(c, NULL, todo, "the letter is no UTF-8");
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
	if (checking_asks(c) && n->law_n && n->law[0].basis != BASIS_VOLUNTARY &&
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

/* What the writer of an answer says, without the mail that is answered. */
#include "act/reply_table.h"

#include "base/buf.h"
#include "wire/fold.h"

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* Whether a line begins with a phrase that introduces what is quoted. With a "*" in it ("On ...
 * wrote:") the line must end there, unless its last word may go on ("schrieb~"); one without is all
 * of its line ("-----Original Message-----"). */
static int is_quote_line(const struct reply_table *t, struct slice line, struct arena *a,
                         bool *out, struct err *err)
{
	struct folded f;
	size_t start, end;
	int rc = fold(slice_sub(line, 0, 400), a, &f, err);

	*out = false;
	for (size_t i = 0; rc == 0 && !*out && i < t->n; i++) {
		const struct phrase *p = &t->phrase[i];
		if (p->kind != PHRASE_QUOTE || !phrase_find(p, f.text, 0, &start, &end))
			continue;
		*out = (start == 0 || p->anywhere) && (end == f.text.n || p->open);
	}
	return rc;
}

/* "From: ...", "差出人: ...": the head of a mail that a program put below the answer. */
static bool is_head(struct slice line)
{
	static const char *const words[] = { "from:",   "von:",    "de:",      "差出人:", "差出人：",
		                             "发件人:", "发件人：", "*from:*" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct slice word = slice_str(words[i]);
		if (slice_eq_nocase(slice_sub(line, 0, word.n), word))
			return true;
	}
	return false;
}

static bool is_field(struct slice line)
{
	size_t colon = slice_find(line, ':'), wide = slice_find_slice(line, SLICE("："));
	size_t at = colon < wide ? colon : wide;

	return at > 1 && at < 30 && at < line.n;
}

static bool is_quoted(struct slice line)
{
	line = slice_trim(line);
	return line.n && (line.p[0] == '>' || line.p[0] == '|');
}

static struct slice next_line(struct slice rest)
{
	struct slice line = SLICE("");

	while (slice_cut(&rest, '\n', &line) && slice_trim(line).n == 0)
		;
	return slice_trim(line);
}

/* An attribution may be folded: then it is this line and the next. */
static int introduces(const struct reply_table *t, struct slice line, struct slice *rest,
                      struct arena *a, bool *out, struct err *err)
{
	struct slice next, behind = *rest;
	int rc = is_quote_line(t, line, a, out, err);

	if (rc || *out || line.n > 200 || !slice_cut(&behind, '\n', &next) ||
	    slice_trim(next).n == 0 || is_quoted(next))
		return rc;
	rc = is_quote_line(t, slice_trim(next), a, out, err);
	if (rc || *out) {
		*out = false;
		return rc;
	}
	const char *both = arena_printf(a, "%.*s %.*s", SLICE_ARG(line),
	                                SLICE_ARG(slice_sub(next, 0, 200)));
	if (!both)
		return no_memory(err);
	rc = is_quote_line(t, slice_str(both), a, out, err);
	if (rc == 0 && *out)
		*rest = behind;
	return rc;
}

int reply_own_text(const struct reply_table *t, struct slice text, struct arena *a,
                   struct slice *out, struct err *err)
{
	struct slice rest = slice_sub(text, 0, REPLY_TEXT_MAX), line;
	struct buf own = { 0 };
	int rc = 0;

	while (rc == 0 && slice_cut(&rest, '\n', &line)) {
		bool quote = false;
		if (is_quoted(line))
			continue;
		/* RFC 3676, section 4.3: a signature. */
		if (slice_eq_str(line, "-- ") || slice_eq_str(line, "--"))
			break;
		if (is_head(slice_trim(line)) && is_field(next_line(rest)))
			break;
		rc = introduces(t, slice_trim(line), &rest, a, &quote, err);
		/* Below it is quoted line by line, and the answer may stand between; or not. */
		if (rc == 0 && quote && !is_quoted(next_line(rest)))
			break;
		if (!quote) {
			buf_put(&own, line);
			buf_putc(&own, '\n');
		}
	}
	if (rc == 0 && !buf_ok(&own))
		rc = no_memory(err);
	if (rc == 0) {
		*out = arena_copy(a, buf_slice(&own));
		rc = out->p ? 0 : no_memory(err);
	}
	buf_release(&own);
	return rc;
}

#include "act/reply_table.h"

#include "wire/fold.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[PHRASE_KINDS] = {
	[PHRASE_ACKNOWLEDGEMENT] = "acknowledgement",
	[PHRASE_REFUSAL] = "refusal",
	[PHRASE_REQUEST] = "request",
	[PHRASE_CLAIM] = "claim",
	[PHRASE_COVER] = "cover",
	[PHRASE_CONDITION] = "condition",
	[PHRASE_TICKET] = "ticket",
	[PHRASE_QUOTE] = "quote",
};

static bool parse_kind(struct slice word, struct phrase *p)
{
	p->strong = slice_ends(word, SLICE("!"));
	word.n -= p->strong;
	for (size_t i = 0; i < PHRASE_KINDS; i++)
		if (slice_eq_str(word, kinds[i])) {
			p->kind = (enum phrase_kind)i;
			return !p->strong || i <= PHRASE_CLAIM;
		}
	return false;
}

static int parse_phrase(struct reply_table *t, struct slice text, struct phrase *p,
                        struct err *err)
{
	struct slice piece;

	/* Numbers are looked for in texts as they were written. */
	if (p->kind == PHRASE_TICKET) {
		p->piece[p->n++] = arena_copy(&t->arena, text);
		return p->piece[0].p ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	p->open = slice_ends(text, SLICE("~"));
	text.n -= p->open;
	while (slice_cut(&text, '*', &piece)) {
		struct folded f;
		int rc = fold(piece, &t->arena, &f, err);
		if (rc)
			return rc;
		if (f.text.n == 0 || p->n == PHRASE_PIECES)
			return err_set(err, ERR_SYNTAX, 0,
			               "a phrase of no words, or of too many parts");
		p->piece[p->n++] = f.text;
	}
	return p->n ? 0 : err_set(err, ERR_SYNTAX, 0, "an empty phrase");
}

static int parse_row(struct reply_table *t, struct slice line, struct phrase *p, struct err *err)
{
	struct slice kind, language;

	if (!slice_cut(&line, '\t', &kind) || !slice_cut(&line, '\t', &language) || line.n == 0 ||
	    slice_find(line, '\t') < line.n)
		return err_set(err, ERR_SYNTAX, 0, "a row is: kind, language, phrase");
	if (!parse_kind(kind, p))
		return err_set(err, ERR_SYNTAX, 0, "'%.*s' is no kind of phrase", SLICE_ARG(kind));
	p->anywhere = slice_eq_str(language, "ja") || slice_eq_str(language, "zh");
	return parse_phrase(t, line, p, err);
}

int reply_load(struct slice text, struct reply_table **out, struct err *err)
{
	struct reply_table *t = calloc(1, sizeof(*t));
	struct slice line, rest = text;
	size_t lines = 1, number = 0;
	int rc = 0;

	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	if (t)
		t->phrase = arena_array(&t->arena, lines, sizeof(*t->phrase));
	if (!t || !t->phrase) {
		reply_free(t);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	while (rc == 0 && slice_cut(&rest, '\n', &line)) {
		struct err why = { 0 };
		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		rc = parse_row(t, line, &t->phrase[t->n++], &why);
		if (rc)
			err_set(err, rc, 0, "replies.tsv:%zu: %s", number, why.what);
	}
	if (rc) {
		reply_free(t);
		return rc;
	}
	*out = t;
	return 0;
}

void reply_free(struct reply_table *t)
{
	if (t)
		arena_release(&t->arena);
	free(t);
}

/* ---- finding ---- */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A word does not begin or end within another; letters of scripts without spaces have no words. */
static bool stands_free(struct slice text, size_t start, size_t end, bool open)
{
	bool before = start > 0 && is_word(text.p[start - 1]) && is_word(text.p[start]);
	bool behind = end < text.n && is_word(text.p[end]) && is_word(text.p[end - 1]);

	return !before && (open || !behind);
}

static bool piece_find(struct slice text, struct slice piece, size_t from, size_t last, bool open,
                       size_t *start)
{
	size_t end = last < text.n ? last + piece.n : text.n;

	/* No further than it may stand: a text of anybody's must not cost its square. */
	while (from <= last && from < text.n) {
		struct slice near = slice_sub(text, from, end);
		size_t at = slice_find_slice(near, piece);
		if (at == near.n)
			return false;
		at += from;
		if (stands_free(text, at, at + piece.n, open)) {
			*start = at;
			return true;
		}
		from = at + 1;
	}
	return false;
}

bool phrase_find(const struct phrase *p, struct slice text, size_t from, size_t *start,
                 size_t *end)
{
	size_t at;

	while (piece_find(text, p->piece[0], from, text.n, p->open && p->n == 1, start)) {
		size_t i = 1;
		*end = *start + p->piece[0].n;
		while (i < p->n && piece_find(text, p->piece[i], *end, *end + PHRASE_GAP,
		                              p->open && i + 1 == p->n, &at)) {
			*end = at + p->piece[i].n;
			i++;
		}
		if (i == p->n)
			return true;
		from = *start + 1;
	}
	return false;
}

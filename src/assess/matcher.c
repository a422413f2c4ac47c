/* Spellings in one automaton over bytes. The value of a pattern is twice its index in the lexicon's
 * terms or phrases, and one more where it is a phrase. */
#include "assess/matcher.h"

#include "base/automaton.h"
#include "base/buf.h"
#include "base/utf8.h"

#include <stdlib.h>

enum { SPELLINGS_MAX = 65536, HITS_MAX = 1 << 22 };

struct matcher {
	struct automaton *automaton;
	const struct lexicon *lexicon;
};

/* Patterns, until the automaton is built. */
struct spellings {
	struct automaton_pattern *pattern;
	size_t n, cap;
	struct arena arena; /* their folded texts */
};

static int add(struct spellings *s, struct slice spelling, bool is_phrase, uint32_t index,
               struct err *err)
{
	struct folded folded;
	int rc = fold(spelling, &s->arena, &folded, err);

	if (rc || folded.text.n == 0)
		return rc;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 1024;
		struct automaton_pattern *more = realloc(s->pattern, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		s->pattern = more;
		s->cap = cap;
	}
	s->pattern[s->n++] = (struct automaton_pattern){ folded.text, index * 2 + is_phrase };
	return 0;
}

/* Spell out a pattern. `done` holds what is spelled so far; `rest` is still to be read. Sets of
 * braces nest one deep ({} within []), so the recursion is as deep as there are groups. */
struct spelling {
	struct spellings *all;
	uint32_t index;
	size_t count;
};

static int spell(struct spelling *s, struct buf *done, struct slice rest, struct err *err);

/* One alternative, then what follows the group. */
static int spell_then(struct spelling *s, struct buf *done, struct slice part, struct slice rest,
                      struct err *err)
{
	struct buf joined = { 0 };
	buf_put(&joined, part);
	buf_putc(&joined, ' ');
	buf_put(&joined, rest);
	int rc = buf_ok(&joined) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
	size_t keep = done->n;
	if (rc == 0)
		rc = spell(s, done, buf_slice(&joined), err);
	done->n = keep;
	buf_release(&joined);
	return rc;
}

static int spell(struct spelling *s, struct buf *done, struct slice rest, struct err *err)
{
	size_t keep = done->n, at = 0;
	int rc = 0;

	while (at < rest.n && rest.p[at] != '{' && rest.p[at] != '[')
		at++;
	buf_put(done, slice_sub(rest, 0, at));
	if (at == rest.n) {
		if (!buf_ok(done))
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
		else if (++s->count > SPELLINGS_MAX)
			rc = err_set(err, ERR_LIMIT, 0, "more than %d spellings", (int)SPELLINGS_MAX);
		else
			rc = add(s->all, buf_slice(done), true, s->index, err);
		done->n = keep;
		return rc;
	}
	bool optional = rest.p[at] == '[';
	size_t close = at + slice_find(slice_sub(rest, at, rest.n), optional ? ']' : '}');
	if (close == rest.n)
		return err_set(err, ERR_SYNTAX, at, "a bracket is not closed");
	struct slice inner = slice_sub(rest, at + 1, close), after = slice_sub(rest, close + 1, rest.n);
	if (optional) {
		rc = spell_then(s, done, inner, after, err);
		if (rc == 0)
			rc = spell_then(s, done, SLICE(""), after, err);
	} else {
		struct slice part;
		while (rc == 0 && slice_cut(&inner, '|', &part))
			rc = spell_then(s, done, part, after, err);
	}
	done->n = keep;
	return rc;
}

int matcher_new(const struct lexicon *lexicon, struct matcher **out, struct err *err)
{
	struct matcher *m = calloc(1, sizeof(*m));
	struct spellings all = { 0 };
	struct buf done = { 0 };
	int rc = m ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");

	for (size_t i = 0; rc == 0 && i < lexicon->terms; i++)
		rc = add(&all, lexicon->term[i].text, false, (uint32_t)i, err);
	for (size_t i = 0; rc == 0 && i < lexicon->phrases; i++) {
		struct spelling s = { &all, (uint32_t)i, 0 };
		rc = spell(&s, &done, lexicon->phrase[i].pattern, err);
		if (rc)
			rc = err_wrap(err, "phrases.tsv:%u", (unsigned)lexicon->phrase[i].line);
	}
	if (rc == 0)
		rc = automaton_new(all.pattern, all.n, &m->automaton, err);
	buf_release(&done);
	arena_release(&all.arena);
	free(all.pattern);
	if (rc) {
		matcher_free(m);
		return rc;
	}
	m->lexicon = lexicon;
	*out = m;
	return 0;
}

int matcher_of(const struct lexicon *lexicon, struct automaton *automaton, struct matcher **out,
               struct err *err)
{
	struct matcher *m = calloc(1, sizeof(*m));

	if (!m)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	*m = (struct matcher){ automaton, lexicon };
	*out = m;
	return 0;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	automaton_free(m->automaton);
	free(m);
}

const struct automaton *matcher_automaton(const struct matcher *m)
{
	return m->automaton;
}

size_t matcher_patterns(const struct matcher *m)
{
	return automaton_patterns(m->automaton);
}

enum script { SCRIPT_NONE, SCRIPT_LETTER, SCRIPT_DIGIT, SCRIPT_KATAKANA, SCRIPT_FREE };

/* How a character binds to its neighbour of the same kind. */
static enum script script_of(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return SCRIPT_DIGIT;
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? SCRIPT_LETTER : SCRIPT_NONE;
	if ((c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc)
		return SCRIPT_KATAKANA;
	if ((c >= 0x0e00 && c <= 0x0eff) ||   /* Thai, Lao */
	    (c >= 0x1000 && c <= 0x109f) ||   /* Myanmar */
	    (c >= 0x1100 && c <= 0x11ff) ||   /* Hangul jamo */
	    (c >= 0x1780 && c <= 0x17ff) ||   /* Khmer */
	    (c >= 0x2e80 && c <= 0x9fff) ||   /* kana, Han and their neighbours */
	    (c >= 0xac00 && c <= 0xd7ff) ||   /* Hangul */
	    (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff))
		return SCRIPT_FREE;
	if ((c >= 0x20a0 && c <= 0x20cf) || c == 0xa3 || c == 0xa5 || c == 0xa4)
		return SCRIPT_NONE; /* currency signs */
	return SCRIPT_LETTER;
}

static uint32_t char_before(struct slice s, size_t at)
{
	size_t start = at - 1;

	while (start > 0 && ((unsigned char)s.p[start] & 0xc0) == 0x80)
		start--;
	return utf8_next(s, &start);
}

static bool binds(uint32_t a, uint32_t b)
{
	enum script x = script_of(a), y = script_of(b);

	return x == y && (x == SCRIPT_LETTER || x == SCRIPT_DIGIT || x == SCRIPT_KATAKANA);
}

/* "Generic", which Japanese shops write behind a brand without a space. */
#define GENERIC_JA "\xe3\x82\xb8\xe3\x82\xa7\xe3\x83\x8d\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf"

static bool is_word(struct slice s, size_t start, size_t end)
{
	if (start > 0) {
		size_t at = start;
		if (binds(char_before(s, start), utf8_next(s, &at)))
			return false;
	}
	if (end < s.n && !slice_starts(slice_sub(s, end, s.n), SLICE(GENERIC_JA))) {
		size_t at = end;
		if (binds(char_before(s, end), utf8_next(s, &at)))
			return false;
	}
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	if (x->is_phrase != y->is_phrase)
		return x->is_phrase ? 1 : -1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Sorted by start and then longest first, a hit lies in a longer one of its sort if and only if
 * one seen before, of another span, ends no earlier. */
static size_t drop_contained(struct hit *hit, size_t n)
{
	size_t kept = 0;
	size_t reach[2] = { 0, 0 };                        /* furthest end of a kept hit, by sort */
	struct { size_t start, end; } last[2] = { { 0, 0 }, { 0, 0 } };

	for (size_t i = 0; i < n; i++) {
		size_t sort = hit[i].is_phrase;
		bool same = last[sort].start == hit[i].start && last[sort].end == hit[i].end;
		if (!same && hit[i].end <= reach[sort])
			continue;
		if (kept && same && hit[kept - 1].is_phrase == hit[i].is_phrase &&
		    hit[kept - 1].index == hit[i].index)
			continue; /* two spellings of one phrase that fold alike */
		last[sort].start = hit[i].start;
		last[sort].end = hit[i].end;
		if (hit[i].end > reach[sort])
			reach[sort] = hit[i].end;
		hit[kept++] = hit[i];
	}
	return kept;
}

int matcher_scan(const struct matcher *m, const struct folded *text, struct arena *a,
                 struct hit **hits, size_t *n, struct err *err)
{
	struct automaton_scan scan = automaton_scan(m->automaton, text->text);
	struct automaton_match match;
	struct hit *list = NULL;
	size_t have = 0, cap = 0;

	while (automaton_next(&scan, &match)) {
		bool is_phrase = match.value % 2;
		uint32_t index = match.value / 2;
		/* No matcher that was built for this lexicon tells of what it lacks. */
		if (index >= (is_phrase ? m->lexicon->phrases : m->lexicon->terms) ||
		    !is_word(text->text, match.start, match.end))
			continue;
		if (have == cap) {
			cap = cap ? cap * 2 : 256;
			struct hit *more = cap > HITS_MAX ? NULL : realloc(list, cap * sizeof(*more));
			if (!more) {
				free(list);
				return cap > HITS_MAX
				               ? err_set(err, ERR_LIMIT, 0, "more than %d hits", HITS_MAX)
				               : err_set(err, ERR_NOMEM, 0, "out of memory");
			}
			list = more;
		}
		list[have++] = (struct hit){ match.start, match.end, is_phrase, index };
	}
	if (have) {
		qsort(list, have, sizeof(*list), by_place);
		have = drop_contained(list, have);
	}
	struct hit *copy = arena_array(a, have, sizeof(*copy));
	if (copy && have)
		memcpy(copy, list, have * sizeof(*copy));
	free(list);
	if (!copy)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	*hits = copy;
	*n = have;
	return 0;
}

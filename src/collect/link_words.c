#include "collect/link_words.h"

#include "base/automaton.h"
#include "base/utf8.h"
#include "wire/fold.h"
#include "wire/word_edge.h"

#include <stdio.h>
#include <stdlib.h>

enum { WORDS_MAX = 20000, IN_PATH = 1 << 8, WHOLE = 1 << 9, ALL = 1 << 10 };

struct link_words {
	struct automaton *automaton;
	struct automaton_pattern *pattern;
	size_t n, cap;
	struct arena arena;
	struct sha256 digest;
};

static const char *const names[WORD_LISTS] = {
	"product", "prices",  "prescription", "shipping", "contact", "about",
	"imprint", "licence", "faq",          "cart",     "terms",   "other",
	"acts",    "parked",  "construction", "seal",
};

const char *link_class_name(enum link_class c)
{
	return names[c];
}

static bool class_of(struct slice word, int *out)
{
	for (int i = 0; i < WORD_LISTS; i++) {
		if (slice_eq_str(word, names[i])) {
			*out = i;
			return true;
		}
	}
	return false;
}

bool link_class_of(struct slice word, enum link_class *out)
{
	int i;

	if (!class_of(word, &i) || i >= LINK_CLASSES)
		return false;
	*out = (enum link_class)i;
	return true;
}

static int add_word(struct link_words *w, int class, struct slice word, struct err *err)
{
	bool in_path = slice_starts(word, SLICE("path:"));
	bool all = slice_starts(word, SLICE("="));
	struct folded f;
	int rc = fold(slice_sub(word, in_path ? 5 : all ? 1 : 0, word.n), &w->arena, &f, err);

	if (rc)
		return rc;
	if (f.text.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "nothing is left of the word");
	if (w->n == WORDS_MAX)
		return err_set(err, ERR_LIMIT, 0, "more than %d words", (int)WORDS_MAX);
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 512;
		struct automaton_pattern *more = realloc(w->pattern, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "no memory");
		w->pattern = more;
		w->cap = cap;
	}
	uint32_t value = (uint32_t) class | (in_path ? IN_PATH : 0u) | (all ? ALL : 0u);
	if (!word_is_unspaced(f.text))
		value |= WHOLE;
	w->pattern[w->n++] = (struct automaton_pattern){ f.text, value };
	return 0;
}

static int add_line(struct link_words *w, struct slice line, struct err *err)
{
	struct slice cell[3], rest = line;
	size_t n = 0;
	int class;

	while (n < 3 && slice_cut(&rest, '\t', &cell[n]))
		n++;
	if (n != 3 || rest.n || cell[2].n == 0)
		return err_set(err, ERR_SYNTAX, 0,
		               "three columns with a tab between must stand there");
	if (!class_of(cell[0], &class) || class == LINK_OTHER)
		return err_set(err, ERR_SYNTAX, 0, "no class is named '%.*s'",
		               SLICE_ARG(slice_sub(cell[0], 0, 40)));
	if (!utf8_valid(cell[2], NULL))
		return err_set(err, ERR_SYNTAX, 0, "not UTF-8");
	return add_word(w, class, cell[2], err);
}

static int add_file(struct link_words *w, struct slice text, const char *file, struct err *err)
{
	struct slice rest = text, line;
	bool head = false;

	for (size_t number = 1; slice_cut(&rest, '\n', &line); number++) {
		int rc = 0;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (head)
			rc = add_line(w, line, err);
		else if (!slice_eq_str(line, "class\tlanguage\tword"))
			rc = err_set(err, ERR_SYNTAX, 0, "the head is not class, language, word");
		head = true;
		if (rc && err)
			err_wrap(err, "%s:%zu", file, number);
		if (rc)
			return rc;
	}
	return 0;
}

int link_words_load(struct slice links, struct slice hints, struct link_words **out,
                    struct err *err)
{
	struct link_words *w = calloc(1, sizeof(*w));
	char hex[2][SHA256_HEX], both[2 * SHA256_HEX + 32];

	if (!w)
		return err_set(err, ERR_NOMEM, 0, "links: no memory");
	int rc = add_file(w, links, "links.tsv", err);
	if (rc == 0)
		rc = add_file(w, hints, "hints.tsv", err);
	if (rc == 0)
		rc = automaton_new(w->pattern, w->n, &w->automaton, err);
	if (rc) {
		link_words_free(w);
		return rc;
	}
	sha256_hex(sha256_of(hints), hex[0]);
	sha256_hex(sha256_of(links), hex[1]);
	int n = snprintf(both, sizeof(both), "%s  hints.tsv\n%s  links.tsv\n", hex[0], hex[1]);
	w->digest = sha256_of(slice_from(both, (size_t)n));
	*out = w;
	return 0;
}

void link_words_free(struct link_words *w)
{
	if (!w)
		return;
	automaton_free(w->automaton);
	free(w->pattern);
	arena_release(&w->arena);
	free(w);
}

struct sha256 link_words_digest(const struct link_words *w)
{
	return w->digest;
}

static uint32_t scan(const struct link_words *w, struct slice s, bool is_path)
{
	struct automaton_scan scan = automaton_scan(w->automaton, s);
	uint32_t classes = 0;

	for (struct automaton_match m; automaton_next(&scan, &m);)
		if ((is_path || !(m.value & IN_PATH)) && (!is_path || !(m.value & ALL)) &&
		    (!(m.value & ALL) || m.end - m.start == s.n) &&
		    (!(m.value & WHOLE) || word_stands_alone(s, m.start, m.end)))
			classes |= 1u << (m.value & 0xff);
	return classes;
}

uint32_t link_words_in(const struct link_words *w, struct slice text, struct slice path)
{
	return scan(w, text, false) | scan(w, path, true);
}

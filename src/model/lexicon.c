/* All four files are copied into one arena and every word is a slice of that copy. A sheet is read
 * row by row with its columns found by name, so a file may gain a column without harm. */
#include "model/lexicon.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdlib.h>

enum { COLUMNS_MAX = 16, CELL_MAX = 1000 };

static const char *const kind_names[TERM_KINDS] = { "inn", "brand", "alias" };

static const char *const risk_names[] = { "low", "medium", "high" };

static const char *const supply_names[SUPPLIES] = {
	"-", "otc", "pharmacy", "rx", "controlled", "unapproved", "withdrawn", "banned",
};

static const char *const country_names[LEXICON_COUNTRIES] = {
	"US", "JP", "GB", "DE", "FR", "CA", "IN", "AU",
};

static const char *const word_names[WORD_CLASSES] = {
	"pharmacy", "weak", "commerce", "country", "norx", "ordinary",
};

static const char *const phrase_names[PHRASE_CLASSES] = {
	[PHRASE_NORX] = "norx",
	[PHRASE_NORX_BARE] = "norx_bare",
	[PHRASE_NEGATION] = "negation",
	[PHRASE_RX_REQUIRED] = "rx_required",
	[PHRASE_RX_BY_FORM] = "rx_by_form",
	[PHRASE_WARNING_GENRE] = "warning_genre",
	[PHRASE_CART] = "cart",
	[PHRASE_PRICE_PER_UNIT] = "price_per_unit",
	[PHRASE_SHIP_WORLD] = "ship_world",
	[PHRASE_SHIP_TO] = "ship_to",
	[PHRASE_SHIP_FROM] = "ship_from",
	[PHRASE_NOT_TO] = "not_to",
	[PHRASE_CONCEAL] = "conceal",
	[PHRASE_RESHIP] = "reship",
	[PHRASE_CUSTOMS_FREE] = "customs_free",
	[PHRASE_PAY_CRYPTO] = "pay_crypto",
	[PHRASE_PAY_WIRE] = "pay_wire",
	[PHRASE_PAY_GIFTCARD] = "pay_giftcard",
	[PHRASE_PAY_P2P] = "pay_p2p",
	[PHRASE_PAY_CARD] = "pay_card",
	[PHRASE_PERSONAL_IMPORT] = "personal_import",
	[PHRASE_SELF_RESPONSIBILITY] = "self_responsibility",
	[PHRASE_CURE_CLAIM] = "cure_claim",
	[PHRASE_FDA_GENERIC] = "fda_generic",
	[PHRASE_BONUS] = "bonus",
	[PHRASE_REFUND] = "refund",
	[PHRASE_LICENCE_CLAIM] = "licence_claim",
	[PHRASE_SEAL] = "seal",
	[PHRASE_PHARMACIST] = "pharmacist",
	[PHRASE_RESEARCH_USE] = "research_use",
	[PHRASE_SHOP_PHARMACY] = "shop_pharmacy",
	[PHRASE_CLINIC] = "clinic",
	[PHRASE_SUPPLEMENT] = "supplement",
	[PHRASE_VET] = "vet",
	[PHRASE_OTHER_BUSINESS] = "other_business",
	[PHRASE_CONTACT] = "contact",
	[PHRASE_ABOUT_AFFILIATE] = "about_affiliate",
	[PHRASE_SELL] = "sell",
	[PHRASE_SHIP] = "ship",
	[PHRASE_PLACE] = "place",
	[PHRASE_NOT] = "not",
	[PHRASE_VENDOR] = "vendor",
	[PHRASE_MEDIA] = "media",
};

/* The public part first, so that the one pointer serves for both. */
struct whole {
	struct lexicon lexicon;
	struct arena arena;
	struct table by_name; /* substance name -> &lexicon.substance[i] */
};

struct column {
	const char *name;
	bool is_optional;
};

struct sheet {
	const char *file;
	struct slice rest;
	const struct column *columns;
	size_t n;
	size_t place[COLUMNS_MAX]; /* cell number of columns[i], or SIZE_MAX */
	size_t cells;              /* cells of the line that names the columns */
	uint32_t line;
	struct slice cell[COLUMNS_MAX]; /* of the row, in the order of .columns */
};

__attribute__((format(printf, 3, 4))) static int fail(const struct sheet *t, struct err *err,
                                                      const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(err, ERR_SYNTAX, t->line, "%s:%u: %s", t->file, t->line, text);
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "lexicon: no memory");
}

/* The next line that is no comment, cut into cells. 1, 0 at the end, or negative. */
static int next_line(struct sheet *t, struct slice cell[COLUMNS_MAX], size_t *n, struct err *err)
{
	struct slice line;
	size_t bad;

	do {
		if (!slice_cut(&t->rest, '\n', &line))
			return 0;
		t->line++;
	} while (line.n == 0 || line.p[0] == '#');
	if (!utf8_valid(line, &bad))
		return fail(t, err, "not UTF-8 at column %zu", bad + 1);
	for (*n = 0;; (*n)++) {
		if (*n == COLUMNS_MAX)
			return fail(t, err, "over %d columns", COLUMNS_MAX);
		size_t tab = slice_find(line, '\t');
		struct slice s = slice_sub(line, 0, tab);
		if (s.n > CELL_MAX)
			return fail(t, err, "cell of over %d bytes", CELL_MAX);
		if (slice_trim(s).n != s.n)
			return fail(t, err, "white space around '%.*s'", SLICE_ARG(s));
		for (size_t i = 0; i < s.n; i++)
			if ((unsigned char)s.p[i] < 0x20)
				return fail(t, err, "control character in a cell");
		cell[*n] = s;
		if (tab == line.n)
			break;
		line = slice_sub(line, tab + 1, line.n);
	}
	++*n;
	return 1;
}

static int sheet_open(struct sheet *t, const char *file, struct slice bytes,
                      const struct column *columns, size_t n, struct err *err)
{
	struct slice cell[COLUMNS_MAX];

	*t = (struct sheet){ .file = file, .rest = bytes, .columns = columns, .n = n };
	int rc = next_line(t, cell, &t->cells, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return fail(t, err, "empty");
	for (size_t i = 0; i < n; i++) {
		t->place[i] = SIZE_MAX;
		for (size_t k = 0; k < t->cells; k++)
			if (slice_eq_str(cell[k], columns[i].name))
				t->place[i] = k;
		if (t->place[i] == SIZE_MAX && !columns[i].is_optional)
			return fail(t, err, "no column '%s'", columns[i].name);
	}
	return 0;
}

/* The next row in t->cell. 1, 0 at the end, or negative. */
static int sheet_next(struct sheet *t, struct err *err)
{
	struct slice cell[COLUMNS_MAX];
	size_t n;
	int rc = next_line(t, cell, &n, err);

	if (rc <= 0)
		return rc;
	if (n > t->cells)
		return fail(t, err, "%zu cells, %zu columns", n, t->cells);
	for (size_t i = 0; i < t->n; i++) {
		t->cell[i] = t->place[i] < n ? cell[t->place[i]] : (struct slice){ "", 0 };
		if (t->cell[i].n == 0 && !t->columns[i].is_optional)
			return fail(t, err, "'%s' is empty", t->columns[i].name);
	}
	return 1;
}

/* Rows are counted before they are read, so that the arrays are never moved. */
static size_t count_lines(struct slice s)
{
	size_t n = 1;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static int pick(const struct sheet *t, struct slice word, const char *const *names, size_t n,
                const char *what, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq_str(word, names[i]))
			return (int)i;
	return fail(t, err, "unknown %s '%.*s'", what, word.n > 40 ? 40 : (int)word.n, word.p);
}

#define PICK(t, word, names, what, err) pick(t, word, names, ROWS_OF(names), what, err)
#define ROWS_OF(a)                      (sizeof(a) / sizeof((a)[0]))

/* A word must not come twice in one language. */
static int once(const struct sheet *t, struct whole *w, struct table *seen, struct slice word,
                struct slice second, struct slice third, struct err *err)
{
	char *key = arena_printf(&w->arena, "%.*s\t%.*s\t%.*s", SLICE_ARG(word), SLICE_ARG(second),
	                         SLICE_ARG(third));
	if (!key)
		return no_memory(err);
	struct table_entry *e = table_put(seen, slice_str(key));
	if (!e)
		return no_memory(err);
	if (e->value)
		return fail(t, err, "'%.*s' (%.*s) stands here twice",
		            word.n > 80 ? 80 : (int)word.n, word.p, SLICE_ARG(second));
	e->value = w;
	return 0;
}

static bool is_language(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
		    !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '-')
			return false;
	return s.n >= 2 && s.n <= 35 && s.p[0] >= 'a'; /* RFC 5646: 35 is enough for any */
}

static int load_substances(struct whole *w, struct slice bytes, struct err *err)
{
	enum { NAME, CLASS, RISK, FIRST_COUNTRY, SOURCE = FIRST_COUNTRY + LEXICON_COUNTRIES };
	static const struct column columns[] = {
		{ "substance", false }, { "class", false }, { "risk", false }, { "US", false },
		{ "JP", false },        { "GB", false },    { "DE", false },   { "FR", false },
		{ "CA", false },        { "IN", false },    { "AU", false },   { "source", false },
	};
	struct lexicon *l = &w->lexicon;
	struct sheet t;
	int rc = sheet_open(&t, "substances.tsv", bytes, columns, ROWS_OF(columns), err);

	l->substance = arena_array(&w->arena, count_lines(bytes), sizeof(*l->substance));
	if (!rc && !l->substance)
		rc = no_memory(err);
	while (!rc && (rc = sheet_next(&t, err)) > 0) {
		struct lexicon_substance *s = &l->substance[l->substances];
		s->name = t.cell[NAME];
		s->group = t.cell[CLASS];
		s->source = t.cell[SOURCE];
		if ((rc = PICK(&t, t.cell[RISK], risk_names, "risk", err)) < 0)
			return rc;
		s->risk = (enum risk)rc;
		for (size_t i = 0; i < LEXICON_COUNTRIES; i++) {
			rc = PICK(&t, t.cell[FIRST_COUNTRY + i], supply_names, "supply", err);
			if (rc < 0)
				return rc;
			s->supply[i] = (enum supply)rc;
		}
		struct table_entry *e = table_put(&w->by_name, s->name);
		if (!e)
			return no_memory(err);
		if (e->value)
			return fail(&t, err, "'%.*s' stands here twice", SLICE_ARG(s->name));
		e->value = s;
		l->substances++;
		rc = 0;
	}
	return rc;
}

static int load_terms(struct whole *w, struct slice bytes, struct table *seen, struct err *err)
{
	enum { TERM, KIND, SUBSTANCE, LANG, AMBIGUOUS };
	static const struct column columns[] = {
		{ "term", false }, { "kind", false },     { "substance", false },
		{ "lang", false }, { "ambiguous", true },
	};
	struct lexicon *l = &w->lexicon;
	struct sheet t;
	int rc = sheet_open(&t, "drugs.tsv", bytes, columns, ROWS_OF(columns), err);

	l->term = arena_array(&w->arena, count_lines(bytes), sizeof(*l->term));
	if (!rc && !l->term)
		rc = no_memory(err);
	while (!rc && (rc = sheet_next(&t, err)) > 0) {
		struct lexicon_term *term = &l->term[l->terms];
		*term = (struct lexicon_term){ .text = t.cell[TERM],
			                       .lang = t.cell[LANG],
			                       .line = t.line };
		if ((rc = PICK(&t, t.cell[KIND], kind_names, "kind", err)) < 0)
			return rc;
		term->kind = (enum term_kind)rc;
		struct table_entry *e = table_find(&w->by_name, t.cell[SUBSTANCE]);
		if (!e)
			return fail(&t, err, "substance '%.*s' is not in substances.tsv",
			            SLICE_ARG(t.cell[SUBSTANCE]));
		term->substance =
			(uint32_t)((const struct lexicon_substance *)e->value - l->substance);
		if (!is_language(term->lang))
			return fail(&t, err, "no language '%.*s'", SLICE_ARG(term->lang));
		if (t.cell[AMBIGUOUS].n && !slice_eq_str(t.cell[AMBIGUOUS], "yes"))
			return fail(&t, err, "'ambiguous' is neither empty nor 'yes'");
		term->is_ambiguous = t.cell[AMBIGUOUS].n > 0;
		l->terms++;
		rc = once(&t, w, seen, term->text, term->lang, SLICE(""), err);
	}
	return rc;
}

static int load_words(struct whole *w, struct slice bytes, struct table *seen, struct err *err)
{
	enum { WORD, CLASS, LANG, EDGE };
	static const struct column columns[] = {
		{ "word", false },
		{ "class", false },
		{ "lang", false },
		{ "edge", false },
	};
	static const char *const edges[] = { "any", "label" };
	struct lexicon *l = &w->lexicon;
	struct sheet t;
	int rc = sheet_open(&t, "words.tsv", bytes, columns, ROWS_OF(columns), err);

	l->word = arena_array(&w->arena, count_lines(bytes), sizeof(*l->word));
	if (!rc && !l->word)
		rc = no_memory(err);
	while (!rc && (rc = sheet_next(&t, err)) > 0) {
		struct lexicon_word *word = &l->word[l->words];
		*word = (struct lexicon_word){ .text = t.cell[WORD],
			                       .lang = t.cell[LANG],
			                       .line = t.line };
		if ((rc = PICK(&t, t.cell[CLASS], word_names, "class", err)) < 0)
			return rc;
		word->class = (enum word_class)rc;
		if (!is_language(word->lang))
			return fail(&t, err, "no language '%.*s'", SLICE_ARG(word->lang));
		if ((rc = PICK(&t, t.cell[EDGE], edges, "edge", err)) < 0)
			return rc;
		word->label_only = rc == 1;
		l->words++;
		rc = once(&t, w, seen, word->text, word->lang, SLICE(""), err);
	}
	return rc;
}

/* words, {a|b}, [a|b], [a {b|c}]: braces may stand in brackets, nothing else nests, and nothing is
 * empty. */
static const char *check_pattern(struct slice s)
{
	char open[2];
	int depth = 0;
	bool empty = true; /* since the last brace, bracket or bar */

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '{' || c == '[') {
			if (depth > 0 && !(depth == 1 && open[0] == '[' && c == '{'))
				return "nests too deep";
			open[depth++] = c;
			empty = true;
		} else if (c == '}' || c == ']') {
			if (depth == 0 || open[depth - 1] != (c == '}' ? '{' : '['))
				return "has a bracket that nothing opened";
			if (empty)
				return "has an empty alternative";
			depth--;
		} else if (c == '|') {
			if (depth == 0)
				return "has '|' outside brackets";
			if (empty)
				return "has an empty alternative";
			empty = true;
		} else if (c != ' ') {
			empty = false;
		}
	}
	return depth ? "has a bracket that nothing closes" : empty ? "is empty" : NULL;
}

static const char *check_arg(enum phrase_class class, struct slice arg)
{
	bool needs_country = class == PHRASE_SHIP_TO || class == PHRASE_SHIP_FROM ||
	                     class == PHRASE_NOT_TO || class == PHRASE_PLACE;

	if (needs_country)
		return arg.n == 2 && arg.p[0] >= 'A' && arg.p[0] <= 'Z' && arg.p[1] >= 'A' &&
		                       arg.p[1] <= 'Z'
		               ? NULL
		               : "needs a country (two capitals) as 'arg'";
	if (class == PHRASE_SEAL)
		return arg.n ? NULL : "needs a seal's name as 'arg'";
	if (class == PHRASE_CURE_CLAIM && arg.n)
		return slice_eq_str(arg, "disease") ? NULL : "has an 'arg' that is not disease";
	if (class == PHRASE_SUPPLEMENT && arg.n)
		return slice_eq_str(arg, "contains") ? NULL : "has an 'arg' that is not contains";
	return arg.n ? "has an 'arg', but its class takes none" : NULL;
}

static int load_phrases(struct whole *w, struct slice bytes, struct table *seen, struct err *err)
{
	enum { CLASS, LANG, PATTERN, ARG };
	static const struct column columns[] = {
		{ "class", false },
		{ "lang", false },
		{ "pattern", false },
		{ "arg", true },
	};
	struct lexicon *l = &w->lexicon;
	struct sheet t;
	int rc = sheet_open(&t, "phrases.tsv", bytes, columns, ROWS_OF(columns), err);

	l->phrase = arena_array(&w->arena, count_lines(bytes), sizeof(*l->phrase));
	if (!rc && !l->phrase)
		rc = no_memory(err);
	while (!rc && (rc = sheet_next(&t, err)) > 0) {
		struct lexicon_phrase *phrase = &l->phrase[l->phrases];
		*phrase = (struct lexicon_phrase){ .pattern = t.cell[PATTERN],
			                           .lang = t.cell[LANG],
			                           .arg = t.cell[ARG],
			                           .line = t.line };
		if ((rc = PICK(&t, t.cell[CLASS], phrase_names, "class", err)) < 0)
			return rc;
		phrase->class = (enum phrase_class)rc;
		if (!is_language(phrase->lang))
			return fail(&t, err, "no language '%.*s'", SLICE_ARG(phrase->lang));
		const char *wrong = check_pattern(phrase->pattern);
		if (wrong)
			return fail(&t, err, "pattern %s", wrong);
		wrong = check_arg(phrase->class, phrase->arg);
		if (wrong)
			return fail(&t, err, "%s %s", phrase_names[phrase->class], wrong);
		l->phrases++;
		rc = once(&t, w, seen, phrase->pattern, phrase->lang, t.cell[CLASS], err);
	}
	return rc;
}

static int keep(struct whole *w, struct slice *bytes, const char *name, struct buf *digests,
                struct err *err)
{
	char hex[SHA256_HEX];

	sha256_hex(sha256_of(*bytes), hex);
	buf_printf(digests, "%s  %s\n", hex, name);
	*bytes = arena_copy(&w->arena, *bytes);
	return bytes->p ? 0 : no_memory(err);
}

int lexicon_load(const struct lexicon_files *files, struct lexicon **out, struct err *err)
{
	struct whole *w = calloc(1, sizeof(*w));
	struct lexicon_files f = *files;
	struct table terms = { 0 }, words = { 0 }, phrases = { 0 };
	struct buf digests = { 0 };
	int rc = w ? 0 : no_memory(err);

	if (!rc)
		rc = keep(w, &f.drugs, "drugs.tsv", &digests, err);
	if (!rc)
		rc = keep(w, &f.phrases, "phrases.tsv", &digests, err);
	if (!rc)
		rc = keep(w, &f.substances, "substances.tsv", &digests, err);
	if (!rc)
		rc = keep(w, &f.words, "words.tsv", &digests, err);
	if (!rc && !buf_ok(&digests))
		rc = no_memory(err);
	if (!rc)
		w->lexicon.digest = sha256_of(buf_slice(&digests));
	if (!rc)
		rc = load_substances(w, f.substances, err);
	if (!rc)
		rc = load_terms(w, f.drugs, &terms, err);
	if (!rc)
		rc = load_words(w, f.words, &words, err);
	if (!rc)
		rc = load_phrases(w, f.phrases, &phrases, err);
	table_release(&terms);
	table_release(&words);
	table_release(&phrases);
	buf_release(&digests);
	if (!rc)
		*out = &w->lexicon;
	else if (w)
		lexicon_free(&w->lexicon);
	return rc;
}

void lexicon_free(struct lexicon *l)
{
	struct whole *w = (struct whole *)l;

	if (!w)
		return;
	table_release(&w->by_name);
	arena_release(&w->arena);
	free(w);
}

const char *term_kind_name(enum term_kind kind)
{
	return kind_names[kind];
}

const char *risk_name(enum risk risk)
{
	return risk_names[risk];
}

const char *supply_name(enum supply supply)
{
	return supply_names[supply];
}

const char *word_class_name(enum word_class class)
{
	return word_names[class];
}

const char *phrase_class_name(enum phrase_class class)
{
	return phrase_names[class];
}

const char *lexicon_country_name(enum lexicon_country country)
{
	return country_names[country];
}

bool lexicon_country_parse(struct slice alpha2, enum lexicon_country *out)
{
	for (size_t i = 0; i < LEXICON_COUNTRIES; i++) {
		if (slice_eq_str(alpha2, country_names[i])) {
			*out = (enum lexicon_country)i;
			return true;
		}
	}
	return false;
}

bool phrase_class_parse(struct slice name, enum phrase_class *out)
{
	for (size_t i = 0; i < PHRASE_CLASSES; i++) {
		if (slice_eq_str(name, phrase_names[i])) {
			*out = (enum phrase_class)i;
			return true;
		}
	}
	return false;
}

const struct lexicon_substance *lexicon_substance_find(const struct lexicon *l, struct slice name)
{
	const struct table_entry *e = table_find(&((const struct whole *)l)->by_name, name);

	return e ? e->value : NULL;
}

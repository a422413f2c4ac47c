#include "model/registers_name.h"

#include "wire/fold.h"

enum { NAME_MAX_BYTES = 512, OWN_LETTERS = 4, OWN_BYTES_CJK = 6 };

/* Legal forms, folded; taken off the end of a name. */
static const char *const forms[] = {
	"ltd", "limited", "plc", "llp", "lp", "inc", "incorporated", "llc", "corp", "corporation", "co",
	"company", "gmbh", "ag", "kg", "ohg", "ek", "sarl", "sas", "sa", "eurl", "selarl", "bv", "nv",
	"ab", "aps", "as", "oy", "srl", "spa", "sl", "slu", "lda", "pty", "pvt", "private", "kk",
	"\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe" /* kabushiki kaisha */,
	"\xe6\x9c\x89\xe9\x99\x90\xe4\xbc\x9a\xe7\xa4\xbe" /* yugen kaisha */, NULL,
};

/* Words that any pharmacy may have in its name. */
static const char *const general[] = {
	"pharmacy", "pharmacies", "chemist", "chemists", "drug", "drugs", "drugstore", "store", "stores",
	"apotheke", "apotheken", "pharmacie", "farmacia", "farmacias", "health", "healthcare", "care",
	"online", "shop", "group", "medical", "medicine", "medicines", "services", "service", "clinic",
	"dispensing", "direct", "international", "the", "and", "of", "at", "for", "centre", "center",
	"community", "village", "high", "street", "road", "city", "town", "local", "family", "uk", "usa",
	"\xe8\x96\xac\xe5\xb1\x80" /* yakkyoku */, NULL,
};

static bool is_one_of(const char *const *list, struct slice word)
{
	for (size_t i = 0; list[i]; i++)
		if (slice_eq_str(word, list[i]))
			return true;
	return false;
}

static bool is_border(char c)
{
	return c == ' ' || c == '\n';
}

/* Words end at spaces and ends of lines. */
static bool cut_word(struct slice *rest, struct slice *word)
{
	while (rest->n && is_border(rest->p[0]))
		*rest = slice_sub(*rest, 1, rest->n);
	size_t n = 0;
	while (n < rest->n && !is_border(rest->p[n]))
		n++;
	*word = slice_sub(*rest, 0, n);
	*rest = slice_sub(*rest, n, rest->n);
	return n > 0;
}

static struct slice last_word(struct slice s)
{
	size_t from = s.n;

	while (from && !is_border(s.p[from - 1]))
		from--;
	return slice_sub(s, from, s.n);
}

/* Whether a name has a word of its own. Letters beyond ASCII are three bytes where there are no spaces
 * between words. */
static bool says_something(struct slice name)
{
	struct slice rest = name, word;

	while (cut_word(&rest, &word)) {
		bool ascii = true;
		for (size_t i = 0; i < word.n; i++)
			ascii = ascii && (unsigned char)word.p[i] < 0x80;
		if (!is_one_of(general, word) && word.n >= (ascii ? OWN_LETTERS : OWN_BYTES_CJK))
			return true;
	}
	return false;
}

int registers_name_fold(struct slice name, struct arena *a, struct slice *out, struct err *err)
{
	struct folded f;

	*out = (struct slice){ 0 };
	if (name.n == 0 || name.n > NAME_MAX_BYTES)
		return 0;
	int rc = fold(name, a, &f, err);
	if (rc)
		return rc;
	struct slice text = slice_trim(f.text);
	for (struct slice word = last_word(text); word.n && word.n < text.n && is_one_of(forms, word);
	     word = last_word(text))
		text = slice_trim(slice_sub(text, 0, text.n - word.n));
	if (says_something(text))
		*out = text;
	return 0;
}

bool registers_name_stands(struct slice name, struct slice folded)
{
	for (size_t at = 0; at < folded.n;) {
		struct slice rest = slice_sub(folded, at, folded.n);
		size_t k = slice_find_slice(rest, name);
		if (k == rest.n)
			return false;
		size_t from = at + k, to = from + name.n;
		if ((from == 0 || is_border(folded.p[from - 1])) &&
		    (to == folded.n || is_border(folded.p[to])))
			return true;
		at = from + 1;
	}
	return false;
}

/* FNV-1a: which bit a word has decides nothing but speed. */
static unsigned bit_of(struct slice word)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < word.n; i++)
		h = (h ^ (unsigned char)word.p[i]) * 16777619u;
	return (h ^ h >> 16) & 0xffffu;
}

void registers_words_of(struct slice folded, struct registers_words *out)
{
	struct slice word;

	*out = (struct registers_words){ 0 };
	while (cut_word(&folded, &word)) {
		unsigned b = bit_of(word);
		out->bit[b / 64] |= UINT64_C(1) << b % 64;
	}
}

bool registers_words_hold(const struct registers_words *w, struct slice name)
{
	struct slice word;

	while (cut_word(&name, &word)) {
		unsigned b = bit_of(word);
		if (!(w->bit[b / 64] >> b % 64 & 1))
			return false;
	}
	return true;
}

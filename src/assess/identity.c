/* Who is behind a page: the company and the people it names.
 *
 * Makers of drugs are named on every product page, so a company counts only where words beside it
 * say that the site is its: a copyright line, "operated by", a label of an imprint. A person counts
 * behind a label of an office ("Superintendent pharmacist:") and is always restricted: no natural
 * person is named in public (rule 14 of the design). */
#include "assess/particulars.h"

enum { NAME_MAX = 90, LABEL_MAX = 48, VALUE_WORDS = 6 };

/* Legal forms of companies, as words; what ends a company's name. */
static bool is_legal_form(struct slice w)
{
	static const char *const forms[] = {
		"Ltd", "Ltd.", "LTD", "LTD.", "Limited", "LIMITED", "LLC", "L.L.C.", "LLP", "PLC", "plc",
		"Inc", "Inc.", "INC", "INC.", "Corp.", "Corporation", "GmbH", "KG", "OHG", "e.K.", "AG",
		"SARL", "S.A.R.L.", "SAS", "S.A.S.", "SELARL", "EURL", "B.V.", "BV", "N.V.", "S.r.l.",
		"Srl", "S.p.A.", "SpA", "S.L.", "S.L.U.", "Lda", "Lda.", "Oy", "ApS", "A/S", "s.r.o.",
		"Kft.", "Pty", "Sp.",
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (slice_eq_str(w, forms[i]))
			return true;
	return false;
}

static bool is_capital(struct slice w)
{
	return w.n && ((w.p[0] >= 'A' && w.p[0] <= 'Z') || (w.p[0] >= '0' && w.p[0] <= '9') ||
	               (unsigned char)w.p[0] >= 0xc3);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_joint(struct slice w)
{
	static const char *const joints[] = { "&", "and", "of", "und", "et", "de", "du", "van", "von",
		                              "der", "den", "Co.", "Co", "y" };

	for (size_t i = 0; i < sizeof(joints) / sizeof(joints[0]); i++)
		if (slice_eq_str(w, joints[i]))
			return true;
	return false;
}

/* The word of `t` at `at` (behind its space), without a comma or bracket at its end. */
static struct slice next_word(struct slice t, size_t *at)
{
	while (*at < t.n && t.p[*at] == ' ')
		(*at)++;
	size_t from = *at;
	while (*at < t.n && t.p[*at] != ' ' && t.p[*at] != '\n' && *at - from < NAME_MAX)
		(*at)++;
	struct slice w = slice_sub(t, from, *at);
	while (w.n && memchr(",;()", w.p[w.n - 1], 4))
		w.n--;
	return w;
}

/* A company's name from byte `at`: capital words and then a legal form. */
static bool take_company(struct slice t, size_t at, size_t limit, size_t *from, size_t *to)
{
	t = slice_sub(t, 0, limit);
	*from = SIZE_MAX;
	for (size_t words = 0; at < t.n && words < VALUE_WORDS + 1; words++) {
		struct slice w = next_word(t, &at);
		if (w.n == 0)
			return false;
		if (*from == SIZE_MAX)
			*from = (size_t)(w.p - t.p);
		if (words && is_legal_form(w)) {
			*to = (size_t)(w.p - t.p) + w.n;
			/* "Pty Ltd", "GmbH & Co. KG", "Sp. z o.o." */
			size_t more = at;
			struct slice next = next_word(t, &more);
			if (is_legal_form(next))
				*to = (size_t)(next.p - t.p) + next.n;
			return true;
		}
		if (!is_capital(w) && !(words && is_joint(w)))
			return false;
		char last = t.p[at - 1];
		if (last == ',' && words == 0)
			return false;
	}
	return false;
}

static void put(struct gathering *g, const char *arg, size_t quote, size_t from, size_t to,
                bool restricted)
{
	struct slice t = g->r->page->text;
	struct fact f = { .kind = FACT_IDENTITY, .arg = slice_str(arg), .value = slice_sub(t, from, to),
		          .start = (uint32_t)quote, .end = (uint32_t)to, .restricted = restricted };

	if (to - quote <= READING_QUOTE)
		gathering_put(g, &f);
}

/* Words that say whose a site is, each followed by the company's name. */
static void read_company(struct gathering *g, const struct page_block *b)
{
	static const char *const cues[] = {
		"operated by ", "owned by ", "owned and operated by ", "run by ", "managed by ",
		"trading name of ", "trading as ", "a division of ", "a subsidiary of ", "betrieben von ",
		"Betreiber: ", "Anbieter: ", "Diensteanbieter: ", "exploité par ",
		"édité par ", "gestionado por ", "propiedad de ", "Company name: ",
		"Company: ", "Legal name: ", "Registered office: ", "Raison sociale : ",
		"Ragione sociale: ", "Firma: ", "Razón social: ",
	};
	struct slice t = slice_sub(g->r->page->text, 0, b->end);

	for (size_t i = b->start; i < b->end; i++) {
		/* Cues begin with a word. */
		size_t from, to;
		bool begins = i == b->start || !is_letter(t.p[i - 1]);
		for (size_t k = 0; begins && k < sizeof(cues) / sizeof(cues[0]); k++) {
			if (ascii_lower(t.p[i]) != ascii_lower(cues[k][0]))
				continue;
			struct slice cue = slice_str(cues[k]);
			if (slice_eq_nocase(slice_sub(t, i, i + cue.n), cue) &&
			    take_company(t, i + cue.n, b->end, &from, &to))
				put(g, "company", i, from, to, false);
		}
		/* U+00A9, then years, then the name */
		if ((unsigned char)t.p[i] == 0xc2 && i + 1 < b->end && (unsigned char)t.p[i + 1] == 0xa9) {
			size_t at = i + 2;
			if (slice_eq_nocase(slice_sub(t, at, at + 10), SLICE(" copyright")))
				at += 10;
			while (at < b->end && memchr(" 0123456789-,", t.p[at], 13))
				at++;
			if (slice_starts(slice_sub(t, at, b->end), SLICE("–"))) {
				at += 3;
				while (at < b->end && memchr(" 0123456789-,", t.p[at], 13))
					at++;
			}
			if (slice_starts(slice_sub(t, at, b->end), SLICE("by ")))
				at += 3;
			if (take_company(t, at, b->end, &from, &to))
				put(g, "company", i, from, to, false);
		}
	}
}

/* Labels, in whole blocks or before a colon, whose value is what follows. */
static const struct label {
	const char *text; /* lower case, or ideographs */
	const char *arg;
	bool person;
} labels[] = {
	{ "superintendent pharmacist", "pharmacist", true }, { "superintendent", "pharmacist", true },
	{ "pharmacist in charge", "pharmacist", true }, { "responsible pharmacist", "pharmacist", true },
	{ "pharmacist", "pharmacist", true }, { "pharmacy manager", "pharmacist", true },
	{ "designated manager", "pharmacist", true }, { "lead pharmacist", "pharmacist", true },
	{ "apotheker", "pharmacist", true }, { "leitender apotheker", "pharmacist", true },
	{ "inhaber", "person", true }, { "inhaberin", "person", true },
	{ "geschäftsführer", "person", true },
	{ "pharmacien titulaire", "pharmacist", true }, { "pharmacien responsable", "pharmacist", true },
	{ "pharmacien", "pharmacist", true }, { "directeur de la publication", "person", true },
	{ "farmacéutico titular", "pharmacist", true }, { "director", "person", true },
	{ "owner", "person", true },
	/* Japanese: manager pharmacist, founder, responsible, representative */
	{ "管理薬剤師", "pharmacist", true },
	{ "開設者", "person", true },
	{ "運営責任者", "person", true },
	{ "代表者", "person", true },
	{ "店舗管理者", "person", true },
	/* seller, operating company, company's name */
	{ "販売業者", "company", false },
	{ "運営会社", "company", false },
	{ "会社名", "company", false },
	{ "事業者名", "company", false },
};

static const struct label *label_of(struct slice t)
{
	t = slice_trim(t);
	while (t.n && (t.p[t.n - 1] == ':' || t.p[t.n - 1] == ' '))
		t.n--;
	if (slice_ends(t, SLICE("：")))
		t.n -= 3;
	if (t.n == 0 || t.n > LABEL_MAX)
		return NULL;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (slice_eq_nocase(t, slice_str(labels[i].text)))
			return &labels[i];
	return NULL;
}

/* Words that a person's name does not hold. */
static bool is_business(struct slice w)
{
	static const char *const words[] = { "pharmacy", "pharmacies", "apotheke", "pharmacie",
		                             "farmacia", "chemist", "chemists", "shop", "store", "group",
		                             "health", "healthcare", "services", "company", "street",
		                             "road", "the", "our", "we", "please" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_eq_nocase(w, slice_str(words[i])))
			return true;
	return is_legal_form(w);
}

/* How many bytes at the start of a value are a name: two to four capital words for a person (titles
 * before), or the whole of a short Japanese value. */
static size_t name_length(struct slice v, const struct label *l)
{
	size_t at = 0, words = 0, end = 0;

	if (v.n && (unsigned char)v.p[0] >= 0xe3) {
		while (end < v.n && end < NAME_MAX && v.p[end] != '\n' && !memchr("(:0123456789", v.p[end], 12) &&
		       !slice_starts(slice_sub(v, end, v.n), SLICE("。")) &&
		       !slice_starts(slice_sub(v, end, v.n), SLICE("（")))
			end++;
		return end >= 6 && end < NAME_MAX ? slice_trim(slice_sub(v, 0, end)).n : 0;
	}
	if (!l->person) {
		size_t from, to;
		return take_company(v, 0, v.n, &from, &to) && from == 0 ? to : 0;
	}
	while (at < v.n && words < 4) {
		struct slice w = next_word(v, &at);
		/* "Jane Doe. You may": a long word with a full stop ends the sentence. */
		bool stop = w.n > 4 && w.p[w.n - 1] == '.';
		w.n -= stop;
		if (is_business(w))
			return 0;
		if (w.n < 2 || !is_capital(w) || (w.p[0] >= '0' && w.p[0] <= '9'))
			break;
		/* One word in capitals is a mark or a place as often as a name. */
		words++;
		end = (size_t)(w.p - v.p) + w.n;
		if (stop || (at > 0 && memchr(",;(", v.p[at - 1], 3)))
			break;
	}
	return words >= 2 ? end : 0;
}

static void put_value(struct gathering *g, const struct label *l, size_t quote, struct slice v)
{
	size_t from = (size_t)(v.p - g->r->page->text.p);
	size_t n = name_length(v, l);

	if (n)
		put(g, l->arg, quote, from, from + n, l->person);
}

/* "Label: value" within a block, and a block that is a label with the next as its value. */
static void read_labels(struct gathering *g, size_t rank)
{
	const struct reading *r = g->r;
	const struct page_block *b = &r->page->block[r->outer[rank]];
	struct slice t = slice_sub(r->page->text, b->start, b->end);
	size_t line = 0; /* where a label may begin: behind a mark that parts */

	for (size_t i = 0; i < t.n; i++) {
		bool wide = slice_starts(slice_sub(t, i, t.n), SLICE("："));
		if (t.p[i] == ':' || wide) {
			const struct label *l = label_of(slice_sub(t, line, i));
			size_t value = i + (wide ? 3 : 1);
			if (l) {
				while (value < t.n && t.p[value] == ' ')
					value++;
				put_value(g, l, b->start + line + (t.p[line] == ' '),
				          slice_sub(t, value, t.n));
			}
			line = value;
		} else if (memchr(".;,|()", t.p[i], 6)) {
			line = i + 1;
		}
	}
	const struct label *l = label_of(t);
	if (l && rank + 1 < r->outer_n) {
		const struct page_block *next = &r->page->block[r->outer[rank + 1]];
		/* In a table the value stands in the same row. */
		if (b->table == next->table && (!b->table || b->row == next->row) &&
		    next->role != ROLE_HEADING)
			put_value(g, l, b->start, slice_sub(r->page->text, next->start, next->end));
	}
}

void identity_read(struct gathering *g)
{
	for (size_t k = 0; k < g->r->outer_n && !gathering_is_full(g, FACT_IDENTITY); k++) {
		const struct page_block *b = &g->r->page->block[g->r->outer[k]];
		if (b->role == ROLE_OPTION || b->role == ROLE_FORM_LABEL)
			continue;
		read_company(g, b);
		read_labels(g, k);
	}
}

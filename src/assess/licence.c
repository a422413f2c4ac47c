/* Numbers that authorities give to pharmacies, people, companies and tax payers.
 *
 * From each run of digits the words before it are read back: an authority's or a number's name,
 * with nothing between but words such as "no." and "registration". Then the number is read on from
 * there, and must have the shape of that scheme. So "GPhC in 2024" is none, and a page of digits
 * costs a constant for each.
 *
 *   source  SIGNALS.md, section 6; NPI: 45 CFR 162.406, first digit 1 or 2; GPhC: premises begin
 *           with 1 or 9, pharmacists with 2, technicians with 5; DEA: two letters, seven digits;
 *           VAT: Council Directive 2006/112/EC, article 215 (country prefix) */
#include "assess/particulars.h"

#include "model/check_digit.h"

enum { WORDS_BACK = 8, CONTEXT = 72, JAPANESE_BACK = 90, JAPANESE_CONTEXT = 240, NUMBER_MAX = 24 };

enum check_rule { RULE_NONE, RULE_NPI, RULE_LUHN, RULE_DE_VAT, RULE_GB_VAT, RULE_ABN, RULE_DEA };

/* Where a number may hold letters. */
enum letters { LETTERS_NO, LETTERS_FRONT, LETTERS_BACK, LETTERS_ANY };

static const struct scheme {
	const char *key;       /* folded words before the number */
	const char *name;
	unsigned char min, max; /* characters; equal: groups of digits are joined to reach it */
	enum letters letters;
	const char *first;     /* what it may begin with; NULL: anything */
	enum check_rule rule;
	bool identity;
} schemes[] = {
	/* Great Britain and Northern Ireland, Ireland */
	{ "gphc", "gphc-premises", 7, 7, LETTERS_NO, "19", RULE_NONE, false },
	{ "gphc", "gphc-pharmacist", 7, 7, LETTERS_NO, "2", RULE_NONE, false },
	{ "gphc", "gphc-technician", 7, 7, LETTERS_NO, "5", RULE_NONE, false },
	{ "general pharmaceutical council", "gphc-premises", 7, 7, LETTERS_NO, "19", RULE_NONE, false },
	{ "general pharmaceutical council", "gphc-pharmacist", 7, 7, LETTERS_NO, "2", RULE_NONE, false },
	{ "superintendent s", "gphc-pharmacist", 7, 7, LETTERS_NO, "2", RULE_NONE, false },
	{ "superintendent pharmacist", "gphc-pharmacist", 7, 7, LETTERS_NO, "2", RULE_NONE, false },
	{ "pharmacy premises", "gphc-premises", 7, 7, LETTERS_NO, "19", RULE_NONE, false },
	{ "premises number", "gphc-premises", 7, 7, LETTERS_NO, "19", RULE_NONE, false },
	{ "premises no", "gphc-premises", 7, 7, LETTERS_NO, "19", RULE_NONE, false },
	{ "psni", "psni", 4, 5, LETTERS_NO, NULL, RULE_NONE, false },
	{ "psi", "ie-psi", 4, 6, LETTERS_NO, NULL, RULE_NONE, false },
	{ "pharmaceutical society of ireland", "ie-psi", 4, 6, LETTERS_NO, NULL, RULE_NONE, false },
	{ "gmc", "gb-gmc", 7, 7, LETTERS_NO, NULL, RULE_NONE, false },
	{ "cqc", "gb-cqc", 10, 11, LETTERS_NO, "1", RULE_NONE, false },
	/* United States */
	{ "npi", "us-npi", 10, 10, LETTERS_NO, "12", RULE_NPI, false },
	{ "national provider identifier", "us-npi", 10, 10, LETTERS_NO, "12", RULE_NPI, false },
	{ "ncpdp", "us-ncpdp", 7, 7, LETTERS_NO, NULL, RULE_NONE, false },
	{ "dea", "us-dea", 9, 9, LETTERS_FRONT, NULL, RULE_DEA, false },
	/* France */
	{ "rpps", "fr-rpps", 11, 11, LETTERS_NO, "1", RULE_LUHN, false },
	{ "finess", "fr-finess", 9, 9, LETTERS_NO, NULL, RULE_NONE, false },
	{ "numero de licence", "fr-officine", 6, 11, LETTERS_NO, NULL, RULE_NONE, false },
	{ "licence officine", "fr-officine", 6, 11, LETTERS_NO, NULL, RULE_NONE, false },
	{ "licence de la pharmacie", "fr-officine", 6, 11, LETTERS_NO, NULL, RULE_NONE, false },
	{ "licence de l officine", "fr-officine", 6, 11, LETTERS_NO, NULL, RULE_NONE, false },
	{ "siret", "fr-siret", 14, 14, LETTERS_NO, NULL, RULE_LUHN, true },
	{ "siren", "fr-siren", 9, 9, LETTERS_NO, NULL, RULE_LUHN, true },
	/* Germany, Austria, Switzerland */
	{ "versandhandelserlaubnis", "de-versandapotheke", 4, 12, LETTERS_ANY, NULL, RULE_NONE, false },
	{ "versandapothekenregister", "de-versandapotheke", 4, 12, LETTERS_ANY, NULL, RULE_NONE, false },
	{ "versandhandelsregister", "de-versandapotheke", 4, 12, LETTERS_ANY, NULL, RULE_NONE, false },
	{ "versandapotheken register", "de-versandapotheke", 4, 12, LETTERS_ANY, NULL, RULE_NONE, false },
	{ "idf", "de-idf", 7, 7, LETTERS_NO, NULL, RULE_NONE, false },
	{ "institutionskennzeichen", "de-ik", 9, 9, LETTERS_NO, NULL, RULE_NONE, false },
	{ "hrb", "de-hrb", 2, 7, LETTERS_NO, NULL, RULE_NONE, true },
	{ "hra", "de-hra", 2, 7, LETTERS_NO, NULL, RULE_NONE, true },
	/* Netherlands, Belgium */
	{ "agb", "nl-agb", 8, 8, LETTERS_NO, "0", RULE_NONE, false },
	{ "agb code", "nl-agb", 8, 8, LETTERS_NO, "0", RULE_NONE, false },
	{ "apb", "be-apb", 6, 6, LETTERS_NO, NULL, RULE_NONE, false },
	{ "kvk", "nl-kvk", 8, 8, LETTERS_NO, NULL, RULE_NONE, true },
	{ "kamer van koophandel", "nl-kvk", 8, 8, LETTERS_NO, NULL, RULE_NONE, true },
	/* Canada, Australia, India */
	{ "ontario college of pharmacists", "ca-on-accreditation", 4, 7, LETTERS_NO, NULL, RULE_NONE,
	  false },
	{ "approval number", "au-approval", 5, 6, LETTERS_BACK, NULL, RULE_NONE, false },
	{ "approval no", "au-approval", 5, 6, LETTERS_BACK, NULL, RULE_NONE, false },
	{ "ahpra", "au-ahpra", 13, 13, LETTERS_FRONT, "P", RULE_NONE, false },
	{ "drug licence", "in-drug-licence", 5, 20, LETTERS_ANY, NULL, RULE_NONE, false },
	{ "drug license", "in-drug-licence", 5, 20, LETTERS_ANY, NULL, RULE_NONE, false },
	{ "d l", "in-drug-licence", 5, 20, LETTERS_ANY, NULL, RULE_NONE, false },
	{ "abn", "au-abn", 11, 11, LETTERS_NO, NULL, RULE_ABN, true },
	{ "acn", "au-acn", 9, 9, LETTERS_NO, NULL, RULE_NONE, true },
	{ "gstin", "in-gstin", 15, 15, LETTERS_ANY, NULL, RULE_NONE, true },
	{ "cin", "in-cin", 21, 21, LETTERS_ANY, "UL", RULE_NONE, true },
	/* companies and tax */
	{ "company number", "company-number", 6, 8, LETTERS_FRONT, NULL, RULE_NONE, true },
	{ "company no", "company-number", 6, 8, LETTERS_FRONT, NULL, RULE_NONE, true },
	{ "company registration", "company-number", 5, 10, LETTERS_FRONT, NULL, RULE_NONE, true },
	{ "in england and wales", "gb-company", 7, 8, LETTERS_FRONT, NULL, RULE_NONE, true },
	{ "in england", "gb-company", 7, 8, LETTERS_FRONT, NULL, RULE_NONE, true },
	{ "in scotland", "gb-company", 8, 8, LETTERS_FRONT, NULL, RULE_NONE, true },
	{ "vat", "vat", 9, 14, LETTERS_ANY, NULL, RULE_NONE, true },
	{ "tva", "vat", 9, 14, LETTERS_ANY, NULL, RULE_NONE, true },
	{ "btw", "vat", 9, 14, LETTERS_ANY, NULL, RULE_NONE, true },
	{ "ust", "vat", 9, 14, LETTERS_ANY, NULL, RULE_NONE, true },
	{ "ustid", "vat", 9, 14, LETTERS_ANY, NULL, RULE_NONE, true },
	{ "umsatzsteuer", "vat", 9, 14, LETTERS_ANY, NULL, RULE_NONE, true },
	{ "umsatzsteuergesetz", "vat", 9, 14, LETTERS_ANY, NULL, RULE_NONE, true },
	{ "p iva", "vat", 11, 11, LETTERS_NO, NULL, RULE_LUHN, true },
	{ "partita iva", "vat", 11, 11, LETTERS_NO, NULL, RULE_LUHN, true },
};
enum { SCHEMES = sizeof(schemes) / sizeof(schemes[0]) };

/* What may stand between the name of a scheme and its number. */
static bool is_filler(struct slice w)
{
	static const char *const words[] = {
		"no", "nr", "n", "num", "number", "numbers", "numero", "nummer", "id", "idnr", "ident",
		"identifikationsnummer", "identification", "intracommunautaire", "registration",
		"registered", "reg", "regn", "reference", "ref", "licence", "license", "permit",
		"certificate", "code", "premises", "pharmacy", "pharmacist", "pharmacists", "store",
		"accreditation", "approval", "membership", "provider", "is", "are", "the", "of",
		"under", "with", "our", "as", "and", "der", "die", "lautet", "gemass", "27a", "a",
		"uid", "s", "superintendent", "company", "est", "le", "la", "identifiant", "individuel",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_eq_str(w, words[i]))
			return true;
	return false;
}

struct number {
	char text[NUMBER_MAX + 1]; /* normal form */
	size_t n;
	size_t end;                /* in the folded text */
};

static bool is_year(const struct number *n)
{
	return n->n == 4 && (memcmp(n->text, "19", 2) == 0 || memcmp(n->text, "20", 2) == 0);
}

static size_t count_digits(struct slice w)
{
	size_t n = 0;

	for (size_t i = 0; i < w.n; i++)
		n += folded_digit(w.p[i]);
	return n;
}

static bool is_alnum(struct slice w)
{
	for (size_t i = 0; i < w.n; i++)
		if (!folded_alnum(w.p[i]) && w.p[i] != '.')
			return false;
	return w.n > 0;
}

/* Whether a group of characters may be part of such a number, at its front or behind. */
static bool fits_group(const struct scheme *s, struct slice w, bool front)
{
	size_t digits = count_digits(w), dots = 0;

	for (size_t i = 0; i < w.n; i++)
		dots += w.p[i] == '.';
	size_t letters = w.n - digits - dots;
	switch (s->letters) {
	case LETTERS_NO: return letters == 0;
	case LETTERS_FRONT: return letters == 0 || (front && letters <= 3);
	case LETTERS_BACK: return letters == 0 || (letters == 1 && !folded_digit(w.p[w.n - 1]));
	case LETTERS_ANY: return digits > 0 || letters <= 3;
	}
	return false;
}

static void add_group(struct number *out, struct slice w)
{
	for (size_t i = 0; i < w.n && out->n < NUMBER_MAX; i++)
		if (w.p[i] != '.')
			out->text[out->n++] =
				(char)(w.p[i] >= 'a' && w.p[i] <= 'z' ? w.p[i] - 32 : w.p[i]);
	out->text[out->n] = '\0';
}

/* Characters of a VAT number with its country, where that says how long it is; else 0. */
static size_t vat_length(struct slice t)
{
	static const struct {
		const char *country;
		size_t n;
	} lengths[] = {
		{ "AT", 11 }, { "BE", 12 }, { "CY", 11 }, { "DE", 11 }, { "DK", 10 }, { "ES", 11 },
		{ "FI", 10 }, { "FR", 13 }, { "GB", 11 }, { "HU", 10 }, { "IT", 13 }, { "LU", 10 },
		{ "MT", 10 }, { "NL", 14 }, { "PL", 12 }, { "PT", 11 }, { "SE", 14 }, { "SI", 10 },
	};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		if (slice_starts(t, slice_str(lengths[i].country)))
			return lengths[i].n;
	return 0;
}

/* Read the number of a scheme behind byte `at`, where its name ends. */
static bool take_number(const struct folded *f, size_t at, const struct scheme *scheme,
                        struct number *out)
{
	struct slice s = f->text;
	struct word w;
	size_t digits = 0, groups = 0;

	*out = (struct number){ .end = at };
	for (size_t i = 0; i < WORDS_BACK; i++) {
		if (!word_at(s, out->end, &w))
			return false;
		struct slice text = slice_from(s.p + w.start, w.end - w.start);
		if (count_digits(text) == 0 && is_filler(text))
			out->end = w.end;
		else
			break;
	}
	while (groups < 6 && word_at(s, out->end, &w)) {
		struct slice text = slice_from(s.p + w.start, w.end - w.start);
		struct number more = *out;
		if (!is_alnum(text) || !fits_group(scheme, text, groups == 0) ||
		    (groups && memchr(s.p + out->end, '\n', w.start - out->end)))
			break;
		add_group(&more, text);
		if (more.n > scheme->max)
			break;
		bool had = digits > 0;
		digits += count_digits(text);
		/* A number of no fixed length ends with its first group that has digits, unless that
		 * is too short, or a mark and no space stands behind it. */
		size_t enough = scheme->min;
		if (strcmp(scheme->name, "vat") == 0 && vat_length(slice_from(out->text, out->n)))
			enough = vat_length(slice_from(out->text, out->n));
		if (scheme->min != scheme->max && had && out->n >= enough &&
		    ascii_space(f->source.p[f->map[w.start] - 1]))
			break;
		*out = more;
		out->end = w.end;
		groups++;
	}
	if (out->n < scheme->min || out->n > scheme->max || digits * 2 < out->n || is_year(out))
		return false;
	return !scheme->first || strchr(scheme->first, out->text[0]) != NULL;
}

static enum fact_check check_number(enum check_rule rule, struct slice t)
{
	bool right = false;

	switch (rule) {
	case RULE_NONE: return CHECK_NONE;
	case RULE_NPI: right = luhn_holds(SLICE("80840"), t); break;
	case RULE_LUHN: right = luhn_holds(SLICE(""), t); break;
	case RULE_DE_VAT: right = iso7064_mod11_10_holds(slice_sub(t, 2, t.n)); break;
	case RULE_GB_VAT: right = gb_vat_holds(slice_sub(t, 2, t.n)); break;
	case RULE_ABN: right = abn_holds(t); break;
	case RULE_DEA: right = dea_holds(t); break;
	}
	return right ? CHECK_RIGHT : CHECK_WRONG;
}

/* A VAT number begins with its country; one without is only known by the word beside it. */
static bool settle_vat(const struct number *n, const char **name, enum check_rule *rule)
{
	struct slice t = slice_from(n->text, n->n);

	*name = "vat";
	if (t.n == 11 && slice_starts(t, SLICE("DE")) && count_digits(t) == 9)
		*rule = RULE_DE_VAT;
	else if (t.n == 11 && slice_starts(t, SLICE("GB")) && count_digits(t) == 9)
		*rule = RULE_GB_VAT;
	else if (!folded_digit(t.p[0]) && t.n > 2)
		return count_digits(t) >= 8;
	else
		return count_digits(t) == t.n && t.n <= 12;
	return true;
}

static void put_number(struct gathering *g, size_t from, const struct number *n, const char *name,
                       enum check_rule rule, bool identity)
{
	struct slice text = slice_from(n->text, n->n);
	struct fact f = { .kind = identity ? FACT_IDENTITY : FACT_LICENCE, .arg = slice_str(name),
		          .value = text, .check = check_number(rule, text) };
	size_t start = 0, end = 0;

	fold_span(g->r->folded, from, n->end, &start, &end);
	f.start = (uint32_t)start;
	f.end = (uint32_t)end;
	/* Of a person, not of a shop. */
	f.restricted = strcmp(name, "gphc-pharmacist") == 0 || strcmp(name, "gphc-technician") == 0 ||
	               strcmp(name, "fr-rpps") == 0 || strcmp(name, "au-ahpra") == 0 ||
	               strcmp(name, "gb-gmc") == 0;
	gathering_put(g, &f);
}

/* Licences of a place: the words name it or say pharmacy. */
static const struct region {
	const char *name; /* folded */
	const char *scheme;
} regions[] = {
	{ "alabama", "us-state-al" }, { "alaska", "us-state-ak" }, { "arizona", "us-state-az" },
	{ "arkansas", "us-state-ar" }, { "california", "us-state-ca" }, { "colorado", "us-state-co" },
	{ "connecticut", "us-state-ct" }, { "delaware", "us-state-de" }, { "florida", "us-state-fl" },
	{ "georgia", "us-state-ga" }, { "hawaii", "us-state-hi" }, { "idaho", "us-state-id" },
	{ "illinois", "us-state-il" }, { "indiana", "us-state-in" }, { "iowa", "us-state-ia" },
	{ "kansas", "us-state-ks" }, { "kentucky", "us-state-ky" }, { "louisiana", "us-state-la" },
	{ "maine", "us-state-me" }, { "maryland", "us-state-md" }, { "massachusetts", "us-state-ma" },
	{ "michigan", "us-state-mi" }, { "minnesota", "us-state-mn" }, { "mississippi", "us-state-ms" },
	{ "missouri", "us-state-mo" }, { "montana", "us-state-mt" }, { "nebraska", "us-state-ne" },
	{ "nevada", "us-state-nv" }, { "new hampshire", "us-state-nh" }, { "new jersey", "us-state-nj" },
	{ "new mexico", "us-state-nm" }, { "new york", "us-state-ny" },
	{ "north carolina", "us-state-nc" }, { "north dakota", "us-state-nd" }, { "ohio", "us-state-oh" },
	{ "oklahoma", "us-state-ok" }, { "oregon", "us-state-or" }, { "pennsylvania", "us-state-pa" },
	{ "rhode island", "us-state-ri" }, { "south carolina", "us-state-sc" },
	{ "south dakota", "us-state-sd" }, { "tennessee", "us-state-tn" }, { "texas", "us-state-tx" },
	{ "utah", "us-state-ut" }, { "vermont", "us-state-vt" }, { "west virginia", "us-state-wv" },
	{ "virginia", "us-state-va" }, { "washington", "us-state-wa" }, { "wisconsin", "us-state-wi" },
	{ "wyoming", "us-state-wy" }, { "british columbia", "ca-bc-licence" },
	{ "alberta", "ca-ab-licence" }, { "saskatchewan", "ca-sk-licence" },
	{ "manitoba", "ca-mb-licence" }, { "ontario", "ca-on-accreditation" },
	{ "quebec", "ca-qc-licence" }, { "new brunswick", "ca-nb-licence" },
	{ "nova scotia", "ca-ns-licence" },
};

/* "Florida pharmacy license PH12345": the word licence or permit, with a pharmacy close before it. */
static bool read_place_licence(struct gathering *g, struct slice s, size_t key, size_t key_end,
                               size_t *end)
{
	static const struct scheme any = { "", "other", 4, 10, LETTERS_FRONT, NULL, RULE_NONE, false };
	struct slice before = slice_sub(s, key > CONTEXT ? key - CONTEXT : 0, key);
	const char *name = NULL;
	size_t best = 0;
	struct number n;

	if (slice_find_slice(before, SLICE("pharmac")) == before.n || !take_number(g->r->folded, key_end, &any, &n))
		return false;
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		struct slice region = slice_str(regions[i].name);
		size_t at = slice_find_slice(before, region);
		if (at < before.n && (!name || at + region.n > best)) {
			best = at + region.n;
			name = regions[i].scheme;
		}
	}
	put_number(g, key, &n, name ? name : "other", RULE_NONE, false);
	*end = n.end;
	return true;
}

/* Try each scheme whose name ends before byte `at`. */
static bool read_after(struct gathering *g, struct slice s, size_t at, size_t *end)
{
	static const char *const generic[] = { "license", "licence", "permit", "accreditation" };
	size_t key = 0;
	bool found = false;

	for (size_t i = 0; i < SCHEMES; i++) {
		struct slice name = slice_str(schemes[i].key);
		if (at < name.n || s.p[at - 1] != name.p[name.n - 1] || !words_end_with(s, at, name, &key))
			continue;
		struct number n;
		const char *as = schemes[i].name;
		enum check_rule rule = schemes[i].rule;
		if (!take_number(g->r->folded, at, &schemes[i], &n) ||
		    (strcmp(as, "vat") == 0 && rule == RULE_NONE && !settle_vat(&n, &as, &rule)))
			continue;
		/* "GPhC premises number": quoted with who gave it. */
		words_end_with(s, key, SLICE("gphc"), &key);
		put_number(g, key, &n, as, rule, schemes[i].identity);
		*end = n.end > *end ? n.end : *end;
		found = true;
	}
	for (size_t i = 0; !found && i < sizeof(generic) / sizeof(generic[0]); i++)
		if (words_end_with(s, at, slice_str(generic[i]), &key))
			found = read_place_licence(g, s, key, at, end);
	return found;
}

/* The last of some words within [from, to) of the text: its end, or 0; *start is where it begins. */
static size_t last_of(struct slice s, size_t from, size_t to, const char *const *words,
                      size_t *start)
{
	size_t best = 0;

	for (; *words; words++) {
		struct slice w = slice_str(*words), rest = slice_sub(s, from, to);
		for (size_t at = 0; rest.n;) {
			size_t found = slice_find_slice(rest, w);
			if (found == rest.n)
				break;
			at += found + w.n;
			if (from + at > best) {
				best = from + at;
				*start = best - w.n;
			}
			rest = slice_sub(rest, found + w.n, rest.n);
		}
	}
	return best;
}

/* Japanese: a licence's number stands behind the word for it, as "no. ... go". Dealers in used goods
 * and in liquor have such numbers too, so the kind of licence must be named before it. */
static bool read_japanese(struct gathering *g, struct slice s, size_t at, size_t *end)
{
	static const char *const number[] = { "許可番号", "許可証番号", "許可証の番号", "許可 第",
		                              "許可第", "許可証 第", "許可証第", NULL };
	static const char *const store[] = { "店舗販売業", "薬種商", NULL };
	static const char *const pharmacy[] = { "薬局開設", "薬局", NULL };
	static const char *const other[] = { "古物", "酒類", "高度管理", "管理医療機器", "化粧品",
		                             "製造", "動物", "旅行", "労働者", "職業紹介", NULL };
	size_t from = at > JAPANESE_BACK ? at - JAPANESE_BACK : 0;
	size_t start = 0, ignored = 0;
	size_t word = last_of(s, from, at, number, &start);

	/* Between the word and the number: an office's name at most, and no other number. */
	if (!word || count_digits(slice_sub(s, word, at)))
		return false;
	size_t far = word > JAPANESE_CONTEXT ? word - JAPANESE_CONTEXT : 0;
	size_t is_store = last_of(s, far, word, store, &ignored);
	size_t is_pharmacy = last_of(s, far, word, pharmacy, &ignored);
	size_t is_other = last_of(s, far, word, other, &ignored);
	const char *name = is_store > is_pharmacy ? "jp-store" : "jp-pharmacy";
	if (is_store > is_pharmacy ? is_store <= is_other : is_pharmacy <= is_other)
		return false;
	struct number n = { .end = at };
	size_t first = at;
	while (first > word && s.p[first - 1] >= 'a' && s.p[first - 1] <= 'z')
		first--;
	for (size_t i = first; i < s.n && n.n < NUMBER_MAX; i++) {
		if (s.p[i] == ' ')
			continue;
		if (!folded_alnum(s.p[i]))
			break;
		add_group(&n, slice_from(s.p + i, 1));
		n.end = i + 1;
	}
	if (n.n < 3 || is_year(&n))
		return false;
	put_number(g, start, &n, name, RULE_NONE, false);
	*end = n.end;
	return true;
}

/* From the first digit at byte `at`: back over the words before it to the name of a scheme. */
static size_t read_back(struct gathering *g, struct slice s, size_t at)
{
	size_t end = at, back = at;
	struct word w;

	/* The number's own letters: "ph12345", "de123456789". */
	while (back > 0 && folded_alnum(s.p[back - 1]) && at - back < 12)
		back--;
	size_t behind = back;
	while (behind > 0 && (s.p[behind - 1] == ' ' || s.p[behind - 1] == '\n'))
		behind--;
	if (behind > 0 && (unsigned char)s.p[behind - 1] >= 0x80 && read_japanese(g, s, at, &end))
		return end;
	for (size_t i = 0; i < WORDS_BACK && word_before(s, back, &w); i++) {
		struct slice text = slice_from(s.p + w.start, w.end - w.start);
		if (read_after(g, s, w.end, &end))
			return end;
		/* On over what may stand between, and over short parts of the number itself. */
		if (!is_filler(text) && (text.n > 3 || count_digits(text)))
			break;
		back = w.start;
	}
	return end;
}

void licence_read(struct gathering *g)
{
	struct slice s = g->r->folded->text;

	for (size_t i = 0; i < s.n;) {
		const char *c = s.p + i;
		if (!folded_digit(*c)) {
			i++;
			continue;
		}
		if (gathering_is_full(g, FACT_LICENCE) && gathering_is_full(g, FACT_IDENTITY))
			return;
		size_t end = read_back(g, s, i);
		while (i < s.n && (folded_alnum(s.p[i]) || i < end))
			i++;
	}
}

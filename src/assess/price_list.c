/* Each price opens a unit: its row, else its line; a line that is but a price tag belongs to the
 * lines before it, up to the price before. Units are walked once, in order. */
#include "assess/price_list.h"

#include "assess/media.h"

enum {
	LINE_BYTES = 200,     /* more is running text */
	SENTENCE_BYTES = 60,  /* a line that long and with a full stop is a sentence */
	TAG_BYTES = 100,      /* a line that is a price, its count, its button */
	CELLS_MAX = 24,       /* of a row, to either side of its price */
	CARD_BLOCKS = 3,      /* how far before its price the name of a card stands */
	SUBSTANCES_MAX = 64,
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool text_has_dose(struct slice s)
{
	static const char *const units[] = { "mg", "mcg", "ml", "iu", "ug", "мг", "мл", "µg", "μg" };

	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			continue;
		size_t k = i;
		while (k < s.n && (is_digit(s.p[k]) || s.p[k] == '.' || s.p[k] == ','))
			k++;
		i = k;
		k += k < s.n && s.p[k] == ' ';
		for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
			struct slice unit = slice_str(units[u]);
			size_t end = k + unit.n;
			if (slice_starts(slice_sub(s, k, s.n), unit) &&
			    (end >= s.n || !((s.p[end] >= 'a' && s.p[end] <= 'z'))))
				return true;
		}
	}
	return false;
}

bool substance_is_free(const struct lexicon_substance *s)
{
	int rx = 0;

	for (unsigned c = 0; c < LEXICON_COUNTRIES; c++) {
		if (s->supply[c] == SUPPLY_OTC || s->supply[c] == SUPPLY_PHARMACY)
			rx--;
		else if (s->supply[c] != SUPPLY_UNKNOWN)
			rx++;
	}
	return rx < 0;
}

/* The year, volume and first page of a citation, at its year. */
static bool is_citation(struct slice t, size_t at)
{
	size_t i = at + 4, digits = 0;

	if (i >= t.n || t.p[i] != ';')
		return false;
	for (i++; i < t.n && t.p[i] == ' '; i++)
		;
	for (; i < t.n && is_digit(t.p[i]); i++)
		digits++;
	if (!digits || digits > 4)
		return false;
	i += i < t.n && t.p[i] == ' ';
	if (i < t.n && t.p[i] == '(') {
		while (i < t.n && t.p[i] != ')' && t.p[i] != '\n')
			i++;
		i++;
	}
	if (i >= t.n || t.p[i] != ':')
		return false;
	for (i++; i < t.n && t.p[i] == ' '; i++)
		;
	return i < t.n && (is_digit(t.p[i]) || t.p[i] == 'e');
}

bool reading_cites(const struct reading *r)
{
	static const char *const kinds[] = { "NewsArticle", "ReportageNewsArticle", "ScholarlyArticle",
		                             "MedicalScholarlyArticle" };
	struct slice t = r->page->text;

	for (size_t i = 0; i < r->page->item_n; i++)
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (r->page->item[i].is_thing && slice_eq_str(r->page->item[i].type, kinds[k]))
				return true;
	for (size_t i = 0; i + 10 < t.n; i++) {
		if (t.p[i] == '1' || t.p[i] == '2') {
			bool year = is_digit(t.p[i + 1]) && is_digit(t.p[i + 2]) && is_digit(t.p[i + 3]) &&
			            (i == 0 || !is_digit(t.p[i - 1]));
			if (year && is_citation(t, i))
				return true;
		} else if (t.p[i] == 'd' && (slice_starts(slice_sub(t, i, t.n), SLICE("doi.org/10.")) ||
		                             slice_starts(slice_sub(t, i, t.n), SLICE("doi:10.")) ||
		                             slice_starts(slice_sub(t, i, t.n), SLICE("doi: 10.")))) {
			return true;
		}
	}
	return false;
}

/* A count of what medicine comes in: "180 tabs", "28錠". */
static bool has_count(struct slice s)
{
	static const char *const units[] = { "tab", "pill", "cap", "vial", "amp", "comp", "kaps", "st.",
		                             "stk", "stuck", "stück", "таб", "капс", "錠", "粒", "片" };

	for (size_t i = 0; i + 1 < s.n; i++) {
		if (!is_digit(s.p[i]) || is_digit(s.p[i + 1]))
			continue;
		size_t k = i + 1;
		k += s.p[k] == ' ';
		for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++)
			if (slice_starts(slice_sub(s, k, s.n), slice_str(units[u])))
				return true;
	}
	return false;
}

/* A stretch of the page that one price belongs to. */
struct unit {
	uint32_t start, end;
};

static bool holds_price(const struct reading *r, uint32_t start, uint32_t end)
{
	size_t i = reading_first_price(r, start);

	return i < r->price_n && r->price[i].start < end;
}

static const struct place *first_drug(const struct reading *r, uint32_t start, uint32_t end)
{
	for (size_t i = reading_first(r, start); i < r->n && r->place[i].start < end; i++)
		if (!r->place[i].hit.is_phrase && !reading_is_quoted(r, &r->place[i]))
			return &r->place[i];
	return NULL;
}

/* Whether a unit speaks of medicine: of a dose or a count, in either case of Latin letters. */
static bool is_dosed(const struct reading *r, struct unit u)
{
	char low[LINE_BYTES * 2];
	struct slice t = slice_sub(r->page->text, u.start, u.end);
	size_t n = t.n < sizeof(low) ? t.n : sizeof(low);

	for (size_t i = 0; i < n; i++)
		low[i] = t.p[i] >= 'A' && t.p[i] <= 'Z' ? (char)(t.p[i] + 'a' - 'A') : t.p[i];
	return text_has_dose((struct slice){ low, n }) || has_count((struct slice){ low, n });
}

/* The unit of a price; false where the price stands in running text. */
static bool unit_of(const struct reading *r, const struct spot *s, struct unit *u)
{
	struct slice t = r->page->text;
	const struct page_block *b = &r->page->block[s->block];
	size_t rank = reading_rank(r, s->block);

	u->start = s->start;
	u->end = s->end;
	if (b->table) {
		size_t from = rank, to = rank;
		while (from > 0 && rank - from <= CELLS_MAX &&
		       r->page->block[r->outer[from - 1]].table == b->table &&
		       r->page->block[r->outer[from - 1]].row == b->row)
			from--;
		while (to + 1 < r->outer_n && to - rank <= CELLS_MAX &&
		       r->page->block[r->outer[to + 1]].table == b->table &&
		       r->page->block[r->outer[to + 1]].row == b->row)
			to++;
		u->start = r->page->block[r->outer[from]].start;
		u->end = r->page->block[r->outer[to]].end;
		return u->end - u->start <= 2 * LINE_BYTES;
	}
	while (u->start > b->start && t.p[u->start - 1] != '\n' && u->end - u->start <= LINE_BYTES)
		u->start--;
	while (u->end < b->end && t.p[u->end] != '\n' && u->end - u->start <= LINE_BYTES)
		u->end++;
	uint32_t length = u->end - u->start;
	struct slice line = slice_trim(slice_sub(t, u->start, u->end));
	if (length > LINE_BYTES ||
	    (length > SENTENCE_BYTES && (slice_ends(line, SLICE(".")) || slice_ends(line, SLICE("。")))))
		return false;
	if (first_drug(r, u->start, u->end) || length > TAG_BYTES)
		return true;
	/* A tag: its name stands before it. */
	for (size_t k = 1; k <= CARD_BLOCKS && k <= rank; k++) {
		const struct page_block *before = &r->page->block[r->outer[rank - k]];
		if (before->table || before->end - before->start > LINE_BYTES ||
		    holds_price(r, before->start, u->start))
			break;
		if (before->role == ROLE_TITLE || before->role == ROLE_META_DESCRIPTION)
			break;
		u->start = before->start;
		if (before->role == ROLE_HEADING || first_drug(r, before->start, before->end))
			break;
	}
	return true;
}

/* The drug that the nearest heading above a unit names, or the title where there is no heading. Units
 * come in order: *next is the outer block to go on from, *head the heading found so far. */
static const struct place *headed_by(const struct reading *r, uint32_t at, size_t *next,
                                     const struct page_block **head)
{
	for (; *next < r->outer_n && r->page->block[r->outer[*next]].start < at; (*next)++) {
		const struct page_block *b = &r->page->block[r->outer[*next]];
		if (b->role == ROLE_HEADING || b->role == ROLE_TITLE)
			*head = b;
	}
	return *head ? first_drug(r, (*head)->start, (*head)->end) : NULL;
}

/* A card names its goods itself. */
static bool begins_with_heading(const struct reading *r, struct unit u)
{
	size_t i = reading_first_price(r, u.start);
	size_t rank = i < r->price_n ? reading_rank(r, r->price[i].block) : 0;

	for (size_t k = 0; k <= CARD_BLOCKS && k <= rank; k++) {
		const struct page_block *b = &r->page->block[r->outer[rank - k]];
		if (b->start < u.start)
			break;
		if (b->role == ROLE_HEADING)
			return true;
	}
	return false;
}

/* Equal labels of buttons and links in the page's own part. */
static uint32_t find_repeats(const struct reading *r)
{
	const struct page_text *page = r->page;
	struct slice last = { 0 };
	uint32_t same = 0, best = 0;

	for (size_t i = 0; i < page->block_n; i++) {
		const struct page_block *b = &page->block[i];
		if (b->hidden || (b->role != ROLE_LINK && b->role != ROLE_BUTTON) ||
		    (b->region != REGION_BODY && b->region != REGION_MAIN))
			continue;
		struct slice label = slice_trim(slice_sub(page->text, b->start, b->end));
		size_t near = reading_first_price(r, b->start > LINE_BYTES ? b->start - LINE_BYTES : 0);
		if (!label.n || near >= r->price_n || r->price[near].start > b->end)
			continue;
		same = slice_eq(label, last) ? same + 1 : 1;
		last = label;
		best = same > best ? same : best;
	}
	return best;
}

/* Whether a text is a number and nothing else. */
static bool is_number(struct slice s)
{
	s = slice_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && s.p[i] != '.' && s.p[i] != ',')
			return false;
	return s.n > 0;
}

/* Rows of a table that name a medicine, give a number by itself, and lead somewhere: "alprazolam 1 mg
 * | 100 | 95 | +". An order form without a sign of money. */
static uint32_t count_bare(const struct reading *r, uint32_t *seen)
{
	const struct page_text *page = r->page;
	const struct place *drug = NULL;
	uint32_t n = 0, table = 0, row = 0;
	bool number = false, leads = false;

	for (size_t i = 0; i <= page->block_n; i++) {
		const struct page_block *b = i < page->block_n ? &page->block[i] : NULL;
		bool inner = b && block_role_is_inner(b->role);
		if (!b || (!inner && !b->hidden && (b->table != table || b->row != row))) {
			bool last = drug && number && leads;
			uint32_t s = last ? r->lexicon->term[drug->hit.index].substance : 0, k = 0;
			while (k < n && seen[k] != s)
				k++;
			if (last && k == n && k < SUBSTANCES_MAX &&
			    !substance_is_free(&r->lexicon->substance[s]))
				seen[n++] = s;
			drug = NULL;
			number = leads = false;
			if (!b)
				break;
			table = b->table;
			row = b->row;
		}
		if (b->hidden || !table)
			continue;
		if (inner)
			leads = leads || ((b->role == ROLE_LINK || b->role == ROLE_BUTTON) && b->end > b->start);
		else if (is_number(slice_sub(page->text, b->start, b->end)))
			number = true;
		else if (!drug && b->end - b->start <= LINE_BYTES)
			drug = first_drug(r, b->start, b->end);
	}
	return n;
}

int price_list_read(const struct reading *r, struct arena *a, struct price_list *out,
                    struct err *err)
{
	uint32_t *seen = arena_array(a, SUBSTANCES_MAX, sizeof(*seen));
	const struct page_block *head = NULL;
	size_t next = 0;
	uint32_t done = 0;

	if (!seen)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	*out = (struct price_list){ 0 };
	bool media = page_is_of_media(r), named_media = page_names_media(r);
	for (size_t i = 0; i < r->price_n; i++) {
		const struct spot *s = &r->price[i];
		struct unit u;
		if (s->start < done || !unit_of(r, s, &u))
			continue;
		done = u.end;
		const struct place *drug = first_drug(r, u.start, u.end);
		bool named = drug != NULL;
		if (!drug && !begins_with_heading(r, u))
			drug = headed_by(r, u.start, &next, &head);
		if (drug && (media || (named_media && place_is_of_media(r, drug))))
			drug = NULL;
		out->goods++;
		out->drugs += drug != NULL;
		bool dosed = is_dosed(r, u);
		out->others += !drug && !dosed;
		if (!drug)
			continue;
		uint32_t substance = r->lexicon->term[drug->hit.index].substance;
		if (substance_is_free(&r->lexicon->substance[substance]))
			continue;
		if (!named) {
			out->headed += dosed;
			continue;
		}
		uint32_t k = 0;
		while (k < out->medicines && seen[k] != substance)
			k++;
		if (k == out->medicines && k < SUBSTANCES_MAX)
			seen[out->medicines++] = substance;
	}
	out->bare = count_bare(r, seen);
	out->repeats = find_repeats(r);
	return 0;
}

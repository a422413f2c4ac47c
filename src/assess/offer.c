/* Read in the folded text, where digits are ASCII and every mark but '.' and ',' between digits is a
 * space. What two readings are possible of is left unread. */
#include "assess/offer.h"

enum { WINDOW = 240, BEHIND = 40, APART = 80, DIGITS_MAX = 12, COUNT_MAX = 2000, STRENGTH_MAX = 24 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* The amount of a price in hundredths: "49.95", "1,299.00", "1.299,00", "4,800"; -1 when it cannot
 * be told. The last mark is the decimal one where two digits follow it, and one where it is another
 * mark than the one before; three digits follow a mark of thousands. */
static int64_t amount_of(struct slice text)
{
	int64_t whole = 0, cents = 0;
	size_t from = 0, last = SIZE_MAX, marks = 0, digits = 0;

	while (from < text.n && !is_digit(text.p[from]))
		from++;
	size_t end = from;
	while (end < text.n && (is_digit(text.p[end]) || text.p[end] == '.' || text.p[end] == ',')) {
		if (!is_digit(text.p[end])) {
			last = end;
			marks++;
		}
		end++;
	}
	while (end > from && !is_digit(text.p[end - 1]))
		end--;
	size_t behind = last != SIZE_MAX ? end - last - 1 : 0;
	bool decimal = marks && (behind == 2 || behind == 1);
	if (marks && !decimal && behind != 3)
		return -1;
	for (size_t i = from; i < end; i++) {
		if (!is_digit(text.p[i]))
			continue;
		if (++digits > DIGITS_MAX)
			return -1;
		if (decimal && i > last)
			cents = cents * 10 + (text.p[i] - '0');
		else
			whole = whole * 10 + (text.p[i] - '0');
	}
	if (!digits)
		return -1;
	return whole * 100 + (decimal && behind == 1 ? cents * 10 : cents);
}

/* Where a number with a unit of strength ends, from its first digit; 0 when it is none. */
static size_t strength_end(struct slice s, size_t at)
{
	static const char *const units[] = { "mg", "mcg", "ug", "μg", "g", "ml", "iu", "ui",
		                             "%" };
	size_t i = at;

	while (i < s.n && (is_digit(s.p[i]) || s.p[i] == '.' || s.p[i] == ','))
		i++;
	i += i < s.n && s.p[i] == ' ';
	for (size_t k = 0; k < sizeof(units) / sizeof(units[0]); k++) {
		struct slice u = slice_str(units[k]);
		size_t end = i + u.n;
		if (slice_starts(slice_sub(s, i, s.n), u) &&
		    (end == s.n || !(is_letter(s.p[end]) || is_digit(s.p[end]))))
			return end;
	}
	return 0;
}

/* A count of units from its first digit: "30 pills", "x 30", "30 x", "28錠"; 0 when it is none. */
static uint32_t count_at(struct slice s, size_t at)
{
	static const char *const units[] = {
		"pill", "tab", "cap", "comprim", "kapsel", "pastil", "compresse", "tablett", "dose",
		"vial", "ampoule", "patch", "sachet", "stuck", "stk", "pcs", "piece",
		"count", "ct ", "таб", "капс", "錠", "粒", "カプセル", "包", "本" };
	uint32_t n = 0;
	size_t i = at;

	while (i < s.n && is_digit(s.p[i]) && i - at < 5)
		n = n * 10 + (uint32_t)(s.p[i++] - '0');
	if (n == 0 || n > COUNT_MAX || (i < s.n && (is_digit(s.p[i]) || s.p[i] == '.' || s.p[i] == ',')) ||
	    (at > 0 && (is_digit(s.p[at - 1]) || s.p[at - 1] == '.' || s.p[at - 1] == ',')))
		return 0;
	i += i < s.n && s.p[i] == ' ';
	struct slice rest = slice_sub(s, i, s.n);
	for (size_t k = 0; k < sizeof(units) / sizeof(units[0]); k++)
		if (slice_starts(rest, slice_str(units[k])))
			return n;
	return 0;
}

/* "per pill", "each" close behind the price: it is the price of one. */
static bool is_each(const struct reading *r, const struct spot *price)
{
	for (size_t i = reading_first(r, price->start > 12 ? price->start - 12 : 0);
	     i < r->n && r->place[i].start < price->end + BEHIND; i++)
		if (place_says(&r->place[i], PHRASE_PRICE_PER_UNIT) && r->place[i].start + 4 >= price->start)
			return true;
	return false;
}

/* The folded bytes to look at: from the name to its price, or with what follows that on its line, in
 * one block or row. */
static struct slice window_of(const struct reading *r, const struct place *drug,
                              const struct spot *price, bool behind, size_t *from)
{
	struct slice s = r->folded->text;
	size_t start = drug->hit.start, end = drug->hit.end;

	if (price->price.start < start)
		start = price->price.start;
	if (price->price.end > end)
		end = price->price.end;
	/* Up to the end of the line that the price stands in. */
	size_t limit = behind ? end + BEHIND : end;
	if (limit > s.n)
		limit = s.n;
	while (end < limit && s.p[end] != '\n')
		end++;
	if (end - start > WINDOW) {
		/* Too far apart to be one thing: what stands at the name. */
		start = drug->hit.start;
		end = drug->hit.end + BEHIND < s.n ? drug->hit.end + BEHIND : s.n;
	}
	*from = start;
	return slice_sub(s, start, end);
}

/* Whether the price is the drug's: in a row of a table, or close in running text with no other drug
 * and no share between ("10% off from $100"), and no word before it of what an order must come to. */
static bool is_of_drug(const struct reading *r, const struct place *drug, const struct spot *price)
{
	static const char *const other[] = { "above ", "over ", "orders ", "order is", "minimum", "at least",
		                             "shipping", "delivery", "postage", "save ", "bestell",
		                             "pedido", "commande", "ordine" };
	const struct page_block *a = &r->page->block[drug->block], *b = &r->page->block[price->block];
	struct slice s = r->folded->text;
	size_t from = drug->hit.end, to = price->price.start;

	if (a->table && a->table == b->table && a->row == b->row)
		return true;
	if (from > to) {
		from = price->price.end;
		to = drug->hit.start;
	}
	if (from > to || to - from > APART)
		return false;
	struct slice between = slice_sub(s, from, to);
	if (slice_find(between, '%') < between.n)
		return false;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (slice_find_slice(between, slice_str(other[i])) < between.n)
			return false;
	for (size_t i = reading_first(r, drug->start < price->start ? drug->end : price->end);
	     i < r->n && r->place[i].start < (drug->start < price->start ? price->start : drug->start); i++)
		if (!r->place[i].hit.is_phrase && r->lexicon->term[r->place[i].hit.index].substance !=
		                                          r->lexicon->term[drug->hit.index].substance)
			return false;
	return true;
}

/* The strength and the count that stretch w of the folded text, from byte `from` of it, tells; what
 * is told twice in different ways is left as it was. */
static void read_amounts(struct slice w, size_t from, const struct price *price,
                         struct slice *strength, uint32_t *count)
{
	size_t strengths = 0, counts = 0;
	struct slice dose = { 0 };
	uint32_t units = 0;

	for (size_t i = 0; i < w.n;) {
		if (!is_digit(w.p[i])) {
			i++;
			continue;
		}
		/* Not the price's own digits. */
		bool own = from + i >= price->start && from + i < price->end;
		size_t end = own ? 0 : strength_end(w, i);
		uint32_t n = own || end ? 0 : count_at(w, i);
		if (end && end - i <= STRENGTH_MAX && !slice_eq(slice_sub(w, i, end), dose)) {
			dose = slice_sub(w, i, end);
			strengths++;
		}
		if (n && n != units) {
			units = n;
			counts++;
		}
		while (i < w.n && (is_digit(w.p[i]) || w.p[i] == '.' || w.p[i] == ','))
			i++;
	}
	if (strengths == 1)
		*strength = dose;
	if (counts == 1)
		*count = units;
}

int offer_terms(const struct reading *r, const struct place *drug, const struct spot *price,
                struct arena *keep, const struct fact_terms **out, struct err *err)
{
	*out = NULL;
	if (!is_of_drug(r, drug, price))
		return 0;
	struct fact_terms *t = ARENA_NEW(keep, struct fact_terms);
	struct slice strength = { 0 };
	size_t from = 0;
	if (!t)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	struct slice w = window_of(r, drug, price, false, &from);
	read_amounts(w, from, &price->price, &strength, &t->count);
	if (!strength.n || !t->count) {
		struct slice more = { 0 };
		uint32_t count = 0;
		w = window_of(r, drug, price, true, &from);
		read_amounts(w, from, &price->price, &more, &count);
		strength = strength.n ? strength : more;
		t->count = t->count ? t->count : count;
	}
	if (strength.n) {
		t->strength = arena_copy(keep, strength);
		if (!t->strength.p)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	memcpy(t->currency, price->price.currency, sizeof(t->currency));
	t->guessed = price->price.guessed;
	t->amount = amount_of(slice_sub(r->folded->text, price->price.start, price->price.end));
	t->each = -1;
	if (is_each(r, price)) {
		t->each = t->amount;
		t->amount = -1;
	} else if (t->count && t->amount >= 0) {
		t->each = t->amount / t->count;
	}
	*out = t;
	return 0;
}

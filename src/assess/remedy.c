#include "assess/remedy.h"

#include "assess/gloss.h"

static void put_register(const struct condition *c, struct slice destination, struct slice place,
                         struct buf *out)
{
	buf_puts(out, "an official register names this site's domain");
	if (c->test == REGISTER_SERVES)
		buf_printf(out, ", and that entry covers buyers in %.*s",
		           SLICE_ARG(c->country.n && !slice_eq(c->country, destination) ? c->country
		                                                                        : place));
	else if (c->test == REGISTER_ELSEWHERE)
		buf_printf(out, ", though in another country than %.*s", SLICE_ARG(place));
}

/* "that no prescription is needed, or that …", each once. */
static void put_claims(const struct condition *c, struct buf *out)
{
	const char *last = NULL;

	for (unsigned i = 0; i < PHRASE_CLASSES; i++) {
		const char *says = gloss_phrase((enum phrase_class)i);
		if (!(c->phrases >> i & 1) || last == says)
			continue;
		buf_printf(out, "%s%s", last ? ", or " : " ", says);
		last = says;
	}
}

static void put_list(const struct slice *word, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%.*s",
		           i == 0       ? ""
		           : i + 1 == n ? " and "
		                        : ", ",
		           SLICE_ARG(word[i]));
}

/* An exception in words: it holds. Nothing is put for a kind without words. */
static void put_exception(const struct condition *c, struct slice destination, struct slice place,
                          struct buf *out)
{
	if (c->kind == CONDITION_REGISTERED) {
		put_register(c, destination, place, out);
	} else if (c->kind == CONDITION_CLAIMS) {
		buf_puts(out, "the site says, in its own voice,");
		put_claims(c, out);
	} else if (c->kind == CONDITION_ANY) {
		size_t before = out->n;
		for (size_t i = 0; i < c->sub_n; i++) {
			size_t at = out->n;
			if (at > before)
				buf_puts(out, "; or ");
			size_t behind = out->n;
			put_exception(&c->sub[i], destination, place, out);
			if (out->n == behind)
				out->n = at;
		}
	}
}

static void put_offer(const struct condition *c, struct slice place, struct buf *out)
{
	static const struct {
		enum supply supply;
		const char * not ;
	} rows[] = {
		{ SUPPLY_CONTROLLED, "controlled" }, { SUPPLY_RX, "prescription-only" },
		{ SUPPLY_UNAPPROVED, "unapproved" }, { SUPPLY_WITHDRAWN, "withdrawn" },
		{ SUPPLY_BANNED, "banned" },
	};
	const char *between = "";

	buf_printf(out, "the site does not offer what is quoted to buyers in %.*s",
	           SLICE_ARG(place));
	if (!c->statuses)
		return;
	buf_puts(out, ", or it is not ");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (c->statuses >> rows[i].supply & 1) {
			buf_printf(out, "%s%s", between, rows[i].not );
			between = " or ";
		}
	buf_puts(out, *between ? " there" : "of the kind that the rule is about");
}

/* A condition in words: it does not hold. */
static void put_denial(const struct condition *c, struct slice place, struct buf *out)
{
	switch (c->kind) {
	case CONDITION_OFFERS: put_offer(c, place, out); break;
	case CONDITION_CLAIMS:
		buf_puts(out, "the site does not say");
		put_claims(c, out);
		buf_puts(out, ": what is quoted is a warning, somebody else's words, or misread");
		break;
	case CONDITION_IMITATES:
		buf_puts(out,
		         "the name belongs to the pharmacy that it resembles, or has a use of its "
		         "own that has nothing to do with it");
		break;
	case CONDITION_COMBINATION:
		buf_puts(out, "what is quoted together is not sold together (");
		put_list(c->classes, c->class_n, out);
		buf_puts(out, ")");
		break;
	default: break;
	}
}

json_t *remedy_of(const struct rule *rule, struct slice destination, struct slice place)
{
	json_t *list = json_array();
	struct buf text = { 0 };
	int failed = list ? 0 : -1;

	for (size_t i = 0; i < rule->unless_n + rule->when_n; i++) {
		bool is_exception = i < rule->unless_n;
		buf_clear(&text);
		if (is_exception)
			put_exception(&rule->unless[i], destination, place, &text);
		else
			put_denial(&rule->when[i - rule->unless_n], place, &text);
		failed |= !buf_ok(&text);
		if (text.n)
			failed |= json_add_str(list, buf_slice(&text));
	}
	buf_release(&text);
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

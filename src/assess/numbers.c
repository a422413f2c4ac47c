#include "assess/numbers.h"

#include "assess/profile.h"
#include "base/buf.h"
#include "wire/fold.h"

static const char *const words[] = {
	"unknown", "renumbered", "inactive", "this_site", "other_site", "no_site", "same_name",
	"other_name",
};
enum { WORDS = sizeof(words) / sizeof(words[0]), NUMBERS_MAX = 32 };

unsigned number_found_parse(struct slice word)
{
	for (unsigned i = 0; i < WORDS; i++)
		if (slice_eq_str(word, words[i]))
			return 1u << i;
	return 0;
}

const char *number_found_name(unsigned bit)
{
	for (unsigned i = 0; i < WORDS; i++)
		if (bit >> i & 1)
			return words[i];
	return "";
}

struct matching {
	const struct extract *x;
	const struct site *site;
	const bool *mine;
	const struct registers *registers;
	int64_t at;
	struct arena *a;
	struct slice text; /* of the site, folded: made when it is first asked for */
	bool has_text;
};

/* The words of all pages that count, folded. */
static int fold_site(struct matching *m, struct err *err)
{
	struct buf all = { 0 };
	int rc = 0;

	if (m->has_text)
		return 0;
	for (size_t i = 0; rc == 0 && i < m->site->page_n; i++) {
		struct arena scratch = { 0 };
		struct folded f;
		if (!m->mine[i])
			continue;
		rc = fold(m->site->page[i].page->text, &scratch, &f, err);
		if (rc == 0)
			buf_put(&all, f.text);
		buf_putc(&all, '\n');
		arena_release(&scratch);
	}
	m->text = arena_copy(m->a, buf_slice(&all));
	if (rc == 0 && (!buf_ok(&all) || !m->text.p))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	m->has_text = rc == 0;
	buf_release(&all);
	return rc;
}

/* Of the rows with the number the one that says most for the site. */
static const struct register_row *best_row(const struct matching *m, const struct fact *f)
{
	const struct register_row *best = NULL, *row = NULL;

	while ((row = registers_number(m->registers, f->arg, f->value, row))) {
		if (register_holds(row, m->at) && register_names(row, &m->site->subject))
			return row;
		if (!best || (!register_holds(best, m->at) && register_holds(row, m->at)))
			best = row;
	}
	return best;
}

static int match(struct matching *m, const struct fact *f, struct number_claim *out,
                 struct err *err)
{
	const struct register_row *row = best_row(m, f);
	bool named = false;
	int rc = 0;

	out->row = row;
	if (row && register_holds(row, m->at) && register_names(row, &m->site->subject)) {
		out->found = NUMBER_THIS_SITE;
		return 0;
	}
	rc = fold_site(m, err);
	if (rc == 0 && row)
		rc = register_named_in(row, m->text, m->a, &named, err);
	if (rc)
		return rc;
	if (row && register_holds(row, m->at)) {
		out->found = row->domain_n ? NUMBER_OTHER_SITE : NUMBER_NO_SITE;
		out->found |= named ? NUMBER_SAME_NAME : NUMBER_OTHER_NAME;
		return 0;
	}
	const struct register_row *other = registers_named_in(m->registers, f->arg, m->text, m->at);
	if (other) {
		out->found = NUMBER_RENUMBERED;
		out->row = other;
	} else {
		out->found = !row ? NUMBER_UNKNOWN
		                  : NUMBER_INACTIVE | (named ? NUMBER_SAME_NAME : NUMBER_OTHER_NAME);
	}
	return 0;
}

int numbers_match(const struct extract *x, const struct site *site, const bool *mine,
                  const struct registers *registers, int64_t at, struct arena *a,
                  struct numbers *out, struct err *err)
{
	struct matching m = { x, site, mine, registers, at, a, { 0 }, false };
	struct number_claim *claim = NULL;
	size_t n = 0;
	int rc = 0;

	*out = (struct numbers){ 0 };
	for (size_t i = 0; rc == 0 && registers->n && i < x->facts.n && n < NUMBERS_MAX; i++) {
		const struct fact *f = &x->facts.fact[i];
		bool known = false;
		if (f->kind != FACT_LICENCE || !fact_counts(x, i, mine) ||
		    !registers_have_scheme(registers, f->arg))
			continue;
		for (size_t k = 0; k < n && !known; k++) {
			const struct fact *g = &x->facts.fact[claim[k].fact];
			known = slice_eq(g->arg, f->arg) && slice_eq(g->value, f->value);
		}
		if (known)
			continue;
		if (!claim && !(claim = arena_array(a, NUMBERS_MAX, sizeof(*claim))))
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		claim[n].fact = (uint32_t)i;
		rc = match(&m, f, &claim[n++], err);
	}
	if (rc == 0)
		*out = (struct numbers){ claim, n };
	return rc;
}

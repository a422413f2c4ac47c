#include "link/attribution.h"

#include "link/attribute.h"
#include "wire/fold.h"
#include "wire/word_edge.h"

struct reading {
	const struct record *r;
	const struct programs *programs;
	struct arena *arena;
	const json_t *quotation; /* the first of the subject's own pages, or NULL */
	program_sign_fn fn;
	void *ctx;
};

static struct slice evidence_of(const struct reading *t, const json_t *quotation)
{
	struct slice address = json_str(quotation, "evidence");

	if (address.n == 0)
		address = json_str(json_array_get(json_arr(t->r->body, "evidence"), 0), "address");
	return address;
}

static int take_attribute(void *ctx, enum signal_kind kind, struct slice value, struct err *err)
{
	struct reading *t = ctx;
	struct program_sign sign = { .mark = programs_find(t->programs, kind, value) };

	if (!sign.mark)
		return 0;
	sign.evidence = evidence_of(t, t->quotation);
	sign.quote = json_str(t->quotation, "quote");
	return t->fn(t->ctx, &sign, err);
}

/* Every phrase that stands in a text by itself, each once. */
static int read_phrases(struct reading *t, struct slice text, struct slice evidence,
                        struct err *err)
{
	const struct program_mark *m;
	struct folded folded;
	int rc = 0;

	if (text.n == 0 || !programs_phrase(t->programs, 0))
		return 0;
	rc = fold(text, t->arena, &folded, err);
	for (size_t i = 0; rc == 0 && (m = programs_phrase(t->programs, i)); i++) {
		for (size_t from = 0; from + m->value.n <= folded.text.n; from++) {
			struct slice rest = slice_sub(folded.text, from, folded.text.n);
			size_t start, end, at = from + slice_find_slice(rest, m->value);
			if (at >= folded.text.n)
				break;
			from = at;
			if (!word_is_unspaced(m->value) &&
			    !word_stands_alone(folded.text, at, at + m->value.n))
				continue;
			fold_span(&folded, at, at + m->value.n, &start, &end);
			struct program_sign sign = { m, evidence, slice_sub(text, start, end) };
			rc = t->fn(t->ctx, &sign, err);
			break;
		}
	}
	return rc;
}

/* Titles and quotations are the words that records have. */
static int read_words(struct reading *t, const struct suffixes *suffixes, struct err *err)
{
	const struct record *r = t->r;
	const json_t *own;
	int rc = 0;

	if (!attribute_is_own(r, suffixes, t->arena, &own))
		return 0;
	if (slice_eq_str(r->type_name, "observation"))
		rc = read_phrases(t, json_str(r->body, "title"), evidence_of(t, NULL), err);
	else if (own)
		rc = read_phrases(t, json_str(own, "quote"), evidence_of(t, own), err);
	return rc;
}

int program_signs_of(const struct record *r, const struct programs *programs,
                     const struct suffixes *suffixes, struct arena *arena, program_sign_fn fn,
                     void *ctx, struct err *err)
{
	struct reading t = { r, programs, arena, NULL, fn, ctx };

	if (!programs_at(programs, 0) || !r->has_subject || json_flag(r->body, "negated", false) ||
	    json_flag(r->body, "reported", false))
		return 0;
	if (!slice_eq_str(r->type_name, "observation") && !slice_eq_str(r->type_name, "fact"))
		return 0;
	attribute_is_own(r, suffixes, arena, &t.quotation);
	int rc = attributes_of(r, suffixes, arena, take_attribute, &t, err);
	return rc ? rc : read_words(&t, suffixes, err);
}

static enum signal_group group_of(const struct program_mark *m)
{
	return m->is_phrase ? GROUP_TEXT : signals[m->kind].group;
}

/* What weighs too little for a link with hosting weighs too little here: together they tell of a host. */
static bool is_weak(const struct program_mark *m)
{
	return !m->is_phrase && m->kind != SIGNAL_PREFIX && signals[m->kind].best <= 800;
}

enum attribution_grade attribution_grade(const struct program_mark *const *mark, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++) {
			enum signal_group a = group_of(mark[i]), b = group_of(mark[k]);
			if (program_mark_is_plantable(mark[i]) || a == b ||
			    (a == GROUP_HOSTING && is_weak(mark[k])) ||
			    (b == GROUP_HOSTING && is_weak(mark[i])))
				continue;
			return ATTRIBUTION_MADE;
		}
	}
	return n ? ATTRIBUTION_GUESS : ATTRIBUTION_NONE;
}

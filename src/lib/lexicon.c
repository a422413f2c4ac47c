/* The half of the library that screens: a lexicon, its suffixes, and results that stand alone. */
#include "lib/error.h"
#include "screen/screen.h"
#include "store/reference.h"
#include "wire/dname.h"

#include <stdlib.h>

struct assay_lexicon {
	struct lexicon *lexicon;
	struct suffixes *suffixes;
	struct screen *screen;
	char digest[SHA256_HEX];
};

struct reason {
	const char *word, *substance; /* in the arena: the lexicon may go before the result does */
	char folding[FOLDING_TEXT];
};

struct assay_suspect {
	struct dname name;
	struct suspect suspect; /* its slices are not to be used: see .reason */
	struct reason reason[SCREEN_REASONS];
	struct arena arena;
};

/* ---- opening ---- */

int assay_lexicon_open(const char *lexicon_dir, const char *suffixes_file,
                       struct assay_lexicon **out, struct assay_error *error)
{
	struct err err = { 0 };

	if (!lexicon_dir || !out)
		return error_usage(error, "lexicon: lexicon_dir or out is NULL");
	struct assay_lexicon *l = calloc(1, sizeof(*l));
	int rc = l ? 0 : err_set(&err, ERR_NOMEM, 0, "lexicon: no memory");
	if (rc == 0)
		rc = reference_load_lexicon(lexicon_dir, &l->lexicon, &err);
	if (rc == 0)
		rc = reference_load_suffixes(suffixes_file, NULL, 0, &l->suffixes, &err);
	if (rc == 0)
		rc = screen_new(l->lexicon, l->suffixes, &l->screen, &err);
	if (rc) {
		assay_lexicon_close(l);
		return error_out(&err, error);
	}
	sha256_hex(l->lexicon->digest, l->digest);
	*out = l;
	return 0;
}

void assay_lexicon_close(struct assay_lexicon *lexicon)
{
	if (!lexicon)
		return;
	screen_free(lexicon->screen);
	suffixes_free(lexicon->suffixes);
	lexicon_free(lexicon->lexicon);
	free(lexicon);
}

const char *assay_lexicon_digest(const struct assay_lexicon *lexicon)
{
	return lexicon ? lexicon->digest : NULL;
}

/* ---- screening ---- */

static int look(const struct assay_lexicon *lexicon, struct slice text, struct dname *name,
                struct suspect *suspect, struct assay_error *error)
{
	struct err err = { 0 };

	if (dname_parse(text, name, &err))
		return error_out(&err, error);
	screen_name(lexicon->screen, dname_slice(name), suspect);
	return 0;
}

int assay_screen_score(const struct assay_lexicon *lexicon, const char *name, size_t n,
                       uint32_t *score, struct assay_error *error)
{
	struct slice text;
	struct dname parsed;
	struct suspect suspect;

	if (!lexicon || !score)
		return error_usage(error, "screen: lexicon or score is NULL");
	int rc = error_check_name(name, n, &text, error);
	if (rc == 0)
		rc = look(lexicon, text, &parsed, &suspect, error);
	if (rc == 0)
		*score = suspect.score;
	return rc;
}

static int keep(struct assay_suspect *s, struct assay_error *error)
{
	for (size_t i = 0; i < s->suspect.n; i++) {
		const struct screen_reason *from = &s->suspect.reason[i];
		struct reason *to = &s->reason[i];
		to->word = arena_copy(&s->arena, from->word).p;
		to->substance = arena_copy(&s->arena, from->substance).p;
		screen_folding_name(from->folding, to->folding);
		if (!to->word || !to->substance) {
			struct err err;
			err_set(&err, ERR_NOMEM, 0, "screen: no memory");
			return error_out(&err, error);
		}
	}
	return 0;
}

int assay_screen(const struct assay_lexicon *lexicon, const char *name, size_t n,
                 struct assay_suspect **out, struct assay_error *error)
{
	struct slice text;

	if (!lexicon || !out)
		return error_usage(error, "screen: lexicon or out is NULL");
	int rc = error_check_name(name, n, &text, error);
	if (rc)
		return rc;
	struct assay_suspect *s = calloc(1, sizeof(*s));
	if (!s) {
		struct err err;
		err_set(&err, ERR_NOMEM, 0, "screen: no memory");
		return error_out(&err, error);
	}
	rc = look(lexicon, text, &s->name, &s->suspect, error);
	if (rc == 0)
		rc = keep(s, error);
	if (rc) {
		assay_suspect_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void assay_suspect_free(struct assay_suspect *suspect)
{
	if (!suspect)
		return;
	arena_release(&suspect->arena);
	free(suspect);
}

/* ---- what was found ---- */

const char *assay_suspect_name(const struct assay_suspect *suspect)
{
	return suspect ? suspect->name.text : NULL;
}

uint32_t assay_suspect_score(const struct assay_suspect *suspect)
{
	return suspect ? suspect->suspect.score : 0;
}

const char *assay_suspect_tier(const struct assay_suspect *suspect)
{
	return suspect ? screen_tier_name(suspect->suspect.tier) : NULL;
}

size_t assay_suspect_reasons(const struct assay_suspect *suspect)
{
	return suspect ? suspect->suspect.n : 0;
}

static const struct screen_reason *reason_at(const struct assay_suspect *suspect, size_t i)
{
	return suspect && i < suspect->suspect.n ? &suspect->suspect.reason[i] : NULL;
}

const char *assay_reason_rule(const struct assay_suspect *suspect, size_t i)
{
	const struct screen_reason *r = reason_at(suspect, i);

	return r ? r->rule : NULL;
}

const char *assay_reason_word(const struct assay_suspect *suspect, size_t i)
{
	return reason_at(suspect, i) ? suspect->reason[i].word : NULL;
}

const char *assay_reason_substance(const struct assay_suspect *suspect, size_t i)
{
	return reason_at(suspect, i) ? suspect->reason[i].substance : NULL;
}

const char *assay_reason_folding(const struct assay_suspect *suspect, size_t i)
{
	return reason_at(suspect, i) ? suspect->reason[i].folding : NULL;
}

size_t assay_reason_start(const struct assay_suspect *suspect, size_t i)
{
	const struct screen_reason *r = reason_at(suspect, i);

	return r ? r->start : 0;
}

size_t assay_reason_end(const struct assay_suspect *suspect, size_t i)
{
	const struct screen_reason *r = reason_at(suspect, i);

	return r ? r->end : 0;
}

uint32_t assay_reason_weight(const struct assay_suspect *suspect, size_t i)
{
	const struct screen_reason *r = reason_at(suspect, i);

	return r ? r->weight : 0;
}

/* Tables of texts and the one fact that each must give, or must not. */
#ifndef TEST_ASSESS_FACTS_H
#define TEST_ASSESS_FACTS_H

#include "assess/fixture.h"

struct told {
	const char *text; /* HTML where it begins with '<', else plain */
	const char *arg, *value;
};

static inline void facts_read(struct sample *s, const char *host, const char *text)
{
	sample_begin(s, host);
	if (text[0] == '<')
		sample_page(s, "/", "2026-01-05T00:00:00Z", text);
	else
		sample_text(s, "/", "2026-01-05T00:00:00Z", text);
	sample_extract(s);
}

/* Each text gives a fact of the kind and sort with that value, quoted from the page. */
static inline void facts_told(const char *host, enum fact_kind kind, const struct told *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		bool found = false;
		facts_read(&s, host, rows[i].text);
		for (size_t k = 0; k < s.extract.facts.n; k++) {
			const struct fact *f = &s.extract.facts.fact[k];
			if (f->kind != kind || !slice_eq_str(f->arg, rows[i].arg) ||
			    !slice_eq_str(f->value, rows[i].value))
				continue;
			found = true;
			assert_true(fact_text(&s, &s.extract, k).n > 0);
			assert_true(f->block < s.page[0].page->block_n);
		}
		if (!found)
			for (size_t k = 0; k < s.extract.facts.n; k++)
				if (s.extract.facts.fact[k].kind == kind)
					printf("# %.*s '%.*s'\n", SLICE_ARG(s.extract.facts.fact[k].arg),
					       SLICE_ARG(s.extract.facts.fact[k].value));
		sample_free(&s);
		if (!found)
			fail_msg("%s '%s' is not read in '%s'", rows[i].arg, rows[i].value, rows[i].text);
	}
}

/* No text gives a fact of the kind, of that sort unless arg is NULL. */
static inline void facts_not_told(enum fact_kind kind, const char *arg, const char *const *texts,
                                  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct sample s;
		facts_read(&s, "shop.example", texts[i]);
		const struct fact *f = fact_of(&s.extract, kind, arg);
		if (f) {
			printf("# %.*s '%.*s'\n", SLICE_ARG(f->arg), SLICE_ARG(f->value));
			sample_free(&s);
			fail_msg("read in '%s'", texts[i]);
		}
		sample_free(&s);
	}
}

#define TOLD(host, kind, rows) facts_told(host, kind, rows, sizeof(rows) / sizeof((rows)[0]))
#define NOT_TOLD(kind, arg, texts) facts_not_told(kind, arg, texts, sizeof(texts) / sizeof((texts)[0]))

#endif

/* Two passes: each outer block by itself, while what they show is added up; then those that could
 * not tell take the page's. Inner blocks have the language of the block they lie in. */
#include "wire/page_language.h"

#include "wire/language.h"

#include <string.h>

/* Latin letters in a Japanese page that are no brand name or unit: a text of its own. */
enum { FOREIGN_LETTERS = 24 };

/* Whether a tag's language can be that of the letters. */
static bool is_believed(const char *said, const struct language_evidence *e)
{
	enum script s = language_script(e);

	return !language_excludes(said, s) ||
	       (s == SCRIPT_LATIN && e->letters[SCRIPT_LATIN] < FOREIGN_LETTERS);
}

static void set(char out[4], const char *language)
{
	memset(out, 0, 4);
	memcpy(out, language, strnlen(language, 3));
}

static void count_letters(struct page_text *p, const struct page_block *b,
                          const struct language_evidence *e)
{
	if (b->hidden || b->role == ROLE_TITLE || b->role == ROLE_META_DESCRIPTION)
		return;
	for (size_t i = 0; i < SCRIPTS_N; i++)
		p->letters += e->letters[i];
}

/* An outer block by its attribute or its text; what the text shows is added to sum. */
static void tell(struct page_text *p, struct page_block *b, struct language_evidence *sum)
{
	struct language_evidence e = { 0 };
	struct slice text = page_block_text(p, b);
	char said[4];
	bool tagged = language_of_tag(b->lang, said);

	if (tagged) {
		language_letters(text, &e);
		if (is_believed(said, &e)) {
			count_letters(p, b, &e);
			set(b->language, said);
			b->language_said = true;
			return;
		}
		e = (struct language_evidence){ 0 };
	}
	language_look(text, &e);
	count_letters(p, b, &e);
	if (!b->hidden)
		language_add(sum, &e);
	set(b->language, language_decide(&e));
	if (tagged && !b->language[0]) {
		set(b->language, said);
		b->language_said = true;
	}
}

/* Whether at least half of what is seen is in the language of the page's own tag. */
static bool is_mostly(const struct page_text *p, const char *said)
{
	size_t of = 0, all = 0;

	for (size_t i = 0; i < p->block_n; i++) {
		const struct page_block *b = &p->block[i];
		if (b->hidden || block_role_is_inner(b->role))
			continue;
		all += b->end - b->start;
		if (strcmp(b->language, said) == 0)
			of += b->end - b->start;
	}
	return of * 2 >= all;
}

void page_languages(struct page_text *p)
{
	struct language_evidence sum = { 0 };
	char said[4];

	for (size_t i = 0; i < p->block_n; i++)
		if (!block_role_is_inner(p->block[i].role))
			tell(p, &p->block[i], &sum);
	if (language_of_tag(p->lang, said) && is_mostly(p, said))
		set(p->language, said);
	else
		set(p->language, language_decide(&sum));
	for (size_t i = 0; i < p->block_n; i++) {
		struct page_block *b = &p->block[i];
		const struct page_block *in = &p->block[b->inside];
		bool han = strcmp(b->language, "zh") == 0 && !b->language_said;
		if (block_role_is_inner(b->role) && !block_role_is_inner(in->role)) {
			memcpy(b->language, in->language, sizeof(b->language));
			b->language_said = in->language_said;
		} else if (!b->language[0] || (han && strcmp(p->language, "ja") == 0)) {
			/* Han alone is Chinese by itself, and Japanese on a Japanese page. */
			set(b->language, p->language);
		}
	}
}

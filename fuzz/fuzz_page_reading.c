/* A response as READ_PAGE takes it: links that are handed on are canonical, of the site, and do not
 * act; the same bytes give the same reading. */
#include "collect/frontier.h"
#include "collect/page_reading.h"

#include <stdlib.h>

#define DRUGS "term\tkind\tsubstance\tlang\tambiguous\nviagra\tbrand\tsildenafil\tmul\n"
#define PHRASES "class\tlang\tpattern\targ\n"
#define SUBSTANCES                                                                                 \
	"substance\tclass\trisk\tUS\tJP\tGB\tDE\tFR\tCA\tIN\tAU\tsource\n"                         \
	"sildenafil\tpde5\thigh\trx\trx\trx\trx\trx\trx\trx\trx\tINN\n"
#define WORDS "word\tclass\tlang\tedge\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct page_reader *reader(void)
{
	static struct page_reader *r; /* made once, never changed */
	static const struct lexicon_files files = {
		.drugs = { DRUGS, sizeof(DRUGS) - 1 },
		.phrases = { PHRASES, sizeof(PHRASES) - 1 },
		.substances = { SUBSTANCES, sizeof(SUBSTANCES) - 1 },
		.words = { WORDS, sizeof(WORDS) - 1 },
	};
	struct lexicon *lexicon;
	struct link_words *words;

	if (r)
		return r;
	if (lexicon_load(&files, &lexicon, NULL) ||
	    link_words_load(SLICE("class\tlanguage\tword\nabout\ten\tabout\nacts\ten\tbuy now\n"
	                          "contact\tde\tpath:kontakt\n"),
	                    SLICE("class\tlanguage\tword\nparked\ten\tfor sale\nseal\ten\tnabp\n"),
	                    &words, NULL) ||
	    page_reader_new(lexicon, words, &r, NULL))
		abort();
	return r;
}

static void check(const struct page_job *job, const json_t *reading)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_arr(reading, "links"), i, one)
	{
		struct arena arena = { 0 };
		struct url u;
		if (url_parse(json_str(one, "url"), &arena, &u, NULL) ||
		    !slice_eq(u.text, json_str(one, "url")) || frontier_acts(&u) ||
		    !frontier_is_of(job->site, &u))
			abort();
		arena_release(&arena);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);
	struct page_job job = { .url = SLICE("https://shop.example/a/b?c"),
		                .site = { SUBJECT_REGISTRABLE, SLICE("shop.example") }, .bytes = in };
	struct page_job own;

	for (int k = 0; k < 2; k++) {
		json_t *a, *b;
		struct buf line[2] = { { 0 } };
		job.rendered = k > 0;
		if (page_read(reader(), &job, &a, NULL))
			continue;
		check(&job, a);
		if (page_read(reader(), &job, &b, NULL) || json_canonical(a, &line[0], NULL) ||
		    json_canonical(b, &line[1], NULL) ||
		    !slice_eq(buf_slice(&line[0]), buf_slice(&line[1])))
			abort();
		buf_release(&line[0]);
		buf_release(&line[1]);
		json_decref(a);
		json_decref(b);
	}
	if (page_job_parse(in, &own, NULL) == 0) {
		json_t *a;
		if (page_read(reader(), &own, &a, NULL) == 0)
			json_decref(a);
	}
	return 0;
}

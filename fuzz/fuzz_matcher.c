/* Images of matchers, and the automata in them: whatever the bytes are, what is reported lies in
 * the text that is read, the walk ends, and hits are of the lexicon alone. */
#include "assess/matcher_image.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SUBSTANCES "substance\tclass\trisk\tUS\tJP\tGB\tDE\tFR\tCA\tIN\tAU\tsource\n" \
	"sildenafil\tpde5\thigh\trx\trx\trx\trx\trx\trx\trx\trx\tINN\n"
#define DRUGS "term\tkind\tsubstance\tlang\nViagra\tbrand\tsildenafil\tmul\n" \
	"Viagra Soft\tbrand\tsildenafil\tmul\n"
#define PHRASES "class\tlang\tpattern\targ\n" \
	"norx\ten\tno {prescription|rx} [is] {needed|required}\nsell\ten\tbuy\n"

static struct lexicon *lexicon; /* once a process */

static const char text[] = "buy viagra soft: no rx is needed, no prescription required. viagra!";

/* The automaton alone, over a text and over the bytes themselves. */
static void walk(struct slice bytes)
{
	struct automaton *a = NULL;
	const struct slice read[] = { slice_from(text, sizeof(text) - 1), slice_sub(bytes, 0, 200) };

	if (automaton_borrow(bytes, &a, NULL))
		return;
	for (size_t i = 0; i < 2; i++) {
		struct automaton_scan scan = automaton_scan(a, read[i]);
		size_t end = 0;
		for (struct automaton_match m; automaton_next(&scan, &m); end = m.end)
			if (m.start >= m.end || m.end > read[i].n || m.end < end)
				abort();
	}
	automaton_free(a);
}

static void open_image(struct slice bytes)
{
	struct matcher *m = NULL;
	struct arena a = { 0 };
	struct folded f;
	struct hit *hit = NULL;
	size_t n = 0;

	if (matcher_image_open(bytes, lexicon, &m, NULL))
		return;
	if (fold(slice_from(text, sizeof(text) - 1), &a, &f, NULL) == 0 &&
	    matcher_scan(m, &f, &a, &hit, &n, NULL) == 0)
		for (size_t i = 0; i < n; i++)
			if (hit[i].end > f.text.n || hit[i].start >= hit[i].end ||
			    hit[i].index >= (hit[i].is_phrase ? lexicon->phrases : lexicon->terms))
				abort();
	matcher_free(m);
	arena_release(&a);
}

/* An image whose header fits around the bytes, or hardly an input would get past it. */
static void open_sealed(struct slice automaton)
{
	struct buf image = { 0 };

	if (matcher_image_seal(automaton, lexicon, &image, NULL) == 0)
		open_image(buf_slice(&image));
	buf_release(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct lexicon_files files = { { DRUGS, sizeof(DRUGS) - 1 },
		                                    { PHRASES, sizeof(PHRASES) - 1 },
		                                    { SUBSTANCES, sizeof(SUBSTANCES) - 1 },
		                                    { "word\tclass\tlang\tedge\n", 21 } };
	struct slice whole = slice_from((const char *)data, size);

	if (!lexicon && lexicon_load(&files, &lexicon, NULL))
		abort();
	/* A copy is aligned, and exactly as long. */
	char *copy = malloc(size ? size : 1);
	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	whole.p = copy;
	open_image(whole);
	walk(whole);
	open_sealed(whole);
	/* A seed that is an image has its automaton behind the header. */
	if (size > MATCHER_IMAGE_HEADER) {
		struct slice body = slice_sub(whole, MATCHER_IMAGE_HEADER, size);
		memmove(copy, body.p, body.n);
		body.p = copy;
		walk(body);
		open_sealed(body);
	}
	free(copy);
	return 0;
}

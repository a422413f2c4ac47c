/* How many names a second does libassay screen and look up, through its public header?
 *
 *   usage  bench_lib LEXICON-DIR INDEX NAMES    NAMES: a file, one name a line
 *
 * One thread, the processor's time, every name three times. A name that is refused counts too. */
#include "assay/assay.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 3, LINE_ROOM = 1024 };
enum stage { STAGE_SCORE, STAGE_SCREEN, STAGE_LOOKUP, STAGES };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct work {
	struct assay_lexicon *lexicon;
	struct assay_index *index;
	unsigned long found[STAGES];
	double took[STAGES];
};

static void one(struct work *w, const char *name, size_t n)
{
	struct assay_suspect *suspect = NULL;
	struct assay_answer *answer = NULL;
	uint32_t score = 0;
	double begin = seconds();

	assay_screen_score(w->lexicon, name, n, &score, NULL);
	double scored = seconds();
	assay_screen(w->lexicon, name, n, &suspect, NULL);
	double screened = seconds();
	assay_index_lookup(w->index, name, n, NULL, &answer, NULL);
	double looked = seconds();
	w->found[STAGE_SCORE] += score > 0;
	w->found[STAGE_SCREEN] += assay_suspect_score(suspect) > 0;
	w->found[STAGE_LOOKUP] += assay_answer_rows(answer) > 0;
	w->took[STAGE_SCORE] += scored - begin;
	w->took[STAGE_SCREEN] += screened - scored;
	w->took[STAGE_LOOKUP] += looked - screened;
	assay_suspect_free(suspect);
	assay_answer_free(answer);
}

int main(int argc, char **argv)
{
	static const char *const names[STAGES] = { "screen_score", "screen", "index_lookup" };
	struct work w = { 0 };
	struct assay_error error = { 0 };
	char line[LINE_ROOM];
	unsigned long lines = 0;

	if (argc != 4) {
		fputs("usage: bench_lib LEXICON-DIR INDEX NAMES\n", stderr);
		return 2;
	}
	FILE *f = fopen(argv[3], "r");
	if (!f || assay_lexicon_open(argv[1], NULL, &w.lexicon, &error) ||
	    assay_index_open(argv[2], NULL, &w.index, &error)) {
		fprintf(stderr, "bench_lib: %s\n", f ? error.text : "NAMES cannot be read");
		return 2;
	}
	for (int round = 0; round < ROUNDS; round++) {
		rewind(f);
		while (fgets(line, sizeof(line), f)) {
			one(&w, line, strcspn(line, "\r\n"));
			lines++;
		}
	}
	for (int i = 0; i < STAGES; i++)
		printf("assay_%-14s %9.0f names/s  (%lu of %lu found)\n", names[i],
		       (double)lines / w.took[i], w.found[i], lines);
	fclose(f);
	assay_index_close(w.index);
	assay_lexicon_close(w.lexicon);
	return 0;
}

/* How many names a second does libassay screen and look up, through its public header?
 *
 *   usage  bench_lib LEXICON-DIR INDEX NAMES    NAMES: a file, one name a line
 *
 * One thread, the processor's time, every name three times. A name that is refused counts too. */
#include "assay/assay.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

struct names {
	char **name;
	size_t n, cap;
};

/* Everything is kept until the program ends. */
static int read_names(const char *path, struct names *out)
{
	char line[LINE_ROOM];
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f)) {
		if (out->n == out->cap) {
			out->cap = out->cap ? 2 * out->cap : 1024;
			char **more = realloc(out->name, out->cap * sizeof(*more));
			if (!more)
				return -1;
			out->name = more;
		}
		line[strcspn(line, "\r\n")] = '\0';
		out->name[out->n] = strdup(line);
		if (!out->name[out->n++])
			return -1;
	}
	return f ? fclose(f) : -1;
}

struct work {
	struct assay_lexicon *lexicon;
	struct assay_index *index;
};

/* Whether anything is found. */
static bool one(const struct work *w, enum stage stage, const char *name)
{
	struct assay_suspect *suspect = NULL;
	struct assay_answer *answer = NULL;
	size_t n = strlen(name);
	uint32_t score = 0;

	if (stage == STAGE_SCORE) {
		assay_screen_score(w->lexicon, name, n, &score, NULL);
	} else if (stage == STAGE_SCREEN) {
		assay_screen(w->lexicon, name, n, &suspect, NULL);
		score = assay_suspect_score(suspect);
		assay_suspect_free(suspect);
	} else {
		assay_index_lookup(w->index, name, n, NULL, &answer, NULL);
		score = assay_answer_rows(answer) > 0;
		assay_answer_free(answer);
	}
	return score > 0;
}

int main(int argc, char **argv)
{
	static const char *const stages[STAGES] = { "screen_score", "screen", "index_lookup" };
	struct work w = { 0 };
	struct names names = { 0 };
	struct assay_error error = { 0 };

	if (argc != 4) {
		fputs("usage: bench_lib LEXICON-DIR INDEX NAMES\n", stderr);
		return 2;
	}
	if (read_names(argv[3], &names)) {
		fprintf(stderr, "bench_lib: %s cannot be read\n", argv[3]);
		return 2;
	}
	if (assay_lexicon_open(argv[1], NULL, &w.lexicon, &error) ||
	    assay_index_open(argv[2], NULL, &w.index, &error)) {
		fprintf(stderr, "bench_lib: %s\n", error.text);
		return 2;
	}
	for (enum stage stage = 0; stage < STAGES; stage++) {
		size_t found = 0;
		double begin = seconds();
		for (int round = 0; round < ROUNDS; round++)
			for (size_t i = 0; i < names.n; i++)
				found += one(&w, stage, names.name[i]);
		printf("assay_%-14s %9.0f names/s  (%zu of %zu found)\n", stages[stage],
		       (double)(names.n * ROUNDS) / (seconds() - begin), found, names.n * ROUNDS);
	}
	assay_index_close(w.index);
	assay_lexicon_close(w.lexicon);
	return 0;
}

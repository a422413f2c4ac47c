/* Eight threads screen and look up on one pair of handles while the file is replaced under them.
 *
 * Two files alternate: in one a.example is listed and b.example is not, in the other it is the
 * other way round. An answer is of one of them: c.example is in both, and its decision says which
 * file its row is of. */
#include "lib/world.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 8, REPLACEMENTS = 60, REPLACEMENTS_LONG = 2000, REPLACEMENTS_MAX = 20000 };
enum { LOOKUPS_MIN = 200 };

struct shared {
	struct assay_index *index;
	struct assay_lexicon *lexicon;
	atomic_bool is_over;
	atomic_size_t swaps, refused;
	uint32_t score; /* of viagra-online.com */
};

struct worker {
	struct shared *shared;
	pthread_t thread;
	size_t lookups, wrong;
};

/* How many rows a name has, and what is asked is of one file. */
static size_t rows_of(struct worker *w, const char *name)
{
	struct assay_answer *a = NULL;

	if (assay_index_lookup(w->shared->index, name, strlen(name), "JP", &a, NULL)) {
		w->wrong++;
		return 0;
	}
	size_t n = assay_answer_rows(a);
	for (size_t i = 0; i < n; i++)
		w->wrong += strcmp(assay_row_subject(a, i), name) != 0 ||
		            strlen(assay_row_decision(a, i)) != 64;
	assay_answer_free(a);
	return n;
}

static void *work(void *argument)
{
	struct worker *w = argument;
	struct shared *s = w->shared;

	while (!atomic_load(&s->is_over) || w->lookups < LOOKUPS_MIN) {
		uint32_t score = 0;
		int swapped = 0;
		/* a and b may be asked of two files; c and d may not depend on which. */
		w->wrong += rows_of(w, "a.example") > 1;
		w->wrong += rows_of(w, "b.example") > 1;
		w->wrong += rows_of(w, "c.example") != 1;
		w->wrong += rows_of(w, "d.example") != 0;
		w->wrong += assay_screen_score(s->lexicon, "viagra-online.com", 17, &score, NULL) ||
		            score != s->score;
		struct assay_suspect *suspect = NULL;
		w->wrong += assay_screen(s->lexicon, "viagra-online.com", 17, &suspect, NULL) ||
		            assay_suspect_reasons(suspect) != 2;
		assay_suspect_free(suspect);
		if (assay_index_refresh(s->index, &swapped, NULL))
			atomic_fetch_add(&s->refused, 1);
		if (swapped)
			atomic_fetch_add(&s->swaps, 1);
		struct assay_about *about = NULL;
		w->wrong += assay_index_about(s->index, &about, NULL) ||
		            assay_about_entries(about) != 2;
		assay_about_free(about);
		w->lookups += 4;
	}
	return NULL;
}

static struct index_row row(const char *name)
{
	return index_row_of(SUBJECT_REGISTRABLE, slice_str(name), "JP", INDEX_ROGUE);
}

/* Good files were taken and bad ones were not. */
static bool was_seen(struct shared *s)
{
	return atomic_load(&s->swaps) > 2 && atomic_load(&s->refused) > 0;
}

static void lookups_go_on_while_the_file_is_replaced(void **state)
{
	struct index_row rows[2][2] = { { row("a.example"), row("c.example") },
		                        { row("b.example"), row("c.example") } };
	struct shared s = { 0 };
	struct worker worker[THREADS] = { { 0 } };
	struct buf file[3] = { { 0 } };
	struct assay_error error = { 0 };
	int replacements = getenv("ASSAY_TEST_LONG") ? REPLACEMENTS_LONG : REPLACEMENTS;
	size_t lookups = 0, wrong = 0;

	(void)state;
	make_bytes(rows[0], 2, &file[0]);
	make_bytes(rows[1], 2, &file[1]);
	buf_puts(&file[2], "not an index");
	put_bytes(buf_slice(&file[0]));
	if (assay_index_open(index_path, key_text, &s.index, &error) ||
	    assay_lexicon_open(lexicon_dir(), NULL, &s.lexicon, &error))
		fail_msg("%s", error.text);
	assert_int_equal(assay_screen_score(s.lexicon, "viagra-online.com", 17, &s.score, NULL), 0);
	for (size_t i = 0; i < THREADS; i++) {
		worker[i].shared = &s;
		assert_int_equal(pthread_create(&worker[i].thread, NULL, work, &worker[i]), 0);
	}
	/* On a machine that is busy the workers may sleep through the first ones. */
	for (int i = 0; i < replacements || (i < REPLACEMENTS_MAX && !was_seen(&s)); i++) {
		put_bytes(buf_slice(&file[i % 3]));
		usleep(2000);
	}
	put_bytes(buf_slice(&file[1]));
	atomic_store(&s.is_over, true);
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(worker[i].thread, NULL);
		lookups += worker[i].lookups;
		wrong += worker[i].wrong;
	}
	assert_int_equal(assay_index_refresh(s.index, NULL, NULL), 0);
	printf("# %zu lookups by %d threads, %d files, %zu swaps, %zu refused, %zu wrong\n",
	       lookups, THREADS, replacements, atomic_load(&s.swaps), atomic_load(&s.refused),
	       wrong);
	assert_int_equal(wrong, 0);
	assert_true(was_seen(&s));
	assert_int_equal(rows_of(&worker[0], "b.example"), 1);
	assert_int_equal(rows_of(&worker[0], "a.example"), 0);
	assay_index_close(s.index);
	assay_lexicon_close(s.lexicon);
	for (size_t i = 0; i < ROWS(file); i++)
		buf_release(&file[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookups_go_on_while_the_file_is_replaced),
	};

	return cmocka_run_group_tests(tests, world_make, world_remove);
}

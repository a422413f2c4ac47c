#include "check.h"

#include "cmd/progress.h"

#include <stdlib.h>
#include <unistd.h>

static int64_t now_ns;

static int64_t ticks(void)
{
	return now_ns;
}

/* Run a job that calls progress_set at these moments, and give what was written. */
struct step {
	int64_t at_ms;
	uint64_t done, items;
};

static char *run(uint64_t total, const struct step *steps, size_t n, bool end)
{
	char *text = NULL;
	size_t room = 0;
	FILE *out = open_memstream(&text, &room);
	struct progress p = { .out = out, .ticks_ns = ticks };

	now_ns = 0;
	progress_begin(&p, "reading", "names", total);
	for (size_t i = 0; i < n; i++) {
		now_ns = steps[i].at_ms * 1000000;
		progress_set(&p, steps[i].done, steps[i].items);
	}
	if (end)
		progress_end(&p);
	fclose(out);
	return text;
}

static void test_shows_rate_share_and_time_left(void **state)
{
	static const struct {
		const char *why;
		uint64_t total;
		struct step step;
		const char *want;
	} rows[] = {
		{ "a job of less than half a second shows nothing", 100, { 400, 50, 50 }, "" },
		{ "half done in two seconds: two left",
		  200,
		  { 2000, 100, 5000 },
		  "\rreading  5000 names  2500/s  50%  2 s left\033[K" },
		{ "an unknown size has neither share nor time left",
		  0,
		  { 1000, 77, 100 },
		  "\rreading  100 names  100/s\033[K" },
		{ "nothing done yet: no guess",
		  10,
		  { 1000, 0, 0 },
		  "\rreading  0 names  0/s\033[K" },
		{ "more than the total (a file grew): no share",
		  10,
		  { 1000, 11, 1 },
		  "\rreading  1 names  1/s\033[K" },
		{ "minutes",
		  1000,
		  { 10000, 100, 10 },
		  "\rreading  10 names  1/s  10%  1 min 30 s left\033[K" },
		{ "hours",
		  1000,
		  { 100000, 10, 10 },
		  "\rreading  10 names  0/s  1%  2 h 45 min left\033[K" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *got = run(rows[i].total, &rows[i].step, 1, false);
		CHECK_SLICE(i, rows[i].why, slice_str(got), slice_str(rows[i].want));
		free(got);
	}
	check_done();
}

static void test_draws_at_most_ten_times_a_second(void **state)
{
	struct step steps[2000];
	size_t drawn = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(steps); i++)
		steps[i] = (struct step){ (int64_t)i + 1, i, i };
	char *got = run(0, steps, ROWS(steps), false);
	for (const char *p = got; (p = strchr(p, '\r')); p++)
		drawn++;
	free(got);
	/* From 0.5 s to 2.0 s. */
	assert_in_range(drawn, 15, 16);
}

static void test_erases_its_line_at_the_end(void **state)
{
	static const struct step steps[] = { { 1000, 1, 1 } };

	(void)state;
	char *got = run(0, steps, 1, true);
	assert_string_equal(got, "\rreading  1 names  1/s\033[K\r\033[K");
	free(got);
	got = run(0, steps, 0, true);
	assert_string_equal(got, ""); /* nothing drawn, nothing to erase */
	free(got);
}

static void test_hides_so_that_a_log_line_stands_alone(void **state)
{
	char *text = NULL;
	size_t room = 0;
	FILE *out = open_memstream(&text, &room);
	struct progress p = { .out = out, .ticks_ns = ticks };

	(void)state;
	now_ns = 0;
	progress_begin(&p, "reading", "names", 0);
	now_ns = 1000000000;
	progress_set(&p, 1, 1);
	progress_hide(&p);
	progress_hide(&p);
	fputs("warning: x\n", out);
	now_ns = 1200000000;
	progress_set(&p, 2, 2);
	fclose(out);
	assert_string_equal(text, "\rreading  1 names  1/s\033[K\r\033[Kwarning: x\n"
	                          "\rreading  2 names  2/s\033[K");
	free(text);
}

static void test_stays_silent_where_nobody_looks(void **state)
{
	int saved = dup(STDERR_FILENO), fds[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	struct progress p = progress_to_stderr();
	progress_begin(&p, "reading", "names", 1);
	p.began_ns = 0;
	progress_set(&p, 1, 1);
	progress_end(&p);
	progress_set(NULL, 1, 1);
	progress_hide(NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fds[1]);
	assert_null(p.out);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shows_rate_share_and_time_left),
		cmocka_unit_test(test_draws_at_most_ten_times_a_second),
		cmocka_unit_test(test_erases_its_line_at_the_end),
		cmocka_unit_test(test_hides_so_that_a_log_line_stands_alone),
		cmocka_unit_test(test_stays_silent_where_nobody_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

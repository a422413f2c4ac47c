/* What every unit test includes: cmocka in its required order, and checks that print the row.
 *
 * A table test walks rows; a failing row prints its number, input, what it got and what it wanted,
 * and the test goes on, so that one run shows every failing row. */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Failed rows of the running test; check_done() fails the test when there are any. */
static int check_failed;

#define CHECK_INT(row, input, got, want)                                                           \
	do {                                                                                       \
		long long got_ = (long long)(got), want_ = (long long)(want);                      \
		if (got_ != want_) {                                                               \
			check_failed++;                                                            \
			printf("# %s:%d row %d '%s': got %lld, wanted %lld\n", __FILE__, __LINE__, \
			       (int)(row), (input), got_, want_);                                  \
		}                                                                                  \
	} while (0)

#define CHECK_SLICE(row, input, got, want)                                                         \
	do {                                                                                       \
		struct slice got_ = (got), want_ = (want);                                         \
		if (!slice_eq(got_, want_)) {                                                      \
			check_failed++;                                                            \
			printf("# %s:%d row %d '%s': got '%.*s', wanted '%.*s'\n", __FILE__,       \
			       __LINE__, (int)(row), (input), SLICE_ARG(got_), SLICE_ARG(want_));  \
		}                                                                                  \
	} while (0)

static inline void check_done(void)
{
	int failed = check_failed;

	check_failed = 0;
	if (failed)
		fail_msg("%d rows failed (see the lines that start with #)", failed);
}

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

#endif

#include "scratch.h"

#include "store/lock.h"

#include <sys/wait.h>

static void a_second_writer_is_told_who_writes(void **state)
{
	(void)state;
	struct store_lock a = STORE_LOCK_NONE, b = STORE_LOCK_NONE;
	char want[300];

	ASSERT_OK(store_lock_take(scratch, "assay run", &a, err));
	snprintf(want, sizeof(want), "store %s is in use by process %ld (assay run)", scratch,
		 (long)getpid());
	ASSERT_FAILS(store_lock_take(scratch, "assay screen", &b, err), ERR_BUSY, want);
	ASSERT_FAILS(store_lock_share(scratch, &b, err), ERR_BUSY, want);
	assert_int_equal(b.fd, -1);
	store_lock_give(&a);
	store_lock_give(&a); /* holding nothing is fine */
	ASSERT_OK(store_lock_take(scratch, "assay screen", &b, err));
	store_lock_give(&b);
}

static void readers_that_share_hold_a_writer_off(void **state)
{
	(void)state;
	struct store_lock a = STORE_LOCK_NONE, b = STORE_LOCK_NONE, c = STORE_LOCK_NONE;

	ASSERT_OK(store_lock_share(at_scratch("nothing"), &a, err)); /* no lock file, no writer */
	assert_int_equal(a.fd, -1);
	ASSERT_OK(store_lock_share(scratch, &a, err));
	ASSERT_OK(store_lock_share(scratch, &b, err));
	ASSERT_FAILS(store_lock_take(scratch, "assay run", &c, err), ERR_BUSY, "by another program");
	store_lock_give(&a);
	store_lock_give(&b);
	ASSERT_OK(store_lock_take(scratch, "assay run", &c, err));
	store_lock_give(&c);
}

static void a_lock_ends_with_its_process(void **state)
{
	(void)state;
	struct store_lock a = STORE_LOCK_NONE;
	int ready[2];
	char c;

	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		close(ready[0]);
		if (store_lock_take(scratch, "assay run", &a, NULL) == 0 && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	char want[60];
	snprintf(want, sizeof(want), "process %ld (assay run)", (long)child);
	ASSERT_FAILS(store_lock_take(scratch, "assay run", &a, err), ERR_BUSY, want);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	/* Its name still stands in the file: a reader that shares must not be taken for it. */
	struct store_lock b = STORE_LOCK_NONE;
	ASSERT_OK(store_lock_share(scratch, &b, err));
	ASSERT_FAILS(store_lock_take(scratch, "assay run", &a, err), ERR_BUSY, "another program");
	store_lock_give(&b);
	ASSERT_OK(store_lock_take(scratch, "assay run", &a, err));
	store_lock_give(&a);
	close(ready[0]);
}

static void a_lock_that_cannot_be_made_names_the_store(void **state)
{
	(void)state;
	struct store_lock a = STORE_LOCK_NONE;

	ASSERT_FAILS(store_lock_take("/proc/self", "assay run", &a, err), ERR_IO,
		     "store /proc/self cannot be written: /proc/self/lock");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_writer_is_told_who_writes),
		cmocka_unit_test(readers_that_share_hold_a_writer_off),
		cmocka_unit_test(a_lock_ends_with_its_process),
		cmocka_unit_test(a_lock_that_cannot_be_made_names_the_store),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

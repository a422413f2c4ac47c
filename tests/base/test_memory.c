/* arena and table. */
#include "check.h"

#include "base/arena.h"
#include "base/table.h"

#include <stdlib.h>

static void arena_gives_zeroed_aligned_memory_of_any_size(void **state)
{
	(void)state;
	struct arena a = { 0 };

	for (size_t n = 0; n < 200000; n = n * 2 + 1) {
		unsigned char *p = arena_alloc(&a, n);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_array(&a, SIZE_MAX / 2, 3));
	assert_string_equal(arena_copy(&a, SLICE("copied")).p, "copied");
	assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
	arena_release(&a);
	assert_int_equal(a.used, 0);
}

static void table_finds_all_in_the_order_of_insertion(void **state)
{
	(void)state;
	enum { N = 5000 };
	struct arena a = { 0 };
	struct table t = { .key = { 3, 4 } };

	assert_null(table_find(&t, SLICE("0")));
	for (int i = 0; i < N; i++) {
		struct slice key = slice_str(arena_printf(&a, "%d", i * 7));
		struct table_entry *e = table_put(&t, key);
		assert_non_null(e);
		assert_null(e->value);
		e->value = (void *)key.p;
	}
	assert_int_equal(t.n, N);
	for (int i = 0; i < N; i++) {
		char text[16];
		snprintf(text, sizeof(text), "%d", i * 7);
		struct table_entry *e = table_find(&t, slice_str(text));
		assert_non_null(e);
		assert_string_equal(e->value, text);
		assert_ptr_equal(e, &t.entry[i]);
		assert_ptr_equal(table_put(&t, slice_str(text)), e);
	}
	assert_null(table_find(&t, SLICE("1")));
	assert_int_equal(t.n, N);
	table_release(&t);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_gives_zeroed_aligned_memory_of_any_size),
		cmocka_unit_test(table_finds_all_in_the_order_of_insertion),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "check.h"

#include "base/automaton.h"
#include "base/buf.h"

#include <stdlib.h>

/* "value:start-end " of every match, in the order in which they come. */
static void list_matches(const struct automaton *a, struct slice text, struct buf *out)
{
	struct automaton_scan scan = automaton_scan(a, text);

	buf_clear(out);
	for (struct automaton_match m; automaton_next(&scan, &m);)
		buf_printf(out, "%u:%zu-%zu ", m.value, m.start, m.end);
}

static void automaton_reports_every_match_in_order_of_its_end(void **state)
{
	(void)state;
	static const struct {
		const char *patterns; /* numbered from 0, separated by spaces */
		const char *text;
		const char *want;
	} rows[] = {
		{ "", "anything", "" },
		{ "a", "", "" },
		{ "a", "bab", "0:1-2 " },
		{ "aa", "aaaa", "0:0-2 0:1-3 0:2-4 " },
		{ "he she his hers", "ushers", "1:1-4 0:2-4 3:2-6 " },
		/* every suffix, longest first */
		{ "d cd bcd abcd", "abcd", "3:0-4 2:1-4 1:2-4 0:3-4 " },
		/* one text twice: in the order of the patterns */
		{ "pill x pill", "pills", "0:0-4 2:0-4 " },
		/* the end of one pattern lies inside another that then fails */
		{ "viagrax agra", "viagra", "1:2-6 " },
		{ "abcdefgh cdex defy", "abcdefy", "2:3-7 " },
		/* falling back through several chains in a row */
		{ "aaaab aaac aad", "aaaaad", "2:3-6 " },
		/* bytes that occur in no pattern start afresh */
		{ "ab", "a?ab", "0:2-4 " },
		{ "\xe8\x96\xac\xe5\xb1\x80 \xe8\x96\xac", "\xe8\x96\xac\xe5\xb1\x80",
		  "1:0-3 0:0-6 " },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct automaton_pattern p[8];
		size_t n = 0;
		struct slice rest = slice_str(rows[i].patterns), word;
		struct buf got = { 0 };
		struct automaton *a = NULL;
		while (slice_cut(&rest, ' ', &word)) {
			p[n] = (struct automaton_pattern){ word, (uint32_t)n };
			n++;
		}
		assert_int_equal(automaton_new(p, n, &a, NULL), 0);
		list_matches(a, slice_str(rows[i].text), &got);
		CHECK_SLICE(i, rows[i].text, buf_slice(&got), slice_str(rows[i].want));
		automaton_free(a);
		buf_release(&got);
	}
	check_done();
}

static void automaton_refuses_an_empty_pattern_and_names_it(void **state)
{
	(void)state;
	const struct automaton_pattern p[] = { { SLICE("a"), 1 }, { SLICE(""), 2 } };
	struct automaton *a = NULL;
	struct err err = { 0 };

	assert_int_equal(automaton_new(p, 2, &a, &err), ERR_USAGE);
	assert_int_equal(err.at, 1);
	assert_null(a);
	automaton_free(NULL);
}

static void automaton_knows_all_256_bytes(void **state)
{
	(void)state;
	char all[256];
	struct automaton_pattern p[256];
	struct automaton *a = NULL;
	struct automaton_match m;

	for (unsigned i = 0; i < 256; i++) {
		all[i] = (char)i;
		p[i] = (struct automaton_pattern){ slice_from(&all[i], 1), i };
	}
	assert_int_equal(automaton_new(p, 256, &a, NULL), 0);
	struct automaton_scan scan = automaton_scan(a, slice_from(all, 256));
	for (unsigned i = 0; i < 256; i++) {
		assert_true(automaton_next(&scan, &m));
		assert_int_equal(m.value, i);
		assert_int_equal(m.start, i);
	}
	assert_false(automaton_next(&scan, &m));
	assert_false(automaton_next(&scan, &m));
	automaton_free(a);
}

/* xorshift64*, seeded by the row and printed, so that a failure can be run again. */
static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (uint32_t)((*seed * 0x2545f4914f6cdd1dull) >> 32) % below;
}

/* The same automaton in memory of its own, borrowed: what a reader of a file has. */
static struct automaton *borrowed(struct slice bytes, char **copy)
{
	struct automaton *a = NULL;

	*copy = malloc(bytes.n);
	assert_non_null(*copy);
	memcpy(*copy, bytes.p, bytes.n);
	assert_int_equal(automaton_borrow(slice_from(*copy, bytes.n), &a, NULL), 0);
	return a;
}

static void automaton_agrees_with_a_plain_search_on_random_texts(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= 300; round++) {
		uint64_t seed = round * 0x9e3779b97f4a7c15ull;
		char bytes[512], text[200];
		struct automaton_pattern p[40];
		size_t n = 1 + draw(&seed, 40), used = 0, n_text = draw(&seed, sizeof(text));
		/* Few letters make branches and chains that fall back far, many make rows. */
		uint32_t letters = 1 + draw(&seed, round % 3 ? 4 : 20);
		for (size_t i = 0; i < n; i++) {
			size_t len = 1 + draw(&seed, 12);
			for (size_t k = 0; k < len; k++)
				bytes[used + k] = (char)('a' + draw(&seed, letters));
			p[i] = (struct automaton_pattern){ slice_from(bytes + used, len),
				                           (uint32_t)i };
			used += len;
		}
		for (size_t k = 0; k < n_text; k++)
			text[k] = (char)('a' + draw(&seed, letters));
		struct automaton *a = NULL;
		struct buf got = { 0 }, want = { 0 };
		assert_int_equal(automaton_new(p, n, &a, NULL), 0);
		list_matches(a, slice_from(text, n_text), &got);
		for (size_t end = 1; end <= n_text; end++)
			for (size_t len = end; len >= 1; len--)
				for (size_t i = 0; i < n; i++)
					if (slice_eq(p[i].text, slice_from(text + end - len, len)))
						buf_printf(&want, "%zu:%zu-%zu ", i, end - len,
						           end);
		if (!slice_eq(buf_slice(&got), buf_slice(&want)))
			fail_msg("seed round %llu: text %.*s: got %s, wanted %s",
			         (unsigned long long)round, (int)n_text, text, buf_str(&got),
			         buf_str(&want));
		char *copy = NULL;
		struct automaton *b = borrowed(automaton_bytes(a), &copy);
		automaton_free(a);
		list_matches(b, slice_from(text, n_text), &got);
		CHECK_SLICE(round, "borrowed", buf_slice(&got), buf_slice(&want));
		automaton_free(b);
		free(copy);
		buf_release(&got);
		buf_release(&want);
	}
	check_done();
}

/* Patterns with every sort of state: rows by depth and by ways, branches, chains that end in a
 * leaf, in a branch and in a row. */
static struct automaton *make_sorts(void)
{
	static const char words[] = "abc abcd abcde abcdx abcdefghij bcdefx cdefy wxyza wxyzb wxyzc "
				    "wxyzd wxyze wxyzf wxyzg wxyzh wxyzi wxyzj wxyzk "
				    "wxyzabcdefgh defghij ghij";
	struct automaton_pattern p[32];
	struct slice rest = slice_str(words), word;
	struct automaton *a = NULL;
	size_t n = 0;

	while (slice_cut(&rest, ' ', &word)) {
		p[n] = (struct automaton_pattern){ word, (uint32_t)n };
		n++;
	}
	assert_int_equal(automaton_new(p, n, &a, NULL), 0);
	return a;
}

static void damaged_bytes_are_refused_or_walked_within_their_bounds(void **state)
{
	(void)state;
	static const char text[] = "wxyzabcdefghij abcdewxyzkabcdxbcdefxcdefyghijdefghijwxyzabcdefgh";
	struct automaton *a = make_sorts(), *b;
	struct slice good = automaton_bytes(a);
	size_t walked = 0;

	for (uint64_t round = 1; round <= 4000; round++) {
		uint64_t seed = round * 0x9e3779b97f4a7c15ull;
		/* Exactly as long, so that ASan sees a read one byte too far. */
		char *bad = malloc(good.n);
		assert_non_null(bad);
		memcpy(bad, good.p, good.n);
		for (uint32_t k = 1 + draw(&seed, 4); k > 0; k--)
			bad[draw(&seed, (uint32_t)good.n)] ^= (char)(1 << draw(&seed, 8));
		if (automaton_borrow(slice_from(bad, good.n), &b, NULL) == 0) {
			struct automaton_scan scan = automaton_scan(b, slice_str(text));
			size_t found = 0;
			for (struct automaton_match m; automaton_next(&scan, &m); found++)
				if (m.start >= m.end || m.end > sizeof(text) - 1)
					fail_msg("round %llu: a match at %zu-%zu",
					         (unsigned long long)round, m.start, m.end);
			/* No more than a pattern each for every start and end, of each number. */
			if (found > sizeof(text) * sizeof(text) * automaton_patterns(a))
				fail_msg("round %llu: %zu matches", (unsigned long long)round, found);
			automaton_free(b);
			walked++;
		}
		free(bad);
	}
	assert_true(walked > 2000); /* or the tables were hardly tried */
	automaton_free(a);
}

static void bytes_that_do_not_fit_are_refused(void **state)
{
	(void)state;
	struct automaton *a = make_sorts(), *b = NULL;
	struct slice good = automaton_bytes(a);
	struct err err = { 0 };
	uint64_t none[4] = { 0 };

	for (size_t n = 0; n < good.n; n++) {
		char *cut = malloc(n + 1);
		assert_non_null(cut);
		memcpy(cut, good.p, n);
		if (automaton_borrow(slice_from(cut, n), &b, &err) != ERR_CORRUPT)
			fail_msg("%zu of %zu bytes are taken", n, good.n);
		free(cut);
	}
	assert_int_equal(automaton_borrow(slice_from((char *)none, sizeof(none)), &b, &err), ERR_CORRUPT);
	assert_int_equal(automaton_borrow(slice_from((char *)none + 4, 8), &b, &err), ERR_USAGE);
	assert_null(b);
	automaton_free(a);
}

static void the_same_patterns_give_the_same_bytes(void **state)
{
	(void)state;
	struct automaton *a = make_sorts(), *b = make_sorts();

	assert_true(slice_eq(automaton_bytes(a), automaton_bytes(b)));
	assert_int_equal(automaton_patterns(a), 21);
	automaton_free(a);
	automaton_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(automaton_reports_every_match_in_order_of_its_end),
		cmocka_unit_test(automaton_refuses_an_empty_pattern_and_names_it),
		cmocka_unit_test(automaton_knows_all_256_bytes),
		cmocka_unit_test(automaton_agrees_with_a_plain_search_on_random_texts),
		cmocka_unit_test(damaged_bytes_are_refused_or_walked_within_their_bounds),
		cmocka_unit_test(bytes_that_do_not_fit_are_refused),
		cmocka_unit_test(the_same_patterns_give_the_same_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

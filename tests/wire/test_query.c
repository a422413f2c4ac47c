#include "check.h"

#include "base/buf.h"
#include "wire/query.h"

#include <stdlib.h>
#include <time.h>

static void escapes_are_decoded_or_refused(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		bool plus;
		int rc;
		const char *want;
		size_t at;
	} rows[] = {
		{ "", true, 0, "", 0 },
		{ "abc", true, 0, "abc", 0 },
		{ "a%20b", false, 0, "a b", 0 },
		{ "a+b", true, 0, "a b", 0 },
		{ "a+b", false, 0, "a+b", 0 },
		{ "a%2Bb%2b", true, 0, "a+b+", 0 },
		{ "%2F%2f", false, 0, "//", 0 },
		{ "%25", false, 0, "%", 0 },
		{ "%2525", false, 0, "%25", 0 },
		{ "%E8%96%AC", false, 0, "\xe8\x96\xac", 0 },
		{ "\xe8\x96\xac", false, 0, "\xe8\x96\xac", 0 },
		{ "\xe8%96\xac", false, 0, "\xe8\x96\xac", 0 },
		{ "%0A%01%7F", false, 0, "\n\x01\x7f", 0 },
		{ "%", false, ERR_SYNTAX, "", 0 },
		{ "ab%", false, ERR_SYNTAX, "", 2 },
		{ "ab%4", false, ERR_SYNTAX, "", 2 },
		{ "ab%4g", false, ERR_SYNTAX, "", 2 },
		{ "ab%g4", false, ERR_SYNTAX, "", 2 },
		{ "a%u0041", false, ERR_SYNTAX, "", 1 },
		{ "a% 1", false, ERR_SYNTAX, "", 1 },
		{ "a%+1", true, ERR_SYNTAX, "", 1 },
		{ "a%00", false, ERR_SYNTAX, "", 3 },
		{ "%20%ff", false, ERR_SYNTAX, "", 3 },
		{ "a\xff", false, ERR_SYNTAX, "", 1 },
		{ "%41%c0%af", false, ERR_SYNTAX, "", 3 },    /* a slash in long form */
		{ "b%ed%a0%80", false, ERR_SYNTAX, "", 1 },   /* a surrogate */
		{ "%E8%96", false, ERR_SYNTAX, "", 0 },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct slice got = SLICE("");
		struct err err = { 0 };
		int rc = percent_decode(slice_str(rows[i].in), rows[i].plus, &arena, &got, &err);
		CHECK_INT(i, rows[i].in, rc, rows[i].rc);
		CHECK_SLICE(i, rows[i].in, got, slice_str(rows[i].want));
		CHECK_INT(i, rows[i].in, err.at, rows[i].at);
	}
	struct slice got = SLICE("before");
	CHECK_INT(0, "NUL", percent_decode(SLICE("a\0b"), false, &arena, &got, NULL), ERR_SYNTAX);
	CHECK_SLICE(0, "NUL", got, SLICE("before"));
	arena_release(&arena);
	check_done();
}

/* "key=value|key|..." */
static void put_query(const struct query *q, struct buf *out)
{
	for (size_t i = 0; i < q->n; i++) {
		buf_puts(out, i ? "|" : "");
		buf_put(out, q->pair[i].key);
		buf_puts(out, q->pair[i].has_value ? "=" : "");
		buf_put(out, q->pair[i].value);
	}
}

static void queries_are_pairs(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int rc;
		const char *want;
		size_t at;
	} rows[] = {
		{ "", 0, "", 0 },
		{ "for=JP", 0, "for=JP", 0 },
		{ "for=JP&name=a.example", 0, "for=JP|name=a.example", 0 },
		{ "for", 0, "for", 0 },
		{ "for=", 0, "for=", 0 },
		{ "=JP", 0, "=JP", 0 },
		{ "a=b=c", 0, "a=b=c", 0 },
		{ "&&a=1&&b&", 0, "a=1|b", 0 },
		{ "a=1&a=2", 0, "a=1|a=2", 0 },
		{ "a+b=c+d", 0, "a b=c d", 0 },
		{ "%61=%26%3D", 0, "a=&=", 0 },
		{ "a;b=1", 0, "a;b=1", 0 },
		{ "a=1&b=%zz", ERR_SYNTAX, "", 6 },
		{ "a=1&%=2", ERR_SYNTAX, "", 4 },
		{ "a=1&b=%00", ERR_SYNTAX, "", 8 },
		{ "a=%ff", ERR_SYNTAX, "", 2 },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct query q = { 0 };
		struct err err = { 0 };
		struct buf got = { 0 };
		CHECK_INT(i, rows[i].in, query_parse(slice_str(rows[i].in), &arena, &q, &err),
		          rows[i].rc);
		put_query(&q, &got);
		CHECK_SLICE(i, rows[i].in, buf_slice(&got), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].in, err.at, rows[i].at);
		buf_release(&got);
	}
	arena_release(&arena);
	check_done();
}

static void keys_are_found_and_counted(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct query q = { 0 };

	assert_int_equal(query_parse(SLICE("for=JP&at&for=US&For=GB"), &arena, &q, NULL), 0);
	CHECK_SLICE(0, "for", query_get(&q, "for"), SLICE("JP"));
	CHECK_INT(0, "for", query_count(&q, "for"), 2);
	CHECK_INT(0, "at", query_get(&q, "at").p != NULL, 1);
	CHECK_INT(0, "at", query_get(&q, "at").n, 0);
	CHECK_INT(0, "to", query_get(&q, "to").p == NULL, 1);
	CHECK_INT(0, "to", query_count(&q, "to"), 0);
	arena_release(&arena);
	check_done();
}

static void paths_are_segments(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int rc;
		size_t n;
		const char *want; /* segments, each with '|' behind it */
		size_t at;
	} rows[] = {
		{ "", 0, 0, "", 0 },
		{ "/", 0, 0, "", 0 },
		{ "/d", 0, 1, "d|", 0 },
		{ "/d/", 0, 2, "d||", 0 },
		{ "//", 0, 2, "||", 0 },
		{ "/d/x.example", 0, 2, "d|x.example|", 0 },
		{ "/d/https%3A%2F%2Fx.example%2Fa", 0, 2, "d|https://x.example/a|", 0 },
		{ "/a+b", 0, 1, "a+b|", 0 },
		{ "/../%2e%2e/x", 0, 3, "..|..|x|", 0 },
		{ "/%E8%96%AC", 0, 1, "\xe8\x96\xac|", 0 },
		{ "d", ERR_SYNTAX, 0, "", 0 },
		{ "/d/%4", ERR_SYNTAX, 0, "", 3 },
		{ "/d/a%00", ERR_SYNTAX, 0, "", 6 },
		{ "/d/%ff", ERR_SYNTAX, 0, "", 3 },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct path p = { 0 };
		struct err err = { 0 };
		struct buf got = { 0 };
		CHECK_INT(i, rows[i].in, path_parse(slice_str(rows[i].in), &arena, &p, &err),
		          rows[i].rc);
		CHECK_INT(i, rows[i].in, p.n, rows[i].n);
		for (size_t k = 0; k < p.n; k++) {
			buf_put(&got, p.segment[k]);
			buf_putc(&got, '|');
		}
		CHECK_SLICE(i, rows[i].in, buf_slice(&got), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].in, err.at, rows[i].at);
		buf_release(&got);
	}
	arena_release(&arena);
	check_done();
}

static void parts_are_bounded(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct buf query = { 0 }, path = { 0 };
	struct query q = { 0 };
	struct path p = { 0 };

	for (int i = 0; i < QUERY_PAIRS; i++)
		buf_puts(&query, "a=1&");
	for (int i = 0; i < PATH_SEGMENTS; i++)
		buf_puts(&path, "/a");
	assert_int_equal(query_parse(buf_slice(&query), &arena, &q, NULL), 0);
	assert_int_equal(q.n, QUERY_PAIRS);
	assert_int_equal(path_parse(buf_slice(&path), &arena, &p, NULL), 0);
	assert_int_equal(p.n, PATH_SEGMENTS);
	buf_puts(&query, "a");
	buf_puts(&path, "/");
	assert_int_equal(query_parse(buf_slice(&query), &arena, &q, NULL), ERR_LIMIT);
	assert_int_equal(path_parse(buf_slice(&path), &arena, &p, NULL), ERR_LIMIT);
	buf_release(&query);
	buf_release(&path);
	arena_release(&arena);
}

/* Any text, encoded in any mixture of ways, comes back. */
static void what_is_encoded_is_decoded(void **state)
{
	(void)state;
	const char *fixed = getenv("ASSAY_TEST_SEED");
	unsigned seed = fixed ? (unsigned)strtoul(fixed, NULL, 10) : (unsigned)time(NULL);
	static const char *const part[] = { "a", "/", "&", "=", "+", "%", " ", "\xe8\x96\xac",
		                            "\xf0\x9f\x92\x8a", "?", "#", "\x01" };

	printf("# ASSAY_TEST_SEED=%u\n", seed);
	for (int round = 0; round < 2000; round++) {
		struct buf text = { 0 }, raw = { 0 };
		struct arena arena = { 0 };
		struct slice back = { 0 };
		for (int k = rand_r(&seed) % 12; k > 0; k--)
			buf_puts(&text, part[(size_t)rand_r(&seed) % ROWS(part)]);
		for (size_t i = 0; i < text.n; i++) {
			char c = text.p[i];
			if (c == '%' || c == '+' || rand_r(&seed) % 2)
				buf_printf(&raw, rand_r(&seed) % 2 ? "%%%02x" : "%%%02X",
				           (unsigned char)c);
			else
				buf_putc(&raw, c == ' ' ? '+' : c);
		}
		CHECK_INT(round, buf_str(&raw),
		          percent_decode(buf_slice(&raw), true, &arena, &back, NULL), 0);
		CHECK_SLICE(round, buf_str(&raw), back, buf_slice(&text));
		buf_release(&text);
		buf_release(&raw);
		arena_release(&arena);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_are_decoded_or_refused),
		cmocka_unit_test(queries_are_pairs),
		cmocka_unit_test(keys_are_found_and_counted),
		cmocka_unit_test(paths_are_segments),
		cmocka_unit_test(parts_are_bounded),
		cmocka_unit_test(what_is_encoded_is_decoded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

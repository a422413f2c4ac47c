#include "check.h"

#include "base/buf.h"
#include "wire/yaml.h"

/* The tree as one line: {key: …}, […], 'quoted', plain. */
static void show(const struct yaml_node *node, struct buf *out)
{
	if (node->kind == YAML_SCALAR) {
		buf_puts(out, node->quoted ? "'" : "");
		buf_put(out, node->text);
		buf_puts(out, node->quoted ? "'" : "");
		return;
	}
	buf_putc(out, node->kind == YAML_MAPPING ? '{' : '[');
	for (size_t i = 0; i < node->n; i++) {
		if (i)
			buf_puts(out, ", ");
		if (node->kind == YAML_MAPPING) {
			buf_put(out, node->item[i].key);
			buf_puts(out, ": ");
		}
		show(&node->item[i], out);
	}
	buf_putc(out, node->kind == YAML_MAPPING ? '}' : ']');
}

static void yaml_reads_what_people_write(void **state)
{
	(void)state;
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "a mapping", "a: 1\nb: two words\n", "{a: 1, b: two words}" },
		{ "lists in both styles", "a:\n  - x\n  - y\nb: [x, y]\n", "{a: [x, y], b: [x, y]}" },
		{ "a list that is not indented", "a:\n- x\n- y\n", "{a: [x, y]}" },
		{ "mappings in a list", "- a: 1\n  b: 2\n- {a: 3}\n", "[{a: 1, b: 2}, {a: 3}]" },
		{ "quotes of both kinds", "a: 'it''s'\nb: \"x\\ny\"\n", "{a: 'it's', b: 'x\ny'}" },
		{ "a literal block", "a: |\n  x\n   y\nb: 1\n", "{a: 'x\n y\n', b: 1}" },
		{ "a folded block", "a: >-\n  x\n  y\n", "{a: 'x y'}" },
		{ "a text over two lines", "a: x\n  y\n", "{a: x y}" },
		{ "comments", "# c\na: 1 # c\n# c\n", "{a: 1}" },
		{ "no value", "a:\nb: ~\n", "{a: , b: ~}" },
		{ "the country NO stays a text", "a: NO\nb: 1.10\nc: 2026-11-22\n",
		  "{a: NO, b: 1.10, c: 2026-11-22}" },
		{ "other scripts", "a: 処方箋なし\nb: rezeptfrei für\n", "{a: 処方箋なし, b: rezeptfrei für}" },
		{ "a document mark", "---\na: 1\n...\n", "{a: 1}" },
		{ "line ends of another system", "a: 1\r\nb: 2\r\n", "{a: 1, b: 2}" },
		{ "a byte order mark", "\xef\xbb\xbf" "a: 1\n", "{a: 1}" },
		{ "no line feed at the end", "a: 1", "{a: 1}" },
		{ "nothing", "", "{}" },
		{ "comments alone", "# nothing\n", "{}" },
		{ "a mark alone", "---\n", "{}" },
		{ "empty collections", "a: []\nb: {}\n", "{a: [], b: {}}" },
		{ "a key with quotes", "'a b': 1\n\"<<\": 2\n", "{a b: 1, <<: 2}" },
		{ "a hash and a colon within a text", "a: x#y:z\n", "{a: x#y:z}" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		const struct yaml_node *root = NULL;
		struct buf out = { 0 };
		struct err err = { .what = "" };
		int rc = yaml_parse(slice_str(rows[i].in), "f.yaml", &arena, &root, &err);
		CHECK_SLICE(i, rows[i].why, slice_str(err.what), SLICE(""));
		if (rc == 0)
			show(root, &out);
		CHECK_SLICE(i, rows[i].why, buf_slice(&out), slice_str(rows[i].want));
		buf_release(&out);
		arena_release(&arena);
	}
	check_done();
}

static void yaml_refuses_with_file_and_line(void **state)
{
	(void)state;
	static const struct {
		struct slice in;
		int rc;
		const char *want;
	} rows[] = {
		{ SLICE("a: 1\nb: &x 2\n"), ERR_SYNTAX, "f.yaml:2: an anchor (&) is not allowed" },
		{ SLICE("a: &x [1]\n"), ERR_SYNTAX, "f.yaml:1: an anchor (&) is not allowed" },
		{ SLICE("a: 1\nb: *x\n"), ERR_SYNTAX, "f.yaml:2: an alias (*) is not allowed" },
		{ SLICE("a: !!str 1\n"), ERR_SYNTAX, "f.yaml:1: a tag (!) is not allowed" },
		{ SLICE("<<: {a: 1}\n"), ERR_SYNTAX, "f.yaml:1: a merge key (<<) is not allowed" },
		{ SLICE("a: 1\nb: 2\na: 3\n"), ERR_SYNTAX, "f.yaml:3: the key 'a' stands here twice" },
		{ SLICE("x: {a: 1, 'a': 2}\n"), ERR_SYNTAX, "f.yaml:1: the key 'a' stands here twice" },
		{ SLICE("[a]: 1\n"), ERR_SYNTAX, "f.yaml:1: a key is not a text" },
		{ SLICE(": 1\n"), ERR_SYNTAX, "f.yaml:1: a key is empty" },
		{ SLICE("a: 1\n---\nb: 2\n"), ERR_SYNTAX, "f.yaml:2: a second document is not allowed" },
		{ SLICE("%YAML 1.2\n---\na: 1\n"), ERR_SYNTAX, "f.yaml:1: a directive (%) is not allowed" },
		/* libfyaml 0.7.12 would never come back from these three bytes. */
		{ SLICE("%\"\xa6"), ERR_SYNTAX, "f.yaml:1: a directive (%) is not allowed" },
		{ SLICE("a: 1\nb: \"\xff\"\n"), ERR_SYNTAX, "f.yaml:2: not UTF-8" },
		{ SLICE("a: 1\nb: \0\n"), ERR_SYNTAX, "f.yaml:2: the character U+0000 is not allowed" },
		{ SLICE("a: \x1b[1m\n"), ERR_SYNTAX, "f.yaml:1: the character U+001B is not allowed" },
		{ SLICE("a: 1\rb: 2\n"), ERR_SYNTAX, "f.yaml:1: the character U+000D is not allowed" },
		{ SLICE("a: \xe2\x80\xa8\n"), ERR_SYNTAX, "f.yaml:1: the character U+2028 is not allowed" },
		{ SLICE("a: 1\n b: 2\n"), ERR_SYNTAX, "f.yaml:1: invalid multiline plain key" },
		{ SLICE("a: [1, 2\n"), ERR_SYNTAX, "f.yaml:2: flow sequence without a closing bracket" },
		{ SLICE("\na: \"x\n"), ERR_SYNTAX, "f.yaml:2: double-quoted scalar without closing quote" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		const struct yaml_node *root = NULL;
		struct err err = { .what = "" };
		int rc = yaml_parse(rows[i].in, "f.yaml", &arena, &root, &err);
		CHECK_INT(i, rows[i].want, rc, rows[i].rc);
		CHECK_SLICE(i, rows[i].want, slice_str(err.what), slice_str(rows[i].want));
		CHECK_INT(i, rows[i].want, root != NULL, 0);
		arena_release(&arena);
	}
	check_done();
}

static void yaml_bounds_depth_and_size(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	const struct yaml_node *root = NULL;
	struct buf b = { 0 };
	struct err err;

	for (int over = 0; over < 2; over++) {
		buf_clear(&b);
		for (int i = 0; i < YAML_DEPTH_MAX + over; i++)
			buf_putc(&b, '[');
		for (int i = 0; i < YAML_DEPTH_MAX + over; i++)
			buf_putc(&b, ']');
		assert_int_equal(yaml_parse(buf_slice(&b), "f", &arena, &root, &err),
				 over ? ERR_LIMIT : 0);
	}
	assert_string_equal(err.what, "f:1: nested deeper than 32");
	buf_clear(&b);
	for (int i = 0; i < YAML_SIZE_MAX; i++)
		buf_putc(&b, i % 64 == 63 ? '\n' : '#');
	assert_int_equal(yaml_parse(buf_slice(&b), "f", &arena, &root, &err), 0);
	buf_putc(&b, '#');
	assert_int_equal(yaml_parse(buf_slice(&b), "f", &arena, &root, &err), ERR_LIMIT);
	assert_string_equal(err.what, "f: 1048577 bytes, the limit is 1048576");
	buf_release(&b);
	arena_release(&arena);
}

static void yaml_getters_read_and_explain(void **state)
{
	(void)state;
	static const char text[] = "rules:\n"
				   "  - id: one\n"
				   "    weight: 12\n"
				   "    minus: -3\n"
				   "    on: true\n"
				   "    quoted: '12'\n"
				   "    none:\n"
				   "    many: 99999999999999999999\n"
				   "    words: [a, 'b c']\n"
				   "    word: a\n"
				   "    map: {x: 1}\n"
				   "    yes: yes\n";
	struct arena arena = { 0 };
	const struct yaml_node *root, *rule, *node;
	struct err err;
	struct slice s = SLICE("untouched"), *list = NULL;
	int64_t n = 0;
	bool flag = false;
	size_t count = 0;

	assert_int_equal(yaml_parse(slice_str(text), "dir/p.yaml", &arena, &root, &err), 0);
	rule = &yaml_get(root, "rules")->item[0];
	assert_int_equal(rule->line, 2);
	assert_int_equal(yaml_get(rule, "weight")->line, 3);
	assert_int_equal(yaml_get(rule, "weight")->column, 5);
	assert_null(yaml_get(rule, "wait"));
	assert_null(yaml_get(yaml_get(rule, "id"), "x"));
	assert_null(yaml_get(NULL, "x"));
	assert_int_equal(yaml_str(yaml_get(rule, "id"), &s, &err), 0);
	assert_true(slice_eq_str(s, "one") && s.p[3] == '\0');
	assert_int_equal(yaml_i64(yaml_get(rule, "weight"), 0, 100, &n, &err), 0);
	assert_int_equal(n, 12);
	assert_int_equal(yaml_i64(yaml_get(rule, "minus"), -3, 100, &n, &err), 0);
	assert_int_equal(n, -3);
	assert_int_equal(yaml_flag(yaml_get(rule, "on"), &flag, &err), 0);
	assert_true(flag);
	assert_int_equal(yaml_str_list(yaml_get(rule, "words"), &arena, &list, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_true(slice_eq_str(list[1], "b c"));
	assert_int_equal(yaml_str_list(yaml_get(rule, "word"), &arena, &list, &count, &err), 0);
	assert_int_equal(count, 1);

	enum ask { STR, I64, FLAG, LIST, NEED, MAP };
	static const struct {
		const char *key;
		enum ask ask;
		const char *want;
	} rows[] = {
		{ "words", STR, "dir/p.yaml:9: words is not a single value" },
		{ "none", STR, "dir/p.yaml:7: none has no value" },
		{ "id", I64, "dir/p.yaml:2: id is not a whole number" },
		{ "quoted", I64, "dir/p.yaml:6: quoted is not a whole number" },
		{ "many", I64, "dir/p.yaml:8: many is not a whole number" },
		{ "minus", I64, "dir/p.yaml:4: minus is not from 0 to 10" },
		{ "weight", I64, "dir/p.yaml:3: weight is not from 0 to 10" },
		{ "yes", FLAG, "dir/p.yaml:12: yes is neither true nor false" },
		{ "map", LIST, "dir/p.yaml:11: map is not a list" },
		{ "wait", NEED, "dir/p.yaml:2: wait is missing" },
		{ "words", MAP, "dir/p.yaml:9: words is not a mapping of keys" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		int rc = 0;
		node = yaml_get(rule, rows[i].key);
		switch (rows[i].ask) {
		case STR: rc = yaml_str(node, &s, &err); break;
		case I64: rc = yaml_i64(node, 0, 10, &n, &err); break;
		case FLAG: rc = yaml_flag(node, &flag, &err); break;
		case LIST: rc = yaml_str_list(node, &arena, &list, &count, &err); break;
		case NEED: rc = yaml_need(rule, rows[i].key, &node, &err); break;
		case MAP: rc = yaml_expect(node, YAML_MAPPING, &err); break;
		}
		CHECK_INT(i, rows[i].key, rc, ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].key, slice_str(err.what), slice_str(rows[i].want));
	}
	assert_true(slice_eq_str(s, "one"));
	assert_int_equal(n, -3);
	arena_release(&arena);
	check_done();
}

static void yaml_names_the_nearest_key(void **state)
{
	(void)state;
	static const char *const known[] = { "store", "packs", "log_level", NULL };
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "store: x\nlog_level: y\n", "" },
		{ "store: x\nlog-level: y\n",
		  "f:2: unknown key 'log-level' (did you mean 'log_level'?)" },
		{ "stor: x\n", "f:1: unknown key 'stor' (did you mean 'store'?)" },
		{ "sotre: x\n", "f:1: unknown key 'sotre' (did you mean 'store'?)" },
		{ "reviewers: x\n", "f:1: unknown key 'reviewers'" },
		{ "Store: x\n", "f:1: unknown key 'Store' (did you mean 'store'?)" },
		{ "- store\n", "f:1: this is not a mapping of keys" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		const struct yaml_node *root;
		struct err err = { .what = "" };
		assert_int_equal(yaml_parse(slice_str(rows[i].in), "f", &arena, &root, &err), 0);
		int rc = yaml_known_keys(root, known, &err);
		CHECK_INT(i, rows[i].in, rc, rows[i].want[0] ? ERR_SYNTAX : 0);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
		arena_release(&arena);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_reads_what_people_write),
		cmocka_unit_test(yaml_refuses_with_file_and_line),
		cmocka_unit_test(yaml_bounds_depth_and_size),
		cmocka_unit_test(yaml_getters_read_and_explain),
		cmocka_unit_test(yaml_names_the_nearest_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

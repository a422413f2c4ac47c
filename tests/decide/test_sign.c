/* Signed acts: what is taken, what is not, and whose they are. */
#include "check.h"

#include "decide/sign.h"

static struct note_signer signer_of(const char *name, unsigned char fill)
{
	struct ed25519_seed seed;
	struct note_signer s;

	memset(seed.b, fill, sizeof(seed.b));
	assert_int_equal(note_signer_init(slice_str(name), &seed, &s, NULL), 0);
	return s;
}

static void make_act(struct record *r, const char *type, const char *src)
{
	json_t *cells = json_array(), *cell = json_object();
	struct err err;

	json_put_str(cell, "destination", SLICE("JP"));
	json_put_str(cell, "class", SLICE("rogue"));
	json_add_new(cells, cell);
	record_new(r, type, 1, SLICE("registrable"), SLICE("pills.example"), 1000000000,
	           slice_str(src));
	record_set_new(r, "cells", cells);
	record_set_str(r, "reason", SLICE("sells without a prescription"));
	if (record_finish(r, &err))
		fail_msg("%s", err.what);
}

static void an_act_that_is_signed_is_read_back_and_checked(void **state)
{
	(void)state;
	struct note_signer vera = signer_of("vera", 1), eve = signer_of("eve", 2),
	                   false_vera = signer_of("vera", 3);
	struct record act;
	struct signed_act s;
	struct buf out = { 0 };
	struct err err;

	make_act(&act, "decision", "reviewer:vera");
	assert_int_equal(signed_act_format(&act, &vera, &out, &err), 0);
	assert_int_equal(signed_act_parse(buf_slice(&out), &s, &err), 0);
	CHECK_SLICE(0, "reviewer", s.reviewer, SLICE("vera"));
	assert_true(sha256_eq(s.act.id, act.id));
	assert_int_equal(signed_act_check(&s, &vera.key, &err), 0);
	assert_int_equal(signed_act_check(&s, &eve.key, &err), ERR_REFUSED);
	assert_int_equal(signed_act_check(&s, &false_vera.key, &err), ERR_REFUSED);
	signed_act_release(&s);
	assert_int_equal(signed_act_format(&act, &eve, &out, &err), ERR_REFUSED);
	record_release(&act);
	buf_release(&out);
	check_done();
}

static void an_altered_act_does_not_pass(void **state)
{
	(void)state;
	struct note_signer vera = signer_of("vera", 1);
	struct record act, other;
	struct signed_act s;
	struct buf good = { 0 }, line = { 0 }, forged = { 0 };
	struct err err;

	make_act(&act, "decision", "reviewer:vera");
	make_act(&other, "correction", "reviewer:vera");
	assert_int_equal(signed_act_format(&act, &vera, &good, &err), 0);
	/* Another act under the signature of the first. */
	struct slice rest = buf_slice(&good);
	rest = slice_sub(rest, slice_find(rest, '\n'), rest.n);
	assert_int_equal(record_format(&other, &forged, &err), 0);
	buf_put(&forged, rest);
	assert_int_equal(signed_act_parse(buf_slice(&forged), &s, &err), 0);
	assert_int_equal(signed_act_check(&s, &vera.key, &err), ERR_CORRUPT);
	signed_act_release(&s);
	record_release(&act);
	record_release(&other);
	buf_release(&good);
	buf_release(&line);
	buf_release(&forged);
}

static void what_is_no_act_is_refused(void **state)
{
	(void)state;
	struct note_signer vera = signer_of("vera", 1);
	struct record act;
	struct buf line = { 0 };
	struct err err;

	make_act(&act, "decision", "reviewer:vera");
	assert_int_equal(record_format(&act, &line, &err), 0);
	char with_space[2000], without_id[2000];
	snprintf(with_space, sizeof(with_space), "{ %s\n", buf_str(&line) + 1);
	struct buf body = { 0 };
	assert_int_equal(record_format_body(&act, &body, &err), 0);
	snprintf(without_id, sizeof(without_id), "%s\n", buf_str(&body));
	char two[4000];
	snprintf(two, sizeof(two), "%s\n%s\n", buf_str(&line), buf_str(&line));
	const struct {
		const char *what, *text;
	} rows[] = {
		{ "no JSON", "hello\n" },         { "an empty line", "\n" },
		{ "no record", "{\"a\":1}\n" },   { "white space", with_space },
		{ "no id", without_id },          { "two acts", two },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf note = { 0 };
		struct signed_act s;
		assert_int_equal(note_sign(slice_str(rows[i].text), &vera, &note, &err), 0);
		CHECK_INT(i, rows[i].what, signed_act_parse(buf_slice(&note), &s, &err), ERR_SYNTAX);
		buf_release(&note);
	}
	record_release(&act);
	buf_release(&line);
	buf_release(&body);
	/* Records of other makers and types. */
	static const struct {
		const char *type, *src;
	} makers[] = { { "decision", "assay" }, { "decision", "reviewer:" } };
	for (size_t i = 0; i < ROWS(makers); i++) {
		struct buf out = { 0 };
		make_act(&act, makers[i].type, makers[i].src);
		CHECK_INT(i, makers[i].src, signed_act_format(&act, &vera, &out, &err), ERR_SYNTAX);
		record_release(&act);
		buf_release(&out);
	}
	record_new(&act, "key", 1, SLICE(""), SLICE(""), 1, SLICE("reviewer:vera"));
	record_set_str(&act, "key", SLICE("k"));
	record_set_str(&act, "action", SLICE("new"));
	struct buf out = { 0 };
	assert_int_equal(record_finish(&act, &err), 0);
	assert_int_equal(signed_act_format(&act, &vera, &out, &err), ERR_SYNTAX);
	record_release(&act);
	buf_release(&out);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_act_that_is_signed_is_read_back_and_checked),
		cmocka_unit_test(an_altered_act_does_not_pass),
		cmocka_unit_test(what_is_no_act_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

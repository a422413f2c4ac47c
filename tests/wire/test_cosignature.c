#include "check.h"

#include "wire/cosignature.h"

#define TEXT SLICE("demo.example/ledger\n2\nDGCIQjs6g+IRj7fKWno1s7t0D5y85cMruosj72/zv/k=\n")

static struct note_signer witness_of(const char *name, unsigned char fill)
{
	struct ed25519_seed seed;
	struct note_signer s;

	memset(seed.b, fill, sizeof(seed.b));
	assert_int_equal(note_signer_init_as(NOTE_COSIGNATURE, slice_str(name), &seed, &s, NULL), 0);
	return s;
}

/* A note of TEXT with cosignatures. */
static void begin_note(struct buf *out)
{
	buf_put(out, TEXT);
	buf_putc(out, '\n');
}

static void the_example_of_the_specification_has_its_form(void **state)
{
	/* c2sp.org/tlog-cosignature: key id 8d66cf3f, time 1679315147; its key is not published. */
	static const char example[] =
		"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
		"\n\xe2\x80\x94 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeO"
		"oRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
		"\xe2\x80\x94 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWX"
		"EhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
	struct note note;
	struct note_signature s;
	struct note_signer w = witness_of("witness.example.com/w1", 1);
	struct err err = { 0 };
	size_t at = 0;
	int64_t when = -1;

	(void)state;
	assert_int_equal(note_parse(slice_str(example), &note, &err), 0);
	assert_true(note_next_signature(&note, &at, &s));
	assert_true(note_next_signature(&note, &at, &s));
	CHECK_INT(0, "key id", s.key_id, 0x8d66cf3f);
	CHECK_INT(0, "by another key of that name",
	          cosignature_check(&note, &w.key, &when, NULL, &err), ERR_NOTFOUND);
	w.key.id = s.key_id; /* a key that has its id and did not make it */
	CHECK_INT(0, "not ours", cosignature_check(&note, &w.key, &when, NULL, &err), ERR_CORRUPT);
	CHECK_INT(0, "untouched", when, -1);
	check_done();
}

static void what_a_witness_signs_is_checked_byte_for_byte(void **state)
{
	struct note_signer w = witness_of("witness.example/w1", 1), other = witness_of("w2", 2);
	struct buf out = { 0 };
	struct note note;
	struct slice line;
	struct err err = { 0 };
	int64_t when = 0;

	(void)state;
	begin_note(&out);
	size_t from = out.n;
	assert_int_equal(cosignature_sign(TEXT, &w, 1679315147, &out, &err), 0);
	assert_int_equal(note_parse(buf_slice(&out), &note, &err), 0);
	CHECK_INT(0, "check", cosignature_check(&note, &w.key, &when, &line, &err), 0);
	CHECK_INT(0, "when", when, 1679315147);
	CHECK_SLICE(0, "line", line, slice_sub(buf_slice(&out), from, out.n));
	CHECK_INT(0, "of another", cosignature_check(&note, &other.key, &when, NULL, &err),
	          ERR_NOTFOUND);
	for (size_t i = 0; i < out.n; i++) {
		out.p[i] ^= 1;
		int rc = note_parse(buf_slice(&out), &note, &err);
		if (rc == 0)
			rc = cosignature_check(&note, &w.key, &when, NULL, &err);
		CHECK_INT(i, "byte altered", rc != 0, 1);
		out.p[i] ^= 1;
	}
	/* A plain Ed25519 key of the same bytes has another id: it is not a witness. */
	struct note_key plain;
	assert_int_equal(note_key_init(w.key.name, &w.key.public, &plain, &err), 0);
	assert_int_equal(note_parse(buf_slice(&out), &note, &err), 0);
	CHECK_INT(0, "id", plain.id != w.key.id, 1);
	CHECK_INT(0, "not a note signature", note_check(&note, &plain, &err), ERR_NOTFOUND);
	buf_release(&out);
	check_done();
}

static void of_several_the_latest_counts_and_a_false_one_spoils(void **state)
{
	struct note_signer w = witness_of("witness.example/w1", 1);
	struct buf out = { 0 };
	struct note note;
	struct err err = { 0 };
	int64_t when = 0;

	(void)state;
	begin_note(&out);
	assert_int_equal(cosignature_sign(TEXT, &w, 100, &out, &err), 0);
	assert_int_equal(cosignature_sign(TEXT, &w, 300, &out, &err), 0);
	assert_int_equal(cosignature_sign(TEXT, &w, 200, &out, &err), 0);
	assert_int_equal(note_parse(buf_slice(&out), &note, &err), 0);
	assert_int_equal(cosignature_check(&note, &w.key, &when, NULL, &err), 0);
	CHECK_INT(0, "latest", when, 300);
	assert_int_equal(cosignature_sign(SLICE("another text\n"), &w, 400, &out, &err), 0);
	assert_int_equal(note_parse(buf_slice(&out), &note, &err), 0);
	CHECK_INT(0, "a false one", cosignature_check(&note, &w.key, &when, NULL, &err), ERR_CORRUPT);
	CHECK_INT(0, "before 1970", cosignature_sign(TEXT, &w, -1, &out, &err), ERR_SYNTAX);
	buf_release(&out);
	check_done();
}

static void a_list_of_witnesses_is_read_line_by_line(void **state)
{
	struct note_signer a = witness_of("witness.example/a", 1), b = witness_of("witness.example/b", 2),
			   twin = witness_of("witness.example/twin", 1);
	struct note_signer plain;
	struct ed25519_seed seed = { { 3 } };
	struct buf text = { 0 };
	struct cosigners list = { .n = 7 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(cosigners_parse(SLICE(""), &list, &err), 0);
	CHECK_INT(0, "empty", list.n, 0);
	note_key_format(&a.key, &text);
	buf_putc(&text, '\n');
	size_t one = text.n;
	note_key_format(&b.key, &text);
	buf_putc(&text, '\n');
	assert_int_equal(cosigners_parse(buf_slice(&text), &list, &err), 0);
	CHECK_INT(0, "two", list.n, 2);
	CHECK_SLICE(0, "name", list.key[1].name, SLICE("witness.example/b"));
	CHECK_INT(0, "type", list.key[1].type, NOTE_COSIGNATURE);

	text.n = one;
	note_key_format(&twin.key, &text);
	CHECK_INT(0, "one key under two names", cosigners_parse(buf_slice(&text), &list, &err),
	          ERR_SYNTAX);
	CHECK_INT(0, "where", err.at, one);
	text.n = one;
	assert_int_equal(note_signer_init(SLICE("demo.example/ledger"), &seed, &plain, NULL), 0);
	note_key_format(&plain.key, &text);
	CHECK_INT(0, "the key of a log", cosigners_parse(buf_slice(&text), &list, &err), ERR_SYNTAX);
	CHECK_INT(0, "untouched", list.n, 2);
	buf_release(&text);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_specification_has_its_form),
		cmocka_unit_test(what_a_witness_signs_is_checked_byte_for_byte),
		cmocka_unit_test(of_several_the_latest_counts_and_a_false_one_spoils),
		cmocka_unit_test(a_list_of_witnesses_is_read_line_by_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "check.h"

#include "wire/tlog_proof.h"

#define FIRST "c2sp.org/tlog-proof@v1\n"
#define HASH  "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static void a_proof_reads_and_writes_back(void **state)
{
	static const struct {
		struct slice text;
		uint64_t index;
		size_t hashes;
		struct slice extra;
	} rows[] = {
		{ SLICE(FIRST "index 0\n\nnote\n"), 0, 0, SLICE("") },
		{ SLICE(FIRST "index 73894\n" HASH HASH "\nnote\n\nsignature\n"), 73894, 2,
		  SLICE("") },
		{ SLICE(FIRST "extra AAH/\nindex 9223372036854775807\n" HASH "\nx"), INT64_MAX, 1,
		  SLICE("\x00\x01\xff") },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf extra = { 0 }, out = { 0 };
		struct tlog_proof p = { 0 };
		struct err err = { 0 };

		CHECK_INT(i, err.what, tlog_proof_parse(rows[i].text, &extra, &p, &err), 0);
		CHECK_INT(i, "index", p.index, rows[i].index);
		CHECK_INT(i, "hashes", p.hashes, rows[i].hashes);
		CHECK_SLICE(i, "extra", p.extra, rows[i].extra);
		CHECK_INT(i, err.what, tlog_proof_format(&p, &out, &err), 0);
		CHECK_SLICE(i, "text", buf_slice(&out), rows[i].text);
		buf_release(&extra);
		buf_release(&out);
	}
	check_done();
}

static void a_malformed_proof_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *says;
		struct slice text;
		size_t at;
	} rows[] = {
		{ "nothing", SLICE(""), 0 },
		{ "another version", SLICE("c2sp.org/tlog-proof@v2\nindex 0\n\nn\n"), 0 },
		{ "no index", SLICE(FIRST), 23 },
		{ "an index in hexadecimal", SLICE(FIRST "index 0x1\n\nn\n"), 23 },
		{ "an index with a leading zero", SLICE(FIRST "index 01\n\nn\n"), 23 },
		{ "an index of 2^63", SLICE(FIRST "index 9223372036854775808\n\nn\n"), 23 },
		{ "an empty extra", SLICE(FIRST "extra \nindex 1\n\nn\n"), 23 },
		{ "an extra that is not base64", SLICE(FIRST "extra ?\nindex 1\n\nn\n"), 23 },
		{ "an extra and no more", SLICE(FIRST "extra AAAA\n"), 34 },
		{ "a short hash", SLICE(FIRST "index 1\nAAAA\n\nn\n"), 31 },
		{ "no blank line", SLICE(FIRST "index 1\n" HASH), 76 },
		{ "no checkpoint", SLICE(FIRST "index 1\n\n"), 32 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf extra = { 0 };
		struct tlog_proof p = { .index = 7 };
		struct err err = { 0 };

		CHECK_INT(i, rows[i].says, tlog_proof_parse(rows[i].text, &extra, &p, &err),
		          ERR_SYNTAX);
		CHECK_INT(i, rows[i].says, err.at, rows[i].at);
		CHECK_INT(i, rows[i].says, p.index, 7);
		CHECK_INT(i, rows[i].says, extra.n, 0);
		buf_release(&extra);
	}
	struct buf many = { 0 }, extra = { 0 };
	struct tlog_proof p;
	buf_puts(&many, FIRST "index 1\n");
	for (int i = 0; i < TLOG_PROOF_HASHES + 1; i++)
		buf_puts(&many, HASH);
	buf_puts(&many, "\nn\n");
	CHECK_INT(99, "65 hashes", tlog_proof_parse(buf_slice(&many), &extra, &p, NULL),
	          ERR_SYNTAX);
	buf_release(&many);
	buf_release(&extra);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_reads_and_writes_back),
		cmocka_unit_test(a_malformed_proof_is_refused_with_its_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

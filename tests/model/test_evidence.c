#include "check.h"

#include "model/evidence.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void address_has_one_spelling(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int want;
	} rows[] = {
		{ "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 0 },
		{ "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", ERR_SYNTAX },
		{ "SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ERR_SYNTAX },
		{ "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ERR_SYNTAX },
		{ "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a", ERR_SYNTAX },
		{ "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0", ERR_SYNTAX },
		{ "sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a", ERR_SYNTAX },
		{ "sha256:", ERR_SYNTAX },
		{ "", ERR_SYNTAX },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sha256 digest = { { 0 } }, none = { { 0 } };
		char text[EVIDENCE_ADDRESS_SIZE];
		CHECK_INT(i, rows[i].in, evidence_address_parse(slice_str(rows[i].in), &digest, NULL),
			  rows[i].want);
		CHECK_INT(i, rows[i].in, sha256_eq(digest, none), rows[i].want != 0);
		if (rows[i].want)
			continue;
		/* FIPS 180-4, example "abc" */
		CHECK_INT(i, rows[i].in, sha256_eq(digest, sha256_of(SLICE("abc"))), 1);
		evidence_address_format(digest, text);
		CHECK_SLICE(i, rows[i].in, slice_str(text), slice_str(rows[i].in));
	}
	check_done();
}

static void evidence_reads_and_writes_the_same_json(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		const char *want; /* the error, or empty when it is written back as it was */
	} rows[] = {
		{ "{\"address\":\"sha256:" ZEROS "\",\"class\":\"public\",\"length\":12,"
		  "\"media_type\":\"text/html\",\"where\":{\"file\":\"a.warc\",\"offset\":90}}", "" },
		{ "{\"address\":\"sha256:" ZEROS "\",\"class\":\"restricted\",\"length\":0}", "" },
		{ "{\"class\":\"public\",\"length\":12}", "address is missing" },
		{ "{\"address\":\"" ZEROS "\",\"class\":\"public\",\"length\":12}",
		  "not an address (sha256: and 64 lower-case hexadecimal digits)" },
		{ "{\"address\":\"sha256:" ZEROS "\",\"length\":12}", "class is missing" },
		{ "{\"address\":\"sha256:" ZEROS "\",\"class\":\"secret\",\"length\":12}",
		  "evidence: class is neither public nor restricted" },
		{ "{\"address\":\"sha256:" ZEROS "\",\"class\":\"public\",\"length\":-1}",
		  "evidence: length is negative" },
		{ "{\"address\":\"sha256:" ZEROS "\",\"class\":\"public\",\"length\":\"1\"}",
		  "length is not an integer" },
		{ "{\"address\":\"sha256:" ZEROS "\",\"class\":\"public\",\"length\":1,\"where\":\"x\"}",
		  "where is not an object" },
		{ "{\"address\":\"sha256:" ZEROS "\",\"class\":\"public\",\"length\":1,\"where\":{}}",
		  "file is missing" },
		{ "{\"address\":\"sha256:" ZEROS "\",\"class\":\"public\",\"length\":1,"
		  "\"where\":{\"file\":\"x\",\"offset\":-1}}",
		  "evidence: where needs a file, and no negative offset" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		json_t *object = NULL, *back;
		struct evidence e;
		struct buf out = { 0 };
		struct err err = { .what = "" };
		assert_int_equal(json_parse(slice_str(rows[i].in), 1000, &object, &err), 0);
		int rc = evidence_from_json(object, &e, &err);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
		if (rc == 0) {
			back = evidence_to_json(&e);
			CHECK_INT(i, rows[i].in, json_canonical(back, &out, &err), 0);
			CHECK_SLICE(i, rows[i].in, buf_slice(&out), slice_str(rows[i].in));
			json_decref(back);
		}
		buf_release(&out);
		json_decref(object);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_has_one_spelling),
		cmocka_unit_test(evidence_reads_and_writes_the_same_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

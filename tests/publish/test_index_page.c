/* The example of doc/format/index.md, made again; with ASSAY_PRINT=1 it is printed. */
#include "format_page.h"
#include "publish/index_rows.h"

#define LIST                                                                                       \
	"// ===BEGIN ICANN DOMAINS===\nexample\n// ===END ICANN DOMAINS===\n"                      \
	"// ===BEGIN PRIVATE DOMAINS===\nsites.pills.example\n// ===END PRIVATE DOMAINS===\n"

static void the_example_of_the_format_page_is_what_the_program_writes(void **state)
{
	struct index_row row = { .subject = { SUBJECT_REGISTRABLE, SLICE("pills.example") },
		                 .destination = "JP", .class = INDEX_ROGUE, .at = 1795305600 };
	struct suffixes *s = NULL;
	struct buf file = { 0 }, block[4] = { { 0 } };

	(void)state;
	row.decision = sha256_of(SLICE("the decision"));
	assert_int_equal(suffixes_new(SLICE(LIST), NULL, 0, &s, NULL), 0);
	index_make(s, &row, 1, &file);
	struct slice f = buf_slice(&file);
	size_t head = INDEX_HEAD + INDEX_ENTRY;
	uint64_t names = index_u64((const uint8_t *)f.p + INDEX_HEAD + 8);
	uint64_t length = index_u64((const uint8_t *)f.p + INDEX_HEAD + 16);
	uint64_t note = index_u64((const uint8_t *)f.p + 16);
	page_hex(&block[0], slice_sub(f, 0, head), 0);
	page_hex(&block[1], slice_sub(f, INDEX_HEAD + 3 * INDEX_ENTRY,
	                              INDEX_HEAD + 3 * INDEX_ENTRY + SHA256_LEN),
	         INDEX_HEAD + 3 * INDEX_ENTRY);
	page_hex(&block[2], slice_sub(f, names, names + length), names);
	page_lines(&block[3], slice_sub(f, note, f.n));
	page_holds("index.md", block, ROWS(block));
	buf_release(&file);
	suffixes_free(s);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_format_page_is_what_the_program_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

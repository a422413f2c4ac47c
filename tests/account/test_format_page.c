/* The example of doc/format/ledger.md, made again; with ASSAY_PRINT=1 it is printed. */
#include "memory_log.h"

#include "account/entry.h"
#include "account/ledger.h"
#include "wire/timestamp.h"

#define ORIGIN "demo.example/ledger"

static const struct {
	const char *type, *key, *at, *record;
	unsigned char salt; /* every byte of it */
} acts[] = {
	{ "decision", "x.example", "2026-11-22T04:05:06Z", "{\"an\":\"example\"}", 0x01 },
	{ "correction", "x.example", "2026-11-23T00:00:00Z", "{\"another\":\"example\"}", 0x02 },
};

static int read_acts(void *ctx, uint64_t from, uint64_t to, ledger_entry_fn each, void *arg,
                     struct err *err)
{
	(void)ctx;
	for (uint64_t i = from; i < to; i++) {
		struct entry e = { .type = slice_str(acts[i].type), .key = slice_str(acts[i].key) };
		uint8_t salt[ENTRY_SALT];
		struct buf bytes = { 0 };

		memset(salt, acts[i].salt, sizeof(salt));
		e.record = sha256_of(slice_str(acts[i].record));
		int rc = timestamp_parse(slice_str(acts[i].at), &e.at, err);
		if (rc == 0)
			rc = entry_commit(salt, slice_str(acts[i].record), &e.commit, err);
		if (rc == 0)
			rc = entry_format(&e, &bytes, err);
		if (rc == 0)
			rc = each(arg, buf_slice(&bytes), err);
		buf_release(&bytes);
		if (rc)
			return rc;
	}
	return 0;
}

/* As `hexdump -C` prints, indented as the page is. */
static void put_hex(struct buf *out, struct slice s)
{
	for (size_t at = 0; at < s.n; at += 16) {
		buf_printf(out, "    %08zx", at);
		for (size_t i = at; i < at + 16; i++)
			if (i < s.n)
				buf_printf(out, "%s%02x", i % 8 ? " " : "  ",
				           (unsigned char)s.p[i]);
			else
				buf_puts(out, i % 8 ? "   " : "    ");
		buf_puts(out, "  |");
		for (size_t i = at; i < at + 16 && i < s.n; i++)
			buf_putc(out, s.p[i] >= 0x20 && s.p[i] < 0x7f ? s.p[i] : '.');
		buf_puts(out, "|\n");
	}
}

static void put_lines(struct buf *out, struct slice s)
{
	struct slice line;

	while (slice_cut(&s, '\n', &line)) {
		if (line.n)
			buf_puts(out, "    ");
		buf_put(out, line);
		buf_putc(out, '\n');
	}
}

static void the_example_of_the_format_page_is_what_the_program_writes(void **state)
{
	const char *source_dir = getenv("ASSAY_SOURCE");
	struct ledger_source source = { ROWS(acts), read_acts, NULL };
	struct note_signer signer = test_signer(ORIGIN);
	struct buf page = { 0 }, block[6] = { { 0 } }, text = { 0 };
	struct memory_log m;
	struct ledger_head head;
	struct err err = { 0 };
	char path[4096];

	(void)state;
	memory_init(&m);
	struct tile_store files = memory_files(&m);
	assert_int_equal(ledger_append(&files, &signer, &source, &head, &err), 0);
	note_key_format(&signer.key, &text);
	put_lines(&block[0], buf_slice(&text));
	buf_clear(&text);
	assert_int_equal(ledger_read_entry(&files, &head, 0, &text, &err), 0);
	put_lines(&block[1], buf_slice(&text));
	put_hex(&block[2], buf_slice(&memory_find(&m, "tile/entries/000.p/2")->bytes));
	put_hex(&block[3], buf_slice(&memory_find(&m, "tile/0/000.p/2")->bytes));
	put_lines(&block[4], buf_slice(&memory_find(&m, "checkpoint")->bytes));
	buf_clear(&text);
	assert_int_equal(ledger_prove(&files, &signer.key, 1, SLICE(""), &text, &err), 0);
	put_lines(&block[5], buf_slice(&text));

	snprintf(path, sizeof(path), "%s/doc/format/ledger.md", source_dir ? source_dir : ".");
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	for (int c; (c = fgetc(f)) != EOF;)
		buf_putc(&page, (char)c);
	fclose(f);
	for (size_t i = 0; i < ROWS(block); i++) {
		if (getenv("ASSAY_PRINT"))
			printf("%s\n", buf_str(&block[i]));
		CHECK_INT(i, "block of doc/format/ledger.md (ASSAY_PRINT=1 prints it)",
		          slice_find_slice(buf_slice(&page), buf_slice(&block[i])) < page.n, 1);
		buf_release(&block[i]);
	}
	buf_release(&page);
	buf_release(&text);
	memory_release(&m);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_format_page_is_what_the_program_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

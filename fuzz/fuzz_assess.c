/* A page of a stranger, judged by the shipped words and packs: read once, from $ASSAY_SOURCE or the
 * folder the program was started in. */
#include "assess/verdict.h"
#include "base/buf.h"
#include "sys/file.h"
#include "wire/html.h"

#include "../tests/shipped.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PAGE_MAX = 1 << 16, FILE_MAX = 64 << 20 };

static struct {
	bool loaded;
	struct arena arena;
	struct lexicon *lexicon;
	struct matcher *matcher;
	struct pack pack[SHIPPED_PACKS_MAX];
	struct assessor as;
} shipped;

static void give_up(const char *why)
{
	fprintf(stderr, "fuzz_assess: %s\n", why);
	abort();
}

static void shipped_read(const char *path, struct buf *out)
{
	const char *root = getenv("ASSAY_SOURCE");
	char full[4096];
	struct err err;

	snprintf(full, sizeof(full), "%s/%s", root ? root : ".", path);
	if (file_read(full, FILE_MAX, out, &err))
		give_up(err.what);
}

static void load(void)
{
	static const char *const words[] = { "policy/lexicon/drugs.tsv", "policy/lexicon/phrases.tsv",
		                             "policy/lexicon/substances.tsv",
		                             "policy/lexicon/words.tsv" };
	char packs[SHIPPED_PACKS_MAX][SHIPPED_NAME];
	size_t pack_n = shipped_pack_names(packs);
	struct buf text[4] = { 0 };
	struct err err;

	for (size_t i = 0; i < 4; i++)
		shipped_read(words[i], &text[i]);
	struct lexicon_files files = { buf_slice(&text[0]), buf_slice(&text[1]), buf_slice(&text[2]),
		                       buf_slice(&text[3]) };
	if (lexicon_load(&files, &shipped.lexicon, &err) ||
	    matcher_new(shipped.lexicon, &shipped.matcher, &err))
		give_up(err.what);
	for (size_t i = 0; i < 4; i++)
		buf_release(&text[i]);
	for (size_t i = 0; i < pack_n; i++) {
		struct buf pack = { 0 };
		shipped_read(packs[i], &pack);
		if (pack_parse(buf_slice(&pack), packs[i], &shipped.arena, &shipped.pack[i], &err))
			give_up(err.what);
		buf_release(&pack);
	}
	shipped.as = (struct assessor){ shipped.lexicon, shipped.matcher, shipped.pack, pack_n };
	shipped.loaded = true;
}

/* A quotation must lie in the text of its page, and begin and end where characters do. */
static void check_quote(const struct assessment *x, uint32_t fact)
{
	if (fact >= x->extract->facts.n)
		abort();
	const struct fact *f = &x->extract->facts.fact[fact];
	struct slice t = x->site->page[f->page].page->text;
	if (f->start > f->end || f->end > t.n ||
	    (f->start < t.n && ((unsigned char)t.p[f->start] & 0xc0) == 0x80) ||
	    (f->end < t.n && ((unsigned char)t.p[f->end] & 0xc0) == 0x80))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct slice bytes = slice_from((const char *)data, size < PAGE_MAX ? size : PAGE_MAX);
	struct page_text html, plain;
	struct site_page page[3];
	struct assessment out[2];
	struct err err;
	size_t n = 0;

	if (!shipped.loaded)
		load();
	if (html_text(bytes, SLICE("text/html; charset=utf-8"), NULL, &arena, &html, &err) == 0) {
		page[n++] = (struct site_page){ .url = SLICE("https://x.example/"), .path = SLICE("/"),
			                        .vantage = SLICE("local"), .page = &html };
		page[n++] = (struct site_page){ .url = SLICE("https://x.example/a/b"),
			                        .path = SLICE("/a/b"), .vantage = SLICE("local"),
			                        .at = 90000, .page = &html };
	}
	if (page_plain(bytes, &arena, &plain, &err) == 0)
		page[n++] = (struct site_page){ .url = SLICE("https://x.example/t"), .path = SLICE("/t"),
			                        .vantage = SLICE("local"), .page = &plain };
	struct site site = { .subject = { SUBJECT_REGISTRABLE, SLICE("x.example") },
		             .page = page, .page_n = n };
	const struct registers none = { 0 };
	site_sort(&site);
	int made = assess_site(&shipped.as, &site, &none, INT64_C(1795000000), &arena, out, &err);
	for (int i = 0; i < made; i++) {
		for (size_t k = 0; k < out[i].extract->facts.n; k++)
			check_quote(&out[i], (uint32_t)k);
		for (size_t k = 0; k < out[i].finding_n; k++) {
			for (size_t q = 0; q < out[i].finding[k].quote_n; q++)
				check_quote(&out[i], out[i].finding[k].quote[q]);
			for (size_t q = 0; q < out[i].finding[k].weighed_n; q++)
				check_quote(&out[i], out[i].finding[k].weighed[q]);
		}
	}
	arena_release(&arena);
	return 0;
}
